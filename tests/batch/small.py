"""Small notebooks, and what tells them in place of the engine."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import nbformat

from helpers import paths
from helpers.errors import BuildError
from helpers.execution.notebook_run import NotebookRun
from helpers.exhibit import MIME
from helpers.parameters import CellParameters

PARAMETERS = "\n".join(f"{name} = ''" for name in CellParameters.model_fields)
# What each theme says it has read.
TABLES = {"1_demographie": ["population", "single_ages"], "2_logement": ["population", "social_housing"]}


def write_notebook(stem: str, code: str, *, title: str = "", parameters: str = PARAMETERS) -> Path:
    """Write a notebook of the project."""
    book = nbformat.v4.new_notebook(
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
        cells=[
            nbformat.v4.new_markdown_cell(f"# {title or stem}", id="title"),
            nbformat.v4.new_code_cell(parameters, metadata={"tags": ["parameters"]}, id="parameters"),
            nbformat.v4.new_markdown_cell("## Le titre", id="heading"),
            nbformat.v4.new_code_cell(code, id="code"),
        ],
    )
    path = paths.NOTEBOOKS / f"{stem}.ipynb"
    nbformat.write(book, path)
    return path


def append(path: Path, text: str) -> None:
    """Add a text at the end of a file of the code, which other projects have too: theirs stays as it is."""
    paths.write(path, path.read_text(encoding="utf-8") + text)


def write_data(exhibits: Sequence[Mapping[str, Any]], *_: Any, folder: Path, **more: Any) -> None:
    """Write the data of each exhibit, as `helpers.publication.documents.data.write_data` without its workbook."""
    (folder / "donnees").mkdir()
    for exhibit in exhibits:
        (folder / "donnees" / f"{exhibit['name']}.csv").write_text(exhibit["csv"], encoding="utf-8")


class Teller:
    """Tells notebooks without running them: `runs` are the communes and notebooks, in order."""

    def __init__(self) -> None:
        self.runs: list[tuple[str, str]] = []
        self.options: list[dict[str, Any]] = []
        self.failing: dict[tuple[str, str], Exception] = {}
        self.before: Callable[[str, str], None] = lambda commune, stem: None
        self.tables: dict[str, list[str] | None] = dict(TABLES)
        self._lock = threading.Lock()

    def fail(self, commune: str, stem: str, error: Exception | None = None) -> None:
        """Have a notebook fail for a commune."""
        self.failing[commune, stem] = error or BuildError(
            f"{commune} : perdu",
            remedy="Ouvrez-le",
            heading="Le titre",
            exception="ZeroDivisionError: division by zero",
        )

    def execute(self, jobs: Sequence[NotebookRun], **options: Any) -> Iterator[Any]:
        """As `helpers.execution.execute.execute`."""
        for job in jobs:
            key = (job.parameters["commune"], job.notebook.stem)
            with self._lock:
                self.runs.append(key)
                self.options.append(options)
            self.before(*key)
            found = nbformat.read(job.notebook, as_version=4)
            found.cells[-1].outputs = [
                nbformat.v4.new_output("execute_result", data=data, execution_count=1)
                for data in self._shown(job.notebook.stem, job.parameters)
            ]
            nbformat.write(found, job.destination)
            if key in self.failing:
                raise self.failing[key]
            # The exporter of pages is for one thread: the engine has processes for notebooks.
            with self._lock:
                answer = job.then(found) if job.then else found
            yield answer

    def _shown(self, stem: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
        text = f"{parameters['commune']} {parameters['agence']} {parameters['commentaire']}"
        figure = {
            "name": f"figure-{stem[0]}",
            "title": stem,
            "csv": f"a\n{stem}\n",
            "digits": {},
            "sources": [],
            "demonstration": False,
        }
        method = {"kind": "method", "demonstration": False}
        if (tables := self.tables.get(stem)) is not None:
            method["tables"] = tables
        return [
            {"text/html": f"<figure>{text}</figure>", "text/plain": text, MIME: figure},
            {"text/html": "<section></section>", "text/plain": "", MIME: method},
        ]
