"""The A6 cards of a workshop, four on an A4 sheet: on the front a number and a small chart, on the back a question."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from helpers import fonts, french
from helpers.partnership import kit_tables
from helpers.partnership.kit_drawings import cut_marks, mini
from helpers.partnership.kit_room import Room
from helpers.partnership.kit_zones import stamp, zone
from helpers.publication.documents import deck
from helpers.publication.documents.deck import ASKED, Rows, Slide
from helpers.publication.documents.sheets import A4, Sheet, Zone, width

# Millimetres of a card, what is left around what it says; points of its code, its number, its label.
_WIDE, _TALL, _AROUND = 148.5, 105.0, 10.0
_CODE, _NUMBER, _LABEL = 20, 60, 15
_INSIDE = _WIDE - 2 * _AROUND
_LONGEST = 40
# Points of the letters of a table, at the least.
_LEAST = 9
_FIRST = re.compile(r"[+\u2212]?\d[\d\u202f]*(?:,\d+)?(?:\u00a0%)?")
# What is asked of a figure that no question of the diagnostic speaks of, by the letter of its code.
_ASKED = {
    "H": "Qui le voit dans votre quartier, depuis quand ?",
    "L": "Où le voyez-vous dans la commune, et pourquoi là ?",
    "P": "Qu'est-ce que cela change pour les familles, pour les aînés ?",
    "M": "Que manque-t-il à cette liste, et qui le sait ?",
}


def make(room: Room) -> list[Sheet]:
    """Make the sheets of the cards, each followed by its back: turned on its short side, a card faces its own."""
    slides = [
        replace(slide, question=_ASKED[slide.code[0]])
        if slide.question == french.typography(ASKED)
        else slide
        for slide in deck.exhibit_slides(room.diagnostic, room.choices.cards, among=room.exhibits)
    ]
    sheets = []
    for start in range(0, len(slides), 4):
        four = slides[start : start + 4]
        sheets += [_sheet(four, front, (0, 1, 2, 3)), _sheet(four, back, (1, 0, 3, 2))]
    return sheets


def _sheet(slides: Sequence[Slide], side: Callable[[Slide], list[Zone]], places: Sequence[int]) -> Sheet:
    """Place four sides of cards on a sheet, at these places: across, then down."""
    zones = []
    for slide, place in zip(slides, places, strict=False):
        left, top = _WIDE * (place % 2), _TALL * (place // 2)
        zones += [replace(one, x=one.x + left, y=one.y + top) for one in side(slide)]
    return Sheet(paper=A4, zones=(*zones, zone(0, 0, A4[0], A4[1] - 0.1, drawing=cut_marks(*A4))))


def number_of(slide: Slide) -> tuple[str, str]:
    """Give the number of a card and what it counts, as the exhibit declares, else as its title begins."""
    if slide.demonstration:
        return "", ""
    if slide.number[0]:
        return slide.number
    found = _FIRST.match(slide.title)
    if not found:
        return "", ""
    label = slide.title[found.end() :].strip()
    return found[0], label if len(label) <= _LONGEST else label.partition(",")[0]


def front(slide: Slide) -> list[Zone]:
    """Make the front of a card; what has no number has its title in large."""
    number, label = number_of(slide)
    zones = [zone(_AROUND, 8, 60, 9, slide.code, size=_CODE, face=fonts.BOLD, colour="commune", role="h2")]
    if slide.mark:
        zones.append(stamp(78, 9, 60, slide.mark))
    if number:
        size = _NUMBER
        while size > 24 and width(number, size, face=fonts.BOLD) > _INSIDE:
            size -= 2
        zones += [
            zone(_AROUND, 17, _INSIDE, 25, number, size=size, face=fonts.BOLD),
            zone(_AROUND, 43, _INSIDE, 10, label, size=_LABEL, least=11),
        ]
    else:
        zones.append(zone(_AROUND, 20, _INSIDE, 30, slide.title, size=26, least=16, face=fonts.DISPLAY))
    drawn = [zone(_AROUND, 53, _INSIDE, 35, drawing=mini(slide, number=number))]
    # A table that would be cut, that no one could read, or read with precaution, is left to the page.
    if not slide.drawing and _is_plain(slide.table):
        drawn = kit_tables.lay(slide.table, _AROUND, 53, _INSIDE, 35)
    return [
        *zones,
        *drawn,
        zone(_AROUND, 89, _INSIDE, 9, slide.subtitle, size=9, least=7.5, colour="muted"),
    ]


def _is_plain(table: Rows) -> bool:
    doubtful = any("**" in text for row in table.rows for text in row)
    return not doubtful and kit_tables.fits(table, _INSIDE, 35, least=_LEAST)


def back(slide: Slide) -> list[Zone]:
    """Make the back of a card: its question, four lines, where it comes from."""
    return [
        zone(_AROUND, 8, 30, 9, slide.code, size=_CODE, face=fonts.BOLD, colour="commune"),
        zone(_AROUND, 18, _INSIDE, 22, slide.question, size=17, least=12, face=fonts.DISPLAY, role="h2"),
        zone(_AROUND, 41, _INSIDE, 48, "Ce que nous savons sur le terrain", size=11, least=9, ruled=10.5),
        zone(_AROUND, 91, _INSIDE, 7, "d'après :  ☐ vu   ☐ document   ☐ on me l'a dit", size=11, least=9),
    ]
