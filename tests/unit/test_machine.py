"""How many processes run at once: as the machine, a container or the system bounds them."""

from __future__ import annotations

import os
from types import SimpleNamespace

import pytest

from helpers.execution import machine


@pytest.fixture
def groups(tmp_path, monkeypatch):
    """A machine of 64 processors and 256 GB; what writes the files of its control groups."""
    monkeypatch.setattr(machine.os, "sched_getaffinity", lambda _: range(64))
    monkeypatch.setattr(machine.psutil, "virtual_memory", lambda: SimpleNamespace(available=256_000_000_000))
    monkeypatch.setattr(machine, "_GROUPS", tmp_path)
    monkeypatch.setattr(machine, "_OWN", tmp_path / "own")

    def write(own, **files):
        (tmp_path / "own").write_text(own, encoding="ascii")
        for name, text in files.items():
            path = tmp_path / name.replace("__", "/").replace("_DOT_", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="ascii")

    return write


def test_without_any_bound_they_are_those_of_the_machine(groups):
    groups("0::/\n", cpu_DOT_max="max 100000\n", memory_DOT_max="max\n")
    assert machine.count_processors() == 64
    assert machine.free_memory() == 256_000_000_000


def test_the_share_of_a_container_bounds_processors_and_memory(groups):
    groups(
        "0::/../pod/one\n",
        cpu_DOT_max="150000 100000\n",
        memory_DOT_max="4000000000\n",
        memory_DOT_current="3000000000\n",
        memory_DOT_stat="anon 5\ninactive_file 500000000\n",
    )
    # One and a half: two processes are never idle.
    assert machine.count_processors() == 2
    assert machine.free_memory() == 1_500_000_000


def test_the_groups_above_bound_too(groups):
    groups("0::/a/b\n", a__cpu_DOT_max="800000 100000\n", a__b__cpu_DOT_max="max 100000\n")
    assert machine.count_processors() == 8


def test_the_groups_of_version_one_bound_too(groups):
    groups(
        "4:memory:/docker/x\n3:cpu,cpuacct:/docker/x\n",
        cpu__cpu_DOT_cfs_quota_us="200000\n",
        cpu__cpu_DOT_cfs_period_us="100000\n",
        memory__memory_DOT_limit_in_bytes="2000000000\n",
        memory__memory_DOT_usage_in_bytes="500000000\n",
    )
    assert (machine.count_processors(), machine.free_memory()) == (2, 1_500_000_000)


def test_the_affinity_bounds_processors(groups, monkeypatch):
    groups("0::/\n")
    monkeypatch.setattr(machine.os, "sched_getaffinity", lambda _: {5})
    assert machine.count_processors() == 1


def test_what_runs_at_once_is_bounded_and_it_is_said(groups):
    groups("0::/\n", cpu_DOT_max="400000 100000\n")
    assert machine.choose_width(None) == machine.Width(4)
    assert machine.choose_width(3) == machine.Width(3)
    assert machine.choose_width(500) == machine.Width(
        8, "jobs=500 : 8 à la fois au plus, il y a 4\u00a0processeurs."
    )
    groups("0::/\n", memory_DOT_max="1000000000", memory_DOT_current="0")
    found = "2 à la fois au plus, la mémoire libre est de 1,0 Go, chacun en prend 0,5."
    assert machine.choose_width(None) == machine.Width(2, found)
    assert machine.choose_width(3) == machine.Width(2, f"jobs=3 : {found}")
    groups("0::/\n", memory_DOT_max="1000000", memory_DOT_current="999999")
    assert machine.choose_width(None).count == 1


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="Linux")
def test_this_machine_is_read():
    assert 1 <= machine.count_processors() <= len(os.sched_getaffinity(0))
    assert 0 < machine.free_memory() < 1 << 50
