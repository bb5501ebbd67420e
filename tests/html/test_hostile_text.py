"""Text that comes from YAML, CSV and the store is shown as it was written: none of it lives, wherever it goes."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import zipfile
from dataclasses import asdict
from pathlib import Path

import openpyxl
import pytest
import tinyhtml5
from bs4 import BeautifulSoup
from telling import execute_here

from helpers import french, params, paths, schemas, store
from helpers.build import commune as diagnostic
from helpers.build import documents, pdf, posters, site, slides
from helpers.build.failures import FAILURES, Failure
from helpers.errors import StoreError

HEM = "59299"
# Each in the fields below, after words that tell the field.
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg/onload=alert(1)>",
    "</style></title></main></figure>",
    "{{ 7*7 }}{% raw %}{# non #}",
    "javascript:alert(1)",
    "[lien](javascript:alert(1)) ![image](http://exemple.fr/x.png) http://exemple.fr",
    "&lt;b&gt; &amp;amp; &#60;i&#62;",
    r"$\frac{1}{ et $x^$",
    "<!-- --!> <![CDATA[ ]]> <?php ?>",
)
EVERYTHING = " ".join(HOSTILE)
FORMULA = "=cmd|' /C calc'!A0"
UNSEEN = "\x00\x07\x1b\u202e\u2066"
LIVE = ["script", "iframe", "object", "embed", "img", "video", "audio", "form", "base", "link", "meta"]


def hostile_store(folder: Path) -> Path:
    """A copy of the embedded store whose every text is hostile; names stay short enough to be drawn."""
    shutil.copytree(paths.EMBEDDED, folder)
    territories = store.read_reference("territories", folder=folder)
    near = territories["epci"] == territories.loc[territories["code"] == HEM, "epci"].item()
    marks = [HOSTILE[rank % len(HOSTILE)] for rank in range(int(near.sum()))]
    territories.loc[near, "name"] = [
        f"{name} {mark}" for name, mark in zip(territories.loc[near, "name"], marks, strict=True)
    ]
    own = territories["code"] == HEM
    territories.loc[own, "name"] = f"{FORMULA} <script>x</script>"
    territories.loc[near, "epci_name"] = "MEL <img src=x onerror=alert(1)>"
    territories.loc[near, "department_name"] = '@Nord "><svg onload=alert(1)>'
    territories.loc[near, "region_name"] = "{{ 7*7 }} </style> $x$"
    sources = store.read_reference("sources", folder=folder)
    sources["citation"] = sources["citation"] + " " + EVERYTHING + " " + "long " * 200
    sources["page"] = [
        ["javascript:alert(1)", 'https://www.insee.fr/"onmouseover="alert(1)', "http://exemple.fr", "https://a.fr/<b>"][rank % 4]
        for rank in range(len(sources))
    ]  # fmt: skip
    written = {name: folder / f"{name}.parquet" for name in store.hashes(folder)}
    store.write({**written, "territories": territories, "sources": sources}, folder)
    return folder


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The folder of a diagnostic of which every text is hostile, and the texts of its PDF documents, as HTML."""
    root = tmp_path_factory.mktemp("hostile")
    texts: dict[str, str] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HELPERS_STORE", str(hostile_store(root / "store")))
        patch.setattr(diagnostic, "execute", execute_here)
        comment = f"Mot {UNSEEN}de la commune {EVERYTHING}\n\n{FORMULA}\n\n{'très long ' * 5000}"
        parameters, commune = params.load_parameters(
            HEM,
            overrides={
                "agence": f'Agence{UNSEEN} <script>alert(1)</script> {{{{ 7*7 }}}} "><img src=x onerror=x>',
                "commentaires": dict.fromkeys(params.THEMES, comment),
            },
        )
        folder = diagnostic.build(parameters, commune, outputs=root / "outputs")
        failure = Failure("59011", EVERYTHING, EVERYTHING, heading=EVERYTHING, exception=EVERYTHING)
        (root / "outputs" / FAILURES).write_text(json.dumps(asdict(failure)) + "\n", encoding="utf-8")
        site.publish(root / "outputs")
        for name, make in (("pdf", pdf), ("posters", posters)):
            patch.setattr(make, "print_page", lambda page, name=name: texts.__setitem__(name, page) or b"")
            make.make(documents.read(folder))
        texts["slides"] = slides.make(documents.read(folder)).decode()
    return folder, texts


