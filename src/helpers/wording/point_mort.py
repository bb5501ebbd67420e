"""What the homes built were for: findings on the past, never a need to come."""

from __future__ import annotations

import pandas as pd

from helpers import french
from helpers.indicators.definitions.link import LARGE_RENEWAL
from helpers.indicators.homes_occupancy import EVERY_TENURE
from helpers.indicators.household_effect import give_or_take, is_small
from helpers.indicators.point_mort import built as built_or_started
from helpers.indicators.reliability import FRAGILE
from helpers.territory.communes import Commune
from helpers.wording.finding import Finding, first_other, more_or_less, rows_of, started, telling

_MAIN = ("résidence principale", "résidences principales")

# What is printed beside every figure of a convention.
_CONVENTIONS = {
    "A": "convention A : taille des ménages de fin de période",
    "B": "convention B : taille des ménages de début de période",
}


def convention(name: str) -> str:
    """How a convention of the point mort reads in a note."""
    return _CONVENTIONS[name]


def delivery(lag: int) -> str:
    """What a note adds where homes are counted as they are delivered; nothing without a lag."""
    if not lag:
        return ""
    return f" ; livraison supposée {french.quantity(lag, 'an')} après l’ouverture du chantier"


@telling
def household_effect(data: pd.DataFrame, commune: Commune, *, convention: str = "A") -> Finding:
    """What household change took of the homes, on the last period."""
    own = rows_of(data, commune).iloc[-1]
    since, until = int(own["since"]), int(own["until"])
    homes, people = own["homes_1"] - own["homes_0"], own["people_1"] - own["people_0"]
    changed = (
        f"De {since} à {until}, {french.quantity(homes, *_MAIN, signed=True)} et "
        f"{french.quantity(people, 'personne', signed=True)} dans les ménages"
    )
    told = _effect_at_the_end(own) if convention == "A" else _effect_at_the_start(own)
    reading, takeaway = told
    headline = (
        f"De {since} à {until}, {more_or_less(homes)} de résidences principales et {more_or_less(people)} de personnes "
        "dans les ménages"
    )
    return Finding(changed, f"{reading}.", f"{changed} ; {takeaway}.", headline=headline)


def _effect_at_the_end(own: pd.Series) -> tuple[str, str]:
    """Convention A: the homes that the people of the start take at the size of the end."""
    since, until, amount = int(own["since"]), int(own["until"]), own["decohabitation"]
    told, around = _homes(abs(amount)), _around(own, amount)
    sizes = (
        f"à la taille des ménages de {until} ({french.number(own['size_1'], digits=2)} personnes, contre "
        f"{french.number(own['size_0'], digits=2)} en {since})"
    )
    if french.number_value(amount) == 0:
        return (
            f"{sizes}, la population de {since} occuperait autant de résidences principales",
            "une population stable n’en aurait demandé ni plus ni moins",
        )
    if amount > 0:
        return (
            f"{sizes}, loger la population de {since} aurait demandé {told} de plus{around} : c’est le desserrement",
            f"une population stable en aurait demandé {french.number(amount, signed=True)}{around}, c’est le desserrement des ménages",
        )
    return (
        f"{sizes}, la population de {since} aurait tenu dans {told} de moins{around} : les ménages se sont agrandis, c’est un "
        "resserrement",
        f"une population stable en aurait demandé {french.number(amount, signed=True)}{around}, c’est un resserrement des ménages",
    )


def _effect_at_the_start(own: pd.Series) -> tuple[str, str]:
    """Convention B: the homes that the change of people takes at the size of the start."""
    since, until, amount = int(own["since"]), int(own["until"]), own["decohabitation"]
    effect, around = french.number(own["demographic"], signed=True), _around(own, own["demographic"])
    word = "desserrement" if french.number_value(amount) >= 0 else "resserrement"
    return (
        f"à la taille des ménages de {since} ({french.number(own['size_0'], digits=2)} personnes, "
        f"{french.number(own['size_1'], digits=2)} en {until}), la variation de la population des ménages représente "
        f"{effect} résidences principales{around} ; le reste, {french.number(amount, signed=True)}, est le {word} des ménages",
        f"effet démographique {effect}{around}, {word} {french.number(amount, signed=True)} (convention B)",
    )


def _homes(amount: float) -> str:
    return french.quantity(amount, *_MAIN)


def _around(own: pd.Series, amount: float) -> str:
    """` (± 12)` in a small commune, where an amount is an order of magnitude."""
    if not bool(is_small(own.to_frame().T).iloc[0]):
        return ""
    return f" (±{french.NBSP}{french.number(give_or_take(pd.Series([amount])).iloc[0])})"


