from __future__ import annotations

import json
import os

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers import paths, store
from helpers.errors import StoreError
from helpers.store import tables, writing

# Code 32 is a région (Hauts-de-France) and a département (Gers).
POPULATION = pd.DataFrame(
    [
        ("commune", "59220", 2018, 18165.0),
        ("commune", "59299", 2013, 18721.0),
        ("commune", "59299", 2018, 18621.0),
        ("departement", "32", 2018, 191283.0),
        ("departement", "59", 2018, 2606234.0),
        ("region", "32", 2018, 6004108.0),
    ],
    columns=["level", "code", "year", "value"],
).astype({"year": "int16"})
TERRITORIES = pd.DataFrame(
    {"code": ["59220", "59299"], "name": ["Faches-Thumesnil", "Hem"], "epci": [None, "1"]}
)


@pytest.fixture
def folder(tmp_path):
    store.write({"population": POPULATION, "territories": TERRITORIES}, tmp_path)
    return tmp_path


def content(folder):
    """The bytes of every file of a store, temporary ones included."""
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def areas_of(frame):
    return sorted(set(zip(frame["level"], frame["code"], strict=True)))


def test_what_is_written_is_read_back(folder):
    pd.testing.assert_frame_equal(store.read("population", folder=folder), POPULATION)
    names = store.read_reference("territories", folder=folder)
    assert names["name"].tolist() == ["Faches-Thumesnil", "Hem"]
    assert names["epci"].isna().tolist() == [True, False]


def test_a_table_of_reference_is_read_once_and_given_anew(folder, monkeypatch):
    first = store.read_reference("territories", folder=folder)
    first["name"] = "Autre"
    monkeypatch.setattr(pq, "ParquetFile", lambda *_, **__: pytest.fail("read again"))
    names = store.read_reference("territories", folder=folder, key="code", values=["59299"])
    assert names["name"].tolist() == ["Hem"]


@pytest.mark.parametrize(
    "areas",
    [
        [("commune", "59299")],
        [("departement", "32")],
        [("region", "32")],
        [("commune", "59299"), ("commune", "59220"), ("departement", "59")],
        [("departement", "59"), ("region", "32")],
    ],
)
def test_only_the_areas_asked_for_are_read(folder, areas):
    assert areas_of(store.read("population", folder=folder, areas=areas)) == sorted(areas)


def test_areas_can_come_from_a_generator(folder):
    found = store.read("population", folder=folder, areas=(area for area in [("commune", "59299")]))
    assert found["value"].tolist() == [18721.0, 18621.0]


@pytest.mark.parametrize("areas", [[], [("commune", "99999")], [("canton", "59299")]])
def test_no_area_gives_no_row_and_every_column(folder, areas):
    found = store.read("population", folder=folder, areas=areas)
    assert found.empty
    assert found.dtypes.to_dict() == POPULATION.dtypes.to_dict()


def test_a_reference_is_restricted_to_some_keys(folder):
    found = store.read_reference("territories", folder=folder, key="code", values=["59299", "00000"])
    assert found["name"].tolist() == ["Hem"]


def test_no_key_gives_no_row_and_every_column(folder):
    found = store.read_reference("territories", folder=folder, key="code", values=[])
    assert found.empty
    assert list(found.columns) == list(TERRITORIES.columns)


def test_a_missing_table_is_named_with_the_remedy(folder):
    with pytest.raises(StoreError) as caught:
        store.read("dwellings", folder=folder)
    assert str(folder / "dwellings.parquet") in caught.value.message
    assert "data/embedded" in caught.value.remedy
    assert "make embedded" in caught.value.remedy


def test_a_table_whose_file_was_deleted_is_named(folder):
    (folder / "population.parquet").unlink()
    with pytest.raises(StoreError, match=r"population\.parquet"):
        store.read("population", folder=folder)


@pytest.mark.parametrize("damage", ["truncated", "one byte", "other table", "empty"])
def test_a_table_that_is_not_the_one_of_the_index_is_refused(folder, damage):
    path = folder / "population.parquet"
    raw = path.read_bytes()
    path.write_bytes(
        {
            "truncated": raw[:-10],
            "one byte": raw[:50] + bytes([raw[50] ^ 1]) + raw[51:],
            "other table": (folder / "territories.parquet").read_bytes(),
            "empty": b"",
        }[damage]
    )
    with pytest.raises(StoreError) as caught:
        store.read("population", folder=folder)
    assert str(path) in caught.value.message
    assert "data/embedded" in caught.value.remedy


