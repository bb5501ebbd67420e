"""The registry of indicators: all their definitions, and the way to find one.

Labels and formulas are made from the very terms that are computed (`quantities`, `measures`): neither can say something
else than the other.

Three measures of social housing are never mixed: what tenants declare to the census (`hlm`), the landlords'
register (`social`), and the SRU rate, which is not computed: its inventory (article L302-5 of the code de la
construction et de l'habitation) and the main homes of the tax file it is divided by are in none of the sources.
"""

from __future__ import annotations

import difflib
from typing import TypeVar

from helpers.errors import ExhibitError
from helpers.indicators.definitions import (
    ages,
    ages_tenure,
    balances,
    building,
    facilities,
    gain,
    households,
    housing,
    incomes,
    link,
    main_homes,
    mobility,
    point_mort,
    population,
    services,
)
from helpers.indicators.indicator import Indicator
from helpers.indicators.measures import Measure

M = TypeVar("M", bound=Measure)

_MODULES = (
    population, balances, ages, mobility, households, housing, main_homes, gain, link, point_mort, building,
    ages_tenure, services, facilities, incomes,
)  # fmt: skip
# A theme may be defined by several modules, one after the other.
THEMES = tuple(dict.fromkeys(module.theme.name for module in _MODULES))
INDICATORS: tuple[Indicator, ...] = tuple(one for module in _MODULES for one in module.INDICATORS)
_BY_ID = {one.id: one for one in INDICATORS}


def find_measure(identifier: str, kind: type[M]) -> M:
    """Find the measure of an indicator, of the kind that is expected.

    Raises:
        ExhibitError: there is no such indicator.
        TypeError: it is measured in another way.
    """
    measure = find(identifier).measure
    if not isinstance(measure, kind):
        raise TypeError(f"{identifier!r} is a {type(measure).__name__}, not a {kind.__name__}")
    return measure


def find(identifier: str) -> Indicator:
    """Find the indicator of this identifier.

    Raises:
        ExhibitError: there is none; names those that are near.
    """
    if identifier not in _BY_ID:
        near = difflib.get_close_matches(identifier, _BY_ID, n=3, cutoff=0.6)
        raise ExhibitError(
            f"Aucun indicateur ne s'appelle {identifier!r}.",
            remedy=f"Les plus proches : {', '.join(near)}."
            if near
            else "docs/indicateurs.md les donne tous.",
        )
    return _BY_ID[identifier]
