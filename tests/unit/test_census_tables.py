from __future__ import annotations

import itertools
import shutil
import zipfile
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from fake_official_files import census
from fake_official_files.country import Country
from fake_official_files.files import pack, to_parquet
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import schemas
from helpers.errors import SourceError
from helpers.sources import census_tables, comparateur, readers
from helpers.sources.registry import find_source

FORMS = ["zip", "csv", "parquet"]
# What census_tables gives under another name than that of its column.
RENAMED = {"RP_ACH15": "P_RP_ACHEND"}
NOT_KEPT = {"area"}


@cache
def country(vintage: int) -> Country:
    # A municipal arrondissement stands beside its city.
    return Country(
        codes=("01004", "2A004", "59011", "75056", "75101", "97411"), dates=census.TRIPLES[vintage]
    )


@cache
def counts(vintage: int, family: str) -> pd.DataFrame:
    count = {
        "serie-historique": census.count_series,
        "evol-struct-pop": census.count_population,
        "logement": census.count_dwellings,
        "coupl-fam-men": census.count_households,
    }
    return count[family](country(vintage))


def record(family, vintage, **changes):
    return find_source(f"{family.replace('-', '_')}_{vintage}").model_copy(update=changes)


def read(path, family, vintage):
    """As an ingest does: from the record and the folder where the file was dropped."""
    return readers.read(record(family, vintage, file=path.name), path.parent)


def column_of(variable):
    return RENAMED.get(variable, variable if variable.startswith("C_") else f"P_{variable}")


@cache
def figures(vintage: int, family: str) -> pd.Series:
    """The country's figures by code, year, and column or tenure."""
    own = counts(vintage, family)
    if family == "logement":
        own = own.assign(
            owner=own["P_NPER_RP_PROP"],
            social=own["P_NPER_RP_LOCHLMV"],
            private=own["P_NPER_RP_LOC"] - own["P_NPER_RP_LOCHLMV"],
            other=own["P_NPER_RP_GRAT"],
        )
    if family == "serie-historique":
        own = own.assign(P_POP=own["P_POP"].round())
    return own.stack()


