"""Curves over time, labelled at their end."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers import french
from helpers.figures import significance, style
from helpers.figures.drawing import drawing
from helpers.frames import find_column_of
from helpers.indicators.reliability import mark

_STYLES = ["-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1))]

# Share of the width that a year takes.
_ROOM_FOR_A_YEAR = 0.08


@drawing(columns=["year"], options=["y", "by"])
def lines(
    data: pd.DataFrame, *, y: str, by: str = "territory", digits: int = 0, label: str, zero: bool = False
) -> tuple[Figure, str] | None:
    """Draw one curve for each territory over the years, the first one (the commune) in the accent colour.

    Reads `year` and two columns: the figure named by `y`, curves named by `by`. `digits` says how values are written,
    `label` what is measured (above the axes), `zero` whether the axis starts there. Dates whose figure is not
    significant are left out, and a curve that has no other.
    """
    # One unit on an axis.
    find_column_of(data, y)
    every = data.assign(_verdict=significance.verdicts(data, y))
    data = significance.keep_significant(every, y).dropna(subset=y)
    if data.empty:
        return None
    names = list(dict.fromkeys(data[by].sort_values()))
    curves = [data[data[by] == name].sort_values("year") for name in names]
    figure, (axes,) = style.new_figure(4.2)
    for rank, curve in enumerate(curves):
        axes.plot(
            curve["year"].to_numpy(), curve[y].to_numpy(), color=_colour(rank), linewidth=2.6 if rank == 0 else 1.5,
            linestyle=_STYLES[rank % len(_STYLES)], marker="o", markersize=5 if rank == 0 else 3.5,
            markeredgecolor=style.PAPER, markeredgewidth=0.75, zorder=3 - rank * 0.1,
        )  # fmt: skip
    if zero:
        axes.set_ylim(bottom=0)
    ends = [curve.iloc[-1] for curve in curves]
    texts = [f"{end[by]} {mark(french.number(end[y], digits=digits), end['_verdict'])}" for end in ends]
    _name_ends(axes, [float(end[y]) for end in ends], texts, years=data["year"])
    low, high = axes.get_ylim()
    style.set_title(axes, label)
    style.show_frame(axes, "bottom")
    style.french_axis(axes.yaxis, digits=digits if high - low < 10 else 0, grid=True)
    style.year_axis(axes.xaxis, _ticks(curves[0]["year"]))
    sentences = [
        _describe(curve, y=y, name=name, digits=digits) for name, curve in zip(names, curves, strict=True)
    ]
    left_out = every[~every[by].isin(names)].drop_duplicates(by, keep="last")
    sentences += [f"{row[by]}, {row['_verdict']}" for row in left_out.to_dict("records")]
    return figure, f"Courbes : {label}. {' ; '.join(sentences)}."


def _colour(rank: int) -> str:
    """Choose the colour of the curve of this rank."""
    return style.COMMUNE if rank == 0 else style.MUTED


def _name_ends(axes: Axes, values: Sequence[float], texts: Sequence[str], *, years: pd.Series) -> None:
    """Write a text at the end of each curve, apart from one another."""
    low, high = axes.get_ylim()
    heights = style.spread(list(values), gap=(high - low) * 0.062)
    last = int(years.max())
    margin = (last - int(years.min()) or 1) * 0.02
    for rank, (text, height) in enumerate(zip(texts, heights, strict=True)):
        axes.text(
            last + margin, height, text, color=_colour(rank), va="center",
            fontweight="bold" if rank == 0 else "normal",
        )  # fmt: skip


def _describe(curve: pd.DataFrame, *, y: str, name: str, digits: int) -> str:
    """Write both ends of a curve, for the alternative text."""
    first, end = curve.iloc[0], curve.iloc[-1]
    return (
        f"{name}, {french.number(first[y], digits=digits)} en {int(first['year'])} "
        f"et {french.number(end[y], digits=digits)} en {int(end['year'])}"
    )


def _ticks(years: pd.Series) -> list[int]:
    """Choose the dates of a curve that leave room for one another, from the last one back."""
    known = sorted({int(year) for year in years}, reverse=True)
    ticks: list[int] = []
    for year in known:
        if not ticks or ticks[-1] - year >= (known[0] - known[-1]) * _ROOM_FOR_A_YEAR:
            ticks.append(year)
    return ticks[::-1]
