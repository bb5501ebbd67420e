"""The ages that services answer to: how many they are, how they change, beside the homes started meanwhile."""

from __future__ import annotations

import pandas as pd

from helpers import provenance
from helpers.indicators.age_classes import class_counts
from helpers.indicators.changes import annual_change
from helpers.indicators.cube import Cube, Tables
from helpers.indicators.definitions.services import GROUPS, Group, gained_for_ten
from helpers.indicators.definitions.terms import STARTS_OF_HOMES
from helpers.indicators.measures import Period


def counts(tables: Tables, *, groups: tuple[Group, ...] = GROUPS) -> pd.DataFrame:
    """Persons of the ages of each service: `territory, year, low, high, label, service, value, count`.

    Exact sums as `class_counts` makes them: without single years of age, the groups whose bounds are not
    those of a class at hand (0 to 2, 3 to 5...) have no row.
    """
    found = class_counts(tables, classes=[group.bounds for group in groups])
    services = {group.label: group.service for group in groups}
    return found.assign(service=found["label"].map(services), count=found["value"])


def changes(tables: Tables, *, since: int, until: int) -> pd.DataFrame:
    """Compare the ages of each service at two dates, one row by territory and group that both dates know.

    Columns `territory, low, high, label, service, people_0, people_1, since, until, years`; `change` (persons) and
    `per_year` (persons a year, on average); `change_rate` (% of the start; missing when nobody was there) and
    `annual` (average annual change, %); `count`, the smaller of the two counts.
    """
    known = counts(tables).drop(columns="count").rename(columns={"value": "people"})
    order = {group.label: rank for rank, group in enumerate(GROUPS)}
    keys = ["territory", "low", "high", "label", "service"]
    both = provenance.between(known, since=since, until=until, keys=keys)
    both = both.sort_values(["territory", "label"], key=lambda c: c.map(order) if c.name == "label" else c)
    change = both["people_1"] - both["people_0"]
    return both.assign(
        change=change,
        per_year=change / both["years"],
        change_rate=100 * change / both["people_0"].where(both["people_0"] > 0),
        annual=annual_change(both["people_0"], both["people_1"], until - since),
        count=both[["people_0", "people_1"]].min(axis=1),
    ).reset_index(drop=True)


def at_both_dates(changed: pd.DataFrame) -> pd.DataFrame:
    """Set the counts of `changes` one row by date: `territory, label, service, year, value, count` (persons)."""
    sides = [
        changed.assign(year=changed[date], value=changed[people], rank=range(len(changed)))
        for date, people in (("since", "people_0"), ("until", "people_1"))
    ]
    long = pd.concat(sides).sort_values(["rank", "year"], ignore_index=True)
    columns = ["territory", "label", "service", "year", "value", *provenance.COLUMNS]
    return long[columns].assign(count=long["value"])


def rates(
    tables: Tables,
    population: pd.DataFrame,
    *,
    territory: str,
    year: int,
) -> pd.DataFrame:
    """Give the ages of each service for a hundred inhabitants: `territory, label, service, year, value, share`.

    The territory beside the nearest of the others that knows some of its groups, and the groups that both know; the
    territory alone where none does.
    """
    found = counts(tables)
    found = found[found["year"] == year]
    people = provenance.widen(population[population["year"] == year], keys=["territory"], variables=["POP"])
    both = provenance.join(found, people, on=["territory"], suffixes=("_ages", "_all"))
    both = both.assign(share=100 * both["value"] / both["POP"].where(both["POP"] > 0), base=both["POP"])
    both = both.dropna(subset="share")
    own = both[both["territory"] == territory]
    others = both[(both["territory"] != territory) & both["label"].isin(own["label"])]
    near = others[others["territory"] == others["territory"].min()] if len(others) else own
    columns = ["territory", "label", "service", "year", "value", "share", "base", *provenance.COLUMNS]
    sides = [own[own["label"].isin(near["label"])], near] if near is not own else [own]
    return pd.concat(sides, ignore_index=True)[columns]


def per_home(changed: pd.DataFrame, flows: pd.DataFrame, *, lag: int = 0) -> pd.DataFrame:
    """Set `changes` beside the homes started over the same period: `starts` and `per_ten` are added.

    `per_ten` is the indicator of the age, persons more (or fewer) for ten homes started: two things that happened
    over one period, not the effect of one on the other; missing under fifty homes. `starts` counts the homes started
    from 1 January of the start to 31 December before the end, `lag` years earlier (the time to build); a territory
    whose starts are unknown for a year has no row.
    """
    cube, frames = Cube({"flows": flows}), []
    for since, until in changed[["since", "until"]].drop_duplicates().itertuples(index=False):
        homes = cube.frame(STARTS_OF_HOMES.during(cube, since - lag, until - lag), "starts")
        rows = changed[(changed["since"] == since) & (changed["until"] == until)]
        both = provenance.join(rows, homes, on=["territory"], suffixes=("_people", "_homes"))
        terms = {name: both[name].to_numpy("float64") for name in ("people_0", "people_1", "starts")}
        frames.append(both.assign(per_ten=gained_for_ten(terms, Period(since, until, lag))))
    if not frames:
        return changed.assign(starts=pd.Series(dtype="float64"), per_ten=pd.Series(dtype="float64"))
    return pd.concat(frames, ignore_index=True)