THEMES = ["1_demographie", "2_logement", "3_pyramides", "4_enjeux"]
PAGES = [*(f"{theme}.html" for theme in THEMES), "index.html", "../index.html"]
DOCUMENTS = ["pdf", "posters", "slides"]


@pytest.fixture
def text(built, request):
    """One page, or one document, as HTML."""
    folder, documents = built
    name = request.param
    return documents[name] if name in documents else (folder / name).read_text(encoding="utf-8")


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


@pytest.mark.parametrize("text", [*PAGES, *DOCUMENTS], indirect=True)
def test_nothing_that_was_written_lives(built, text):
    own = [("script", {})] * {built[1]["slides"]: 2}.get(text, int('id="communes"' in text))
    assert live(text) == own
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
def test_a_comment_and_the_sources_are_shown_as_they_were_written(built, theme):
    soup = BeautifulSoup((built[0] / f"{theme}.html").read_text(encoding="utf-8"), "html.parser")
    first, second, third = (p.get_text() for p in soup.select(".comment p"))
    assert first == french.typography(f"Mot de la commune {EVERYTHING}")
    assert second == french.typography(FORMULA)
    assert len(third) == len("très long ") * 5000 - 1
    notes = [p.get_text() for p in soup.select("figcaption p") if p.get_text().startswith("Sources")]
    assert notes
    assert all(french.typography(EVERYTHING) in note for note in notes)
    assert all("<script>alert(1)</script> {{ 7*7 }}" in note.split("Traitements")[1] for note in notes)


@pytest.mark.parametrize("theme", THEMES)
def test_only_links_that_are_sure_are_links(built, theme):
    soup = BeautifulSoup((built[0] / f"{theme}.html").read_text(encoding="utf-8"), "html.parser")
    outside = [a["href"] for a in soup.select(".method a")]
    assert outside
    assert all(address.startswith("https://") for address in outside)


def test_the_names_are_shown_as_they_were_written(built):
    folder, _ = built
    name = french.typography(f"{FORMULA} <script>x</script>")
    for page in PAGES:
        soup = BeautifulSoup((folder / page).read_text(encoding="utf-8"), "html.parser")
        assert name in soup.get_text(), page
    index = BeautifulSoup((folder / "../index.html").read_text(encoding="utf-8"), "html.parser")
    assert french.typography(HOSTILE[0]) in index.select_one(".state.failed").get_text()


def test_no_cell_of_a_csv_file_is_a_formula(built):
    folder, _ = built
    with zipfile.ZipFile(next(folder.glob("*.zip"))) as archive:
        files = {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}
    assert "sources.csv" in files
    names = 0
    for content in files.values():
        for row in csv.reader(io.StringIO(content), delimiter=";"):
            for cell in row:
                names += cell.startswith(f"'{FORMULA}")
                assert not cell.startswith(("=", "@", "+", "\t", "\r"))
                assert not cell.startswith("-") or re.fullmatch(r"-[\d.e+-]+", cell)
    assert names


def test_no_cell_of_the_workbook_is_a_formula(built):
    book = openpyxl.load_workbook(next(built[0].glob("*.xlsx")))
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
    told, _ = params.load_parameters(
        HEM, overrides={"agence": f"A{text}B", "commentaires": {"enjeux": f"a{text}b\n\tc\u200d"}}
    )
    assert (told.agence, told.commentaires) == ("AB", {"enjeux": "ab\n\tc\u200d"})
