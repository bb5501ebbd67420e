"""Fit estimates to what is known: curves through points, shares to totals, cross-tables to margins."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from helpers.simulation.axes import GRID, SINGLE_AGES, Array
from helpers.simulation.curve import draw_curve


def interpolate(series: pd.Series) -> Array:
    """Interpolate a positive series by year on `GRID`: PCHIP in logarithm, flat outside the years known."""
    known = series.dropna().sort_index()
    curve = draw_curve(known.index.to_numpy(), np.log(known.to_numpy(dtype=float)))
    return np.exp(curve(np.clip(GRID, known.index[0], known.index[-1])))


def interpolate_each(figures: pd.DataFrame) -> Array:
    """Interpolate the series of several categories, over `GRID` x categories."""
    return np.stack([interpolate(series) for _, series in figures.iterrows()], axis=-1)


def fill_gaps(gaps: Array) -> Array:
    """Interpolate residuals linearly along `GRID` (axis 1), flat outside the known years; 0 if none is."""
    moved = np.moveaxis(gaps, 1, 0)
    flat = pd.DataFrame(moved.reshape(len(GRID), -1))
    filled = flat.interpolate(limit_direction="both").fillna(0.0).to_numpy()
    return np.moveaxis(filled.reshape(moved.shape), 0, 1)


def steer(model: Array, known: Array) -> Array:
    """Bend a model of counts (communes x GRID[ x parts]) through the known ones.

    The log ratio known/model is interpolated between known years and kept outside them: a commune with one
    known year keeps the model's pace, a commune with several passes through each.
    """
    bent = model * np.exp(fill_gaps(np.log((known + 0.5) / (model + 0.5))))
    return np.where(np.isnan(known), bent, known)


def complete(estimate: Array, known: Array, total: Array) -> Array:
    """Keep the known parts and scale the estimated ones so that each line (last axis) adds up to `total`.

    Raises:
        ValueError: the known parts exceed their total by more than rounding.
    """
    free = np.isnan(known)
    room = total - np.where(free, 0.0, known).sum(axis=-1)
    if (room < -2.0).any():  # Published integers may exceed their total by rounding, not by more.
        raise ValueError(f"known parts exceed their total by {float(-room.min())!r}")
    weights = np.where(free, estimate, 0.0)
    shares = weights / np.maximum(weights.sum(axis=-1, keepdims=True), 1e-12)
    return np.where(free, shares * np.maximum(room, 0.0)[..., None], known)


def rake(seed: Array, rows: Array, columns: Array) -> Array:
    """Fit the last two axes of `seed` to their margins (iterative proportional fitting); rows are exact.

    Raises:
        ValueError: no table near `seed` has these margins.
    """
    table = np.array(seed, dtype=float)
    for _ in range(2000):
        sums = table.sum(axis=-2)
        table *= np.divide(columns, sums, out=np.zeros_like(sums), where=sums > 0)[..., None, :]
        sums = table.sum(axis=-1)
        table *= np.divide(rows, sums, out=np.zeros_like(sums), where=sums > 0)[..., :, None]
        if np.abs(table.sum(axis=-2) - columns).max() <= 1e-11 * columns.max():
            return table
    raise ValueError(f"margins not met: off by {float(np.abs(table.sum(axis=-2) - columns).max())!r}")


def bisect(excess: Callable[[Array], Array], shape: tuple[int, ...], *, bound: float) -> Array:
    """Find where an increasing function of an array vanishes, element by element, within +-bound."""
    low, high = np.full(shape, -bound), np.full(shape, bound)
    for _ in range(70):
        middle = (low + high) / 2
        above = excess(middle) > 0
        low, high = np.where(above, low, middle), np.where(above, middle, high)
    return (low + high) / 2


def tilt(shares: Array, sizes: Array, mean: Array) -> Array:
    """Tilt shares by exp(lambda.size) until the mean size (last axis) is the one wanted."""

    def tilted(slope: Array) -> Array:
        weights = shares * np.exp(slope[..., None] * (sizes - sizes.mean()))
        return weights / weights.sum(axis=-1, keepdims=True)

    return tilted(bisect(lambda slope: (tilted(slope) * sizes).sum(axis=-1) - mean, mean.shape, bound=12.0))


def remap(density: Array, knots: Sequence[int], totals: Array) -> Array:
    """Bend a density by single age until its sums between `knots` are `totals`.

    The cumulated count is a PCHIP (monotone) function of the cumulated density: no step appears at the knots.
    """
    cumulated = np.concatenate([[0.0], density.cumsum()])
    curve = draw_curve(cumulated[list(knots)], np.concatenate([[0.0], totals.cumsum()]))
    return np.maximum(np.diff(curve(cumulated)), 0.0)


def spread(counts: Sequence[float], knots: Sequence[int]) -> Array:
    """Spread counts between `knots` over single ages (PCHIP on the cumulated count)."""
    curve = draw_curve(knots, np.concatenate([[0.0], np.cumsum(counts)]))
    return np.diff(curve(np.clip(np.arange(SINGLE_AGES.size + 1), knots[0], knots[-1])))


def draw_profile(points: Mapping[int, float]) -> Array:
    """Draw a rate by single age through a few points."""
    return draw_curve(list(points), list(points.values()))(SINGLE_AGES)


def predict(target: Array, traits: Array) -> Array:
    """Fill the lines of `target` (shares) that are not known from the communes' traits (log-linear fit).

    Raises:
        ValueError: no line is known.
    """
    seen = np.logical_not(np.isnan(target).any(axis=-1))
    if not seen.any():
        raise ValueError(f"nothing known to predict from: {target.shape[-1]!r} shares, no commune")
    logs = np.log(np.maximum(target[seen], 1e-3))
    fitted = traits @ np.linalg.lstsq(traits[seen], logs, rcond=1e-8)[0]
    return np.where(seen[:, None], target, np.exp(np.clip(fitted, logs.min(axis=0), logs.max(axis=0))))


def normalise(values: Array) -> Array:
    """Divide values by their sum."""
    return values / values.sum()
