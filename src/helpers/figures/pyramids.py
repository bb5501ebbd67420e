"""Age pyramids: men on the left, women on the right, ages between them, the same scale for every date."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from helpers import french
from helpers.figures import style
from helpers.figures.drawing import drawing
from helpers.figures.svg import shapes
from helpers.figures.svg.legend import Legend
from helpers.figures.svg.slim import label_values

SIDES = {"H": -1, "F": 1}
_SEXES = {"H": "Hommes", "F": "Femmes"}
# Half of the room for ages between the two sides, as a part of the longest bar.
_GAP = 0.08
_TOP = 103
# Years of age from the top to what is written under it.
_UNDER_TOP = 5


@dataclass(frozen=True)
class Scale:
    """The axis of a pyramid: the longest bar, and the half of the room between the two sides."""

    reach: float
    gap: float

    def place(self, sex: str, value: float) -> float:
        """Compute where the end of a bar falls."""
        return SIDES[sex] * (self.gap + value)


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
    figure, (axes,) = style.new_figure(4.9)
    reach = data[measure].max()
    scale = Scale(reach, _GAP * reach)
    for sex in SIDES:
        bars = data[(data["year"] == years[-1]) & (data["sex"] == sex)]
        wide = _width(data)
        shapes.bars(
            axes,
            [
                (scale.place(sex, 0), low + wide * 0.04, SIDES[sex] * value, wide * 0.92)
                for low, value in zip(bars["low"], bars[measure], strict=True)
            ],
            colour=style.COMMUNE, linewidth=0.6,
            labels=[_describe(row, sex) for row in bars.to_dict("records")], series=[str(years[-1])] * len(bars),
        )  # fmt: skip
        if len(years) > 1:
            former = data[(data["year"] == years[0]) & (data["sex"] == sex)].sort_values("low")
            outline = axes.stairs(
                [scale.place(sex, value) for value in former[measure]],
                [*former["low"], former["low"].iloc[-1] + _width(data)],
                baseline=scale.place(sex, 0),
                orientation="horizontal",
                color=style.INK,
                linewidth=1.8,
            )
            # Neither date is another's: both may be hidden.
            label_values(outline, [""], series=[str(years[0])])
    dress(axes, scale=scale, unit="%" if measure == "share" else "")
    name_ages(axes)
    handles = [Patch(facecolor=style.COMMUNE, label=f"{years[-1]}")]
    if len(years) > 1:
        handles.append(
            Patch(facecolor="none", edgecolor=style.INK, linewidth=1.8, label=f"{years[0]} (contour)")
        )
    figure.add_artist(Legend(handles, columns=3, size=style.SMALL))
    return figure, f"Pyramide des âges : {label}. {_summary(data, years)}"


def _width(data: pd.DataFrame) -> float:
    """Return the width, in years, of classes that are all alike."""
    return float((data["high"] - data["low"] + 1).max())


def dress(axes: Axes, *, scale: Scale, unit: str = "", top: float = _TOP) -> None:
    """Write the same round counts on both sides, from the room between them outwards, and the names of the sexes."""
    step = _round_step(scale.reach / 2.2, least=0.5 if unit else 1)
    values = [step * rank for rank in range(int(scale.reach * 1.05 // step) + 1)]
    ticks = {scale.place(sex, value): value for sex in SIDES for value in values}
    end = scale.gap + scale.reach * 1.06
    axes.set_xlim(-end, end)
    axes.set_ylim(0, top)
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
            SIDES[sex] * end * 0.98, top - _UNDER_TOP, name, ha="left" if sex == "H" else "right", fontweight="bold",
            fontsize=style.SMALL,
        )  # fmt: skip


def name_ages(axes: Axes, *, top: float = _TOP) -> None:
    """Write ages between the two sides, each at its own height: fewer where the drawing is not as high."""
    for age in range(0, int(top) - 2 * _UNDER_TOP, 20 if style.is_compact() else 10):
        axes.text(0, age, str(age), ha="center", va="center", fontsize=style.SMALL)
    axes.text(0, top - _UNDER_TOP, "Âge", ha="center", fontsize=style.SMALL, color=style.MUTED)


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


def _describe(row: Mapping[Hashable, Any], sex: str) -> str:
    """Say how many there are of a class of ages, and their share where it is known."""
    share = f" ({french.percent(row['share'])})" if "share" in row else ""
    return french.typography(f"{_SEXES[sex]}, {row['group']} : {french.number(row['value'])}{share}")
