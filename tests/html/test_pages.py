"""The pages that people open: what they hold, how they are made, and that they tell the figures of the store."""

from __future__ import annotations

import io
import json
import re
import zipfile
from copy import copy
from functools import partial
from importlib.metadata import version
from itertools import pairwise
from urllib.parse import unquote

import nbformat
import pytest
import shipped
from page_reading import complaints, execute_here, read
from pypdf import PdfReader

from helpers import french, paths, store
from helpers.errors import DiagnosticError, MergedCommuneError, MissingDataError
from helpers.parameters import load_parameters
from helpers.publication import documents
from helpers.publication.documents import essential
from helpers.publication.incremental.manifest import read_record
from helpers.publication.pages import commune as diagnostic
from helpers.publication.pages import render, site
from helpers.themes import notebooks

THEMES = shipped.STEMS
PAGES = [*[f"{theme}.html" for theme in THEMES], "index.html"]
# A page must open at once over a poor line.
HEAVIEST = 400_000

CAUSES = re.compile(
    r"à cause d|en raison d|grâce à|\bdonc\b|parce qu|car\b|par conséquent|s’explique|dû à|due à la"
)
# What is made from figures; why a card is retained is a cause that pages say.
SENTENCES = (
    ".takeaways li, hgroup h2, figure h3, figure .reading, .debate .fact, .debate .question, .debate .issue"
)


@pytest.fixture(scope="module")
def soups(annoeullin):
    return {name: read(annoeullin / name) for name in PAGES}


@pytest.fixture
def tell(monkeypatch, tmp_path):
    """Build the diagnostic of a commune in this process, or only some of its parts."""

    def _tell(code, *, only=THEMES, **overrides):
        monkeypatch.setattr(diagnostic, "execute", execute_here)
        monkeypatch.setattr(
            diagnostic, "notebooks", lambda: [path for path in notebooks() if path.stem in only]
        )
        parameters, commune = load_parameters(f"insee:{code}", overrides=overrides)
        folder = diagnostic.build(parameters, commune, outputs=tmp_path / "outputs")
        site.write(site.list_entries(tmp_path / "outputs"), tmp_path / "outputs")
        return folder

    return _tell


def headings(soup):
    return [(int(tag.name[1]), tag.get_text()) for tag in soup.find_all(re.compile(r"^h[1-6]$"))]


def faults(folder, name, soup=None):
    """What is wrong with the making of one page of a folder."""
    page, soup = folder / name, soup or read(folder / name)
    found = []
    if page.stat().st_size > HEAVIEST:
        found.append(f"{page.stat().st_size} bytes")
    if soup.html.get("lang") != "fr":
        found.append("not in French")
    levels = [level for level, _ in headings(soup)]
    if levels.count(1) != 1 or levels[0] != 1:
        found.append(f"headings of level 1: {levels}")
    found += [
        f"heading of level {after} after {before}" for before, after in pairwise(levels) if after > before + 1
    ]
    found += [f"empty heading of level {level}" for level, text in headings(soup) if not text.strip()]
    names = [tag["id"] for tag in soup.find_all(id=True)]
    found += [f"identifier {name!r} used twice" for name in {name for name in names if names.count(name) > 1}]
    for link in soup.find_all("a", href=True):
        address = str(link["href"])
        if address.startswith("#") and unquote(address[1:]) not in map(unquote, names):
            found.append(f"{address} leads nowhere")
        elif not address.startswith(("#", "http")):
            other, _, place = address.partition("#")
            if other.removesuffix(".html") in THEMES and not (folder / other).with_suffix(".ipynb").exists():
                # A part that is not built here.
                continue
            if not (folder / other).resolve().exists():
                found.append(f"{address} is not there")
            elif place and not read(folder / other).find(id=unquote(place)):
                found.append(f"{address} leads nowhere")
    for svg in soup.find_all("svg"):
        # The map of the index is a group of links.
        if (
            svg.get("role") != ("group" if svg.find("a") else "img")
            or not str(svg.get("aria-label", "")).strip()
        ):
            found.append("a drawing without alternative text")
    for figure in soup.find_all("figure", class_="exhibit"):
        found += [f"{figure.get('id')}: {fault}" for fault in faults_of_exhibit(folder, figure)]
    for tag in soup.find_all(
        ["script", "link", "iframe", "object", "embed", "img", "source", "video", "use"]
    ):
        address = str(tag.get("src") or tag.get("href") or tag.get("xlink:href") or "")
        # A page holds the script that it is better with, and the index those of its table.
        own = tag.string == render.enhancer() or soup.find(id="communes")
        scripted = tag.name == "script" and (address or not own)
        if scripted or tag.name in ("iframe", "object", "embed") or re.match(r"(?:https?:)?//", address):
            found.append(f"<{tag.name}> loads {address or 'a script'}")
    styles = "".join(tag.get_text() for tag in soup.find_all("style"))
    found += [
        f"the style loads {address}"
        for address in re.findall(r"@import|url\((?!data:)[^)#]*//[^)]*\)", styles)
    ]
    coded = [tag for tag in soup.find_all("pre") if not tag.find_parent("details", class_="listing")]
    coded += soup.find_all(class_=re.compile("input|highlight|prompt"))
    found += [f"code is shown: {tag.get_text()[:60]!r}" for tag in coded]
    shown = bool(soup.select("figure .demonstration")) or "données de démonstration)" in soup.get_text()
    said = bool(soup.select(".demonstration-page, .parts .demonstration"))
    # The cover speaks for its parts, whose exhibits it does not show.
    if shown > said or (said > shown and name != "index.html"):
        found.append(f"simulated values: {shown}, said at the top of the page: {said}")
    return found


