"""A deck as a PowerPoint file: titles and texts in placeholders, charts that can be edited, notes for who speaks."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from copy import deepcopy
from datetime import UTC, date, datetime, time
from typing import Any

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE
from pptx.oxml.ns import qn
from pptx.presentation import Presentation as Deck
from pptx.slide import Slide as Page
from pptx.util import Emu, Pt

from helpers import french, tokens
from helpers.publication import files
from helpers.publication.documents import BuiltDiagnostic, deck, powerpoint_charts, powerpoint_layouts
from helpers.publication.documents.deck import Rows, Slide
from helpers.publication.documents.drawings import draw_png
from helpers.publication.documents.powerpoint_layouts import PIXEL

# A picture has twice as many pixels as the slide gives it.
_TWICE = 2
# Pixels: the left and top of logos, the width and height of each at most; how wide a drawing is drawn.
_LOGOS, _LOGO_PIXELS = (56, 530, 220, 80), 660
# Rows of a page of data, which is not shown: it goes with a picture.
_ROWS = 22
# Letters (points) of a fact, and of a longer one, of so many letters.
_FACT, _SMALLER, _LONG = 18, 15.5, 200
# The letters of a title that hold in a line, and the size of a longer one where it has less room.
_A_LINE, _LOWER = 52, 22
# A table of as many rows, and of as many columns, at most, is read from afar: its words hold in wider letters.
_FEW_ROWS, _FEW_COLUMNS = 8, 5
# The widest column of a table is so many times the narrowest.
_NARROWEST, _WIDEST = 12, 34
# Letters that the margins of a cell take.
_AROUND_A_WORD = 3
_DATA = "Données"
# Where a ZIP archive has no date of its own.
_CREATED = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


def make(diagnostic: BuiltDiagnostic) -> bytes:
    """Make the deck of a diagnostic: the same bytes for the same diagnostic."""
    slides = deck.compose(diagnostic)
    return render(slides, title=diagnostic.title, day=diagnostic.day)


def render(slides: Sequence[Slide], *, title: str, day: date) -> bytes:
    """Write slides as a PowerPoint file; `title` is that of the whole, `day` the one it is dated from.

    The data of the pictures follow the slides, on pages that are not shown.
    """
    made = Presentation()
    layouts = powerpoint_layouts.dress(made)
    for slide in slides:
        name = _layout_of(slide)
        _fill(made.slides.add_slide(layouts[name]), slide, positions=powerpoint_layouts.LAYOUTS[name])
    for slide in slides:
        if slide.kind == "exhibit" and slide.chart is None:
            _append_data(made, layouts["Tableau"], slide)
    _describe(made, title=title, day=day)
    buffer = io.BytesIO()
    made.save(buffer)
    return _settle(buffer.getvalue(), day=day)


def _layout_of(slide: Slide) -> str:
    if slide.kind == "exhibit":
        return "Graphique" if slide.chart is not None else "Image"
    names = {
        "opening": "Ouverture",
        "issue": "Question",
        "numbers": "Nombres",
        "table": "Tableau",
        "blank": "À écrire",
    }
    return names.get(slide.kind, "Liste")


def _fill(page: Page, slide: Slide, *, positions: dict[str, powerpoint_layouts.Place]) -> None:
    """Fill the placeholders of a page, and remove those that have nothing to hold."""
    texts = {
        "title": slide.title,
        "part": _place(slide),
        "subtitle": slide.subtitle or ("\n".join(slide.lines) if slide.kind == "table" else ""),
        "fact": slide.fact,
        "question": slide.question,
        "source": slide.source,
        "lines": "" if slide.kind in ("table", "blank") else "\n".join(slide.lines),
    }
    for shape in list(page.placeholders):
        name = next(key for key, place in positions.items() if place.idx == shape.placeholder_format.idx)
        if name == "number":
            continue
        if name == "visual":
            _show(shape, slide)
        elif texts[name]:
            # Said on the page too: LibreOffice takes the place of a title from the master alone.
            shape.left, shape.top, shape.width, shape.height = (
                Emu(side * PIXEL) for side in positions[name].box
            )
            long = name == "fact" and positions["fact"].size <= _FACT and len(slide.fact) > _LONG
            # Above a table a title has less room: one of two lines would be over the subtitle.
            tall = name == "title" and slide.kind == "table" and len(slide.title) > _A_LINE
            write(shape.text_frame, texts[name], size=_LOWER if tall else _SMALLER if long else 0)
            if name == "part" and slide.mark:
                _mark(shape, slide.mark)
        else:
            shape.element.getparent().remove(shape.element)
    _number(page, positions.get("number"))
    _add_logos(page, slide)
    if slide.kind == "numbers":
        _add_numbers(page, slide)
    if slide.kind == "blank":
        _add_frames(page, slide.lines)
    if slide.notes:
        write(page.notes_slide.notes_text_frame, "\n".join(slide.notes))


def _add_logos(page: Page, slide: Slide) -> None:
    """Put the logos of a slide in a row above its source, drawings as pictures."""
    left = _LOGOS[0]
    for logo in slide.logos:
        content = draw_png(logo.content.decode(), width=_LOGO_PIXELS) if logo.is_drawing else logo.content
        picture = page.shapes.add_picture(io.BytesIO(content), Emu(left * PIXEL), Emu(_LOGOS[1] * PIXEL))
        ratio = min(_LOGOS[2] * PIXEL / picture.width, _LOGOS[3] * PIXEL / picture.height)
        picture.width, picture.height = Emu(int(picture.width * ratio)), Emu(int(picture.height * ratio))
        picture._element.xpath(".//p:cNvPr")[0].set("descr", french.visible(logo.name))
        left += picture.width // PIXEL + 28


def _number(page: Page, place: powerpoint_layouts.Place | None) -> None:
    """Write the number of a page where its layout has one: python-pptx leaves that placeholder to the layout."""
    if place is None:
        return
    found = next(
        one
        for one in list(page.slide_layout.shapes)
        if one.is_placeholder and one.placeholder_format.idx == place.idx
    )
    copied = deepcopy(found.element)
    copied.xpath(".//p:cNvPr")[0].set("id", str(max(shape.shape_id for shape in page.shapes) + 1))
    page.shapes._spTree.append(copied)


def _show(shape: Any, slide: Slide) -> None:
    """Put a chart, a picture or a table in its placeholder, with its alternative text."""
    if slide.chart is not None:
        shown = powerpoint_charts.insert(shape, slide.chart)
    elif slide.drawing:
        shown = _insert_picture(shape, slide.drawing)
    else:
        few = len(slide.table.rows) <= _FEW_ROWS and len(slide.table.headings) <= _FEW_COLUMNS
        shown = _insert_table(shape, slide.table, size=18 if few else 14)
    properties = shown._element.xpath(".//p:cNvPr")[0]
    properties.set("descr", french.visible(slide.alt or f"Tableau : {slide.title}"))
    properties.set("name", french.visible(slide.code or slide.title))


def _insert_picture(shape: Any, drawing: str) -> Any:
    """Draw a picture at twice the size, as large as its placeholder lets it be without a crop."""
    left, top, wide, tall = shape.left, shape.top, shape.width, shape.height
    picture = shape.insert_picture(io.BytesIO(draw_png(drawing, width=_TWICE * wide // PIXEL)))
    ratio = picture.image.size[0] / picture.image.size[1]
    picture.crop_left = picture.crop_right = picture.crop_top = picture.crop_bottom = 0
    picture.width, picture.height = (
        (wide, int(wide / ratio)) if wide / ratio <= tall else (int(tall * ratio), tall)
    )
    picture.left, picture.top = left, top + (tall - picture.height) // 2
    return picture


def _insert_table(shape: Any, table: Rows, *, size: float) -> Any:
    """Write a table, with a row of headings."""
    frame = shape.insert_table(rows=len(table.rows) + 1, cols=max(len(table.headings), 1))
    for rank, texts in enumerate((table.headings, *table.rows)):
        for cell, text in zip(frame.table.rows[rank].cells, texts, strict=False):
            cell.margin_top = cell.margin_bottom = Emu(2 * PIXEL)
            write(cell.text_frame, text, size=size, bold=rank == 0)
    _share_width(frame)
    for row in frame.table.rows:
        row.height = Emu(int(size * 1.9) * PIXEL)
    return frame


def _share_width(frame: Any) -> None:
    """Give each column of a table a width that goes with its longest text, and holds its longest word."""
    columns = list(frame.table.columns)
    rows = [[cell.text for cell in row.cells] for row in frame.table.rows]
    weights = []
    for texts in zip(*rows, strict=True):
        word = max((len(word) for text in texts for word in text.split()), default=0)
        weights.append(max(min(max(_NARROWEST, *map(len, texts)), _WIDEST), word + _AROUND_A_WORD))
    whole = sum(column.width for column in columns)
    for column, weight in zip(columns, weights, strict=True):
        column.width = Emu(whole * weight // sum(weights))


def _append_data(made: Deck, layout: Any, slide: Slide) -> None:
    """Add the data of a picture, on pages that are not shown."""
    positions = powerpoint_layouts.LAYOUTS["Tableau"]
    parts = [slide.table.rows[start : start + _ROWS] for start in range(0, len(slide.table.rows), _ROWS)]
    for rank, rows in enumerate(parts, start=1):
        page = made.slides.add_slide(layout)
        page._element.set("show", "0")
        of = f" ({rank} sur {len(parts)})" if len(parts) > 1 else ""
        by_idx = {shape.placeholder_format.idx: shape for shape in page.placeholders}
        write(by_idx[positions["title"].idx].text_frame, f"{_DATA} : {slide.title}{of}", size=20)
        place = _place(slide)
        write(by_idx[positions["part"].idx].text_frame, place)
        shown = _insert_table(by_idx[positions["visual"].idx], Rows(slide.table.headings, rows), size=9)
        shown._element.xpath(".//p:cNvPr")[0].set("descr", f"Tableau des données : {slide.title}{of}")
        write(by_idx[positions["source"].idx].text_frame, slide.source)
        subtitle = by_idx[positions["subtitle"].idx].element
        subtitle.getparent().remove(subtitle)


def _add_numbers(page: Page, slide: Slide) -> None:
    """Write key figures four to a row: what each is, its number, what it is compared with."""
    for rank, (label, number, compared) in enumerate(slide.items):
        left, top = 56 + 296 * (rank % 4), 132 + 258 * (rank // 4)
        box = page.shapes.add_textbox(*(Emu(size * PIXEL) for size in (left, top, 280, 246)))
        box.name = french.visible(label)
        frame = box.text_frame
        frame.word_wrap, frame.auto_size = True, MSO_AUTO_SIZE.NONE
        write(frame, "\n".join((label, number, *filter(None, [compared]))), size=13.5)
        run = frame.paragraphs[1].runs[0]
        run.font.size, run.font.bold = Pt(24 if len(number) > 9 else 30), True
        run.font.color.rgb = RGBColor.from_string(tokens.colour("accent")[1:])


def _add_frames(page: Page, headings: Sequence[str]) -> None:
    """Draw empty frames side by side, each under its heading."""
    count = max(len(headings), 1)
    wide = (1168 - 24 * (count - 1)) // count
    for rank in range(count):
        box = page.shapes.add_textbox(
            *(Emu(size * PIXEL) for size in (56 + rank * (wide + 24), 130, wide, 540))
        )
        box.line.color.rgb, box.line.width = RGBColor.from_string(tokens.colour("rule")[1:]), Pt(1.25)
        box.text_frame.word_wrap, box.text_frame.auto_size = True, MSO_AUTO_SIZE.NONE
        box.text_frame.vertical_anchor = MSO_ANCHOR.TOP
        heading = headings[rank] if headings else deck.HEARD
        box.name = french.visible(heading)
        write(box.text_frame, heading, size=18, bold=True)


def _place(slide: Slide) -> str:
    return " · ".join(filter(None, (slide.place, slide.mark)))


def _mark(shape: Any, suffix: str) -> None:
    """Write the last words of a line, which say that what follows is simulated, in their own colour."""
    paragraph = shape.text_frame.paragraphs[0]
    run = paragraph.runs[0]
    run.text = run.text.removesuffix(suffix)
    mark = paragraph.add_run()
    mark.text = suffix
    mark.font.bold = True
    mark.font.color.rgb = RGBColor.from_string(tokens.colour("demo-ink")[1:])
    mark._r.get_or_add_rPr().set("lang", "fr-FR")


def write(frame: Any, text: str, *, size: float = 0, bold: bool = False) -> None:
    """Write a text, a paragraph to a line, in French; its size (points) is that of the layout unless said."""
    frame.text = french.visible(text)
    for paragraph in frame.paragraphs:
        for run in paragraph.runs:
            run._r.get_or_add_rPr().set("lang", "fr-FR")
            if size:
                run.font.size = Pt(size)
            if bold:
                run.font.bold = True


def _describe(made: Deck, *, title: str, day: date) -> None:
    """Say what the file is: its title, its language, its day."""
    properties = made.core_properties
    properties.title = title
    properties.author, properties.last_modified_by = "", ""
    properties.subject, properties.language = "Diaporama", "fr-FR"
    properties.created = properties.modified = datetime.combine(day, time(), UTC).replace(tzinfo=None)
    properties.revision = 1
    for run in made.element.iter(qn("a:defRPr")):
        run.set("lang", "fr-FR")


def _settle(content: bytes, *, day: date) -> bytes:
    """Write an Office file again without the time at which it was made, nor its workbooks were."""
    moment = f"{day.isoformat()}T00:00:00Z".encode()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    for name, inside in members.items():
        if name.endswith(".xlsx"):
            members[name] = _settle(inside, day=day)
        elif name == "docProps/core.xml":
            members[name] = _CREATED.sub(rb"\g<1>" + moment, inside)
    return files.pack(members, day=day)
