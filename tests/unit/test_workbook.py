"""The workbook of the data: numbers are numbers, text is text, the same bytes for the same data."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import openpyxl
import pandas as pd
import pytest

from helpers.publication.documents import workbook
from helpers.publication.files import pack

DAY = date(2018, 1, 1)
SOURCES = pd.DataFrame({"id": ["rp"], "citation": ["Insee, =RP"], "page": [None]})


def exhibit(csv, *, name="essai", title="Titre", demonstration=False):
    return {
        "name": name,
        "title": title,
        "csv": csv,
        "demonstration": demonstration,
        "part": "Partie",
        "sources": ["rp"],
    }


def write(*exhibits, **options):
    content = workbook.write(exhibits, SOURCES, title="Essai", provenance="Données", day=DAY, **options)
    return openpyxl.load_workbook(io.BytesIO(content))


def rows(book, sheet):
    return list(book[sheet].iter_rows(min_row=4, values_only=True))


def test_numbers_are_numbers_unrounded_and_missing_values_are_empty():
    book = write(exhibit("Nom;Effectif;Taux (%)\nHem;12;-0.123456789\nLys;;1e-05\n"))
    assert rows(book, "01 essai") == [
        ("Nom", "Effectif", "Taux (%)"),
        ("Hem", 12, -0.123456789),
        ("Lys", None, 1e-05),
    ]


def test_codes_and_mixed_columns_stay_texts():
    book = write(exhibit("Code;Rang;Vide\n01004;58 / 68;\n59299;3;\n"))
    assert rows(book, "01 essai")[1:] == [("01004", "58 / 68", None), ("59299", "3", None)]


@pytest.mark.parametrize(
    "text", ['=HYPERLINK("http://x";"y")', "+1+1", "-1+1", "@SUM(A1)", "=1", "\t=1", "a\x07b"]
)
def test_no_text_becomes_a_formula(text):
    book = write(exhibit(f'Nom;Valeur\n"{text.replace(chr(34), chr(34) * 2)}";1\n', title=text))
    for cell in (book["01 essai"]["A5"], book["01 essai"]["A1"], book["Sommaire"]["C5"]):
        assert cell.data_type != "f"
        assert cell.value == text.replace("\x07", "")
        assert bool(cell.quotePrefix) == text.startswith(("=", "+", "-", "@", "\t"))


def test_there_is_a_sheet_by_exhibit_a_list_of_them_and_the_sources():
    long = "pyramides-des-ages-selon-le-statut-d-occupation"
    book = write(exhibit("A\n1\n", name=long), exhibit("A\n1\n", name=long[:-1], demonstration=True))
    first, second = book.sheetnames[1:3]
    assert book.sheetnames == ["Sommaire", first, second, "Sources"]
    assert all(len(name) <= 31 for name in book.sheetnames)
    listed = rows(book, "Sommaire")[1:]
    assert listed[0] == (first, "Partie", "Titre", None, f"{long}.csv")
    assert listed[1][3] == "Données de démonstration"
    assert book["Sommaire"]["A5"].hyperlink.location == f"'{first}'!A1"
    assert book[second]["A2"].value == "Données de démonstration"
    assert rows(book, "Sources")[1] == ("rp", "Insee, =RP", None)


def test_the_workbook_does_not_say_when_it_was_written():
    content = workbook.write([exhibit("A\n1\n")], SOURCES, title="Essai", provenance="Données", day=DAY)
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        assert {entry.date_time for entry in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = packed.read("docProps/core.xml").decode()
    assert core.count("2018-01-01T00:00:00Z") == 2


def test_an_archive_is_the_same_whatever_the_order_of_its_files():
    files = {"b.csv": b"2", "a.csv": b"1"}
    assert pack(files, day=DAY) == pack(dict(reversed(files.items())), day=DAY)
    with zipfile.ZipFile(io.BytesIO(pack(files, day=DAY))) as packed:
        assert packed.namelist() == ["a.csv", "b.csv"]
        assert packed.read("b.csv") == b"2"
