"""What is made once for every test that reads it, by whichever worker of pytest-xdist comes first."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the session: under xdist each worker has its own in it."""
    folder = tmp_path_factory.getbasetemp()
    return folder.parent if folder.name.startswith("popen-") else folder


@contextmanager
def shared(tmp_path_factory: pytest.TempPathFactory, name: str) -> Iterator[Path]:
    """A folder of the session, for one worker at a time: the first to come fills it, the others wait and find it."""
    folder = root(tmp_path_factory)
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder / name
