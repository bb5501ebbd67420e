from __future__ import annotations

import csv
import json

import openpyxl
import pytest
import val_park as val

from helpers.errors import ParameterError
from helpers.partnership import park_forms, park_import
from helpers.partnership.convention import Convention

FOLDER = ("prive", "materiaux")


@pytest.fixture
def bring(tmp_path):
    """Bring a workbook to a partnership of its own: `bring({"operations": [...]})` gives what came of it."""

    def _bring(rows, *, convention=None, **options):
        path = val.write(tmp_path / "retour.xlsx", rows, **options)
        return read_back(path, tmp_path, convention)

    return _bring


def read_back(path, folder, convention=None):
    return park_import.bring(
        path,
        code=val.CODE,
        label=f"{val.NAME} (59)",
        partnership=folder / "val",
        convention=convention or Convention(),
        today=val.TODAY,
    )


def rows_of(outcome, sheet):
    with (outcome.folder / f"{sheet}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def operation(**changes):
    return {**val.OPERATIONS[0], **changes}


def test_the_workbook_of_the_example_is_read_whole(bring):
    outcome = bring(val.WHOLE)
    assert "33 lignes lues, 33 reprises, 0 à corriger, 0 laissée de côté" in outcome.report
    operations = rows_of(outcome, "operations")
    assert [row["code"] for row in operations] == ["OP-01", "OP-02", "OP-03", "OP-04", "OP-05"]
    assert sum(int(row["logements"]) for row in operations[:3]) == 228
    rolls = rows_of(outcome, "ecoles")
    totals = [
        sum(int(row["eleves"]) for row in rolls if row["rentree"] == str(year)) for year in range(2021, 2027)
    ]
    assert totals == [872, 861, 846, 838, 829, 841]
    assert rows_of(outcome, "petite_enfance")[0]["date_attente"] == "2026-11-01"


def test_an_empty_workbook_holds_no_row_and_no_example(bring):
    assert "0 ligne lue, 0 reprise" in bring({}).report


def test_the_same_file_read_again_changes_nothing(bring, tmp_path):
    first = bring(val.WHOLE)
    before = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in first.folder.iterdir()}
    again = read_back(tmp_path / "retour.xlsx", tmp_path)
    assert (first.changed, again.changed) == (True, False)
    assert again.report == first.report
    assert {
        path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in again.folder.iterdir()
    } == before


def test_what_is_kept_says_where_it_comes_from(bring):
    outcome = bring(val.WHOLE)
    described = json.loads((outcome.folder / "provenance.json").read_text(encoding="utf-8"))
    assert described["lu_le"] == "2026-11-27"
    assert described["lignes"] == {"lues": 33, "a_corriger": 0, "laissees": 0}
    assert len(described["sha256"]) == 64
    assert described["modele"] == park_forms.MODEL
    assert {"operations.csv", "ecoles.csv", "rapport.txt"} <= set(described["fichiers"])


