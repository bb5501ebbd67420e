"""Bars side by side: one for each date, or for each territory."""

from __future__ import annotations

import textwrap
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from helpers import french
from helpers.figures import significance, simulated, style
from helpers.figures.drawing import drawing
from helpers.figures.rows import limits_of_rows, name_rows
from helpers.figures.svg import shapes
from helpers.figures.svg.legend import Legend
from helpers.frames import find_column_of

Row = Mapping[Hashable, Any]

# The height of the bars of a row together.
_ROW = 0.8
# As many bars as a row holds side by side; more have a panel each.
_SIDE_BY_SIDE = 3
# Letters of the titles of all the panels together.
_TITLE = 60


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
    tenures: bool = False,
    label: str,
) -> tuple[Figure, str]:
    """Draw for each row one bar by date (the older lighter), with its value written at its end.

    Reads three columns: the figure named by `y`, rows named by `by`, bars of a row named by `hue`. The commune is in
    the accent colour, other territories are grey; where rows are tenures (`tenures`), which have colours of their own,
    it is in ink. More than three territories to a row have a panel each. `digits` and `signed` say how values are
    written; `unit` follows them in the alternative text, and along the axis where it is "%": any other one is said by
    `label`, above the axes. A count that is not significant is grey; a figure that rests on it has no bar.
    """
    data = data.assign(
        _verdict=significance.verdicts(data, y), _simulated=simulated.beside_real(data),
        **{hue: data[hue].astype("str"), by: data[by].astype("str")},
    )  # fmt: skip
    names, hues = list(dict.fromkeys(data[by])), list(dict.fromkeys(data[hue]))
    records, column = data.to_dict("records"), find_column_of(data, y)

    def write(row: Row, after: str = "") -> str:
        number = french.number(row[y], digits=digits, signed=signed)
        text = number if number == french.MISSING else number + after
        return significance.write(text, row["_verdict"], column=column)

    greyed = column.is_count
    palette = _Palette(by, hue, names=names, hues=hues, home=style.INK if tenures else style.COMMUNE)
    panels = _split(records, hue=hue, hues=hues)
    figure, places = style.new_figure(_height(len(names), len(panels[0][0])), columns=len(panels))
    known = [row for row in records if pd.notna(row[y])]
    limits = shapes.fit([_length(row, y, greyed=greyed) for row in known], margin=0.12 * len(panels) ** 0.6)
    for rank, (axes, (dates, rows)) in enumerate(zip(places, panels, strict=True)):
        drawn = [row for row in rows if pd.notna(row[y])]
        # Those of a same name side by side, the first date above.
        height = _ROW / len(dates)
        lift = (len(dates) - 1) / 2
        middles = [names.index(row[by]) + height * (dates.index(row[hue]) - lift) for row in drawn]
        colours = [style.WEAK if greyed and _is_weak(row) else palette.of(row) for row in drawn]
        ends = [_length(row, y, greyed=greyed) for row in drawn]
        _add_bars(axes, ends, middles, height=height, colours=colours, texts=[write(row) for row in drawn])
        marked = zip(ends, middles, [row["_simulated"] for row in drawn], strict=True)
        simulated.outline(axes, [(0.0, at - height / 2, end, height) for end, at, is_one in marked if is_one])
        home = 0 if by == "territory" else None
        name_rows(axes, names if rank == 0 else [""] * len(names), bold=home)
        axes.set_xlim(limits)
        axes.set_ylim(limits_of_rows(len(names)))
        style.french_axis(
            axes.xaxis, unit=unit if unit == "%" else "", digits=digits if signed else 0, signed=signed, grid=True
        )  # fmt: skip
        if len(panels) > 1:
            title = textwrap.fill(dates[0], _TITLE // len(panels))
            axes.set_title(title, x=0, ha="left", fontsize=10, fontweight="bold" if rank == 0 else "normal")
    if keys := [*palette.keys(), *(significance.legend_of_weak(data["_verdict"]) if greyed else [])]:
        figure.add_artist(Legend(keys, columns=len(keys)))
    if len(panels) == 1:
        style.set_title(places[0], label)
    else:
        places[0].set_xlabel(label, fontsize=10)
    sentences = [
        f"{name} : "
        + ", ".join(f"{row[hue]}, {write(row, f'{french.NBSP}{unit}')}" for row in records if row[by] == name)
        for name in names
    ]
    return figure, f"Barres : {label}. {' ; '.join(sentences)}."


@dataclass(frozen=True)
class _Palette:
    """The colours of bars: `home` for the commune, lighter for its older dates, greys for other territories."""

    by: str
    hue: str
    names: Sequence[str]
    hues: Sequence[str]
    home: str

    def of(self, row: Row) -> str:
        """Choose the colour of a bar."""
        if self.hue == "territory" or len(self.hues) == 1:
            place = (
                self.hues.index(row[self.hue]) if self.hue == "territory" else self.names.index(row[self.by])
            )
            several = self.hue == "territory" or self.by == "territory"
            return self.home if place == 0 or not several else _grey(place, len(self.hues))
        base = self.home
        if self.by == "territory" and self.names.index(row[self.by]):
            base = style.COMPARISONS[0]
        return self._shades(base)[self.hues.index(row[self.hue])]

    def _shades(self, colour: str) -> Sequence[str]:
        # Parts of a whole are no dates: none is an older one of the same.
        if self.hue == "part" and len(self.hues) <= len(style.PARTS):
            return style.PARTS
        return style.shades(colour, len(self.hues))

    def keys(self) -> list[Patch]:
        """Make the keys of the bars of a row, where there are several."""
        if len(self.hues) == 1 or (self.hue == "territory" and len(self.hues) > _SIDE_BY_SIDE):
            return []
        first: dict[Hashable, Any] = {self.hue: "", self.by: self.names[0]}
        return [Patch(facecolor=self.of(first | {self.hue: name}), label=name) for name in self.hues]


def _grey(place: int, count: int) -> str:
    """Choose the grey of a territory that the commune is compared with, of so many."""
    if count <= 1:
        return style.OTHERS
    return style.COMPARISONS[min(2 * place - 2, len(style.COMPARISONS) - 1)] if count <= 3 else style.OTHERS


def _split(records: Sequence[Row], *, hue: str, hues: Sequence[str]) -> list[tuple[list[str], list[Row]]]:
    """Split rows by panel: each territory has its own where a row would hold too many bars."""
    if hue != "territory" or len(hues) <= _SIDE_BY_SIDE or style.is_compact():
        return [(list(hues), list(records))]
    return [([name], [row for row in records if row[hue] == name]) for name in hues]


def _height(rows: int, bars: int) -> float:
    """Compute the height of a drawing, in inches: bars that touch need less room than those of rows apart."""
    return 0.95 + rows * (0.1 + 0.26 * bars)


def _length(row: Row, y: str, *, greyed: bool) -> float:
    """Compute the length of a bar: none for a figure that is not significant."""
    return float(row[y]) if greyed or not _is_weak(row) else 0.0


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
