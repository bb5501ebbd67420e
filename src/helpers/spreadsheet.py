"""Texts in the cells of a CSV file: a spreadsheet must open them as texts, never run them as formulas."""

from __future__ import annotations

# What the first character of a formula may be, and what a spreadsheet skips before it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_MARK = "'"


def is_formula(text: str) -> bool:
    """Tell whether a spreadsheet would take the text for a formula."""
    return text.startswith(_FORMULA)


def protect(text: str) -> str:
    """Write a text as a cell of a CSV file: an apostrophe before what would be a formula makes it a text."""
    return _MARK + text if is_formula(text) else text


def unprotect(text: str) -> str:
    """Read the text that a cell was written from."""
    bare = text.removeprefix(_MARK)
    return bare if protect(bare) == text else text
