"""Make again the reference notebooks that nbval compares (make references).

One commune, every notebook: what a cell says and the data behind its drawing are kept, the drawing is not.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import nbformat

from helpers.execution.execute import execute
from helpers.execution.notebook_run import NotebookRun
from helpers.exhibit import NARROW
from helpers.themes import notebooks

COMMUNE = "59011"
FOLDER = Path(__file__).parent
_MARKUP = re.compile(r"<(?:figure|section|svg)\b.*", re.DOTALL)


def make(notebook: Path) -> Path:
    """Execute a notebook for the commune and keep the outputs that nbval compares; the reference."""
    with tempfile.TemporaryDirectory() as folder:
        job = NotebookRun(
            notebook, Path(folder) / notebook.name, parameters={"commune": COMMUNE}, subject=COMMUNE
        )
        (executed,) = execute([job])
    executed.metadata = nbformat.from_dict({"kernelspec": executed.metadata["kernelspec"]})
    for cell in executed.cells:
        cell.metadata = nbformat.from_dict(
            {"tags": cell.metadata["tags"]} if cell.metadata.get("tags") else {}
        )
        for output in cell.get("outputs", []):
            for kind in {"text/html", NARROW} & set(output.get("data", {})):
                output["data"][kind] = _MARKUP.sub("<markup>", output["data"][kind])
    for rank, cell in enumerate(executed.cells):
        cell["id"] = f"{notebook.stem.split('_')[0]}-{rank:02d}"
    reference = FOLDER / notebook.name
    reference.write_text(nbformat.writes(executed, indent=1) + "\n", encoding="utf-8")
    return reference


if __name__ == "__main__":
    for path in notebooks():
        print(make(path).name)  # noqa: T201
