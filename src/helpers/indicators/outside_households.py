"""People who live outside households (prison, barracks, halls, care home), and the population without them."""

from __future__ import annotations

import pandas as pd

from helpers.indicators.changes import annual_change
from helpers.indicators.crosstabs import Column, Stack, figures
from helpers.indicators.cube import Cube, Tables
from helpers.indicators.definitions.terms import OCCUPANTS
from helpers.indicators.measures import Period, Ratio
from helpers.indicators.quantities import POPULATION
from helpers.indicators.registry import find_measure
from helpers.indicators.vintages import GAP

# The figures of a commune are those of an institution too from more than this share of the population (%), or when
# that share has moved by more than this (points).
LEAST_SHARE = 3.0
LEAST_CHANGE = 1.0

_SHARE = "hors_menages"


def compare(tables: Tables, *, territory: str) -> pd.DataFrame:
    """Give those who live outside households at the last real date and at the latest one five years before or more.

    Columns `territory, year, POP, PMEN, outside` (persons), `share` (% of the population), oldest first; a single row
    where one date is known, none where the people of households are not published.
    """
    cube = Cube.of(tables)
    measure = find_measure(_SHARE, Ratio)
    stack = Stack(cube)
    for year in sorted(measure.years(cube)):
        columns: dict[str, Column] = {
            "POP": POPULATION.read(cube, year=year),
            "PMEN": OCCUPANTS.read(cube, year=year),
            "outside": measure.top.read(cube, year=year),
            "share": figures(cube, _SHARE, Period(year, year)),
        }
        stack.add(columns, year=year)
    rows = stack.frame(["year", "POP", "PMEN", "outside", "share"], by=["year"])
    rows = rows[(rows["territory"] == territory) & (rows["origin"] != "demonstration")]
    last = rows["year"].max()
    earlier = rows.loc[rows["year"] <= last - GAP, "year"].max()
    return rows[rows["year"].isin([earlier, last])].reset_index(drop=True)


def is_alert(rows: pd.DataFrame) -> bool:
    """Say whether those of `compare` are more than 3 % of the population, or have moved by more than one point."""
    if rows.empty:
        return False
    last, first = float(rows["share"].iloc[-1]), float(rows["share"].iloc[0])
    return last > LEAST_SHARE or abs(last - first) > LEAST_CHANGE


def growths(rows: pd.DataFrame) -> tuple[float, float]:
    """Compute the annual change (%) between both dates of `compare`: of the population, of that of households."""
    first, last = rows.iloc[0], rows.iloc[-1]
    years = int(last["year"]) - int(first["year"])
    with_them, without = (float(annual_change(first[name], last[name], years)) for name in ("POP", "PMEN"))
    return with_them, without
