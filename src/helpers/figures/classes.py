"""Classes of a map: a change falls or rises on both sides of nothing, a level goes from low to high."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from itertools import pairwise

import mapclassify
import pandas as pd

from helpers import french
from helpers.figures import style

# Bounds of a change, in % a year, the same on both sides and on every map: within the first, nothing.
_STEPS = (0.05, 0.5, 1.0)
_INFINITE = float("inf")


@dataclass(frozen=True)
class MapClass:
    """Values above `low`, up to `high`: their colour, and what the legend says of them."""

    low: float
    high: float
    colour: str
    name: str
    # The class of nothing holds both of its bounds, that of the lowest value its own; a fall holds its lower one.
    closed: str = "right"

    def holds(self, values: pd.Series) -> pd.Series:
        """Tell the values that are in the class."""
        above = values >= self.low if self.closed in ("left", "both") else values > self.low
        return above & (values <= self.high if self.closed in ("right", "both") else values < self.high)

    def count(self, values: pd.Series) -> int:
        """Count the values that are in the class."""
        return int(self.holds(values).sum())


def split(values: pd.Series, *, signed: bool, digits: int, unit: str) -> list[MapClass]:
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
    for low, high, dark, light in zip(bounds, bounds[1:], style.FALLS[::-1], style.RISES, strict=False):
        if high == _INFINITE:
            told = f"moins de {write(-low)}{after}", f"plus de {write(low)}{after}"
        else:
            told = f"{write(-high)} à {write(-low)}{after}", f"{write(low)} à {write(high)}{after}"
        falls.append(MapClass(-high, -low, dark, told[0], closed="left"))
        rises.append(MapClass(low, high, light, told[1]))
    balanced = f"à l’équilibre (±{french.NBSP}{french.number(near, digits=2)}{after})"
    return [*falls[::-1], MapClass(-near, near, style.LEVEL, balanced, closed="both"), *rises]


def _levels(values: pd.Series, *, digits: int, unit: str) -> list[MapClass]:
    """Make at most five classes of as many values each."""
    most = len(style.RAMP)
    with warnings.catch_warnings():
        # Of equal values there are fewer classes: that is what is wanted.
        warnings.filterwarnings("ignore", message="Not enough unique values")
        found = mapclassify.Quantiles(values, k=min(most, values.nunique()))
    bounds = [float(values.min()), *map(float, found.bins)]
    # Few classes take the whole ramp.
    last = max(len(found.bins) - 1, 1)
    colours = [style.RAMP[round(rank * (most - 1) / last)] for rank in range(len(found.bins))]
    return [
        MapClass(
            low, high, colour, closed="both" if rank == 0 else "right",
            name=f"{french.number(low, digits=digits)} à {french.number(high, digits=digits)}{french.NBSP}{unit}",
        )
        for rank, ((low, high), colour) in enumerate(zip(pairwise(bounds), colours, strict=True))
    ]  # fmt: skip
