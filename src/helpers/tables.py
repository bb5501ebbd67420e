"""Tables: how the values of each kind of column are written, for people and for machines."""

from __future__ import annotations

import csv
import html
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

import pandas as pd

from helpers import columns, frames, french, provenance, spreadsheet
from helpers.columns import Column
from helpers.indicators import registry
from helpers.indicators.ages import TENURES, age_label
from helpers.indicators.indicator import Indicator
from helpers.indicators.reliability import MARKS, assess_cells, columns_not_significant, mark

SEXES = {"H": "Hommes", "F": "Femmes"}

# The words of keys.
_WORDS: dict[str, Callable[[Any], str]] = {
    "sex": lambda value: SEXES[str(value)],
    "age": lambda value: age_label(int(value)),
    "age10": lambda value: age_label(int(value), width=10, last=80),
    "tenure": lambda value: TENURES[str(value)],
    "reason": lambda value: str(value) or "bonne",
}


def _declared(one: Indicator) -> Column:
    """Give what the values of an indicator are."""
    kind: columns.Kind = "count" if one.counted else "change" if one.signed else "rate"
    return Column(one.id, one.label, kind, one.unit, one.digits)


columns.declare_indicators(map(_declared, registry.INDICATORS))


def write(value: Any, column: Column) -> str:
    """Write a value as French readers expect it of its column: "n.d." when it is missing."""
    if column.name in _WORDS:
        return _WORDS[column.name](value)
    if column.kind in ("text", "written", "key"):
        return french.MISSING if french.is_missing(value) else str(value)
    if column.kind == "year":
        return french.MISSING if french.is_missing(value) else str(int(value))
    if column.kind in ("count", "exact", "margin") and not column.digits:
        return french.count(value)
    return french.number(value, digits=column.digits, signed=column.is_signed)


