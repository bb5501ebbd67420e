"""Tables with a row by commune and a column by figure: delimited text, alone or in an archive, or Parquet.

The file's own dictionary (`meta_*.CSV`), when there is one, says what each column is.
"""

from __future__ import annotations

import contextlib
import csv
import difflib
import io
import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq

from helpers.errors import SourceError
from helpers.sources.files import (
    parse_numbers,
    read_bytes,
    read_text,
    require_columns,
    require_communes,
    unreadable,
)

_SEPARATOR = ";"
# A message that names more columns than this begins with those that look like the missing ones.
_FEW = 60
# A sum of decimals may differ from its parts by this much.
_ROUNDING = 1e-6
_COMMA = r"-?[0-9\u00a0\u202f ]+,[0-9]+"


@dataclass(frozen=True)
class Cell:
    """A count at one date: the columns to add and those to subtract, and what identifies it in its table."""

    table: str
    keys: dict[str, Any]
    plus: tuple[str, ...]
    minus: tuple[str, ...] = ()


@dataclass(frozen=True)
class WideFile:
    """An official file once its header is read.

    `columns` are in the order of the file; `labels` is what the dictionary says of each, empty without one.
    """

    path: Path
    columns: list[str]
    labels: dict[str, str]
    _content: bytes | None

    def read(self, columns: Sequence[str]) -> Rows:
        """Read the rows of the file, with these columns only.

        Raises:
            SourceError: a column is missing or there twice; the file is truncated or malformed.
        """
        columns = list(dict.fromkeys(columns))
        self.require(columns)
        twice = [name for name in columns if self.columns.count(name) > 1]
        if twice:
            raise SourceError(
                f"Colonnes en double dans {self.path} : {', '.join(twice)}.",
                remedy="Téléchargez le fichier de nouveau.",
            )
        if self._content is None:
            content, first = _read_parquet(self.path, columns), 1
        else:
            content, first = self._parse(self._content, columns), 2
        return Rows(self.path, content, lines=np.arange(first, first + len(content)))

    def require(self, columns: Sequence[str]) -> None:
        """Insist on columns by name.

        Raises:
            SourceError: lists the missing columns, then those the file has, the most alike first when many.
        """
        missing = [name for name in columns if name not in self.columns]
        if not missing:
            return
        announced = [name for name in missing if name in self.labels]
        notes = f" (annoncées par son dictionnaire : {', '.join(announced)})" if announced else ""
        raise SourceError(
            f"Colonnes absentes de {self.path}{notes} : {', '.join(missing)}.",
            remedy=f"{self._describe_columns(missing)} Vérifiez son millésime, ou complétez le lecteur.",
        )

    def _describe_columns(self, missing: Sequence[str]) -> str:
        if len(self.columns) <= _FEW:
            return f"Le fichier contient : {', '.join(self.columns)}."
        alike = [
            near for name in missing for near in difflib.get_close_matches(name, self.columns, cutoff=0.8)
        ]
        near = list(dict.fromkeys(alike))
        described = [f"{name} ({self.labels[name]})" if name in self.labels else name for name in near]
        others = [name for name in self.columns if name not in near]
        listed = f" ; puis : {', '.join(others)}" if near else ", ".join(others)
        return f"Le fichier contient : {', '.join(described)}{listed}."

    def _parse(self, content: bytes, columns: Sequence[str]) -> pa.Table:
        try:
            return self._read_csv(content, columns, parallel=True, ragged=None)
        except pa.ArrowInvalid as error:
            raise unreadable(self.path, self._find_ragged(content, columns) or str(error)) from error

    def _read_csv(
        self, content: bytes, columns: Sequence[str], *, parallel: bool, ragged: Callable[[Any], str] | None
    ) -> pa.Table:
        return arrow_csv.read_csv(
            pa.BufferReader(content),
            read_options=arrow_csv.ReadOptions(column_names=self.columns, skip_rows=1, use_threads=parallel),
            parse_options=arrow_csv.ParseOptions(delimiter=_SEPARATOR, invalid_row_handler=ragged),
            convert_options=arrow_csv.ConvertOptions(
                include_columns=list(columns),
                column_types=dict.fromkeys(columns, pa.large_string()),
                null_values=[""],
                strings_can_be_null=True,
            ),
        )

    def _find_ragged(self, content: bytes, columns: Sequence[str]) -> str:
        """Find where the first row of another length is: rows are numbered only when read one block after another."""
        found: list[str] = []

        def keep(row: Any) -> str:
            found.append(
                f"ligne {row.number} : {row.actual_columns} colonnes au lieu de {row.expected_columns}"
            )
            return "error"

        # That it cannot be read is known already: only the place is looked for.
        with contextlib.suppress(pa.ArrowInvalid):
            self._read_csv(content, columns, parallel=False, ragged=keep)
        return found[0] if found else ""


