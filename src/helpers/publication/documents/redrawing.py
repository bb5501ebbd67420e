"""The drawings that documents alone show: a notebook draws them when it is executed again, for the first document.

In a column of paper or seen from afar, an exhibit is drawn anew. No page shows it so, and that is a quarter of what a
diagnostic would cost: a lot of communes does without.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from helpers import paths
from helpers.execution.execute import execute
from helpers.execution.notebook_run import NotebookRun
from helpers.exhibit import MIME, NARROW
from helpers.parameters import Parameters
from helpers.publication import files

# Beside the diagnostics: one file for each that has documents.
_FOLDER = "_dessins"
_PROJECTED = "projected"
# What each exhibit has, by its name in its notebook: the drawing of a column, that seen from afar.
Drawings = dict[str, dict[str, dict[str, str]]]


def complete(folder: Path, books: Mapping[str, NotebookNode], parameters: Mapping[str, Any]) -> None:
    """Add to the exhibits of the executed notebooks of a diagnostic, by stem, the drawings of documents.

    `folder` is that of the diagnostic, `parameters` are its own. They are drawn once for the same notebooks.

    Raises:
        BuildError: a notebook can no longer be executed.
    """
    drawn = [stem for stem, book in books.items() if any(record["drawn"] for record, _ in _exhibits(book))]
    if not drawn:
        return
    file = folder.parent / _FOLDER / f"{folder.name}.json"
    state = files.hash_values({stem: files.hash_file(folder / f"{stem}.ipynb") for stem in drawn})
    found = _read(file, state)
    if found is None:
        found = _draw(drawn, Parameters.model_validate(parameters), subject=folder.name)
        file.parent.mkdir(parents=True, exist_ok=True)
        files.write(file, json.dumps({"state": state, "drawings": found}))
    for stem in drawn:
        for record, data in _exhibits(books[stem]):
            own = found.get(stem, {}).get(record["name"], {})
            data |= {NARROW: own[NARROW]} if NARROW in own else {}
            record |= {_PROJECTED: own[_PROJECTED]} if _PROJECTED in own else {}


def _exhibits(book: NotebookNode) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """List the exhibits that a notebook shows: what each declares, then all its forms."""
    for cell in book.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if "drawn" in data.get(MIME, {}):
                yield data[MIME], data


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
        executed = dict(zip(stems, execute(runs), strict=True))
    return {
        stem: {
            record["name"]: {
                kind: text
                for kind, text in ((NARROW, data.get(NARROW)), (_PROJECTED, record.get(_PROJECTED)))
                if text
            }
            for record, data in _exhibits(book)
        }
        for stem, book in executed.items()
    }
