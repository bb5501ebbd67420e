"""Lay blocks out: measure each in the places that it can take, then write the pages that hold them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from helpers.publication.documents import pdf, read_template
from helpers.publication.documents.paper import grid
from helpers.publication.documents.paper.blocks import Block, without_drawings
from helpers.publication.documents.paper.grid import Sheet, Size
from helpers.publication.pages.render import render_template

# Points: what a page holds between its margins, less what two ways of rounding may add.
HEIGHT = 842 - 2 * 45 - 3.0
# What is measured already: the height of a form of a block, by its place and what it holds.
Heights = dict[tuple[grid.Place, str], float]


def measure(groups: Sequence[Sequence[Block]], known: Heights | None = None) -> list[list[Size]]:
    """Measure groups of blocks, all at once: the height of each in every place that it can take.

    Each form of a block is laid out once, and not at all where its height is `known`, to which the others are added.

    Raises:
        BuildError: a library of the system is missing.
    """
    known = {} if known is None else known
    every = dict.fromkeys(form for block in chain(*groups) for form in block.forms.items())
    new = [form for form in every if form not in known]
    if new:
        forms = [(place, without_drawings(html)) for place, html in new]
        page = render_template(
            "measured.html.j2", sheet=read_template("paper.css"), forms=forms, mark=pdf.MEASURED
        )
        known.update(zip(new, pdf.measure(page), strict=True))
    return [
        [
            Size(
                {place: known[place, html] for place, html in block.forms.items()},
                block.is_head,
                block.is_foot,
            )
            for block in group
        ]
        for group in groups
    ]


def lay_out(blocks: Sequence[Block], sizes: Sequence[Size]) -> str:
    """Write blocks as pages, as HTML."""
    sheets = grid.pack(sizes, height=HEIGHT)
    return "".join(write(sheet, blocks, breaks=rank > 0) for rank, sheet in enumerate(sheets))


def write(sheet: Sheet, blocks: Sequence[Block], *, breaks: bool = False) -> str:
    """Write the rows of a page as HTML; `breaks` where they begin a new one."""
    rows = []
    for rank, row in enumerate(sheet.rows):
        columns = "".join(
            f'<div class="column">{"".join(_block(blocks[one], row.place) for one in column)}</div>'
            for column in row.columns
        )
        gap = grid.CLOSE if rank and sheet.rows[rank - 1].is_head else sheet.gap
        space = f"margin-top:{gap:.1f}pt" if rank else "break-before:page" if breaks else ""
        rows.append(f'<div class="row {row.place}" style="{space}">{columns}</div>')
    return "".join(rows)


def _block(block: Block, place: grid.Place) -> str:
    return f'<div class="block">{block.forms[place]}</div>'
