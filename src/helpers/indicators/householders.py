"""Homes by the age of their household's reference person and its tenure: who holds them, which are to be passed on.

Homes, not persons: an older owner's home counts once, whoever lives in it. Each function takes the store's table
`householders`, or some of its rows.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from helpers.indicators import ages
from helpers.indicators.crosstabs import Column, Stack, at
from helpers.indicators.cube import Cube
from helpers.indicators.definitions.ages_tenure import HOLDER_CLASSES, PASSING
from helpers.indicators.definitions.terms import identifier
from helpers.indicators.measures import Ratio
from helpers.indicators.quantities import Bounds
from helpers.indicators.registry import find_measure

# Reference persons are hardly ever younger: where the first class begins on a drawing.
YOUNGEST = 15


def classes(householders: pd.DataFrame, *, years: Sequence[int]) -> pd.DataFrame:
    """Give the table at some dates, with `low, high, label` in place of `age`, the first age of a class.

    The last class, "and over", has no `high`.
    """
    highs = {low: float("nan") if high is None else high for low, high in HOLDER_CLASSES}
    labels = {bounds[0]: _label(bounds) for bounds in HOLDER_CLASSES}
    chosen = householders[householders["year"].isin(list(years))]
    age = chosen["age"].astype("int64")
    return chosen.drop(columns="age").assign(
        low=age.clip(lower=YOUNGEST),
        high=age.map(highs).astype("float64"),
        label=age.map(labels).astype("str"),
    )


def to_pass_on(householders: pd.DataFrame, *, years: Sequence[int]) -> pd.DataFrame:
    """Owned homes whose reference person is old, "à transmettre": `territory, year, label, value, owned, homes, share,
    share_all, count`.

    `value` counts the owned homes held from the age of `label` (65 or over, 80 or over: nested, never to be added
    up), `share` their % of all `owned` homes, `share_all` of all main `homes`.
    """
    cube = Cube({"householders": householders})
    stack = Stack(cube)
    for rank, first in enumerate(PASSING):
        of_owned, of_all = (find_measure(f"a_transmettre_{first}{suffix}", Ratio) for suffix in ("", "_parc"))
        for year in years:
            held = of_owned.top.read(cube, year=year)
            columns: dict[str, Column] = {
                "value": held,
                "owned": of_owned.bottom.read(cube, year=year),
                "homes": of_all.bottom.read(cube, year=year),
                "share": of_owned.compute(cube, at(year)),
                "share_all": of_all.compute(cube, at(year)),
                "count": held.value,
            }
            stack.add(columns, year=year, rank=rank, label=ages.group_label((first, None)))
    names = ["year", "value", "owned", "homes", "label", "share", "count", "share_all"]
    return stack.frame(names, by=["year", "rank"])


def ownership(householders: pd.DataFrame, *, years: Sequence[int]) -> pd.DataFrame:
    """Ownership by age of the reference person: `territory, year, low, label, owned, homes, rate, count`.

    `rate` = 100 × owned homes / main homes of that age, youngest first. Classes are those of Insee, of unequal
    widths. An age at which nobody holds a home has no row.
    """
    cube = Cube({"householders": householders})
    stack = Stack(cube)
    for bounds in HOLDER_CLASSES:
        measure = find_measure(f"menages_proprietaires_{identifier(bounds)}", Ratio)
        for year in years:
            homes = measure.bottom.read(cube, year=year)
            columns: dict[str, Column] = {
                "owned": measure.top.read(cube, year=year),
                "homes": homes,
                "rate": measure.compute(cube, at(year)),
                "count": homes.value,
            }
            stack.add(columns, year=year, low=max(bounds[0], YOUNGEST), label=_label(bounds))
    names = ["year", "low", "label", "owned", "homes", "rate", "count"]
    return stack.frame(names, by=["year", "low"])


def _label(bounds: Bounds) -> str:
    low, high = bounds
    return f"moins de {high + 1} ans" if low == 0 and high is not None else ages.group_label(bounds)
