"""The data of a diagnostic as one Excel workbook: a sheet by exhibit, a list of them, the sources."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

import pandas as pd
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from helpers import spreadsheet, tokens
from helpers.exhibit import DEMONSTRATION

# What no XML file may hold.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LOOKS: dict[str, dict[str, object]] = {
    "": {},
    "title": {"bold": True, "font_size": 14},
    "bold": {"bold": True},
    "heading": {"bold": True, "bg_color": tokens.colour("soft"), "text_wrap": True, "valign": "top"},
    "wrapped": {"text_wrap": True, "valign": "top"},
    "link": {"font_color": tokens.colour("accent"), "underline": 1, "text_wrap": True, "valign": "top"},
}
# Excel's own limits.
_LONGEST_NAME, _LONGEST_TEXT = 31, 32_767
_WIDEST = 60
# A title, a mark, an empty line: the headings of the table are in the row of this rank.
_HEAD = 3


def write(
    exhibits: Sequence[Mapping[str, Any]],
    sources: pd.DataFrame,
    *,
    title: str,
    provenance: str,
    day: date,
) -> bytes:
    """Write the workbook as bytes: the same for the same data, dated `day`.

    `exhibits` are records of exhibits (`name, title, csv, sources, demonstration`) with the title of their
    `part`; `sources` has the columns `id, citation, page`. Numbers are numbers, unrounded; any other text is a
    text, whatever its first character.
    """
    content = io.BytesIO()
    with Workbook(content, {"in_memory": True}) as workbook:
        # Otherwise it would be dated of its writing.
        workbook.set_properties({"title": title, "created": datetime.combine(day, time())})
        book = _Book(workbook)
        names = _name_sheets(exhibits)
        _write_contents(book.add("Sommaire"), exhibits, names, title=title, provenance=provenance)
        for exhibit, name in zip(exhibits, names, strict=True):
            _write_exhibit(book.add(name), exhibit)
        _write_sources(book.add("Sources"), sources)
    return content.getvalue()


class _Book:
    """A workbook whose sheets share the looks of their cells."""

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        self.looks = {
            (name, quoted): workbook.add_format(look | ({"quote_prefix": True} if quoted else {}))
            for name, look in _LOOKS.items()
            for quoted in (False, True)
        }

    def add(self, name: str) -> _Sheet:
        """Add a sheet after the others."""
        return _Sheet(self._workbook.add_worksheet(name), self.looks)


class _Sheet:
    """A sheet of texts and figures."""

    def __init__(self, sheet: Worksheet, looks: Mapping[tuple[str, bool], Any]) -> None:
        self._sheet, self._looks = sheet, looks

    def put(self, row: int, column: int, text: str, look: str = "") -> None:
        """Write a text as a text: never a formula, now nor when the cell is edited. An empty text, an empty cell."""
        if text := _UNWRITABLE.sub("", text)[:_LONGEST_TEXT]:
            self._sheet.write_string(row, column, text, self._looks[look, spreadsheet.is_formula(text)])

    def put_figure(self, row: int, column: int, text: str) -> None:
        """Write a figure; a missing one is an empty cell."""
        if text:
            self._sheet.write_number(row, column, float(text))

    def put_link(self, row: int, column: int, sheet: str) -> None:
        """Write the name of a sheet as a link to it."""
        self._sheet.write_url(row, column, f"internal:'{sheet}'!A1", self._looks["link", False], sheet)

    def head(self, title: str, line: str, headings: Iterable[str], *, mark: str = "") -> None:
        """Write the head of a table: a title, a line whose look is `mark`, the headings of its columns."""
        self.put(0, 0, title, "title")
        self.put(1, 0, line, mark)
        for column, heading in enumerate(headings):
            self.put(_HEAD, column, heading, "heading")

    def lay_out(self, widths: Sequence[int], *, columns: int | None = None) -> None:
        """Set the widths of columns; keep headings and the first `columns` in sight, unless `columns` is `None`."""
        for column, width in enumerate(widths):
            self._sheet.set_column(column, column, width)
        if columns is not None:
            self._sheet.freeze_panes(_HEAD + 1, columns)


def _name_sheets(exhibits: Sequence[Mapping[str, Any]]) -> list[str]:
    """Name each sheet: its rank, then as much of the name of its CSV file as fits."""
    return [
        f"{rank:02} {exhibit['name']}"[:_LONGEST_NAME].rstrip(" -")
        for rank, exhibit in enumerate(exhibits, start=1)
    ]


def _write_contents(
    sheet: _Sheet,
    exhibits: Sequence[Mapping[str, Any]],
    names: Sequence[str],
    *,
    title: str,
    provenance: str,
) -> None:
    sheet.head(title, provenance, ["Feuille", "Partie", "Ce que montre la figure", "Données", "Fichier CSV"])
    for row, (exhibit, name) in enumerate(zip(exhibits, names, strict=True), start=_HEAD + 1):
        mark = DEMONSTRATION if exhibit["demonstration"] else ""
        sheet.put_link(row, 0, name)
        for column, text in enumerate(
            [exhibit["part"], exhibit["title"], mark, f"{exhibit['name']}.csv"], start=1
        ):
            sheet.put(row, column, text, "wrapped")
    sheet.lay_out([34, 24, _WIDEST, 26, 46], columns=0)


def _write_exhibit(sheet: _Sheet, exhibit: Mapping[str, Any]) -> None:
    headings, *rows = csv.reader(io.StringIO(exhibit["csv"]), delimiter=";")
    mark = DEMONSTRATION if exhibit["demonstration"] else ""
    sheet.head(exhibit["title"], mark, map(spreadsheet.unprotect, headings), mark="bold")
    widths = []
    for column, heading in enumerate(headings):
        texts = [row[column] for row in rows]
        is_numeric = _is_numeric(texts)
        for row, text in enumerate(texts, start=_HEAD + 1):
            if is_numeric:
                sheet.put_figure(row, column, text)
            else:
                sheet.put(row, column, spreadsheet.unprotect(text))
        widths.append(min(max(10, *(len(text) + 2 for text in [heading, *texts])), _WIDEST // 2))
    sheet.lay_out(widths, columns=1)


def _write_sources(sheet: _Sheet, sources: pd.DataFrame) -> None:
    sheet.head(
        "Sources",
        "La colonne « Sources » de chaque feuille renvoie à ces identifiants.",
        ["Identifiant", "Source", "Adresse"],
    )
    for row, source in enumerate(sources.itertuples(index=False), start=_HEAD + 1):
        for column, text in enumerate([source.id, source.citation, source.page]):
            sheet.put(row, column, "" if pd.isna(text) else str(text), "wrapped")
    sheet.lay_out([34, _WIDEST, _WIDEST])


def _is_numeric(texts: Iterable[str]) -> bool:
    known = [text for text in texts if text]
    return bool(known) and all(spreadsheet.FIGURE.fullmatch(text) for text in known)
