"""Documents that people complete by hand: one touched by hand is never overwritten, what changed since is listed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from helpers import paths
from helpers.partnership import minute_pdf, minute_word
from helpers.partnership.minute import Minute

# What was written, by name: its hash reveals a document that someone has touched since.
_WRITTEN = "documents.json"


@dataclass(frozen=True)
class Made:
    """The files of a document, and what changed since the version that was touched."""

    minute: Minute
    word: Path
    pdf: Path
    changes: list[str]
    touched: Path | None = None


def read_typed(folder: Path, name: str) -> dict[str, str]:
    """Read what was typed by hand in the last version of a document; nothing where there is none.

    Raises:
        ParameterError: the last version is no Word document.
    """
    last = _find_last(folder, name, _read_written(folder))
    return minute_word.read_typed(last) if last else {}


def write(folder: Path, minute: Minute, *, day: date) -> Made:
    """Write a document in a folder under its name, as Word and PDF.

    One touched by hand stays as it is: the new one is numbered, and what changed is listed.

    Raises:
        ParameterError: the last version is no Word document.
        BuildError: a library that PDF needs is missing.
    """
    written = _read_written(folder)
    last = _find_last(folder, minute.name, written)
    touched = last if last and _is_touched(last, written) else None
    changes = _compare(minute_word.read_lines(touched), minute) if touched else []
    word = _choose(folder, minute, written)
    contents = {
        word: minute_word.write(minute, made=minute_word.made_on(day)),
        word.with_suffix(".pdf"): minute_pdf.write(minute),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for path, content in contents.items():
        paths.write(path, content)
        written[path.name] = hashlib.sha256(content).hexdigest()
    _write_written(folder, written)
    return Made(minute, word, word.with_suffix(".pdf"), changes, touched)


def drop(folder: Path, pattern: str = "*") -> list[Path]:
    """Remove the documents that nobody has touched; return those that someone has, which still hold what they said."""
    written = _read_written(folder)
    left = []
    for path in sorted([*folder.glob(f"{pattern}.docx"), *folder.glob(f"{pattern}.pdf")]):
        if path.suffix == ".docx" and _is_touched(path, written):
            left.append(path)
        else:
            path.unlink()
    _write_written(folder, {path.name: written[path.name] for path in left if path.name in written})
    return left


def _choose(folder: Path, minute: Minute, written: Mapping[str, str]) -> Path:
    """Name the document: `-projet` while something is to be typed, a number after what someone has touched."""
    name = f"{minute.name}{'-projet' if minute.is_draft else ''}"
    path, rank = folder / f"{name}.docx", 1
    while path.is_file() and _is_touched(path, written):
        rank += 1
        path = folder / f"{name}-{rank}.docx"
    return path


def _find_last(folder: Path, name: str, written: Mapping[str, str]) -> Path | None:
    """Find the last version touched by hand, else the last one."""
    found = sorted(folder.glob(f"{name}*.docx"), key=lambda path: path.stat().st_mtime_ns)
    touched = [path for path in found if _is_touched(path, written)]
    return [*found, *touched][-1] if found else None


def _is_touched(path: Path, written: Mapping[str, str]) -> bool:
    return hashlib.sha256(path.read_bytes()).hexdigest() != written.get(path.name)


def _compare(former: list[str], minute: Minute) -> list[str]:
    """List the lines that the new version has not, and those that it has anew."""
    new = [line.strip() for line in minute.lines() if line.strip()]
    # The state and the captions of figures are reported elsewhere.
    known, current = set(former), set(new)
    gone = [
        f"− {line}"
        for line in former
        if line not in current and not line.startswith(("État", "Mise en page"))
    ]
    come = [f"+ {line}" for line in new if line not in known and not any(line in other for other in former)]
    return [line for line in gone if not any(line[2:] in other or other in line[2:] for other in new)] + come


def _read_written(folder: Path) -> dict[str, str]:
    try:
        return dict(json.loads((folder / _WRITTEN).read_text(encoding="utf-8")))
    except (OSError, ValueError):
        # Unknown: every document there is deemed touched, and kept.
        return {}


def _write_written(folder: Path, written: Mapping[str, str]) -> None:
    if not folder.is_dir():
        return
    paths.write(folder / _WRITTEN, json.dumps(dict(sorted(written.items())), indent=1) + "\n")
