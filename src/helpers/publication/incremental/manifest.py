"""The manifest of a diagnostic: the record of how it was built, in the file `manifest.json` of its folder.

What many diagnostics were made from alike is kept once beside them, in a file that their manifests name: its own name
is the hash of what it holds. It is there whole, or taken as absent.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from helpers import paths
from helpers.publication import files
from helpers.publication.incremental.keys import is_of_project, partnership_keys

MANIFEST = "manifest.json"
# Where what they share is among the diagnostics, beside the table of the site.
_SHARED = "site/empreintes"
_NAME = re.compile(rf"{_SHARED}/[0-9a-f]{{{files.SHORT}}}\.json")
# Seconds after which a file that no manifest names is deleted: a build writes it just before its manifest.
_YOUNG = 24 * 3600


@dataclass(frozen=True)
class NotebookRecord:
    """What one notebook was executed from: the keys of what it read, the hash of its parameters."""

    reads: list[str]
    parameters: str


@dataclass(frozen=True)
class BuildRecord:
    """What the manifest of a diagnostic says of how it was built.

    `inputs` are the fingerprints of everything read, by key; `request` the keys of the files that the parameters come
    from; `dates` those of the tables that its dates come from; `parts` its notebooks, by stem; `outputs` the marks of
    the files and folders written, by name.
    """

    inputs: dict[str, str]
    request: list[str]
    dates: list[str]
    parts: dict[str, NotebookRecord]
    outputs: dict[str, list[str]] = field(default_factory=dict)


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read the manifest of a diagnostic; nothing is in it where it cannot be read."""
    try:
        content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def mark_inputs(manifest: Mapping[str, Any]) -> str:
    """Hash what a diagnostic was made from, as its manifest lists it."""
    return files.hash_values([manifest["build"][name] for name in ("shared", "inputs")])


def mark_execution(manifest: Mapping[str, Any], *, slug: str) -> str:
    """Hash what the notebooks of a diagnostic were executed from: what was said at a workshop only changes its pages.

    Of the files that its parameters come from, the parameters alone count.
    """
    build = manifest["build"]
    pages_alone = {*build["request"]}.difference(partnership_keys(slug))
    read = {key: mark for key, mark in build["inputs"].items() if key not in pages_alone}
    return files.hash_values([build["shared"], build["parameters"], read])


def read_record(folder: Path) -> BuildRecord | None:
    """Read the record of a diagnostic; nothing where none can be read: it is then to be built."""
    try:
        return _read_record(folder)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _read_record(folder: Path) -> BuildRecord:
    build = read_manifest(folder)["build"]
    common = _read_shared(folder.parent, build["shared"])
    own = partnership_keys(folder.name)
    found = BuildRecord(
        inputs=common["inputs"] | build["inputs"],
        request=build["request"],
        dates=common["dates"],
        parts={
            stem: NotebookRecord([*common["reads"][stem], *own], str(mark))
            for stem, mark in build["parameters"].items()
        },
        outputs={name: [*map(str, marks)] for name, marks in build["outputs"].items()},
    )
    # Nobody wrote it here: a file elsewhere on this machine is neither read nor written for it.
    is_sound = all(map(files.is_inside, found.outputs)) and not any("../" in key for key in build["inputs"])
    # A key without its fingerprint would never be seen to change.
    keys = {*found.request, *found.dates, *(key for part in found.parts.values() for key in part.reads)}
    if not is_sound or not keys <= found.inputs.keys():
        raise ValueError(folder)
    return found


