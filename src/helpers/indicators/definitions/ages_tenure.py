"""Indicators of ages crossed with tenure: who owns at each age, homes to be passed on, what generations become."""

from __future__ import annotations

from dataclasses import replace

from helpers import schemas
from helpers.indicators.changes import Followed, OwnersFollowed
from helpers.indicators.definitions.terms import HELD, HELD_ALL, OWNERS, identifier, owning
from helpers.indicators.indicator import Indicator, Theme
from helpers.indicators.quantities import Bounds, Quantity, age_words, held, inhabiting

theme = Theme("Âges et logement")

# Classes of ten years of those who own, or not; the last one is open.
TEN_YEARS: tuple[Bounds, ...] = (*((low, low + 9) for low in range(20, 80, 10)), (80, None))
# Ages from which a home is likely to be passed on, borders of Insee's classes.
PASSING = (65, 80)
# Those who settle as owners, and those whose homes they may take over.
SETTLING: Bounds = (30, 49)
RETIRED: Bounds = (65, None)

_PERSONS = (
    "Des personnes, non des logements : tous ceux qui vivent dans un logement que leur ménage possède, enfants "
    "compris."
)
_NESTED = "Les deux âges s’emboîtent : ils ne s’additionnent pas."
_HOLDERS = "Âge de la personne de référence du ménage."
_FOLLOWED = (
    "Arrivées, départs et décès ne se distinguent pas ; n est le nombre d’années entre les deux dates."
)
# Insee's classes of reference persons, of unequal widths.
HOLDER_CLASSES: tuple[Bounds, ...] = tuple(
    (low, None if after is None else after - 1)
    for low, after in zip(schemas.HOLDER_AGES, [*schemas.HOLDER_AGES[1:], None], strict=True)
)


def _owners(bounds: Bounds) -> Indicator:
    return theme.share(f"possedants_{identifier(bounds)}", owning(bounds), inhabiting(bounds), note=_PERSONS)


def _old_owners(first: int) -> Indicator:
    old = replace(owning((first, None)), plural=f"{first} ans ou plus")
    return theme.share(f"possedants_ages_{first}", old, OWNERS, note=f"{_PERSONS} {_NESTED}")


def _owner_households(bounds: Bounds) -> Indicator:
    plural = f"ménages de {age_words(bounds)}"
    owners = held(bounds, tenures=("owner",), plural=f"{plural} propriétaires de leur logement")
    return theme.share(
        f"menages_proprietaires_{identifier(bounds)}", owners, held(bounds, plural=plural), note=_HOLDERS
    )


def _to_pass_on(first: int, suffix: str, whole: Quantity) -> Indicator:
    plural = f"logements dont le propriétaire occupant a {first} ans ou plus"
    homes = held((first, None), tenures=("owner",), plural=plural)
    note = f"Parc à transmettre. {_HOLDERS} {_NESTED}"
    return theme.share(f"a_transmettre_{first}{suffix}", homes, whole, note=note)


INDICATORS = (
    *map(_owners, TEN_YEARS),
    theme.change("possedants_60_69_evolution", owning((60, 69)), note=_PERSONS),
    *map(_old_owners, PASSING),
    theme.ratio(
        "possedants_releve",
        owning(SETTLING),
        owning(RETIRED),
        "rapport",
        digits=2,
        note=f"Renouvellement des générations. {_PERSONS}",
    ),
    *map(_owner_households, HOLDER_CLASSES),
    *(
        _to_pass_on(first, suffix, whole)
        for first in PASSING
        for suffix, whole in (("", HELD), ("_parc", HELD_ALL))
    ),
    *(
        theme.define(f"generation_{low}_{low + 9}", Followed((low, low + 9)), "pour 100", note=_FOLLOWED)
        for low in range(0, 80, 10)
    ),
    *(
        theme.define(
            f"generation_possedant_{low}_{low + 9}", OwnersFollowed(low), "%", note=f"{_FOLLOWED} {_PERSONS}"
        )
        for low in range(0, 80, 10)
    ),
)
