"""Whether a figure may be relied on: Insee's thresholds on the people or homes that it rests on.

A count of the census rests on itself. Any other figure rests on the column `count` of its row or, in a frame without
one, on the smallest of the counts beside it. A row whose `count` is missing comes from a register, where everyone is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import numpy as np
import pandas as pd

from helpers import french
from helpers.columns import find_column, find_columns, find_value
from helpers.frames import holds_indicators

Verdict = Literal["ok", "prudence", "n.s.", "n.d."]

# Insee, notes of the census tables by commune: over 500 a count is safe; under 200 it must be handled with
# care and small territories are not to be compared; under 2 000 inhabitants the exploitation complémentaire
# (one household in four) is not to be used.
SAFE = 500
FRAGILE = 200
SMALL_COMMUNE = 2_000

# The population is exact, and small all the same: what is worked out beside it rests on it.
_INHABITANTS = "POP"

# The verdicts of counts, from the fewest; the thresholds stand between them.
_VERDICTS = np.array(["n.s.", "prudence", "ok"], dtype="object")

# What follows a count that is not significant, and any figure to read with care.
FRAGILE_MARK = f"{french.NBSP}({french.NOT_SIGNIFICANT})"
CARE_MARK = f"{french.NBSP}*"


def judge(
    value: float | None,
    count: float | None,
    *,
    inhabitants: float | None = None,
    exploitation: str = "principale",
) -> Verdict:
    """Judge a figure by the number of people or homes that it rests on, `count`.

    "n.d.": it is missing. "n.s.": it rests on fewer than 200 people or homes (none included), or on the
    exploitation complémentaire in a commune under 2 000 `inhabitants`. "prudence": on 200 to 499. "ok": on more, or
    on a register, that has no `count`.
    """
    return _assess(value, count, inhabitants=inhabitants, exploitation=exploitation)[0]


def explain(
    value: float | None,
    count: float | None,
    *,
    inhabitants: float | None = None,
    exploitation: str = "principale",
) -> str:
    """Explain the verdict of `judge`: a French clause without a full stop, nothing for a figure that is sound."""
    return _assess(value, count, inhabitants=inhabitants, exploitation=exploitation)[1]


def assess_rows(data: pd.DataFrame) -> list[str]:
    """Assess the figures of each row: its `verdict` if it has one, "ok" where nothing says what they rest on."""
    return list(data["verdict"].astype("str")) if "verdict" in data else _verdicts(_bases(data)).tolist()


def assess_cells(data: pd.DataFrame, *, columns: Iterable[str] | None = None) -> dict[str, list[str]]:
    """Assess each count and each figure: the verdicts of these columns, of all those that may be assessed.

    A nil count is one: "ok", where `judge` finds nothing to rely on. In a frame of indicators, `value` is a count or a
    figure by the indicator of each row.

    Raises:
        ExhibitError: a column is not declared (`helpers.columns`).
    """
    rows, cells = np.array(assess_rows(data), dtype="object"), {}
    for name in data.columns if columns is None else columns:
        column = find_column(name)
        if column.is_count:
            verdicts = _of_counts(data, name)
            if name == "value" and holds_indicators(data):
                verdicts = np.where(_counted(data) & ("verdict" not in data), verdicts, rows)
        elif column.is_figure:
            verdicts = rows
        else:
            continue
        cells[name] = np.where(data[name].isna(), "n.d.", verdicts).tolist()
    return cells


def hide_insignificant(data: pd.DataFrame, *, rows: Sequence[bool]) -> pd.DataFrame:
    """Hide the figures of these rows that are not significant: they go missing, counts stay."""
    hidden = np.array(assess_rows(data)) == "n.s."
    hidden &= np.array(rows, dtype="bool")
    if not hidden.any():
        return data
    figures = [name for name in data.select_dtypes("number") if find_column(name).is_figure]
    masks = dict.fromkeys(figures, hidden)
    if holds_indicators(data):
        masks["value"] = hidden & ~_counted(data)
    return data.assign(**{name: data[name].astype("float64").mask(mask) for name, mask in masks.items()})


def columns_not_significant(cells: Mapping[str, Sequence[str]]) -> list[str]:
    """List the columns of figures of which none is significant, from `assess_cells`: a table does not write them."""
    return [
        name for name, verdicts in cells.items() if find_column(name).is_figure and {*verdicts} == {"n.s."}
    ]


def is_pyramid(data: pd.DataFrame) -> bool:
    """Say whether a frame holds counts by class of ages and date, of which a shape is read rather than each class."""
    return "value" in data and ("age" in data or {"low", "group"} <= set(data))


def is_void(data: pd.DataFrame) -> bool:
    """Say whether no row may be relied on; a pyramid is judged by all its people of a date, not class by class."""
    if data.empty:
        return False
    if is_pyramid(data):
        return bool((data.groupby("year")["value"].sum() < FRAGILE).all())
    return {*assess_rows(data)} == {"n.s."}


def mark(text: str, verdict: str, *, is_count: bool) -> str:
    """Mark a written figure with its verdict: "n.s." in its place, or after a count; a star asks for care."""
    if verdict == "n.s.":
        return f"{text}{FRAGILE_MARK}" if is_count else french.NOT_SIGNIFICANT
    return f"{text}{CARE_MARK}" if verdict == "prudence" else text


def _verdicts(counts: np.ndarray) -> np.ndarray:
    """Judge figures that are known and rest on these counts, missing for those of a register."""
    # What is missing stands after all numbers.
    return _VERDICTS[np.searchsorted((FRAGILE, SAFE), counts, side="right")]


def _of_counts(data: pd.DataFrame, name: str) -> np.ndarray:
    """Judge counts by what they are themselves, unless they are nil or a register's."""
    counts = _floats(data[name])
    verdicts = _verdicts(counts)
    verdicts[counts == 0] = "ok"
    if "count" in data:
        verdicts[np.isnan(_floats(data["count"]))] = "ok"
    return verdicts


def _counted(data: pd.DataFrame) -> np.ndarray:
    """Find the rows of a frame of indicators whose `value` is a count."""
    return np.array([find_value(indicator).is_count for indicator in data["indicator"]], dtype="bool")


def _bases(data: pd.DataFrame) -> np.ndarray:
    """Find what the figures of each row rest on, missing where nothing says it."""
    if "count" in data:
        return _floats(data["count"])
    columns = find_columns(data.columns)
    if holds_indicators(data):
        del columns["value"]
    known = [
        _floats(data[name])
        for name, column in columns.items()
        if column.is_count or column.name == _INHABITANTS
    ]
    return np.fmin.reduce([np.full(len(data), np.nan), *known])


def _floats(values: pd.Series) -> np.ndarray:
    return values.to_numpy("float64", na_value=np.nan)


def _assess(
    value: float | None, count: float | None, *, inhabitants: float | None, exploitation: str
) -> tuple[Verdict, str]:
    if french.is_missing(value):
        return "n.d.", "chiffre non disponible"
    small = inhabitants is not None and not french.is_missing(inhabitants) and inhabitants < SMALL_COMMUNE
    if small and exploitation == "complémentaire":
        return (
            "n.s.",
            f"exploitation complémentaire, à ne pas utiliser sous {french.number(SMALL_COMMUNE)} habitants (Insee)",
        )
    if count is None or french.is_missing(count):
        return "ok", ""
    if count < FRAGILE:
        return "n.s.", f"effectif inférieur à {FRAGILE}, trop imprécis pour être comparé (Insee)"
    if count < SAFE:
        return "prudence", f"effectif compris entre {FRAGILE} et {SAFE}, à lire avec prudence (Insee)"
    return "ok", ""
