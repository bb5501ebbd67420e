"""Where a figure comes from, carried along from the store to the page.

Tables of the store have an `origin` and a `source` for each value. Frames computed from them have an `origin` (the
least real of those used) and `sources` (all of those used, joined by a bar).
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

COLUMNS = ["origin", "sources"]

# The demonstration simulates the detail of a commune from this year on; before, only long series.
DETAILED = 2008

# From the least real to the most real.
_RANKS = ("demonstration", "fictive", "estimation", "commune", "insee")
_BAR = "|"
# Codes that no commune has: those of the worked example (tools/example), and its intercommunalité.
_FICTIVE = re.compile(r"599\d\d|9{9}")


def least_real(origins: Iterable[str]) -> str:
    """Return the origin of a figure computed from values of these origins: the least real."""
    return min(set(origins), key=_RANKS.index)


def is_fictive(code: str) -> bool:
    """Tell whether a code is that of a commune invented for the worked example, or of its intercommunalité."""
    return _FICTIVE.fullmatch(code) is not None


def is_argued(origin: str, *, code: str) -> bool:
    """Tell whether a problem of a commune may rest on an origin: a real one; for an invented commune, its own too."""
    return origin != "demonstration" and (origin != "fictive" or is_fictive(code))


def union(sources: Iterable[str]) -> str:
    """Join the identifiers of every source used, sorted, by a bar."""
    return _BAR.join(sorted({part for joined in sources for part in joined.split(_BAR) if part}))


def split(sources: Iterable[str]) -> list[str]:
    """List the identifiers of sources in joined texts, sorted, each once."""
    joined = union(sources)
    return joined.split(_BAR) if joined else []


def widen(
    table: pd.DataFrame, *, keys: Sequence[str], variables: Sequence[str], optional: Sequence[str] = ()
) -> pd.DataFrame:
    """Pivot long values to one row per `keys` and one column per variable, with `origin` and `sources`.

    Args:
        table: values of the store: `keys`, `variable`, `value`, `origin`, `source`.
        keys: the columns that identify a row.
        variables: the variables wanted; rows that lack one of them are left out.
        optional: variables that may stay missing.
    """
    keys = list(keys)
    wanted = [*variables, *optional]
    if len(wanted) == 1:
        # The column is taken as it is, without a pivot.
        names = {"value": wanted[0], "source": "sources"}
        rows = table[table["variable"] == wanted[0]].rename(columns=names)[[*keys, *wanted, *COLUMNS]]
        return rows.dropna(subset=list(variables)).sort_values(keys, ignore_index=True)
    used = table[table["variable"].isin(wanted)]
    values = used.pivot(index=keys, columns="variable", values="value").reindex(columns=wanted)
    values.columns.name = None
    return mark(values.reset_index(), used, by=keys).dropna(subset=list(variables), ignore_index=True)


def mark(groups: pd.DataFrame, rows: pd.DataFrame, *, by: Sequence[str]) -> pd.DataFrame:
    """Add to a frame of groups (one row for each `by`) the `origin` and `sources` of the rows of each group.

    `rows` have the columns `by`, `origin`, and the `source` of the store or the `sources` of a computed frame.
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
    """Join the rows that two frames share, with the `origin` and `sources` of both together.

    `right` has one row at most for each `on`. `suffixes` are added to the other columns of the same name.
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
    """Add to a frame an origin and sources for each row."""
    return table.assign(
        **{name: pd.array([mark[place] for mark in marks], dtype="str") for place, name in enumerate(COLUMNS)}
    )


@cache
def together(kinds: frozenset[tuple[str, str]]) -> tuple[str, str]:
    """Return the origin and the sources of a figure made from rows of several (origin, sources)."""
    return least_real(origin for origin, _ in kinds), union(sources for _, sources in kinds)


def between(
    wide: pd.DataFrame, *, since: int, until: int, keys: Sequence[str] = ("territory",)
) -> pd.DataFrame:
    """Put two dates of a wide frame side by side: columns suffixed `_0` and `_1`, `since`, `until`, `years`.

    `wide` has one row for each of `keys` and `year`; rows that lack one of the dates are left out.
    """
    start = wide[wide["year"] == since].drop(columns="year")
    end = wide[wide["year"] == until].drop(columns="year")
    return join(start, end, on=keys, suffixes=("_0", "_1")).assign(
        since=since, until=until, years=until - since
    )


def drop_unanchored(table: pd.DataFrame, *, since: pd.Series) -> pd.DataFrame:
    """Drop from a table of the store the simulated years that no published figure supports.

    `since` gives, by level and code, the first year of the published figures of a territory. Simulated values of the
    years before 2008 are kept from that year on; all are dropped where there is none, or it is 2008 or later.
    """
    begins = table["since" if "since" in table else "year"].to_numpy()
    simulated = (table["origin"].to_numpy() == "demonstration") & (begins < DETAILED)
    if not simulated.any():
        return table
    first = by_area(table, since.to_dict(), unknown=np.nan)
    return table[~simulated | (begins >= first)]


def by_area(table: pd.DataFrame, known: Mapping[tuple[str, str], Any], *, unknown: Any) -> np.ndarray:
    """Give to each row of a table of the store what is known of its area, by level and code."""
    levels, level_names = pd.factorize(table["level"])
    codes, code_names = pd.factorize(table["code"])
    areas, ranks = np.unique(levels * max(len(code_names), 1) + codes, return_inverse=True)
    pairs = (divmod(area, len(code_names)) for area in areas.tolist())
    found = [known.get((str(level_names[level]), str(code_names[code])), unknown) for level, code in pairs]
    return np.array(found)[ranks] if found else np.empty(0, dtype=np.array([unknown]).dtype)
