"""Measure one commune among more and more diagnostics: what it costs must not depend on how many there are.

    python bench/many.py [--numbers 10 300 10000] [--rounds 3]

prints a JSON object. One diagnostic is built; the others are its files, linked under the names of other communes, each
with a manifest of its own, and are in the table of the site as if each had been built.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import engine

from helpers.publication import selection
from helpers.publication.incremental.manifest import MANIFEST, read_manifest
from helpers.publication.pages import site
from helpers.publication.pages.entries import open_entries
from helpers.publication.selection import Place

NUMBERS = (10, 300, 10_000)
ROUNDS = 3
# With the most diagnostics, at most so many times the processor time that it takes with the fewest.
TARGET = 1.2
# Bytes of a manifest.
TARGET_MANIFEST = 3000


def measure(*, folder: Path, numbers: Sequence[int] = NUMBERS, rounds: int = ROUNDS) -> dict[str, object]:
    """Measure one commune when nothing has changed (`fresh`) and when its notebooks are run again (`rebuilt`).

    For each number of diagnostics, `seconds` and seconds of processors (`cpu`). Everything is written in `folder`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    bench = engine.Bench(folder)
    bench.build()
    (source,) = (path.parent for path in bench.manifests())
    others = [place for place in selection.load("france").places if place.code != engine.COMMUNE]
    # Of the whole country, in no order: no page of a territory lists them all.
    random.Random(0).shuffle(others)
    rows = []
    for number in numbers:
        for place in others[: number - 1]:
            if not source.with_name(place.slug).exists():
                _copy(source, place)
        with open_entries(source.parent) as (table, _):
            table.put(site.list_entries(source.parent))
        runs = {"fresh": [], "rebuilt": []}
        for _ in range(rounds):
            former = bench.manifests()
            runs["fresh"].append(bench.build(force=False))
            if bench.manifests() != former:
                raise SystemExit("Le code ou les données ont changé pendant la mesure : à refaire.")
            runs["rebuilt"].append(bench.build())
        rows.append({"diagnostics": len(former)} | {name: _sum_up(made) for name, made in runs.items()})
    return {
        "rounds": rounds,
        "numbers": rows,
        "times": {name: round(rows[-1][name]["cpu"] / rows[0][name]["cpu"], 2) for name in runs},
        "target": TARGET,
        "manifest": (source / MANIFEST).stat().st_size,
        "target_manifest": TARGET_MANIFEST,
    }


def _sum_up(runs: Sequence[engine.Run]) -> dict[str, float]:
    return {
        name: round(statistics.median(getattr(run, name) for run in runs), 3) for name in ("seconds", "cpu")
    }


def _copy(source: Path, place: Place) -> None:
    target = source.with_name(place.slug)
    for path in source.rglob("*"):
        linked = target / path.relative_to(source)
        if path.is_file() and path.name != MANIFEST:
            linked.parent.mkdir(parents=True, exist_ok=True)
            os.link(path, linked)
    content = read_manifest(source) | {"commune": place.code, "name": place.name}
    build, own = content["build"], f"params/{place.slug}"
    build["request"] = [key.replace(f"params/{source.name}", own) for key in build["request"]]
    build["inputs"] = {
        key.replace(f"params/{source.name}", own): mark if source.name not in key else ""
        for key, mark in build["inputs"].items()
    }
    (target / MANIFEST).write_text(json.dumps(content), encoding="utf-8")


def main() -> None:
    """Measure from the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--numbers", type=int, nargs="+", default=NUMBERS, help="diagnostics that are there")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(folder=Path(folder), numbers=options.numbers, rounds=options.rounds)
    sys.stdout.write(json.dumps(figures, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
