"""Files and folders of diagnostics: hashed, packed, put in place at once."""

from __future__ import annotations

import fcntl
import hashlib
import io
import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from helpers import paths

# The diagnostic just replaced, in the temporary folder of the new one.
FORMER = "former"
# Letters of a hash that is kept short.
SHORT = 16


def hash_file(path: Path) -> str:
    """Hash the content of a file; empty where it cannot be read."""
    try:
        return paths.hash_file(path)
    except OSError:
        return ""


def is_inside(name: str) -> bool:
    """Tell whether the name of a file, given by an address, stays in the folder that it is said from."""
    parts = name.replace("\\", "/").split("/")
    return bool(name) and not {"", ".", ".."}.intersection(parts) and ":" not in parts[0] and "\0" not in name


def short(mark: str) -> str:
    """Shorten a hash: enough to tell two states apart."""
    return mark[:SHORT]


def hash_values(values: Any) -> str:
    """Hash plain values (what JSON can hold), whatever the order of the keys."""
    return short(hashlib.sha256(json.dumps(values, sort_keys=True, ensure_ascii=False).encode()).hexdigest())


def pack(files: Mapping[str, bytes], *, day: date) -> bytes:
    """Pack files, by name, as a zip that has the same bytes for the same files: all are dated `day` (1980 or later)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, date_time=(day.year, day.month, day.day, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            # By default it would name the system that packs.
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            packed.writestr(entry, files[name])
    return buffer.getvalue()


def replace_folder(new: Path, place: Path) -> Path:
    """Put a folder in place of the former one, which takes the name `former` beside the new one; return its place."""
    with locked(place.parent):
        if place.exists():
            place.rename(new.with_name(FORMER))
        new.rename(place)
    return place


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Make other programs that build in a folder wait: while one diagnostic is looked at, or replaced."""
    with holding(folder, wait=True):
        yield


@contextmanager
def holding(folder: Path, *, wait: bool = False) -> Iterator[bool]:
    """Hold a folder until the end of the block, or of this program; tell whether it could be held.

    `wait` until the program that holds it lets it go.
    """
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(handle)


@contextmanager
def making(slug: str, outputs: Path) -> Iterator[Path]:
    """Make beside the diagnostics a temporary folder where the one of a commune is built, and hold it meanwhile."""
    with ExitStack() as stack:
        with locked(outputs):
            made = tempfile.TemporaryDirectory(dir=outputs, prefix=f".{slug}-")
            name = stack.enter_context(made)
            stack.enter_context(holding(Path(name)))
        yield Path(name)


def sweep(outputs: Path) -> None:
    """Remove from the diagnostics the temporary folders that killed programs have left there: nobody holds them.

    A former diagnostic that was not replaced yet goes back to its place.
    """
    with locked(outputs):
        for left in outputs.glob(".*-*/"):
            slug = left.name[1:].rpartition("-")[0]
            if not any((left / name).is_dir() for name in (slug, FORMER)):
                continue
            with holding(left) as is_free:
                if is_free:
                    if (left / FORMER).is_dir() and not (outputs / slug).exists():
                        (left / FORMER).rename(outputs / slug)
                    shutil.rmtree(left, ignore_errors=True)
