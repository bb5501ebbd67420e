"""A smooth curve through points that goes up or down only where they do.

Its slopes are the weighted harmonic means of those on both sides (F. N. Fritsch and J. Butland, "A method for
constructing local monotone piecewise cubic interpolants", SIAM Journal on Scientific and Statistical Computing, 1984).
scipy has the same curve, PCHIP: for this alone, every command would load it with seaborn, in a second and a half.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from helpers.simulation.axes import Array


def draw_curve(places: ArrayLike, values: ArrayLike) -> Callable[[ArrayLike], Array]:
    """Draw the curve through `values` at `places`, in increasing order: a function of places.

    Outside the first and the last one, the curve goes on as it began and as it ended.

    Raises:
        ValueError: places do not increase.
    """
    knots, heights = np.asarray(places, dtype=float), np.asarray(values, dtype=float)
    steps = np.diff(knots)
    if not (steps > 0).all():
        raise ValueError(f"places do not increase: {knots.tolist()!r}")
    slopes = np.diff(heights) / steps
    tangents = _find_tangents(steps, slopes)
    bend = (tangents[:-1] + tangents[1:] - 2 * slopes) / steps
    square, cube = (slopes - tangents[:-1]) / steps - bend, bend / steps

    def read(where: ArrayLike) -> Array:
        asked = np.asarray(where, dtype=float)
        rank = np.clip(np.searchsorted(knots, asked, side="right") - 1, 0, steps.size - 1)
        beyond = asked - knots[rank]
        straight = heights[rank] + tangents[rank] * beyond
        return np.asarray(straight + square[rank] * beyond**2 + cube[rank] * (beyond**2 * beyond))

    return read


def _find_tangents(steps: Array, slopes: Array) -> Array:
    """Find the slope of the curve at each point: none at a summit, those of the points when there are only two."""
    if slopes.size == 1:
        return np.repeat(slopes, 2)
    before, after = slopes[:-1], slopes[1:]
    weights = 2 * steps[1:] + steps[:-1], steps[1:] + 2 * steps[:-1]
    goes_on = before * after > 0
    inverse = [
        np.divide(weight, slope, where=goes_on, out=np.ones_like(weight))
        for weight, slope in zip(weights, (before, after), strict=True)
    ]
    within = np.where(goes_on, 1 / (sum(inverse) / sum(weights)), 0.0)
    ends = [_end(*steps[:2], *slopes[:2]), _end(*steps[:-3:-1], *slopes[:-3:-1])]
    return np.array([ends[0], *within, ends[1]])


def _end(near: float, far: float, slope: float, next_slope: float) -> float:
    """Find the slope at an end: that of a parabola through three points, held to the side that the points take."""
    found = ((2 * near + far) * slope - near * next_slope) / (near + far)
    if np.sign(found) != np.sign(slope):
        return 0.0
    if np.sign(slope) != np.sign(next_slope) and abs(found) > 3 * abs(slope):
        return 3.0 * slope
    return float(found)
