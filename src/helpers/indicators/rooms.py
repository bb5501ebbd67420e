"""The size of main homes, beside that of the households in them."""

from __future__ import annotations

import pandas as pd

from helpers import provenance
from helpers.indicators import households as families
from helpers.indicators.shares import at_dates, shares

ROOMS = {
    "RP_1P": "1 pièce",
    "RP_2P": "2 pièces",
    "RP_3P": "3 pièces",
    "RP_4P": "4 pièces",
    "RP_5PP": "5 pièces ou plus",
}
SMALL_HOMES = ("RP_1P", "RP_2P")
# A small household and a large home: persons at most, rooms at least.
SMALL_HOUSEHOLD, LARGE_HOME = 2, 5
HOMES, FAMILIES = "Résidences principales, par nombre de pièces", "Ménages, par nombre de personnes"

_KEYS = ["territory", "year"]
_SMALL, _LARGE = list(families.PERSONS[:SMALL_HOUSEHOLD]), list(ROOMS)[LARGE_HOME - 1 :]


def homes(dwellings: pd.DataFrame, *, territory: str) -> pd.DataFrame:
    """Main homes by number of rooms at dates five years apart: `territory, year, rooms, label, value, share`."""
    wide = provenance.widen(dwellings, keys=_KEYS, variables=["RP", *ROOMS])
    return shares(at_dates(wide, territory=territory), whole="RP", labels=ROOMS, kind="rooms")


def means(dwellings: pd.DataFrame, households: pd.DataFrame, *, year: int) -> pd.DataFrame:
    """Rooms of main homes at a year: `territory, year, rooms_per_home, size, rooms_per_person`.

    NBPI_RP / RP, PMEN / RP and NBPI_RP / PMEN: people in communities are in none of them.
    """
    rooms = provenance.widen(dwellings, keys=_KEYS, variables=["RP", "NBPI_RP"])
    people = provenance.widen(households, keys=_KEYS, variables=["PMEN"])
    both = provenance.join(rooms, people, on=_KEYS, suffixes=("_homes", "_people"))
    both = both[(both["year"] == year) & (both["RP"] > 0) & (both["PMEN"] > 0)]
    return both.assign(
        rooms_per_home=both["NBPI_RP"] / both["RP"],
        size=both["PMEN"] / both["RP"],
        rooms_per_person=both["NBPI_RP"] / both["PMEN"],
    ).reset_index(drop=True)


def beside_households(dwellings: pd.DataFrame, households: pd.DataFrame, *, territory: str) -> pd.DataFrame:
    """Main homes by rooms beside households by persons, at the last date that has both.

    Columns `territory, year, part` (which of the two)`, label` (1, 2, 3, 4, 5 or over)`, value, share`.
    """
    rooms = homes(dwellings, territory=territory)
    sizes = families.by_size(households, territory=territory).assign(territory=territory)
    year = max({*rooms["year"]} & {*sizes["year"]}, default=None)
    columns = ["territory", "year", "part", "label", "value", "share", *provenance.COLUMNS]
    if year is None:
        return pd.DataFrame(columns=columns)
    both = pd.concat([rooms.assign(part=HOMES), sizes.assign(part=FAMILIES)], ignore_index=True)
    plain = both["label"].str.replace(r" (?:pièces?|personnes?)", "", regex=True)
    return both.assign(label=plain).loc[both["year"] == year, columns].reset_index(drop=True)


def small_in_large(dwellings: pd.DataFrame, households: pd.DataFrame, *, territory: str) -> pd.DataFrame:
    """The `bounds` of a territory at the last date that `beside_households` has, without `territory`; empty without one."""
    shown = beside_households(dwellings, households, territory=territory)
    both = bounds(dwellings, households)
    own = both[(both["territory"] == territory) & both["year"].isin(shown["year"])]
    return own.drop(columns="territory").reset_index(drop=True)


def bounds(dwellings: pd.DataFrame, households: pd.DataFrame) -> pd.DataFrame:
    """Small households in large homes, bounded by the two counts alone: `territory, year, homes, large,
    small_households, least, most` (main homes)`, least_share, most_share` (% of them).

    The crossing of rooms and persons is not published by commune in the sources. Of N homes, L of which are large and S
    inhabited by a small household, at least max(0, L + S − N) are both, and at most min(L, S) (Fréchet). Every place
    and date that has both counts.
    """
    by_rooms = provenance.widen(dwellings, keys=_KEYS, variables=["RP", *ROOMS])
    by_persons = provenance.widen(households, keys=_KEYS, variables=families.PERSONS)
    both = provenance.join(by_rooms, by_persons, on=_KEYS, suffixes=("_rooms", "_persons"))
    both = both[both["RP"] > 0]
    everything, large = both[list(ROOMS)].sum(axis=1), both[_LARGE].sum(axis=1)
    small = both[_SMALL].sum(axis=1)
    least, most = (large + small - everything).clip(lower=0.0), large.where(large < small, small)
    return pd.DataFrame(
        {
            **{name: both[name] for name in _KEYS},
            "homes": everything,
            "large": large,
            "small_households": small,
            "least": least,
            "most": most,
            "least_share": 100 * least / everything,
            "most_share": 100 * most / everything,
            **{name: both[name] for name in provenance.COLUMNS},
        }
    )
