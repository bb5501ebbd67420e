"""Pages that tell what a group said, agreed on or did: parts of a document in the frame of a diagnostic."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from helpers import french
from helpers.agreement.markup import write_sections
from helpers.agreement.parts import Section, Text
from helpers.publication.documents.built import read_template
from helpers.publication.pages.render import render_template

# A table wider than the screen scrolls in a place that the keyboard reaches.
_TABLE = re.compile(r'<table aria-label="([^"]*)">(.*?)</table>', re.DOTALL)
_SCROLLED = (
    r'<div class="wide" role="group" tabindex="0" aria-label="\1"><table aria-label="\1">\2</table></div>'
)


def render(
    title: str,
    sections: Sequence[Section],
    *,
    commune: str,
    lede: str,
    parts: Sequence[Mapping[str, Any]] = (),
    reread: Sequence[str] = (),
    colophon: str = "",
) -> str:
    """Render a page as HTML; what is still to be typed in a document is left out of it.

    Args:
        title: the title of the page.
        sections: its parts.
        commune: its name.
        lede: what the page is, in a sentence.
        parts: the other pages of the diagnostic (`file`, `title`, `current`).
        reread: what is to be read again since figures changed.
        colophon: the foot of the page, as HTML.
    """
    return render_template(
        "document.html.j2",
        title=french.typography(title),
        commune=french.typography(commune),
        lede=french.typography(lede),
        parts=list(parts),
        reread=[french.typography(line) for line in reread],
        content=_TABLE.sub(_SCROLLED, write_sections([_without_fields(section) for section in sections])),
        colophon=colophon,
        document_style=read_template("document.css"),
    )


def _without_fields(section: Section) -> Section:
    blocks = (
        block
        for block in section.blocks
        if not (isinstance(block, Text) and any(run.is_left for run in block.runs))
    )
    return Section(section.title, tuple(blocks))
