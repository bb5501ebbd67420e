"""Births and deaths between censuses, dwellings started each year."""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

import numpy as np

from helpers.simulation.assumptions import (
    LUMPINESS,
    METROPOLIS_RATES,
    PERSISTENCE,
    STARTS_CYCLE,
)
from helpers.simulation.axes import Array, at
from helpers.simulation.known import Known


def estimate_events(known: Known, people: Array, variable: str) -> dict[tuple[int, int], Array]:
    """Estimate births or deaths between censuses: the metropolis's trend, the commune's own level, damped.

    `people` is the population over communes x GRID; the keys are the first and last years of the periods.
    """
    last = (2013, 2018)

    def exposure(since: int, year: int) -> Array:
        return (year - since) * (people[:, at(since)] + people[:, at(year)]) / 2

    events = known.flow(variable, since=2013, year=2018)
    rate = events.sum() / exposure(*last).sum()
    contrast = ((events + 1) / (exposure(*last) * rate + 1)) ** PERSISTENCE[variable]
    return {
        period: np.round(
            rate * exposure(*period) * contrast * rates[variable] / METROPOLIS_RATES[last][variable]
        )
        for period, rates in METROPOLIS_RATES.items()
        if period != last
    }


def estimate_starts(codes: Sequence[str], stock: Array, loss_rates: Array) -> dict[int, Array]:
    """Estimate dwellings started by calendar year, whole numbers: what the stock gained plus what it lost.

    `stock` is the dwellings over communes x GRID, `loss_rates` those lost a year per dwelling.
    """
    lumps = np.array([[_draw_weight(code, year) for year in STARTS_CYCLE] for code in codes])
    rhythm = lumps * list(STARTS_CYCLE.values())
    starts: dict[int, Array] = {}
    for since, year in ((2008, 2013), (2013, 2018)):
        before, after = stock[:, at(since)], stock[:, at(year)]
        losses = loss_rates * (year - since) * before
        total = np.ceil(np.maximum(after - before + losses, 0.0))
        columns = [y - min(STARTS_CYCLE) for y in range(since, year)]
        share = rhythm[:, columns].cumsum(axis=1) / rhythm[:, columns].sum(axis=1, keepdims=True)
        cumulated = np.round(share * total[:, None])
        yearly = np.diff(cumulated, axis=1, prepend=0.0)
        starts |= {y: yearly[:, i] for i, y in enumerate(range(since, year))}
    return starts


def _draw_weight(code: str, year: int) -> float:
    """Draw the weight of one commune's year, between 1-LUMPINESS and 1+LUMPINESS, always the same."""
    return 1 + LUMPINESS * (2 * (crc32(f"{code}-{year}".encode()) / 0xFFFFFFFF) - 1)
