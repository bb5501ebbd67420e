from __future__ import annotations

import zipfile
from datetime import datetime

import openpyxl
import pytest

from helpers.errors import ParameterError
from helpers.partnership import values
from helpers.partnership.xlsx_reader import Column, Form, read_workbook

SCHOOLS = Form(
    "ecoles",
    "Écoles",
    (
        Column("ecole", "Nom de l'école"),
        Column("niveau", "Niveau", kind="choice", choices=("maternelle", "élémentaire")),
        Column("rentree", "Rentrée", "année", kind="year"),
        Column("eleves", "Élèves en octobre", "élèves", help="Sans les enfants de deux ans.", kind="whole"),
    ),
)
HEADER = [
    ["ecole", "niveau", "rentree", "eleves"],
    ["Nom de l'école", "Niveau", "Rentrée", "Élèves en octobre"],
    ["–", "–", "année", "élèves"],
    [None, None, None, "Sans les enfants de deux ans."],
    ["EXEMPLE Les Tilleuls", "maternelle", 2026, 247],
]


def workbook(tmp_path, rows, *, header=HEADER, title="Écoles", change=lambda sheet: None):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for row in [*header, *rows]:
        sheet.append(row)
    change(sheet)
    path = tmp_path / "classeur.xlsx"
    book.save(path)
    return path


def read(path):
    return read_workbook(path, [SCHOOLS]).sheets["ecoles"]


def texts(sheet):
    return [[row.text(column.key) for column in SCHOOLS.columns] for row in sheet.rows]


def test_labels_units_help_and_examples_are_no_data(tmp_path):
    sheet = read(workbook(tmp_path, [["Jules-Verne", "élémentaire", 2026, 230]]))
    assert texts(sheet) == [["Jules-Verne", "élémentaire", "2026", "230"]]
    assert sheet.rows[0].cells["eleves"].address == "D6"


def test_a_renamed_sheet_inserted_columns_and_rows_are_found_by_keys(tmp_path):
    def insert(sheet):
        sheet.insert_cols(2)
        sheet["B2"] = "Remarques"
        sheet.insert_rows(7, 2)

    rows = [["Jules-Verne", "élémentaire", 2025, 228], ["Jules-Verne", "élémentaire", 2026, 230]]
    path = workbook(tmp_path, rows, title="Feuille2", change=insert)
    book = read_workbook(path, [SCHOOLS])
    assert book.notes == ['Feuille "Feuille2" lue comme "Écoles".']
    sheet = book.sheets["ecoles"]
    assert texts(sheet) == [
        ["Jules-Verne", "élémentaire", "2025", "228"],
        ["Jules-Verne", "élémentaire", "2026", "230"],
    ]
    assert [row.number for row in sheet.rows] == [6, 9]
    assert sheet.notes == ['Colonnes ajoutées, non reprises : "Remarques" (B).']


def test_without_keys_columns_are_found_by_their_labels_in_any_order(tmp_path):
    header = [["Titre ajouté"], ["Eleves en octobre ", "Niveau", "Nom de l’école"]]
    sheet = read(workbook(tmp_path, [[230, "élémentaire", "Jules-Verne"]], header=header))
    assert texts(sheet) == [["Jules-Verne", "élémentaire", "", "230"]]
    assert sheet.missing == ["Rentrée"]
    assert "Colonnes déplacées : lues à leur place." in sheet.notes


def test_a_merged_cell_says_its_words_of_each_row_and_its_count_once(tmp_path):
    def merge(sheet):
        sheet.merge_cells("A6:A7")
        sheet.merge_cells("D6:D7")

    rows = [["Jules-Verne", "élémentaire", 2025, 228], [None, "élémentaire", 2026, None]]
    sheet = read(workbook(tmp_path, rows, change=merge))
    assert texts(sheet) == [
        ["Jules-Verne", "élémentaire", "2025", "228"],
        ["Jules-Verne", "élémentaire", "2026", ""],
    ]


def test_a_formula_is_a_text(tmp_path):
    sheet = read(workbook(tmp_path, [['=HYPERLINK("http://x")', "élémentaire", 2026, "=2+2"]]))
    assert sheet.rows[0].cells["ecole"].formula
    assert sheet.rows[0].text("eleves") == "=2+2"


def test_a_workbook_says_what_it_is(tmp_path):
    book = openpyxl.load_workbook(workbook(tmp_path, [["Jules-Verne"]]))
    sheet = book.create_sheet("Lisez-moi", 0)
    sheet.append(["@code_insee", "59299", "@modele", "2026-11"])
    book.save(tmp_path / "b.xlsx")
    assert read_workbook(tmp_path / "b.xlsx", [SCHOOLS]).identity == {
        "code_insee": "59299",
        "modele": "2026-11",
    }


def test_a_file_that_is_too_heavy_says_its_weight(tmp_path):
    path = tmp_path / "gros.xlsx"
    path.write_bytes(b"PK" + b"0" * 7_200_000)
    with pytest.raises(ParameterError, match=r"7,2 Mo, 5 au plus\.\n→ Retirez les images"):
        read_workbook(path, [SCHOOLS])


