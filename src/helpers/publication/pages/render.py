"""Render an executed notebook as a page: nbconvert with the project's template; nothing is fetched from outside."""

from __future__ import annotations

import copy
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

from helpers import french
from helpers.errors import BuildError
from helpers.exhibit import DEMONSTRATION, MIME
from helpers.paths import TEMPLATES
from helpers.publication.pages import cautions
from helpers.publication.pages.colophon import Colophon

if TYPE_CHECKING:
    from nbconvert.exporters import TemplateExporter

_TITLE = re.compile(r"^# +(?P<title>.+)$", re.MULTILINE)
_HEADING = re.compile(r"<h(?P<level>[2-6])>(?P<title>.*?)</h(?P=level)>", re.DOTALL)
_SECTION = re.compile(r"^## +(?P<title>.+)$", re.MULTILINE)
_ANY_TITLE = re.compile(r"^#+ +(.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Page:
    """What the template needs beside the notebook: names, links, what it was made from.

    `contents`, `headlines`, `demonstration`, `colophon` and `listing` are known once the notebook is executed.
    """

    title: str
    commune: str
    of_commune: str
    where: str
    made_from: Colophon
    notebook: str
    parts: list[dict[str, Any]]
    contents: list[dict[str, str]] = field(default_factory=list)
    headlines: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    demonstration: bool = False
    colophon: str = ""
    listing: list[dict[str, Any]] = field(default_factory=list)
    style: str = ""


def title_of(notebook: NotebookNode) -> str:
    """Find the first heading of a notebook."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and (match := _TITLE.search(cell.source)):
            return match["title"].strip()
    return ""


def contents_of(notebook: NotebookNode) -> list[dict[str, str]]:
    """List the sections of a notebook: `title`, and `id` of their headings."""
    titles = [
        french.typography(match["title"].strip())
        for cell in notebook.cells
        if cell.cell_type == "markdown"
        for match in _SECTION.finditer(cell.source)
    ]
    return [{"title": title, "id": _identify(title)} for title in titles]


def records_of(notebook: NotebookNode) -> list[dict[str, Any]]:
    """List what the cells declare of their outputs: exhibits (name, origin, data) and generated prose (kind)."""
    return [
        {
            **output.data[MIME],
            "html": output.data.get("text/html", ""),
            "text": output.data.get("text/plain", ""),
        }
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if MIME in output.get("data", {})
    ]


def is_demonstration(records: Sequence[Mapping[str, Any]]) -> bool:
    """Tell whether an exhibit or a sentence among what a notebook declares rests on simulated values."""
    return any(record.get("demonstration") for record in records)


def list_code(notebook: NotebookNode) -> list[dict[str, Any]]:
    """List the code of a notebook, section by section: `title`, and the text of its `cells`."""
    sections = []
    for section in _sections(notebook):
        title = _SECTION.search(section[0].source) if section[0].cell_type == "markdown" else None
        cells = [cell.source for cell in section if cell.cell_type == "code" and cell.source.strip()]
        if cells:
            sections.append(
                {"title": french.typography(title["title"].strip()) if title else "", "cells": cells}
            )
    return sections


def check_complete(notebook: NotebookNode, page: Page, *, kept: Path) -> None:
    """Check that what a page would show is one of the project's outputs, with all that its reader needs.

    What a cell prints, a warning of Python and the bare value of an expression are of use to an analyst, not to the
    reader of a page. `kept` is where the executed notebook is.

    Raises:
        BuildError: names the commune, the notebook, the cell and the heading above it, and what is wrong.
    """
    heading = page.title
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and (titles := _ANY_TITLE.findall(cell.source)):
            heading = titles[-1].strip()
        for output in cell.get("outputs", []):
            if found := _problem_of(output):
                problem, remedy = found
                raise BuildError(
                    f"{page.commune}, {Path(page.notebook).stem} : la cellule {cell.execution_count} (sous "
                    f"« {heading} ») montre {problem}.",
                    remedy=f"{remedy} Le carnet exécuté : {kept}",
                    heading=heading,
                    exception=problem,
                )


_SHOW = "Montrez par d.show une figure de helpers.figures, ou un tableau de tabulate."
# Characters of what a cell prints that a message repeats.
_REPEATED = 120


def _problem_of(output: Mapping[str, Any]) -> tuple[str, str] | None:
    """Say in French what keeps an output from a page, and the remedy; nothing for most."""
    if output.get("output_type") == "stream":
        told = _first_line(output.get("text", ""))
        if output.get("name") == "stderr":
            return (
                f"un avertissement de Python : « {told} »",
                "Corrigez ce qui avertit, ou faites taire ce seul avertissement par warnings.filterwarnings.",
            )
        return f"ce qu'elle imprime : « {told} »", f"Ôtez print de la cellule. {_SHOW}"
    data = output.get("data", {})
    if MIME not in data:
        rich = sorted(kind for kind in data if kind != "text/plain")
        if rich:
            return f"une sortie ({', '.join(rich)}) sans texte de remplacement, ni lecture, ni source", _SHOW
        told = _first_line(data.get("text/plain", ""))
        return (
            f"la valeur nue de sa dernière ligne : « {told} »",
            f"Donnez-lui un nom (resultat = …) si elle ne s'adresse pas au lecteur. {_SHOW}",
        )
    record = data[MIME]
    lacks = french.enumerate_words(record.get("lacks", []))
    return (f"une figure (« {record['title']} ») à laquelle il manque : {lacks}", _SHOW) if lacks else None


def _first_line(text: str) -> str:
    """Take the first line that is not empty, short and with no character that nobody sees."""
    lines = (french.visible(line).strip() for line in text.splitlines())
    line = next(filter(None, lines), "")
    return line if len(line) <= _REPEATED else f"{line[:_REPEATED]}…"


def _mark_method(notebook: NotebookNode) -> None:
    """Mark the cell that opens the section of the method, the last one: the template folds what follows its heading."""
    for section in _sections(notebook):
        if any(data[MIME].get("kind") == "method" for cell in section for data in _declared(cell)):
            section[0].metadata["folded"] = True


def leave_out_absences(notebook: NotebookNode) -> NotebookNode:
    """Return the notebook without the absent exhibits, which its method lists at the end, nor the empty sections."""
    shown = copy.deepcopy(notebook)
    kept: list[NotebookNode] = []
    for section in _sections(shown):
        outputs = [data for cell in section for data in _declared(cell)]
        kinds = [data[MIME].get("kind", "exhibit") for data in outputs]
        if "absence" in kinds and not set(kinds) - _ASIDE - _APART:
            # Prose that is not about the section stays, without its title.
            section = [
                cell for cell in section if any(data[MIME].get("kind") in _APART for data in _declared(cell))
            ]
        for data in outputs:
            if data[MIME].get("kind") == "absence":
                data["text/html"] = ""
        kept += section
    shown.cells = kept
    return shown


# Prose that goes with what a section shows, and prose that stands by itself.
_ASIDE, _APART = {"absence", "empty", "panel", "note"}, {"questions"}
# Prose that sums up what a notebook shows: its cells come after, and it opens the page and the slides.
_OPENING = {"takeaways", "comment"}


def lift_opening(notebook: NotebookNode) -> NotebookNode:
    """Lift the takeaways and the comment of a notebook to the end of its opening, before its first section."""
    opening: list[NotebookNode] = []
    rest: list[NotebookNode] = []
    for cell in notebook.cells:
        is_opening = any(data[MIME].get("kind") in _OPENING for data in _declared(cell))
        (opening if is_opening else rest).append(cell)
    # The first cell is the title, whatever comes with it.
    starts = [rank for rank, cell in enumerate(rest) if rank and _is_section(cell)]
    end = starts[0] if starts else len(rest)
    return NotebookNode({**notebook, "cells": [*rest[:end], *opening, *rest[end:]]})


def headlines_of(notebook: NotebookNode) -> dict[str, dict[str, Any]]:
    """Find the record of the first output of each section that has a headline, by the title of the section."""
    found = {}
    for section in _sections(notebook):
        titles = _SECTION.findall(section[0].source)
        records = [data[MIME] for cell in section for data in _declared(cell) if data[MIME].get("headline")]
        if titles and records:
            found[french.typography(titles[-1].strip())] = records[0]
    return found


def _sections(notebook: NotebookNode) -> list[list[NotebookNode]]:
    """List the cells of each section; the first list is of those before the first section."""
    sections: list[list[NotebookNode]] = [[]]
    for cell in notebook.cells:
        if _is_section(cell):
            sections.append([])
        sections[-1].append(cell)
    return [section for section in sections if section]


def _is_section(cell: NotebookNode) -> bool:
    return cell.cell_type == "markdown" and bool(_SECTION.search(cell.source))


def _declared(cell: NotebookNode) -> list[NotebookNode]:
    """List the outputs of a cell that declare what they are."""
    return [output.data for output in cell.get("outputs", []) if MIME in output.get("data", {})]


def render(notebook: NotebookNode, page: Page) -> str:
    """Render a page as HTML that needs no other file."""
    shown = leave_out_absences(lift_opening(notebook))
    _mark_method(shown)
    for section in _sections(shown):
        cautions.say_once(data for cell in section for data in _declared(cell))
    page = replace(page, contents=contents_of(shown), headlines=headlines_of(shown))
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
        return f'<h{level} id="{_identify(asked)}">{title}</h{level}>'
    finding = html.escape(french.typography(found["headline"]), quote=False)
    mark = f' <span class="demonstration">{DEMONSTRATION}</span>' if found["demonstration"] else ""
    return f'<hgroup><p class="asked">{title}{mark}</p><h{level} id="{_identify(asked)}">{finding}</h{level}></hgroup>'


def _identify(title: str) -> str:
    """Return the identifier of a section; the prefix keeps it from that of an exhibit of the same name."""
    return f"section-{french.slug(title)}"


def write_page(page: Page, destination: Path, notebook: NotebookNode) -> None:
    """Write the page of an executed notebook, from which the page takes its contents, its mark and its colophon.

    `partial(write_page, page, destination)` can be the `then` of a `NotebookRun`.

    Raises:
        BuildError: a cell shows what no page may show (`check_complete`).
    """
    check_complete(notebook, page, kept=destination.with_suffix(".ipynb"))
    records = records_of(notebook)
    page = replace(
        page,
        demonstration=is_demonstration(records),
        colophon=render_colophon(page.made_from, records, stems=[Path(page.notebook).stem]),
        listing=list_code(notebook),
    )
    destination.write_text(render(notebook, page), encoding="utf-8")


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


def render_template(name: str, **values: Any) -> str:
    """Render a page that is not a notebook (cover, site index) or a document; every value is escaped."""
    return _environment().get_template(name).render(style=style(), page_style=page_style(), **values)


@cache
def script() -> str:
    """Read the script that searches and sorts the table of the index."""
    return (TEMPLATES / "site.js").read_text(encoding="utf-8")


@cache
def style() -> str:
    """Read the style sheet, for screen and print: its colours are the same whatever those of the screen."""
    return (TEMPLATES / "style.css").read_text(encoding="utf-8")


@cache
def page_style() -> str:
    """Read the style of a page, that turns dark with the screen where a document keeps its colours."""
    return style() + (TEMPLATES / "dark.css").read_text(encoding="utf-8")


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
