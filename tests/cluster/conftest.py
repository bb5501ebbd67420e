"""A scheduler and two machines, for good, on this one; a small project for all the tests."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import command
import nbformat
import pytest

import helpers
from helpers import paths
from helpers.parameters import CellParameters

PARAMETERS = "\n".join(f"{name} = ''" for name in CellParameters.model_fields)
LOT = ["59299", "59011", "59220"]
# The machine is two processes above the notebook: the fork server is between them.
CODE = """
import os, pathlib, psutil
trouble = pathlib.Path(os.environ["SMALL_PROJECT"], "trouble", commune)
with pathlib.Path(os.environ["SMALL_PROJECT"], "runs").open("a") as file:
    file.write(commune + "\\n")
if trouble.exists():
    if trouble.read_text() == "once":
        trouble.unlink()
    psutil.Process(os.getppid()).parent().kill()
seen = commune
"""


def _write_notebook(path: Path) -> None:
    book = nbformat.v4.new_notebook(
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
        cells=[
            nbformat.v4.new_markdown_cell("# Le thème", id="title"),
            nbformat.v4.new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]}, id="parameters"),
            nbformat.v4.new_code_cell(CODE, id="code"),
        ],
    )
    nbformat.write(book, path)


@pytest.fixture(scope="session")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The root of the small project, that machines and tests share."""
    root = tmp_path_factory.mktemp("projet")
    for name in ("notebooks", "params/lots", "outputs", "trouble"):
        (root / name).mkdir(parents=True)
    package = Path(helpers.__file__).parent
    shutil.copytree(package, root / "src" / "helpers", ignore=shutil.ignore_patterns("__pycache__"))
    (root / "requirements.txt").write_text("pandas==1\n", encoding="utf-8")
    (root / "params" / "defaut.yml").write_text("agence: Atelier\n", encoding="utf-8")
    (root / "params" / "lots" / "essai.yml").write_text(f"communes: {json.dumps(LOT)}\n", encoding="utf-8")
    _write_notebook(root / "notebooks" / "1_demographie.ipynb")
    return root


@pytest.fixture(scope="session")
def scheduler(root: Path, _own_store: None) -> Iterator[str]:
    """The address of a scheduler with two machines of one thread, replaced when they die."""
    environment = os.environ | {
        "SMALL_PROJECT": str(root),
        "HELPERS_FETCHED": str(root / "fetched"),
        "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1",
        "DASK_DISTRIBUTED__ADMIN__LOW_LEVEL_LOG_LENGTH": "0",
    }
    file = root / "scheduler.json"
    local = ["--host", "127.0.0.1", "--no-dashboard"]
    preload = ["--preload", str(Path(__file__).with_name("machine.py"))]
    commands = [
        ["dask_scheduler", *local, "--port", "0", "--scheduler-file", str(file)],
        ["dask_worker", *local, "--nworkers", "2", "--nthreads", "1", "--memory-limit", "0", "--death-timeout", "60",
         "--local-directory", str(root / "dask"), "--scheduler-file", str(file), *preload],
    ]  # fmt: skip
    with (root / "journal").open("wb") as log:
        started = [
            subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.{command[0]}", *command[1:]],
                env=environment,
                stdout=log,
                stderr=log,
            )
            for command in commands
        ]
        try:
            deadline = time.monotonic() + 60
            while not file.is_file():
                assert time.monotonic() < deadline, (root / "journal").read_text(encoding="utf-8")
                time.sleep(0.1)
            yield json.loads(file.read_text(encoding="utf-8"))["address"]
        finally:
            for process in reversed(started):
                process.terminate()
                try:
                    process.wait(15)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


@pytest.fixture
def project(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small project, as it was at first."""
    monkeypatch.setattr(paths, "ROOT", root)
    for name in ("NOTEBOOKS", "PARAMS", "OUTPUTS"):
        monkeypatch.setattr(paths, name, root / name.lower())
    monkeypatch.setattr(paths, "TEMPLATES", root / "src" / "helpers" / "publication" / "templates")
    monkeypatch.setenv("HELPERS_FETCHED", str(root / "fetched"))
    monkeypatch.setenv("SMALL_PROJECT", str(root))
    for name in ("outputs", "trouble"):
        shutil.rmtree(root / name)
        (root / name).mkdir()
    (root / "runs").write_text("", encoding="utf-8")
    return root


@pytest.fixture
def call(project: Path):
    """What runs the command, on the small project."""

    return command.call
