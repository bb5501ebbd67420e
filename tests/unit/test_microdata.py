from __future__ import annotations

import zipfile

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fake_official_files.country import Country
from fake_official_files.files import pack, to_parquet
from fake_official_files.microdata import LOGEMT, MIGCOM, write_big_migcom, write_logemt, write_migcom
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers import schemas
from helpers.errors import SourceError
from helpers.sources import microdata, microdata_dwellings, microdata_rows
from helpers.sources.registry import Source

CODES = ("01004", "2A004", "59299", "97101")
COUNTRY = Country(codes=CODES)
TENURE = microdata_rows.TENURES


def record(family, vintage=2016, *, form="parquet", decimal=".", **changes):
    name = family.upper()
    known = {
        "id": f"{family}_{vintage}",
        "producer": "Insee",
        "title": f"Fichier détail {name}, RP{vintage}",
        "citation": f"Insee, RP{vintage}",
        "family": family,
        "vintage": vintage,
        "page": "https://www.insee.fr/fr/statistiques/4171543",
        "licence": "Licence Ouverte 2.0",
        "member": None if form == "parquet" else f"FD_{name}_{vintage}.{form}",
        "reader": "microdata",
        "options": {} if decimal == "." else {"decimal": decimal},
    }
    return Source(**{**known, **changes})


def persons(path, source):
    return microdata.read(path, source=source)["ages_tenure"]


def expected_persons(people, *, since=0):
    """The country's people as the store has them."""
    return (
        people[people["age"] >= since]
        .assign(
            sex=lambda frame: frame["sex"].map({1: "H", 2: "F"}),
            age=lambda frame: (frame["age"] // 5 * 5).clip(upper=95),
            tenure=lambda frame: frame["tenure"].map(TENURE),
        )
        .groupby(["code", "year", "sex", "age", "tenure"])["value"]
        .sum()
    )


def by_cell(frame):
    plain = frame.astype({"code": "str", "sex": "str", "tenure": "str"})
    return plain.set_index(["code", "year", "sex", "age", "tenure"])["value"].sort_index()


@pytest.mark.parametrize(
    ("form", "decimal", "vintage"),
    [("parquet", ".", 2022), ("csv", ".", 2016), ("txt", ",", 2011)],
)
def test_every_form_gives_the_people_of_every_cell(tmp_path, form, decimal, vintage):
    path = write_migcom(COUNTRY, tmp_path, year=vintage, form=form, decimal=decimal, rows_per_cell=3)
    frame = persons(path, record("migcom", vintage, form=form, decimal=decimal))
    people = COUNTRY.people[COUNTRY.people["year"] == vintage]
    pd.testing.assert_series_equal(
        by_cell(frame), expected_persons(people, since=1), check_index_type=False, rtol=1e-9, atol=1e-9
    )
    assert list(frame.columns) == ["code", "year", "variable", "sex", "age", "tenure", "value"]
    assert sorted(frame["code"].unique()) == sorted(CODES)


def test_the_frame_has_the_form_of_the_store(tmp_path):
    frame = persons(write_migcom(COUNTRY, tmp_path, year=2022), record("migcom", 2022))
    frame = frame.assign(level="commune", origin="insee", source="migcom_2022")
    assert len(schemas.validate(frame[schemas.table_columns("ages_tenure")], table="ages_tenure"))


def test_the_frame_is_sorted_compact_and_without_empty_cells(tmp_path):
    frame = persons(write_migcom(COUNTRY, tmp_path, year=2022), record("migcom", 2022))
    keys = frame[["code", "sex", "age", "tenure"]]
    assert keys.equals(keys.sort_values(list(keys), ignore_index=True))
    assert (frame["value"] > 0).all()
    assert frame.dtypes[["year", "age"]].tolist() == [np.dtype("int16")] * 2
    assert frame.memory_usage(deep=True).sum() < 60 * len(frame)


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000), rows=st.integers(1, 4))
def test_weights_add_up_to_the_people_of_each_tenure(tmp_path, seed, rows):
    country = Country(codes=("2A004", "01001"), dates=(2021,), seed=seed)
    path = write_migcom(country, tmp_path, year=2021, under_one=True, rows_per_cell=rows)
    frame = persons(path, record("migcom", 2021))
    people = country.people.assign(tenure=country.people["tenure"].map(TENURE))
    found = frame.groupby("tenure", observed=True)["value"].sum()
    for tenure, value in people.groupby("tenure")["value"].sum().items():
        assert found[tenure] == pytest.approx(value, rel=1e-9)


