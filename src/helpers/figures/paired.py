"""Bars side by side: one for each date, or for each territory."""

from __future__ import annotations

import textwrap
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from helpers import french
from helpers.charts import Chart, Series
from helpers.figures import significance, simulated, style
from helpers.figures.drawing import drawing
from helpers.figures.rows import height_of_row, limits_of_rows, name_rows
from helpers.figures.svg import shapes
from helpers.figures.svg.legend import Legend
from helpers.frames import find_column_of
from helpers.indicators.reliability import mark

Row = Mapping[Hashable, Any]

# The height of the bars of a row together.
_ROW = 0.8
# As many bars as a row holds side by side; more have a panel each.
_SIDE_BY_SIDE = 3
# The part of the width that is left for the values, on a page and on a card.
_MARGIN = 0.12, 0.2
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
) -> tuple[Figure, str, Chart]:
    """Draw for each row one bar by date (the older lighter), with its value written at its end.

    Reads three columns: the figure named by `y`, rows named by `by`, bars of a row named by `hue`. The commune is in
    the accent colour, other territories are grey; where rows are tenures (`tenures`), which have colours of their own,
    it is in ink. More than three territories to a row have a panel each. `digits` and `signed` say how values are
    written; `unit` follows them in the alternative text, and along the axis where it is "%": any other one is said by
    `label`, above the axes. A figure that is not significant has no bar.
    """
    data = data.assign(
        _verdict=significance.verdicts(data, y), _simulated=simulated.beside_real(data),
        **{hue: data[hue].astype("str"), by: data[by].astype("str")},
    )  # fmt: skip
    names, hues = list(dict.fromkeys(data[by])), list(dict.fromkeys(data[hue]))
    # One unit on an axis.
    find_column_of(data, y)
    records, write = data.to_dict("records"), partial(_write, y=y, digits=digits, signed=signed)
    palette = _Palette(by, hue, names=names, hues=hues, home=style.INK if tenures else style.COMMUNE)
    bars = [
        _Bar(
            names.index(row[by]), row[hue], row["_simulated"], text=write(row),
            end=0.0 if _is_weak(row) else float(row[y]), colour=palette.of(row), is_weak=_is_weak(row),
            label=f"{row[by]}, {row[hue]} : {write(row, f'{french.NBSP}{unit}')}",
            year=row[hue] if hue == "year" else "",
        )
        for row in records
        if pd.notna(row[y])
    ]  # fmt: skip
    panels, percent = _split(bars, hue=hue, hues=hues), unit if unit == "%" else ""
    figure, places = style.new_figure(_height(names, len(panels[0][0])), columns=len(panels))
    limits = shapes.fit([bar.end for bar in bars], margin=_MARGIN[style.is_compact()] * len(panels) ** 0.6)
    for axes, (dates, drawn) in zip(places, panels, strict=True):
        _draw_panel(axes, drawn, dates=dates, rows=len(names), limits=limits)
        named = names if axes is places[0] else [""] * len(names)
        name_rows(axes, named, bold=0 if by == "territory" else None)
        style.french_axis(axes.xaxis, unit=percent, digits=digits * signed, signed=signed, grid=True)
    _name_panels(places, [dates[0] for dates, _ in panels], label=label)
    if keys := palette.keys():
        figure.add_artist(Legend(keys, columns=len(keys)))
    by_row: dict[str, list[str]] = {}
    for row in records:
        by_row.setdefault(row[by], []).append(f"{row[hue]}, {write(row, f'{french.NBSP}{unit}')}")
    sentences = " ; ".join(f"{name} : {', '.join(parts)}" for name, parts in by_row.items())
    chart = _chart(
        bars, names=names, hues=hues, palette=palette, label=label, digits=digits, signed=signed,
        unit=percent,
    )  # fmt: skip
    return figure, f"Barres : {label}. {sentences}.", chart


