"""Indicators of households: how many, of what size, who they are made of."""

from __future__ import annotations

from helpers.indicators.definitions.terms import FAMILIES, HOUSEHOLDS, OCCUPANTS, SIZED, living_alone
from helpers.indicators.indicator import Indicator, Theme
from helpers.indicators.quantities import MAIN_HOMES, Total, count

theme = Theme("Ménages")

_AS_HOMES = "Autant de ménages que de résidences principales."
_COMMUNITIES = "Personnes en communauté comprises au dénominateur."


def _kind(name: str, code: str, plural: str) -> Indicator:
    return theme.share(name, count("households", code, plural=plural), FAMILIES)


def _of_size(name: str, codes: tuple[str, ...], qualifier: str) -> Indicator:
    counted = Total(table="households", ways=(codes,), plural=f"ménages comptant {qualifier}")
    return theme.share(f"menages_de_{name}", counted, SIZED)


INDICATORS = (
    theme.number("menages", HOUSEHOLDS, "ménages", note=_AS_HOMES),
    theme.growth("menages_evolution", HOUSEHOLDS, note=_AS_HOMES),
    theme.ratio(
        "taille_menages",
        OCCUPANTS,
        MAIN_HOMES,
        "personnes par logement",
        digits=2,
        note=(
            "Taille moyenne des ménages : sans les personnes en communauté (population des ménages, non population "
            "totale)."
        ),
    ),
    _kind("personnes_seules", "C_MENPSEUL", "ménages d’une personne"),
    _kind("couples_sans_enfant", "C_MENCOUPSENF", "ménages de couple sans enfant"),
    _kind("couples_avec_enfants", "C_MENCOUPAENF", "ménages de couple avec enfants"),
    _kind("monoparentales", "C_MENFAMMONO", "ménages de famille monoparentale"),
    _kind("autres_sans_famille", "C_MENSFAM", "ménages sans famille de plusieurs personnes"),
    _of_size("1", ("MEN_1",), "1 personne"),
    *(_of_size(str(size), (f"MEN_{size}",), f"{size} personnes") for size in (2, 3, 4)),
    _of_size("5_ou_plus", ("MEN_5", "MEN_6P"), "5 personnes ou plus"),
    theme.share("seuls_65_79", *living_alone(65, 79, "POP6579"), note=_COMMUNITIES),
    theme.share("seuls_80", *living_alone(80, None, "POP80P"), polarity="high", note=_COMMUNITIES),
)
