"""Curves over time, labelled at their end."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers import french
from helpers.charts import Chart, Series, widen
from helpers.figures import significance, simulated, style
from helpers.figures.drawing import drawing
from helpers.frames import find_column_of
from helpers.indicators.reliability import mark

# Points of height of a line of text, and of what stands above and under the axes.
_LINE, _AROUND = 13.0, 62.0
_STYLES = ["-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1))]


@drawing(columns=["year"], options=["y", "by"])
def lines(
    data: pd.DataFrame, *, y: str, by: str = "territory", digits: int = 0, label: str, zero: bool = False
) -> tuple[Figure, str, Chart] | None:
    """Draw one curve for each territory over the years, the first one (the commune) in the accent colour.

    Reads `year` and two columns: the figure named by `y`, curves named by `by`. `digits` says how values are written,
    `label` what is measured (above the axes), `zero` whether the axis starts there; elsewhere it has a range beside
    which small moves look small. Dates whose figure is not significant are left out, and a curve that has no other.
    """
    # One unit on an axis.
    find_column_of(data, y)
    every = data.assign(_verdict=significance.verdicts(data, y))
    data = significance.keep_significant(every, y).dropna(subset=y)
    if data.empty:
        return None
    names = list(dict.fromkeys(data[by].sort_values()))
    curves = [data[data[by] == name].sort_values("year") for name in names]
    figure, (axes,) = style.new_figure(3.6)
    marked = simulated.beside_real(data)
    for rank, curve in enumerate(curves):
        _add_curve(axes, curve, y=y, rank=rank, marked=marked[curve.index].tolist())
    limits = None if zero else widen(data[y])
    if zero:
        axes.set_ylim(bottom=0)
    elif limits:
        axes.set_ylim(limits)
    ends = [curve.iloc[-1] for curve in curves]
    texts = [f"{end[by]} {mark(french.number(end[y], digits=digits), end['_verdict'])}" for end in ends]
    _name_ends(axes, [float(end[y]) for end in ends], texts, years=data["year"])
    low, high = axes.get_ylim()
    style.set_title(axes, label)
    style.show_frame(axes, "bottom")
    style.french_axis(axes.yaxis, digits=digits if high - low < 10 else 0, grid=True)
    style.year_axis(axes.xaxis, sorted({int(year) for year in curves[0]["year"]}))
    sentences = [
        _describe(curve, y=y, name=name, digits=digits) for name, curve in zip(names, curves, strict=True)
    ]
    left_out = every[~every[by].isin(names)].drop_duplicates(by, keep="last")
    sentences += [f"{row[by]}, {row['_verdict']}" for row in left_out.to_dict("records")]
    alt = f"Courbes : {label}. {' ; '.join(sentences)}."
    return figure, alt, _chart(
        curves, texts, y=y, by=by, digits=digits, label=label, limits=limits
    )  # fmt: skip


def _chart(
    curves: Sequence[pd.DataFrame],
    texts: Sequence[str],
    *,
    y: str,
    by: str,
    digits: int,
    label: str,
    limits: tuple[float, float] | None,
) -> Chart:
    """Declare the curves, each with its name and its last value written at its end."""
    years = sorted({int(year) for curve in curves for year in curve["year"]})
    series = []
    for rank, (curve, text) in enumerate(zip(curves, texts, strict=True)):
        known = dict(zip(curve["year"].astype("int64"), curve[y].astype("float64"), strict=True))
        last = int(curve["year"].max())
        series.append(
            Series(
                name=str(curve[by].iloc[0]), values=tuple(known.get(year) for year in years),
                texts=tuple(text if year == last else "" for year in years), colours=(_colour(rank),),
            )
        )  # fmt: skip
    return Chart(
        kind="lines", categories=tuple(map(str, years)), series=tuple(series), label=label, digits=digits, limits=limits
    )  # fmt: skip


def _add_curve(axes: Axes, curve: pd.DataFrame, *, y: str, rank: int, marked: list[bool]) -> None:
    """Draw a curve: what leads to or from a simulated point is in amber dashes, the point itself is amber."""
    look: dict[str, Any] = {"linewidth": 2.6 if rank == 0 else 1.5, "zorder": 3 - rank * 0.1}
    dot: dict[str, Any] = {
        "marker": "o",
        "markersize": 5 if rank == 0 else 3.5,
        "markeredgecolor": style.PAPER,
    }
    plain: dict[str, Any] = {"color": _colour(rank), "linestyle": _STYLES[rank % len(_STYLES)]}
    years, values = curve["year"].to_numpy(), curve[y].to_numpy()
    if not any(marked):
        axes.plot(years, values, markeredgewidth=0.75, **plain, **dot, **look)
        return
    amber: dict[str, Any] = {"color": style.CAUTION, "linestyle": simulated.DASHES}
    for place, pair in enumerate(pairwise(marked)):
        ends = slice(place, place + 2)
        axes.plot(years[ends], values[ends], **(amber if any(pair) else plain), **look)
    for is_one in (False, True):
        kept = [place for place, mark in enumerate(marked) if mark == is_one]
        colour = style.CAUTION if is_one else _colour(rank)
        axes.plot(
            years[kept], values[kept], color=colour, linestyle="none", markeredgewidth=0.75, **dot, **look
        )


def _colour(rank: int) -> str:
    """Choose the colour of the curve of this rank."""
    return style.COMMUNE if rank == 0 else style.MUTED


def _name_ends(axes: Axes, values: Sequence[float], texts: Sequence[str], *, years: pd.Series) -> None:
    """Write a text at the end of each curve, apart from one another."""
    low, high = axes.get_ylim()
    texts = [style.wrap(text) for text in texts]
    tall = max(text.count("\n") for text in texts) + 1
    room = axes.figure.bbox.height - _AROUND
    heights = style.spread(list(values), gap=(high - low) * (_LINE * tall + 1) / room)
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
