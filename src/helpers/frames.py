"""Frames that are shown: it is known of each of their columns what it holds (`helpers.columns`)."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from helpers.columns import DATES, Column, find_column, find_columns, find_value
from helpers.errors import ExhibitError

# What follows the heading of a quantity at two dates when rows do not share them.
_UNDATED = {"_0": "début", "_1": "fin"}
# The heading of `value` in a frame of indicators: each row says what it is.
_VALUE = "Valeur"


def holds_indicators(data: pd.DataFrame) -> bool:
    """Say whether `value` is that of the indicator of each row, `indicator` being its identifier."""
    return "value" in data and "indicator" in data


def find_column_of(data: pd.DataFrame, name: str) -> Column:
    """Find what a column of this very frame holds: in a frame of indicators, `value` is what `indicator` says.

    Raises:
        ExhibitError: the column is not declared, or the indicators of the frame are not of one unit.
    """
    if name != "value" or not holds_indicators(data):
        return find_column(name)
    found = {indicator: find_value(indicator) for indicator in data["indicator"].unique()}
    if len({(column.kind, column.unit) for column in found.values()}) > 1:
        raise ExhibitError(
            f"La colonne 'value' mêle plusieurs unités : {', '.join(map(repr, found))}.",
            remedy="Dessinez un indicateur à la fois, ou des indicateurs de même unité.",
        )
    return next(iter(found.values()), find_column(name))


def check(data: pd.DataFrame) -> None:
    """Check that it is known of every column of a frame what it holds.

    Raises:
        ExhibitError: columns that are not declared or bear one name; `value` of which nothing says whether it is a
            count.
    """
    names = list(data.columns)
    find_columns(names)
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ExhibitError(
            f"Plusieurs colonnes du tableau portent le même nom : {', '.join(map(repr, twice))}.",
            remedy="Gardez-en une, ou renommez-les selon ce qu'elles sont.",
        )
    if holds_indicators(data):
        for indicator in data["indicator"].unique():
            find_value(indicator)
    elif _is_ambiguous(data):
        raise ExhibitError(
            "La colonne 'value' peut être un effectif ou un taux : rien ne le dit à côté de 'count'.",
            remedy="Ajoutez la colonne 'indicator', l'identifiant de l'indicateur : data.assign(indicator='vacance'). "
            "Sinon, renommez 'value' selon ce qu'elle est ('share', 'rate', 'ratio'…) ou, si elle est un effectif, "
            "retirez 'count'.",
        )


def describe(data: pd.DataFrame) -> dict[str, Column]:
    """Describe the columns of a frame that are shown, by name: words first, dates in the headings of `_0` and `_1`.

    Raises:
        ExhibitError: as `check`, or two columns would have one heading.
    """
    check(data)
    dates = {suffix: _only_year(data, column) for suffix, column in DATES.items()}
    known = find_columns(data.columns)
    # A figure that a column writes in words is not shown a second time.
    behind = {column.behind for column in known.values()}
    shown: dict[str, Column] = {}
    for name, column in known.items():
        if not column.is_shown or name in behind or (name in DATES.values() and dates["_0"]):
            continue
        heading = _VALUE if name == "value" and holds_indicators(data) else column.heading
        if column.name != name and (suffix := name[-2:]) in dates:
            heading = f"{heading} ({dates[suffix] or _UNDATED[suffix]})"
        shown[name] = replace(column, heading=heading)
    _distinguish(shown)
    # What a row is about comes first: the first column heads the row.
    return dict(sorted(shown.items(), key=lambda item: item[1].is_numeric))


def _distinguish(shown: dict[str, Column]) -> None:
    """Check that no two columns have one heading: one of them would hide the other."""
    names: dict[str, str] = {}
    for name, column in shown.items():
        if (other := names.setdefault(column.heading, name)) != name:
            raise ExhibitError(
                f"Les colonnes {other!r} et {name!r} auraient le même intitulé : « {column.heading} ».",
                remedy="Retirez l'une des deux, ou renommez-la selon ce qu'elle est.",
            )


def _is_ambiguous(data: pd.DataFrame) -> bool:
    """Say whether `value` may as well be a count as an indicator that rests on `count`.

    It is a count where another column is the figure that rests on `count`, or where the two are equal.
    """
    if not {"value", "count"} <= {*data.columns}:
        return False
    if {"since", "year"} <= {*data.columns}:
        return True
    if any(column.is_figure for column in find_columns(data.columns).values()):
        return False
    known = data["value"].notna() & data["count"].notna()
    return bool((data["value"] != data["count"])[known].any())


def _only_year(data: pd.DataFrame, name: str) -> str:
    """Give the year of all rows, nothing when they have several."""
    years = data[name].unique() if name in data else []
    return str(int(years[0])) if len(years) == 1 else ""
