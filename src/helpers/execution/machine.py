"""What this machine gives this program: processors and memory, as a container, a scheduler or `taskset` bounds them."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from helpers import french

# Bytes of a process that executes notebooks, at its most (docs/mesures.md).
_PROCESS = 500_000_000
# More processes than this many for each processor gain nothing.
_CROWD = 2
_GROUPS = Path("/sys/fs/cgroup")
_OWN = Path("/proc/self/cgroup")


@dataclass(frozen=True)
class Width:
    """How many processes to run at once, and what is to be reported of it: nothing when that is what was asked."""

    count: int
    notice: str = ""


def choose_width(asked: int | None) -> Width:
    """Choose how many processes to run at once: as many as processors by default, as many as asked within reason."""
    processors, memory = count_processors(), free_memory()
    fitting = max(1, memory // _PROCESS)
    wanted = asked or processors
    count = min(wanted, fitting, processors * _CROWD)
    if count == wanted:
        return Width(count)
    room = (
        f"la mémoire libre est de {french.number(memory / 1e9, digits=1)} Go, chacun en prend 0,5"
        if fitting == count
        else f"il y a {french.quantity(processors, 'processeur')}"
    )
    named = f"jobs={asked} : " if asked else ""
    return Width(count, f"{named}{french.number(count)} à la fois au plus, {room}.")


def count_processors() -> int:
    """Count the processors that this program may use: its affinity, and the share that its control groups have."""
    try:
        allowed = len(os.sched_getaffinity(0))
    except AttributeError:  # macOS
        allowed = os.cpu_count() or 1
    return max(1, math.ceil(min([allowed, *_quotas()])))


def free_memory() -> int:
    """Return the bytes of memory that this program may still take: of the machine, and of its control groups."""
    return max(0, min([int(psutil.virtual_memory().available), *_rooms()]))


def _quotas() -> Iterator[float]:
    """Yield the processors that control groups give, where they bound them."""
    for group in _groups():
        quota, period = [*_read(group / "cpu.max").split(), "", ""][:2]
        if not quota:
            quota, period = _read(group / "cpu.cfs_quota_us"), _read(group / "cpu.cfs_period_us")
        if quota.isdecimal() and period.isdecimal() and int(period):
            yield int(quota) / int(period)


def _rooms() -> Iterator[int]:
    """Yield the bytes that control groups leave, where they bound them."""
    for group in _groups():
        for most, taken in (
            ("memory.max", "memory.current"),
            ("memory.limit_in_bytes", "memory.usage_in_bytes"),
        ):
            limit, used = _read(group / most), _read(group / taken)
            if limit.isdecimal() and used.isdecimal():
                yield int(limit) - int(used) + _reclaimable(group)


def _reclaimable(group: Path) -> int:
    """Read the bytes of files that a group keeps in memory, which go when the room is needed."""
    lines = (line.partition(" ") for line in _read(group / "memory.stat").splitlines())
    held = {name: value for name, _, value in lines}
    return int(held.get("total_inactive_file") or held.get("inactive_file") or 0)


def _groups() -> Iterator[Path]:
    """Yield the folders of the control groups of this program, those above included; of version 2, then of 1."""
    roots = {"": _GROUPS, "cpu": _GROUPS / "cpu", "memory": _GROUPS / "memory"}
    for line in _read(_OWN).splitlines():
        _, _, rest = line.partition(":")
        kinds, _, place = rest.partition(":")
        for kind in kinds.split(","):
            if root := roots.get(kind):
                inside = root / place.lstrip("/")
                # In a container the names are those of the machine, and the folder that of the container.
                yield from (above for above in (inside, *inside.parents) if above.is_relative_to(root))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""
