"""Indicators of incomes."""

from __future__ import annotations

from helpers.indicators.definitions.terms import FILOSOFI
from helpers.indicators.indicator import Theme
from helpers.indicators.measures import Level
from helpers.indicators.quantities import register

theme = Theme("Revenus", source=FILOSOFI)

_SECRET = "Secret statistique dans les petites communes ; ne s’additionne pas. Chaque édition de Filosofi se lit seule."


def _of_tenure(variable: str, occupants: str) -> tuple[Level, str]:
    """Give a median or a share of the poor of the households of a tenure."""
    median = variable.startswith("MED")
    named = "niveau de vie médian" if median else "taux de pauvreté"
    formula = (
        "médiane du revenu disponible par unité de consommation"
        if median
        else "part des personnes dont le niveau de vie est sous 60 % de la médiane nationale"
    )
    level = Level(
        register("income", variable, plural=f"{named} des {occupants}"),
        computation=f"{formula}, chez les {occupants}",
    )
    return level, "€ par an" if median else "%"


_TENURES = {"PROP": ("proprietaires", "propriétaires"), "LOC": ("locataires", "locataires")}
_BY_TENURE = tuple(
    theme.define(
        f"{name}_{identifier}", *_of_tenure(f"{variable}_{code}", occupants), digits=0,
        polarity="none" if variable == "MED" else "high", note=_SECRET,
    )
    for variable, name in (("MED", "revenu"), ("TP60", "pauvrete"))
    for code, (identifier, occupants) in _TENURES.items()
)  # fmt: skip

INDICATORS = (
    theme.define(
        "revenu",
        Level(
            register("income", "MED", plural="niveau de vie médian"),
            computation="médiane du revenu disponible par unité de consommation",
        ),
        "€ par an",
        digits=0,
        note=_SECRET,
    ),
    theme.define(
        "pauvrete",
        Level(
            register("income", "TP60", plural="taux de pauvreté"),
            computation="part des personnes dont le niveau de vie est sous 60 % de la médiane nationale",
        ),
        "%",
        digits=0,
        polarity="high",
        note=_SECRET,
    ),
    *_BY_TENURE,
    theme.define(
        "ecart_revenus",
        Level(
            register("income", "RD", plural="écart des niveaux de vie (rapport interdécile)"),
            computation="rapport interdécile des niveaux de vie",
        ),
        "rapport",
        note=_SECRET,
    ),
    theme.define(
        "pensions",
        Level(
            register("income", "PPEN", plural="pensions et retraites, en % du revenu disponible"),
            computation="pensions, retraites et rentes, en % du revenu disponible",
        ),
        "%",
        note=_SECRET,
    ),
)
