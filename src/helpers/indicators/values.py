"""Figures of many territories at once: an array of values, and where each of them comes from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from helpers import provenance

# The mark of what is made of nothing yet.
NONE = 0


class Marks:
    """Origins and sources of figures, as small numbers that are put together for whole arrays at once."""

    def __init__(self) -> None:
        self._kinds: list[frozenset[tuple[str, str]]] = [frozenset()]
        self._numbers: dict[frozenset[tuple[str, str]], int] = {frozenset(): NONE}
        # The number of what two numbers make together, -1 where it was never asked.
        self._pairs = np.full((64, 64), -1, dtype="int32")

    def number(self, origin: str, sources: str) -> int:
        """Give the number of an origin and its sources (joined by a bar)."""
        return self._number(frozenset({(origin, sources)}))

    def join(self, first: np.ndarray, second: np.ndarray) -> np.ndarray:
        """Give the number of what each figure is made of when it rests on two."""
        joined = self._pairs[first, second]
        unknown = np.flatnonzero(joined < 0)
        if unknown.size:
            for one, other in {*zip(first[unknown].tolist(), second[unknown].tolist(), strict=True)}:
                number = self._number(self._kinds[one] | self._kinds[other])
                self._pairs[one, other] = self._pairs[other, one] = number
            joined = self._pairs[first, second]
        return joined

    def gather(self, places: np.ndarray, kinds: np.ndarray, size: int) -> np.ndarray:
        """Give the number of what each of `size` places is made of, from rows that each add a kind to a place."""
        found = np.zeros(size, dtype="int32")
        for kind in np.unique(kinds):
            here = np.zeros(size, dtype="int32")
            here[places[kinds == kind]] = kind
            found = self.join(found, here)
        return found

    def describe(self, number: int) -> tuple[str, str]:
        """Give the origin (the least real) and the sources of a number."""
        return provenance.together(self._kinds[number])

    def simulated(self, kinds: np.ndarray) -> np.ndarray:
        """Tell which numbers are those of simulated figures."""
        known = [
            kind != frozenset() and provenance.together(kind)[0] == "demonstration" for kind in self._kinds
        ]
        return np.array(known, dtype="bool")[kinds]

    def _number(self, kinds: frozenset[tuple[str, str]]) -> int:
        if kinds not in self._numbers:
            self._numbers[kinds] = len(self._kinds)
            self._kinds.append(kinds)
            if len(self._kinds) > len(self._pairs):
                wider = np.full((2 * len(self._pairs),) * 2, -1, dtype="int32")
                wider[: len(self._pairs), : len(self._pairs)] = self._pairs
                self._pairs = wider
        return self._numbers[kinds]


@dataclass(frozen=True, eq=False)
class Values:
    """A figure of each territory of a cube: `value`, missing (NaN) where it is not known, and its mark in `kind`."""

    value: np.ndarray
    kind: np.ndarray
    marks: Marks

    @property
    def known(self) -> np.ndarray:
        """Where it is known."""
        return ~np.isnan(self.value)

    def where(self, condition: np.ndarray) -> Values:
        """Keep it where a condition holds."""
        return Values(np.where(condition, self.value, np.nan), self.kind, self.marks)


def first_known(found: Sequence[Values]) -> Values:
    """Take of each territory the first of several figures that is known."""
    best = found[0]
    for other in found[1:]:
        fill = ~best.known & other.known
        if fill.any():
            best = Values(
                np.where(fill, other.value, best.value), np.where(fill, other.kind, best.kind), best.marks
            )
    return best


def best_known(first: Values, other: Values) -> Values:
    """Take of each territory the first of two figures that is known; a real one wins over a simulated one."""
    marks = first.marks
    better = other.known & (~first.known | (marks.simulated(first.kind) & ~marks.simulated(other.kind)))
    if not better.any():
        return first
    kind = np.where(better, other.kind, first.kind)
    return Values(np.where(better, other.value, first.value), kind, marks)


def joint_kind(found: Iterable[Values]) -> np.ndarray:
    """Give the number of what is made of several figures."""
    first, *others = found
    kind = first.kind
    for other in others:
        kind = first.marks.join(kind, other.kind)
    return kind
