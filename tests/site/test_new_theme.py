"""A theme is one file: two are added, one between two others, and nothing else is edited."""

from __future__ import annotations

import importlib.util
import io
import shutil
from dataclasses import replace

import nbformat
import openpyxl
import pytest
from bs4 import BeautifulSoup
from page_reading import execute_here
from pypdf import PdfReader

from helpers import paths
from helpers.errors import ParameterError
from helpers.parameters import load_parameters
from helpers.publication import documents
from helpers.publication.documents import report, slides
from helpers.publication.incremental.manifest import read_record
from helpers.publication.pages import commune as diagnostic
from helpers.themes import notebooks

KEPT = ("1_demographie", "4_enjeux")
# As an analyst writes: pandas, a loop, an `if`, a parameter of one's own.
CELLS = {
    "parameters": """
commune: str = "59299"  # Code Insee
comparaison: list = ["france"]  # Territoires de comparaison
commentaire: str = ""  # Commentaire
seuil: int = 100  # Habitants, au moins
""",
    "setup": """
import pandas as pd

from helpers import Diagnostic
from helpers.exhibit import tabulate
from helpers.wording import Finding

d = Diagnostic.open(commune=commune, comparaison=comparaison, commentaire=commentaire)
""",
    "slide": """
years = []
people = d.table("population").rename(columns={"source": "sources"}).drop(columns="variable")
for year in (d.since, d.until):
    rows = people[people["year"] == year]
    if rows["value"].min() >= seuil:
        years.append(rows)
found = Finding("Un titre de THEME", takeaway="Une phrase de THEME.")
d.show(tabulate(pd.concat(years)), found, subject="Une figure de THEME")
""",
}
STEMS = ("1b_arrivees", "5_revenus")


@pytest.fixture(scope="module")
def patch():
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.fixture(scope="module")
def built(patch, tmp_path_factory):
    """The diagnostic of Annœullin in a project with two more notebooks: its folder."""
    root = tmp_path_factory.mktemp("project")
    patch.setattr(paths, "NOTEBOOKS", root / "notebooks")
    patch.setattr(diagnostic, "execute", execute_here)
    (root / "notebooks").mkdir()
    for stem in KEPT:
        shutil.copy2(paths.ROOT / "notebooks" / f"{stem}.ipynb", root / "notebooks")
    for stem in STEMS:
        write(root / "notebooks" / f"{stem}.ipynb", title=f"Le thème {stem}", theme=stem)
    parameters, commune = load_parameters("59011", overrides={"commentaires": {"arrivees": "Un mot d’ici."}})
    return diagnostic.build(parameters, commune, outputs=root / "outputs")


def write(path, *, title, theme):
    tagged = {
        tag: nbformat.v4.new_code_cell(source.strip().replace("THEME", theme), metadata={"tags": [tag]})
        for tag, source in CELLS.items()
    }
    retained = nbformat.v4.new_code_cell(
        f'd.takeaways("Une figure de {theme}")', metadata={"tags": ["slide"]}
    )
    book = nbformat.v4.new_notebook(
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
        cells=[
            nbformat.v4.new_markdown_cell(f"# {title}"),
            tagged["parameters"],
            tagged["setup"],
            nbformat.v4.new_markdown_cell("## Une question ?\n\nCe qu’il faut regarder."),
            tagged["slide"],
            retained,
            nbformat.v4.new_code_cell("d.comment()"),
            nbformat.v4.new_markdown_cell("## Méthode et limites\n\n- **Mot** : définition."),
            nbformat.v4.new_code_cell("d.method()"),
        ],
    )
    nbformat.write(book, path)


def read(path):
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def titles():
    """The titles of the themes, in the order of reading."""
    books = [nbformat.read(path, as_version=4) for path in notebooks()]
    return [book.cells[0].source.removeprefix("# ") for book in books]


def test_their_ranks_are_in_their_names_but_for_the_one_that_opens_the_reading(built):
    stems = [KEPT[1], KEPT[0], *STEMS]
    assert list(read_record(built).parts) == stems
    for stem in stems:
        links = [link["href"] for link in read(built / f"{stem}.html").select("nav[aria-label^=Parties] a")]
        assert links == ["index.html", *(f"{other}.html" for other in stems)]


def test_the_cover_lists_them_with_what_is_to_retain(built):
    text = read(built / "index.html").get_text()
    places = [text.index(title) for title in titles()]
    assert places == sorted(places)
    assert all(f"Une phrase de {stem}." in text for stem in STEMS)


def test_their_comments_are_parameters_like_the_others(built):
    assert "Un mot d’ici." in read(built / "1b_arrivees.html").get_text()
    assert "Un mot d’ici." not in read(built / "5_revenus.html").get_text()
    with pytest.raises(ParameterError, match=r"thème inconnu 'arrivee' ; vouliez-vous dire 'arrivees'"):
        load_parameters("59011", overrides={"commentaires": {"arrivee": "x"}})


def test_their_slides_open_with_what_is_to_retain(built):
    soup = BeautifulSoup(slides.make(documents.read(built)), "html.parser")
    parts = [section.get_text(" ", strip=True) for section in soup.select(".slides section")]
    shown = [part for part in parts if "1b_arrivees" in part]
    assert "Une phrase de 1b_arrivees." in shown[0]
    assert "Un titre de 1b_arrivees" in shown[1]
    order = [rank for rank, part in enumerate(parts) for stem in STEMS if f"Une phrase de {stem}." in part]
    assert order == sorted(order)


def test_their_figures_are_in_the_workbook_and_in_the_pdf(built):
    book = openpyxl.load_workbook(built / "annoeullin-classeur.xlsx", read_only=True)
    cells = [cell.value for row in book["Sommaire"].iter_rows() for cell in row]
    book.close()
    found = documents.read(built)
    added = [part for part in found.parts if part.stem in STEMS]
    assert len(added) == len(STEMS)
    printed = PdfReader(io.BytesIO(report.make(replace(found, parts=added))))
    text = " ".join("".join(page.extract_text() for page in printed.pages).split())
    for stem in STEMS:
        assert f"Un titre de {stem}" in cells
        assert f"Un titre de {stem}" in text
        assert (built / "donnees" / f"une-figure-de-{stem.replace('_', '-')}.csv").is_file()


def test_their_references_are_made_as_those_of_the_others(built, patch, tmp_path):
    place = paths.ROOT / "tests" / "regression" / "make_references.py"
    patch.syspath_prepend(place.parent)
    spec = importlib.util.spec_from_file_location("make_references", place)
    maker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(maker)
    patch.setattr(maker, "execute", execute_here)
    patch.setattr(maker, "FOLDER", tmp_path)
    path = next(path for path in notebooks() if path.stem == "1b_arrivees")
    (reference,) = maker.make("59011", [path]).values()
    shown = [output for cell in reference.cells for output in cell.get("outputs", [])]
    assert "Un titre de 1b_arrivees" in shown[0]["data"]["text/plain"]
    nbformat.validate(reference)
