"""Measures as rows of a table: what they are, their value, their objective, and whether it is reached."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from helpers import french


@dataclass(frozen=True)
class Row:
    """One measure: its value as it is shown, its objective, and whether it is reached."""

    label: str
    value: str
    objective: str
    reached: bool

    def __str__(self) -> str:
        return write_line([self.label, self.value, self.objective, "oui" if self.reached else "**non**"])


# A line of the page: the row of a measure, or any other text.
Line = Row | str


def make_table(rows: Iterable[Row]) -> list[Line]:
    """Put rows under the headings of a table."""
    return [write_line(["Mesure", "Valeur", "Objectif", "Atteint"]), write_line(["---"] * 4), *rows]


def write_line(cells: Iterable[str]) -> str:
    """Write a line of a table."""
    return f"| {' | '.join(cells)} |"


def number(value: float, digits: int) -> str:
    """Write a number."""
    return french.number(value, digits=digits)


def many_times(value: float, digits: int = 0) -> str:
    """Write how many times."""
    return f"{number(value, digits)} fois"


def seconds(value: float, digits: int = 1) -> str:
    """Write seconds."""
    return f"{number(value, digits)} s"


def megabytes(value: float) -> str:
    """Write megabytes."""
    return f"{number(value, 0)} Mo"


def gigabytes(value: float) -> str:
    """Write gigabytes."""
    return f"{number(value, 2)} Go"