# What a town hall may type in one operation, what is reported of it, what is kept; nothing where the row is left aside.
CASES = [
    ({"t1_t2": 62, "t3": 44, "t4_plus": 4}, "T1-T2 + T3 + T4 = 110, mais Logements = 118. Le total est gardé, la répartition attend votre correction.", {"logements": "118", "t3": ""}),
    ({"libre": 80}, "locatif social + abordable + intermédiaire + libre = 120, mais Logements = 118.", {"logements": "118", "libre": ""}),
    ({"an_livraison": 2029}, 'état "livrée" en 2029. Choisissez "en projet" ou corrigez l\'année.', None),
    ({"an_chantier": 2021, "an_livraison": 2019}, "livraison 2019 avant ouverture 2021.", None),
    ({"etat": "Livré"}, 'État "Livré" lu comme "livrée".', {"etat": "livrée"}),
    ({"etat": "fini"}, 'État "fini" hors liste : livrée, en chantier, autorisée, en projet ou abandonnée.', {"etat": ""}),
    ({"logements": "1 200", "t1_t2": None, "t3": None, "t4_plus": None, "locatif_social": None, "abordable": None, "intermediaire": None, "libre": None}, '"1 200" lu 1', {"logements": "1200"}),
    ({"t3": "env. 44"}, '"env. 44" : écrivez 44 et mettez la fiabilité sur "estimée".', {"t3": "44"}),
    ({"nom": "EHPAD Les Glycines"}, '118 logements pour un EHPAD : des places ? Déplacez-les dans "Places hors logement".', {"logements": ""}),
    ({"carre": "J9"}, 'Carré "J9" hors du plan (A1 à H6).', {"carre": ""}),
    ({"an_livraison": "21"}, '"21" lu 2021.', {"an_livraison": "2021"}),
    ({"lieu": "derrière chez M. Lemaire"}, '"M. Lemaire" est un nom. La cellule n\'est pas reprise : décrivez le lieu ou le service.', {"lieu": "", "logements": "118"}),
    ({"lieu": "voir 03 20 12 34 56"}, "est un numéro de téléphone. La cellule n'est pas reprise", {"lieu": ""}),
    ({"logements": "=100+18"}, '"=100+18" est une formule : écrivez la valeur.', {"logements": ""}),
    ({"lieu": '=HYPERLINK("http://x.example")'}, "est une formule : écrivez la valeur.", {"lieu": ""}),
    ({"nom": "R" * 70}, "70 signes, 60 au plus. Retirez-en 10.", {"nom": ""}),
    ({"nature": "construction neuve", "maisons": 200}, "200 maisons, mais Logements = 118.", {"maisons": ""}),
    ({"diffusion": "Publics"}, 'Diffusion "Publics" lu comme "public".', {"diffusion": "public"}),
]  # fmt: skip


@pytest.fixture(scope="module")
def mended(tmp_path_factory):
    """One workbook, an operation for each case: the report, and the rows kept by the number of the case."""
    folder = tmp_path_factory.mktemp("cas")
    rows = [operation(**{"nom": f"Cas {rank}", **changes}) for rank, (changes, *_) in enumerate(CASES)]
    outcome = read_back(val.write(folder / "retour.xlsx", {"operations": rows}), folder)
    return outcome.report, {row["code"]: row for row in rows_of(outcome, "operations")}


@pytest.mark.parametrize("rank", range(len(CASES)))
def test_what_is_wrong_in_an_operation_is_reported_and_the_rest_is_kept(mended, rank):
    report, rows = mended
    _, message, kept = CASES[rank]
    line = next(line for line in report.splitlines() if f", ligne {7 + rank}, " in line and message in line)
    assert line.startswith("- Opérations, ligne ")
    row = rows.get(f"OP-{rank + 1:02d}")
    assert (row is None) == (kept is None)
    if row is not None:
        assert {key: row[key] for key in kept} == kept


def test_the_report_counts_what_is_kept_to_be_corrected_and_left_aside(mended):
    report, rows = mended
    assert "18 lignes lues, 4 reprises, 12 à corriger, 2 laissées de côté" in report
    assert len(rows) == 16


def test_a_remark_says_its_column_and_the_cell_is_outlined_in_the_copy(bring):
    outcome = bring({"operations": [operation(carre="J9"), operation(nom="Autre")]})
    assert 'Opérations, ligne 7, colonne D : Carré "J9" hors du plan (A1 à H6).' in outcome.report
    sheet = openpyxl.load_workbook(outcome.folder / "a-corriger.xlsx")["Opérations"]
    assert (sheet["D7"].border.left.style, sheet["D8"].border.left.style) == ("thick", "thin")
    assert sheet["D7"].comment.text == 'Carré "J9" hors du plan (A1 à H6).'


