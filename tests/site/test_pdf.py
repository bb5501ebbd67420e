"""The PDF of a diagnostic and the posters: structure, contents, fonts, as pypdf reads them back."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise

import pytest
import shipped
from bs4 import BeautifulSoup
from paper_reading import squeeze
from pypdf import PdfReader
from pypdf.generic import ContentStream, NullObject

from helpers.errors import BuildError
from helpers.publication import documents
from helpers.publication.documents import pdf, posters, report

PDFS = ["annoeullin-essentiel.pdf", "annoeullin-diagnostic.pdf", "annoeullin-affiches.pdf"]


@pytest.fixture(scope="module")
def reader(annoeullin):
    return PdfReader(annoeullin / "annoeullin-diagnostic.pdf")


@pytest.fixture(scope="module")
def texts(reader):
    return [page.extract_text() for page in reader.pages]


@pytest.fixture(scope="module")
def sheets(annoeullin):
    return PdfReader(annoeullin / "annoeullin-affiches.pdf")


def pages_of(folder):
    """The pages of a diagnostic by stem, in the order of reading."""
    return {
        path.stem: BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        for path in (folder / f"{stem}.html" for stem in shipped.STEMS)
    }


def elements(reader):
    """Every element of the structure, as it is read aloud."""

    def walk(element):
        kids = element.get("/K", [])
        for kid in kids if isinstance(kids, list) else [kids]:
            found = kid.get_object()
            if isinstance(found, dict) and found.get("/S"):
                yield found
                yield from walk(found)

    return list(walk(reader.trailer["/Root"]["/StructTreeRoot"]))


@pytest.mark.parametrize("name", PDFS)
def test_a_pdf_says_its_language_its_title_and_that_it_is_accessible(annoeullin, name):
    reader = PdfReader(annoeullin / name)
    root = reader.trailer["/Root"]
    assert root["/Lang"] == "fr"
    assert "Diagnostic d’Annœullin" in reader.metadata.title
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert root["/MarkInfo"]["/Marked"]
    xmp = root["/Metadata"].get_data().decode()
    assert re.search(r"pdfuaid:part>1<|pdfuaid:part=\"1\"", xmp)
    # Neither the time nor the machine of the writing.
    assert not {"/CreationDate", "/ModDate", "/Author"} & set(reader.metadata)
    assert "xmp:CreateDate" not in xmp


@pytest.mark.parametrize("name", PDFS)
def test_every_font_of_a_pdf_is_embedded(annoeullin, name):
    fonts = {
        font["/BaseFont"]: font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        for page in PdfReader(annoeullin / name).pages
        for font in (found.get_object() for found in page["/Resources"].get("/Font", {}).values())
    }
    assert {
        re.sub(r"^/[A-Z]{6}\+(Source-(Sans-3|Serif-4),?|DejaVu-Sans)(-[A-Za-z-]+)?$", "", font)
        for font in fonts
    } == {""}
    assert all("/FontFile2" in descriptor or "/FontFile3" in descriptor for descriptor in fonts.values())


@pytest.mark.parametrize("name", PDFS)
def test_every_character_of_a_pdf_can_be_copied_as_text(annoeullin, name):
    fonts = [
        found.get_object()
        for page in PdfReader(annoeullin / name).pages
        for found in page["/Resources"].get("/Font", {}).values()
    ]
    assert fonts
    assert all("/ToUnicode" in font for font in fonts)


def operations(page):
    return ContentStream(page.get_contents(), page.pdf).operations


@pytest.fixture(scope="module")
def painted(reader):
    """What each page of the diagnostic paints, read once."""
    return [(page, operations(page)) for page in reader.pages]


def check_all_is_tagged(reader, painted):
    """Insist that each page paints nothing but what the structure leads to, and artifacts."""
    held = {element.indirect_reference.idnum for element in elements(reader)}
    numbers = reader.trailer["/Root"]["/StructTreeRoot"]["/ParentTree"]["/Nums"]
    parsed = dict(zip(numbers[::2], numbers[1::2], strict=True))
    for page, found in painted:
        assert page["/Tabs"] == "/S"
        owners = parsed[page["/StructParents"]].get_object()
        marks, used = [], set()
        for operands, operator in found:
            if operator in (b"BDC", b"BMC"):
                marks.append(operands)
                if operator == b"BDC" and "/MCID" in operands[1]:
                    used.add(int(operands[1]["/MCID"]))
            elif operator == b"EMC":
                marks.pop()
            elif operator in (b"Tj", b"TJ", b"f", b"f*", b"S", b"B", b"Do", b"sh"):
                assert marks, (page.page_number, operator)
        assert marks == []
        owned = {rank: list.__getitem__(owners, rank) for rank in range(len(owners))}
        assert used == {rank for rank, owner in owned.items() if not isinstance(owner, NullObject)}
        assert {owned[rank].idnum for rank in used} <= held


def test_all_that_is_painted_is_in_the_structure_or_set_apart(reader, painted, sheets):
    check_all_is_tagged(reader, painted)
    check_all_is_tagged(sheets, [(page, operations(page)) for page in sheets.pages])


def test_running_heads_and_page_numbers_are_not_read_among_the_text(painted):
    for page, found in painted:
        marks = [
            operands[1] for operands, operator in found if operator == b"BDC" and operands[0] == "/Artifact"
        ]
        assert all(mark == {"/Type": "/Pagination"} for mark in marks)
        # The title of the document, that of the part, the number; the cover has none.
        assert len(marks) == (3 if page.page_number else 0)


def test_lists_hold_items_and_items_a_label_and_a_body(reader):
    found = elements(reader)
    kids_of = {
        kind: {kid.get_object()["/S"] for element in found if element["/S"] == kind for kid in element["/K"]}
        for kind in ("/L", "/LI")
    }
    assert kids_of["/L"] <= {"/LI", "/L"}
    assert kids_of["/LI"] == {"/Lbl", "/LBody"}


def test_nothing_empty_is_announced(reader):
    assert [
        element["/S"] for element in elements(reader) if not element["/K"] and element["/S"] != "/TD"
    ] == []


def test_a_figure_is_where_the_page_shows_it(reader):
    figures = [element for element in elements(reader) if element["/S"] == "/Figure"]
    for figure in figures:
        left, low, right, high = map(float, figure["/A"]["/BBox"])
        _, _, width, height = map(float, figure["/Pg"]["/MediaBox"])
        assert 35 < left < right < width - 35
        assert 40 < low < high < height - 40


def test_every_drawing_has_its_alternative_text(reader, annoeullin):
    parsed = [
        str(drawing["aria-label"]) for page in pages_of(annoeullin).values() for drawing in page.select("svg")
    ]
    found = [element["/Alt"] for element in elements(reader) if element["/S"] == "/Figure"]
    assert len(parsed) > 15
    # That of the cover says where the commune is; those of the annex come after those that argue.
    assert found[0].startswith("Carte\u00a0: Annœullin dans")
    assert sorted(found[1:]) == sorted(parsed)


def test_headings_go_down_one_level_at_a_time(reader):
    levels = [int(element["/S"][2:]) for element in elements(reader) if re.fullmatch(r"/H\d", element["/S"])]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert {1, 2, 3} == set(levels)


def test_tables_have_headings_that_their_cells_refer_to(reader):
    found = elements(reader)
    tables = [element for element in found if element["/S"] == "/Table"]
    cells = [element for element in found if element["/S"] == "/TD"]
    headings = {element["/ID"]: element for element in found if element["/S"] == "/TH"}
    assert len(tables) >= 3
    assert cells
    assert all(headings.keys() >= set(cell["/A"]["/Headers"]) != set() for cell in cells)
    for heading in headings.values():
        in_head = heading["/P"]["/P"]["/S"] == "/THead"
        assert heading["/A"]["/Scope"] == ("/Column" if in_head else "/Row")
    names = reader.trailer["/Root"]["/StructTreeRoot"]["/IDTree"]["/Names"]
    assert names[::2] == sorted(headings)
    assert [name.get_object()["/ID"] for name in names[1::2]] == names[::2]


def test_bookmarks_lead_to_the_parts_and_their_sections(reader, annoeullin, texts):
    parts = [page.h1.get_text() for page in pages_of(annoeullin).values()]
    tops = [entry for entry in reader.outline if not isinstance(entry, list)]
    after = ["Annexe : les autres figures", "Annexe : les tableaux", "Méthode, sources et limites"]
    assert [squeeze(entry.title) for entry in tops] == [
        *map(squeeze, ("Diagnostic d’Annœullin", "Sommaire", *parts, *after))
    ]
    for entry in tops:
        number = reader.get_destination_page_number(entry)
        assert squeeze(entry.title) in squeeze(texts[number])
    below = [
        entry.title
        for entry in reader.outline[reader.outline.index(tops[2]) + 1]
        if not isinstance(entry, list)
    ]
    page = next(iter(pages_of(annoeullin).values()))
    shown = [heading.get_text() for heading in page.select("main h2[id]")]
    assert below == [title for title in shown if "Méthode" not in title and "Annexe" not in title]


def test_the_contents_give_the_page_of_each_part(reader, annoeullin, texts):
    for page in pages_of(annoeullin).values():
        title = page.h1.get_text()
        number = int(re.search(rf"{re.escape(title)}[\s.]*(\d+)", "\n".join(texts[1:3]))[1])
        assert squeeze(title) in squeeze(texts[number - 1])
        assert squeeze("À retenir") in squeeze(texts[number - 1])


def test_the_list_of_figures_gives_the_page_of_each(annoeullin, texts):
    listed = squeeze("".join(texts[1:3]))
    for page in pages_of(annoeullin).values():
        for figure in page.select("figure.exhibit"):
            code, title = figure.select_one(".permalink").get_text(), figure.h3.get_text()
            number = int(re.search(rf"{re.escape(squeeze(code + title))}\.*(\d+)", listed)[1])
            assert squeeze(code) in squeeze(texts[number - 1]), code
            assert squeeze(title) in squeeze(texts[number - 1]), code


def test_pages_are_numbered_but_the_cover_and_are_a4(reader, texts):
    for number, (page, text) in enumerate(zip(reader.pages, texts, strict=True), start=1):
        width, height = float(page.mediabox.width), float(page.mediabox.height)
        assert (round(width), round(height)) == (595, 842)
        assert (squeeze(f"Page {number} sur {len(texts)}") in squeeze(text)) == (number > 1)


def test_the_pdf_says_what_the_pages_say_but_the_data_of_the_drawings(texts, annoeullin):
    parsed = squeeze("".join(texts))
    for page in pages_of(annoeullin).values():
        for element in page.select(".takeaways li, figure h3, .questions li, .debate .question, .method li"):
            assert squeeze(element.get_text()) in parsed, element.get_text()
    assert squeeze("Télécharger") not in parsed
    assert squeeze("Données du graphique") not in parsed
    assert squeeze("annoeullin-classeur.xlsx") in parsed


def test_simulated_figures_are_marked_from_the_cover_on(texts, annoeullin):
    assert squeeze("contient des données de démonstration") in squeeze(texts[0])
    marks = sum(len(page.select("figure > .demonstration")) for page in pages_of(annoeullin).values())
    # Once over the drawing.
    assert squeeze("".join(texts)).count(squeeze("Données de démonstration")) >= marks > 0


def test_links_inside_the_pdf_lead_somewhere(reader):
    names = set(reader.named_destinations)
    links = [annotation.get_object() for page in reader.pages for annotation in page.get("/Annots", [])]
    assert links
    for link in links:
        if "/Dest" in link:
            assert str(link["/Dest"]) in names
        else:
            assert link["/A"]["/URI"].startswith("https://")
        assert link["/F"] == 4
    contents = [link["/Contents"] for link in links]
    assert {"Les habitants", "Les logements", "Les âges et le logement", "Les enjeux à débattre"} <= {
        *contents
    }
    assert not [text for text in contents if text.startswith(("#", "section-")) or not text.strip()]
    owners = [element for element in elements(reader) if element["/S"] == "/Link"]
    kids = [kid.get_object() for owner in owners for kid in owner["/K"]]
    held = {kid["/Obj"].indirect_reference.idnum for kid in kids if isinstance(kid, dict) and "/Obj" in kid}
    assert held == {link.indirect_reference.idnum for link in links}


@pytest.mark.large
def test_the_same_pages_make_the_same_bytes(annoeullin):
    def make():
        found = documents.read(annoeullin)
        # One part of four: the others are made in the same way.
        return report.make(replace(found, parts=found.parts[-1:]))

    assert make() == make()
    assert posters.make(documents.read(annoeullin)) == (annoeullin / "annoeullin-affiches.pdf").read_bytes()


def test_nothing_is_fetched_from_outside(caplog):
    page = (
        '<!doctype html><html lang="fr"><title>Essai</title><img alt="x" src="http://example.org/a.png">'
        '<link rel="stylesheet" href="https://example.org/a.css"><p>Texte</p></html>'
    )
    content = pdf.print_page(page)
    assert "Texte" in PdfReader(io.BytesIO(content)).pages[0].extract_text()
    refused = [record.getMessage() for record in caplog.records if "example.org" in record.getMessage()]
    assert len(refused) == 2
    assert all("disallowed" in message for message in refused)


def test_without_the_data_of_any_poster_a_commune_has_that_of_its_numbers_and_without_them_is_reported_so(
    annoeullin,
):
    bare = documents.read(annoeullin)
    cells = [cell for part in bare.parts for cell in part.notebook.cells]
    for cell in cells:
        cell.metadata.pop("tags", None)
    assert [zone.text for zone in posters.compose(bare)[0].zones if "10\u202f847" in zone.text]
    for cell in cells:
        cell.pop("outputs", None)
    with pytest.raises(BuildError) as caught:
        posters.make(bare)
    assert "Annœullin" in caught.value.message
    assert "make data" in caught.value.remedy


def test_a_library_that_is_missing_is_reported_with_its_debian_packages(monkeypatch, tmp_path, capsys):
    (tmp_path / "weasyprint.py").write_text(
        "print('WeasyPrint could not import some external libraries.')\n"
        "raise OSError(\"cannot load library 'libpango-1.0-0'\")\n",
        encoding="utf-8",
    )
    for name in [name for name in sys.modules if name.split(".")[0] == "weasyprint"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(BuildError) as caught:
        pdf.print_page("<p>Texte</p>")
    assert "libpango-1.0-0" in caught.value.message
    assert "apt install libpango-1.0-0 libpangoft2-1.0-0" in caught.value.remedy
    assert capsys.readouterr().out == ""


@pytest.mark.large
def test_the_folder_of_the_fonts_goes_with_python_in_silence(tmp_path):
    """What is measured shares its fonts until Python ends: nothing is left of them, nothing is written."""
    ended = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys\nfrom helpers.publication.documents import pdf\nsys.last_to_go = pdf\n"
            """print(pdf.count_pages("<p>a"), pdf.measure('<p data-measured="0" style="height:10pt">a'))""",
        ],
        env={**os.environ, "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "1 [10.0]\n", "")
    assert list(tmp_path.glob("weasyprint*")) == []
