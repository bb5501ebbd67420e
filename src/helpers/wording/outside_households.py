"""Sentences on the people who live outside households: their number, the population without them, where they may be."""

from __future__ import annotations

import pandas as pd

from helpers import french
from helpers.indicators.outside_households import growths, is_alert
from helpers.problems.definitions import CATALOGUE
from helpers.problems.selection import LEAST_PEOPLE
from helpers.territory.communes import Commune

_WHERE = "prison, caserne, internat, résidence d’étudiants, foyer ou maison de retraite"


def outside_households(data: pd.DataFrame, commune: Commune) -> tuple[str, ...]:
    """Write the alert on people outside households; nothing where they are few and their share does not move.

    Reads `year, POP, PMEN, outside, share` of official figures (`helpers.indicators.outside_households`). Where these
    are not known, an institution that is known to be there is named, without a number.
    """
    institution = CATALOGUE.outside_households.get(commune.code, "")
    if data.empty:
        return (_await(institution),) if institution else ()
    if not is_alert(data):
        return ()
    sentences = [_number(data, commune, where=institution or _WHERE)]
    return (*sentences, _without(data)) if len(data) > 1 else tuple(sentences)


def _await(institution: str) -> str:
    return (
        f"Des personnes vivent hors ménages ({institution}) : elles comptent dans la population, dans ses âges et dans "
        "son évolution. Leur nombre se tire de la population des ménages, qui n’est pas dans ces données."
    )


def _number(data: pd.DataFrame, commune: Commune, *, where: str) -> str:
    """Write how many they are at each date, and what counts them."""
    last = data.iloc[-1]
    before = "".join(
        f", contre {french.number(one.outside)} en {one.year}{_share(one.share, one.POP)}"
        for one in data.iloc[:-1].itertuples(index=False)
    )
    return (
        f"En {int(last['year'])}, {_who(last['outside'])} hors ménages {french.at(commune.name)}"
        f"{_share(last['share'], last['POP'])}{before} : {where}. La population, ses âges et son évolution comptent "
        "ces personnes ; les logements, non."
    )


def _who(outside: float) -> str:
    """Write how many live so: `842 personnes vivent`, `personne ne vit`."""
    number = french.number_value(outside)
    if number == 0:
        return "personne ne vit"
    return f"{french.quantity(outside, 'personne')} {french.plural(number, 'vit', 'vivent')}"


def _share(share: float, people: float) -> str:
    """Write a share between parentheses; nothing of nobody, nor of a population too small for one."""
    is_shown = people >= LEAST_PEOPLE and french.percent(share) != french.percent(0)
    return f" ({french.percent(share)} de la population)" if is_shown else ""


def _without(data: pd.DataFrame) -> str:
    """Write the change of the population without them, then with them."""
    first, last = data.iloc[0], data.iloc[-1]
    rates = dict(zip(("POP", "PMEN"), growths(data), strict=True))
    changes = {
        name: f"de {french.number(first[name])} à {french.quantity(last[name], 'habitant')}"
        + (f" ({french.annual(rate)})" if first["POP"] >= LEAST_PEOPLE else "")
        for name, rate in rates.items()
    }
    return (
        f"Sans ces personnes, la population passe {changes['PMEN']} de {int(first['year'])} à {int(last['year'])} ; "
        f"avec elles, {changes['POP']}."
    )
