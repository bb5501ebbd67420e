"""Indicators of facilities: how many there are for a thousand inhabitants of the ages that use them."""

from __future__ import annotations

from dataclasses import dataclass

from helpers.indicators.definitions.terms import BPE
from helpers.indicators.indicator import Theme
from helpers.indicators.quantities import POPULATION, Bounds, Quantity, Total, people, register

theme = Theme("Équipements", source=f"{BPE} ; Insee, recensement de la population")

_NOTE = "Équipements de la commune seule, sans leurs places ni leur distance ; beaucoup servent aux communes voisines."


@dataclass(frozen=True)
class Kind:
    """A kind of facilities: its indicator, its variable, its French names, the ages concerned (everyone where none)."""

    identifier: str
    variable: str
    plural: str
    singular: str
    bounds: Bounds | None

    @property
    def facilities(self) -> Total:
        """Its number, on 1 January."""
        return register("facilities", self.variable, plural=self.plural)

    @property
    def concerned(self) -> Quantity:
        """The inhabitants of the ages that use it."""
        return POPULATION if self.bounds is None else people(self.bounds)


KINDS = (
    Kind("creches", "CRECHES", "crèches et micro-crèches", "crèche", (0, 2)),
    Kind("ecoles", "ECOLES", "écoles maternelles, primaires et élémentaires", "école", (3, 10)),
    Kind("colleges", "COLLEGES", "collèges", "collège", (11, 14)),
    Kind("lycees", "LYCEES", "lycées", "lycée", (15, 17)),
    Kind("medecins", "MEDECINS", "médecins généralistes", "médecin généraliste", None),
    Kind(
        "hebergements_ages", "HEBERGEMENTS_AGES", "établissements d’hébergement de personnes âgées",
        "établissement d’hébergement de personnes âgées", (75, None),
    ),
)  # fmt: skip

INDICATORS = tuple(
    theme.ratio(
        kind.identifier, kind.facilities, kind.concerned, "pour 1 000", per=1000, digits=2, note=_NOTE
    )
    for kind in KINDS
)
