"""Text in the cells of a CSV file: a spreadsheet must open it as a text, never run it as a formula."""

from __future__ import annotations

# What the first character of a formula may be, and what a spreadsheet skips before it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_MARK = "'"


def is_formula(text: str) -> bool:
    """True when a spreadsheet would take the text for a formula."""
    return text.startswith(_FORMULA)


def protect(text: str) -> str:
    """The text as a cell of a CSV file: what would be a formula comes after an apostrophe, which makes it a text."""
    return _MARK + text if is_formula(text) else text


def unprotect(text: str) -> str:
    """The text that a cell was written from."""
    bare = text.removeprefix(_MARK)
    return bare if protect(bare) == text else text
