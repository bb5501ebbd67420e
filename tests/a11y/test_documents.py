"""The documents as people meet them: slides in a browser, PDF files as a screen reader and a printer have them."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest
from walk import DECKS, PRINTED, SCHEMES, SLUGS, pale, texts, violations

from helpers.publication import documents
from helpers.publication.documents import pdf, posters, report, sheets
from helpers.publication.documents.deck import propose

with warnings.catch_warnings():
    # Its compiled types have no module, of which Python complains.
    warnings.simplefilter("ignore", DeprecationWarning)
    import outloud
    import pymupdf

# Judgements that a reader makes better: an alternative text made of figures, a small table with as many headings as
# cells, a mark repeated over each figure, the order in which a page is painted (that of the tags is the one read).
# A running head of one page or two is taken for prose: tests/site says that nothing else is set apart.
_OPINIONS = {"FIG-012", "TBL-010", "PAG-001", "ORD-001", "TAG-002"}
# Points between the text of an A4 page and its sides: the margin less what italics and rounding take.
_MARGIN = 39


@pytest.fixture
def deck(visit):
    """Open slides once they are laid out."""

    def open_deck(name, **options):
        page = visit(name, width=1280, height=720, **options)
        page.wait_for_function("window.Reveal && Reveal.isReady()")
        if "view=print" in name:
            # Once the file is loaded, each slide leaves the document for a page of its own.
            page.wait_for_selector(".pdf-page")
        return page

    return open_deck


@pytest.mark.parametrize("name", DECKS)
def test_axe_finds_nothing_wrong_on_any_slide(deck, name):
    page = deck(f"{name}?view=print")
    shown = page.locator(".slides section:visible").count()
    assert shown == page.evaluate("Reveal.getTotalSlides()")
    assert shown > 1
    # Slides keep their colours: axe reads them once.
    assert violations(page) == []
    for scheme, colours in SCHEMES.items():
        page.emulate_media(**colours)
        assert pale(page) == [], scheme


def test_slides_keep_their_colours_whatever_those_of_the_screen(deck):
    name = f"{DECKS[0]}?view=print"
    light, dark = (texts(deck(name, color_scheme=asked)) for asked in ("light", "dark"))
    assert light == dark


@pytest.mark.parametrize("colours", SCHEMES.values(), ids=SCHEMES)
def test_the_buttons_of_slides_are_seen(deck, colours):
    page = deck(DECKS[0], **colours)
    arrow, paper = page.evaluate(
        """[getComputedStyle(document.querySelector(".navigate-right .controls-arrow"), "::before").backgroundColor,
        getComputedStyle(document.body).backgroundColor]"""
    )
    assert arrow != paper


@pytest.mark.parametrize("name", PRINTED)
def test_what_is_printed_stands_out_and_keeps_its_colours_whatever_those_of_the_screen(visit, name):
    page, found = visit(name), {}
    for scheme, colours in SCHEMES.items():
        page.emulate_media(**colours)
        assert pale(page) == [], scheme
        found[scheme] = texts(page)
    assert found["light"] == found["dark"]


def test_axe_finds_nothing_wrong_while_slides_are_shown(deck):
    page = deck(DECKS[0])
    page.evaluate("Reveal.slide(3)")
    assert violations(page) == []


@pytest.mark.parametrize("name", DECKS)
def test_nothing_goes_out_of_a_slide_nor_over_its_sources(deck, name):
    page = deck(name)
    for rank in range(page.evaluate("Reveal.getTotalSlides()")):
        page.evaluate("rank => Reveal.slide(rank)", rank)
        outside = page.evaluate(
            """() => {
              const slide = Reveal.getCurrentSlide(), own = slide.getBoundingClientRect()
              const source = slide.querySelector(":scope > .source")
              const foot = source ? source.getBoundingClientRect().top : own.bottom
              return [...slide.querySelectorAll("h1, h2, p, li, dt, dd, svg, td")]
                .filter(element => element !== source && element.checkVisibility())
                .filter(element => {
                  const box = element.getBoundingClientRect()
                  return box.right > own.right || box.left < own.left || box.bottom > foot + 1
                })
                .map(element => element.outerHTML.slice(0, 120))
            }"""
        )
        assert outside == [], rank


def test_a_keyboard_turns_the_slides_and_reaches_the_buttons(deck):
    page = deck(DECKS[0])
    last = page.evaluate("Reveal.getTotalSlides()") - 1
    for rank in range(last):
        assert page.evaluate("Reveal.getIndices().h") == rank
        page.keyboard.press("ArrowRight")
    assert page.evaluate("Reveal.isLastSlide()")
    page.keyboard.press("ArrowLeft")
    reached = {}
    for _ in range(4):
        page.keyboard.press("Tab")
        name, outline = page.evaluate(
            """[document.activeElement.getAttribute("aria-label"), getComputedStyle(document.activeElement).outlineStyle]"""
        )
        reached[name] = outline
    assert reached["Diapositive précédente"] != "none"
    assert reached["Diapositive suivante"] != "none"


def complaints(path):
    """What the checker finds wrong in a PDF: `rule, page: what`."""
    result = outloud.check(str(path))
    assert result.error is None, result.error
    assert [run.rule for run in result.runs if run.status == "crashed"] == []
    return [
        f"{found.rule}, page {found.page}: {found.message} {found.evidence}"
        for found in result.findings
        if found.rule not in _OPINIONS
    ]


def assert_margins(path):
    with pymupdf.open(path) as opened:
        words = [(page.number + 1, *word[:5]) for page in opened for word in page.get_text("words")]
        assert len(words) > 1000
        width = opened[0].rect.width
    assert [word for word in words if not _MARGIN <= word[1] <= word[3] <= width - _MARGIN] == []


def test_a_pdf_is_as_pdf_ua_asks_and_keeps_its_margins(outputs, tmp_path):
    # Laid out once for all that reads them: they are only to be printed.
    for name in PRINTED:
        path = tmp_path / f"{Path(name).stem}.pdf"
        printer = sheets if path.stem == "posters" else pdf
        path.write_bytes(printer.print_page((outputs / name).read_text(encoding="utf-8")))
        assert complaints(path) == []
        if path.stem == "report":
            assert_margins(path)


@pytest.mark.large
@pytest.mark.parametrize("slug", SLUGS[1:])
def test_so_are_those_of_the_other_communes(outputs, tmp_path, slug):
    found = documents.read(outputs / slug)
    path, beside = tmp_path / "diagnostic.pdf", tmp_path / "affiches.pdf"
    path.write_bytes(report.make(found))
    assert complaints(path) == []
    assert_margins(path)
    if propose(found, tag=posters.TAG):
        beside.write_bytes(posters.make(found))
        assert complaints(beside) == []
