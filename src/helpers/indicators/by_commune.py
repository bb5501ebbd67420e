"""One figure of each commune of a place, for its map."""

from __future__ import annotations

import pandas as pd

from helpers.indicators.crosstabs import gather, ratio
from helpers.indicators.cube import Cube, Tables
from helpers.indicators.measures import Ratio
from helpers.indicators.registry import find_measure


def latest_share(tables: Tables, identifier: str, *, of: str) -> pd.DataFrame:
    """Give a share of the registry at the last date that most communes know: `territory, year, value, <of>, share`.

    `tables` are those of the indicator, `territory` being a commune; `value` and the column named by `of`, what the
    share is of, are counts; `share` is in %. Empty where no date is known.
    """
    cube = Cube.of(tables)
    measure = find_measure(identifier, Ratio)
    dates = {}
    for year in measure.years(cube):
        columns = ratio(cube, identifier, year=year, top="value", bottom=of, value="share")
        dates[year] = gather(cube, columns, year=year)
    most = max((len(found) for found in dates.values()), default=0)
    known = [year for year, found in dates.items() if len(found) and 2 * len(found) >= most]
    return dates[max(known)] if known else pd.DataFrame()
