"""The parts of a diagnostic as blocks for paper: what argues, what is set aside for the annex, the method."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bs4 import BeautifulSoup
from nbconvert.filters import markdown2html
from nbformat import NotebookNode

from helpers import french
from helpers.exhibit import DEMONSTRATION, MIME, NARROW, escape
from helpers.publication.documents import Part
from helpers.publication.documents.paper.blocks import Block, figure, text
from helpers.publication.pages.arrangement import (
    ANNEX,
    SECTION,
    declared,
    headlines_of,
    identify,
    leave_out_absences,
    lift_opening,
    list_sections,
    split_annex,
)

# What has no use on paper. The data of the drawings stay out: they are in the workbook, which the PDF names.
_SCREEN_ONLY = "details, summary, .download"
# Prose that a column may hold as well as a page.
_NARROW = {"questions", "waiting", "comment", "takeaways", "panel"}
_TAG = re.compile(r"<[^<>]+>")
_OWN = re.compile(r'(\bid="|href="#|url\(#)')
_PAGE = re.compile(r'href="(?P<stem>[^/:#"]+)\.html(?:#(?P<place>[^"]*))?"')


@dataclass(frozen=True)
class Section:
    """A section of a part: its title as blocks, what it shows, what it sets aside."""

    title: str
    head: str
    blocks: list[Block] = field(default_factory=list)
    annex: list[Block] = field(default_factory=list)
    identifier: str = ""
    # The tags of the cells of its blocks.
    tags: list[frozenset[str]] = field(default_factory=list)


@dataclass(frozen=True)
class PaperPart:
    """One theme as blocks: what opens it, its sections, its method."""

    title: str
    identifier: str
    is_demonstration: bool
    opens: bool
    opening: list[Block]
    sections: list[Section]
    method: str

    def body(self) -> list[Block]:
        """List what argues, section by section, each with its cautions and sources once."""
        found = [*self.opening]
        for section in self.sections:
            if section.blocks:
                found += [text(section.head, is_head=True), *section.blocks, *once(section.blocks)]
        return found

    def annex(self) -> list[Block]:
        """List the figures set aside."""
        return [block for section in self.sections for block in section.annex if not block.is_table]

    def tables(self) -> list[Block]:
        """List the tables set aside."""
        return [block for section in self.sections for block in section.annex if block.is_table]


def read_part(part: Part) -> PaperPart:
    """Read a part of a built diagnostic as blocks."""
    name = french.slug(part.stem)
    notebook = leave_out_absences(lift_opening(part.notebook))
    headlines = headlines_of(notebook)
    opening, *rest = list_sections(notebook)
    sections, method = [], ""
    for cells in rest:
        titles = SECTION.findall(cells[0].source)
        title = french.typography(titles[-1].strip()) if titles else ""
        if any(record.get("kind") == "method" for _, record, _ in _outputs(cells)):
            method = _describe_method(cells, name)
            sections.append(_read_section(cells[1:], title, "", name=name, shown=_is_exhibit))
        else:
            aside, kept = split_annex(cells)
            is_headed = any(cell is cells[0] for cell in kept)
            head = _head(cells[0].source, title, headlines.get(title, {}), name=name) if is_headed else ""
            sections.append(_read_section([*kept, *aside], title, head, name=name))
    first = _read_section(opening, "", "", name=name)
    return PaperPart(
        title=french.typography(part.title),
        identifier=name,
        is_demonstration=part.is_demonstration,
        opens=bool(part.notebook.metadata.get("diagnostic", {}).get("opens", False)),
        opening=first.blocks,
        sections=sections,
        method=method,
    )


def once(blocks: Iterable[Block]) -> list[Block]:
    """Tell the cautions and the sources of some figures, each once; nothing where they have none."""
    cited: dict[str, list[str]] = {}
    warned: list[str] = []
    for block in blocks:
        if block.sources:
            cited.setdefault(block.sources, []).append(block.code)
        warned += [caution for caution in block.cautions if caution not in warned]
    lines = [f"<p>{caution}</p>" for caution in warned]
    for words, codes in cited.items():
        which = french.enumerate_words([code for code in codes if code]) if len(cited) > 1 else ""
        lines.append(f"<p>{words}{escape(f' [{which}]') if which else ''}</p>")
    return [Block({"wide": f'<div class="once">{"".join(lines)}</div>'}, is_foot=True)] if lines else []


def _is_exhibit(record: Mapping[str, object]) -> bool:
    return "csv" in record


def _read_section(
    cells: Sequence[NotebookNode], title: str, head: str, *, name: str, shown: object = None
) -> Section:
    """Read what the cells of a section show; exhibits alone where `shown` says so."""
    section = Section(title, head, identifier=f"{name}-{identify(title)}")
    for html, record, cell in _outputs(cells):
        tags = frozenset(cell.metadata.get("tags", ()))
        if _is_exhibit(record):
            narrow = _own(str(record["narrow"]), name)
            block = figure(_own(html, name), narrow=narrow, alone=bool(record["alone"]))
            (section.annex if ANNEX in tags else section.blocks).append(block)
            if ANNEX not in tags:
                section.tags.append(tags)
        elif shown is None:
            for block in _prose(_own(html, name), str(record.get("kind"))):
                section.blocks.append(block)
                section.tags.append(tags)
    return section


def _outputs(cells: Iterable[NotebookNode]) -> Iterator[tuple[str, Mapping[str, object], NotebookNode]]:
    """List what cells show: HTML, record, cell."""
    for cell in cells:
        for data in declared(cell):
            if data.get("text/html"):
                yield data["text/html"], {**data[MIME], "narrow": data.get(NARROW, "")}, cell


def _prose(html: str, kind: str) -> Iterator[Block]:
    """Make blocks of a text that the notebook has generated; each card of the issues is one."""
    content = BeautifulSoup(html, "html.parser")
    for element in content.select(_SCREEN_ONLY):
        element.decompose()
    for heading in content.select(".takeaways h2, .comment h2"):
        heading.name = "p"
        heading["class"] = "heading"
    for heading in content.select(".questions h3"):
        heading.name = "p"
        heading["class"] = "heading"
    if kind != "debate":
        yield text(str(content), half=kind in _NARROW)
        return
    for card in content.select("ol.debate > li"):
        card.name, card["class"] = "div", "card"
        for aid in card.select(".choices, .write"):
            # What a workshop writes on, it writes on its own sheets.
            aid.decompose()
        yield text(str(card.extract()), half=True)
    for listed in content.select("ol.debate"):
        listed.decompose()
    if content.get_text().strip():
        yield text(str(content), half=True)


def _head(source: str, title: str, found: Mapping[str, object], *, name: str) -> str:
    """Write the title of a section, what it finds where that is known, and the words that follow."""
    prose = markdown2html(french.typography(SECTION.sub("", source).strip()))
    asked, finding = "", escape(title)
    if found:
        mark = f' <span class="demonstration">{DEMONSTRATION}</span>' if found["demonstration"] else ""
        asked, finding = f'<p class="asked">{escape(title)}{mark}</p>', escape(str(found["headline"]))
    heading = f'{asked}<h2 id="{name}-{identify(title)}">{finding}</h2>'
    return f'<div class="head">{heading}<div class="prose">{prose}</div></div>'


def _describe_method(cells: Sequence[NotebookNode], name: str) -> str:
    """Write the method of a part: its definitions, then sources, what is absent, cautions."""
    written = markdown2html(french.typography(SECTION.sub("", cells[0].source).strip()))
    methods = [html for html, record, _ in _outputs(cells) if record.get("kind") == "method"]
    return f'<div class="prose">{written}</div>{_own("".join(methods), name)}'


def _own(html: str, name: str) -> str:
    """Make the identifiers of a part its own, in its links too: two parts of one document may not share one."""

    def inside(tag: re.Match[str]) -> str:
        return _PAGE.sub(_lead, _OWN.sub(rf"\g<1>{name}-", tag[0]))

    return _TAG.sub(inside, html)


def _lead(link: re.Match[str]) -> str:
    """Write a link to another part of the diagnostic as one to a place of the document."""
    return f'href="#{"-".join(filter(None, [french.slug(link["stem"]), link["place"]]))}"'
