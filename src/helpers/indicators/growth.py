"""Population over time, and what makes it change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from helpers import provenance
from helpers.indicators import vintages
from helpers.indicators.crosstabs import Column, Stack, figures, gather
from helpers.indicators.cube import Cube
from helpers.indicators.definitions.terms import BIRTHS, DEATHS
from helpers.indicators.measures import Period
from helpers.indicators.quantities import POPULATION

# The columns of `balances` and their indicators.
_FIGURES = {
    "change": "population_variation",
    "natural": "naturel_effectif",
    "migratory": "migratoire_effectif",
    "annual": "croissance",
    "annual_natural": "solde_naturel",
    "annual_migratory": "solde_migratoire",
    "mean_natural": "solde_naturel_moyen",
    "mean_migratory": "solde_migratoire_moyen",
    "birth_rate": "natalite",
    "death_rate": "mortalite",
}
# A long series begins before this year.
_LONG_AGO = 2000
# Insee changed the questionnaire of the census with the survey of 2018. A vintage rests on the five surveys around it.
_QUESTIONNAIRE = 2018
_HALF_CYCLE = 2

# The two balances, and births and deaths, with the column of `balances` that counts them over a period.
_BALANCES = {"natural": "Solde naturel", "migratory": "Solde migratoire apparent"}
_EVENTS = {"NAIS": "Natalité", "DECE": "Mortalité"}
_RATES = {"birth_rate": "Natalité", "death_rate": "Mortalité"}
_BALANCES_ORDER = [
    "POP_0", "POP_1", "since", "until", "years", "change", "annual", "NAIS", "DECE", "natural", "migratory",
    "annual_natural", "annual_migratory", "mean_natural", "mean_migratory", "birth_rate", "death_rate",
]  # fmt: skip
_OF_A_PERIOD = ["period", "territory", "since", "until", "POP_0", "POP_1"]


def index(population: pd.DataFrame, *, base: int) -> pd.DataFrame:
    """Give the population with 100 at year `base`: `territory, year, POP, index`, from `base` on.

    Territories without a value at `base` are left out.
    """
    cube = Cube({"population": population})
    years = [year for year in sorted(POPULATION.years(cube)) if base <= year]
    return _rebase(cube, base=base, years=years)


def _rebase(cube: Cube, *, base: int, years: Sequence[int]) -> pd.DataFrame:
    stack = Stack(cube)
    for year in years:
        columns: dict[str, Column] = {
            "POP": POPULATION.read(cube, year=year),
            "index": figures(cube, "population_indice", Period(base, year)),
        }
        stack.add(columns, year=year)
    return stack.frame(["year", "POP", "index"], by=["year"])


def change(population: pd.DataFrame, *, since: int, until: int) -> pd.DataFrame:
    """Give the population at two dates: `territory, POP_0, POP_1, since, until, years, change, annual`.

    `POP_0`, `POP_1` and `change` are persons, `annual` is in % a year.
    """
    cube, period = Cube({"population": population}), Period(since, until)
    columns: dict[str, Column] = {
        "POP_0": POPULATION.read(cube, year=since),
        "POP_1": POPULATION.read(cube, year=until),
        "change": figures(cube, "population_variation", period),
        "annual": figures(cube, "croissance", period),
    }
    found = gather(cube, columns, optional=["annual"], since=since, until=until, years=period.years)
    names = ["territory", "POP_0", "POP_1", "since", "until", "years", "change", "annual"]
    return found[[*names, *provenance.COLUMNS]]


def balances(population: pd.DataFrame, flows: pd.DataFrame, *, since: int, until: int) -> pd.DataFrame:
    """Give the natural and the apparent migratory balance between two censuses.

    Columns: `POP_0, POP_1, NAIS, DECE, change, natural, migratory` (persons), `annual, annual_natural,
    annual_migratory, mean_natural, mean_migratory` (% a year), `birth_rate, death_rate` (per thousand a year), as
    `helpers.indicators.definitions.balances` defines them.
    """
    cube, period = Cube({"population": population, "flows": flows}), Period(since, until)
    columns: dict[str, Column] = {
        "POP_0": POPULATION.read(cube, year=since),
        "POP_1": POPULATION.read(cube, year=until),
        "NAIS": BIRTHS.during(cube, since, until),
        "DECE": DEATHS.during(cube, since, until),
    }
    columns |= {name: figures(cube, identifier, period) for name, identifier in _FIGURES.items()}
    optional = [name for name in _FIGURES if name not in ("natural", "migratory", "change")]
    found = gather(cube, columns, optional=optional, since=since, until=until, years=period.years)
    return found[["territory", *_BALANCES_ORDER, *provenance.COLUMNS]]


def census_series(population: pd.DataFrame, *, territory: str) -> pd.DataFrame:
    """Give the population at censuses five years apart, from before 2000 to the latest: `territory, year, POP`.

    Empty when no date before 2000 is at hand.
    """
    wide = provenance.widen(population, keys=["territory", "year"], variables=["POP"])
    wide = wide[wide["territory"] == territory]
    series = vintages.keep(wide, vintages.spaced(wide))
    return series if (series["year"] < _LONG_AGO).any() else series.iloc[:0]


def census_index(population: pd.DataFrame, *, territory: str) -> pd.DataFrame:
    """Give the population with 100 at the first date of `census_series`: `territory, year, POP, index`.

    Others have their own dates, five years apart at least; those that are not known at the first one are left out.
    """
    own = census_series(population, territory=territory)
    if own.empty:
        return own.assign(index=pd.Series(dtype="float64"))
    cube = Cube({"population": population})
    base = int(own["year"].iloc[0])
    every = _rebase(cube, base=base, years=[year for year in sorted(POPULATION.years(cube)) if year >= base])
    wide = provenance.widen(population, keys=["territory", "year"], variables=["POP"])
    spaced = {
        (name, year)
        for name, rows in wide.groupby("territory", observed=True)
        for year in vintages.spaced(rows)
    }
    kept = [pair in spaced for pair in zip(every["territory"], every["year"], strict=True)]
    return every[kept].reset_index(drop=True)


def periods(
    population: pd.DataFrame, flows: pd.DataFrame, *, territory: str, since: int, until: int
) -> list[tuple[int, int]]:
    """List the intercensal periods of a territory, oldest first: `since` to `until`, then back in time.

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
    """Keep the rows of `balances_by_period` that have another beside them: a period alone is reported by `balances`."""
    known = by_period.groupby("territory", observed=True)["period"].transform("size")
    return by_period[known > 1]


def yearly_balances(by_period: pd.DataFrame) -> pd.DataFrame:
    """Give the two balances of each period: `part, balance, balance_year` (persons, persons a year) beside its dates.

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
    events, rates = (_by_part(by_period, parts, value="events") for parts in (_EVENTS, _RATES))
    return events.assign(per_mille=rates["events"])[
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
