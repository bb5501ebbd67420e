"""The native charts of a workbook: lines for years, bars for categories, from the very cells of a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from helpers import tokens
from helpers.charts import widen

# Beyond, a chart cannot be read.
_SERIES, _POINTS, _LETTERS = 6, 24, 45
# Dates from which figures make a line.
_DATES = 3
_COMPARED = ("cmp1", "cmp2", "cmp3", "others")
_RATES = ("share", "rate", "change", "points", "index", "ratio", "amount")


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading, the kind of its figures (nothing for texts), its texts."""

    heading: str
    kind: str
    texts: Sequence[str]


@dataclass(frozen=True)
class Chart:
    """What a chart shows of a table: rows of each series (`start`, `end` inclusive), column of what they are set
    against (the `names` of one series) and column of figures, by rank; whether figures are `signed`; the `limits` of
    the axis of figures, where they are set."""

    kind: str
    series: Sequence[tuple[str, int, int]]
    against: int
    figures: int
    names: Sequence[str]
    signed: bool
    limits: tuple[float, float] | None = None


def choose(columns: Sequence[Column]) -> Chart | None:
    """Choose the chart of a table; none where its rows make none that can be read.

    Years make lines, a few categories bars; the series are the values of a column whose rows follow one another. The
    figures are the first ones worked out, or else the first counted.
    """
    texts = [rank for rank, column in enumerate(columns) if not column.kind and not _is_mark(column)]
    years = next((rank for rank, column in enumerate(columns) if column.kind == "year"), None)
    figures = _find_figures(columns)
    if figures is None or not columns[0].texts:
        return None
    dated = years is not None and len(set(columns[years].texts)) >= _DATES
    against = years if dated else texts[-1] if texts else years
    if against is None:
        return None
    others = [rank for rank in [*texts, *([years] if years is not None else [])] if rank != against]
    split = [rank for rank in others if len(set(columns[rank].texts)) > 1]
    if len(split) > 1:
        return None
    series = (
        _part(columns[split[0]].texts)
        if split
        else [(columns[figures].heading, 0, len(columns[0].texts) - 1)]
    )
    if series is None or not _can_be_read(columns, series, against=against):
        return None
    _, start, end = series[0]
    return Chart(
        "line" if dated else "bar",
        series,
        against,
        figures,
        columns[against].texts[start : end + 1],
        any(text.startswith("-") for text in columns[figures].texts),
        widen(float(text) for text in columns[figures].texts if text) if dated else None,
    )


def draw(
    chart: Chart,
    add: Callable[[dict[str, Any]], Any],
    *,
    sheet: str,
    first: int,
    title: str,
    commune: str,
    unit: str,
) -> Any:
    """Draw a chart of the table of a sheet, whose first row of figures is `first`; the commune is in its own colour."""
    drawn = add({"type": chart.kind})
    for rank, (name, start, end) in enumerate(chart.series):
        rows = (first + start, first + end)
        drawn.add_series(
            {
                "name": name,
                "categories": [sheet, rows[0], chart.against, rows[1], chart.against],
                "values": [sheet, rows[0], chart.figures, rows[1], chart.figures],
                **_look(chart, rank, commune=commune),
            }
        )
    drawn.set_title({"name": title, "name_font": {"size": 12}, "overlay": False})
    drawn.set_legend({"position": "bottom"} if len(chart.series) > 1 else {"none": True})
    grid = {"visible": True, "line": {"color": tokens.colour("line"), "width": 0.75}}
    values: dict[str, Any] = {"major_gridlines": grid, "name": unit, "line": {"none": True}}
    categories: dict[str, Any] = {"label_position": "low", "major_gridlines": {"visible": False}}
    if chart.kind == "line":
        drawn.set_x_axis(categories)
        drawn.set_y_axis(
            {**values, **(dict(zip(("min", "max"), chart.limits, strict=True)) if chart.limits else {})}
        )
        drawn.set_size({"width": 760, "height": 320})
        return drawn
    # Bars start from nothing, and go down the page in the order of the table.
    drawn.set_x_axis({**values, **({} if chart.signed else {"min": 0})})
    drawn.set_y_axis({**categories, "reverse": True})
    bars = sum(end - start + 1 for _, start, end in chart.series)
    drawn.set_size({"width": 760, "height": min(160 + 22 * bars, 640)})
    return drawn


def _look(chart: Chart, rank: int, *, commune: str) -> dict[str, Any]:
    """Choose the look of a series: the commune, or the last date, in the colour of the commune, the others in greys."""
    names = [name for name, _, _ in chart.series]
    last = names[rank].isdecimal() and rank == len(names) - 1
    own = names[rank] == commune or last or len(names) == 1
    grey = tokens.colour(_COMPARED[min(rank, len(_COMPARED) - 1)])
    colour = tokens.colour("commune") if own else grey
    if chart.kind == "line":
        edge = {"color": colour}
        marker = {"type": "circle", "size": 5, "fill": edge, "border": edge}
        return {"line": {"color": colour, "width": 2.5 if own else 1.5}, "marker": marker}
    look: dict[str, Any] = {"fill": {"color": colour}, "gap": 60}
    if commune in chart.names:
        # Each bar is a territory.
        look["points"] = [
            {"fill": {"color": tokens.colour("commune" if name == commune else "cmp2")}}
            for name in chart.names
        ]
    return look


def _find_figures(columns: Sequence[Column]) -> int | None:
    """Find the first column of figures worked out, or else counted."""
    for kinds in (_RATES, ("count", "exact")):
        for rank, column in enumerate(columns):
            if column.kind in kinds and any(column.texts):
                return rank
    return None


def _is_mark(column: Column) -> bool:
    return column.heading in ("Fiabilité", "Origine", "Sources", "Unité")


def _part(texts: Sequence[str]) -> list[tuple[str, int, int]] | None:
    """Part rows by the values of a column; nothing where the rows of a value do not follow one another."""
    found, start = [], 0
    for name, group in groupby(texts):
        end = start + len(list(group)) - 1
        found.append((name, start, end))
        start = end + 1
    return found if len({name for name, _, _ in found}) == len(found) else None


def _can_be_read(columns: Sequence[Column], series: Sequence[tuple[str, int, int]], *, against: int) -> bool:
    """Tell whether a chart of these series can be read: not too many, nor too long, all against the same things."""
    shown = [tuple(columns[against].texts[start : end + 1]) for _, start, end in series]
    points = max(map(len, shown))
    return (
        len(series) <= _SERIES
        and 2 <= points <= _POINTS
        and len(series) * points <= 2 * _POINTS
        and len(set(shown)) == 1
        and all(len(text) <= _LETTERS for text in shown[0])
    )
