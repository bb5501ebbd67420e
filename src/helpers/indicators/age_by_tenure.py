"""Ages crossed with tenure at the level that the data allow: persons by sex, households, or persons by broad age."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from helpers import provenance
from helpers.indicators import ages, householders
from helpers.indicators.cube import Tables
from helpers.indicators.reliability import FRAGILE

# The levels, the finest first, as the parameter `niveau_pyramide` names them.
LEVELS = ("individus", "menages", "logements")
# Where the last class, "and over", ends on a drawing: few are older.
OLDEST = 95
# The ages of the owners that the title of each level tells, and its drawing points at.
HIGHLIGHTED_OWNERS: dict[str, ages.Bounds] = {
    "individus": (60, 69),
    "menages": (65, None),
    "logements": (60, None),
}
# Those of this age or more are one class of people by tenure: no class of a handful.
_POOLED = 85
# The broad ages that the counts of people in each home leave, and the counts that make them: sums and differences.
_BROAD: dict[ages.Bounds, dict[str, int]] = {
    (0, 24): {"INP24M": 1},
    (25, 59): {"INPER": 1, "INP24M": -1, "INP60M": -1},
    (60, 64): {"INP60M": 1, "INP65M": -1},
    (65, 74): {"INP65M": 1, "INP75M": -1},
    (75, None): {"INP75M": 1},
}
_COLUMNS = ["year", "low", "high", "group", "tenure", "value", *provenance.COLUMNS]


@dataclass(frozen=True)
class Crossing:
    """Counts by age and tenure of one territory, at one level.

    `data` has `year, low, high, group, tenure, value`, provenance, and `sex` at the level of individuals; elsewhere
    `density`, the count by year of age, classes being of unequal widths. `level` is empty, and so is `data`, where
    nothing is known; `asked` is the level that was wanted, empty for the finest. `years` are those of the data.
    """

    level: str
    asked: str
    data: pd.DataFrame

    @property
    def highlighted(self) -> ages.Bounds | None:
        """The ages of the owners that are reported at this level."""
        return HIGHLIGHTED_OWNERS.get(self.level)

    @property
    def years(self) -> list[int]:
        """The dates of the counts, oldest first."""
        return sorted({int(year) for year in self.data["year"]})


def cross(
    tables: Tables,
    *,
    territory: str,
    years: Sequence[int],
    level: str = "",
    at_least: float = FRAGILE,
) -> Crossing:
    """Give the counts of a territory at the level asked or, where it is not known, at the finest that knows most dates.

    `tables` are `ages_tenure, householders, occupants`. People outside ordinary dwellings are left out. At the level
    of individuals classes are of five years or, where most would count fewer than `at_least` persons, of ten.
    """
    known = {
        "individus": _individuals(tables["ages_tenure"], territory=territory, years=years, at_least=at_least),
        "menages": _households(tables["householders"], territory=territory, years=years),
        "logements": _homes(tables["occupants"], territory=territory, years=years),
    }
    if level and not known[level].empty:
        return Crossing(level, level, known[level])
    dates = {name: frame["year"].nunique() for name, frame in known.items()}
    best = max(LEVELS, key=lambda name: dates[name])
    return Crossing(best if dates[best] else "", level, known[best])


def _individuals(
    ages_tenure: pd.DataFrame, *, territory: str, years: Sequence[int], at_least: float
) -> pd.DataFrame:
    people = ages.pyramid_tenure(ages_tenure, territory=territory, years=list(years))
    pooled = ages.pool_oldest(ages.in_homes(people), oldest=_POOLED)
    fitted = ages.fit_classes(ages.shares(pooled), at_least=at_least, oldest=_POOLED)
    return _ordered(fitted, ["year", "sex", "low"])


def _households(table: pd.DataFrame, *, territory: str, years: Sequence[int]) -> pd.DataFrame:
    own = table[table["territory"] == territory]
    homes = householders.classes(own, years=years)
    return _dense(homes.rename(columns={"label": "group", "source": "sources"})[_COLUMNS])


def _homes(occupants: pd.DataFrame, *, territory: str, years: Sequence[int]) -> pd.DataFrame:
    """People of main homes by broad age: differences of the counts of the file of dwellings."""
    own = occupants[occupants["territory"] == territory]
    chosen = own[own["year"].isin(list(years)) & own["variable"].str.startswith("INP")]
    parts = []
    for bounds, signs in _BROAD.items():
        sign = chosen["variable"].map(signs).fillna(0).astype("float64")
        rows = chosen.assign(value=sign * chosen["value"])
        low, high = bounds
        counts = ages.add_up(rows, by=["year", "tenure"])
        parts.append(
            counts.assign(
                low=low, high=float("nan") if high is None else high, group=ages.group_label(bounds)
            )
        )
    broad = pd.concat(parts, ignore_index=True)
    # What rounding leaves below zero is nobody.
    return _dense(broad.assign(value=broad["value"].clip(lower=0.0))[_COLUMNS])


def _dense(counts: pd.DataFrame) -> pd.DataFrame:
    """Add `share` (%) and `density` (by year of age) to counts."""
    shared = ages.shares(_ordered(counts, ["year", "low"]))
    width = shared["high"].fillna(OLDEST - 1) - shared["low"] + 1
    return shared.assign(density=shared["value"] / width)


def _ordered(counts: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Sort counts in this order, then in that of the tenures from the axis outwards."""
    ranks = pd.Categorical(counts["tenure"], categories=list(ages.TENURES)).codes
    return counts.assign(rank=ranks).sort_values([*by, "rank"], ignore_index=True).drop(columns="rank")
