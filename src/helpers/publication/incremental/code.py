"""The files of the package that executing a notebook depends on, and those that its pages do: whole rooms."""

from __future__ import annotations

import os

from helpers import paths

# Rooms that no notebook reaches, nor what executes it: a test of imports says so.
NOT_EXECUTED = {"cli", "jupyter", "partnership", "publication", "sources", "workbench"}
# What reads official files gives tables, which have their own marks; a partnership gives files, which have theirs.
NOT_IN_PAGES = {"cli", "jupyter", "partnership", "sources", "workbench"}


def list_keys(*, without: set[str]) -> list[str]:
    """List the keys of the files of the package, those of some of its rooms (`without`) left out."""
    keys = []
    for folder, _, files in os.walk(paths.ROOT / "src" / "helpers"):
        place = os.path.relpath(folder, paths.ROOT)
        if "__pycache__" not in place:
            keys += [f"{place}/{name}" for name in files if not _is_prose(name)]
    return [key for key in keys if key.split("/")[2].removesuffix(".py") not in without]


def _is_prose(name: str) -> bool:
    """Tell a file that no code reads: a notice, a license, what an editor leaves beside a file."""
    return name.startswith((".", "LICENSE")) or name.endswith((".md", "~"))
