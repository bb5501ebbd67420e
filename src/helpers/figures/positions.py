"""A commune among its neighbours, one line per indicator."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from helpers import french
from helpers.figures import style
from helpers.figures.drawing import drawing

_LINE = 0.9
_QUARTILES = (25, 75)


@drawing
def positions(data: pd.DataFrame, *, commune: str, label: str) -> tuple[Figure, str]:
    """Percentile of the commune among others: rows `indicator, percentile, written, reference`."""
    figure, (axes,) = style.new_figure(0.9 + 0.62 * len(data))
    rows = data.to_dict("records")
    for rank, row in enumerate(rows):
        height = rank * _LINE
        axes.plot([0, 100], [height] * 2, color=style.GRID, linewidth=8, solid_capstyle="round", zorder=1)
        axes.plot(_QUARTILES, [height] * 2, color="#b3bcc8", linewidth=8, solid_capstyle="butt", zorder=2)
        axes.plot(row["percentile"], height, color=style.COMMUNE, marker="D", markersize=10, zorder=3)
        axes.text(0, height - 0.26, row["indicator"], va="bottom", fontsize=10.5)
        axes.text(104, height, f"{row['written']}", va="center", fontweight="bold", color=style.COMMUNE)
        axes.text(136, height, row["reference"], va="center", color=style.MUTED)
    top = -0.95
    axes.text(104, top, commune, va="center", fontweight="bold", color=style.COMMUNE, fontsize=10)
    axes.text(136, top, "Médiane", va="center", color=style.MUTED, fontsize=10)
    bottom = len(rows) * _LINE
    for place, name, side in (
        (0, "plus bas", "left"),
        (50, "médiane", "center"),
        (100, "plus haut", "right"),
    ):
        axes.text(place, bottom - 0.35, name, ha=side, color=style.MUTED, fontsize=10)
    axes.set_ylim(bottom, top - 0.35)
    axes.set_xlim(-2, 166)
    axes.set_axis_off()
    sentences = [
        f"{row['indicator']} : {row['written']}, au-dessus de {french.percent(row['percentile'], digits=0)} des autres "
        f"communes, médiane {row['reference']}"
        for row in rows
    ]
    return figure, f"Position {french.of(commune)} : {label}. {' ; '.join(sentences)}."
