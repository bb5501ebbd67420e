"""The commands that make documents from the diagnostic built of a commune."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from helpers import paths
from helpers.cli.console import console, reported, shorten
from helpers.parameters import load_parameters

if TYPE_CHECKING:
    from helpers.publication.documents import BuiltDiagnostic

_BUILT = typer.Argument(help="Code Insee, nom, ou fichier de paramètres (.yml) d'un diagnostic construit")


def pdf(commune: Annotated[str, _BUILT]) -> None:
    """Écrit le PDF du diagnostic construit d'une commune."""
    from helpers.publication.documents import report as maker

    _make(commune, "diagnostic.pdf", maker.make)


def essentiel(commune: Annotated[str, _BUILT]) -> None:
    """Écrit l'essentiel en 4 pages (PDF) du diagnostic construit d'une commune."""
    from helpers.publication.documents import essential as maker

    _make(commune, "essentiel.pdf", maker.make)


def slides(commune: Annotated[str, _BUILT]) -> None:
    """Écrit le diaporama des ateliers, d'après le diagnostic construit d'une commune."""
    from helpers.publication.documents import slides as maker

    _make(commune, "diaporama.html", maker.make)


def pptx(commune: Annotated[str, _BUILT]) -> None:
    """Écrit le diaporama des ateliers en PowerPoint, d'après le diagnostic construit d'une commune."""
    from helpers.publication.documents import powerpoint as maker

    _make(commune, "diaporama.pptx", maker.make)


def posters(commune: Annotated[str, _BUILT]) -> None:
    """Écrit les affiches A3 des ateliers, d'après le diagnostic construit d'une commune."""
    from helpers.publication.documents import posters as maker

    _make(commune, "affiches.pdf", maker.make)


def _make(commune: str, kind: str, make: Callable[[BuiltDiagnostic], bytes]) -> None:
    """Make a document of a diagnostic already built."""
    from helpers.publication import documents
    from helpers.publication.pages import site

    with reported():
        _, found = load_parameters(commune)
        folder = paths.OUTPUTS / found.slug
        with console.status(f"{found.label} : {documents.KINDS[kind]}"):
            document = documents.publish(folder, kind, make(documents.read(folder)))
            # The page that compares communes links to the documents of each.
            site.refresh([found.code])
    typer.echo(f"{documents.KINDS[kind]} : {shorten(document)}")
