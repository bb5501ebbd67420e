"""The manifest of a diagnostic: the record of how it was built, in the file `manifest.json` of its folder."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from helpers.publication import files

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class NotebookRecord:
    """What one notebook was executed from: the keys of what it read, the hash of its parameters."""

    reads: list[str]
    parameters: str


@dataclass(frozen=True)
class BuildRecord:
    """What the manifest of a diagnostic says of how it was built.

    `inputs` are the fingerprints of everything read, by key; `request` the keys of the files that the parameters come
    from; `dates` those of the tables that its dates come from; `parts` its notebooks, by stem; `outputs` the hash of
    every file written, by name.
    """

    inputs: dict[str, str]
    request: list[str]
    dates: list[str]
    parts: dict[str, NotebookRecord]
    outputs: dict[str, str]


def read_record(folder: Path) -> BuildRecord | None:
    """Read the record of a diagnostic; nothing where none can be read: it is then to be built."""
    try:
        record = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["build"]
        found = BuildRecord(
            inputs=dict(record["inputs"]),
            request=[*map(str, record["request"])],
            dates=[*map(str, record["dates"])],
            parts={
                stem: NotebookRecord([*map(str, part["reads"])], str(part["parameters"]))
                for stem, part in record["parts"].items()
            },
            outputs=dict(record["outputs"]),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    if not all(map(files.is_inside, found.outputs)):
        # Nobody wrote it here: a file elsewhere on this machine is neither read nor written for it.
        return None
    keys = {*found.request, *found.dates, *(key for part in found.parts.values() for key in part.reads)}
    # A key without its fingerprint would never be seen to change.
    return found if keys <= found.inputs.keys() else None


def write_manifest(folder: Path, content: dict[str, object]) -> None:
    """Write the manifest of a diagnostic; its `build` is the record that `describe_build` gives."""
    files.write(folder / MANIFEST, json.dumps(content, ensure_ascii=False, indent=1) + "\n")


def renew_output(folder: Path, name: str) -> None:
    """Update the hash that the manifest has of an output, after another writing of it."""
    content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    hashes = content.get("build", {}).get("outputs", {})
    if name in hashes:
        hashes[name] = files.hash_file(folder / name)
        write_manifest(folder, content)
