"""Room for what is written around the axes of a figure: each text is measured once, or twice near a side."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.ft2font import LoadFlags
from matplotlib.transforms import Bbox

from helpers.figures.svg.legend import Legend
from helpers.figures.svg.ticks import Ticks

# Points left around everything.
PAD = 5.0
# What stands farther than this part of the axes from their sides does not reach them when they shrink.
_NEAR = 0.12
# The part of the height asked for that is drawn in, whatever is written around.
_KEPT = 0.45
# Points that the boxes of two texts one above the other may share: a line is higher than its letters. Those between two
# texts of several lines each, farther apart than their lines are; the height from which a text has several. Then what
# is too little to draw all again.
_LINE, _APART, _SEVERAL, _SLACK = 4.0, 4.0, 22.0, 0.5
# Points, at which letters are measured: large enough for what FreeType rounds not to show.
_SIZE = 100


class _Letters(dict[str, tuple[float, float, float]]):
    """The letters of a font, for a size of 1: how far each leads, its height above the line and its depth under it."""

    def __init__(self, family: tuple[str, ...], slant: Any, weight: Any) -> None:
        super().__init__()
        self._face = get_font(findfont(FontProperties(family=list(family), style=slant, weight=weight)))

    def __missing__(self, letter: str) -> tuple[float, float, float]:
        self._face.set_size(_SIZE, 72)
        glyph = self._face.load_char(ord(letter), flags=LoadFlags.NO_HINTING)
        _, low, _, high = glyph.bbox
        self[letter] = (glyph.linearHoriAdvance / 65536 / _SIZE, high / 64 / _SIZE, -low / 64 / _SIZE)
        return self[letter]


# Whatever their size, texts of a face share what is known of its letters.
_letters = functools.lru_cache(_Letters)


@functools.cache
def _line_of(
    family: tuple[str, ...], slant: Any, weight: Any, size: float, *, sans: tuple[str, ...]
) -> tuple[float, float, float] | tuple[None, None, None]:
    """Read how high and how deep a line of a font is, and what is left between two, in points.

    `sans` are the fonts that the family of that kind stands for at this time. Nothing where the font does not say:
    matplotlib then measures two letters.
    """
    face = get_font(findfont(FontProperties(family=list(family), style=slant, weight=weight)))
    scale = 1 / face.units_per_EM * size
    if table := face.get_sfnt_table("OS/2"):
        high, deep, gap = table["sTypoAscender"], table["sTypoDescender"], table["sTypoLineGap"]
    elif line := face.get_sfnt_table("hhea"):
        high, deep, gap = line["ascent"], line["descent"], line["lineGap"]
    else:
        return None, None, None
    return high * scale, -deep * scale, gap * scale


class Renderer(RendererSVG):
    """A writer of figures as SVG, for which a text is as wide as its letters are.

    Matplotlib would shape each text to measure it, for a reader whose own font will be another.
    """

    def get_text_width_height_descent(
        self, s: str, prop: FontProperties, ismath: Any
    ) -> tuple[float, float, float]:
        """Measure the width, height and descent of a text, in points."""
        if ismath or not s:
            return super().get_text_width_height_descent(s, prop, ismath)
        size = prop.get_size_in_points()
        letters = _letters(tuple(prop.get_family()), prop.get_style(), prop.get_weight())
        wide, high, deep = zip(*(letters[letter] for letter in s), strict=True)
        return size * sum(wide), size * (max(high) + max(deep)), size * max(deep)

    def _get_font_height_metrics(
        self, prop: FontProperties
    ) -> tuple[float, float, float] | tuple[None, None, None]:
        # Asked for each time that a text is placed or drawn: matplotlib would look in the tables of the font again.
        return _line_of(
            tuple(prop.get_family()), prop.get_style(), prop.get_weight(), prop.get_size_in_points(),
            sans=tuple(mpl.rcParams["font.sans-serif"]),
        )  # fmt: skip


def arrange(figure: Figure, renderer: RendererSVG) -> None:
    """Place the axes of a figure, in one row, as large as what is written around them lets them be.

    Legends and texts of the figure itself, that stand at its edges, take the room they need around the axes.
    Where that leaves too little, the figure grows: a drawing keeps nearly half the height that it asked for, and room
    for what is written in it. Matplotlib's constrained layout places all of them alike, but measures them several
    times, and grows nothing.
    """
    asked = figure.bbox.height
    # Legends alone may be higher than what was asked for.
    top, bottom, _ = _outer_room(figure, renderer)
    _grow(figure, top + bottom - (1 - _KEPT) * asked)
    _arrange(figure, renderer)
    # A map keeps its shape: it may be lower than its place.
    missing = max(
        max(
            _KEPT * asked - axes.get_position(original=True).height * figure.bbox.height,
            _needed(axes, renderer) - axes.bbox.height,
        )
        for axes in figure.axes
    )
    if _grow(figure, min(missing, asked)):
        _arrange(figure, renderer)


def _grow(figure: Figure, points: float) -> bool:
    """Make a figure higher by so many points, unless they are too few to show, and tell whether it is."""
    if points <= _SLACK:
        return False
    width, height = figure.bbox.size
    figure.set_size_inches(width / figure.dpi, (height + points) / figure.dpi)
    return True


def _needed(axes: Axes, renderer: RendererSVG) -> float:
    """Compute the height that axes need for what is written beside and in them not to touch, in points."""
    groups = [ticks.label_boxes(renderer) for ticks in _written(axes) if not ticks.is_across]
    texts = [text.get_window_extent(renderer) for text in axes.texts if text.get_text()]
    return axes.bbox.height * max((_stretch(boxes) for boxes in (*groups, texts)), default=1.0)


def _stretch(boxes: Sequence[Bbox]) -> float:
    """Compute how many times farther from one another boxes have to be, upwards, for none to touch the next."""
    if len(boxes) < 2:
        return 1.0
    left, low, right, high = np.array([box.extents for box in boxes]).T
    one, other = np.triu_indices(len(boxes), 1)
    middles, heights = (low + high) / 2, high - low
    more = np.where(np.minimum(heights[one], heights[other]) > _SEVERAL, _APART, -_LINE)
    apart, room = np.abs(middles[one] - middles[other]), (heights[one] + heights[other]) / 2 + more
    # Those on one line stay on it.
    is_over = (left[one] < right[other]) & (left[other] < right[one]) & (apart > room / 4)
    return float(max((room[is_over] / apart[is_over]).max(initial=1.0), 1.0))


def _arrange(figure: Figure, renderer: RendererSVG) -> None:
    """Place the axes of a figure in the size that it has."""
    for axes in figure.axes:
        # Limits are found when they are asked for, and texts follow them.
        axes.get_xlim()
    outer = _outer_room(figure, renderer)

    # What keeps its size first: the axes are then nearly at their place when the rest is measured.
    fixed = {axes: _beyond(axes, _upright(axes, renderer)) for axes in figure.axes}
    _place(fixed, figure, outer)
    for axes in figure.axes:
        across = _ticks(axes, renderer, across=True)
        fixed[axes] = np.maximum(fixed[axes], _beyond(axes, across))
    texts = {axes: list(axes.texts) for axes in figure.axes}
    for _ in range(2):
        sides = {}
        for axes in figure.axes:
            boxes = [text.get_window_extent(renderer) for text in texts[axes]]
            sides[axes] = np.maximum(fixed[axes], _beyond(axes, boxes))
            # What reaches a side of the axes, or would if they were smaller.
            far = axes.bbox.shrunk(1 - 2 * _NEAR, 1 - 2 * _NEAR).anchored("C", axes.bbox)
            texts[axes] = [
                text for text, box in zip(texts[axes], boxes, strict=True) if not _is_within(box, far)
            ]
        _place(sides, figure, outer)
    for axes in figure.axes:
        _hold_title(axes, renderer)


def _hold_title(axes: Axes, renderer: RendererSVG) -> None:
    """Move to the left a title that would go out of the drawing."""
    out = axes.title.get_window_extent(renderer).x1 + PAD - axes.figure.bbox.x1
    if axes.get_title() and out > 0:
        x, y = axes.title.get_position()
        axes.title.set_position((x - out / axes.bbox.width, y))


def _outer_room(figure: Figure, renderer: RendererSVG) -> tuple[float, float, float]:
    """Compute the room that legends and texts of the figure take above its axes, under them and at their right.

    A legend that the texts would overlap moves above them.
    """
    top = bottom = right = 0.0
    marks = [text.get_window_extent(renderer) for text in figure.texts]
    for mark in marks:
        bottom = max(bottom, mark.y1 + PAD)
    for legend in (artist for artist in figure.artists if isinstance(artist, Legend)):
        legend.lift = 0.0
        box = legend.get_window_extent(renderer)
        if legend.side == "right":
            right = max(right, box.width + 2 * PAD)
        elif legend.side == "above":
            top = max(top, box.height + 2 * PAD)
        elif any(box.overlaps(mark) for mark in marks):
            legend.lift = bottom - PAD
            legend.get_window_extent(renderer)
            bottom += box.height
        else:
            bottom = max(bottom, box.height + 2 * PAD)
    return top, bottom, right


def _upright(axes: Axes, renderer: RendererSVG) -> list[Bbox]:
    """Measure what is written along the vertical axis, and the title, whose height alone takes room."""
    title = axes.title.get_window_extent(renderer)
    boxes = [Bbox.from_extents(axes.bbox.x0, title.y0, axes.bbox.x0, title.y1)] if axes.get_title() else []
    return [*boxes, *_ticks(axes, renderer, across=False)]


def _ticks(axes: Axes, renderer: RendererSVG, *, across: bool) -> list[Bbox]:
    """Measure the boxes of what is written along the horizontal axis, or the vertical one."""
    return [ticks.get_window_extent(renderer) for ticks in _written(axes) if ticks.is_across == across]


def _written(axes: Axes) -> list[Ticks]:
    """List what is written along the axes."""
    return [ticks for ticks in axes.artists if isinstance(ticks, Ticks)]


def _beyond(axes: Axes, boxes: Iterable[Bbox]) -> np.ndarray:
    """Compute how far boxes go beyond the axes: left, bottom, right, top."""
    left, bottom, right, top = Bbox.union([axes.bbox, *boxes]).extents
    return np.array([axes.bbox.x0 - left, axes.bbox.y0 - bottom, right - axes.bbox.x1, top - axes.bbox.y1])


def _is_within(box: Bbox, frame: Bbox) -> bool:
    """Return whether a box is inside another."""
    return bool(frame.x0 < box.x0 and box.x1 < frame.x1 and frame.y0 < box.y0 and box.y1 < frame.y1)


def _place(sides: dict[Axes, np.ndarray], figure: Figure, outer: tuple[float, float, float]) -> None:
    """Give each axes its part of the width, all the height, and their sides around them; `outer` is `_outer_room`."""
    width, height = figure.bbox.size
    top, bottom, aside = outer
    low, high = bottom + PAD, top + PAD
    low += max(side[1] for side in sides.values())
    high += max(side[3] for side in sides.values())
    room = width - aside - sum(side[0] + side[2] + 2 * PAD for side in sides.values())
    parts = {axes: getattr(axes, "wide", 1.0) for axes in sides}
    start = 0.0
    for axes, (left, _, right, _) in sides.items():
        start += PAD + left
        wide = room * parts[axes] / sum(parts.values())
        axes.set_position((start / width, low / height, wide / width, (height - low - high) / height))
        start += wide + right + PAD
