"""The drawings that documents alone show: a notebook draws them when it is executed again, for the first document.

In a column of paper or seen from afar, an exhibit is drawn anew. No page shows it so, and that is a quarter of what a
diagnostic would cost: a batch does without.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from helpers import paths
from helpers.execution.execute import execute
from helpers.execution.notebook_run import NotebookRun
from helpers.exhibit import MIME, NARROW
from helpers.parameters import Parameters
from helpers.publication import files
from helpers.publication.incremental.manifest import MANIFEST, mark_execution
from helpers.publication.pages.arrangement import declared

# Beside the diagnostics: one file for each that has documents.
_FOLDER = "_dessins"
_PROJECTED = "projected"
# What an exhibit has, by its mark: the drawing of a column, that seen from afar.
Drawings = dict[str, dict[str, str]]


def complete(folder: Path, books: Mapping[str, NotebookNode], manifest: Mapping[str, Any]) -> None:
    """Add to the exhibits of the executed notebooks of a diagnostic, by stem, the drawings of documents.

    `folder` is that of the diagnostic, `manifest` its own. They are drawn once for the same notebooks, executed from
    the same things. An exhibit whose data are no longer those of the page keeps the drawing of the page.

    Raises:
        BuildError: a notebook can no longer be executed.
    """
    drawn = {
        stem: exhibits
        for stem, book in books.items()
        if (exhibits := [data for cell in book.cells for data in declared(cell) if data[MIME].get("drawn")])
    }
    if not drawn:
        return
    file = folder.parent / _FOLDER / f"{folder.name}.json"
    made = {stem: files.hash_file(folder / f"{stem}.ipynb") for stem in drawn}
    state = files.hash_values([mark_execution(manifest, slug=folder.name), made])
    found = _read(file, state)
    if found is None:
        found = _draw([*drawn], Parameters.model_validate(manifest["parameters"]), subject=folder.name)
        file.parent.mkdir(parents=True, exist_ok=True)
        paths.write(file, json.dumps({"state": state, "drawings": found}))
    for data in chain(*drawn.values()):
        own = found.get(_mark(data[MIME]), {})
        for kind, place in ((NARROW, data), (_PROJECTED, data[MIME])):
            place |= {kind: own[kind]} if kind in own else {}


def sweep(outputs: Path) -> None:
    """Remove the drawings of diagnostics that are no longer there."""
    for file in (outputs / _FOLDER).glob("*.json"):
        if not (outputs / file.stem / MANIFEST).is_file():
            file.unlink(missing_ok=True)


def _mark(record: Mapping[str, Any]) -> str:
    """Mark an exhibit by its code, its name and its data: two parts may show the same data under one name."""
    return files.hash_values([record["code"], record["name"], record["csv"]])


def _read(file: Path, state: str) -> Drawings | None:
    """Read the drawings kept for the same notebooks; None where there are none."""
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        return dict(kept["drawings"]) if kept["state"] == state else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _draw(stems: Sequence[str], parameters: Parameters, *, subject: str) -> Drawings:
    """Execute notebooks again for their drawings."""
    with tempfile.TemporaryDirectory() as place:
        runs = [
            NotebookRun(
                notebook=(book := paths.NOTEBOOKS / f"{stem}.ipynb"),
                destination=Path(place) / book.name,
                parameters=parameters.arguments_of(book),
                subject=subject,
                for_documents=True,
            )
            for stem in stems
        ]
        shown = [data for book in execute(runs) for cell in book.cells for data in declared(cell)]
    return {
        _mark(data[MIME]): {
            kind: place[kind] for kind, place in ((NARROW, data), (_PROJECTED, data[MIME])) if kind in place
        }
        for data in shown
        if data[MIME].get("drawn")
    }
