"""Indicators of the point mort: what homes were taken for, retrospective figures, never a need to come."""

from __future__ import annotations

import numpy as np

from helpers import french
from helpers.indicators.definitions.terms import (
    OCCUPANTS,
    SECOND_HOMES,
    SITADEL,
    STARTS,
    STARTS_OF_HOMES,
    VACANT,
)
from helpers.indicators.formulas import Formula
from helpers.indicators.indicator import Indicator, Theme
from helpers.indicators.measures import Arrays, Compute, Period
from helpers.indicators.quantities import MAIN_HOMES, STOCK

theme = Theme("Lien")

# A renewal beyond this share of the homes started is to be checked before anything else is read: it is a residual
# of two sources. In early 2015, 17 % of the homes authorised in 2010 were neither cancelled nor declared started
# (SOeS, « De nouveaux indicateurs pour suivre la construction de logements », February 2015): starts that are never
# declared do not explain more on their own.
LARGE_RENEWAL = 0.17

_PAST = "Constat sur le passé, jamais un besoin à venir ; les périodes ne s’additionnent pas."
_NEVER_A_NEED = (
    "Constat sur le passé, jamais un besoin à venir. Le renouvellement, écart entre deux sources, est le premier "
    "terme à vérifier ; les périodes ne s’additionnent pas."
)
_RESIDUAL = (
    "Positif : des logements ont disparu ; négatif : il s’en est créé dans le parc existant. Écart entre deux sources, "
    f"signalé au-delà de {french.percent(100 * LARGE_RENEWAL, digits=0)} des logements commencés : les chantiers "
    "jamais déclarés n’en expliquent pas davantage (début 2015, part des logements autorisés en 2010 ni annulés ni "
    "commencés ; SOeS)."
)
_VACANCY = (
    "Logements vacants au sens du recensement, parc social compris : à lire à côté de la vacance fiscale (LOVAC), d’un "
    "autre champ."
)
_SHRINKING = (
    "Logements qu’une population des ménages stable aurait demandés de plus (convention A). Négatif : les ménages se "
    f"sont agrandis. {_PAST}"
)
_TERMS = (
    *(("dwellings", name) for name in ("LOG", "RP", "RSECOCC", "LOGVAC")),
    ("households", "PMEN"),
    ("flows", "LOGCOM"),
)

_INHABITED = {"homes": MAIN_HOMES, "people": OCCUPANTS}
_STOCKS = {"stock": STOCK, "homes": MAIN_HOMES, "second": SECOND_HOMES, "vacant": VACANT, "people": OCCUPANTS}


def demographic(terms: Arrays, period: Period) -> np.ndarray:
    """Compute the homes that the change of the people of households takes: (people1 − people0) / T.

    T is the size of households at the end in convention A, at the start in convention B. Sources: A, G. Taïeb's "point
    mort" (wording of the DREAL); B, public tools of Provence-Alpes-Côte d'Azur.
    """
    side = "1" if period.convention == "A" else "0"
    people, homes = terms[f"people_{side}"], terms[f"homes_{side}"]
    size = np.where(people > 0, people, np.nan) / np.where(homes > 0, homes, np.nan)
    return (terms["people_1"] - terms["people_0"]) / size


def shrinking(terms: Arrays, period: Period) -> np.ndarray:
    """Compute the "desserrement": the change of main homes less the demographic effect.

    In convention A it is people0 / T1 − homes0: the homes that the people of the start take at the size of the end.
    Negative where households have grown.
    """
    return terms["homes_1"] - terms["homes_0"] - demographic(terms, period)


def renewal(terms: Arrays, period: Period) -> np.ndarray:
    """Compute the homes started less the change of the stock: more than nil, homes have gone."""
    return terms["starts"] - (terms["stock_1"] - terms["stock_0"])


def point_mort(terms: Arrays, period: Period) -> np.ndarray:
    """Compute the homes that only kept the population where it was.

    They are the sum of the renewal, the changes of vacant and of second homes, the desserrement.
    """
    return (
        renewal(terms, period) + change("vacant", terms) + change("second", terms) + shrinking(terms, period)
    )


def change(name: str, terms: Arrays) -> np.ndarray:
    """Subtract a stock at the first census from what it is at the second."""
    return terms[f"{name}_1"] - terms[f"{name}_0"]


def _stock(name: str, named: str, computation: str, value: Compute, note: str) -> Indicator:
    """Define a term of the point mort, in homes a year."""
    measure = Formula(
        f"{named}, par an",
        computation,
        lambda terms, period: value(terms, period) / period.years,
        start=_STOCKS,
        end=_STOCKS,
        during={"starts": STARTS_OF_HOMES},
        counts=("homes_0", "homes_1"),
        made_of=_TERMS,
    )
    return theme.define(name, measure, "logements par an", digits=0, source=STARTS, signed=True, note=note)


def _households(name: str, named: str, computation: str, value: Compute, note: str) -> Indicator:
    """Define a part of the change of main homes, in homes a year."""
    measure = Formula(
        f"{named}, par an",
        computation,
        lambda terms, period: value(terms, period) / period.years,
        start=_INHABITED,
        end=_INHABITED,
        counts=("homes_0", "homes_1"),
    )
    return theme.define(name, measure, "logements par an", digits=0, signed=True, note=note)


INDICATORS = (
    _stock(
        "point_mort",
        "Point mort rétrospectif",
        "(renouvellement + variation des logements vacants + variation des résidences secondaires + desserrement) / n",
        point_mort,
        f"Logements qui n’ont fait que maintenir la population (convention A). {_NEVER_A_NEED}",
    ),
    _stock(
        "renouvellement",
        "Renouvellement du parc",
        "(logements commencés − évolution du parc de logements) / n",
        renewal,
        _RESIDUAL,
    ),
    _stock(
        "vacants_variation",
        "Variation des logements vacants",
        "(logements vacants à la fin − au début) / n",
        lambda terms, period: change("vacant", terms),
        _VACANCY,
    ),
    _stock(
        "secondaires_variation",
        "Variation des résidences secondaires",
        "(résidences secondaires à la fin − au début) / n",
        lambda terms, period: change("second", terms),
        "",
    ),
    _households(
        "desserrement",
        "Effet taille des ménages (desserrement)",
        "(population des ménages au début / taille des ménages à la fin − résidences principales au début) / n",
        shrinking,
        _SHRINKING,
    ),
    _households(
        "effet_demographique",
        "Effet démographique",
        "(évolution de la population des ménages / taille des ménages à la fin) / n",
        demographic,
        f"Convention A. {_PAST}",
    ),
    theme.define(
        "logements_commences",
        Formula(
            "Logements commencés, par an",
            "logements commencés / n",
            lambda terms, period: terms["starts"] / period.years,
            during={"starts": STARTS_OF_HOMES},
        ),
        "logements par an",
        digits=0,
        source=SITADEL,
        note="Déclarations reçues : une partie des chantiers n’est jamais déclarée.",
    ),
)
