"""One style for every drawing: palette, fonts, axes, and the way a figure becomes SVG."""

from __future__ import annotations

import html
import io
import re
import textwrap
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

import matplotlib as mpl
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager
from matplotlib.ticker import FixedFormatter, FixedLocator, Formatter, MaxNLocator

from helpers import fonts, french, tokens
from helpers.figures.svg import layout
from helpers.figures.svg.slim import slim
from helpers.figures.svg.ticks import BareAxes, Ticks

INK, MUTED, GRID, PAPER = map(tokens.colour, ("ink", "muted", "line", "paper"))
COMMUNE, CAUTION = tokens.colour("commune"), tokens.colour("caution")

# A colour says one thing: the accent is the commune, greys are what it is compared with, the colours of tenure are for
# tenure alone.
OWNER, SOCIAL, PRIVATE, OTHER = map(tokens.colour, ("own", "hlm", "priv", "free"))
TENURE_COLOURS = {"owner": OWNER, "social": SOCIAL, "private": PRIVATE, "other": OTHER}
CATEGORY_COLOURS = [tokens.colour(f"part{rank}") for rank in range(1, 7)]
PALETTES = {"category": CATEGORY_COLOURS, "tenure": list(TENURE_COLOURS.values())}
# Parts that are neither dates nor territories: the two balances, births and deaths.
PARTS = NATURAL, MIGRATORY = tokens.colour("natural"), tokens.colour("migratory")
RISE, FALL = tokens.colour("rise"), tokens.colour("fall")
OTHERS = tokens.colour("others")
# What a commune is compared with, the nearest first.
COMPARISONS = [*map(tokens.colour, ("cmp1", "cmp2", "cmp3")), OTHERS]
# Bars of counts that are not significant.
WEAK = tokens.colour("weak")
# Behind the classes of ages that a title names.
BAND = tokens.colour("band")
# Older dates of what has a colour, the oldest first.
_OLDER = {
    tokens.colour(name): [tokens.colour(f"{name}{rank}") for rank in range(1, 6)]
    for name in ("accent", "cmp1", "ink")
}

# Letters, in points: those of a page, as wide as a telephone, have 9 pixels at least.
BODY, SMALL = 12.5, 12.2

# Inches: as wide as a page of paper between its margins, or as a column of it, which is a card of the screen that the
# diagnostic opens with. Small letters have 9 points at least on paper, where a column is narrower than its drawing.
PAGE, COMPACT = 6.7, 4.4
# As wide as its part of a slide or of a poster, and no higher: small letters are 18 pixels there, or 19 points.
PROJECTED, _TALLEST = 6.0, 3.7
# How much lower a compact drawing is, but not under so many inches: legends and titles keep their height.
_FLAT, _LOWEST = 0.8, 2.2
_width: ContextVar[float] = ContextVar("width", default=PAGE)
# Letters of a line of a name.
_NAME_LETTERS = {PAGE: 31, COMPACT: 22, PROJECTED: 38}
# Of what is measured, above the axes.
_TITLE_LETTERS = {PAGE: 56, COMPACT: 44, PROJECTED: 56}
# Of a tick as a number of so many decimals.
_EXACT = 1e-9
# The light theme of seaborn at the scale of a page, with our letters and colours: what seaborn and matplotlib draw is
# alike. An analyst takes it for his own drawings with `style.styled()`.
_SETTINGS = {
    **sns.axes_style("white"),
    **sns.plotting_context("paper"),
    "font.family": "sans-serif",
    "font.sans-serif": [fonts.SANS],
    "font.size": BODY,
    "axes.labelsize": "medium",
    "axes.titlesize": "large",
    "xtick.labelsize": "medium",
    "ytick.labelsize": "medium",
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.8,
    "axes.unicode_minus": True,
    # No tick stands above the axes: a title has no need to look for room at each drawing.
    "axes.titley": 1.0,
    # Names are text: two dollars in one are no formula.
    "text.parse_math": False,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "grid.color": GRID,
    # Bars have the edge that they are given, and lines end where their values do.
    "patch.edgecolor": INK,
    "patch.force_edgecolor": False,
    "patch.linewidth": 1.0,
    "lines.solid_capstyle": "projecting",
    # That of SVG: the layout is the same whether it is made ahead or while saving.
    "figure.dpi": 72,
    "svg.fonttype": "none",
    "svg.hashsalt": "diagnostic",
}
for _file in fonts.measured():
    fontManager.addfont(_file)

# What marks have unless they say otherwise.
_LOOK = f"font-family:'{fonts.SANS}',sans-serif;stroke-linejoin:round;stroke-linecap:butt"


@contextmanager
def styled(width: float = PAGE) -> Iterator[None]:
    """Set the project's settings of matplotlib for the time of a drawing, `width` inches wide."""
    token = _width.set(width)
    try:
        with mpl.rc_context(_SETTINGS):
            yield
    finally:
        _width.reset(token)


def is_compact() -> bool:
    """Tell whether the drawing is as narrow as a card."""
    return _width.get() < PAGE


def is_projected() -> bool:
    """Tell whether the drawing is for those who see it from afar."""
    return _width.get() == PROJECTED


def new_figure(height: float, *, columns: int = 1, widths: Sequence[float] = ()) -> tuple[Figure, list[Axes]]:
    """Make a figure of the width of the drawing and its axes, apart from pyplot's global state.

    The axes are bare: `french_axis` and `named_axis` write along them, `show_frame` draws a side. `widths` are those of
    several ones, compared with one another; alike unless said.
    """
    figure = Figure(figsize=(_width.get(), _flatten(height)))
    panels = [BareAxes(figure, (rank / columns, 0, 1 / columns, 1)) for rank in range(columns)]
    for axes, part in zip(panels, widths, strict=False):
        axes.wide = part
    return figure, [figure.add_axes(axes) for axes in panels]