def test_both_forms_give_the_same_figures_to_the_last_bit(tmp_path):
    parquet = write_big_migcom(tmp_path / "a.parquet", rows=30_000, communes=40)
    text = write_big_migcom(tmp_path / "a.zip", rows=30_000, communes=40, form="csv")
    pd.testing.assert_frame_equal(
        persons(parquet, record("migcom", 2018)),
        persons(text, record("migcom", 2018, form="csv")),
        check_exact=True,
    )


def test_the_sum_does_not_depend_on_the_order_of_the_rows(tmp_path):
    path = write_migcom(COUNTRY, tmp_path, year=2022, rows_per_cell=5)
    frame = persons(path, record("migcom", 2022))
    table = pq.read_table(path)
    pq.write_table(table.take(np.arange(len(table))[::-1]), path, row_group_size=7_000)
    pd.testing.assert_frame_equal(persons(path, record("migcom", 2022)), frame, check_exact=True)


# What the official layouts hold: 33 and 69 variables, the last one of 2016 changing name afterwards.


@pytest.mark.parametrize(("layout", "count", "last"), [(MIGCOM, 33, "TYPMR"), (LOGEMT, 69, "WC")])
def test_the_layout_has_every_variable_of_the_dictionary(layout, count, last):
    assert len(layout) == count
    assert next(iter(layout)) == "COMMUNE"
    assert list(layout)[-1] == last
    assert sorted(list(layout)[3:]) == list(layout)[3:]


def test_the_archive_has_the_official_names_and_a_plain_header(tmp_path):
    path = write_migcom(COUNTRY, tmp_path, year=2016, form="csv")
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == ["FD_MIGCOM_2016.csv", "Varmod_MIGCOM_2016.csv"]
        header = archive.read("FD_MIGCOM_2016.csv").splitlines()[0]
    assert header == b";".join(name.encode() for name in MIGCOM)


def test_the_classification_of_occupations_may_change(tmp_path):
    path = write_migcom(COUNTRY, tmp_path, year=2022)
    assert "CS1" not in pq.read_schema(path).names
    assert len(persons(path, record("migcom", 2022)))


# Small files, row by row.

ROW = {"COMMUNE": "59299", "ARM": "ZZZZZ", "SEXE": "1", "AGEREVQ": "005", "STOCD": "10", "IPONDI": 2.5}


def write_rows(folder, rows, *, form="parquet"):
    columns = {name: [{**ROW, **row}[name] for row in rows] for name in ROW}
    if form == "parquet":
        return to_parquet(folder / "migcom.parquet", columns)
    lines = [";".join(columns), *(";".join(map(str, row)) for row in zip(*columns.values(), strict=True))]
    return pack(folder / "migcom.zip", {"FD_MIGCOM_2016.csv": ("\n".join(lines) + "\n").encode()})


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_arrondissements_are_not_reported_apart(tmp_path, form):
    rows = [{"COMMUNE": "75056", "ARM": "75101"}, {"COMMUNE": "75056", "ARM": "75120", "IPONDI": 1.0}]
    frame = persons(write_rows(tmp_path, rows, form=form), record("migcom", form=form))
    assert frame[["code", "value"]].to_numpy().tolist() == [["75056", 3.5]]


@pytest.mark.parametrize(
    ("code", "tenure"),
    [
        ("10", "owner"), ("21", "private"), ("22", "social"), ("23", "private"), ("30", "other"),
        ("ZZ", "outside"),
    ],
)  # fmt: skip
def test_each_code_has_its_tenure(tmp_path, code, tenure):
    assert persons(write_rows(tmp_path, [{"STOCD": code}]), record("migcom"))["tenure"].tolist() == [tenure]


