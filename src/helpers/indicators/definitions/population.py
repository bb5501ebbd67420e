"""Indicators of the population: how many people, what changes their number, which ages, who arrives."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from helpers import french
from helpers.indicators.changes import annual_change
from helpers.indicators.definitions.terms import (
    AREA,
    BIRTHS,
    CIVIL,
    DEATHS,
    LOCAL_MOVERS,
    MOVED,
    MOVERS,
    STAYERS,
    identifier,
)
from helpers.indicators.formulas import Formula
from helpers.indicators.indicator import Indicator, Theme
from helpers.indicators.measures import Arrays, Compute, Period, State
from helpers.indicators.quantities import POPULATION, Code, Rest, Total, count, difference, people
from helpers.indicators.windows import Window

theme = Theme("Population")

_EVENTS = (("population", "POP"), ("flows", "NAIS"), ("flows", "DECE"))
_THOUSAND = french.number(1000)
_DUE = "Évolution annuelle moyenne due"
_QUESTIONNAIRE = (
    "Le questionnaire de 2018 a changé : les évolutions qui enjambent cette année, et le solde migratoire apparent, "
    "sont à lire avec prudence."
)
_RESIDUAL = f"Le solde migratoire apparent est un résidu : il porte les erreurs des deux recensements. {_QUESTIONNAIRE}"
_CHECKS = (
    "Seconde forme du taux, toujours définie : elle contrôle la première là où la population change peu."
)
_MOVES = (
    "Les moins d’un an sont hors champ. Pour un territoire de plusieurs communes, ce sont les arrivées dans l’une "
    "d’elles, y compris depuis une autre du même territoire."
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
    told: str,
    value: Compute,
    unit: str,
    *,
    codes: tuple[Code, ...] = _EVENTS,
    **more: Any,
) -> Indicator:
    """Define a figure made of both populations and of the births and deaths between them."""
    measure = Formula(
        named,
        told,
        value,
        start={"people": POPULATION},
        end={"people": POPULATION},
        during={"births": BIRTHS, "deaths": DEATHS},
        made_of=codes,
    )
    return theme.define(name, measure, unit, source=CIVIL, **more)


def _trend(years: int, told: str) -> Indicator:
    """Define the annual change of the population over the last years known."""
    measure = Window(
        f"Évolution annuelle moyenne de la population sur {told} ans",
        f"((fin / début)^(1/{years}) − 1) × 100, fin et début étant le nombre d’habitants à chaque date",
        lambda terms, period: annual_change(terms["people_0"], terms["people_1"], years),
        span=years,
        start={"people": POPULATION},
        end={"people": POPULATION},
        counts=("people_0", "people_1"),
    )
    note = f"Populations de référence de chaque année, jusqu’à la dernière publiée. {_QUESTIONNAIRE}"
    return theme.define(f"croissance_{years}", measure, "% par an", signed=True, note=note)


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


def _from(name: str, place: int, told: str) -> Indicator:
    came = count("mobility", f"POP01P_IRAN{place}", plural=f"habitants d’un an ou plus venus d’{told}")
    return theme.share(f"venus_{name}", came, MOVED, note=_MOVES)


_ABROAD = Total(
    table="mobility",
    ways=(("POP01P",),),
    less=tuple(f"POP01P_IRAN{place}" for place in range(1, 6)),
    plural="habitants d’un an ou plus venus d’outre-mer ou de l’étranger",
)
_ARRIVED = difference(
    MOVERS, STAYERS, LOCAL_MOVERS, plural="habitants d’un an ou plus arrivés dans la commune depuis un an"
)

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
    theme.share("emmenages", MOVED, MOVERS, note=_MOVES),
    theme.share("arrivees", _ARRIVED, MOVERS, note=_MOVES),
    theme.share("venus_commune", LOCAL_MOVERS, MOVED, note=_MOVES),
    _from("departement", 3, "une autre commune du département"),
    _from("region", 4, "un autre département de la région"),
    _from("metropole", 5, "une autre région de métropole"),
    theme.share("venus_ailleurs", _ABROAD, MOVED, note=_MOVES),
)