@pytest.mark.parametrize(
    "index",
    [None, b"", b"{", b"[]", b"3", b'{"population": 3}', b'{"population": {}}', b"\xff\xfe", b'"population"'],
    ids=repr,
)
def test_an_index_that_cannot_be_read_is_named_with_the_remedy(folder, index):
    path = folder / "tables.json"
    path.unlink() if index is None else path.write_bytes(index)
    store.hashes.cache_clear()
    with pytest.raises(StoreError) as caught:
        store.read("population", folder=folder)
    assert str(path) in caught.value.message
    assert "git checkout data/embedded" in caught.value.remedy


def test_a_folder_that_is_no_store_is_named(tmp_path):
    with pytest.raises(StoreError, match=r"tables\.json"):
        store.hashes(tmp_path / "nowhere")


def test_the_index_tells_the_rows_and_the_hash_of_every_table(folder):
    index = json.loads((folder / "tables.json").read_text(encoding="utf-8"))
    assert {name: record["rows"] for name, record in index.items()} == {"population": 6, "territories": 2}
    assert {name: record["sha256"] for name, record in index.items()} == store.hashes(folder)


def test_the_same_tables_give_the_same_bytes(folder, tmp_path_factory):
    again = tmp_path_factory.mktemp("again")
    # Neither the order of the tables nor the index of the frame is part of a table.
    shuffled = POPULATION.set_axis(range(10, 16), axis="index")
    shuffled.attrs["note"] = "of no matter"
    store.write({"territories": TERRITORIES, "population": shuffled}, again)
    assert content(again) == content(folder)


def test_however_pandas_holds_its_texts_a_table_has_the_same_bytes(folder, tmp_path_factory):
    again = tmp_path_factory.mktemp("again")
    for storage in ("python", "pyarrow"):
        with pd.option_context("mode.string_storage", storage):
            texts = pd.Series(["é", None], dtype="str")
            store.write(
                {
                    "population": POPULATION.assign(**POPULATION[["level", "code"]].astype(texts.dtype)),
                    "territories": TERRITORIES,
                },
                again,
            )
        assert content(again) == content(folder)


def test_another_value_gives_another_hash(folder, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    store.write({"population": POPULATION.assign(value=POPULATION["value"] + 1e-9)}, other)
    assert store.hashes(other)["population"] != store.hashes(folder)["population"]


def test_a_store_written_anew_is_read_anew(folder):
    assert len(store.read("population", folder=folder)) == 6
    store.write({"population": POPULATION.iloc[:2], "territories": TERRITORIES}, folder)
    assert len(store.read("population", folder=folder)) == 2


def test_a_write_that_fails_leaves_the_store_as_it_was(folder):
    before = content(folder)
    changed = POPULATION.assign(value=0.0)
    impossible = pd.DataFrame({"code": ["59299", 59299]})
    with pytest.raises((TypeError, ValueError), match="code"):
        store.write({"population": changed, "territories": impossible}, folder)
    assert content(folder) == before
    pd.testing.assert_frame_equal(store.read("population", folder=folder), POPULATION)


def test_a_disk_that_fills_up_leaves_the_store_as_it_was(folder, monkeypatch):
    before = content(folder)
    write_table = pq.ParquetWriter.write_table

    def full(self, table, *args, **options):
        if "epci" in table.column_names:
            raise OSError(28, "No space left on device")
        write_table(self, table, *args, **options)

    monkeypatch.setattr(pq.ParquetWriter, "write_table", full)
    with pytest.raises(OSError, match="No space left"):
        store.write({"population": POPULATION.iloc[:1], "territories": TERRITORIES}, folder)
    assert content(folder) == before


def test_a_successful_write_leaves_nothing_beside_the_tables(folder):
    assert sorted(content(folder)) == ["population.parquet", "tables.json", "territories.parquet"]


def test_every_table_of_the_embedded_store_is_the_one_of_its_index(embedded):
    index = json.loads((embedded / "tables.json").read_text(encoding="utf-8"))
    for name, record in index.items():
        assert len(store.read(name, folder=embedded)) == record["rows"]
    assert {path.stem for path in embedded.glob("*.parquet")} == set(index)


# A table of many row groups, by level and code as the store orders them.

PEOPLE = pd.concat(
    [
        pd.DataFrame(
            {
                "level": level,
                "code": [code for code in codes for _ in range(40)],
                "year": pd.Series([1980 + year for _ in codes for year in range(40)], dtype="int16"),
                "value": [float(rank) for rank in range(40 * len(codes))],
            }
        )
        for level, codes in {
            "arrondissement": ["011", "595"],
            "commune": [f"{n:05d}" for n in range(1001, 1061)],
            "departement": ["01", "59"],
            "epci": [f"{n}" for n in range(200_000_000, 200_000_020)],
            "france": ["F"],
            "region": ["32", "84"],
        }.items()
    ],
    ignore_index=True,
)


@pytest.fixture
def large(tmp_path, monkeypatch):
    monkeypatch.setattr(writing, "ROW_GROUP", 97)
    store.write({"population": PEOPLE}, tmp_path)
    return tmp_path


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.sampled_from(
            [*sorted(set(zip(PEOPLE["level"], PEOPLE["code"], strict=True))), ("region", "59"), ("epci", "1")]
        ),
        max_size=12,
        unique=True,
    )
)
def test_a_search_by_halves_finds_every_row_of_a_place_and_no_other(large, areas):
    asked = pd.MultiIndex.from_frame(PEOPLE[["level", "code"]]).isin(areas)
    expected = PEOPLE[asked].reset_index(drop=True)
    found = store.read("population", folder=large, areas=areas)
    if areas:
        pd.testing.assert_frame_equal(found, expected)
    else:
        assert found.empty


