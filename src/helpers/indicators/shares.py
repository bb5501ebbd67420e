"""The parts of a whole, and the dates at which a place knows them."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from helpers import provenance
from helpers.indicators import vintages
from helpers.indicators.reliability import SMALL_COMMUNE


def shares(wide: pd.DataFrame, *, whole: str, labels: Mapping[str, str], kind: str) -> pd.DataFrame:
    """The parts of a column in rows: `territory, year, <kind>, label, value, share` (% of the column `whole`).

    Parts come in the order of `labels`. One that is not known, or whose whole is nil, has no row.
    """
    long = wide.melt(
        id_vars=["territory", "year", whole, *provenance.COLUMNS], value_vars=list(labels), var_name=kind
    )
    long["label"] = long[kind].map(labels)
    long["share"] = 100 * long["value"] / long[whole].where(long[whole] > 0)
    order = {key: rank for rank, key in enumerate(labels)}
    long = long.sort_values(
        ["territory", "year", kind], key=lambda column: column.map(order) if column.name == kind else column
    )
    return long.drop(columns=whole).dropna(subset="share").reset_index(drop=True)


def at_dates(wide: pd.DataFrame, *, territory: str, until: int | None = None) -> pd.DataFrame:
    """The rows of a territory at dates five years apart at least, up to `until`, oldest first."""
    own = wide[wide["territory"] == territory]
    return vintages.keep(own, vintages.spaced(own, until=until))


def sampled(wide: pd.DataFrame, population: pd.DataFrame) -> pd.DataFrame:
    """The rows of the places where the exploitation complémentaire may be used: 2 000 inhabitants at least.

    Their number is the last one known; a place of which none is known is left out.
    """
    people = population[population["variable"] == "POP"].sort_values("year")
    last = people.groupby("territory", observed=True)["value"].last()
    return wide[wide["territory"].isin(last.index[last >= SMALL_COMMUNE])]
