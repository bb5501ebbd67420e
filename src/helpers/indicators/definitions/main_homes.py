"""Indicators of main homes: rooms, age, comfort, how well they fit, how long households stay."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from helpers.indicators.definitions.terms import (
    DATED_HOMES,
    FREE,
    NORMED_HOMES,
    OCCUPANTS,
    OWNED,
    RENTED,
    RENTED_HLM,
    ROOMS_IN_ALL,
    SIZED,
    SMALL_HOUSEHOLDS,
    identifier,
    main_homes_that_are,
    occupied,
    stays,
)
from helpers.indicators.formulas import Formula
from helpers.indicators.indicator import Indicator, Theme
from helpers.indicators.measures import Arrays
from helpers.indicators.quantities import (
    MAIN_HOMES,
    Quantity,
    Total,
    built,
    rooms,
    settled,
)

theme = Theme("Logement")

_DATED = (
    "Le dénominateur est celui des résidences principales construites deux ans au moins avant le recensement, non "
    "toutes. RP2012 ne connaît que trois périodes."
)
_NORM = (
    "Norme de peuplement de l’Insee, selon la composition du ménage : un nombre de pièces, non une surface."
)
_FUEL = "Combustible principal, connu depuis RP2022 ; auparavant le recensement donnait l’installation."
_CROSSED = (
    "Le croisement des pièces et des personnes n’est pas dans les sources : les deux effectifs suffisent à "
    "l’encadrer."
)

_LARGE = rooms((5, None))
_ROOMED = Total(
    table="dwellings",
    ways=(("RP_1P", "RP_2P", "RP_3P", "RP_4P", "RP_5PP"),),
    plural="résidences principales dont le nombre de pièces est connu",
)


def _main(name: str, part: Quantity, **more: Any) -> Indicator:
    """Define a share of the main homes."""
    return theme.share(name, part, MAIN_HOMES, **more)


def _in(name: str, code: str, qualifier: str, **more: Any) -> Indicator:
    """Define the share of the main homes that are of one kind."""
    return _main(name, main_homes_that_are(code, qualifier), **more)


def _built(name: str, low: int, high: int | None) -> Indicator:
    return theme.share(name, built((low, high)), DATED_HOMES, note=_DATED)


def _occupied(name: str, qualifier: str, *codes: str, **more: Any) -> Indicator:
    return theme.share(name, occupied(codes, qualifier), NORMED_HOMES, note=_NORM, **more)


def _stay(name: str, code: str, homes: Total) -> Indicator:
    return theme.mean(name, stays(code, homes), homes, "années", mean="ancienneté moyenne d’occupation")


def least(terms: Arrays) -> np.ndarray:
    """Count the fewest large homes with a small household: of N homes, L large and S small, L + S − N (Fréchet)."""
    return np.maximum(terms["large_1"] + terms["small_1"] - terms["roomed_1"], 0)


def most(terms: Arrays) -> np.ndarray:
    """Count the greatest number of large homes with a small household: the smaller of the two counts."""
    return np.minimum(terms["large_1"], terms["small_1"])


def _share_of_homes(amount: np.ndarray, terms: Arrays) -> np.ndarray:
    return np.where(terms["homes_1"] > 0, 100 * amount / terms["roomed_1"], np.nan)


def _small_in_large(
    name: str, named: str, computation: str, count: Callable[[Arrays], np.ndarray]
) -> Indicator:
    measure = Formula(
        f"Part des ménages de 1 ou 2 personnes en logement de 5 pièces ou plus, {named}",
        computation,
        lambda terms, period: _share_of_homes(count(terms), terms),
        end={
            "large": _LARGE,
            "small": SMALL_HOUSEHOLDS,
            "roomed": _ROOMED,
            "homes": MAIN_HOMES,
            "sized": SIZED,
        },
        counted=lambda terms, value: count(terms),
        base="roomed_1",
        period=False,
        made_of=(("dwellings", "RP_5PP"), ("households", "MEN_1"), ("households", "MEN_2")),
    )
    return theme.define(name, measure, "%", note=_CROSSED)


INDICATORS = (
    _main("petits", rooms((1, 2))),
    _main("grands", _LARGE),
    *(_main(f"pieces_{number}", rooms((number, number))) for number in range(1, 5)),
    _small_in_large(
        "petits_menages_grands_logements_min",
        "au moins",
        "100 × (logements de 5 pièces ou plus + ménages de 1 ou 2 personnes − résidences principales, nul si négatif) "
        "/ résidences principales",
        least,
    ),
    _small_in_large(
        "petits_menages_grands_logements_max",
        "au plus",
        "100 × le plus petit des deux effectifs (logements de 5 pièces ou plus, ménages de 1 ou 2 personnes) "
        "/ résidences principales",
        most,
    ),
    theme.ratio("pieces", ROOMS_IN_ALL, MAIN_HOMES, "pièces par logement"),
    theme.ratio("pieces_occupant", ROOMS_IN_ALL, OCCUPANTS, "pièces par personne", digits=2),
    _built("anciens", 0, 1945),
    _built("construits_avant_1919", 0, 1918),
    _built("construits_1919_1945", 1919, 1945),
    _built("construits_1946_1970", 1946, 1970),
    _built("construits_1971_1990", 1971, 1990),
    _built("construits_1991_2005", 1991, 2005),
    _built("construits_1946_1990", 1946, 1990),
    _built("construits_depuis_1991", 1991, None),
    _built("recents", 2006, None),
    _main("installes_2", settled((0, 1)), note="Approche la mobilité annuelle du parc."),
    *(
        _main(f"installes_{identifier(bounds)}", settled(bounds))
        for bounds in ((2, 4), (5, 9), (10, 19), (20, 29), (10, None), (30, None))
    ),
    _stay("anciennete", "ANEM_RP", MAIN_HOMES),
    _stay("anciennete_proprietaires", "ANEM_RP_PROP", OWNED),
    _stay("anciennete_locataires", "ANEM_RP_LOC", RENTED),
    _stay("anciennete_hlm", "ANEM_RP_LOCHLMV", RENTED_HLM),
    _stay("anciennete_gratuit", "ANEM_RP_GRAT", FREE),
    _in("chauffage_collectif", "RP_CCCOLL", "au chauffage central collectif"),
    _in("chauffage_individuel", "RP_CCIND", "au chauffage central individuel"),
    _in("chauffage_electrique", "RP_CINDELEC", "au chauffage tout électrique"),
    _in("chauffage_gaz", "RP_CGAZV", "chauffées au gaz de réseau", note=_FUEL),
    _in("chauffage_electricite", "RP_CELEC", "chauffées à l’électricité", note=_FUEL),
    _in("chauffage_fioul", "RP_CFIOUL", "chauffées au fioul", note=_FUEL),
    _in("chauffage_bouteille", "RP_CGAZB", "chauffées au gaz en bouteille ou en citerne", note=_FUEL),
    _in("chauffage_autre", "RP_CAUT", "chauffées autrement (bois, chauffage urbain)", note=_FUEL),
    _occupied("suroccupation", "suroccupées", "C_RP_SUROCC_ACC", "C_RP_SUROCC_MOD", polarity="high"),
    _occupied(
        "sous_occupation",
        "de deux pièces ou plus au-dessus de la norme",
        "C_RP_SOUSOCC_ACC",
        "C_RP_SOUSOCC_TACC",
    ),
    _occupied("suroccupation_accentuee", "de deux pièces ou plus au-dessous de la norme", "C_RP_SUROCC_ACC"),
    _occupied("suroccupation_moderee", "d’une pièce au-dessous de la norme", "C_RP_SUROCC_MOD"),
    _occupied("occupation_norme", "à la norme d’occupation", "C_RP_NORME"),
    _occupied("sous_occupation_moderee", "d’une pièce au-dessus de la norme", "C_RP_SOUSOCC_MOD"),
    _occupied("sous_occupation_accentuee", "de deux pièces au-dessus de la norme", "C_RP_SOUSOCC_ACC"),
    _occupied(
        "sous_occupation_tres_accentuee", "de trois pièces ou plus au-dessus de la norme", "C_RP_SOUSOCC_TACC"
    ),
    _in("voiture", "RP_VOIT1P", "dont les occupants ont une voiture ou plus"),
)
