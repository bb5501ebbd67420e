"""What was found of contested figures: written in a workbook, read back, shown on pages and in the bilan."""

from __future__ import annotations

from datetime import date

import openpyxl
import pytest
import val_sur_deule as town
from test_minute import make_workshop
from test_words_in_pages import exhibit, page, text_of

from helpers import paths
from helpers.contributions import kept
from helpers.errors import ParameterError
from helpers.partnership import checks
from helpers.publication.pages.words import gather

SLUG, TODAY = town.KIT.slug, date(2027, 2, 10)


@pytest.fixture
def workbook(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "PARAMS", tmp_path)
    kept.write_workshop(make_workshop())
    return checks.run(SLUG, today=TODAY).path


def fill(path, named, **values):
    book = openpyxl.load_workbook(path)
    sheet = book[checks.FORM.title]
    place = {cell.value: cell.column for cell in sheet[1]}
    row = next(row[0].row for row in sheet.iter_rows() if row[0].value == named)
    for key, value in values.items():
        sheet.cell(row, place[key]).value = value
    book.save(path)


def found(named):
    return next(one for one in kept.read_workshop(SLUG, 1).contributions if one.id == named)


def test_contradictions_and_open_questions_are_listed_and_nothing_else(workbook):
    sheet = openpyxl.load_workbook(workbook)[checks.FORM.title]
    rows = [[cell.value for cell in row[:3]] for row in sheet.iter_rows(min_row=7) if row[0].value]
    assert [(code, kind) for _, code, kind in rows] == [
        ("L-12", "contredit"), ("H-12", "question ouverte"), ("P-05", "contredit"), ("P-05", "question ouverte"),
        ("L-10", "contredit"), ("L-08", "question ouverte"),
    ]  # fmt: skip


def test_what_was_found_is_kept_shown_and_written_again(workbook):
    fill(workbook, "C1-B-08", resultat="corrigé", detail="262 → 255", verifie_le="02/02/2027")
    fill(workbook, "C1-A-03", resultat="maintenu", verifie_le=date(2027, 2, 2))
    fill(workbook, "C1-A-11", resultat="répondu", detail="12 enfants", verifie_le="5/2/2027")
    checked = checks.run(SLUG, today=TODAY)
    assert (checked.taken, checked.messages) == (["C1-A-03", "C1-A-11", "C1-B-08"], [])
    assert (found("C1-B-08").outcome, found("C1-B-08").checked) == ("corrigé (262 → 255)", date(2027, 2, 2))
    words = gather(SLUG, today=TODAY)
    shown = text_of(page(words, exhibit("L-10", "262 logements vacants")).select_one(".contested"))
    assert "Vérifié le 2 février 2027 : chiffre corrigé (262 → 255)." in shown
    asked = text_of(page(words, exhibit("H-12", "x")))
    assert "Répondu le 5 février 2027 : 12 enfants." in asked
    assert checks.run(SLUG, today=TODAY).taken == []
    sheet = openpyxl.load_workbook(workbook)[checks.FORM.title]
    row = next([cell.value for cell in row] for row in sheet.iter_rows() if row[0].value == "C1-B-08")
    assert row[5:8] == ["corrigé", "262 → 255", "02/02/2027"]


def test_what_was_found_is_taken_back_by_a_word_never_by_an_emptied_row(workbook):
    fill(workbook, "C1-A-03", resultat="maintenu", verifie_le="02/02/2027")
    checks.run(SLUG, today=TODAY)
    fill(workbook, "C1-A-03", resultat=None, verifie_le=None)
    checks.run(SLUG, today=TODAY)
    assert found("C1-A-03").outcome == "maintenu"
    fill(workbook, "C1-A-03", resultat="à vérifier")
    checks.run(SLUG, today=TODAY)
    assert (found("C1-A-03").outcome, found("C1-A-03").checked) == ("", None)


@pytest.mark.parametrize(
    ("values", "sentences"),
    [
        ({"resultat": "faux", "verifie_le": "02/02/2027"}, "maintenu, corrigé"),
        ({"resultat": "corrigé", "verifie_le": "02/02/2027"}, "précisez (262 → 255)"),
        ({"resultat": "maintenu", "verifie_le": "31/02/2027"}, "n’est pas une date"),
        ({"resultat": "maintenu"}, "n’est pas une date"),
        (
            {"resultat": "complété", "detail": "dit M. Lemaire", "verifie_le": "02/02/2027"},
            "aucun nom de personne",
        ),
    ],
)
def test_a_row_refused_is_reported_and_the_workbook_stays_as_it_is(workbook, values, sentences):
    fill(workbook, "C1-B-08", **values)
    before = workbook.read_bytes()
    checked = checks.run(SLUG, today=TODAY)
    (message,) = checked.messages
    assert message.replace("\xa0", " ").startswith("val-sur-deule-verifications.xlsx, Vérifications, ligne ")
    assert sentences in message.replace("\xa0", " ").replace("\u202f", " ")
    assert "Lemaire" not in message
    assert workbook.read_bytes() == before
    assert found("C1-B-08").outcome == ""


def test_without_a_workshop_there_is_nothing_to_check(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "PARAMS", tmp_path)
    with pytest.raises(ParameterError, match="rien à vérifier"):
        checks.run(SLUG, today=TODAY)


def test_what_is_withdrawn_leaves_the_workbook(workbook):
    own = kept.read_workshop(SLUG, 1)
    text = found("C1-B-08").text
    own.withdrawn, own.contributions = ["C1-B-08"], [one for one in own.contributions if one.id != "C1-B-08"]
    kept.write_workshop(own)
    assert checks.renew(SLUG, today=TODAY) == []
    cells = [
        cell.value for row in openpyxl.load_workbook(workbook)[checks.FORM.title].iter_rows() for cell in row
    ]
    assert text not in cells
    assert "C1-A-03" in cells


def test_the_workbook_stays_as_it_is_where_it_holds_nothing_that_is_withdrawn(workbook):
    own = kept.read_workshop(SLUG, 1)
    own.withdrawn = ["C1-A-99"]
    kept.write_workshop(own)
    fill(workbook, "C1-B-08", resultat="faux")
    before = workbook.read_bytes()
    assert checks.renew(SLUG, today=TODAY) == []
    assert workbook.read_bytes() == before
    own.withdrawn = ["C1-A-03"]
    kept.write_workshop(own)
    # A row of it cannot be read: it stays, and is named.
    assert checks.renew(SLUG, today=TODAY) == [workbook]