def test_the_same_operation_twice_is_counted_once_and_of_two_that_differ_none(bring):
    outcome = bring({"operations": [operation(), operation(), val.OPERATIONS[1]]})
    assert "ligne 8 : la même que la ligne 7 : comptée une fois." in outcome.report
    assert len(rows_of(outcome, "operations")) == 2
    other = {**operation(logements=46), **dict.fromkeys(("t1_t2", "t3", "t4_plus"))}
    other |= dict.fromkeys(("locatif_social", "abordable", "intermediaire", "libre"))
    outcome = bring(
        {"operations": [operation(logements=64, **{key: None for key in other if other[key] is None}), other]}
    )
    assert (
        "Opérations, lignes 7 et 8 : même opération, 64 et 46 logements. Laquelle est juste ? Aucune n'est comptée."
        in outcome.report
    )
    assert rows_of(outcome, "operations") == []


def test_rolls_that_jump_are_asked_about_and_kept(bring):
    rows = [
        {**val.SCHOOLS[0], "eleves": 239, "rentree": 2025},
        {**val.SCHOOLS[0], "eleves": 139, "rentree": 2026},
    ]
    outcome = bring({"ecoles": rows})
    assert (
        "Écoles, ligne 8, colonne E : École Les Tilleuls : 239 puis 139 élèves. Faute de frappe ?"
        in outcome.report
    )
    assert [row["a_verifier"] for row in rows_of(outcome, "ecoles")] == ["", "oui"]
    assert "2 lignes lues, 1 reprise, 1 à corriger, 0 laissée de côté" in outcome.report


def test_a_change_of_thirty_percent_is_not_asked_about(bring):
    rows = [
        {**val.SCHOOLS[0], "eleves": 200, "rentree": 2025},
        {**val.SCHOOLS[0], "eleves": 140, "rentree": 2026},
    ]
    assert "Faute de frappe" not in bring({"ecoles": rows}).report


def test_a_row_without_what_it_is_about_is_left_aside(bring):
    outcome = bring({"ecoles": [{**val.SCHOOLS[0], "ecole": None, "rentree": None}]})
    assert "École et Rentrée : case vide. Complétez-la, ou effacez la ligne." in outcome.report
    assert rows_of(outcome, "ecoles") == []


def test_a_waiting_list_without_a_date_is_not_kept(bring):
    outcome = bring({"petite_enfance": [{**val.CHILDCARE[0], "date_attente": None}]})
    assert "41 familles en attente : à quelle date ?" in outcome.report
    assert rows_of(outcome, "petite_enfance")[0]["attente"] == ""


def test_as_a_free_spreadsheet_sends_it_back(bring):
    def as_sent(book):
        sheet = book["Opérations"]
        sheet.title = "Feuille4"
        sheet.protection.sheet = False
        sheet.insert_cols(3)
        sheet["C2"] = "Notre remarque"
        sheet.insert_rows(8)
        for number in range(7, 13):
            if sheet.cell(number, 11).value:
                sheet.cell(number, 11).value = f"{sheet.cell(number, 11).value} "
        book["Écoles"].merge_cells("A7:A12")

    outcome = bring(val.WHOLE, change=as_sent)
    assert "33 lignes lues, 33 reprises" in outcome.report
    assert 'Feuille "Feuille4" lue comme "Opérations".' in outcome.report
    assert 'Colonnes ajoutées, non reprises : "Notre remarque" (C).' in outcome.report
    assert {row["ecole"] for row in rows_of(outcome, "ecoles")[:6]} == {"Les Tilleuls"}


def test_remarks_of_a_renamed_sheet_are_outlined_there(bring):
    outcome = bring(
        {"operations": [operation(carre="J9")]},
        change=lambda book: setattr(book["Opérations"], "title", "Ops"),
    )
    assert (
        openpyxl.load_workbook(outcome.folder / "a-corriger.xlsx")["Ops"]["D7"].border.left.style == "thick"
    )


