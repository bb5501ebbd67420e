"""The counts of a village, beside those of its neighbours taken together, which alone have shares and rates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from helpers import provenance
from helpers.indicators.cube import Cube, Tables
from helpers.indicators.definitions.terms import BIRTHS, DEATHS, OWNED, SECOND_HOMES, STARTS_OF_HOMES, VACANT
from helpers.indicators.measures import Period, Ratio
from helpers.indicators.quantities import MAIN_HOMES, POPULATION, Quantity
from helpers.indicators.registry import find, find_measure
from helpers.indicators.values import Values, joint_kind
from helpers.indicators.windows import Window

FORM_TABLES = ("population", "dwellings", "flows", "households")
COLUMNS = ["counted", "since", "until", "value", "whole", "rate", "register", *provenance.COLUMNS]

# The last years of a village are counted by ten: five have no birth nor home to count.
_TEN = 10
_VILLAGE, _WHOLE = "village", "ensemble"
# Homes at the last census: the count, its share and what it is a share of.
_HOMES = {
    "main": (MAIN_HOMES, "principales"),
    "second": (SECOND_HOMES, "secondaires"),
    "vacant": (VACANT, "vacance"),
    "owned": (OWNED, "proprietaires"),
}


@dataclass(frozen=True)
class _Row:
    """A count at a date (`since` is `until`) or over years, and the share or rate of the same."""

    counted: str
    since: int
    until: int
    count: Values
    rate: Values | None = None
    register: bool = False


def gather(tables: Tables, *, code: str, others: Sequence[str], since: int, until: int) -> pd.DataFrame:
    """Gather the counts of a village, one by row, from its real figures and those of its neighbours.

    `tables` hold the tables of the store (`FORM_TABLES`) by code of commune; births and deaths are counted from
    1 January `since` to 31 December `until` − 1. What the village does not know has no row. Columns:

    * `counted`: `people`, `before`, `births`, `deaths`, `main`, `second`, `vacant`, `owned`, `starts`, `outside`;
    * `since, until`: years, the last one included, the same of a date;
    * `value` (the village), `whole` (all of them together, missing where one of them is not known);
    * `rate` of the whole: % a year of `people`, a year per thousand inhabitants of events, % of homes or people of the
      others;
    * `register` (whether everyone is counted), `origin, sources`.
    """
    pooled = {name: _pool(frame, code=code, others=others) for name, frame in tables.items()}
    cube = Cube(pooled, territories=[_VILLAGE, _WHOLE])
    rows = [row for row in _rows(cube, since=since, until=until) if row.count.known[0]]
    return pd.DataFrame([_write(cube, row) for row in rows], columns=COLUMNS)


def _pool(frame: pd.DataFrame, *, code: str, others: Sequence[str]) -> pd.DataFrame:
    """Keep the real rows of the village, and add up those of all its group where every one of them has its own."""
    real = frame[(frame["origin"] != "demonstration") & frame["value"].notna()]
    village = real[real["territory"] == code].assign(territory=_VILLAGE)
    group = [code, *others]
    rows = real[real["territory"].isin(group)]
    keys = [name for name in ("year", "variable", "since") if name in rows]
    added = rows.groupby(keys, as_index=False, observed=True).agg(
        value=("value", "sum"), known=("territory", "size")
    )
    marked = provenance.mark(added, rows, by=keys) if len(added) else added.assign(origin="", sources="")
    whole = (
        marked[marked["known"] == len(group)].rename(columns={"sources": "source"}).assign(territory=_WHOLE)
    )
    return pd.concat([village, whole[list(village.columns)]], ignore_index=True)


def _rows(cube: Cube, *, since: int, until: int) -> Iterator[_Row]:
    last = _last(cube, POPULATION)
    if last is None:
        return
    yield from _people(cube, last)
    for name, events, rate in (("births", BIRTHS, "natalite"), ("deaths", DEATHS, "mortalite")):
        figures = find(rate).measure.compute(cube, Period(since, until))
        yield _Row(name, since, until - 1, events.during(cube, since, until), figures.values, register=True)
    for name, (counted, share) in _HOMES.items():
        if (year := _last(cube, counted)) is not None:
            figures = find(share).measure.compute(cube, Period(year, year))
            yield _Row(name, year, year, counted.read(cube, year=year), figures.values)
    starts = STARTS_OF_HOMES.during(cube, last - _TEN, last)
    paced = _pace().compute(cube, Period(last, last), year=last)
    yield _Row("starts", last - _TEN, last - 1, starts, paced.values, register=True)
    outside = find_measure("hors_menages", Ratio)
    if (year := _last(cube, outside.top)) is not None:
        figures = outside.compute(cube, Period(year, year))
        yield _Row("outside", year, year, outside.top.read(cube, year=year), figures.values)


def _people(cube: Cube, last: int) -> Iterator[_Row]:
    """Give the inhabitants at the last date, and ten years before."""
    growth = find("croissance").measure.compute(cube, Period(last - _TEN, last)).values
    yield _Row("people", last, last, POPULATION.read(cube, year=last), growth, register=True)
    before = last - _TEN
    yield _Row("before", before, before, POPULATION.read(cube, year=before), register=True)


def _pace() -> Window:
    """Give the homes started a year for a thousand inhabitants, defined over five years, over ten."""
    measure = find("commences_habitants").measure
    assert isinstance(measure, Window)
    return replace(measure, span=_TEN, during={"starts": (STARTS_OF_HOMES, -_TEN, 0)})


def _last(cube: Cube, counted: Quantity) -> int | None:
    """Find the last year at which the village knows a count; None where there is none."""
    known = (
        year for year in sorted(counted.years(cube), reverse=True) if counted.read(cube, year=year).known[0]
    )
    return next(known, None)


def _write(cube: Cube, row: _Row) -> dict[str, object]:
    """Make a row of the frame: the village stands first in the cube, the whole second."""
    every = [row.count, *([row.rate] if row.rate else [])]
    kinds = {int(joint_kind(every)[place]) for place in (0, 1) if row.count.known[place]}
    marks = [cube.marks.describe(kind) for kind in sorted(kinds)]
    return {
        "counted": row.counted,
        "since": row.since,
        "until": row.until,
        "value": float(row.count.value[0]),
        "whole": float(row.count.value[1]),
        "rate": float(row.rate.value[1]) if row.rate else float("nan"),
        "register": row.register,
        "origin": provenance.least_real(origin for origin, _ in marks),
        "sources": provenance.union(sources for _, sources in marks),
    }
