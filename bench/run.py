"""Every measure of the project in one run: `make bench`.

Writes the figures as JSON (`outputs/bench.json`) and as a table with the description of the machine
(`docs/mesures.md`). Ratios are taken within the run: they hold from one machine to another, seconds do not.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Callable
from datetime import date
from importlib.metadata import version
from pathlib import Path

import engine
import france
import indicators
import lab
import many
import microdata
import page
import store

from helpers import french, paths

DESTINATION = paths.OUTPUTS / "bench.json"
# What a run that was stopped had measured, and the files whose changes make it worth nothing.
UNFINISHED = paths.OUTPUTS / "bench-en-cours.json"
_CODE = ("src/**/*.py", "notebooks/*.ipynb", "data/embedded/*.parquet")
PAGE = paths.ROOT / "docs" / "mesures.md"

_PACKAGES = {
    "papermill": "papermill",
    "nbconvert": "nbconvert",
    "ipykernel": "ipykernel",
    "pandas": "pandas",
    "Matplotlib": "matplotlib",
    "DuckDB": "duckdb",
    "PyArrow": "pyarrow",
}


def describe_machine() -> dict[str, object]:
    """Describe the machine measured, and how busy it is already (`charge`: processes at work this minute)."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "date": date.today().isoformat(),
        "systeme": f"{platform.system()} {platform.machine()}",
        "processeurs": os.cpu_count() or 1,
        "memoire": f"{french.number(memory)} Go",
        "charge": round(os.getloadavg()[0], 2),
        "versions": {
            "Python": platform.python_version(),
            **{name: version(package) for name, package in _PACKAGES.items()},
        },
    }


# Each part of the figures, in the order of their measure: of its own folder, `complete` or not.
PARTS: dict[str, Callable[[Path, bool], object]] = {
    "moteur": lambda folder, complete: engine.measure(folder=folder, complete=complete),
    "nombre": lambda folder, _: many.measure(folder=folder),
    "france": lambda folder, complete: france.measure(
        folder=folder, count=france.COMPLETE if complete else france.COMMUNES
    ),
    "indicateurs": lambda *_: indicators.measure(),
    "jupyterlab": lambda *_: lab.measure(),
    "fichier_individus": lambda folder, _: microdata.measure(folder=folder),
    "lecture_magasin": lambda folder, _: store.measure(folder=folder / "store"),
}


def measure(*, complete: bool = False) -> dict[str, object]:
    """Run every bench and return their figures; those of a run of today that a failure stopped are not taken again."""
    figures = _left(complete) or {"complete": complete, "machine": describe_machine()}
    for name, part in PARTS.items():
        if name not in figures:
            with tempfile.TemporaryDirectory() as folder:
                figures[name] = part(Path(folder), complete)
            UNFINISHED.write_text(json.dumps(figures, ensure_ascii=False), encoding="utf-8")
    UNFINISHED.unlink(missing_ok=True)
    return figures


def _left(complete: bool) -> dict[str, object] | None:
    """Read what a stopped run of today has measured of the same code; None where there is none."""
    try:
        left: dict[str, object] = json.loads(UNFINISHED.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    newest = max(path.stat().st_mtime for kind in _CODE for path in paths.ROOT.glob(kind))
    is_same = newest < UNFINISHED.stat().st_mtime and left["complete"] == complete
    return left if is_same and left["machine"]["date"] == date.today().isoformat() else None


def main() -> None:
    """Measure, and write both forms."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--complete", action="store_true", help="larger batches")
    figures = measure(complete=parser.parse_args().complete)
    DESTINATION.write_text(json.dumps(figures, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    text = page.write_page(figures)
    PAGE.write_text(text, encoding="utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
