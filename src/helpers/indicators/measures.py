"""What is made of quantities: a state, a share, a ratio, a change. A measure words itself and computes itself.

Labels are templates: `{since}` and `{until}` are the two censuses, `{year}` the date of a figure that has its own,
`{before}` the year before which the census dates the homes (two years before it).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from helpers import provenance
from helpers.indicators import growth
from helpers.indicators.quantities import Bounds, Code, Quantity, nothing, of, people
from helpers.indicators.table_cache import Tables

# What every measure gives. `since` is the year itself for a figure of one date; `count` the people or homes that the
# figure rests on, missing for a register.
COLUMNS = ["territory", "since", "year", "value", "count", *provenance.COLUMNS]


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

    @abstractmethod
    def compute(self, tables: Tables, since: int, until: int) -> pd.DataFrame:
        """Its values: the columns of `COLUMNS`, no row where it cannot be computed."""


@dataclass(frozen=True)
class State(Measure):
    """A quantity at the last census, or at its own last date (`latest`, and any register)."""

    quantity: Quantity
    latest: bool = False

    @property
    def label(self) -> str:
        """`Nombre de logements, {until}`."""
        return f"Nombre {of(self.quantity.words)}, {_when(own=self._own)}"

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
    def _own(self) -> bool:
        return self.latest or self.quantity.register

    def compute(self, tables: Tables, since: int, until: int) -> pd.DataFrame:
        """As `Measure.compute`."""
        year = max(self.quantity.years(tables), default=None) if self._own else until
        if year is None:
            return _no_value()
        found = self.quantity.read(tables, year=year)
        count = float("nan") if self.quantity.register else found["value"]
        return found.assign(since=year, year=year, count=count)[COLUMNS]


@dataclass(frozen=True)
class Level(State):
    """A figure that is given as it is: a median, a rate. `told` says what it is."""

    told: str = ""

    @property
    def label(self) -> str:
        """`Niveau de vie médian, {year}`."""
        return f"{_capital(self.quantity.plural)}, {_when(own=self._own)}"

    @property
    def formula(self) -> str:
        """What it is."""
        return self.told


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
            return f"{_capital(self.mean)} des {self.bottom.plural}, {_when(own=self._own)}"
        top = _capital(self.top.plural)
        # Two numbers in a row would be read as one.
        below = self.bottom.words if self.bottom.plural[0].isdigit() else self.bottom.plural
        if self.top.register and not self.bottom.register:
            return f"{top} en {{year}} pour {self.per} {below} en {{until}}"
        told = f"par {self.bottom.singular}" if self.per == 1 else f"pour {self.per} {below}"
        return f"{top} {told}, {_when(own=self._own)}"

    @property
    def formula(self) -> str:
        """`100 × habitants de 65 ans ou plus / habitants de moins de 20 ans`."""
        ratio = f"{self.top.words} / {self.bottom.words}"
        return ratio if self.per == 1 else f"{self.per} × {ratio}"

    @property
    def codes(self) -> tuple[Code, ...]:
        """Those of both quantities."""
        return tuple(dict.fromkeys((*self.top.codes, *self.bottom.codes)))

    @property
    def tables(self) -> tuple[str, ...]:
        """Those of both quantities."""
        return tuple(dict.fromkeys((*self.top.tables, *self.bottom.tables)))

    @property
    def _own(self) -> bool:
        return self.top.register and self.bottom.register

    def compute(self, tables: Tables, since: int, until: int) -> pd.DataFrame:
        """As `Measure.compute`; nothing where nobody stands below."""
        year: int | None = until
        if self.top.register:
            years = self.top.years(tables)
            year = max(years & self.bottom.years(tables) if self._own else years, default=None)
        if year is None:
            return _no_value()
        above = self.top.read(tables, year=year).rename(columns={"value": "top"})
        below = self.bottom.read(tables, year=year if self._own else until).rename(
            columns={"value": "bottom"}
        )
        both = provenance.join(above, below, on=["territory"], suffixes=("_top", "_bottom"))
        both = both[both["bottom"] > 0]
        value = self.per * both["top"] / both["bottom"]
        return both.assign(since=year, year=year, value=value, count=self._behind(both))[COLUMNS]

    def _behind(self, both: pd.DataFrame) -> pd.Series | float:
        """What the ratio rests on: the smaller of its two counts."""
        return float("nan") if self.top.register else both[["top", "bottom"]].min(axis=1)


@dataclass(frozen=True)
class Share(Ratio):
    """The share (%) of a part in its whole."""

    per: int = 100

    @property
    def label(self) -> str:
        """`Part des 75 ans ou plus dans la population, {until}`."""
        named = self.top.plural.startswith(self.bottom.plural)
        whole = "" if named else f" {self.bottom.among}"
        return f"Part des {self.top.plural}{whole}, {_when(own=self._own)}"


@dataclass(frozen=True)
class Growth(Measure):
    """The average annual change (%) of a quantity between the two censuses."""

    quantity: Quantity

    @property
    def label(self) -> str:
        """`Évolution annuelle moyenne de la population, {since}-{until}`."""
        return f"Évolution annuelle moyenne {self.quantity.growing}, {{since}}-{{until}}"

    @property
    def formula(self) -> str:
        """`((fin / début)^(1/n) − 1) × 100`, with what begins and ends."""
        return f"((fin / début)^(1/n) − 1) × 100, fin et début étant le nombre {of(self.quantity.words)} à chaque date"

    @property
    def codes(self) -> tuple[Code, ...]:
        """Those of the quantity."""
        return self.quantity.codes

    @property
    def tables(self) -> tuple[str, ...]:
        """Those of the quantity."""
        return self.quantity.tables

    def compute(self, tables: Tables, since: int, until: int) -> pd.DataFrame:
        """As `Measure.compute`; nothing where there was none at the start."""
        start, end = (
            self.quantity.read(tables, year=year).rename(columns={"value": side})
            for year, side in ((since, "start"), (until, "end"))
        )
        both = provenance.join(start, end, on=["territory"], suffixes=("_start", "_end"))
        both = both[both["start"] > 0]
        return both.assign(
            since=since,
            year=until,
            value=growth.annual_change(both["start"], both["end"], until - since),
            count=both[["start", "end"]].min(axis=1),
        )[COLUMNS]


@dataclass(frozen=True)
class Points(Measure):
    """The change of a share between the two censuses, in points: never a change in %."""

    share: Share

    @property
    def label(self) -> str:
        """`Évolution de la part des logements vacants dans le parc de logements, {since}-{until}`."""
        named = self.share.label.rsplit(", ", 1)[0]
        return f"Évolution de la {named[:1].lower()}{named[1:]}, {{since}}-{{until}}"

    @property
    def formula(self) -> str:
        """`part à la fin − part au début`, and what the share is."""
        return f"part à la fin − part au début, la part étant {self.share.formula}"

    @property
    def codes(self) -> tuple[Code, ...]:
        """Those of the share."""
        return self.share.codes

    @property
    def tables(self) -> tuple[str, ...]:
        """Those of the share."""
        return self.share.tables

    def compute(self, tables: Tables, since: int, until: int) -> pd.DataFrame:
        """As `Measure.compute`; nothing where the share is not known at both dates."""
        start, end = (
            self.share.compute(tables, since, year).drop(columns=["since", "year"]) for year in (since, until)
        )
        return _between(start, end, since=since, until=until, tell=lambda first, last: last - first)


@dataclass(frozen=True)
class Followed(Measure):
    """A generation: `per` × the people of a class of ages at the first census, n years older at the second, over those
    of the first.
    """

    bounds: Bounds
    per: int = 100

    @property
    def label(self) -> str:
        """`Génération des 20 à 29 ans à la première date, effectif à la seconde pour 100, {since}-{until}`."""
        named = f"Génération des {people(self.bounds).plural} à la première date"
        return f"{named}, effectif à la seconde pour {self.per}, {{since}}-{{until}}"

    @property
    def formula(self) -> str:
        """`100 × les mêmes, n ans plus tard / habitants de 20 à 29 ans au début`."""
        return f"{self.per} × les mêmes, n ans plus tard / {people(self.bounds).words} au début"

    @property
    def codes(self) -> tuple[Code, ...]:
        """Those of the people."""
        return people(self.bounds).codes

    @property
    def tables(self) -> tuple[str, ...]:
        """Those of the people."""
        return people(self.bounds).tables

    def compute(self, tables: Tables, since: int, until: int) -> pd.DataFrame:
        """As `Measure.compute`; nothing where a date does not know the generation, or nobody was there at the first."""
        low, high = self.bounds
        later = low + until - since, None if high is None else high + until - since
        start, end = (
            people(bounds).read(tables, year=year) for bounds, year in ((self.bounds, since), (later, until))
        )
        start, end = (frame.assign(count=frame["value"]) for frame in (start[start["value"] > 0], end))
        return _between(
            start, end, since=since, until=until, tell=lambda first, last: self.per * last / first
        )


def _between(
    start: pd.DataFrame,
    end: pd.DataFrame,
    *,
    since: int,
    until: int,
    tell: Callable[[pd.Series, pd.Series], pd.Series],
) -> pd.DataFrame:
    """What is told of the values of two dates, with the smaller of the counts they rest on."""
    both = provenance.join(start, end, on=["territory"], suffixes=("_start", "_end"))
    return both.assign(
        since=since,
        year=until,
        value=tell(both["value_start"], both["value_end"]),
        count=both[["count_start", "count_end"]].min(axis=1),
    )[COLUMNS]


@dataclass(frozen=True)
class Worked(Measure):
    """A figure that another function of this package works out, and the words for it.

    `work` takes the tables it `needs`, those it `may` read, and the two years; it gives `territory, value, count, origin,
    sources`.
    """

    named: str
    told: str
    made_of: tuple[Code, ...]
    needs: tuple[str, ...]
    work: Callable[[Tables, int, int], pd.DataFrame]
    period: bool = True
    may: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """Its name and its dates."""
        return f"{self.named}, {'{since}-{until}' if self.period else '{until}'}"

    @property
    def formula(self) -> str:
        """As it is told."""
        return self.told

    @property
    def codes(self) -> tuple[Code, ...]:
        """As they are declared."""
        return self.made_of

    @property
    def tables(self) -> tuple[str, ...]:
        """As they are declared."""
        return (*self.needs, *self.may)

    def compute(self, tables: Tables, since: int, until: int) -> pd.DataFrame:
        """As `Measure.compute`; nothing without one of the tables."""
        if any(name not in tables or tables[name].empty for name in self.needs):
            return _no_value()
        found = self.work(tables, since, until).dropna(subset="value")
        return found.assign(since=since if self.period else until, year=until)[COLUMNS]


def _no_value() -> pd.DataFrame:
    return nothing().assign(since=0, year=0, count=0.0)[COLUMNS]


def _when(*, own: bool) -> str:
    return "{year}" if own else "{until}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
