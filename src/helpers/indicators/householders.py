"""Homes by the age of their household's reference person and its tenure: who holds them, which are to be passed on.

Homes, not persons: an older owner's home counts once, whoever lives in it. The frames have `territory, year, tenure,
low, high, label, value` (homes; no upper bound for "and over"), as `classes` makes them from the store's table.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from helpers import schemas
from helpers.indicators import ages
from helpers.indicators.definitions.ages_tenure import PASSING

# Reference persons are hardly ever younger: where the first class begins on a drawing.
YOUNGEST = 15


def classes(householders: pd.DataFrame, *, years: Sequence[int]) -> pd.DataFrame:
    """Give the store's table at some dates, with `low, high, label` in place of `age`, the first age of a class."""
    firsts = schemas.HOLDER_AGES
    lasts = [*(after - 1 for after in firsts[1:]), None]
    bounds = dict(zip(firsts, zip([YOUNGEST, *firsts[1:]], lasts, strict=True), strict=True))
    highs = {first: float("nan") if high is None else high for first, (_, high) in bounds.items()}
    labels = {first: ages.group_label(pair) for first, pair in bounds.items()}
    labels[firsts[0]] = f"moins de {firsts[1]} ans"
    chosen = householders[householders["year"].isin(list(years))]
    age = chosen["age"].astype("int64")
    return chosen.drop(columns="age").assign(
        low=age.map({first: low for first, (low, _) in bounds.items()}).astype("int64"),
        high=age.map(highs).astype("float64"),
        label=age.map(labels).astype("str"),
    )


def to_pass_on(homes: pd.DataFrame, *, from_ages: Sequence[int] = PASSING) -> pd.DataFrame:
    """Owned homes whose reference person is old, "à transmettre": `territory, year, label, value, owned, homes, share,
    share_all, count`.

    `value` counts the owned homes held from the age of `label` (65 or over, 80 or over: nested, never to be added
    up), `share` their % of all `owned` homes, `share_all` of all main `homes`. An age that is no border of the
    classes of a date has no row there.
    """
    found = held(homes, from_ages=from_ages).rename(columns={"held": "value", "all": "homes"})
    return found.assign(share_all=100 * found["value"] / found["homes"])


def ownership(homes: pd.DataFrame) -> pd.DataFrame:
    """Ownership by age of the reference person: `territory, year, low, label, owned, homes, rate, count`.

    `rate` = 100 × owned homes / main homes of that age, youngest first. Classes are those of Insee, of unequal
    widths. An age at which nobody holds a home has no row.
    """
    grouped = ages.add_up(
        homes.assign(owned=_owned(homes)),
        by=["territory", "year", "low", "label"],
        columns=["owned", "value"],
    )
    grouped = grouped[grouped["value"] > 0].rename(columns={"value": "homes"}).reset_index(drop=True)
    return grouped.assign(rate=100 * grouped["owned"] / grouped["homes"], count=grouped["homes"])


def held(counts: pd.DataFrame, *, from_ages: Sequence[int]) -> pd.DataFrame:
    """Count what owners of each age and over hold: `territory, year, label, held, owned, all, share, count`.

    `counts` are homes, or persons, by tenure and class of ages (`low, high`).
    """
    parts = []
    for rank, first in enumerate(from_ages):
        across = counts[(counts["low"] < first) & (counts["high"].fillna(float("inf")) >= first)]
        cut = pd.MultiIndex.from_frame(across[["territory", "year"]])
        exact = counts[~pd.MultiIndex.from_frame(counts[["territory", "year"]]).isin(cut)]
        owned = _owned(exact)
        exact = exact.assign(owned=owned, held=owned.where(exact["low"] >= first, 0.0), all=exact["value"])
        grouped = ages.add_up(exact, by=["territory", "year"], columns=["held", "owned", "all"])
        parts.append(grouped.assign(label=ages.group_label((first, None)), rank=rank))
    found = pd.concat(parts, ignore_index=True)
    found = found[found["owned"] > 0].sort_values(["territory", "year", "rank"], ignore_index=True)
    return found.drop(columns="rank").assign(share=100 * found["held"] / found["owned"], count=found["held"])


def _owned(counts: pd.DataFrame) -> pd.Series:
    return counts["value"].where(counts["tenure"] == "owner", 0.0)
