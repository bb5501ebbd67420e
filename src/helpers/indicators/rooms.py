"""The size of main homes, beside that of the households in them."""

from __future__ import annotations

import pandas as pd

from helpers import provenance
from helpers.indicators import households as families
from helpers.indicators.crosstabs import Parts, Stack, at, figures, over_time
from helpers.indicators.cube import Cube
from helpers.indicators.definitions import main_homes
from helpers.indicators.formulas import Formula
from helpers.indicators.measures import Ratio
from helpers.indicators.registry import find_measure

ROOMS = Parts(
    "rooms",
    {
        "RP_1P": ("pieces_1", "1 pièce"),
        "RP_2P": ("pieces_2", "2 pièces"),
        "RP_3P": ("pieces_3", "3 pièces"),
        "RP_4P": ("pieces_4", "4 pièces"),
        "RP_5PP": ("grands", "5 pièces ou plus"),
    },
)
SMALL_HOMES = ("RP_1P", "RP_2P")
# A small household and a large home: persons at most, rooms at least.
SMALL_HOUSEHOLD, LARGE_HOME = 2, 5
HOMES, FAMILIES = "Résidences principales, par nombre de pièces", "Ménages, par nombre de personnes"

_MEANS = {"rooms_per_home": "pieces", "size": "taille_menages", "rooms_per_person": "pieces_occupant"}
_LEAST, _MOST = "petits_menages_grands_logements_min", "petits_menages_grands_logements_max"


def homes(dwellings: pd.DataFrame, *, territory: str) -> pd.DataFrame:
    """Give main homes by number of rooms at dates five years apart: `territory, year, rooms, label, value, share`."""
    return over_time(Cube({"dwellings": dwellings}), ROOMS, territory=territory)


def means(dwellings: pd.DataFrame, households: pd.DataFrame, *, year: int) -> pd.DataFrame:
    """Give the rooms of main homes at a year: `territory, year, rooms_per_home, size, rooms_per_person`, `RP`, `PMEN`.

    People in communities are in none of them.
    """
    cube = Cube({"dwellings": dwellings, "households": households})
    per_person = find_measure("pieces_occupant", Ratio)
    stack = Stack(cube)
    columns = {name: figures(cube, identifier, at(year)) for name, identifier in _MEANS.items()}
    counted = {
        "RP": find_measure("pieces", Ratio).bottom.read(cube, year=year),
        "NBPI_RP": per_person.top.read(cube, year=year),
        "PMEN": per_person.bottom.read(cube, year=year),
    }
    stack.add({**counted, **columns}, year=year)
    return stack.frame(["year", *counted, *columns])


def beside_households(dwellings: pd.DataFrame, households: pd.DataFrame, *, territory: str) -> pd.DataFrame:
    """Set main homes by rooms beside households by persons, at the last date that has both.

    Columns `territory, year, part` (which of the two)`, label` (1, 2, 3, 4, 5 or over)`, value, share`.
    """
    rooms = homes(dwellings, territory=territory)
    sizes = families.by_size(households, territory=territory).assign(territory=territory)
    year = max({*rooms["year"]} & {*sizes["year"]}, default=None)
    columns = ["territory", "year", "part", "label", "value", "share", "base", *provenance.COLUMNS]
    if year is None:
        return pd.DataFrame(columns=columns)
    both = pd.concat([rooms.assign(part=HOMES), sizes.assign(part=FAMILIES)], ignore_index=True)
    plain = both["label"].str.replace(r" (?:pièces?|personnes?)", "", regex=True)
    return both.assign(label=plain).loc[both["year"] == year, columns].reset_index(drop=True)


def small_in_large(dwellings: pd.DataFrame, households: pd.DataFrame, *, territory: str) -> pd.DataFrame:
    """Bound the number of small households in large homes, at the last date that `beside_households` has.

    Columns `year, homes, large, small_households, least, most` (main homes)`, least_share, most_share` (% of them): the
    crossing of rooms and persons is not published by commune in the sources. Empty where it cannot be reported.
    """
    shown = beside_households(dwellings, households, territory=territory)
    tables = {"dwellings": dwellings, "households": households}
    cube = Cube({name: table[table["territory"] == territory] for name, table in tables.items()})
    stack = Stack(cube)
    for year in sorted({*shown["year"]}):
        stack.add(_bounds(cube, year), year=year)
    names = ["year", "homes", "large", "small_households", "least", "most", "least_share", "most_share"]
    return stack.frame(names).drop(columns="territory")


def _bounds(cube: Cube, year: int) -> dict:
    """Both bounds at a year, and the counts that they are made of."""
    least, most = (find_measure(identifier, Formula) for identifier in (_LEAST, _MOST))
    terms = {name: term.values for name, term in least.terms(cube, at(year), year).items()}
    arrays = {name: values.value for name, values in terms.items()}
    return {
        "homes": terms["roomed_1"],
        "large": terms["large_1"],
        "small_households": terms["small_1"],
        "least": main_homes.least(arrays),
        "most": main_homes.most(arrays),
        "least_share": least.compute(cube, at(year)),
        "most_share": most.compute(cube, at(year)),
    }
