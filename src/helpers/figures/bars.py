"""Bars: shares that add up to 100 %, two dates side by side, balances, waterfall."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from itertools import pairwise
from typing import Any

import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from helpers import french
from helpers.figures import style, worth
from helpers.figures.drawing import drawing
from helpers.indicators.judgement import judge, kind_of

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
    return [Patch(facecolor=style.WEAK, edgecolor=style.PAPER, label=worth.UNSOUND)] if found else []


@drawing
def stacked_bars(
    data: pd.DataFrame, *, by: str, part: str = "label", palette: str = "category", label: str
) -> tuple[Figure, str]:
    """Shares (column `share`) of each `part` in a bar of 100 % per `by`, written inside when there is room."""
    data = data.assign(worth=worth.worth(data, "share"))
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
        weak = [row["worth"] == french.NOT_SIGNIFICANT for row in rows]
        # All the bars of a part at once: each call costs as much as many bars.
        axes.barh(
            [bars.index(row[by]) for row in rows], [row["share"] for row in rows], left=[left[row[by]] for row in rows],
            height=_BAR, edgecolor=look["edgecolor"], linewidth=look["linewidth"],
            facecolor=[_GREYED["facecolor"] if small else look["facecolor"] for small in weak],
            hatch=[_GREYED["hatch"] if small else look["hatch"] for small in weak],
        )  # fmt: skip
        for row in rows:
            if row["share"] >= _ROOM_FOR_A_LABEL:
                axes.text(
                    left[row[by]] + row["share"] / 2, bars.index(row[by]),
                    worth.write(french.number(row["share"], digits=1), row["worth"], column="share"), ha="center",
                    va="center", color=style.INK, fontsize=10,
                    bbox={"facecolor": style.PAPER, "edgecolor": "none", "pad": 1.5},
                )  # fmt: skip
            left[row[by]] += row["share"]
    handles += _legend_of_weak(data["worth"])
    axes.set_yticks(range(len(bars)), [str(bar) for bar in bars])
    if by == "territory":
        axes.get_yticklabels()[0].set_fontweight("bold")
    axes.invert_yaxis()
    axes.set_xlim(0, 100)
    style.french_axis(axes.xaxis, unit="%")
    style.hide_frame(axes, "left", "bottom")
    figure.legend(handles=handles, loc="upper left", ncols=2, frameon=False, fontsize=10, handlelength=1.6)
    sentences = [
        f"{bar}, "
        + ", ".join(
            f"{row[part]} {worth.write(french.percent(row['share']), row['worth'], column='share')}"
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
        worth=worth.worth(data, y), **{hue: data[hue].astype("str"), by: data[by].astype("str")}
    )
    # A count that is too small is greyed; a figure that rests on it has no bar.
    greyed = kind_of(y) == "count"
    names, dates = list(dict.fromkeys(data[by])), list(dict.fromkeys(data[hue]))
    records = data.to_dict("records")

    def write(row: Mapping[Hashable, Any], after: str = "") -> str:
        number = french.number(row[y], digits=digits, signed=signed)
        return worth.write(number if number == french.MISSING else number + after, row["worth"], column=y)

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
    if known:
        bars = axes.barh(
            # Those of a same name side by side, the first date above.
            [names.index(row[by]) + tall * (dates.index(row[hue]) - (len(dates) - 1) / 2) for row in known],
            [0.0 if small and not greyed else row[y] for row, small in zip(known, weak, strict=True)], height=tall,
            color=[style.WEAK if small else shades[row[tint]] for row, small in zip(known, weak, strict=True)],
            edgecolor=style.PAPER, linewidth=1,
        )  # fmt: skip
        # Every bar ends within the axes: no need to see to it.
        axes.bar_label(
            bars, labels=[write(row) for row in known], padding=4, fontsize=10, annotation_clip=False
        )
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.5, -0.5)
    handles = (
        [Patch(facecolor=colour, label=name) for name, colour in shades.items()] if len(dates) > 1 else []
    )
    handles += _legend_of_weak(data["worth"]) if greyed else []
    if handles:
        figure.legend(handles=handles, loc="upper left", ncols=len(handles), frameon=False, fontsize=10)
    axes.margins(x=0.12)
    style.set_title(axes, label)
    style.french_axis(
        axes.xaxis, unit=unit if unit == "%" else "", digits=digits if signed else 0, signed=signed
    )
    axes.grid(axis="x")
    style.hide_frame(axes, "left", "bottom")
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
    data = data.assign(worth=worth.worth(data, "annual"))
    rows = data.to_dict("records")
    for position, row in enumerate(rows):
        if row["worth"] in _UNTOLD:
            axes.annotate(
                row["worth"], (0, position), xytext=(9, 0), textcoords="offset points", va="center",
                color=style.MUTED,
            )  # fmt: skip
            continue
        ends = {1: 0.0, -1: 0.0}
        for column, (_, colour, hatch) in looks.items():
            value = row[column]
            side = 1 if value >= 0 else -1
            axes.barh(
                position, value, left=ends[side], height=_BAR, color=colour, hatch=hatch, edgecolor=style.PAPER,
                linewidth=1.2,
            )  # fmt: skip
            ends[side] += value
        axes.plot(
            row["annual"],
            position,
            marker="D",
            color=style.INK,
            markersize=8,
            markeredgecolor=style.PAPER,
            zorder=4,
        )
        axes.annotate(
            worth.write(
                french.annual(row["annual"]).replace(f"par{french.NBSP}an", "/ an"), row["worth"], column="annual"
            ), (max(ends[1], 0), position),
            xytext=(9, 0), textcoords="offset points", va="center", fontweight="bold" if position == accent else "normal",
        )  # fmt: skip
    axes.axvline(0, color=style.INK, linewidth=1)
    axes.set_yticks(range(len(names)), names)
    axes.get_yticklabels()[accent].set_fontweight("bold")
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.margins(x=0.22)
    style.french_axis(axes.xaxis, digits=1, signed=True, unit="%")
    axes.grid(axis="x")
    style.hide_frame(axes, "left", "bottom")
    handles = [
        Patch(facecolor=colour, edgecolor=style.PAPER, hatch=hatch, label=name)
        for name, colour, hatch in looks.values()
    ]
    total = axes.plot(
        [], [], marker="D", color=style.INK, linestyle="none", markersize=8, label="Évolution totale"
    )
    figure.legend(handles=[*handles, *total], loc="upper left", ncols=3, frameon=False, fontsize=10)
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
    level, rows = 0.0, data.assign(worth=worth.worth(data, "amount")).to_dict("records")

    def write(row: Mapping[Hashable, Any]) -> str:
        amount = french.number(row["amount"], signed=row["kind"] != "total")
        return worth.write(amount, row["worth"], column="amount")

    for position, row in enumerate(rows):
        total = row["kind"] == "total"
        start = 0.0 if total else level
        colour = style.INK if total else style.RISE if row["amount"] >= 0 else style.FALL
        axes.barh(
            position, row["amount"], left=start, height=_BAR, color=colour, edgecolor=style.PAPER,
            hatch="" if total or row["amount"] >= 0 else "////",
        )  # fmt: skip
        end = row["amount"] if total else level + row["amount"]
        axes.annotate(
            write(row), (max(start, end), position), xytext=(6, 0),
            textcoords="offset points", va="center", fontweight="bold" if total else "normal",
        )  # fmt: skip
        if position + 1 < len(rows):
            axes.plot([end, end], [position, position + 1], color=style.MUTED, linewidth=1, linestyle=":")
        level = end
    axes.axvline(0, color=style.INK, linewidth=1)
    axes.set_yticks(range(len(rows)), [row["label"] for row in rows])
    axes.invert_yaxis()
    axes.margins(x=0.16)
    style.set_title(axes, label)
    style.french_axis(axes.xaxis)
    axes.grid(axis="x")
    style.hide_frame(axes, "left", "bottom")
    sentences = [f"{row['label']} {write(row)}" for row in rows]
    return figure, f"Cascade : {label}. {' ; '.join(sentences)}."


@drawing
def stacked_counts(data: pd.DataFrame, *, part: str = "label", label: str) -> tuple[Figure, str]:
    """Counts (column `value`) of each `part` stacked over the years that know it, the total written above."""
    data = data.assign(worth=worth.worth(data, "value"))
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
        for weak, parts in rows.groupby(rows["worth"] == french.NOT_SIGNIFICANT):
            bottom = [base[int(year)] for year in parts["year"]]
            axes.bar(
                parts["year"],
                parts["value"],
                bottom=bottom,
                width=width,
                **(look | _GREYED if weak else look),
            )
        for row in rows.to_dict("records"):
            base[int(row["year"])] += row["value"]
    handles += _legend_of_weak(data["worth"])
    # A total of what registers hold is no sample; any other rests on itself.
    sampled = (data["worth"] != "ok").groupby(data["year"]).any()

    def write(year: int, text: str) -> str:
        verdict = judge(base[year], base[year]) if sampled[year] else "ok"
        return worth.write(text, verdict, column="value")

    for year in years:
        axes.annotate(
            write(year, french.count(base[year])), (year, base[year]), xytext=(0, 4), textcoords="offset points", ha="center",
            fontsize=10,
        )  # fmt: skip
    style.year_axis(axes.xaxis, years)
    axes.tick_params(axis="x", rotation=45 if len(years) > 8 else 0)
    style.french_axis(axes.yaxis)
    axes.grid(axis="y")
    axes.margins(y=0.1)
    style.set_title(axes, label)
    style.hide_frame(axes, "left")
    figure.legend(handles=handles, loc="lower left", ncols=2, frameon=False, fontsize=10)
    return figure, f"Barres empilées : {label}. " + " ; ".join(
        f"{year}, {write(year, french.quantity(base[year], 'logement'))}" for year in years
    ) + "."
