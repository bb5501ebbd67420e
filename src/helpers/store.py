"""The store: Parquet tables of tidy values, read with pruning, guarded by their hashes."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from helpers import schemas
from helpers.errors import StoreError

_INDEX = "tables.json"
_NOTES = "notes.json"
_ROW_GROUP = 32_768


def write(tables: dict[str, pd.DataFrame], folder: Path) -> None:
    """Write every table as Parquet, and the index of their hashes.

    All is written aside first, then renamed: a write that fails leaves the store as it was.
    """
    index = {}
    with tempfile.TemporaryDirectory(dir=folder, prefix=".ecriture-") as temporary:
        aside = Path(temporary)
        for name in sorted(tables):
            path = aside / f"{name}.parquet"
            table = pa.Table.from_pandas(tables[name], preserve_index=False)
            # Nothing of the machine or of pandas goes into the file: the same tables give the same bytes.
            pq.write_table(
                table.replace_schema_metadata(None),
                path,
                compression="zstd",
                compression_level=15,
                row_group_size=_ROW_GROUP,
                version="2.6",
            )
            index[name] = {"rows": len(tables[name]), "sha256": _sha256(path)}
        (aside / _INDEX).write_text(json.dumps(index, indent=1) + "\n", encoding="utf-8")
        for name in index:
            (aside / f"{name}.parquet").replace(folder / f"{name}.parquet")
        (aside / _INDEX).replace(folder / _INDEX)
    forget()


def forget() -> None:
    """Forget the state of the tables: they have changed on disk."""
    hashes.cache_clear()
    _checked.cache_clear()


def read(table: str, *, folder: Path, areas: Iterable[tuple[str, str]] | None = None) -> pd.DataFrame:
    """A table of the store, restricted to `areas` (pairs of level and code) when given.

    Raises:
        StoreError: the table is missing, or is not the one the index describes.
    """
    path = _checked(folder, table)
    condition = None
    if areas is not None:
        by_level: dict[str, list[str]] = {}
        for level, code in areas:
            by_level.setdefault(level, []).append(code)
        condition = [[("level", "==", level), ("code", "in", codes)] for level, codes in by_level.items()]
        if not condition:
            return pq.ParquetFile(path).schema_arrow.empty_table().to_pandas()
    return pq.read_table(path, filters=condition).to_pandas()


def overlay(
    embedded: pd.DataFrame, official: pd.DataFrame, *, table: str, areas: Iterable[tuple[str, str]]
) -> pd.DataFrame:
    """Embedded values under the official ones fetched for `areas`, in the order of the store.

    An official value takes the place of the embedded one. What was simulated for these areas goes
    altogether, even where nothing official takes its place: a page is either real or says otherwise.
    """
    fetched = pd.MultiIndex.from_frame(embedded[["level", "code"]]).isin(list(areas))
    kept = embedded[~(fetched & (embedded["origin"] == "demonstration"))]
    key = schemas.key_columns(table)
    both = pd.concat([official[kept.columns], kept], ignore_index=True).drop_duplicates(key, keep="first")
    return both.sort_values(key, ignore_index=True)


def write_notes(notes: pd.DataFrame, folder: Path) -> None:
    """Keep what the producer says beside the values of a folder: `level, code, year, status, source`."""
    notes.to_json(folder / _NOTES, orient="records", force_ascii=False)


def includes_another(code: str, *, folder: Path) -> bool:
    """True when the producer says that the commune's figures hold those of another one (status W)."""
    path = folder / _NOTES
    notes = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
    return any(note["code"] == code and note["status"] == "W" for note in notes)


def has(table: str, *, folder: Path) -> bool:
    """True when the store of this folder has the table."""
    return table in hashes(folder)


def read_reference(
    table: str, *, folder: Path, key: str | None = None, values: Iterable[str] = ()
) -> pd.DataFrame:
    """A table of reference (territories, former communes, sources, outlines), restricted to some keys.

    Raises:
        StoreError: the table is missing, or is not the one the index describes.
    """
    path = _checked(folder, table)
    condition = None if key is None else [(key, "in", list(values))]
    if condition and not condition[0][2]:
        return pq.ParquetFile(path).schema_arrow.empty_table().to_pandas()
    return pq.read_table(path, filters=condition).to_pandas()


@cache
def hashes(folder: Path) -> dict[str, str]:
    """The hash of every table, as the index of the store gives it.

    Raises:
        StoreError: the folder holds no readable index.
    """
    try:
        index = json.loads((folder / _INDEX).read_text(encoding="utf-8"))
        return {name: record["sha256"] for name, record in index.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise StoreError(
            f"Magasin de données illisible : {folder / _INDEX} ({error}).",
            remedy="Restaurez data/embedded/ depuis le dépôt (git checkout data/embedded).",
        ) from error


@cache
def _checked(folder: Path, table: str) -> Path:
    path = folder / f"{table}.parquet"
    expected = hashes(folder).get(table)
    if expected is None or not path.is_file():
        raise StoreError(
            f"Table {table!r} absente du magasin de données : {path}.",
            remedy="Restaurez data/embedded/ depuis le dépôt (git checkout data/embedded) ou lancez make embedded. "
            f"Tables connues : {', '.join([*schemas.TABLES, 'territories', 'former_communes', 'sources'])}.",
        )
    if _sha256(path) != expected:
        raise StoreError(
            f"La table {table!r} a été modifiée ou tronquée : {path} (empreinte différente de {_INDEX}).",
            remedy="Restaurez data/embedded/ depuis le dépôt (git checkout data/embedded) ou lancez make embedded.",
        )
    return path


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
