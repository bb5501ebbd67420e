"""Excel workbooks of the producers: sheets by name, columns by the row that holds their names."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
import pandas as pd
from openpyxl.utils.exceptions import InvalidFileException

from helpers.errors import SourceError
from helpers.sources.files import read_bytes

# Titles and notes stand above the names of columns: fourteen rows in the longest official file.
_ROWS_ABOVE = 40
# First bytes of the workbooks of Excel 97-2003.
_OLD_FORMAT = b"\xd0\xcf\x11\xe0"
_STYLES = "xl/styles.xml"


def is_workbook(path: Path, *, member: str | None = None) -> bool:
    """Tell whether the data are in a workbook: by the name of the member, or by what the file is."""
    if _is_bare(path):
        return True
    return Path(member or path.name).suffix.lower() in (".xlsx", ".xlsm", ".xls")


def read_sheets(
    path: Path, *, columns: Sequence[str], titles: str = ".*", member: str | None = None
) -> Iterator[tuple[str, pd.DataFrame]]:
    """Read each sheet whose title matches `titles` wholly and its table, one after the other.

    The names of columns are on the first row that holds all of `columns`, however many titles stand above;
    they lose the spaces around them. Rows that are empty throughout are left out; row n of the frame is
    row n + 2 of the sheet. Cells are as the workbook holds them: numbers or text.

    Raises:
        SourceError: file missing, damaged, in the old .xls format; no sheet of such a title, or one without
            these columns.
    """
    book = _open(path, member=member)
    found = [title for title in book.sheetnames if re.fullmatch(titles, title)]
    if not found:
        raise SourceError(
            f"{path} n'a pas la feuille attendue ({titles}).",
            remedy=f"Le classeur contient les feuilles : {', '.join(book.sheetnames)}. Vérifiez son millésime.",
        )
    try:
        for title in found:
            yield title, _table(book[title], columns=columns, where=f"{path}, feuille {title}")
    except (zipfile.BadZipFile, zlib.error, EOFError, ParseError) as error:
        raise _damaged(path, error) from error
    finally:
        book.close()


def _table(sheet: Any, *, columns: Sequence[str], where: str) -> pd.DataFrame:
    """Read the table of one sheet."""
    # Some writers declare the sheet smaller than it is.
    sheet.reset_dimensions()
    rows = sheet.iter_rows(values_only=True)
    header, names = _find_header(rows, columns=columns, where=where)
    width = len(names)
    kept, lines = [], []
    for line, row in enumerate(rows, start=header + 1):
        if any(cell is not None for cell in row):
            kept.append(row[:width] + (None,) * (width - len(row)))
            lines.append(line - 2)
    return pd.DataFrame(kept, columns=names, index=lines, dtype=object)


def _find_header(rows: Iterator[tuple], *, columns: Sequence[str], where: str) -> tuple[int, list[str]]:
    """Find the line of the names of columns, the first that holds all of `columns`, and the names."""
    nearest: list[str] = []
    for line, row in enumerate(islice(rows, _ROWS_ABOVE), start=1):
        names = [_name(cell) for cell in row]
        if set(columns) <= set(names):
            return line, names
        # The row to show, should none do: the one with most of the columns, then the fullest.
        nearest = max(nearest, names, key=lambda held: (len(set(columns) & set(held)), len(set(held))))
    missing = [column for column in columns if column not in nearest]
    held = ", ".join(name for name in nearest if name)
    raise SourceError(
        f"Colonnes absentes de {where} : {', '.join(missing)}.",
        remedy=f"Le fichier contient : {held or 'aucune ligne de titres'}. Vérifiez son millésime, ou complétez le "
        "lecteur.",
    )


def _name(cell: object) -> str:
    return "" if cell is None else str(cell).strip()


def _open(path: Path, *, member: str | None) -> Any:
    """Open the workbook, whether it is a member of an archive or the file itself, whatever its name."""
    content = read_bytes(path, member=None if _is_bare(path) else member)
    if content.startswith(_OLD_FORMAT):
        raise SourceError(
            f"{path}{f', {member}' if member else ''} est au format .xls, que ce projet ne lit pas.",
            remedy="Ouvrez-le dans un tableur et enregistrez-le en .xlsx, puis déposez le .xlsx obtenu à la place "
            f"de {path}, sous le nom {path.name}.",
        )
    try:
        return _load(content)
    except (
        zipfile.BadZipFile,
        zlib.error,
        KeyError,
        ValueError,
        EOFError,
        ParseError,
        InvalidFileException,
    ) as error:
        raise _damaged(path, error) from error


def _load(content: bytes) -> Any:
    with warnings.catch_warnings():
        # What openpyxl warns of here is the look of the cells, which is not read.
        warnings.simplefilter("ignore", UserWarning)
        try:
            return openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        except (TypeError, ValueError):
            # Some official workbooks have styles outside the standard: their cells are read without them.
            return openpyxl.load_workbook(_without_styles(content), read_only=True, data_only=True)


def _without_styles(content: bytes) -> io.BytesIO:
    plain = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(plain, "w") as copy:
        for item in source.infolist():
            if item.filename != _STYLES:
                copy.writestr(item, source.read(item))
    plain.seek(0)
    return plain


def _is_bare(path: Path) -> bool:
    """Tell whether a file is itself a workbook, and not an archive that holds one."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        if file.read(len(_OLD_FORMAT)) == _OLD_FORMAT:
            return True
    try:
        with zipfile.ZipFile(path) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except zipfile.BadZipFile:
        return False


def _damaged(path: Path, error: Exception) -> SourceError:
    return SourceError(
        f"Classeur illisible : {path} ({error}).",
        remedy="Téléchargez-le de nouveau : il est sans doute tronqué.",
    )
