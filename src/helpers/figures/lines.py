"""Curves over time, labelled at their end."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from helpers import french
from helpers.figures import significance, style
from helpers.figures.drawing import drawing
from helpers.frames import find_column_of

_STYLES = ["-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1))]

# Share of the width that a year takes.
_ROOM_FOR_A_YEAR = 0.08


@drawing
def lines(
    data: pd.DataFrame, *, y: str, by: str = "territory", digits: int = 0, label: str, zero: bool = False
) -> tuple[Figure, str] | None:
    """One curve per `by` over `year`, the first one (the commune) in the accent colour.

    Dates of which the figure is not significant are left out, and a curve that has no other.
    """
    weighed = data.assign(worth=significance.worth(data, y))
    data = significance.firm(weighed, y).dropna(subset=y)
    if data.empty:
        return None
    column = find_column_of(data, y)
    names = list(dict.fromkeys(data[by].sort_values()))
    figure, (axes,) = style.new_figure(4.2)
    ends = []
    for rank, name in enumerate(names):
        curve = data[data[by] == name].sort_values("year")
        colour = style.COMMUNE if rank == 0 else style.MUTED
        axes.plot(
            curve["year"].to_numpy(), curve[y].to_numpy(), color=colour, linewidth=2.6 if rank == 0 else 1.5,
            linestyle=_STYLES[rank % len(_STYLES)], marker="o", markersize=5 if rank == 0 else 3.5,
            markeredgecolor=style.PAPER, markeredgewidth=0.75, zorder=3 - rank * 0.1,
        )  # fmt: skip
        end = curve.iloc[-1]
        told = significance.write(french.number(end[y], digits=digits), end["worth"], column=column)
        ends.append((f"{name} {told}", float(end[y]), colour, rank))
    if zero:
        axes.set_ylim(bottom=0)
    low, high = axes.get_ylim()
    heights = style.spread([value for _, value, _, _ in ends], gap=(high - low) * 0.062)
    last = int(data["year"].max())
    room = (last - int(data["year"].min()) or 1) * 0.02
    for (told, _, colour, rank), height in zip(ends, heights, strict=True):
        axes.text(
            last + room, height, told, color=colour, va="center",
            fontweight="bold" if rank == 0 else "normal",
        )  # fmt: skip
    style.set_title(axes, label)
    style.show_frame(axes, "bottom")
    style.french_axis(axes.yaxis, digits=digits if high - low < 10 else 0, grid=True)
    style.year_axis(axes.xaxis, _ticks(data.loc[data[by] == names[0], "year"]))
    parts = []
    for name in names:
        curve = data[data[by] == name].sort_values("year")
        first, end = curve.iloc[0], curve.iloc[-1]
        parts.append(
            f"{name}, {french.number(first[y], digits=digits)} en {int(first['year'])} "
            f"et {french.number(end[y], digits=digits)} en {int(end['year'])}"
        )
    silent = weighed[~weighed[by].isin(names)].drop_duplicates(by, keep="last")
    parts += [f"{row[by]}, {row['worth']}" for row in silent.to_dict("records")]
    return figure, f"Courbes : {label}. {' ; '.join(parts)}."


def _ticks(years: pd.Series) -> list[int]:
    """The dates of the first curve that leave room for one another, from the last one back."""
    known = sorted({int(year) for year in years}, reverse=True)
    ticks: list[int] = []
    for year in known:
        if not ticks or ticks[-1] - year >= (known[0] - known[-1]) * _ROOM_FOR_A_YEAR:
            ticks.append(year)
    return ticks[::-1]
