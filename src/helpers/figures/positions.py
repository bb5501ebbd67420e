"""A commune among others, one line per indicator."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from helpers import french
from helpers.exhibit import Exhibit, absent, tabulate
from helpers.figures import significance, style
from helpers.figures.drawing import drawing, require_columns
from helpers.figures.svg import shapes
from helpers.indicators.ranking import QUARTER

_COLUMNS = ("indicator", "percentile", "written", "reference")
# So many lines can be read at a glance; the table has them all.
_LINES = 12
_HALF = "#b3bcc8"


def positions(data: pd.DataFrame, *, commune: str, label: str) -> Exhibit:
    """Draw where the commune stands among others, one line for each of the first twelve indicators.

    Reads `indicator`, `percentile` (share (%) of the others that are lower), `written` (the figure of the commune),
    `reference` (the median of the others); `change` and `changed`, where there are any, stand in the table. `commune`
    is its name, `label` says among whom. The values of the others are not needed: `figures.distribution` draws them.

    A row without a percentile is not ranked: it is in the table alone. Without any other, the table is all.

    Raises:
        ExhibitError: a column is missing.
    """
    if data.empty:
        return absent("")
    require_columns(data, _COLUMNS, figure="positions")
    unchanged = "change" in data and data["change"].isna().all()
    data = data.drop(columns=["change", "changed"]) if unchanged else data
    ranked = data.dropna(subset="percentile").head(_LINES)
    if ranked.empty:
        return tabulate(data)
    return _draw(ranked, commune=commune, label=label).complete(data=data)


@drawing(columns=_COLUMNS)
def _draw(data: pd.DataFrame, *, commune: str, label: str) -> tuple[Figure, str]:
    """Draw the lines, each with its quarters, the median and the commune, its figures written beyond."""
    figure, (axes,) = style.new_figure(0.7 + 0.42 * len(data))
    written = [
        significance.write(text, verdict, column="written")
        for text, verdict in zip(data["written"], significance.verdicts(data, "written"), strict=True)
    ]
    rows = data.assign(written=written).to_dict("records")
    ranks = range(len(rows))
    for start, end, colour in ((0, 100, style.GRID), (QUARTER, 100 - QUARTER, _HALF)):
        shapes.strokes(axes, [((start, rank), (end, rank)) for rank in ranks], colour=colour, linewidth=7)
    middles = [((50, rank - 0.14), (50, rank + 0.14)) for rank in ranks]
    shapes.strokes(axes, middles, colour=style.PAPER, linewidth=1.6, capstyle="projecting")
    axes.plot(
        [row["percentile"] for row in rows], ranks, color=style.COMMUNE, linestyle="none", marker="D", markersize=9,
        zorder=3,
    )  # fmt: skip
    for rank, row in enumerate(rows):
        axes.text(0, rank - 0.2, row["indicator"], va="bottom", fontsize=10)
        axes.text(104, rank, row["written"], va="center", fontweight="bold", color=style.COMMUNE)
        axes.text(138, rank, row["reference"], va="center", color=style.MUTED)
    top = -1.0
    axes.text(104, top, commune, va="center", fontweight="bold", color=style.COMMUNE, fontsize=10)
    axes.text(138, top, "Médiane", va="center", color=style.MUTED, fontsize=10)
    bottom = len(rows) - 0.35
    for place, name, side in (
        (0, "plus bas", "left"),
        (50, "médiane", "center"),
        (100, "plus haut", "right"),
    ):
        axes.text(place, bottom, name, ha=side, va="center", color=style.MUTED, fontsize=10)
    axes.set_ylim(bottom + 0.3, top - 0.3)
    axes.set_xlim(-2, 168)
    sentences = [
        f"{row['indicator']} : {row['written']}, au-dessus de {french.percent(row['percentile'], digits=0)} des autres "
        f"communes, médiane {row['reference']}"
        for row in rows
    ]
    return figure, f"Position {french.of(commune)} : {label}. {' ; '.join(sentences)}."
