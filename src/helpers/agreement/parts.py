"""The parts of a document, whatever it is written as: paragraphs, tables, drawings with what is said of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from helpers import french

TO_FILL = "[à compléter]"


@dataclass(frozen=True)
class Run:
    """A part of a paragraph; `field` names what is typed by hand in its place."""

    text: str
    bold: bool = False
    italic: bool = False
    field: str = ""

    @property
    def is_left(self) -> bool:
        """Tell whether it is still to be typed."""
        return bool(self.field) and self.text == TO_FILL


@dataclass(frozen=True)
class Text:
    """A paragraph."""

    runs: tuple[Run, ...]


@dataclass(frozen=True)
class Grid:
    """A table, with its headings."""

    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Sheet:
    """A drawing, its title and what is said of it; without a paragraph, the drawing takes the width."""

    title: str
    texts: tuple[Text, ...]
    drawing: str = ""
    alt: str = ""
    caption: str = ""


Block = Text | Grid | Sheet


@dataclass(frozen=True)
class Section:
    """A part of a document."""

    title: str
    blocks: tuple[Block, ...]


def fill(typed: Mapping[str, str], name: str, before: str, *, may_be_empty: bool = False) -> Text:
    """Leave a field to be typed after some words, or take what was typed in the last version (`typed`, by field).

    `may_be_empty`: in a document that was typed in, a field without words was left so.
    """
    text = typed.get(name, "" if may_be_empty and typed else TO_FILL)
    return Text((Run(french.typography(before), bold=True), Run(text, field=name)))
