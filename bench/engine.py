"""Measure what building diagnostics costs: time, memory, growth, against the ordinary commands and the floor.

    python bench/engine.py [--complete] [--sizes 1 2] [--rounds 1]

prints a JSON object. The rival is `papermill` then `jupyter nbconvert --to html`, the commands, on the same notebooks
with the same parameters. The floor is the same cells and the same pages in one process that has everything loaded
(`bench/warm.py`): without isolation, errors reported or anything else that an engine is for. Runs of ours, of the rival
and of the floor alternate, and medians are kept (for ratios, those of the rounds: what else the machine does weighs
on all).
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psutil
from memory import Memory, median

from helpers import paths
from helpers.execution import template_process
from helpers.publication import selection
from helpers.publication.incremental.manifest import MANIFEST
from helpers.themes import notebooks

LOT = "mel"
COMMUNE = "59299"
# As a person types it: the code is a postal code too.
TYPED = f"insee:{COMMUNE}"
# Communes of each batch; the second when everything is asked for.
SIZES, COMPLETE = (1, 5, 20), (1, 10, 20, 50, 95)
ROUNDS = 3
# At least so many times faster than the rival for one commune, in a batch, and so many times less time of processors
# there; seconds of those for a commune of the metropolis.
TARGET_FASTER, TARGET_BATCH, TARGET_LESS, TARGET_CPU = 8.0, 6.0, 12.0, 2.2
# One commune: at most so many times the floor, and so many seconds more. A batch: so many times the floor of a core.
TARGET_FLOOR, TARGET_START, TARGET_CORE = 1.5, 1.5, 1.3
# Seconds, when there is nothing to do: for one commune, for a batch of any size measured.
TARGET_FRESH_ONE, TARGET_FRESH_BATCH = 1.0, 5.0
# Megabytes of a worker; what lasts weighs at most so many times more in the last third of a batch than in the first.
TARGET_MEMORY, TARGET_FLAT = 500.0, 1.1

_BIN = Path(sys.executable).parent
_WARM = Path(__file__).with_name("warm.py")
_JOBS = 2
# The communes of a round that the rival and each process of the floor work on, in batches.
_SAMPLE = 2
_TRIES = 3
# Seconds between two looks at the memory.
_PERIOD = 0.2
# Orphans are adopted by this process: what a command leaves at work counts in what it costs (prctl).
_ADOPT_ORPHANS = 36
# What a caller may have set for itself, and would change what is measured.
_ASIDE = ("HELPERS_ENGINE", "MAKEFLAGS", "MAKELEVEL", "PYTHONDONTWRITEBYTECODE")


def measure(
    *, folder: Path, complete: bool = False, sizes: Sequence[int] | None = None, rounds: int = ROUNDS
) -> dict[str, object]:
    """Measure the cost of building: `one` commune, `batch`, `growth`, `memory` of a batch, nothing to do (`fresh`).

    Times are in seconds, memory in megabytes; each comes with its target. Everything is written in `folder`.
    """
    bench = Bench(folder)
    one = _measure_one(bench, rounds=rounds)
    growth = _measure_growth(bench, sizes=sizes or (COMPLETE if complete else SIZES))
    return {
        "complete": complete,
        "sizes": {"default": SIZES, "complete": COMPLETE},
        "one": one,
        "fresh": _measure_fresh(bench, largest=growth["growth"][-1]["communes"], rounds=rounds),
        **growth,
    }


def _measure_one(bench: Bench, *, rounds: int) -> dict[str, object]:
    """Measure one commune: the command, and the engine once ready, with all processors and with one."""
    processors = os.cpu_count() or 1
    runs: dict[str, list[float]] = {}
    cpu: dict[str, list[float]] = {}
    for _ in range(rounds):
        commands = {
            "rival": bench.rival([COMMUNE], jobs=1),
            "cold": bench.build(),
            "cold_alone": bench.build("--jobs=1"),
        }
        warm = {
            "warm": bench.warm("build", [COMMUNE], jobs=processors),
            "warm_alone": bench.warm("build", [COMMUNE]),
            "floor": bench.warm("floor", [COMMUNE]),
        }
        for name, run in commands.items():
            runs.setdefault(name, []).append(run.seconds)
            cpu.setdefault(name, []).append(run.cpu)
        for name, seconds in warm.items():
            runs.setdefault(name, []).append(seconds)
    ways = ("cold", "cold_alone", "warm", "warm_alone")
    return {
        "name": selection.places([COMMUNE])[0].label,
        "notebooks": len(notebooks()),
        "rounds": rounds,
        "seconds": {name: median(values) for name, values in runs.items()},
        "cpu": {name: median(values) for name, values in cpu.items()},
        "faster": {way: _ratio(runs["rival"], runs[way]) for way in ways},
        "target_faster": TARGET_FASTER,
        "target_seconds": round(TARGET_FLOOR * median(runs["floor"]) + TARGET_START, 3),
        "floor_times": TARGET_FLOOR,
        "floor_more": TARGET_START,
    }


def _measure_growth(bench: Bench, *, sizes: Sequence[int]) -> dict[str, object]:
    """Batches of more and more communes; the rival and the floor before each of them, on a few communes."""
    count = len(notebooks())
    sample = bench.spread(_SAMPLE * _JOBS)
    rival, rival_cpu, floor, growth = [], [], [], []
    for size in sizes:
        commands = bench.rival(sample[:_SAMPLE], jobs=_JOBS)
        rival.append(commands.seconds / (_SAMPLE * count))
        rival_cpu.append(commands.cpu / (_SAMPLE * count))
        # As many processes at once as the batch has: they share caches and memory as its own do.
        shares = [sample[rank * _SAMPLE : (rank + 1) * _SAMPLE] for rank in range(_JOBS)]
        floor.append(bench.warm("floor", *shares) / (_SAMPLE * count))
        batch = bench.batch(size)
        growth.append(
            {
                "communes": size,
                "seconds": round(batch.seconds, 3),
                "per_commune": round(batch.seconds / size, 3),
                "cpu_per_commune": round(batch.cpu / size, 3),
            }
        )
    ours, ours_cpu = batch.seconds / (size * count), batch.cpu / (size * count)
    return {
        "growth": growth,
        "memory": {"communes": size, **batch.memory.summary(), "target": TARGET_MEMORY, "flat": TARGET_FLAT},
        "batch": {
            "communes": size,
            "jobs": _JOBS,
            "rival_communes": _SAMPLE,
            "rounds": len(sizes),
            "per_notebook": {"ours": round(ours, 3), "rival": median(rival), "floor": median(floor)},
            "cpu_per_notebook": {"ours": round(ours_cpu, 3), "rival": median(rival_cpu)},
            "faster": round(median(rival) / ours, 3),
            "target_faster": TARGET_BATCH,
            "less": round(median(rival_cpu) / ours_cpu, 3),
            "target_less": TARGET_LESS,
            "cpu": round(ours_cpu * count, 2),
            "target_cpu": TARGET_CPU,
            # The floor is the time of one core: a batch has as many as it has processes.
            "over_floor": round(ours * _JOBS / median(floor), 3),
            "target_over_floor": TARGET_CORE,
        },
    }


def _measure_fresh(bench: Bench, *, largest: int, rounds: int) -> list[dict[str, object]]:
    """Measure the same commands again, when nothing has changed; check that nothing was built again."""
    former = bench.manifests()
    one = [bench.build(force=False).seconds for _ in range(rounds)]
    many = [bench.batch(largest).seconds for _ in range(rounds)]
    if bench.manifests() != former:
        raise SystemExit("Le code ou les données ont changé pendant la mesure : à refaire.")
    return [
        {"communes": 1, "seconds": median(one), "target": TARGET_FRESH_ONE},
        {"communes": largest, "seconds": median(many), "target": TARGET_FRESH_BATCH},
    ]


@dataclass(frozen=True)
class Run:
    """What a command took: seconds, seconds of processors (of all it started, then its own alone), memory."""

    seconds: float
    cpu: float
    memory: Memory
    own: float


class Bench:
    """The commands measured: each returns what it took, and insists that it succeeded."""

    def __init__(self, folder: Path) -> None:
        ctypes.CDLL(None).prctl(_ADOPT_ORPHANS, 1, 0, 0, 0)
        self.folder = folder
        self._codes = [place.code for place in selection.load(LOT).places]
        self.environment = {
            **{name: value for name, value in os.environ.items() if name not in _ASIDE},
            "HELPERS_STORE": str(paths.EMBEDDED),
            "HELPERS_FETCHED": str(folder / "fetched"),
            "JUPYTER_PREFER_ENV_PATH": "1",
        }

    def spread(self, size: int) -> list[str]:
        """So many communes of the lot, from its first to its last."""
        if size > len(self._codes):
            raise SystemExit(f"Le lot {LOT} n'a que {len(self._codes)} communes, {size} demandées.")
        return [self._codes[len(self._codes) * rank // size] for rank in range(size)]

    def build(self, *options: str, force: bool = True) -> Run:
        """`diagnostic build`, in outputs that are those of the former call."""
        command = [_BIN / "diagnostic", "build", *(["--force"] if force else []), *options, "--", TYPED]
        return self._run(command, outputs="one")

    def batch(self, size: int) -> Run:
        """`diagnostic batch`, in outputs that are those of the former call with as many communes."""
        return self.lot(self.spread(size), f"--jobs={_JOBS}", outputs=f"batch-{size}")

    def lot(
        self, codes: Sequence[str], *options: str, outputs: str, look: Callable[[], None] | None = None
    ) -> Run:
        """`diagnostic batch` of these communes; `look` is called as it goes, where other processes work for it."""
        lot = self.folder / f"{outputs}.yml"
        lot.write_text(json.dumps({"communes": [*codes]}), encoding="utf-8")
        return self._run([_BIN / "diagnostic", "batch", *options, "--", lot], outputs=outputs, look=look)

    def manifests(self) -> dict[Path, int]:
        """When every diagnostic was written."""
        return {path: path.stat().st_mtime_ns for path in self.folder.glob(f"*/*/{MANIFEST}")}

    def rival(self, codes: Sequence[str], *, jobs: int) -> Run:
        """papermill and nbconvert on every notebook of communes, several at once with `make -j`.

        Two kernels that start together may be given the same port, and one of them then never answers: once more.
        """
        for _ in range(_TRIES - 1):
            with contextlib.suppress(SystemExit):
                return self._rival(codes, jobs=jobs)
        return self._rival(codes, jobs=jobs)

    def _rival(self, codes: Sequence[str], *, jobs: int) -> Run:
        with self._temporary() as place:
            rules = list(self._rules(codes, place))
            targets = " ".join(str(target) for target, _ in rules)
            text = [f"all: {targets}", *(f"{target}:\n\t{recipe}" for target, recipe in rules)]
            (place / "Makefile").write_text("\n".join(text) + "\n", encoding="utf-8")
            return self._run(["make", f"-j{jobs}", "-f", place / "Makefile"])

    def warm(self, work: str, *shares: Sequence[str], jobs: int = 1) -> float:
        """`warm.py`, a process for each share of communes, all at once; the mean of their seconds."""
        command = [sys.executable, str(_WARM), work, f"--jobs={jobs}"]
        with contextlib.ExitStack() as stack, self._log() as log:
            processes = [
                stack.enter_context(
                    subprocess.Popen(
                        [*command, *share],
                        # As the engine does: a process keeps to its core.
                        env={**self.environment, **template_process.ENVIRONMENT},
                        stdin=subprocess.PIPE,
                        stdout=subprocess.PIPE,
                        stderr=log,
                        text=True,
                    )
                )
                for share in shares
            ]
            for process in processes:
                process.stdout.readline()
            for process in processes:
                process.stdin.write("\n")
                process.stdin.flush()
            answers = [process.communicate()[0] for process in processes]
            for process in processes:
                self._check(command, process.returncode)
        return statistics.mean(float(answer) for answer in answers)

    def _rules(self, codes: Sequence[str], place: Path) -> Iterator[tuple[Path, str]]:
        """Write a target and its recipe for each notebook of each commune."""
        parameters = self._parameters(codes)
        for code in codes:
            for notebook in notebooks():
                executed = place / f"{code}-{notebook.name}"
                values = executed.with_suffix(".yml")
                values.write_text(json.dumps(parameters[code][notebook.stem]), encoding="utf-8")
                yield (
                    executed.with_suffix(".html"),
                    f"{_BIN / 'papermill'} {notebook} {executed} -f {values} --cwd {paths.NOTEBOOKS} && "
                    f"{_BIN / 'jupyter'} nbconvert --to html {executed}",
                )

    def _parameters(self, codes: Sequence[str]) -> Mapping[str, Mapping[str, object]]:
        command = [sys.executable, str(_WARM), "parameters", *codes]
        done = subprocess.run(command, env=self.environment, check=True, capture_output=True, text=True)
        return json.loads(done.stdout)

    def _run(
        self,
        command: Sequence[str | Path],
        *,
        outputs: str = "none",
        look: Callable[[], None] | None = None,
    ) -> Run:
        environment = {**self.environment, "HELPERS_OUTPUTS": str(self.folder / outputs)}
        memory = Memory()
        with self._log() as log:
            start, cpu = time.perf_counter(), _cpu_of_children()
            with psutil.Popen(
                [*map(str, command)], env=environment, cwd=paths.ROOT, stdout=log, stderr=log
            ) as process:
                own = process.cpu_times()
                while True:
                    try:
                        process.wait(_PERIOD)
                        break
                    except psutil.TimeoutExpired:
                        memory.look(process)
                        own = process.cpu_times()
                        if look:
                            look()
            seconds = time.perf_counter() - start
        self._check(command, process.returncode)
        if not look:
            _wait_for_orphans()
        return Run(seconds, _cpu_of_children() - cpu, memory, own.user + own.system)

    def _check(self, command: Sequence[str | Path], code: int) -> None:
        if code:
            said = (self.folder / "log").read_text(encoding="utf-8", errors="replace")
            raise SystemExit(f"{' '.join(map(str, command))} : code {code}\n{said}")

    def _log(self) -> IO[str]:
        return (self.folder / "log").open("w", encoding="utf-8")

    @contextlib.contextmanager
    def _temporary(self) -> Iterator[Path]:
        with tempfile.TemporaryDirectory(dir=self.folder) as name:
            yield Path(name)


def _cpu_of_children() -> float:
    """Sum the seconds of processors of the processes that have ended, theirs included."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _wait_for_orphans() -> None:
    """Wait for what a command left behind: its cost is known once it has ended."""
    with contextlib.suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)


def _ratio(theirs: Sequence[float], ours: Sequence[float]) -> float:
    return median([their / our for their, our in zip(theirs, ours, strict=True)])


def main() -> None:
    """Measure from the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--complete", action="store_true", help="batches of up to 95 communes")
    parser.add_argument("--sizes", type=int, nargs="+", help="communes of each batch")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(
            folder=Path(folder), complete=options.complete, sizes=options.sizes, rounds=options.rounds
        )
    sys.stdout.write(json.dumps(figures, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
