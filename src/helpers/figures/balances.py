"""The change of the population, split into its two balances."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from helpers import french
from helpers.charts import Chart, Series
from helpers.figures import significance, simulated, style
from helpers.figures.drawing import drawing
from helpers.figures.rows import BAR, height_of_row, limits_of_rows, name_rows, rule_zero
from helpers.figures.svg import shapes
from helpers.figures.svg.legend import Legend
from helpers.indicators.reliability import mark

Row = Mapping[Hashable, Any]

_LOOKS = {
    "annual_natural": ("Solde naturel", style.NATURAL),
    "annual_migratory": ("Solde migratoire apparent", style.MIGRATORY),
}
# What is written in place of a bar.
_NOT_DRAWN = (french.NOT_SIGNIFICANT, french.MISSING)


@drawing(columns=["annual", "annual_natural", "annual_migratory"], options=["by"])
def balance_bars(
    data: pd.DataFrame, *, by: str = "territory", accent: int = 0, label: str
) -> tuple[Figure, str, Chart]:
    """Draw the annual change of the population, split into natural and apparent migratory parts.

    Reads `annual, annual_natural, annual_migratory` (% a year), one row for each territory or period, named by the
    column `by`; the row of rank `accent` stands out. `label` says what is drawn, for the alternative text. Where a
    change is missing or not significant, that is written in place of its bar.
    """
    names = [str(name) for name in data[by]]
    accent %= len(names)
    figure, (axes,) = style.new_figure(1.5 + height_of_row(names, least=0.46) * len(names))
    rows = data.assign(_verdict=significance.verdicts(data, "annual")).to_dict("records")
    boxes: dict[str, list[shapes.Box]] = {column: [] for column in _LOOKS}
    for position, row in enumerate(rows):
        if row["_verdict"] in _NOT_DRAWN:
            shapes.note(axes, 0, position, row["_verdict"], shift=(9, 0), va="center", color=style.MUTED)
        else:
            _add_row(axes, row, position, boxes=boxes, bold=position == accent)
    for column, (_, colour) in _LOOKS.items():
        shapes.bars(axes, boxes[column], colour=colour, linewidth=1.2)
    drawn = {
        position: row["annual"] for position, row in enumerate(rows) if row["_verdict"] not in _NOT_DRAWN
    }
    for colour, own in ((style.COMMUNE, True), (style.INK, False)):
        chosen = {position: value for position, value in drawn.items() if (position == accent) == own}
        axes.plot(
            list(chosen.values()), list(chosen), marker="D", color=colour, linestyle="none", markersize=8,
            markeredgecolor=style.PAPER, zorder=4,
        )  # fmt: skip
    _outline_simulated(axes, data, boxes=boxes)
    name_rows(axes, names, bold=accent)
    ends = (left + width for drawn in boxes.values() for left, _, width, _ in drawn)
    axes.set_xlim(shapes.fit(ends, margin=0.22))
    axes.set_ylim(limits_of_rows(len(names)))
    rule_zero(axes)
    style.french_axis(axes.xaxis, digits=1, signed=True, unit="%", grid=True)
    figure.add_artist(Legend(_keys(), columns=3))
    alt = f"Barres : {label}. {' ; '.join(f'{row[by]} : {_describe(row)}' for row in rows)}."
    return figure, alt, _chart(rows, names)


def _chart(rows: Sequence[Row], names: Sequence[str]) -> Chart:
    """Declare both balances of each row; nothing where a change is missing or not significant."""
    series = tuple(
        Series(
            name=name,
            values=tuple(None if row["_verdict"] in _NOT_DRAWN else float(row[column]) for row in rows),
            texts=tuple(
                row["_verdict"] if row["_verdict"] in _NOT_DRAWN else french.percent(row[column], signed=True)
                for row in rows
            ),
            colours=(colour,),
        )
        for column, (name, colour) in _LOOKS.items()
    )
    return Chart(kind="stacks", categories=tuple(names), series=series, digits=1, signed=True, unit="%")


def _add_row(axes: Axes, row: Row, position: int, *, boxes: dict[str, list[shapes.Box]], bold: bool) -> None:
    """Add the two parts of a change, those of a sign one after the other, and write their sum beyond."""
    ends = {1: 0.0, -1: 0.0}
    for column, drawn in boxes.items():
        value = row[column]
        side = 1 if value >= 0 else -1
        drawn.append((ends[side], position - BAR / 2, value, BAR))
        ends[side] += value
    change = french.annual(row["annual"]).replace(f"par{french.NBSP}an", "/ an")
    shapes.note(
        axes, ends[1], position, mark(change, row["_verdict"]), shift=(9, 0),
        va="center", fontweight="bold" if bold else "normal", color=style.COMMUNE if bold else style.INK,
    )  # fmt: skip


def _outline_simulated(axes: Axes, data: pd.DataFrame, *, boxes: dict[str, list[shapes.Box]]) -> None:
    """Set apart the bars of simulated rows from real ones."""
    marked = {rank for rank, is_one in enumerate(simulated.beside_real(data)) if is_one}
    simulated.outline(
        axes, [box for drawn in boxes.values() for box in drawn if round(box[1] + BAR / 2) in marked]
    )


def _keys() -> Sequence[Patch | Line2D]:
    """Make the keys of both balances, and of their sum."""
    total = Line2D(
        [], [], marker="D", color=style.INK, linestyle="none", markersize=8, label="Évolution totale"
    )
    return [
        *(Patch(facecolor=colour, edgecolor=style.PAPER, label=name) for name, colour in _LOOKS.values()),
        total,
    ]


def _describe(row: Row) -> str:
    """Write a change and its two parts, for the alternative text."""
    if row["_verdict"] in _NOT_DRAWN:
        return str(row["_verdict"])
    return (
        f"{french.annual(row['annual'])}, dont solde naturel {french.percent(row['annual_natural'], signed=True)} et "
        f"solde migratoire apparent {french.percent(row['annual_migratory'], signed=True)}"
    )
