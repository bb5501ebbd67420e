"""Classes of a map: a change falls or rises on both sides of nothing, a level goes from low to high."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from helpers import french, tokens

# A change from a fall to a rise, a level from low to high: pale classes are known by their table too.
FALLS, RISES = (
    [tokens.colour(name) for name in names]
    for names in (("fall3", "fall2", "fall1"), ("rise1", "rise2", "rise3"))
)
LEVEL = tokens.colour("level")
RAMP = [tokens.colour(f"low{rank}") for rank in range(1, 6)]

# Bounds of a change, in % a year, the same on both sides and on every map: within the first, nothing.
_STEPS = (0.05, 0.5, 1.0)
_INFINITE = float("inf")

Values: TypeAlias = "np.ndarray | pd.Series[float]"


@dataclass(frozen=True)
class MapClass:
    """Values above `low`, up to `high`: their colour, and what the legend says of them."""

    low: float
    high: float
    colour: str
    name: str
    # The class of nothing holds both of its bounds, that of the lowest value its own; a fall holds its lower one.
    closed: str = "right"

    def holds(self, values: Any) -> Any:
        """Tell whether a number is in the class, or which of those of an array or a series are."""
        above = values >= self.low if self.closed in ("left", "both") else values > self.low
        return above & (values <= self.high if self.closed in ("right", "both") else values < self.high)

    def count(self, values: Values) -> int:
        """Count the values that are in the class."""
        return int(self.holds(values).sum())


def split(values: Values, *, signed: bool, digits: int, unit: str) -> list[MapClass]:
    """Make the classes of known values (`signed`: changes, in `unit`), from the lowest; none is empty."""
    made = _changes(digits, unit) if signed else _levels(values, digits=digits, unit=unit)
    return [one for one in made if one.count(values)]


def _changes(digits: int, unit: str) -> list[MapClass]:
    """Make classes of falls, of nothing, of rises: a change of the same size is as dark on both sides."""
    near, *steps = _STEPS

    def write(number: float) -> str:
        return french.number(number, digits=max(digits, 2 if abs(number) == near else 1), signed=True)

    bounds = [near, *steps, _INFINITE]
    after = f"{french.NBSP}{unit}"
    falls, rises = [], []
    for low, high, dark, light in zip(bounds, bounds[1:], FALLS[::-1], RISES, strict=False):
        if high == _INFINITE:
            names = f"moins de {write(-low)}{after}", f"plus de {write(low)}{after}"
        else:
            names = f"{write(-high)} à {write(-low)}{after}", f"{write(low)} à {write(high)}{after}"
        falls.append(MapClass(-high, -low, dark, names[0], closed="left"))
        rises.append(MapClass(low, high, light, names[1]))
    balanced = f"à l’équilibre (±{french.NBSP}{french.number(near, digits=2)}{after})"
    return [*falls[::-1], MapClass(-near, near, LEVEL, balanced, closed="both"), *rises]


def _levels(values: Values, *, digits: int, unit: str) -> list[MapClass]:
    """Make at most five classes of as many values each."""
    most = len(RAMP)
    count = min(most, len(np.unique(values)))
    # Of equal values there are fewer classes: that is what is wanted.
    ends = np.unique(np.quantile(values, np.arange(1, count + 1) / count))
    bounds = [float(values.min()), *map(float, ends)]
    # Few classes take the whole ramp.
    last = max(len(ends) - 1, 1)
    colours = [RAMP[round(rank * (most - 1) / last)] for rank in range(len(ends))]
    return [
        MapClass(
            low, high, colour, closed="both" if rank == 0 else "right",
            name=f"{french.number(low, digits=digits)} à {french.number(high, digits=digits)}{french.NBSP}{unit}",
        )
        for rank, ((low, high), colour) in enumerate(zip(pairwise(bounds), colours, strict=True))
    ]  # fmt: skip
