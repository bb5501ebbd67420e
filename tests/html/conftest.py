"""Diagnostics built once for every test that reads them."""

from __future__ import annotations

import fcntl
from pathlib import Path

import pytest

from helpers import params
from helpers.build import commune as diagnostic
from helpers.build import site

ANNOEULLIN = "59011"


@pytest.fixture(scope="session")
def annoeullin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The diagnostic of Annœullin, built for good with kernels: its folder, in outputs that have an index.

    Workers of pytest-xdist share one build: the first builds, the others wait.
    """
    root = tmp_path_factory.getbasetemp()
    # Under xdist each worker has its own folder in that of the session.
    root = root.parent if root.name.startswith("popen-") else root
    outputs = root / "annoeullin"
    with (root / "annoeullin.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (outputs / "index.html").exists():
            parameters, commune = params.load_parameters(ANNOEULLIN)
            diagnostic.build(parameters, commune, outputs=outputs)
            site.publish(outputs)
    return outputs / "annoeullin"
