"""Figures of the years before a date of their own: the last ten years of the population, of homes started."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from helpers.indicators.cube import Cube
from helpers.indicators.measures import Arrays, Compute, Figures, Measure, Period, Term, read_term
from helpers.indicators.quantities import Code, Events, Quantity


@dataclass(frozen=True)
class Window(Measure):
    """A figure of the `span` years before 1 January of a date of its own, by a formula of its own.

    `named` and `computation` are its French name and formula; `start` and `end` the quantities read `span` years before
    the date and at it (`x_0`, `x_1` in the formula), `during` the events between two dates counted in years from it:
    `(homes started, -5, 0)`. `counts` are the terms that it rests on. The date is none of the two censuses compared:
    the last one at which every term is known.
    """

    named: str
    computation: str
    value: Compute
    span: int
    start: Mapping[str, Quantity] = field(default_factory=dict)
    end: Mapping[str, Quantity] = field(default_factory=dict)
    during: Mapping[str, tuple[Events, int, int]] = field(default_factory=dict)
    counts: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """Its name and its date: events are those of whole years, a census that of 1 January."""
        end = "à fin {last}" if self.during else "en {year}"
        return f"{self.named}, jusqu’{end}"

    @property
    def formula(self) -> str:
        """As it is written."""
        return self.computation

    @property
    def codes(self) -> tuple[Code, ...]:
        """Those of its quantities."""
        return tuple(dict.fromkeys(code for one in self._quantities for code in one.codes))

    @property
    def tables(self) -> tuple[str, ...]:
        """Those of its quantities."""
        return tuple(dict.fromkeys(table for one in self._quantities for table in one.tables))

    @property
    def own_dates(self) -> bool:
        """Always."""
        return True

    @property
    def spans(self) -> bool:
        """Always."""
        return True

    @property
    def _quantities(self) -> tuple[Quantity, ...]:
        return (*self.start.values(), *self.end.values(), *(events for events, _, _ in self.during.values()))

    def years(self, cube: Cube) -> set[int]:
        """List the dates at which every term may be known."""
        known = [one.years(cube) for one in self.end.values()]
        known += [{year + self.span for year in one.years(cube)} for one in self.start.values()]
        # The first and the last year of the events, of which a row bears the end.
        known += [
            {year - edge for year in cube.years("flows", events.variable)}
            for events, first, last in self.during.values()
            for edge in (first + 1, last)
        ]
        return set.intersection(*known)

    def compute(self, cube: Cube, period: Period, *, year: int | None = None) -> Figures:
        """Compute it for every territory at `year`, or else at its last date; the censuses compared do not matter."""
        if year is None:
            year = max(self.years(cube), default=period.until)
        return super().compute(cube, Period(year - self.span, year), year=year)

    def terms(self, cube: Cube, period: Period, year: int) -> dict[str, Term]:
        """Its quantities at both ends, its events in between."""
        found = {f"{name}_0": read_term(one, cube, year - self.span) for name, one in self.start.items()}
        found |= {f"{name}_1": read_term(one, cube, year) for name, one in self.end.items()}
        for name, (events, first, last) in self.during.items():
            found[name] = Term(events.during(cube, year + first, year + last), varies=not events.register)
        return {name: term._replace(rests=name in self.counts) for name, term in found.items()}

    def evaluate(self, terms: Arrays, period: Period) -> np.ndarray:
        """As declared; nothing where a term is not known."""
        return self.value(terms, period)
