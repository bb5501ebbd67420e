"""Notebooks of a few lines, and what they show."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode

from helpers.execution.execute import execute
from helpers.execution.notebook_run import NotebookRun


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write a notebook: a cell for each code, under a heading of its own; its path."""

    def _write(*codes: str, name: str = "1_carnet") -> Path:
        cells = [nbformat.v4.new_code_cell("commune = ''", metadata={"tags": ["parameters"]})]
        for rank, code in enumerate(codes):
            cells += [nbformat.v4.new_markdown_cell(f"## Titre {rank}"), nbformat.v4.new_code_cell(code)]
        for rank, cell in enumerate(cells):
            cell["id"] = f"cell-{rank}"
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        path = tmp_path / f"{name}.ipynb"
        nbformat.write(nbformat.v4.new_notebook(metadata={"kernelspec": kernel}, cells=cells), path)
        return path

    return _write


@pytest.fixture
def run(write: Callable[..., Path], tmp_path: Path) -> Callable[..., NotebookNode]:
    """Write a notebook and execute it; what `execute` gives."""

    def _run(*codes: str, name: str = "1_carnet", **options: Any) -> NotebookNode:
        (executed,) = execute([job(write(*codes, name=name), done(tmp_path, name))], **options)
        return executed

    return _run


@pytest.fixture
def run_together(write: Callable[..., Path], tmp_path: Path) -> Callable[..., Iterator[NotebookNode]]:
    """Write a notebook of one cell for each code; what `execute` gives of them together, as it comes."""

    def _run(*codes: str, **options: Any) -> Iterator[NotebookNode]:
        names = [f"{rank}_carnet" for rank in range(1, len(codes) + 1)]
        jobs = [
            job(write(code, name=name), done(tmp_path, name)) for name, code in zip(names, codes, strict=True)
        ]
        return execute(jobs, **options)

    return _run


@pytest.fixture
def partial(tmp_path: Path) -> Callable[..., NotebookNode]:
    """The notebook as far as it went."""
    return lambda name="1_carnet": nbformat.read(done(tmp_path, name), as_version=4)


@pytest.fixture(
    params=[
        pytest.param("", id="fork"),
        # Kernels are slow to start; that papermill serves where the fast engine does not is tested each time.
        pytest.param("papermill", id="papermill", marks=pytest.mark.large),
    ]
)
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each way to run a notebook."""
    monkeypatch.setenv("HELPERS_ENGINE", request.param)
    return str(request.param)


def job(notebook: Path, destination: Path) -> NotebookRun:
    return NotebookRun(notebook, destination, parameters={"commune": "59299"}, subject="Hem (59)")


def done(folder: Path, name: str) -> Path:
    return folder / f"{name}-fait.ipynb"