@dataclass(frozen=True)
class Rows:
    """Some columns of a file; `lines` says where each row is, the header of a text being line 1."""

    path: Path
    content: pa.Table
    lines: np.ndarray

    def filter(self, kept: pa.ChunkedArray) -> Rows:
        """Keep the rows that meet a condition."""
        mask = kept.to_numpy().astype("bool")
        return Rows(self.path, self.content.filter(pa.array(mask)), self.lines[mask])

    def codes(self, column: str, *, keys: Sequence[str] = ()) -> pa.Array:
        """Read the codes of communes, each there once (by value of `keys`).

        Raises:
            SourceError: there is none; a code that is not one; a commune given twice, with both lines.
        """
        frame = pd.DataFrame({name: self.texts(name) for name in (column, *keys)})
        if frame.empty:
            raise SourceError(
                f"{self.path} ne contient aucune commune.", remedy="Téléchargez le fichier de nouveau."
            )
        known = frame.dropna()
        again = known[known.duplicated(keep=False)]
        if len(again):
            same = again[(again == again.iloc[0]).all(axis=1)].index
            raise SourceError(
                f"{self.path} : la commune {' '.join(map(str, again.iloc[0]))} y figure deux fois, "
                f"lignes {same[0] + 2} et {same[1] + 2}.",
                remedy="Téléchargez le fichier de nouveau ; si l'erreur persiste, ôtez la ligne en trop.",
            )
        require_communes(frame, code=column, path=self.path, keys=keys)
        return pa.array(frame[column], type=pa.large_string())

    def numbers(self, column: str) -> np.ndarray:
        """Read the values of a column, NaN for an empty cell.

        Raises:
            SourceError: shows the first cell that is not a positive number, with its line.
        """
        cells = self.content[column]
        if not _is_number(cells.type):
            text = cells.cast(pa.large_string())
            cells = pc.if_else(pc.equal(text, ""), None, text)
        try:
            numbers = cells.cast(pa.float64())
        except pa.ArrowInvalid:
            return self._explain(column)
        if pc.all(pc.is_finite(numbers)).as_py() is False or pc.any(pc.less(numbers, 0)).as_py():
            return self._explain(column)
        return numbers.to_numpy()

    def texts(self, column: str) -> pd.Series:
        """Read the cells of a column as text; row n of the series is line n + 2 of the file, as in `files`."""
        text = self.content[column].cast(pa.large_string()).to_pandas().astype("str")
        return text.mask(text == "").set_axis(self.lines - 2).rename(column)

    def _explain(self, column: str) -> np.ndarray:
        """Read the values of a column that the usual parser does not take: to refuse, or merely spaced out."""
        text = self.texts(column)
        commas = text[text.str.fullmatch(_COMMA, na=False)]
        if len(commas):
            raise SourceError(
                f"{self.path}, ligne {commas.index[0] + 2}, colonne {column} : {commas.iloc[0]!r} a une virgule "
                "décimale, le point est attendu.",
                remedy="Le fichier a sans doute été réenregistré par un tableur : téléchargez-le de nouveau.",
            )
        return parse_numbers(text, path=self.path).to_numpy()


def open_wide(path: Path, *, member: str | None = None, dictionary: str | None = None) -> WideFile:
    """Open an official file and read its header and dictionary; its form is known by its content, not by its name.

    `member` and `dictionary` name the files of an archive, whatever their case and their hyphens; a text alone may
    have its dictionary beside it, `meta_` and its own name.

    Raises:
        SourceError: file missing, truncated, a web page, or an archive without `member`.
    """
    start = _start(path)
    if start.startswith(b"PAR1"):
        return WideFile(path, _parquet_columns(path), {}, None)
    if start.startswith(b"PK"):
        names = _list_members(path)
        chosen = names[0] if member is None and len(names) == 1 else _match(names, member) or member
        if chosen is None:
            raise SourceError(
                f"L'archive {path} contient plusieurs fichiers : {', '.join(names)}.",
                remedy="Indiquez dans le registre celui qu'il faut lire (member).",
            )
        content = read_bytes(path, member=chosen)
        described = _match(names, dictionary) or _match(names, f"meta_{chosen}")
        labels = _read_labels(path, member=described) if described else {}
    else:
        content = read_bytes(path)
        apart = path.with_name(f"meta_{path.name}")
        labels = _read_labels(apart) if apart.is_file() else {}
    return WideFile(path, _header(content, path=path), labels, content)


