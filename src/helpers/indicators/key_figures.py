"""The handful of figures a diagnostic opens with, beside those of the first territory of comparison."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from helpers import provenance
from helpers.indicators.record import Indicator, measure
from helpers.indicators.registry import find

FIGURES = tuple(
    map(find, ("population", "croissance", "parc", "vacance", "proprietaires", "social", "revenu"))
)
_COLUMNS = ["indicator", "written", "comparison", *provenance.COLUMNS]


def gather(tables: Mapping[str, pd.DataFrame], *, commune: str, since: int, until: int) -> pd.DataFrame:
    """Rows `indicator, written, comparison, origin, sources`; a figure that is not at hand gives no row.

    `tables`: population, dwellings, social_housing, income, as `Sheet.table` gives them. A figure that has its own date
    is that of the commune's last one.
    """
    known = {name: _own_years(table, commune) for name, table in tables.items()}
    rows = []
    for one in FIGURES:
        found = measure(one, known, since=since, until=until).dropna(subset="value")
        own = found[found["territory"] == commune]
        if len(own):
            others = found[found["territory"] != commune].sort_values("territory").iloc[:1]
            # A number of people or homes says nothing beside that of a larger territory.
            rows.append(_row(one, own, others.iloc[:0] if one.counted else others, since=since, until=until))
    return pd.DataFrame(rows, columns=_COLUMNS)


def _own_years(table: pd.DataFrame, commune: str) -> pd.DataFrame:
    """The rows of the years at which the commune is known."""
    return table[table["year"].isin(table.loc[table["territory"] == commune, "year"].unique())]


def _row(one: Indicator, own: pd.DataFrame, other: pd.DataFrame, *, since: int, until: int) -> dict[str, str]:
    first = own.iloc[0]
    compared = pd.concat([own, other])
    beside = [f"{row['territory']} : {one.write(row['value'])}" for row in other.to_dict("records")]
    return {
        "indicator": one.name(since=since, until=until, year=int(first["year"])),
        "written": one.write(first["value"]),
        "comparison": "".join(beside),
        "origin": provenance.least_real(compared["origin"]),
        "sources": provenance.union(compared["sources"]),
    }
