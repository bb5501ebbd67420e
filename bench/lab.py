"""JupyterLab as an analyst waits for it: its server, the first run of a theme, the same run again (`make bench`)."""

from __future__ import annotations

import contextlib
import json
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from helpers import workbench

COMMUNE, ROUNDS = "insee:59299", 2
# Seconds that one waits for the server at most.
_PATIENCE = 120
_LOOK = 0.05


def measure() -> dict[str, object]:
    """Measure, in seconds: the server from its launch to its page; each theme, kernel included, then once more."""
    workbench.FOLDER.mkdir(exist_ok=True)
    # Notebooks are opened under the root of the project.
    with tempfile.TemporaryDirectory(dir=workbench.FOLDER, prefix=".bench-") as folder:
        return _measure(Path(folder))


def _measure(folder: Path) -> dict[str, object]:
    opened = workbench.prepare(COMMUNE, folder=folder)
    first, again = zip(*(_run(notebook) for notebook in opened.notebooks), strict=True)
    return {
        "name": opened.commune.label,
        "rounds": ROUNDS,
        "server": statistics.median(_start(opened, folder / f"server-{turn}") for turn in range(ROUNDS)),
        "first": dict(zip((path.stem for path in opened.notebooks), first, strict=True)),
        "again": dict(zip((path.stem for path in opened.notebooks), again, strict=True)),
    }


def _start(opened: workbench.Workbench, folder: Path) -> float:
    """Start the server as `make lab` does, wait for its page, stop it."""
    words = workbench.command(opened, workspaces=folder / "workspaces")
    jupyter = Path(sys.executable).with_name("jupyter")
    environment = {**workbench.environment(), "JUPYTER_RUNTIME_DIR": str(folder)}
    launched = time.perf_counter()
    with subprocess.Popen(
        [jupyter, *words, "--no-browser", "--port=0"], env=environment, stderr=subprocess.DEVNULL
    ) as server:
        try:
            _wait(folder, until=launched + _PATIENCE)
            return time.perf_counter() - launched
        finally:
            server.terminate()


def _wait(folder: Path, *, until: float) -> None:
    """Wait until the page of the server whose card is in a folder answers."""
    while time.perf_counter() < until:
        # The card is there a little before the server listens.
        for card in folder.glob("jpserver-*.json"):
            with contextlib.suppress(urllib.error.URLError, ValueError):
                found = json.loads(card.read_text(encoding="utf-8"))
                with urllib.request.urlopen(f"{found['url']}lab?token={found['token']}", timeout=_PATIENCE):
                    return
        time.sleep(_LOOK)
    raise TimeoutError(f"JupyterLab has not answered in {_PATIENCE} s.")


def _run(notebook: Path) -> tuple[float, float]:
    """Run a notebook in a kernel of its own, then again in the same one; the first time counts the kernel."""
    book = nbformat.read(notebook, as_version=4)
    client = NotebookClient(
        book, kernel_name="python3", resources={"metadata": {"path": str(notebook.parent)}}
    )
    begun = time.perf_counter()
    with client.setup_kernel():
        for rank, cell in enumerate(book.cells):
            client.execute_cell(cell, rank)
        first = time.perf_counter() - begun
        begun = time.perf_counter()
        for rank, cell in enumerate(book.cells):
            client.execute_cell(cell, rank)
        return first, time.perf_counter() - begun
