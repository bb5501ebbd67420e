"""The readers of the yearly files, on files in the official layouts written from the imaginary country."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
from fake_official_files import yearly
from fake_official_files.country import Country
from fake_official_files.files import delimit
from fake_official_files.yearly import Grid
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import from_wkb
from shapely.geometry import box

from helpers import schemas
from helpers.errors import SourceError
from helpers.sources import (
    civil_registry,
    filosofi,
    legal_population,
    lovac,
    membership,
    movements,
    outlines,
    population_history,
    quinquennial_ages,
    rpls,
    sitadel,
    workbooks,
)
from helpers.sources.files import join_code, parse_numbers, require_communes
from helpers.sources.registry import Source, find_source

COUNTRY = Country()
YEARS = tuple(range(2008, 2020))
CENSUSES = (1876, 1954, 1962, 1999, 2006, 2022)
EPCI = {"59299": "200093201", "59350": "200093201", "2A004": "242010056"}

BIRTHS = yearly.events(COUNTRY, years=YEARS, rate=0.012, seed=1)
DEATHS = yearly.events(COUNTRY, years=YEARS, rate=0.009, seed=2)
STARTS = yearly.events(COUNTRY, years=range(2013, 2026), rate=0.004, seed=4)
HISTORY = yearly.populations(COUNTRY, years=CENSUSES)
LEGAL = yearly.populations(COUNTRY, years=[2022])
VACANCY = yearly.vacancy(COUNTRY)


def record(reader: str, **options) -> Source:
    """A record of the registry for a file of these tests."""
    known = {
        "id": "essai", "producer": "Insee", "title": "Fichier d'essai", "citation": "Insee", "family": "essai",
        "page": "https://example.org/page", "licence": "Licence Ouverte 2.0", "file": "essai", "reader": reader,
    }  # fmt: skip
    return Source(**{**known, **options})


@dataclass(frozen=True)
class Case:
    """An official file: its reader, its record, its good grid, how a grid becomes a file."""

    read: Callable[..., dict[str, pd.DataFrame]]
    source: Source
    grid: Grid
    save: Callable[[Path, Grid], Path]
    table: str
    code: str
    count: str
    # A column whose absence is reported, and one that names the vintage in another one's file.
    needed: str
    outdated: dict[str, object] | None = None
    # The first row of data in the file.
    line: int = 2

    def tables(self, path: Path) -> dict[str, pd.DataFrame]:
        return self.read(path, source=self.source)

    def file(self, folder: Path, grid: Grid | None = None) -> Path:
        return self.save(folder / "essai", grid or self.grid)


def _text(member: str = "", **options) -> Callable[[Path, Grid], Path]:
    return lambda path, grid: yearly.save_text(path, grid, member=member, **options)


def _workbook(title: str, *, above: int, member: str = "", **others: Grid) -> Callable[[Path, Grid], Path]:
    return lambda path, grid: yearly.save_workbook(path, {title: grid, **others}, above=above, member=member)


AGES = yearly.quinquennial(COUNTRY)
OTHERS = {title: grid for title, grid in AGES.items() if title != "COM_2022"}
CASES = {
    "ages": Case(
        quinquennial_ages.read,
        record("quinquennial_ages", vintage=2022, dates=COUNTRY.dates, member="pop-sexe-age-quinquennal6822.xlsx"),
        AGES["COM_2022"],
        _workbook("COM_2022", above=13, member="pop-sexe-age-quinquennal6822.xlsx", **OTHERS),
        "ages", "CR", "ageq_rec04s1rpop2022", "ageq_rec20s2rpop2022", {"vintage": 2023, "dates": ()}, line=15,
    ),
    "births": Case(
        civil_registry.read,
        record("civil_registry", family="naissances", vintage=2019, member="base_naissances_2019.csv"),
        yearly.civil_registry(BIRTHS, prefix="NAISD"),
        _text("base_naissances_2019.csv"),
        "flows", "CODGEO", "NAISD19", "CODGEO", {"vintage": 2020},
    ),
    "deaths": Case(
        civil_registry.read,
        record("civil_registry", family="deces", vintage=2017, dates=tuple(range(2008, 2018)), member="base_deces_2017.xlsx"),
        yearly.civil_registry(DEATHS, prefix="DECESD"),
        _workbook("COM", above=5, member="base_deces_2017.xlsx"),
        "flows", "CODGEO", "DECESD08", "CODGEO", {"dates": (2017, 2020)}, line=7,
    ),
    "tidy births": Case(
        civil_registry.read,
        record("civil_registry", family="naissances", vintage=2019, member="DS_ETAT_CIVIL_NAIS_COMMUNES_data.csv"),
        yearly.civil_registry_tidy(BIRTHS, measure="LVB"),
        _text("DS_ETAT_CIVIL_NAIS_COMMUNES_data.csv"),
        "flows",
        "GEO",
        "OBS_VALUE",
        "OBS_VALUE",
        {"vintage": 2020},
    ),
    "history": Case(
        population_history.read,
        record("population_history", vintage=2022),
        yearly.population_history(HISTORY),
        _workbook("pop_1876_2022", above=5),
        "population_history", "CODGEO", "PTOT1876", "CODGEO", {"vintage": 2023}, line=7,
    ),
    "vacancy": Case(
        lovac.read,
        record("lovac", vintage=2022),
        yearly.lovac(VACANCY, edition=2022),
        _text(encoding="latin-1"),
        "vacancy", "CODGEO_22", "pp_vacant_16", "pp_vacant_plus_2ans_22", {"vintage": 2023},
    ),
    "starts": Case(
        sitadel.read,
        record("sitadel", vintage=2024, dates=tuple(range(2013, 2025))),
        yearly.sitadel(STARTS, pending=[2025]),
        _text(),
        "flows", "COMM", "LOG_COM", "LOG_COM", {"dates": (2026,)},
    ),
    "incomes": Case(
        filosofi.read,
        record("filosofi", vintage=2021, member="cc_filosofi_2021_COM.csv"),
        yearly.filosofi(COUNTRY, vintage=2021, withheld={}),
        _text("cc_filosofi_2021_COM.csv", decimal=","),
        "income", "CODGEO", "MED21", "TP6021", {"vintage": 2020},
    ),
    "legal": Case(
        legal_population.read,
        record("legal_population", vintage=2021),
        yearly.legal(LEGAL),
        _text(),
        "population", "COM", "PMUN", "PMUN",
    ),
    "legal before 2021": Case(
        legal_population.read,
        record("legal_population", vintage=2019, member="donnees_communes.csv"),
        yearly.legal_before_2021(LEGAL),
        _text("donnees_communes.csv"),
        "population", "CODCOM", "PMUN", "PMUN",
    ),
    "legal workbook": Case(
        legal_population.read,
        record("legal_population", vintage=2020, member="ensemble.xlsx"),
        yearly.legal_workbook(LEGAL),
        _workbook("Communes", above=7, member="ensemble.xlsx"),
        "population", "Code commune", "Population municipale", "Population municipale", line=9,
    ),
    "social": Case(
        rpls.read,
        record("rpls", vintage=2022),
        yearly.rpls(COUNTRY),
        _text(separator=","),
        "social_housing", "DEPCOM_ARM", "nb_ls", "nb_vacants",
    ),
    "social workbook": Case(
        rpls.read,
        record("rpls", vintage=2025, member="resultats_rpls_2025.xlsx"),
        yearly.rpls(COUNTRY),
        _workbook("COMMUNE", above=5, member="resultats_rpls_2025.xlsx"),
        "social_housing", "DEPCOM_ARM", "nb_ls", "nb_vacants", line=7,
    ),
}  # fmt: skip
every_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
archived = pytest.mark.parametrize(
    "case", [pytest.param(case, id=name) for name, case in CASES.items() if case.source.member]
)


def by_key(frame: pd.DataFrame, *keys: str) -> dict:
    """Values of a table by code, year and the like: each key once."""
    wanted = ["code", *keys]
    assert not frame.duplicated([*wanted, "variable"]).any()
    return dict(zip(zip(*(frame[name] for name in wanted), strict=True), frame["value"], strict=True))


def truth(frame: pd.DataFrame, *keys: str) -> dict:
    wanted = ["code", *keys]
    return dict(zip(zip(*(frame[name] for name in wanted), strict=True), frame["value"], strict=True))


# What every reader owes.


@every_case
def test_every_table_has_the_form_of_the_store(case, tmp_path):
    tables = case.tables(case.file(tmp_path))
    frame = tables[case.table].assign(level="commune", origin="insee", source="essai")
    checked = schemas.validate(frame[schemas.table_columns(case.table)], table=case.table)
    assert set(checked["code"]) == set(COUNTRY.codes)
    assert checked["value"].notna().all()


@every_case
def test_columns_in_another_order_are_read_by_name(case, tmp_path):
    place = range(len(case.grid.columns) - 1, -1, -1)
    backwards = Grid(
        tuple(case.grid.columns[rank] for rank in place),
        tuple(tuple(row[rank] for rank in place) for row in case.grid.rows),
    )
    keys = schemas.key_columns(case.table)[1:]
    mine, theirs = (
        case.tables(case.file(tmp_path, grid))[case.table].sort_values(keys, ignore_index=True)
        for grid in (case.grid, backwards)
    )
    pd.testing.assert_frame_equal(mine[[*keys, "value"]], theirs[[*keys, "value"]])


@every_case
def test_a_missing_cell_is_absent_and_never_zero(case, tmp_path):
    whole = case.tables(case.file(tmp_path))[case.table]
    row = max(range(len(case.grid.rows)), key=lambda rank: case.grid.cell(rank, case.count) is not None)
    if case.table == "flows" and case.count == "LOG_COM":
        row = next(
            rank
            for rank in range(len(case.grid.rows))
            if case.grid.cell(rank, "TYPE_LGT") == "Tous Logements"
        )
    emptied = case.tables(case.file(tmp_path, case.grid.changed(row, case.count, None)))[case.table]
    assert len(emptied) == len(whole) - 1


@every_case
def test_a_missing_column_is_named_with_those_the_file_has(case, tmp_path):
    path = case.file(tmp_path, case.grid.without(case.needed))
    with pytest.raises(SourceError, match="Colonnes absentes") as caught:
        case.tables(path)
    assert str(path) in caught.value.message
    assert caught.value.message.endswith(f": {case.needed}.")
    assert case.grid.columns[-2] in caught.value.remedy


@every_case
@pytest.mark.parametrize("cell", ["12,5x", "nc", "1.2.3"])
def test_a_cell_that_is_no_number_is_shown_with_its_line_and_column(case, cell, tmp_path):
    row = _row_of_totals(case)
    path = case.file(tmp_path, case.grid.changed(row, case.count, cell))
    shown = cell.replace(",", ".") if case.table == "income" else cell
    with pytest.raises(SourceError) as caught:
        case.tables(path)
    assert (
        f"ligne {case.line + row}, colonne {case.count} : {shown!r} n'est pas un nombre"
        in caught.value.message
    )
    assert str(path) in caught.value.message


@every_case
def test_a_negative_count_is_refused(case, tmp_path):
    row = _row_of_totals(case)
    path = case.file(tmp_path, case.grid.changed(row, case.count, "-3"))
    with pytest.raises(
        SourceError, match=f"ligne {case.line + row}, colonne {case.count} : '-3' est négatif"
    ):
        case.tables(path)


@pytest.mark.parametrize("name", ["ages", "births", "history", "vacancy", "starts", "legal", "social"])
def test_a_decimal_comma_is_refused_where_the_layout_has_none(name, tmp_path):
    case = CASES[name]
    row = _row_of_totals(case)
    path = case.file(tmp_path, case.grid.changed(row, case.count, "12,5"))
    with pytest.raises(SourceError, match=f"ligne {case.line + row}, colonne {case.count} : '12,5'"):
        case.tables(path)


def _row_of_totals(case: Case) -> int:
    """A row that the reader keeps, not the first one."""
    if "TYPE_LGT" not in case.grid.columns:
        return 3
    return next(rank for rank in range(7, 99) if case.grid.cell(rank, "TYPE_LGT") == "Tous Logements")


@every_case
def test_a_commune_given_twice_is_refused_with_its_code(case, tmp_path):
    row = _row_of_totals(case)
    path = case.file(tmp_path, case.grid.twice(row))
    line = case.line + len(case.grid.rows)
    with pytest.raises(SourceError, match=rf"ligne {line} : la commune [0-9AB]{{5}}.* deux fois") as caught:
        case.tables(path)
    assert str(case.grid.cell(row, case.code)) in caught.value.message


@every_case
def test_a_code_without_its_zero_is_refused_not_taken_for_another_commune(case, tmp_path):
    path = case.file(tmp_path, case.grid.changed(_row_of_totals(case), case.code, "Source : Insee"))
    with pytest.raises(SourceError, match="n'est pas un code de commune"):
        case.tables(path)


@every_case
def test_a_page_in_place_of_the_file_is_reported_as_such(case, tmp_path):
    path = case.file(tmp_path)
    path.write_text("<!DOCTYPE html>\n<html><body>Page introuvable</body></html>", encoding="utf-8")
    with pytest.raises(SourceError, match="est une page web") as caught:
        case.tables(path)
    assert str(path) in caught.value.message


@every_case
def test_an_absent_file_says_where_it_was_looked_for(case, tmp_path):
    with pytest.raises(SourceError, match="Fichier absent") as caught:
        case.tables(tmp_path / "nulle part")
    assert "nulle part" in caught.value.message


@archived
@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_truncated_archive_is_refused(case, share, tmp_path):
    path = case.file(tmp_path)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    with pytest.raises(SourceError, match="illisible") as caught:
        case.tables(path)
    assert str(path) in caught.value.message
    assert "de nouveau" in caught.value.remedy


@archived
def test_an_archive_without_the_member_lists_what_it_holds(case, tmp_path):
    path = case.file(tmp_path)
    other = case.source.model_copy(update={"member": f"autre-{case.source.member}"})
    with pytest.raises(SourceError, match="ne contient pas") as caught:
        case.read(path, source=other)
    assert case.source.member in caught.value.remedy


@pytest.mark.parametrize(
    "case", [pytest.param(case, id=name) for name, case in CASES.items() if case.outdated]
)
def test_another_vintage_under_the_right_name_is_refused(case, tmp_path):
    path = case.file(tmp_path)
    expected = case.source.model_copy(update=case.outdated)
    with pytest.raises(SourceError) as caught:
        case.read(path, source=expected)
    assert str(path) in caught.value.message
    wanted = (
        [*expected.dates, expected.vintage][-1] if case.outdated.get("vintage") is None else expected.vintage
    )
    assert str(wanted) in str(caught.value) or f"{wanted % 100:02d}" in caught.value.message


# Ages.


def test_ages_of_every_census_are_those_of_the_country(tmp_path):
    case = CASES["ages"]
    frame = case.tables(case.file(tmp_path))["ages"]
    expected = truth(yearly.ages(COUNTRY), "year", "sex", "age")
    assert by_key(frame, "year", "sex", "age") == pytest.approx(expected, rel=1e-12)
    totals = COUNTRY.people.groupby(["code", "year"])["value"].sum()
    assert frame.groupby(["code", "year"])["value"].sum().to_dict() == pytest.approx(totals.to_dict())


def test_the_same_columns_are_read_as_text(tmp_path):
    sheet = AGES["COM_2022"]
    path = yearly.save_text(tmp_path / "pop-sexe-age-quinquennal6822.csv", sheet)
    frame = quinquennial_ages.read(path, source=record("quinquennial_ages", vintage=2022))["ages"]
    held = truth(yearly.ages(COUNTRY).query("year == 2022"), "year", "sex", "age")
    assert by_key(frame, "year", "sex", "age") == pytest.approx(held, rel=1e-12)


def test_the_header_is_found_however_many_lines_stand_above(tmp_path):
    frames = []
    for above in (2, 12, 14):
        path = yearly.save_workbook(tmp_path / f"{above}.xlsx", AGES, above=above)
        frames.append(quinquennial_ages.read(path, source=record("quinquennial_ages", vintage=2022))["ages"])
    pd.testing.assert_frame_equal(frames[0], frames[1])
    pd.testing.assert_frame_equal(frames[0], frames[2])


def test_a_sheet_of_another_census_is_refused(tmp_path):
    path = yearly.save_quinquennial(tmp_path / "a.xlsx", {**AGES, "COM_2016": AGES["COM_2011"]})
    with pytest.raises(SourceError, match=r"feuille COM_2016 donne le recensement de 2011, et non de 2016"):
        quinquennial_ages.read(path, source=record("quinquennial_ages", vintage=2022))


def test_a_workbook_without_the_sheets_lists_those_it_has(tmp_path):
    path = yearly.save_workbook(tmp_path / "a.xlsx", {"DEP_2022": AGES["COM_2022"]}, above=13)
    with pytest.raises(SourceError, match="COM_") as caught:
        quinquennial_ages.read(path, source=record("quinquennial_ages", vintage=2022))
    assert "DEP_2022" in caught.value.remedy


def test_a_workbook_of_excel_97_says_how_to_convert_it_and_the_copy_is_read(tmp_path):
    member = "pop-sexe-age-quinquennal6822.xls"
    source = record("quinquennial_ages", vintage=2022, member=member)
    path = tmp_path / "pop-sexe-age-quinquennal6822.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(member, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    with pytest.raises(SourceError, match=r"format \.xls") as caught:
        quinquennial_ages.read(path, source=source)
    assert "enregistrez-le en .xlsx" in caught.value.remedy
    assert path.name in caught.value.remedy
    # What the remedy says: the .xlsx under the name of the archive.
    yearly.save_quinquennial(path, AGES)
    assert len(quinquennial_ages.read(path, source=source)["ages"]) == 3 * 40 * len(COUNTRY.codes)


def test_a_workbook_whose_styles_are_outside_the_standard_is_read_all_the_same(tmp_path):
    good = yearly.save_quinquennial(tmp_path / "good.xlsx", AGES)
    odd = tmp_path / "odd.xlsx"
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(odd, "w") as copy:
        for item in source.infolist():
            content = source.read(item)
            if item.filename == "xl/styles.xml":
                content = content.replace(b"<patternFill", b"<unknownFill").replace(
                    b"</patternFill", b"</unknownFill"
                )
                assert content != source.read(item)
            copy.writestr(item, content)
    with pytest.raises(TypeError):
        openpyxl.load_workbook(odd)
    mine, theirs = (
        quinquennial_ages.read(path, source=record("quinquennial_ages", vintage=2022))["ages"]
        for path in (good, odd)
    )
    pd.testing.assert_frame_equal(mine, theirs)


@pytest.mark.parametrize(
    ("department", "commune", "code"),
    [
        ("01", "004", "01004"), ("1", "4", "01004"), (1, 4, "01004"), ("2A", "004", "2A004"), ("59", "350", "59350"),
        ("971", "01", "97101"), ("971", "101", "97101"), ("97", "101", "97101"), ("971", "1", "97101"), ("974", "411", "97411"),
    ],
)  # fmt: skip
def test_a_code_is_made_of_its_two_parts(department, commune, code):
    assert join_code(pd.Series([department]), pd.Series([commune])).tolist() == [code]


# Births, deaths, homes started.


@pytest.mark.parametrize(
    ("name", "variable", "counts"),
    [
        ("births", "NAIS", BIRTHS),
        ("tidy births", "NAIS", BIRTHS),
        ("deaths", "DECE", DEATHS),
        ("starts", "LOGCOM", STARTS),
    ],
)
def test_a_year_of_flows_runs_to_the_next_one(name, variable, counts, tmp_path):
    frame = CASES[name].tables(CASES[name].file(tmp_path))["flows"]
    frame = frame[frame["variable"] == variable]
    assert (frame["year"] - frame["since"] == 1).all()
    known = counts[counts["year"] < 2025]
    assert by_key(frame, "since") == truth(known, "year")


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [(40, (100, 200), 340), (300, (100, 200), 300), (0, (100, 200), 300), (310, (100, 200), 310)],
    ids=["unknown arrondissement", "whole", "nothing left", "whole and more"],
)
def test_a_city_counts_those_of_its_arrondissements_once(left, right, expected, tmp_path):
    rows = (("75056", left), ("75101", right[0]), ("75120", right[1]), ("59299", 12))
    path = yearly.save_text(tmp_path / "n.csv", Grid(("CODGEO", "NAISD20"), rows))
    source = record("civil_registry", family="naissances", vintage=2020)
    frame = civil_registry.read(path, source=source)["flows"]
    assert by_key(frame, "since") == {
        ("75056", 2020): expected, ("75101", 2020): 100, ("75120", 2020): 200, ("59299", 2020): 12,
    }  # fmt: skip


@pytest.mark.parametrize("name", ["births", "deaths", "tidy births"])
@pytest.mark.parametrize("code", ["751XX", "693XX", "132XX"])
def test_an_unknown_arrondissement_is_no_commune_and_costs_nothing(name, code, tmp_path):
    case = CASES[name]
    stray = tuple(
        code if column == case.code else value
        for column, value in zip(case.grid.columns, case.grid.rows[0], strict=True)
    )
    whole = case.tables(case.file(tmp_path))["flows"]
    grid = replace(case.grid, rows=(*case.grid.rows, stray))
    pd.testing.assert_frame_equal(case.tables(case.file(tmp_path, grid))["flows"], whole)


@pytest.mark.parametrize(
    ("digits", "year"), [("08", 2008), ("24", 2024), ("99", 1999), ("75", 1975), ("68", 1968)]
)
def test_two_digits_tell_a_year_since_1968(digits, year, tmp_path):
    path = yearly.save_text(tmp_path / "n.csv", Grid(("CODGEO", f"NAISD{digits}"), (("59299", 5),)))
    frame = civil_registry.read(path, source=record("civil_registry", family="naissances", vintage=year))[
        "flows"
    ]
    assert frame["since"].tolist() == [year]


def test_a_file_of_deaths_under_the_name_of_births_is_refused(tmp_path):
    path = CASES["deaths"].file(tmp_path)
    source = CASES["deaths"].source.model_copy(update={"family": "naissances", "vintage": 2017})
    with pytest.raises(SourceError, match="NAISD17") as caught:
        civil_registry.read(path, source=source)
    assert "DECESD17" in caught.value.remedy


def test_tidy_deaths_under_the_name_of_births_are_refused(tmp_path):
    case = CASES["tidy births"]
    path = case.file(tmp_path, yearly.civil_registry_tidy(DEATHS, measure="DTH"))
    with pytest.raises(SourceError, match="ligne 2, colonne EC_MEASURE : 'DTH' n'est pas 'LVB'"):
        case.tables(path)


def test_a_family_that_is_neither_births_nor_deaths_is_refused(tmp_path):
    path = CASES["births"].file(tmp_path)
    with pytest.raises(SourceError, match="'mariages'") as caught:
        civil_registry.read(path, source=CASES["births"].source.model_copy(update={"family": "mariages"}))
    assert "naissances, deces" in caught.value.remedy


def test_homes_started_are_those_of_the_total_line_never_added_to_its_parts(tmp_path):
    counts = pd.DataFrame({"code": ["59299"], "year": [2020], "value": [40.0]})
    path = yearly.save_text(tmp_path / "s.csv", yearly.sitadel(counts))
    frame = sitadel.read(path, source=record("sitadel"))["flows"]
    assert frame[["code", "since", "year", "variable", "value"]].to_numpy().tolist() == [
        ["59299", 2020, 2021, "LOGAUT", 41.0],
        ["59299", 2020, 2021, "LOGCOM", 40.0],
    ]


def test_homes_started_without_types_are_totals(tmp_path):
    grid = Grid(("ANNEE", "COMM", "LOG_COM"), ((2020, "59299", 40), (2021, "59299", 0)))
    frame = sitadel.read(yearly.save_text(tmp_path / "s.csv", grid), source=record("sitadel"))["flows"]
    assert by_key(frame, "since") == {("59299", 2020): 40, ("59299", 2021): 0}


def test_a_year_of_which_nothing_is_started_yet_is_not_a_year_without_homes(tmp_path):
    case = CASES["starts"]
    frame = case.tables(case.file(tmp_path))["flows"]
    years = frame.groupby("variable")["since"].max()
    assert years.to_dict() == {"LOGAUT": 2025, "LOGCOM": 2024}


def test_the_monthly_series_is_refused_with_the_one_to_take(tmp_path):
    grid = Grid(
        ("ANNEE", "MOIS", "CODE_INSEE", "TYPE_LGT", "LOG_COM"), ((2020, "01", "59299", "Tous Logements", 4),)
    )
    with pytest.raises(SourceError, match="MOIS") as caught:
        sitadel.read(yearly.save_text(tmp_path / "s.csv", grid), source=record("sitadel"))
    assert "date réelle" in caught.value.remedy


def test_a_series_without_a_total_line_lists_the_types_it_has(tmp_path):
    grid = Grid(("ANNEE", "COMM", "TYPE_LGT", "LOG_COM"), ((2020, "59299", "Collectif", 4),))
    with pytest.raises(SourceError, match="Tous Logements") as caught:
        sitadel.read(yearly.save_text(tmp_path / "s.csv", grid), source=record("sitadel"))
    assert "'Collectif'" in caught.value.remedy


def test_a_year_that_is_none_is_refused(tmp_path):
    grid = Grid(("ANNEE", "COMM", "LOG_COM"), ((2020, "59299", 4), ("20-21", "59299", 4)))
    with pytest.raises(SourceError, match="ligne 3, colonne ANNEE : '20-21'"):
        sitadel.read(yearly.save_text(tmp_path / "s.csv", grid), source=record("sitadel"))


# Populations.


def test_a_long_series_keeps_every_census_of_the_file(tmp_path):
    case = CASES["history"]
    frame = case.tables(case.file(tmp_path))["population_history"]
    assert by_key(frame, "year") == truth(HISTORY, "year")


@pytest.mark.parametrize("name", ["legal", "legal before 2021", "legal workbook"])
def test_legal_populations_of_every_layout_say_the_same(name, tmp_path):
    case = CASES[name]
    tables = case.tables(case.file(tmp_path))
    assert by_key(tables["population"]) == truth(LEGAL)
    assert set(tables["population"]["year"]) == {case.source.vintage}
    ajaccio = tables["communes"].set_index("code").loc["2A004"]
    assert ajaccio.to_dict() == {"name": "L'Étang-2A004", "department": "2A", "region": "94"}


# Homes and incomes.


@pytest.mark.parametrize("total", ["pp_total", "ff_pp_total"])
def test_vacancy_of_every_year_under_either_name_of_the_stock(total, tmp_path):
    grid = yearly.lovac(VACANCY, edition=2022, total=total, secret=["01004"])
    path = yearly.save_text(tmp_path / "lovac.csv", grid, encoding="cp1252")
    frame = lovac.read(path, source=record("lovac", vintage=2022))["vacancy"]
    wide = frame.pivot(index=["code", "year"], columns="variable", values="value")
    expected = VACANCY.set_index(["code", "year"])
    expected.loc[(slice(None), 2022), "PP_TOTAL"] = float("nan")
    expected.loc["01004", "PP_VACANT_2ANS"] = float("nan")
    pd.testing.assert_frame_equal(wide, expected.sort_index(), check_names=False, check_index_type=False)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_vacancy_is_read_in_its_encodings(encoding, tmp_path):
    path = yearly.save_text(tmp_path / "lovac.csv", CASES["vacancy"].grid, encoding=encoding)
    assert len(lovac.read(path, source=CASES["vacancy"].source)["vacancy"]) == 8 * len(COUNTRY.codes)


def test_vacancy_is_read_from_a_workbook(tmp_path):
    path = yearly.save_workbook(tmp_path / "lovac.xlsx", {"COM": CASES["vacancy"].grid}, above=0)
    frame = lovac.read(path, source=CASES["vacancy"].source)["vacancy"]
    assert len(frame) == 8 * len(COUNTRY.codes)


@pytest.mark.parametrize("decimal", [",", "."])
@pytest.mark.parametrize("withheld", ["s", "ns", "nd", ""])
def test_incomes_under_secrecy_are_missing(withheld, decimal, tmp_path):
    grid = yearly.filosofi(COUNTRY, vintage=2021, withheld={"59299": withheld})
    path = yearly.save_text(tmp_path / "cc.csv", grid, decimal=decimal)
    frame = filosofi.read(path, source=record("filosofi", vintage=2021))["income"]
    assert set(frame["code"]) == set(COUNTRY.codes) - {"59299"}
    first = frame[frame["code"] == "01004"].set_index("variable")["value"]
    row = dict(zip(grid.columns, grid.rows[0], strict=True))
    assert first.to_dict() == {"MED": row["MED21"], "NBMENFISC": row["NBMENFISC21"], "TP60": 14.5}


@pytest.mark.parametrize("space", [" ", "\u00a0", "\u2009", "\u202f"])
def test_incomes_and_households_written_with_spaces_are_read(space, tmp_path):
    case = CASES["incomes"]
    spaced = case.grid.changed(0, "NBMENFISC21", f"1{space}234{space}567").changed(
        0, "MED21", f"21{space}920,5 "
    )
    frame = case.tables(case.file(tmp_path, spaced))["income"]
    first = frame[frame["code"] == "01004"].set_index("variable")["value"]
    assert first[["NBMENFISC", "MED"]].to_list() == [1_234_567, 21_920.5]


@pytest.mark.parametrize("cell", ["1 23", "12 34", "1  234", "1-234"])
def test_spaces_that_make_no_groups_of_three_are_no_number(cell, tmp_path):
    case = CASES["incomes"]
    with pytest.raises(SourceError, match="n'est pas un nombre"):
        case.tables(case.file(tmp_path, case.grid.changed(0, "NBMENFISC21", cell)))


def test_incomes_in_rows_are_those_of_the_communes_secret_ones_missing(tmp_path):
    rows = [
        ("59299", "COM", "MED_SL", "F", "2023", "22000"), ("59299", "COM", "PR_MD60", "F", "2023", "14.5"),
        ("59299", "COM", "NUM_HH", "F", "2023", "7 012"), ("59299", "COM", "D1_SL", "F", "2023", "12000"),
        ("01001", "COM", "MED_SL", "C", "2023", ""), ("2A004", "COM", "MED_SL", "C", "2023", "9"),
        ("75101", "ARM", "MED_SL", "F", "2023", "40000"), ("59299", "COM", "MED_SL", "F", "2022", "21000"),
        ("59", "DEP", "MED_SL", "F", "2023", "21500"), ("200093201", "EPCI", "PR_MD60", "F", "2023", "20"),
    ]  # fmt: skip
    columns = ("GEO", "GEO_OBJECT", "FILOSOFI_MEASURE", "CONF_STATUS", "TIME_PERIOD", "OBS_VALUE")
    path = yearly.save_text(
        tmp_path / "long", Grid(columns, tuple(rows)), member="DS_FILOSOFI_CC_2023_data.csv"
    )
    source = find_source("filosofi_2023")
    frame = filosofi.read(path, source=source)["income"]
    assert {(row.code, row.variable): row.value for row in frame.itertuples()} == {
        ("59299", "MED"): 22_000, ("59299", "TP60"): 14.5, ("59299", "NBMENFISC"): 7_012, ("75101", "MED"): 40_000,
    }  # fmt: skip
    assert set(frame["year"]) == {2023}
    with pytest.raises(SourceError, match="n'est pas du millésime attendu"):
        filosofi.read(path, source=source.model_copy(update={"vintage": 2021, "dates": (2021,)}))
    without = tuple(row for row in rows if row[2] != "MED_SL")
    path = yearly.save_text(tmp_path / "long", Grid(columns, without), member="DS_FILOSOFI_CC_2023_data.csv")
    with pytest.raises(SourceError, match="MED_SL") as caught:
        filosofi.read(path, source=source)
    assert "D1_SL, NUM_HH, PR_MD60" in caught.value.remedy


def test_social_dwellings_under_secrecy_are_missing_in_the_workbook(tmp_path):
    case = CASES["social workbook"]
    frame = case.tables(case.file(tmp_path, case.grid.changed(0, "nb_vacants", "s")))["social_housing"]
    assert frame.loc[frame["code"] == "01004", "variable"].tolist() == ["RPLS"]


def test_social_dwellings_of_earlier_years_are_read_too(tmp_path):
    grid = CASES["social"].grid
    wider = Grid((*grid.columns, "nb_ls2019", "nb_ls2025"), tuple((*row, 7, 8) for row in grid.rows))
    path = yearly.save_text(tmp_path / "rpls.csv", wider, separator=",")
    frame = rpls.read(path, source=record("rpls", vintage=2025))["social_housing"]
    stock = frame[frame["variable"] == "RPLS"]
    assert set(stock["year"]) == {2019, 2025}
    assert set(stock.loc[stock["year"] == 2019, "value"]) == {7}
    assert 8 not in set(stock.loc[stock["year"] == 2025, "value"])


# Territories.


@pytest.mark.parametrize("year", [2018, 2022, 2025])
def test_the_table_of_membership_of_any_year_is_the_member_of_its_record(year, tmp_path):
    member = f"table-appartenance-geo-communes-{year % 100}.xlsx"
    sheets = yearly.membership(COUNTRY, epci=EPCI)
    path = yearly.save_workbook(tmp_path / "t.zip", sheets, above=5, member=member)
    frames = membership.read(path, source=record("membership", geography=year, member=member))
    communes = frames["communes"].set_index("code")["epci"]
    assert communes.dropna().to_dict() == EPCI
    assert list(communes.index) == list(COUNTRY.codes)
    assert frames["arrondissements"]["city"].tolist() == ["13055"]
    assert frames["zones"]["code"].tolist() == sorted(set(EPCI.values()))


def test_the_composition_of_the_epci_gives_communes_and_names(tmp_path):
    member = "EPCI_au_01-01-2025.xlsx"
    path = yearly.save_workbook(
        tmp_path / "e.zip", yearly.composition(COUNTRY, epci=EPCI), above=5, member=member
    )
    source = record("membership", family="epci", geography=2025, member=member)
    frames = membership.read(path, source=source)
    assert frames.keys() == membership.read_epci(path, source=source).keys()
    assert frames["communes"].set_index("code")["epci"].dropna().to_dict() == EPCI
    assert frames["zones"].to_dict("records") == [
        {"level": "EPCI", "code": code, "name": f"Intercommunalité {code}"}
        for code in sorted(set(EPCI.values()))
    ]


def test_a_commune_in_two_epci_is_refused(tmp_path):
    sheets = yearly.composition(COUNTRY, epci=EPCI)
    sheets["Composition_communale"] = sheets["Composition_communale"].twice(0)
    path = yearly.save_workbook(tmp_path / "e.xlsx", sheets, above=5)
    with pytest.raises(SourceError, match=r"feuille Composition_communale, .*01004.* deux fois"):
        membership.read_epci(path, source=record("membership"))


@pytest.mark.parametrize("member", ["", "v_mvt_commune_2025.csv"])
def test_movements_are_read_alone_or_in_the_archive_of_the_whole_code(member, tmp_path):
    grid = yearly.movements({"59298": "59350", "59350": "59350"}, date="2025-01-01")
    path = yearly.save_text(tmp_path / "cog_ensemble_2025_csv.zip", grid, member=member, separator=",")
    frame = movements.read(path, source=record("movements", member=member or None))
    assert frame[["kind", "date", "before", "after"]].to_numpy().tolist() == [
        ["32", "2025-01-01", "59298", "59350"], ["32", "2025-01-01", "59350", "59350"],
    ]  # fmt: skip


def _layer(code: str, crs: str = "EPSG:2154") -> gpd.GeoDataFrame:
    """Two communes of ten kilometres that touch, near Lille, in metres."""
    squares = [box(700_000, 7_050_000, 710_000, 7_060_000), box(710_000, 7_050_000, 720_000, 7_060_000)]
    frame = gpd.GeoDataFrame(
        {code: ["59350", "59299"], "NOM": ["Lille", "Hem"]}, geometry=squares, crs="EPSG:2154"
    )
    return frame.set_geometry(frame.geometry.segmentize(20)).to_crs(crs)


@pytest.mark.parametrize(
    ("name", "code"), [("c.gpkg", "INSEE_COM"), ("c.gpkg", "code_insee"), ("COMMUNE.shp", "INSEE_COM")]
)
def test_admin_express_is_brought_to_longitude_and_latitude_and_simplified(name, code, tmp_path):
    path = tmp_path / name
    _layer(code).to_file(path, **({"layer": "commune"} if name.endswith("gpkg") else {}))
    frame = outlines.read(path, source=record("outlines"))
    assert frame["code"].tolist() == ["59299", "59350"]
    hem, lille = (from_wkb(outline) for outline in frame["outline"])
    assert 2 < hem.bounds[0] < 4
    assert 50 < hem.bounds[1] < 51
    # Five hundred points a side, of which the corners remain and little else; neighbours still touch.
    assert len(hem.exterior.coords) < 100
    assert hem.touches(lille)
    whole = _layer(code, "EPSG:4326").geometry
    assert hem.area == pytest.approx(whole.iloc[1].area, rel=1e-3)


def test_an_archive_that_python_cannot_open_says_to_unpack_it(tmp_path):
    path = tmp_path / "ADMIN-EXPRESS.7z"
    path.write_bytes(b"7z\xbc\xaf\x27\x1c")
    with pytest.raises(SourceError, match=r"\.7z") as caught:
        outlines.read(path, source=record("outlines"))
    assert "Décompressez" in caught.value.remedy


@pytest.mark.parametrize("name", ["c.gpkg", "c.shp"])
def test_a_damaged_layer_is_refused(name, tmp_path):
    path = tmp_path / name
    path.write_bytes(b"SQLite format 3\x00" + bytes(50))
    with pytest.raises(SourceError, match="illisibles") as caught:
        outlines.read(path, source=record("outlines"))
    assert str(path) in caught.value.message


def test_an_absent_layer_says_where_it_was_looked_for(tmp_path):
    with pytest.raises(SourceError, match="Fichier absent"):
        outlines.read(tmp_path / "c.gpkg", source=record("outlines"))


# What the readers share.


@given(
    values=st.lists(st.one_of(st.none(), st.floats(0, 1e9), st.integers(0, 10**9)), min_size=1, max_size=30)
)
def test_numbers_written_are_read_to_the_last_digit(values):
    text = delimit(["v"], [(value,) for value in values]).decode().splitlines()[1:]
    cells = ["" if cell == '""' else cell for cell in text]
    column = pd.Series(cells, name="v", dtype="str").replace("", None)
    read = parse_numbers(column, path=Path("f.csv"))
    assert [None if pd.isna(value) else value for value in read] == values


@settings(max_examples=50)
@given(codes=st.lists(st.sampled_from(["01004", "2A004", "59299", "97101"]), min_size=1, max_size=6))
def test_communes_are_refused_exactly_when_one_comes_back(codes):
    frame = pd.DataFrame({"CODGEO": codes})
    if len(set(codes)) == len(codes):
        assert require_communes(frame, code="CODGEO", path="f.csv") is frame
        return
    with pytest.raises(SourceError, match="deux fois"):
        require_communes(frame, code="CODGEO", path="f.csv")


@pytest.mark.parametrize("code", ["1004", "010040", "2C004", "", None, "59 299"])
def test_what_is_no_code_of_commune_is_refused_with_its_line(code):
    frame = pd.DataFrame({"CODGEO": ["01004", code]})
    with pytest.raises(SourceError, match=r"f\.csv, ligne 3, colonne CODGEO"):
        require_communes(frame, code="CODGEO", path="f.csv")


def test_rows_left_empty_are_not_communes_and_lines_are_those_of_the_sheet(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "COM"
    for row in (
        ["Titre"],
        [None],
        [" CODGEO ", "N"],
        ["01004", 1],
        [None, None],
        ["01005", None],
        [None, None],
    ):
        sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    path = tmp_path / "a.xlsx"
    path.write_bytes(content.getvalue())
    ((title, frame),) = workbooks.read_sheets(path, columns=["CODGEO"])
    assert title == "COM"
    assert frame["CODGEO"].tolist() == ["01004", "01005"]
    assert (frame.index + 2).tolist() == [4, 6]
