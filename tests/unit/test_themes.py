"""The themes are known from the names of the notebooks, and from nothing else."""

from __future__ import annotations

import json
import os

import pytest

from helpers import themes


@pytest.mark.parametrize(
    "ordered",
    [
        ["1_c", "2_b", "3_a"],
        ["9_neuf", "10_dix", "11_onze"],
        ["2_logement", "2a_avant", "2b_apres", "3_ages"],
        ["2_logement", "2_logements"],
    ],
)
def test_a_rank_is_a_number_and_a_letter_comes_after_it(tmp_path, ordered):
    for stem in reversed(ordered):
        (tmp_path / f"{stem}.ipynb").touch()
    for draft in ("brouillon.ipynb", "Untitled1.ipynb", "2_logement.md", "2B_x.ipynb", "_3_x.ipynb"):
        (tmp_path / draft).touch()
    assert [path.stem for path in themes.notebooks(tmp_path)] == ordered


def test_a_theme_bears_the_name_of_its_notebook(monkeypatch, tmp_path):
    monkeypatch.setattr(themes.paths, "NOTEBOOKS", tmp_path)
    for stem in ("10_ecoles_et_services", "2b_mobilite"):
        (tmp_path / f"{stem}.ipynb").touch()
    assert themes.list_themes() == ["mobilite", "ecoles_et_services"]
    assert themes.theme_of("2b_mobilite") == "mobilite"


def write(path, source, *, tags=("parameters",)):
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": ["x = 1"]},
        {"cell_type": "code", "metadata": {"tags": list(tags)}, "source": source},
    ]
    path.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("source", "names"),
    [
        (
            "commune: str = ''  # Code\npyramides: list[int] = [\n    2008,\n]\nagence=''",
            ("commune", "pyramides", "agence"),
        ),
        ("# commune = ''\nif commune == '': pass\n", ()),
        ("", ()),
    ],
)
def test_the_parameters_are_those_that_the_cell_declares(tmp_path, source, names):
    assert themes.list_parameters(write(tmp_path / "1_a.ipynb", source)) == names
    assert themes.list_parameters(write(tmp_path / "1_b.ipynb", source, tags=["setup"])) == ()


def test_a_notebook_that_changes_is_read_again(tmp_path):
    path = write(tmp_path / "1_a.ipynb", "commune = ''")
    os.utime(path, ns=(1, 1))
    assert themes.list_parameters(path) == ("commune",)
    write(path, "commune = ''\nagence = ''")
    assert themes.list_parameters(path) == ("commune", "agence")


def test_what_cannot_be_read_declares_nothing_known(tmp_path):
    assert themes.list_parameters(tmp_path / "absent.ipynb") is None
    (tmp_path / "1_a.ipynb").write_text("[]", encoding="utf-8")
    assert themes.list_parameters(tmp_path / "1_a.ipynb") is None


def test_the_notebook_that_opens_the_reading_comes_first_whatever_its_rank(tmp_path):
    for stem, metadata in {
        "1_a": {},
        "2_b": {"diagnostic": {"letter": "B"}},
        "3_c": {"diagnostic": {"opens": True}},
    }.items():
        (tmp_path / f"{stem}.ipynb").write_text(json.dumps({"cells": [], "metadata": metadata}))
    # One that cannot be read keeps its rank.
    (tmp_path / "4_d.ipynb").write_text("<<<<<<< HEAD")
    assert [path.stem for path in themes.notebooks(tmp_path)] == ["3_c", "1_a", "2_b", "4_d"]
    assert themes.read_metadata(tmp_path / "2_b.ipynb") == {"letter": "B"}
