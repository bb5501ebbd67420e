"""Indicators that other functions of the package work out, as the registry takes them.

Each takes the tables at hand and the two years, and gives `territory, value, count, origin, sources`; the ones that are
made by a function here are one column of a frame, or one row of it.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from helpers.indicators import cohorts, growth, point_mort, rooms, services
from helpers.indicators.quantities import POPULATION
from helpers.indicators.table_cache import Tables, once

Work = Callable[[Tables, int, int], pd.DataFrame]


def balance(column: str, *, yearly: bool = False) -> Work:
    """A column of `growth.balances`, `yearly` for a year on average."""

    def work(tables: Tables, since: int, until: int) -> pd.DataFrame:
        frame = once(
            tables,
            ("balances", since, until),
            lambda: growth.balances(tables["population"], tables["flows"], since=since, until=until),
        )
        value = frame[column] / (frame["years"] if yearly else 1)
        return frame.assign(value=value, count=frame[["POP_0", "POP_1"]].min(axis=1))

    return work


def gain(tables: Tables, since: int, until: int) -> pd.DataFrame:
    """The change of the population, in persons."""
    frame = growth.change(tables["population"], since=since, until=until)
    return frame.assign(value=frame["change"], count=frame[["POP_0", "POP_1"]].min(axis=1))


def index(tables: Tables, since: int, until: int) -> pd.DataFrame:
    """The population, 100 at the first census."""
    indexed = growth.index(tables["population"], base=since, until=until)
    return indexed[indexed["year"] == until].assign(value=indexed["index"], count=indexed["POP"])


def density(tables: Tables, since: int, until: int) -> pd.DataFrame:
    """Inhabitants by square kilometre."""
    inhabitants = POPULATION.read(tables, year=until).rename(columns={"value": "count"})
    both = inhabitants.merge(tables["territories"][["territory", "area"]], on="territory")
    return both.assign(value=both["count"] / both["area"].where(both["area"] > 0))


def small_in_large(column: str) -> Work:
    """A column of `rooms.bounds`, at the second census."""

    def work(tables: Tables, since: int, until: int) -> pd.DataFrame:
        both = rooms.bounds(tables["dwellings"], tables["households"])
        frame = both[both["year"] == until]
        return frame.assign(value=frame[column], count=frame[column.removesuffix("_share")])

    return work


def started(tables: Tables, since: int, until: int) -> pd.DataFrame:
    """Homes started, a year on average."""
    flows = tables["flows"]
    sums = growth.sum_flows(flows[flows["variable"] == "LOGCOM"], since=since, until=until)
    # A register: everything that was declared is in it.
    return sums.rename(columns={"source": "sources"}).assign(
        value=sums["value"] / (until - since), count=float("nan")
    )


def break_even(column: str) -> Work:
    """A term of `link.break_even`, in homes a year."""

    def work(tables: Tables, since: int, until: int) -> pd.DataFrame:
        frame = point_mort.break_even(
            tables["dwellings"], tables["households"], tables["flows"], since=since, until=until
        )
        return frame.assign(value=frame[column] / frame["years"], count=frame[["RP_0", "RP_1"]].min(axis=1))

    return work


def household_effect(column: str) -> Work:
    """A part of `link.household_effects`, in homes a year."""

    def work(tables: Tables, since: int, until: int) -> pd.DataFrame:
        frame = point_mort.household_effects(
            tables["dwellings"], tables["households"], since=since, until=until
        )
        return frame.assign(
            value=frame[column] / frame["years"], count=frame[["homes_0", "homes_1"]].min(axis=1)
        )

    return work


def gained(tables: Tables, since: int, until: int) -> pd.DataFrame:
    """People gained for ten homes started."""
    frame = point_mort.gained(tables["population"], tables["flows"], since=since, until=until)
    return frame.assign(value=frame["gained"])


def gained_of(group: services.Group) -> Work:
    """People of an age gained for ten homes started."""

    def work(tables: Tables, since: int, until: int) -> pd.DataFrame:
        changed = services.changes(tables, since=since, until=until, groups=(group,))
        frame = services.per_home(changed, tables["flows"])
        return frame.assign(value=frame["per_ten"])

    return work


def generation_owning(low: int) -> Work:
    """The share (%) of a ten-year generation, from the age `low` at the start, who live in an owned home at the end."""

    def work(tables: Tables, since: int, until: int) -> pd.DataFrame:
        followed = cohorts.follow(tables["ages_tenure"], since=since, until=until, width=10)
        owning = cohorts.owners_followed(followed)
        chosen = owning[(owning["low"] == low) & (owning["year"] == until)]
        return chosen.assign(value=chosen["rate"])

    return work
