"""The same generations at two dates."""

from __future__ import annotations

import pandas as pd

from helpers import french
from helpers.territory.communes import Commune
from helpers.wording.finding import Finding, guard_finding


@guard_finding
def generations(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe the generation whose rate of ownership rises most.

    Reads `since, until, year, low, label` (ages at the first date), `rate` (%). Title and reading: its rates at both
    dates. Says nothing when no generation is known at both. No takeaway.
    """
    since, until = int(data["since"].iloc[0]), int(data["until"].iloc[0])
    # A date where no rate is significant has no column of its own.
    rates = data.pivot_table(index=["low", "label"], columns="year", values="rate")
    rates = rates.reindex(columns=[since, until])
    change = (rates[until] - rates[since]).dropna()
    if change.empty:
        return Finding()
    low, label = change.idxmax()
    before, after = rates.loc[(low, label), since], rates.loc[(low, label), until]
    title = (
        f"Ceux qui avaient {label} : {french.percent(before)} en logement possédé alors, "
        f"{french.percent(after)} en {until}"
    )
    reading = (
        f"parmi les habitants qui avaient {label}, {french.percent(before)} vivaient dans un logement possédé ; "
        f"{french.percent(after)} de la même génération en {until}."
    )
    return Finding(title, reading)


@guard_finding
def everyone_followed(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe the generation that gains most people, or loses fewest.

    Reads `since, until, generation, people_0, people_1, gain` (persons), `ratio`. Title and reading: that generation;
    headline: how many generations lose people. Says nothing when no gain is known. No takeaway.
    """
    data = data.dropna(subset="gain")
    if data.empty:
        return Finding()
    since, until = int(data["since"].iloc[0]), int(data["until"].iloc[0])
    gain = data.loc[data["gain"].idxmax()]
    aged = str(gain["generation"]).removesuffix(f" en {since}")
    rising = gain["gain"] > 0
    title = (
        f"La génération qui avait {aged} en {since} est celle qui {'gagne' if rising else 'perd'} le "
        f"{'plus' if rising else 'moins'} d’habitants jusqu’en {until}"
    )
    reading = (
        f"{french.count(gain['people_0'])} habitants avaient {aged} en {since} ; {french.count(gain['people_1'])} "
        f"sont de la même génération en {until} ({french.number(gain['gain'], signed=True)}), soit "
        f"{french.number(gain['ratio'], digits=2)} pour un."
    )
    fewer = int((data["gain"] < 0).sum())
    how_many = (
        f"{fewer} générations sur {len(data)} comptent"
        if fewer > 1
        else f"Une génération sur {len(data)} compte"
    )
    headline = f"{how_many} moins d’habitants en {until} qu’en {since}" if fewer else ""
    return Finding(title, reading, headline=headline)
