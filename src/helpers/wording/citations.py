"""The citation of sources under a figure."""

from __future__ import annotations

import pandas as pd


def cite(sources: pd.DataFrame, *, geography: int) -> str:
    """Write the citations of sources (`store.read_sources`), each list of communes once, after those that are in it.

    Figures of the store are carried to its own list, of 1 January `geography`; those fetched stay in that of their
    rows, which no citation names where the rows do not.
    """
    years = sources["geography"].where(sources["apart"], geography)
    return " ; ".join(
        f"{' ; '.join(dict.fromkeys(group))}{'' if pd.isna(year) else f', géographie au 01/01/{int(year)}'}"
        for year, group in sources["citation"].groupby(years, sort=False, dropna=False)
    )