@pytest.mark.parametrize("level", ["arrondissement", "commune", "epci", "region", "canton"])
@pytest.mark.parametrize("year", [1980, 2019, 2020])
def test_a_date_is_read_for_the_places_of_a_level_within_bounds_and_no_other(large, level, year):
    there = PEOPLE[(PEOPLE["level"] == level) & (PEOPLE["year"] == year)]
    bounds = (there["value"].quantile(0.25), there["value"].quantile(0.75)) if len(there) else (0, 1)
    for between in (bounds, (0, float("inf"))):
        expected = there[there["value"].between(*between)].reset_index(drop=True)
        found = store.read_date("population", folder=large, level=level, year=year, between=between)
        pd.testing.assert_frame_equal(found, expected)


def test_nothing_lies_between_bounds_that_are_not_known(large):
    nowhere = (float("nan"), float("nan"))
    assert store.read_date("population", folder=large, level="commune", year=2019, between=nowhere).empty


def test_one_place_reads_few_row_groups(large, monkeypatch):
    asked = []
    reading = tables._Opened.read
    monkeypatch.setattr(
        tables._Opened, "read", lambda self, groups=None: asked.append(list(groups)) or reading(self, groups)
    )
    store.read("population", folder=large, areas=[("commune", "01030")])
    # Those around the place: those of other levels are apart.
    assert len(asked[0]) <= 2
    assert pq.read_metadata(large / "population.parquet").num_row_groups > 30


def test_a_table_in_no_order_is_read_whole(tmp_path):
    shuffled = PEOPLE.sample(frac=1, random_state=0).reset_index(drop=True)
    pq.write_table(
        pa.Table.from_pandas(shuffled, preserve_index=False),
        tmp_path / "population.parquet",
        row_group_size=50,
    )
    index = {"population": store.describe(tmp_path / "population.parquet")}
    store.write_index(index, tmp_path)
    assert len(store.read("population", folder=tmp_path, areas=[("commune", "01030")])) == 40


def test_a_table_is_the_same_however_its_rows_arrive(tmp_path):
    schema = pa.Schema.from_pandas(POPULATION, preserve_index=False).remove_metadata()
    whole = pa.Table.from_pandas(PEOPLE, schema=schema, preserve_index=False).replace_schema_metadata(None)
    for name, size in (("one", 10_000), ("many", 7)):
        store.write_batches(whole.to_batches(max_chunksize=size), tmp_path / name, schema=schema)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "many").read_bytes()


def test_a_table_that_has_kept_its_size_and_date_is_not_hashed_again(folder, monkeypatch):
    store.mark_seen(folder)
    store.forget()
    monkeypatch.setattr(paths, "hash_file", lambda path: pytest.fail(f"{path} was hashed"))
    assert len(store.read("population", folder=folder)) == 6


