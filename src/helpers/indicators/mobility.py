"""Geographic mobility: who lived elsewhere a year before, and where."""

from __future__ import annotations

import pandas as pd

from helpers import provenance
from helpers.indicators.crosstabs import Column, Parts, at, gather, parts_of
from helpers.indicators.cube import Cube
from helpers.indicators.measures import Ratio
from helpers.indicators.registry import find_measure

# Insee's places of residence one year before (POP T4) of those who have changed homes.
PLACES = Parts(
    "place",
    {
        "POP01P_IRAN2": ("venus_commune", "Autre logement de la commune"),
        "POP01P_IRAN3": ("venus_departement", "Autre commune du département"),
        "POP01P_IRAN4": ("venus_region", "Autre département de la région"),
        "POP01P_IRAN5": ("venus_metropole", "Autre région de métropole"),
        # Insee's two last places, whose border is not the same in all its files.
        "BEYOND": ("venus_ailleurs", "Outre-mer ou étranger"),
    },
)


def newcomers(mobility: pd.DataFrame, *, year: int) -> pd.DataFrame:
    """Count the newcomers of a year: `territory, year, POP01P, moved, arrived, moved_rate, rate`.

    POP01P: persons of one year or more; `moved`, those who lived in another home; `arrived`, those of them who lived
    in another commune, another country included; the two rates are in % of POP01P. In a territory of several
    communes, people who come from another commune of the same territory have arrived too.
    """
    cube = Cube({"mobility": mobility})
    moved, arrived = (find_measure(identifier, Ratio) for identifier in ("emmenages", "arrivees"))
    columns: dict[str, Column] = {
        "POP01P": moved.bottom.read(cube, year=year),
        "moved": moved.top.read(cube, year=year),
        "arrived": arrived.top.read(cube, year=year),
        "moved_rate": moved.compute(cube, at(year)),
        "rate": arrived.compute(cube, at(year)),
    }
    return gather(cube, columns, year=year)[["territory", "year", *columns, *provenance.COLUMNS]]


def origins(mobility: pd.DataFrame, *, year: int) -> pd.DataFrame:
    """Give the places those who changed homes within a year came from: `territory, year, place, label, value, share`.

    `value` in persons of one year or more, `share` in % of those who changed homes. Overseas and abroad are what is
    left of everybody. A territory where nobody moved has no row.
    """
    return parts_of(Cube({"mobility": mobility}), PLACES, years=[year])
