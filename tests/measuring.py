"""Figures of small tables, as tests ask for them."""

from __future__ import annotations

import pandas as pd

from helpers.indicators import point_mort
from helpers.indicators.cube import Cube, Tables
from helpers.indicators.engine import figures_of
from helpers.indicators.indicator import Indicator
from helpers.indicators.measures import Period


def measure(one: Indicator, tables: Tables, *, since: int, until: int) -> pd.DataFrame:
    """The figures of an indicator where they are known, as `helpers.indicators.engine` gives them."""
    return figures_of(tables).measure(one, Period(since, until))


def break_even(
    dwellings: pd.DataFrame,
    households: pd.DataFrame,
    flows: pd.DataFrame,
    *,
    since: int,
    until: int,
    convention: str = "A",
    lag: int = 0,
) -> pd.DataFrame:
    """The point mort of every territory of three tables, as `helpers.indicators.point_mort` gives it."""
    tables = {"dwellings": dwellings, "households": households, "flows": flows}
    return point_mort.break_even(Cube(tables), Period(since, until, lag, convention))
