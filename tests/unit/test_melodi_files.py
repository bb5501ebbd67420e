from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from fake_official_files import melodi as official
from fake_official_files.country import Country
from melodi_rows import REAL

from helpers import schemas
from helpers.errors import SourceError
from helpers.sources import melodi_forms, melodi_tables
from helpers.sources.registry import Source, load_registry

SERIES, HOUSING = "DS_RP_SERIE_HISTORIQUE", "DS_RP_LOGEMENT_PRINC"
AGES, BIRTHS = "DS_RP_TD_POPULATION_AGESEX_PRINC", "DS_ETAT_CIVIL_NAIS_COMMUNES"
HEADER = "GEO;GEO_OBJECT;FREQ;RP_MEASURE;OCS;OBS_STATUS;UNIT_MEASURE;TIME_PERIOD;OBS_VALUE"
COUNTRY = Country()


def record(dataset, **options):
    facts = {"vintage": 2022, "geography": 2026, "reader": "melodi_tables", "id": "essai", "dataset": dataset}
    texts = dict.fromkeys(["producer", "title", "citation", "family", "licence"], "essai")
    return Source(**{**texts, "page": "https://www.insee.fr/essai", **facts, **options})


def read(path, dataset=SERIES, **options):
    return melodi_tables.read(path, source=record(dataset, **options))


def find(table, **where):
    """The values of some rows, by commune and year."""
    for column, wanted in where.items():
        table = table[table[column] == wanted]
    return table.set_index(["code", "year"])["value"]


def assert_counts(found, expected):
    """Whether values are those of the country, to five decimals."""
    expected = expected.rename_axis(["code", "year"])
    assert len(found) == len(expected)
    np.testing.assert_allclose(found.sort_index(), expected.sort_index(), atol=1e-3)


@pytest.fixture
def write(tmp_path):
    def write(dataset=SERIES, country=COUNTRY, **options):
        return official.write(tmp_path, country, dataset, **options)

    return write


# What files give.


@pytest.mark.parametrize(
    "other", [{"form": "parquet"}, pytest.param({"form": "csv", "mark": True}, marks=pytest.mark.large)]
)
@pytest.mark.parametrize("dataset", official.DATASETS)
def test_every_form_of_a_file_gives_the_same_communes(dataset, other, write):
    country = Country(codes=("01004", "2A004", "97101"))
    tables = read(write(dataset, country), dataset)
    assert set(tables) == set(melodi_forms.FORMS[dataset].tables)
    found = read(write(dataset, country, **other), dataset)
    assert found.keys() == tables.keys()
    for name, table in tables.items():
        pd.testing.assert_frame_equal(found[name], table)
    for name, table in tables.items():
        assert list(table.columns) == [*schemas.key_columns(name)[1:], "value"]
        assert set(table["code"]) == set(country.codes)
        complete = table.assign(level="commune", origin="insee", source="essai")[schemas.table_columns(name)]
        schemas.validate(complete, table=name)


def test_every_data_set_that_is_read_can_be_written():
    assert set(official.DATASETS) == set(melodi_forms.FORMS)


@pytest.mark.large
def test_the_same_rows_through_the_interface_give_the_same_figures(write):
    country, included = Country(codes=("2A004", "2B033")), {"2A004": "2B033"}
    for dataset in official.DATASETS:
        rows = pd.DataFrame(official.rows(country, dataset, included=included))
        rows = rows.rename(columns={"value": "OBS_VALUE", "status": "OBS_STATUS"}).astype(
            {"OBS_VALUE": float}
        )
        asked = melodi_tables.to_tables(rows, dataset=dataset)
        for name, table in read(write(dataset, country, included=included), dataset).items():
            communes = asked[name][asked[name].pop("level") == "commune"].reset_index(drop=True)
            pd.testing.assert_frame_equal(table, communes)


