"""The parts of a document as HTML, for a page and for a PDF; every text is escaped."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from helpers.agreement.parts import Block, Grid, Section, Sheet, Text

# A code is read whole: a line never ends at its hyphen.
_CODE = re.compile(r"\b[A-Z]-\d+\b")


def write_sections(sections: Sequence[Section]) -> str:
    """Write parts as HTML, their titles of the second level, those of drawings of the third."""
    return "".join(
        f"<section><h2>{html.escape(section.title)}</h2>{''.join(map(_write_block, section.blocks))}</section>"
        for section in sections
    )


def _write_block(block: Block) -> str:
    match block:
        case Text():
            return _write_text(block)
        case Grid(caption, headings, rows):
            head = "".join(f'<th scope="col">{html.escape(text)}</th>' for text in headings)
            body = "".join(f"<tr>{''.join(map(_write_cell, row))}</tr>" for row in rows)
            named = html.escape(caption)
            return f'<table aria-label="{named}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
        case Sheet():
            return _write_sheet(block)


def _write_text(text: Text) -> str:
    written = []
    for run in text.runs:
        part = html.escape(run.text)
        part = f"<strong>{part}</strong>" if run.bold else f"<em>{part}</em>" if run.italic else part
        written.append(f'<span class="left">{part}</span>' if run.is_left else part)
    return f"<p>{''.join(written)}</p>"


def _write_sheet(sheet: Sheet) -> str:
    texts = "".join(map(_write_text, sheet.texts))
    look = "" if sheet.texts else ' class="drawing"'
    figure = (
        f"<figure{look}>{sheet.drawing}<figcaption>{html.escape(sheet.caption)}</figcaption></figure>"
        if sheet.drawing
        else ""
    )
    written = f'<div class="texts">{texts}</div>' if texts else ""
    return f'<h3>{html.escape(sheet.title)}</h3><div class="sheet">{figure}{written}</div>'


def _write_cell(text: str) -> str:
    written = _CODE.sub(r'<span class="unbroken">\g<0></span>', html.escape(text))
    return f"<td>{written.replace(chr(10), '<br>')}</td>"
