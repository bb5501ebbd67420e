"""The data of a diagnostic as one Excel workbook: a sheet by exhibit, a list of them, the sources."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from helpers import spreadsheet
from helpers.build.archive import pack
from helpers.exhibit import DEMONSTRATION

# A figure as the CSV files write it; a code that begins with a nought stays a text.
_FIGURE = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?")
_BOLD, _TITLE, _LINK = Font(bold=True), Font(bold=True, size=14), Font(color="8A1C4A", underline="single")
_SHADE = PatternFill("solid", fgColor="F5F3F0")
_TOP = Alignment(wrap_text=True, vertical="top")
# Excel's own limit.
_LONGEST_NAME = 31
_WIDEST = 60
# A title, a mark, an empty line: the table begins under them.
_HEAD = 4


def write(
    exhibits: Sequence[Mapping[str, Any]],
    sources: pd.DataFrame,
    *,
    title: str,
    provenance: str,
    day: date,
) -> bytes:
    """The workbook as bytes, the same for the same data, all dated `day`.

    `exhibits` are records of exhibits (`name, title, csv, sources, demonstration`) with the title of their
    `part`; `sources` has the columns `id, citation, page`. Numbers are numbers, unrounded; any other text is a
    text, whatever its first character.
    """
    book = Workbook()
    book.properties.title, book.properties.creator = title, ""
    book.properties.language, book.properties.created = "fr", datetime.combine(day, time())
    names = _name_sheets(exhibits)
    contents = book.active
    contents.title = "Sommaire"
    _write_contents(contents, exhibits, names, title=title, provenance=provenance)
    for exhibit, name in zip(exhibits, names, strict=True):
        _write_exhibit(book.create_sheet(name), exhibit)
    _write_sources(book.create_sheet("Sources"), sources)
    return _fixed(book, day=day)


def _name_sheets(exhibits: Sequence[Mapping[str, Any]]) -> list[str]:
    """A name for each sheet: its rank, then as much of the name of its CSV file as fits."""
    return [
        f"{rank:02} {exhibit['name']}"[:_LONGEST_NAME].rstrip(" -")
        for rank, exhibit in enumerate(exhibits, start=1)
    ]


def _write_contents(
    sheet: Worksheet,
    exhibits: Sequence[Mapping[str, Any]],
    names: Sequence[str],
    *,
    title: str,
    provenance: str,
) -> None:
    _put(sheet.cell(1, 1), title).font = _TITLE
    _put(sheet.cell(2, 1), provenance)
    _write_headings(sheet, _HEAD, ["Feuille", "Partie", "Ce que montre la figure", "Données", "Fichier CSV"])
    for row, (exhibit, name) in enumerate(zip(exhibits, names, strict=True), start=_HEAD + 1):
        mark = DEMONSTRATION if exhibit["demonstration"] else ""
        for column, text in enumerate(
            [name, exhibit["part"], exhibit["title"], mark, f"{exhibit['name']}.csv"]
        ):
            _put(sheet.cell(row, column + 1), text).alignment = _TOP
        first = sheet.cell(row, 1)
        first.hyperlink, first.font = f"#'{name}'!A1", _LINK
    _set_widths(sheet, [34, 24, _WIDEST, 26, 46])
    sheet.freeze_panes = f"A{_HEAD + 1}"


def _write_exhibit(sheet: Worksheet, exhibit: Mapping[str, Any]) -> None:
    _put(sheet.cell(1, 1), exhibit["title"]).font = _TITLE
    _put(sheet.cell(2, 1), DEMONSTRATION if exhibit["demonstration"] else "").font = _BOLD
    headings, *rows = csv.reader(io.StringIO(exhibit["csv"]), delimiter=";")
    _write_headings(sheet, _HEAD, map(spreadsheet.unprotect, headings))
    numeric = [_is_numeric(row[column] for row in rows) for column in range(len(headings))]
    for line, row in enumerate(rows, start=_HEAD + 1):
        for column, text in enumerate(row):
            cell = sheet.cell(line, column + 1)
            if numeric[column]:
                # A missing value is an empty cell.
                cell.value = _number(text) if text else None
            else:
                _put(cell, spreadsheet.unprotect(text))
    longest = [max(len(row[column]) for row in [headings, *rows]) for column in range(len(headings))]
    _set_widths(sheet, [min(max(10, width + 2), _WIDEST // 2) for width in longest])
    sheet.freeze_panes = f"B{_HEAD + 1}"


def _write_sources(sheet: Worksheet, sources: pd.DataFrame) -> None:
    _put(sheet.cell(1, 1), "Sources").font = _TITLE
    _put(sheet.cell(2, 1), "La colonne « Sources » de chaque feuille renvoie à ces identifiants.")
    _write_headings(sheet, _HEAD, ["Identifiant", "Source", "Adresse"])
    for line, source in enumerate(sources.itertuples(index=False), start=_HEAD + 1):
        for column, text in enumerate([source.id, source.citation, source.page]):
            _put(sheet.cell(line, column + 1), "" if pd.isna(text) else str(text)).alignment = _TOP
    _set_widths(sheet, [34, _WIDEST, _WIDEST])


def _write_headings(sheet: Worksheet, row: int, texts: Iterable[str]) -> None:
    for column, text in enumerate(texts, start=1):
        cell = _put(sheet.cell(row, column), text)
        cell.font, cell.fill, cell.alignment = _BOLD, _SHADE, _TOP


def _set_widths(sheet: Worksheet, widths: Iterable[int]) -> None:
    for column, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width


def _put(cell: Cell, text: str) -> Cell:
    """Write a text as a text: never a formula, today nor when the cell is edited."""
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)
    cell.data_type = "s"
    if spreadsheet.is_formula(text):
        cell.quotePrefix = True
    return cell


def _is_numeric(texts: Iterable[str]) -> bool:
    known = [text for text in texts if text]
    return bool(known) and all(_FIGURE.fullmatch(text) for text in known)


def _number(text: str) -> int | float:
    return int(text) if text.removeprefix("-").isdecimal() else float(text)


def _fixed(book: Workbook, *, day: date) -> bytes:
    """The workbook without the time of its writing."""
    book.properties.modified = datetime.combine(day, time())
    buffer = io.BytesIO()
    # `Workbook.save` would write the time, and compress what is compressed again.
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as plain:
        ExcelWriter(book, plain).write_data()
    with zipfile.ZipFile(buffer) as saved:
        return pack({name: saved.read(name) for name in saved.namelist()}, day=day)
