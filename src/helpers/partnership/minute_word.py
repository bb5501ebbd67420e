"""The minute as a Word document, and what was typed in it by hand read back: real styles, tables with headings."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from pathlib import Path

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_COLOR_INDEX
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table
from docx.text.paragraph import Paragraph

from helpers.agreement.parts import TO_FILL, Grid, Sheet, Text
from helpers.errors import ParameterError
from helpers.partnership.minute import Minute
from helpers.publication.documents.drawings import draw_png
from helpers.publication.files import pack

# The letters, and those to use where they are not installed: tables are measured for letters as narrow.
_FONT, _FONTS = "Source Sans 3", "word/fontTable.xml"
_STAND_IN = f'<w:font w:name="{_FONT}"><w:altName w:val="Calibri"/><w:family w:val="swiss"/></w:font>'
# The style of what is typed by hand: its name and the field make it found again.
_TYPED = "Saisie"
_BOOKMARK = "saisie_"
_ACCENT, _MUTED = RGBColor(0x8A, 0x1C, 0x4A), RGBColor(0x50, 0x58, 0x64)
# Millimetres that a letter takes at the most, and the sides of a cell; the longest text that a width is given for.
_LETTER, _PAD, _LONG = 2.0, 4.2, 60
# Millimetres: the text, a drawing beside what is said of it, a drawing alone.
_WIDE, _SMALL, _ALONE = 170, 52, 135
# Of a drawing, whatever its width on paper.
_PIXELS = 900


def write(minute: Minute, *, made: datetime) -> bytes:
    """Write the minute as a Word document."""
    document = docx.Document()
    _set_up(document, minute, made)
    document.add_paragraph(minute.title, style="Title")
    document.add_paragraph(f"État : {minute.state}", style="Subtitle")
    for section in minute.sections:
        document.add_heading(section.title, level=1)
        for block in section.blocks:
            match block:
                case Text():
                    _write_text(document.add_paragraph(), block)
                case Grid():
                    _write_grid(document, block)
                case Sheet():
                    _write_sheet(document, block)
    content = io.BytesIO()
    document.save(content)
    # Packed again: the library dates what it packs of the moment.
    with zipfile.ZipFile(content) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    parts[_FONTS] = parts[_FONTS].replace(b"</w:fonts>", _STAND_IN.encode() + b"</w:fonts>")
    return pack(parts, day=made.date())


def read_typed(path: Path) -> dict[str, str]:
    """Read what was typed by hand in a minute: its text by field, those left as they were apart.

    Raises:
        ParameterError: it is no Word document.
    """
    return {name: text for name, text in _fields(_open(path)) if text != TO_FILL}


def read_lines(path: Path) -> list[str]:
    """Read the lines of a minute, in order, those of tables included.

    Raises:
        ParameterError: it is no Word document.
    """
    lines = []
    for block in _open(path).iter_inner_content():
        if isinstance(block, Paragraph):
            lines.append(block.text)
        else:
            lines += [" | ".join(cell.text for cell in row.cells) for row in block.rows]
    return [line.strip() for text in lines for line in text.split("\n") if line.strip()]


def _open(path: Path) -> Document:
    try:
        return docx.Document(str(path))
    except (PackageNotFoundError, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise ParameterError(
            f"{path} : ce n'est pas un document Word ({error}).",
            remedy="Enregistrez-le en .docx, ou déplacez-le.",
        ) from error


def _fields(document: Document) -> Iterator[tuple[str, str]]:
    """Find the paragraphs that hold a field, by its bookmark, and what is written after the words before it."""
    for paragraph in document.paragraphs:
        for mark in paragraph._p.iter(qn("w:bookmarkStart")):
            name = mark.get(qn("w:name"), "")
            if name.startswith(_BOOKMARK):
                before = next((run.text for run in paragraph.runs if run.bold), "")
                yield (
                    name.removeprefix(_BOOKMARK).replace("_", "-"),
                    paragraph.text.removeprefix(before).strip(),
                )


def _set_up(document: Document, minute: Minute, made: datetime) -> None:
    """Set the page, the language and the styles."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(20)
    section.top_margin = section.bottom_margin = Mm(16)
    properties = document.core_properties
    properties.title, properties.language, properties.author = minute.title, "fr-FR", ""
    properties.created = properties.modified = made
    styles = document.styles
    defaults = styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    lang = defaults.find(qn("w:lang"))
    lang = OxmlElement("w:lang") if lang is None else lang
    for name in ("w:val", "w:eastAsia"):
        lang.set(qn(name), "fr-FR")
    defaults.append(lang)
    sizes = {"Normal": 10, "Title": 18, "Subtitle": 10, "Heading 1": 13, "Heading 2": 11, "Caption": 8}
    for name, size in sizes.items():
        style = styles[name]
        style.font.name, style.font.size = _FONT, Pt(size)
        style.element.rPr.rFonts.set(qn("w:asciiTheme"), "")
        for attribute in [key for key in style.element.rPr.rFonts.attrib if "Theme" in key]:
            del style.element.rPr.rFonts.attrib[attribute]
        style.paragraph_format.space_after = Pt(3)
        if name.startswith(("Heading", "Title")):
            style.font.color.rgb = _ACCENT
            style.paragraph_format.space_before = Pt(9 if name == "Heading 1" else 4)
            style.paragraph_format.keep_with_next = True
    for name in ("Subtitle", "Caption"):
        styles[name].font.color.rgb, styles[name].font.italic, styles[name].font.bold = _MUTED, False, False
    styles.add_style(_TYPED, WD_STYLE_TYPE.CHARACTER)
    _number_pages(section.footer.paragraphs[0], minute)


