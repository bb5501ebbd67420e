"""The themes are known from the names of the notebooks, and from nothing else."""

from __future__ import annotations

import json
import os

import pytest

from helpers import themes
from helpers.errors import ParameterError


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


@pytest.mark.parametrize(
    ("content", "clue"),
    [(None, "No such file"), (b"[]", "1_a.ipynb"), (b'{"cells": [\n {]}', "ligne 2"), (b"\xe9", "1_a.ipynb")],
)
def test_a_notebook_that_cannot_be_read_is_named_with_what_to_do(tmp_path, content, clue):
    path = tmp_path / "1_a.ipynb"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ParameterError, match=r"Carnet illisible : .*1_a\.ipynb") as caught:
        themes.list_parameters(path)
    assert clue in caught.value.message
    assert "git checkout -- notebooks/1_a.ipynb" in caught.value.remedy


def test_a_notebook_that_git_could_not_merge_names_its_line_and_what_to_do(tmp_path):
    path = write(tmp_path / "1_a.ipynb", "commune = ''")
    lines = json.dumps(json.loads(path.read_text(encoding="utf-8")), indent=1).splitlines()
    lines[4:4] = ["<<<<<<< HEAD", "=======", ">>>>>>> autre"]
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(ParameterError, match=r"1_a\.ipynb, ligne 5 : des marques de fusion") as caught:
        themes.list_parameters(path)
    for clue in ("une des deux versions", "<<<<<<<", "git checkout --ours -- notebooks/1_a.ipynb"):
        assert clue in caught.value.remedy


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
