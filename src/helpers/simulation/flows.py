"""Births and deaths between censuses."""

from __future__ import annotations

import numpy as np

from helpers.simulation.assumptions import METROPOLIS_RATES, PERSISTENCE
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