def tabulate(rows: Rows, cells: Sequence[Cell], *, code: str) -> dict[str, pd.DataFrame]:
    """Make the long tables of some cells: `code`, the keys of the cells, `value`. A missing value has no row.

    `code` names the column of the codes of communes.

    Raises:
        SourceError: a commune given twice, a count that is not a positive number.
    """
    codes = rows.codes(code)
    tables: dict[str, list[tuple[Cell, np.ndarray]]] = {}
    for cell in cells:
        tables.setdefault(cell.table, []).append((cell, _compute(rows, cell, code=code)))
    return {table: _unpivot(codes, figures) for table, figures in tables.items()}


def _compute(rows: Rows, cell: Cell, *, code: str) -> np.ndarray:
    """Compute the values of a cell by row, NaN where one of its columns has none."""
    values = rows.numbers(cell.plus[0])
    for name in cell.plus[1:]:
        values = values + rows.numbers(name)
    for name in cell.minus:
        values = values - rows.numbers(name)
    below = np.flatnonzero(values < -_ROUNDING)
    if len(below):
        raise SourceError(
            f"{rows.path}, ligne {rows.lines[below[0]]} : {' + '.join(cell.minus)} dépasse {' + '.join(cell.plus)} "
            f"(commune {rows.texts(code).iloc[below[0]]}).",
            remedy="Une partie ne peut dépasser le tout : téléchargez le fichier de nouveau.",
        )
    return np.maximum(values, 0) if cell.minus else values


def _unpivot(codes: pa.Array, figures: Sequence[tuple[Cell, np.ndarray]]) -> pd.DataFrame:
    rows = [np.flatnonzero(~np.isnan(values)) for _, values in figures]
    at = pa.array(np.repeat(np.arange(len(figures)), [len(row) for row in rows]))
    columns: dict[str, Any] = {"code": codes.take(pa.array(np.concatenate(rows)))}
    for name in figures[0][0].keys:
        held = [cell.keys[name] for cell, _ in figures]
        kind = pa.int16() if isinstance(held[0], int) else pa.large_string()
        columns[name] = pa.array(held, type=kind).take(at)
    columns["value"] = np.concatenate([values[row] for (_, values), row in zip(figures, rows, strict=True)])
    return pa.table(columns).to_pandas()


def _start(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(4)
    except OSError:
        return b""  # What is wrong is said when the file is read whole.


def _list_members(path: Path) -> list[str]:
    try:
        with zipfile.ZipFile(path) as archive:
            return [name for name in archive.namelist() if not name.endswith("/")]
    except (zipfile.BadZipFile, OSError) as error:
        raise unreadable(path, error) from error


def _match(names: Sequence[str], wanted: str | None) -> str | None:
    """Match the one of `names` that is `wanted`, or is but for its case and its hyphens."""
    if wanted is None or wanted in names:
        return wanted
    return next((name for name in names if _fold(name) == _fold(wanted)), None)


def _fold(name: str) -> str:
    return re.sub(r"[-_ ]", "", Path(name).name.lower())


def _read_labels(path: Path, *, member: str | None = None) -> dict[str, str]:
    """Read the label of each column that the dictionary describes."""
    frame = read_text(path, separator=_SEPARATOR, member=member, encodings=("utf-8-sig", "cp1252"))
    require_columns(frame, ["COD_VAR", "LIB_VAR"], path=f"{path}, {member}" if member else path)
    known = frame[["COD_VAR", "LIB_VAR"]].dropna().drop_duplicates("COD_VAR")
    return dict(zip(known["COD_VAR"].str.strip(), known["LIB_VAR"], strict=True))


def _header(content: bytes, *, path: Path) -> list[str]:
    end = content.find(b"\n")
    line = content if end < 0 else content[:end]
    try:
        names = next(csv.reader(io.StringIO(line.decode("utf-8-sig")), delimiter=_SEPARATOR), [])
    except (UnicodeDecodeError, csv.Error) as error:
        raise unreadable(path, error) from error
    if not names:
        raise unreadable(path, "il est vide")
    return [name.strip() for name in names]


def _parquet_columns(path: Path) -> list[str]:
    try:
        return list(pq.read_schema(path).names)
    except (pa.ArrowException, OSError) as error:
        raise unreadable(path, error) from error


def _read_parquet(path: Path, columns: Sequence[str]) -> pa.Table:
    try:
        return pq.read_table(path, columns=list(columns))
    except (pa.ArrowException, OSError) as error:
        raise unreadable(path, error) from error


def _is_number(kind: pa.DataType) -> bool:
    return pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
