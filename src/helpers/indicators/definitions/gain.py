"""Indicators of what the change of main homes was made of, and of how it stands beside that of the people."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from helpers.indicators.definitions.point_mort import shrinking
from helpers.indicators.definitions.terms import (
    CENSUS,
    OCCUPANTS,
    OTHER_TENANTS,
    OWNED,
    RENTED_HLM,
    SECOND_HOMES,
    STARTS,
    STARTS_OF_HOMES,
)
from helpers.indicators.formulas import Formula
from helpers.indicators.indicator import Indicator, Theme
from helpers.indicators.measures import Arrays, Period
from helpers.indicators.quantities import MAIN_HOMES, POPULATION, Quantity, Rest, people

theme = Theme("Parc habité", source=CENSUS)

_DECLARED = (
    "Statuts déclarés au recensement : le locatif hors HLM contient du logement social que ses occupants ne déclarent "
    "pas comme tel ; à lire à côté du répertoire RPLS."
)
_APPROACHED = (
    "Approché sur la population totale, faute de population des ménages à chaque date : à écarter là où vivent des "
    "personnes hors ménages (prison, caserne, résidence)."
)
_OUTSIDE = replace(
    Rest(whole=POPULATION, parts=(OCCUPANTS,), plural="personnes hors ménages"), among="dans la population"
)


def gained(name: str, terms: Arrays) -> np.ndarray:
    """Subtract a quantity at the first census from what it is at the second."""
    return terms[f"{name}_1"] - terms[f"{name}_0"]


def of_gain(name: str, terms: Arrays) -> np.ndarray:
    """Share (%) of the gain of main homes that a part of them makes; nothing where they are not more."""
    gain = gained("homes", terms)
    return 100 * gained(name, terms) / np.where(gain > 0, gain, np.nan)


def of_stock(amount: np.ndarray, terms: Arrays) -> np.ndarray:
    """Share (%) of the main homes of the first census."""
    return 100 * amount / np.where(terms["homes_0"] > 0, terms["homes_0"], np.nan)


def size_effect(terms: Arrays, period: Period) -> np.ndarray:
    """Share (%) of the gain of main homes that the people of the start take at the size of the end (convention A)."""
    gain = gained("homes", terms)
    effect = shrinking(terms, Period(period.since, period.until))
    return 100 * effect / np.where(gain > 0, gain, np.nan)


def crossed(terms: Arrays, period: Period) -> np.ndarray:
    """Compute by how much (%) homes gain where children fall: the smaller of the two changes, nil or less otherwise."""
    fall = -100 * gained("children", terms) / np.where(terms["children_0"] > 0, terms["children_0"], np.nan)
    return np.minimum(of_stock(gained("homes", terms), terms), fall)


def gap_of_growths(terms: Arrays, period: Period) -> np.ndarray:
    """Compute the points (%) between the change of main homes and that of the people."""
    people_change = 100 * gained("people", terms) / np.where(terms["people_0"] > 0, terms["people_0"], np.nan)
    return of_stock(gained("homes", terms), terms) - people_change


def _made_of(name: str, named: str, part: Quantity) -> tuple[Indicator, Indicator]:
    """Define the part of a tenure in the gain of main homes, and its gain in % of the homes of the start."""
    terms = {"part": part, "homes": MAIN_HOMES}
    changed = f"évolution du nombre de {part.words}"
    shared = Formula(
        f"Part {named} dans le gain de résidences principales",
        f"100 × {changed} / évolution du nombre de résidences principales",
        lambda t, p: of_gain("part", t),
        start=terms,
        end=terms,
    )
    added = Formula(
        f"Évolution {named}, rapportée aux résidences principales",
        f"100 × {changed} / résidences principales au début",
        lambda t, p: of_stock(gained("part", t), t),
        start=terms,
        end=terms,
    )
    return (
        theme.define(f"gain_{name}", shared, "%", signed=True, note=_DECLARED),
        theme.define(f"{name}_gain_parc", added, "%", signed=True, note=_DECLARED),
    )


def _size(name: str, named: str, counted: Quantity, note: str) -> Indicator:
    terms = {"people": counted, "homes": MAIN_HOMES}
    computation = (
        f"100 × ({counted.words} au début / nombre moyen à la fin − résidences principales au début) / évolution du "
        "nombre de résidences principales"
    )
    return theme.define(
        name, Formula(named, computation, size_effect, start=terms, end=terms), "%", signed=True, note=note
    )


_BOTH = {"people": POPULATION, "homes": MAIN_HOMES}
_FAMILIES = {"children": people((0, 14)), "homes": MAIN_HOMES}

INDICATORS = (
    theme.change("principales_hausse", MAIN_HOMES),
    *_made_of("proprietaires", "des propriétaires occupants", OWNED),
    *_made_of("hlm", "des locataires HLM", RENTED_HLM),
    *_made_of("prive", "des locataires hors HLM", OTHER_TENANTS),
    theme.define(
        "gain_secondaires",
        Formula(
            "Évolution des résidences secondaires pour 100 résidences principales gagnées",
            "100 × évolution du nombre de résidences secondaires / évolution du nombre de résidences principales",
            lambda t, p: of_gain("second", t),
            start={"second": SECOND_HOMES, "homes": MAIN_HOMES},
            end={"second": SECOND_HOMES, "homes": MAIN_HOMES},
        ),
        "pour 100",
        signed=True,
    ),
    _size(
        "effet_taille",
        "Effet de la taille des ménages dans le gain de résidences principales",
        OCCUPANTS,
        "Effet taille des ménages de l’Insee, en part du gain de résidences principales (convention A).",
    ),
    _size(
        "effet_taille_approche",
        "Effet approché du nombre d’habitants par logement dans le gain de résidences principales",
        POPULATION,
        _APPROACHED,
    ),
    theme.define(
        "ecart_logements_habitants",
        Formula(
            "Écart entre l’évolution des résidences principales et celle de la population",
            "évolution des résidences principales (%) − évolution de la population (%)",
            gap_of_growths,
            start=_BOTH,
            end=_BOTH,
        ),
        "points",
        signed=True,
        note="Population totale, personnes en communauté comprises.",
    ),
    theme.define(
        "logements_sans_enfants",
        Formula(
            "Hausse des résidences principales et baisse des moins de 15 ans, la plus petite des deux",
            "la plus petite de l’évolution des résidences principales (%) et de la baisse des moins de 15 ans (%)",
            crossed,
            start=_FAMILIES,
            end=_FAMILIES,
        ),
        "%",
        signed=True,
        note="Positif : les logements augmentent et les moins de 15 ans diminuent.",
    ),
    theme.define(
        "principales_hors_chantiers",
        Formula(
            "Résidences principales gagnées au-delà des logements commencés",
            "100 × (évolution du nombre de résidences principales − logements commencés) / résidences principales au "
            "début",
            lambda t, p: of_stock(gained("homes", t) - t["starts"], t),
            start={"homes": MAIN_HOMES},
            end={"homes": MAIN_HOMES},
            during={"starts": STARTS_OF_HOMES},
        ),
        "%",
        source=STARTS,
        signed=True,
        note="Écart entre deux sources : des chantiers ne sont jamais déclarés.",
    ),
    theme.share(
        "hors_menages",
        _OUTSIDE,
        POPULATION,
        note="Personnes en communauté, en habitation mobile, sans abri : population moins population des ménages.",
    ),
)
