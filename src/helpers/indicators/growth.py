"""Population over time, and what makes it change."""

from __future__ import annotations

import pandas as pd

from helpers import provenance
from helpers.indicators import dates

# Below this change (share of the mean population), a rate divided by the change is ill-conditioned.
_NEGLIGIBLE = 1e-9
# A long series begins before this year.
_LONG_AGO = 2000


def annual_change(start: pd.Series, end: pd.Series, years: pd.Series | int) -> pd.Series:
    """Average annual change in %: ((end / start)^(1/years) − 1) × 100; missing when `start` is nil.

    Source: Insee, definition of "taux de variation annuel moyen".
    """
    return ((end / start.where(start > 0)) ** (1 / years) - 1) * 100


def index(population: pd.DataFrame, *, base: int, until: int | None = None) -> pd.DataFrame:
    """Population with 100 at year `base`: `territory, year, POP, index`, from `base` on.

    Territories without a value at `base` are left out.
    """
    wide = provenance.widen(population, keys=["territory", "year"], variables=["POP"])
    wide = wide[(wide["year"] >= base) & (wide["year"] <= (until or wide["year"].max()))]
    start = wide[wide["year"] == base].set_index("territory")["POP"]
    reference = wide["territory"].map(start).astype("float64")
    wide = wide.assign(index=100 * wide["POP"] / reference.where(reference > 0))
    return wide.dropna(subset="index").sort_values(["territory", "year"], ignore_index=True)


def change(population: pd.DataFrame, *, since: int, until: int) -> pd.DataFrame:
    """Population at two dates: `territory, POP_0, POP_1, change, annual` (persons, persons, persons, % a year)."""
    wide = provenance.widen(population, keys=["territory", "year"], variables=["POP"])
    both = provenance.between(wide, since=since, until=until)
    return both.assign(
        change=both["POP_1"] - both["POP_0"],
        annual=annual_change(both["POP_0"], both["POP_1"], both["years"]),
    )


def balances(population: pd.DataFrame, flows: pd.DataFrame, *, since: int, until: int) -> pd.DataFrame:
    """Natural and apparent migratory balance between two censuses.

    Columns: `POP_0, POP_1, NAIS, DECE, change, natural, migratory` (persons), `annual, annual_natural,
    annual_migratory` (% a year), `birth_rate, death_rate` (per thousand a year).

    Natural = births − deaths from 1 January `since` to 31 December `until` − 1; migratory = change −
    natural, a residual that carries every error of the censuses. Events are those that `sum_flows` gives for the
    period. The annual change is shared in the same
    proportion (Observatoire des territoires); where the population is stable the share is 0/0 and the
    natural rate is natural / (years × mean population), the migratory one its opposite.
    """
    people = change(population, since=since, until=until)
    period = sum_flows(flows, since=since, until=until)
    events = provenance.widen(period, keys=["territory"], variables=["NAIS", "DECE"])
    both = provenance.join(people, events, on=["territory"], suffixes=("_people", "_events"))
    natural = both["NAIS"] - both["DECE"]
    mean = (both["POP_0"] + both["POP_1"]) / 2
    mean = mean.where(mean > 0)
    direct = natural / (both["years"] * mean) * 100
    stable = both["change"].abs() <= _NEGLIGIBLE * mean
    shared = both["annual"] * natural / both["change"].where(~stable)
    annual_natural = shared.where(~stable, direct)
    return both.assign(
        natural=natural,
        migratory=both["change"] - natural,
        annual_natural=annual_natural,
        annual_migratory=both["annual"] - annual_natural,
        birth_rate=1000 * both["NAIS"] / (both["years"] * mean),
        death_rate=1000 * both["DECE"] / (both["years"] * mean),
    )


def sum_flows(flows: pd.DataFrame, *, since: int, until: int) -> pd.DataFrame:
    """Flows from 1 January `since` to 31 December `until` − 1: `territory, variable, value, origin, source`.

    The value published for that very period, or else the sum of its years when each of them is known: a sum
    that lacks a year would pass for the whole. The `source` of a sum joins those of its years by a bar, its
    `origin` is the least real of theirs. Where neither is known there is no row.
    """
    keys = ["territory", "variable"]
    columns = [*keys, "value", "origin", "source"]
    whole = flows[(flows["since"] == since) & (flows["year"] == until)]
    yearly = flows[
        (flows["since"] >= since) & (flows["year"] <= until) & (flows["year"] - flows["since"] == 1)
    ]
    sums = yearly.groupby(keys, observed=True, as_index=False).agg(
        value=("value", "sum"),
        known=("since", "nunique"),
        origin=("origin", provenance.least_real),
        source=("source", provenance.union),
    )
    both = pd.concat([whole[columns], sums.loc[sums["known"] == until - since, columns]], ignore_index=True)
    return both.drop_duplicates(keys, keep="first", ignore_index=True)


def census_series(population: pd.DataFrame, *, territory: str) -> pd.DataFrame:
    """Population at censuses at least five years apart, from before 2000 to the latest: `territory, year, POP`.

    Empty when no date before 2000 is at hand.
    """
    wide = provenance.widen(population, keys=["territory", "year"], variables=["POP"])
    wide = wide[wide["territory"] == territory]
    series = dates.keep(wide, dates.spaced(wide))
    return series if (series["year"] < _LONG_AGO).any() else series.iloc[:0]
