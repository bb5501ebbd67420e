"""The essentials in four pages and the report, as paper: pages, how full they are, letters, what they say."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup
from paper_reading import fill_of, smallest_of, squeeze
from pypdf import PdfReader

from helpers.publication import documents
from helpers.publication.documents.paper import grid
from helpers.publication.documents.paper.blocks import Block
from helpers.publication.documents.paper.parts import PaperPart, Section, read_part
from helpers.publication.documents.report import gather, gather_lists, keep_links

# Points: the margins of a page above and under.
MARGIN = 45


@pytest.fixture(scope="module")
def essential(annoeullin):
    return PdfReader(annoeullin / "annoeullin-essentiel.pdf")


@pytest.fixture(scope="module")
def report(annoeullin):
    return PdfReader(annoeullin / "annoeullin-diagnostic.pdf")


def words_of(page):
    return squeeze(page.extract_text())


def test_the_essentials_are_four_pages_of_two_megabytes_at_most(essential, annoeullin):
    assert len(essential.pages) == 4
    assert (annoeullin / "annoeullin-essentiel.pdf").stat().st_size < 2_000_000


def test_every_page_of_the_essentials_is_full(essential):
    assert [
        page.page_number for page in essential.pages if fill_of(page, top=MARGIN, bottom=MARGIN) < 0.75
    ] == []


def test_every_page_of_the_report_is_full_but_the_last_of_a_part(report):
    tops = {report.get_destination_page_number(one) for one in report.outline if not isinstance(one, list)}
    # The last page of a part is before the first of the next one; the last of all ends the document.
    last = {page - 1 for page in tops} | {len(report.pages) - 1}
    unfinished = [
        page.page_number + 1
        for page in report.pages
        if page.page_number not in last and fill_of(page, top=MARGIN, bottom=MARGIN) < 0.75
    ]
    assert unfinished == []


@pytest.mark.parametrize("name", ["essential", "report"])
def test_letters_have_seven_points_and_a_half_at_least(name, request):
    for page in request.getfixturevalue(name).pages:
        assert smallest_of(page) >= 7.49, page.page_number + 1


def test_letters_of_drawings_have_nine_points_at_least(annoeullin):
    sizes = []
    for part in map(read_part, documents.read(annoeullin).parts):
        for section in part.sections:
            for block in (*section.blocks, *section.annex):
                for html in block.forms.values():
                    for drawing in re.findall(r"<svg.*?</svg>", html, re.DOTALL):
                        scale = float(re.search(r'width="([\d.]+)pt"', drawing)[1]) / float(
                            re.search(r'viewBox="0 0 ([\d.]+)', drawing)[1]
                        )
                        sizes += [
                            scale * float(size)
                            for size in re.findall(r"font(?:-size)?: ?([\d.]+)px", drawing)
                        ]
    assert len(sizes) > 100
    assert min(sizes) >= 9


def test_the_first_page_is_the_cover_of_the_diagnostic(essential, annoeullin):
    cover = BeautifulSoup((annoeullin / "index.html").read_text(encoding="utf-8"), "html.parser")
    text = words_of(essential.pages[0])
    for element in cover.select(
        "h1, .message h2, .key-figures dt, .key-figures dd.value, .problems h3 a, .sure li"
    ):
        assert squeeze(element.get_text()) in text, element.get_text()
    assert len(cover.select(".message")) == 3
    for question in cover.select(".problems .question"):
        assert squeeze(question.get_text()) in text


def test_the_cards_of_the_essentials_are_those_of_the_page_of_the_issues(essential, annoeullin):
    page = BeautifulSoup((annoeullin / "4_enjeux.html").read_text(encoding="utf-8"), "html.parser")
    text = words_of(essential.pages[1])
    cards = [card for card in page.select(".debate > li") if squeeze(card.h3.find(string=True)) in text]
    assert len(cards) >= 3
    for card in cards:
        for selector in (".fact", ".question"):
            assert squeeze(card.select_one(selector).get_text()) in text


def test_the_essentials_name_what_waits_for_figures_and_no_command(essential):
    text = words_of(essential.pages[1])
    assert squeeze("En attente de chiffres officiels") in text
    assert squeeze("make data commune") not in text


def test_the_figures_of_the_essentials_say_what_the_pages_say(essential, annoeullin):
    """One figure, one object: title, reading and marks are those of the pages, none is of the annex."""
    shown = 0
    for stem in ("1_demographie", "2_logement", "3_pyramides"):
        page = BeautifulSoup((annoeullin / f"{stem}.html").read_text(encoding="utf-8"), "html.parser")
        text = words_of(essential.pages[2 if stem == "1_demographie" else 3])
        found = 0
        for figure in page.select("figure.exhibit"):
            title, code = (squeeze(figure.select_one(name).get_text()) for name in ("h3", ".permalink"))
            if f"{code}{title}" not in text and f"{code}Donnéesdedémonstration{title}" not in text:
                continue
            found += 1
            assert figure.find_parent("details", class_="annex") is None
            assert squeeze(figure.select_one(".reading").get_text()) in text
            assert (figure.select_one(".demonstration") is not None) == (
                f"{code}Donnéesdedémonstration{title}" in text
            )
        assert found, stem
        shown += found
    assert shown >= 5


def test_the_key_figures_of_the_first_page_stand_beside_those_of_the_intercommunalite(essential, annoeullin):
    cover = BeautifulSoup((annoeullin / "index.html").read_text(encoding="utf-8"), "html.parser")
    own = [dd.get_text() for dd in cover.select(".key-figures .comparison:not(.among)")]
    assert own
    assert all(text.startswith("MEL") for text in own)
    first = words_of(essential.pages[0])
    assert all(squeeze(text) in first for text in own)
    assert not any(squeeze(dd.get_text()) in first for dd in cover.select(".key-figures .among"))


def test_simulated_figures_are_announced_on_the_first_page(essential):
    later = "".join(words_of(page) for page in essential.pages[1:])
    assert "Donnéesdedémonstration" in later
    assert "lamention«Donnéesdedémonstration»" in words_of(essential.pages[0])


def test_sources_and_cautions_are_reported_once_a_section(annoeullin):
    for part in map(read_part, documents.read(annoeullin).parts):
        found = "".join(block.forms["wide"] for block in part.body())
        assert found.count('class="once"') <= len(part.sections)
        for once in re.findall(r'<div class="once">(.*?)</div>', found):
            lines = [re.sub(r"\[.*?\]", "", line) for line in re.findall(r"<p>(.*?)</p>", once)]
            assert len(lines) == len(set(lines))


def test_a_link_that_leads_nowhere_keeps_its_words():
    page = '<p id="a"><a href="#a">ici</a> <a href="#b" class="x">là</a></p>'
    assert keep_links(page) == '<p id="a"><a href="#a">ici</a> là</p>'


def sizes(*heights):
    """Blocks: as high in a column as across, less when their words are beside."""
    return [grid.Size({"wide": high, "half": high, "side": 0.6 * high}) for high in heights]


def ranks_of(sheets):
    return [rank for sheet in sheets for row in sheet.rows for column in row.columns for rank in column]


def test_blocks_are_placed_each_once_in_their_order_within_the_page():
    blocks = sizes(*[100, 180, 240, 90, 130, 300, 60, 210, 170, 120, 330, 80])
    sheets = grid.pack(blocks, height=700)
    assert ranks_of(sheets) == list(range(len(blocks)))
    assert all(sheet.height <= 700 for sheet in sheets)
    assert all(sheet.height >= 0.75 * 700 for sheet in sheets[:-1])


def test_a_title_is_never_the_last_of_a_page():
    head = grid.Size({"wide": 40}, is_head=True)
    blocks = [size for high in (300, 280, 260, 310, 290) for size in (head, *sizes(high))]
    for sheet in grid.pack(blocks, height=700):
        assert not sheet.rows[-1].is_head


def test_sources_are_never_at_the_top_of_a_page_where_what_they_are_of_is_not():
    foot = grid.Size({"wide": 50}, is_foot=True)
    blocks = [size for high in (300, 280, 260, 310, 290, 400) for size in (*sizes(high), foot)]
    for sheet in grid.pack(blocks, height=700):
        assert not blocks[sheet.rows[0].columns[0][0]].is_foot


def part_of(name, *blocks):
    sections = [Section("Une section", "", list(blocks))] if blocks else []
    return PaperPart(name, name, False, False, [], sections, "")


def test_a_part_without_a_figure_goes_on_after_the_former_and_an_empty_one_is_left_out():
    shown, text = Block({"wide": "<p>Figure</p>"}, address="figure"), Block({"wide": "<p>À retenir</p>"})
    parts = [part_of("a", shown), part_of("b", text), part_of("c"), part_of("d", text, shown)]
    assert [[part.title for part in chapter] for chapter in gather(parts)] == [["a", "b"], ["d"]]


def test_what_is_listed_under_a_same_title_in_several_methods_is_reported_once():
    method = (
        '<div class="method"><h3>Sources</h3><ul><li>A</li><li>{}</li></ul><h3>Absent</h3><p>{}</p></div>'
    )
    methods, shared = gather_lists([method.format("B", "b"), method.format("C", "c"), ""])
    assert shared == "<h3>Sources</h3><ul><li>A</li><li>B</li><li>C</li></ul>"
    assert [re.sub("<.*?>", "", one) for one in methods] == ["Absentb", "Absentc", ""]


def test_the_cover_of_the_report_repeats_no_key_figure(report, annoeullin):
    cover = BeautifulSoup((annoeullin / "index.html").read_text(encoding="utf-8"), "html.parser")
    text = words_of(report.pages[0])
    for element in cover.select(".message h2, .message .said"):
        assert squeeze(element.get_text()) in text
    labels = [squeeze(label.get_text()) for label in cover.select(".key-figures dt")]
    assert labels
    assert [label for label in labels if label in text] == []


def test_precautions_are_reported_once_in_the_report(report):
    whole = "".join(map(words_of, report.pages))
    assert whole.count("Lesterritoiresdecomparaisongardentleurpérimètre") == 1


def test_a_block_higher_than_a_page_has_one_of_its_own():
    sheets = grid.pack([*sizes(100), grid.Size({"wide": 900}), *sizes(100)], height=700)
    assert ranks_of(sheets) == [0, 1, 2]
    (alone,) = [sheet for sheet in sheets if sheet.height > 700]
    assert len(alone.rows) == 1


def test_what_does_not_fit_on_one_page_has_no_page():
    assert grid.fit(sizes(*[500] * 8), height=700) is None
    assert grid.fit(sizes(300, 300), height=700).height <= 700
