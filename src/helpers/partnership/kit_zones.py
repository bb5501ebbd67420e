"""The zones that the sheets of a kit are made of: framed or not, and the mark of what is simulated."""

from __future__ import annotations

from helpers import fonts, french
from helpers.publication.documents.sheets import Zone

# Millimetres: what is left and right of everything, the width of what is inside, the step of handwritten lines.
SIDE, WIDE, RULED = 10, 400, 11


def box(x: float, y: float, w: float, h: float, text: str = "", **look: object) -> Zone:
    """Make a framed zone with room to write: its heading, ruled lines where `ruled` says so."""
    return zone(
        x,
        y,
        w,
        h,
        text,
        **{"size": 13, "least": 10, "face": fonts.BOLD, "line": "rule", "pad": 2, "role": "h2"} | look,
    )


def zone(x: float, y: float, w: float, h: float, text: str = "", **look: object) -> Zone:
    """Make a zone, its text in French typography."""
    return Zone(x=x, y=y, w=w, h=h, text=french.typography(french.visible(text)), **look)  # type: ignore[arg-type]


def stamp(x: float, y: float, w: float, mark: str) -> Zone:
    """Say that what is shown is simulated."""
    look = {"colour": "demo-ink", "ground": "demo", "line": "demo-line", "align": "center"}
    return zone(x, y, w, 8, mark, size=11, least=9, face=fonts.BOLD, pad=1, **look)
