"""A drawing as a chart that an office suite can edit: what a figure declares of its bars or its curves."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

Kind = Literal["bars", "stacks", "columns", "lines"]

# The least range of the axis of a curve, as a part of the level of its values; in how many steps it is rounded.
_LEAST_RANGE, _STEPS = 0.2, 4
# Decimals kept of what is drawn: beyond, powers and logarithms differ from one processor to another.
_DECIMALS = 9


@dataclass(frozen=True, kw_only=True)
class Series:
    """One bar of each row, one part of a bar, or one curve.

    `values` are as they are drawn, None where nothing is; `texts` what is written there (empty: nothing). `colours`
    (`#rrggbb`) are one, or one for each value; `hollow` marks the bars of which only the outline is drawn.
    """

    name: str
    values: tuple[float | None, ...]
    texts: tuple[str, ...]
    colours: tuple[str, ...]
    hollow: tuple[bool, ...] = ()

    def colour(self, rank: int) -> str:
        """Give the colour of the value of this rank."""
        return self.colours[rank if len(self.colours) > 1 else 0]


@dataclass(frozen=True, kw_only=True)
class Chart:
    """Series over categories, which are the names of rows, or the years of `columns` and `lines`.

    `bars` lie side by side, `stacks` one after another, `columns` stand on one another; `label` says what is measured.
    `limits` are those of the axis of the values, where the figure sets them.
    """

    kind: Kind
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    label: str = ""
    digits: int = 0
    signed: bool = False
    unit: str = ""
    limits: tuple[float, float] | None = None

    def to_record(self) -> dict[str, Any]:
        """Write the chart as plain values (what JSON can hold), the same whatever the processor."""
        record = asdict(self)
        for series in record["series"]:
            series["values"] = [
                value if value is None else round(value, _DECIMALS) for value in series["values"]
            ]
        return record


def read(record: Mapping[str, Any]) -> Chart:
    """Read a chart from plain values, as `Chart.to_record` writes them.

    Raises:
        TypeError: they are not those of a chart.
    """
    series = tuple(
        Series(**{name: _freeze(value) for name, value in one.items()}) for one in record["series"]
    )
    return Chart(**{**{name: _freeze(value) for name, value in record.items()}, "series": series})


def widen(values: Iterable[float]) -> tuple[float, float] | None:
    """Compute the limits of the axis of curves whose moves are small beside their level; None where they are not.

    An index that goes from 100 to 102 has 90 to 110: a small move looks small. Limits are round numbers.
    """
    known = list(values)
    low, high = min(known), max(known)
    level = abs(low + high) / 2
    least = _LEAST_RANGE * level
    if high - low >= least:
        return None
    step = round_step(least / _STEPS)
    start, end = (low + high - least) / 2, (low + high + least) / 2
    bottom = min(math.ceil(start / step - 0.5), math.floor(low / step))
    top = max(math.floor(end / step + 0.5), math.ceil(high / step))
    return round(bottom * step, _DECIMALS), round(top * step, _DECIMALS)


def round_step(size: float) -> float:
    """Choose the round step (1, 2 or 5 times a power of ten) that is as large as a size, or just larger."""
    power = 10.0 ** math.floor(math.log10(size))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= size - 1e-9 * power)


def _freeze(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
