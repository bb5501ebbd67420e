"""The documents of a diagnostic beside its pages: the list on the cover, hostile text, failures, commands."""

from __future__ import annotations

import html
import io
import json
import subprocess
import zipfile

import openpyxl
import pytest
from bs4 import BeautifulSoup
from page_reading import execute_here
from pypdf import PdfReader
from typer.testing import CliRunner

from helpers import cli, paths
from helpers.errors import BuildError
from helpers.parameters import load_parameters
from helpers.publication import documents
from helpers.publication.documents import posters, report, slides
from helpers.publication.incremental.manifest import mark_output
from helpers.publication.pages import commune as diagnostic
from helpers.themes import notebooks

HOSTILE = '<script>alert("1")</script> {{ 7 * 7 }} {% if %} </section> & url(#x) id="y"'


def cover_of(folder):
    return BeautifulSoup((folder / "index.html").read_text(encoding="utf-8"), "html.parser")


def listed(folder):
    return [str(link["href"]) for link in cover_of(folder).select(".documents a")]


def test_the_cover_lists_every_document_that_is_there(annoeullin):
    # The bilan ends a partnership, that this commune has not.
    kinds = [kind for kind in documents.KINDS if kind != "bilan.html"]
    expected = [documents.name_of("annoeullin", kind) for kind in kinds]
    assert listed(annoeullin) == expected
    assert all((annoeullin / name).is_file() for name in expected)


def test_the_cover_lists_none_that_is_not_there(folder):
    (folder / "annoeullin-affiches.pdf").unlink()
    documents.publish(folder, "diaporama.html", b"diaporama")
    assert "annoeullin-affiches.pdf" not in listed(folder)
    assert all((folder / name).is_file() for name in listed(folder))


def test_a_document_changes_nothing_else_of_the_cover(folder):
    def others():
        cover = cover_of(folder)
        cover.select_one(".documents").decompose()
        return str(cover)

    before = others()
    documents.publish(folder, "affiches.pdf", b"x" * 2_000_000)
    assert others() == before
    assert "2,0\u00a0Mo" in cover_of(folder).select_one(".documents").get_text()


def test_a_cover_that_lists_a_document_is_still_that_of_its_manifest(folder):
    path = folder / "manifest.json"
    record = json.loads(path.read_text(encoding="utf-8"))
    record["build"] = {"outputs": {"index.html": ["former"] * 2, "1_demographie.html": ["other"] * 2}}
    path.write_text(json.dumps(record), encoding="utf-8")
    documents.publish(folder, "diaporama.html", b"diaporama")
    marks = json.loads(path.read_text(encoding="utf-8"))["build"]["outputs"]
    assert marks["index.html"] == mark_output(folder / "index.html")
    assert marks["1_demographie.html"] == ["other"] * 2


def test_the_archive_holds_the_csv_files_and_says_what_their_sources_are(annoeullin):
    with zipfile.ZipFile(annoeullin / "annoeullin-donnees.zip") as packed:
        files = {name: packed.read(name) for name in packed.namelist()}
        assert {entry.date_time for entry in packed.infolist()} == {(2018, 1, 1, 0, 0, 0)}
    sources = files.pop("sources.csv").decode("utf-8-sig").splitlines()
    assert files == {path.name: path.read_bytes() for path in (annoeullin / "donnees").iterdir()}
    named = {line.split(";")[0] for line in sources[1:]}
    used = {
        source
        for text in files.values()
        for line in text.decode("utf-8-sig").splitlines()[1:]
        for source in line.rsplit(";", 1)[1].split("|")
    }
    assert used - {""} <= named


def test_the_workbook_has_a_sheet_for_each_file_of_data(annoeullin):
    book = openpyxl.load_workbook(annoeullin / "annoeullin-classeur.xlsx")
    contents = list(book["Sommaire"].iter_rows(min_row=5, values_only=True))
    assert {row[4] for row in contents} == {path.name for path in (annoeullin / "donnees").iterdir()}
    assert book.sheetnames == [
        "Chiffres clés",
        "Indicateurs",
        "Sommaire",
        *(row[0] for row in contents),
        "Sources",
    ]
    for row in contents:
        lines = (annoeullin / "donnees" / row[4]).read_text(encoding="utf-8-sig").splitlines()
        (table,) = book[row[0]].tables.values()
        assert int(table.ref.rpartition(":")[2].strip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) - 4 == len(lines) - 1
    population = next(row[0] for row in contents if row[4] == "population-recente.csv")
    assert [cell.value for cell in book[population][5]][:3] == ["Annœullin", 2012, 10335]


