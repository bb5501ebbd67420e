"""Indicators of the homes started over the last years, beside the people and the homes there are."""

from __future__ import annotations

import numpy as np

from helpers import french
from helpers.indicators.definitions.terms import SITADEL, STARTS, STARTS_OF_HOMES, VACANT
from helpers.indicators.indicator import Theme
from helpers.indicators.measures import Arrays, Period
from helpers.indicators.quantities import POPULATION
from helpers.indicators.windows import Window

theme = Theme("Construction", source=STARTS)

_THOUSAND = french.number(1000)
_DECLARED = "Déclarations reçues : une partie des chantiers n’est jamais déclarée."
# Up to the last population known: the two last years of the declarations are provisional.
_PUBLISHED = {"people": POPULATION}
_TEN = {
    **{f"year_{year}": (STARTS_OF_HOMES, year - 11, year - 10) for year in range(1, 11)},
    "starts": (STARTS_OF_HOMES, -10, 0),
}


def per_thousand(terms: Arrays, period: Period) -> np.ndarray:
    """Compute the homes started a year for a thousand people (mean of both ends)."""
    people = (terms["people_0"] + terms["people_1"]) / 2
    return 1000 * terms["starts"] / (period.years * np.where(people > 0, people, np.nan))


def slowing(terms: Arrays, period: Period) -> np.ndarray:
    """Compute the fall (%) of the homes started in the last five years from the five before."""
    before = terms["starts"] - terms["recent"]
    return 100 * (before - terms["recent"]) / np.where(before > 0, before, np.nan)


def unevenness(terms: Arrays, period: Period) -> np.ndarray:
    """Share (%) of the two years of most starts in the ten; a fifth where every year is alike."""
    years = np.sort([terms[f"year_{year}"] for year in range(1, 11)], axis=0)
    return 100 * (years[-1] + years[-2]) / np.where(terms["starts"] > 0, terms["starts"], np.nan)


INDICATORS = (
    theme.define(
        "commences_habitants",
        Window(
            f"Logements commencés par an pour {_THOUSAND} habitants, sur cinq ans",
            f"{_THOUSAND} × logements commencés / (5 × population moyenne)",
            per_thousand,
            span=5,
            start={"people": POPULATION},
            end={"people": POPULATION},
            during={"starts": (STARTS_OF_HOMES, -5, 0)},
            counts=("starts",),
        ),
        "‰",
        note=_DECLARED,
    ),
    theme.define(
        "commences_ralentissement",
        Window(
            "Recul des logements commencés d’une période de cinq ans à l’autre (négatif : ils augmentent)",
            "100 × (logements commencés les cinq années d’avant − ceux des cinq dernières) / ceux d’avant",
            slowing,
            span=10,
            end=_PUBLISHED,
            during={"starts": (STARTS_OF_HOMES, -10, 0), "recent": (STARTS_OF_HOMES, -5, 0)},
            counts=("starts",),
        ),
        "%",
        source=SITADEL,
        note=_DECLARED,
    ),
    theme.define(
        "commences_a_coups",
        Window(
            "Part des deux plus fortes années dans les logements commencés, sur dix ans",
            "100 × logements commencés des deux plus fortes années / logements commencés de dix ans",
            unevenness,
            span=10,
            end=_PUBLISHED,
            during=_TEN,
            counts=("starts",),
        ),
        "%",
        source=SITADEL,
        note=f"Un cinquième quand toutes les années se valent. {_DECLARED}",
    ),
    theme.define(
        "gagnes_pour_10_commences",
        Window(
            "Habitants gagnés pour 10 logements commencés, sur dix ans",
            "10 × évolution de la population / logements commencés",
            lambda t, p: (
                10 * (t["people_1"] - t["people_0"]) / np.where(t["starts"] > 0, t["starts"], np.nan)
            ),
            span=10,
            start={"people": POPULATION},
            end={"people": POPULATION},
            # Of the last year, few are lived in yet: where they are many, it is to be said.
            during={"starts": (STARTS_OF_HOMES, -10, 0), "newest": (STARTS_OF_HOMES, -1, 0)},
            counts=("starts",),
        ),
        "pour 10",
        signed=True,
        note=f"Deux évolutions d’une même période, non l’effet de l’une sur l’autre. {_DECLARED}",
    ),
    theme.define(
        "vacants_en_annees",
        Window(
            "Logements vacants, en années de logements commencés",
            "logements vacants / logements commencés par an, sur les cinq années qui entourent le recensement",
            lambda t, p: t["vacant_1"] / np.where(t["starts"] > 0, t["starts"] / 5, np.nan),
            span=0,
            end={"vacant": VACANT},
            during={"starts": (STARTS_OF_HOMES, -3, 2)},
            counts=("vacant_1",),
        ),
        "années",
        note=f"Une comparaison d’ordres de grandeur : tous les logements vacants ne sont pas à pourvoir. {_DECLARED}",
    ),
)
