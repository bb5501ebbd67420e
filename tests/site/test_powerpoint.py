"""The PowerPoint deck as python-pptx reads it back: what the HTML deck says, in charts that can be edited."""

from __future__ import annotations

import io
from datetime import date

import pytest
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE
from pptx.util import Pt

from helpers import charts
from helpers.exhibit import DEMONSTRATION
from helpers.publication import documents
from helpers.publication.documents import deck, powerpoint, slides
from helpers.publication.documents.deck import Rows, Slide
from helpers.publication.documents.drawings import draw_png

HOSTILE = 'Titre <script>alert(1)</script> & ]]> "{{ 7*7 }}"'


@pytest.fixture(scope="module")
def composed(annoeullin):
    return deck.compose(documents.read(annoeullin))


@pytest.fixture(scope="module")
def made(annoeullin):
    return Presentation(str(annoeullin / "annoeullin-diaporama.pptx"))


@pytest.fixture(scope="module")
def pages(made):
    """The pages that are shown."""
    return [page for page in made.slides if page._element.get("show") != "0"]


def texts(page):
    return [shape.text_frame.text for shape in page.shapes if shape.has_text_frame]


def pictures(page):
    """What is not text: charts, pictures, tables."""
    return [shape for shape in page.shapes if not shape.has_text_frame]


def read(content):
    return Presentation(io.BytesIO(content))


def test_it_says_what_the_html_deck_says_slide_by_slide(pages, composed, annoeullin):
    assert [page.shapes.title.text_frame.text for page in pages] == [slide.title for slide in composed]
    page = (annoeullin / "annoeullin-diaporama.html").read_text(encoding="utf-8")
    assert page == slides.render(composed, title="Diagnostic d’Annœullin").decode()
    for shown, slide in zip(pages, composed, strict=True):
        for sentences in filter(None, (slide.subtitle, slide.fact, slide.question, slide.source)):
            assert sentences in texts(shown)
        for item in slide.items:
            assert any(text.startswith("\n".join(item[:2])) for text in texts(shown))


def test_a_sitting_has_ten_to_fourteen_slides(pages):
    assert deck.LEAST <= len(pages) <= deck.MOST == 14


def test_slides_are_wide_and_their_titles_are_titles(made):
    assert (made.slide_width * 9, made.core_properties.language) == (made.slide_height * 16, "fr-FR")
    assert all(page.shapes.title is not None for page in made.slides)
    assert [layout.name for layout in made.slide_layouts] == list(powerpoint.powerpoint_layouts.LAYOUTS)


def test_charts_are_native_and_have_the_values_of_their_figures(pages, composed):
    native = 0
    for page, slide in zip(pages, composed, strict=True):
        if slide.chart is None:
            continue
        (frame,) = pictures(page)
        drawn = frame.chart
        native += 1
        for series, declared in zip(drawn.plots[0].series, slide.chart.series, strict=True):
            known = [value for value in declared.values if value is not None]
            assert [value for value in series.values if value is not None] == pytest.approx(known)
            # No decimal on an axis whose steps are whole.
            if slide.chart.limits and drawn.value_axis.major_unit >= 1:
                assert "." not in drawn.value_axis.tick_labels.number_format
            # Those of the table that the page shows under the drawing are the same, rounded.
            assert slide.table.rows
    assert native >= 4


def test_pictures_are_twice_as_fine_as_a_screen_and_have_their_data_on_pages_that_are_not_shown(
    made, pages, composed
):
    drawn = [slide for slide in composed if slide.kind == "exhibit" and slide.chart is None]
    found = [(page, shape) for page in pages for shape in page.shapes if shape.shape_type == MSO_SHAPE_TYPE.PLACEHOLDER and hasattr(shape, "image")]  # fmt: skip
    assert len(found) == len(drawn) > 0
    for _, shape in found:
        assert shape.image.size[0] >= 1.9 * shape.width / powerpoint.PIXEL
        assert shape.crop_left == shape.crop_top == 0
    hidden = [page for page in made.slides if page._element.get("show") == "0"]
    cells = [
        tuple(cell.text for cell in row.cells)
        for page in hidden
        for shape in pictures(page)
        for row in list(shape.table.rows)[1:]
    ]
    assert cells == [row for slide in drawn for row in slide.table.rows]


def test_every_picture_chart_and_table_is_reported_in_words(made):
    for page in made.slides:
        for shape in pictures(page):
            assert len(shape._element.xpath(".//p:cNvPr")[0].get("descr")) > 20


def test_notes_are_those_of_who_speaks(pages, composed):
    for page, slide in zip(pages, composed, strict=True):
        if slide.kind == "exhibit":
            sentences = page.notes_slide.notes_text_frame.text
            assert "Lecture" in sentences
            assert "Sources" in sentences


def test_what_rests_on_simulated_values_says_so_on_its_slide(pages, composed):
    assert {slide.demonstration for slide in composed} == {True, False}
    for page, slide in zip(pages, composed, strict=True):
        assert any(DEMONSTRATION.lower() in text.lower() for text in texts(page)[:3]) == slide.demonstration


