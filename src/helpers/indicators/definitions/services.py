"""Indicators of the ages that services answer to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from helpers.indicators.age_classes import group_label
from helpers.indicators.definitions.terms import STARTS, STARTS_OF_HOMES, identifier
from helpers.indicators.formulas import Formula
from helpers.indicators.indicator import Indicator, Theme
from helpers.indicators.measures import Arrays, Period
from helpers.indicators.quantities import POPULATION, Bounds, age_words, people

theme = Theme("Services")

# Under so many homes started, a figure per ten of them hangs on a single building.
FEW_HOMES = 50


@dataclass(frozen=True)
class Group:
    """A class of ages and the services that it calls for."""

    bounds: Bounds
    service: str

    @property
    def label(self) -> str:
        """`3 à 5 ans`, `75 ans ou plus`."""
        return group_label(self.bounds)


# The ages of school are those of the French levels; the last ones are nested: never to be added up.
GROUPS = (
    Group((0, 2), "accueil de la petite enfance"),
    Group((3, 5), "école maternelle"),
    Group((6, 10), "école élémentaire"),
    Group((11, 14), "collège"),
    Group((15, 17), "lycée"),
    Group((18, 24), "études, formation, premier logement"),
    Group((65, 74), "vie associative, loisirs, santé"),
    Group((75, None), "adaptation du logement, services de proximité"),
    Group((80, None), "aide à domicile"),
    Group((85, None), "perte d’autonomie, établissements"),
)

_TWO_CHANGES = (
    " Deux évolutions d’une même période, non l’effet de l’une sur l’autre ; à partir de "
    f"{FEW_HOMES} logements commencés."
)
# Shares of the population that the population already has.
_ALREADY = ((75, None), (80, None))


def gained_for_ten(terms: Arrays, period: Period) -> np.ndarray:
    """Persons of an age more, or fewer, for ten homes started; nothing under fifty of them."""
    starts = np.where(terms["starts"] >= FEW_HOMES, terms["starts"], np.nan)
    return 10 * (terms["people_1"] - terms["people_0"]) / starts


def _of(group: Group) -> Iterator[Indicator]:
    counted, note = people(group.bounds), f"Âges de service : {group.service}."
    words, name = f"habitants de {age_words(group.bounds)}", f"habitants_{identifier(group.bounds)}"
    yield theme.number(name, counted, "habitants", note=note)
    yield theme.growth(f"{name}_evolution", counted, note=note)
    if group.bounds not in _ALREADY:
        yield theme.share(f"{name}_part", counted, POPULATION, note=note)
    gained = Formula(
        f"Habitants de {age_words(group.bounds)} gagnés pour 10 logements commencés",
        f"10 × évolution du nombre d’{words} / logements commencés",
        gained_for_ten,
        start={"people": counted},
        end={"people": counted},
        during={"starts": STARTS_OF_HOMES},
    )
    yield theme.define(
        f"{name}_gagnes", gained, "pour 10", signed=True, source=STARTS, note=f"{note}{_TWO_CHANGES}"
    )


INDICATORS = tuple(indicator for group in GROUPS for indicator in _of(group))
