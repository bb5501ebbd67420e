"""CSV files that a French spreadsheet opens: figures with a decimal comma, texts that it never runs as a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

# What the first character of a formula may be, and what a spreadsheet skips before it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_MARK = "'"
# A figure as the data of an exhibit write it; a code that begins with a nought stays a text.
FIGURE = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?")
# Thousands are set apart by a narrow space.
_DECIMALS = re.compile(r"\d[\d\s]*(?:,(\d+))?")
# Decimals of a figure that the page does not write as a number.
UNWRITTEN = 2


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


def count_digits(text: str) -> int | None:
    """Count the decimals that a figure keeps in a CSV file, from what a page writes: nothing when it is no number.

    A figure written as a whole number (a count, even estimated; a sum in euros) keeps none. Any other keeps one more
    than the page, so that what is worked out from it does not show the rounding.
    """
    found = _DECIMALS.search(text)
    return len(found[1] or "") + bool(found[1]) if found else None


def localize(content: str, digits: Mapping[str, int | Sequence[int]]) -> str:
    """Rewrite the data of an exhibit (semicolons, decimal point, all their digits) as a French spreadsheet reads them.

    `digits` gives the decimals of each column of figures by its heading, one for all its rows or one for each; any
    other column stays as it is. Semicolons, decimal comma; an empty cell stays empty.
    """
    headings, *rows = csv.reader(io.StringIO(content), delimiter=";")
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";", lineterminator="\n")
    writer.writerow(headings)
    kept = [digits.get(heading) for heading in headings]
    for rank, row in enumerate(rows):
        cells = zip(row, kept, strict=True)
        writer.writerow(
            text if known is None else _round(text, known if isinstance(known, int) else known[rank])
            for text, known in cells
        )
    return written.getvalue()


def _round(text: str, digits: int) -> str:
    """`1234.5678` -> `1234,57`; what is no figure stays as it is."""
    if not FIGURE.fullmatch(text):
        return text
    rounded = Decimal(text).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    # What rounds to nothing has no sign.
    return f"{abs(rounded) if rounded.is_zero() else rounded:f}".replace(".", ",")
