"""People by tenure: which ages live in which."""

from __future__ import annotations

import numpy as np

from helpers import schemas
from helpers.simulation.assumptions import (
    AT_HOME,
    IN_HALLS,
    IN_HOMES,
    INSTITUTION_AGES,
    OUTSIDE_FLOOR,
    OWNERS_SETTLE,
    PARENTHOOD,
    SIX_AND_OVER,
)
from helpers.simulation.axes import (
    HEAD_KNOTS,
    HEAD_LABELS,
    SINGLE_AGES,
    SIZE_LABELS,
    TENURE_LABELS,
    TENURES,
    Array,
)
from helpers.simulation.fit import draw_profile, normalise, rake, spread
from helpers.simulation.known import DISTRICT, LILLE, NORD, Known, cross


def cross_tenures(
    known: Known, pyramid: Array, settlers: Array, *, tenures: Array, persons: Array, inmates: Array
) -> Array:
    """Cross one year's ages by sex with `TENURES`: communes x sex x class x tenure.

    Persons by tenure: main residences x the mean household size of the tenure, scaled to the household
    population; those outside ordinary housing are apart. `pyramid` is by single age,
    `settlers` how over-represented each generation is: more so among owners. Over communes, `tenures` are the main
    residences, `persons` the people of households, `inmates` the men of institutions.
    """
    adults, children = _describe_tenures(known)
    cohort = pyramid[:, :, 10:18].mean(axis=2, keepdims=True)
    home = np.minimum(cohort * draw_profile(AT_HOME), 0.97 * pyramid)
    home[..., :18] = pyramid[..., :18]
    seed = (pyramid - home)[..., None] * adults.T
    seed[..., 0] *= settlers[:, None] ** OWNERS_SETTLE
    seed += home[..., None] * children.T
    apart = pyramid * (OUTSIDE_FLOOR + draw_profile(IN_HOMES) + draw_profile(IN_HALLS))
    apart[:, 0] += inmates[:, None] * normalise(draw_profile(INSTITUTION_AGES))
    seed = np.concatenate([seed, apart[..., None]], axis=-1)

    ages = np.add.reduceat(pyramid, schemas.AGE_CLASSES, axis=2)
    sizes = _read_sizes(known)
    people = tenures * (sizes @ np.array([1, 2, 3, 4, 5, SIX_AND_OVER])) / sizes.sum(axis=1)
    inside = people / people.sum(axis=1, keepdims=True) * persons[:, None]
    columns = np.column_stack([inside, ages.sum(axis=(1, 2)) - persons])
    cells = np.add.reduceat(seed, schemas.AGE_CLASSES, axis=2).reshape(len(ages), -1, len(TENURES))
    return rake(cells, ages.reshape(len(ages), -1), columns).reshape(*ages.shape, len(TENURES))


def _describe_tenures(known: Known) -> tuple[Array, Array]:
    """Describe the tenures (owner, private, social, free) of adults and of children at home, by single age.

    An adult has the tenure of reference persons of the same age (district of Lille and Nord together); a
    child, that of those who could be its parents.
    """
    heads = known.figures(DISTRICT, "PRINC22 (ensemble)")[2016]
    heads = heads + known.figures(NORD, "PRINC22 (ensemble)")[2013]
    counts = cross(heads, TENURE_LABELS, [[label] for label in HEAD_LABELS])
    density = np.stack([spread(line, HEAD_KNOTS) for line in counts])
    density[:, :18] = density[:, [18]]
    sizes = _read_sizes(known)
    with_children = sizes[:, 2:].sum(axis=1) / sizes.sum(axis=1)  # Households of three or more, near enough.
    parents = density * with_children[:, None]
    parents[:, :18] = 0.0
    gap = SINGLE_AGES[:, None] - SINGLE_AGES[None, :]  # Parent's age (row) less child's age (column).
    children = parents @ np.exp(-(((gap - PARENTHOOD[0]) / PARENTHOOD[1]) ** 2) / 2) + 1e-9 * parents.sum()
    return density / density.sum(axis=0), children / children.sum(axis=0)


def _read_sizes(known: Known) -> Array:
    """Read households by tenure x size (Lille, the one such table at hand)."""
    figures = known.figures(LILLE, "PRINC23 (ensemble)").iloc[:, 0]
    return cross(figures, TENURE_LABELS, [[size] for size in SIZE_LABELS])
