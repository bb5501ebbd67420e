"""The handful of figures a diagnostic opens with, beside those of the first territory of comparison."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from helpers import french, provenance
from helpers.indicators import growth, stock

Writer = Callable[[float], str]
_COLUMNS = ["indicator", "written", "comparison", *provenance.COLUMNS]


def gather(tables: dict[str, pd.DataFrame], *, commune: str, since: int, until: int) -> pd.DataFrame:
    """Rows `indicator, written, comparison, origin, sources`; a figure that is not at hand gives no row.

    `tables`: population, dwellings, social_housing, income, as `Sheet.table` gives them.
    """
    latest = _latest(tables["population"], "POP")
    people = growth.change(tables["population"], since=since, until=until)
    vacant = stock.categories(tables["dwellings"], year=until)
    vacant = vacant[vacant["category"] == "LOGVAC"]
    owners = stock.owners(tables["dwellings"], year=until)
    social = stock.social(tables["dwellings"], tables["social_housing"], year=until)
    income = _latest(tables["income"], "MED")
    rows = [
        _row(f"Population en {_year(latest, commune)}", latest, "POP", french.count, commune),
        _row(f"Évolution annuelle {since}-{until}", people, "annual", _signed_percent, commune),
        _row(
            f"Logements en {until}",
            _latest(tables["dwellings"], "LOG", until=until),
            "LOG",
            french.count,
            commune,
        ),
        _row(f"Logements vacants en {until}", vacant, "share", french.percent, commune),
        _row(f"Propriétaires occupants en {until}", owners, "rate", french.percent, commune),
        _row(
            "Logements sociaux pour 100 résidences principales",
            social,
            "register_rate",
            _one_decimal,
            commune,
        ),
        _row(f"Niveau de vie médian en {_year(income, commune)}", income, "MED", _euros, commune),
    ]
    return pd.DataFrame([row for row in rows if row], columns=_COLUMNS)


def _latest(table: pd.DataFrame, variable: str, *, until: int | None = None) -> pd.DataFrame:
    wide = provenance.widen(table, keys=["territory", "year"], variables=[variable])
    wide = wide[wide["year"] <= until] if until else wide
    return wide.sort_values("year").drop_duplicates("territory", keep="last")


def _year(frame: pd.DataFrame, commune: str) -> str:
    own = frame[frame["territory"] == commune]
    return str(int(own["year"].iloc[0])) if len(own) else ""


def _row(
    indicator: str, frame: pd.DataFrame, column: str, write: Writer, commune: str
) -> dict[str, str] | None:
    own = frame[frame["territory"] == commune].dropna(subset=column)
    if own.empty:
        return None
    others = frame[frame["territory"] != commune].dropna(subset=column).sort_values("territory")
    is_count = write is french.count
    comparison = (
        "" if others.empty or is_count else f"{others['territory'].iloc[0]} : {write(others[column].iloc[0])}"
    )
    first = own.iloc[0]
    compared = own if not comparison else pd.concat([own, others.iloc[[0]]])
    return {
        "indicator": indicator,
        "written": write(first[column]),
        "comparison": comparison,
        "origin": provenance.least_real(compared["origin"]),
        "sources": provenance.union(compared["sources"]),
    }


def _one_decimal(value: float) -> str:
    return french.number(value, digits=1)


def _signed_percent(value: float) -> str:
    return french.percent(value, signed=True)


def _euros(value: float) -> str:
    return f"{french.number(value)}{french.NBSP}€"