@telling
def break_even(data: pd.DataFrame, commune: Commune, *, lag: int = 0) -> Finding:
    """The retrospective point mort of the last period."""
    own = rows_of(data, commune).iloc[-1]
    since, until = int(own["since"]), int(own["until"])
    around = _around(own, own["break_even"])
    homes, built = started(own, lag=lag), built_or_started(lag=lag)
    title = f"De {since} à {until}, {homes} pour un point mort de {french.number(own['break_even'])}{around}"
    terms = [
        f"{_TERMS[name]} {french.number(own[name], signed=True)}"
        for name in ("renewal", "vacancy", "secondary")
    ]
    household = "resserrement" if french.number_value(own["decohabitation"]) < 0 else "desserrement"
    terms.append(f"{household} des ménages {french.number(own['decohabitation'], signed=True)}")
    reading = (
        f"{', '.join(terms)} : {french.quantity(own['break_even'], 'logement')}{around} pour garder la même population "
        f"des ménages ; l’effet démographique, ce qui reste des logements {built}, est de "
        f"{french.number(own['demographic'], signed=True)}"
    )
    if own["large_renewal"]:
        reading += (
            f". Le renouvellement représente plus de {french.percent(100 * LARGE_RENEWAL, digits=0)} "
            f"des logements {built} : c’est le premier chiffre à vérifier"
        )
    takeaway = (
        f"De {since} à {until}, {homes} ; garder la même population des ménages en aurait demandé "
        f"{french.number(own['break_even'])}{around} (point mort rétrospectif)."
    )
    effect = french.number_value(own["demographic"])
    headline = (
        f"Autant de logements {built} qu’une population stable en aurait demandé"
        if effect == 0
        else f"{'Plus' if effect > 0 else 'Moins'} de logements {built} que n’en aurait demandé une population stable"
    )
    return Finding(title, f"{reading}.", takeaway, headline=headline)


@telling
def people_per_kind(data: pd.DataFrame, commune: Commune) -> Finding:
    """The people that a main home houses, by its type then by its number of rooms."""
    own = data.set_index("label")
    written = own[f"@{EVERY_TENURE}"]
    written = written[~written.isin([french.NOT_SIGNIFICANT, french.MISSING])]
    year = int(data["year"].iloc[0])
    types = [f"{written[name]} ({name.lower()})" for name in ("Maisons", "Appartements") if name in written]
    if not types:
        return Finding()
    title = f"Personnes par résidence principale en {year} : {french.enumerate_words(types)}"
    rooms = [name for name in written.index if "pièce" in name]
    if len(rooms) < 2:
        return Finding(title, "")
    smallest, largest = rooms[0], rooms[-1]
    reading = (
        f"en {year}, une résidence principale de {smallest} loge en moyenne {written[smallest]} personne"
        f"{'s' if own.loc[smallest, f'measure@{EVERY_TENURE}'] >= 2 else ''}, et une de {largest} {written[largest]}."
    )
    return Finding(title, reading)


_TENURES = {
    "owner": "propriétaires occupants",
    "social": "locataires HLM",
    "private": "autres locataires",
}
_TERMS = {
    "renewal": "renouvellement",
    "vacancy": "logements vacants",
    "secondary": "résidences secondaires",
}


@telling
def break_evens(data: pd.DataFrame, commune: Commune, *, lag: int = 0) -> Finding:
    """The point mort of each period."""
    own = rows_of(data, commune)
    if len(own) < 2:
        return Finding()
    told = [
        f"{french.number(row['break_even'])} sur {french.number(row['starts'])} de {int(row['since'])} à {int(row['until'])}"
        for row in own.to_dict("records")
    ]
    title = f"Point mort et logements {built_or_started(lag=lag)} : {french.enumerate_words(told)}"
    last = own.iloc[-1]
    reading = (
        f"de {int(last['since'])} à {int(last['until'])}, l’effet démographique est de "
        f"{french.quantity(last['demographic'], 'logement', signed=True)}. Chaque période a sa taille de ménages : elles ne "
        "s’additionnent pas."
    )
    return Finding(title, reading)


@telling
def gained(data: pd.DataFrame, commune: Commune, *, lag: int = 0) -> Finding:
    """People gained for ten homes started."""
    own = rows_of(data, commune).iloc[0]
    since, until = int(own["since"]), int(own["until"])
    counts = (
        f"De {since} à {until}, {started(own, lag=lag)} et "
        f"{french.quantity(own['change'], 'habitant', signed=True)}"
    )
    ratio = french.number(own["gained"], digits=1, signed=True)
    word = french.plural(own["gained"], "habitant")
    title = f"{counts} : {ratio} {word} pour 10 logements"
    other = first_other(data, commune)
    beside = ""
    if other is not None and not french.is_missing(other["gained"]):
        beside = f" ({other['territory']} : {french.number(other['gained'], digits=1, signed=True)})"
    reading = f"{ratio} {word} pour 10 logements {built_or_started(lag=lag)}{beside}."
    return Finding(title, reading, f"{title}{beside}.")


@telling
def people_per_home(data: pd.DataFrame, commune: Commune) -> Finding:
    """The people that a main home of each tenure houses."""
    years = sorted(int(year) for year in data["year"].unique())
    first, last = years[0], years[-1]
    sure = data[data["homes"] >= FRAGILE]
    sizes = sure.pivot(index="tenure", columns="year", values="size").reindex(list(_TENURES), columns=years)
    parts = [
        f"{french.number(sizes.loc[name, last], digits=2)} ({told})"
        for name, told in _TENURES.items()
        if not french.is_missing(sizes.loc[name, last])
    ]
    title = f"Personnes par résidence principale en {last} : {french.enumerate_words(parts)}"
    owners = 100 * sizes.loc["owner"]
    reading = (
        f"en {last}, cent résidences principales occupées par leur propriétaire logent "
        f"{french.number(owners[last])} personnes"
    )
    if len(years) > 1 and not french.is_missing(owners[first]):
        reading += f", contre {french.number(owners[first])} en {first}"
    return Finding(title if parts else "", f"{reading}.")