def test_furnished_and_unfurnished_tenants_are_together(tmp_path):
    rows = [{"STOCD": "21"}, {"STOCD": "23"}, {"STOCD": "22"}]
    frame = persons(write_rows(tmp_path, rows), record("migcom"))
    assert dict(zip(frame["tenure"], frame["value"], strict=True)) == {"social": 2.5, "private": 5.0}


@pytest.mark.parametrize(
    ("spelled", "age"), [("005", 5), ("5", 5), ("  5", 5), ("000", 0), ("0", 0), ("95", 95), ("120", 95)]
)
@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_ages_are_padded_or_not(tmp_path, spelled, age, form):
    frame = persons(write_rows(tmp_path, [{"AGEREVQ": spelled}], form=form), record("migcom", form=form))
    assert frame["age"].tolist() == [age]


def test_ages_of_95_and_over_are_together(tmp_path):
    rows = [{"AGEREVQ": age} for age in ("095", "100", "120")]
    frame = persons(write_rows(tmp_path, rows), record("migcom"))
    assert frame[["age", "value"]].to_numpy().tolist() == [[95, 7.5]]


def test_codes_may_be_numbers_and_weights_text(tmp_path):
    columns = {
        "COMMUNE": [1004, 59299],
        "SEXE": [1, 2],
        "AGEREVQ": [5, 100],
        "STOCD": ["10", "ZZ"],
        "IPONDI": ["2.5", "1"],
    }
    frame = persons(to_parquet(tmp_path / "a.parquet", columns), record("migcom"))
    assert frame.drop(columns=["year", "variable"]).astype("str").to_numpy().tolist() == [
        ["01004", "H", "5", "owner", "2.5"],
        ["59299", "F", "95", "outside", "1.0"],
    ]


def test_communes_may_be_padded(tmp_path):
    frame = persons(write_rows(tmp_path, [{"COMMUNE": "2A004 "}, {"COMMUNE": "2A004"}]), record("migcom"))
    assert frame[["code", "value"]].to_numpy().tolist() == [["2A004", 5.0]]


def test_a_cell_without_weight_has_no_row(tmp_path):
    rows = [{}, {"STOCD": "30", "IPONDI": 0.0}]
    assert persons(write_rows(tmp_path, rows), record("migcom"))["tenure"].tolist() == ["owner"]


# What cannot be used.


def refusal(path, source):
    with pytest.raises(SourceError) as caught:
        microdata.read(path, source=source)
    assert str(path) in caught.value.message
    return caught.value


@pytest.mark.parametrize("form", ["parquet", "csv"])
@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("STOCD", "00"), ("STOCD", "0"), ("STOCD", "40"), ("STOCD", ""), ("SEXE", "3"), ("AGEREVQ", "007"),
        ("AGEREVQ", "130"), ("AGEREVQ", "abc"), ("COMMUNE", "5929"), ("COMMUNE", "ZZZZZ"), ("COMMUNE", ""),
        ("IPONDI", -0.5), ("IPONDI", float("nan")), ("IPONDI", float("inf")), ("IPONDI", 2e6),
    ],
)  # fmt: skip
def test_a_bad_cell_is_refused_with_its_line_and_value(tmp_path, form, column, value):
    path = write_rows(tmp_path, [{}, {"IPONDI": 3.0}, {column: value}, {"STOCD": "?"}], form=form)
    error = refusal(path, record("migcom", form=form))
    assert f"ligne {3 if form == 'parquet' else 4}, colonne {column} " in error.message
    shown = "case vide" if value == "" and form == "csv" else repr(value if form == "parquet" else str(value))
    assert shown in error.message
    assert error.remedy


@pytest.mark.parametrize("column", ["COMMUNE", "SEXE", "AGEREVQ", "STOCD", "IPONDI"])
def test_a_null_is_refused(tmp_path, column):
    path = write_rows(tmp_path, [{}, {column: None}])
    assert f"ligne 2, colonne {column} : case vide" in refusal(path, record("migcom")).message


