"""The memory of the processes of a command, looked at as it goes."""

from __future__ import annotations

import contextlib
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field

import psutil


@dataclass
class Memory:
    """The memory of the processes of a batch, looked at as it goes.

    `looks` are megabytes by process: all that is resident, and that without the files mapped in memory, of which the
    system takes back the pages whenever it wants.
    """

    looks: list[dict[int, tuple[float, float]]] = field(default_factory=list)

    def look(self, process: psutil.Process) -> None:
        """Note the memory of a process and of all those that it has started."""
        found = {}
        with contextlib.suppress(psutil.NoSuchProcess):
            for one in [process, *process.children(recursive=True)]:
                with contextlib.suppress(psutil.NoSuchProcess):
                    memory = one.memory_info()
                    found[one.pid] = (memory.rss / 1e6, (memory.rss - memory.shared) / 1e6)
        self.looks.append(found)

    def summary(self) -> dict[str, object]:
        """Sum up: the peak of a worker, and the memory of a worker and of what lasts in the first and the last third.

        What lasts is seen in most looks: the command, the template process; files mapped in memory are left out. A
        worker is any other process; what it shares with the template process is counted in full.
        """
        peaks: dict[int, float] = {}
        seen: dict[int, int] = {}
        for look in self.looks:
            for pid, (weight, _) in look.items():
                peaks[pid] = max(weight, peaks.get(pid, 0.0))
                seen[pid] = seen.get(pid, 0) + 1
        lasting = {pid for pid, times in seen.items() if times > len(self.looks) / 2}
        # In the order of their births: dictionaries keep it.
        workers = [peak for pid, peak in peaks.items() if pid not in lasting]
        together = [sum(look.get(pid, (0.0, 0.0))[1] for pid in lasting) for look in self.looks]
        return {
            "workers": len(workers),
            "worker_peak": round(max(workers, default=0.0), 1),
            "worker": _thirds(workers),
            "lasting": _thirds(together),
        }


def _thirds(values: Sequence[float]) -> dict[str, float]:
    """Return the medians of the first and of the last third."""
    third = max(len(values) // 3, 1)
    return {"first": median(values[:third] or [0.0]), "last": median(values[-third:] or [0.0])}


def median(values: Sequence[float]) -> float:
    """Compute a median to the thousandth."""
    return round(statistics.median(values), 3)
