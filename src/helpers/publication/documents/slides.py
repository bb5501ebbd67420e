"""A deck as one HTML file that needs no network (reveal.js), for projection without an office suite."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from helpers import fonts, tokens
from helpers.exhibit import prefix_identifiers
from helpers.publication import documents
from helpers.publication.documents import BuiltDiagnostic, deck
from helpers.publication.documents.deck import Slide
from helpers.publication.pages.render import render_template


def make(diagnostic: BuiltDiagnostic) -> bytes:
    """Make the deck of a diagnostic: the same bytes for the same diagnostic."""
    return render(deck.compose(diagnostic), title=diagnostic.title)


def render(slides: Sequence[Slide], *, title: str) -> bytes:
    """Write slides as one HTML file; `title` is that of the whole."""
    page = render_template(
        "slides.html.j2",
        sheets=[documents.read_template(name) for name in ("reveal/reveal.css", "slides.css")],
        tokens=fonts.faces() + tokens.sheet(),
        engine=documents.read_template("reveal/reveal.js"),
        title=title,
        slides=[
            # Two drawings of a page may not share an identifier.
            replace(slide, drawing=prefix_identifiers(slide.drawing, f"d{rank}"))
            for rank, slide in enumerate(slides)
        ],
    )
    return page.encode()