@pytest.mark.parametrize("weight", ["", "deux", "2,5", "-1"])
def test_a_weight_in_text_is_a_number(tmp_path, weight):
    path = write_rows(tmp_path, [{}, {"IPONDI": weight}], form="csv")
    assert "ligne 3, colonne IPONDI" in refusal(path, record("migcom", form="csv")).message


@pytest.mark.parametrize(("decimal", "weight"), [(".", "2,5"), (",", "2.5")])
def test_another_decimal_sign_than_that_of_the_record_is_refused(tmp_path, decimal, weight):
    other = {".": "3.5", ",": "3,5"}[decimal]
    path = write_rows(tmp_path, [{"IPONDI": other}, {"IPONDI": weight}], form="csv")
    error = refusal(path, record("migcom", form="csv", decimal=decimal))
    assert f"ligne 3, colonne IPONDI : {weight!r}" in error.message
    assert "séparateur décimal" in error.remedy
    assert "decimal" in error.remedy


def test_missing_columns_are_listed(tmp_path):
    path = to_parquet(tmp_path / "a.parquet", {"COMMUNE": ["59299"], "SEXE": ["1"], "AGER20": ["20"]})
    error = refusal(path, record("migcom"))
    assert "AGEREVQ, STOCD, IPONDI" in error.message
    assert "AGER20" in error.remedy


def test_a_file_without_rows_is_refused(tmp_path):
    table = pa.table({name: pa.array([], pa.string()) for name in ROW})
    pq.write_table(table, tmp_path / "a.parquet")
    assert "aucune ligne" in refusal(tmp_path / "a.parquet", record("migcom")).message


def test_an_archive_of_another_vintage_is_refused(tmp_path):
    path = write_migcom(COUNTRY, tmp_path, year=2011, form="csv")
    renamed = path.rename(tmp_path / "RP2016_migcom_csv.zip")
    assert "FD_MIGCOM_2011.csv" in refusal(renamed, record("migcom", form="csv")).remedy


def test_a_name_of_another_vintage_is_refused(tmp_path):
    path = write_migcom(COUNTRY, tmp_path, year=2011)
    error = refusal(path, record("migcom", 2016))
    assert "RP2011_migcom.parquet" in error.message
    assert "2016" in error.remedy


def test_a_truncated_archive_is_refused(tmp_path):
    path = write_migcom(COUNTRY, tmp_path, year=2016, form="csv")
    path.write_bytes(path.read_bytes()[:-400])
    assert "illisible" in refusal(path, record("migcom", form="csv")).message


# Dwellings.


def occupants(path, source):
    return microdata.read(path, source=source)["occupants"]


@pytest.mark.parametrize(
    ("form", "decimal", "vintage"),
    [("parquet", ".", 2022), ("csv", ".", 2016), ("txt", ",", 2011)],
)
def test_households_are_the_people_of_each_tenure(tmp_path, form, decimal, vintage):
    path = write_logemt(COUNTRY, tmp_path, year=vintage, form=form, decimal=decimal)
    frame = occupants(path, record("logemt", vintage, form=form, decimal=decimal))
    people = COUNTRY.people[(COUNTRY.people["year"] == vintage) & (COUNTRY.people["tenure"] != "ZZ")]
    people = people.assign(tenure=people["tenure"].map(TENURE))
    bounds = {
        "INPER": (0, 200),
        "INP24M": (0, 24),
        "INP60M": (60, 200),
        "INP65M": (65, 200),
        "INP75M": (75, 200),
    }
    kinds = {f"{counted}_{kind}" for counted in ("INPER", "MEN") for kind in schemas.HOME_KINDS}
    assert set(frame["variable"]) == {*bounds, *kinds}
    found = frame.astype({"code": "str", "tenure": "str"})
    for variable, ages in bounds.items():
        expected = people[people["age"].between(*ages)].groupby(["code", "tenure"])["value"].sum()
        values = found[found["variable"] == variable].set_index(["code", "tenure"])["value"]
        pd.testing.assert_series_equal(
            values.sort_index(), expected.sort_index(), check_index_type=False, rtol=1e-9, atol=1e-9
        )


