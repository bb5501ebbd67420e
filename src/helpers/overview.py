"""The main indicators of many communes side by side, written as pages show them and put in classes as maps do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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


def compare(groups: Mapping[str, Sequence[str]], *, folder: Path) -> dict[str, list[Compared]]:
    """Set the communes of each group side by side: each main indicator that one of them knows.

    Dates are those of the diagnostic of the most populous. Figures are read in the table of indicators of the store
    where it is there, and computed by the same definitions where it is not. What is not significant is written "n.s.";
    neither it nor what is simulated has a value or a class. A commune is of one group; all are read at once.
    """
    group_of = {code: name for name, codes in groups.items() for code in codes}
    periods = _choose_periods(group_of, folder=folder)
    found: dict[str, list[Compared]] = {name: [] for name in groups}
    if periods:
        rows = _read_rows({name: groups[name] for name in periods}, periods, folder=folder)
        for name, own in rows.groupby(rows["territory"].map(group_of), sort=False):
            found[str(name)] = _compare_group(own, *periods[str(name)])
    return found


def _compare_group(rows: pd.DataFrame, period: Period, grown: Period) -> list[Compared]:
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


def _choose_periods(group_of: Mapping[str, str], *, folder: Path) -> dict[str, tuple[Period, Period]]:
    """Choose for each group the dates that the diagnostic of its most populous commune compares, and those of its
    balances: the change of the population is reported over the latter.

    `group_of` gives the group of each commune; one of which the dates are not known is left out.
    """
    population = _read("population", group_of, folder=folder)
    people = population[population["variable"] == "POP"]
    largest = people.loc[people.groupby(people["code"].astype("str").map(group_of))["value"].idxmax()]
    codes = largest["code"].astype("str").tolist()
    tables = [population, *(_read(name, codes, folder=folder) for name in ("dwellings", "flows"))]
    found = {}
    for code in codes:
        own = [table[table["code"] == code] for table in tables]
        if dates := vintages.choose(*own):
            since, until = dates
            counted = vintages.choose_counted(own[0], own[2], since=since, until=until)
            found[group_of[code]] = Period(since, until), Period(counted, until)
    return found


def _read(name: str, codes: Iterable[str], *, folder: Path) -> pd.DataFrame:
    return store.read(name, folder=folder, areas=[("commune", code) for code in codes])


def _read_rows(
    groups: Mapping[str, Sequence[str]], periods: Mapping[str, tuple[Period, Period]], *, folder: Path
) -> pd.DataFrame:
    """Read the figures of the communes of groups, and compute those whose dates the table of indicators has not."""
    table, parts = indicator_table.find(folder), []
    known = [
        name for name in groups if table and all(table.covers(one.since, one.until) for one in periods[name])
    ]
    if table and known:
        codes = [code for name in known for code in groups[name]]
        parts.append(table.rows("commune", codes, [one.id for one in MAIN]))
    if left := [name for name in groups if name not in known]:
        areas = [("commune", code) for name in left for code in groups[name]]
        cube = indicator_table.read_cube(folder, areas, indicators=MAIN)
        rows = engine.compute(cube, dict.fromkeys(period for name in left for period in periods[name]), MAIN)
        parts.append(rows.assign(territory=rows["territory"].astype("str").str.partition(":")[2]))
    return pd.concat(parts, ignore_index=True)


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
