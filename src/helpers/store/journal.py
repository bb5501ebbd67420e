"""What an ingest knows: what each part was made from, what it reports, what its steps share."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from helpers import paths
from helpers.store.geography import Geography

JOURNAL = "journal.json"

Progress = Callable[[str], None]


@dataclass
class Report:
    """What an ingest did.

    `read`, `kept`, `absent` are identifiers of sources: read this time, unchanged since a former ingest, without
    a file at hand. `failures` gives the message of each source that could not be read; `notes` are sentences on
    what has no value. `rows` counts the rows of each table, `rebuilt` names the tables written anew.
    """

    geography: int
    read: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    failures: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    rebuilt: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Journal:
    """What a part was made from, and what it holds: rows by table, sentences to report."""

    file: str
    size: int
    modified: int
    sha256: str
    record: str
    code: str
    geography: str
    rows: dict[str, int]
    notes: list[str]

    @property
    def mark(self) -> str:
        """The mark of the content of the part: a hash."""
        return hash_texts([self.sha256, self.record, self.code, self.geography])

    def holds(self, made_from: Mapping[str, object], *, part: Path) -> bool:
        """Tell whether the part, whole, is what these would give again."""
        same = all(
            made_from[name] == getattr(self, name) for name in ("sha256", "record", "code", "geography")
        )
        return same and self.is_whole(part)

    def is_whole(self, part: Path) -> bool:
        """Tell whether every table of the part is there."""
        return all((part / f"{table}.parquet").is_file() for table in self.rows)


@dataclass(frozen=True)
class Context:
    """What every step of an ingest needs.

    `parts` is the folder of the parts, `temporary` one for what is being written; `code` is the hash of the code that
    reads and consolidates; `progress` receives each step, in French.
    """

    parts: Path
    geography: Geography
    code: str
    temporary: Path
    progress: Progress


def read_journal(part: Path) -> Journal | None:
    """Read the journal of a part; nothing when the part is missing or was left by another version."""
    try:
        return Journal(**json.loads((part / JOURNAL).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def describe_file(path: Path, *, former: Journal | None) -> dict[str, str | int]:
    """Describe a file: name, size, date, and hash, that of the journal while size and date have not changed."""
    state = path.stat()
    same = former is not None and (former.file, former.size, former.modified) == (
        path.name,
        state.st_size,
        state.st_mtime_ns,
    )
    return {
        "file": path.name,
        "size": state.st_size,
        "modified": state.st_mtime_ns,
        "sha256": former.sha256 if same and former is not None else paths.hash_file(path),
    }


def hash_texts(texts: Iterable[object]) -> str:
    """Compute the hash of some texts."""
    return sha256("\n".join(map(str, texts)).encode()).hexdigest()