def faults_of_exhibit(folder, figure):
    found = []
    notes = figure.find("figcaption").get_text() if figure.find("figcaption") else ""
    if not re.search(r"Sources\u00a0: ?\S", notes) or "géographie au" not in notes:
        found.append("no line of sources")
    table = figure.find("table")
    if table is None:
        return [*found, "no table"]
    if table.find("caption") is None or not table.find("caption").get_text(strip=True):
        found.append("a table without a caption")
    cells = table.find_all("th")
    if not cells or any(cell.get("scope") not in ("col", "row") for cell in cells):
        found.append("headings without a scope")
    if not table.find("th", scope="col") or not table.find("th", scope="row"):
        found.append("no heading of columns or of rows")
    link = figure.find("a", href=re.compile(r"^donnees/.+\.csv$"))
    if link is None or not (folder / str(link["href"])).is_file():
        found.append("no data to download")
    return found


# Annœullin, built whole.


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_well_made(annoeullin, soups, name):
    assert faults(annoeullin, name, soups[name]) == []


@pytest.mark.parametrize("name", PAGES)
def test_the_words_and_figures_of_a_page_are_french(soups, name):
    assert complaints(soups[name]) == []


def test_the_index_of_the_diagnostics_is_well_made_and_leads_to_the_commune(annoeullin):
    outputs = annoeullin.parent
    assert faults(outputs, "index.html") == []
    links = [a["href"] for a in read(outputs / "index.html").select("table a")]
    assert links == ["annoeullin/index.html"]


def test_every_part_has_its_page_its_notebook_and_a_link_from_the_cover(annoeullin, soups):
    links = [a["href"] for a in soups["index.html"].select("main a[href]")]
    for theme in THEMES:
        assert f"{theme}.html" in links
        assert (annoeullin / f"{theme}.ipynb").is_file()


def test_the_cover_repeats_what_every_part_has_to_retain(soups):
    cover = soups["index.html"].get_text()
    for theme in THEMES:
        sentences = [item.get_text() for item in soups[f"{theme}.html"].select(".takeaways li")]
        assert 1 <= len(sentences) <= 5, theme
        assert all(sentence in cover for sentence in sentences), theme


@pytest.mark.parametrize("theme", THEMES)
def test_no_sentence_made_from_figures_names_a_cause(soups, theme):
    soup = soups[f"{theme}.html"]
    result = soup.select(SENTENCES)
    assert result
    assert [tag.get_text() for tag in result if CAUSES.search(tag.get_text())] == []


@pytest.mark.parametrize(
    ("theme", "simulated"), [(theme, theme != "4_enjeux") for theme in THEMES], ids=THEMES
)
def test_a_page_says_at_its_top_whether_it_holds_simulated_figures(soups, theme, simulated):
    assert bool(soups[f"{theme}.html"].select(".demonstration-page")) is simulated


