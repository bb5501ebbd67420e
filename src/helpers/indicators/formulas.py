"""Figures made of several quantities by a formula of their own, worded beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from helpers.indicators.cube import Cube
from helpers.indicators.measures import Arrays, Compute, Figures, Measure, Period, Term, read_term
from helpers.indicators.quantities import Code, Events, Quantity
from helpers.indicators.vintages import GAP


@dataclass(frozen=True)
class Formula(Measure):
    """A figure made of quantities at the two censuses and of events between them, by a formula of its own.

    `named` and `computation` are its French name and formula. `start` and `end` are the quantities read at each census,
    `during` the events of the period (those of homes started `lag` years before). `value` computes it from the terms:
    a quantity `x` is `x_0` at the first census and `x_1` at the second, events bear their own name. `counts` are the
    terms that it rests on, by default the quantities of both censuses; `counted` computes another number from the
    terms and the value. `base` is the term that bars it when it is too small, by default what it rests on.
    """

    named: str
    computation: str
    value: Compute
    start: Mapping[str, Quantity] = field(default_factory=dict)
    end: Mapping[str, Quantity] = field(default_factory=dict)
    during: Mapping[str, Events] = field(default_factory=dict)
    counts: tuple[str, ...] | None = None
    counted: Callable[[Arrays, np.ndarray], np.ndarray] | None = None
    base: str = ""
    period: bool = True
    made_of: tuple[Code, ...] = ()

    @property
    def label(self) -> str:
        """Its name and its dates."""
        return f"{self.named}, {'{since}-{until}' if self.period else '{until}'}"

    @property
    def formula(self) -> str:
        """As it is written."""
        return self.computation

    @property
    def codes(self) -> tuple[Code, ...]:
        """As they are declared, or else those of its quantities."""
        return self.made_of or tuple(dict.fromkeys(code for one in self._quantities for code in one.codes))

    @property
    def tables(self) -> tuple[str, ...]:
        """Those of its quantities."""
        return tuple(dict.fromkeys(table for one in self._quantities for table in one.tables))

    @property
    def spans(self) -> bool:
        """As declared."""
        return self.period

    @property
    def _quantities(self) -> tuple[Quantity, ...]:
        return (*self.start.values(), *self.end.values(), *self.during.values())

    def terms(self, cube: Cube, period: Period, year: int) -> dict[str, Term]:
        """Its quantities at both censuses, its events of the period."""
        found = {f"{name}_0": read_term(one, cube, period.since) for name, one in self.start.items()}
        found |= {f"{name}_1": read_term(one, cube, period.until) for name, one in self.end.items()}
        for name, events in self.during.items():
            lag = period.lag if events.register else 0
            values = events.during(cube, period.since - lag, period.until - lag)
            found[name] = Term(values, rests=False, varies=not events.register)
        if self.counts is not None:
            found = {name: term._replace(rests=name in self.counts) for name, term in found.items()}
        return found

    def compute(self, cube: Cube, period: Period, *, year: int | None = None) -> Figures:
        """Compute it over the period or, where its events are counted nowhere over it, since a later start.

        That is the latest one, five years at least before the end; the figure bears it as its `since`.
        """
        if not self._counted(cube, period):
            flows = {(since, until) for _, until, since in cube.table("flows")}
            starts = {since for since, until in flows if until == period.until}
            later = (replace(period, since=since) for since in sorted(starts, reverse=True))
            found = (one for one in later if period.since < one.since <= one.until - GAP)
            period = next((one for one in found if self._counted(cube, one)), period)
        return super().compute(cube, period, year=year)

    def _counted(self, cube: Cube, period: Period) -> bool:
        """Say whether some territory counts each of its events over a period."""
        return all(
            events.during(cube, period.since - lag, period.until - lag).known.any()
            for events in self.during.values()
            for lag in [period.lag if events.register else 0]
        )

    def evaluate(self, terms: Arrays, period: Period) -> np.ndarray:
        """As declared; nothing where a term is not known."""
        return self.value(terms, period)

    def rests_on(self, terms: Mapping[str, Term], value: np.ndarray) -> np.ndarray:
        """As declared."""
        if self.counted is None:
            return super().rests_on(terms, value)
        return self.counted({name: term.values.value for name, term in terms.items()}, value)

    def divided_by(self, cube: Cube, terms: Mapping[str, Term], count: np.ndarray, year: int) -> np.ndarray:
        """Count as declared."""
        return terms[self.base].values.value if self.base else count
