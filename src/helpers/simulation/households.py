"""Households: persons outside them, how many they are since 1968, of what size and composition."""

from __future__ import annotations

import numpy as np

from helpers.simulation.assumptions import (
    ORDINARY_18_24,
    OUTSIDE_OTHERS,
    OUTSIDE_SENIORS,
    OUTSIDE_STUDENTS,
    PACE_BOUNDS,
    SINGLE_PARENT_ELASTICITY,
    SIX_AND_OVER,
)
from helpers.simulation.axes import FAMILIES, GRID, SIZE_LABELS, SIZES, Array, at, name_parts
from helpers.simulation.fit import complete, fill_gaps, interpolate, interpolate_each, steer, tilt
from helpers.simulation.known import (
    DISTRICT,
    MEL_2013,
    REGION,
    Known,
    find_perimeter,
    read_urban_pace,
)
from helpers.simulation.people import Margins


def estimate_outside(known: Known, margins: Margins) -> Array:
    """Estimate the persons outside ordinary housing over communes x GRID.

    Level: the published gap between population and households of the former perimeter in 2015; shared out by
    institutions, the old, students from elsewhere.
    """
    inside = find_perimeter(known.codes)
    people = margins.population
    households = known.figures(MEL_2013, "FAM T1", variable="composition_pop").loc["Ensemble", 2015]
    reference = known.figures(MEL_2013, "POP T0").loc["Ensemble", 2013]
    growth = people[inside, at(2015)].sum() / people[inside, at(2013)].sum()
    rate = 1 - households / (reference * growth)
    students = np.maximum(margins.young - ORDINARY_18_24 * people, 0.0)
    raw = OUTSIDE_SENIORS * margins.groups[..., 3] + OUTSIDE_STUDENTS * students + OUTSIDE_OTHERS * people
    here = (inside, at(2015))
    scale = (rate * people[here].sum() - margins.inmates[here].sum()) / raw[here].sum()
    return margins.inmates + np.clip(scale, 0.5, 1.5) * raw


def estimate_series(known: Known, outside: Array, people: Array) -> dict[str, Array]:
    """Estimate RP, PMEN and POP over communes x GRID, through every known count and household size.

    `outside` are the persons outside ordinary housing, `people` all of them, where known.

    Raises:
        ValueError: a commune lacks its main residences of 2018; names it.
    """
    size_pace = interpolate(known.figures(DISTRICT, "FAM G1").iloc[0])
    region = interpolate(known.figures(REGION, "LOG T1").T["Résidences principales"])
    urban = read_urban_pace(known)

    real_people, real_homes = known.series("population", "POP"), known.series("dwellings", "RP")
    ordinary = people - outside
    homes_2018 = known.require(real_homes[:, at(2018)], "dwellings RP 2018")[:, None]
    size_2018 = ordinary[:, [at(2018)]] / homes_2018
    # A commune with no count between 2008 and 2017: its 2013 stock follows from its real population.
    blank = np.isnan(real_homes[:, at(2008) : at(2018)]).all(axis=1)
    # Households of the complementary count stand for main residences where these are not known.
    steering = np.where(np.isnan(real_homes), known.series("households", "C_MEN"), real_homes)
    implied = ordinary / (size_2018 * size_pace / size_pace[at(2018)])
    steering[blank, at(2013)] = implied[blank, at(2013)]

    exponent = _estimate_exponents(known, homes_2018[:, 0], region, target=urban / size_pace)
    model = homes_2018 * (region / region[at(2018)]) ** exponent[:, None]
    wanted = homes_2018.sum() * (urban / size_pace) / (urban / size_pace)[at(2018)]
    homes = steer(model * wanted / model.sum(axis=0), steering)

    sizes = _read_sizes(known)
    known_sizes = np.where(np.isnan(real_people), np.nan, ordinary / homes)
    known_sizes = np.where(np.isnan(sizes).all(axis=1, keepdims=True), known_sizes, sizes)
    size = size_pace * np.exp(fill_gaps(np.log(known_sizes / size_pace)))
    rate = outside / people
    persons = np.where(np.isnan(real_people), size * homes, np.minimum(size * homes, ordinary))
    population = np.where(np.isnan(real_people), persons / (1 - rate), real_people)
    return {"RP": homes, "PMEN": persons, "POP": population}


