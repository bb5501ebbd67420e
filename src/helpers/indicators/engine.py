"""Every indicator of every territory, in one table; and the same figures whether they are computed or read there."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers import schemas
from helpers.indicators.cube import Cube, Tables
from helpers.indicators.indicator import Indicator
from helpers.indicators.measures import Figures as Computed
from helpers.indicators.measures import Period
from helpers.indicators.quantities import POPULATION
from helpers.indicators.registry import INDICATORS
from helpers.indicators.reliability import SMALL_COMMUNE, judge_figures

# The columns of the table, after those of the territory. `since` is `year` for a figure of one date, the census under
# a register; `count`, the
# fewest people or homes that it is made of, is missing for a register, `base` (what it is divided by) for a number,
# `margin` (two standard errors) where nothing varies.
COLUMNS = ["indicator", "since", "year", "value", "count", "base", "margin", "verdict", "origin", "sources"]

# Tables that sort people or homes by age or tenure: real ones of theirs are not compared with simulated ones.
_SORTED = {
    "age_groups",
    *(name for name, columns in schemas.DIMENSIONS.items() if {"age", "tenure"} & {*columns}),
}
_NOWHERE = np.empty(0, dtype="int64")


def compute(
    cube: Cube, periods: Iterable[Period], indicators: Iterable[Indicator] = INDICATORS
) -> pd.DataFrame:
    """Compute indicators for every territory of a cube: `territory`, then the columns of `COLUMNS`.

    Figures of one date are given at both censuses of each period, those of registers at every date of theirs, those of
    a period once. `verdict` follows Insee's thresholds (`helpers.indicators.reliability`); a figure that is not known
    has no row.
    """
    periods = tuple(periods)
    parts = [part for one in indicators for part in _of_one(cube, one, periods)]
    if not parts:
        return pd.DataFrame(columns=["territory", *COLUMNS])
    cube.forget()
    names = [part.pop("indicator") for part in parts]
    sizes = [len(part["value"]) for part in parts]
    # Each part is let go as its rows are gathered: there are millions of them.
    columns = {name: np.concatenate([part.pop(name) for part in parts]) for name in [*parts[0]]}
    places, kinds = columns.pop("place"), columns.pop("kind")
    marks, rank = np.unique(kinds, return_inverse=True)
    texts = [cube.marks.describe(kind) for kind in marks.tolist()]
    return pd.DataFrame(
        {
            "territory": cube.name(places),
            "indicator": _categories(names, np.repeat(np.arange(len(names)), sizes)),
            **columns,
            "origin": _categories([origin for origin, _ in texts], rank),
            "sources": _categories([sources for _, sources in texts], rank),
        },
        copy=False,
    )


def _of_one(cube: Cube, one: Indicator, periods: tuple[Period, ...]) -> Iterator[dict]:
    seen = set()
    for period, year in _dates(cube, one, periods):
        figures = one.measure.compute(cube, period, year=year)
        known = np.flatnonzero(figures.values.known)
        # A period without events may have been given the dates of another one.
        dates = (figures.since, figures.year)
        if known.size and dates not in seen:
            seen.add(dates)
            yield {"indicator": one.id, **_rows(cube, one, figures, known)}


def _dates(cube: Cube, one: Indicator, periods: tuple[Period, ...]) -> Iterator[tuple[Period, int]]:
    """List what an indicator is computed at: periods, and the date of a figure of one date."""
    measure = one.measure
    if measure.own_dates:
        ends = sorted({period.until for period in periods})
        for year in sorted(measure.years(cube)):
            # A register over a count of the census is asked at each of them.
            for until in ends if measure.over_census else ends[-1:]:
                yield Period(until, until), year
    elif measure.spans:
        for period in periods:
            yield period, period.until
    else:
        for year in sorted({year for period in periods for year in (period.since, period.until)}):
            yield Period(year, year), year


def _rows(cube: Cube, one: Indicator, figures: Computed, known: np.ndarray) -> dict[str, np.ndarray]:
    count = figures.count[known]
    people = POPULATION.read(cube, year=figures.year).value[known]
    return {
        "place": known,
        "since": np.full(known.size, figures.since, dtype="int16"),
        "year": np.full(known.size, figures.year, dtype="int16"),
        "value": figures.values.value[known],
        "count": count,
        "base": figures.base[known],
        "margin": figures.margin()[known],
        "verdict": verdicts(count, figures.base[known], people=people, one=one),
        "kind": figures.values.kind[known],
    }


class Figures(ABC):
    """Where the figures of indicators are asked for: computed from tables, or read in the table of indicators."""

    def measure(
        self, indicator: Indicator, period: Period, *, known_to: str = "", year: int | None = None
    ) -> pd.DataFrame:
        """Give an indicator where it is known: `territory, indicator, since, year, value, count, base` and its marks.

        `since` is the year itself for a figure of one date, the census under a register; a figure with dates of its
        own is given at `year`, or else at the last one, or at the last one that the territory `known_to` knows.
        `count`, the fewest people or homes that the figure is made of, is missing for a register, `base`, what it is
        divided by, for a number. Of people by age or tenure, simulated figures are left out as soon as a real one is
        known.
        """
        if indicator.measure.own_dates and year is None:
            year = self._last_year(indicator, period, known_to)
        found = self._measure(indicator, period, year)
        if _SORTED.isdisjoint(indicator.tables):
            return found
        real = found["origin"] != "demonstration"
        return found[real].reset_index(drop=True) if real.any() else found

    @abstractmethod
    def _measure(self, indicator: Indicator, period: Period, year: int | None) -> pd.DataFrame:
        """As `measure`, at a date for a figure with dates of its own, simulated figures kept."""

    @abstractmethod
    def _last_year(self, indicator: Indicator, period: Period, known_to: str) -> int | None:
        """Find the last date of a figure with dates of its own, of a territory where one is named."""


class ComputedFigures(Figures):
    """Figures computed from the tables of a cube."""

    def __init__(self, tables: Tables) -> None:
        self.cube = Cube.of(tables)

    def _measure(self, indicator: Indicator, period: Period, year: int | None) -> pd.DataFrame:
        figures = indicator.measure.compute(self.cube, period, year=year)
        frame = self.cube.frame(figures.values)
        dates = {"indicator": indicator.id, "since": figures.since, "year": figures.year}
        for place, (name, value) in enumerate(dates.items(), start=1):
            frame.insert(place, name, value)
        frame.insert(5, "count", figures.count[figures.values.known])
        frame.insert(6, "base", figures.base[figures.values.known])
        return frame

    def _last_year(self, indicator: Indicator, period: Period, known_to: str) -> int | None:
        years = sorted(indicator.measure.years(self.cube), reverse=True)
        if known_to not in self.cube.index:
            return years[0] if years else None
        place = self.cube.index.get_loc(known_to)
        known = (
            year
            for year in years
            if indicator.measure.compute(self.cube, period, year=year).values.known[place]
        )
        return next(known, years[0] if years else None)


class KnownFigures(Figures):
    """Figures read in rows of the table of indicators: `territory`, then the columns of `COLUMNS`."""

    def __init__(self, rows: pd.DataFrame) -> None:
        names = ["territory", "indicator", "since", "year", "value", "count", "base", "origin", "sources"]
        rows = rows[names].astype(dict.fromkeys(("indicator", "origin", "sources"), "str"))
        self._rows = rows.reset_index(drop=True)
        # The places of the rows of an indicator, by its year, then by the date that it is counted since.
        self._places: dict[str, dict[int, dict[int, np.ndarray]]] = {}
        for (name, year, since), places in self._rows.groupby(["indicator", "year", "since"]).indices.items():
            self._places.setdefault(str(name), {}).setdefault(int(year), {})[int(since)] = places

    def _measure(self, indicator: Indicator, period: Period, year: int | None) -> pd.DataFrame:
        measure, known = indicator.measure, self._places.get(indicator.id, {})
        spans = measure.spans and not measure.own_dates
        by_start = known.get(year or 0 if measure.own_dates else period.until, {})
        if measure.own_dates and not measure.over_census:
            found = [*by_start.values()]
        else:
            since = period.since if spans else period.until
            if spans and since not in by_start:
                # Its events are counted since a later date alone.
                since = max((later for later in by_start if later > since), default=since)
            found = [by_start.get(since, _NOWHERE)]
        return self._rows.take(np.sort(np.concatenate([_NOWHERE, *found]))).reset_index(drop=True)

    def _last_year(self, indicator: Indicator, period: Period, known_to: str) -> int | None:
        known = self._places.get(indicator.id, {})
        places = {year: np.concatenate([*starts.values()]) for year, starts in known.items()}
        territory = self._rows["territory"].to_numpy()
        here = [year for year, rows in places.items() if (territory[rows] == known_to).any()]
        return max(here or places, default=None)


@dataclass(frozen=True)
class CompletedFigures(Figures):
    """Figures of a commune and of others: those of the table of indicators at the dates that it covers.

    At other dates they are computed from the tables of the indicator (`names`), first for the commune alone (`own`):
    where it has no figure, those of all (`every`) are not read, and nobody's is given. `covers` says whether the
    table covers two censuses.
    """

    known: KnownFigures
    covers: Callable[[int, int], bool]
    own: Callable[..., Tables]
    every: Callable[..., Tables]

    def _measure(self, indicator: Indicator, period: Period, year: int | None) -> pd.DataFrame:
        if self.covers(period.since, period.until):
            return self.known._measure(indicator, period, year)
        own = ComputedFigures(self.own(names=indicator.tables))._measure(indicator, period, year)
        if own.empty:
            return own
        return ComputedFigures(self.every(names=indicator.tables))._measure(indicator, period, year)

    def _last_year(self, indicator: Indicator, period: Period, known_to: str) -> int | None:
        covered = self.covers(period.since, period.until)
        figures = self.known if covered else ComputedFigures(self.own(names=indicator.tables))
        return figures._last_year(indicator, period, known_to)


def figures_of(tables: Tables | Figures) -> Figures:
    """Take tables, or figures already, as figures."""
    return tables if isinstance(tables, Figures) else ComputedFigures(tables)


def verdicts(count: np.ndarray, base: np.ndarray, *, people: np.ndarray, one: Indicator) -> np.ndarray:
    """Judge figures of an indicator that are known (`helpers.indicators.reliability`).

    `count` is the fewest that each is made of, missing for a register, `base` what it is divided by; `people`, the
    inhabitants of its territory; the exploitation complémentaire is not used where they are fewer than 2 000.
    """
    found = judge_figures(count, base)
    if one.exploitation == "complémentaire":
        found = np.where(people < SMALL_COMMUNE, "n.s.", found)
    return found


def _categories(names: list[str], codes: np.ndarray) -> pd.Categorical:
    """Texts by their place in a list, that may repeat itself."""
    unique = list(dict.fromkeys(names))
    place = np.array([unique.index(name) for name in names], dtype="int32")
    return pd.Categorical.from_codes(place[codes], categories=unique)