def _number_pages(paragraph: Paragraph, minute: Minute) -> None:
    paragraph.add_run(f"{minute.title} – page ")
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    number = paragraph.add_run("1")
    field.append(number._r)
    paragraph._p.append(field)
    for run in (*paragraph.runs, number):
        run.font.size, run.font.color.rgb = Pt(8), _MUTED


def _write_text(paragraph: Paragraph, text: Text) -> None:
    for run in text.runs:
        written = paragraph.add_run(run.text)
        written.bold, written.italic = run.bold or None, run.italic or None
        if run.field:
            written.style = _TYPED
            written.font.highlight_color = WD_COLOR_INDEX.YELLOW if run.is_left else None
            _mark(paragraph, run.field)


def _mark(paragraph: Paragraph, name: str) -> None:
    """Name the paragraph of a field: bookmarks stay when what they are on is typed over."""
    number = str(sum(map(ord, name)))
    for tag in ("w:bookmarkStart", "w:bookmarkEnd"):
        mark = OxmlElement(tag)
        mark.set(qn("w:id"), number)
        if tag == "w:bookmarkStart":
            mark.set(qn("w:name"), _BOOKMARK + name.replace("-", "_"))
            paragraph._p.insert(1 if paragraph._p.pPr is not None else 0, mark)
        else:
            paragraph._p.append(mark)


def _write_grid(document: Document, grid: Grid) -> None:
    table = document.add_table(rows=1, cols=len(grid.headings), style="Table Grid")
    _describe(table, grid.caption)
    for row, texts in enumerate((grid.headings, *grid.rows)):
        cells = table.rows[0].cells if row == 0 else table.add_row().cells
        for cell, text in zip(cells, texts, strict=True):
            cell.paragraphs[0].paragraph_format.space_before = Pt(2)
            cell.paragraphs[0].paragraph_format.space_after = Pt(2)
            run = cell.paragraphs[0].add_run(text)
            run.bold = row == 0 or None
            run.font.size = Pt(9)
    header = table.rows[0]._tr.get_or_add_trPr()
    header.append(OxmlElement("w:tblHeader"))
    for line in table.rows:
        line._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    _size(table, _widths(grid))
    document.add_paragraph().paragraph_format.space_after = Pt(0)


def _widths(grid: Grid) -> list[float]:
    """Share the width of the page: to each column its longest word at the least, more to those of longer texts."""
    columns = list(zip(*(grid.headings, *grid.rows), strict=True))
    least = [
        _PAD + _LETTER * max(len(word) for text in column for word in text.split() or [""])
        for column in columns
    ]
    longest = [min(max(map(len, column)), _LONG) for column in columns]
    left = _WIDE - sum(least)
    if left <= 0:
        return [_WIDE * width / sum(least) for width in least]
    return [width + left * length / sum(longest) for width, length in zip(least, longest, strict=True)]


def _size(table: Table, widths: Sequence[float]) -> None:
    """Set the widths of columns: each cell says it too, as some readers look there alone."""
    table.autofit = False
    for rank, width in enumerate(widths):
        table.columns[rank].width = Mm(width)
        for cell in table.columns[rank].cells:
            cell.width = Mm(width)


def _describe(table: Table, caption: str) -> None:
    described = OxmlElement("w:tblCaption")
    described.set(qn("w:val"), caption)
    table._tbl.tblPr.append(described)


def _write_sheet(document: Document, sheet: Sheet) -> None:
    document.add_heading(sheet.title, level=2)
    if not sheet.drawing:
        for text in sheet.texts:
            _write_text(document.add_paragraph(), text)
        return
    if not sheet.texts:
        alone = document.add_paragraph()
        alone.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _draw(alone, sheet, wide=_ALONE)
        document.add_paragraph(sheet.caption, style="Caption")
        return
    table = document.add_table(rows=1, cols=2)
    _size(table, [_SMALL + 4, _WIDE - _SMALL - 4])
    _describe(table, f"Mise en page : la figure et ce qui en est dit, {sheet.title}")
    left, right = table.rows[0].cells
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    _draw(left.paragraphs[0], sheet)
    left.add_paragraph(sheet.caption, style="Caption")
    for rank, text in enumerate(sheet.texts):
        _write_text(right.paragraphs[0] if rank == 0 else right.add_paragraph(), text)


def _draw(paragraph: Paragraph, sheet: Sheet, *, wide: float = _SMALL) -> None:
    """Place a drawing so many millimetres wide, described in words to whoever does not see it."""
    picture = paragraph.add_run().add_picture(
        io.BytesIO(draw_png(sheet.drawing, width=_PIXELS)), width=Mm(wide)
    )
    picture._inline.docPr.set("descr", sheet.alt)
    picture._inline.docPr.set("title", sheet.title)


def made_on(day: date) -> datetime:
    """Date a document of a day, whatever the hour: the same bytes for the same minute."""
    return datetime.combine(day, time())
