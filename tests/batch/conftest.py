"""A small project of its own for each test: two themes, its parameters, its outputs; notebooks pretended, not run."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import command
import pytest
from small import Teller, write_data, write_notebook

import helpers
from helpers import ledger, paths
from helpers.publication.pages import commune as diagnostic
from helpers.publication.pages import metropolis


@pytest.fixture(scope="session")
def code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the code that is never run: projects have links to its files, to be replaced and never written to."""
    copy = tmp_path_factory.mktemp("code") / "helpers"
    package = Path(helpers.__file__).parent
    shutil.copytree(
        package, copy, ignore=shutil.ignore_patterns("__pycache__"), copy_function=shutil.copyfile
    )
    return copy


@pytest.fixture
def project(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: Path) -> Path:
    """The root of a project: `notebooks/`, `params/`, `outputs/`, and the code."""
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    monkeypatch.setenv("HELPERS_FETCHED", str(tmp_path / "fetched"))
    for name in ("NOTEBOOKS", "PARAMS", "OUTPUTS"):
        (tmp_path / name.lower()).mkdir()
        monkeypatch.setattr(paths, name, tmp_path / name.lower())
    shutil.copytree(code, tmp_path / "src" / "helpers", copy_function=os.link)
    monkeypatch.setattr(paths, "TEMPLATES", tmp_path / "src" / "helpers" / "publication" / "templates")
    (tmp_path / "requirements.txt").write_text("pandas==1\n", encoding="utf-8")
    (tmp_path / "params" / "defaut.yml").write_text("agence: Atelier\n", encoding="utf-8")
    (tmp_path / "params" / "lots").mkdir()
    (tmp_path / "params" / "lots" / "trois.yml").write_text(
        "communes: ['59299', '59011', '59220']\n", encoding="utf-8"
    )
    write_notebook("1_demographie", "from helpers import figures")
    write_notebook("2_logement", "from helpers.indicators import stock")
    return tmp_path


@pytest.fixture
def teller(project: Path, monkeypatch: pytest.MonkeyPatch) -> Teller:
    """In place of the engine: tells what each notebook was given, and fails where it is asked to.

    Pages of territories and the workbook of figures, the same whatever notebooks tell, are left out: tests of their own
    write them for good.
    """
    teller = Teller()
    monkeypatch.setattr(diagnostic, "execute", teller.execute)
    for name in ("write", "write_departments", "write_communes"):
        monkeypatch.setattr(metropolis, name, lambda *given, **named: [])
    monkeypatch.setattr(diagnostic, "write_data", write_data)
    monkeypatch.setattr(ledger, "gather", lambda *given: None)
    return teller


@pytest.fixture
def call(project: Path):
    """What runs the command, on the small project."""

    return command.call