def expected(table, family, vintage):
    """The country's figure for each row of a table."""
    names = table["tenure"] if "tenure" in table else table["variable"].map(column_of)
    rows = pd.MultiIndex.from_arrays([table["code"], table["year"], names])
    return figures(vintage, family).reindex(rows).to_numpy()


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The file of a family, a vintage and a form, written once."""

    @cache
    def write(family, vintage, form="zip"):
        folder = tmp_path_factory.mktemp("written")
        return census.WRITERS[family](country(vintage), folder, form=form)

    return write


THREE = {"RP_ACHT1", "RP_ACHT2", "RP_ACHT3"}

every_file = pytest.mark.parametrize(
    ("family", "vintage"),
    [
        pytest.param(family, vintage, id=f"{family} {vintage}")
        for family in census.WRITERS
        for vintage in census.TRIPLES
    ],
)


@every_file
@pytest.mark.parametrize("form", FORMS)
def test_every_figure_of_a_file_is_that_of_the_country(family, vintage, form, written):
    tables = read(written(family, vintage, form), family, vintage)
    assert tables.keys() - NOT_KEPT >= set(record(family, vintage).tables)
    for name, table in tables.items():
        if name in {"flows", "area"}:
            continue
        assert not table.duplicated([column for column in table if column != "value"]).any()
        assert table["value"].to_numpy() == pytest.approx(expected(table, family, vintage), rel=1e-12)
        assert set(table["code"]) == set(country(vintage).codes)


@every_file
def test_a_file_gives_each_of_its_variables_at_each_of_its_dates(family, vintage, written):
    tables = read(written(family, vintage), family, vintage)
    for name, table in tables.items():
        if name in NOT_KEPT:
            continue
        assert set(table["variable"]) <= set(schemas.VARIABLES[name])
        latest = set(table.loc[table["year"] == vintage, "variable"])
        # The three periods of construction are those of the oldest census alone.
        assert latest == set(table["variable"]) - THREE
        if name not in {"flows", "mobility"}:
            assert set(census.TRIPLES[vintage]) <= set(table["year"])


@pytest.mark.parametrize("form", FORMS)
def test_the_three_forms_of_a_file_give_the_same_rows(form, written):
    first, other = (read(written("logement", 2022, kind), "logement", 2022) for kind in ("zip", form))
    for name, table in first.items():
        pd.testing.assert_frame_equal(table, other[name])


def test_a_mark_and_no_dictionary_change_nothing(tmp_path, written):
    first = read(written("evol-struct-pop", 2018), "evol-struct-pop", 2018)
    path = census.write_evol_struct_pop(country(2018), tmp_path, mark=True, dictionary=False)
    for name, table in read(path, "evol-struct-pop", 2018).items():
        pd.testing.assert_frame_equal(table, first[name])


@every_file
def test_a_commune_under_secrecy_has_no_row(family, vintage, tmp_path):
    path = census.WRITERS[family](country(vintage), tmp_path, secret={"2A004"})
    for table in read(path, family, vintage).values():
        assert "2A004" not in set(table["code"])
        assert "01004" in set(table["code"])


def test_the_official_names_of_the_files_are_those_of_the_registry(written):
    for family, vintage in itertools.product(census.WRITERS, (2021, 2022)):
        path = written(family, vintage)
        source = record(family, vintage)
        assert Path(source.file).name == path.name
        with zipfile.ZipFile(path) as archive:
            assert archive.namelist() == [source.member, source.dictionary]


# What differs from one vintage to another.


def rows(table, variable, **keys):
    chosen = table[table["variable"] == variable]
    for name, value in keys.items():
        chosen = chosen[chosen[name] == value]
    return dict(zip(chosen["code"], chosen["value"], strict=True))


@pytest.mark.parametrize(
    ("vintage", "year", "column"),
    [
        (2018, 2018, "P18_RP_ACH15"), (2018, 2013, "P13_RP_ACH10"), (2021, 2021, "P21_RP_ACH18"),
        (2021, 2015, "P15_RP_ACH12"), (2022, 2022, "P22_RP_ACH2019"), (2022, 2016, "P16_RP_ACH13"),
        (2023, 2023, "P23_RP_ACH2020"),
    ],
)  # fmt: skip
def test_the_last_period_of_completion_is_named_by_its_end(vintage, year, column, written):
    path = written("logement", vintage, "parquet")
    content = pq.read_table(path).to_pandas().set_index("CODGEO")
    dwellings = read(path, "logement", vintage)["dwellings"]
    assert rows(dwellings, "RP_ACH15", year=year) == content[column].to_dict()


def test_the_period_before_1919_never_passes_for_the_one_that_ends_in_2019(tmp_path):
    path = census.write_logement(country(2022), tmp_path, form="parquet")
    content = pq.read_table(path)
    short = content.rename_columns(
        [name.replace("ACH19", "ACH", 1).replace("ACH20", "ACH", 1) if "P22_RP_ACH" in name else name
         for name in content.column_names]
    )  # fmt: skip
    # Two columns would bear the name ACH19: only the first is there.
    keep = [index for index, name in enumerate(short.column_names) if name not in short.column_names[:index]]
    pq.write_table(short.select(keep), path)
    tables = read(path, "logement", 2022)
    assert rows(tables["dwellings"], "RP_ACH15", year=2022) == {}
    assert "P22_RP_ACH2019" in text(tables)


@pytest.mark.parametrize(
    ("vintage", "old", "known"), [(2018, 2008, set()), (2021, 2010, set()), (2022, 2011, THREE), (2023, 2012, THREE)]
)  # fmt: skip
def test_the_oldest_census_has_three_periods_or_only_their_total(vintage, old, known, written):
    dwellings = read(written("logement", vintage), "logement", vintage)["dwellings"]
    of_old = dwellings[dwellings["year"] == old]
    periods = {name for name in set(of_old["variable"]) if name.startswith("RP_ACH")}
    assert periods == {"RP_ACHTOT", *known}
    later = set(dwellings.loc[dwellings["year"] > 2012, "variable"])
    assert not THREE & later
    assert set(of_old["variable"]) >= {"MEN_ANEM0002", "MEN_ANEM30P", "RP_PROP"}


def test_the_last_ages_are_one_class_in_2008(written):
    groups = read(written("evol-struct-pop", 2018), "evol-struct-pop", 2018)["age_groups"]
    assert rows(groups, "POP7589", year=2008) == rows(groups, "POP90P", year=2008) == {}
    assert len(rows(groups, "POP75P", year=2008)) == len(country(2018).codes)
    whole, parts = (
        rows(groups, "POP75P", year=2018),
        (rows(groups, name, year=2018) for name in ("POP7589", "POP90P")),
    )
    first, second = parts
    assert whole == {code: first[code] + second[code] for code in whole}


def test_people_of_75_or_over_are_unknown_when_one_class_is(tmp_path):
    path = census.write_evol_struct_pop(country(2022), tmp_path, form="parquet")
    content = pq.read_table(path).to_pandas()
    content.loc[0, "P22_POP90P"] = np.nan
    content.to_parquet(path)
    groups = read(path, "evol-struct-pop", 2022)["age_groups"]
    assert content.loc[0, "CODGEO"] not in rows(groups, "POP75P", year=2022)
    assert content.loc[0, "CODGEO"] in rows(groups, "POP7589", year=2022)


@pytest.mark.parametrize(("vintage", "absent"), [(2018, {2008}), (2022, {2011}), (2023, {2012})])
def test_the_place_of_residence_five_years_before_is_not_that_of_one_year_before(vintage, absent, written):
    mobility = read(written("evol-struct-pop", vintage), "evol-struct-pop", vintage)["mobility"]
    assert set(mobility["year"]) == set(census.TRIPLES[vintage]) - absent


def test_the_fuels_of_2022_do_not_pass_for_installations(written):
    dwellings = read(written("logement", 2022), "logement", 2022)["dwellings"]
    assert not set(dwellings["variable"]) & {"RP_CCCOLL", "RP_CCIND", "RP_CINDELEC"}


@pytest.mark.parametrize("vintage", census.TRIPLES)
def test_flows_run_from_a_census_to_the_next_whatever_their_name(vintage, written):
    flows = read(written("serie-historique", vintage), "serie-historique", vintage)["flows"]
    events = census.count_events(country(vintage))
    own = events.melt(["code", "since", "year"], var_name="variable", value_name="own")
    both = flows.merge(own, on=["code", "since", "year", "variable"], how="outer")
    assert both["value"].tolist() == both["own"].tolist()
    assert {(1968, 1975), (1990, 1999), census.TRIPLES[vintage][1:]} <= set(
        zip(flows["since"], flows["year"], strict=True)
    )


def test_names_of_flows_of_the_true_files():
    spell = census_tables.spell_flow
    assert spell("NAIS", since=2013, until=2018, columns=["NAIS1318"]) == "NAIS1318"
    assert spell("NAIS", since=2016, until=2022, columns=["NAIS1621"]) == "NAIS1621"
    assert spell("DECE", since=1999, until=2010, columns=["DECE9909"]) == "DECE9909"
    assert spell("NAIS", since=1999, until=2008, columns=["NAIS9908"]) == "NAIS9908"
    assert spell("NAIS", since=1990, until=1999, columns=["NAIS9099"]) == "NAIS9099"
    # Absent: the spelling of its time, for the message.
    assert spell("NAIS", since=2015, until=2021, columns=[]) == "NAIS1520"


def test_areas_come_with_the_series(written):
    area = read(written("serie-historique", 2022), "serie-historique", 2022)["area"]
    assert rows(area, "SUPERF", year=2022) == census.count_areas(country(2022)).to_dict()


def test_the_two_exploitations_of_households_keep_apart(written):
    households = read(written("coupl-fam-men", 2022), "coupl-fam-men", 2022)["households"]
    sampled = {name for name in set(households["variable"]) if name.startswith("C_")}
    assert set(households["variable"]) - sampled == {"POP6579", "POP6579_PSEUL", "POP80P", "POP80P_PSEUL"}
    dwellings = read(written("logement", 2022), "logement", 2022)["households"]
    assert rows(households, "C_MEN", year=2022) != rows(dwellings, "MEN", year=2022)


def test_people_of_a_home_add_up_to_those_of_main_homes(written):
    tables = read(written("logement", 2018), "logement", 2018)
    people = tables["occupants"].groupby(["code", "year"])["value"].sum()
    whole = tables["households"].query("variable == 'PMEN'").set_index(["code", "year"])["value"].sort_index()
    assert people.to_numpy() == pytest.approx(whole.to_numpy())
    assert set(tables["occupants"]["tenure"]) == set(schemas.TENURES) - {"outside"}


# Bad files.


def text(tables):
    """What the reader says beside its values: one sentence, or nothing."""
    sentences = {sentence for table in tables.values() for sentence in table.attrs["notes"]}
    return sentences.pop() if sentences else ""


def edit(path, change, *, member="base-cc-logement-2022.CSV"):
    """Change the lines of a file in its archive."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    lines = [line.split(";") for line in members[member].decode().split("\r\n")]
    change(lines)
    members[member] = "\r\n".join(";".join(line) for line in lines).encode()
    return pack(path, members)


