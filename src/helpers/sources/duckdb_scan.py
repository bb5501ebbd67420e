"""One pass of DuckDB over a large official file: Parquet, delimited text, or delimited text inside a zip archive.

An archive is decompressed as it is read: nothing of it is unpacked to disk, and only the wanted columns are
converted.
"""

from __future__ import annotations

import csv
import io
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

import duckdb
import pyarrow as pa
import pyarrow.csv as arrow_csv

from helpers.errors import SourceError
from helpers.sources.files import missing, require_size, unreadable

# What groups and sorts may hold in memory before DuckDB spills to its temporary folder.
_MEMORY = "1GB"
# Bytes parsed at a time: large enough to keep the columns' conversion busy, small next to the memory allowed.
_BLOCK = 4 << 20
# An encoding of which every byte is a character.
_BYTES = "latin-1"
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError)
# Mistakes of the query, not of the file.
_MISTAKES = (duckdb.BinderException, duckdb.ParserException, duckdb.CatalogException)


@dataclass(frozen=True)
class Scan:
    """A file opened for queries: it is the table `rows`, with the columns asked for and no other.

    `types` gives DuckDB's type of each column: always VARCHAR in text, where an empty cell is NULL; in Parquet,
    what the file says.
    """

    path: Path
    types: dict[str, str]
    connection: duckdb.DuckDBPyConnection
    _text: _Text | None

    def fetch(self, query: str, parameters: Sequence[object] = ()) -> pa.Table:
        """Fetch the result of a query over `rows`: each call is one pass over the file.

        Raises:
            SourceError: the file is truncated or malformed; says where when it is known.
        """
        try:
            if self._text is None:
                return self._run(query, parameters)
            with self._text.open() as batches:
                self.connection.register("rows", batches)
                try:
                    return self._run(query, parameters)
                finally:
                    self.connection.unregister("rows")
        except _MISTAKES:
            raise
        except duckdb.OutOfMemoryException as error:
            raise SourceError(
                f"Mémoire ou disque insuffisants pour lire {self.path} ({error}).",
                remedy="Libérez de la place dans le dossier temporaire, puis relancez.",
            ) from error
        except (duckdb.Error, pa.ArrowInvalid, *_DAMAGED) as error:
            raise self._explain(error) from error

    def _run(self, query: str, parameters: Sequence[object]) -> pa.Table:
        return self.connection.sql(query, params=list(parameters)).to_arrow_table()

    def find_row(self, conditions: Mapping[str, str]) -> tuple[int, str, Any] | None:
        """Find the first row that meets one of the conditions on its columns: its line, the column, and its value.

        `conditions` are SQL expressions by column. It is a pass of its own, over a file already known to hold such
        a row. Lines count from 1: the header is the first line of a text, a Parquet file has none. Empty lines are
        not counted.
        """
        if self._text is None:
            numbered = "SELECT *, file_row_number + 1 AS line FROM numbered_rows"
        else:
            numbered = "SELECT *, row_number() OVER () + 1 AS line FROM rows"
        met = " ".join(f"WHEN {condition} THEN {literal(name)}" for name, condition in conditions.items())
        self.connection.execute("SET threads = 1")  # rows come in the order of the file
        try:
            found = self.fetch(
                f"SELECT *, CASE {met} END AS met FROM ({numbered}) WHERE met IS NOT NULL ORDER BY line LIMIT 1"
            ).to_pylist()
        finally:
            self.connection.execute("RESET threads")
        return (found[0]["line"], found[0]["met"], found[0][found[0]["met"]]) if found else None

    def _explain(self, error: BaseException) -> SourceError:
        if self._text is not None and (ragged := self._text.find_ragged()) is not None:
            line, expected, found, text = ragged
            return SourceError(
                f"{self.path}, ligne {line} : {found} colonnes au lieu de {expected} ({text[:80]!r}).",
                remedy="Téléchargez le fichier de nouveau : il est sans doute tronqué ou d'un autre format.",
            )
        return unreadable(self.path, error)


@contextmanager
def open_scan(
    path: Path,
    *,
    columns: Iterable[str],
    member: str | None = None,
    separator: str = ";",
    encoding: str = "utf-8",
) -> Iterator[Scan]:
    """Open a file for DuckDB's queries; it is closed at the end of the block.

    `path` is a Parquet file, a delimited text, or a zip archive that holds one, named by `member` (needless when
    the archive holds a single file). Its kind is known by its content, not by its name. `separator` and
    `encoding` are those of the text; a byte-order mark is accepted.

    Raises:
        SourceError: the file is missing, truncated, is a web page, or has not all of the columns.
    """
    columns = list(columns)
    with tempfile.TemporaryDirectory(prefix="helpers-") as spill, duckdb.connect() as connection:
        connection.execute(f"SET memory_limit = '{_MEMORY}'")
        connection.execute("SET preserve_insertion_order = false")
        # It would be drawn on the standard output, in the middle of what a command says.
        connection.execute("SET enable_progress_bar = false")
        connection.execute(f"SET temp_directory = {literal(spill)}")
        if _kind(path) == "parquet":
            yield Scan(path, _open_parquet(path, columns, connection=connection), connection, None)
            return
        text = _Text(_opener(path, member), columns=columns, separator=separator, encoding=encoding)
        try:
            names = text.header()
        except (UnicodeDecodeError, csv.Error, *_DAMAGED) as error:
            raise unreadable(path, error) from error
        _require(columns, names, path=path)
        yield Scan(path, dict.fromkeys(columns, "VARCHAR"), connection, text)