def write_manifest(
    folder: Path,
    content: Mapping[str, Any],
    record: BuildRecord,
    *,
    outputs: Path,
    common: Callable[[str], str],
) -> None:
    """Write the manifest of a diagnostic, once all its files are in its folder.

    Args:
        folder: where it is.
        content: what the manifest says, beside how it was built.
        record: how it was built.
        outputs: the folder of the diagnostics, where it is to be.
        common: gives the fingerprints that are those of every commune.
    """
    own = {*record.request, *partnership_keys(folder.name)}
    marks = {key: common(key) for key in record.inputs if key not in own and is_of_project(key)}
    reads = {stem: [key for key in part.reads if key not in own] for stem, part in record.parts.items()}
    build = {
        "shared": _share(outputs, {"inputs": marks, "dates": record.dates, "reads": reads}),
        "inputs": {key: mark for key, mark in record.inputs.items() if marks.get(key) != mark},
        "request": record.request,
        "parameters": {stem: part.parameters for stem, part in record.parts.items()},
        "outputs": {
            path.name: mark_output(path) for path in sorted(folder.iterdir()) if path.name != MANIFEST
        },
    }
    _write(folder / MANIFEST, {**content, "build": build})


def renew_output(folder: Path, name: str) -> None:
    """Update what the manifest has of an output, after another writing of it."""
    content = read_manifest(folder)
    known = content.get("build", {}).get("outputs", {})
    if name in known:
        known[name] = mark_output(folder / name)
        _write(folder / MANIFEST, content)


def mark_output(path: Path) -> list[str]:
    """Mark a file, or all those of a folder: by size and time, then by content."""
    return [_fold(path, _look), _fold(path, _hash)]


def is_written(path: Path, marks: list[str]) -> bool:
    """Tell whether an output is still the one that was marked; its content is read only where it looks changed."""
    return [_fold(path, _look)] == marks[:1] or [_fold(path, _hash)] == marks[1:]


def list_shared(folders: Iterable[Path]) -> set[str]:
    """List the files that diagnostics share, as their manifests say, by name from the folder of them all."""
    builds = [read_manifest(folder).get("build") for folder in folders]
    names = {str(build.get("shared")) for build in builds if isinstance(build, dict)}
    return {name for name in names if _NAME.fullmatch(name)}


def sweep(outputs: Path) -> None:
    """Remove what diagnostics shared and that none of the folder names any more: all their manifests are read."""
    named = list_shared(file.parent for file in outputs.glob(f"*/{MANIFEST}"))
    with files.locked(outputs):
        for path in outputs.glob(f"{_SHARED}/*"):
            if f"{_SHARED}/{path.name}" not in named and time.time() - path.stat().st_mtime > _YOUNG:
                path.unlink()


def _share(outputs: Path, content: Mapping[str, Any]) -> str:
    """Write what diagnostics share, unless it is there; return its name."""
    name = f"{_SHARED}/{files.hash_values(content)}.json"
    with files.locked(outputs):
        try:
            _read_shared(outputs, name)
            os.utime(outputs / name)
        except (OSError, ValueError, RecursionError):
            (outputs / _SHARED).mkdir(parents=True, exist_ok=True)
            _write(outputs / name, content)
    return name


def _read_shared(outputs: Path, name: str) -> dict[str, Any]:
    """Read what diagnostics share.

    Raises:
        OSError, RecursionError: it cannot be read.
        ValueError: it is not what its name says, or names a file that is none of the project.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(name)
    return _parse((outputs / name).read_text(encoding="utf-8"), name)


@lru_cache(maxsize=64)
def _parse(text: str, name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(text)
    if files.hash_values(content) not in name or not all(map(is_of_project, content["inputs"])):
        raise ValueError(name)
    return content


def _write(path: Path, content: Mapping[str, Any]) -> None:
    paths.write(path, json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n")


def _fold(path: Path, read: Callable[[Path], str]) -> str:
    """Read a file, or each of those of a folder by name, hidden ones left out; empty where it cannot be read."""
    try:
        if not path.is_dir():
            return read(path)
        found = {one.name: _fold(one, read) for one in path.iterdir() if not one.name.startswith(".")}
    except OSError:
        return ""
    return files.hash_values(found)


def _look(path: Path) -> str:
    state = path.stat()
    return f"{state.st_size}-{state.st_mtime_ns}"


def _hash(path: Path) -> str:
    return files.short(files.hash_file(path))
