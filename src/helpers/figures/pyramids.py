"""Age pyramids: men on the left, women on the right, the same scale for every date."""

from __future__ import annotations

import math

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from helpers import french
from helpers.figures import style
from helpers.figures.drawing import drawing
from helpers.indicators.ages import TENURES, age_label

_CLASS = 5
_SIDES = {"H": -1, "F": 1}


@drawing
def pyramid(data: pd.DataFrame, *, label: str) -> tuple[Figure, str] | None:
    """Population by sex and five-year class: the last date in bars, the first one as an outline."""
    if not data["value"].any():
        return None
    years = sorted(int(year) for year in data["year"].unique())
    figure, (axes,) = style.new_figure(5.6)
    latest = data[data["year"] == years[-1]]
    for sex, colour in (("H", style.MEN), ("F", style.WOMEN)):
        bars = latest[latest["sex"] == sex]
        axes.barh(
            bars["age"] + _CLASS / 2, _SIDES[sex] * bars["value"], height=_CLASS * 0.92, color=colour, edgecolor=style.PAPER, linewidth=0.6,
        )  # fmt: skip
    if len(years) > 1:
        for sex in _SIDES:
            former = data[(data["year"] == years[0]) & (data["sex"] == sex)].sort_values("age")
            edges = [*former["age"], former["age"].iloc[-1] + _CLASS]
            axes.stairs(
                _SIDES[sex] * former["value"].to_numpy(),
                edges,
                orientation="horizontal",
                color=style.INK,
                linewidth=1.8,
            )
    reach = data["value"].max()
    _dress(axes, reach=reach, years=years)
    for sex, name in (("H", "Hommes"), ("F", "Femmes")):
        axes.text(
            _SIDES[sex] * reach * 0.98, 99, name, ha="left" if sex == "H" else "right", fontweight="bold"
        )
    handles = [Patch(facecolor=style.MEN, label=f"{years[-1]}")]
    if len(years) > 1:
        handles.append(
            Patch(facecolor="none", edgecolor=style.INK, linewidth=1.8, label=f"{years[0]} (contour)")
        )
    figure.legend(handles=handles, loc="outside upper left", ncols=2, frameon=False)
    return figure, f"Pyramide des âges : {label}. {_summary(data, years)}"


@drawing
def pyramid_tenure(data: pd.DataFrame, *, label: str) -> tuple[Figure, str] | None:
    """One pyramid by date, side by side, each bar stacked by tenure from the axis outwards."""
    if not data["value"].any():
        return None
    years = sorted(int(year) for year in data["year"].unique())
    figure, panels = style.new_figure(6.2, columns=len(years), share_y=True)
    reach = data.groupby(["year", "sex", "age"])["value"].sum().max()
    for axes, year in zip(panels, years, strict=True):
        for sex, side in _SIDES.items():
            chosen = data[(data["year"] == year) & (data["sex"] == sex)]
            table = chosen.pivot(index="age", columns="tenure", values="value").sort_index()
            base = pd.Series(0.0, index=table.index)
            for tenure in [name for name in style.TENURE_COLOURS if name in table]:
                axes.barh(
                    table.index + _CLASS / 2, side * table[tenure], left=side * base, height=_CLASS * 0.94,
                    color=style.TENURE_COLOURS[tenure], hatch=style.TENURE_HATCHES[tenure], edgecolor=style.PAPER,
                    linewidth=0.5,
                )  # fmt: skip
                base += table[tenure]
        _dress(axes, reach=reach, years=[year])
        axes.set_title(str(year), fontweight="bold", fontsize=13)
        axes.set_ylabel("Âge" if year == years[0] else "")
        for sex, name in (("H", "Hommes"), ("F", "Femmes")):
            axes.text(_SIDES[sex] * reach * 0.98, 99, name, ha="left" if sex == "H" else "right", fontsize=10)
    panels[0].set_yticks(range(0, 100, 10), [str(age) for age in range(0, 100, 10)])
    handles = [
        Patch(
            facecolor=style.TENURE_COLOURS[key],
            hatch=style.TENURE_HATCHES[key],
            edgecolor=style.PAPER,
            label=name,
        )
        for key, name in TENURES.items()
        if key in set(data["tenure"])
    ]
    figure.legend(handles=handles, loc="outside lower left", ncols=2, frameon=False, fontsize=10)
    totals = data.groupby(["year", "tenure"])["value"].sum()
    sentences = [
        f"en {year}, "
        + ", ".join(
            f"{TENURES[key]} {french.count(totals[(year, key)])}" for key in TENURES if (year, key) in totals
        )
        for year in years
    ]
    name = "Pyramide" if len(years) == 1 else "Pyramides"
    return (
        figure,
        f"{name} des âges selon le statut d’occupation : {label}. Effectifs : {' ; '.join(sentences)}.",
    )


def _dress(axes: Axes, *, reach: float, years: list[int]) -> None:
    """Scale, grid and ages: ticks on round counts, the same on both sides."""
    step = _round_step(reach / 2.2)
    ticks = [
        step * k
        for k in range(-int(reach // step) - 1, int(reach // step) + 2)
        if abs(step * k) <= reach * 1.05
    ]
    axes.set_xlim(-reach * 1.06, reach * 1.06)
    axes.set_ylim(0, 103)
    axes.set_xticks(ticks)
    style.french_axis(axes.xaxis, absolute=True)
    axes.axvline(0, color=style.PAPER, linewidth=2)
    axes.set_yticks(range(0, 100, 10), [str(age) for age in range(0, 100, 10)])
    axes.set_ylabel("Âge")
    axes.grid(axis="x")
    style.hide_frame(axes, "left")


def _round_step(size: float) -> float:
    """The round number (1, 2 or 5 times a power of ten) just under a size."""
    power = 10 ** math.floor(math.log10(max(size, 1)))
    return max(factor * power for factor in (1, 2, 5) if factor * power <= max(size, 1))


def _summary(data: pd.DataFrame, years: list[int]) -> str:
    """Total and most numerous class of each date."""
    sentences = []
    for year in years:
        chosen = data[data["year"] == year]
        by_age = chosen.groupby("age")["value"].sum()
        sentences.append(
            f"En {year}, {french.quantity(by_age.sum(), 'habitant')}, classe la plus nombreuse : "
            f"{age_label(int(by_age.idxmax()))}."
        )
    return " ".join(sentences)
