"""Text that comes from YAML, CSV and the store is shown as it was written: none of it lives, wherever it goes."""

from __future__ import annotations

import csv
import io
import re
import zipfile

import openpyxl
import pytest
import shipped
import tinyhtml5
from bs4 import BeautifulSoup
from hostile_texts import EVERYTHING, FORMULA, HEM, HOSTILE, UNSEEN

from helpers import french, paths, schemas, store
from helpers.errors import StoreError
from helpers.parameters import load_parameters
from helpers.publication.pages import render

LIVE = ["script", "iframe", "object", "embed", "img", "video", "audio", "form", "base", "link", "meta"]
THEMES = shipped.STEMS
PAGES = [*(f"{theme}.html" for theme in THEMES), "index.html", "../index.html"]
DOCUMENTS = ["pdf.html", "posters.html", "slides.html"]


@pytest.fixture
def text(hostile, request):
    """One page, or one document, as HTML."""
    folder = request.getfixturevalue("hostile_documents") if request.param in DOCUMENTS else hostile
    return (folder / request.param).read_text(encoding="utf-8")


def elements(text):
    """The elements of a page as a browser reads it: their names, and their attributes."""
    root = tinyhtml5.parse(text, namespace_html_elements=False)
    return [
        (element.tag.split("}")[-1], element.attrib)
        for element in root.iter()
        if isinstance(element.tag, str)
    ]


def live(text):
    """What would run, load or lead away."""
    found = []
    for tag, attributes in elements(text):
        harmless = tag == "meta" and {"charset", "name"} & set(attributes)
        if (tag in LIVE and not harmless) or any(key.startswith("on") for key in attributes):
            found.append((tag, attributes))
        for key, address in attributes.items():
            leads = key.split("}")[-1] in ("href", "src", "action", "formaction")
            if leads and re.match(r"[a-z][a-z0-9+.-]*:|//", address.strip(), re.IGNORECASE):
                found += [] if address.startswith("https://") else [(tag, attributes)]
    return found


@pytest.mark.parametrize(
    "text",
    [*PAGES, *(pytest.param(name, marks=pytest.mark.large) for name in DOCUMENTS)],
    indirect=True,
)
def test_nothing_that_was_written_lives(text):
    # The scripts of the index, of the slides and of pages are ours.
    own = 2 if "Reveal.initialize" in text else int('id="communes"' in text or render.enhancer() in text)
    assert live(text) == [("script", {})] * own
    names = [tag for tag, _ in elements(text)]
    assert [names.count(name) for name in ("html", "head", "body")] == [1, 1, 1]
    # Nothing was computed, nothing that nobody sees was written.
    assert "{{ 7*7 }}" in BeautifulSoup(text, "html.parser").get_text()
    assert french.visible(text) == text


@pytest.mark.parametrize("text", PAGES, indirect=True)
def test_two_readers_of_html_find_the_same_in_a_page(text):
    # A text that closes an element for one of them only is not escaped.
    names = [tag for tag, _ in elements(text)]
    soup = BeautifulSoup(text, "html.parser")
    for name in ("figure", "table", "svg", "a", "p", "li", "section", "main", "footer", "title"):
        assert names.count(name) == len(soup.find_all(name)), name


@pytest.mark.parametrize("theme", THEMES)
def test_a_comment_and_the_sources_are_shown_as_they_were_written(hostile, theme):
    soup = BeautifulSoup((hostile / f"{theme}.html").read_text(encoding="utf-8"), "html.parser")
    first, second, third = (p.get_text() for p in soup.select(".comment p"))
    # Of what Markdown can do, a link to the web is one: only its words are shown.
    shown = re.sub(r"\[(\w+)\]\(http[^)]*\)", r"\1", EVERYTHING)
    assert first == french.typography(f"Mot de la commune {shown}")
    assert all(link.get("href", "https").startswith("https") for link in soup.select(".comment a"))
    assert {tag.name for tag in soup.select(".comment p *")} <= {"a", "strong", "em", "br"}
    assert second == french.typography(FORMULA)
    assert len(third) == len("très long ") * 1000 - 1
    notes = [p.get_text() for p in soup.select("figcaption p") if p.get_text().startswith("Sources")]
    assert notes
    assert all(french.typography(EVERYTHING) in note for note in notes)
    assert all("<script>alert(1)</script> {{ 7*7 }}" in note.split("Traitements")[1] for note in notes)


@pytest.mark.parametrize("theme", THEMES)
def test_only_links_that_are_sure_are_links(hostile, theme):
    soup = BeautifulSoup((hostile / f"{theme}.html").read_text(encoding="utf-8"), "html.parser")
    outside = [a["href"] for a in soup.select(".method a")]
    assert outside
    assert all(address.startswith("https://") for address in outside)


def test_the_names_are_shown_as_they_were_written(hostile):
    name = french.typography(f"{FORMULA} <script>x</script>")
    for page in PAGES:
        soup = BeautifulSoup((hostile / page).read_text(encoding="utf-8"), "html.parser")
        assert name in soup.get_text(), page
    index = BeautifulSoup((hostile / "../index.html").read_text(encoding="utf-8"), "html.parser")
    assert french.typography(HOSTILE[0]) in index.select_one(".state.failed").get_text()


def test_no_cell_of_a_csv_file_is_a_formula(hostile):
    with zipfile.ZipFile(next(hostile.glob("*.zip"))) as archive:
        files = {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}
    assert "sources.csv" in files
    names = 0
    for content in files.values():
        for row in csv.reader(io.StringIO(content), delimiter=";"):
            for cell in row:
                names += cell.startswith(f"'{FORMULA}")
                assert not cell.startswith(("=", "@", "+", "\t", "\r"))
                assert not cell.startswith("-") or re.fullmatch(r"-\d+(?:,\d+)?", cell)
    assert names


def test_no_cell_of_the_workbook_is_a_formula(hostile):
    book = openpyxl.load_workbook(next(hostile.glob("*.xlsx")))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [cell.value for cell in cells if cell.data_type == "f"]
    written = [cell for cell in cells if str(cell.value).startswith(FORMULA)]
    assert written
    assert all(cell.quotePrefix for cell in written)


@pytest.mark.parametrize("text", UNSEEN)
def test_a_character_that_nobody_sees_is_refused_in_the_store_and_left_out_of_the_parameters(text):
    frame = store.read_reference("territories", folder=paths.EMBEDDED).head(3)
    for column in ("name", "department_name", "region_name", "epci_name"):
        with pytest.raises(StoreError, match="invisible"):
            schemas.validate(frame.assign(**{column: f"a{text}b"}), table="territories")
    sources = store.read_reference("sources", folder=paths.EMBEDDED).head(3)
    for column in ("citation", "page"):
        with pytest.raises(StoreError, match="invisible"):
            schemas.validate(sources.assign(**{column: f"a{text}b"}), table="sources")
    shown, _ = load_parameters(
        f"insee:{HEM}", overrides={"agence": f"A{text}B", "commentaires": {"enjeux": f"a{text}b\n\tc\u200d"}}
    )
    assert (shown.agence, shown.commentaires) == ("AB", {"enjeux": "ab\n\tc\u200d"})
