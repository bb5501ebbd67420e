"""Diagnostics built once for every test that reads them."""

from __future__ import annotations

from pathlib import Path

import hostile_texts
import pytest
from built import build_annoeullin
from shared import shared


@pytest.fixture(scope="session")
def annoeullin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The diagnostic of Annœullin: its folder, in outputs that have an index."""
    return build_annoeullin(tmp_path_factory)


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A diagnostic of which every text is hostile: the folder of its pages."""
    with shared(tmp_path_factory, "hostile") as root:
        if not (root / "folder").exists():
            root.mkdir()
            (root / "folder").write_text(str(hostile_texts.build(root)), encoding="utf-8")
    return Path((root / "folder").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def hostile_documents(tmp_path_factory: pytest.TempPathFactory, hostile: Path) -> Path:
    """The same, with what its documents are printed from: `pdf.html`, `posters.html` and `slides.html`."""
    with shared(tmp_path_factory, "hostile") as root:
        if not (hostile / "posters.html").exists():
            hostile_texts.write_documents(root, hostile)
    return hostile
