"""What the cover of a diagnostic says, for the covers of its documents: the same objects, taken from its page."""

from __future__ import annotations

import re
from typing import Any

from bs4 import BeautifulSoup, Tag

from helpers import tokens
from helpers.publication.documents import BuiltDiagnostic
from helpers.publication.documents.drawings import stand_alone
from helpers.publication.documents.paper.blocks import COLUMN, size_drawings

_PATH = re.compile(r"<path (?P<rest>[^>]*)")
# Of the colophon: what a cover says of the data.
_DATED = ("Recensements comparés", "Date des données", "Code")


def describe_cover(diagnostic: BuiltDiagnostic) -> dict[str, Any]:
    """Give a template what the cover of the diagnostic shows, as HTML by name; empty where it shows nothing of it.

    Messages and cards are lists; `imprint` are the labels and texts that date the document.
    """
    cover = diagnostic.cover
    lines = {_words(line, "dt"): _words(line, "dd") for line in cover.select(".colophon dl > div")}
    return {
        "where": diagnostic.where,
        "key_figures": _first(cover, ".key-figures"),
        "locator": _painted(_first(cover, "svg.locator")),
        "form": _first(cover, ".form"),
        "silence": _first(cover, ".silence"),
        "sure": _first(cover, ".sure"),
        "messages": [_message(message) for message in cover.select(".message")],
        "cards": [_card(card) for card in cover.select(".problems li")],
        "asked": _words(cover, ".problems h2"),
        "imprint": [(label, lines[label]) for label in _DATED if label in lines],
    }


def _first(cover: BeautifulSoup, selector: str) -> str:
    found = cover.select_one(selector)
    return stand_alone(found) if found else ""


def _painted(locator: str) -> str:
    """Give the outlines of a map their colours: WeasyPrint leaves aside the classes of a drawing."""
    ground, own, paper = (tokens.colour(name) for name in ("line", "commune", "paper"))
    return _PATH.sub(
        lambda path: (
            f'<path fill="{own if "here" in path["rest"] else ground}" stroke="{paper}" {path["rest"]}'
        ),
        locator,
    )


def _words(content: Tag, selector: str) -> str:
    found = content.select_one(selector)
    return found.get_text().strip() if found else ""


def _message(message: Tag) -> dict[str, str]:
    """Take a message apart: its title, what it shows, its drawing in a column, its sentence, its code."""
    drawing = stand_alone(message.select_one("svg") or "")
    code = re.search(r"[A-Z]-\d\d", _words(message, ".more"))
    return {
        "title": _words(message, "h2"),
        "subtitle": _words(message, ".subtitle"),
        "drawing": size_drawings(drawing, width=COLUMN),
        "said": _words(message, ".said"),
        "code": code[0] if code else "",
    }


def _card(card: Tag) -> dict[str, str]:
    """Take apart the card of an issue: its title, its facts, what is against, its question."""
    return {
        "title": _words(card, "h3 a"),
        "label": _words(card, "h3 .weak"),
        "reading": _words(card, "p:not([class])"),
        "against": _words(card, ".against"),
        "question": _words(card, ".question"),
    }
