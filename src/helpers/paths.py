"""Where things are. Nothing in the package depends on the working directory."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = ROOT / "notebooks"
PARAMS = ROOT / "params"
OUTPUTS = ROOT / "outputs"
EMBEDDED = ROOT / "data" / "embedded"
RAW = ROOT / "data" / "raw"
LOCK = ROOT / "requirements.txt"
TEMPLATES = Path(__file__).resolve().parent / "build" / "templates"


def sources_folder() -> Path:
    """Folder of the official files: `$HELPERS_SOURCES`, or `data/raw/`."""
    return Path(os.environ.get("HELPERS_SOURCES") or RAW)


def fetched_folder(code: str) -> Path:
    """Folder of the official figures fetched for a commune: `data/store/<code>/`, or under `$HELPERS_FETCHED`."""
    return Path(os.environ.get("HELPERS_FETCHED") or ROOT / "data" / "store") / code


def store_folder() -> Path:
    """Folder of the store that the diagnostics read: `$HELPERS_STORE`, or `data/embedded/`."""
    return Path(os.environ.get("HELPERS_STORE") or EMBEDDED)
