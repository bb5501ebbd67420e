"""JupyterLab on a commune: copies with its parameters, that an analyst may change; the notebooks stay as they are."""

from __future__ import annotations

import json
import os
from pathlib import Path

import nbformat
import pytest
import shipped

from helpers import paths, workbench
from helpers.errors import UnknownCommuneError
from helpers.themes import PARAMETERS


def parameters_of(path):
    (cell,) = [
        cell
        for cell in nbformat.read(path, as_version=4).cells
        if PARAMETERS in cell.metadata.get("tags", [])
    ]
    space = {}
    exec(cell.source, space)
    return space


def change(path, cell, source):
    book = nbformat.read(path, as_version=4)
    book.cells[cell].source = source
    nbformat.write(book, path)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "essai.yml"
    path.write_text('commune: "59299"\nagence: "L\'agence « é »"\ndecalage: 1\ncomparaison: [epci, france]\n')
    return path


def test_copies_hold_the_parameters_of_the_file_and_the_dates_of_a_build(tmp_path, file):
    before = {path: path.read_bytes() for path in shipped.notebooks()}
    opened = workbench.prepare(str(file), folder=tmp_path / "lab")
    assert [copy.parent.name for copy in opened.notebooks] == ["hem"] * len(opened.notebooks)
    found = parameters_of(opened.notebooks[1])
    assert found["commune"] == "59299"
    assert found["agence"] == "L'agence « é »"
    assert found["decalage"] == 1
    assert found["comparaison"] == ["epci", "france"]
    assert found["millesime"] == 2018
    for copy in opened.notebooks:
        nbformat.validate(nbformat.read(copy, as_version=4))
    assert before == {path: path.read_bytes() for path in shipped.notebooks()}


def test_a_copy_changed_by_hand_is_kept_and_named(tmp_path, file):
    folder = tmp_path / "lab"
    first = workbench.prepare(str(file), folder=folder)
    change(first.notebooks[0], 3, "1 + 1")
    again = workbench.prepare(str(file), folder=folder)
    assert again.kept == [first.notebooks[0]]
    assert nbformat.read(first.notebooks[0], as_version=4).cells[3].source == "1 + 1"


def test_parameters_changed_by_hand_or_outputs_do_not_keep_a_copy(tmp_path, file):
    folder = tmp_path / "lab"
    first = workbench.prepare(str(file), folder=folder)
    book = nbformat.read(first.notebooks[0], as_version=4)
    book.cells[1].source = book.cells[1].source.replace("59299", "59011")
    book.cells[3].outputs = [nbformat.v4.new_output("stream", text="a")]
    nbformat.write(book, first.notebooks[0])
    assert workbench.prepare(str(file), folder=folder).kept == []
    assert parameters_of(first.notebooks[0])["commune"] == "59299"


def test_values_are_written_in_place_and_comments_stay():
    source = 'a: str = "é"  # Été\nb = [\n    1,\n]  # deux\nc: int = 3'
    filled = workbench.fill(source, {"a": 'x"y', "b": ["u", 2], "z": 1})
    assert filled == 'a: str = "x\\"y"  # Été\nb = ["u", 2]  # deux\nc: int = 3'


def test_an_unknown_commune_opens_nothing(tmp_path):
    with pytest.raises(UnknownCommuneError):
        workbench.prepare("Nulle-Part-les-Bains", folder=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_workspace_opens_the_themes_at_the_root_of_the_project(tmp_path, file, monkeypatch):
    opened = workbench.prepare(str(file), folder=tmp_path / "lab")
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    words = workbench.command(opened, workspaces=tmp_path)
    assert f"--ServerApp.root_dir={tmp_path}" in words
    assert "--LabApp.default_url=/lab/workspaces/hem" in words
    (saved,) = tmp_path.glob("*.jupyterlab-workspace")
    data = json.loads(saved.read_text())["data"]
    assert [
        data[name]["data"]["path"] for name in data["layout-restorer:data"]["main"]["dock"]["widgets"]
    ] == [str(copy.relative_to(paths.ROOT)) for copy in opened.notebooks]


def test_without_a_commune_nothing_is_copied():
    assert "--LabApp.default_url=/lab/tree/notebooks" in workbench.command(None)


@pytest.mark.parametrize(("user", "allowed"), [(0, True), (1000, False)])
def test_root_may_open_it_in_a_container(monkeypatch, user, allowed):
    monkeypatch.setattr(os, "geteuid", lambda: user)
    assert ("--allow-root" in workbench.command(None)) is allowed


def test_no_news_are_asked_of_the_network():
    first = workbench.environment()["JUPYTER_CONFIG_PATH"].split(os.pathsep)[0]
    settings = json.loads((Path(first) / "labconfig" / "page_config.json").read_text())
    assert settings["disabledExtensions"]["@jupyterlab/apputils-extension:announcements"]
