"""The main indicators of many communes side by side, written as pages show them and put in classes as maps do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from helpers import french, indicator_table, map_classes, provenance, store
from helpers.indicators import engine, vintages
from helpers.indicators.engine import KnownFigures
from helpers.indicators.indicator import Indicator
from helpers.indicators.key_figures import GROWTH, MAIN
from helpers.indicators.measures import Period
from helpers.indicators.reliability import mark

# Columns that find a figure among the rows of the table of indicators.
_KEYS = ["territory", "indicator", "since", "year"]


@dataclass(frozen=True)
class Figure:
    """A figure of a commune: as it is written, its value where it is real and significant, the rank of its class."""

    written: str
    value: float | None = None
    rank: int | None = None
    simulated: bool = False


MISSING = Figure(french.MISSING)


@dataclass(frozen=True)
class Kind:
    """A class of a map: its colour, what the legend says of it, how many communes it holds."""

    colour: str
    name: str
    count: int


@dataclass(frozen=True)
class Compared:
    """An indicator of many communes: its name at its dates, its figure for each code, its classes on a map.

    A number of people or homes has no class: a map of it would be one of the size of communes.
    """

    id: str
    name: str
    figures: Mapping[str, Figure]
    kinds: Sequence[Kind]
    sources: Sequence[str]

    def of(self, code: str) -> Figure:
        """Give the figure of a commune; "n.d." where it is not known."""
        return self.figures.get(code, MISSING)


def compare(codes: Sequence[str], *, folder: Path) -> list[Compared]:
    """Set communes side by side: each main indicator that one of them knows, at the dates of the
    diagnostic of the most populous.

    Figures are read in the table of indicators of the store where it is there, and computed by the same definitions
    where it is not. What is not significant is written "n.s."; neither it nor what is simulated has a value or a class.
    """
    periods = _choose_periods(codes, folder=folder)
    if periods is None:
        return []
    period, grown = periods
    rows = _read_rows(codes, periods, folder=folder)
    known, found = KnownFigures(rows), []
    verdicts = dict(zip(_keys(rows), rows["verdict"], strict=True))
    for one in MAIN:
        chosen = known.measure(one, grown if one is GROWTH else period)
        if len(chosen):
            found.append(_compare(one, chosen, [verdicts[key] for key in _keys(chosen)], period))
    return found


def _keys(rows: pd.DataFrame) -> list[tuple[Any, ...]]:
    """List what finds each figure among the rows of the table of indicators."""
    return list(zip(*(rows[name].tolist() for name in _KEYS), strict=True))


def _choose_periods(codes: Sequence[str], *, folder: Path) -> tuple[Period, Period] | None:
    """Choose the dates that the diagnostic of the most populous of these communes compares, and those of its balances.

    The change of the population is reported over the latter.
    """
    population = store.read("population", folder=folder, areas=[("commune", code) for code in codes])
    people = population[population["variable"] == "POP"]
    if people.empty:
        return None
    largest = str(people["code"].loc[people["value"].idxmax()])
    population = population[population["code"] == largest]
    dwellings, flows = (
        store.read(name, folder=folder, areas=[("commune", largest)]) for name in ("dwellings", "flows")
    )
    dates = vintages.choose(population, dwellings, flows)
    if dates is None:
        return None
    since, until = dates
    return Period(since, until), Period(
        vintages.choose_counted(population, flows, since=since, until=until), until
    )


def _read_rows(codes: Sequence[str], periods: tuple[Period, Period], *, folder: Path) -> pd.DataFrame:
    table = indicator_table.find(folder)
    if table is not None and all(table.covers(one.since, one.until) for one in periods):
        return table.rows("commune", codes, [one.id for one in MAIN])
    cube = indicator_table.read_cube(folder, [("commune", code) for code in codes], indicators=MAIN)
    rows = engine.compute(cube, dict.fromkeys(periods), MAIN)
    return rows.assign(territory=rows["territory"].astype("str").str.partition(":")[2])


def _compare(one: Indicator, rows: pd.DataFrame, verdicts: Sequence[str], period: Period) -> Compared:
    values, real = rows["value"].to_numpy(), (rows["origin"] != "demonstration").to_numpy()
    sound = real & (np.array(verdicts) != "n.s.")
    made = (
        []
        if one.counted or not sound.any()
        else map_classes.split(values[sound], signed=one.signed, digits=one.digits, unit=one.unit)
    )
    figures = {
        territory: Figure(
            mark(_write(one, value), verdict),
            value if is_sound else None,
            next((rank for rank, kind in enumerate(made) if is_sound and kind.holds(value)), None),
            not is_real,
        )
        for territory, value, verdict, is_sound, is_real in zip(
            rows["territory"], values.tolist(), verdicts, sound.tolist(), real.tolist(), strict=True
        )
    }
    year = int(rows["year"].iloc[0])
    return Compared(
        one.id,
        french.typography(one.name(since=int(rows["since"].min()), until=period.until, year=year)),
        figures,
        [Kind(kind.colour, kind.name, kind.count(values[sound])) for kind in made],
        provenance.split(rows["sources"]),
    )


def _write(one: Indicator, value: float) -> str:
    """Write a value as on a page; names of yearly changes say that they are: cells of a wide table do not again."""
    return one.write(value).removesuffix(f"{french.NBSP}par{french.NBSP}an")