def put(column, line, value):
    """An edit that puts a value in a cell; lines count from 1, the header."""

    def change(lines):
        lines[line - 1][lines[0].index(column)] = value

    return change


@pytest.fixture
def logement(written, tmp_path):
    return Path(shutil.copy(written("logement", 2022), tmp_path))


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("s", "'s' n'est pas un nombre"), ("nan", "'nan' n'est pas un nombre"), ("inf", "'inf' n'est pas un nombre"),
        ("1 234", "'1 234' n'est pas un nombre"), ("-3.5", "'-3.5' est négatif"), ("12,5", "'12,5' a une virgule décimale"),
    ],
)  # fmt: skip
def test_a_cell_that_is_no_count_is_shown_with_its_place(value, said, logement):
    path = edit(logement, put("P16_RP_PROP", 4, value))
    with pytest.raises(SourceError) as caught:
        read(path, "logement", 2022)
    assert f"{path}, ligne 4, colonne P16_RP_PROP : {said}" in caught.value.message
    assert caught.value.remedy


def test_a_cell_of_a_column_that_is_not_read_does_not_matter(logement):
    read(edit(logement, put("P16_RP_CASE", 4, "s")), "logement", 2022)


@pytest.mark.parametrize(
    ("value", "said"), [(-1.0, "'-1' est négatif"), (float("nan"), "'nan' n'est pas un nombre")]
)
def test_a_bad_number_of_a_parquet_file_is_shown_with_its_row(value, said, tmp_path):
    path = census.write_logement(country(2022), tmp_path, form="parquet")
    columns = {name: column.to_pylist() for name, column in zip(*_columns(path), strict=True)}
    columns["P22_LOG"][2] = value
    to_parquet(path, columns)
    with pytest.raises(SourceError) as caught:
        read(path, "logement", 2022)
    assert f"{path}, ligne 3, colonne P22_LOG : {said}" in caught.value.message


