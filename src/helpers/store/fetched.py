"""The official figures fetched for one commune, over those of the store, and what the producer says of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from helpers import paths, schemas
from helpers.store.tables import has, read, read_reference

_NOTES = "notes.json"
_SOURCES = "sources"


def find_fetched(code: str) -> Path | None:
    """Find the folder of the official figures fetched for a commune, if any."""
    folder = paths.fetched_folder(code)
    return folder if folder.is_dir() else None


def overlay(
    embedded: pd.DataFrame, official: pd.DataFrame, *, table: str, areas: Iterable[tuple[str, str]]
) -> pd.DataFrame:
    """Lay the official values fetched for `areas` (pairs of level and code) over the embedded ones.

    Rows of a table of the store, in its order. An official value takes the place of the embedded one. What was
    simulated for these areas goes altogether, even where nothing official takes its place: a page is either real or
    says otherwise.
    """
    fetched = pd.MultiIndex.from_frame(embedded[["level", "code"]]).isin(list(areas))
    kept = embedded[~(fetched & (embedded["origin"] == "demonstration"))]
    key = schemas.key_columns(table)
    both = pd.concat([official[kept.columns], kept], ignore_index=True).drop_duplicates(key, keep="first")
    return both.sort_values(key, ignore_index=True)


def keep_former(
    tables: Mapping[str, pd.DataFrame], sources: pd.DataFrame, *, folder: Path
) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """Add to tables just received, and to their `sources`, what the folder has of the sources that gave nothing now.

    What is received wins. Sources have the columns of the store's.
    """
    merged, every = dict(tables), sources
    if has_fetched(folder):
        former = read_reference(_SOURCES, folder=folder)
        former = former[~former["id"].isin(sources["id"])]
        every = pd.concat([sources, former], ignore_index=True) if len(former) else sources
        for name in (name for name in schemas.TABLES if has(name, folder=folder)):
            kept = read(name, folder=folder)
            kept = kept[kept["source"].isin(former["id"])]
            if len(kept):
                both = pd.concat([tables[name], kept], ignore_index=True) if name in tables else kept
                key = schemas.key_columns(name)
                merged[name] = both.drop_duplicates(key).sort_values(key, ignore_index=True)
    used = {source for table in merged.values() for source in table["source"].unique()}
    return merged, every[every["id"].isin(used)].reset_index(drop=True)


def has_fetched(folder: Path) -> bool:
    """Tell whether a folder holds figures fetched with their sources."""
    return (folder / f"{_SOURCES}.parquet").is_file()


def read_sources(folder: Path, *, fetched: Path | None) -> pd.DataFrame:
    """Read the sources of a store, those of the figures fetched for a commune in the place of theirs.

    The columns of `sources`, and `apart`: true of the sources whose figures stayed in their own list of communes.
    """
    every = read_reference(_SOURCES, folder=folder).assign(apart=False)
    if fetched is None or not has_fetched(fetched):
        return every
    own = read_reference(_SOURCES, folder=fetched).assign(apart=True)
    return pd.concat([own, every[~every["id"].isin(own["id"])]], ignore_index=True)


def write_notes(notes: pd.DataFrame, areas: Iterable[tuple[str, str]], folder: Path) -> None:
    """Keep what the producer says beside the values of a folder, and the areas that these are of.

    `notes` has `level, code, year, status, source`.
    """
    content = {"notes": notes.to_dict("records"), "areas": sorted(map(list, areas))}
    (folder / _NOTES).write_text(json.dumps(content, ensure_ascii=False) + "\n", encoding="utf-8")


def includes_another(code: str, *, folder: Path) -> bool:
    """Tell whether the producer says that the commune's figures hold those of another one (status W)."""
    return any(note["code"] == code and note["status"] == "W" for note in _read_notes(folder)["notes"])


def list_fetched(folder: Path) -> list[tuple[str, str]]:
    """List the areas (pairs of level and code) whose figures were fetched into a folder."""
    return [(level, code) for level, code in _read_notes(folder)["areas"]]


def _read_notes(folder: Path) -> dict[str, list]:
    path = folder / _NOTES
    found = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
    # A folder of before has only its notes.
    return found if isinstance(found, dict) else {"notes": found, "areas": []}
