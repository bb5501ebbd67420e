"""The official figures fetched for one commune, over those of the store, and what the producer says of them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from helpers import schemas

_NOTES = "notes.json"


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


def write_notes(notes: pd.DataFrame, folder: Path) -> None:
    """Keep what the producer says beside the values of a folder: `level, code, year, status, source`."""
    notes.to_json(folder / _NOTES, orient="records", force_ascii=False)


def includes_another(code: str, *, folder: Path) -> bool:
    """Tell whether the producer says that the commune's figures hold those of another one (status W)."""
    path = folder / _NOTES
    notes = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
    return any(note["code"] == code and note["status"] == "W" for note in notes)