def test_the_people_of_homes_are_the_margin_of_the_tables(tmp_path):
    frame = occupants(write_logemt(COUNTRY, tmp_path, year=2022), record("logemt", 2022))
    everyone = frame[frame["variable"] == "INPER"].groupby("code", observed=True)["value"].sum()
    margin = COUNTRY.homes[COUNTRY.homes["year"] == 2022].set_index("code")["NPER_RP"]
    assert everyone.to_dict() == pytest.approx(margin.to_dict())


def test_pyramids_and_households_agree_when_nobody_is_missing(tmp_path):
    pyramids = persons(write_migcom(COUNTRY, tmp_path, year=2022, under_one=True), record("migcom", 2022))
    homes = occupants(write_logemt(COUNTRY, tmp_path, year=2022), record("logemt", 2022))
    inside = pyramids[pyramids["tenure"] != "outside"]
    for variable, ages in {
        "INPER": (0, 95),
        "INP24M": (0, 20),
        "INP60M": (60, 95),
        "INP75M": (75, 95),
    }.items():
        people = (
            inside[inside["age"].between(*ages)].groupby(["code", "tenure"], observed=True)["value"].sum()
        )
        held = homes[homes["variable"] == variable].groupby(["code", "tenure"], observed=True)["value"].sum()
        assert people.to_dict() == pytest.approx(held.to_dict())


def test_the_frame_of_households_has_the_form_of_the_store(tmp_path):
    frame = occupants(write_logemt(COUNTRY, tmp_path, year=2022), record("logemt", 2022))
    frame = frame.assign(level="commune", origin="insee", source="logemt_2022")
    assert len(schemas.validate(frame[schemas.table_columns("occupants")], table="occupants"))


HOME = {
    "COMMUNE": "59299", "CATL": "1", "STOCD": "10", "AGEMEN8": "40", "IPONDL": 2.0, "AEMM": "2017", "INPER": "3",
    "INP24M": "1", "INP60M": "0", "INP65M": "0", "INP75M": "0", "TYPL": "1", "NBPI": "04", "ACHL": "B11",
}  # fmt: skip
EMPTY = {"STOCD": "00", "AGEMEN8": "YY", "AEMM": "0000", **dict.fromkeys(microdata_dwellings.HOUSEHOLD, "Y")}


def write_homes(folder, rows):
    columns = {name: [{**HOME, **row}[name] for row in rows] for name in HOME}
    return to_parquet(folder / "logemt.parquet", columns)


def test_only_main_homes_have_occupants(tmp_path):
    rows = [{}, {"CATL": "2", **EMPTY}, {"CATL": "3", **EMPTY}, {"CATL": "4", **EMPTY, "STOCD": "10"}]
    frame = occupants(write_homes(tmp_path, rows), record("logemt"))
    assert dict(zip(frame["variable"], frame["value"], strict=True)) == {
        "INP24M": 2.0, "INPER": 6.0,
        **{f"INPER_{kind}": 6.0 for kind in ("MAISON", "4P", "ACH70")}, **{f"MEN_{kind}": 2.0 for kind in ("MAISON", "4P", "ACH70")},
    }  # fmt: skip


def test_people_and_homes_are_sorted_by_kind_of_home_and_tenure(tmp_path):
    rows = [
        {"TYPL": "2", "NBPI": "01", "ACHL": "C100", "INPER": "1"},
        {"TYPL": "2", "NBPI": "12", "ACHL": "C2014", "INPER": "5", "STOCD": "22"},
        # A room in a home for the elderly, of a year that is not known: neither a house nor a flat.
        {"TYPL": "3", "NBPI": "05", "ACHL": "C106", "INPER": "2", "STOCD": "22"},
    ]
    frame = occupants(write_homes(tmp_path, rows), record("logemt"))
    found = frame.set_index(["tenure", "variable"])["value"]
    owners, tenants = (
        {name: value for name, value in found[tenure].items() if "_" in name}
        for tenure in ("owner", "social")
    )
    assert owners == {
        "INPER_APPART": 2, "MEN_APPART": 2, "INPER_1P": 2, "MEN_1P": 2, "INPER_ACH05": 2, "MEN_ACH05": 2,
    }  # fmt: skip
    assert tenants == {
        "INPER_APPART": 10, "MEN_APPART": 2, "INPER_5PP": 14, "MEN_5PP": 4, "INPER_ACH15": 14, "MEN_ACH15": 4,
    }  # fmt: skip
    assert set(microdata_dwellings.KINDS) == set(schemas.HOME_KINDS)


