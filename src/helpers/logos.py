"""The logos of an agency and of a commune, as images that a page holds: files of `params/logos/`, SVG made harmless."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from helpers import french, paths
from helpers.errors import ParameterError

# Octets of a file at most, and logos of a commune.
LARGEST, MOST = 200_000, 6
_PNG = b"\x89PNG\r\n\x1a\n"
_SVG = "http://www.w3.org/2000/svg"
# What draws, and nothing that runs, fetches or holds a page: all else is left out.
_ELEMENTS = frozenset(
    (
        "svg", "g", "defs", "title", "desc", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon",
        "text", "tspan", "linearGradient", "radialGradient", "stop", "clipPath", "mask",
    )
)  # fmt: skip
_ATTRIBUTES = frozenset(
    (
        "id", "d", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "fx", "fy", "dx", "dy",
        "width", "height", "viewBox", "points", "transform", "preserveAspectRatio", "offset", "fill",
        "fill-rule", "fill-opacity", "stroke", "stroke-width", "stroke-linecap", "stroke-linejoin",
        "stroke-miterlimit", "stroke-dasharray", "stroke-opacity", "opacity", "stop-color", "stop-opacity",
        "gradientUnits", "gradientTransform", "clip-path", "clip-rule", "mask", "clipPathUnits", "maskUnits",
        "font-family", "font-size", "font-weight", "font-style", "text-anchor", "letter-spacing", "href",
        "version", "style",
    )
)  # fmt: skip
# A link to a part of the drawing itself, and what a style may say: numbers, names, colours.
_OWN = re.compile(r"#[\w.-]+")
_LINK = re.compile(r"url\(\s*['\"]?(?!#)|javascript:|data:|https?:|expression|@import|\\", re.IGNORECASE)


def read(names: list[str], *, folder: Path | None = None) -> list[dict[str, str]]:
    """Read logos by the names of their files: `image`, as an address that holds it whole, and `name`, read aloud.

    `folder` is `params/logos/` unless said.

    Raises:
        ParameterError: a file is missing, too large, or is neither a PNG nor an SVG drawing.
    """
    return [_read((folder or paths.PARAMS / "logos") / name) for name in names]


def _read(file: Path) -> dict[str, str]:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise _refuse(
            file, f"ne peut pas être lu ({error.strerror})", "Copiez-le dans params/logos/."
        ) from error
    if len(content) > LARGEST:
        raise _refuse(
            file, f"pèse {french.count(len(content))} octets", "200 000 octets au plus : réduisez-le."
        )
    if file.suffix == ".png" and content.startswith(_PNG):
        kind = "png"
    elif file.suffix == ".svg":
        kind, content = "svg+xml", sanitise(content, file=file)
    else:
        raise _refuse(file, "n’est ni une image PNG ni un dessin SVG", "Enregistrez-le en .png ou en .svg.")
    name = file.stem.replace("-", " ").replace("_", " ")
    return {"name": name, "image": f"data:image/{kind};base64,{base64.b64encode(content).decode()}"}


def sanitise(content: bytes, *, file: Path) -> bytes:
    """Copy an SVG drawing with what draws alone: no script, no event, no style sheet, no address but its own parts.

    Raises:
        ParameterError: it is not an SVG drawing.
    """
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
        huge_tree=False,
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _refuse(
            file, f"n’est pas un dessin SVG lisible ({error})", "Enregistrez-le à nouveau."
        ) from error
    if etree.QName(root).localname != "svg" or root.getroottree().docinfo.internalDTD is not None:
        raise _refuse(
            file, "n’est pas un dessin SVG simple", "Enregistrez-le en « SVG simple », sans DOCTYPE."
        )
    copied = _copy(root)
    if copied is None or not ("viewBox" in copied.attrib or {"width", "height"} <= set(copied.attrib)):
        raise _refuse(file, "n’a pas de taille (viewBox)", "Enregistrez-le en « SVG simple ».")
    return bytes(etree.tostring(copied))


def _copy(element: Any) -> Any:
    """Copy an element with its children; nothing of one that does not draw."""
    if not isinstance(element.tag, str):
        return None
    name = etree.QName(element)
    if name.localname not in _ELEMENTS or name.namespace not in (None, _SVG):
        return None
    copied = etree.Element(f"{{{_SVG}}}{name.localname}", nsmap={None: _SVG})
    for key, value in element.attrib.items():
        attribute = etree.QName(key).localname
        is_own = bool(_OWN.fullmatch(value)) if attribute == "href" else not _LINK.search(value)
        if attribute in _ATTRIBUTES and is_own:
            copied.set(attribute, value)
    copied.text = element.text
    for child in element:
        made = _copy(child)
        if made is not None:
            made.tail = child.tail
            copied.append(made)
    return copied


def _refuse(file: Path, what: str, remedy: str) -> ParameterError:
    return ParameterError(f"logos : {file.name!r} {what}.", remedy=remedy)
