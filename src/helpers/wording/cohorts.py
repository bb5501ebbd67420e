"""The same generations at two dates."""

from __future__ import annotations

import pandas as pd

from helpers import french
from helpers.territory.communes import Commune
from helpers.wording.ages import aged as after_have
from helpers.wording.finding import Finding, guard_finding

# The first age of generations that choose where they live.
_ADULT = 20


@guard_finding
def generations(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe the generation of adults whose rate of ownership rises most; children live where their parents do.

    Reads `since, until, year, low, label` (ages at the first date), `rate` (%). Title: that generation; reading: its
    rates at both dates. Says nothing when no generation is known at both. No takeaway.
    """
    since, until = int(data["since"].iloc[0]), int(data["until"].iloc[0])
    # A date where no rate is significant has no column of its own.
    rates = data.pivot_table(index=["low", "label"], columns="year", values="rate")
    rates = rates.reindex(columns=[since, until])
    change = (rates[until] - rates[since]).dropna()
    change = change[change.index.get_level_values("low") >= _ADULT]
    if change.empty:
        return Finding()
    low, label = change.idxmax()
    before, after = (
        french.percent(rates.loc[(low, label), since]),
        french.percent(rates.loc[(low, label), until]),
    )
    who = str(label).removesuffix(f" en {since}")
    title = f"La génération de {who} en {since} accède le plus à la propriété"
    if change.max() <= 0:
        title = "Aucune génération n’accède davantage à la propriété"
    reading = (
        f"parmi les habitants qui avaient {after_have(who)} en {since}, {before} vivaient dans un logement dont leur "
        f"ménage est propriétaire ; {after} de la même génération en {until}."
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
    verb = "gagne le plus" if gain["gain"] > 0 else "perd le moins"
    title = f"La génération de {aged} en {since} {verb} d’habitants"
    reading = (
        f"{french.number(gain['people_0'])} {french.plural(gain['people_0'], 'habitant avait', 'habitants avaient')} "
        f"{after_have(aged)} en {since} ; {french.number(gain['people_1'])} "
        f"{french.plural(gain['people_1'], 'est', 'sont')} de la même génération en {until}."
    )
    fewer = int((data["gain"] < 0).sum())
    how_many = (
        f"{fewer} générations sur {len(data)} comptent"
        if fewer > 1
        else f"Une génération sur {len(data)} compte"
    )
    headline = f"{how_many} moins d’habitants en {until} qu’en {since}" if fewer else ""
    return Finding(title, reading, headline=headline)