def _estimate_exponents(known: Known, homes: Array, region: Array, *, target: Array) -> Array:
    """Estimate how fast each commune's main residences grew since 1968, in multiples of the region's log pace.

    A line through the urban area's mean, sloped on the communes whose long series is published: the more
    owners, the later the commune was built.
    """
    owners = known.series("dwellings", "RP_PROP")[:, at(2018)] / homes
    centre = np.average(owners, weights=homes)
    mean = np.log(target[at(2018)] / target[0]) / np.log(region[at(2018)] / region[0])
    first = known.series("dwellings", "RP")[:, 0]
    seen = ~np.isnan(first)
    pace = np.log(homes[seen] / first[seen]) / np.log(region[at(2018)] / region[0])
    distance = owners[seen] - centre
    slope = (distance * (pace - mean)).sum() / max((distance**2).sum(), 1e-9)
    return np.clip(mean + max(slope, 0.0) * (owners - centre), *PACE_BOUNDS)


def _read_sizes(known: Known) -> Array:
    """Read the mean household sizes published for communes, interpolated between their years, else NaN."""
    sizes = np.full((len(known.codes), GRID.size), np.nan)
    for position, figures in known.figures_by_commune("FAM G1").items():
        sizes[position] = interpolate(figures.iloc[0])
    return sizes


def estimate_households(known: Known, homes: Array, persons: Array, tenures: Array) -> dict[str, Array]:
    """Estimate households by composition and by size, and their totals, over communes x GRID.

    Shares start from the metropolis's and tilt with household size until the mean size is the commune's.
    `homes` are the main residences, `persons` the people of households, `tenures` the homes by tenure.
    """
    labels = list(FAMILIES.values())
    counts = known.figures(MEL_2013, "FAM T1", variable="composition_menages")[2015]
    people = known.figures(MEL_2013, "FAM T1", variable="composition_population")[2015]
    region = known.figures(REGION, "FAM T1", variable="composition_menages").reindex(labels)
    drift = interpolate_each(region)
    base = counts[labels].to_numpy() * drift / drift[at(2015)]
    social = tenures[..., 2] / homes
    single_parents = (social / np.average(social, weights=homes, axis=0)) ** SINGLE_PARENT_ELASTICITY
    base = np.broadcast_to(base, (*homes.shape, len(labels))).copy()
    base[..., labels.index("Famille monoparentale")] *= single_parents
    shares = tilt(base, (people[labels] / counts[labels]).to_numpy(), persons / homes)

    stock = known.figures(MEL_2013, "LOG T2").loc["Résidences principales", 2015]
    total = steer(homes * counts["Ensemble"] / stock, known.series("households", "C_MEN"))
    real = known.parts("households", list(FAMILIES))
    composition = complete(steer(shares * total[..., None], real), real, total)

    alone = composition[..., :2].sum(axis=-1) / total * homes
    sizes = known.figures(MEL_2013, "PRINC3 (ensemble)")[2017]
    together = np.array([sizes[f"Ensemble | {size}"] for size in SIZE_LABELS[1:]])
    several = tilt(together, np.array([2, 3, 4, 5, SIX_AND_OVER]), (persons - alone) / (homes - alone))
    by_size = np.concatenate([alone[..., None], several * (homes - alone)[..., None]], axis=-1)
    families = name_parts(list(FAMILIES), composition)
    singles = families["C_MENHSEUL"] + families["C_MENFSEUL"]
    totals = {"C_MEN": total, "C_MENPSEUL": singles, "C_MENFAM": total - singles - families["C_MENSFAM"]}
    return totals | families | name_parts(SIZES, by_size)
