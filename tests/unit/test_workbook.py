"""The workbook of the data: numbers are numbers, text is text, the same bytes for the same data."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import openpyxl
import pandas as pd
import pytest

from helpers import indicator_table, ledger, paths, tokens
from helpers.diagnostic import Diagnostic
from helpers.indicators import engine
from helpers.parameters import load_parameters
from helpers.publication.documents import workbook
from helpers.publication.documents.worksheet import number_format
from helpers.publication.files import pack
from helpers.publication.pages import commune as diagnostic

DAY = date(2018, 1, 1)
SOURCES = pd.DataFrame({"id": ["rp"], "citation": ["Insee, =RP"], "page": [None]})


def exhibit(csv, *, name="essai", title="Titre", demonstration=False, **more):
    return {
        "name": name,
        "title": title,
        "subject": name,
        "csv": csv,
        "demonstration": demonstration,
        "part": "Partie",
        "sources": ["rp"],
        **more,
    }


def write(*exhibits, **options):
    content = workbook.write(exhibits, SOURCES, title="Essai", provenance="Données", day=DAY, **options)
    return openpyxl.load_workbook(io.BytesIO(content))


def rows(book, sheet):
    return list(book[sheet].iter_rows(min_row=4, values_only=True))


def test_numbers_are_numbers_unrounded_and_missing_values_are_empty():
    book = write(exhibit("Nom;Effectif;Taux (%)\nHem;12;-0.123456789\nLys;;1e-05\n"))
    assert rows(book, "essai") == [
        ("Nom", "Effectif", "Taux (%)"),
        ("Hem", 12, -0.123456789),
        ("Lys", None, 1e-05),
    ]


def test_codes_and_mixed_columns_stay_texts():
    book = write(exhibit("Code;Rang;Vide\n01004;58 / 68;\n59299;3;\n"))
    assert rows(book, "essai")[1:] == [("01004", "58 / 68", None), ("59299", "3", None)]


@pytest.mark.parametrize(
    "text", ['=HYPERLINK("http://x";"y")', "+1+1", "-1+1", "@SUM(A1)", "=1", "\t=1", "a\x07b"]
)
def test_no_text_becomes_a_formula(text):
    book = write(exhibit(f'Nom;Valeur\n"{text.replace(chr(34), chr(34) * 2)}";1\n', title=text))
    for cell in (book["essai"]["A5"], book["essai"]["A1"], book["Sommaire"]["C5"]):
        assert cell.data_type != "f"
        assert cell.value == text.replace("\x07", "")
        assert bool(cell.quotePrefix) == text.startswith(("=", "+", "-", "@", "\t"))


def test_there_is_a_sheet_by_exhibit_a_list_of_them_and_the_sources():
    long = "pyramides-des-ages-selon-le-statut-d-occupation"
    book = write(
        exhibit("A\n1\n", name=long, code="P-03", subject="Pyramides des âges selon le statut, 2008 et 2018"),
        exhibit(
            "A\n1\n",
            name=long[:-1],
            code="P-03",
            subject="Pyramides des âges selon [le] statut",
            demonstration=True,
        ),
    )
    first, second = book.sheetnames[1:3]
    assert book.sheetnames == ["Sommaire", first, second, "Sources"]
    assert first == "P-03 Pyramides des âges"
    assert second == "P-03 Pyramides des âges 2"
    listed = rows(book, "Sommaire")[1:]
    assert listed[0] == (first, "Partie", "Titre", None, f"{long}.csv")
    assert listed[1][3] == "Données de démonstration"
    assert book["Sommaire"]["A5"].hyperlink.location == f"'{first}'!A1"
    assert book[second]["A2"].value == "Données de démonstration"
    assert rows(book, "Sources")[1] == ("rp", "Insee, =RP", None)


@pytest.mark.parametrize(
    "name", ["a/b\\c*d?e:f[g]h", "'apostrophes'", "", "x" * 80, "🏘" * 20, "Sommaire", "SOMMAIRE", "sources"]
)
def test_a_sheet_has_a_name_that_excel_takes_and_its_own(name):
    names = write(exhibit("A\n1\n", name="un", subject=name, title=name)).sheetnames
    assert len({one.casefold() for one in names}) == len(names) == 3
    for one in names:
        assert 0 < len(one) <= 31
        assert not set(one) & set("[]:*?/\\")
        assert one == one.strip("' ")


FORMATS = {
    "Effectif": ["count", "logements", 0],
    "Part (%)": ["share", "%", 1],
    "Évolution": ["change", "", 0],
}


def shown(kind, unit, digits, **options):
    return number_format(kind, unit, digits, **options)


def test_figures_have_the_format_of_their_column_and_all_their_digits():
    book = write(
        exhibit("Nom;Année;Effectif;Part (%);Évolution\nHem;2018;7411.6;3.328;-12.4\n",
                columns={**FORMATS, "Année": ["year", "", 0]})
    )  # fmt: skip
    cells = book["essai"][5]
    assert [cell.value for cell in cells] == ["Hem", 2018, 7411.6, 3.328, -12.4]
    assert [cell.number_format for cell in cells[1:]] == ["0", "#,##0", "#,##0.0", "+#,##0;\u2212#,##0;#,##0"]


def test_the_unit_is_written_where_no_heading_tells_it():
    assert shown("", "%", 1) == '#,##0.0"\u00a0%"'
    assert shown("", "% par an", 1, signed=True).startswith('+#,##0.0"\u00a0%";\u2212')
    assert shown("", "habitants", 0) == "#,##0"
    assert shown("share", "%", 1) == "#,##0.0"


def test_the_rows_are_an_excel_table_with_filters_that_prints_one_page_wide_its_head_repeated():
    sheet = write(
        exhibit("Nom;nom;Effectif\nHem;a;12\nLys;b;3\n", notes={"Lecture": "lu", "Sources": "=Insee"})
    )["essai"]
    (table,) = sheet.tables.values()
    assert table.ref == "A4:C6"
    assert table.autoFilter.ref == "A4:C6"
    # Excel takes two headings that differ by a capital for one.
    assert [column.name for column in table.tableColumns] == ["Nom", "nom (2)", "Effectif"]
    assert sheet.page_setup.orientation == "landscape"
    # One page wide, which is what is meant when it is not said, and as many high as needed.
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == "$4:$4"
    assert [sheet.cell(row, 1).value for row in (8, 9)] == ["Lecture\u00a0: lu", "Sources\u00a0: =Insee"]


def test_a_simulated_row_is_amber_and_dashed_and_the_commune_in_its_colour():
    book = write(
        exhibit("Territoire;Effectif;Origine\nHem;12;insee\nHem;3;demonstration\nLys;4;insee\n"),
        commune="Hem",
    )
    real, simulated, other = (book["essai"].cell(row, 1) for row in (5, 6, 7))
    accent = tokens.colour("commune").lstrip("#").upper()
    assert real.font.color.rgb == f"FF{accent}"
    assert simulated.fill.fgColor.rgb == f"FF{tokens.colour('demo').lstrip('#').upper()}"
    assert simulated.border.left.style == "dashed"
    assert other.font.color is None or other.font.color.rgb != f"FF{accent}"


COUNTED = "Territoire;Année;Effectif\n" + "".join(
    f"Hem;{year};{year - 2000}\n" for year in (2008, 2013, 2018)
)
KINDS = {"Année": ["year", "", 0], "Effectif": ["count", "", 0]}


@pytest.mark.parametrize(
    ("csv", "more", "charts"),
    [
        (COUNTED, {"drawn": True}, 1),
        # Nothing is concluded from what is simulated or not significant, nor drawn of what the page only tabulates.
        (COUNTED, {"drawn": True, "demonstration": True}, 0),
        (COUNTED, {"drawn": False}, 0),
        (COUNTED.replace("Effectif", "Effectif;Fiabilité", 1).replace("\n", ";n.s.\n").replace("Fiabilité;n.s.", "Fiabilité"), {"drawn": True}, 0),
    ],
)  # fmt: skip
def test_a_sound_exhibit_that_the_page_draws_has_a_native_chart(csv, more, charts):
    assert len(write(exhibit(csv, columns=KINDS, **more))["essai"]._charts) == charts


def test_the_bars_of_a_chart_start_from_nothing_and_point_at_the_cells_of_the_table():
    csv = "Territoire;Part (%)\nHem;58.8\nNord;54.7\n"
    (chart,) = write(exhibit(csv, columns=FORMATS, drawn=True), commune="Hem")["essai"]._charts
    assert chart.series[0].val.numRef.f == "essai!$B$5:$B$6"
    assert chart.series[0].cat.strRef.f == "essai!$A$5:$A$6"
    assert min(axis.scaling.min for axis in (chart.x_axis, chart.y_axis) if axis.scaling.min is not None) == 0


def test_key_figures_and_every_indicator_come_first_with_what_they_are_compared_with():
    parameters, commune = load_parameters("insee:59299")
    parameters = diagnostic.date(parameters, commune)
    figures = ledger.gather(parameters, commune)
    pairs = ledger.pick_key_figures(figures, until=parameters.millesime)
    book = write(exhibit("A\n1\n"), commune="Hem", figures=figures, key_figures=pairs)
    assert book.sheetnames[:3] == ["Chiffres clés", "Indicateurs", "Sommaire"]
    key = {row[0]: row[1:] for row in rows(book, "Chiffres clés")[1:] if row[1] is not None}
    # Insee, comparateur de territoires 2018: 247 of 7 412 homes of Hem are vacant.
    value, mark, other, unit, year, _ = key["Part des logements vacants, 2018"]
    assert (round(value, 1), mark, round(other, 1), unit, year) == (3.3, "*", 7.1, "%", 2018)
    assert key["Nombre d’habitants, 2023"][0] == 18582
    listed = rows(book, "Indicateurs")
    assert len(listed) == len(figures) + 1
    assert {row[4] for row in listed[1:]} == {"Hem", "MEL", "Nord", "Hauts-de-France", "France hors Mayotte"}


def test_key_figures_are_those_of_the_cover():
    parameters, commune = load_parameters("insee:59299")
    parameters = diagnostic.date(parameters, commune)
    pairs = ledger.pick_key_figures(ledger.gather(parameters, commune), until=parameters.millesime)
    cover = [line.split(" : ")[0] for line in Diagnostic.open("59299").key_figures().text]
    assert [own["label"] for own, _ in pairs] == cover


def test_indicators_are_the_same_read_in_their_table_or_computed(monkeypatch, tmp_path):
    parameters, commune = load_parameters("insee:59299")
    parameters = diagnostic.date(parameters, commune)
    monkeypatch.setenv("HELPERS_INDICATORS", str(tmp_path))
    computed = ledger.gather(parameters, commune)
    folder = paths.store_folder()
    areas = [(one.level, one.code) for one in (commune, *commune.comparison())]
    cube = indicator_table.read_cube(folder, areas)
    table = engine.compute(cube, indicator_table.reference_periods(indicator_table.read_cube(folder, areas)))
    indicator_table.write(table, indicator_table.path_of(folder))
    read = ledger.gather(parameters, commune)
    pd.testing.assert_frame_equal(read, computed, check_dtype=False)


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
