"""The fonts of everything that is published: Source Sans 3 and, for titles, Source Serif 4, cut to French.

Under the SIL Open Font License, beside them; `tools/fonts.py` makes them from the packages of the whole fonts.
"""

from __future__ import annotations

import base64
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent
SANS, SERIF = "Source Sans 3", "Source Serif 4"
# Those of pages and documents: family, weight, file.
_FACES = (
    (SANS, 400, "source-sans-3-400.woff2"),
    (SANS, 700, "source-sans-3-700.woff2"),
    (SERIF, 600, "source-serif-4-600.woff2"),
)


@cache
def faces() -> str:
    """Write the fonts as CSS: a page that has them needs no other file."""
    return "".join(
        f'@font-face{{font-family:"{family}";font-weight:{weight};font-display:block;src:url(data:font/woff2;base64,'
        f'{base64.b64encode((_FOLDER / name).read_bytes()).decode()}) format("woff2")}}'
        for family, weight, name in _FACES
    )


def measured() -> list[Path]:
    """List the files that drawings are measured with, regular then bold: matplotlib reads no WOFF2."""
    return [_FOLDER / f"source-sans-3-{weight}.ttf" for weight in (400, 700)]
