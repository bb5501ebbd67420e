"""Ages: broad groups, pyramids, and pyramids crossed with tenure."""

from __future__ import annotations

import pandas as pd

from helpers import provenance

# Broad groups that the census counts give, with the bounds their labels are made from.
GROUPS = {"POP0014": (0, 14), "POP1529": (15, 29), "POP3074": (30, 74), "POP75P": (75, None)}


def group_label(bounds: tuple[int, int | None]) -> str:
    """`0 à 14 ans`, `75 ans ou plus`."""
    low, high = bounds
    return f"{low} ans ou plus" if high is None else f"{low} à {high} ans"


def groups(age_groups: pd.DataFrame, population: pd.DataFrame) -> pd.DataFrame:
    """Broad age groups: `territory, year, group, bounds, value, share` (persons, % of the population).

    30-74 is what is left of the total: POP − POP0014 − POP1529 − POP75P.
    """
    counts = provenance.widen(
        age_groups, keys=["territory", "year"], variables=["POP0014", "POP1529", "POP75P"]
    )
    totals = provenance.widen(population, keys=["territory", "year"], variables=["POP"])
    both = provenance.join(counts, totals, on=["territory", "year"], suffixes=("_ages", "_total"))
    both["POP3074"] = both["POP"] - both["POP0014"] - both["POP1529"] - both["POP75P"]
    long = both.melt(
        id_vars=["territory", "year", "POP", *provenance.COLUMNS],
        value_vars=list(GROUPS),
        var_name="variable",
    )
    long["group"] = long["variable"].map(lambda variable: group_label(GROUPS[variable]))
    long["share"] = 100 * long["value"] / long["POP"].where(long["POP"] > 0)
    order = {group_label(bounds): rank for rank, bounds in enumerate(GROUPS.values())}
    long = long.sort_values(
        ["territory", "year", "group"], key=lambda c: c.map(order) if c.name == "group" else c
    )
    return long.drop(columns=["variable", "POP"]).dropna(subset="share").reset_index(drop=True)


def pyramid(ages: pd.DataFrame, *, territory: str, years: list[int]) -> pd.DataFrame:
    """Population by sex and five-year class at several dates: `year, sex, age, value, share`.

    `share` is in % of the population of the year. A year that is not at hand gives no row.
    """
    chosen = ages[(ages["territory"] == territory) & ages["year"].isin(years)]
    frame = provenance.widen(chosen, keys=["year", "sex", "age"], variables=["POP"]).rename(
        columns={"POP": "value"}
    )
    return frame.assign(share=100 * frame["value"] / frame.groupby("year")["value"].transform("sum"))


def pyramid_tenure(ages_tenure: pd.DataFrame, *, territory: str, years: list[int]) -> pd.DataFrame:
    """Population by sex, five-year class and tenure of the home: `year, sex, age, tenure, value`."""
    chosen = ages_tenure[(ages_tenure["territory"] == territory) & ages_tenure["year"].isin(years)]
    frame = provenance.widen(chosen, keys=["year", "sex", "age", "tenure"], variables=["POP"])
    return frame.rename(columns={"POP": "value"})


def age_label(age: int, *, width: int = 5, last: int = 95) -> str:
    """`60-64 ans`, `95 ans ou plus`."""
    return f"{age} ans ou plus" if age >= last else f"{age}-{age + width - 1} ans"


def ownership(
    pyramid_by_tenure: pd.DataFrame, *, from_age: int = 20, width: int = 10, last: int = 80
) -> pd.DataFrame:
    """Persons living in a home that its occupants own, by age: `year, age, owners, people, rate`.

    `rate` is in % of the persons of that age, communities included; ten-year classes from `from_age`.
    """
    frame = pyramid_by_tenure[pyramid_by_tenure["age"] >= from_age].copy()
    frame["age"] = frame["age"].clip(upper=last) // width * width
    frame["owners"] = frame["value"].where(frame["tenure"] == "owner", 0.0)
    grouped = frame.groupby(["year", "age"], as_index=False).agg(
        owners=("owners", "sum"),
        people=("value", "sum"),
        origin=("origin", provenance.least_real),
        sources=("sources", provenance.union),
    )
    return grouped.assign(rate=100 * grouped["owners"] / grouped["people"].where(grouped["people"] > 0))


def label_ages(frame: pd.DataFrame, *, width: int = 10, last: int = 80) -> pd.DataFrame:
    """The frame with a `label` for its age classes in place of `age`."""
    labels = frame["age"].map(lambda age: age_label(int(age), width=width, last=last))
    return frame.assign(label=labels).drop(columns="age")