def test_an_exhibit_is_marked_where_and_only_where_its_data_are_simulated(annoeullin, soups):
    marked = {
        figure["id"]: bool(figure.select(".demonstration"))
        for soup in soups.values()
        for figure in soup.select("figure.exhibit")
    }
    for name, shown in marked.items():
        data = (annoeullin / "donnees" / f"{name}.csv").read_text(encoding="utf-8-sig")
        assert shown is (";demonstration;" in data), name
    assert set(marked.values()) == {True, False}


@pytest.mark.parametrize("theme", THEMES)
def test_the_method_and_the_code_are_folded_at_the_end(annoeullin, soups, theme):
    soup = soups[f"{theme}.html"]
    definitions = soup.select_one("main details.definitions")
    assert definitions.find_previous("h2")["id"] == soup.select(".contents a")[-1]["href"].removeprefix("#")
    assert len(definitions.select("li")) >= 3
    # What is to be known to read the page stays in sight.
    assert not definitions.select(".method")
    assert soup.select_one("main > .method h3")
    book = nbformat.read(annoeullin / f"{theme}.ipynb", as_version=4)
    cells = [cell.source for cell in book.cells if cell.cell_type == "code"]
    assert [code.get_text() for code in soup.select("footer details.listing code")] == cells
    link = soup.select_one("footer a[download]")
    assert (annoeullin / link["href"]).is_file()


def provenance(soup):
    """What the foot of a page says it was made from, by label; the tables read, with their marks."""
    rows = soup.select("footer .colophon dl > div:not(:has(ul))")
    tables = {item.code.get_text(): item.get_text().split()[-1] for item in soup.select(".colophon li")}
    return {row.dt.get_text(): row.dd.get_text() for row in rows}, tables


@pytest.mark.parametrize("theme", THEMES)
def test_a_page_says_what_it_was_made_from(annoeullin, soups, theme):
    result, tables = provenance(soups[f"{theme}.html"])
    assert result["Commune"] == "Annœullin (59), code Insee 59011"
    assert result["Recensements comparés"] == "2012 et 2018"
    assert result["Territoires de comparaison"] == "intercommunalité, département, région et France"
    assert re.fullmatch(
        r"sources de \d{4} à \d{4}\u202f; communes au 1er janvier 2026", result["Date des données"]
    )
    assert re.fullmatch(rf"version {version('helpers')}, empreinte [0-9a-f]{{10}}", result["Code"])
    read = read_record(annoeullin).parts[theme].reads
    marks = store.hashes(paths.EMBEDDED)
    assert tables == {
        key.removeprefix("table:"): marks[key.removeprefix("table:")][:10]
        for key in read
        if key.startswith("table:")
    }


def test_the_cover_says_what_all_the_pages_were_made_from(soups):
    result, tables = provenance(soups["index.html"])
    pages = [provenance(soups[f"{theme}.html"]) for theme in THEMES]
    assert tables == dict(sorted({name: mark for _, read in pages for name, mark in read.items()}.items()))
    own = {"Date des données", "Code"}
    for label in result.keys() - own:
        assert {page[label] for page, _ in pages} == {result[label]}
    assert len({page["Code"] for page, _ in pages} | {result["Code"]}) == len(THEMES) + 1


def test_every_file_of_data_belongs_to_an_exhibit(annoeullin, soups):
    names = {figure["id"] for soup in soups.values() for figure in soup.select("figure.exhibit")}
    assert {path.stem for path in (annoeullin / "donnees").iterdir()} == names


def test_the_data_open_in_a_spreadsheet_and_in_a_program(annoeullin):
    for path in (annoeullin / "donnees").iterdir():
        raw = path.read_bytes()
        # Excel takes a file for UTF-8 by its mark.
        assert raw.startswith(b"\xef\xbb\xbf"), path.name
        head, *rows = raw.decode("utf-8-sig").splitlines()
        columns = head.split(";")
        assert columns[-2:] == ["Origine", "Sources"], path.name
        assert rows, path.name
        for row in rows:
            cells = row.split(";")
            assert len(cells) == len(columns), (path.name, row)
            assert not any(
                # In words, a number is written as in a sentence.
                re.search(r"(?:^|[^ ])\d[\s\u202f\u00a0]\d|\d\.\d|−|n\.d\.|nan", cell)
                for cell in cells[:-2]
                if not re.search(r"[a-z]{3}", cell)
            ), row


