"""The table of the diagnostics of a folder: a row a commune, changed one by one under a lock, whatever their number."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import astuple, dataclass, fields
from pathlib import Path

# Where the pages of the site are, beside the diagnostics, and their table.
FOLDER = "site"
TABLE = f"{FOLDER}/diagnostics.sqlite"

STATES = {"fresh": "à jour", "stale": "à refaire", "failed": "en échec"}
# Seconds that another program may hold the table.
_PATIENCE = 60
_VERSION = 1
_TERRITORIES = ("department", "epci")


@dataclass(frozen=True)
class Entry:
    """A commune of the site: its names, the folder of its diagnostic where it has one, the state of that diagnostic.

    `department` and `epci` are codes, empty where they are not known.
    """

    code: str
    name: str
    department: str
    department_name: str
    epci: str
    epci_name: str
    slug: str
    kind: str
    reason: str = ""

    @property
    def page(self) -> str:
        """The address of its diagnostic from the root of the site, empty where it has none."""
        return f"{self.slug}/index.html" if self.slug else ""

    @property
    def state(self) -> str:
        """The state in French."""
        return STATES[self.kind]


_COLUMNS = [field.name for field in fields(Entry)]
_NAMED = ", ".join(_COLUMNS)
_MARKS = ", ".join("?" * len(_COLUMNS))


@dataclass(frozen=True)
class Group:
    """The communes of a territory that are in the table: how many have a diagnostic, how many are to be looked at."""

    code: str
    name: str
    built: int
    ailing: int


class Entries:
    """The open table; what is changed in it is kept when the block of `open_entries` ends, all of it or nothing."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def put(self, entries: Iterable[Entry]) -> None:
        """Put rows in place of those of the same communes."""
        self._connection.executemany(
            f"INSERT OR REPLACE INTO entries ({_NAMED}) VALUES ({_MARKS})", map(astuple, entries)
        )

    def remove(self, codes: Iterable[str]) -> None:
        """Remove the rows of communes."""
        self._connection.executemany("DELETE FROM entries WHERE code = ?", [(code,) for code in codes])

    def clear(self) -> None:
        """Remove every row."""
        self._connection.execute("DELETE FROM entries")

    def count(self) -> int:
        """Count the communes."""
        return int(self._connection.execute("SELECT count(*) FROM entries").fetchone()[0])

    def find(self, codes: Sequence[str]) -> list[Entry]:
        """Find the rows of communes."""
        rows = (
            self._connection.execute(f"SELECT {_NAMED} FROM entries WHERE code = ?", [code]).fetchone()
            for code in codes
        )
        return [Entry(*row) for row in rows if row]

    def list_all(self) -> list[Entry]:
        """List every row."""
        return [Entry(*row) for row in self._connection.execute(f"SELECT {_NAMED} FROM entries")]

    def list_of(self, column: str, code: str) -> list[Entry]:
        """List the rows of a territory: `column` is `department` or `epci`."""
        query = f"SELECT {_NAMED} FROM entries WHERE {_checked(column)} = ?"
        return [Entry(*row) for row in self._connection.execute(query, [code])]

    def group(self, column: str) -> list[Group]:
        """Count the communes of each territory by code: `column` is `department` or `epci`."""
        query = (
            f"SELECT {_checked(column)}, max({column}_name), sum(slug != ''), sum(kind != 'fresh') FROM entries "
            f"WHERE {column} != '' GROUP BY {column} ORDER BY {column}"
        )
        return [Group(*row) for row in self._connection.execute(query)]


@contextmanager
def open_entries(outputs: Path) -> Iterator[tuple[Entries, bool]]:
    """Open the table of a folder, and hold it alone until the end of the block; tell whether it was there.

    One that cannot be read, or of another version, is made anew: the manifests say it all.

    Raises:
        OSError: it cannot be written, or another program holds it for too long.
    """
    try:
        with _opened(outputs / TABLE) as found:
            yield found
    except sqlite3.OperationalError as error:
        raise OSError(f"{outputs / TABLE} : {error}") from error


def are_known(outputs: Path) -> bool:
    """Tell whether the table of entries is there, as this version of the code writes it."""
    place = f"{(outputs / TABLE).absolute().as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(place, uri=True, timeout=_PATIENCE)) as connection:
            return _is_known(connection)
    except sqlite3.DatabaseError:
        return False


@contextmanager
def _opened(path: Path) -> Iterator[tuple[Entries, bool]]:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        connection = _connect(path)
    except sqlite3.OperationalError:
        # Held, or refused by the disk: it is not damaged.
        raise
    except sqlite3.DatabaseError:
        path.unlink()
        connection = _connect(path)
    with closing(connection):
        known = _is_known(connection)
        if not known:
            connection.execute("DROP TABLE IF EXISTS entries")
            connection.execute(f"CREATE TABLE entries ({_NAMED}, PRIMARY KEY (code)) WITHOUT ROWID")
            for column in _TERRITORIES:
                connection.execute(
                    f"CREATE INDEX by_{column} ON entries ({column}, {column}_name, slug, kind)"
                )
            connection.execute(f"PRAGMA user_version = {_VERSION}")
        try:
            yield Entries(connection), known
        except BaseException:
            connection.rollback()
            raise
        connection.commit()


def _is_known(connection: sqlite3.Connection) -> bool:
    return bool(connection.execute("PRAGMA user_version").fetchone()[0] == _VERSION)


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.DatabaseError:
        connection.close()
        raise
    return connection


def _checked(column: str) -> str:
    if column not in _TERRITORIES:
        raise ValueError(f"unknown territory: {column!r}")
    return column
