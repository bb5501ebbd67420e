"""A diagnostic once it is built: read back from its folder, with the documents made from it listed on its cover."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import nbformat
from bs4 import BeautifulSoup, Tag
from nbformat import NotebookNode

from helpers import french, paths
from helpers.errors import BuildError
from helpers.publication.documents import redrawing
from helpers.publication.incremental.manifest import MANIFEST, renew_output
from helpers.publication.pages.arrangement import title_of
from helpers.publication.pages.render import render_template
from helpers.themes import notebooks

# The end of the name of each document -> what the cover calls it.
KINDS = {
    "essentiel.pdf": "L’essentiel, en 4 pages au plus, à lire et à distribuer (PDF)",
    "diagnostic.pdf": "Le diagnostic entier à lire et à imprimer (PDF)",
    "diaporama.pptx": "Le diaporama des ateliers, à modifier (PowerPoint)",
    "diaporama.html": "Le diaporama des ateliers (HTML, s’ouvre sans réseau)",
    "affiches.pdf": "Les affiches A3 des ateliers (PDF)",
    "bilan.html": "Le bilan du partenariat (page)",
    "classeur.xlsx": "Les données de toutes les figures, une feuille par figure (classeur Excel)",
    "donnees.zip": "Les données de toutes les figures (fichiers CSV, archive ZIP)",
}
_LIST = re.compile(r'<section class="documents">.*?</section>', re.DOTALL)
_REMEDY = "Construisez-le d'abord : make commune={slug}."


@dataclass(frozen=True)
class Part:
    """One theme of a diagnostic: its executed notebook, and whether its page says that it rests on simulated values."""

    stem: str
    notebook: NotebookNode
    is_demonstration: bool

    @property
    def title(self) -> str:
        """Return the title of the part."""
        return title_of(self.notebook)


@dataclass(frozen=True)
class Logo:
    """A logo: what it is called, its image as an address that holds it whole (SVG or PNG)."""

    name: str
    image: str

    @property
    def content(self) -> bytes:
        """The file of the image."""
        return base64.b64decode(self.image.partition(",")[2])

    @property
    def is_drawing(self) -> bool:
        """Tell whether it is an SVG drawing."""
        return self.image.startswith("data:image/svg+xml")


@dataclass(frozen=True)
class BuiltDiagnostic:
    """The diagnostic that a build left in a folder."""

    folder: Path
    cover: BeautifulSoup
    parts: list[Part]
    # What the pages were made from, and the census that they show, which dates the document.
    provenance: str
    day: date
    # Its code.
    commune: str
    # Who makes it, as the parameters say; empty where they do not.
    agency: str = ""

    @cached_property
    def title(self) -> str:
        """Return the title of the cover: `Diagnostic d’Annœullin`."""
        return find(self.cover, "h1").get_text()

    @cached_property
    def where(self) -> str:
        """Return the line of the cover that places the commune among its territories."""
        return find(self.cover, ".where").get_text()

    @cached_property
    def logos(self) -> tuple[Logo, ...]:
        """List the logos of the cover: every document has those, and none where names are written in their place."""
        return tuple(Logo(str(image["alt"]), str(image["src"])) for image in self.cover.select(".logos img"))

    @property
    def is_demonstration(self) -> bool:
        """Tell whether one of the parts rests on simulated values."""
        return any(part.is_demonstration for part in self.parts)


def read(folder: Path, *, drawn: bool = True) -> BuiltDiagnostic:
    """Read the diagnostic that a build left in a folder, with the drawings of documents where they are `drawn`.

    Raises:
        BuildError: nothing was built there, or it cannot be read.
    """
    if not (folder / MANIFEST).is_file():
        raise BuildError(
            f"Le diagnostic {folder.name!r} n'est pas construit : {folder} ne contient pas de diagnostic.",
            remedy=_REMEDY.format(slug=folder.name),
        )
    try:
        parts = [
            Part(
                path.stem,
                nbformat.read(path, as_version=4),
                # No text that comes from outside has a bracket of its own there.
                '<p class="demonstration-page">'
                in (folder / f"{path.stem}.html").read_text(encoding="utf-8"),
            )
            for path in notebooks(folder)
        ]
        cover = parse((folder / "index.html").read_text(encoding="utf-8"))
        record = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        day = date(int(record["parameters"].get("millesime") or 1980), 1, 1)
        agency = str(record["parameters"].get("agence") or "")
        if drawn:
            redrawing.complete(folder, {part.stem: part.notebook for part in parts}, record)
        return BuiltDiagnostic(
            folder, cover, parts, str(record["provenance"]), day, str(record["commune"]), agency
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, nbformat.reader.NotJSONError) as error:
        raise BuildError(
            f"Le diagnostic {folder.name!r} ne peut pas être lu ({error}).",
            remedy=_REMEDY.format(slug=folder.name),
        ) from error


def name_of(slug: str, kind: str) -> str:
    """Name the file of a document: `hem-diagnostic.pdf`, which says what it is wherever it is sent."""
    return f"{slug}-{kind}"


def publish(folder: Path, kind: str, content: bytes) -> Path:
    """Put a document beside the pages and on the list of the cover; return its path.

    Raises:
        BuildError: the folder cannot be written.
    """
    document = folder / name_of(folder.name, kind)
    try:
        paths.write(document, content)
        _renew_cover(folder)
    except OSError as error:
        raise BuildError(
            f"{folder.name} : impossible d'écrire {document} ({error}).",
            remedy="Vérifiez les droits et la place disponible.",
        ) from error
    return document


def list_documents(folder: Path, slug: str) -> str:
    """List as HTML the documents that are in a folder."""
    found = [
        {
            "file": path.name,
            "label": label,
            "size": _size(path.stat().st_size),
            "page": kind.endswith(".html"),
        }
        for kind, label in KINDS.items()
        if (path := folder / name_of(slug, kind)).is_file()
    ]
    return render_template("documents.html.j2", documents=found)


def find(content: Tag, selector: str) -> Tag:
    """Find the first element that a CSS selector matches.

    Raises:
        BuildError: there is none.
    """
    found = content.select_one(selector)
    if found is None:
        raise BuildError(
            f"Une page du diagnostic n'a pas la forme attendue : {selector!r} y manque.",
            remedy="Construisez à nouveau le diagnostic : make commune=….",
        )
    return found


def read_template(name: str) -> str:
    """Read a file of the templates."""
    return (paths.TEMPLATES / name).read_text(encoding="utf-8")


def _renew_cover(folder: Path) -> None:
    """Write again the list of the cover, and the hash that the manifest has of the cover."""
    cover = folder / "index.html"
    documents = list_documents(folder, folder.name)
    paths.write(cover, _LIST.sub(lambda _: documents, cover.read_text(encoding="utf-8")))
    renew_output(folder, cover.name)


def parse(html: str) -> BeautifulSoup:
    """Parse HTML, that of a page or of an output."""
    return BeautifulSoup(html, "html.parser")


def _size(octets: int) -> str:
    if octets < 1_000_000:
        return f"{french.number(max(1, octets / 1000))}{french.NBSP}ko"
    return f"{french.number(octets / 1_000_000, digits=1)}{french.NBSP}Mo"
