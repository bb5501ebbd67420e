"""Facilities beside the ages that use them."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from helpers import provenance
from helpers.indicators.crosstabs import Column, Stack
from helpers.indicators.cube import Cube
from helpers.indicators.definitions.facilities import KINDS
from helpers.indicators.measures import Period, Ratio
from helpers.indicators.registry import find_measure


def beside_ages(tables: Mapping[str, pd.DataFrame], *, territory: str, year: int) -> pd.DataFrame:
    """Set facilities beside the inhabitants of the ages that use them: one row by territory and kind that are known.

    Reads `facilities` and the tables of the population and of its ages. Columns `territory, label, year` (of the last
    count of facilities), `facilities` (their number), `people` (inhabitants of the ages concerned at the census
    `year`), `per_thousand`. A place without a facility of a kind has none (0); one that is not
    counted has no row. The territory, beside the nearest of the others where facilities are counted.
    """
    cube = Cube.of(tables)
    stack = Stack(cube)
    for rank, kind in enumerate(KINDS):
        measure = find_measure(kind.identifier, Ratio)
        date = max(measure.years(cube), default=None)
        if date is None:
            continue
        columns: dict[str, Column] = {
            "facilities": measure.top.read(cube, year=date),
            "people": measure.bottom.read(cube, year=year),
            "per_thousand": measure.compute(cube, Period(year, year), year=date),
        }
        stack.add(columns, rank=rank, label=kind.plural, year=date)
    names = ["label", "year", "facilities", "people", "per_thousand"]
    found = stack.frame(names, by=["rank"])[["territory", *names, *provenance.COLUMNS]]
    own = found[found["territory"] == territory]
    others = found[found["territory"] != territory]
    near = others[others["territory"] == others["territory"].min()] if len(others) else others
    return pd.concat([own, near], ignore_index=True) if len(own) else own