def cells_of(soup, name):
    """The table of an exhibit: heading of the row -> heading of the column -> text."""
    table = soup.select_one(f"figure#{name} table")
    columns = [th.get_text(strip=True) for th in table.select("thead th")]
    return {
        row.find("th").get_text(strip=True): dict(
            zip(columns, [cell.get_text(strip=True) for cell in row.find_all(["th", "td"])], strict=True)
        )
        for row in table.select("tbody tr")
    }


def test_the_figures_of_the_page_are_those_that_insee_publishes(soups):
    # https://www.insee.fr/fr/statistiques/2521169: P13_POP, P18_POP; population of 2023,
    # https://www.insee.fr/fr/statistiques/8680726.
    row = cells_of(soups["1_demographie.html"], "soldes-naturel-et-migratoire")["Annœullin"]
    assert row["Population (2013)"] == "10\u202f246"
    assert row["Population (2018)"] == "10\u202f486"
    assert row["Évolution"] == "+240"
    assert "10\u202f847" in soups["4_enjeux.html"].select_one(".key-figures").get_text()


def test_a_fact_of_a_card_leads_to_a_figure_with_its_data_and_tells_how_it_is_computed(soups):
    facts = soups["4_enjeux.html"].select(".debate details > ul > li")
    assert facts
    for fact in facts:
        page, _, anchor = fact.a["href"].partition("#")
        shown = soups[page or "4_enjeux.html"].find(id=anchor)
        assert shown.name == "figure", fact
        assert shown.select_one("a[download]"), fact
        assert fact.select_one(".computed").get_text().startswith("Calcul\u00a0:"), fact


@pytest.mark.parametrize(
    ("page", "exhibit", "column", "table", "variable"),
    [
        ("1_demographie.html", "soldes-naturel-et-migratoire", "Naissances", "flows", "NAIS"),
        ("1_demographie.html", "soldes-naturel-et-migratoire", "Décès", "flows", "DECE"),
        ("1_demographie.html", "soldes-naturel-et-migratoire", "Population (2018)", "population", "POP"),
        ("2_logement.html", "proprietaires-occupants", "Résidences principales", "dwellings", "RP"),
        ("2_logement.html", "proprietaires-occupants", "Effectif", "dwellings", "RP_PROP"),
    ],
)
def test_the_figures_of_the_page_are_those_of_the_store(soups, page, exhibit, column, table, variable):
    names = {
        "Annœullin": ("commune", "59011"),
        "MEL": ("epci", "200093201"),
        "Nord": ("departement", "59"),
        "Hauts-de-France": ("region", "32"),
    }
    frame = store.read(table, folder=paths.EMBEDDED)
    frame = frame[(frame["variable"] == variable) & (frame["year"] == 2018)]
    frame = frame[frame["since"] == 2013] if table == "flows" else frame
    values = frame[frame["origin"] == "insee"].set_index(["level", "code"])["value"]
    rows = cells_of(soups[page], exhibit)
    for name, area in names.items():
        assert rows[name][column] == french.count(values[area]), name


