"""Indicators of the link between people and homes: how homes are lived in, people beside homes started."""

from __future__ import annotations

import numpy as np

from helpers.indicators.definitions.terms import (
    FREE,
    MAIN_FLATS,
    MAIN_HOUSES,
    OTHER_TENANTS,
    OWNED,
    RENTED_HLM,
    STARTS,
    STARTS_OF_HOMES,
    dwellers,
)
from helpers.indicators.formulas import Formula
from helpers.indicators.indicator import Indicator, Theme
from helpers.indicators.measures import Arrays, Period
from helpers.indicators.quantities import MAIN_HOMES, POPULATION, Cells, Quantity, built, rooms

theme = Theme("Lien")

_YIELD = "Rendement démographique du parc : personnes en communauté exclues."


def gained_for_ten(terms: Arrays, period: Period) -> np.ndarray:
    """Compute the people gained for ten homes started (Aucame, "Qu'en savons-nous ?", March 2013)."""
    gained = terms["people_1"] - terms["people_0"]
    return 10 * gained / np.where(terms["starts"] > 0, terms["starts"], np.nan)


def _per_home(name: str, people: Quantity, homes: Quantity) -> Indicator:
    return theme.mean(
        f"personnes_par_logement_{name}",
        people,
        homes,
        "personnes par logement",
        mean="nombre moyen d’occupants",
        digits=2,
        note=_YIELD,
    )


def _kind(kind: str, homes: Quantity) -> Indicator:
    people, counted = (
        Cells(table="occupants", variable=f"{name}_{kind}", plural=plural)
        for name, plural in (("INPER", f"occupants des {homes.plural}"), ("MEN", homes.plural))
    )
    return _per_home(kind.lower(), people, counted)


_KINDS = {
    "MAISON": MAIN_HOUSES,
    "APPART": MAIN_FLATS,
    **{f"{number}P": rooms((number, number)) for number in range(1, 5)},
    "5PP": rooms((5, None)),
    "ACH19": built((0, 1918)),
    "ACH45": built((1919, 1945)),
    "ACH70": built((1946, 1970)),
    "ACH90": built((1971, 1990)),
    "ACH05": built((1991, 2005)),
    "ACH15": built((2006, None)),
}

INDICATORS = (
    theme.ratio(
        "occupation",
        POPULATION,
        MAIN_HOMES,
        "habitants par logement",
        digits=2,
        note="Personnes en communauté comprises : ce n’est pas la taille moyenne des ménages.",
    ),
    theme.define(
        "habitants_gagnes",
        Formula(
            "Habitants gagnés pour 10 logements commencés",
            "10 × évolution de la population / logements commencés",
            gained_for_ten,
            start={"people": POPULATION},
            end={"people": POPULATION},
            during={"starts": STARTS_OF_HOMES},
            counts=("starts",),
        ),
        "pour 10",
        source=STARTS,
        signed=True,
        note="Deux évolutions d’une même période, non l’effet de l’une sur l’autre. Négatif : habitants perdus.",
    ),
    _per_home("proprietaires", dwellers("owner", OWNED.plural), OWNED),
    _per_home("hlm", dwellers("social", RENTED_HLM.plural), RENTED_HLM),
    _per_home("locataires_prives", dwellers("private", OTHER_TENANTS.plural), OTHER_TENANTS),
    _per_home("gratuit", dwellers("other", FREE.plural), FREE),
    *(_kind(kind, homes) for kind, homes in _KINDS.items()),
)
