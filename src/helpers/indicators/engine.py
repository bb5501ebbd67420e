"""Every indicator of every territory, in one table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from helpers.indicators.cube import Cube
from helpers.indicators.indicator import Indicator
from helpers.indicators.measures import Figures, Period
from helpers.indicators.quantities import POPULATION
from helpers.indicators.registry import INDICATORS
from helpers.indicators.reliability import FRAGILE, SAFE, SMALL_COMMUNE

# The columns of the table, after those of the territory. `since` is `year` for a figure of one date; `count`, the people or
# homes that it rests on, is missing for a register, `margin` (two standard errors) where nothing varies.
COLUMNS = ["indicator", "since", "year", "value", "count", "margin", "verdict", "origin", "sources"]

# From the fewest people or homes; a missing count, that of a register, stands after all of them.
_VERDICTS = np.array(["n.s.", "prudence", "ok"], dtype="object")


def compute(
    cube: Cube, periods: Iterable[Period], indicators: Iterable[Indicator] = INDICATORS
) -> pd.DataFrame:
    """Compute indicators for every territory of a cube: `territory`, then the columns of `COLUMNS`.

    Figures of one date are given at both censuses of each period, those of registers at every date of theirs, those of a
    period once. `verdict` follows Insee's thresholds (`helpers.indicators.reliability`); a figure that is not known has no row.
    """
    periods = tuple(periods)
    parts = [part for one in indicators for part in _of_one(cube, one, periods)]
    if not parts:
        return pd.DataFrame(columns=["territory", *COLUMNS])
    names = [part.pop("indicator") for part in parts]
    sizes = [len(part["value"]) for part in parts]
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
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
        }
    )


def measure(cube: Cube, indicator: Indicator, period: Period) -> pd.DataFrame:
    """Compute one indicator where it is known: `territory, indicator, since, year, value, count, origin, sources`.

    `since` is the year itself for a figure of one date; a register is given at its last date. `count`, the people or homes
    that the figure rests on, is missing for a register.
    """
    figures = indicator.measure.compute(cube, period)
    frame = cube.frame(figures.values)
    frame.insert(1, "indicator", indicator.id)
    frame.insert(2, "since", figures.since)
    frame.insert(3, "year", figures.year)
    frame.insert(5, "count", figures.count[figures.values.known])
    return frame


def _of_one(cube: Cube, one: Indicator, periods: tuple[Period, ...]) -> Iterator[dict]:
    for period, year in _dates(cube, one, periods):
        figures = one.measure.compute(cube, period, year=year)
        known = np.flatnonzero(figures.values.known)
        if known.size:
            yield {"indicator": one.id, **_rows(cube, one, figures, known)}


def _dates(cube: Cube, one: Indicator, periods: tuple[Period, ...]) -> Iterator[tuple[Period, int]]:
    """What an indicator is computed at: periods, and the date of a figure of one date."""
    measure = one.measure
    if measure.own_dates:
        # A register over a count of the census is asked at the last one.
        for year in sorted(measure.years(cube)):
            yield max(periods, key=lambda period: period.until), year
    elif measure.spans:
        for period in periods:
            yield period, period.until
    else:
        for year in sorted({year for period in periods for year in (period.since, period.until)}):
            yield Period(year, year), year


def _rows(cube: Cube, one: Indicator, figures: Figures, known: np.ndarray) -> dict[str, np.ndarray]:
    count = figures.count[known]
    people = POPULATION.read(cube, year=figures.year).value[known]
    return {
        "place": known,
        "since": np.full(known.size, figures.since, dtype="int16"),
        "year": np.full(known.size, figures.year, dtype="int16"),
        "value": figures.values.value[known],
        "count": count,
        "margin": figures.margin()[known],
        "verdict": verdicts(count, people=people, exploitation=one.exploitation),
        "kind": figures.values.kind[known],
    }


def verdicts(count: np.ndarray, *, people: np.ndarray, exploitation: str) -> np.ndarray:
    """Judge figures that are known by Insee's thresholds: "ok", "prudence" or "n.s.".

    `count` is what each rests on, missing for a register; `people`, the inhabitants of its territory; the exploitation
    complémentaire is not used where they are fewer than 2 000.
    """
    found = _VERDICTS[np.searchsorted((FRAGILE, SAFE), count, side="right")]
    if exploitation == "complémentaire":
        found = np.where(people < SMALL_COMMUNE, _VERDICTS[0], found)
    return found


def _categories(names: list[str], codes: np.ndarray) -> pd.Categorical:
    """Texts by their place in a list, that may repeat itself."""
    unique = list(dict.fromkeys(names))
    place = np.array([unique.index(name) for name in names], dtype="int32")
    return pd.Categorical.from_codes(place[codes], categories=unique)
