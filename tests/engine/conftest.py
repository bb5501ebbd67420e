"""Notebooks of a few lines, and what they show."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode

from helpers.build.execute import execute


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
        return execute(
            write(*codes, name=name),
            done(tmp_path, name),
            parameters={"commune": "59299"},
            subject="Hem (59)",
            **options,
        )

    return _run


@pytest.fixture
def partial(tmp_path: Path) -> Callable[..., NotebookNode]:
    """The notebook as far as it went."""
    return lambda name="1_carnet": nbformat.read(done(tmp_path, name), as_version=4)


@pytest.fixture(params=["", "papermill"], ids=["fork", "papermill"])
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each way to run a notebook."""
    monkeypatch.setenv("HELPERS_ENGINE", request.param)
    return str(request.param)


def done(folder: Path, name: str) -> Path:
    return folder / f"{name}-fait.ipynb"