def _open_parquet(
    path: Path, columns: Sequence[str], *, connection: duckdb.DuckDBPyConnection
) -> dict[str, str]:
    """Make `rows` a view of the file; returns the types of its columns."""
    file = f"read_parquet({literal(path)}, file_row_number = true)"
    try:
        described = connection.execute(f"DESCRIBE SELECT * EXCLUDE file_row_number FROM {file}").fetchall()
    except duckdb.Error as error:
        raise unreadable(path, error) from error
    types = {name: kind for name, kind, *_ in described}
    _require(columns, list(types), path=path)
    chosen = ", ".join(map(quote, columns))
    connection.execute(f"CREATE VIEW rows AS SELECT {chosen} FROM read_parquet({literal(path)})")
    connection.execute(f"CREATE VIEW numbered_rows AS SELECT {chosen}, file_row_number FROM {file}")
    return {name: types[name] for name in columns}


@dataclass(frozen=True)
class _Text:
    """A delimited text that can be read again from its start."""

    source: Callable[[], BinaryIO]
    columns: Sequence[str]
    separator: str
    encoding: str

    def header(self) -> list[str]:
        """Read the names of its columns."""
        with self.source() as stream:
            line = stream.readline().decode(_without_mark(self.encoding))
        return next(csv.reader(io.StringIO(line), delimiter=self.separator), [])

    @contextmanager
    def open(self, *, ragged: Callable[[Any], str] | None = None) -> Iterator[Any]:
        """Open its rows as Arrow batches, in the order of the file; `ragged` is called with those of another length.

        They are then read byte for byte: Arrow would print that it cannot decode one, and lose it.
        """
        columns, encoding = list(self.columns), self.encoding
        if ragged:
            columns, encoding = [name.encode(encoding).decode(_BYTES) for name in columns], _BYTES
        with (
            self.source() as stream,
            arrow_csv.open_csv(
                stream,
                read_options=arrow_csv.ReadOptions(
                    block_size=_BLOCK, encoding=encoding, use_threads=not ragged
                ),
                parse_options=arrow_csv.ParseOptions(delimiter=self.separator, invalid_row_handler=ragged),
                convert_options=arrow_csv.ConvertOptions(
                    include_columns=columns,
                    column_types=dict.fromkeys(columns, pa.string()),
                    null_values=[""],
                    strings_can_be_null=True,
                ),
            ) as batches,
        ):
            yield batches

    def find_ragged(self) -> tuple[int, int, int, str] | None:
        """Find the first row of another length: its line, the columns expected and found, its text.

        Rows are numbered only when they are parsed one block after another: a pass of its own.
        """
        found: list[tuple[int, int, int, str]] = []

        def keep(row: Any) -> str:
            text = row.text.encode(_BYTES).decode(self.encoding, errors="replace")
            found.append((row.number, row.expected_columns, row.actual_columns, text))
            return "error"

        try:
            with self.open(ragged=keep) as batches:
                for _ in batches:
                    pass
        except (pa.ArrowInvalid, *_DAMAGED):
            return found[0] if found else None
        return None


def _kind(path: Path) -> str:
    """Tell `parquet`, `zip` or `text` by the first bytes of the file.

    Raises:
        SourceError: the file is missing, empty, or is a web page.
    """
    try:
        with path.open("rb") as stream:
            start = stream.read(512)
    except FileNotFoundError:
        raise missing(path) from None
    except OSError as error:
        raise unreadable(path, error) from error
    if start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
        raise SourceError(
            f"{path} est une page web, pas un fichier de données : {start[:60]!r}.",
            remedy="L'adresse a sans doute changé. Téléchargez le fichier depuis la page du producteur et "
            "déposez-le sous ce nom.",
        )
    if not start:
        raise SourceError(f"{path} est vide.", remedy="Téléchargez-le de nouveau.")
    return "parquet" if start.startswith(b"PAR1") else "zip" if start.startswith(b"PK") else "text"


def _opener(path: Path, member: str | None) -> Callable[[], BinaryIO]:
    """Return what opens the text of a file from its start.

    Raises:
        SourceError: archive damaged, or without this member.
    """
    if _kind(path) == "text":
        return lambda: path.open("rb")
    try:
        require_size(path)
        with zipfile.ZipFile(path) as archive:
            held = [name for name in archive.namelist() if not name.endswith("/")]
    except _DAMAGED as error:
        raise unreadable(path, error) from error
    if member is None and len(held) == 1:
        member = held[0]
    if member not in held:
        raise SourceError(
            f"L'archive {path} ne contient pas {member!r}."
            if member
            else f"L'archive {path} contient plusieurs fichiers.",
            remedy=f"Elle contient : {', '.join(held)}. Vérifiez le millésime du fichier.",
        )
    chosen = member

    def open_member() -> BinaryIO:
        # The member keeps the archive's file open for as long as it is read.
        with zipfile.ZipFile(path) as archive:
            return cast(BinaryIO, archive.open(chosen))

    return open_member


def _require(columns: Sequence[str], names: Sequence[str], *, path: Path) -> None:
    missing = [column for column in columns if column not in names]
    if missing:
        raise SourceError(
            f"Colonnes absentes de {path} : {', '.join(missing)}.",
            remedy=f"Le fichier contient : {', '.join(names)}. Vérifiez son millésime, ou complétez le lecteur.",
        )
    repeated = [column for column in columns if list(names).count(column) > 1]
    if repeated:
        raise SourceError(
            f"Colonnes en double dans {path} : {', '.join(repeated)}.",
            remedy="Téléchargez le fichier de nouveau depuis la page du producteur.",
        )


def _without_mark(encoding: str) -> str:
    return "utf-8-sig" if encoding.lower() in ("utf-8", "utf8") else encoding


def quote(name: str) -> str:
    """Write the name of a column as SQL does."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: Path | str) -> str:
    """Write a text, or a path, as SQL does."""
    return "'" + str(text).replace("'", "''") + "'"
