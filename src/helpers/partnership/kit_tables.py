"""The table of a figure on a sheet, in letters as large as its place lets them be."""

from __future__ import annotations

import re
from collections.abc import Sequence

from helpers import fonts, french
from helpers.partnership.kit_zones import zone
from helpers.publication.documents.deck import Rows
from helpers.publication.documents.sheets import Zone, height, width

# Points of the letters, from the largest to the least; millimetres between two columns, and above each row.
_SIZES = (16, 15, 14, 13, 12, 11, 10, 9, 8)
_BETWEEN, _ABOVE = 4.0, 3.0
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
    faces = [fonts.BOLD, *(fonts.REGULAR for _ in table.rows)]
    if len(table.rows) == 1:
        rows = [list(pair) for pair in zip(*rows, strict=True)]
        faces = [fonts.REGULAR for _ in rows]
    aligned = [
        "right" if all(map(_NUMBER.match, column)) else "left" for column in zip(*rows[1:], strict=True)
    ]
    for size in _SIZES:
        wide = _share(rows, w, size)
        tall = [_measure(row, wide, size, face=face) for row, face in zip(rows, faces, strict=True)]
        if sum(tall) <= h and sum(wide) <= w + 0.1:
            break
    zones, top = [], y
    for rank, row in enumerate(rows):
        if top + tall[rank] > y + h:
            zones.append(zone(x, y + h - 5, w, 5, "…", size=size))
            break
        if rank:
            zones.append(zone(x, top, w, 0.25, ground="line"))
        left = x
        for text, one, side in zip(row, wide, aligned, strict=True):
            zones.append(
                zone(
                    left, top + _ABOVE / 2, one - _BETWEEN, tall[rank] - _ABOVE / 2, text, size=size,
                    face=faces[rank], align=side,
                )
            )  # fmt: skip
            left += one
        top += tall[rank]
    return zones


def _measure(row: Sequence[str], wide: Sequence[float], size: float, *, face: str) -> float:
    """Measure how high a row is."""
    texts = zip(row, wide, strict=True)
    return max(height(text, one - _BETWEEN, size, face=face) for text, one in texts) + _ABOVE


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
