"""Indicators of the population: how many people, and how fast their number changes."""

from __future__ import annotations

import numpy as np

from helpers.indicators.changes import annual_change
from helpers.indicators.definitions.terms import (
    AREA,
)
from helpers.indicators.formulas import Formula
from helpers.indicators.indicator import Indicator, Theme
from helpers.indicators.measures import State
from helpers.indicators.quantities import POPULATION
from helpers.indicators.windows import Window

theme = Theme("Population")

QUESTIONNAIRE = (
    "Le questionnaire de 2018 a changé : les évolutions qui enjambent cette année, et le solde migratoire apparent, "
    "sont à lire avec prudence."
)


def _trend(years: int, duration: str) -> Indicator:
    """Define the annual change of the population over the last years known."""
    measure = Window(
        f"Évolution annuelle moyenne de la population sur {duration} ans",
        f"((fin / début)^(1/{years}) − 1) × 100, fin et début étant le nombre d’habitants à chaque date",
        lambda terms, period: annual_change(terms["people_0"], terms["people_1"], years),
        span=years,
        start={"people": POPULATION},
        end={"people": POPULATION},
        counts=("people_0", "people_1"),
    )
    note = f"Populations de référence de chaque année, jusqu’à la dernière publiée. {QUESTIONNAIRE}"
    return theme.define(f"croissance_{years}", measure, "% par an", signed=True, note=note)


INDICATORS = (
    theme.define(
        "population",
        State(POPULATION, latest=True),
        "habitants",
        digits=0,
        note="Population municipale au dernier recensement connu.",
    ),
    theme.define(
        "densite",
        Formula(
            "Densité",
            "habitants / superficie",
            lambda t, p: t["people_1"] / np.where(t["area_1"] > 0, t["area_1"], np.nan),
            end={"people": POPULATION, "area": AREA},
            counts=("people_1",),
            period=False,
        ),
        "habitants par km²",
        digits=0,
    ),
    theme.growth("croissance", POPULATION),
    _trend(5, "cinq"),
    _trend(10, "dix"),
    theme.define(
        "population_indice",
        Formula(
            "Indice de la population, 100 au premier recensement",
            "100 × habitants à la fin / habitants au début",
            lambda t, p: 100 * t["people_1"] / np.where(t["people_0"] > 0, t["people_0"], np.nan),
            counts=("people_1",),
            start={"people": POPULATION},
            end={"people": POPULATION},
        ),
        "indice",
    ),
    theme.define(
        "population_variation",
        Formula(
            "Variation de la population",
            "habitants à la fin − habitants au début",
            lambda t, p: t["people_1"] - t["people_0"],
            start={"people": POPULATION},
            end={"people": POPULATION},
        ),
        "personnes",
        digits=0,
        signed=True,
    ),
)
