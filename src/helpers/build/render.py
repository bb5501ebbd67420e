"""Executed notebook -> page: one exporter, one template of our own, nothing fetched from outside."""

from __future__ import annotations

import copy
import html
import re
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2
import nbformat
from nbformat import NotebookNode

from helpers import french
from helpers.exhibit import MIME, Absence, tell_absences
from helpers.paths import TEMPLATES

if TYPE_CHECKING:
    from nbconvert.exporters import TemplateExporter

_TITLE = re.compile(r"^# +(?P<title>.+)$", re.MULTILINE)
_HEADING = re.compile(r"<h(?P<level>[2-6])>(?P<title>.*?)</h(?P=level)>", re.DOTALL)
_SECTION = re.compile(r"^## +(?P<title>.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Page:
    """What the template needs beside the notebook: names, links, provenance."""

    title: str
    commune: str
    of_commune: str
    where: str
    provenance: str
    notebook: str
    parts: list[dict[str, Any]]
    contents: list[dict[str, str]] = field(default_factory=list)
    demonstration: bool = False
    style: str = ""


def title_of(notebook: NotebookNode) -> str:
    """The first heading of a notebook."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and (match := _TITLE.search(cell.source)):
            return match["title"].strip()
    return ""


def contents_of(notebook: NotebookNode) -> list[dict[str, str]]:
    """The sections of a notebook, with the identifiers of their headings."""
    titles = [
        french.typography(match["title"].strip())
        for cell in notebook.cells
        if cell.cell_type == "markdown"
        for match in _SECTION.finditer(cell.source)
    ]
    return [{"title": title, "id": _identify(title)} for title in titles]


def records_of(notebook: NotebookNode) -> list[dict[str, Any]]:
    """What the cells declare of their outputs: exhibits (name, origin, data) and generated prose (kind)."""
    return [
        {
            **output.data[MIME],
            "html": output.data.get("text/html", ""),
            "text": output.data.get("text/plain", ""),
        }
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if MIME in output.get("data", {})
    ]


def is_demonstration(notebook: NotebookNode) -> bool:
    """True when an exhibit or a sentence of the notebook rests on simulated values."""
    return any(record.get("demonstration") for record in records_of(notebook))


def group_absences(notebook: NotebookNode) -> NotebookNode:
    """The notebook with what each section does not show told once, where the last of it would have been."""
    told = copy.deepcopy(notebook)
    section: list[NotebookNode] = []
    for cell in told.cells:
        if cell.cell_type == "markdown" and _SECTION.search(cell.source):
            _merge(section)
            section = []
        elif cell.cell_type == "code":
            section += [
                output.data
                for output in cell.outputs
                if output.get("data", {}).get(MIME, {}).get("kind") == "absence"
            ]
    _merge(section)
    return told


def _merge(section: list[NotebookNode]) -> None:
    """Tell the absences of a section in the last of them."""
    absences = [Absence(data[MIME]["subject"], data[MIME]["reason"]) for data in section]
    for data in section:
        data["text/html"] = ""
    if section:
        section[-1]["text/html"] = tell_absences(absences)


def render(notebook: NotebookNode, page: Page) -> str:
    """The page as HTML, complete by itself."""
    body, _ = _exporter().from_notebook_node(group_absences(notebook), resources={"page": page})
    return body


def _name_headings(markup: str) -> str:
    """Text with its headings under identifiers that can be read, typed and linked."""
    return _HEADING.sub(_name, markup.strip())


def _name(heading: re.Match[str]) -> str:
    level, title = heading["level"], heading["title"]
    return f'<h{level} id="{_identify(html.unescape(title))}">{title}</h{level}>'


def _identify(title: str) -> str:
    """The identifier of a section: an exhibit may bear the same name."""
    return f"section-{french.slug(title)}"


def write_page(page: Page, destination: Path, notebook: NotebookNode) -> None:
    """Write the page of an executed notebook, from which the page takes its contents and its mark.

    As `partial(write_page, page, destination)` it is what `execute` does then, in the process of the notebook.
    """
    page = replace(page, contents=contents_of(notebook), demonstration=is_demonstration(notebook))
    destination.write_text(render(notebook, page), encoding="utf-8")


def prepare() -> None:
    """Have ready what the first page would wait for: exporter, template, readers of Markdown."""
    cells = [nbformat.v4.new_markdown_cell("# Titre\n\n* texte"), nbformat.v4.new_code_cell("1")]
    page = Page(title="", commune="", of_commune="", where="", provenance="", notebook="", parts=[])
    render(nbformat.v4.new_notebook(cells=cells), page)


def render_template(name: str, **values: Any) -> str:
    """A page that is not a notebook (cover, site index); every value is escaped."""
    return _environment().get_template(name).render(style=style(), **values)


@cache
def script() -> str:
    """The one script, that searches and sorts the table of the index."""
    return (TEMPLATES / "site.js").read_text(encoding="utf-8")


@cache
def style() -> str:
    """The one style sheet, for screen and print."""
    return (TEMPLATES / "style.css").read_text(encoding="utf-8")


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