def test_the_workbook_of_another_commune_is_refused_whole(bring, tmp_path):
    with pytest.raises(ParameterError, match=r"ce classeur est celui de Hem \(59299\)"):
        bring(val.WHOLE, code="59299", name="Hem")
    assert not (tmp_path / "val").exists()


def test_another_model_is_read_and_reported(bring):
    def older(book):
        book["Lisez-moi"]["F1"] = "2026-01"
        book["Écoles"].delete_cols(6, 2)

    outcome = bring(val.WHOLE, change=older)
    assert (
        f"Modèle de 2026-01, attendu {park_forms.MODEL} : lu, 2 colonnes nouvelles vides." in outcome.report
    )
    assert "Écoles : Colonnes absentes : Classes, dont enfants d'autres communes." in outcome.report


def test_a_code_is_of_one_operation_for_ever(bring, tmp_path):
    bring({"operations": val.OPERATIONS[:2]})
    outcome = bring({"operations": [{**val.OPERATIONS[2], "diffusion": "public"}, val.OPERATIONS[0]]})
    assert {row["nom"]: row["code"] for row in rows_of(outcome, "operations")} == {
        "Le Clos Saint-Éloi": "OP-03",
        "Résidence des Berges": "OP-01",
    }
    assert "OP-01 désigne déjà une autre opération : celle-ci est OP-03." in outcome.report
    # What git keeps says no name.
    assert "Berges" not in (tmp_path / "val" / "codes.csv").read_text(encoding="utf-8")


def test_a_text_that_a_spreadsheet_would_run_is_kept_as_a_text(bring):
    outcome = bring({"equipements": [{**val.FACILITIES[0], "projet": "-extension de 12 places"}]})
    assert rows_of(outcome, "equipements")[0]["projet"] == "'-extension de 12 places"


def test_a_table_of_the_commune_is_kept_with_its_producer_or_set_aside(bring):
    described = {"titre": "Ventes de maisons", "producteur": "Notaires", "date": "10/2026", "unite": "ventes",
                 "champ": "maisons", "colonne_annee": "Année", "colonne_valeur": "Ventes", "diffusion": "public"}  # fmt: skip

    def paste(book):
        sheet = book["Autres tableaux"]
        for row in (["Année", "Ventes"], [2024, 31], [2025, "28,5"], [2026, "secret"]):
            sheet.append(row)

    outcome = bring({"autres": [described]}, change=paste)
    assert rows_of(outcome, "tableaux") == [
        {"titre": "Ventes de maisons", "annee": "2024", "valeur": "31"},
        {"titre": "Ventes de maisons", "annee": "2025", "valeur": "28.5"},
    ]
    assert '"secret" n\'est pas un nombre' in outcome.report
    outcome = bring({"autres": [{**described, "figure": "Z-9"}]}, change=paste)
    assert "\"Z-9\" n'est pas le code d'une figure" in outcome.report
    outcome = bring({"autres": [described, described]}, change=paste)
    assert "même titre que la ligne 7" in outcome.report
    outcome = bring({"autres": [{**described, "producteur": None}]}, change=paste)
    assert "sans producteur, le tableau est mis de côté." in outcome.report
    assert rows_of(outcome, "tableaux") == []


def test_a_sheet_that_was_agreed_upon_and_is_empty_is_reported(bring):
    outcome = bring({"operations": val.OPERATIONS}, convention=Convention(donnees_convenues=["écoles"]))
    assert 'Feuille "écoles" convenue, et vide.' in outcome.report


def test_a_file_that_is_refused_leaves_what_was_kept(bring, tmp_path):
    first = bring(val.WHOLE)
    kept = {path.name: path.read_bytes() for path in first.folder.iterdir()}
    bad = tmp_path / "autre.xlsx"
    bad.write_bytes(b"PK\x03\x04")
    with pytest.raises(ParameterError):
        read_back(bad, tmp_path)
    assert {path.name: path.read_bytes() for path in first.folder.iterdir()} == kept