def test_people_by_tenure_are_those_of_the_country(write):
    table = read(write(HOUSING), HOUSING)["occupants"]
    people = COUNTRY.people.groupby(["tenure", "code", "year"])["value"].sum()
    for tenure, codes in {
        "owner": ["10"],
        "private": ["21", "23"],
        "social": ["22"],
        "other": ["30"],
    }.items():
        expected = sum(people[code] for code in codes)
        assert_counts(find(table, tenure=tenure), expected)
    assert set(table["variable"]) == {"NPER"}


def test_the_stock_is_that_of_the_country(write):
    homes = COUNTRY.homes.set_index(["code", "year"])
    series, housing = read(write())["dwellings"], read(write(HOUSING), HOUSING)["dwellings"]
    for variable in ("LOG", "RP", "RSECOCC", "LOGVAC"):
        assert_counts(find(series, variable=variable), homes[variable])
    for variable in ("MAISON", "APPART", "RP_PROP", "RP_LOC", "RP_LOCHLMV", "RP_GRAT"):
        assert_counts(find(housing, variable=variable), homes[variable])


def test_ages_are_those_of_the_country(write):
    tables = read(write(AGES), AGES)
    people = COUNTRY.people[COUNTRY.people["year"] == 2022]
    sexes = people["sex"].map({1: "H", 2: "F"})
    for name, ages in (("single_ages", people["age"]), ("ages", (people["age"] // 5 * 5).clip(upper=95))):
        expected = people.groupby([people["code"], sexes, ages.rename("age")])["value"].sum()
        found = tables[name].set_index(["code", "sex", "age"])["value"].sort_index()
        assert found.index.tolist() == expected.index.tolist() or len(found) == len(expected)
        np.testing.assert_allclose(found, expected.sort_index(), atol=1e-3)


def test_flows_of_the_series_run_from_census_to_census(write):
    flows = read(write())["flows"]
    assert set(zip(flows["since"], flows["year"], strict=True)) == {(2011, 2016), (2016, 2022)}


def test_the_first_census_has_no_fine_period_of_construction(write):
    table = read(write(HOUSING), HOUSING)["dwellings"]
    assert set(table.loc[table["variable"] == "RP_ACH70", "year"]) == {2016, 2022}
    assert set(table.loc[table["variable"] == "RP_ACHTOT", "year"]) == {2011, 2016, 2022}


def test_figures_included_in_those_of_another_commune(write):
    path = write(HOUSING, included={"59011": "59299"})
    homes = COUNTRY.homes.set_index(["code", "year"])["RP_PROP"]
    found = find(read(path, HOUSING)["dwellings"], variable="RP_PROP")
    assert ("59011", 2016) not in found.index
    assert found["59299", 2016] == pytest.approx(homes["59299", 2016] + homes["59011", 2016])
    assert found["59011", 2022] == pytest.approx(homes["59011", 2022])


def test_a_commune_that_is_not_published_has_no_row_and_no_fault(write):
    tables = read(write(unpublished=[("01004", 2016)]))
    assert ("01004", 2016) not in find(tables["population"]).index
    assert len(tables["population"]) == len(COUNTRY.codes) * 3 - 1


def test_values_are_not_rounded(write):
    value = find(read(write())["dwellings"], variable="RP")["59350", 2022]
    assert value != round(value, 2)


def test_the_real_extract_is_read(sources):
    path = sources / "insee/melodi" / f"{SERIES}_2023_extrait_8_communes.csv"
    if not path.is_file():
        pytest.skip(f"{path} absent")
    assert path.read_text(encoding="utf-8-sig").splitlines()[0] == HEADER
    tables = read(path, vintage=2023)
    assert set(tables) == {"population", "dwellings"}
    assert tables["population"]["code"].nunique() == 8
    assert len(tables["population"]) == 16
    assert len(tables["dwellings"]) == 64
    for code, years in REAL.items():
        for year, wanted in years.items():
            people, homes = (tables[name].set_index(["code", "year", "variable"])["value"] for name in tables)
            found = people[code, year].to_dict() | homes[code, year].to_dict()
            assert found == wanted


# Names and editions.


def test_the_real_layout_is_what_is_written(tmp_path):
    path = official.write(tmp_path, COUNTRY, SERIES, form="csv")
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0] == HEADER
    assert lines[1].startswith('"01004";"COM";"A";"POP";"_T";"A";"NR";"2011";')
    assert '"' not in lines[1].rpartition(";")[2]


def test_the_archive_holds_its_metadata_too(write):
    with zipfile.ZipFile(write()) as archive:
        assert archive.namelist() == [f"{SERIES}_2022_metadata.csv", f"{SERIES}_2022_data.csv"]


@pytest.mark.parametrize("member", [None, f"{SERIES}_2022_data.csv", f"{SERIES}_data.csv"])
def test_the_data_are_found_in_the_archive_whatever_their_year(member, write):
    assert len(read(write(), member=member)["population"]) == 24


def test_a_large_file_has_the_rows_asked_for(tmp_path):
    paths = [official.write_large(tmp_path / name, rows=20_000) for name in ("large.zip", "large.parquet")]
    table = pq.read_table(paths[1], columns=["GEO", "GEO_OBJECT"]).to_pandas()
    communes = table[table["GEO_OBJECT"] == "COM"]["GEO"]
    assert 19_000 < len(communes) <= 20_000
    first, second = (read(path, HOUSING, vintage=2023)["occupants"] for path in paths)
    pd.testing.assert_frame_equal(first, second)
    assert set(first["code"]) == set(communes)


def test_an_archive_without_data_lists_what_it_holds(tmp_path):
    path = tmp_path / "DS.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("a.csv", "b.csv"):
            archive.writestr(name, HEADER)
    with pytest.raises(SourceError, match=r"plusieurs fichiers") as caught:
        read(path)
    assert "a.csv, b.csv" in caught.value.remedy


@pytest.mark.large
def test_a_registry_record_reads_what_is_written(tmp_path):
    """The vintages, dates and list of communes of the registry are those of the files."""
    records = [source for source in load_registry().values() if source.reader == "melodi_tables"]
    assert records
    for source in records:
        dates = source.dates if len(source.dates) > 1 else (2012, 2017, source.vintage)
        country = Country(codes=("01004", "97101"), dates=dates)
        path = official.write(tmp_path, country, source.dataset)
        assert path.name == Path(source.file).name
        assert set(melodi_tables.read(path, source=source)) == set(source.tables), source.id


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"vintage": 2023}, "la dernière année est 2022, pas 2023"),
        ({"dates": (2012, 2016, 2022)}, "années inattendues 2011"),
    ],
)
def test_another_edition_is_refused(options, message, write):
    with pytest.raises(SourceError, match=message):
        read(write(), **options)


