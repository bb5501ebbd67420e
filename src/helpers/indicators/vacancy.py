"""Vacant homes: the census and the tax file side by side, each with its field."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers import provenance
from helpers.indicators.crosstabs import Column, Stack
from helpers.indicators.cube import Cube
from helpers.indicators.definitions.terms import VACANT
from helpers.indicators.measures import Period, Ratio
from helpers.indicators.quantities import STOCK
from helpers.indicators.registry import find_measure

CENSUS = "Recensement : logements vacants"
TAX = "LOVAC : logements vacants"
TAX_LONG = "LOVAC : vacants depuis plus de deux ans"
_TAX_FIELD = "parc privé des fichiers fiscaux, au 1er janvier"
# Each measure with its indicator and its field: they are never added nor subtracted.
_COUNTS = ("value", "whole")
_MEASURES = {
    CENSUS: ("vacance", "tous les logements, parc social compris"),
    TAX: ("vacance_fiscale", _TAX_FIELD),
    TAX_LONG: ("vacance_longue", _TAX_FIELD),
}


def measures(dwellings: pd.DataFrame, vacancy: pd.DataFrame, *, territory: str, year: int) -> pd.DataFrame:
    """Give the measures of vacancy that are known: `label, field, year, value, whole` (homes)`, share` (%)`,
    count` (missing for a register)`, base`.

    That of the last census at which the territory has a stock, from `year` on, and those of the last year of LOVAC at
    which it has a stock, or a rate alone: `value` and `whole` are then missing.
    """
    tables = {"dwellings": dwellings, "vacancy": vacancy}
    cube = Cube({name: table[table["territory"] == territory] for name, table in tables.items()})
    stack = Stack(cube)
    for rank, (label, (identifier, field)) in enumerate(_MEASURES.items()):
        measure = find_measure(identifier, Ratio)
        years = measure.years(cube) if measure.own_dates else STOCK.years(cube) & VACANT.years(cube)
        date = max((one for one in years if measure.own_dates or one >= year), default=year)
        part, whole = (one.read(cube, year=date) for one in (measure.top, measure.bottom))
        share = measure.compute(cube, Period(date, date), year=date)
        count = np.full(cube.size, np.nan) if measure.own_dates else part.value
        columns: dict[str, Column] = {
            "value": part,
            "whole": whole,
            "share": share,
            "count": count,
            "base": whole,
        }
        optional = ["count", "base", *_COUNTS] if measure.own_dates else ["count"]
        stack.add(columns, optional=optional, rank=rank, label=label, field=field, year=date)
    names = ["label", "field", "year", "value", "whole", "share", "count", "base"]
    return stack.frame(names, by=["rank"])[[*names, *provenance.COLUMNS]]
