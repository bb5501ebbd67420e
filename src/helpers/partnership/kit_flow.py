"""Text on A4 sheets: rows of cells one under another, from a sheet to the next; none is cut."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from helpers import fonts, french
from helpers.partnership.kit_zones import zone
from helpers.publication.documents.sheets import A4, Sheet, Zone, height

# Millimetres of an A4 sheet that texts are on.
LEFT, WIDE, TOP, BOTTOM = 15.0, 180.0, 14.0, 283.0


@dataclass(frozen=True)
class Cell:
    """A text of a row: its width (millimetres), its letters (points), their face, one of `fonts`."""

    text: str
    wide: float = WIDE
    size: float = 10.5
    face: str = fonts.REGULAR
    role: str = "p"
    colour: str = "ink"
    align: str = "left"

    @property
    def written(self) -> str:
        """The text as it is printed."""
        return french.typography(french.visible(self.text))

    @property
    def tall(self) -> float:
        """How high it is, a little more for the drawing of its letters."""
        if not self.text:
            return 0.0
        return height(self.written, self.wide, self.size, face=self.face) + 0.8


@dataclass(frozen=True)
class Row:
    """Cells side by side, what is left above them; a line above where `ruled`."""

    cells: tuple[Cell, ...]
    above: float = 2.0
    ruled: bool = False
    between: float = 4.0

    @property
    def tall(self) -> float:
        """How high it is."""
        return self.above + max(cell.tall for cell in self.cells)


def title(text: str) -> Row:
    """Make the title of a sheet."""
    return Row((Cell(text, size=22, face=fonts.DISPLAY, role="h1"),), above=0)


def heading(text: str) -> Row:
    """Make a heading."""
    return Row((Cell(text, size=13, face=fonts.BOLD, role="h2"),), above=5)


def line(text: str, size: float = 10.5) -> Row:
    """Make a paragraph."""
    return Row((Cell(text, size=size),))


def table(
    rows: Iterable[Sequence[str]],
    widths: Sequence[float],
    *,
    size: float = 9.5,
    headed: bool = True,
    aligned: Sequence[str] = (),
) -> list[Row]:
    """Make the rows of a table, the first one its headings where `headed`; `widths` are in millimetres.

    `aligned` is the side of the texts of each column, the left unless said.
    """
    sides = aligned or ["left"] * len(widths)
    return [
        Row(
            tuple(
                Cell(
                    text, wide - 4, size, face=fonts.REGULAR if rank or not headed else fonts.BOLD, align=side
                )
                for text, wide, side in zip(row, widths, sides, strict=True)
            ),
            above=2.2,
            ruled=rank > 0,
        )
        for rank, row in enumerate(rows)
    ]


def pages(rows: Sequence[Row], *, foot: str = "") -> list[Sheet]:
    """Lay rows on A4 sheets, as many as they take; a row is never parted."""
    made: list[list[Zone]] = [[]]
    top = TOP
    for row in rows:
        if top + row.tall > BOTTOM and made[-1]:
            made.append([])
            top = TOP
        made[-1] += place(row, top)
        top += row.tall
    band = zone(0, 0, A4[1], 5, ground="accent")
    closing = [zone(LEFT, 287, WIDE, 6, foot, size=8, least=6.5, colour="muted")] if foot else []
    return [Sheet(portrait=True, paper=A4, zones=(band, *zones, *closing)) for zones in made]


def place(row: Row, top: float, *, left: float = LEFT, wide: float = WIDE) -> list[Zone]:
    """Place a row at a height (millimetres): its line, then its cells."""
    zones = [zone(left, top + row.above / 2, wide, 0.25, ground="line")] if row.ruled else []
    for cell in row.cells:
        if cell.text:
            zones.append(
                zone(
                    left, top + row.above, cell.wide, cell.tall, cell.text, size=cell.size, face=cell.face,
                    role=cell.role, colour=cell.colour, align=cell.align,
                )
            )  # fmt: skip
        left += cell.wide + row.between
    return zones
