"""The housing stock: categories, tenure, social housing."""

from __future__ import annotations

import pandas as pd

from helpers import provenance
from helpers.indicators import dates
from helpers.indicators.growth import annual_change

CATEGORIES = {
    "RP": "Résidences principales",
    "RSECOCC": "Résidences secondaires et logements occasionnels",
    "LOGVAC": "Logements vacants",
}
TENURES = {
    "RP_PROP": "Propriétaires occupants",
    "RP_LOCHLMV": "Locataires HLM (logement loué vide)",
    "RP_LOCAUT": "Autres locataires (privé, meublé)",
    "RP_GRAT": "Logés gratuitement",
}


def categories(dwellings: pd.DataFrame, *, year: int) -> pd.DataFrame:
    """Main, second and vacant homes: `territory, category, label, value, share` (homes, % of the stock)."""
    wide = provenance.widen(dwellings, keys=["territory", "year"], variables=["LOG", *CATEGORIES])
    return _shares(wide[wide["year"] == year], whole="LOG", labels=CATEGORIES, kind="category")


def tenure(dwellings: pd.DataFrame, *, years: list[int]) -> pd.DataFrame:
    """Main homes by tenure: `territory, year, status, label, value, share` (homes, % of main homes).

    Other tenants = RP_LOC − RP_LOCHLMV; housed free = RP − RP_PROP − RP_LOC.
    """
    wide = provenance.widen(
        dwellings, keys=["territory", "year"], variables=["RP", "RP_PROP", "RP_LOC", "RP_LOCHLMV"]
    )
    wide = wide[wide["year"].isin(years)]
    wide = wide.assign(
        RP_LOCAUT=wide["RP_LOC"] - wide["RP_LOCHLMV"],
        RP_GRAT=(wide["RP"] - wide["RP_PROP"] - wide["RP_LOC"]).clip(0),
    )
    return _shares(wide, whole="RP", labels=TENURES, kind="status")


def owners(dwellings: pd.DataFrame, *, year: int) -> pd.DataFrame:
    """Owner occupiers: `territory, year, RP, value, rate`; rate = 100 × RP_PROP / RP."""
    wide = provenance.widen(dwellings, keys=["territory", "year"], variables=["RP", "RP_PROP"])
    wide = wide[wide["year"] == year].rename(columns={"RP_PROP": "value"})
    return wide.assign(rate=100 * wide["value"] / wide["RP"].where(wide["RP"] > 0)).dropna(subset="rate")


def tenure_years(dwellings: pd.DataFrame, *, territory: str) -> list[int]:
    """The dates, five years apart at least, at which the tenure of a territory is known."""
    wide = provenance.widen(
        dwellings[dwellings["territory"] == territory],
        keys=["territory", "year"],
        variables=["RP", "RP_PROP", "RP_LOC", "RP_LOCHLMV"],
    )
    return dates.spaced(wide)


def series(dwellings: pd.DataFrame, *, territory: str) -> pd.DataFrame:
    """The stock by category at dates five years apart at least: `year, category, label, value, share`.

    Empty when a single date is at hand.
    """
    wide = provenance.widen(dwellings, keys=["territory", "year"], variables=["LOG", *CATEGORIES])
    wide = wide[wide["territory"] == territory]
    kept = dates.keep(wide, dates.spaced(wide))
    kept = kept if len(kept) > 1 else kept.iloc[:0]
    return _shares(kept, whole="LOG", labels=CATEGORIES, kind="category")


def main_homes(dwellings: pd.DataFrame, population: pd.DataFrame, *, since: int, until: int) -> pd.DataFrame:
    """Main homes and people between two dates: `RP_0, RP_1, POP_0, POP_1, annual_homes, annual_people`.

    Also `people_per_home_0` and `_1` = POP / RP: persons outside ordinary homes included, hence not the
    mean size of households.
    """
    return _growths(_people_and_homes(dwellings, population), since=since, until=until)


