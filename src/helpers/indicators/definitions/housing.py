"""Indicators of the housing stock: categories, vacancy, types, tenure."""

from __future__ import annotations

from typing import Any

from helpers.indicators.definitions.terms import (
    FLATS,
    FREE,
    HOUSES,
    LOVAC,
    MAIN_FLATS,
    MAIN_HOUSES,
    OTHER_TENANTS,
    OWNED,
    PRIVATE_STOCK,
    RENTED,
    RENTED_HLM,
    RPLS,
    SECOND_HOMES,
    SOCIAL,
    VACANT,
)
from helpers.indicators.indicator import Indicator, Theme
from helpers.indicators.measures import PublishedShare
from helpers.indicators.quantities import (
    MAIN_HOMES,
    STOCK,
    Quantity,
    difference,
    register,
)

theme = Theme("Logement")

_HLM = (
    "Déclaration des occupants au recensement. À ne mêler ni au répertoire RPLS, ni au taux SRU, qui n’est pas "
    "calculé : l’inventaire des logements décomptés (article L302-5) n’est pas dans les sources."
)
_REGISTER = (
    "Parc des bailleurs au répertoire, à une autre date que le recensement, vacants compris. À ne mêler ni aux "
    "locataires HLM déclarés au recensement, ni au taux SRU, qui n’est pas calculé."
)
_TAX = (
    "Parc privé des fichiers fiscaux, au 1er janvier : un autre champ et une autre définition que la vacance du "
    "recensement. Le parc de référence a changé d’une édition à l’autre. Certaines éditions ne sont connues "
    "que par leurs taux, sans effectifs."
)
_VACANCY = (
    "Logements vacants au sens du recensement, parc social compris : à lire à côté de la vacance fiscale (LOVAC), d’un "
    "autre champ."
)
_POINTS = "Les points d’écart entre deux taux ne sont pas des pourcentages d’évolution."
_OTHER_HOMES = "Logements-foyers, chambres d’hôtel, habitations de fortune, pièces indépendantes."

_NEITHER = difference(STOCK, HOUSES, FLATS, plural="logements ni maisons ni appartements")
_NEITHER_MAIN = difference(
    MAIN_HOMES, MAIN_HOUSES, MAIN_FLATS, plural="résidences principales ni en maison ni en appartement"
)


def _main(name: str, part: Quantity, **more: Any) -> Indicator:
    """Define a share of the main homes."""
    return theme.share(name, part, MAIN_HOMES, **more)


def _tax(name: str, code: str, qualifier: str, **more: Any) -> Indicator:
    vacant = register("vacancy", f"PP_{code}", plural=f"logements du parc privé vacants{qualifier}")
    rate = register("vacancy", f"TX_{code}", plural=f"taux de vacance du parc privé{qualifier}")
    measure = PublishedShare(vacant, PRIVATE_STOCK, rate=rate)
    return theme.define(name, measure, "%", source=LOVAC, note=_TAX, **more)


def _gained(name: str, homes: Quantity, **more: Any) -> Indicator:
    """Define how many more main homes are of a tenure: those of all tenures add up to that of main homes."""
    return theme.gain(name, homes, "logements", **more)


INDICATORS = (
    theme.number("parc", STOCK, "logements"),
    theme.growth("parc_evolution", STOCK),
    theme.growth("principales_evolution", MAIN_HOMES),
    theme.growth("vacants_evolution", VACANT, note=_VACANCY),
    theme.growth("secondaires_evolution", SECOND_HOMES),
    theme.points("principales_points", MAIN_HOMES, STOCK, note=_POINTS),
    theme.points("secondaires_points", SECOND_HOMES, STOCK, note=_POINTS),
    theme.points("vacance_points", VACANT, STOCK, note=_POINTS),
    theme.share("principales", MAIN_HOMES, STOCK, note=_POINTS),
    theme.share("secondaires", SECOND_HOMES, STOCK, note=_POINTS),
    theme.share("vacance", VACANT, STOCK, note=_VACANCY),
    _tax("vacance_fiscale", "VACANT", ""),
    _tax("vacance_longue", "VACANT_2ANS", " depuis plus de deux ans", polarity="high"),
    theme.share("maisons", HOUSES, STOCK),
    theme.share("appartements", FLATS, STOCK),
    theme.share("autres_logements", _NEITHER, STOCK),
    _main("principales_maisons", MAIN_HOUSES),
    _main("principales_appartements", MAIN_FLATS),
    _main("principales_autres", _NEITHER_MAIN, note=_OTHER_HOMES),
    _main("proprietaires", OWNED, note="Usufruitiers et accédants compris."),
    _main("locataires", RENTED, note="Parc social et privé, loué vide ou meublé."),
    _main("hlm", RENTED_HLM, note=_HLM),
    _main(
        "locataires_prives",
        OTHER_TENANTS,
        note="Parc privé loué vide et logements meublés, dont quelques meublés du parc social.",
    ),
    _main("gratuit", FREE),
    theme.ratio(
        "social",
        SOCIAL,
        MAIN_HOMES,
        "pour 100",
        per=100,
        source=f"{RPLS} ; Insee, recensement de la population",
        note=_REGISTER,
    ),
    _gained("principales_gain", MAIN_HOMES),
    _gained("proprietaires_gain", OWNED),
    _gained("hlm_gain", RENTED_HLM, note=_HLM),
    _gained("locataires_prives_gain", OTHER_TENANTS),
    _gained("gratuit_gain", FREE),
)