def _flatten(height: float) -> float:
    """Give the height of a drawing of its width: lower on a card, and no higher than its place on a slide."""
    if is_projected():
        return min(height, _TALLEST)
    return max(height * _FLAT, min(height, _LOWEST)) if is_compact() else height


def uncompressed(height: float) -> float:
    """Give the height to ask for, in inches, for what keeps its own on a card."""
    return height / _FLAT if is_compact() else height


def wrap(name: str) -> str:
    """Break a long name into lines: it leaves most of the width to what is drawn. Two lines at most on a card."""
    letters = _NAME_LETTERS[_width.get()]
    if is_compact():
        return textwrap.fill(name, letters, max_lines=2, placeholder="…", break_long_words=False)
    return textwrap.fill(name, letters, break_long_words=False)


def letters_on(colour: str) -> str:
    """Choose the colour of what is written on another: ink, or paper on a dark one."""
    return max((INK, PAPER), key=lambda letters: tokens.contrast(letters, colour))


def shades(colour: str, count: int) -> list[str]:
    """Choose as many shades of a colour that has older ones (`COMMUNE`, `COMPARISONS[0]`, `INK`), itself last.

    Six at most.
    """
    ramp = [*_OLDER[colour], colour]
    return [ramp[round(rank * (len(ramp) - 1) / max(count - 1, 1))] for rank in range(count - 1)] + [colour]


def to_svg(figure: Figure, *, alt: str) -> str:
    """Write a figure as an inline SVG element with its alternative text, the same bytes for the same data."""
    buffer = io.StringIO()
    layout.arrange(figure, layout.Renderer(*figure.bbox.size, io.StringIO()))
    renderer = layout.Renderer(*figure.bbox.size, buffer, metadata={"Date": None, "Creator": None})
    figure.draw(renderer)
    renderer.finalize()
    head, body = slim(buffer.getvalue()).split(">", 1)
    head = re.sub(r'\s(?:width|height|version|xmlns:xlink)="[^"]*"', "", head)
    return f'{head} style="{_LOOK}" role="img" aria-label="{html.escape(french.typography(alt))}">{body}'


def set_title(axes: Axes, title: str) -> None:
    """Say what the axes measure above their left corner."""
    title = textwrap.fill(title, _TITLE_LETTERS[_width.get()])
    axes.set_title(title, x=0, ha="left", fontsize=BODY, color=MUTED)


def french_axis(
    axis: Axis, *, digits: int = 0, unit: str = "", signed: bool = False, grid: bool = False
) -> None:
    """Write along an axis its ticks as French numbers, with as many decimals as they need beyond `digits`."""
    locator = axis.get_major_locator()
    if isinstance(locator, MaxNLocator):
        # No steps of a quarter: they need one decimal more than those of a half.
        locator.set_params(steps=[1, 2, 5, 10], integer=not digits)
    axis.set_major_formatter(_Numbers(digits=digits, unit=unit, signed=signed))
    axis.axes.add_artist(Ticks(axis, grid=grid, thin=True))


class _Numbers(Formatter):
    """The ticks of an axis as French numbers, none of them rounded."""

    def __init__(self, *, digits: int, unit: str, signed: bool) -> None:
        self._least, self._digits, self._unit, self._signed = digits, digits, unit, signed

    def set_locs(self, locs: Sequence[float]) -> None:
        """Count the decimals that all the ticks need."""
        self._digits = self._least
        while any(abs(place - round(place, self._digits)) > _EXACT for place in locs):
            self._digits += 1

    def __call__(self, x: float, pos: int | None = None) -> str:
        number = french.number(x, digits=self._digits, signed=self._signed)
        return f"{number}{french.NBSP}{self._unit}" if self._unit else number


def named_axis(
    axis: Axis,
    names: Mapping[int, str] | Mapping[float, str],
    *,
    grid: bool = False,
    marks: bool = False,
    bold: Collection[int] = (),
    thin: bool = False,
) -> None:
    """Write along an axis a name at each place, or where there is room (`thin`); those of rank `bold` stand out."""
    axis.set_major_locator(FixedLocator(list(names)))
    axis.set_major_formatter(FixedFormatter(list(names.values())))
    axis.axes.add_artist(Ticks(axis, grid=grid, marks=marks, bold=bold, thin=thin))


def year_axis(axis: Axis, years: Sequence[int]) -> None:
    """Mark the years of the data, and write those that have room, from the last one back."""
    named_axis(axis, {year: str(year) for year in years}, marks=True, thin=True)


def show_frame(axes: Axes, side: str) -> None:
    """Draw a side of the frame."""
    axes.spines[side].set_visible(True)


def spread(positions: list[float], *, gap: float) -> list[float]:
    """Push positions apart so that no two are nearer than `gap`, in the same order."""
    order = sorted(range(len(positions)), key=positions.__getitem__)
    placed = [positions[i] for i in order]
    for _ in range(100):
        moved = False
        for lower in range(len(placed) - 1):
            short = gap - (placed[lower + 1] - placed[lower])
            if short > gap * 1e-6:
                placed[lower] -= short / 2
                placed[lower + 1] += short / 2
                moved = True
        if not moved:
            break
    result = [0.0] * len(positions)
    for rank, i in enumerate(order):
        result[i] = placed[rank]
    return result
