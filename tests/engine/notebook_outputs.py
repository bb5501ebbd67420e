"""What an executed notebook shows, without the times and paths of the run."""

from __future__ import annotations

import re
from typing import Any

from nbformat import NotebookNode

# Where a kernel pretends that the code of a cell is, and where an object is in memory.
_PLACES = re.compile(r"ipykernel_\d+|/tmp/[\w./-]+|0x[0-9a-f]+")


def outputs(notebook: NotebookNode) -> list[NotebookNode]:
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


def text(notebook: NotebookNode) -> str:
    """What is printed."""
    return "".join(output.text for output in outputs(notebook) if output.output_type == "stream")


def values(notebook: NotebookNode) -> list[str]:
    """What the last expressions are worth."""
    return [
        output.data["text/plain"] for output in outputs(notebook) if output.output_type == "execute_result"
    ]


def scrubbed(notebook: NotebookNode) -> dict[str, Any]:
    """All there is but times, paths and the names that papermill draws for the cells it adds."""
    found = notebook.copy()
    found.metadata.pop("papermill", None)
    for cell in found.cells:
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        if {"injected-parameters", "papermill-error-cell-tag"} & set(cell.metadata.get("tags", [])):
            cell.pop("id")
        if "outputs" in cell:
            cell.outputs = _joined(cell.outputs)
        for output in cell.get("outputs", []):
            for key in ("text", "evalue"):
                if key in output:
                    output[key] = _PLACES.sub("", output[key])
            if "traceback" in output:
                output["traceback"] = [_PLACES.sub("", line) for line in output["traceback"]]
    return dict(found)


def _joined(shown: list[NotebookNode]) -> list[NotebookNode]:
    """The outputs, with one for each stream in a row of them: a kernel cuts and mixes them as time goes."""
    joined: list[NotebookNode] = []
    row: dict[str, NotebookNode] = {}
    for output in shown:
        if output.output_type != "stream":
            row = {}
            joined.append(output)
        elif output.name in row:
            row[output.name].text += output.text
        else:
            row[output.name] = output
            joined.append(output)
            joined[-len(row) :] = [row[name] for name in sorted(row, reverse=True)]
    return joined
