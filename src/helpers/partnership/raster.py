"""Drawings as points, for documents that take no vectors: the few elements that `helpers.figures` draws with."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import matplotlib as mpl
from PIL import Image, ImageDraw, ImageFont

from helpers import tokens

# Pixels of the width asked for, drawn twice as large: lines are then smooth.
_WIDE, _TWICE = 900, 2
_SEGMENT = re.compile(r"([MLQCz])([^MLQCz]*)")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")
_STEPS = 8
# What may be said of how an element is painted outside of its style.
_PAINTED = ("fill", "stroke", "stroke-width", "font-size", "font-weight", "text-anchor")
_HATCHED = tokens.colour("line")
_XLINK = "{http://www.w3.org/1999/xlink}href"

Point = tuple[float, float]


def write_png(drawing: str) -> bytes:
    """Draw an SVG of the figures as a PNG, on white."""
    root = ElementTree.fromstring(_declare(drawing))
    _, _, width, height = (float(text) for text in root.get("viewBox", "0 0 4 3").split())
    canvas = _Canvas(root, scale=_WIDE * _TWICE / width, size=(width, height))
    canvas.draw(root)
    image = canvas.image.resize((_WIDE, round(_WIDE * height / width)), Image.Resampling.LANCZOS)
    content = io.BytesIO()
    image.save(content, "PNG", optimize=True)
    return content.getvalue()


def _declare(drawing: str) -> str:
    """Declare the prefix of links, which drawings made for a page leave out."""
    if "xlink:" not in drawing or "xmlns:xlink" in drawing:
        return drawing
    return drawing.replace("<svg", '<svg xmlns:xlink="http://www.w3.org/1999/xlink"', 1)


class _Canvas:
    """An image being drawn on, element after element."""

    def __init__(self, root: ElementTree.Element, *, scale: float, size: Point) -> None:
        self._scale = scale
        self.image = Image.new("RGB", (round(size[0] * scale), round(size[1] * scale)), "white")
        self._pen = ImageDraw.Draw(self.image)
        self._named = {f"#{element.get('id')}": element for element in root.iter() if element.get("id")}

    def draw(self, element: ElementTree.Element, around: Mapping[str, str] | None = None) -> None:
        """Draw the elements inside one, in order; what is only named for others is left out.

        `around` is the style that they have from those they are in.
        """
        for inner in element:
            style = {**(around or {}), **_style(inner)}
            match inner.tag.rpartition("}")[2]:
                case "path":
                    self._path(inner.get("d", ""), style)
                case "use":
                    self._use(inner, style)
                case "text":
                    self._text(inner, style)
                case "g" | "svg":
                    self.draw(inner, style)

    def _use(self, element: ElementTree.Element, style: Mapping[str, str]) -> None:
        named = self._named.get(element.get(_XLINK, element.get("href", "")))
        if named is not None:
            place = (float(element.get("x", 0)), float(element.get("y", 0)))
            self._path(named.get("d", ""), {**style, **_style(named), **_style(element)}, place=place)

    def _path(self, text: str, style: Mapping[str, str], *, place: Point = (0, 0)) -> None:
        fill, stroke = _colour(style.get("fill", "black")), _colour(style.get("stroke", "none"))
        width = max(1, round(float(style.get("stroke-width", 1)) * self._scale))
        for points, closed in _outlines(text):
            here = [((x + place[0]) * self._scale, (y + place[1]) * self._scale) for x, y in points]
            if fill and len(here) > 2:
                self._pen.polygon(here, fill=fill)
            if stroke and len(here) > 1:
                self._pen.line([*here, here[0]] if closed else here, fill=stroke, width=width, joint="curve")

    def _text(self, element: ElementTree.Element, style: Mapping[str, str]) -> None:
        words = "".join(element.itertext())
        size = float((style.get("font-size", "10px")).removesuffix("px")) * self._scale
        font = _font(round(size), bold=style.get("font-weight") in ("bold", "700"))
        anchor = {"middle": "m", "end": "r"}.get(style.get("text-anchor", ""), "l")
        turn = element.get("transform", "")
        if turn:
            self._turned(words, font, anchor, turn, style)
            return
        place = (float(element.get("x", 0)) * self._scale, float(element.get("y", 0)) * self._scale)
        self._pen.text(place, words, fill=_colour(style.get("fill", "black")), font=font, anchor=f"{anchor}s")

    def _turned(
        self, words: str, font: ImageFont.FreeTypeFont, anchor: str, turn: str, style: Mapping[str, str]
    ) -> None:
        """Draw a text that is not level: `translate(x y) rotate(a)`."""
        x, y, *rest = (float(text) for text in _NUMBER.findall(turn))
        side = round(font.getlength(words) + font.size * 2)
        mask = Image.new("L", (2 * side, 2 * side), 0)
        ImageDraw.Draw(mask).text((side, side), words, fill=255, font=font, anchor=f"{anchor}s")
        mask = mask.rotate(-rest[0] if rest else 0, Image.Resampling.BICUBIC)
        colour = _colour(style.get("fill", "black")) or "black"
        corner = (round(x * self._scale) - side, round(y * self._scale) - side)
        self.image.paste(Image.new("RGB", mask.size, colour), corner, mask)


def _style(element: ElementTree.Element) -> dict[str, str]:
    """Read the style of an element: its attributes, then its style, which prevails."""
    pairs = (part.partition(":") for part in element.get("style", "").split(";"))
    own = {name: element.get(name, "") for name in _PAINTED if element.get(name)}
    return own | {name.strip(): value.strip() for name, _, value in pairs if name.strip()}


def _colour(text: str) -> str:
    """Read a colour; none is empty, a hatching is grey."""
    if text in ("none", ""):
        return ""
    return _HATCHED if text.startswith("url(") else text


def _outlines(text: str) -> Iterator[tuple[list[Point], bool]]:
    """Cut a path into outlines: their points, curves as short lines, and whether they are closed."""
    points: list[Point] = []
    for letter, numbers in _SEGMENT.findall(text):
        values = [float(number) for number in _NUMBER.findall(numbers)]
        ends = list(zip(values[::2], values[1::2], strict=False))
        if letter == "z":
            yield points, True
            points = []
            continue
        if letter == "M" and points:
            yield points, False
            points = []
        points += ends if letter in "ML" else _curve([points[-1], *ends])
    if points:
        yield points, False


def _curve(controls: list[Point]) -> list[Point]:
    """Cut a Bézier curve into short lines (de Casteljau)."""
    found = []
    for step in range(1, _STEPS + 1):
        share, left = step / _STEPS, controls
        while len(left) > 1:
            left = [(a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share) for a, b in pairwise(left)]
        found.append(left[0])
    return found


@cache
def _font(size: int, *, bold: bool) -> ImageFont.FreeTypeFont:
    folder = Path(mpl.get_data_path(), "fonts", "ttf")
    return ImageFont.truetype(folder / ("DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"), size)
