"""The sheets of dots of a workshop: a line an option, round places for elected officials, square for technicians."""

from __future__ import annotations

from collections.abc import Sequence

from helpers import fonts, tokens
from helpers.partnership.kit_room import Room
from helpers.partnership.kit_zones import RULED, SIDE, WIDE, zone
from helpers.publication.documents.sheets import Sheet

# Options of a sheet of dots, and the height of each.
_OPTION, _OPTIONS = 32, 8
_DOT, _STEP = 11.0, 12.6
MEASURE = "Les gommettes mesurent, elles ne décident pas – 3 par personne, 1 par ligne"


def make(room: Room, options: Sequence[tuple[str, str]], *, blank: int) -> list[Sheet]:
    """Make the sheets of the dots: a line an option, then blank ones; eight lines a sheet at most."""
    lines = [*options, *[("", "")] * blank]
    pages = [lines[start : start + _OPTIONS] for start in range(0, len(lines), _OPTIONS)]
    return [_dots(room, page) for page in pages]


def _dots(room: Room, lines: Sequence[tuple[str, str]]) -> Sheet:
    elected, technicians = room.kit.elected, room.kit.technicians
    # Fewer than three people of a role: their dots would tell who they are.
    rows = (
        [("round", elected + technicians)]
        if min(elected, technicians) < 3
        else [("round", elected), ("square", technicians)]
    )
    legend = "rond = élus, carré = techniciens" if len(rows) == 2 else "une seule forme pour tous"
    zones = [
        zone(0, 0, 420, 5, ground="accent"),
        zone(SIDE, 8, WIDE, 11, MEASURE, size=24, least=16, face=fonts.DISPLAY, role="h1"),
        zone(SIDE, 20, WIDE, 7, f"{room.kit.commune} · atelier {room.kit.number} · {legend} · chacun choisit au "
            f"carnet avant de se lever", size=12, colour="muted"),
    ]  # fmt: skip
    for rank, (code, title) in enumerate(lines):
        top = 29 + rank * _OPTION
        zones += [
            zone(SIDE, top, WIDE, 0.4, ground="rule"),
            zone(SIDE, top + 6, 30, 14, code, size=32, face=fonts.BOLD, colour="commune"),
            zone(
                42,
                top + 3,
                170,
                27,
                title,
                size=20,
                least=13,
                face=fonts.BOLD,
                role="h2",
                ruled=0 if title else RULED,
            ),
            zone(216, top + 2, 194, 28, drawing=_shapes(rows)),
        ]
    return Sheet(zones=tuple(zones))


def _shapes(rows: Sequence[tuple[str, int]]) -> str:
    """Draw the places of the dots of a line: a row of circles, a row of squares."""
    ink, made = tokens.colour("rule"), []
    # One shape for all may need two rows.
    placed = [
        (kind, 7 + _STEP * (rank % 15), 7 + 13.5 * (row + rank // 15))
        for row, (kind, count) in enumerate(rows)
        for rank in range(count)
    ]
    for kind, x, y in placed:
        look = f'fill="none" stroke="{ink}" stroke-width="0.5"'
        made.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{_DOT / 2}" {look}/>'
            if kind == "round"
            else f'<rect x="{x - _DOT / 2:.1f}" y="{y - _DOT / 2:.1f}" width="{_DOT}" height="{_DOT}" {look}/>'
        )
    return f'<svg role="img" aria-label="Places des gommettes" viewBox="0 0 194 28">{"".join(made)}</svg>'
