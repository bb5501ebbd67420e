"""What the homes built were for."""

from __future__ import annotations

import pandas as pd

from helpers import french
from helpers.commentary.finding import Finding, rows_of, telling
from helpers.territory import Commune


@telling
def household_effect(data: pd.DataFrame, commune: Commune) -> Finding:
    """What household change took of the homes, on the last period."""
    own = rows_of(data, commune).iloc[-1]
    since, until = int(own["since"]), int(own["until"])
    homes, people = own["homes_1"] - own["homes_0"], own["people_1"] - own["people_0"]
    title = (
        f"De {since} à {until}, {french.number(homes, signed=True)} résidences principales et "
        f"{french.number(people, signed=True)} personnes dans les ménages"
    )
    reading = (
        f"à la taille des ménages de {until} ({french.number(own['size_1'], digits=2)} personnes), loger la population de "
        f"{since} aurait demandé {french.number(own['decohabitation'], signed=True)} résidences principales."
    )
    takeaway = (
        f"De {since} à {until}, maintenir la population des ménages aurait demandé "
        f"{french.number(own['decohabitation'], signed=True)} résidences principales ; la commune en a gagné "
        f"{french.number(homes)}."
        if homes >= 0
        else ""
    )
    return Finding(title, reading, takeaway)


@telling
def break_even(data: pd.DataFrame, commune: Commune) -> Finding:
    """The retrospective point mort, told from its steps."""
    amounts = data.set_index("label")["amount"]
    starts, even, effect = amounts.iloc[0], amounts.iloc[1:-1].mul(-1).sum(), amounts.iloc[-1]
    title = (
        f"Sur {french.number(starts)} logements commencés, {french.number(even)} ont maintenu la population "
        f"et {french.number(effect)} l’ont fait croître"
        if min(effect, even) >= 0
        else f"{french.number(starts)} logements commencés pour un point mort de {french.number(even)}"
    )
    reading = (
        f"le point mort (renouvellement, vacance, résidences secondaires, desserrement) s’élève à {french.number(even)} "
        "logements sur la période ; c’est un constat, non un besoin à venir."
    )
    return Finding(title, reading)
