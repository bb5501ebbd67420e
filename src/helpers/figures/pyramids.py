"""Age pyramids: men on the left, women on the right, ages between them, the same scale for every date."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from helpers import french
from helpers.figures import style
from helpers.figures.drawing import drawing, require_columns
from helpers.figures.svg import shapes
from helpers.figures.svg.legend import Legend
from helpers.indicators.age_by_tenure import OLDEST
from helpers.indicators.ages import TENURES

_SIDES = {"H": -1, "F": 1}
_SEXES = {"H": "Hommes", "F": "Femmes"}
# Half of the room for ages between the two sides, as a part of the longest bar: one panel, or several.
_GAP = {1: 0.07, 2: 0.15}
_TOP = 103


@dataclass(frozen=True)
class _Scale:
    """The axis of a pyramid: the longest bar, and the half of the room between the two sides."""

    reach: float
    gap: float

    def place(self, sex: str, value: float) -> float:
        """Compute where the end of a bar falls."""
        return _SIDES[sex] * (self.gap + value)


@drawing(columns=["year", "sex", "low", "high", "group", "value"], options=["measure"])
def pyramid(data: pd.DataFrame, *, measure: str = "value", label: str) -> tuple[Figure, str] | None:
    """Draw the population by sex and class of ages: the last date in bars, the first one as an outline.

    Reads `year, sex` (`H`, `F`), `low, high` (first and last ages of a class), `group` (its name), `value` (persons),
    as `ages.fit_classes` gives them, and the length of bars, named by `measure`: `value`, or `share` (% of everybody
    at the date). `label` says whose pyramid it is, for the alternative text. Nothing is drawn of nobody.
    """
    if not data["value"].any():
        return None
    years = sorted(int(year) for year in data["year"].unique())
    figure, (axes,) = style.new_figure(5.6)
    reach = data[measure].max()
    scale = _Scale(reach, _GAP[1] * reach)
    for sex, colour in (("H", style.MEN), ("F", style.WOMEN)):
        bars = data[(data["year"] == years[-1]) & (data["sex"] == sex)]
        wide = _width(data)
        shapes.bars(
            axes,
            [
                (scale.place(sex, 0), low + wide * 0.04, _SIDES[sex] * value, wide * 0.92)
                for low, value in zip(bars["low"], bars[measure], strict=True)
            ],
            colour=colour, linewidth=0.6,
        )  # fmt: skip
        if len(years) > 1:
            former = data[(data["year"] == years[0]) & (data["sex"] == sex)].sort_values("low")
            axes.stairs(
                [scale.place(sex, value) for value in former[measure]],
                [*former["low"], former["low"].iloc[-1] + _width(data)],
                baseline=scale.place(sex, 0),
                orientation="horizontal",
                color=style.INK,
                linewidth=1.8,
            )
    _dress(axes, scale=scale, unit="%" if measure == "share" else "")
    _name_ages(axes, size=10)
    handles = [Patch(facecolor=style.MEN, label=f"{years[-1]}")]
    if len(years) > 1:
        handles.append(
            Patch(facecolor="none", edgecolor=style.INK, linewidth=1.8, label=f"{years[0]} (contour)")
        )
    figure.add_artist(Legend(handles, columns=3, size=11))
    return figure, f"Pyramide des âges : {label}. {_summary(data, years)}"


@drawing(columns=["year", "tenure", "low", "high", "value"])
def pyramid_tenure(data: pd.DataFrame, *, label: str) -> tuple[Figure, str] | None:
    """Draw one panel by date, side by side, each bar stacked by tenure from the axis outwards.

    Reads `year, tenure` (keys of `ages.TENURES`), `low, high` (first and last ages of a class), `value` (persons or
    households), as `age_by_tenure.cross` gives them. With `sex` (`H`, `F`), a pyramid; else one side, where a bar is
    as high as its class is wide and as long as `density`, its count by year of age, so that its surface is its count.
    `label` says whose pyramid it is, for the alternative text. Nothing is drawn of nobody.
    """
    if not data["value"].any():
        return None
    years = sorted(int(year) for year in data["year"].unique())
    sexed = "sex" in data
    figure, panels = style.new_figure(6.2, columns=len(years))
    measure, bar = ("value", ["year", "sex", "low"]) if sexed else ("density", ["year", "low"])
    require_columns(data, [measure], figure="pyramid_tenure")
    reach = data.groupby(bar)[measure].sum().max()
    scale = _Scale(reach, _GAP[min(len(years), 2)] * reach)
    for axes, year in zip(panels, years, strict=True):
        chosen = data[data["year"] == year]
        if sexed:
            for sex, side in _SIDES.items():
                _stack(axes, chosen[chosen["sex"] == sex], measure, side=side, start=scale.place(sex, 0))
            _dress(axes, scale=scale)
            _name_ages(axes, size=9)
        else:
            _stack(axes, chosen, measure, side=1, start=0.0)
            _dress_one_side(axes, data, reach=reach, is_first=year == years[0])
        axes.set_title(str(year), fontweight="bold", fontsize=13)
    figure.add_artist(Legend(_keys_of_tenures(set(data["tenure"])), columns=2, above=False))
    name = "Barres" if not sexed else "Pyramide" if len(years) == 1 else "Pyramides"
    return (
        figure,
        f"{name} des âges selon le statut d’occupation : {label}. Effectifs : {_sum_by_tenure(data, years)}.",
    )


def _keys_of_tenures(known: Collection[str]) -> list[Patch]:
    """Make the keys of the tenures that are drawn."""
    return [
        Patch(
            facecolor=style.TENURE_COLOURS[key],
            hatch=style.TENURE_HATCHES[key],
            edgecolor=style.PAPER,
            label=name,
        )
        for key, name in TENURES.items()
        if key in known
    ]


def _sum_by_tenure(data: pd.DataFrame, years: Sequence[int]) -> str:
    """Write the count of each tenure at each date, for the alternative text."""
    totals = data.groupby(["year", "tenure"])["value"].sum()
    sentences = [
        f"en {year}, "
        + ", ".join(
            f"{TENURES[key]} {french.count(totals[(year, key)])}" for key in TENURES if (year, key) in totals
        )
        for year in years
    ]
    return " ; ".join(sentences)


def _stack(axes: Axes, rows: pd.DataFrame, measure: str, *, side: int, start: float) -> None:
    """Draw the bars of each class, the tenures one after another from `start` outwards."""
    table = rows.pivot(index="low", columns="tenure", values=measure).fillna(0.0).sort_index()
    tall = _heights(rows).reindex(table.index)
    base = pd.Series(start, index=table.index)
    for tenure in [name for name in style.TENURE_COLOURS if name in table]:
        length = side * table[tenure]
        shapes.bars(
            axes, list(zip(base, table.index + tall * 0.03, length, tall * 0.94, strict=True)),
            colour=style.TENURE_COLOURS[tenure], hatch=style.TENURE_HATCHES[tenure], linewidth=0.5,
        )  # fmt: skip
        base += length


def _heights(rows: pd.DataFrame) -> pd.Series:
    """Compute the width of each class in years, by its first age; the last goes to `OLDEST`, or is as the others."""
    by_low = rows.drop_duplicates("low").set_index("low")["high"]
    widths = by_low + 1 - by_low.index
    equal = widths.nunique() <= 1
    return widths.fillna(widths.max() if equal else OLDEST - by_low.index.max())


def _width(data: pd.DataFrame) -> float:
    """Return the width, in years, of classes that are all alike."""
    return float((data["high"] - data["low"] + 1).max())


def _dress(axes: Axes, *, scale: _Scale, unit: str = "") -> None:
    """Write the same round counts on both sides, from the room between them outwards, and the names of the sexes."""
    step = _round_step(scale.reach / 2.2, least=0.5 if unit else 1)
    values = [step * rank for rank in range(int(scale.reach * 1.05 // step) + 1)]
    ticks = {scale.place(sex, value): value for sex in _SIDES for value in values}
    end = scale.gap + scale.reach * 1.06
    axes.set_xlim(-end, end)
    axes.set_ylim(0, _TOP)
    digits = 1 if step < 1 else 0
    after = f"{french.NBSP}{unit}" if unit else ""
    style.named_axis(
        axes.xaxis,
        {place: french.number(value, digits=digits) + after for place, value in ticks.items()},
        grid=True,
        marks=True,
    )
    style.show_frame(axes, "bottom")
    for sex, name in _SEXES.items():
        axes.text(
            _SIDES[sex] * end * 0.98,
            99,
            name,
            ha="left" if sex == "H" else "right",
            fontweight="bold",
            fontsize=10,
        )


def _name_ages(axes: Axes, *, size: int) -> None:
    """Write ages between the two sides, each at its own height."""
    for age in range(0, 100, 10):
        axes.text(0, age, str(age), ha="center", va="center", fontsize=size)
    axes.text(0, 99, "Âge", ha="center", fontsize=size, color=style.MUTED)


def _dress_one_side(axes: Axes, data: pd.DataFrame, *, reach: float, is_first: bool) -> None:
    """Write the scale of bars on one side, and on the first panel the ages at the borders of the classes."""
    axes.set_xlim(0, reach * 1.06)
    axes.set_ylim(0, _TOP)
    style.french_axis(axes.xaxis, grid=True)
    axes.set_xlabel("Effectif par année d’âge", fontsize=10)
    borders = sorted({int(low) for low in data["low"]})
    ages = {border: str(border) if is_first else "" for border in borders}
    style.named_axis(axes.yaxis, ages, marks=True)
    axes.set_ylabel("Âge" if is_first else "")
    style.show_frame(axes, "left")


def _round_step(size: float, *, least: float = 1) -> float:
    """Find the round number (1, 2 or 5 times a power of ten) just under a size, `least` at the least."""
    power = 10 ** math.floor(math.log10(max(size, least)))
    return max(factor * power for factor in (1, 2, 5) if factor * power <= max(size, least))


def _summary(data: pd.DataFrame, years: list[int]) -> str:
    """Write the total and the most numerous class of each date, for the alternative text."""
    sentences = []
    for year in years:
        chosen = data[data["year"] == year]
        by_age = chosen.groupby("group")["value"].sum()
        sentences.append(
            f"En {year}, {french.quantity(by_age.sum(), 'habitant')}, classe la plus nombreuse : {by_age.idxmax()}."
        )
    return " ".join(sentences)
