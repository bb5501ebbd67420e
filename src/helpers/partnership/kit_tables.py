"""The table of a figure on a sheet, in letters as large as its place lets them be."""

from __future__ import annotations

import re
from collections.abc import Sequence

from helpers import fonts, french
from helpers.partnership import kit_flow
from helpers.partnership.kit_zones import zone
from helpers.publication.documents.deck import Rows
from helpers.publication.documents.sheets import Zone, width

# Points of the letters, from the largest to the least; millimetres between two columns.
_SIZES = (16, 15, 14, 13, 12, 11, 10, 9, 8)
_BETWEEN = 4.0
_NUMBER = re.compile(r"[+−\d]|n\.[ds]\.")

Texts = Sequence[Sequence[str]]


def fits(table: Rows, w: float, h: float, *, least: float) -> bool:
    """Tell whether a table holds in a place in letters of so many points."""
    laid = lay(table, 0, 0, w, h)
    return bool(laid) and laid[-1].text != "…" and min(zone.size for zone in laid if zone.text) >= least


def lay(table: Rows, x: float, y: float, w: float, h: float) -> list[Zone]:
    """Lay a table in a place (millimetres): headings in bold, a line above each row; a single row, as a list.

    Rows that the least letters do not let in are left out, and three dots tell so.
    """
    if not table.rows:
        return []
    rows = [
        [french.typography(french.visible(text)) for text in row] for row in (table.headings, *table.rows)
    ]
    is_list = len(table.rows) == 1
    if is_list:
        rows = [list(pair) for pair in zip(*rows, strict=True)]
    aligned = [
        "right" if all(map(_NUMBER.match, column)) else "left" for column in zip(*rows[1:], strict=True)
    ]
    for size in _SIZES:
        wide = _share(rows, w, size)
        laid = kit_flow.table(rows, wide, size=size, headed=not is_list, aligned=aligned)
        if sum(row.tall for row in laid) <= h and sum(wide) <= w + 0.1:
            break
    zones, top = [], y
    for row in laid:
        if top + row.tall > y + h:
            zones.append(zone(x, y + h - 5, w, 5, "…", size=size))
            break
        zones += kit_flow.place(row, top, left=x, wide=w)
        top += row.tall
    return zones


def _share(rows: Texts, w: float, size: float) -> list[float]:
    """Give each column its longest word, and a part of what is left that goes with its longest text."""
    columns = list(zip(*rows, strict=True))
    words = [
        max(width(word, size, face=fonts.BOLD) for text in column for word in text.split(" "))
        for column in columns
    ]
    texts = [max(width(text, size, face=fonts.BOLD) for text in column) for column in columns]
    least = [word + _BETWEEN + 0.5 for word in words]
    wanted = [text - word for text, word in zip(texts, words, strict=True)]
    left = max(0.0, min(w - sum(least), sum(wanted) + 1.0))
    return [one + left * more / (sum(wanted) or 1.0) for one, more in zip(least, wanted, strict=True)]
