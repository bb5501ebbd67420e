"""Population over time, and what makes it change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from helpers import provenance
from helpers.indicators import vintages

# Below this change (share of the mean population), a rate divided by the change is ill-conditioned.
_NEGLIGIBLE = 1e-9
# A long series begins before this year.
_LONG_AGO = 2000
# Insee changed the questionnaire of the census with the survey of 2018. A vintage rests on the five surveys around it.
_QUESTIONNAIRE = 2018
_HALF_CYCLE = 2

# The two balances, and births and deaths, with the column of `balances` that counts them over a period.
_BALANCES = {"natural": "Solde naturel", "migratory": "Solde migratoire apparent"}
_EVENTS = {"NAIS": "Natalité", "DECE": "Mortalité"}
_OF_A_PERIOD = ["period", "territory", "since", "until", "POP_0", "POP_1"]


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
    return _rebase(wide[wide["year"] <= (until or wide["year"].max())], base=base)


def _rebase(wide: pd.DataFrame, *, base: int) -> pd.DataFrame:
    wide = wide[wide["year"] >= base]
    start = wide[wide["year"] == base].set_index("territory")["POP"]
    reference = wide["territory"].map(start).astype("float64")
    wide = wide.assign(index=100 * wide["POP"] / reference.where(reference > 0))
    return wide.dropna(subset="index").sort_values(["territory", "year"], ignore_index=True)


def change(population: pd.DataFrame, *, since: int, until: int) -> pd.DataFrame:
    """Population at two dates: `territory, POP_0, POP_1, change, annual` (persons, persons, persons, % a year)."""
    ends = population[population["year"].isin([since, until])]
    wide = provenance.widen(ends, keys=["territory", "year"], variables=["POP"])
    both = provenance.between(wide, since=since, until=until)
    return both.assign(
        change=both["POP_1"] - both["POP_0"],
        annual=annual_change(both["POP_0"], both["POP_1"], both["years"]),
    )


def balances(population: pd.DataFrame, flows: pd.DataFrame, *, since: int, until: int) -> pd.DataFrame:
    """Natural and apparent migratory balance between two censuses.

    Columns: `POP_0, POP_1, NAIS, DECE, change, natural, migratory` (persons), `annual, annual_natural,
    annual_migratory, mean_natural, mean_migratory` (% a year), `birth_rate, death_rate` (per thousand a year).

    Natural = births − deaths from 1 January `since` to 31 December `until` − 1; migratory = change −
    natural, a residual that carries every error of the censuses. Events are those that `sum_flows` gives for the
    period. The annual change is shared in the same
    proportion (Observatoire des territoires); where the population is stable the share is 0/0 and the
    natural rate is natural / (years × mean population), the migratory one its opposite. `mean_natural` and
    `mean_migratory` are balance / (years × mean population) throughout: where the change is small the two forms
    check each other.
    """
    people = change(population, since=since, until=until)
    period = sum_flows(flows, since=since, until=until)
    events = provenance.widen(period, keys=["territory"], variables=["NAIS", "DECE"])
    both = provenance.join(people, events, on=["territory"], suffixes=("_people", "_events"))
    natural = both["NAIS"] - both["DECE"]
    mean = (both["POP_0"] + both["POP_1"]) / 2
    mean = mean.where(mean > 0)
    migratory = both["change"] - natural
    mean_natural = 100 * natural / (both["years"] * mean)
    stable = both["change"].abs() <= _NEGLIGIBLE * mean
    shared = both["annual"] * natural / both["change"].where(~stable)
    annual_natural = shared.where(~stable, mean_natural)
    return both.assign(
        natural=natural,
        migratory=migratory,
        annual_natural=annual_natural,
        annual_migratory=both["annual"] - annual_natural,
        mean_natural=mean_natural,
        mean_migratory=100 * migratory / (both["years"] * mean),
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
    flows = flows.dropna(subset="value")
    whole = flows[(flows["since"] == since) & (flows["year"] == until)]
    yearly = flows[
        (flows["since"] >= since) & (flows["year"] <= until) & (flows["year"] - flows["since"] == 1)
    ]
    each = yearly.groupby(keys, observed=True)
    sums = pd.DataFrame({"value": each["value"].sum(), "known": each["since"].nunique()}).reset_index()
    sums = provenance.mark(sums, yearly, by=keys).rename(columns={"sources": "source"})
    both = pd.concat([whole[columns], sums.loc[sums["known"] == until - since, columns]], ignore_index=True)
    return both.drop_duplicates(keys, keep="first", ignore_index=True)


def census_series(population: pd.DataFrame, *, territory: str) -> pd.DataFrame:
    """Population at censuses at least five years apart, from before 2000 to the latest: `territory, year, POP`.

    Empty when no date before 2000 is at hand.
    """
    wide = provenance.widen(population, keys=["territory", "year"], variables=["POP"])
    wide = wide[wide["territory"] == territory]
    series = vintages.keep(wide, vintages.spaced(wide))
    return series if (series["year"] < _LONG_AGO).any() else series.iloc[:0]


def census_index(population: pd.DataFrame, *, territory: str) -> pd.DataFrame:
    """The dates of `census_series`, 100 at the first one of the territory: `territory, year, POP, index`.

    Others have their own dates, five years apart at least; those that are not known at the first one are left out.
    """
    own = census_series(population, territory=territory)
    if own.empty:
        return own.assign(index=pd.Series(dtype="float64"))
    wide = provenance.widen(population, keys=["territory", "year"], variables=["POP"])
    spaced = [
        vintages.keep(each, vintages.spaced(each)) for _, each in wide.groupby("territory", observed=True)
    ]
    return _rebase(pd.concat(spaced, ignore_index=True), base=int(own["year"].iloc[0]))


def periods(
    population: pd.DataFrame, flows: pd.DataFrame, *, territory: str, since: int, until: int
) -> list[tuple[int, int]]:
    """The intercensal periods of a territory, oldest first: `since` to `until`, then back in time.

    Each ends where the next begins, or before; it lasts five years at least, its births are published as a whole
    and its two populations are known. They follow one another: they are never added up, and no two overlap.
    """
    people = population[(population["territory"] == territory) & (population["variable"] == "POP")]
    known = {int(year) for year in people["year"]}
    births = flows[(flows["territory"] == territory) & (flows["variable"] == "NAIS")]
    published = {(int(start), int(end)) for start, end in zip(births["since"], births["year"], strict=True)}
    published = {
        (start, end) for start, end in published if end - start >= vintages.GAP and {start, end} <= known
    }
    chain = [(since, until)]
    while earlier := [period for period in published if period[1] <= chain[0][0]]:
        # The latest end, then the shortest period.
        chain.insert(0, max(earlier, key=lambda period: (period[1], period[0])))
    return chain


def balances_by_period(
    population: pd.DataFrame, flows: pd.DataFrame, *, periods: Sequence[tuple[int, int]]
) -> pd.DataFrame:
    """`balances` over several periods, one row by `period` (`1999-2008`) and territory that knows both."""
    frames = [balances(population, flows, since=since, until=until) for since, until in periods]
    every = pd.concat(frames, ignore_index=True)
    every.insert(0, "period", every["since"].astype("str") + "-" + every["until"].astype("str"))
    return every


def compared_periods(by_period: pd.DataFrame) -> pd.DataFrame:
    """The rows of `balances_by_period` that have another beside them: a period alone is told by `balances`."""
    known = by_period.groupby("territory", observed=True)["period"].transform("size")
    return by_period[known > 1]


def yearly_balances(by_period: pd.DataFrame) -> pd.DataFrame:
    """The two balances of each period: `part, balance, balance_year` (persons, persons a year) beside its dates.

    Periods do not last as long as one another: only what they give a year stands side by side.
    """
    long = _by_part(by_period, _BALANCES, value="balance")
    return long.assign(balance_year=long["balance"] / long["years"])[
        [*_OF_A_PERIOD, "part", "balance", "balance_year", *provenance.COLUMNS]
    ]


def vital_rates(by_period: pd.DataFrame) -> pd.DataFrame:
    """Births and deaths of each period: `part, events, per_mille` beside its dates.

    `per_mille`: events a year for a thousand inhabitants of the mean of both populations.
    """
    long = _by_part(by_period, _EVENTS, value="events")
    mean = (long["POP_0"] + long["POP_1"]) / 2
    return long.assign(per_mille=1000 * long["events"] / (long["years"] * mean.where(mean > 0)))[
        [*_OF_A_PERIOD, "part", "events", "per_mille", *provenance.COLUMNS]
    ]


def straddles_questionnaire(since: int, until: int) -> bool:
    """Whether the questionnaire of 2018 is in surveys of the end of a period and not in all those of its start.

    Insee asks for caution in reading such changes, and the apparent migratory balance with them.
    """
    return since - _HALF_CYCLE < _QUESTIONNAIRE <= until + _HALF_CYCLE


def _by_part(by_period: pd.DataFrame, parts: Mapping[str, str], *, value: str) -> pd.DataFrame:
    """One row by period and part, in the order of the periods."""
    keys = [*_OF_A_PERIOD, "years", *provenance.COLUMNS]
    sides = [by_period[keys].assign(part=label, **{value: by_period[name]}) for name, label in parts.items()]
    return pd.concat(sides).sort_values(["since", "territory"], kind="stable", ignore_index=True)
