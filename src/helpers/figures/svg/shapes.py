"""Bars, strokes and notes of a drawing, as few objects of matplotlib as can be: each costs more than what it draws."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.text import Text
from matplotlib.transforms import offset_copy

from helpers.figures import style
from helpers.figures.svg.slim import label_values

# Left and bottom, width and height; a width may be negative.
Box = tuple[float, float, float, float]
# A start and an end.
Stroke = tuple[tuple[float, float], tuple[float, float]]


def bars(
    axes: Axes,
    boxes: Sequence[Box],
    *,
    colour: str | Sequence[str],
    linewidth: float = 1.0,
    labels: Sequence[str] = (),
    series: Sequence[str] = (),
) -> None:
    """Add bars, of a colour or of one each. They do not move the limits of the axes.

    `labels` are their values in words, `series` the date that it is of, where the drawing has several.
    """
    if not boxes:
        return
    drawn = PolyCollection(
        [corners_of(box) for box in boxes], facecolors=colour, linewidths=linewidth, joinstyle="miter",
        # With a single colour, a lone bar would become a marker, whose shape has no colour of its own.
        edgecolors=[style.PAPER] * 2,
    )  # fmt: skip
    if labels:
        label_values(drawn, labels, series=series)
    axes.add_collection(drawn, autolim=False)


def hollow_bars(axes: Axes, boxes: Sequence[Box], *, colour: str) -> None:
    """Add bars of which only the outline is drawn: changes within their margin. They do not move the limits."""
    if boxes:
        axes.add_collection(
            PolyCollection(
                [corners_of(box) for box in boxes], facecolors=style.PAPER, edgecolors=[colour] * 2, linewidths=1.4,
                joinstyle="miter", zorder=1.5,
            ),
            autolim=False,
        )  # fmt: skip


def corners_of(box: Box) -> list[tuple[float, float]]:
    """List the four corners of a bar."""
    left, low, wide, tall = box
    return [(left, low), (left + wide, low), (left + wide, low + tall), (left, low + tall)]


def strokes(axes: Axes, lines: Sequence[Stroke], *, colour: str, linewidth: float, **look: Any) -> None:
    """Add straight lines that look the same. They do not move the limits of the axes."""
    axes.add_collection(LineCollection(lines, colors=colour, linewidths=linewidth, **look), autolim=False)


def note(axes: Axes, x: float, y: float, text: str, *, shift: tuple[float, float], **look: Any) -> Text:
    """Write a text some points away from a place of the data. An annotation does the same in twice the time."""
    place = offset_copy(axes.transData, axes.get_figure(root=True), *shift, units="points")
    return axes.text(x, y, text, transform=place, **look)


def fit(ends: Iterable[float], *, margin: float) -> tuple[float, float]:
    """Compute the limits of an axis where bars start from zero, a part of their range (`margin`) left at each end."""
    known = list(ends)
    low, high = min([0.0, *known]), max([0.0, *known])
    if low == high:
        # Nothing but zeros, that may be counts.
        return 0.0, 1.0
    room = margin * (high - low)
    return (low - room if low < 0 else 0.0), (high + room if high > 0 else 0.0)
