"""Whether a figure may be relied on: Insee's thresholds on the people or homes that it rests on.

Two counts decide. `count`, the fewest people or homes that a figure is made of, gives its mark: a star under 500, two
under 200. `base`, what it is divided by, bars it ("n.s.") under 200: a small numerator is marked, not barred. A count
of the census rests on itself and is always written. In a frame both are the columns `count` and `base` of the row or,
without them, the counts beside: the smallest is the count, and the largest the base of a share. A row whose `count` is
missing comes from a register, where everyone is: it has no mark, and is weighed by the size of what it describes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import numpy as np
import pandas as pd

from helpers import french
from helpers.columns import DATES, Column, find_column, find_columns, find_value
from helpers.frames import holds_indicators

Verdict = Literal["ok", "prudence", "précaution", "n.s.", "n.d."]

# Insee, notes of the census tables by commune: over 500 a count is safe; under 200 it must be handled with
# care and small territories are not to be compared; under 2 000 inhabitants the exploitation complémentaire
# (one household in four) is not to be used.
SAFE = 500
FRAGILE = 200
SMALL_COMMUNE = 2_000

# The population is exact, and small all the same: what is worked out beside it rests on it.
_INHABITANTS = "POP"

# A figure of so few varies by more than itself: two standard errors, 2 √n, are more than n.
WITHIN_MARGIN = 4

# The verdicts of counts, from the fewest; the thresholds stand between them.
_VERDICTS = np.array(["précaution", "prudence", "ok"], dtype="object")

# What follows a figure to read with care, by its verdict.
MARKS: dict[Verdict, str] = {"prudence": f"{french.NBSP}*", "précaution": f"{french.NBSP}**"}

# What a verdict means, as a French clause.
REASONS: dict[Verdict, str] = {
    "n.d.": "chiffre non disponible",
    "n.s.": f"rapporté à moins de {FRAGILE} personnes ou logements (Insee), ou plus petit que sa propre marge",
    "précaution": f"effectif inférieur à {FRAGILE}, à manier avec précaution (Insee)",
    "prudence": f"effectif compris entre {FRAGILE} et {SAFE}, à lire avec prudence (Insee)",
    "ok": "",
}


def judge(
    value: float | None,
    count: float | None,
    *,
    base: float | None = None,
    inhabitants: float | None = None,
    exploitation: str = "principale",
) -> Verdict:
    """Judge a figure by the fewest people or homes that it is made of, `count`, and by its denominator, `base`.

    `base` is the count itself by default, and missing (NaN) for a plain number. "n.d.": the figure is missing. "n.s.":
    its base is under 200, it is made of so few that its
    margin exceeds it, or it comes from the exploitation complémentaire in a commune under 2 000 `inhabitants`.
    "précaution": it is made of fewer than 200; "prudence": of fewer than 500, or divided by fewer; "ok": of more, or of
    a register, that has no `count`.
    """
    if french.is_missing(value):
        return "n.d."
    known = inhabitants is not None and not french.is_missing(inhabitants)
    if exploitation == "complémentaire" and known and inhabitants < SMALL_COMMUNE:  # type: ignore[operator]
        return "n.s."
    weighed = [np.array([np.nan if one is None or french.is_missing(one) else one]) for one in (count, base)]
    return str(judge_figures(weighed[0], weighed[0 if base is None else 1])[0])  # type: ignore[return-value]


def judge_counts(counts: np.ndarray) -> np.ndarray:
    """Judge counts of the census, which are always written: "ok", "prudence" or "précaution"; a nil one is sound."""
    # What is missing stands after all numbers.
    found = _VERDICTS[np.searchsorted((FRAGILE, SAFE), counts, side="right")]
    found[counts == 0] = "ok"
    return found


def judge_figures(counts: np.ndarray, bases: np.ndarray) -> np.ndarray:
    """Judge figures that are known by the fewest that they are made of (missing for a register) and by what they are
    divided by (missing for a plain number, which is always written)."""
    found = judge_counts(counts)
    found[(found == "ok") & (bases < SAFE)] = "prudence"
    found[(bases < FRAGILE) | ((counts > 0) & (counts <= WITHIN_MARGIN) & ~np.isnan(bases))] = "n.s."
    return found


def assess_rows(data: pd.DataFrame) -> list[str]:
    """Assess each row by its best figure: its `verdict` if it has one, "ok" where nothing says what it rests on."""
    if "verdict" in data:
        return list(data["verdict"].astype("str"))
    return judge_figures(_counts(data), _bases(data, share=True)).tolist()


def assess_cells(data: pd.DataFrame, *, columns: Iterable[str] | None = None) -> dict[str, list[str]]:
    """Assess each count and each figure: the verdicts of these columns, of all those that may be assessed.

    A nil count is one: "ok". In a frame of indicators, `value` is a count or a figure by the indicator of each row.

    Raises:
        ExhibitError: a column is not declared (`helpers.columns`).
    """
    cells = {}
    for name in data.columns if columns is None else columns:
        column = find_column(name)
        if column.is_count:
            verdicts = _of_counts(data, name)
            if name == "value" and holds_indicators(data):
                rows = np.array(assess_rows(data), dtype="object")
                verdicts = np.where(_counted(data) & ("verdict" not in data), verdicts, rows)
        elif column.is_figure:
            verdicts = _of_figures(data, column)
        else:
            continue
        cells[name] = np.where(data[name].isna(), "n.d.", verdicts).tolist()
    return cells


def hide_insignificant(data: pd.DataFrame, *, rows: Sequence[bool]) -> pd.DataFrame:
    """Hide the figures of these rows that are not significant: they go missing, counts stay."""
    figures = [name for name in data.select_dtypes("number") if find_column(name).is_figure]
    if holds_indicators(data):
        figures.append("value")
    chosen = np.array(rows, dtype="bool")
    masks = {
        name: chosen & (np.array(verdicts) == "n.s.")
        for name, verdicts in assess_cells(data, columns=figures).items()
    }
    hidden = {name: data[name].astype("float64").mask(mask) for name, mask in masks.items() if mask.any()}
    return data.assign(**hidden) if hidden else data


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


def mark(text: str, verdict: str) -> str:
    """Mark a written figure with its verdict: "n.s." in its place, a star or two after it where it asks for care."""
    if verdict == "n.s.":
        return french.NOT_SIGNIFICANT
    return f"{text}{MARKS.get(verdict, '')}"  # type: ignore[call-overload]


def _of_counts(data: pd.DataFrame, name: str) -> np.ndarray:
    """Judge counts by what they are themselves, unless they are nil or a register's."""
    verdicts = judge_counts(_floats(data[name]))
    if "count" in data:
        verdicts[np.isnan(_floats(data["count"]))] = "ok"
    return verdicts


