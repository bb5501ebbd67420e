"""Drawings out of their page: as a file of their own, as points for what takes no vectors."""

from __future__ import annotations

import resvg_py

from helpers import fonts, tokens

# In a page these names need no declaration.
_SPACES = {"xmlns": "http://www.w3.org/2000/svg", "xmlns:xlink": "http://www.w3.org/1999/xlink"}


def stand_alone(drawing: object) -> str:
    """Write an SVG element of a page, an element read or its text, so that it may be read without the page."""
    # The reader of pages writes the names of attributes in lower case.
    markup = str(drawing).replace("viewbox=", "viewBox=", 1)
    opened = markup.partition(">")[0]
    spaces = "".join(f' {name}="{address}"' for name, address in _SPACES.items() if f"{name}=" not in opened)
    return markup.replace("<svg", f"<svg{spaces}", 1)


def draw_png(drawing: str, *, width: int) -> bytes:
    """Draw an SVG element as a PNG image so many pixels wide, on white."""
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=stand_alone(drawing),
            width=width,
            background=tokens.colour("paper"),
            # A text in a face that is not at hand, as that of a logo, would be left out.
            style_sheet=f'text,tspan{{font-family:"{fonts.SANS}" !important}}',
            skip_system_fonts=True,
            font_files=[str(path) for path in fonts.measured()],
        )
    )
