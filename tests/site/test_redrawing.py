"""The drawings that documents alone show are made with the first document, once for the same notebooks."""

from __future__ import annotations

import json

import nbformat
import pytest

from helpers.exhibit import MIME, NARROW
from helpers.publication import documents
from helpers.publication.documents import redrawing


@pytest.fixture
def executed(monkeypatch):
    """The notebooks that are executed again, by stem; none shows anything."""
    asked = []

    def execute(runs):
        asked.extend(run.notebook.stem for run in runs)
        return [nbformat.v4.new_notebook() for _ in runs]

    monkeypatch.setattr(redrawing, "execute", execute)
    return asked


def shown(diagnostic):
    """What the exhibits of a diagnostic show: what each declares, then all its forms."""
    return [
        (output["data"][MIME], output["data"])
        for part in diagnostic.parts
        for cell in part.notebook.cells
        for output in cell.get("outputs", [])
        if output.get("data", {}).get(MIME, {}).get("drawn")
    ]


def test_a_build_draws_nothing_that_no_page_shows(annoeullin):
    exhibits = shown(documents.read(annoeullin, drawn=False))
    assert exhibits
    assert not [data for record, data in exhibits if NARROW in data or "projected" in record]


def test_for_documents_each_exhibit_is_drawn_in_a_column_and_from_afar_where_it_asks_something(
    folder, executed
):
    exhibits = shown(documents.read(folder))
    assert all(data[NARROW].startswith("<svg") for _, data in exhibits)
    assert all(("projected" in record) == ("question" in record) for record, _ in exhibits)
    assert any("projected" in record for record, _ in exhibits)
    assert executed == []


@pytest.mark.parametrize(
    "damage", ["a notebook changes", "the code changes", "the drawings are cut", "they are gone"]
)
def test_they_are_drawn_again_for_other_notebooks_or_where_they_cannot_be_read(folder, executed, damage):
    file = folder.parent / "_dessins" / f"{folder.name}.json"
    if damage == "a notebook changes":
        book = folder / "1_demographie.ipynb"
        book.write_text(book.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    elif damage == "the code changes":
        # Even where the notebook shows the same: what is drawn from afar may not be.
        manifest = folder / "manifest.json"
        content = json.loads(manifest.read_text(encoding="utf-8"))
        content["build"]["shared"] = "site/empreintes/0123456789abcdef.json"
        manifest.write_text(json.dumps(content), encoding="utf-8")
    elif damage == "the drawings are cut":
        file.write_text(file.read_text(encoding="utf-8")[:1000], encoding="utf-8")
    else:
        file.unlink()
    documents.read(folder)
    assert "1_demographie" in executed
    assert json.loads(file.read_text(encoding="utf-8"))["state"]
    executed.clear()
    documents.read(folder)
    assert executed == []


def test_what_is_said_at_a_workshop_has_nothing_drawn_again(folder, executed):
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    for change in ("said", "said otherwise"):
        key = f"params/{folder.name}/prive/atelier-1.json"
        manifest["build"]["request"] = [*{*manifest["build"]["request"], key}]
        manifest["build"]["inputs"][key] = change
        path.write_text(json.dumps(manifest), encoding="utf-8")
        documents.read(folder)
    assert executed == []
    # The convention is asked by the notebooks too.
    manifest["build"]["inputs"][f"params/{folder.name}/convention.yml"] = "signed"
    path.write_text(json.dumps(manifest), encoding="utf-8")
    documents.read(folder)
    assert "1_demographie" in executed


def test_an_exhibit_whose_data_are_no_longer_those_of_the_page_keeps_the_drawing_of_the_page(
    folder, executed
):
    book = folder / "1_demographie.ipynb"
    notebook = json.loads(book.read_text(encoding="utf-8"))
    records = [
        output["data"][MIME]
        for cell in notebook["cells"]
        for output in cell.get("outputs", [])
        if output.get("data", {}).get(MIME, {}).get("drawn")
    ]
    records[0]["csv"] += "\n"
    # The file of the drawings is taken for that of these notebooks.
    file = folder.parent / "_dessins" / f"{folder.name}.json"
    kept = json.loads(file.read_text(encoding="utf-8"))
    book.write_text(json.dumps(notebook), encoding="utf-8")
    documents.read(folder)
    kept["state"] = json.loads(file.read_text(encoding="utf-8"))["state"]
    file.write_text(json.dumps(kept), encoding="utf-8")
    without = [record["name"] for record, data in shown(documents.read(folder)) if NARROW not in data]
    assert without == [records[0]["name"]]


def test_those_of_a_diagnostic_that_is_gone_are_swept(folder):
    kept = folder.parent / "_dessins"
    (kept / "disparue.json").write_text("{}", encoding="utf-8")
    redrawing.sweep(folder.parent)
    assert [file.stem for file in kept.iterdir()] == [folder.name]