def _columns(path):
    content = pq.read_table(path)
    return content.column_names, content.columns


def test_a_part_larger_than_its_whole_is_refused(logement):
    with pytest.raises(
        SourceError, match=r"ligne 3 : P22_NPER_RP_LOCHLMV dépasse P22_NPER_RP_LOC \(commune 2A004\)"
    ):
        read(edit(logement, put("P22_NPER_RP_LOCHLMV", 3, "1e9")), "logement", 2022)


def test_a_commune_given_twice_is_named_with_both_lines(logement):
    path = edit(logement, lambda lines: lines.insert(5, lines[2]))
    with pytest.raises(SourceError, match="la commune 2A004 y figure deux fois, lignes 3 et 6"):
        read(path, "logement", 2022)


@pytest.mark.parametrize("code", ["1004", "", "Total", "59 011"])
def test_a_code_that_is_none_is_refused(code, logement):
    with pytest.raises(SourceError, match="ligne 2, colonne CODGEO"):
        read(edit(logement, put("CODGEO", 2, code)), "logement", 2022)


def test_rows_without_a_code_are_refused(logement):
    path = edit(logement, lambda lines: (put("CODGEO", 2, "")(lines), put("CODGEO", 3, "")(lines)))
    with pytest.raises(SourceError, match="ligne 2, colonne CODGEO : une case vide"):
        read(path, "logement", 2022)


def test_a_file_without_rows_is_refused(logement, tmp_path):
    path = edit(logement, lambda lines: lines.__setitem__(slice(1, None), [[""]]))
    with pytest.raises(SourceError, match=str(path)):
        read(path, "logement", 2022)
    path = census.write_logement(country(2022), tmp_path, form="parquet")
    pq.write_table(pq.read_table(path).slice(0, 0), path)
    with pytest.raises(SourceError, match="aucune commune"):
        read(path, "logement", 2022)


def test_a_missing_column_is_named_and_the_nearest_one_of_the_file_comes_first(tmp_path):
    path = census.write_comparateur(country(2022), tmp_path, events=2024, incomes=2023)
    edit(path, put("P22_LOGVAC", 1, "P22_LOGVACX"), member="base_cc_comparateur.CSV")
    with pytest.raises(SourceError) as caught:
        comparateur.read(path, source=compared(2022))
    assert caught.value.message.endswith(" : P22_LOGVAC.")
    assert "P22_LOGVACX" in caught.value.remedy


def test_a_table_without_any_known_column_is_refused_with_those_it_should_have(logement):
    def rename(lines):
        lines[0] = [name if name == "CODGEO" else name.replace("_", "_Z") for name in lines[0]]

    with pytest.raises(SourceError, match=r"Colonnes absentes .*P22_LOG, .*P11_RP_GRAT"):
        read(edit(logement, rename), "logement", 2022)


