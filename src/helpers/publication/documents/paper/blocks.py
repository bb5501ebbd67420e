"""What is laid out on paper: figures, tables and texts as HTML, for each place that they can take."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bs4 import BeautifulSoup, Tag

from helpers.columns import find_column
from helpers.publication.documents.paper.grid import Place

# Points: a page between its margins, one of its two columns.
WIDTH, COLUMN = 516.0, 250.0
# A drawing is no higher than that.
_HIGHEST = 520.0
# A table of more columns is written smaller; of so few, it is no wider than it needs: rows are read across.
_COLUMNS, _FEW = 8, 4
# The heading of the column that names the territory of a row.
_NAME = find_column("territory").heading
# Columns of a table that says more than a name and a number.
_NAMED = 2
_VIEW = re.compile(r'viewBox="0 0 (?P<width>[\d.]+) (?P<height>[\d.]+)"')
_SVG = re.compile(r"<svg.*?</svg>", re.DOTALL)
_DRAWING = re.compile(r'<svg (?P<size>width="[\d.]+pt" height="[\d.]+pt").*?</svg>', re.DOTALL)


@dataclass(frozen=True)
class Block:
    """Something that is not cut, as HTML for each place that it can take.

    A head stays with what follows it, a foot with what it follows. `code` and `title` are those of a figure, `address`
    is its identifier; `sources` and `cautions` are reported once, after the section.
    """

    forms: Mapping[Place, str]
    is_head: bool = False
    is_foot: bool = False
    is_table: bool = False
    code: str = ""
    title: str = ""
    address: str = ""
    sources: str = ""
    cautions: tuple[str, ...] = field(default=())

    @property
    def lines(self) -> tuple[str, ...]:
        """What is reported once after the section, as paragraphs in small letters."""
        return tuple(f'<p class="small">{words}</p>' for words in (*self.cautions, self.sources) if words)


def text(html: str, *, half: bool = False, is_head: bool = False) -> Block:
    """Make a block of a text, across the page or in a column too (`half`)."""
    return Block({"wide": html, "half": html} if half else {"wide": html}, is_head=is_head)


def figure(html: str, *, narrow: str = "", alone: bool = False) -> Block:
    """Make a block of an exhibit: its title, its drawing or its table, its reading and its notes.

    `html` is the exhibit as a page shows it, `narrow` its drawing for a column, if any. Where all the rows of a table
    are of the commune (`alone`), its name is left out; a table of few columns holds in a column of the page. A table
    folded under what is read of it is left to the page.
    """
    drawing = _SVG.search(html)
    shown = BeautifulSoup(_SVG.sub("", html), "html.parser").figure or Tag(name="figure")
    head = "".join(str(one) for one in shown.select(":scope > h3, :scope > .subtitle"))
    mark = "".join(
        f'<span class="demonstration">{one.get_text()}</span>'
        for one in shown.select(":scope > .demonstration")
    )
    code = shown.select_one(".permalink")
    head = f'<p class="known">{code.get_text() if code else ""} {mark}</p>{head}' if code or mark else head
    *notes, sources = shown.select("figcaption > p") or [None]
    words = "".join(str(one) for one in (*shown.select(":scope > .reading"), *filter(None, notes)))
    address = str(shown.get("id", ""))

    def whole(drawing: str, *, place: Place) -> str:
        inside = (
            f'<div class="beside">{drawing}<div>{words}</div></div>' if place == "side" else drawing + words
        )
        return f'<figure class="exhibit" id="{address}">{head}{inside}</figure>'

    forms: dict[Place, str] = {}
    if drawing is not None:
        forms["wide"] = whole(size_drawings(drawing[0], width=WIDTH), place="wide")
        if narrow:
            drawn = size_drawings(narrow, width=COLUMN)
            forms |= {place: whole(drawn, place=place) for place in ("half", "side")}
    else:
        is_folded = bool(shown.select(":scope > .reading")) and bool(shown.select(":scope > details"))
        table, is_narrow = _tabled(None if is_folded else shown.select_one(".table table"), alone=alone)
        forms["wide"] = whole(table, place="wide")
        if is_narrow:
            forms["half"] = whole(table, place="half")
    return Block(
        forms,
        is_table=drawing is None,
        code=code.get_text() if code else "",
        title=(shown.h3 or shown).get_text(),
        address=address,
        sources=sources.decode_contents() if sources else "",
        cautions=tuple(one.decode_contents() for one in shown.select("figcaption .cautions p")),
    )


def without_drawings(html: str) -> str:
    """Put in place of each drawing an empty box as large: what is measured need not be drawn."""
    return _DRAWING.sub(_box, html)


def _box(drawing: re.Match[str]) -> str:
    width, height = re.findall(r'"([\d.]+pt)"', drawing["size"])
    return f'<div style="width:{width};height:{height}"></div>'


def size_drawings(svg: str, *, width: float) -> str:
    """Give a drawing its size on paper."""
    view = _VIEW.search(svg)
    if view is None:
        return ""
    scale = min(width / float(view["width"]), _HIGHEST / float(view["height"]))
    wide, high = (scale * float(view[side]) for side in ("width", "height"))
    head, body = svg.split(">", 1)
    head = head.replace("<svg", f'<svg width="{wide:.1f}pt" height="{high:.1f}pt"', 1)
    return f'<div class="drawing">{head}>{body}</div>'


def _tabled(table: Tag | None, *, alone: bool) -> tuple[str, bool]:
    """Write a table, and tell whether it is narrow."""
    if table is None:
        return "", False
    for caption in table.select("caption"):
        caption.decompose()
    del table["aria-describedby"]
    count = len(table.select("thead tr:last-child th"))
    headed = table.select_one("thead th")
    if alone and count > _NAMED and headed and headed.get_text() == _NAME:
        for row in table.select("tr"):
            _leave_out_name(row)
        count -= 1
    if count > _COLUMNS:
        table["data-size"] = "wide"
    elif count <= _FEW:
        table["data-size"] = "narrow"
    return f'<div class="table">{table}</div>', count <= _FEW


def _leave_out_name(row: Tag) -> None:
    """Leave out the first cell of a row; the next one is its head in its place."""
    first, second = row.select("th, td")[:2]
    first.decompose()
    second.name, second["scope"] = "th", "col" if row.parent and row.parent.name == "thead" else "row"
    del second["class"]
