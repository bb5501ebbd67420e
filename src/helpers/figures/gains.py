"""What a change is made of: a bar for each part, hollow where it is within its margin."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from helpers import french
from helpers.charts import Chart, Series
from helpers.figures import style
from helpers.figures.drawing import drawing
from helpers.figures.rows import BAR, height_of_row, limits_of_bars, name_rows, rule_zero
from helpers.figures.significance import WITHIN
from helpers.figures.svg import shapes
from helpers.figures.svg.legend import Legend

# The colour of each tenure (codes of Insee); that of all of them together is ink.
_COLOURS = dict(
    zip(("RP_PROP", "RP_LOCHLMV", "RP_LOCAUT", "RP_GRAT"), style.TENURE_COLOURS.values(), strict=True)
)


@drawing(columns=["status", "label", "gain", "give_or_take"])
def gain_bars(data: pd.DataFrame, *, label: str) -> tuple[Figure, str, Chart]:
    """Draw what main homes gained or lost, in all then by tenure: hollow where it is within its margin.

    Reads `status` (codes of Insee), `label`, `gain` and `give_or_take` (homes). `label` says what is counted, above the
    axes.
    """
    rows: list[dict[str, Any]] = data.to_dict("records")
    names = [str(row["label"]) for row in rows]
    figure, (axes,) = style.new_figure(
        style.uncompressed(1.25) + height_of_row(names, least=0.42) * len(rows)
    )
    for position, row in enumerate(rows):
        colour = _COLOURS.get(row["status"], style.INK)
        box = (0.0, position - BAR / 2, row["gain"], BAR)
        if _is_within(row):
            shapes.hollow_bars(axes, [box], colour=colour)
        else:
            shapes.bars(axes, [box], colour=colour)
        side = 1 if row["gain"] >= 0 else -1
        shapes.note(
            axes, row["gain"], position, french.number(row["gain"], signed=True), shift=(6 * side, 0),
            ha="left" if side > 0 else "right", va="center", fontweight="normal" if _is_within(row) else "bold",
        )  # fmt: skip
    name_rows(axes, names, bold=0)
    axes.set_xlim(shapes.fit((row["gain"] for row in rows), margin=0.8 if style.is_compact() else 0.16))
    axes.set_ylim(limits_of_bars(len(rows)))
    rule_zero(axes)
    style.set_title(axes, label)
    style.french_axis(axes.xaxis, signed=True, grid=True)
    if any(map(_is_within, rows)):
        hollow = Patch(facecolor=style.PAPER, edgecolor=style.INK, linewidth=1.4, label=WITHIN)
        figure.add_artist(Legend([hollow], columns=1))
    sentences = [
        f"{row['label']} {french.number(row['gain'], signed=True)}{' (dans sa marge)' if _is_within(row) else ''}"
        for row in rows
    ]
    gains = Series(
        name=label,
        values=tuple(float(row["gain"]) for row in rows),
        texts=tuple(french.number(row["gain"], signed=True) for row in rows),
        colours=tuple(_COLOURS.get(row["status"], style.INK) for row in rows),
        hollow=tuple(map(_is_within, rows)),
    )
    chart = Chart(kind="bars", categories=tuple(names), series=(gains,), label=label, signed=True)
    return figure, f"Barres : {label}. {' ; '.join(sentences)}.", chart


def _is_within(row: dict[str, Any]) -> bool:
    """Say whether a change is no more than its margin."""
    return bool(abs(row["gain"]) <= row["give_or_take"])