def test_a_column_that_the_dictionary_announces_is_reported_apart(logement):
    path = edit(logement, put("P22_RP_GARL", 1, "X"))
    assert "1 annoncées par son dictionnaire" in text(read(path, "logement", 2022))


@pytest.mark.parametrize(
    ("family", "column"),
    [
        ("serie-historique", "P22_POP"), ("serie-historique", "D75_LOGVAC"), ("serie-historique", "NAIS1621"),
        ("serie-historique", "DECE6875"), ("serie-historique", "D90_NPER_RP"), ("serie-historique", "SUPERF"),
        ("evol-struct-pop", "P22_POPH"), ("evol-struct-pop", "P16_POP01P_IRAN4"), ("evol-struct-pop", "P11_POP0014"),
        ("logement", "P16_RP_ACH45"), ("logement", "P22_NPER_RP_LOC"), ("coupl-fam-men", "C16_MENFAMMONO"),
        ("coupl-fam-men", "P11_POP80P_PSEUL"),
    ],
)  # fmt: skip
def test_no_column_goes_missing_in_silence(family, column, written, tmp_path):
    path = Path(shutil.copy(written(family, 2022), tmp_path))
    whole = read(path, family, 2022)
    assert text(whole) == ""
    edit(path, put(column, 1, f"ZZ_{column}"), member=record(family, 2022).member)
    extract = read(path, family, 2022)
    assert text(extract).endswith(f" : {column}.")
    # What is left is what the whole file gives.
    assert sum(map(len, extract.values())) < sum(map(len, whole.values()))
    for name, table in extract.items():
        keys = [key for key in table.columns if key != "value"]
        both = table.merge(whole[name], on=keys, suffixes=("", "_whole"))
        assert len(both) == len(table)
        assert (both["value"] == both["value_whole"]).all()


def test_an_extract_of_the_stock_at_the_last_census_is_read_for_what_it_has(logement, tmp_path):
    kept = ["CODGEO", "P22_LOG", "P22_RP", "P22_LOGVAC"]
    with zipfile.ZipFile(logement) as archive:
        frame = pd.read_csv(archive.open("base-cc-logement-2022.CSV"), sep=";", dtype=str)
    path = tmp_path / "extrait.csv"
    frame[kept].head(2).to_csv(path, sep=";", index=False)
    tables = read(path, "logement", 2022)
    assert set(tables) == {"dwellings"}
    assert set(tables["dwellings"]["variable"]) == {"LOG", "RP", "LOGVAC"}
    assert rows(tables["dwellings"], "LOG", year=2022) == dict(
        zip(frame["CODGEO"][:2], frame["P22_LOG"][:2].astype(float), strict=True)
    )
    assert "P22_RSECOCC" in text(tables)
    assert str(path) in text(tables)


@every_file
def test_another_vintage_under_the_right_name_is_refused_with_its_years(family, vintage, written):
    other = 2021 if vintage != 2021 else 2022
    wrong = written(family, other)
    member, dictionary = record(family, other).member, record(family, other).dictionary
    source = record(family, vintage, member=member, dictionary=dictionary)
    with pytest.raises(SourceError, match="n'est pas du millésime attendu") as caught:
        census_tables.read(wrong, source=source)
    assert str(vintage) in caught.value.message
    assert ", ".join(map(str, census.TRIPLES[other])) in caught.value.remedy


def test_a_row_of_another_length_is_refused_with_its_line(logement):
    path = edit(logement, lambda lines: lines[3].append("7"))
    with pytest.raises(SourceError, match=r"illisible : .*ligne 4 : 254 colonnes au lieu de 253"):
        read(path, "logement", 2022)


