"""The colours, sizes of letters and spaces of everything that is published: one file, `tokens.css`, read once."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_suffix(".css")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_VALUE = re.compile(r"--([\w-]+):([^;}]+)")
_DARK = "@media screen and (prefers-color-scheme:dark)"
_OTHER = re.compile(r"var\(--([\w-]+)\)")
_COLOUR = re.compile(r"#[0-9a-f]{6}")


@cache
def sheet(*, dark: bool = False) -> str:
    """Write the tokens as CSS: those of a document, or of a page that turns dark with the screen (`dark`)."""
    whole = _COMMENT.sub("", _FILE.read_text(encoding="utf-8")).replace("\n", "")
    return whole if dark else whole.partition(_DARK)[0]


@cache
def colours(*, dark: bool = False) -> dict[str, str]:
    """List the colours (`#rrggbb`) by name, those of a light screen and of paper or those of a dark screen."""
    light, _, night = sheet(dark=True).partition(_DARK)
    values = dict(_VALUE.findall(night if dark else light))
    found = {
        name: values[other[1]] if (other := _OTHER.fullmatch(text)) else text for name, text in values.items()
    }
    return {name: text for name, text in found.items() if _COLOUR.fullmatch(text)}


def colour(name: str, dark: bool = False) -> str:
    """Give a colour by its name (`commune`, `ink`), as `#rrggbb`.

    Raises:
        KeyError: no colour has that name.
    """
    return colours(dark=dark)[name]


@cache
def names() -> dict[str, str]:
    """Name the colours by their light value, the first name of each: those of one light value have one dark value."""
    return {value: name for name, value in reversed(colours().items())}


@cache
def paints() -> str:
    """Write as CSS how drawings turn dark with a page: `f-…` is the class of what is filled, `s-…` of strokes."""
    rules = (f".f-{name}{{fill:var(--{name})}}.s-{name}{{stroke:var(--{name})}}" for name in colours())
    return f"{_DARK}{{{''.join(rules)}}}"


def luminance(of: str) -> float:
    """Compute the relative luminance of a colour (`#rrggbb`), as WCAG 2 defines it."""
    parts = [int(of[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Compute the ratio of contrast of two colours (`#rrggbb`), as WCAG 2 defines it."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
