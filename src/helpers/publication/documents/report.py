"""The whole diagnostic as a publication (PDF): cover, contents, list of figures, parts, annex, method."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from helpers.publication import documents
from helpers.publication.documents import BuiltDiagnostic, paper, pdf
from helpers.publication.documents.paper import layout
from helpers.publication.documents.paper.blocks import Block, text
from helpers.publication.documents.paper.parts import PaperPart, once, read_part
from helpers.publication.pages.render import render_template

_LINK = re.compile(r'<a href="#(?P<place>[^"]*)"[^>]*>(?P<words>.*?)</a>', re.DOTALL)
_IDENTIFIER = re.compile(r'\bid="([^"]+)"')


def make(diagnostic: BuiltDiagnostic) -> bytes:
    """Make the PDF file: the same bytes for the same pages.

    Raises:
        BuildError: a library of the system is missing.
    """
    parts = [read_part(part) for part in diagnostic.parts]
    openings = [Block({"wide": _title(part)}, is_head=True) for part in parts]
    bodies = [[opening, *part.body()] for opening, part in zip(openings, parts, strict=True)]
    annex = _annex(parts)
    *sizes, aside = layout.measure([*bodies, annex])
    slug = diagnostic.folder.name
    page = render_template(
        "report.html.j2",
        sheet=documents.read_template("paper.css"),
        diagnostic=diagnostic,
        cover=paper.describe_cover(diagnostic),
        parts=[
            {"title": part.title, "id": part.identifier, "sections": _sections(part), "content": content}
            for part, content in zip(parts, map(layout.lay_out, bodies, sizes), strict=True)
        ],
        annex=layout.lay_out(annex, aside),
        tables=[
            {"part": part, "blocks": part.tables(), "once": once(part.tables())}
            for part in parts
            if part.tables()
        ],
        methods=[part for part in parts if part.method],
        figures=_figures(parts),
        workbook=documents.name_of(slug, "classeur.xlsx"),
        archive=documents.name_of(slug, "donnees.zip"),
    )
    return pdf.print_page(keep_links(page))


def keep_links(page: str) -> str:
    """Keep of the links inside a document those that lead somewhere, of the others their words."""
    places = set(_IDENTIFIER.findall(page))
    return _LINK.sub(lambda link: link[0] if link["place"] in places else link["words"], page)


def _title(part: PaperPart) -> str:
    mark = '<p class="demonstration-page">Cette partie contient des données de démonstration.</p>'
    return f'<h1 id="{part.identifier}">{part.title}</h1>{mark if part.is_demonstration else ""}'


def _sections(part: PaperPart) -> list[dict[str, str]]:
    return [{"id": section.identifier, "title": section.title} for section in part.sections if section.blocks]


def _annex(parts: Sequence[PaperPart]) -> list[Block]:
    """List the blocks of the annex: for each part, its figures, then their cautions and sources."""
    blocks = [text('<h1 id="annexe">Annexe : les autres figures</h1>', is_head=True)]
    for part in parts:
        if found := part.annex():
            title = f'<h2 id="annexe-{part.identifier}">{part.title}</h2>'
            blocks += [text(title, is_head=True), *found, *once(found)]
    return blocks


def _figures(parts: Sequence[PaperPart]) -> list[dict[str, Any]]:
    """List the figures and tables in the order of their codes' parts, for the list of figures."""
    return [
        {"id": block.address, "code": block.code, "title": block.title}
        for part in parts
        for section in part.sections
        for block in (*section.blocks, *section.annex)
        if block.address
    ]