def _of_figures(data: pd.DataFrame, column: Column) -> np.ndarray:
    """Judge the figures of a column: a share by its whole, another one by the fewest that it sets side by side."""
    if "verdict" in data:
        return np.array(assess_rows(data), dtype="object")
    counts = _counts(data)
    if column.kind == "change" and not (column.unit or column.digits):
        # A difference of counts is one: always written.
        return judge_figures(counts, np.full(len(data), np.nan))
    bases = _bases(data, share=column.kind in ("share", "rate", "points", "written"))
    start = [counts for name, counts in _counts_by_column(data).items() if name.endswith("_0")]
    if column.kind == "change" and start:
        bases = np.fmin.reduce(start)
    found = judge_figures(counts, bases)
    # A pyramid is read as a shape, whatever the size of its classes.
    return (
        np.where((found == "n.s.") & (bases >= FRAGILE), "précaution", found) if is_pyramid(data) else found
    )


def _counted(data: pd.DataFrame) -> np.ndarray:
    """Find the rows of a frame of indicators whose `value` is a count."""
    return np.array([find_value(indicator).is_count for indicator in data["indicator"]], dtype="bool")


def _counts(data: pd.DataFrame) -> np.ndarray:
    """Find the fewest that each row is made of, missing where nothing says it."""
    if "count" in data:
        return _floats(data["count"])
    return np.fmin.reduce([np.full(len(data), np.nan), *_counts_by_column(data).values()])


def _bases(data: pd.DataFrame, *, share: bool) -> np.ndarray:
    """Find what the figures of each row are divided by; of two dates, the smaller."""
    if "base" in data:
        return _floats(data["base"])
    if "count" in data or not share:
        return _counts(data)
    nothing = np.full(len(data), np.nan)
    sides: dict[str, list[np.ndarray]] = {}
    for name, counts in _counts_by_column(data).items():
        sides.setdefault(name[-2:] if name[-2:] in DATES else "", [nothing]).append(counts)
    return np.fmin.reduce([nothing, *(np.fmax.reduce(side) for side in sides.values())])


def _counts_by_column(data: pd.DataFrame) -> dict[str, np.ndarray]:
    """Take the counts of a frame, by column."""
    columns = find_columns(data.columns)
    if holds_indicators(data):
        del columns["value"]
    return {
        name: _floats(data[name])
        for name, column in columns.items()
        if column.is_count or column.name == _INHABITANTS
    }


def _floats(values: pd.Series) -> np.ndarray:
    return values.to_numpy("float64", na_value=np.nan)