def _chart(
    bars: Sequence[_Bar], *, names: Sequence[str], hues: Sequence[str], palette: _Palette, **written: Any
) -> Chart:
    """Declare the bars: a series for each date, territory or part of a row."""
    series = []
    for hue in hues:
        known = {bar.row: bar for bar in bars if bar.hue == hue}
        placed = [known.get(rank) for rank in range(len(names))]
        empty = palette.of({palette.hue: hue, palette.by: names[0]})
        series.append(
            Series(
                name=hue, values=tuple(bar.end if bar and not bar.is_weak else None for bar in placed),
                texts=tuple(bar.text if bar else "" for bar in placed),
                colours=tuple(bar.colour if bar else empty for bar in placed),
            )
        )  # fmt: skip
    return Chart(kind="bars", categories=tuple(names), series=tuple(series), **written)


@dataclass(frozen=True)
class _Bar:
    """A bar: the rank of its row, its date or its territory, where it ends, what is written there."""

    row: int
    hue: str
    is_simulated: bool
    text: str
    end: float
    colour: str
    label: str
    year: str
    is_weak: bool = False


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


def _split(bars: Sequence[_Bar], *, hue: str, hues: Sequence[str]) -> list[tuple[list[str], list[_Bar]]]:
    """Split bars by panel: each territory has its own where a row would hold too many."""
    if hue != "territory" or len(hues) <= _SIDE_BY_SIDE or style.is_compact():
        return [(list(hues), list(bars))]
    return [([name], [bar for bar in bars if bar.hue == name]) for name in hues]


def _draw_panel(
    axes: Axes, bars: Sequence[_Bar], *, dates: Sequence[str], rows: int, limits: tuple[float, float]
) -> None:
    """Draw bars from zero to their ends, those of a row side by side, the first date above, a text beyond each."""
    height = _ROW / len(dates)
    lift = (len(dates) - 1) / 2
    boxes = [(0.0, bar.row + height * (dates.index(bar.hue) - lift - 0.5), bar.end, height) for bar in bars]
    shapes.bars(
        axes, boxes, colour=[bar.colour for bar in bars], labels=[bar.label for bar in bars],
        series=[bar.year for bar in bars],
    )  # fmt: skip
    simulated.outline(axes, [box for box, bar in zip(boxes, bars, strict=True) if bar.is_simulated])
    for bar, (_, low, end, _) in zip(bars, boxes, strict=True):
        side = 1 if end >= 0 else -1
        shapes.note(
            axes, end, low + height / 2, bar.text, shift=(4 * side, 0), ha="left" if side > 0 else "right", va="center",
            fontsize=style.SMALL,
        )  # fmt: skip
    axes.set_xlim(limits)
    axes.set_ylim(limits_of_rows(rows))


def _name_panels(places: Sequence[Axes], names: Sequence[str], *, label: str) -> None:
    """Say what is measured above the axes, or under them where each panel bears the name of its territory."""
    if len(places) == 1:
        style.set_title(places[0], label)
        return
    places[0].set_xlabel(label, fontsize=style.SMALL)
    for axes, name in zip(places, names, strict=True):
        title = textwrap.fill(name, _TITLE // len(places), break_long_words=False)
        weight = "bold" if axes is places[0] else "normal"
        axes.set_title(title, x=0, ha="left", fontsize=style.SMALL, fontweight=weight)


def _height(names: Sequence[str], bars: int) -> float:
    """Compute the height of a drawing, in inches: bars that touch need less room than those of rows apart."""
    return 0.95 + len(names) * height_of_row(names, least=0.1 + max(0.26, style.uncompressed(0.24)) * bars)


def _write(row: Row, after: str = "", *, y: str, digits: int, signed: bool) -> str:
    """Write the figure of a row as its table does, with what follows it."""
    number = french.number(row[y], digits=digits, signed=signed)
    text = number if number == french.MISSING else number + after
    return mark(text, row["_verdict"])


def _is_weak(row: Row) -> bool:
    """Return whether the figure of a row is not significant."""
    return bool(row["_verdict"] == french.NOT_SIGNIFICANT)