def test_hostile_names_are_shown_as_they_are_written(folder):
    page = folder / "index.html"
    text = page.read_text(encoding="utf-8")
    page.write_text(
        text.replace("Diagnostic d’Annœullin</h1>", f"{html.escape(HOSTILE)}</h1>"), encoding="utf-8"
    )
    found = documents.read(folder)
    deck = BeautifulSoup(slides.make(found), "html.parser")
    assert deck.h1.get_text() == HOSTILE
    assert len(deck.select("script")) == 2
    assert deck.title.get_text().startswith(HOSTILE)
    poster = PdfReader(io.BytesIO(posters.make(found)))
    assert poster.metadata.title.startswith(HOSTILE)
    assert '<script>alert("1")</script> {{ 7 * 7 }}' in poster.pages[0].extract_text().replace("\n", " ")


@pytest.mark.large
def test_a_hostile_comment_reaches_the_pdf_as_it_is_written(monkeypatch, tmp_path):
    monkeypatch.setattr(diagnostic, "execute", execute_here)
    only = [path for path in notebooks() if path.stem == "4_enjeux"]
    monkeypatch.setattr(diagnostic, "notebooks", lambda: only)
    parameters, commune = load_parameters("59011")
    parameters = parameters.model_copy(update={"commentaires": {"enjeux": HOSTILE}})
    built = diagnostic.build(parameters, commune, outputs=tmp_path)
    reader = PdfReader(io.BytesIO(report.make(documents.read(built))))
    shown = "".join("".join(page.extract_text() for page in reader.pages).split())
    assert "".join(HOSTILE.split()) in shown


def test_a_diagnostic_that_is_not_built_is_reported_with_the_command(tmp_path):
    with pytest.raises(BuildError) as caught:
        documents.read(tmp_path / "hem")
    assert "'hem'" in caught.value.message
    assert "make commune=hem" in caught.value.remedy


@pytest.mark.parametrize(
    "damage",
    [lambda path: path.write_text("{", encoding="utf-8"), lambda path: path.write_bytes(b"\xff\xfe\xff")],
)
@pytest.mark.parametrize("name", ["2_logement.ipynb"])
def test_a_diagnostic_that_cannot_be_read_is_named(folder, name, damage):
    damage(folder / name)
    with pytest.raises(BuildError) as caught:
        documents.read(folder)
    assert "'annoeullin'" in caught.value.message


@pytest.mark.parametrize("text", ["{", "[]", "{}"])
def test_a_manifest_of_another_version_is_reported_with_the_command(folder, text):
    (folder / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(BuildError) as caught:
        documents.read(folder)
    assert "'annoeullin' ne peut pas être lu" in caught.value.message
    assert "make commune=annoeullin" in caught.value.remedy


def test_a_manifest_whose_inputs_are_not_those_of_a_build_is_reported(folder):
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["build"]["inputs"] = ["params/annoeullin.yml"]
    path.write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(BuildError, match="'annoeullin' ne peut pas être lu"):
        documents.read(folder)


def test_a_page_that_is_not_of_the_form_expected_is_reported(folder):
    (folder / "index.html").write_text("<p>autre</p>", encoding="utf-8")
    with pytest.raises(BuildError, match="'h1' y manque"):
        slides.make(documents.read(folder))


def test_a_document_that_cannot_be_written_leaves_the_former_one(folder, monkeypatch):
    former = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}

    def refuse(self, target):
        raise OSError("disque plein")

    monkeypatch.setattr("pathlib.Path.replace", refuse)
    with pytest.raises(BuildError, match="disque plein"):
        documents.publish(folder, "diagnostic.pdf", b"partial")
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()} == former


@pytest.mark.parametrize(("command", "name"), [("slides", "diaporama.html"), ("posters", "affiches.pdf")])
def test_a_command_makes_a_document_of_what_is_built(folder, monkeypatch, command, name):
    monkeypatch.setattr(paths, "OUTPUTS", folder.parent)
    document = folder / f"annoeullin-{name}"
    before = document.read_bytes()
    document.unlink()
    result = CliRunner().invoke(cli.app, [command, "Annœullin"])
    assert result.exit_code == 0, result.output
    assert f"annoeullin-{name}" in result.output.replace("\n", "")
    assert document.read_bytes() == before


@pytest.mark.parametrize("command", ["essentiel", "pdf", "slides", "posters"])
def test_a_command_without_a_diagnostic_says_what_to_do(monkeypatch, tmp_path, command):
    monkeypatch.setattr(paths, "OUTPUTS", tmp_path)
    result = CliRunner().invoke(cli.app, [command, "Hem"])
    assert result.exit_code == 1
    assert "make commune=hem" in result.output
    assert not list(tmp_path.iterdir())


def test_make_builds_once_for_all_the_documents_that_it_is_asked():
    shown = subprocess.run(
        ["make", "--dry-run", "commune=Hem", "slides", "pdf"], cwd=paths.ROOT, capture_output=True, text=True, check=True
    ).stdout  # fmt: skip
    assert shown.count("diagnostic build") == 1
    assert shown.index("diagnostic build") < shown.index("diagnostic slides") < shown.index("diagnostic pdf")
