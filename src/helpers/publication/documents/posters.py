"""A3 posters for a workshop, from the cells tagged `poster`, and the map of the commune to lay on a table.

Where nothing of them is drawn, as for a village, its numbers are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from helpers import fonts, french
from helpers.errors import BuildError
from helpers.publication.documents import BuiltDiagnostic, deck, sheets, table_map
from helpers.publication.documents.built import Logo
from helpers.publication.documents.deck import Slide
from helpers.publication.documents.sheets import Sheet, Zone

TAG = "poster"
# Points of a title, of the number, of a question and of what is written along the drawing, at the least there.
TITLE, NUMBER, QUESTION, SMALL = 60, 150, 36, 10
# Millimetres: what is left and right of everything, and the part of the drawing. Its top under a number or a title of
# two lines, then under one line, and its foot. The height of one line.
_SIDE, _WIDE, _DRAWN = 12, 396, 264
_TOP, _HIGHER, _FOOT = 95, 66, 252
_ONE_LINE = 26
_HEADING = "Ce que nous en savons ici"
_UNTOLD = "Qu’est-ce que ces nombres ne disent pas ?"
# Rows of numbers.
_COUNTS = 9
# The step of the lines to write on.
_RULED = 11


def make(diagnostic: BuiltDiagnostic) -> bytes:
    """Make the posters and the map, one PDF file: the same bytes for the same diagnostic.

    Raises:
        BuildError: no figure of a poster has data for the commune, or a library of the system is missing.
    """
    return sheets.render(compose(diagnostic), title=f"{diagnostic.title}\u00a0: affiches")


def compose(diagnostic: BuiltDiagnostic, codes: Iterable[str] | None = None) -> list[Sheet]:
    """Compose the posters of a diagnostic by their codes, those that tags propose unless said, then its map.

    Raises:
        BuildError: no figure of a poster has data for the commune.
    """
    wanted = list(codes) if codes is not None else deck.propose(diagnostic, tag=TAG)
    slides = [slide for slide in deck.exhibit_slides(diagnostic, wanted) if slide.drawing]
    slides = slides or [
        replace(slide, question=french.typography(_UNTOLD)) for slide in deck.number_slides(diagnostic)
    ]
    if not slides:
        raise BuildError(
            f"{diagnostic.title} : aucune figure à mettre en affiche, leurs données manquent pour cette commune.",
            remedy="Les pyramides et le point mort demandent les chiffres officiels : make data, puis recommencez.",
        )
    of = " · ".join(filter(None, (diagnostic.title, diagnostic.agency)))
    return [
        *(poster(slide, of=of, logos=diagnostic.logos) for slide in slides),
        *table_map.compose(diagnostic),
    ]


def poster(slide: Slide, *, of: str, logos: Sequence[Logo] = ()) -> Sheet:
    """Make the poster of an exhibit: its number, its title, its drawing, its question, and a third to write on.

    `of` says whose it is, in small letters above; `logos` stand at the foot. Beside a number the title is what is
    found, in words. Simulated values conclude nothing: no number. A slide of numbers has no drawing: they are written.
    """
    number, counted = ("", "") if slide.demonstration else slide.number
    title = _unbroken((slide.headline if number else "") or slide.title)
    is_short = not number and sheets.fits(title, _WIDE, _ONE_LINE, TITLE, face=fonts.DISPLAY)
    top = _HIGHER if is_short else _TOP
    drawn = Zone(x=_SIDE, y=top, w=_DRAWN, h=_FOOT - top, drawing=slide.drawing)
    return Sheet(
        zones=(
            *_head(slide, of=of),
            *_title(title, number, counted),
            Zone(x=_SIDE, y=top - 8, w=_DRAWN, h=7, text=slide.subtitle, size=15, least=9, colour="muted"),
            *([drawn] if slide.drawing else _counts(slide, top=top)),
            Zone(
                x=288, y=top - 7, w=120, h=_FOOT - top + 7, text=_HEADING, size=22, face=fonts.BOLD, role="h2",
                ruled=_RULED, pad=5, line="rule",
            ),
            Zone(x=_SIDE, y=255, w=_WIDE, h=0.8, ground="question-line"),
            Zone(
                x=_SIDE, y=257, w=_WIDE, h=30, text=_unbroken(slide.question), size=QUESTION, least=22,
                face=fonts.DISPLAY, colour="question-line", role="h2",
            ),
            Zone(
                x=_SIDE, y=286, w=_DRAWN if logos else _WIDE, h=9, text=slide.source, size=SMALL, least=7,
                colour="muted",
            ),
            *([Zone(x=288, y=281, w=120, h=14, images=tuple(logos))] if logos else []),
        )
    )  # fmt: skip


def _counts(slide: Slide, *, top: float) -> list[Zone]:
    """Write the numbers of a commune from a height on, a row for each: what it counts, when, how many."""
    rows = [row[:3] for row in slide.table.rows] or [(label, "", value) for label, value, _ in slide.items]
    step = (_FOOT - top) / max(len(rows[:_COUNTS]), 1)
    zones = []
    for rank, (label, when, value) in enumerate(rows[:_COUNTS]):
        y, tall = top + rank * step, step - 2
        zones += [
            Zone(x=_SIDE, y=y, w=_DRAWN, h=0.3, ground="line"),
            Zone(x=_SIDE, y=y + 1, w=150, h=tall, text=label, size=20, least=12),
            Zone(x=166, y=y + 1, w=44, h=tall, text=when, size=15, least=10, colour="muted"),
            Zone(
                x=212, y=y + 1, w=64, h=tall, text=value, size=36, least=18, face=fonts.BOLD, align="right",
                colour="commune",
            ),
        ]  # fmt: skip
    return zones


def _head(slide: Slide, *, of: str) -> list[Zone]:
    """Make what stands above the title: whose it is, and whether its values are simulated."""
    marked = Zone(
        x=318, y=10, w=90, h=9, text=slide.mark, size=14, least=9, face=fonts.BOLD, align="center", pad=1,
        colour="demo-ink", ground="demo", line="demo-line",
    )  # fmt: skip
    return [
        Zone(x=0, y=0, w=420, h=7, ground="accent"),
        Zone(x=_SIDE, y=11, w=250, h=8, text=" · ".join((of, slide.place)), size=14, least=9, colour="muted"),
        *([marked] if slide.mark else []),
    ]


def _title(title: str, number: str, counted: str) -> list[Zone]:
    """Make the title, beside one number and what it counts where there is one."""
    left = max(sheets.width(number, NUMBER, face=fonts.BOLD) + 2, 96) if number else 0.0
    aside = left + 8 if number else 0.0
    message = Zone(
        x=_SIDE + aside, y=20, w=_WIDE - aside, h=64, text=title, size=TITLE, least=28, face=fonts.DISPLAY, role="h1",
    )  # fmt: skip
    if not number:
        return [message]
    return [
        message,
        Zone(x=_SIDE, y=18, w=left, h=61, text=number, size=NUMBER, face=fonts.BOLD, colour="commune"),
        Zone(x=_SIDE, y=75, w=left, h=11, text=counted, size=18, least=11),
    ]


def _unbroken(title: str) -> str:
    """Bind the last two words of a title: none stands alone on a line."""
    before, _, last = title.rpartition(" ")
    return f"{before}\N{NO-BREAK SPACE}{last}" if " " in before else title
