"""What a process that has everything loaded does, timed: `bench/engine.py` starts it.

    python bench/warm.py parameters 59299          the parameters of each notebook, as JSON
    python bench/warm.py floor 59299 59011         the cells of every notebook and their pages, in this process
    python bench/warm.py build --jobs 2 59299      the diagnostics, by the engine, once its template process is ready

The last two make ready with another commune, write a line, wait for one, then write the seconds that the communes
took: several can so be started at once.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import nbformat
from cells import run

from helpers.parameters import load_parameters
from helpers.publication.pages import arrangement, render
from helpers.publication.pages import commune as diagnostic
from helpers.publication.pages.colophon import Colophon
from helpers.themes import notebooks

# Of the embedded store, and of none of the measured lots: what it reads is of no use to them.
_WARMUP = "33063"


def parameters_of(code: str) -> dict[str, dict[str, Any]]:
    """Return the parameters that each notebook is executed with for a commune, by stem."""
    parameters = diagnostic.date(*load_parameters(f"insee:{code}"))
    return {notebook.stem: parameters.arguments_of(notebook) for notebook in notebooks()}


def write(notebook: Path, destination: Path, *, parameters: dict[str, Any]) -> None:
    """Execute the cells here, keep what they show, write the notebook and its page: nothing can cost less."""
    executed = run(notebook, **parameters)
    nbformat.write(executed, destination)
    page = render.Page(
        title=arrangement.title_of(executed),
        commune=parameters["commune"],
        of_commune=parameters["commune"],
        where="",
        made_from=Colophon("", (), {}, {}, {destination.stem: ""}, geography=0),
        notebook=destination.name,
        parts=[],
        style=render.page_style(),
    )
    render.write_page(page, destination.with_suffix(".html"), executed)


def _write_all(codes: Sequence[str], folder: Path) -> None:
    for code in codes:
        parameters = parameters_of(code)
        for notebook in notebooks():
            write(notebook, folder / notebook.name, parameters=parameters[notebook.stem])


def _build_all(codes: Sequence[str], folder: Path, *, jobs: int) -> None:
    for code in codes:
        diagnostic.build(*load_parameters(f"insee:{code}"), outputs=folder, jobs=jobs)


def _time(work: Callable[[Sequence[str], Path], None], codes: Sequence[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        work([_WARMUP], Path(folder))
        # As the template process of the engine does: what is loaded is not looked through again.
        gc.collect()
        gc.freeze()
        sys.stdout.write("prêt\n")
        sys.stdout.flush()
        sys.stdin.readline()
        start = time.perf_counter()
        work(codes, Path(folder))
        sys.stdout.write(f"{time.perf_counter() - start}\n")


def main() -> None:
    """Answer the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("work", choices=["parameters", "floor", "build"])
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("codes", nargs="+")
    options = parser.parse_args()
    if options.work == "parameters":
        sys.stdout.write(json.dumps({code: parameters_of(code) for code in options.codes}))
    elif options.work == "floor":
        _time(_write_all, options.codes)
    else:
        _time(lambda codes, folder: _build_all(codes, folder, jobs=options.jobs), options.codes)


if __name__ == "__main__":
    main()
