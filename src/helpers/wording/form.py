"""What the one-page form of a village says: the name of each count, the place of its neighbours, what they say."""

from __future__ import annotations

from math import sqrt

import pandas as pd

from helpers import french
from helpers.indicators.measures import ERRORS
from helpers.indicators.reliability import FRAGILE, SAFE
from helpers.problems.selection import LEAST_PEOPLE
from helpers.territory.communes import Commune
from helpers.territory.vicinity import SMALL, TOGETHER, Vicinity
from helpers.wording.finding import of_epci

# The name of each count, and what the rate of the whole is.
_PER_HOME, _PER_THOUSAND = "des logements", f"par an pour {french.number(1000)} habitants"
_NAMES = {
    "people": ("Habitants", "par an depuis dix ans"),
    "before": ("Habitants, dix ans avant", ""),
    "births": ("Naissances", _PER_THOUSAND),
    "deaths": ("Décès", _PER_THOUSAND),
    "main": ("Résidences principales", _PER_HOME),
    "second": ("Résidences secondaires et logements occasionnels", _PER_HOME),
    "vacant": ("Logements vacants", _PER_HOME),
    "owned": ("Résidences principales occupées par leur propriétaire", "des résidences principales"),
    "starts": ("Logements commencés (chantiers déclarés)", _PER_THOUSAND),
    "outside": ("Personnes vivant hors ménages", "de la population"),
}
# A population that changes by less than this (% a year) is reported as stable.
_STABLE = 0.1


def is_small(people: float) -> bool:
    """Say whether a commune of so many inhabitants has a one-page form in place of messages, rates and cards."""
    return people < LEAST_PEOPLE


def has_whole(data: pd.DataFrame, vicinity: Vicinity) -> bool:
    """Say whether the neighbours are enough for shares and rates. Reads `counted, whole`."""
    people = data.loc[data["counted"] == "people", "whole"]
    return bool(vicinity.codes) and bool((people >= TOGETHER).any())


def written_rows(data: pd.DataFrame) -> list[tuple[str, str, str, str, str]]:
    """Write each row of `helpers.indicators.form`: name, date, count of the village and of the whole, its rate."""
    return [
        (
            _NAMES[row.counted][0],
            str(row.until) if row.since == row.until else f"{row.since} à {row.until}",
            _count(row.value, register=row.register),
            _count(row.whole, register=row.register),
            _rate(row.counted, row.rate),
        )
        for row in data.itertuples(index=False)
    ]


def _count(value: float, *, register: bool) -> str:
    """Write a count, a star after one of the census under 500, two under 200."""
    if not french.is_missing(value) and french.number_value(value) == 0:
        # One number beside its name, not a cell among others: the dash of tables would be taken for a missing one.
        return "0"
    text = french.count(value)
    if register or french.is_missing(value) or value >= SAFE:
        return text
    return f"{text}{french.NBSP}{'*' if value >= FRAGILE else '**'}"


def _rate(counted: str, rate: float) -> str:
    if french.is_missing(rate):
        return ""
    unit = _NAMES[counted][1]
    if unit == _PER_THOUSAND:
        return f"{french.number(rate, digits=1)} {unit}"
    return f"{french.percent(rate, signed=counted == 'people')} {unit}"


def caption(commune: Commune) -> str:
    """Write the title of the form."""
    return f"{commune.name} en nombres"


def rule(commune: Commune) -> str:
    """Write what the form is, and why it has no rate."""
    return (
        f"{commune.name} compte moins de {LEAST_PEOPLE} habitants : une naissance ou un départ de plus y changerait un "
        "taux du tout au tout. La fiche donne donc des nombres, sans taux, sans rang ni évolution : à la commune, qui "
        "connaît chaque maison, de dire ce qu’ils cachent."
    )


def marks() -> str:
    """Write what the stars after counts of the census mean."""
    return f"* : moins de {SAFE} ; ** : moins de {FRAGILE}, à manier avec précaution."


def group(vicinity: Vicinity) -> str:
    """Write the neighbours after an article: `24 communes de moins de 2 000 habitants de la CC du Diois`."""
    return f"{vicinity.size} communes de moins de {french.number(SMALL)} habitants {_of(vicinity)}"


def _of(vicinity: Vicinity) -> str:
    """Write a territory after a noun: `de la MEL`, `de l’arrondissement de Die`, `du département (Drôme)`."""
    territory = vicinity.territory
    if territory is None:
        return ""
    if territory.level == "epci":
        return of_epci(territory.name)
    if territory.level == "arrondissement":
        return f"de l’{french.uncapitalize(territory.name)}"
    return f"du département ({territory.name})"


def describe_group(data: pd.DataFrame, vicinity: Vicinity) -> str:
    """Write what the neighbours are, then what their figures say together: people, births and deaths.

    Reads `counted, since, until, whole, rate`.
    """
    rows = data.set_index("counted")
    sentences = [
        f"Pour comparer, elle réunit les {group(vicinity)}, la commune comprise : ensemble, elles sont assez peuplées "
        "pour que des parts et des rythmes se lisent."
    ]
    heard = [clause for clause in (_growth(rows), _natural(rows)) if clause]
    if heard:
        sentences.append(f"{french.capitalize(' ; '.join(heard))}.")
    return " ".join(sentences)


def _growth(rows: pd.DataFrame) -> str:
    """Say which way the population of the neighbours goes."""
    rate = rows["rate"].get("people", float("nan"))
    if french.is_missing(rate):
        return ""
    way = "gagnent" if rate > 0 else "perdent"
    since = f"depuis {int(rows.loc['people', 'until']) - 10}"
    if abs(rate) < _STABLE:
        return f"elles gardent à peu près autant d’habitants {since}"
    return f"elles {way} des habitants {since}"


def _natural(rows: pd.DataFrame) -> str:
    """Say whether births exceed deaths among the neighbours, by more than chance."""
    if not {"births", "deaths"} <= set(rows.index):
        return ""
    births, deaths = (float(rows.loc[name, "whole"]) for name in ("births", "deaths"))
    if french.is_missing(births) or french.is_missing(deaths):
        return ""
    dates = f"de {int(rows.loc['births', 'since'])} à {int(rows.loc['births', 'until'])}"
    gap = births - deaths
    if abs(gap) <= ERRORS * sqrt(births + deaths):
        return f"naissances et décès s’y équilibrent {dates}"
    return f"les naissances y sont {'plus' if gap > 0 else 'moins'} nombreuses que les décès {dates}"
