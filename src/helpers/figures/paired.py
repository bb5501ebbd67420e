"""Bars side by side: one for each date, or for each territory."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from helpers import french
from helpers.figures import significance, style
from helpers.figures.drawing import drawing
from helpers.figures.rows import limits_of_rows, name_rows
from helpers.figures.svg import shapes
from helpers.figures.svg.legend import Legend
from helpers.frames import find_column_of
from helpers.indicators.reliability import mark

Row = Mapping[Hashable, Any]

# The height of the bars of a row together.
_ROW = 0.8


@drawing(options=["y", "by", "hue"])
def paired_bars(
    data: pd.DataFrame,
    *,
    y: str,
    by: str,
    hue: str = "year",
    digits: int = 1,
    unit: str = "%",
    signed: bool = False,
    label: str,
) -> tuple[Figure, str]:
    """Draw for each row one bar by date (the older lighter), with its value written at its end.

    Reads three columns: the figure named by `y`, rows named by `by`, bars of a row named by `hue`. With a single `hue`,
    the accent is on the first territory, or on every row of something else. `digits` and `signed` say how values are
    written; `unit` follows them in the alternative text, and along the axis where it is "%": any other one is said by
    `label`, above the axes. A figure that is not significant has no bar.
    """
    data = data.assign(
        _verdict=significance.verdicts(data, y), **{hue: data[hue].astype("str"), by: data[by].astype("str")}
    )
    names, dates = list(dict.fromkeys(data[by])), list(dict.fromkeys(data[hue]))
    # One unit on an axis.
    find_column_of(data, y)
    records = data.to_dict("records")

    def write(row: Row, after: str = "") -> str:
        number = french.number(row[y], digits=digits, signed=signed)
        text = number if number == french.MISSING else number + after
        return mark(text, row["_verdict"])

    figure, (axes,) = style.new_figure(1.2 + 0.42 * len(names) * len(dates))
    shades = _shade(dates if len(dates) > 1 else names, several=len(dates) > 1, territories=by == "territory")
    known = [row for row in records if pd.notna(row[y])]
    # Those of a same name side by side, the first date above.
    height = _ROW / len(dates)
    lift = (len(dates) - 1) / 2
    middles = [names.index(row[by]) + height * (dates.index(row[hue]) - lift) for row in known]
    colours = [shades[row[hue if len(dates) > 1 else by]] for row in known]
    ends = [0.0 if _is_weak(row) else row[y] for row in known]
    _add_bars(axes, ends, middles, height=height, colours=colours, texts=[write(row) for row in known])
    name_rows(axes, names)
    axes.set_xlim(shapes.fit(ends, margin=0.12))
    axes.set_ylim(limits_of_rows(len(names)))
    keys = [Patch(facecolor=colour, label=name) for name, colour in shades.items()] if len(dates) > 1 else []
    if keys:
        figure.add_artist(Legend(keys, columns=len(keys)))
    style.set_title(axes, label)
    style.french_axis(
        axes.xaxis, unit=unit if unit == "%" else "", digits=digits if signed else 0, signed=signed, grid=True
    )
    sentences = [
        f"{name} : "
        + ", ".join(f"{row[hue]}, {write(row, f'{french.NBSP}{unit}')}" for row in records if row[by] == name)
        for name in names
    ]
    return figure, f"Barres : {label}. {' ; '.join(sentences)}."


def _shade(names: Sequence[str], *, several: bool, territories: bool) -> dict[str, Any]:
    """Choose a colour by name: shades of the accent for `several` dates, else the accent (the first territory's)."""
    if several:
        return dict(zip(names, sns.light_palette(style.COMMUNE, n_colors=len(names) + 1)[1:], strict=True))
    return {
        name: style.COMMUNE if rank == 0 or not territories else style.OTHERS
        for rank, name in enumerate(names)
    }


def _is_weak(row: Row) -> bool:
    """Return whether the figure of a row is not significant."""
    return bool(row["_verdict"] == french.NOT_SIGNIFICANT)


def _add_bars(
    axes: Axes,
    ends: Sequence[float],
    middles: Sequence[float],
    *,
    height: float,
    colours: Sequence[Any],
    texts: Sequence[str],
) -> None:
    """Draw bars from zero to their ends, and write a text beyond each."""
    boxes = [(0.0, middle - height / 2, end, height) for middle, end in zip(middles, ends, strict=True)]
    shapes.bars(axes, boxes, colour=colours)
    for text, middle, end in zip(texts, middles, ends, strict=True):
        side = 1 if end >= 0 else -1
        shapes.note(
            axes, end, middle, text, shift=(4 * side, 0), ha="left" if side > 0 else "right", va="center", fontsize=10,
        )  # fmt: skip
