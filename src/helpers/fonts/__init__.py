"""The fonts of everything that is published: Source Sans 3 and, for titles, Source Serif 4, cut to French.

Under the SIL Open Font License, beside them; `tools/fonts.py` makes them from the packages of the whole fonts.
"""

from __future__ import annotations

import base64
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent
SANS, SERIF = "Source Sans 3", "Source Serif 4"
REGULAR, BOLD, DISPLAY = "source-sans-3-400", "source-sans-3-700", "source-serif-4-600"
# Those of pages and documents: family, weight, name of the face.
_FACES = ((SANS, 400, REGULAR), (SANS, 700, BOLD), (SERIF, 600, DISPLAY))
# What pages fall back on: it comes with matplotlib.
FALLBACK = "DejaVuSans"


@cache
def faces() -> str:
    """Write the fonts as CSS: a page that has them needs no other file."""
    return "".join(
        f'@font-face{{font-family:"{family}";font-weight:{weight};font-display:block;src:url(data:font/woff2;base64,'
        f'{base64.b64encode((_FOLDER / f"{name}.woff2").read_bytes()).decode()}) format("woff2")}}'
        for family, weight, name in _FACES
    )


def measured() -> list[Path]:
    """List the files that drawings are measured with, regular then bold: matplotlib reads no WOFF2."""
    return [_FOLDER / f"{name}.ttf" for name in (REGULAR, BOLD)]


@cache
def advances(face: str) -> dict[int, float]:
    """Read how wide each letter of a face is, for a size of 1, by its code point."""
    # It takes half a second to load, and only sheets of paper are measured with it.
    import matplotlib as mpl
    from fontTools.ttLib import TTFont

    path = (
        Path(mpl.get_data_path(), "fonts", "ttf", f"{face}.ttf")
        if face == FALLBACK
        else _FOLDER / f"{face}.woff2"
    )
    with TTFont(path) as font:
        widths, unit = font["hmtx"].metrics, font["head"].unitsPerEm
        return {point: widths[name][0] / unit for point, name in font.getBestCmap().items()}
