"""Diagnostics built once for every test that reads them."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import hostile_texts
import pytest
import shipped
from page_reading import execute_here

from helpers.execution.execute import execute
from helpers.execution.notebook_run import NotebookRun
from helpers.parameters import load_parameters
from helpers.publication.pages import commune as diagnostic
from helpers.publication.pages import site

ANNOEULLIN = "59011"


def _execute(jobs: Sequence[NotebookRun], **options: Any) -> Iterator[Any]:
    for job in jobs:
        run = execute if job.notebook.stem == "4_enjeux" else execute_here
        yield from run([job], **options)


@contextmanager
def _shared(tmp_path_factory: pytest.TempPathFactory, name: str) -> Iterator[Path]:
    """A folder that the workers of pytest-xdist share: the first to come fills it, the others wait."""
    root = tmp_path_factory.getbasetemp()
    # Under xdist each worker has its own folder in that of the session.
    root = root.parent if root.name.startswith("popen-") else root
    with (root / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield root / name


@pytest.fixture(scope="session")
def annoeullin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The diagnostic of Annœullin: its folder, in outputs that have an index.

    The last notebook runs in a kernel, as all do for good; the others in this process, which is quicker (nbval
    runs all of them in kernels).
    """
    with _shared(tmp_path_factory, "annoeullin") as outputs:
        if not (outputs / "index.html").exists():
            parameters, commune = load_parameters(ANNOEULLIN)
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(diagnostic, "execute", _execute)
                patch.setattr(diagnostic, "notebooks", shipped.notebooks)
                diagnostic.build(parameters, commune, outputs=outputs)
            site.publish(outputs)
    return outputs / "annoeullin"


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A diagnostic of which every text is hostile: its folder, with `pdf.html`, `posters.html` and `slides.html`."""
    with _shared(tmp_path_factory, "hostile") as root:
        if not (root / "folder").exists():
            root.mkdir()
            (root / "folder").write_text(str(hostile_texts.build(root)), encoding="utf-8")
    return Path((root / "folder").read_text(encoding="utf-8"))