def test_no_letter_of_a_slide_is_smaller_than_eighteen_pixels(made, pages):
    smallest = Pt(13.5)
    for layout in powerpoint.powerpoint_layouts.LAYOUTS.values():
        assert min(place.size for place in layout.values()) >= smallest.pt
    for page in pages:
        for run in page._element.iter("{http://schemas.openxmlformats.org/drawingml/2006/main}rPr"):
            assert int(run.get("sz", 1350)) >= 1350
        for shape in pictures(page):
            if shape.has_chart:
                sizes = [int(size) for size in shape.chart._chartSpace.xpath(".//@sz")]
                assert min(sizes) >= 1350


def test_all_is_said_to_be_in_french(made):
    for page in made.slides:
        runs = page._element.xpath(".//a:r/a:rPr")
        assert runs
        assert {run.get("lang") for run in runs} == {"fr-FR"}


@pytest.mark.large
def test_the_same_diagnostic_makes_the_same_bytes(annoeullin):
    again = powerpoint.make(documents.read(annoeullin))
    assert again == (annoeullin / "annoeullin-diaporama.pptx").read_bytes()


def test_a_hostile_text_stays_a_text():
    drawn = charts.Chart(
        kind="bars",
        categories=(HOSTILE,),
        series=(charts.Series(name=HOSTILE, values=(1.0,), texts=(HOSTILE,), colours=("#000000",)),),
        label=HOSTILE,
    )
    sentences = Slide(kind="exhibit", title=HOSTILE, fact=HOSTILE, question=HOSTILE, chart=drawn, alt=HOSTILE)
    table = Slide(
        kind="table", title=HOSTILE, table=Rows((HOSTILE,), ((HOSTILE,),)), notes=(HOSTILE + "\x07",)
    )
    shown, listed = read(powerpoint.render([sentences, table], title=HOSTILE, day=date(2020, 1, 1))).slides
    assert shown.shapes.title.text_frame.text == listed.shapes.title.text_frame.text == HOSTILE
    (frame,) = pictures(shown)
    assert list(frame.chart.plots[0].categories) == [HOSTILE]
    assert listed.notes_slide.notes_text_frame.text == HOSTILE
    page = slides.render([sentences, table], title=HOSTILE).decode()
    assert "<script>alert" not in page.split('<div class="slides">')[1].split("</main>")[0]


def test_a_title_of_two_lines_above_a_table_is_smaller_and_a_small_table_larger():
    few, many = Rows(("Année",), (("2023",),)), Rows(("Année",), (("2023",),) * 9)
    sentences = [
        Slide(
            kind="table",
            title="Au moins 26,0 % des résidences : grandes, à une ou deux personnes",
            table=few,
        ),
        Slide(kind="table", title="Vacance", table=many),
        Slide(kind="table", title="Soldes", table=Rows(("Naissances",) * 6, (("4",) * 6,))),
    ]
    long, short, wide = read(powerpoint.render(sentences, title="Essai", day=date(2026, 1, 1))).slides
    assert long.shapes.title.text_frame.paragraphs[0].runs[0].font.size.pt == 22
    assert short.shapes.title.text_frame.paragraphs[0].runs[0].font.size is None
    sizes = [
        next(shape for shape in page.shapes if shape.has_table)
        .table.cell(1, 0)
        .text_frame.paragraphs[0]
        .runs[0]
        .font.size.pt
        for page in (long, short, wide)
    ]
    assert sizes == [18, 14, 14]


def test_a_list_of_codes_is_followed_in_its_order_what_has_no_data_left_out(annoeullin):
    found = documents.read(annoeullin)
    proposed = deck.propose(found)
    assert len(proposed) > 4
    wanted = [proposed[2], "Z-99", proposed[0]]
    kept = [slide.code for slide in deck.compose(found, wanted) if slide.kind == "exhibit"]
    assert kept == [proposed[2], proposed[0]]


def test_of_too_many_figures_the_simulated_ones_are_left_out_first(annoeullin):
    every = [shown for shown in deck.exhibits(documents.read(annoeullin)) if deck.TAG in shown.tags]
    simulated = [shown for shown in every if shown.record["demonstration"]]
    kept = deck._choose(every, least=0, most=len(every) - 1)
    assert [shown for shown in every if shown not in kept] == simulated[-1:]


def test_the_letters_of_a_logo_are_drawn_whatever_their_face():
    logo = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 30">{}</svg>'
    word = '<text x="2" y="22" font-family="Une police de marque" font-size="20">Hem</text>'
    assert len(draw_png(logo.format(word), width=180)) > 2 * len(draw_png(logo.format(""), width=180))


def test_titles_have_their_place_on_the_page_itself(pages):
    """LibreOffice takes the place of a title from the master, not from the layout."""
    for page in pages:
        for shape in page.placeholders:
            if shape.placeholder_format.idx == 0:
                assert shape.element.xpath("./p:spPr/a:xfrm")
