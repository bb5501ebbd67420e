"""Indicators of what changes the number of people: births less deaths, and what is left."""

from __future__ import annotations

from typing import Any

import numpy as np

from helpers import french
from helpers.indicators.changes import annual_change
from helpers.indicators.definitions.population import QUESTIONNAIRE
from helpers.indicators.definitions.terms import (
    BIRTHS,
    CIVIL,
    DEATHS,
)
from helpers.indicators.formulas import Formula
from helpers.indicators.indicator import Indicator, Theme
from helpers.indicators.measures import Arrays, Compute, Period
from helpers.indicators.quantities import POPULATION, Code

theme = Theme("Population")

_EVENTS = (("population", "POP"), ("flows", "NAIS"), ("flows", "DECE"))
_THOUSAND = french.number(1000)
_DUE = "Évolution annuelle moyenne due"
_RESIDUAL = f"Le solde migratoire apparent est un résidu : il porte les erreurs des deux recensements. {QUESTIONNAIRE}"
_CHECKS = (
    "Seconde forme du taux, toujours définie : elle contrôle la première là où la population change peu."
)
# Below this change (share of the mean population), a rate divided by the change is ill-conditioned.
_NEGLIGIBLE = 1e-9


def natural(terms: Arrays, period: Period) -> np.ndarray:
    """Births less deaths, from 1 January of the first year to 31 December before the second."""
    return terms["births"] - terms["deaths"]


def migratory(terms: Arrays, period: Period) -> np.ndarray:
    """Compute what is left of the change: a residual that carries every error of the censuses."""
    return terms["people_1"] - terms["people_0"] - natural(terms, period)


def mean_rate(amount: np.ndarray, terms: Arrays, period: Period, *, per: int = 100) -> np.ndarray:
    """`per` × an amount / (years × mean population)."""
    mean = (terms["people_0"] + terms["people_1"]) / 2
    return per * amount / (period.years * np.where(mean > 0, mean, np.nan))


def annual_natural(terms: Arrays, period: Period) -> np.ndarray:
    """Share out the annual change as births less deaths are in the change (Observatoire des territoires).

    Where the population is stable the share is 0/0: the rate is then that over the mean population.
    """
    start, end = terms["people_0"], terms["people_1"]
    change, annual = end - start, annual_change(start, end, period.years)
    stable = np.abs(change) <= _NEGLIGIBLE * (start + end) / 2
    shared = annual * natural(terms, period) / np.where(stable, np.nan, change)
    return np.where(stable, mean_rate(natural(terms, period), terms, period), shared)


def annual_migratory(terms: Arrays, period: Period) -> np.ndarray:
    """Compute the annual change less the part of the natural balance."""
    return annual_change(terms["people_0"], terms["people_1"], period.years) - annual_natural(terms, period)


def _balance(
    name: str,
    named: str,
    computation: str,
    value: Compute,
    unit: str,
    *,
    codes: tuple[Code, ...] = _EVENTS,
    **more: Any,
) -> Indicator:
    """Define a figure made of both populations and of the births and deaths between them."""
    measure = Formula(
        named,
        computation,
        value,
        start={"people": POPULATION},
        end={"people": POPULATION},
        during={"births": BIRTHS, "deaths": DEATHS},
        made_of=codes,
    )
    return theme.define(name, measure, unit, source=CIVIL, **more)


INDICATORS = (
    _balance(
        "naturel_effectif", "Solde naturel", "naissances − décès", natural, "personnes", digits=0, signed=True
    ),
    _balance(
        "naturel_annuel",
        "Solde naturel, par an",
        "(naissances − décès) / n",
        lambda t, p: natural(t, p) / p.years,
        "personnes par an",
        digits=0,
        signed=True,
    ),
    _balance(
        "migratoire_effectif",
        "Solde migratoire apparent",
        "évolution de la population − (naissances − décès)",
        migratory,
        "personnes",
        digits=0,
        signed=True,
        note=_RESIDUAL,
    ),
    _balance(
        "migratoire_annuel",
        "Solde migratoire apparent, par an",
        "(évolution de la population − (naissances − décès)) / n",
        lambda t, p: migratory(t, p) / p.years,
        "personnes par an",
        digits=0,
        signed=True,
        note=_RESIDUAL,
    ),
    _balance(
        "solde_naturel",
        f"{_DUE} au solde naturel",
        "évolution annuelle moyenne × (naissances − décès) / évolution de la population",
        annual_natural,
        "% par an",
        signed=True,
        note="Population stable : (naissances − décès) / (n × population moyenne) × 100.",
    ),
    _balance(
        "solde_migratoire",
        f"{_DUE} au solde migratoire apparent",
        "évolution annuelle moyenne − part due au solde naturel",
        annual_migratory,
        "% par an",
        signed=True,
        note=_RESIDUAL,
    ),
    _balance(
        "solde_naturel_moyen",
        "Solde naturel, rapporté à la population moyenne",
        "100 × (naissances − décès) / (n × population moyenne)",
        lambda t, p: mean_rate(natural(t, p), t, p),
        "% par an",
        signed=True,
        note=_CHECKS,
    ),
    _balance(
        "solde_migratoire_moyen",
        "Solde migratoire apparent, rapporté à la population moyenne",
        "100 × (évolution de la population − (naissances − décès)) / (n × population moyenne)",
        lambda t, p: mean_rate(migratory(t, p), t, p),
        "% par an",
        signed=True,
        note=f"{_CHECKS} {_RESIDUAL}",
    ),
    _balance(
        "natalite",
        "Taux de natalité",
        f"{_THOUSAND} × naissances / (n × population moyenne)",
        lambda t, p: mean_rate(t["births"], t, p, per=1000),
        "‰",
        codes=_EVENTS[:2],
        note="Naissances selon la commune où habite la mère.",
    ),
    _balance(
        "mortalite",
        "Taux de mortalité",
        f"{_THOUSAND} × décès / (n × population moyenne)",
        lambda t, p: mean_rate(t["deaths"], t, p, per=1000),
        "‰",
        codes=(_EVENTS[0], _EVENTS[2]),
        note="Décès selon la commune où habitait la personne, non corrigés de la structure par âge.",
    ),
)
