"""Reading the store: Parquet tables of tidy values, read with pruning, guarded by their hashes."""

from __future__ import annotations

import contextlib
import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from helpers import paths, schemas
from helpers.errors import StoreError

INDEX = "tables.json"
PLACE = ("level", "code")
# Size and date of each table when it was written. Hashing the tables of all of France would take longer than
# reading a commune in them: a file that still has both is the one that was hashed then.
_SEEN = "seen.json"
# Bytes of a file of reference that a process keeps once read: the communes of France, not their outlines.
_SMALL = 4_000_000
# Readings that a process keeps: those of the notebooks of a commune.
_KEPT = 64


def mark_seen(folder: Path) -> None:
    """Note the size and the date of the tables of a store just hashed: reading then trusts them."""
    seen = {path.stem: _stamp(path) for path in sorted(folder.glob("*.parquet"))}
    (folder / _SEEN).write_text(json.dumps(seen) + "\n", encoding="utf-8")


def prepare(folder: Path) -> None:
    """Check and open the tables of a store for the processes forked from this one; no row is read, that takes a thread.

    What cannot be opened is left to whoever reads it, who will say why.
    """
    with contextlib.suppress(StoreError):
        for table in hashes(folder):
            with contextlib.suppress(StoreError):
                _open(folder, table)


def let_go() -> None:
    """Let go of the rows that were read: those of a commune serve no other."""
    _rows_of.cache_clear()


def forget() -> None:
    """Forget the state of the tables: they have changed on disk."""
    let_go()
    hashes.cache_clear()
    _open.cache_clear()
    _seen.cache_clear()


def reopen(folder: Path) -> tuple[int, ...] | None:
    """Forget the state of the tables if the store of this folder has been replaced since it was first read.

    Returns the state of the store that is there now, by which a renewed one is recognised; nothing when there is none.
    """
    state = _version(folder)
    if folder in _versions and state != _versions[folder]:
        forget()
    return state


def read(table: str, *, folder: Path, areas: Iterable[tuple[str, str]] | None = None) -> pd.DataFrame:
    """Read a table of the store, restricted to `areas` (pairs of level and code) when given.

    Raises:
        StoreError: the table is missing, or is not the one the index describes.
    """
    opened = _checked(folder, table)
    if areas is None:
        return opened.to_pandas(opened.read())
    # The notebooks of a commune ask for the same rows: columns are shared until someone writes in his.
    return _rows_of(folder, table, tuple(areas)).copy(deep=False)


@lru_cache(_KEPT)
def _rows_of(folder: Path, table: str, areas: tuple[tuple[str, str], ...]) -> pd.DataFrame:
    opened = _open(folder, table)
    by_level: dict[str, list[str]] = {}
    for level, code in areas:
        by_level.setdefault(level, []).append(code)
    wanted = {level: sorted(set(codes)) for level, codes in by_level.items()}
    groups = set().union(*(opened.find(level, codes) for level, codes in wanted.items()))
    content = opened.read(sorted(groups))
    mask = pa.array([False] * content.num_rows, pa.bool_())
    for level, codes in wanted.items():
        here = pc.equal(content["level"], level)
        mask = pc.or_(mask, pc.and_(here, _are_in(content["code"], codes)))
    return opened.to_pandas(content.filter(mask))


def read_date(
    table: str, *, folder: Path, level: str, year: int, between: tuple[float, float]
) -> pd.DataFrame:
    """Read the rows of a table of the areas of a level at one date, of values `between` two bounds, both included.

    Raises:
        StoreError: as `read` does.
    """
    opened = _checked(folder, table)
    content = opened.read(sorted(opened.find_level(level)))
    least, greatest = between
    wanted = pc.and_(pc.equal(content["level"], level), pc.equal(content["year"], year))
    inside = pc.and_(pc.greater_equal(content["value"], least), pc.less_equal(content["value"], greatest))
    return opened.to_pandas(content.filter(pc.and_(wanted, inside)))


def has(table: str, *, folder: Path) -> bool:
    """Tell whether the store of this folder has the table."""
    return table in hashes(folder)


