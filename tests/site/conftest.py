"""A diagnostic and its documents, made once for every test that reads them."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
from shared import shared

from helpers.publication import documents
from helpers.publication.documents import essential, posters, powerpoint, report, slides

sys.path.insert(0, str(Path(__file__).parents[1] / "html"))

from built import build_annoeullin

MAKERS = {
    "essentiel.pdf": essential.make,
    "diagnostic.pdf": report.make,
    "diaporama.html": slides.make,
    "diaporama.pptx": powerpoint.make,
    "affiches.pdf": posters.make,
}


@pytest.fixture(scope="session")
def annoeullin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of Annœullin, whose figures have all their data, with every document.

    Workers of pytest-xdist share one: the first makes it, the others wait.
    """
    pages = build_annoeullin(tmp_path_factory)
    with shared(tmp_path_factory, "documents") as outputs:
        folder = outputs / "annoeullin"
        if not (folder / "annoeullin-affiches.pdf").exists():
            # Drawn where kits are made from the same pages.
            documents.read(pages)
            _copy(pages, outputs)
            for kind, make in MAKERS.items():
                documents.publish(folder, kind, make(documents.read(folder)))
    return folder


@pytest.fixture
def folder(annoeullin: Path, tmp_path: Path) -> Path:
    """A copy of that folder and of the drawings of its documents, in outputs of its own."""
    return _copy(annoeullin, tmp_path / "outputs")


def _copy(folder: Path, outputs: Path) -> Path:
    for name in ("_dessins", folder.name):
        shutil.copytree(folder.with_name(name), outputs / name, dirs_exist_ok=True)
    return outputs / folder.name
