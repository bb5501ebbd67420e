"""Axes, and what is written along them: labels, marks and lines of a grid."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import pairwise
from typing import Any, Literal

import matplotlib as mpl
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis, XAxis, YAxis
from matplotlib.backend_bases import RendererBase
from matplotlib.figure import Figure
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.ticker import FixedFormatter
from matplotlib.transforms import Bbox, IdentityTransform

# Points from the axes to a label, length of a mark, width of lines.
_PAD = 7.0
_MARK = 3.5
_LINE = 0.8
# Points between two labels, at least.
_APART = 5.0


class BareAxes(Axes):
    """Axes without a frame, that make no tick; `wide` compares their width with that of others."""

    wide = 1.0

    def __init__(self, figure: Figure, place: tuple[float, float, float, float]) -> None:
        """`place` is left, bottom, width and height, as parts of the figure."""
        super().__init__(figure, place)
        for artist in (self.xaxis, self.yaxis, self.patch, *self.spines.values()):
            artist.set_visible(False)

    def _init_axis(self) -> None:
        # Where kinds of axes of their own are given to a projection.
        self.xaxis, self.yaxis = _BareXAxis(self, clear=False), _BareYAxis(self, clear=False)


class _Bare:
    """An axis that is never drawn: what is set to its ticks makes none, that would take more time than its axes."""

    def set_tick_params(self, *_: Any, **__: Any) -> None:
        """Ticks are not drawn, hence have no look."""

    def set_clip_path(self, *_: Any, **__: Any) -> None:
        """Ticks are not drawn, hence not clipped."""


class _BareXAxis(_Bare, XAxis):
    pass


class _BareYAxis(_Bare, YAxis):
    pass


class Ticks(Artist):
    """The ticks of an axis, as its locator and its formatter make them.

    Matplotlib gives five objects to each tick, several times made and placed: they would take a quarter of the time of
    a drawing. Here a single text is written at each place, and the lines of the grid are one shape.
    """

    def __init__(
        self,
        axis: Axis,
        *,
        grid: bool = False,
        marks: bool = False,
        bold: Collection[int] = (),
        thin: bool = False,
    ) -> None:
        """Give or not lines across the axes (`grid`) and `marks` outside; the labels of rank `bold` stand out.

        With `thin`, labels across that would touch are left out: the last name stays, or zero, and all marks.
        """
        super().__init__()
        self._axis, self._bold, self._thin = axis, bold, thin
        self._grid = mpl.rcParams["grid.color"] if grid else ""
        self._marks = mpl.rcParams["xtick.color"] if marks else ""
        # Under the axes, or on their left.
        self.is_across = isinstance(axis, XAxis)
        # Under bars and curves.
        self.set_zorder(0.5)
        self.set_clip_on(False)
        axes = axis.axes
        place = axes.get_xaxis_text1_transform if self.is_across else axes.get_yaxis_text1_transform
        transform, vertical, horizontal = place(_PAD)
        # As what is written in bars and beyond them.
        vertical = "center" if vertical == "center_baseline" else vertical
        self._label = Text(va=vertical, ha=horizontal, transform=transform, linespacing=1.0)
        self._label.set_figure(axes.figure)
        # The same label at no place, to be measured; and what was.
        self._alone = Text(va=vertical, ha=horizontal, transform=IdentityTransform(), linespacing=1.0)
        self._alone.set_figure(axes.figure)
        self._shapes: dict[tuple[str, bool], Bbox] = {}

    def _ticks(self) -> list[tuple[float, str, bool]]:
        """List the place, the label and the weight of the ticks within the limits of the axis."""
        low, high = sorted(self._axis.get_view_interval())
        slack = 1e-6 * (high - low)
        places = [float(place) for place in self._axis.get_majorticklocs()]
        labels = self._axis.get_major_formatter().format_ticks(places)
        return [
            (place, text, rank in self._bold)
            for rank, (place, text) in enumerate(zip(places, labels, strict=True))
            if low - slack <= place <= high + slack
        ]

    def _labels(self, ticks: list[tuple[float, str, bool]]) -> Iterator[Text]:
        """Set the label to each tick in turn."""
        for place, text, is_bold in ticks:
            self._label.set_text(text)
            self._label.set_position((place, 0) if self.is_across else (0, place))
            self._label.set_fontweight("bold" if is_bold else "normal")
            yield self._label

    def _kept(self, renderer: RendererBase | None) -> list[tuple[float, str, bool]]:
        """List the ticks whose label has room: of names, from the last one back; of numbers, at equal steps."""
        ticks = self._ticks()
        if not (self._thin and self.is_across) or not ticks:
            return ticks
        boxes = self._measure(ticks, renderer)
        if isinstance(self._axis.get_major_formatter(), FixedFormatter):
            kept = [len(ticks) - 1]
            for rank in reversed(range(len(ticks) - 1)):
                if boxes[rank].x1 + _APART < boxes[kept[-1]].x0:
                    kept.append(rank)
            return [ticks[rank] for rank in reversed(kept)]
        # Zero among them, where it is.
        first = min(range(len(ticks)), key=lambda rank: abs(ticks[rank][0]))
        for step in range(1, len(ticks) + 1):
            chosen = range(first % step, len(ticks), step)
            if all(boxes[one].x1 + _APART < boxes[other].x0 for one, other in pairwise(chosen)):
                break
        return [ticks[rank] for rank in chosen]

    def label_boxes(self, renderer: RendererBase | None = None) -> list[Bbox]:
        """Measure the box of each label that is written."""
        return self._measure([tick for tick in self._kept(renderer) if tick[1]], renderer)

    def _measure(self, ticks: list[tuple[float, str, bool]], renderer: RendererBase | None) -> list[Bbox]:
        """Measure the box of the label of each tick: its shape once, its place again since the axes have moved."""
        places = [(place, 0) if self.is_across else (0, place) for place, _, _ in ticks]
        points = self._label.get_transform().transform(places) if places else ()
        return [
            self._shape(text, is_bold, renderer).translated(*point)
            for (_, text, is_bold), point in zip(ticks, points, strict=True)
        ]

    def _shape(self, text: str, is_bold: bool, renderer: RendererBase | None) -> Bbox:
        """Measure a label around its own place."""
        key = text, is_bold
        if key not in self._shapes:
            self._alone.set_text(text)
            self._alone.set_fontweight("bold" if is_bold else "normal")
            self._shapes[key] = self._alone.get_window_extent(renderer)
        return self._shapes[key]

    def get_window_extent(self, renderer: RendererBase | None = None) -> Bbox:
        """Put the name of the axis at its place beyond the labels, and measure the box around all."""
        boxes = self.label_boxes(renderer)
        bounds = self._axis.axes.bbox
        # With nothing written, a corner of the axes.
        box = Bbox.union(boxes or [Bbox.from_bounds(bounds.x0, bounds.y0, 0, 0)])
        name = self._axis.label
        if not name.get_text():
            return box
        if self.is_across:
            name.set_y(box.y0 - self._axis.labelpad)
        else:
            name.set_x(box.x0 - self._axis.labelpad)
        return Bbox.union([box, name.get_window_extent(renderer)])

    def draw(self, renderer: RendererBase, *_: Any) -> None:
        """Draw the grid, then the marks, then the labels."""
        bounds = self._axis.axes.bbox
        start, end = (bounds.y0, bounds.y1) if self.is_across else (bounds.x0, bounds.x1)
        ticks = self._ticks()
        places = [place for place, _, _ in ticks]
        if self._grid:
            self._rule(renderer, places, start, end, colour=self._grid, cap="projecting")
        if self._marks:
            self._rule(renderer, places, start - _MARK, start, colour=self._marks, cap="butt")
        for label in self._labels(self._kept(renderer)):
            label.draw(renderer)
        if self._axis.get_label_text():
            # The axes may have moved since it was placed.
            self.get_window_extent(renderer)
            self._axis.label.draw(renderer)

    def _rule(
        self,
        renderer: RendererBase,
        places: list[float],
        start: float,
        end: float,
        *,
        colour: str,
        cap: Literal["butt", "projecting"],
    ) -> None:
        """Draw a line from `start` to `end` at each place, across the axis."""
        if not places:
            return
        data = self._axis.axes.transData.transform(np.column_stack([places, places]))
        at = data[:, 0 if self.is_across else 1].repeat(2)
        along = np.tile([start, end], len(places))
        vertices = np.column_stack([at, along] if self.is_across else [along, at])
        gc = renderer.new_gc()
        gc.set_foreground(colour)
        gc.set_linewidth(_LINE)
        gc.set_capstyle(cap)
        renderer.draw_path(gc, Path(vertices, [Path.MOVETO, Path.LINETO] * len(places)), IdentityTransform())
        gc.restore()