def read_reference(
    table: str,
    *,
    folder: Path,
    key: str | None = None,
    values: Iterable[str] = (),
    columns: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Read a table of reference (territories, former communes, sources, outlines), whole or some keys and columns.

    Raises:
        StoreError: the table is missing, or is not the one the index describes.
    """
    opened = _checked(folder, table)
    content = opened.whole if opened.is_small else opened.read()
    if key is not None:
        content = content.filter(_are_in(content[key], list(values)))
    return opened.to_pandas(content if columns is None else content.select(columns))


@cache
def hashes(folder: Path) -> dict[str, str]:
    """Read the hash of every table, as the index of the store gives it.

    Raises:
        StoreError: the folder holds no readable index.
    """
    try:
        _versions[folder] = _version(folder)
        index = json.loads((folder / INDEX).read_text(encoding="utf-8"))
        return {name: record["sha256"] for name, record in index.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise StoreError(
            f"Magasin de données illisible : {folder / INDEX} ({error}).", remedy=f"{_remedy(folder)}."
        ) from error


# The state of the index of each folder when it was read.
_versions: dict[Path, tuple[int, ...] | None] = {}


def _version(folder: Path) -> tuple[int, ...] | None:
    """Describe the state of an index, by which a replaced one is recognised; nothing when there is none."""
    try:
        state = (folder / INDEX).stat()
    except OSError:
        return None
    return (state.st_ino, state.st_size, state.st_mtime_ns)


@dataclass(frozen=True)
class _Opened:
    """A table whose content was checked, and where to find places in it."""

    path: Path
    metadata: pq.FileMetaData
    schema: pa.Schema
    _known: dict[int, tuple[str, str, str, str]] = field(default_factory=dict)

    @property
    def is_small(self) -> bool:
        """True of a table that may be kept in memory."""
        return self.path.stat().st_size < _SMALL

    @cached_property
    def whole(self) -> pa.Table:
        """All its rows, read once."""
        return self.read()

    @property
    def texts(self) -> list[str]:
        """The columns of text."""
        return [column.name for column in self.schema if is_text(column.type)]

    def find(self, level: str, codes: Sequence[str]) -> set[int]:
        """Find the row groups that may hold one of these codes at this level.

        A table in order of level and code is searched by halves: the footer of a table of all of France describes a
        thousand row groups, of which a commune needs one.
        """
        every = range(self.metadata.num_row_groups)
        if not every or not self.metadata.row_group(0).sorting_columns:
            return set(every)
        first = bisect_left(every, level, key=lambda group: self._bounds(group)[1])
        after = bisect_right(every, level, key=lambda group: self._bounds(group)[0])
        # Those between the first and the last one hold nothing but this level, codes in order.
        inside = range(first + 1, after - 1)
        found = {group for group in (first, after - 1) if first <= group < after}
        for code in codes:
            low = bisect_left(inside, code, key=lambda group: self._bounds(group)[3])
            high = bisect_right(inside, code, key=lambda group: self._bounds(group)[2])
            found.update(inside[low:high])
        return {group for group in found if self._may_hold(group, level, codes)}

    def find_level(self, level: str) -> set[int]:
        """Find the row groups that may hold rows of this level."""
        every = range(self.metadata.num_row_groups)
        return {group for group in every if self._bounds(group)[0] <= level <= self._bounds(group)[1]}

    def _may_hold(self, group: int, level: str, codes: Sequence[str]) -> bool:
        least_level, greatest_level, least, greatest = self._bounds(group)
        return least_level <= level <= greatest_level and any(least <= code <= greatest for code in codes)

    def _bounds(self, group: int) -> tuple[str, str, str, str]:
        """Least and greatest level, least and greatest code of a row group."""
        if group not in self._known:
            row_group = self.metadata.row_group(group)
            level, code = (row_group.column(place).statistics for place in range(len(PLACE)))
            self._known[group] = (level.min, level.max, code.min, code.max)
        return self._known[group]

    def read(self, groups: Iterable[int] | None = None) -> pa.Table:
        """Read the rows of some row groups, or all of them; texts stay dictionaries, as they are in the file."""
        with pq.ParquetFile(self.path, metadata=self.metadata, read_dictionary=self.texts) as file:
            if groups is None:
                return file.read(use_threads=False)
            return file.read_row_groups(list(groups), use_threads=False)

    def to_pandas(self, content: pa.Table) -> pd.DataFrame:
        """Convert rows read, with the types that the table was written with."""
        schema = pa.schema(self.schema.field(name) for name in content.column_names)
        return content.cast(schema).to_pandas(use_threads=False)


def _checked(folder: Path, table: str) -> _Opened:
    if hashes(folder) and _version(folder) != _versions[folder]:
        raise StoreError(
            f"Le magasin de données a été renouvelé pendant sa lecture : {folder}.",
            remedy="Recommencez depuis le début (premier bloc du carnet, ou même commande) : les chiffres déjà lus "
            "sont ceux du magasin précédent.",
        )
    return _open(folder, table)


@cache
def _open(folder: Path, table: str) -> _Opened:
    path = folder / f"{table}.parquet"
    expected = hashes(folder).get(table)
    if expected is None or not path.is_file():
        raise StoreError(
            f"Table {table!r} absente du magasin de données : {path}.",
            remedy=f"{_remedy(folder)} ou lancez make embedded. "
            f"Tables connues : {', '.join([*schemas.TABLES, 'territories', 'former_communes', 'sources'])}.",
        )
    if _seen(folder).get(table) != _stamp(path) and paths.hash_file(path) != expected:
        raise StoreError(
            f"La table {table!r} a été modifiée ou tronquée : {path} (empreinte différente de {INDEX}).",
            remedy=f"{_remedy(folder)} ou lancez make embedded.",
        )
    metadata = pq.read_metadata(path)
    return _Opened(path, metadata, metadata.schema.to_arrow_schema())


@cache
def _seen(folder: Path) -> dict[str, list[int]]:
    path = folder / _SEEN
    try:
        return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else {}
    except ValueError:
        # Unreadable, it says nothing: every table is hashed.
        return {}


def _are_in(column: pa.ChunkedArray, values: list[str]) -> pa.ChunkedArray:
    if len(values) == 1:
        return pc.equal(column, values[0])
    return pc.is_in(column, pa.array(values, pa.string()))


def is_text(kind: pa.DataType) -> bool:
    """Tell whether a column of this type holds texts."""
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _stamp(path: Path) -> list[int]:
    state = path.stat()
    return [state.st_size, state.st_mtime_ns]


def _remedy(folder: Path) -> str:
    if folder == paths.NATIONAL:
        return f"Relancez make data, qui le refait, effacez {folder} pour revenir aux données embarquées"
    return "Restaurez data/embedded/ depuis le dépôt (git checkout data/embedded)"
