"""People by sex and age: what is known of each commune, and its pyramids, drawn from the metropolis's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.simulation.assumptions import (
    AGE_ELASTICITY,
    INSTITUTION_AGES,
    INSTITUTION_OPENED,
    INSTITUTION_THRESHOLD,
)
from helpers.simulation.axes import AGE_LABELS, DETAIL_YEARS, FINE_KNOTS, GRID, Array, at
from helpers.simulation.fit import (
    bisect,
    complete,
    draw_profile,
    fill_gaps,
    interpolate_each,
    normalise,
    predict,
    rake,
    remap,
    steer,
)
from helpers.simulation.generations import count_survivors
from helpers.simulation.known import (
    DISTRICT,
    JOINED_LATER,
    MEL_2013,
    Known,
    describe_communes,
    read_urban_pace,
)

_SEXES = ("Hommes", "Femmes")


@dataclass(frozen=True)
class Margins:
    """What is known or estimated of ages, over communes x GRID; all but `population` without inmates."""

    population: Array  # Real totals; before the first one, carried back at the pace of the urban area.
    groups: Array  # Persons aged 0-14, 15-29, 30-74, 75 and over.
    young: Array  # Persons aged 18-24.
    women: Array
    inmates: Array  # Men in an institution, revealed by the lack of women.


def estimate_margins(known: Known, *, base: Array) -> Margins:
    """Estimate the broad ages of every commune and year: real where known, else predicted from its traits.

    `base` is the metropolis's pyramid of 2018 (sex x single age).

    Raises:
        ValueError: a commune lacks a real figure it needs; names it.
    """
    real = known.series("population", "POP")
    anchor = known.require(real[:, at(2013)], "population 2013")[:, None]
    margins = known.parts("age_groups", ["POP0014", "POP1529", "POP75P"])
    margins = np.insert(margins, 2, real - margins.sum(axis=-1), axis=-1)
    women, young = known.series("age_groups", "POPF"), known.series("age_groups", "POP1824")

    broad = np.add.reduceat(base, [0, 15, 30, 75], axis=1)
    feminine = broad[1] / broad.sum(axis=0)
    inmates = _estimate_inmates(known.codes, real - women / ((margins @ feminine) / real), real)
    by_age = normalise(draw_profile(INSTITUTION_AGES))
    held = inmates[..., None] * np.add.reduceat(by_age, [0, 15, 30, 75])
    margins, young = margins - held, young - inmates * by_age[18:25].sum()
    pace = read_urban_pace(known)
    free = np.where(np.isnan(real), (anchor - inmates[:, [at(2013)]]) * pace / pace[at(2013)], real - inmates)

    traits = describe_communes(known)
    level = predict(margins[:, at(2018)] / free[:, [at(2018)]], traits)
    district = known.figures(DISTRICT, "POP T0").reindex(AGE_LABELS).groupby([0, 1, 2, 2, 2, 3]).sum()
    drift = interpolate_each(district)
    model = level[:, None, :] * drift / drift[at(2018)]
    groups = complete(steer(model * free[..., None], margins), margins, free)
    part = predict((young / margins[..., 1])[:, [at(2018)]], traits)
    young = steer(part * groups[..., 1], young)
    return Margins(free + inmates, groups, young, steer(groups @ feminine, women), inmates)


def _estimate_inmates(codes: Sequence[str], lacking: Array, people: Array) -> Array:
    """Estimate the men of institutions over communes x GRID, from those in excess of the women, where known.

    Kept constant outside the known years, but none before the pyramids' first year nor before the opening.
    """
    clear = (lacking / people)[:, at(2018)] > INSTITUTION_THRESHOLD
    men = np.where(clear[:, None], fill_gaps(np.maximum(lacking, 0.0)), 0.0)
    opened = np.array([INSTITUTION_OPENED.get(code, DETAIL_YEARS[0]) for code in codes])
    return np.where(opened[:, None] <= GRID, men, 0.0)


def estimate_metropolis(known: Known) -> dict[int, Array]:
    """Estimate the metropolis's pyramid (sex x single age) by year of detail.

    2013 is published by sex and broad age; within them, and in other years, generations are as many as their
    births and deaths leave of them. Other years follow the broad ages of the district.
    """
    figures = known.figures(MEL_2013, "POP T3")[2013]
    left = count_survivors(2013)
    base = np.stack(
        [
            _bend(line, FINE_KNOTS, np.array(_fine_ages(figures, sex)))
            for line, sex in zip(left, _SEXES, strict=True)
        ]
    )
    pace = interpolate_each(known.figures(DISTRICT, "POP T0").reindex(AGE_LABELS))
    knots = [0, 15, 30, 45, 60, 75, 105]
    pyramids = {}
    for year in DETAIL_YEARS:
        aged = base / left * count_survivors(year)
        everyone = aged.sum(axis=0)
        total = np.add.reduceat(base.sum(axis=0), knots[:-1]) * pace[at(year)] / pace[at(2013)]
        pyramids[year] = aged * _bend(everyone, knots, total) / everyone
    return pyramids


def _bend(density: Array, knots: Sequence[int], totals: Array) -> Array:
    """Bend a density by single age to `totals` between `knots`; those under 15, the first, keep its proportions."""
    children = np.add.reduceat(density[:15], [0, 5, 10])
    return remap(
        density, [0, 5, 10, *knots[1:]], np.concatenate([totals[0] * normalise(children), totals[1:]])
    )


def _fine_ages(figures: pd.Series, sex: str) -> list[float]:
    """Read the counts between `FINE_KNOTS` that the two published cuts of the ages allow."""
    broad = [*AGE_LABELS[:5], "75 à 89 ans", "90 ans ou plus"]
    c0, c15, c30, c45, c60, c75, c90 = (figures[f"{group} | {sex}"] for group in broad)
    teens = figures[f"0 à 19 ans | {sex}"] - c0
    seniors = figures[f"65 ans ou plus | {sex}"] - c75 - c90
    return [c0, teens, c15 - teens, c30, c45, c60 - seniors, seniors, c75, c90]


def estimate_pyramids(
    known: Known,
    margins: Margins,
    metropolis: Mapping[int, Array],
    settlers: Mapping[int, Array],
    *,
    people: Array,
) -> dict[int, Array]:
    """Estimate communes x sex x single age by year of detail, on each commune's margins and final total.

    `metropolis` are its own pyramids, `settlers` how over-represented each generation is, over communes x single
    age; `people` the final totals over communes x GRID.
    """
    scale = people / margins.population
    pyramids = {
        year: _estimate_pyramid(margins, metropolis[year], settlers[year], column=at(year))
        * scale[:, at(year), None, None]
        for year in DETAIL_YEARS
    }
    return pyramids | {2013: _fit_metropolis(known, pyramids[2013], people[:, at(2013)])}


def _estimate_pyramid(margins: Margins, base: Array, settlers: Array, *, column: int) -> Array:
    """Estimate one year's pyramids: the metropolis's ages, weighed by `settlers` and mapped to the margins.

    Sexes are shifted to the women known.
    """
    knots = [0, 15, 18, 25, 30, 45, 60, 75, 105]
    everyone = base.sum(axis=0)
    reference = np.add.reduceat(everyone, knots[:-1])
    settled = everyone * settlers
    own = np.add.reduceat(settled, knots[:-1], axis=1)
    children, youth, adults, seniors = margins.groups[:, column].T
    young = margins.young[:, column]
    # Those of 15-17 are still at home: as many a year as those of 10-14.
    teens = np.minimum(0.6 * children * settled[:, 10:15].sum(axis=1) / own[:, 0], 0.8 * (youth - young))
    total = margins.groups[:, column].sum(axis=1)
    like_children = children / total / (reference[0] / reference.sum())
    like_seniors = seniors / total / (reference[-1] / reference.sum())
    contrast = np.column_stack([like_children, like_children, like_seniors]) ** AGE_ELASTICITY
    middle = rake(own[:, 4:7] * contrast, adults, normalise(reference[4:7]) * adults.sum())
    counts = np.column_stack([children, teens, young, youth - young - teens, middle, seniors])
    ages = np.stack([_bend(density, knots, line) for density, line in zip(settled, counts, strict=True)])
    pyramid = _split_sexes(ages, base[1] / everyone, women=margins.women[:, column])
    pyramid[:, 0] += margins.inmates[:, column, None] * normalise(draw_profile(INSTITUTION_AGES))
    return pyramid


def _split_sexes(ages: Array, share: Array, *, women: Array) -> Array:
    """Split ages into communes x (men, women) x age: the base's odds are shifted until the women's total is met."""
    odds = np.log(share / (1 - share))

    def feminine(shift: Array) -> Array:
        return ages / (1 + np.exp(-(odds + shift[:, None])))

    shift = bisect(lambda s: feminine(s).sum(axis=1) - women, women.shape, bound=8.0)
    return np.stack([ages - feminine(shift), feminine(shift)], axis=1)


def _fit_metropolis(known: Known, pyramids: Array, population: Array) -> Array:
    """Fit 2013's pyramids to the sex x age published for the former perimeter, when it is whole."""
    figures = known.figures(MEL_2013, "POP T3")[2013]
    target = np.concatenate([_fine_ages(figures, sex) for sex in _SEXES])
    inside = ~np.isin(known.codes, JOINED_LATER)
    total = population[inside].sum()
    if abs(total / target.sum() - 1) > 1e-3:
        return pyramids
    coarse = np.add.reduceat(pyramids[inside], FINE_KNOTS[:-1], axis=2)
    fitted = rake(coarse.reshape(len(coarse), -1), population[inside], target * total / target.sum())
    factors = fitted.reshape(coarse.shape) / coarse
    result = pyramids.copy()
    result[inside] *= np.repeat(factors, np.diff(FINE_KNOTS), axis=2)
    return result