def test_a_truncated_archive_a_page_and_a_broken_parquet_are_refused(logement, tmp_path):
    content = logement.read_bytes()
    logement.write_bytes(content[: len(content) // 2])
    with pytest.raises(SourceError, match="illisible"):
        read(logement, "logement", 2022)
    logement.write_bytes(b"<!DOCTYPE html><html>")
    with pytest.raises(SourceError, match="page web"):
        read(logement, "logement", 2022)
    whole = census.write_logement(country(2022), tmp_path, form="parquet")
    whole.write_bytes(whole.read_bytes()[:-200])
    with pytest.raises(SourceError, match="illisible"):
        read(whole, "logement", 2022)


def test_a_member_is_found_whatever_its_case_and_its_hyphens(written, tmp_path):
    first = Path(shutil.copy(written("logement", 2023), tmp_path))
    with zipfile.ZipFile(first) as archive:
        members = {name.lower().replace("-", "_"): archive.read(name) for name in archive.namelist()}
    pack(first, members)
    assert set(read(first, "logement", 2023)["dwellings"]["code"]) == set(country(2023).codes)


def test_an_archive_of_other_files_lists_them(logement):
    pack(
        logement,
        {"base-cc-emploi-2022.CSV": b"CODGEO\r\n", "meta_base-cc-emploi-2022.CSV": b"COD_VAR;LIB_VAR\r\n"},
    )
    with pytest.raises(SourceError, match=r"ne contient pas 'base-cc-logement-2022.CSV'") as caught:
        read(logement, "logement", 2022)
    assert "base-cc-emploi-2022.CSV" in caught.value.remedy


@settings(max_examples=40)
@given(
    values=st.lists(
        st.one_of(st.none(), st.floats(0, 1e7), st.integers(0, 10**7).map(float)), min_size=3, max_size=3
    ),
    form=st.sampled_from(FORMS),
    codes=st.lists(
        st.from_regex(r"[0-9][0-9AB][0-9]{3}", fullmatch=True), min_size=3, max_size=3, unique=True
    ),
)
def test_what_is_written_is_read_to_the_last_digit(values, form, codes, tmp_path_factory):
    folder = tmp_path_factory.mktemp("written")
    names = [
        "MENPSEUL",
        "MENHSEUL",
        "MENFSEUL",
        "MENSFAM",
        "MENFAM",
        "MENCOUPSENF",
        "MENCOUPAENF",
        "MENFAMMONO",
    ]
    own = np.array([np.nan if value is None else value for value in values])
    prefixes = [f"{letter}{yy}_" for yy in ("22", "16", "11") for letter in ("C", "P")]
    columns = {
        prefix + name: own
        for prefix in prefixes
        for name in (
            ["MEN", "PMEN", *names]
            if prefix[0] == "C"
            else ["POP6579", "POP6579_PSEUL", "POP80P", "POP80P_PSEUL"]
        )
    }
    member = "base-cc-coupl-fam-men-2022.CSV"
    path = census.save(folder, codes, columns, stem="file", member=member, form=form)
    households = census_tables.read(path, source=record("coupl-fam-men", 2022))["households"]
    written = {code: value for code, value in zip(codes, values, strict=True) if value is not None}
    for variable, year in (("C_MEN", 2022), ("C_MENFAMMONO", 2011), ("POP80P_PSEUL", 2016)):
        assert rows(households, variable, year=year) == written


# The comparateur, in columns then in rows.

EDITIONS = {2018: (2020, 2019), 2021: (2023, 2021), 2022: (2024, 2023)}


def compared(vintage, **changes):
    base = {"vintage": vintage, "dates": census.TRIPLES[vintage][1:], **changes}
    return find_source("comparateur_2018").model_copy(update=base)


@pytest.mark.parametrize("vintage", EDITIONS)
@pytest.mark.parametrize("form", FORMS)
def test_the_comparateur_of_any_vintage_tells_its_years_by_its_columns(vintage, form, tmp_path):
    events, incomes = EDITIONS[vintage]
    own = country(vintage)
    path = census.write_comparateur(own, tmp_path, events=events, incomes=incomes, form=form)
    tables = comparateur.read(path, source=compared(vintage))
    columns = census.columns_of_comparateur(own, events=events, incomes=incomes)

    def held(column):
        pairs = zip(own.codes, columns[column].tolist(), strict=True)
        return {code: value for code, value in pairs if value == value}

    yy, former = vintage % 100, census.TRIPLES[vintage][1]
    for name in ("LOG", "RP", "RSECOCC", "LOGVAC", "RP_PROP"):
        assert rows(tables["dwellings"], name, year=vintage) == held(f"P{yy}_{name}")
    assert rows(tables["population"], "POP", year=former) == held(f"P{former % 100}_POP")
    assert rows(tables["households"], "MEN") == held(f"P{yy}_MEN")
    births = census.name_flow("NAIS", since=former, until=vintage, vintage=vintage)
    assert rows(tables["flows"], "NAIS", since=former, year=vintage) == held(births)
    assert rows(tables["flows"], "DECE", since=events, year=events + 1) == held(f"DECESD{events % 100}")
    poverty = f"PR_MD60_{incomes % 100}" if incomes >= 2023 else f"TP60{incomes % 100}"
    assert rows(tables["income"], "TP60", year=incomes) == held(poverty)
    assert set(tables["income"]["variable"]) == {"TP60"}
    assert rows(tables["area"], "SUPERF") == held("SUPERF")


def test_a_comparateur_without_areas_gives_all_the_rest(tmp_path):
    path = census.write_comparateur(country(2022), tmp_path, events=2024, incomes=2023)
    whole = comparateur.read(path, source=compared(2022))
    edit(path, put("SUPERF", 1, "X"), member="base_cc_comparateur.CSV")
    without = comparateur.read(path, source=compared(2022))
    assert set(whole) - set(without) == {"area"}
    assert all(without[name].equals(whole[name]) for name in without)


def test_the_record_says_which_incomes_are_read(tmp_path):
    path = census.write_comparateur(country(2022), tmp_path, events=2024, incomes=2023)
    source = compared(2022, options={"income": "MED TP60 NBMENFISC"})
    assert set(comparateur.read(path, source=source)["income"]["variable"]) == {"MED", "TP60", "NBMENFISC"}


def test_a_comparateur_of_another_vintage_is_refused(tmp_path):
    path = census.write_comparateur(country(2022), tmp_path, events=2024, incomes=2023)
    with pytest.raises(SourceError, match="2015, 2021") as caught:
        comparateur.read(path, source=compared(2021))
    assert "2016, 2022" in caught.value.remedy


@pytest.mark.parametrize("kind", ["NAISD", "DECESD"])
def test_a_comparateur_without_events_of_a_year_says_so(kind, tmp_path):
    path = census.write_comparateur(country(2022), tmp_path, events=2024, incomes=2023)
    edit(path, put(f"{kind}24", 1, "X"), member="base_cc_comparateur.CSV")
    with pytest.raises(SourceError, match=f"{kind}24"):
        comparateur.read(path, source=compared(2022))
    other = {"NAISD": "DECESD", "DECESD": "NAISD"}[kind]
    edit(path, put(f"{other}24", 1, "Y"), member="base_cc_comparateur.CSV")
    with pytest.raises(SourceError, match="NAISD"):
        comparateur.read(path, source=compared(2022))


@pytest.fixture
def in_rows(tmp_path):
    return census.write_measures(country(2023), tmp_path, events=range(2016, 2026))


@pytest.mark.parametrize("form", ["parquet", "zip"])
def test_the_comparateur_in_rows_gives_the_communes_alone(form, tmp_path):
    own = country(2023)
    path = census.write_measures(own, tmp_path, events=range(2016, 2026), form=form)
    source = find_source("comparateur_2023").model_copy(update={"member": "base_cc_comparateur.csv"})
    tables = comparateur.read(path, source=source)
    assert all(set(table["code"]) <= set(own.codes) for table in tables.values())
    series, dwellings = census.count_series(own)["P_POP"], census.count_dwellings(own)
    for year in (1968, 1999, 2012, 2023):
        assert rows(tables["population"], "POP", year=year) == series.xs(year, level="year").round().to_dict()
    for name in ("LOG", "RP", "RSECOCC", "LOGVAC", "RP_PROP"):
        assert (
            rows(tables["dwellings"], name, year=2017)
            == dwellings.xs(2017, level="year")[f"P_{name}"].to_dict()
        )
    assert set(zip(tables["flows"]["since"], tables["flows"]["year"], strict=True)) == {
        (year, year + 1) for year in range(2016, 2026)
    }
    # What is confidential has a value in the file, that is not to be used.
    assert set(tables["income"]["code"]) == set(own.codes[::2])
    assert set(tables["income"]["variable"]) == {"TP60"}
    assert len(tables["area"]) == len(own.codes)


def rewrite(path, change):
    columns = {name: column.to_pylist() for name, column in zip(*_columns(path), strict=True)}
    change(columns)
    return to_parquet(path, columns)


def test_a_commune_given_twice_in_rows_is_named_with_its_measure(in_rows):
    def change(columns):
        at = columns["GEO"].index("2A004")
        for cells in columns.values():
            cells.append(cells[at])

    with pytest.raises(
        SourceError, match=r"la commune 2A004 POP \d{4} y figure deux fois, lignes \d+ et \d+"
    ):
        comparateur.read(rewrite(in_rows, change), source=find_source("comparateur_2023"))


def test_a_comparateur_in_rows_without_areas_gives_all_the_rest(in_rows):
    content = pq.read_table(in_rows)
    keep = [measure != "SUP" for measure in content["TAB_MEASURE"].to_pylist()]
    pq.write_table(content.filter(keep), in_rows)
    assert set(comparateur.read(in_rows, source=find_source("comparateur_2023"))) == {
        "population", "flows", "dwellings", "income",
    }  # fmt: skip


def test_a_measure_or_a_year_that_is_missing_in_rows_is_named(in_rows):
    source = find_source("comparateur_2023")
    with pytest.raises(SourceError, match="2022") as caught:
        comparateur.read(in_rows, source=source.model_copy(update={"vintage": 2022, "dates": (2022,)}))
    assert "2017, 2023" in caught.value.remedy

    def rename(columns):
        columns["TAB_MEASURE"] = ["BIRTHS" if name == "LVB" else name for name in columns["TAB_MEASURE"]]

    with pytest.raises(SourceError, match=r"TAB_MEASURE\) : LVB\."):
        comparateur.read(rewrite(in_rows, rename), source=source)


def test_a_bad_value_or_period_in_rows_is_shown_with_its_place(in_rows):
    source = find_source("comparateur_2023")
    content = in_rows.read_bytes()

    def negative(columns):
        columns["OBS_VALUE"][columns["GEO"].index("2A004")] = -1.0

    with pytest.raises(SourceError, match=r"ligne \d+, colonne OBS_VALUE : '-1' est négatif") as caught:
        comparateur.read(rewrite(in_rows, negative), source=source)
    line = int(caught.value.message.split("ligne ")[1].split(",")[0])
    assert pq.read_table(in_rows)["GEO"][line - 1].as_py() == "2A004"
    in_rows.write_bytes(content)

    def undated(columns):
        columns["TIME_PERIOD"][columns["GEO"].index("2A004")] = "2023-Q1"

    with pytest.raises(SourceError, match=r"colonne TIME_PERIOD : '2023-Q1' n'est pas une année"):
        comparateur.read(rewrite(in_rows, undated), source=source)


# The writer itself: what it writes holds together.


@pytest.mark.parametrize("vintage", census.TRIPLES)
def test_the_identities_of_the_true_files_hold(vintage):
    people, homes = counts(vintage, "evol-struct-pop"), counts(vintage, "logement")
    households = counts(vintage, "coupl-fam-men")
    ages = ("0014", "1529", "3044", "4559", "6074", "7589", "90P")
    identities = [
        (people, "P_POP", [f"P_POP{name}" for name in ages]),
        (people, "P_POP", ["P_POPH", "P_POPF"]),
        (people, "P_POPH", ["P_H0019", "P_H2064", "P_H65P"]),
        (people, "P_POP01P", [f"P_POP01P_IRAN{place}" for place in range(1, 8)]),
        (homes, "P_LOG", ["P_RP", "P_RSECOCC", "P_LOGVAC"]),
        (homes, "P_RP", ["P_RP_PROP", "P_RP_LOC", "P_RP_GRAT"]),
        (homes, "P_RP", [f"P_RP_{rooms}" for rooms in ("1P", "2P", "3P", "4P", "5PP")]),
        (homes, "P_RP_ACHTOT", [f"P_RP_ACH{end}" for end in ("19", "45", "70", "90", "05", "END")]),
        (homes, "P_MEN", [f"P_MEN_ANEM{stay}" for stay in ("0002", "0204", "0509", "10P")]),
        (homes, "P_MEN_ANEM10P", [f"P_MEN_ANEM{stay}" for stay in ("1019", "2029", "30P")]),
        (households, "C_MEN", ["C_MENPSEUL", "C_MENSFAM", "C_MENFAM"]),
        (households, "C_PMEN", ["C_PMEN_MENPSEUL", "C_PMEN_MENSFAM", "C_PMEN_MENFAM"]),
    ]
    for frame, whole, parts in identities:
        assert frame[parts].sum(axis=1).to_numpy() == pytest.approx(frame[whole].to_numpy())
        assert (frame[parts] >= 0).all(axis=None)


def test_the_writer_writes_as_insee_does(tmp_path):
    path = census.write_logement(country(2022), tmp_path, secret={"01004"})
    with zipfile.ZipFile(path) as archive:
        lines = archive.read("base-cc-logement-2022.CSV").decode().split("\r\n")
        described = archive.read("meta_base-cc-logement-2022.CSV").decode().split("\r\n")
    assert lines[0].startswith(
        "CODGEO;P22_LOG;P22_RP;P22_RSECOCC;P22_LOGVAC;P22_MAISON;P22_APPART;P22_RP_1P;"
    )
    assert set(lines[1]) - set("01004;") == set()
    assert all(cell.replace(".", "", 1).isdigit() for cell in lines[4].split(";"))
    assert described[0] == "COD_VAR;LIB_VAR;LIB_VAR_LONG;COD_MOD;LIB_MOD;TYPE_VAR;LONG_VAR"
