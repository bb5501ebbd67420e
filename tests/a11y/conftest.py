"""A site of a few communes, served over local http, and the browser that opens it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from shared import root, shared

from helpers.parameters import load_parameters
from helpers.publication import documents
from helpers.publication.documents import pdf, posters, report, sheets, slides
from helpers.publication.pages import commune as diagnostic
from helpers.publication.pages import site
from helpers.themes import notebooks

sys.path.insert(0, str(Path(__file__).parents[1] / "html"))

from page_reading import execute_here
from walk import BESIDE, COMMUNES, DECKS, PRINTED


@pytest.fixture(scope="session")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a site; workers of pytest-xdist share one build: one begins with the first, the other with the last."""
    backwards = os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:] != "0"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(diagnostic, "execute", execute_here)
        for code in (*COMMUNES, *BESIDE)[:: -1 if backwards else 1]:
            with shared(tmp_path_factory, f"built-{code}") as mark:
                if not mark.exists():
                    _build(code, root(tmp_path_factory) / "site")
                    mark.touch()
    with shared(tmp_path_factory, "site") as folder, pytest.MonkeyPatch.context() as patch:
        if not (folder / "index.html").exists():
            site.publish(folder)
            for maker, name in zip((report, posters), PRINTED, strict=True):
                # In place of the PDF, the page that it is printed from.
                patch.setattr(sheets if maker is posters else pdf, "print_page", str.encode)
                found = documents.read((folder / name).parent)
                (folder / name).write_bytes(maker.make(found))
    return folder


def _build(code: str, outputs: Path) -> None:
    """Build a commune of the site, and the slides that are visited; a part of one that is not visited."""
    parameters, commune = load_parameters(f"insee:{code}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(diagnostic, "notebooks", notebooks if code in COMMUNES else lambda: notebooks()[-1:])
        built = diagnostic.build(parameters, commune, outputs=outputs)
    name = "diaporama.html"
    if f"{built.name}/{documents.name_of(built.name, name)}" in DECKS:
        documents.publish(built, name, slides.make(documents.read(built)))


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing of what is served."""


@pytest.fixture(scope="session")
def address(outputs: Path) -> Iterator[str]:
    """Where the site is served."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(outputs))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium as the system has it."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    assert path, (
        "Chromium est introuvable : installez-le (Debian : apt install chromium), ou donnez CHROMIUM=chemin."
    )
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path)
        yield opened
        opened.close()


Open = Callable[..., Page]


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Open]:
    """Open a page of the site in a fresh context: `visit("hem/index.html", width=360, color_scheme="dark")`."""
    contexts = []

    def open_page(name: str, *, width: int = 1280, height: int = 900, **options: Any) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{address}/{name}")
        return page

    yield open_page
    for context in contexts:
        context.close()
