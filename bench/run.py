"""Every measure of the project in one run: `make bench`.

Writes the figures as JSON (`outputs/bench.json`) and as a table with the description of the machine
(`docs/mesures.md`). Ratios are taken within the run: they hold from one machine to another, seconds do not.
"""

from __future__ import annotations

import json
import os
import platform
import sys
import tempfile
from datetime import date
from pathlib import Path

import duckdb
import microdata
import pyarrow
import store as store_reading

from helpers import french, paths

DESTINATION = paths.OUTPUTS / "bench.json"
PAGE = paths.ROOT / "docs" / "mesures.md"


def describe_machine() -> dict[str, str]:
    """What the figures were measured on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "date": date.today().isoformat(),
        "systeme": f"{platform.system()} {platform.machine()}",
        "processeurs": str(os.cpu_count()),
        "memoire": f"{french.number(memory)} Go",
        "python": platform.python_version(),
        "duckdb": duckdb.__version__,
        "pyarrow": pyarrow.__version__,
    }


def measure() -> dict[str, object]:
    """The figures of every bench."""
    with tempfile.TemporaryDirectory() as folder:
        return {
            "machine": describe_machine(),
            "fichier_individus": microdata.measure(folder=Path(folder)),
            "lecture_magasin": store_reading.measure(folder=Path(folder) / "store"),
        }


def write_page(figures: dict[str, object]) -> str:
    """The figures as a page in French."""
    machine, individuals = figures["machine"], figures["fichier_individus"]
    parquet, text = individuals["parquet"], individuals["csv_zip"]
    whole = [row for row in figures["lecture_magasin"] if row["table"] == "ensemble"]

    def seconds(value: float) -> str:
        return f"{french.number(value, digits=1)} s"

    def gigabytes(value: float) -> str:
        return f"{french.number(value, digits=2)} Go"

    rows = [
        (
            "Pyramides par statut de toutes les communes, Parquet, au regard du seul parcours par DuckDB",
            f"{french.number(parquet['ratio'], digits=2)} ({seconds(parquet['seconds'])} / {seconds(parquet['duckdb_seconds'])})",
            f"au plus {french.number(parquet['target_ratio'], digits=1)}",
        ),
        (
            "Mémoire, Parquet",
            gigabytes(parquet["peak_gb"]),
            f"au plus {gigabytes(parquet['target_peak_gb'])}",
        ),
        (
            "Mémoire, archive zip de texte, sans la déballer",
            f"{gigabytes(text['peak_gb'])} ({seconds(text['seconds'])})",
            f"au plus {gigabytes(text['target_peak_gb'])}",
        ),
        *(
            (
                f"Lire une commune, toutes les tables, magasin de {french.number(row['communes'])} communes",
                f"{french.number(row['warm'], digits=1)} ms (première fois : {french.number(row['cold'], digits=1)} ms)",
                f"au plus {french.number(store_reading.LIMIT)} ms",
            )
            for row in whole
        ),
    ]
    lines = [
        "# Mesures",
        "",
        "<!-- Page écrite par `make bench` : ne pas la modifier. -->",
        "",
        f"Fichier d’individus de synthèse de {french.number(individuals['rows'])} lignes et 33 colonnes ; médianes d’une même "
        "exécution. Les rapports valent d’une machine à l’autre, les durées non.",
        "",
        "| Mesure | Valeur | Objectif |",
        "|---|---|---|",
        *(f"| {' | '.join(row)} |" for row in rows),
        "",
        f"Machine : {machine['systeme']}, {machine['processeurs']} processeurs, {machine['memoire']} ; Python {machine['python']}, "
        f"DuckDB {machine['duckdb']}, PyArrow {machine['pyarrow']} ; {machine['date']}.",
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure, and write both forms."""
    figures = measure()
    DESTINATION.write_text(json.dumps(figures, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(write_page(figures), encoding="utf-8")
    sys.stdout.write(write_page(figures))


if __name__ == "__main__":
    main()
