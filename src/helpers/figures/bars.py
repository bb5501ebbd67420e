"""Bars: shares that add up to 100 %, two dates side by side, balances, waterfall."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from helpers import french
from helpers.figures import significance, style
from helpers.figures.drawing import drawing
from helpers.figures.svg import shapes
from helpers.figures.svg.legend import Legend
from helpers.frames import find_column_of
from helpers.indicators.reliability import judge

_BAR = 0.62
# The least width of the bar of a year, in years.
_YEAR = 0.8
_ROOM_FOR_A_LABEL = 4.5


def _look(rank: int, *, palette: str) -> dict[str, Any]:
    """Colour and hatch of the part of this rank."""
    colours, hatches = style.PALETTES[palette]
    return {
        "facecolor": colours[rank % len(colours)],
        "hatch": hatches[rank % len(hatches)],
        "edgecolor": style.PAPER,
    }


_UNTOLD = (french.NOT_SIGNIFICANT, french.MISSING)
_GREYED = {"facecolor": style.WEAK, "hatch": ""}


def _legend_of_weak(verdicts: pd.Series) -> list[Patch]:
    """What grey bars are, if there are any."""
    found = (verdicts == french.NOT_SIGNIFICANT).any()
    return [Patch(facecolor=style.WEAK, edgecolor=style.PAPER, label=significance.UNSOUND)] if found else []


def _name_rows(axes: Axes, names: Sequence[str], *, bold: int | None = None) -> None:
    """Write the names of rows on their left, the first one above."""
    style.named_axis(axes.yaxis, dict(enumerate(names)), bold=bold)


def _around_rows(count: int) -> tuple[float, float]:
    """Limits of as many rows of one bar each, the first one above."""
    beside = _BAR / 2 + 0.05 * (count - 1 + _BAR)
    return count - 1 + beside, -beside


def _rule_zero(axes: Axes) -> None:
    """A line where bars start from."""
    low, high = axes.get_ylim()
    shapes.strokes(
        axes, [((0, low), (0, high))], colour=style.INK, linewidth=1, zorder=2, capstyle="projecting"
    )


@drawing
def stacked_bars(
    data: pd.DataFrame, *, by: str, part: str = "label", palette: str = "category", label: str
) -> tuple[Figure, str]:
    """Shares (column `share`) of each `part` in a bar of 100 % per `by`, written inside when there is room."""
    data = data.assign(worth=significance.worth(data, "share"))
    records = data.to_dict("records")
    bars = list(dict.fromkeys(data[by]))
    parts = list(dict.fromkeys(data[part]))
    figure, (axes,) = style.new_figure(1.3 + 0.55 * len(bars))
    left = dict.fromkeys(bars, 0.0)
    handles = []
    for rank, name in enumerate(parts):
        look = _look(rank, palette=palette) | {"linewidth": 1.2}
        handles.append(Patch(label=name, **look))
        rows = [row for row in records if row[part] == name]
        for is_weak in (False, True):
            shown = look | _GREYED if is_weak else look
            shapes.bars(
                axes,
                [
                    (left[row[by]], bars.index(row[by]) - _BAR / 2, row["share"], _BAR)
                    for row in rows
                    if (row["worth"] == french.NOT_SIGNIFICANT) == is_weak
                ],
                colour=shown["facecolor"], hatch=shown["hatch"], linewidth=shown["linewidth"],
            )  # fmt: skip
        for row in rows:
            if row["share"] >= _ROOM_FOR_A_LABEL:
                axes.text(
                    left[row[by]] + row["share"] / 2, bars.index(row[by]),
                    significance.write(french.number(row["share"], digits=1), row["worth"], column="share"), ha="center",
                    va="center", color=style.INK, fontsize=10,
                    bbox={"facecolor": style.PAPER, "edgecolor": "none", "pad": 1.5},
                )  # fmt: skip
            left[row[by]] += row["share"]
    handles += _legend_of_weak(data["worth"])
    _name_rows(axes, [str(bar) for bar in bars], bold=0 if by == "territory" else None)
    axes.set_xlim(0, 100)
    axes.set_ylim(_around_rows(len(bars)))
    style.french_axis(axes.xaxis, unit="%")
    figure.add_artist(Legend(handles, columns=2, key_length=1.6))
    sentences = [
        f"{bar}, "
        + ", ".join(
            f"{row[part]} {significance.write(french.percent(row['share']), row['worth'], column='share')}"
            for row in records
            if row[by] == bar
        )
        for bar in bars
    ]
    return figure, f"Barres empilées : {label}. {' ; '.join(sentences)}."


@drawing
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
    """For each `by`, one bar per `hue` (the older lighter), with its value written at its end."""
    data = data.assign(
        worth=significance.worth(data, y), **{hue: data[hue].astype("str"), by: data[by].astype("str")}
    )
    # A count that is too small is greyed; a figure that rests on it has no bar.
    column = find_column_of(data, y)
    greyed = column.is_count
    names, dates = list(dict.fromkeys(data[by])), list(dict.fromkeys(data[hue]))
    records = data.to_dict("records")

    def write(row: Mapping[Hashable, Any], after: str = "") -> str:
        number = french.number(row[y], digits=digits, signed=signed)
        return significance.write(
            number if number == french.MISSING else number + after, row["worth"], column=column
        )

    figure, (axes,) = style.new_figure(1.2 + 0.42 * len(names) * len(dates))
    if len(dates) > 1:
        shades = dict(zip(dates, sns.light_palette(style.COMMUNE, n_colors=len(dates) + 1)[1:], strict=True))
        tint = hue
    else:
        # A single date: among territories the accent goes to the first bar, the commune's.
        shades = {
            name: style.COMMUNE if rank == 0 or by != "territory" else style.OTHERS
            for rank, name in enumerate(names)
        }
        tint = by
    known = [row for row in records if pd.notna(row[y])]
    weak = [row["worth"] == french.NOT_SIGNIFICANT for row in known]
    tall = 0.8 / len(dates)
    # Those of a same name side by side, the first date above.
    middles = [names.index(row[by]) + tall * (dates.index(row[hue]) - (len(dates) - 1) / 2) for row in known]
    ends = [0.0 if small and not greyed else row[y] for row, small in zip(known, weak, strict=True)]
    shapes.bars(
        axes, [(0.0, middle - tall / 2, end, tall) for middle, end in zip(middles, ends, strict=True)],
        colour=[style.WEAK if small else shades[row[tint]] for row, small in zip(known, weak, strict=True)],
    )  # fmt: skip
    for row, middle, end in zip(known, middles, ends, strict=True):
        side = 1 if end >= 0 else -1
        shapes.note(
            axes, end, middle, write(row), shift=(4 * side, 0), ha="left" if side > 0 else "right", va="center", fontsize=10,
        )  # fmt: skip
    _name_rows(axes, names)
    axes.set_xlim(shapes.fit(ends, margin=0.12))
    axes.set_ylim(len(names) - 0.5, -0.5)
    handles = (
        [Patch(facecolor=colour, label=name) for name, colour in shades.items()] if len(dates) > 1 else []
    )
    handles += _legend_of_weak(data["worth"]) if greyed else []
    if handles:
        figure.add_artist(Legend(handles, columns=len(handles)))
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


@drawing
def balance_bars(
    data: pd.DataFrame, *, by: str = "territory", accent: int = 0, label: str
) -> tuple[Figure, str]:
    """Annual change of the population by territory or period, split into natural and apparent migratory parts.

    The bar of rank `accent` stands out.
    """
    names = [str(name) for name in data[by]]
    accent %= len(names)
    figure, (axes,) = style.new_figure(1.5 + 0.62 * len(names))
    looks = {
        "annual_natural": ("Solde naturel", style.OWNER, ""),
        "annual_migratory": ("Solde migratoire apparent", style.SOCIAL, "////"),
    }
    data = data.assign(worth=significance.worth(data, "annual"))
    rows = data.to_dict("records")
    boxes: dict[str, list[shapes.Box]] = {column: [] for column in looks}
    for position, row in enumerate(rows):
        if row["worth"] in _UNTOLD:
            shapes.note(axes, 0, position, row["worth"], shift=(9, 0), va="center", color=style.MUTED)
            continue
        ends = {1: 0.0, -1: 0.0}
        for column in looks:
            value = row[column]
            side = 1 if value >= 0 else -1
            boxes[column].append((ends[side], position - _BAR / 2, value, _BAR))
            ends[side] += value
        told = french.annual(row["annual"]).replace(f"par{french.NBSP}an", "/ an")
        shapes.note(
            axes, ends[1], position, significance.write(told, row["worth"], column="annual"), shift=(9, 0), va="center",
            fontweight="bold" if position == accent else "normal",
        )  # fmt: skip
    for column, (_, colour, hatch) in looks.items():
        shapes.bars(axes, boxes[column], colour=colour, hatch=hatch, linewidth=1.2)
    told_rows = {position: row for position, row in enumerate(rows) if row["worth"] not in _UNTOLD}
    axes.plot(
        [row["annual"] for row in told_rows.values()], list(told_rows), marker="D", color=style.INK, linestyle="none",
        markersize=8, markeredgecolor=style.PAPER, zorder=4,
    )  # fmt: skip
    _name_rows(axes, names, bold=accent)
    axes.set_xlim(
        shapes.fit((left + wide for drawn in boxes.values() for left, _, wide, _ in drawn), margin=0.22)
    )
    axes.set_ylim(len(names) - 0.5, -0.5)
    _rule_zero(axes)
    style.french_axis(axes.xaxis, digits=1, signed=True, unit="%", grid=True)
    handles = [
        Patch(facecolor=colour, edgecolor=style.PAPER, hatch=hatch, label=name)
        for name, colour, hatch in looks.values()
    ]
    total = Line2D(
        [], [], marker="D", color=style.INK, linestyle="none", markersize=8, label="Évolution totale"
    )
    figure.add_artist(Legend([*handles, total], columns=3))
    sentences = [
        f"{row[by]} : {row['worth']}"
        if row["worth"] in _UNTOLD
        else f"{row[by]} : {french.annual(row['annual'])}, dont solde naturel "
        f"{french.percent(row['annual_natural'], signed=True)} et solde migratoire apparent "
        f"{french.percent(row['annual_migratory'], signed=True)}"
        for row in rows
    ]
    return figure, f"Barres : {label}. {' ; '.join(sentences)}."


@drawing
def waterfall(data: pd.DataFrame, *, label: str) -> tuple[Figure, str]:
    """Steps from a first total to a last one: rows `label, amount, kind` (kind `total` or `step`)."""
    figure, (axes,) = style.new_figure(1.1 + 0.55 * len(data))
    level, rows = 0.0, data.assign(worth=significance.worth(data, "amount")).to_dict("records")

    def write(row: Mapping[Hashable, Any]) -> str:
        amount = french.number(row["amount"], signed=row["kind"] != "total")
        return significance.write(amount, row["worth"], column="amount")

    looks = {"total": (style.INK, ""), "rise": (style.RISE, ""), "fall": (style.FALL, "////")}
    boxes: dict[str, list[shapes.Box]] = {look: [] for look in looks}
    levels = []
    for position, row in enumerate(rows):
        total = row["kind"] == "total"
        start = 0.0 if total else level
        look = "total" if total else "rise" if row["amount"] >= 0 else "fall"
        boxes[look].append((start, position - _BAR / 2, row["amount"], _BAR))
        level = start + row["amount"]
        levels.append(level)
        shapes.note(
            axes, max(start, level), position, write(row), shift=(6, 0), va="center",
            fontweight="bold" if total else "normal",
        )  # fmt: skip
    for look, (colour, hatch) in looks.items():
        shapes.bars(axes, boxes[look], colour=colour, hatch=hatch)
    steps = [((end, position), (end, position + 1)) for position, end in enumerate(levels[:-1])]
    shapes.strokes(axes, steps, colour=style.MUTED, linewidth=1, linestyle=":", zorder=2)
    _name_rows(axes, [row["label"] for row in rows])
    low, high = shapes.fit(levels, margin=0.16)
    # A bar that starts from the highest level closes the axis: what is written beyond has room of its own.
    starts = {start for drawn in boxes.values() for start, *_ in drawn}
    axes.set_xlim(low, max(levels) if max(levels) in starts - {0.0} else high)
    axes.set_ylim(_around_rows(len(rows)))
    _rule_zero(axes)
    style.set_title(axes, label)
    style.french_axis(axes.xaxis, grid=True)
    sentences = [f"{row['label']} {write(row)}" for row in rows]
    return figure, f"Cascade : {label}. {' ; '.join(sentences)}."


@drawing
def stacked_counts(data: pd.DataFrame, *, part: str = "label", label: str) -> tuple[Figure, str]:
    """Counts (column `value`) of each `part` stacked over the years that know it, the total written above."""
    data = data.assign(worth=significance.worth(data, "value"))
    years = sorted(int(year) for year in data["year"].unique())
    figure, (axes,) = style.new_figure(4.4)
    gap = min((later - earlier for earlier, later in pairwise(years)), default=1)
    width = max(gap * _BAR, _YEAR)
    base = dict.fromkeys(years, 0.0)
    handles = []
    for rank, name in enumerate(dict.fromkeys(data[part])):
        look = _look(rank, palette="category")
        handles.append(Patch(label=name, **look))
        rows = data[data[part] == name].sort_values("year")
        boxes: dict[bool, list[shapes.Box]] = {False: [], True: []}
        for row in rows.to_dict("records"):
            year = int(row["year"])
            box = (year - width / 2, base[year], width, row["value"])
            boxes[row["worth"] == french.NOT_SIGNIFICANT].append(box)
            base[year] += row["value"]
        for weak, drawn in boxes.items():
            shown = look | _GREYED if weak else look
            shapes.bars(axes, drawn, colour=shown["facecolor"], hatch=shown["hatch"])
    handles += _legend_of_weak(data["worth"])
    # A total of what registers hold is no sample; any other rests on itself.
    sampled = (data["worth"] != "ok").groupby(data["year"]).any()

    def write(year: int, text: str) -> str:
        verdict = judge(base[year], base[year]) if sampled[year] else "ok"
        return significance.write(text, verdict, column="value")

    for year in years:
        total = write(year, french.count(base[year]))
        shapes.note(axes, year, base[year], total, shift=(0, 4), ha="center", fontsize=10)
    beside = width / 2 + 0.05 * (years[-1] - years[0] + width)
    axes.set_xlim(years[0] - beside, years[-1] + beside)
    axes.set_ylim(shapes.fit(base.values(), margin=0.1))
    style.year_axis(axes.xaxis, years, rotation=45 if len(years) > 8 else 0)
    style.french_axis(axes.yaxis, grid=True)
    style.set_title(axes, label)
    style.show_frame(axes, "bottom")
    figure.add_artist(Legend(handles, columns=2, above=False))
    return figure, f"Barres empilées : {label}. " + " ; ".join(
        f"{year}, {write(year, french.quantity(base[year], 'logement'))}" for year in years
    ) + "."
