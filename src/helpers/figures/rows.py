"""Rows of horizontal bars: their names, their room, where they start from."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from helpers.figures import style
from helpers.figures.svg import shapes

# The height of a bar, a row being 1.
BAR = 0.62
# Inches: a line of a name, and what is left between two names.
_LINE, _BETWEEN = 0.21, 0.08


def name_rows(axes: Axes, names: Sequence[str], *, bold: int | None = None) -> None:
    """Write the names of rows on their left, the first one above, the one of rank `bold` standing out."""
    lines = {rank: style.wrap(name) for rank, name in enumerate(names)}
    style.named_axis(axes.yaxis, lines, bold=() if bold is None else (bold,))


def height_of_row(names: Sequence[str], *, least: float) -> float:
    """Compute the height of a row, in inches: `least`, or that of the lines of the longest name."""
    lines = max(style.wrap(name).count("\n") for name in names) + 1
    return max(least, style.uncompressed(lines * _LINE + _BETWEEN))


def limits_of_bars(count: int) -> tuple[float, float]:
    """Compute the limits of as many rows of one bar each, the first one above."""
    margin = BAR / 2 + 0.05 * (count - 1 + BAR)
    return count - 1 + margin, -margin


def limits_of_rows(count: int) -> tuple[float, float]:
    """Compute the limits of as many whole rows, the first one above."""
    return count - 0.5, -0.5


def rule_zero(axes: Axes) -> None:
    """Draw a line where bars start from."""
    low, high = axes.get_ylim()
    shapes.strokes(
        axes, [((0, low), (0, high))], colour=style.INK, linewidth=1, zorder=2, capstyle="projecting"
    )
