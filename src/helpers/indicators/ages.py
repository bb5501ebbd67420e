"""Ages: persons of any class of ages, indices of structure, pyramids, and pyramids crossed with tenure."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from helpers import provenance
from helpers.indicators import vintages
from helpers.indicators.age_classes import Bounds, class_counts, group_label
from helpers.indicators.crosstabs import Parts, parts_of
from helpers.indicators.cube import Cube, Tables
from helpers.indicators.definitions.terms import identifier
from helpers.indicators.reliability import FRAGILE

# Broad groups that the census counts give.
GROUPS = Parts(
    "variable",
    {
        f"POP{name}": (f"ages_{identifier(bounds)}", group_label(bounds))
        for name, bounds in {"0014": (0, 14), "1529": (15, 29), "3074": (30, 74), "75P": (75, None)}.items()
    },
)

# The census's classes of fifteen years, and the ways to close them, the finest first.
_FIFTEEN: tuple[Bounds, ...] = ((0, 14), (15, 29), (30, 44), (45, 59), (60, 74))
_OLDEST: tuple[tuple[Bounds, ...], ...] = (((75, 89), (90, None)), ((75, None),))
# The last class of the pyramids of the census, and over.
_LAST_AGE = 95
# As many dates as one look compares.
_THREE = 3

# Tenures of the store, as a page names those who live in such a home.
TENURES = {
    "owner": "Propriétaire",
    "social": "Locataire HLM",
    "private": "Locataire hors HLM",
    "other": "Logé gratuitement",
    "outside": "Hors logement ordinaire",
}


def add_up(rows: pd.DataFrame, *, by: Sequence[str], columns: Sequence[str] = ("value",)) -> pd.DataFrame:
    """Add up `columns` by group: `*by, *columns, origin, sources`.

    `rows` bear the `source` of the store, or the `sources` of a computed frame.
    """
    by = list(by)
    sums = rows.groupby(by, observed=True, as_index=False)[list(columns)].sum()
    return provenance.mark(sums, rows, by=by)


def groups(age_groups: pd.DataFrame, population: pd.DataFrame) -> pd.DataFrame:
    """Give broad age groups: `territory, year, group, value, share` (persons, % of the population)."""
    cube = Cube({"age_groups": age_groups, "population": population})
    frame = parts_of(cube, GROUPS, years=cube.years("age_groups", "POP0014"))
    return frame.drop(columns=GROUPS.kind).rename(columns={"label": "group"})


def fifteen_years(tables: Tables, *, territory: str, until: int) -> pd.DataFrame:
    """Classes of fifteen years at up to three dates: `territory, year, group, value, share` (persons, % of everybody).

    The last ones are 75-89 and 90 and over, or else 75 and over: the same classes at every date, those that are
    known at most dates up to `until`, five years apart at least.
    """
    found = []
    for oldest in _OLDEST:
        classes = (*_FIFTEEN, *oldest)
        counts = class_counts(tables, classes=classes)
        own = counts[counts["territory"] == territory]
        known = own.groupby("year", observed=True)["label"].transform("size")
        own = own[known == len(classes)]
        own = own[own["year"].isin(vintages.spaced(own, until=until)[-_THREE:])]
        found.append(own.drop(columns=["low", "high"]).rename(columns={"label": "group"}))
    best = max(found, key=lambda own: own["year"].nunique())
    return shares(best).dropna(subset="share").reset_index(drop=True)


def pyramid(ages: pd.DataFrame, *, territory: str, years: list[int]) -> pd.DataFrame:
    """Give the population by sex and five-year class at several dates: `year, sex, age, value, share` (persons, %).

    `share` is in % of the population of the year. A year that is not at hand gives no row.
    """
    chosen = ages[(ages["territory"] == territory) & ages["year"].isin(years)]
    frame = provenance.widen(chosen, keys=["year", "sex", "age"], variables=["POP"]).rename(
        columns={"POP": "value"}
    )
    return shares(frame)


def shares(pyramid: pd.DataFrame) -> pd.DataFrame:
    """Add `share` to a pyramid, by tenure or not: % of everybody at the date (`base`), both sexes together."""
    totals = pyramid.groupby("year")["value"].transform("sum")
    return pyramid.assign(share=100 * pyramid["value"] / totals.where(totals > 0), base=totals)


def pool_oldest(pyramid: pd.DataFrame, *, oldest: int) -> pd.DataFrame:
    """Put everyone of the age `oldest` or more in one class of a pyramid by `year, sex, age` and, or not, `tenure`."""
    keys = [name for name in ("year", "sex", "age", "tenure") if name in pyramid]
    return add_up(pyramid.assign(age=pyramid["age"].clip(upper=oldest)), by=keys)


def fit_classes(pyramid: pd.DataFrame, *, at_least: float = FRAGILE, oldest: int = _LAST_AGE) -> pd.DataFrame:
    """Put a pyramid, by tenure or not, in the classes that its counts allow: `low, high, group` in place of `age`.

    Five years or, where at any date most bars (a sex, an age, every tenure together) count fewer than `at_least`
    persons, ten: the same for every date and both sexes. The last class has no `high`: `oldest` and over, or the ten
    years that it is in. In a pyramid without tenures a ten-year class that lacks one of its halves is left out; with
    tenures, an absent cell is nobody.
    """
    bars = pyramid.groupby(["year", "sex", "age"])["value"].sum()
    if not (bars.groupby("year").median() < at_least).any():
        return _named_classes(pyramid, width=5, last=oldest)
    keys = [name for name in ("year", "sex", "age", "tenure") if name in pyramid]
    cells = pyramid.assign(age=pyramid["age"] // 10 * 10, cells=1)
    columns = [name for name in ("value", "share", "cells") if name in cells]
    keys = [*keys, *(["base"] if "base" in cells else [])]
    frame = add_up(cells, by=keys, columns=columns)
    if "tenure" not in keys:
        frame = frame[frame["cells"] == 2]
    return _named_classes(frame.drop(columns="cells"), width=10, last=oldest // 10 * 10)


def _named_classes(pyramid: pd.DataFrame, *, width: int, last: int) -> pd.DataFrame:
    low = pyramid["age"].astype("int64")
    return pyramid.assign(
        low=low,
        high=(low + width - 1).astype("float64").where(low < last),
        group=[age_label(age, width=width, last=last) for age in low],
    ).drop(columns="age")


def pyramid_tenure(ages_tenure: pd.DataFrame, *, territory: str, years: list[int]) -> pd.DataFrame:
    """Give the population by sex, five-year class and tenure of the home: `year, sex, age, tenure, value` (persons)."""
    chosen = ages_tenure[(ages_tenure["territory"] == territory) & ages_tenure["year"].isin(years)]
    frame = provenance.widen(chosen, keys=["year", "sex", "age", "tenure"], variables=["POP"])
    return frame.rename(columns={"POP": "value"})


def in_homes(pyramid_by_tenure: pd.DataFrame) -> pd.DataFrame:
    """Keep the people of a pyramid by tenure who live in ordinary dwellings: no communities, no mobile homes."""
    return pyramid_by_tenure[pyramid_by_tenure["tenure"] != "outside"].reset_index(drop=True)


def age_label(age: int, *, width: int = 5, last: int = 95) -> str:
    """`60-64 ans`, `95 ans ou plus`."""
    return f"{age} ans ou plus" if age >= last else f"{age}-{age + width - 1} ans"


def label_ages(frame: pd.DataFrame) -> pd.DataFrame:
    """Put a `label` for the age classes of a frame, of ten years up to 80, in place of `age`."""
    labels = frame["age"].map(lambda age: age_label(int(age), width=10, last=80))
    return frame.assign(label=labels).drop(columns="age")
