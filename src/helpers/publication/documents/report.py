"""The whole diagnostic as a publication (PDF): cover, contents, list of figures, parts, annex, method."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import chain
from typing import Any

from bs4 import BeautifulSoup, Tag

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
    chapters = gather(parts)
    bodies = [
        [block for part in chapter for block in (text(_title(part), is_head=True), *part.body())]
        for chapter in chapters
    ]
    annex = _annex(parts)
    methods, shared = gather_lists([part.method for part in parts])
    *sizes, aside = layout.measure([*bodies, annex])
    slug = diagnostic.folder.name
    page = render_template(
        "report.html.j2",
        sheet=documents.read_template("paper.css"),
        diagnostic=diagnostic,
        cover=paper.describe_cover(diagnostic),
        parts=[
            {"title": part.title, "id": part.identifier, "sections": _sections(part)}
            for chapter in chapters
            for part in chapter
        ],
        chapters=list(map(layout.lay_out, bodies, sizes)),
        annex=layout.lay_out(annex, aside),
        tables=[
            {"part": part, "blocks": part.tables(), "once": once(part.tables())}
            for part in parts
            if part.tables()
        ],
        methods=[
            {"title": part.title, "html": html} for part, html in zip(parts, methods, strict=True) if html
        ],
        shared=shared,
        figures=_figures(parts),
        workbook=documents.name_of(slug, "classeur.xlsx"),
        archive=documents.name_of(slug, "donnees.zip"),
    )
    return pdf.print_page(keep_links(page))


def gather(parts: Sequence[PaperPart]) -> list[list[PaperPart]]:
    """Group parts in those that begin a page: one without a figure goes on after the former, an empty one has none."""
    found: list[list[PaperPart]] = []
    for part in parts:
        body = part.body()
        if found and body and not any(block.address for block in body):
            found[-1].append(part)
        elif body:
            found.append([part])
    return found


def gather_lists(methods: Sequence[str]) -> tuple[list[str], str]:
    """Take out of methods the lists that have the same title in several: what each says, then the lists, as HTML.

    What is listed is reported once.
    """
    pages = [BeautifulSoup(html, "html.parser") for html in methods]
    heads = [[head for head in page.select(".method h3") if _list_of(head)] for page in pages]
    titles = Counter(head.get_text() for found in heads for head in found)
    lists: dict[str, dict[str, str]] = {title: {} for title, count in titles.items() if count > 1}
    for head in chain(*heads):
        if (title := head.get_text()) in lists:
            listed = _list_of(head) or head
            lists[title] |= {item.get_text(): str(item) for item in listed.select("li")}
            listed.decompose()
            head.decompose()
    shared = "".join(f"<h3>{title}</h3><ul>{''.join(found.values())}</ul>" for title, found in lists.items())
    return [str(page) for page in pages], shared


def _list_of(head: Tag) -> Tag | None:
    """Find the list that a heading is right above."""
    after = head.find_next_sibling()
    return after if after is not None and after.name == "ul" else None


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
    blocks: list[Block] = []
    for part in parts:
        if found := part.annex():
            title = f'<h2 id="annexe-{part.identifier}">{part.title}</h2>'
            blocks += [text(title, is_head=True), *found, *once(found)]
    head = text('<h1 id="annexe">Annexe : les autres figures</h1>', is_head=True)
    return [head, *blocks] if blocks else []


def _figures(parts: Sequence[PaperPart]) -> list[dict[str, Any]]:
    """List the figures and tables in the order of their codes' parts, for the list of figures."""
    return [
        {"id": block.address, "code": block.code, "title": block.title}
        for part in parts
        for section in part.sections
        for block in (*section.blocks, *section.annex)
        if block.address
    ]
