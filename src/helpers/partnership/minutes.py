"""Making the minute of a workshop: what was touched by hand is never overwritten, what changed since is listed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from helpers import french, paths
from helpers.contributions import kept
from helpers.contributions.workshop import Workshop
from helpers.errors import ParameterError
from helpers.partnership import minute_pdf, minute_word
from helpers.partnership.convention import NAME, Convention, read_convention
from helpers.partnership.minute import STATES, Minute, Writer

# What was written, by name: its hash tells a document that someone has touched since.
_WRITTEN = "documents.json"
_STATES = {"": STATES[0], "projet": STATES[0], "relu": STATES[1], "diffuse": STATES[2]}


@dataclass(frozen=True)
class Made:
    """The files of a minute, and what changed since the version that was touched."""

    minute: Minute
    word: Path
    pdf: Path
    changes: list[str]
    touched: Path | None = None


def make(slug: str, number: int, *, sent: date, state: str = "") -> Made:
    """Make the minute of a workshop that was imported, as a Word document and a PDF.

    What was typed in its last version is taken again. A document touched by hand stays as it is: the new one is
    numbered, and what changed is listed.

    Raises:
        ParameterError: nothing was imported; the convention or the last version cannot be read; unknown state.
        BuildError: a library that PDF needs is missing.
    """
    workshop = kept.read_workshop(slug, number)
    if workshop is None:
        raise ParameterError(
            f"L'atelier {number} de {slug} n'a pas été importé : il n'y a rien à rapporter.",
            remedy=f"Importez d'abord les saisies : make atelier-import commune={slug} numero={number}.",
        )
    if french.fold(state) not in _STATES:
        raise ParameterError(f"État {state!r} inconnu.", remedy="etat=projet, relu ou diffuse.")
    folder = kept.capture_folder(slug, number)
    written = _read_written(folder)
    last = _find_last(folder, workshop, written)
    typed = minute_word.read_typed(last) if last else {}
    minute = Writer(workshop, find_convention(slug), sent, typed, _STATES[french.fold(state)]).write()
    word = _choose(folder, minute, written)
    touched = last if last and _is_touched(last, written) else None
    changes = _compare(minute_word.read_lines(last), minute) if last and touched else []
    contents = {
        word: minute_word.write(minute, made=minute_word.made_on(sent)),
        word.with_suffix(".pdf"): minute_pdf.write(minute),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for path, content in contents.items():
        with paths.replacing(path) as aside:
            aside.write_bytes(content)
        written[path.name] = hashlib.sha256(content).hexdigest()
    _write_written(folder, written)
    return Made(minute, word, word.with_suffix(".pdf"), changes, touched)


def find_convention(slug: str) -> Convention:
    """Read the convention of a commune; its defaults where there is none.

    Raises:
        ParameterError: it cannot be read.
    """
    path = kept.partnership_folder(slug) / NAME
    return read_convention(path) if path.is_file() else Convention()


def drop_written(slug: str, number: int) -> list[Path]:
    """Remove the minutes that nobody has touched; return those that someone has, which still hold what they said."""
    folder = kept.capture_folder(slug, number)
    written = _read_written(folder)
    left = []
    for path in sorted(folder.glob("*-compte-rendu*")):
        if path.suffix == ".docx" and _is_touched(path, written):
            left.append(path)
        else:
            path.unlink()
    _write_written(folder, {path.name: written[path.name] for path in left if path.name in written})
    return left


def _choose(folder: Path, minute: Minute, written: Mapping[str, str]) -> Path:
    """Name the document: `-projet` while something is to be typed, a number after what someone has touched."""
    name = f"{minute.name}-compte-rendu{'-projet' if minute.is_draft else ''}"
    path, rank = folder / f"{name}.docx", 1
    while path.is_file() and _is_touched(path, written):
        rank += 1
        path = folder / f"{name}-{rank}.docx"
    return path


def _find_last(folder: Path, workshop: Workshop, written: Mapping[str, str]) -> Path | None:
    """Find the last version touched by hand, else the last one."""
    found = sorted(
        folder.glob(f"{workshop.kit.name}-compte-rendu*.docx"), key=lambda path: path.stat().st_mtime_ns
    )
    touched = [path for path in found if _is_touched(path, written)]
    return [*found, *touched][-1] if found else None


def _is_touched(path: Path, written: Mapping[str, str]) -> bool:
    return hashlib.sha256(path.read_bytes()).hexdigest() != written.get(path.name)


def _compare(former: list[str], minute: Minute) -> list[str]:
    """List the lines that the new version has not, and those that it has anew."""
    new = [line.strip() for line in minute.lines() if line.strip()]
    # The state and the captions of figures are told elsewhere.
    known, told = set(former), set(new)
    gone = [
        f"− {line}" for line in former if line not in told and not line.startswith(("État", "Mise en page"))
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
    with paths.replacing(folder / _WRITTEN) as aside:
        aside.write_text(json.dumps(dict(sorted(written.items())), indent=1) + "\n", encoding="utf-8")
