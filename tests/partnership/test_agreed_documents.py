"""The documents of a whole partnership: bilan, issues and levers, as Word, PDF and A3; nothing touched is overwritten."""

from __future__ import annotations

import io
from datetime import date, datetime

import docx
import pypdf
import pytest
import val_sur_deule as town
from docx.oxml.ns import qn
from PIL import Image
from test_minute import make_workshop
from val_sur_deule_agreed import workshop_2, workshop_3

from helpers import paths
from helpers.agreement.markup import write_sections
from helpers.agreement.parts import TO_FILL, Grid, Section
from helpers.contributions import kept
from helpers.contributions.agreed import gather
from helpers.errors import ParameterError
from helpers.partnership import agreed_sheets, minutes, written
from helpers.publication.documents.drawings import draw_png

SLUG, TODAY = town.KIT.slug, date(2027, 4, 27)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "PARAMS", tmp_path)
    for workshop in (make_workshop(), workshop_2(), workshop_3()):
        kept.write_workshop(workshop)
    return kept.documents_folder(SLUG)


def text_of(path):
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(path).pages)
    return " ".join(text.replace("\xa0", " ").replace("\u202f", " ").split())


def test_issues_and_levers_are_written_as_word_and_pdf_with_the_matrix_across_the_page(folder):
    made = minutes.make_agreed(SLUG, today=TODAY)
    assert (made.word.name, made.pdf.name) == (
        "val-sur-deule-enjeux-leviers.docx", "val-sur-deule-enjeux-leviers.pdf",
    )  # fmt: skip
    document = docx.Document(made.word)
    (drawing,) = document.inline_shapes
    assert round(drawing.width.mm) == 135
    found = text_of(made.pdf)
    assert "A-02 · CCAS avec Anah et MEL" in found
    assert "Leviers sans constat à l’appui : A-08" in found
    assert "Leviers sans pilote : A-08." in found
    assert "Q-1 et Q-3, fusionnées" in found


def test_widths_of_tables_are_said_in_their_grid_too(folder):
    # LibreOffice reads them there alone.
    for table in docx.Document(minutes.make_agreed(SLUG, today=TODAY).word).tables:
        columns = [int(column.get(qn("w:w"))) for column in table._tbl.tblGrid.findall(qn("w:gridCol"))]
        cells = [cell.width for cell in table.rows[0].cells]
        assert columns == [round(width.twips) for width in cells]
        assert table._tbl.tblPr.find(qn("w:tblLayout")).get(qn("w:type")) == "fixed"


def test_what_was_typed_in_the_bilan_is_kept_and_one_touched_is_not_overwritten(folder):
    first = minutes.make_bilan(SLUG, today=TODAY)
    assert first.word.name == "val-sur-deule-bilan-projet.docx"
    document = docx.Document(first.word)
    before = first.word.read_bytes()
    for paragraph in document.paragraphs:
        for run in paragraph.runs:
            if run.text == TO_FILL:
                run.text = "Parcours des aînés"
    document.save(first.word)
    touched = first.word.read_bytes()
    assert touched != before
    again = minutes.make_bilan(SLUG, today=TODAY)
    assert first.word.read_bytes() == touched
    assert again.word.name == "val-sur-deule-bilan.docx"
    assert again.touched == first.word
    assert "Parcours des aînés" in text_of(again.pdf)


@pytest.mark.large
def test_the_bilan_is_made_of_the_same_bytes_from_the_same_words(folder):
    made = minutes.make_bilan(SLUG, today=TODAY)
    first = made.word.read_bytes()
    assert minutes.make_bilan(SLUG, today=TODAY).word == made.word
    assert made.word.read_bytes() == first


def test_the_hours_to_the_minute_are_counted_from_the_end_of_the_workshop(folder):
    minutes.make(SLUG, 1, sent=date(2027, 1, 14), state="diffuse", now=datetime(2027, 1, 14, 10, 0))
    minutes.make(SLUG, 1, sent=date(2027, 1, 20), state="diffuse", now=datetime(2027, 1, 20, 10, 0))
    lines = [line.replace("\xa0", " ") for line in minutes.make_bilan(SLUG, today=TODAY).minute.lines()]
    row = next(line for line in lines if line.startswith("Atelier 1 |"))
    assert row.endswith("| 42 heures")


def test_documents_that_tell_what_is_withdrawn_go_unless_someone_touched_them(folder):
    made, sheets = minutes.make_bilan(SLUG, today=TODAY), minutes.make_agreed_sheets(SLUG)
    other = minutes.make_agreed(SLUG, today=TODAY)
    other.word.write_bytes(other.word.read_bytes() + b" ")
    assert minutes.drop_written(SLUG, 1) == [other.word]
    assert not any(path.exists() for path in (made.word, made.pdf, other.pdf, sheets))
    assert written.drop(folder) == [other.word]


def test_the_sheets_are_the_matrix_and_the_grid_of_levers(folder):
    agreed = gather([workshop_2(), workshop_3()])
    matrix, grid = agreed_sheets.compose(agreed, commune="Val-sur-Deûle")
    square = next(zone for zone in matrix.zones if zone.drawing)
    assert (square.x, square.y, square.w) == (20, 36, 240)
    chips = [zone.text for zone in grid.zones if "A-03" in zone.text]
    assert any("A-03 · MEL · PLU3, OAP" in text for text in chips)
    for sheet in (matrix, grid):
        for zone in sheet.zones:
            assert zone.fitted().text == zone.text
            assert 0 <= zone.x <= zone.x + zone.w <= 420
            assert 0 <= zone.y <= zone.y + zone.h <= 297


def test_without_workshop_2_there_is_nothing_to_agree_on(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "PARAMS", tmp_path)
    kept.write_workshop(make_workshop())
    with pytest.raises(ParameterError, match="Aucun atelier à partir du 2"):
        minutes.make_agreed(SLUG, today=TODAY)
    with pytest.raises(ParameterError, match="Aucun atelier de nulle-part"):
        minutes.make_bilan("nulle-part", today=TODAY)


def test_a_drawing_keeps_its_colours_as_points_whatever_its_elements_are_in():
    drawing = (
        '<svg viewBox="0 0 40 30" xmlns="http://www.w3.org/2000/svg"><path d="M0 30L40 30L40 0L0 0z" fill="#ffffff"/>'
        '<g style="fill:none" stroke="#d9dee5"><path d="M0 0L40 0L40 20"/></g>'
        '<defs><path id="a" d="M-4 -4L4 -4L4 4L-4 4z" stroke="#8a1c4a"/></defs>'
        '<g><use xlink:href="#a" x="20" y="15" fill="#8a1c4a"/></g></svg>'
    )
    image = Image.open(io.BytesIO(draw_png(drawing, width=900))).convert("RGB")
    wide, high = image.size
    assert image.getpixel((wide // 2, high // 2)) == (0x8A, 0x1C, 0x4A)
    # What is not filled lets the ground be seen.
    assert image.getpixel((wide * 3 // 4, high // 8)) == (255, 255, 255)


def test_a_line_of_a_table_never_ends_at_the_hyphen_of_a_code():
    table = Grid("Leviers", ("Constats",), (("P-08, L-23 & 2026-2028",),))
    written = write_sections([Section("Les enjeux", (table,))])
    assert (
        '<td><span class="unbroken">P-08</span>, <span class="unbroken">L-23</span> &amp; 2026-2028</td>'
        in written
    )