class Table:
    """The data of an exhibit as a table of a page, as text and as a file: figures are assessed and written once.

    Raises:
        ExhibitError: it is not known of a column what it holds (`helpers.columns`).
    """

    def __init__(self, data: pd.DataFrame) -> None:
        self._data = data
        self._columns = frames.describe(data)
        self._verdicts = assess_cells(data)
        # Those of the rows, in a frame of indicators.
        known = data["indicator"] if frames.holds_indicators(data) else []
        self._indicators = [registry.find(identifier) for identifier in known]
        self._written: dict[str, list[str]] = {}

    @cached_property
    def cells(self) -> dict[str, list[str]]:
        """The data as they are written on a page: French headings, French numbers, and marks of what is not sound.

        A figure that rests on too little is "n.s."; a star or two ask for care. Columns
        of which no figure is significant are left to the CSV.
        """
        left_out = columns_not_significant(self._verdicts)
        return {
            column.heading: self._write(name, column)
            for name, column in self._columns.items()
            if name not in left_out
        }

    def _write(self, name: str, column: Column) -> list[str]:
        """Write a column, once for the page, the CSV and the decimals that this keeps."""
        if name not in self._written:
            self._written[name] = self._write_anew(name, column)
        return self._written[name]

    def _write_anew(self, name: str, column: Column) -> list[str]:
        if self._indicators and name == "indicator":
            return self._name_indicators()
        if self._indicators and name == "value":
            written = [
                one.write(value) for one, value in zip(self._indicators, self._data[name], strict=True)
            ]
        else:
            written = [write(value, column) for value in self._data[name]]
        if name not in self._verdicts:
            return written
        return [mark(text, verdict) for text, verdict in zip(written, self._verdicts[name], strict=True)]

    def _name_indicators(self) -> list[str]:
        """Name the indicators at the dates of their rows."""
        ends = self._data.get("year", [None] * len(self._data))
        starts = self._data.get("since", ends)
        return [
            one.name(since=_year(since), until=_year(year))
            for one, since, year in zip(self._indicators, starts, ends, strict=True)
        ]

    def to_text(self) -> str:
        """Write the cells, headings first, a tab between two of them."""
        return _write_rows(self.cells, delimiter="\t")

    def to_csv(self) -> str:
        """Write the data with all their digits: French headings, semicolons, decimal point, empty when missing.

        Figures are those that were computed, sound or not: `Fiabilité`, there when one is not, gives the worst verdict
        of each row. The last columns say where it comes from.
        """
        found: dict[str, Iterable[Any]] = {
            spreadsheet.protect(column.heading): self._to_machines(name, column)
            for name, column in self._columns.items()
        }
        if self._indicators:
            found.setdefault("Unité", [one.unit for one in self._indicators])
        assessed = [self._verdicts[name] for name in self._columns if name in self._verdicts]
        worst = [
            next((each for each in ("n.s.", "précaution", "prudence") if each in row), "")
            for row in zip(*assessed, strict=True)
        ]
        if any(worst):
            found.setdefault("Fiabilité", worst)
        for name, heading in zip(provenance.COLUMNS, ("Origine", "Sources"), strict=True):
            if name in self._data:
                found[heading] = self._data[name]
        return _write_rows({heading: map(_plain, values) for heading, values in found.items()}, delimiter=";")

    def _to_machines(self, name: str, column: Column) -> Iterable[Any]:
        if column.is_numeric:
            return self._data[column.behind if column.behind in self._data else name]
        return [spreadsheet.protect(text) for text in self._write(name, column)]

    @property
    def digits(self) -> dict[str, int | list[int]]:
        """The decimals that figures keep in a CSV file for a spreadsheet, by heading; one by row where they differ."""
        found: dict[str, int | list[int]] = {}
        for name, column in self._columns.items():
            if not column.is_numeric or not pd.api.types.is_numeric_dtype(self._to_machines(name, column)):
                continue
            each = [spreadsheet.count_digits(text) for text in self._write(name, column)]
            # A column of figures is of one kind, and has no number where one is nil or missing; the figures that
            # another column writes in words, and those of indicators, are each of their own.
            mixed = column.behind in self._data or (self._indicators and name == "value")
            known = [digits for digits in each if digits is not None]
            found[spreadsheet.protect(column.heading)] = (
                [spreadsheet.UNWRITTEN if digits is None else digits for digits in each]
                if mixed
                else max(known, default=0)
            )
        return found

    @property
    def formats(self) -> dict[str, list[Any]]:
        """The kind, the unit and the decimals of each column of figures, by heading, as `to_csv` writes it."""
        return {
            spreadsheet.protect(column.heading): [column.kind, column.unit, column.digits]
            for column in self._columns.values()
            if column.is_numeric
        }

    def to_html(self, *, caption: str, described: str = "") -> str:
        """Write a table with a caption, headings with their scope, first column as row headings.

        `described` is the identifier of what explains its marks. Text is escaped.
        """
        numeric = {column.heading for column in self._columns.values() if column.is_numeric}
        aligned = [heading in numeric for heading in self.cells]
        head = "".join(
            f'<th{_class(number=right and rank > 0)} scope="col">{_escape(heading)}</th>'
            for rank, (heading, right) in enumerate(zip(self.cells, aligned, strict=True))
        )
        rows = zip(*self.cells.values(), strict=True)
        body = "".join(_to_row(row, aligned) for row in rows)
        explained = f' aria-describedby="{described}"' if described else ""
        return (
            f"<table{explained}>\n<caption>{_escape(caption)}</caption>\n<thead>\n<tr>{head}</tr>\n</thead>\n"
            f"<tbody>\n{body}</tbody>\n</table>"
        )


def _write_rows(columns: Mapping[str, Iterable[Any]], *, delimiter: str) -> str:
    """Write columns as lines of text, their headings first."""
    lines = io.StringIO()
    writer = csv.writer(lines, delimiter=delimiter, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    return lines.getvalue()


def _plain(value: Any) -> Any:
    """Give a figure with nine digits, nothing where it is missing, anything else as it is."""
    if french.is_missing(value):
        return ""
    return f"{value:.9g}" if isinstance(value, float) else value


def _to_row(texts: Sequence[str], aligned: Sequence[bool]) -> str:
    """Write a row of a table, headed by its first cell."""
    cells = "".join(
        f"<td{_class(number=right, unsound=_is_unsound(text))}>{_escape(text)}</td>"
        for text, right in zip(texts[1:], aligned[1:], strict=True)
    )
    return f'<tr><th scope="row">{_escape(texts[0])}</th>{cells}</tr>\n'


def _is_unsound(text: str) -> bool:
    """Say whether a cell bears a mark that it is not sound: it is greyed too, for those who see it."""
    return text in (french.NOT_SIGNIFICANT, french.MISSING) or text.endswith(tuple(MARKS.values()))


def _class(**classes: bool) -> str:
    names = " ".join(name for name, there in classes.items() if there)
    return f' class="{names}"' if names else ""


def _escape(text: str) -> str:
    return html.escape(french.typography(text))


def _year(value: Any) -> int | str:
    return french.MISSING if french.is_missing(value) else int(value)
