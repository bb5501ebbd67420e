"""Indicators of the ages of people: groups, and their weight beside one another."""

from __future__ import annotations

from dataclasses import replace

from helpers.indicators.definitions.terms import (
    identifier,
)
from helpers.indicators.indicator import Indicator, Theme
from helpers.indicators.quantities import POPULATION, Rest, people

theme = Theme("Population")

# The census of the towns counts three groups out of four: where the other one is not known, it is what is left.
_THIRTY_TO_74 = replace(
    people((30, 74)),
    otherwise=Rest(
        whole=POPULATION,
        parts=(people((0, 14)), people((15, 29)), people((75, None))),
        plural=people((30, 74)).plural,
        words=people((30, 74)).words,
    ),
)


def _group(low: int, high: int | None) -> Indicator:
    counted = _THIRTY_TO_74 if (low, high) == (30, 74) else people((low, high))
    return theme.share(f"ages_{identifier((low, high))}", counted, POPULATION)


INDICATORS = (
    *(
        _group(*bounds)
        for bounds in (
            (0, 14),
            (15, 29),
            (30, 44),
            (45, 59),
            (60, 74),
            (30, 74),
            (75, 89),
            (90, None),
            (75, None),
            (80, None),
        )
    ),
    theme.share("ages_65", people((65, None)), POPULATION),
    theme.change("ages_0_14_evolution", people((0, 14))),
    theme.change("ages_75_evolution", people((75, None))),
    theme.points("ages_15_29_points", people((15, 29)), POPULATION),
    theme.ratio("enfants_par_aine", people((0, 14)), people((65, None)), "pour 100", per=100),
    # Bounds of Insee and the ANCT; those of the youth index vary between agencies, hence its label.
    theme.ratio(
        "vieillissement",
        people((65, None)),
        people((0, 19)),
        "pour 100",
        per=100,
        note="Indice de vieillissement, aux bornes de l’Insee.",
    ),
    theme.ratio(
        "jeunesse",
        people((0, 19)),
        people((60, None)),
        "rapport",
        digits=2,
        note="Indice de jeunesse ; 1 : autant des uns que des autres. Les bornes varient d’une agence à l’autre.",
    ),
    theme.ratio(
        "dependance",
        people((0, 19), (65, None)),
        people((20, 64)),
        "pour 100",
        per=100,
        note="Rapport de dépendance : des âges, non des situations d’emploi.",
    ),
)
