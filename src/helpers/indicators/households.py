"""Households: their number, their size, who they are made of."""

from __future__ import annotations

import pandas as pd

from helpers import provenance
from helpers.indicators import vintages
from helpers.indicators.crosstabs import Parts, Stack, at, at_dates, over_time, parts_of, sampled
from helpers.indicators.cube import Cube, Tables
from helpers.indicators.measures import Ratio
from helpers.indicators.registry import find_measure
from helpers.indicators.values import first_known

COMPOSITIONS = Parts(
    "kind",
    {
        "C_MENPSEUL": ("personnes_seules", "Personnes seules"),
        "C_MENCOUPSENF": ("couples_sans_enfant", "Couples sans enfant"),
        "C_MENCOUPAENF": ("couples_avec_enfants", "Couples avec enfants"),
        "C_MENFAMMONO": ("monoparentales", "Familles monoparentales"),
        "C_MENSFAM": ("autres_sans_famille", "Autres ménages sans famille"),
    },
)
SIZES = Parts(
    "kind",
    {
        "MEN_1": ("menages_de_1", "1 personne"),
        "MEN_2": ("menages_de_2", "2 personnes"),
        "MEN_3": ("menages_de_3", "3 personnes"),
        "MEN_4": ("menages_de_4", "4 personnes"),
        "MEN_5P": ("menages_de_5_ou_plus", "5 personnes ou plus"),
    },
)
# People of an age who live alone are counted over everybody of that age.
_ALONE = {"65 à 79 ans": "seuls_65_79", "80 ans ou plus": "seuls_80"}


def size(households: pd.DataFrame, dwellings: pd.DataFrame) -> pd.DataFrame:
    """Give the mean size of households at dates five years apart: `territory, year, size, count` (persons, homes).

    Where Insee has published the size itself (TMM), that figure is the one given. `count`: the main homes that it
    rests on.
    """
    cube, measure = (
        Cube({"households": households, "dwellings": dwellings}),
        find_measure("taille_menages", Ratio),
    )
    stack = Stack(cube)
    for year in sorted(measure.top.years(cube) | cube.years("households", "TMM")):
        mean = first_known([cube.column("households", "TMM", year), measure.compute(cube, at(year)).values])
        homes = measure.bottom.read(cube, year=year).value
        stack.add({"size": mean, "count": homes}, optional=["count"], year=year)
    return keep_spaced(stack.frame(["year", "size", "count"], by=["year"]))


def composition(
    households: pd.DataFrame, *, territory: str, population: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Give households by type at dates five years apart at least: `year, kind, label, value, share` (% of them).

    Exploitation complémentaire throughout: given its `population`, a place under 2 000 inhabitants is left out.
    """
    cube = Cube({"households": households})
    every = parts_of(cube, COMPOSITIONS, years=COMPOSITIONS.years(cube))
    every = every if population is None else sampled(every, population)
    return at_dates(every, territory=territory).drop(columns="territory")


def by_size(households: pd.DataFrame, *, territory: str) -> pd.DataFrame:
    """Give households by number of persons at dates five years apart at least: `year, kind, label, value, share`.

    `share` is in % of the households of every size.
    """
    return over_time(Cube({"households": households}), SIZES, territory=territory).drop(columns="territory")


def living_alone(households: pd.DataFrame, by_age: Tables, *, until: int) -> pd.DataFrame:
    """Give the old who live alone: `territory, year, label, alone, people, share` (persons, persons, % of them).

    Dates up to `until`, five years apart at least. `people`: everybody of that age, communities included.
    """
    cube = Cube({"households": households, **by_age})
    frames = []
    for label, identifier in _ALONE.items():
        measure, stack = find_measure(identifier, Ratio), Stack(cube)
        for year in sorted(year for year in measure.top.years(cube) if year <= until):
            alone, people = (one.read(cube, year=year) for one in (measure.top, measure.bottom))
            stack.add({"alone": alone, "people": people, "share": measure.compute(cube, at(year))}, year=year)
        frames.append(keep_spaced(stack.frame(["year", "alone", "people", "share"])).assign(label=label))
    columns = ["territory", "year", "label", "alone", "people", "share", *provenance.COLUMNS]
    return pd.concat(frames, ignore_index=True)[columns]


def keep_spaced(frame: pd.DataFrame) -> pd.DataFrame:
    """Keep the rows of each territory at dates five years apart at least."""
    kept = [
        vintages.keep(rows, vintages.spaced(rows))
        for _, rows in frame.groupby("territory", observed=True, sort=True)
    ]
    return pd.concat(kept, ignore_index=True) if kept else frame