def test_a_zip_made_to_fill_the_memory_is_refused_before_it_is_opened(tmp_path):
    path = tmp_path / "bombe.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>")
        for rank in range(3):
            archive.writestr(f"xl/media/{rank}.xml", b"0" * 40_000_000)
    with pytest.raises(ParameterError, match="il se déplie en 120 Mo"):
        read_workbook(path, [SCHOOLS])


def test_entities_that_unfold_without_end_are_refused(tmp_path):
    path = tmp_path / "entites.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><workbook/>')
    with pytest.raises(ParameterError, match=r"entités XML dans xl/workbook.xml"):
        read_workbook(path, [SCHOOLS])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"nom;niveau\n", "ce n'est pas un classeur .xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "mot de passe, ou de l'ancien format .xls"),
    ],
)
def test_another_format_is_refused_with_the_remedy(tmp_path, content, words):
    path = tmp_path / "autre.xlsx"
    path.write_bytes(content)
    with pytest.raises(ParameterError, match=words):
        read_workbook(path, [SCHOOLS])


def test_a_damaged_workbook_and_one_without_the_sheets_are_refused(tmp_path):
    path = tmp_path / "abime.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", b"<workbook")
    with pytest.raises(ParameterError, match="classeur abîmé"):
        read_workbook(path, [SCHOOLS])
    with pytest.raises(ParameterError, match=r'aucune feuille "Écoles" \(feuilles : Feuille1\)'):
        read_workbook(workbook(tmp_path, [[1, 2]], header=[["a", "b"]], title="Feuille1"), [SCHOOLS])
    with pytest.raises(ParameterError, match="est absent"):
        read_workbook(tmp_path / "rien.xlsx", [SCHOOLS])


@pytest.mark.parametrize(
    ("typed", "number", "weight"),
    [
        (118, 118, ""), (118.0, 118, ""), ("118", 118, ""), ("1 200", 1200, "note"), ("1\u202f200", 1200, "note"),
        ("1.200", 1200, "note"), ("40 logements", 40, "note"), ("env. 40", 40, "kept"), ("40 (estimé)", 40, "kept"),
        ("", None, ""), ("–", None, ""), ("dix", None, "refused"), ("40 à 50", None, "refused"), (40.5, None, "refused"),
        ("=12+30", None, "refused"), (-3, None, "refused"), (datetime(2021, 1, 1), None, "refused"), (True, None, "refused"),
    ],
)  # fmt: skip
def test_a_number_is_read_as_people_type_it(typed, number, weight):
    read = values.read_number(typed, low=0, high=2000)
    assert (read.value, read.weight) == (number, weight)


def test_what_is_about_is_reported_with_what_to_write():
    said = values.read_number("env. 40", low=0, high=2000).message
    assert said == '"env. 40" : écrivez 40 et mettez la fiabilité sur "estimée".'


@pytest.mark.parametrize(
    ("typed", "year", "message"),
    [
        (2021, 2021, ""), ("2021", 2021, ""), ("21", 2021, '"21" lu 2021.'), (21, 2021, '"21" lu 2021.'),
        ("fin 2021", 2021, '"fin 2021" lu 2021.'), ("09/2021", 2021, '"09/2021" lu 2021.'),
        (datetime(2021, 9, 1), 2021, '"01/09/2021" lu 2021.'), ("bientôt", None, '"bientôt" n\'est pas une année : écrivez par exemple 2021.'),
        (1905, None, "l'année 1905 n'est pas entre 1990 et 2045."), ("2018-2021", None, '"2018-2021" n\'est pas une année : écrivez par exemple 2021.'),
    ],
)  # fmt: skip
def test_a_year_is_read_as_people_type_it(typed, year, message):
    read = values.read_year(typed, low=1990, high=2045)
    assert (read.value, read.message) == (year, message)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        (datetime(2026, 11, 1), "2026-11-01"), ("01/11/2026", "2026-11-01"), ("1er novembre 2026", "2026-11-01"),
        ("10/2026", "2026-10"), ("oct. 2026", "2026-10"), ("01/11/26", "2026-11-01"), ("2026-11-01 00:00:00", "2026-11-01"),
        ("31/02/2026", None), ("hier", None),
    ],
)  # fmt: skip
def test_a_date_is_read_as_people_type_it(typed, day):
    assert values.read_date(typed).value == day


def test_a_word_near_one_of_the_list_is_read_and_reported():
    states = ("livrée", "en chantier", "autorisée", "en projet", "abandonnée")
    assert (
        values.read_choice("Livré", label="État", choices=states).message == 'État "Livré" lu comme "livrée".'
    )
    assert values.read_choice("en p", label="État", choices=states).value == "en projet"
    assert values.read_choice("abandon", label="État", choices=states).value == "abandonnée"
    assert values.read_choice("en chantier’s", label="État", choices=("en chantier's",)).message == ""
    assert values.read_choice("EN PROJET", label="État", choices=states).value == "en projet"
    said = values.read_choice("fini", label="État", choices=states)
    assert said.value is None
    assert said.message == 'État "fini" hors liste : livrée, en chantier, autorisée, en projet ou abandonnée.'


def test_a_square_is_of_the_map():
    assert values.read_square("d 2").value == "D2"
    assert values.read_square("J9").message == 'Carré "J9" hors du plan (A1 à H6).'
