"""Figures as frames: indicators of several territories side by side, parts of a whole, dates one under the other.

What a page draws is asked here; nothing is computed but by the definitions of the indicators.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from helpers import provenance
from helpers.indicators import vintages
from helpers.indicators.cube import Cube
from helpers.indicators.measures import Figures, Period, Ratio
from helpers.indicators.registry import find, find_measure
from helpers.indicators.reliability import SMALL_COMMUNE
from helpers.indicators.values import Values, joint_kind

# A figure of each territory: with its marks, or worked out of others that have them.
Column = Values | Figures | np.ndarray
# Beside the columns of rows piled up: the place of their territory, the number of what they are made of.
_PLACE, _MARK = "_place", "_mark"


@dataclass(frozen=True)
class Parts:
    """The parts of a whole: the column that names them, and of each its name there, its indicator, its French label."""

    kind: str
    parts: Mapping[str, tuple[str, str]]

    @property
    def labels(self) -> dict[str, str]:
        """The label of each part."""
        return {code: label for code, (_, label) in self.parts.items()}

    def years(self, cube: Cube) -> list[int]:
        """List the years at which all of them may be known, in order."""
        every = (find_measure(identifier, Ratio).top.years(cube) for identifier, _ in self.parts.values())
        return sorted(set.intersection(*every))


class Stack:
    """Rows piled up column by column, made a frame at the end."""

    def __init__(self, cube: Cube) -> None:
        self._cube = cube
        self._pieces: list[dict[str, Any]] = []

    def add(self, columns: Mapping[str, Column], *, optional: Iterable[str] = (), **same: Any) -> None:
        """Add the territories that know every column but the `optional` ones, with what is the `same` for all."""
        values = {name: one.values if isinstance(one, Figures) else one for name, one in columns.items()}
        arrays = {name: one.value if isinstance(one, Values) else one for name, one in values.items()}
        needed = [array for name, array in arrays.items() if name not in set(optional)]
        known = np.flatnonzero(~np.isnan(np.vstack(needed)).any(axis=0))
        kind = joint_kind(one for one in values.values() if isinstance(one, Values))[known]
        repeated = {
            name: np.repeat(np.array([one], dtype=_type(one)), known.size) for name, one in same.items()
        }
        self._pieces.append(
            {
                _PLACE: known,
                _MARK: kind,
                **repeated,
                **{name: array[known] for name, array in arrays.items()},
            }
        )

    def frame(self, names: Sequence[str], *, by: Sequence[str] = ()) -> pd.DataFrame:
        """Make the frame: `territory, <names>, origin, sources`, in the order of the territories, then `by` columns."""
        pieces = [piece for piece in self._pieces if piece[_PLACE].size]
        if not pieces:
            return pd.DataFrame(columns=["territory", *names, *provenance.COLUMNS])
        columns = {name: np.concatenate([piece[name] for piece in pieces]) for name in pieces[0]}
        order = np.lexsort([columns[name] for name in reversed([_PLACE, *by])])
        marks = [self._cube.marks.describe(number) for number in columns[_MARK][order].tolist()]
        return pd.DataFrame(
            {
                "territory": self._cube.name(columns[_PLACE][order]),
                **{name: _texts(columns[name][order]) for name in names},
                "origin": pd.array([origin for origin, _ in marks], dtype="str"),
                "sources": pd.array([sources for _, sources in marks], dtype="str"),
            }
        )


def figures(cube: Cube, identifier: str, period: Period, *, year: int | None = None) -> Figures:
    """Compute an indicator of the registry for every territory of a cube."""
    return find(identifier).measure.compute(cube, period, year=year)


def ratio(cube: Cube, identifier: str, *, year: int, top: str, bottom: str, value: str) -> dict[str, Column]:
    """Compute a ratio of the registry at a year, beside both its counts: columns `top, bottom, value`."""
    measure = find_measure(identifier, Ratio)
    return {
        top: measure.top.read(cube, year=year),
        bottom: measure.bottom.read(cube, year=year),
        value: measure.compute(cube, at(year)),
    }


def at(year: int) -> Period:
    """Give the period of a figure of one date."""
    return Period(year, year)


def gather(
    cube: Cube, columns: Mapping[str, Column], *, optional: Iterable[str] = (), **same: Any
) -> pd.DataFrame:
    """Set figures side by side: `territory, <same>, <columns>, origin, sources`.

    A territory has a row where it knows every column but the `optional` ones.
    """
    stack = Stack(cube)
    stack.add(columns, optional=optional, **same)
    return stack.frame([*same, *columns])


def by_year(cube: Cube, columns: Mapping[str, str], *, years: Iterable[int]) -> pd.DataFrame:
    """Set indicators side by side at several dates: `territory, year, <columns>, origin, sources`."""
    stack = Stack(cube)
    for year in sorted(set(years)):
        found = {name: figures(cube, identifier, at(year)) for name, identifier in columns.items()}
        stack.add(found, year=year)
    return stack.frame(["year", *columns], by=["year"])


def parts_of(cube: Cube, parts: Parts, *, years: Iterable[int]) -> pd.DataFrame:
    """Give the parts of a whole: `territory, year, <kind>, label, value, share, base` (a count, its %, the whole).

    Parts come in their order; a territory that does not know them all at a date has no row there.
    """
    stack = Stack(cube)
    for year in sorted(set(years)):
        measures = {code: find_measure(identifier, Ratio) for code, (identifier, _) in parts.parts.items()}
        shares = {code: measure.compute(cube, at(year)).values for code, measure in measures.items()}
        counts = {code: measure.top.read(cube, year=year).value for code, measure in measures.items()}
        wholes = {code: measure.bottom.read(cube, year=year).value for code, measure in measures.items()}
        # A part is reported beside all the others, or not at all.
        whole = joint_kind(shares.values())
        known = np.logical_and.reduce([share.known for share in shares.values()])
        for rank, (code, label) in enumerate(parts.labels.items()):
            share = Values(np.where(known, shares[code].value, np.nan), whole, cube.marks)
            same: dict[str, Any] = {"year": year, "rank": rank, parts.kind: code, "label": label}
            stack.add({"share": share, "value": counts[code], "base": wholes[code]}, **same)
    return stack.frame(["year", parts.kind, "label", "value", "share", "base"], by=["year", "rank"])


def over_time(cube: Cube, parts: Parts, *, territory: str, until: int | None = None) -> pd.DataFrame:
    """Give the parts of a whole in a territory at dates five years apart at least, as `parts_of`."""
    return at_dates(parts_of(cube, parts, years=parts.years(cube)), territory=territory, until=until)


def at_dates(frame: pd.DataFrame, *, territory: str, until: int | None = None) -> pd.DataFrame:
    """Keep the rows of a territory at dates five years apart at least, up to `until`, oldest first."""
    rows = frame[frame["territory"] == territory]
    return rows[rows["year"].isin(vintages.spaced(rows, until=until))].reset_index(drop=True)


def sampled(frame: pd.DataFrame, population: pd.DataFrame) -> pd.DataFrame:
    """Keep the rows of the territories where the exploitation complémentaire may be used: 2 000 inhabitants at least.

    `frame` has a column `territory`, `population` is the table of the store. The number of inhabitants is the last one
    known; a territory of which none is known is left out.
    """
    people = population[population["variable"] == "POP"].sort_values("year")
    last = people.groupby("territory", observed=True)["value"].last()
    return frame[frame["territory"].isin(last.index[last >= SMALL_COMMUNE])]


def _type(value: Any) -> str | None:
    return "object" if isinstance(value, str) else None


def _texts(column: np.ndarray) -> Any:
    return pd.array(column, dtype="str") if column.dtype == object else column
