"""Speed and memory of the pyramids by tenure of all communes, from a national file of individuals.

    python bench/microdata.py [--rows 17400000] [--folder FOLDER]

writes a synthetic FD_MIGCOM in both forms, measures, and prints a JSON object. Every run is a process of its own,
so that its peak memory is its own; runs of the two rivals alternate, and medians are kept (for the ratio, that of the
pairs: what else the machine does weighs on both).
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TARGET_RATIO = 1.3
TARGET_PARQUET = 2.0
TARGET_TEXT = 4.0
_RUNS = 5
_TEXT_RUNS = 3
_VINTAGE = 2018
_MEMBER = f"FD_MIGCOM_{_VINTAGE}.csv"

# Each prints its seconds, its peak memory in GB and the rows it gave. What it imports is not counted.
_MEASURE = """
import resource, sys, time
import duckdb, pyarrow, pandas
{prepare}
start = time.perf_counter()
{run}
seconds = time.perf_counter() - start
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**30 if sys.platform == "darwin" else 2**20)
print(seconds, peak, rows)
"""

_BARE = {
    "prepare": "",
    "run": """
with duckdb.connect() as connection:
    connection.execute("SET enable_progress_bar = false")
    rows = connection.sql(
        "SELECT COMMUNE, SEXE, AGEREVQ, STOCD, sum(IPONDI) FROM read_parquet('{path}') GROUP BY ALL"
    ).to_arrow_table().num_rows
""",
}

_OURS = {
    "prepare": """
from pathlib import Path
from helpers.sources import microdata
from helpers.sources.registry import Source
source = Source(
    id="migcom", producer="", title="", citation="", family="migcom", vintage={vintage}, page="", licence="",
    member={member!r}, reader="microdata",
)
""",
    "run": """
rows = len(microdata.read(Path({path!r}), source=source)["ages_tenure"])
""",
}


def measure(*, rows: int = 17_400_000, folder: Path) -> dict[str, object]:
    """Measure what reading a national FD_MIGCOM costs, in seconds and GB (peak of the process), with the targets.

    `parquet.ratio` is our time over DuckDB's own scan and group of the same columns, with as many threads.
    The files are written in `folder` and removed.
    """
    parquet, text = folder / "migcom.parquet", folder / "migcom.zip"
    try:
        _generate(parquet, rows=rows, form="parquet")
        bare, ours = [], []
        for _ in range(_RUNS):
            bare.append(_run(_BARE, path=parquet))
            ours.append(_run(_OURS, path=parquet, member=None))
        size = {"parquet": parquet.stat().st_size}
        parquet.unlink()
        _generate(text, rows=rows, form="csv")
        zipped = [_run(_OURS, path=text, member=_MEMBER) for _ in range(_TEXT_RUNS)]
        size["csv"] = text.stat().st_size
    finally:
        parquet.unlink(missing_ok=True)
        text.unlink(missing_ok=True)
    seconds = {name: _median(runs, 0) for name, runs in (("bare", bare), ("ours", ours), ("csv", zipped))}
    return {
        "rows": rows,
        "cells": ours[0][2],
        "bytes": size,
        "parquet": {
            "duckdb_seconds": seconds["bare"],
            "seconds": seconds["ours"],
            "ratio": round(
                statistics.median(our[0] / their[0] for our, their in zip(ours, bare, strict=True)), 3
            ),
            "target_ratio": TARGET_RATIO,
            "duckdb_peak_gb": _median(bare, 1),
            "peak_gb": _median(ours, 1),
            "target_peak_gb": TARGET_PARQUET,
        },
        "csv_zip": {"seconds": seconds["csv"], "peak_gb": _median(zipped, 1), "target_peak_gb": TARGET_TEXT},
    }


def _median(runs: list[tuple[float, float, int]], position: int) -> float:
    return round(statistics.median(run[position] for run in runs), 3)


def _generate(path: Path, *, rows: int, form: str) -> None:
    # In a process of its own too: what it holds in memory would slow down the runs to come.
    _python(
        "from pathlib import Path; from fake_official_files.microdata import write_big_migcom; "
        f"write_big_migcom(Path({str(path)!r}), rows={rows}, form={form!r})"
    )


def _run(measured: dict[str, str], *, path: Path, member: str | None = None) -> tuple[float, float, int]:
    filled = {
        part: code.format(path=str(path), member=member, vintage=_VINTAGE) for part, code in measured.items()
    }
    seconds, peak, rows = _python(_MEASURE.format(**filled)).split()
    return float(seconds), float(peak), int(rows)


def _python(code: str) -> str:
    paths = f"import sys; sys.path[:0] = [{str(ROOT / 'src')!r}, {str(ROOT / 'tests')!r}]\n"
    return subprocess.run(
        [sys.executable, "-c", paths + code], check=True, capture_output=True, text=True
    ).stdout


def main() -> None:
    """Measure from the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=17_400_000)
    parser.add_argument("--folder", type=Path, help="where the files are written (a temporary folder)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        print(json.dumps(measure(rows=options.rows, folder=Path(folder)), indent=1))  # noqa: T201


if __name__ == "__main__":
    main()
