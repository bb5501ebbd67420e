from __future__ import annotations

from datetime import date

import pytest
import val_park as val
from typer.testing import CliRunner

from helpers import paths
from helpers.cli import app, workshops


@pytest.fixture
def call(tmp_path, monkeypatch):
    """Call the command where params/ and outputs/ are its own: the code of its end, what it prints."""
    (tmp_path / "params").mkdir()
    (tmp_path / "params" / "defaut.yml").write_bytes((paths.PARAMS / "defaut.yml").read_bytes())
    monkeypatch.setattr(paths, "PARAMS", tmp_path / "params")
    monkeypatch.setattr(paths, "OUTPUTS", tmp_path / "outputs")

    def _call(*words):
        result = CliRunner().invoke(app, words)
        return result.exit_code, result.output

    return _call


def test_a_partnership_begins_with_a_convention_a_sheet_and_a_workbook(call, tmp_path):
    code, answer = call("partenariat", "--", "Hem")
    assert code == 0
    made = [path.name for path in sorted((tmp_path / "outputs" / "partenariat" / "hem").iterdir())]
    assert made == ["convention.pdf", "hem-parc-et-projets.xlsx"]
    path = tmp_path / "params" / "hem" / "convention.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("photos: feuilles\n", ""), encoding="utf-8")
    _, answer = call("partenariat", "--", "Hem")
    assert "ajouté à la fin, le reste inchangé : photos." in answer
    assert "À compléter avant la signature : objet" in answer


def test_what_the_commune_sends_back_is_read_reported_and_kept_once(call, tmp_path):
    call("partenariat", "--", "Hem")
    book = val.write(tmp_path / "retour.xlsx", val.WHOLE, code="59299", name="Hem")
    code, answer = call("materiaux", f"--fichier={book}", "--", "Hem")
    assert code == 0
    assert f"retour.xlsx, lu le {date.today():%d/%m/%Y}" in answer
    assert "33 lignes lues, 33 reprises, 0 à corriger, 0 laissée de côté" in answer
    code, answer = call("materiaux", f"--fichier={book}", "--", "Hem")
    assert (code, answer.splitlines()[-1]) == (0, "Déjà lu : rien n'a changé.")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--", "Hem"], "fichier=chemin.xlsx"),
        (["--fichier=/nulle/part.xlsx", "--", "Hem"], "Lancez d'abord make partenariat commune=hem."),
        (["--fichier=/nulle/part.xlsx", "--", "Nullepart"], "Aucune commune"),
    ],
)
def test_what_is_missing_is_reported_with_the_remedy(call, words, said):
    code, answer = call("materiaux", *words)
    assert code == 1
    assert said in answer


def test_a_file_that_is_no_workbook_is_reported_with_its_name(call, tmp_path):
    call("partenariat", "--", "Hem")
    code, answer = call("materiaux", f"--fichier={tmp_path / 'rien.xlsx'}", "--", "Hem")
    assert code == 1
    assert "rien.xlsx est absent." in answer


def test_files_of_a_workshop_are_named_with_spaces_quotes_or_one_after_the_other(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("Saisie atelier 1.xlsx", "a.xlsx", "b.xlsx"):
        (tmp_path / name).write_bytes(b"")
    named = {
        "Saisie atelier 1.xlsx": ["Saisie atelier 1.xlsx"],
        "a.xlsx b.xlsx": ["a.xlsx", "b.xlsx"],
        "'Saisie atelier 1.xlsx' a.xlsx": ["Saisie atelier 1.xlsx", "a.xlsx"],
        "saisie-d'atelier.xlsx": ["saisie-d'atelier.xlsx"],
        "": [],
    }
    for text, files in named.items():
        assert workshops._list_paths(text) == [tmp_path / name for name in files]
