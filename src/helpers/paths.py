"""Where things are. Nothing in the package depends on the working directory.

A folder that the environment gives by a relative path is one of the project: notebooks run elsewhere than the command.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = ROOT / "notebooks"
# `$HELPERS_PARAMS` (that of the fictional example), or `params/`.
PARAMS = ROOT / (os.environ.get("HELPERS_PARAMS") or "params")
# `$HELPERS_OUTPUTS`, or `outputs/`.
OUTPUTS = ROOT / (os.environ.get("HELPERS_OUTPUTS") or "outputs")
# In the environment of a notebook executed for documents: exhibits draw what no page shows.
DOCUMENTS = "HELPERS_DOCUMENTS"
EMBEDDED = ROOT / "data" / "embedded"
NATIONAL = ROOT / "data" / "store" / "national"
RAW = ROOT / "data" / "raw"
# What `params/<commune>/` keeps of a partnership: its convention, and what the commune confides, which git ignores.
CONVENTION = "convention.yml"
MATERIALS = Path("prive", "materiaux")
# It holds the mark of each file of the materials.
PROVENANCE = MATERIALS / "provenance.json"
TEMPLATES = Path(__file__).resolve().parent / "publication" / "templates"


def annexes_folder(slug: str) -> Path:
    """Return the folder of the figures that an analyst has kept for a commune: `params/<slug>/annexes/`."""
    return PARAMS / slug / "annexes"


def list_annexes(slug: str) -> list[Path]:
    """List the files of the figures kept for a commune, by name."""
    return sorted(annexes_folder(slug).glob("*.json"))


def list_logos() -> list[Path]:
    """List the files of the logos, by name."""
    return sorted((PARAMS / "logos").glob("*.*"))


def sources_folder() -> Path:
    """Return the folder of the official files: `$HELPERS_SOURCES`, or `data/raw/`."""
    return ROOT / (os.environ.get("HELPERS_SOURCES") or RAW)


def fetched_folder(code: str) -> Path:
    """Return the folder of the figures fetched for a commune: `data/store/<code>/`, or under `$HELPERS_FETCHED`."""
    return ROOT / (os.environ.get("HELPERS_FETCHED") or Path("data", "store")) / code


def store_folder() -> Path:
    """Return the folder of the store that the diagnostics read.

    `$HELPERS_STORE` (of an address, the copy of it), else the national store once it is whole, else `data/embedded/`.
    """
    if address := store_address():
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        return cache / "diagnostic" / hashlib.sha256(address.encode()).hexdigest()[:16]
    if chosen := os.environ.get("HELPERS_STORE"):
        return ROOT / chosen
    for folder in (NATIONAL, former_store(NATIONAL)):
        if (folder / "tables.json").is_file():
            return folder
    return EMBEDDED


def indicators_folder() -> Path:
    """Folder of the tables of indicators: `data/indicators/`, or `$HELPERS_INDICATORS`."""
    return ROOT / (os.environ.get("HELPERS_INDICATORS") or Path("data", "indicators"))


def store_address() -> str:
    """Return the address (`s3://bucket/store`) that `$HELPERS_STORE` gives; empty when it gives a folder."""
    chosen = os.environ.get("HELPERS_STORE", "")
    return chosen if "://" in chosen else ""


def former_store(folder: Path) -> Path:
    """Return where a store is kept while a new one takes its place."""
    return folder.with_name(f".{folder.name}-former")


def parts_folder(store: Path) -> Path:
    """Return the folder of what each official file gave, beside the store made from it."""
    return store.with_name("parts")


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give another name to write a file under, then put it in place of the former one: nobody reads half of it.

    A write that fails leaves the former file as it was, and nothing beside it.
    """
    # Another program may be writing it too.
    aside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        yield aside
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def hash_file(path: Path) -> str:
    """Compute the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write(path: Path, content: str | bytes) -> None:
    """Write a file under another name, then put it in place of the former one: nobody reads half of it."""
    with replacing(path) as aside:
        aside.write_bytes(content.encode() if isinstance(content, str) else content)