def test_large_households_are_counted_whole(tmp_path):
    frame = occupants(write_homes(tmp_path, [{"INPER": "64", "STOCD": "23"}]), record("logemt"))
    assert frame.loc[frame["variable"] == "INPER", ["tenure", "value"]].to_numpy().tolist() == [
        ["private", 128.0]
    ]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("STOCD", "00"), ("STOCD", "ZZ"), ("CATL", "5"), ("INPER", "Y"), ("INP60M", "n"), ("INP24M", None),
        ("IPONDL", -1.0), ("COMMUNE", "XXXXX"), ("AGEMEN8", "YY"), ("AGEMEN8", "30"),
    ],
)  # fmt: skip
def test_a_bad_cell_of_a_main_home_is_refused(tmp_path, column, value):
    error = refusal(write_homes(tmp_path, [{}, {column: value}]), record("logemt"))
    assert f"ligne 2, colonne {column} : {'case vide' if value is None else repr(value)}" in error.message


def householders(path, source):
    return microdata.read(path, source=source)["householders"]


@pytest.mark.parametrize(("form", "vintage"), [("parquet", 2022), ("csv", 2016)])
def test_households_by_age_are_the_main_homes_of_each_tenure(tmp_path, form, vintage):
    path = write_logemt(COUNTRY, tmp_path, year=vintage, form=form)
    frame = householders(path, record("logemt", vintage, form=form))
    homes = COUNTRY.homes[COUNTRY.homes["year"] == vintage].set_index("code")
    found = frame.groupby(["tenure", "code"], observed=True)["value"].sum()
    for tenure, column in {"owner": "RP_PROP", "social": "RP_LOCHLMV", "other": "RP_GRAT"}.items():
        assert found[tenure].to_dict() == pytest.approx(homes[column].to_dict())
    assert found.groupby("code", observed=True).sum().to_dict() == pytest.approx(homes["RP"].to_dict())
    assert set(frame["age"]) <= set(schemas.HOLDER_AGES)
    stored = frame.assign(level="commune", origin="insee", source="logemt_2022")
    assert len(schemas.validate(stored[schemas.table_columns("householders")], table="householders"))


def test_households_of_the_young_are_one_class_and_vacant_homes_have_nobody(tmp_path):
    ages = {"00": 1.0, "15": 2.0, "20": 4.0, "25": 8.0, "40": 16.0, "55": 32.0, "65": 64.0, "80": 128.0}
    rows = [{"AGEMEN8": code, "IPONDL": weight} for code, weight in ages.items()]
    frame = householders(write_homes(tmp_path, [*rows, {"CATL": "4", **EMPTY}]), record("logemt"))
    assert dict(zip(frame["age"], frame["value"], strict=True)) == {
        0: 7.0, 25: 8.0, 40: 16.0, 55: 32.0, 65: 64.0, 80: 128.0,
    }  # fmt: skip


@pytest.mark.parametrize(("latest", "vintage"), [("2019", 2016), ("2015", 2016), ("0000", 2016)])
def test_moves_tell_the_vintage(tmp_path, latest, vintage):
    error = refusal(write_homes(tmp_path, [{"AEMM": latest}, {"AEMM": "1990"}]), record("logemt", vintage))
    assert str(int(latest)) in error.message or latest == "0000"
    assert f"2016-{vintage + 2}" in error.message


def test_the_homes_of_another_vintage_under_the_right_name_are_refused(tmp_path):
    path = write_logemt(COUNTRY, tmp_path, year=2022)
    renamed = path.rename(tmp_path / "RP2016_logemt.parquet")
    assert "2024" in refusal(renamed, record("logemt", 2016)).message
