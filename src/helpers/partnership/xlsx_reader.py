"""Workbooks as people send them back: sheets and columns by key, else by label, wherever they were moved.

Columns and rows inserted, merged cells, dates and numbers typed as text, formulas (read as text, never run): what is
found is given cell by cell with its address, and what was moved or added is reported. Files of more than 5 MB, and zips
made to fill a memory, are refused before they are opened.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from rapidfuzz import fuzz

from helpers import french
from helpers.errors import ParameterError

Kind = Literal["text", "code", "choice", "whole", "year", "date", "square"]

LIMIT = 5_000_000
# What a workbook of 5 MB may become once opened, and its parts.
_UNFOLDED, _PARTS, _RATIO = 80_000_000, 2_000, 400
_OLD_FORMAT = b"\xd0\xcf\x11\xe0"
# Rows looked at for the keys or the labels; rows and columns read at most.
_TOP, _DEPTH, _WIDTH = 25, 3_000, 200
# What a row of an example begins with.
EXAMPLE = "EXEMPLE"
# The mark of the cells of a workbook that say what it is, each followed by its value.
MARK = "@"
_ALIKE = 88


@dataclass(frozen=True)
class Column:
    """One column of a sheet to fill in: key, label, unit, help; what it takes; the words of its list."""

    key: str
    label: str
    unit: str = ""
    help: str = ""
    kind: Kind = "text"
    choices: tuple[str, ...] = ()
    low: int = 0
    high: int = 0
    longest: int = 200
    # The words of someone: too long, they are cut between two of them and show it.
    quoted: bool = False
    width: int = 14
    required: bool = False
    # The name of a place, that of a school: it may bear a first name.
    place: bool = False
    locked: bool = False

    @property
    def spreads(self) -> bool:
        """Tell whether a merged cell says the same of all its rows: a count would be counted twice."""
        return self.kind != "whole"


@dataclass(frozen=True)
class Form:
    """One sheet to fill in: its key, its title, its columns."""

    key: str
    title: str
    columns: tuple[Column, ...]

    def find(self, key: str) -> Column:
        """Find a column by its key."""
        return next(column for column in self.columns if column.key == key)


@dataclass(frozen=True)
class Cell:
    """A cell as it was found: its value (a formula as its text) and where."""

    value: Any
    sheet: str
    row: int
    letter: str
    formula: bool = False

    @property
    def address(self) -> str:
        """Its address in the sheet: `F12`."""
        return f"{self.letter}{self.row}"

    @property
    def text(self) -> str:
        """Write it as a text without spaces at its ends; empty where there is nothing."""
        return write_text(self.value)


@dataclass(frozen=True)
class Row:
    """A row that holds something: its number in the sheet, its cells by key."""

    number: int
    cells: dict[str, Cell]

    def text(self, key: str) -> str:
        """Write a cell as a text; empty where there is none."""
        return self.cells[key].text if key in self.cells else ""


@dataclass
class Sheet:
    """What was found of a form: the title of its sheet, its rows, what was moved, added or is missing."""

    form: Form
    title: str
    rows: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    letters: dict[str, str] = field(default_factory=dict)
    # Every row under the head as it is, by number: for a table pasted under the rows of the form.
    grid: dict[int, tuple[Any, ...]] = field(default_factory=dict)


@dataclass
class Workbook:
    """A workbook read: its sheets by key of form, what it says of itself (`@code`), what was not found."""

    path: Path
    sheets: dict[str, Sheet]
    identity: dict[str, str]
    notes: list[str]
    saved: datetime | None = None


def read_workbook(path: Path, forms: Sequence[Form]) -> Workbook:
    """Read the sheets of a workbook that forms describe.

    Raises:
        ParameterError: missing, more than `LIMIT` bytes, not an .xlsx, damaged, hostile; none of the sheets.
    """
    check_file(path)
    try:
        book = openpyxl.load_workbook(path, keep_links=False)
    except (InvalidFileException, zipfile.BadZipFile, zlib.error, ParseError, EOFError, KeyError, ValueError,
            TypeError, AttributeError, IndexError, OverflowError) as error:  # fmt: skip
        # A damaged part shows as any of these.
        raise _refuse(path, f"classeur abîmé ({error})", "Rouvrez-le, enregistrez-le en .xlsx.") from error
    with_cells = [sheet for sheet in book.worksheets if sheet.max_row and sheet.max_column]
    found: dict[str, Sheet] = {}
    taken: set[str] = set()
    notes = []
    scored = sorted(
        (
            (_score(sheet, form), -rank, sheet, form)
            for form in forms
            for rank, sheet in enumerate(with_cells)
        ),
        key=lambda one: one[:2],
        reverse=True,
    )
    for score, _, sheet, form in scored:
        if score >= 0.5 and form.key not in found and sheet.title not in taken:
            found[form.key] = _read_sheet(sheet, form)
            taken.add(sheet.title)
            if french.fold(sheet.title) != french.fold(form.title):
                notes.append(f'Feuille "{sheet.title}" lue comme "{form.title}".')
    if not found:
        titles = french.enumerate_words([f'"{form.title}"' for form in forms], link="ou")
        named = ", ".join(sheet.title for sheet in book.worksheets)
        raise _refuse(path, f"aucune feuille {titles} (feuilles : {named})", "Renvoyez le classeur reçu.")
    notes += [f'Feuille "{form.title}" absente.' for form in forms if form.key not in found]
    ordered = {form.key: found[form.key] for form in forms if form.key in found}
    saved = book.properties.modified
    return Workbook(path, ordered, _read_identity(with_cells), notes, saved and saved.replace(tzinfo=None))


def check_file(path: Path) -> None:
    """Check, without opening it, that a file can be a workbook.

    Raises:
        ParameterError: missing, too heavy, another format, protected by a password, a zip made to harm.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(4)
    except OSError as error:
        why = "est absent" if isinstance(error, FileNotFoundError) else f"est illisible ({error.strerror})"
        raise ParameterError(f"{path} {why}.", remedy="Vérifiez le chemin : fichier=chemin.xlsx.") from None
    if size > LIMIT:
        weight = french.number(size / 1e6, digits=1)
        most = french.number(LIMIT / 1e6)
        raise _refuse(path, f"{weight} Mo, {most} au plus", "Retirez les images.")
    if head == _OLD_FORMAT:
        what = "un classeur protégé par un mot de passe, ou de l'ancien format .xls"
        raise _refuse(path, what, "Enregistrez-le en .xlsx, sans mot de passe.")
    if not zipfile.is_zipfile(path):
        raise _refuse(
            path, "ce n'est pas un classeur .xlsx", "Enregistrez-le en .xlsx (Excel ou LibreOffice)."
        )
    try:
        with zipfile.ZipFile(path) as archive:
            _check_archive(path, archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise _refuse(path, f"classeur abîmé ({error})", "Rouvrez-le, enregistrez-le en .xlsx.") from error


def _check_archive(path: Path, archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    unfolded = sum(part.file_size for part in parts)
    packed = max(1, sum(part.compress_size for part in parts))
    if len(parts) > _PARTS or unfolded > _UNFOLDED or (unfolded > LIMIT and unfolded / packed > _RATIO):
        weight = french.number(unfolded / 1e6)
        raise _refuse(
            path,
            f"il se déplie en {weight} Mo",
            "Copiez les cellules dans le classeur reçu, sans les lignes vides.",
        )
    if not any(part.filename == "xl/workbook.xml" for part in parts):
        raise _refuse(
            path, "ce n'est pas un classeur .xlsx", "Enregistrez-le en .xlsx (Excel ou LibreOffice)."
        )
    for part in parts:
        # An entity can be made to unfold without end; no spreadsheet writes one.
        if part.filename.endswith((".xml", ".rels")) and b"<!DOCTYPE" in archive.read(part):
            raise _refuse(
                path, f"entités XML dans {part.filename}", "Renvoyez un classeur enregistré par un tableur."
            )


def _score(sheet: Any, form: Form) -> float:
    """Say how well a sheet answers a form: the share of its columns found, by key or by label."""
    header, places, by_key = _find_header(sheet, form)
    if not header:
        return 0.0
    named = french.fold(sheet.title) == french.fold(form.title)
    return len(places) / len(form.columns) + 0.2 * by_key + 0.1 * named


def _find_header(sheet: Any, form: Form) -> tuple[int, dict[str, int], bool]:
    """Find the row of keys, else that of labels: its number, the place of each column, whether it is of keys."""
    best: tuple[int, dict[str, int], bool] = (0, {}, False)
    for by_key in (True, False):
        wanted = {
            (column.key if by_key else french.fold(column.label)): column.key for column in form.columns
        }
        for number, values in enumerate(_rows(sheet, last=_TOP), start=1):
            places: dict[str, int] = {}
            for place, value in enumerate(values):
                text = str(value).strip() if isinstance(value, str) else ""
                name = wanted.get(text if by_key else _nearest(text, wanted))
                if name and name not in places:
                    places[name] = place
            if len(places) > len(best[1]):
                best = (number, places, by_key)
        if best[0] and len(best[1]) * 2 >= len(form.columns):
            break
    return best


def _nearest(text: str, wanted: Iterable[str]) -> str:
    """Find the label that a text is, or nearly is."""
    folded = french.fold(text)
    if not folded:
        return ""
    if folded in wanted:
        return folded
    score, label = max((fuzz.ratio(folded, label), label) for label in wanted)
    return label if score >= _ALIKE and len(folded) > 5 else ""


def _rows(sheet: Any, *, first: int = 1, last: int = _DEPTH) -> Iterator[tuple[Any, ...]]:
    last = min(last, sheet.max_row)
    yield from sheet.iter_rows(
        min_row=first, max_row=last, max_col=min(sheet.max_column, _WIDTH), values_only=True
    )


def _read_sheet(sheet: Any, form: Form) -> Sheet:
    header, places, by_key = _find_header(sheet, form)
    letters = {key: get_column_letter(place + 1) for key, place in places.items()}
    found = Sheet(form, sheet.title, letters=letters)
    found.missing = [column.label for column in form.columns if column.key not in places]
    _note_columns(sheet, found, header=header, places=places, by_key=by_key)
    merged = _merged_values(sheet, form, places)
    if sheet.max_row > _DEPTH:
        found.notes.append(f"Lignes au-delà de {_DEPTH} non lues.")
    for number, values in enumerate(_rows(sheet, first=header + 1), start=header + 1):
        cells = {}
        found.grid[number] = values
        for key, place in places.items():
            value = values[place] if place < len(values) else None
            value = merged.get((number, place), value)
            if value is not None and write_text(value):
                formula = isinstance(value, str) and value.startswith("=")
                cells[key] = Cell(value, sheet.title, number, letters[key], formula)
        if cells and not _is_explanation(cells, values, form):
            found.rows.append(Row(number, cells))
    return found


def _note_columns(sheet: Any, found: Sheet, *, header: int, places: dict[str, int], by_key: bool) -> None:
    """Note the columns that were moved, added or taken away."""
    form = found.form
    if not by_key:
        found.notes.append("Clés effacées : colonnes reconnues à leurs intitulés.")
    if list(places) and sorted(places, key=lambda key: places[key]) != [
        column.key for column in form.columns if column.key in places
    ]:
        found.notes.append("Colonnes déplacées : lues à leur place.")
    label_row = header + by_key
    labels = next(_rows(sheet, first=label_row, last=label_row), ())
    known = set(places.values())
    added = [
        f'"{write_text(value)}" ({get_column_letter(place + 1)})'
        for place, value in enumerate(labels)
        if place not in known and write_text(value)
    ]
    if added:
        found.notes.append(f"Colonnes ajoutées, non reprises : {', '.join(added)}.")
    if found.missing:
        found.notes.append(f"Colonnes absentes : {', '.join(found.missing)}.")


def _merged_values(sheet: Any, form: Form, places: dict[str, int]) -> dict[tuple[int, int], Any]:
    """Give the value of a merged cell to each of its rows, in the column where it begins, save counts."""
    by_place = {place: form.find(key) for key, place in places.items()}
    values: dict[tuple[int, int], Any] = {}
    for area in sheet.merged_cells.ranges:
        column = by_place.get(area.min_col - 1)
        if column is None or not column.spreads or area.max_row - area.min_row > _DEPTH:
            continue
        value = sheet.cell(area.min_row, area.min_col).value
        for number in range(area.min_row, area.max_row + 1):
            values[number, area.min_col - 1] = value
    return values


def _is_explanation(cells: dict[str, Cell], values: tuple[Any, ...], form: Form) -> bool:
    """Tell a row of labels, units, help or an example from one that people have filled in."""
    first = next((write_text(value) for value in values if write_text(value)), "")
    if french.fold(first).startswith(french.fold(EXAMPLE)):
        return True
    said, recognized = 0, 0
    for key, cell in cells.items():
        column = form.find(key)
        if column.locked or is_blank(cell.text):
            continue
        known = {french.fold(text) for text in (column.key, column.label, column.unit, column.help) if text}
        said += 1
        recognized += french.fold(cell.text) in known
    # Of a row whose only words came with the sheet, nothing was said.
    return recognized * 2 >= said


def _read_identity(sheets: Sequence[Any]) -> dict[str, str]:
    """Read what a workbook says of itself: after each cell `@key`, its value."""
    identity: dict[str, str] = {}
    for sheet in sheets:
        for values in _rows(sheet, last=_TOP):
            for key, value in pairwise(values):
                if isinstance(key, str) and key.startswith(MARK):
                    identity.setdefault(key.removeprefix(MARK), write_text(value))
    return identity


def is_blank(text: str) -> bool:
    """Tell whether a cell says nothing: it is empty, or has a dash."""
    return text in ("", "-", "–", "—")


def write_text(value: Any) -> str:
    """Write the value of a cell as a text: no space at its ends, characters that nobody sees taken away."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = french.visible(str(value)).replace("\u200b", "")
    return re.sub(r"[ \t\u00a0\u202f]+", " ", text).strip()


def _refuse(path: Path, fault: str, remedy: str) -> ParameterError:
    return ParameterError(f"{path} : {fault}.", remedy=remedy)