def test_the_manifest_says_what_the_pages_were_made_from(annoeullin):
    manifest = json.loads((annoeullin / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["commune"] == "59011"
    assert manifest["parameters"]["millesime"] == 2018
    assert (annoeullin / "manifest.json").stat().st_size < 3000
    assert manifest["demonstration"] == {theme: theme != "4_enjeux" for theme in THEMES}


def test_nothing_of_the_machine_that_built_them_is_in_the_pages(annoeullin):
    written = {path.name: path.read_bytes() for path in annoeullin.rglob("*") if path.is_file()}
    for name in [name for name in written if name.endswith((".zip", ".xlsx"))]:
        with zipfile.ZipFile(io.BytesIO(written.pop(name))) as packed:
            written |= {f"{name}/{member}": packed.read(member) for member in packed.namelist()}
    for name, content in written.items():
        assert str(annoeullin.parent).encode() not in content, name
        assert str(paths.ROOT).encode() not in content, name


def test_a_kernel_and_this_process_tell_the_same(soups, tell):
    here = read(tell("59011", only=["4_enjeux"]) / "4_enjeux.html").main
    there = copy(soups["4_enjeux.html"].main)
    # Of a single theme, there is no next part.
    for nav in (*here.select(".next"), *there.select(".next")):
        nav.decompose()
    assert str(here).split() == str(there).split()


# Every kind of commune, reported in this process.


@pytest.mark.parametrize("code", ["97411", "29155"])
def test_a_commune_that_has_too_few_neighbours_is_ranked_among_comparable_ones(tell, code):
    soup = read(tell(code, only=["4_enjeux"]) / "4_enjeux.html")
    assert soup.select("figure#faits-compares table")
    assert "communes comparables" in soup.select_one("#faits-compares").get_text()


ENDS = ["1_demographie", "4_enjeux"]
# Those of make large: it reads 295 communes page by page too.
far = partial(pytest.param, marks=pytest.mark.large)


@pytest.mark.parametrize(
    ("code", "only", "without"),
    [
        far("59299", ["2_logement", "4_enjeux"], "", id="Hem"),
        pytest.param("02278", THEMES, "grands-groupes-d-ages", id="Éparcy, 28 inhabitants"),
        far(
            "39198",
            ["2_logement", "3_pyramides"],
            "pyramide-des-ages",
            id="Dole, known by the national core only",
        ),
        far("75056", ENDS, "deux-comparaisons", id="Paris, its own département"),
        far("2A004", ["2_logement"], "point-mort-retrospectif", id="Ajaccio, in Corsica"),
        far("97411", ENDS, "deux-comparaisons", id="Saint-Denis, in an EPCI of three communes"),
        pytest.param("29155", ["1_demographie"], "carte-des-75-ans-ou-plus", id="Ouessant, without an EPCI"),
        far(
            "85084",
            ["2_logement", "4_enjeux"],
            "point-mort-retrospectif",
            id="Essarts-en-Bocage, split in 2024",
        ),
    ],
)
def test_any_commune_gets_well_made_french_pages(tell, code, only, without):
    folder = tell(code, only=only)
    found = []
    for name in [*[f"{theme}.html" for theme in only], "index.html"]:
        soup = read(folder / name)
        assert not without or not soup.select(f"figure#{without}"), without
        # What a village has to retain is in its form.
        opened = ".takeaways" if code != "02278" else ".form, figure.exhibit, .method .absence"
        assert soup.select(f"{opened}, ol.parts, .key-figures"), name
        found += [f"{name}: {fault}" for fault in [*faults(folder, name, soup), *complaints(soup)]]
        found += [
            f"{name}: a cause: {tag.get_text()}"
            for tag in soup.select(SENTENCES)
            if CAUSES.search(tag.get_text())
        ]
    assert found == []
    if code == "02278":
        assert not read(folder / "4_enjeux.html").select("figure#faits-compares")
        # The questions of its sections stay theirs: twenty people go in no direction.
        assert not read(folder / "1_demographie.html").select("hgroup")
        # So little follows on without new pages.
        assert len(PdfReader(io.BytesIO(essential.make(documents.read(folder)))).pages) <= 2
    if code == "59299":
        # Published: +150 homes, −721 people in households, 433 homes for a stable population
        # (https://www.insee.fr/en/statistiques/8206660?geo=COM-59299, FAM T1).
        result = [item.get_text() for item in read(folder / "2_logement.html").select(".takeaways li")]
        for written in (
            "150\u00a0résidences principales de plus",
            "721\u00a0personnes de moins",
            "433 de plus",
        ):
            assert written in result[1]
        # Of RP2012 and RP2018: what the main homes gained are made of opens the page.
        assert (
            "314\u00a0résidences principales de plus\u00a0: 260 de plus pour les locataires hors HLM"
            in result[0]
        )


@pytest.mark.parametrize("theme", THEMES)
def test_the_titles_of_sections_are_findings_that_their_exhibits_do_not_repeat(soups, theme):
    soup = soups[f"{theme}.html"]
    asked = [tag.find(string=True).strip() for tag in soup.select("hgroup .asked")]
    # A section that rests on simulated figures keeps its question for title: those of ages by tenure, here.
    assert len(asked) >= (0 if theme == "3_pyramides" else 2)
    assert all(question.endswith("?") for question in asked)
    found = [tag.get_text() for tag in soup.select("hgroup h2")]
    assert not set(found) & {tag.get_text() for tag in soup.find_all("h3")}
    assert not [title for title in found if title.endswith((".", "?"))]
    contents = {link["href"].removeprefix("#") for link in soup.select(".contents a")}
    assert {tag["id"] for tag in soup.select("hgroup h2")} <= contents


@pytest.mark.parametrize(
    ("code", "kind", "clue"),
    [
        pytest.param("55039", MissingDataError, "pas d'habitant", id="Beaumont-en-Verdunois, without a soul"),
        pytest.param("97611", MissingDataError, "Mayotte", id="Mamoudzou, outside these vintages"),
        pytest.param("85165", MissingDataError, "cinq ans", id="L'Oie, born of a split in 2024"),
        pytest.param("59355", MergedCommuneError, "Lille (59350)", id="Lomme, merged"),
    ],
)
def test_a_commune_of_which_nothing_can_be_reported_is_refused_clearly(tell, tmp_path, code, kind, clue):
    with pytest.raises(kind) as caught:
        tell(code)
    assert isinstance(caught.value, DiagnosticError)
    assert clue in str(caught.value)
    assert caught.value.remedy
    assert not (tmp_path / "outputs").exists()


def test_a_split_commune_is_not_reported_across_its_split(tell):
    # 9 053 inhabitants in 2018 (https://www.insee.fr/fr/statistiques/2521169) with L'Oie and Sainte-Florence;
    # 6 835 in 2022 without them (https://www.insee.fr/fr/statistiques/8290591): nobody left.
    soup = read(tell("85084", only=["1_demographie"]) / "1_demographie.html")
    assert "6\u202f835" not in soup.get_text()
    assert "la population augmente" in soup.select_one(".takeaways").get_text()
    assert "scission" in soup.select_one(".method").get_text()


def test_simulated_figures_of_older_vintages_are_marked_up_to_the_cover(tell):
    folder = tell("59220", only=["4_enjeux"], millesime=2013, millesime_ancien=2008)
    for name in ["4_enjeux.html", "index.html"]:
        assert faults(folder, name) == [], name
    assert read(folder / "4_enjeux.html").select(".demonstration-page")
    key_figures = read(folder / "index.html").select_one(".key-figures").get_text()
    assert "données de démonstration" in key_figures


@pytest.mark.large
def test_a_name_with_an_apostrophe_is_written_as_the_others_are(tell):
    # Villeneuve-d'Ascq.
    folder = tell("59009", only=["1_demographie"])
    for name in ["1_demographie.html", "index.html"]:
        soup = read(folder / name)
        assert faults(folder, name, soup) == []
        assert "Villeneuve-d’Ascq" in soup.get_text()
        for svg in soup.find_all("svg"):
            svg.decompose()
        assert "Villeneuve-d'Ascq" not in soup.get_text()
        assert "&#x27;" not in soup.get_text()


def test_a_hostile_comment_is_shown_as_it_was_written_its_lists_and_bold_apart(tell):
    hostile = [
        "<script>alert(1)</script>",
        "{{ 7*7 }}{% raw %}{# none #}",
        "</p></section></main>",
        "a & b < c &amp d",
        "# Titre",
        '"><svg onload=alert(1)>',
    ]
    folder = tell(
        "59299",
        only=["4_enjeux"],
        commentaires={"enjeux": "\n\n".join([*hostile, "* liste `code` **gras**"])},
    )
    soup = read(folder / "4_enjeux.html")
    shown = [p.get_text() for p in soup.select(".comment p")]
    assert [text.replace("\u00a0", " ") for text in shown] == hostile
    assert [item.get_text() for item in soup.select(".comment li")] == ["liste `code` gras"]
    assert [bold.get_text() for bold in soup.select(".comment strong")] == ["gras"]
    assert [tag.string for tag in soup.find_all("script")] == [render.enhancer()]
    assert not soup.find(onload=True)
    assert len(soup.find_all("main")) == len(soup.find_all("h1")) == 1
