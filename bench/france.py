"""Measure what the whole of France costs: communes of every size on this machine, then on a cluster that has troubles.

    python bench/france.py [--communes 40]

prints a JSON object. The communes are drawn evenly from the smallest to the largest: what one takes on average, times
how many there are, is what all of them take. The cluster is a scheduler and two machines of one thread, here: one is
killed and replaced, one stands still for a while, then leaves and comes back.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import engine
import pandas as pd

from helpers import paths, store
from helpers.publication.incremental.manifest import MANIFEST

COMMUNES, COMPLETE = 40, 300
# Seconds of processors of a commune of any size, hours of those for all of France, milliseconds of the command that
# leads a cluster.
TARGET_COMMUNE, TARGET_HOURS, TARGET_LEADER = 1.5, 16.0, 30.0
# Of the communes built, when the first machine is killed, the second stands still, then leaves.
_KILLED, _STILL, _GONE = 0.2, 0.4, 0.6
# Seconds that the second machine stands still, that it is away, between two looks.
_PAUSE, _AWAY, _PERIOD = 20, 10, 0.5
_PATIENCE = 60


def measure(*, folder: Path, count: int = COMMUNES) -> dict[str, object]:
    """Measure a lot of communes of every size: `seconds`, `cpu`, what France would take, and the same on a cluster."""
    folder.mkdir(parents=True, exist_ok=True)
    bench = engine.Bench(folder)
    codes, every = draw(count)
    here = bench.lot(codes, outputs="here")
    there = _lead(bench, codes)
    # A commune without inhabitants at the dates compared has no diagnostic.
    count = _count(folder / "here")
    return {
        "communes": count,
        "every": every,
        "seconds": round(here.seconds, 1),
        "cpu": round(here.cpu / count, 3),
        "target_cpu": TARGET_COMMUNE,
        "hours": round(here.cpu / count * every / 3600, 2),
        "target_hours": TARGET_HOURS,
        "cluster": {
            "seconds": round(there.seconds, 1),
            "built": _count(folder / "there"),
            "leader_ms": round(1000 * there.own / count, 1),
            "target_leader_ms": TARGET_LEADER,
        },
    }


def draw(count: int) -> tuple[list[str], int]:
    """Draw communes evenly among those that have inhabitants, by size; return their codes, and how many there are."""
    people = store.read("population", folder=paths.EMBEDDED)
    latest = people[(people["level"] == "commune") & (people["value"] > 0)].sort_values("year")
    sizes = latest.groupby("code")["value"].last()
    known = pd.Index(store.read_reference("territories", folder=paths.EMBEDDED)["code"])
    ranked = sizes[sizes.index.isin(known)].sort_values(kind="stable").index
    return [str(ranked[(2 * rank + 1) * len(ranked) // (2 * count)]) for rank in range(count)], len(ranked)


def _count(outputs: Path) -> int:
    """Count the diagnostics of a folder."""
    return len(list(outputs.glob(f"*/{MANIFEST}")))


def _lead(bench: engine.Bench, codes: list[str]) -> engine.Run:
    """Build communes on a cluster whose machines have troubles; what the command that leads them took."""
    with _Cluster.started(bench) as cluster:
        outputs = bench.folder / "there"
        troubles = cluster.troubles(len(codes))
        pending = next(troubles)

        def look() -> None:
            nonlocal pending
            while pending is not None and _count(outputs) >= pending[0]:
                pending[1]()
                pending = next(troubles, None)

        run = bench.lot(codes, f"--scheduler={cluster.address}", outputs="there", look=look)
        if pending is not None:
            raise SystemExit("Le lot s'est terminé avant toutes les pannes : il en faut un plus grand.")
        return run


@dataclass
class _Cluster:
    """A scheduler and two machines, each with all that it starts in a group of processes of its own."""

    bench: engine.Bench
    file: Path
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @classmethod
    @contextlib.contextmanager
    def started(cls, bench: engine.Bench) -> Iterator[_Cluster]:
        """Start them, and stop what is left of them at the end."""
        cluster = cls(bench, bench.folder / "scheduler.json")
        try:
            cluster.start("scheduler", "--port", "0", "--no-dashboard", "--scheduler-file", str(cluster.file))
            deadline = time.monotonic() + _PATIENCE
            while not cluster.file.is_file():
                if time.monotonic() > deadline:
                    raise SystemExit("Le répartiteur ne démarre pas.")
                time.sleep(_PERIOD)
            for name in ("one", "two"):
                cluster.machine(name)
            yield cluster
        finally:
            for name in [*cluster.processes]:
                cluster.send(name, signal.SIGCONT)
                cluster.stop(name, signal.SIGTERM)

    @property
    def address(self) -> str:
        """Where the scheduler is."""
        return str(json.loads(self.file.read_text(encoding="utf-8"))["address"])

    def start(self, name: str, *options: str, program: str = "scheduler") -> None:
        """Start one of them."""
        self.processes[name] = subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.dask_{program}", "--host", "127.0.0.1", *options],
            env=self.bench.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def machine(self, name: str) -> None:
        """Start a machine of one thread."""
        self.start(
            name, "--scheduler-file", str(self.file), "--nworkers", "1", "--nthreads", "1", "--no-dashboard",
            "--no-nanny", "--memory-limit", "0", "--local-directory", str(self.bench.folder / name), program="worker",
        )  # fmt: skip

    def send(self, name: str, number: signal.Signals) -> None:
        """Send a signal to one of them and to all that it has started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.processes[name].pid, number)

    def stop(self, name: str, number: signal.Signals) -> None:
        """Stop one of them, and wait for its end."""
        self.send(name, number)
        try:
            self.processes[name].wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self.send(name, signal.SIGKILL)
            self.processes[name].wait()

    def troubles(self, count: int) -> Iterator[tuple[float, Callable[[], None]]]:
        """List what happens to the machines, each with how many communes are then built."""
        yield _KILLED * count, self._replace_one
        yield _STILL * count, lambda: self.send("two", signal.SIGSTOP)
        since = time.monotonic()
        yield 0, lambda: time.sleep(max(0.0, _PAUSE - (time.monotonic() - since)))
        yield 0, lambda: self.send("two", signal.SIGCONT)
        yield _GONE * count, lambda: self.stop("two", signal.SIGTERM)
        yield 0, lambda: time.sleep(_AWAY)
        yield 0, lambda: self.machine("two")

    def _replace_one(self) -> None:
        self.stop("one", signal.SIGKILL)
        self.machine("one")


def main() -> None:
    """Measure from the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--communes", type=int, default=COMMUNES)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(folder=Path(folder), count=options.communes)
    sys.stdout.write(json.dumps(figures, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