def prefix(path, year):
    table = pd.read_csv(path, sep=";", dtype={"GEO": str})
    table["GEO"] = f"{year}-" + table["GEO_OBJECT"] + "-" + table["GEO"]
    table.to_csv(path, sep=";", index=False)
    return path


def test_the_list_of_communes_is_that_of_the_registry(write):
    path = prefix(write(form="csv"), 2025)
    assert len(read(path, geography=2025)["population"]) == 24
    with pytest.raises(SourceError, match="liste de 2025, pas de 2026"):
        read(path)


# Departments.


def spoil(path, **changes):
    """Change the value of some rows of a CSV file."""
    table = pd.read_csv(path, sep=";", dtype=str)
    rows = np.logical_and.reduce(
        [table[column] == code for column, code in changes.items() if column != "value"]
    )
    assert rows.sum() == 1
    table.loc[rows, "OBS_VALUE"] = changes["value"]
    table.to_csv(path, sep=";", index=False)
    return path


def test_a_department_that_is_not_the_sum_of_its_communes_is_refused(write):
    where = {"GEO": "2A", "GEO_OBJECT": "DEP", "TIME_PERIOD": "2016", "RP_MEASURE": "POP"}
    with pytest.raises(SourceError, match=r"somme de ses communes.*= 2A 2016 POP 1\.0 "):
        read(spoil(write(form="csv"), **where, value="1"))


