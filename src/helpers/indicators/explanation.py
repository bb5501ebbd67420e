"""What goes into a figure: its terms, in words, with their values for a territory, and what it comes to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from helpers import french, schemas
from helpers.indicators import quantities
from helpers.indicators.cube import Cube
from helpers.indicators.indicator import Indicator
from helpers.indicators.measures import Measure, Period
from helpers.indicators.quantities import Quantity
from helpers.indicators.registry import INDICATORS
from helpers.indicators.values import Values


@dataclass(frozen=True)
class Explained:
    """A line of an explanation: a term or the result, its date, its value (missing: NaN), where it comes from."""

    words: str
    when: str
    value: float
    origin: str
    sources: str

    @property
    def written(self) -> str:
        """Its value, in French: whole from a hundred or where it is, with a decimal otherwise."""
        is_whole = abs(self.value) >= 100 or float(self.value).is_integer()
        return french.number(self.value, digits=0 if is_whole else 1)


def terms(
    one: Indicator, cube: Cube, period: Period, *, territory: str, year: int | None = None
) -> list[Explained]:
    """List the terms of an indicator for a territory of a cube, in the order of its formula, then its value, last.

    A figure with dates of its own is that of `year`, of the last one where none is given.
    """
    measure = one.measure
    place = list(cube.index).index(territory)
    if year is None or not measure.own_dates:
        year = max(measure.years(cube), default=period.until) if measure.own_dates else period.until
    figures = measure.compute(cube, period, year=year)
    if measure.spans:
        # Its terms are known between dates of their own.
        period = replace(period, since=figures.since, until=figures.year)
    lines = []
    for key, term in measure.terms(cube, period, year).items():
        words, when = _name(measure, key, period, year)
        lines.append(_line(cube, term.values, place, words, when))
    when = f"{figures.since}-{figures.year}" if measure.spans else str(figures.year)
    return [*lines, _line(cube, figures.values, place, one.id, when)]


def _line(cube: Cube, values: Values, place: int, words: str, when: str) -> Explained:
    value = float(values.value[place])
    # What is not known comes from nowhere, and an area from no count.
    known = values.kind[place] and not np.isnan(value)
    origin, sources = cube.marks.describe(values.kind[place]) if known else ("", "")
    return Explained(words, when, value, origin, sources)


@cache
def label(table: str, variable: str) -> str:
    """Name a variable of a table of the store in French, by the quantity that it is alone; empty where none is it."""
    # Of a table by age or tenure, a quantity is a part.
    if {"sex", "age", "tenure"} & {*schemas.DIMENSIONS.get(table, ())}:
        return ""
    return next((words for codes, words in _named() if codes == ((table, variable),)), "")


@cache
def _named() -> tuple[tuple[tuple[tuple[str, str], ...], str], ...]:
    found = [value for value in vars(quantities).values() if isinstance(value, Quantity)]
    asked = [quantity for one in INDICATORS for _, quantity in _parts(one.measure)]
    return tuple((one.codes, one.words) for one in (*found, *asked))


def _name(measure: Measure, key: str, period: Period, year: int) -> tuple[str, str]:
    """Name a term and its date: those of a formula by its quantities, others by their side."""
    dated = {"0": period.since, "start": period.since, "1": period.until, "end": period.until}
    stem, _, side = key.rpartition("_")
    if key in dated:
        stem, side = "quantity", key
    # A register stands over a count of the census.
    own = period.until if measure.over_census and key == "bottom" else year
    when = str(dated.get(side, own))
    for place, quantity in _parts(measure):
        if place in (key, stem, f"{stem}_{side}"):
            return quantity.words, _events_dates(measure, place, period, year) or when
    return key.replace("_", " "), when


def _events_dates(measure: Measure, place: str, period: Period, year: int) -> str:
    """Write the years whose events a formula or a window counts, the last one whole; nothing for a count at a date."""
    counted = getattr(measure, "during", {}).get(place)
    if counted is None:
        return ""
    if isinstance(counted, Quantity):
        first, after = period.since, period.until
    else:
        first, after = (year + edge for edge in counted[1:])
    return f"{first} à {after - 1}" if after - first > 1 else str(first)


def _parts(measure: Measure) -> Iterator[tuple[str, Quantity]]:
    """Yield the quantities that a measure names, with the beginning of the keys of its terms."""
    for holder in (measure, getattr(measure, "share", None)):
        for name, key in (
            ("quantity", "quantity"),
            ("quantity", "value"),
            ("top", "top"),
            ("bottom", "bottom"),
        ):
            if isinstance(found := getattr(holder, name, None), Quantity):
                yield key, found
    for side in ("start", "end", "during"):
        group = getattr(measure, side, None)
        if isinstance(group, Mapping):
            # The events of a window come with the years that they are counted between.
            named = ((name, one[0] if isinstance(one, tuple) else one) for name, one in group.items())
            yield from ((name, one) for name, one in named if isinstance(one, Quantity))
