"""Measure what building diagnostics costs: time, memory, growth, against the ordinary commands and the floor.

    python bench/engine.py [--complete] [--sizes 1 2] [--rounds 1]

prints a JSON object. The rival is `papermill` then `jupyter nbconvert --to html`, the commands, on the same notebooks
with the same parameters. The floor is the same cells and the same pages in one process that has everything loaded
(`bench/warm.py`): without isolation, errors told or anything else that an engine is for. Runs of ours, of the rival
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
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import psutil

from helpers import paths
from helpers.execution import template_process
from helpers.publication import incremental, selection
from helpers.themes import notebooks

LOT = "mel"
COMMUNE = "59299"
# As a person types it: the code is a postal code too.
TYPED = f"insee:{COMMUNE}"
# Communes of each batch; the second when everything is asked for.
SIZES, COMPLETE = (1, 5, 20), (1, 10, 20, 50, 95)
ROUNDS = 3
# At least so many times faster than the rival, and so many times less time of processors in a batch.
TARGET_FASTER, TARGET_LESS = 6.0, 10.0
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
        "seconds": {name: _median(values) for name, values in runs.items()},
        "cpu": {name: _median(values) for name, values in cpu.items()},
        "faster": {way: _ratio(runs["rival"], runs[way]) for way in ways},
        "target_faster": TARGET_FASTER,
        "target_seconds": round(TARGET_FLOOR * _median(runs["floor"]) + TARGET_START, 3),
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
            "per_notebook": {"ours": round(ours, 3), "rival": _median(rival), "floor": _median(floor)},
            "cpu_per_notebook": {"ours": round(ours_cpu, 3), "rival": _median(rival_cpu)},
            "faster": round(_median(rival) / ours, 3),
            "target_faster": TARGET_FASTER,
            "less": round(_median(rival_cpu) / ours_cpu, 3),
            "target_less": TARGET_LESS,
            # The floor is the time of one core: a batch has as many as it has processes.
            "over_floor": round(ours * _JOBS / _median(floor), 3),
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
        {"communes": 1, "seconds": _median(one), "target": TARGET_FRESH_ONE},
        {"communes": largest, "seconds": _median(many), "target": TARGET_FRESH_BATCH},
    ]


@dataclass
class Memory:
    """The resident memory of the processes of a batch, looked at as it goes: `looks`, megabytes by process."""

    looks: list[dict[int, float]] = field(default_factory=list)

    def look(self, process: psutil.Process) -> None:
        """Note the memory of a process and of all those that it has started."""
        found = {}
        with contextlib.suppress(psutil.NoSuchProcess):
            for one in [process, *process.children(recursive=True)]:
                with contextlib.suppress(psutil.NoSuchProcess):
                    found[one.pid] = one.memory_info().rss / 1e6
        self.looks.append(found)

    def summary(self) -> dict[str, object]:
        """Sum up: the peak of a worker, and the memory of a worker and of what lasts in the first and the last third.

        What lasts is seen in most looks: the command, the template process. A worker is any other process; what it
        shares with the template process is counted in full.
        """
        peaks: dict[int, float] = {}
        seen: dict[int, int] = {}
        for look in self.looks:
            for pid, weight in look.items():
                peaks[pid] = max(weight, peaks.get(pid, 0.0))
                seen[pid] = seen.get(pid, 0) + 1
        lasting = {pid for pid, times in seen.items() if times > len(self.looks) / 2}
        # In the order of their births: dictionaries keep it.
        workers = [peak for pid, peak in peaks.items() if pid not in lasting]
        together = [sum(look.get(pid, 0.0) for pid in lasting) for look in self.looks]
        return {
            "workers": len(workers),
            "worker_peak": round(max(workers, default=0.0), 1),
            "worker": _thirds(workers),
            "lasting": _thirds(together),
        }


@dataclass(frozen=True)
class Run:
    """What a command took: seconds, seconds of processors (its own and those of all it started), memory."""

    seconds: float
    cpu: float
    memory: Memory


class Bench:
    """The commands measured: each returns what it took, and insists that it succeeded."""

    def __init__(self, folder: Path) -> None:
        ctypes.CDLL(None).prctl(_ADOPT_ORPHANS, 1, 0, 0, 0)
        self._folder = folder
        self._codes = [place.code for place in selection.load(LOT).places]
        self._environment = {
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
        lot = self._folder / f"{size}.yml"
        lot.write_text(json.dumps({"communes": self.spread(size)}), encoding="utf-8")
        return self._run(
            [_BIN / "diagnostic", "batch", f"--jobs={_JOBS}", "--", lot], outputs=f"batch-{size}"
        )

    def manifests(self) -> dict[Path, int]:
        """When every diagnostic was written."""
        return {path: path.stat().st_mtime_ns for path in self._folder.glob(f"*/*/{incremental.MANIFEST}")}

    def rival(self, codes: Sequence[str], *, jobs: int) -> Run:
        """papermill and nbconvert on every notebook of communes, several at once with `make -j`."""
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
                        env={**self._environment, **template_process.ENVIRONMENT},
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
                told = place / f"{code}-{notebook.name}"
                values = told.with_suffix(".yml")
                values.write_text(json.dumps(parameters[code][notebook.stem]), encoding="utf-8")
                yield (
                    told.with_suffix(".html"),
                    f"{_BIN / 'papermill'} {notebook} {told} -f {values} --cwd {paths.NOTEBOOKS} && "
                    f"{_BIN / 'jupyter'} nbconvert --to html {told}",
                )

    def _parameters(self, codes: Sequence[str]) -> Mapping[str, Mapping[str, object]]:
        command = [sys.executable, str(_WARM), "parameters", *codes]
        done = subprocess.run(command, env=self._environment, check=True, capture_output=True, text=True)
        return json.loads(done.stdout)

    def _run(self, command: Sequence[str | Path], *, outputs: str = "none") -> Run:
        environment = {**self._environment, "HELPERS_OUTPUTS": str(self._folder / outputs)}
        memory = Memory()
        with self._log() as log:
            start, cpu = time.perf_counter(), _cpu_of_children()
            with psutil.Popen(
                [*map(str, command)], env=environment, cwd=paths.ROOT, stdout=log, stderr=log
            ) as process:
                while True:
                    try:
                        process.wait(_PERIOD)
                        break
                    except psutil.TimeoutExpired:
                        memory.look(process)
            seconds = time.perf_counter() - start
        self._check(command, process.returncode)
        _wait_for_orphans()
        return Run(seconds, _cpu_of_children() - cpu, memory)

    def _check(self, command: Sequence[str | Path], code: int) -> None:
        if code:
            said = (self._folder / "log").read_text(encoding="utf-8", errors="replace")
            raise SystemExit(f"{' '.join(map(str, command))} : code {code}\n{said}")

    def _log(self) -> IO[str]:
        return (self._folder / "log").open("w", encoding="utf-8")

    @contextlib.contextmanager
    def _temporary(self) -> Iterator[Path]:
        with tempfile.TemporaryDirectory(dir=self._folder) as name:
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


def _median(values: Sequence[float]) -> float:
    return round(statistics.median(values), 3)


def _ratio(theirs: Sequence[float], ours: Sequence[float]) -> float:
    return _median([their / our for their, our in zip(theirs, ours, strict=True)])


def _thirds(values: Sequence[float]) -> dict[str, float]:
    """Return the medians of the first and of the last third."""
    third = max(len(values) // 3, 1)
    return {"first": _median(values[:third] or [0.0]), "last": _median(values[-third:] or [0.0])}


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
