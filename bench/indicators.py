"""Measure what the table of indicators costs: to make for every territory, and to read for one diagnostic.

`python bench/indicators.py` prints a JSON object: seconds of processors, gigabytes at the most, milliseconds.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from helpers import indicator_table, paths
from helpers.indicators.registry import INDICATORS
from helpers.problems.definitions import PROBLEM_INDICATORS
from helpers.territory.communes import members_of

# Seconds of processors and gigabytes at most for all the indicators of all territories, milliseconds to read one.
TARGET_CPU, TARGET_GB, TARGET_READ = 10.0, 1.5, 30.0
_EPCI = "200093201"
_ROUNDS = 9


def measure() -> dict[str, object]:
    """Measure in a process of its own: what this one has loaded would count in the memory."""
    done = subprocess.run([sys.executable, __file__], check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def main() -> None:
    """Compute, write and read the table of the embedded store."""
    start = time.process_time()
    rows = indicator_table.compute(paths.EMBEDDED)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.arrow"
        indicator_table.write(rows, path)
        cpu = time.process_time() - start
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        table, reads = indicator_table.IndicatorTable(path), []
        codes = list(members_of(_EPCI, folder=paths.EMBEDDED)["code"])
        for _ in range(_ROUNDS):
            start = time.process_time()
            table.rows("commune", codes, PROBLEM_INDICATORS)
            reads.append(1000 * (time.process_time() - start))
        size = path.stat().st_size / 1e6
    figures = {
        "indicators": len(INDICATORS),
        "rows": len(rows),
        "cpu": round(cpu, 2),
        "peak_gb": round(peak, 3),
        "megabytes": round(size, 1),
        "read_ms": round(statistics.median(reads), 2),
        "target_cpu": TARGET_CPU,
        "target_gb": TARGET_GB,
        "target_read": TARGET_READ,
    }
    sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    main()
