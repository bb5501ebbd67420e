"""Files and folders of diagnostics: hashed, packed, put in place at once."""

from __future__ import annotations

import hashlib
import io
import json
import os
import sys
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from helpers import paths


def hash_file(path: Path) -> str:
    """Hash the content of a file; empty where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def hash_values(values: Any) -> str:
    """Hash plain values (what JSON can hold), whatever the order of the keys."""
    return hashlib.sha256(json.dumps(values, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def write(path: Path, content: str | bytes) -> None:
    """Write a file under another name, then put it in place of the former one: nobody reads half of it."""
    with paths.replacing(path) as aside:
        aside.write_bytes(content.encode() if isinstance(content, str) else content)


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


def replace_folder(new: Path, place: Path, *, trash: Path) -> Path:
    """Put a folder in place of the former one, which becomes `trash`; return its place."""
    with locked(place.parent):
        if place.exists():
            place.rename(trash)
        new.rename(place)
    return place


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Make other programs that build in a folder wait: while one diagnostic is looked at, or replaced."""
    if sys.platform == "win32":
        # Folders cannot be locked there: two builds at once may end in an error of writing.
        yield
        return
    import fcntl

    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
