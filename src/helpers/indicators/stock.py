"""The housing stock: categories, tenure, social housing."""

from __future__ import annotations

import pandas as pd

from helpers import provenance
from helpers.indicators import vintages
from helpers.indicators.growth import annual_change
from helpers.indicators.shares import at_dates, shares

CATEGORIES = {
    "RP": "Résidences principales",
    "RSECOCC": "Résidences secondaires et logements occasionnels",
    "LOGVAC": "Logements vacants",
}
TYPES = {"RPMAISON": "Maisons", "RPAPPART": "Appartements", "RPAUTRE": "Autres logements"}
STOCK_TYPES = {"MAISON": "Maisons", "APPART": "Appartements", "AUTRE": "Autres logements"}
TENURES = {
    "RP_PROP": "Propriétaires occupants",
    "RP_LOCHLMV": "Locataires HLM (logement loué vide)",
    "RP_LOCAUT": "Autres locataires (privé, meublé)",
    "RP_GRAT": "Logés gratuitement",
}


def categories(dwellings: pd.DataFrame, *, year: int) -> pd.DataFrame:
    """Main, second and vacant homes: `territory, category, label, value, share` (homes, % of the stock)."""
    wide = provenance.widen(dwellings, keys=["territory", "year"], variables=["LOG", *CATEGORIES])
    return shares(wide[wide["year"] == year], whole="LOG", labels=CATEGORIES, kind="category")


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
    return shares(wide, whole="RP", labels=TENURES, kind="status")


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
    return vintages.spaced(wide)


def series(dwellings: pd.DataFrame, *, territory: str) -> pd.DataFrame:
    """The stock by category at dates five years apart at least: `year, category, label, value, share`.

    Empty when a single date is at hand.
    """
    wide = provenance.widen(dwellings, keys=["territory", "year"], variables=["LOG", *CATEGORIES])
    wide = wide[wide["territory"] == territory]
    kept = vintages.keep(wide, vintages.spaced(wide))
    kept = kept if len(kept) > 1 else kept.iloc[:0]
    return shares(kept, whole="LOG", labels=CATEGORIES, kind="category")


def changes(dwellings: pd.DataFrame, *, territory: str, until: int) -> pd.DataFrame:
    """The stock and its categories between the last two dates, five years apart, up to `until`.

    Columns `category, label, since, until, years, value_0, value_1` (homes), `change` (homes), `annual` (% a
    year), `share_0, share_1` (% of the stock) and `points` (share_1 − share_0, in points: never a change in %). The dates
    are the last that have every category, or else main and second homes alone, without shares nor points. Empty without
    two dates.
    """
    for variables in (["LOG", *CATEGORIES], ["RP", "RSECOCC"]):
        wide = provenance.widen(dwellings, keys=["territory", "year"], variables=variables)
        own = at_dates(wide, territory=territory, until=until)
        if len(own) > 1:
            break
    labels = {"LOG": "Ensemble des logements", **CATEGORIES}
    frames = [_change(own, name, label) for name, label in labels.items() if name in own and len(own) > 1]
    columns = [
        "category", "label", "since", "until", "years", "value_0", "value_1", "change", "annual",
        "share_0", "share_1", "points", *provenance.COLUMNS,
    ]  # fmt: skip
    if not frames:
        return pd.DataFrame(columns=columns)
    return pd.concat(frames, ignore_index=True)[columns].dropna(axis="columns", how="all")


def _change(own: pd.DataFrame, name: str, label: str) -> pd.DataFrame:
    """One category at the last two dates of a territory."""
    stock = own["LOG"].where(own["LOG"] > 0) if "LOG" in own else float("nan")
    told = own.assign(value=own[name], share=100 * own[name] / stock)
    told = told[["territory", "year", "value", "share", *provenance.COLUMNS]]
    since, until = (int(year) for year in own["year"].iloc[-2:])
    both = provenance.between(told, since=since, until=until)
    return both.assign(
        category=name,
        label=label,
        change=both["value_1"] - both["value_0"],
        annual=annual_change(both["value_0"], both["value_1"], both["years"]),
        points=both["share_1"] - both["share_0"],
    )


def types(dwellings: pd.DataFrame, *, year: int) -> pd.DataFrame:
    """Main homes by type: `territory, year, type, label, value, share` (% of main homes).

    Others (homes for the old, hostels, makeshift homes) = RP − RPMAISON − RPAPPART.
    """
    wide = provenance.widen(dwellings, keys=["territory", "year"], variables=["RP", "RPMAISON", "RPAPPART"])
    wide = wide[wide["year"] == year]
    wide = wide.assign(RPAUTRE=(wide["RP"] - wide["RPMAISON"] - wide["RPAPPART"]).clip(0))
    return shares(wide, whole="RP", labels=TYPES, kind="type")


def types_over_time(dwellings: pd.DataFrame, *, territory: str) -> pd.DataFrame:
    """A territory's homes by type, over the stock and over main homes, at dates five years apart.

    Columns `territory, year, field, bar, type, label, value, share`; `field` says over what, `bar` adds the date.
    """
    frames = []
    for whole, field, labels in (
        ("LOG", "Ensemble des logements", STOCK_TYPES),
        ("RP", "Résidences principales", TYPES),
    ):
        *known, other = labels
        wide = provenance.widen(dwellings, keys=["territory", "year"], variables=[whole, *known])
        own = at_dates(wide, territory=territory)
        own = own.assign(**{other: (own[whole] - own[known].sum(axis=1)).clip(0)})
        frames.append(shares(own, whole=whole, labels=labels, kind="type").assign(field=field))
    both = pd.concat(frames, ignore_index=True)
    return both.assign(bar=both["field"] + ", " + both["year"].astype("str"))


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
    known = vintages.spaced(own, until=until)
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
    """The two growths of `main_homes`, one under the other: `territory, label, rate, count` (% a year).

    `count`: the people or the main homes, whichever date has fewer, that the growth rests on.
    """
    names = {"annual_people": "Population", "annual_homes": "Résidences principales"}
    long = together.melt(
        id_vars=["territory", "since", "until", *provenance.COLUMNS],
        value_vars=list(names),
        var_name="item",
        value_name="rate",
    )
    homes, people = (together[[f"{name}_0", f"{name}_1"]].min(axis=1) for name in ("RP", "POP"))
    return long.assign(label=long["item"].map(names), count=[*people, *homes])


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
