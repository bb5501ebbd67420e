"""What a notebook shows and in which order a page shows it: opening, sections, annex, method."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping, Sequence
from typing import Any

from nbformat import NotebookNode

from helpers import french
from helpers.exhibit import MIME
from helpers.publication.pages import cautions

# The tag of the cells whose figures a page folds at its end.
ANNEX = "annexe"

_TITLE = re.compile(r"^# +(?P<title>.+)$", re.MULTILINE)
# The title of a section.
SECTION = re.compile(r"^## +(?P<title>.+)$", re.MULTILINE)


def identify(title: str) -> str:
    """Return the identifier of a section; the prefix keeps it from that of an exhibit of the same name."""
    return f"section-{french.slug(title)}"


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
        for match in SECTION.finditer(cell.source)
    ]
    return [{"title": title, "id": identify(title)} for title in titles]


def records_of(notebook: NotebookNode) -> list[dict[str, Any]]:
    """List what the cells declare of their outputs: exhibits (name, origin, data) and generated prose (kind)."""
    return [
        {
            **data[MIME],
            "html": data.get("text/html", ""),
            "text": data.get("text/plain", ""),
        }
        for cell in notebook.cells
        for data in declared(cell)
    ]


def is_demonstration(records: Sequence[Mapping[str, Any]]) -> bool:
    """Tell whether an exhibit or a sentence among what a notebook declares rests on simulated values."""
    return any(record.get("demonstration") for record in records)


def list_code(notebook: NotebookNode) -> list[dict[str, Any]]:
    """List the code of a notebook, section by section: `title`, and the text of its `cells`."""
    sections = []
    for section in list_sections(notebook):
        title = SECTION.search(section[0].source) if section[0].cell_type == "markdown" else None
        cells = [cell.source for cell in section if cell.cell_type == "code" and cell.source.strip()]
        if cells:
            sections.append(
                {"title": french.typography(title["title"].strip()) if title else "", "cells": cells}
            )
    return sections


def arrange(notebook: NotebookNode) -> tuple[NotebookNode, list[dict[str, Any]]]:
    """Arrange an executed notebook for its page: opening lifted, absences and annex aside, method marked to be folded.

    The second is the annex (`part_annex`).
    """
    shown = leave_out_absences(lift_opening(notebook))
    _mark_method(shown)
    return part_annex(shown)


def _mark_method(notebook: NotebookNode) -> None:
    """Mark the cell that opens the section of the method, the last one: the template folds what follows its heading."""
    for section in list_sections(notebook):
        if any(data[MIME].get("kind") == "method" for cell in section for data in declared(cell)):
            section[0].metadata["folded"] = True


def leave_out_absences(notebook: NotebookNode) -> NotebookNode:
    """Return the notebook without the absent exhibits, which its method lists at the end, nor the empty sections.

    Nor the messages, that the cover shows.
    """
    shown = copy.deepcopy(notebook)
    kept: list[NotebookNode] = []
    for section in list_sections(shown):
        outputs = [data for cell in section for data in declared(cell)]
        kinds = [data[MIME].get("kind", "exhibit") for data in outputs]
        if "absence" in kinds and not set(kinds) - _ASIDE - _APART:
            # Prose that is not about the section stays, without its title.
            section = [
                cell for cell in section if any(data[MIME].get("kind") in _APART for data in declared(cell))
            ]
        for data in outputs:
            if data[MIME].get("kind") in ("absence", "message"):
                data["text/html"] = ""
        kept += section
    shown.cells = kept
    return shown


# Prose that goes with what a section shows, and prose that stands by itself.
_ASIDE, _APART = {"absence", "empty", "message", "panel", "note"}, {"questions"}
# Prose that sums up what a notebook shows: its cells come after, and it opens the page and the slides.
_OPENING = {"takeaways", "comment"}


def lift_opening(notebook: NotebookNode) -> NotebookNode:
    """Lift the takeaways and the comment of a notebook to the end of its opening, before its first section."""
    opening: list[NotebookNode] = []
    rest: list[NotebookNode] = []
    for cell in notebook.cells:
        is_opening = any(data[MIME].get("kind") in _OPENING for data in declared(cell))
        (opening if is_opening else rest).append(cell)
    # The first cell is the title, whatever comes with it.
    starts = [rank for rank, cell in enumerate(rest) if rank and _is_section(cell)]
    end = starts[0] if starts else len(rest)
    return NotebookNode({**notebook, "cells": [*rest[:end], *opening, *rest[end:]]})


def part_annex(notebook: NotebookNode) -> tuple[NotebookNode, list[dict[str, Any]]]:
    """Part what a notebook argues with from its annex: what the cells tagged `annexe` show.

    Returns the notebook without them, nor the sections that they leave without a figure, and the annex: the `title` of
    each section (empty before the first), the `figures` that it sets aside as HTML and their `count`.
    """
    kept: list[NotebookNode] = []
    annex: list[dict[str, Any]] = []
    for section in list_sections(notebook):
        aside, rest = split_annex(section)
        for together in (aside, rest):
            cautions.say_once(data for cell in together for data in declared(cell))
        figures = [data["text/html"] for cell in aside for data in declared(cell) if data.get("text/html")]
        if figures:
            titles = SECTION.findall(section[0].source)
            title = french.typography(titles[-1].strip()) if titles else ""
            annex.append({"title": title, "figures": figures, "count": len(figures)})
        kept += rest
    return NotebookNode({**notebook, "cells": kept}), annex


def split_annex(section: Sequence[NotebookNode]) -> tuple[list[NotebookNode], list[NotebookNode]]:
    """Split the cells of a section: those that its annex takes, those that stay.

    Where the annex takes every figure, only prose that stands by itself stays.
    """
    aside = [cell for cell in section if ANNEX in cell.metadata.get("tags", [])]
    rest = [cell for cell in section if cell not in aside]
    has_annex = any(data.get("text/html") for cell in aside for data in declared(cell))
    kinds = {data[MIME].get("kind", "exhibit") for cell in rest for data in declared(cell)}
    if has_annex and not kinds - _ASIDE - _APART:
        rest = [cell for cell in rest if any(data[MIME].get("kind") in _APART for data in declared(cell))]
    return aside, rest


def headlines_of(notebook: NotebookNode) -> dict[str, dict[str, Any]]:
    """Find the record of the first output of each section that has a headline, by the title of the section."""
    found = {}
    for section in list_sections(notebook):
        titles = SECTION.findall(section[0].source)
        records = [data[MIME] for cell in section for data in declared(cell) if data[MIME].get("headline")]
        if titles and records:
            found[french.typography(titles[-1].strip())] = records[0]
    return found


def list_sections(notebook: NotebookNode) -> list[list[NotebookNode]]:
    """List the cells of each section; the first list is of those before the first section."""
    sections: list[list[NotebookNode]] = [[]]
    for cell in notebook.cells:
        if _is_section(cell):
            sections.append([])
        sections[-1].append(cell)
    return [section for section in sections if section]


def _is_section(cell: NotebookNode) -> bool:
    return cell.cell_type == "markdown" and bool(SECTION.search(cell.source))


def declared(cell: NotebookNode) -> list[NotebookNode]:
    """List the outputs of a cell that declare what they are: each by kind, what it declares under `MIME`."""
    return [output.data for output in cell.get("outputs", []) if MIME in output.get("data", {})]
