"""The slides of a workshop, from the cells tagged `slide`: one HTML file that needs no network (reveal.js)."""

from __future__ import annotations

from typing import Any

from bs4 import Tag

from helpers.publication import documents
from helpers.publication.documents import BuiltDiagnostic, CellOutput
from helpers.publication.pages.render import render_template

TAG = "slide"
# A slide is read from afar: the field, the notes and the data stay on the page.
_PAGE_ONLY = "details, .download"
# Facts come the most salient first; more do not fit, nor can be debated in one sitting.
_MOST_QUESTIONS = 8


def make(diagnostic: BuiltDiagnostic) -> bytes:
    """Make the slides, one HTML file: the same bytes for the same diagnostic."""
    page = render_template(
        "slides.html.j2",
        sheets=[documents.read_template(name) for name in ("reveal/reveal.css", "slides.css")],
        engine=documents.read_template("reveal/reveal.js"),
        diagnostic=diagnostic,
        slides=[_layout(output) for output in diagnostic.tagged(TAG)],
    )
    return page.encode()


def _layout(output: CellOutput) -> dict[str, Any]:
    """Prepare one slide for the template."""
    slide = {"part": output.part, "section": output.section, "kind": output.kind}
    content = output.content
    for element in content.select("[tabindex]"):
        # The arrow keys turn the slides: nothing on them may take the keyboard.
        del element["tabindex"]
    if output.kind == "exhibit":
        for element in content.select(_PAGE_ONLY):
            element.decompose()
        notes = content.select(".notes p")
        return {
            **slide,
            "title": _text(content, "h3"),
            "demonstration": content.select_one(".demonstration") is not None,
            "drawing": str(documents.find(content, ".drawing, .table")),
            "reading": _text(content, ".reading"),
            "source": notes[-1].get_text() if notes else "",
        }
    if output.kind == "debate":
        facts = content.select(".debate > li")
        return {
            **slide,
            "questions": [
                {"fact": _text(fact, ".fact"), "question": _text(fact, ".question")}
                for fact in facts[:_MOST_QUESTIONS]
            ],
            "more": len(facts) > _MOST_QUESTIONS,
        }
    for heading in content.select("h2"):
        heading.decompose()
    for section in content.select("section"):
        # A section inside another is a slide of its own to reveal.js.
        section.name = "div"
    return {**slide, "content": str(content)}


def _text(content: Tag, selector: str) -> str:
    found = content.select_one(selector)
    return found.get_text().strip() if found else ""
