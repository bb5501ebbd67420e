"""Where a figure comes from, carried along from the store to the page.

Tables of the store bear an `origin` and a `source` per value. Frames computed from them bear an `origin`
(the least real of those used) and `sources` (all of those used, joined by a bar).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

COLUMNS = ["origin", "sources"]

# The demonstration simulates the detail of a commune from this year on; before, only long series.
DETAILED = 2008

# From the least real to the most real.
_RANKS = ("demonstration", "estimation", "commune", "insee")
_BAR = "|"


def least_real(origins: Iterable[str]) -> str:
    """The origin of a figure computed from values of these origins."""
    return min(set(origins), key=_RANKS.index)


def union(sources: Iterable[str]) -> str:
    """The identifiers of every source used, sorted and joined by a bar."""
    return _BAR.join(sorted({part for joined in sources for part in joined.split(_BAR) if part}))


def split(sources: Iterable[str]) -> list[str]:
    """The identifiers of sources in joined texts, sorted, each once."""
    joined = union(sources)
    return joined.split(_BAR) if joined else []


def widen(
    table: pd.DataFrame, *, keys: Sequence[str], variables: Sequence[str], optional: Sequence[str] = ()
) -> pd.DataFrame:
    """Long values to one row per `keys` and one column per variable, with origin and sources.

    Rows that lack one of `variables` are left out; `optional` ones stay missing.
    """
    keys = list(keys)
    wanted = [*variables, *optional]
    if len(wanted) == 1:
        # A column as it stands, which needs no pivot.
        names = {"value": wanted[0], "source": "sources"}
        rows = table[table["variable"] == wanted[0]].rename(columns=names)[[*keys, *wanted, *COLUMNS]]
        return rows.dropna(subset=list(variables)).sort_values(keys, ignore_index=True)
    used = table[table["variable"].isin(wanted)]
    values = used.pivot(index=keys, columns="variable", values="value").reindex(columns=wanted)
    values.columns.name = None
    return mark(values.reset_index(), used, by=keys).dropna(subset=list(variables), ignore_index=True)


def mark(groups: pd.DataFrame, rows: pd.DataFrame, *, by: Sequence[str]) -> pd.DataFrame:
    """A frame of groups (one row for each `by`) with the origin and sources of the rows that each is made of.

    `rows` bear the `source` of the store, or the `sources` of a computed frame.
    """
    sources = rows["source"] if "source" in rows else rows["sources"]
    kinds = list(zip(rows["origin"], sources, strict=True))
    # Most frames have a single origin and source: groups are looked at one by one for the others only.
    if len(set(kinds)) == 1:
        return groups.assign(origin=kinds[0][0], sources=kinds[0][1])
    found: dict[tuple[Hashable, ...], set[tuple[str, str]]] = {}
    for key, kind in zip(_keys(rows, by), kinds, strict=True):
        found.setdefault(key, set()).add(kind)
    marks = [together(frozenset(found[key])) for key in _keys(groups, by)]
    return _set_marks(groups, marks)


def join(
    left: pd.DataFrame, right: pd.DataFrame, *, on: Sequence[str], suffixes: tuple[str, str]
) -> pd.DataFrame:
    """The rows that both frames have, the origin and sources of both brought together.

    `right` has one row at most for each `on`. `suffixes` tell apart the columns of the same name.
    """
    places = _index(right, on).get_indexer(_index(left, on))
    rows = np.flatnonzero(places >= 0)
    shared = {*left.columns} & {*right.columns} - {*on}
    columns: dict[str, Any] = {}
    for frame, taken, suffix in ((left, rows, suffixes[0]), (right, places[rows], suffixes[1])):
        for name in frame.columns:
            if frame is left or name not in on:
                columns[f"{name}{suffix}" if name in shared else name] = frame[name].array.take(taken)
    first, second = (
        zip(columns.pop(f"origin{side}"), columns.pop(f"sources{side}"), strict=True) for side in suffixes
    )
    marks = [together(frozenset(pair)) for pair in zip(first, second, strict=True)]
    return _set_marks(pd.DataFrame(columns), marks)


def _index(table: pd.DataFrame, names: Sequence[str]) -> pd.Index:
    return pd.Index(table[names[0]]) if len(names) == 1 else pd.MultiIndex.from_frame(table[list(names)])


def _keys(table: pd.DataFrame, by: Sequence[str]) -> Iterator[tuple[Hashable, ...]]:
    return zip(*(table[name] for name in by), strict=True)


def _set_marks(table: pd.DataFrame, marks: Sequence[tuple[str, str]]) -> pd.DataFrame:
    """A frame with an origin and sources for each row."""
    return table.assign(
        **{name: pd.array([mark[place] for mark in marks], dtype="str") for place, name in enumerate(COLUMNS)}
    )


@cache
def together(kinds: frozenset[tuple[str, str]]) -> tuple[str, str]:
    """The origin and the sources of what is made of some kinds of rows."""
    return least_real(origin for origin, _ in kinds), union(sources for _, sources in kinds)


def between(
    wide: pd.DataFrame, *, since: int, until: int, keys: Sequence[str] = ("territory",)
) -> pd.DataFrame:
    """Two dates of a wide frame side by side: columns suffixed `_0` and `_1`, and `years` between them."""
    start = wide[wide["year"] == since].drop(columns="year")
    end = wide[wide["year"] == until].drop(columns="year")
    return join(start, end, on=keys, suffixes=("_0", "_1")).assign(
        since=since, until=until, years=until - since
    )


def drop_unanchored(table: pd.DataFrame, *, since: pd.Series) -> pd.DataFrame:
    """The rows of a table of the store without simulated history: a series that no published figure anchors is none.

    `since` gives, by level and code, the first year of the published figures of an area. Simulated values of the years
    before 2008 are kept from that year on; where there is none, or it is later, all of them are left out.
    """
    begins = table["since"] if "since" in table else table["year"]
    simulated = (table["origin"] == "demonstration") & (begins < DETAILED)
    if not simulated.any():
        return table
    known = since.to_dict()
    first = [known.get(area, float("nan")) for area in zip(table["level"], table["code"], strict=True)]
    return table[~simulated | (begins >= pd.Series(first, index=table.index, dtype="float64"))]
