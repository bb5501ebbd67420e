"""The master and the layouts of a PowerPoint deck, 16:9: placeholders for all that is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree  # type: ignore[import-untyped]
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.presentation import Presentation as Deck
from pptx.util import Emu

from helpers import tokens

# A slide is 1280 by 720 of them: a point is 4/3 of one.
PIXEL = 9525
_WIDTH, _HEIGHT = 1280, 720
# Source Sans 3 is on few desktops: Calibri is as narrow, and Carlito, of the same widths, takes its place elsewhere.
_FONT = "Calibri"


@dataclass(frozen=True)
class Place:
    """A placeholder: its kind and number, its place (pixels), letters (points), colour, weight, ground."""

    kind: str
    idx: int
    box: tuple[int, int, int, int]
    size: float = 18
    colour: str = "ink"
    bold: bool = False
    ground: str = ""
    line: str = ""
    anchor: str = "t"
    prompt: str = ""
    bullets: bool = False


_PART = Place("body", 13, (56, 24, 1168, 26), 13.5, "muted", prompt="Partie")
_TITLE = Place(
    "title", 0, (56, 50, 1168, 108), 33, bold=True, anchor="ctr", prompt="Ce que l’on voit, en une phrase"
)
_SUBTITLE = Place("body", 14, (56, 158, 1168, 32), 16, "muted", prompt="Ce qui est mesuré, et quand")
_SOURCE = Place("body", 17, (56, 638, 1010, 70), 13.5, "muted", anchor="b", prompt="Sources")
_NUMBER = Place("sldNum", 12, (1104, 676, 120, 30), 13.5, "muted", anchor="b")
_FACT = Place("body", 15, (782, 200, 442, 226), 18, line="ink", prompt="Un fait")
_QUESTION = Place(
    "body", 16, (782, 432, 442, 192), 21, bold=True, ground="question", line="question-line", anchor="ctr",
    prompt="Une question",
)  # fmt: skip
_VISUAL = (56, 196, 690, 430)
_AROUND: dict[str, Place] = {
    "part": _PART,
    "title": _TITLE,
    "source": _SOURCE,
    "number": _NUMBER,
}
_TALL = Place("title", 0, (56, 50, 1168, 76), 33, bold=True, anchor="ctr", prompt="Titre")

# The layouts by name; each placeholder by what it holds.
LAYOUTS: dict[str, dict[str, Place]] = {
    "Ouverture": {
        "part": _PART,
        "title": Place("ctrTitle", 0, (56, 190, 1168, 130), 54, bold=True, anchor="b", prompt="Titre"),
        "subtitle": Place("subTitle", 1, (56, 330, 1168, 56), 24, "muted", prompt="Sous-titre"),
        "lines": Place("body", 15, (56, 396, 1168, 120), 16, "muted", prompt="Où, quand, pour qui"),
        "source": _SOURCE,
    },
    "Graphique": {
        **_AROUND,
        "subtitle": _SUBTITLE,
        "visual": Place("chart", 18, _VISUAL),
        "fact": _FACT,
        "question": _QUESTION,
    },
    "Image": {
        **_AROUND,
        "subtitle": _SUBTITLE,
        "visual": Place("pic", 18, _VISUAL),
        "fact": _FACT,
        "question": _QUESTION,
    },
    "Question": {
        **_AROUND,
        "subtitle": _SUBTITLE,
        "fact": Place("body", 15, (56, 210, 1168, 130), 22, line="ink", prompt="Un fait"),
        "question": Place(
            "body", 16, (56, 380, 1168, 240), 36, bold=True, ground="question", line="question-line",
            anchor="ctr", prompt="Une question",
        ),
    },
    "Nombres": {**_AROUND, "title": _TALL},
    "Tableau": {
        **_AROUND,
        "title": _TALL,
        "subtitle": Place("body", 14, (56, 126, 1168, 32), 16, "muted", prompt="Ce qui est mesuré, et quand"),
        "visual": Place("tbl", 18, (56, 164, 1168, 470)),
    },
    "Liste": {
        **_AROUND,
        "title": _TALL,
        "subtitle": Place("body", 14, (56, 126, 1168, 32), 16, "muted", prompt="La règle, ou les dates"),
        "lines": Place("body", 15, (56, 164, 1168, 470), 20, bullets=True, prompt="Une phrase par ligne"),
    },
    "À écrire": {**_AROUND, "title": _TALL},
}  # fmt: skip


def dress(made: Deck) -> dict[str, Any]:
    """Make the slides of an empty deck 16:9, its theme and its layouts ours; return the layouts by name."""
    made.slide_width, made.slide_height = Emu(_WIDTH * PIXEL), Emu(_HEIGHT * PIXEL)
    master = made.slide_master
    _set_theme(master)
    _dress_master(master)
    layouts = list(made.slide_layouts)
    for layout in layouts[len(LAYOUTS) :]:
        made.slide_layouts.remove(layout)
    for layout, (name, places) in zip(layouts, LAYOUTS.items(), strict=False):
        layout.name = name
        _place(layout, places)
    return dict(zip(LAYOUTS, layouts, strict=False))


def _set_theme(master: Any) -> None:
    """Give the theme the light colours of the tokens, and one font."""
    part = next(rel.target_part for rel in master.part.rels.values() if rel.reltype.endswith("/theme"))
    theme = etree.fromstring(part.blob)
    colours = {
        "dk1": "ink", "lt1": "paper", "dk2": "muted", "lt2": "soft", "accent1": "commune", "accent2": "own",
        "accent3": "hlm", "accent4": "priv", "accent5": "cmp1", "accent6": "question-line", "hlink": "accent",
        "folHlink": "muted",
    }  # fmt: skip
    for name, token in colours.items():
        (held,) = theme.iter(qn(f"a:{name}"))
        for child in list(held):
            held.remove(child)
        etree.SubElement(held, qn("a:srgbClr"), val=tokens.colour(token)[1:].upper())
    for name in ("majorFont", "minorFont"):
        (font,) = theme.iter(qn(f"a:{name}"))
        font.find(qn("a:latin")).set("typeface", _FONT)
    part._blob = etree.tostring(theme, xml_declaration=True, encoding="UTF-8", standalone=True)


def _dress_master(master: Any) -> None:
    """Draw the band of the commune above each slide, and place what every layout inherits."""
    boxes = {"title": _TITLE.box, "body": (56, 150, 1168, 490), "sldNum": _NUMBER.box}
    for shape in list(master.placeholders):
        box = boxes.get(str(shape.element.ph.get("type")))
        if box is None:
            shape.element.getparent().remove(shape.element)
            continue
        for side in ("lIns", "tIns", "rIns", "bIns"):
            shape.text_frame._txBody.bodyPr.set(side, "0")
        shape.left, shape.top, shape.width, shape.height = (Emu(side * PIXEL) for side in box)
    for level in master.element.iter(qn("p:titleStyle")):
        (style,) = level.iter(qn("a:lvl1pPr"))
        style.set("algn", "l")
        (letters,) = style.iter(qn("a:defRPr"))
        letters.set("sz", str(int(_TITLE.size * 100)))
        letters.set("b", "1")
    band = (
        f'<p:sp {nsdecls("p", "a")}><p:nvSpPr><p:cNvPr id="99" name="Bandeau">'
        '<a:extLst><a:ext uri="{C183D7F6-B498-43B3-948B-1728B52AA6E4}"><adec:decorative '
        'xmlns:adec="http://schemas.microsoft.com/office/drawing/2017/decorative" val="1"/></a:ext></a:extLst>'
        '</p:cNvPr><p:cNvSpPr/><p:nvPr userDrawn="1"/></p:nvSpPr><p:spPr>'
        f'<a:xfrm><a:off x="0" y="0"/><a:ext cx="{_WIDTH * PIXEL}" cy="{14 * PIXEL}"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:solidFill><a:schemeClr val="accent1"/></a:solidFill>'
        "<a:ln><a:noFill/></a:ln></p:spPr></p:sp>"
    )
    tree = master.shapes._spTree
    tree.insert(2, parse_xml(band))


def _place(layout: Any, places: Mapping[str, Place]) -> None:
    """Put the placeholders of a layout in the order in which they are read."""
    tree = layout.shapes._spTree
    for child in list(tree)[2:]:
        tree.remove(child)
    for rank, place in enumerate(places.values(), start=2):
        tree.append(parse_xml(_write(place, identifier=rank)))


def _write(place: Place, *, identifier: int) -> str:
    """Write a placeholder of a layout as XML."""
    left, top, wide, tall = (side * PIXEL for side in place.box)
    # A fact has a rule on its left in the HTML deck; here a text can have but a frame.
    framed = (
        f'<a:ln w="19050">{_fill(place.line)}</a:ln>'
        if place.line and place.ground
        else "<a:ln><a:noFill/></a:ln>"
    )
    inset = 14 * PIXEL if place.ground else 0
    kind = place.kind
    return (
        f'<p:sp {nsdecls("p", "a")}><p:nvSpPr><p:cNvPr id="{identifier}" name="{place.prompt or kind}"/>'
        '<p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr>'
        f'<p:nvPr><p:ph type="{kind}" idx="{place.idx}"/></p:nvPr></p:nvSpPr>'
        f'<p:spPr><a:xfrm><a:off x="{left}" y="{top}"/><a:ext cx="{wide}" cy="{tall}"/></a:xfrm>'
        f"{_fill(place.ground)}"
        f"{framed}</p:spPr>"
        f'<p:txBody><a:bodyPr lIns="{inset}" tIns="{inset // 2}" rIns="{inset}" bIns="{inset // 2}" '
        f'anchor="{place.anchor}"><a:normAutofit/></a:bodyPr>'
        f"<a:lstStyle>{_letters(place)}</a:lstStyle>{_content(place)}</p:txBody></p:sp>"
    )


def _fill(name: str) -> str:
    if not name:
        return "<a:noFill/>"
    return f'<a:solidFill><a:srgbClr val="{tokens.colour(name)[1:].upper()}"/></a:solidFill>'


def _letters(place: Place) -> str:
    """Write how the paragraphs of a placeholder look."""
    mark = '<a:buFont typeface="Arial"/><a:buChar char="•"/>' if place.bullets else "<a:buNone/>"
    hang = 22 * PIXEL if place.bullets else 0
    before = 900 if place.bullets else 0
    side = "r" if place.kind == "sldNum" else "l"
    return (
        f'<a:lvl1pPr marL="{hang}" indent="{-hang}" algn="{side}">'
        f'<a:spcBef><a:spcPts val="{before}"/></a:spcBef>{mark}'
        f'<a:defRPr lang="fr-FR" sz="{int(place.size * 100)}" b="{int(place.bold)}">{_fill(place.colour)}</a:defRPr>'
        "</a:lvl1pPr>"
    )


def _content(place: Place) -> str:
    """Write what a placeholder says before anyone writes there."""
    if place.kind != "sldNum":
        return f'<a:p><a:r><a:rPr lang="fr-FR"/><a:t>{place.prompt}</a:t></a:r></a:p>'
    return (
        '<a:p><a:fld id="{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}" type="slidenum">'
        '<a:rPr lang="fr-FR"/><a:t>‹N°›</a:t></a:fld></a:p>'
    )