def test_a_table_that_was_copied_is_hashed_and_one_that_was_changed_is_refused(folder):
    store.mark_seen(folder)
    path = folder / "population.parquet"
    raw = path.read_bytes()
    os.utime(path, (1, 1))
    store.forget()
    assert len(store.read("population", folder=folder)) == 6
    path.write_bytes(raw[:50] + bytes([raw[50] ^ 1]) + raw[51:])
    store.forget()
    with pytest.raises(StoreError, match="modifiée ou tronquée"):
        store.read("population", folder=folder)


def test_marks_that_cannot_be_read_are_of_no_use(folder):
    (folder / "seen.json").write_text("{", encoding="utf-8")
    store.forget()
    assert len(store.read("population", folder=folder)) == 6


def test_a_store_replaced_while_it_is_read_is_refused_until_it_is_opened_again(folder, tmp_path_factory):
    store.read("population", folder=folder)
    other = tmp_path_factory.mktemp("other")
    store.write({"population": POPULATION.iloc[:2], "territories": TERRITORIES}, other)
    assert len(store.read("population", folder=folder)) == 6
    for path in other.iterdir():
        path.replace(folder / path.name)
    with pytest.raises(StoreError, match="renouvelé pendant sa lecture"):
        store.read("territories", folder=folder)
    store.reopen(folder)
    assert len(store.read("population", folder=folder)) == 2


def test_what_was_prepared_is_checked_no_more_until_the_store_is_replaced(
    folder, tmp_path_factory, monkeypatch
):
    store.prepare(folder)
    with monkeypatch.context() as patch:
        patch.setattr(paths, "hash_file", lambda _: pytest.fail("hashed again"))
        assert len(store.read_reference("territories", folder=folder))
    other = tmp_path_factory.mktemp("other")
    store.write({"population": POPULATION, "territories": TERRITORIES.assign(name="Autre")}, other)
    for path in other.iterdir():
        path.replace(folder / path.name)
    store.reopen(folder)
    assert {*store.read_reference("territories", folder=folder)["name"]} == {"Autre"}


def test_preparing_a_store_that_cannot_be_read_is_left_to_its_readers(folder):
    (folder / "territories.parquet").write_bytes(b"PAR1")
    store.prepare(folder)
    store.prepare(folder / "none")
    with pytest.raises(StoreError, match="modifiée ou tronquée"):
        store.read_reference("territories", folder=folder)


def test_the_national_store_says_how_to_make_it_again(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "NATIONAL", tmp_path / "national")
    with pytest.raises(StoreError) as caught:
        store.read("population", folder=tmp_path / "national")
    assert "make data" in caught.value.remedy


def test_a_store_given_by_a_relative_path_is_one_of_the_project(tmp_path, monkeypatch):
    monkeypatch.setenv("HELPERS_STORE", "data/embedded")
    monkeypatch.setenv("HELPERS_FETCHED", "data/store")
    monkeypatch.setenv("HELPERS_SOURCES", "data/raw")
    # Where notebooks run.
    monkeypatch.chdir(tmp_path)
    assert paths.store_folder() == paths.EMBEDDED
    assert paths.fetched_folder("59299") == paths.ROOT / "data" / "store" / "59299"
    assert paths.sources_folder() == paths.RAW


@pytest.mark.parametrize(
    ("built", "chosen", "expected"),
    [
        ([], None, "embedded"),
        (["national"], None, "national"),
        # Between two renamings the store that stood there still serves.
        ([".national-former"], None, ".national-former"),
        (["national", ".national-former"], None, "national"),
        (["national"], "elsewhere", "elsewhere"),
    ],
)
def test_the_national_store_is_read_once_it_is_whole(built, chosen, expected, tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "NATIONAL", tmp_path / "national")
    monkeypatch.setattr(paths, "EMBEDDED", tmp_path / "embedded")
    monkeypatch.delenv("HELPERS_STORE")
    if chosen:
        monkeypatch.setenv("HELPERS_STORE", str(tmp_path / chosen))
    (tmp_path / "national").mkdir()
    for name in built:
        (tmp_path / name).mkdir(exist_ok=True)
        (tmp_path / name / "tables.json").write_text("{}", encoding="utf-8")
    assert paths.store_folder() == tmp_path / expected


def test_rows_read_twice_are_the_callers_own():
    first = store.read("population", folder=paths.EMBEDDED, areas=[("commune", "59299")])
    first["value"] = 0.0
    again = store.read("population", folder=paths.EMBEDDED, areas=[("commune", "59299")])
    assert again["value"].min() > 0
