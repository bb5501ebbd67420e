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


def measure(*, complete: bool = False) -> dict[str, object]:
    """Run every bench and return their figures."""
    with tempfile.TemporaryDirectory() as folder:
        return {
            "machine": describe_machine(),
            "moteur": engine.measure(folder=Path(folder), complete=complete),
            "nombre": many.measure(folder=Path(folder) / "nombre"),
            "france": france.measure(
                folder=Path(folder) / "france", count=france.COMPLETE if complete else france.COMMUNES
            ),
            "indicateurs": indicators.measure(),
            "jupyterlab": lab.measure(),
            "fichier_individus": microdata.measure(folder=Path(folder)),
            "lecture_magasin": store.measure(folder=Path(folder) / "store"),
        }


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
