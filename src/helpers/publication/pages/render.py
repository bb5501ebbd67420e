"""Render an executed notebook as a page: nbconvert with the project's template; nothing is fetched from outside."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2
import nbformat
from nbformat import NotebookNode

from helpers import annexes, fonts, french, tokens
from helpers.exhibit import DEMONSTRATION, escape
from helpers.paths import TEMPLATES
from helpers.publication.pages.arrangement import (
    ANNEX,
    arrange,
    contents_of,
    headlines_of,
    identify,
    is_demonstration,
    list_code,
    records_of,
)
from helpers.publication.pages.colophon import Colophon
from helpers.publication.pages.completeness import check_complete
from helpers.publication.pages.words import Words, weave
from helpers.themes import theme_of

if TYPE_CHECKING:
    from nbconvert.exporters import TemplateExporter

_HEADING = re.compile(r"<h(?P<level>[2-6])>(?P<title>.*?)</h(?P=level)>", re.DOTALL)


@dataclass(frozen=True)
class Page:
    """What the template needs beside the notebook: names, links, what it was made from.

    `contents`, `annex`, `headlines`, `demonstration`, `colophon` and `listing` are known once the notebook is executed.
    """

    title: str
    commune: str
    of_commune: str
    where: str
    made_from: Colophon
    notebook: str
    parts: list[dict[str, Any]]
    contents: list[dict[str, str]] = field(default_factory=list)
    annex: list[dict[str, Any]] = field(default_factory=list)
    headlines: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    demonstration: bool = False
    colophon: str = ""
    listing: list[dict[str, Any]] = field(default_factory=list)
    style: str = ""
    words: Words = field(default_factory=Words)
    script: str = ""

    @property
    def around(self) -> list[tuple[str, str, dict[str, Any]]]:
        """List the part before and the part after, each with what it is; the cover is before the first one."""
        pages = [{"file": "index.html", "title": "L’essentiel", "current": False}, *self.parts]
        rank = next((rank for rank, part in enumerate(pages) if part["current"]), None)
        if rank is None:
            return []
        after = [("next", "Partie suivante", part) for part in pages[rank + 1 : rank + 2]]
        return [("prev", "Partie précédente", pages[rank - 1]), *after]


def render(notebook: NotebookNode, page: Page) -> str:
    """Render a page as HTML that needs no other file."""
    shown, annex = arrange(weave(notebook, page.words))
    page = replace(page, contents=contents_of(shown), annex=annex, headlines=headlines_of(shown))
    body, _ = _exporter().from_notebook_node(shown, resources={"page": page})
    return body


def _name_headings(markup: str, headlines: Mapping[str, Mapping[str, Any]]) -> str:
    """Give the headings of a text readable identifiers, to link to them.

    A section whose headline is known has it as its title, under the question that it answers.
    """
    return _HEADING.sub(partial(_name, headlines=headlines), markup.strip())


def _name(heading: re.Match[str], *, headlines: Mapping[str, Mapping[str, Any]]) -> str:
    level, title = heading["level"], heading["title"]
    asked = html.unescape(title)
    found = headlines.get(asked)
    if found is None:
        return f'<h{level} id="{identify(asked)}">{title}</h{level}>'
    finding = escape(found["headline"])
    mark = f' <span class="demonstration">{DEMONSTRATION}</span>' if found["demonstration"] else ""
    return f'<hgroup><p class="asked">{title}{mark}</p><h{level} id="{identify(asked)}">{finding}</h{level}></hgroup>'


def write_page(page: Page, destination: Path, notebook: NotebookNode) -> list[dict[str, Any]]:
    """Write the page of an executed notebook, with what was kept for it; return what its cells declare.

    The page takes from it its contents, its mark and its colophon. `partial(write_page, page, destination)` can be the
    `then` of a `NotebookRun`.

    Raises:
        BuildError: a cell shows what no page may show (`check_complete`).
    """
    slug, theme = destination.parent.name, theme_of(destination.stem)
    notebook = annexes.add(notebook, slug, theme=theme, tag=ANNEX)
    check_complete(
        notebook, commune=page.commune, name=destination.stem, kept=destination.with_suffix(".ipynb")
    )
    records = records_of(notebook)
    page = replace(
        page,
        demonstration=is_demonstration(records),
        colophon=render_colophon(page.made_from, records, stems=[Path(page.notebook).stem]),
        listing=list_code(notebook),
    )
    destination.write_text(render(notebook, page), encoding="utf-8")
    return records


def prepare() -> None:
    """Load what the first page would wait for: exporter, template, Markdown parser."""
    cells = [nbformat.v4.new_markdown_cell("# Titre\n\n* texte"), nbformat.v4.new_code_cell("1")]
    nothing = Colophon("", (), {}, {}, {}, geography=0)
    page = Page(title="", commune="", of_commune="", where="", made_from=nothing, notebook="", parts=[])
    render(nbformat.v4.new_notebook(cells=cells), page)


def render_colophon(
    made_from: Colophon, records: Sequence[Mapping[str, Any]], *, stems: Sequence[str]
) -> str:
    """Render the foot of a page as HTML: what it was made from."""
    return _environment().get_template("colophon.html.j2").render(**made_from.describe(records, stems=stems))


def render_template(name: str, /, **values: Any) -> str:
    """Render a page that is not a notebook (cover, site index) or a document; every value is escaped."""
    return _environment().get_template(name).render(style=style(), page_style=page_style(), **values)


@cache
def enhancer() -> str:
    """Read the script of the pages of a diagnostic: values of marks, where one is reading. All is there without it."""
    return (TEMPLATES / "enhancer.js").read_text(encoding="utf-8")


@cache
def style() -> str:
    """Read the style sheet, for screen and print: its colours are the same whatever those of the screen."""
    return fonts.faces() + tokens.sheet() + _sheet()


@cache
def page_style() -> str:
    """Read the style of a page, that turns dark with the screen where a document keeps its colours."""
    return fonts.faces() + tokens.sheet(dark=True) + _sheet() + tokens.paints()


@cache
def _sheet() -> str:
    return (TEMPLATES / "style.css").read_text(encoding="utf-8")


@cache
def words_style() -> str:
    """Read the style of what participants said: only pages that show some have it."""
    return (TEMPLATES / "words.css").read_text(encoding="utf-8")


@cache
def _exporter() -> TemplateExporter:
    # Half a second to load, mostly of use to the processes of notebooks.
    from nbconvert import HTMLExporter
    from nbconvert.exporters import TemplateExporter

    class Exporter(HTMLExporter):
        """nbconvert's, that does not read each page again for what ours have: texts of images, cells to reach."""

        from_notebook_node = TemplateExporter.from_notebook_node

    return Exporter(
        template_name="diagnostic",
        extra_template_basedirs=[str(TEMPLATES)],
        # Theirs are made of escapes, with a link that says nothing to a screen reader.
        exclude_anchor_links=True,
        embed_images=False,
        filters={"typography": french.typography, "name_headings": _name_headings},
    )


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, undefined=jinja2.StrictUndefined
    )
