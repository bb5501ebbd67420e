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

Verdict = Literal["ok", "prudence", "n.s.", "n.d."]

# Insee, notes of the census tables by commune: over 500 a count is safe; under 200 it must be handled with
# care and small territories are not to be compared; under 2 000 inhabitants the exploitation complémentaire
# (one household in four) is not to be used.
SAFE = 500
FRAGILE = 200
SMALL_COMMUNE = 2_000

# The verdicts of counts, from the fewest; the thresholds stand between them.
_VERDICTS = np.array(["n.s.", "prudence", "ok"], dtype="object")

# What follows a count that is not significant, and any figure to read with care.
FRAGILE_MARK = f"{french.NBSP}({french.NOT_SIGNIFICANT})"
CARE_MARK = f"{french.NBSP}*"

# Columns of frames by what their figures rest on, `_0` and `_1` (the two dates) left out.
# Counts of the census.
COUNTS = frozenset(
    {
        "value", "people", "homes", "owned", "owners", "persons", "dwellings_file", "margin", "young", "old", "start", "end",
        "alone", "moved", "arrived", "whole", "large", "small_households", "least", "most", "RP", "LOG", "RP_LOCHLMV",
        "C_MEN", "C_PMEN", "PMEN", "POP01P",
    }
)  # fmt: skip
# Counts that are no sample: the population, a decree makes it official, and what registers hold.
EXACT = frozenset({"POP", "NAIS", "DECE", "natural", "events", "starts", "RPLS", "register_rate"})
# What is worked out from counts.
FIGURES = frozenset(
    {
        "share", "rate", "index", "size", "ratio", "amount", "change", "change_rate", "migratory", "balance",
        "balance_year", "annual", "annual_natural", "annual_migratory", "annual_homes", "annual_people",
        "mean_natural", "mean_migratory", "birth_rate", "death_rate", "per_mille", "per_year", "per_ten",
        "people_per_home", "decohabitation", "demographic", "declared_rate", "gap_rate", "gap_margin_rate",
        "moved_rate", "points", "rooms_per_home", "rooms_per_person", "least_share", "most_share", "recent", "ten",
        "thirty", "seniority", "homes_per_year", "renewal", "vacancy", "secondary", "break_even", "gained", "gain", "share_all", "density", "written",
    }
)  # fmt: skip


def judge(
    value: float | None,
    count: float | None,
    *,
    inhabitants: float | None = None,
    exploitation: str = "principale",
) -> Verdict:
    """What a figure is worth.

    "n.d.": it is missing. "n.s.": it rests on fewer than 200 people or homes (none included), or on the
    exploitation complémentaire in a commune under 2 000 `inhabitants`. "prudence": on 200 to 499. "ok": on more, or
    on a register, that has no `count`.
    """
    return _weigh(value, count, inhabitants=inhabitants, exploitation=exploitation)[0]


def explain(
    value: float | None,
    count: float | None,
    *,
    inhabitants: float | None = None,
    exploitation: str = "principale",
) -> str:
    """The reason of a verdict, as a French clause without a full stop; nothing for a figure that is sound."""
    return _weigh(value, count, inhabitants=inhabitants, exploitation=exploitation)[1]


def kind_of(column: str) -> Literal["count", "figure", ""]:
    """What a column of a frame holds: counts of the census, figures worked out from counts, or neither."""
    base = column.removesuffix("_0").removesuffix("_1")
    if base in COUNTS:
        return "count"
    return "figure" if base in FIGURES else ""


def weigh(data: pd.DataFrame) -> list[str]:
    """What the figures of each row are worth: its `verdict` if it has one, "ok" where nothing tells what they rest on."""
    return list(data["verdict"].astype("str")) if "verdict" in data else _judge_all(_bases(data)).tolist()


def weigh_cells(data: pd.DataFrame, *, columns: Iterable[str] | None = None) -> dict[str, list[str]]:
    """What each count and each figure is worth: the verdicts of the columns, of all those that may be weighed.

    A nil count is one: "ok", where `judge` finds nothing to rely on.
    """
    rows, cells = weigh(data), {}
    for name in data.columns if columns is None else columns:
        if not (kind := kind_of(name)):
            continue
        if kind == "count":
            counts = _floats(data[name])
            own = _judge_all(counts)
            own[(counts == 0) | _registered(data)] = "ok"
            own[np.isnan(counts)] = "n.d."
            cells[name] = own.tolist()
        else:
            missing = data[name].isna()
            cells[name] = ["n.d." if lacks else verdict for lacks, verdict in zip(missing, rows, strict=True)]
    return cells


def hide(data: pd.DataFrame, *, rows: Sequence[bool]) -> pd.DataFrame:
    """The data without the figures of these rows that are not significant: they go missing, counts stay."""
    hidden = [verdict == "n.s." and asked for verdict, asked in zip(weigh(data), rows, strict=True)]
    if not any(hidden):
        return data
    figures = [name for name in data.select_dtypes("number") if kind_of(name) == "figure"]
    return data.assign(**{name: data[name].astype("float64").mask(hidden) for name in figures})


def untold(cells: Mapping[str, Sequence[str]]) -> list[str]:
    """The columns of figures of which none is significant, from `weigh_cells`: a table does not write them."""
    return [name for name, verdicts in cells.items() if kind_of(name) == "figure" and {*verdicts} == {"n.s."}]


def is_pyramid(data: pd.DataFrame) -> bool:
    """True of counts by class of ages and date, of which a shape is read rather than each class."""
    return "value" in data and ("age" in data or {"low", "group"} <= set(data))


def is_void(data: pd.DataFrame) -> bool:
    """True where no row may be relied on; a pyramid is weighed by all its people of a date, not class by class."""
    if data.empty:
        return False
    if is_pyramid(data):
        return bool((data.groupby("year")["value"].sum() < FRAGILE).all())
    return {*weigh(data)} == {"n.s."}


def mark(text: str, verdict: str, *, is_count: bool) -> str:
    """A written figure with what it is worth: "n.s." in its place, or after a count; a star asks for care."""
    if verdict == "n.s.":
        return f"{text}{FRAGILE_MARK}" if is_count else french.NOT_SIGNIFICANT
    return f"{text}{CARE_MARK}" if verdict == "prudence" else text


def _judge_all(counts: np.ndarray) -> np.ndarray:
    """What `judge` says of figures that are known and rest on these counts, missing for those of a register."""
    # What is missing stands after all numbers.
    return _VERDICTS[np.searchsorted((FRAGILE, SAFE), counts, side="right")]


def _registered(data: pd.DataFrame) -> np.ndarray | bool:
    """The rows that come from a register."""
    return np.isnan(_floats(data["count"])) if "count" in data else False


def _bases(data: pd.DataFrame) -> np.ndarray:
    """What the figures of each row rest on, missing where nothing tells."""
    if "count" in data:
        return _floats(data["count"])
    known = [
        _floats(data[name])
        for name in data.columns
        if kind_of(name) == "count" or name.removesuffix("_0").removesuffix("_1") == "POP"
    ]
    return np.fmin.reduce([np.full(len(data), np.nan), *known])


def _floats(values: pd.Series) -> np.ndarray:
    return values.to_numpy("float64", na_value=np.nan)


def _weigh(
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