def test_a_department_whose_communes_are_not_all_published_is_not_compared(write):
    path = write(form="csv", unpublished=[("2A004", 2016)])
    where = {"GEO": "2A", "GEO_OBJECT": "DEP", "TIME_PERIOD": "2016", "RP_MEASURE": "POP"}
    assert "population" in read(spoil(path, **where, value="1"))


def test_yearly_events_are_not_compared(write):
    where = {"GEO": "59", "GEO_OBJECT": "DEP", "TIME_PERIOD": "2016"}
    assert "flows" in read(spoil(write(BIRTHS, form="csv"), **where, value="1"), BIRTHS)


# Damage.


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (None, "", "vide"),
        (None, "<html>\n</html>\n", "page web"),
        ("GEO;", "LIEU;", "Colonnes absentes.*GEO"),
        (";OBS_VALUE", ";VALEUR", "Colonnes absentes.*OBS_VALUE"),
        ("OBS_STATUS", "STATUS", "dimensions attendues.*STATUS"),
        ("UNIT_MEASURE", "PCS", "dimensions attendues OCS, RP_MEASURE ; reçues OCS, PCS, RP_MEASURE"),
        ('"DW_VAC"', '"DW_GONE"', "OCS : codes inconnus 'DW_GONE'"),
        ('"DW_VAC"', "", "OCS : codes inconnus ''"),
        ('"01004"', '"1004"', r"territoire ou année illisible.*1004 2011"),
        ('"2016"', '"récent"', r"territoire ou année illisible.*01004 récent"),
        ('"COM"', '"COMMUNE"', "aucun chiffre de commune"),
    ],
)
def test_a_file_of_another_form_is_refused(old, new, message, write):
    path = write(form="csv")
    text = path.read_text(encoding="utf-8")
    path.write_text(new if old is None else text.replace(old, new), encoding="utf-8")
    with pytest.raises(SourceError, match=message) as caught:
        read(path)
    assert caught.value.remedy


@pytest.mark.parametrize(("value", "shown"), [("12,5", "'12,5'"), ("n.d.", "'n.d.'"), ("nan", "'nan'")])
def test_a_value_that_is_no_number_is_shown_with_its_place(value, shown, write):
    where = {"GEO": "59299", "GEO_OBJECT": "COM", "TIME_PERIOD": "2016", "RP_MEASURE": "POP"}
    with pytest.raises(
        SourceError, match=rf"colonne OBS_VALUE : {shown} n'est pas un nombre \(.*59299 2016\)"
    ):
        read(spoil(write(form="csv"), **where, value=value))


def test_a_negative_value_is_refused(write):
    where = {"GEO": "59299", "GEO_OBJECT": "COM", "TIME_PERIOD": "2016", "RP_MEASURE": "POP"}
    with pytest.raises(SourceError, match=r"négatives.*commune 59299 2016 POP -3\.0"):
        read(spoil(write(form="csv"), **where, value="-3"))


def test_a_commune_given_twice_is_refused(write):
    path = write(form="csv")
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join([*lines, lines[1]]), encoding="utf-8")
    with pytest.raises(SourceError, match=r"valeurs données deux fois.*commune 01004 2011 POP"):
        read(path)


@pytest.mark.parametrize("form", ["zip", "parquet", "csv"])
def test_a_truncated_file_is_refused(form, write):
    path = write(form=form)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * 2 // 3])
    with pytest.raises(SourceError) as caught:
        read(path)
    assert caught.value.remedy


@pytest.mark.parametrize("name", ["absent.zip", "absent.csv", "absent.parquet"])
def test_an_absent_file_is_named(name, tmp_path):
    with pytest.raises(SourceError, match=f"absent : .*{name}"):
        read(tmp_path / name)


def test_an_unknown_data_set_is_refused(write):
    with pytest.raises(SourceError, match="DS_BPE"):
        read(write(), dataset="DS_BPE")
