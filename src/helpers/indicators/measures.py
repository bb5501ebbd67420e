"""What is made of quantities: a state, a share, a ratio. A measure words itself and computes itself.

Labels are templates: `{since}` and `{until}` are the two censuses, `{year}` the date of a figure that has its own,
`{before}` the year before which the census dates the homes (two years before it), `{last}` the year before `{year}`.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from helpers import french
from helpers.indicators.cube import Cube
from helpers.indicators.quantities import POPULATION, Code, Quantity, of
from helpers.indicators.values import Values, best_known, joint_kind

Arrays = Mapping[str, np.ndarray]
# Half-width of a margin, in standard errors of a count that varies at random (√n).
ERRORS = 2


def margin_of_change(before: float, after: float) -> float:
    """Compute the margin of the change of a count: 2 √(n0 + n1)."""
    return ERRORS * math.sqrt(abs(before) + abs(after))


@dataclass(frozen=True)
class Period:
    """The two censuses compared, the years it takes to deliver a home, and the convention of the point mort."""

    since: int
    until: int
    lag: int = 0
    convention: str = "A"

    @property
    def years(self) -> int:
        """The number of years between the two."""
        return self.until - self.since


# How a figure is computed from its terms.
Compute = Callable[[Arrays, Period], np.ndarray]


class Term(NamedTuple):
    """A quantity as a measure takes it: its values; whether the figure `rests` on their number; whether it `varies`."""

    values: Values
    rests: bool = True
    varies: bool = True


@dataclass(frozen=True, eq=False)
class Figures:
    """An indicator for every territory: dates, values, and what they are worth.

    `count` is the fewest people or homes that it is made of (missing for a register), `base` what it is divided by
    (missing for a plain number).

    `since` is the first date of a figure of a period, the census under a register, `year` itself otherwise.
    """

    since: int
    year: int
    values: Values
    count: np.ndarray
    base: np.ndarray
    margin: Callable[[], np.ndarray]


class Measure(ABC):
    """How an indicator is worded and computed."""

    @property
    @abstractmethod
    def label(self) -> str:
        """Its French name, as a template."""

    @property
    @abstractmethod
    def formula(self) -> str:
        """How it is computed, in French words."""

    @property
    @abstractmethod
    def codes(self) -> tuple[Code, ...]:
        """The variables of the store it is made of."""

    @property
    @abstractmethod
    def tables(self) -> tuple[str, ...]:
        """The tables of the store it reads."""

    @property
    def own_dates(self) -> bool:
        """Whether it has dates of its own, whichever censuses are compared."""
        return False

    @property
    def spans(self) -> bool:
        """Whether it is measured over a period, and not at one date."""
        return False

    @property
    def over_census(self) -> bool:
        """Whether it sets a register, at its own date, over a count of the second census compared."""
        return False

    def years(self, cube: Cube) -> set[int]:
        """List its own dates; those of a figure that follows the censuses are not asked."""
        raise NotImplementedError(f"{type(self).__name__} follows the censuses")

    @abstractmethod
    def terms(self, cube: Cube, period: Period, year: int) -> dict[str, Term]:
        """Read what it is made of, `year` being its own date or the second census."""

    @abstractmethod
    def evaluate(self, terms: Arrays, period: Period) -> np.ndarray:
        """Compute it from its terms; missing (NaN) where it cannot be."""

    def rests_on(self, terms: Mapping[str, Term], value: np.ndarray) -> np.ndarray:
        """Count the people or homes that it rests on: the fewest of its terms; missing for a register."""
        counts = [term.values.value for term in terms.values() if term.rests]
        return np.minimum.reduce(counts) if counts else np.full(len(value), np.nan)

    def divided_by(self, cube: Cube, terms: Mapping[str, Term], count: np.ndarray, year: int) -> np.ndarray:
        """Count the people or homes under it, which bar it when they are too few: by default what it rests on."""
        return count

    def compute(self, cube: Cube, period: Period, *, year: int | None = None) -> Figures:
        """Compute it for every territory of a cube; a figure with its own dates at its last one, or at `year`."""
        if year is None:
            year = max(self.years(cube), default=period.until) if self.own_dates else period.until
        terms = self.terms(cube, period, year)
        arrays = {name: term.values.value for name, term in terms.items()}
        with np.errstate(divide="ignore", invalid="ignore"):
            value = self.evaluate(arrays, period)
        # Nothing is reported from what is only partly known.
        value = np.where(np.logical_and.reduce([term.values.known for term in terms.values()]), value, np.nan)
        values = Values(value, joint_kind(term.values for term in terms.values()), cube.marks)
        since = period.since if self.spans else period.until if self.over_census else year
        count = np.where(np.isnan(value), np.nan, self.rests_on(terms, value))
        base = np.where(np.isnan(value), np.nan, self.divided_by(cube, terms, count, year))
        return Figures(since, year, values, count, base, lambda: self._margin(terms, arrays, period))

    def _margin(self, terms: Mapping[str, Term], arrays: Arrays, period: Period) -> np.ndarray:
        """Compute an indicative margin: two standard errors, each count varying by its square root on its own.

        It is no confidence interval of the census. Missing where nothing varies (a register).
        """
        varying = [name for name, term in terms.items() if term.varies]
        if not varying:
            return np.full(len(next(iter(arrays.values()))), np.nan)
        total: np.ndarray | float = 0.0
        with np.errstate(divide="ignore", invalid="ignore"):
            for name in varying:
                step = np.sqrt(np.abs(arrays[name]))
                above = self.evaluate({**arrays, name: arrays[name] + step}, period)
                below = self.evaluate({**arrays, name: np.maximum(arrays[name] - step, 0)}, period)
                total = total + ((above - below) / 2) ** 2
            return ERRORS * np.sqrt(total)


def read_term(quantity: Quantity, cube: Cube, year: int) -> Term:
    """Read a quantity at a year as a term; a register is complete, and does not vary."""
    sampled = not quantity.register
    return Term(quantity.read(cube, year=year), rests=sampled, varies=sampled)


@dataclass(frozen=True)
class State(Measure):
    """A quantity at the last census, or at its own last date (`latest`, and any register)."""

    quantity: Quantity
    latest: bool = False

    @property
    def label(self) -> str:
        """`Nombre de logements, {until}`."""
        return f"Nombre {of(self.quantity.words)}, {_when(own=self.own_dates)}"

    @property
    def formula(self) -> str:
        """The words of the quantity."""
        return self.quantity.words

    @property
    def codes(self) -> tuple[Code, ...]:
        """Those of the quantity."""
        return self.quantity.codes

    @property
    def tables(self) -> tuple[str, ...]:
        """Those of the quantity."""
        return self.quantity.tables

    @property
    def own_dates(self) -> bool:
        """True of a register, and of what is asked at its last date."""
        return self.latest or self.quantity.register

    def years(self, cube: Cube) -> set[int]:
        """List the years of the quantity."""
        return self.quantity.years(cube)

    def terms(self, cube: Cube, period: Period, year: int) -> dict[str, Term]:
        """Read the quantity."""
        return {"value": read_term(self.quantity, cube, year)}

    def evaluate(self, terms: Arrays, period: Period) -> np.ndarray:
        """Give the quantity itself."""
        return terms["value"]

    def divided_by(self, cube: Cube, terms: Mapping[str, Term], count: np.ndarray, year: int) -> np.ndarray:
        """Count nothing: a number is always reported."""
        return np.full(len(count), np.nan)


@dataclass(frozen=True)
class Level(State):
    """A figure that is given as it is: a median, a rate. `computation` says what it is."""

    computation: str = ""

    @property
    def label(self) -> str:
        """`Niveau de vie médian, {year}`."""
        return f"{french.capitalize(self.quantity.plural)}, {_when(own=self.own_dates)}"

    @property
    def formula(self) -> str:
        """What it is."""
        return self.computation

    def divided_by(self, cube: Cube, terms: Mapping[str, Term], count: np.ndarray, year: int) -> np.ndarray:
        """Count the inhabitants whom it describes, at the last census at hand: a median of few is no diagnosis."""
        years = [known for known in POPULATION.years(cube) if known <= year]
        return POPULATION.read(cube, year=max(years)).value if years else np.full(len(count), np.nan)


@dataclass(frozen=True)
class Ratio(Measure):
    """`per` × a quantity over another one, at the last census; a register has its own date.

    `mean` names the average that it is; without it, a ratio reads « … pour 100 … », or « … par … » for one.
    """

    top: Quantity
    bottom: Quantity
    per: int = 1
    mean: str = ""

    @property
    def label(self) -> str:
        """`65 ans ou plus pour 100 moins de 20 ans, {until}`."""
        if self.mean:
            return (
                f"{french.capitalize(self.mean)} des {self.bottom.plural}, {_when(own=self._both_registers)}"
            )
        top = french.capitalize(self.top.plural)
        # Two numbers in a row would be read as one.
        below = self.bottom.words if self.bottom.plural[0].isdigit() else self.bottom.plural
        per = french.number(self.per)
        if self.top.register and not self.bottom.register:
            return f"{top} en {{year}} pour {per} {below} en {{until}}"
        scale = f"par {self.bottom.singular}" if self.per == 1 else f"pour {per} {below}"
        return f"{top} {scale}, {_when(own=self._both_registers)}"

    @property
    def formula(self) -> str:
        """`100 × habitants de 65 ans ou plus / habitants de moins de 20 ans`."""
        ratio = f"{self.top.words} / {self.bottom.words}"
        return ratio if self.per == 1 else f"{french.number(self.per)} × {ratio}"

    @property
    def codes(self) -> tuple[Code, ...]:
        """Those of both quantities."""
        return tuple(dict.fromkeys((*self.top.codes, *self.bottom.codes)))

    @property
    def tables(self) -> tuple[str, ...]:
        """Those of both quantities."""
        return tuple(dict.fromkeys((*self.top.tables, *self.bottom.tables)))

    @property
    def own_dates(self) -> bool:
        """True where a register stands above: its date is that of the figure."""
        return self.top.register

    @property
    def over_census(self) -> bool:
        """True where a register stands over a count of the census."""
        return self.top.register and not self.bottom.register

    @property
    def _both_registers(self) -> bool:
        return self.top.register and self.bottom.register

    def years(self, cube: Cube) -> set[int]:
        """List the years of the register above, and of that below."""
        years = self.top.years(cube)
        return years & self.bottom.years(cube) if self._both_registers else years

    def terms(self, cube: Cube, period: Period, year: int) -> dict[str, Term]:
        """Both quantities; nothing where nobody stands below."""
        below = year if self._both_registers or not self.top.register else period.until
        top = read_term(self.top, cube, year)
        bottom = read_term(self.bottom, cube, below)
        # A register is complete, whatever it is set against.
        return {"top": top, "bottom": Term(bottom.values, rests=top.rests, varies=bottom.varies)}

    def divided_by(self, cube: Cube, terms: Mapping[str, Term], count: np.ndarray, year: int) -> np.ndarray:
        """Count what stands below, of a register too."""
        return terms["bottom"].values.value

    def evaluate(self, terms: Arrays, period: Period) -> np.ndarray:
        """`per` × top / bottom."""
        return self.per * terms["top"] / np.where(terms["bottom"] > 0, terms["bottom"], np.nan)


@dataclass(frozen=True)
class Share(Ratio):
    """The share (%) of a part in its whole."""

    per: int = 100

    @property
    def label(self) -> str:
        """`Part des 75 ans ou plus dans la population, {until}`."""
        named = self.top.plural.startswith(self.bottom.plural)
        whole = "" if named else f" {self.bottom.among}"
        return f"Part des {self.top.plural}{whole}, {_when(own=self._both_registers)}"


@dataclass(frozen=True)
class PublishedShare(Share):
    """A share of a register, of which some files publish the `rate` (%) alone, without its counts."""

    rate: Quantity | None = None

    @property
    def tables(self) -> tuple[str, ...]:
        """Those of both quantities and of the rate."""
        return tuple(dict.fromkeys((*super().tables, *(self.rate.tables if self.rate else ()))))

    def years(self, cube: Cube) -> set[int]:
        """List the years of both quantities, and of the rate."""
        return super().years(cube) | (self.rate.years(cube) if self.rate else set())

    def compute(self, cube: Cube, period: Period, *, year: int | None = None) -> Figures:
        """Compute it from its counts or, where they are not known, take the rate as it is published."""
        found = super().compute(cube, period, year=year)
        if self.rate is None:
            return found
        return replace(found, values=best_known(found.values, self.rate.read(cube, year=found.year)))


def _when(*, own: bool) -> str:
    return "{year}" if own else "{until}"
