"""Bars whose parts add up: shares of 100 %, or counts over the years."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from helpers import french
from helpers.charts import Chart, Series
from helpers.figures import significance, simulated, style
from helpers.figures.drawing import drawing
from helpers.figures.rows import BAR, height_of_row, limits_of_bars, name_rows
from helpers.figures.svg import shapes
from helpers.figures.svg.legend import Legend
from helpers.indicators.reliability import judge_counts, mark

Row = Mapping[Hashable, Any]

# The least width of the bar of a year, in years.
_YEAR = 0.8
# The width of a letter to its size, in names and in figures, the spaces around a figure included.
_LETTER = 0.5
_GREYED = {"facecolor": style.WEAK}


@drawing(columns=["share"], options=["by", "part"])
def stacked_bars(
    data: pd.DataFrame, *, by: str, part: str = "label", palette: str = "category", label: str
) -> tuple[Figure, str, Chart]:
    """Draw the shares of parts in one bar of 100 % for each row, written inside where there is room.

    Reads `share` (%) and two columns: the one named by `by` (rows; the first territory is the commune, in bold) and by
    `part` (parts of a row, in their order). `palette` is one of `style.PALETTES`; `label` says what is shared, for the
    alternative text. Shares that are not significant are grey, without their figure.
    """
    data = data.assign(_verdict=significance.verdicts(data, "share"))
    records = data.to_dict("records")
    bars = list(dict.fromkeys(data[by]))
    figure, (axes,) = style.new_figure(
        style.uncompressed(1.3) + height_of_row([str(bar) for bar in bars], least=0.42) * len(bars)
    )
    left = dict.fromkeys(bars, 0.0)
    keys = []
    letter = _share_of_a_letter(figure, [str(bar) for bar in bars])
    for rank, name in enumerate(dict.fromkeys(data[part])):
        look = _look(rank, palette=palette) | {"linewidth": 1.2}
        keys.append(Patch(label=name, **look))
        rows = [row for row in records if row[part] == name]
        _add_part(axes, rows, name=str(name), by=by, bars=bars, left=left, look=look, letter=letter)
    keys += significance.legend_of_weak(data["_verdict"])
    marked = set(data.loc[simulated.beside_real(data), by])
    simulated.outline(
        axes, [(0.0, rank - BAR / 2, left[bar], BAR) for rank, bar in enumerate(bars) if bar in marked]
    )
    name_rows(axes, [str(bar) for bar in bars], bold=0 if by == "territory" else None)
    axes.set_xlim(0, 100)
    axes.set_ylim(limits_of_bars(len(bars)))
    style.french_axis(axes.xaxis, unit="%")
    figure.add_artist(Legend(keys, columns=2, key_length=1.6))
    sentences = [
        f"{bar}, " + ", ".join(f"{row[part]} {_write_share(row, '%')}" for row in records if row[by] == bar)
        for bar in bars
    ]
    alt = f"Barres empilées : {label}. {' ; '.join(sentences)}."
    cells = {(row[by], row[part]): row for row in records}
    series = tuple(
        _series(str(name), [cells.get((bar, name)) for bar in bars], rank=rank, palette=palette)
        for rank, name in enumerate(dict.fromkeys(data[part]))
    )
    return figure, alt, Chart(
        kind="stacks", categories=tuple(map(str, bars)), series=series, digits=1, unit="%"
    )  # fmt: skip


def _series(name: str, rows: Sequence[Row | None], *, rank: int, palette: str) -> Series:
    """Declare a part of every bar: grey where its share is not significant."""
    look = _look(rank, palette=palette)
    return Series(
        name=name,
        values=tuple(float(row["share"]) if row else None for row in rows),
        texts=tuple(_write_share(row) if row else "" for row in rows),
        colours=tuple(_ground(row, look) if row else str(look["facecolor"]) for row in rows),
    )


def _add_part(
    axes: Axes,
    rows: Sequence[Row],
    *,
    name: str,
    by: str,
    bars: Sequence[Hashable],
    left: dict[Hashable, float],
    look: dict[str, Any],
    letter: float,
) -> None:
    """Draw one part of every bar from where the former parts end (`left`, moved on), and write its shares inside.

    A share is written where its letters, of `letter` % each, have room.
    """
    for is_weak in (False, True):
        shown = look | _GREYED if is_weak else look
        chosen = [row for row in rows if (row["_verdict"] == french.NOT_SIGNIFICANT) == is_weak]
        shapes.bars(
            axes, [(left[row[by]], bars.index(row[by]) - BAR / 2, row["share"], BAR) for row in chosen],
            colour=shown["facecolor"], linewidth=shown["linewidth"],
            labels=[f"{row[by]}, {name} : {_write_share(row, '%')}" for row in chosen],
        )  # fmt: skip
    for row in rows:
        text = _write_share(row)
        if row["share"] >= len(text) * letter:
            axes.text(
                left[row[by]] + row["share"] / 2, bars.index(row[by]), text, ha="center", va="center",
                color=style.letters_on(_ground(row, look)), fontsize=style.SMALL,
            )  # fmt: skip
        left[row[by]] += row["share"]


def _share_of_a_letter(figure: Figure, names: Sequence[str]) -> float:
    """Estimate the width of a letter as a share (%) of a bar, beside the names of rows."""
    longest = max(len(line) for name in names for line in style.wrap(name).split("\n"))
    room = figure.bbox.width - _LETTER * style.BODY * longest
    return 100 * _LETTER * style.SMALL / room


def _ground(row: Row, look: dict[str, Any]) -> str:
    """Give the colour that a share is written on."""
    return str((look | _GREYED if row["_verdict"] == french.NOT_SIGNIFICANT else look)["facecolor"])


def _write_share(row: Row, unit: str = "") -> str:
    """Write a share, with or without its unit, as its table does."""
    text = french.percent(row["share"]) if unit else french.number(row["share"], digits=1)
    return mark(text, row["_verdict"])


@drawing(columns=["year", "value"], options=["part"])
def stacked_counts(data: pd.DataFrame, *, part: str = "label", label: str) -> tuple[Figure, str, Chart]:
    """Draw counts of homes stacked over the years that know them, the total written above.

    Reads `year`, `value` (homes) and the column named by `part` (parts of a year, in their order). `label` says what is
    counted, above the axes.
    """
    data = data.assign(_verdict=significance.verdicts(data, "value"))
    years = sorted(int(year) for year in data["year"].unique())
    figure, (axes,) = style.new_figure(3.8)
    gap = min((later - earlier for earlier, later in pairwise(years)), default=1)
    width = max(gap * BAR, _YEAR)
    totals = dict.fromkeys(years, 0.0)
    keys = []
    for rank, name in enumerate(dict.fromkeys(data[part])):
        look = _look(rank, palette="category")
        keys.append(Patch(label=name, **look))
        rows = data[data[part] == name].sort_values("year")
        _add_counts(axes, rows, name=str(name), width=width, totals=totals, look=look)
    marked = set(data.loc[simulated.beside_real(data), "year"])
    simulated.outline(
        axes, [(year - width / 2, 0.0, width, totals[year]) for year in years if year in marked]
    )
    # A total of what registers hold is no sample; any other rests on itself.
    sampled = (data["_verdict"] != "ok").groupby(data["year"]).any()

    def write(year: int, text: str) -> str:
        verdict = judge_counts(np.array([totals[year]]))[0] if sampled[year] else "ok"
        return mark(text, verdict)

    for year in years:
        total = write(year, french.count(totals[year]))
        shapes.note(axes, year, totals[year], total, shift=(0, 4), ha="center", fontsize=style.SMALL)
    _scale(axes, totals, width=width)
    style.set_title(axes, label)
    figure.add_artist(Legend(keys, columns=2, side="under"))
    sentences = [f"{year}, {write(year, french.quantity(totals[year], 'logement'))}" for year in years]
    return (
        figure,
        f"Barres empilées : {label}. {' ; '.join(sentences)}.",
        _chart(data, part=part, years=years, label=label),
    )


def _scale(axes: Axes, totals: Mapping[int, float], *, width: float) -> None:
    """Set the limits of the axes of years and of counts, and write along them; of nothing, no count is written."""
    years = list(totals)
    margin = width / 2 + 0.05 * (years[-1] - years[0] + width)
    axes.set_xlim(years[0] - margin, years[-1] + margin)
    axes.set_ylim(shapes.fit(totals.values(), margin=0.1))
    style.year_axis(axes.xaxis, years)
    if any(totals.values()):
        style.french_axis(axes.yaxis, grid=True)
    style.show_frame(axes, "bottom")


def _chart(data: pd.DataFrame, *, part: str, years: Sequence[int], label: str) -> Chart:
    """Declare the parts of every year."""
    counts = data.set_index(["year", part])["value"]
    series = tuple(
        Series(
            name=str(name),
            values=tuple(float(counts[(year, name)]) if (year, name) in counts else None for year in years),
            texts=("",) * len(years),
            colours=(str(_look(rank, palette="category")["facecolor"]),),
        )
        for rank, name in enumerate(dict.fromkeys(data[part]))
    )
    return Chart(kind="columns", categories=tuple(map(str, years)), series=series, label=label)


def _add_counts(
    axes: Axes, rows: pd.DataFrame, *, name: str, width: float, totals: dict[int, float], look: dict[str, Any]
) -> None:
    """Draw one part of every year on top of the former ones (`totals`, moved on)."""
    boxes: list[shapes.Box] = []
    for row in rows.to_dict("records"):
        year = int(row["year"])
        boxes.append((year - width / 2, totals[year], width, row["value"]))
        totals[year] += row["value"]
    labels = [f"{row['year']}, {name} : {french.count(row['value'])}" for row in rows.to_dict("records")]
    shapes.bars(axes, boxes, colour=look["facecolor"], labels=labels)


def _look(rank: int, *, palette: str) -> dict[str, Any]:
    """Choose the colour of the part of this rank."""
    colours = style.PALETTES[palette]
    return {"facecolor": colours[rank % len(colours)], "edgecolor": style.PAPER}
