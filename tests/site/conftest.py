"""A diagnostic and its documents, made once for every test that reads them."""

from __future__ import annotations

import fcntl
import sys
from pathlib import Path

import pytest
import shipped

from helpers.parameters import load_parameters
from helpers.publication import documents
from helpers.publication.documents import essential, posters, report, slides
from helpers.publication.pages import commune as diagnostic

sys.path.insert(0, str(Path(__file__).parents[1] / "html"))

from page_reading import execute_here

MAKERS = {
    "essentiel.pdf": essential.make,
    "diagnostic.pdf": report.make,
    "diaporama.html": slides.make,
    "affiches.pdf": posters.make,
}


@pytest.fixture(scope="session")
def annoeullin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of Annœullin, whose figures have all their data, with every document.

    Workers of pytest-xdist share one: the first makes it, the others wait.
    """
    root = tmp_path_factory.getbasetemp()
    root = root.parent if root.name.startswith("popen-") else root
    folder = root / "documents" / "annoeullin"
    with (root / "documents.lock").open("w") as lock, pytest.MonkeyPatch.context() as patch:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "annoeullin-affiches.pdf").exists():
            patch.setattr(diagnostic, "execute", execute_here)
            patch.setattr(diagnostic, "notebooks", shipped.notebooks)
            parameters, commune = load_parameters("59011")
            diagnostic.build(parameters, commune, outputs=folder.parent)
            for kind, make in MAKERS.items():
                documents.publish(folder, kind, make(documents.read(folder)))
    return folder
