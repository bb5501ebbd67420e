"""Homes by the age of their household's reference person and its tenure: who holds them, which are to be passed on.

Homes, not persons: an older owner's home counts once, whoever lives in it. Each function takes the store's table
`householders`, or some of its rows.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from helpers.indicators import ages
from helpers.indicators.crosstabs import Stack, ratio
from helpers.indicators.cube import Cube
from helpers.indicators.definitions.ages_tenure import HOLDER_CLASSES, PASSING
from helpers.indicators.definitions.terms import identifier
from helpers.indicators.quantities import Bounds

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
    share_all, base`.

    `value` counts the owned homes held from the age of `label` (65 or over, 80 or over: nested, never to be added
    up), `share` their % of all `owned` homes, `share_all` of all main `homes`.
    """
    cube = Cube({"householders": householders})
    stack = Stack(cube)
    for rank, first in enumerate(PASSING):
        asked, label = f"a_transmettre_{first}", ages.group_label((first, None))
        for year in years:
            found = {
                **ratio(cube, asked, year=year, top="value", bottom="owned", value="share"),
                **ratio(cube, f"{asked}_parc", year=year, top="value", bottom="homes", value="share_all"),
            }
            stack.add({**found, "base": found["owned"]}, year=year, rank=rank, label=label)
    names = ["year", "value", "owned", "homes", "label", "share", "base", "share_all"]
    return stack.frame(names, by=["year", "rank"])


def ownership(householders: pd.DataFrame, *, years: Sequence[int]) -> pd.DataFrame:
    """Ownership by age of the reference person: `territory, year, low, label, owned, homes, rate`.

    `rate` = 100 × owned homes / main homes of that age, youngest first. Classes are those of Insee, of unequal
    widths. An age at which nobody holds a home has no row.
    """
    cube = Cube({"householders": householders})
    stack = Stack(cube)
    for bounds in HOLDER_CLASSES:
        asked, low = f"menages_proprietaires_{identifier(bounds)}", max(bounds[0], YOUNGEST)
        for year in years:
            found = ratio(cube, asked, year=year, top="owned", bottom="homes", value="rate")
            stack.add(found, year=year, low=low, label=_label(bounds))
    names = ["year", "low", "label", "owned", "homes", "rate"]
    return stack.frame(names, by=["year", "low"])


def _label(bounds: Bounds) -> str:
    low, high = bounds
    return f"moins de {high + 1} ans" if low == 0 and high is not None else ages.group_label(bounds)
