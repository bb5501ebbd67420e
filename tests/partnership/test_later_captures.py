"""The capture workbooks of workshops 2 and 3: issues, pawns, levers and decisions that two scribes typed."""

from __future__ import annotations

import io
import re

import openpyxl
import pytest
import val_sur_deule as town

from helpers import paths
from helpers.contributions import agreed, kept
from helpers.partnership import capture_sheets as sheets
from helpers.partnership import capture_workbook, importing

SLUG = town.KIT.slug
KITS = {number: town.KIT.model_copy(update={"number": number}) for number in (2, 3)}


@pytest.fixture
def capture(tmp_path, monkeypatch):
    """Write a workbook of a workshop: its rows by sheet, each begun at the first one."""
    monkeypatch.setattr(paths, "PARAMS", tmp_path)
    monkeypatch.setitem(sheets.ROWS, "contributions", 5)
    for kit in KITS.values():
        kept.write_kit(kit)

    def _write(number, letter, rows, *, name=""):
        kit = KITS[number]
        book = openpyxl.load_workbook(io.BytesIO(capture_workbook.make(kit, letter=letter)))
        for title, typed in rows.items():
            for rank, values in enumerate(typed, start=sheets.FIRST_ROW + 1):
                for key, value in values.items():
                    town.put(book, title, rank, key, value)
        path = kept.capture_folder(SLUG, number) / f"{name or f'{kit.name}-saisie-{letter}'}.xlsx"
        path.parent.mkdir(parents=True, exist_ok=True)
        book.save(path)
        return path

    return _write


def plain(text):
    return text.replace("\u202f", " ").replace("\xa0", " ")


def found(account):
    return plain("\n".join(map(str, account.merged.messages)))


def test_two_levers_of_one_code_are_reported_with_what_to_do(capture):
    capture(3, "A", {"Leviers": [{"phrase": "Permis de louer"}, {"phrase": "Permanence au CCAS"}]})
    capture(3, "B", {"Leviers": [{"phrase": "Permis de louer."}, {"phrase": "Bourse au logement"}],
                     "Décisions": [{"texte": "Saisir la MEL"}]})  # fmt: skip
    assert found(importing.run(SLUG, 3)) == (
        "val-sur-deule-atelier-3-saisie-B, Leviers, ligne 5 : A-02 : deux leviers différents (saisies A et B) : "
        "« Permanence au CCAS » et « Bourse au logement ». Donnez-leur deux codes, puis réimportez."
    )


@pytest.mark.parametrize("number", [2, 3])
def test_the_help_of_later_workbooks_says_one_code_for_one_thing(number):
    for kit, expected in ((KITS[number], True), (town.KIT, False)):
        book = openpyxl.load_workbook(io.BytesIO(capture_workbook.make(kit, letter="A")), read_only=True)
        lines = [str(row[1]) for row in book["Lisez-moi"].iter_rows(values_only=True)]
        assert any(re.search("donnez-leur deux codes", line) for line in lines) is expected
        assert any("Renvoyez ce fichier" in line for line in lines)


def test_what_workshops_2_and_3_read_is_counted_and_what_changes_is_new(capture):
    capture(2, "A", {"Enjeux": [{"phrase": "Garder les aînés"}, {"phrase": "Loger les jeunes"}],
                     "Matrice": [{"enjeu": "E-1", "table": "A", "importance": 5, "capacite": 2}]})  # fmt: skip
    capture(3, "A", {"Leviers": [{"phrase": "Permis de louer"}], "Décisions": [{"texte": "Saisir la MEL"}],
                     "Axes": [{"phrase": "Une phrase."}]})  # fmt: skip
    second, third = importing.run(SLUG, 2), importing.run(SLUG, 3)
    assert plain(second.summary) == "3 lignes lues, 2 enjeux, 1 pion ; 3 nouveautés."
    assert plain(third.summary) == "2 lignes lues, 1 levier, 1 décision ; 3 nouveautés."
    assert "saisie-A : 1 levier, 1 décision." in plain(third.report.read_text(encoding="utf-8"))
    assert not importing.run(SLUG, 3).merged.is_new
    capture(3, "A", {"Leviers": [{"phrase": "Permis de diviser"}], "Décisions": [{"texte": "Saisir la MEL"}],
                     "Axes": [{"phrase": "Une phrase."}]})  # fmt: skip
    again = importing.run(SLUG, 3)
    assert again.merged.is_new
    assert plain(again.summary).endswith("; 1 nouveauté.")


def test_a_pawn_is_read_as_it_is_typed_and_one_on_no_issue_is_reported(capture):
    capture(2, "A", {
        "Enjeux": [{"phrase": "Garder les aînés"}, {"phrase": "Loger les aînés", "statut": "fusionné", "avec": "e1"}],
        "Matrice": [
            {"enjeu": "e1", "table": "A", "importance": 5, "capacite": 2},
            {"enjeu": "E-9", "table": "A", "importance": 4, "capacite": 0},
            {"table": "B", "importance": 4, "capacite": 1},
        ],
    })  # fmt: skip
    account = importing.run(SLUG, 2)
    (issue,) = agreed.gather([account.merged.workshop]).issues
    assert issue.pawns == (agreed.Pawn("A", 5, 2),)
    place = "val-sur-deule-atelier-2-saisie-A, Matrice, ligne"
    remedy = "Gardé, pas dessiné : corrigez le code ou écrivez l’enjeu, puis réimportez."
    said = found(account)
    assert f"{place} 5 : 0 n’est pas entre 1 et 5" in said
    assert f"{place} 5 : pion sur « E-9 », absent de la feuille Enjeux. {remedy}" in said
    assert f"{place} 6 : pion sans enjeu. {remedy}" in said
    assert "ligne 4" not in said
