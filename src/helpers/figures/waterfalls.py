"""Steps from a first total to a last one."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from helpers import french
from helpers.figures import significance, style
from helpers.figures.drawing import drawing
from helpers.figures.rows import BAR, height_of_row, limits_of_bars, name_rows, rule_zero
from helpers.figures.svg import shapes
from helpers.indicators.reliability import mark

_LOOKS = {"total": style.INK, "rise": style.RISE, "fall": style.FALL}


@drawing(columns=["label", "amount", "kind"])
def waterfall(data: pd.DataFrame, *, label: str) -> tuple[Figure, str]:
    """Draw the steps from a first total to a last one.

    Reads `label`, `amount` and `kind` (`total` or `step`), one row for each step, in order. `label` says what is
    counted, above the axes.
    """
    names = [str(name) for name in data["label"]]
    figure, (axes,) = style.new_figure(0.9 + height_of_row(names, least=0.42) * len(names))
    level, rows = 0.0, data.assign(_verdict=significance.verdicts(data, "amount")).to_dict("records")
    boxes: dict[str, list[shapes.Box]] = {look: [] for look in _LOOKS}
    levels = []
    for position, row in enumerate(rows):
        is_total = row["kind"] == "total"
        start = 0.0 if is_total else level
        look = "total" if is_total else "rise" if row["amount"] >= 0 else "fall"
        boxes[look].append((start, position - BAR / 2, row["amount"], BAR))
        level = start + row["amount"]
        levels.append(level)
        shapes.note(
            axes, max(start, level), position, _write(row), shift=(6, 0), va="center",
            fontweight="bold" if is_total else "normal",
        )  # fmt: skip
    for look, colour in _LOOKS.items():
        shapes.bars(axes, boxes[look], colour=colour)
    steps = [((end, position), (end, position + 1)) for position, end in enumerate(levels[:-1])]
    shapes.strokes(axes, steps, colour=style.MUTED, linewidth=1, linestyle=":", zorder=2)
    name_rows(axes, names)
    low, high = shapes.fit(levels, margin=0.16)
    # A bar that starts from the highest level closes the axis: what is written beyond has room of its own.
    starts = {start for drawn in boxes.values() for start, *_ in drawn}
    axes.set_xlim(low, max(levels) if max(levels) in starts - {0.0} else high)
    axes.set_ylim(limits_of_bars(len(rows)))
    rule_zero(axes)
    style.set_title(axes, label)
    style.french_axis(axes.xaxis, grid=True)
    sentences = [f"{row['label']} {_write(row)}" for row in rows]
    return figure, f"Cascade : {label}. {' ; '.join(sentences)}."


def _write(row: Mapping[Hashable, Any]) -> str:
    """Write an amount as its table does, that of a step with its sign."""
    amount = french.number(row["amount"], signed=row["kind"] != "total")
    return mark(amount, row["_verdict"])
