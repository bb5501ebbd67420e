"""Geographic mobility: who lived elsewhere a year before, and where."""

from __future__ import annotations

import pandas as pd

from helpers import provenance

# Insee's places of residence one year before (POP T4): 1, the same home, is of those who have not moved.
_STAYED = "POP01P_IRAN1"
_WITHIN = "POP01P_IRAN2"
PLACES = {
    _WITHIN: "Autre logement de la commune",
    "POP01P_IRAN3": "Autre commune du département",
    "POP01P_IRAN4": "Autre département de la région",
    "POP01P_IRAN5": "Autre région de métropole",
    # Insee's two last places, whose border is not the same in all its files.
    "BEYOND": "Outre-mer ou étranger",
}


def newcomers(mobility: pd.DataFrame, *, year: int) -> pd.DataFrame:
    """People who lived in another commune a year before: `territory, year, POP01P, moved, arrived, moved_rate, rate`.

    POP01P: persons of one year or more; `moved`, those who lived in another home; `arrived`, those of them who lived
    in another commune, another country included; the two rates are in % of POP01P. In a territory of several
    communes, people who come from another commune of the same territory have arrived too.
    """
    wide = provenance.widen(
        mobility[mobility["year"] == year], keys=["territory", "year"], variables=["POP01P", _STAYED, _WITHIN]
    )
    moved = (wide["POP01P"] - wide[_STAYED]).clip(lower=0)
    arrived = (moved - wide[_WITHIN]).clip(lower=0)
    people = wide["POP01P"].where(wide["POP01P"] > 0)
    told = wide.assign(
        moved=moved, arrived=arrived, moved_rate=100 * moved / people, rate=100 * arrived / people
    )
    columns = ["territory", "year", "POP01P", "moved", "arrived", "moved_rate", "rate", *provenance.COLUMNS]
    return told[columns].dropna(subset="rate").sort_values("territory", ignore_index=True)


def origins(mobility: pd.DataFrame, *, year: int) -> pd.DataFrame:
    """Where those who changed homes within a year came from: `territory, year, place, label, value, share`.

    `value` in persons of one year or more, `share` in % of those who changed homes. Overseas and abroad are what is
    left of everybody. A territory where nobody moved has no row.
    """
    known = [place for place in PLACES if place != "BEYOND"]
    wide = provenance.widen(
        mobility[mobility["year"] == year], keys=["territory", "year"], variables=["POP01P", _STAYED, *known]
    )
    beyond = (wide["POP01P"] - wide[[_STAYED, *known]].sum(axis=1)).clip(lower=0)
    long = wide.assign(BEYOND=beyond).melt(
        id_vars=["territory", "year", *provenance.COLUMNS], value_vars=list(PLACES), var_name="place"
    )
    moved = long.groupby("territory", observed=True)["value"].transform("sum")
    long = long.assign(label=long["place"].map(PLACES), share=100 * long["value"] / moved.where(moved > 0))
    order = {place: rank for rank, place in enumerate(PLACES)}
    long = long.sort_values(["territory", "place"], key=lambda c: c.map(order) if c.name == "place" else c)
    return long.dropna(subset="share").reset_index(drop=True)