def main_homes_since(
    dwellings: pd.DataFrame, population: pd.DataFrame, *, territory: str, until: int
) -> pd.DataFrame:
    """`main_homes` from the last date five years before `until` at which a territory has both figures.

    Empty when there is no such date.
    """
    both = _people_and_homes(dwellings, population)
    own = both[both["territory"] == territory]
    known = dates.spaced(own, until=until)
    earlier = own if len(known) > 1 else own.iloc[:0]
    return _growths(earlier, since=known[-2] if len(known) > 1 else until, until=until)


def _people_and_homes(dwellings: pd.DataFrame, population: pd.DataFrame) -> pd.DataFrame:
    """Main homes and people at every date that has both: `territory, year, RP, POP`."""
    homes = provenance.widen(dwellings, keys=["territory", "year"], variables=["RP"])
    people = provenance.widen(population, keys=["territory", "year"], variables=["POP"])
    return provenance.join(homes, people, on=["territory", "year"], suffixes=("_homes", "_people"))


def _growths(both: pd.DataFrame, *, since: int, until: int) -> pd.DataFrame:
    """The columns of `main_homes`, from people and homes at every date."""
    both = provenance.between(both, since=since, until=until)
    return both.assign(
        annual_homes=annual_change(both["RP_0"], both["RP_1"], both["years"]),
        annual_people=annual_change(both["POP_0"], both["POP_1"], both["years"]),
        people_per_home_0=both["POP_0"] / both["RP_0"].where(both["RP_0"] > 0),
        people_per_home_1=both["POP_1"] / both["RP_1"].where(both["RP_1"] > 0),
    )


def growth_pair(together: pd.DataFrame) -> pd.DataFrame:
    """The two growths of `main_homes`, one under the other: `territory, label, rate` (% a year)."""
    names = {"annual_people": "Population", "annual_homes": "Résidences principales"}
    long = together.melt(
        id_vars=["territory", "since", "until", *provenance.COLUMNS],
        value_vars=list(names),
        var_name="item",
        value_name="rate",
    )
    return long.assign(label=long["item"].map(names))


def social(dwellings: pd.DataFrame, social_housing: pd.DataFrame, *, year: int) -> pd.DataFrame:
    """Two measures of social housing that are not to be mixed: `territory, RP, RP_LOCHLMV, RPLS,
    declared_rate, register_rate`.

    `declared_rate` = 100 × RP_LOCHLMV / RP: what tenants tell the census. `register_rate` = 100 × RPLS / RP:
    the landlords' register (of another year) over the main homes of the census. Neither is the SRU rate.
    Simulated counts are left out: the register is real, so is the table.
    """
    real = dwellings[dwellings["origin"] != "demonstration"]
    homes = provenance.widen(real, keys=["territory", "year"], variables=["RP"], optional=["RP_LOCHLMV"])
    homes = homes[homes["year"] == year].drop(columns="year")
    latest = social_housing[social_housing["year"] == social_housing["year"].max()]
    register = provenance.widen(latest, keys=["territory"], variables=["RPLS"])
    both = provenance.join(homes, register, on=["territory"], suffixes=("_homes", "_register"))
    whole = both["RP"].where(both["RP"] > 0)
    return both.assign(
        declared_rate=100 * both["RP_LOCHLMV"] / whole,
        register_rate=100 * both["RPLS"] / whole,
        register_year=latest["year"].max(),
    )


def _shares(wide: pd.DataFrame, *, whole: str, labels: dict[str, str], kind: str) -> pd.DataFrame:
    long = wide.melt(
        id_vars=["territory", "year", whole, *provenance.COLUMNS], value_vars=list(labels), var_name=kind
    )
    long["label"] = long[kind].map(labels)
    long["share"] = 100 * long["value"] / long[whole].where(long[whole] > 0)
    order = {key: rank for rank, key in enumerate(labels)}
    long = long.sort_values(
        ["territory", "year", kind], key=lambda column: column.map(order) if column.name == kind else column
    )
    return long.drop(columns=whole).dropna(subset="share").reset_index(drop=True)
