"""How long households have lived in their home."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers import provenance
from helpers.indicators import vintages
from helpers.indicators.crosstabs import Parts, Stack, at, by_year, figures, gather, over_time
from helpers.indicators.cube import Cube
from helpers.indicators.measures import Ratio
from helpers.indicators.registry import find_measure

STAYS = Parts(
    "stay",
    {
        "MEN_ANEM0002": ("installes_2", "Moins de 2 ans"),
        "MEN_ANEM0204": ("installes_2_4", "2 à 4 ans"),
        "MEN_ANEM0509": ("installes_5_9", "5 à 9 ans"),
        "MEN_ANEM1019": ("installes_10_19", "10 à 19 ans"),
        "MEN_ANEM2029": ("installes_20_29", "20 à 29 ans"),
        "MEN_ANEM30P": ("installes_30", "30 ans ou plus"),
    },
)
LONG = ("MEN_ANEM1019", "MEN_ANEM2029", "MEN_ANEM30P")
# Marks of mobility: recent stays, and long ones.
_MARKS = {"recent": "installes_2", "ten": "installes_10", "thirty": "installes_30"}
TENURES = {
    "anciennete": "Ensemble",
    "anciennete_proprietaires": "Propriétaires occupants",
    "anciennete_hlm": "Locataires HLM (logement loué vide)",
    "anciennete_locataires": "Locataires, HLM compris",
    "anciennete_gratuit": "Logés gratuitement",
}


def classes(dwellings: pd.DataFrame, *, territory: str) -> pd.DataFrame:
    """Give main homes by years since the household came: `territory, year, stay, label, value, share` (% of main
    homes).

    Dates are five years apart at least.
    """
    return over_time(Cube({"dwellings": dwellings}), STAYS, territory=territory)


def marks(dwellings: pd.DataFrame, *, year: int) -> pd.DataFrame:
    """Give recent and long stays at a year: `territory, year, recent, ten, thirty` (% of main homes)`, count`.

    `recent`: under two years, which stands for the yearly mobility of the stock; `ten`, `thirty`: so many years or
    more; `count`: the fewest homes that one of the three rests on.
    """
    cube = Cube({"dwellings": dwellings})
    found = {name: figures(cube, identifier, at(year)) for name, identifier in _MARKS.items()}
    count = np.minimum.reduce([one.count for one in found.values()])
    base = np.minimum.reduce([one.base for one in found.values()])
    frame = gather(cube, {**found, "count": count, "base": base}, year=year)
    return frame[["territory", "year", *found, "count", "base", *provenance.COLUMNS]]


def means(dwellings: pd.DataFrame, *, territory: str) -> pd.DataFrame:
    """Give the mean years in the home by tenure, at the last date that has them: `year, label, homes, seniority`.

    All tenants hold those of social housing: their rows do not add up.
    """
    cube = Cube({"dwellings": dwellings[dwellings["territory"] == territory]})
    stack = Stack(cube)
    for rank, (identifier, label) in enumerate(TENURES.items()):
        measure = find_measure(identifier, Ratio)
        known = by_year(cube, {"seniority": identifier}, years=measure.top.years(cube))
        for year in vintages.spaced(known)[-1:]:
            homes = measure.bottom.read(cube, year=year)
            stack.add(
                {"homes": homes, "seniority": measure.compute(cube, at(year))},
                rank=rank,
                label=label,
                year=year,
            )
    frame = stack.frame(["year", "label", "homes", "seniority"], by=["rank"]).drop(columns="territory")
    return frame[frame["year"] == frame["year"].max()].reset_index(drop=True)
