from __future__ import annotations

import json

import pandas as pd
import pytest

from helpers import store
from helpers.errors import StoreError

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
    writing = store.pq.write_table

    def full(table, where, **options):
        if "territories" in str(where):
            raise OSError(28, "No space left on device")
        writing(table, where, **options)

    monkeypatch.setattr(store.pq, "write_table", full)
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
