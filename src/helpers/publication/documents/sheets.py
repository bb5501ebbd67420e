"""Sheets of paper that people write on, A3 or A4: zones placed in millimetres, one page a sheet, in one PDF file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from helpers import fonts, french, tokens
from helpers.exhibit import prefix_identifiers
from helpers.publication import documents
from helpers.publication.documents.built import Logo
from helpers.publication.documents.pdf import print_page
from helpers.publication.pages.render import render_template

# Millimetres of a sheet, its long side first, and points to one of them.
A3, A4 = (420, 297), (297, 210)
POINTS = 72 / 25.4
# What the style sheet says of the faces that are not its own.
_FACES = {fonts.BOLD: "font-weight:700", fonts.DISPLAY: "font-family:var(--display);font-weight:600"}
# Between two lines of letters; a number stands on one.
_LEADING = 1.14
# Points of what closes what was cut, and of the steps in which letters shrink.
_ELLIPSIS, _STEP = "…", 0.94


@dataclass(frozen=True, kw_only=True)
class Zone:
    """A place of a sheet (millimetres from its left and top) and what it holds: text, ruled lines, a drawing or images.

    `face` is that of letters, one of `fonts`; `size` is theirs (points): they shrink as far as `least` where the text
    is long, and what is longer still is cut, which an ellipsis tells. `ruled` is the step of lines to write on
    (millimetres), under the text. `role` is what a screen reader is given ("h1", "h2", "p"). `colour`, `ground` and
    `line` are names of tokens.
    """

    x: float
    y: float
    w: float
    h: float
    text: str = ""
    size: float = 14
    least: float = 0
    face: str = fonts.REGULAR
    role: str = "p"
    colour: str = "ink"
    ground: str = ""
    line: str = ""
    pad: float = 0
    align: str = "left"
    ruled: float = 0
    drawing: str = ""
    images: tuple[Logo, ...] = ()

    @property
    def rules(self) -> list[float]:
        """List the heights (millimetres from the top of the zone) of its ruled lines."""
        if not self.ruled:
            return []
        top = self.pad + (
            height(self.text, self.w - 2 * self.pad, self.size, face=self.face) if self.text else 0
        )
        count = int((self.h - self.pad - top) // self.ruled)
        return [top + self.ruled * rank for rank in range(1, count + 1)]

    def fitted(self) -> Zone:
        """Copy the zone with letters as large as its text lets them be, the text cut where the least are too large."""
        if not self.text:
            return self
        wide, tall = self.w - 2 * self.pad, self.h - 2 * self.pad
        size, least = self.size, self.least or self.size
        while size > least and not fits(self.text, wide, tall, size, face=self.face):
            size = max(least, size * _STEP)
        text = self.text
        while not fits(text, wide, tall, size, face=self.face) and " " in text:
            text = text.rstrip(_ELLIPSIS).rstrip().rpartition(" ")[0] + _ELLIPSIS
        return replace(self, size=round(size, 1), text=text)


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A sheet: its zones, in the order in which they are read; `portrait` turns it, `paper` is its size."""

    zones: tuple[Zone, ...]
    portrait: bool = False
    paper: tuple[int, int] = A3

    @property
    def size(self) -> tuple[int, int]:
        """Its width and height, in millimetres."""
        return (self.paper[1], self.paper[0]) if self.portrait else self.paper

    @property
    def look(self) -> str:
        """The name of its format in the style sheet: `a4 portrait`."""
        return " ".join(filter(None, ("a4" if self.paper == A4 else "", "portrait" if self.portrait else "")))


def fits(text: str, wide: float, tall: float, size: float, *, face: str = fonts.REGULAR) -> bool:
    """Tell whether a text in letters of so many points holds in a place (millimetres), no word cut."""
    longest = max((width(word, size, face=face) for word in text.split()), default=0.0)
    return longest <= wide and height(text, wide, size, face=face) <= tall + 1e-6


def height(text: str, wide: float, size: float, *, face: str = fonts.REGULAR) -> float:
    """Compute the height (millimetres) of a text, its lines as wide as `wide` at most."""
    lines = 0
    for paragraph in text.split("\n"):
        room = 0.0
        lines += 1
        for word in paragraph.split(" "):
            needed = width(word, size, face=face)
            between = width(" ", size, face=face) if room else 0.0
            if room and room + between + needed > wide:
                lines, room = lines + 1, needed
            else:
                room += between + needed
    return lines * size * _LEADING / POINTS


def width(text: str, size: float, *, face: str = fonts.REGULAR) -> float:
    """Compute the width (millimetres) of a text in letters of so many points, in one of the faces of `fonts`."""
    return sum(_advance(letter, face) for letter in text) * size / POINTS


@cache
def _advance(letter: str, face: str) -> float:
    """Measure a letter, for a size of 1."""
    advances = fonts.advances(face)
    # A box to tick, an arrow: printed with the font that pages fall back on.
    return (
        advances[ord(letter)]
        if ord(letter) in advances
        else fonts.advances(fonts.FALLBACK).get(ord(letter), 0.5)
    )


def render(sheets: Sequence[Sheet], *, title: str) -> bytes:
    """Print sheets as one PDF file, tagged for screen readers: the same bytes for the same sheets.

    Raises:
        BuildError: a library of the system is missing.
    """
    return print_page(write(sheets, title=title))


def write(sheets: Sequence[Sheet], *, title: str) -> str:
    """Write sheets as the HTML page that they are printed from; `title` is that of the whole."""
    shown = [
        {"look": sheet.look, "zones": [_place(zone, f"s{rank}") for zone in sheet.zones]}
        for rank, sheet in enumerate(sheets)
    ]
    return render_template(
        "sheets.html.j2",
        tokens=tokens.sheet(),
        sheet=documents.read_template("sheets.css"),
        title=title,
        sheets=shown,
    )


def _place(zone: Zone, mark: str) -> dict[str, object]:
    """Prepare a zone for the template; `mark` keeps the identifiers of its drawing its own."""
    fitted = zone.fitted()
    box = f"left:{zone.x:.2f}mm;top:{zone.y:.2f}mm;width:{zone.w:.2f}mm;height:{zone.h:.2f}mm"
    look = [box, f"font-size:{fitted.size}pt", f"color:var(--{zone.colour})", f"text-align:{zone.align}"]
    look += [f"padding:{zone.pad}mm"] if zone.pad else []
    look += [f"background:var(--{zone.ground})"] if zone.ground else []
    look += [f"border:.5mm solid var(--{zone.line})"] if zone.line else []
    look += [_FACES[zone.face]] if zone.face in _FACES else []
    return {
        "look": ";".join(look),
        "role": zone.role,
        "lines": french.visible(fitted.text).split("\n") if fitted.text else [],
        "rules": [f"{rule:.2f}" for rule in zone.rules],
        "drawing": prefix_identifiers(zone.drawing, mark),
        "images": zone.images,
    }
