"""The housing stock: categories, types, tenure, social housing."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers import provenance
from helpers.indicators import vintages
from helpers.indicators.changes import Gain
from helpers.indicators.crosstabs import (
    Column,
    Parts,
    Stack,
    at,
    by_year,
    figures,
    gather,
    over_time,
    parts_of,
)
from helpers.indicators.cube import Cube
from helpers.indicators.definitions.terms import RENTED_HLM, SECOND_HOMES, SOCIAL, VACANT
from helpers.indicators.measures import Period, Ratio
from helpers.indicators.quantities import MAIN_HOMES, POPULATION, STOCK, Quantity
from helpers.indicators.registry import find_measure

CATEGORIES = Parts(
    "category",
    {
        "RP": ("principales", "Résidences principales"),
        "RSECOCC": ("secondaires", "Résidences secondaires et logements occasionnels"),
        "LOGVAC": ("vacance", "Logements vacants"),
    },
)
TYPES = Parts(
    "type",
    {
        "RPMAISON": ("principales_maisons", "Maisons"),
        "RPAPPART": ("principales_appartements", "Appartements"),
        "RPAUTRE": ("principales_autres", "Autres logements"),
    },
)
STOCK_TYPES = Parts(
    "type",
    {
        "MAISON": ("maisons", "Maisons"),
        "APPART": ("appartements", "Appartements"),
        "AUTRE": ("autres_logements", "Autres logements"),
    },
)
TENURES = Parts(
    "status",
    {
        "RP_PROP": ("proprietaires", "Propriétaires occupants"),
        "RP_LOCHLMV": ("hlm", "Locataires HLM (logement loué vide)"),
        "RP_LOCAUT": ("locataires_prives", "Locataires hors HLM (privé, meublé)"),
        "RP_GRAT": ("gratuit", "Logés gratuitement"),
    },
)

# What the main homes gained are made of: what each is called, and its indicator.
GAINS = {
    "RP": ("Résidences principales", "principales_gain"),
    # In short: the table of tenures has the rest.
    **{
        code: (label.split(" (")[0].removesuffix(" occupants"), f"{name}_gain")
        for code, (name, label) in TENURES.parts.items()
    },
}

# The stock and its categories between two dates: what each is, how it grows, the points of its share.
_CHANGES: dict[str, tuple[str, Quantity, str, str]] = {
    "LOG": ("Ensemble des logements", STOCK, "parc_evolution", ""),
    "RP": ("Résidences principales", MAIN_HOMES, "principales_evolution", "principales"),
    "RSECOCC": (
        "Résidences secondaires et logements occasionnels",
        SECOND_HOMES,
        "secondaires_evolution",
        "secondaires",
    ),
    "LOGVAC": ("Logements vacants", VACANT, "vacants_evolution", "vacance"),
}
_COLUMNS = [
    "category", "label", "since", "until", "years", "value_0", "value_1", "change", "annual", "share_0", "share_1",
    "points", "count", "base",
]  # fmt: skip

# From so much of the stock (%), second homes are what is said of it first: about the extreme tenth of communes.
_STAYS = 12.0


def categories(dwellings: pd.DataFrame, *, year: int) -> pd.DataFrame:
    """Give main, second and vacant homes: `territory, category, label, value, share` (homes, % of the stock)."""
    return parts_of(Cube({"dwellings": dwellings}), CATEGORIES, years=[year])


def of_stays(categories: pd.DataFrame, *, territory: str) -> pd.DataFrame:
    """Keep `categories` where second homes make the stock of a territory, more than vacant ones; no row elsewhere."""
    own = categories[categories["territory"] == territory].set_index("category")["share"]
    shares = (float(own.get(name, np.nan)) for name in ("RSECOCC", "LOGVAC"))
    return categories if is_of_stays(*shares) else categories.iloc[:0]


def is_of_stays(second: float, vacant: float) -> bool:
    """Say whether second homes (% of the stock) make it, and are more than vacant ones; not where either is missing."""
    return second >= _STAYS and second > vacant


def tenure(dwellings: pd.DataFrame, *, years: list[int]) -> pd.DataFrame:
    """Give main homes by tenure: `territory, year, status, label, value, share` (homes, % of main homes)."""
    return parts_of(Cube({"dwellings": dwellings}), TENURES, years=years)


def owners(dwellings: pd.DataFrame, *, year: int) -> pd.DataFrame:
    """Give owner occupiers: `territory, year, RP, value, rate` (homes, homes, % of main homes)."""
    cube, owned = Cube({"dwellings": dwellings}), find_measure("proprietaires", Ratio)
    columns: dict[str, Column] = {
        "RP": MAIN_HOMES.read(cube, year=year),
        "value": owned.top.read(cube, year=year),
        "rate": owned.compute(cube, at(year)),
    }
    return gather(cube, columns, year=year)


def tenure_years(dwellings: pd.DataFrame, *, territory: str) -> list[int]:
    """List the dates, five years apart at least, at which the tenure of a territory is known."""
    cube = Cube({"dwellings": dwellings})
    known = parts_of(cube, TENURES, years=TENURES.years(cube))
    return vintages.spaced(known[known["territory"] == territory])


def gains(dwellings: pd.DataFrame, *, territory: str) -> pd.DataFrame:
    """Give what the main homes of a territory gained, in all then by tenure, between the last two dates of tenure.

    Columns `status, label, since, until, value_0, value_1, gain, give_or_take, count, base` (homes): `give_or_take` is
    the margin of the gain, 2 √(value_0 + value_1). Empty without two dates.
    """
    cube = Cube({"dwellings": dwellings[dwellings["territory"] == territory]})
    years, stack = tenure_years(dwellings, territory=territory), Stack(cube)
    for rank, (code, (label, identifier)) in enumerate(GAINS.items()):
        if len(years) < 2:
            break
        period, measure = Period(years[-2], years[-1]), find_measure(identifier, Gain)
        found = measure.compute(cube, period)
        columns: dict[str, Column] = {
            "value_0": measure.quantity.read(cube, year=period.since),
            "value_1": measure.quantity.read(cube, year=period.until),
            "gain": found,
            "give_or_take": found.margin(),
            "count": found.count,
            "base": found.base,
        }
        same = {"status": code, "label": label, "rank": rank, "since": period.since, "until": period.until}
        stack.add(columns, optional=["base"], **same)
    names = [
        "status", "label", "since", "until", "value_0", "value_1", "gain", "give_or_take", "count", "base"
    ]  # fmt: skip
    frame = stack.frame(names, by=["rank"]).drop(columns="territory")
    return frame if len(frame) == len(GAINS) else frame.iloc[:0]


def series(dwellings: pd.DataFrame, *, territory: str, until: int | None = None) -> pd.DataFrame:
    """Give the stock by category at dates five years apart at least: `territory, year, category, label, value, share`.

    Up to `until`: a census whose surveys are partly those of another is no date more. Empty when a single date is at
    hand.
    """
    frame = over_time(Cube({"dwellings": dwellings}), CATEGORIES, territory=territory, until=until)
    return frame if frame["year"].nunique() > 1 else frame.iloc[:0]


def changes(dwellings: pd.DataFrame, *, territory: str, until: int) -> pd.DataFrame:
    """Compare the stock and its categories at the last two dates, five years apart, up to `until`.

    Columns `category, label, since, until, years, value_0, value_1` (homes), `change` (homes), `annual` (% a year),
    `share_0, share_1` (% of the stock), `points` (share_1 − share_0, in points: never a change in %), `count` and
    `base` (the fewest homes of the category, and of the stock). The dates are
    the last that have every category, or else main and second homes alone, without shares nor points. Empty without
    two dates.
    """
    own = dwellings[dwellings["territory"] == territory]
    # What is real first: two categories known at two dates before four of which one date is simulated.
    for rows in (own[own["origin"] != "demonstration"], own):
        cube = Cube({"dwellings": rows})
        for names in (list(_CHANGES), ["RP", "RSECOCC"]):
            years = _known_years(cube, [_CHANGES[name][1] for name in names], until=until)
            if len(years) > 1:
                return _compare(cube, names, Period(years[-2], years[-1]))
    return pd.DataFrame(columns=[*_COLUMNS, *provenance.COLUMNS])


def _known_years(cube: Cube, quantities: list[Quantity], *, until: int) -> list[int]:
    stack = Stack(cube)
    for year in sorted(set.intersection(*(one.years(cube) for one in quantities))):
        stack.add({str(rank): one.read(cube, year=year) for rank, one in enumerate(quantities)}, year=year)
    return vintages.spaced(stack.frame(["year"]), until=until)


def _compare(cube: Cube, names: list[str], period: Period) -> pd.DataFrame:
    """Give the rows of `changes` between two dates at which all the categories named are known."""
    stack, shares = Stack(cube), "LOG" in names
    for rank, name in enumerate(names):
        label, quantity, growth, share = _CHANGES[name]
        start, end = (quantity.read(cube, year=year) for year in (period.since, period.until))
        columns: dict[str, Column] = {
            "value_0": start,
            "value_1": end,
            "count": np.minimum(start.value, end.value),
            "base": np.minimum(*(STOCK.read(cube, year=year).value for year in (period.since, period.until))),
            "change": end.value - start.value,
            "annual": figures(cube, growth, period),
        }
        if shares:
            columns |= _shares(cube, share, period)
        same = {"category": name, "label": label, "rank": rank, "since": period.since, "until": period.until}
        stack.add(
            columns, optional=["annual", "base", "share_0", "share_1", "points"], **same, years=period.years
        )
    given = [name for name in _COLUMNS if shares or name not in ("share_0", "share_1", "points", "base")]
    frame = stack.frame(given, by=["rank"]).drop(columns="territory")
    return frame.dropna(axis="columns", how="all")


def _shares(cube: Cube, share: str, period: Period) -> dict[str, Column]:
    """Give the share of a category at both dates, and its points; that of the whole is itself."""
    if share:
        start, end = (figures(cube, share, at(year)) for year in (period.since, period.until))
        return {"share_0": start, "share_1": end, "points": figures(cube, f"{share}_points", period)}
    whole = {
        side: 100 * STOCK.read(cube, year=year).value / STOCK.read(cube, year=year).value
        for side, year in (("share_0", period.since), ("share_1", period.until))
    }
    return {**whole, "points": whole["share_1"] - whole["share_0"]}


def types(dwellings: pd.DataFrame, *, year: int) -> pd.DataFrame:
    """Give main homes by type: `territory, year, type, label, value, share` (% of main homes).

    Others are homes for the old, hostels, makeshift homes.
    """
    return parts_of(Cube({"dwellings": dwellings}), TYPES, years=[year])


def types_over_time(dwellings: pd.DataFrame, *, territory: str) -> pd.DataFrame:
    """Give a territory's homes by type, over the stock and over main homes, at dates five years apart.

    Columns `territory, year, field, bar, type, label, value, share`; `field` says over what, `bar` adds the date.
    """
    cube = Cube({"dwellings": dwellings})
    fields = {"Ensemble des logements": STOCK_TYPES, "Résidences principales": TYPES}
    frames = [
        over_time(cube, parts, territory=territory).assign(field=field) for field, parts in fields.items()
    ]
    both = pd.concat([frame for frame in frames if len(frame)] or frames, ignore_index=True)
    return both.assign(bar=both["field"] + ", " + both["year"].astype("str"))


def main_homes_since(
    dwellings: pd.DataFrame, population: pd.DataFrame, *, territory: str, until: int
) -> pd.DataFrame:
    """Compare main homes and people from the last date, five years before `until`, at which a territory has both.

    Columns `territory, RP_0, RP_1, POP_0, POP_1, annual_homes, annual_people, since, until, years`, and
    `people_per_home_0` and `_1` = POP / RP: persons outside ordinary homes included, hence not the mean size of
    households. Empty when there is no such date.
    """
    tables = {"dwellings": dwellings, "population": population}
    cube = Cube({name: table[table["territory"] == territory] for name, table in tables.items()})
    known = by_year(
        cube, {"people_per_home": "occupation"}, years=MAIN_HOMES.years(cube) & POPULATION.years(cube)
    )
    years = vintages.spaced(known[known["territory"] == territory], until=until)
    period = Period(years[-2], until) if len(years) > 1 else Period(0, 0)
    columns: dict[str, Column] = {
        f"{name}_{side}": quantity.read(cube, year=year)
        for name, quantity in (("RP", MAIN_HOMES), ("POP", POPULATION))
        for side, year in (("0", period.since), ("1", period.until))
    }
    columns |= {
        "annual_homes": figures(cube, "principales_evolution", period),
        "annual_people": figures(cube, "croissance", period),
        "people_per_home_0": figures(cube, "occupation", at(period.since)),
        "people_per_home_1": figures(cube, "occupation", at(period.until)),
    }
    return gather(cube, columns).assign(since=period.since, until=period.until, years=period.years)


def growth_pair(together: pd.DataFrame) -> pd.DataFrame:
    """Set the two growths of `main_homes_since` one under the other: `territory, label, rate, count` (% a year).

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
    """Set side by side two measures of social housing that are not to be mixed: `territory, RP, RP_LOCHLMV, RPLS,
    declared_rate, register_rate, register_year`.

    `declared_rate` is what tenants tell the census, `register_rate` the landlords' register (of another year) over the
    main homes of the census. Neither is the SRU rate. Simulated counts are left out: the register is real, so is the
    table.
    """
    real = dwellings[dwellings["origin"] != "demonstration"]
    cube = Cube({"dwellings": real, "social_housing": social_housing})
    latest = max(SOCIAL.years(cube), default=0)
    columns: dict[str, Column] = {
        "RP": MAIN_HOMES.read(cube, year=year),
        "RP_LOCHLMV": RENTED_HLM.read(cube, year=year),
        "RPLS": SOCIAL.read(cube, year=latest),
        "declared_rate": figures(cube, "hlm", at(year)),
        "register_rate": figures(cube, "social", at(year), year=latest),
    }
    return gather(cube, columns, optional=["RP_LOCHLMV", "declared_rate", "register_rate"]).assign(
        register_year=latest
    )
