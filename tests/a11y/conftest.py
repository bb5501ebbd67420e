"""A site of a few communes, served over local http, and the browser that opens it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from types import ModuleType
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from shared import root, shared

from helpers.parameters import load_parameters
from helpers.publication import documents
from helpers.publication.documents import essential, pdf, posters, report, sheets, slides
from helpers.publication.pages import commune as diagnostic
from helpers.publication.pages import site
from helpers.themes import notebooks

sys.path.insert(0, str(Path(__file__).parents[1] / "html"))

from page_reading import execute_here
from walk import BESIDE, COMMUNES, DECKS, PRINTED

_MAKERS = {"essential": essential, "report": report, "posters": posters}


@pytest.fixture(scope="session")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a site, its diagnostics then its documents; workers of pytest-xdist share the work."""
    folder = root(tmp_path_factory) / "site"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(diagnostic, "execute", execute_here)
        # In place of the PDF, the page that it is printed from.
        patch.setattr(pdf, "print_page", str.encode)
        patch.setattr(sheets, "print_page", str.encode)
        _share(tmp_path_factory, {code: partial(_build, code, folder) for code in (*COMMUNES, *BESIDE)})
        made = {name: partial(_print, _MAKERS[Path(name).stem], folder / name) for name in PRINTED}
        made |= {name: partial(_show, (folder / name).parent) for name in DECKS}
        _share(tmp_path_factory, made | {"index.html": partial(_write_site, folder)})
    return folder


def _write_site(folder: Path) -> None:
    site.write(site.list_entries(folder), folder)


def _share(tmp_path_factory: pytest.TempPathFactory, tasks: Mapping[str, Callable[[], object]]) -> None:
    """Have each task done once: a worker begins with the first, another with the last."""
    backwards = os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:] != "0"
    for name in [*tasks][:: -1 if backwards else 1]:
        with shared(tmp_path_factory, f"done-{name.replace('/', '-')}") as mark:
            if not mark.exists():
                tasks[name]()
                mark.touch()


def _build(code: str, outputs: Path) -> None:
    """Build a commune of the site; a part of one that is not visited."""
    parameters, commune = load_parameters(f"insee:{code}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(diagnostic, "notebooks", notebooks if code in COMMUNES else lambda: notebooks()[-1:])
        built = diagnostic.build(parameters, commune, outputs=outputs)
    if code in COMMUNES[: len(DECKS)]:
        # Drawn once for all its documents.
        documents.read(built)


def _print(maker: ModuleType, page: Path) -> None:
    page.write_bytes(maker.make(documents.read(page.parent)))


def _show(folder: Path) -> None:
    documents.publish(folder, "diaporama.html", slides.make(documents.read(folder)))


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
    """Open a page of the site in a fresh context: `visit("hem/index.html", width=360, color_scheme="dark")`.

    No page that is visited may ask for anything outside, nor complain of anything.
    """
    contexts: list[BrowserContext] = []
    asked: list[str] = []
    said: list[str] = []

    def open_page(name: str, *, width: int = 1280, height: int = 900, **options: Any) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        context.on("request", lambda request: asked.append(request.url))
        context.on("console", lambda heard: said.append(f"{heard.type} {heard.text} {heard.location['url']}"))
        context.on("weberror", lambda raised: said.append(f"error {raised.error}"))
        page = context.new_page()
        page.goto(f"{address}/{name}")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [url for url in asked if not url.startswith((f"{address}/", "data:"))] == []
    # The browser itself asks for an icon, that pages need not have.
    complaints = [text for text in said if text.startswith(("error", "warning")) and "favicon" not in text]
    assert complaints == []
