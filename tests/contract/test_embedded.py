"""What the embedded store promises: it is what the official files give, and it can be published."""

from __future__ import annotations

import json
import shutil

import pytest

from helpers import paths, schemas, store
from helpers.errors import SourceError
from helpers.sources.registry import find_source, load_registry
from helpers.store import embedded as building
from helpers.store.ingest import ingest


def test_the_embedded_store_is_byte_for_byte_what_the_official_files_give(sources, tmp_path):
    building.build(sources, tmp_path)
    built, kept = (
        json.loads((folder / "tables.json").read_text(encoding="utf-8"))
        for folder in (tmp_path, paths.EMBEDDED)
    )
    differing = sorted(name for name in built.keys() | kept.keys() if built.get(name) != kept.get(name))
    assert not differing, f"tables of data/embedded out of date: {differing}; run: make embedded"
    for name in kept:
        same = (tmp_path / f"{name}.parquet").read_bytes() == (
            paths.EMBEDDED / f"{name}.parquet"
        ).read_bytes()
        assert same, name


def test_the_same_files_ingested_give_the_real_values_of_the_embedded_store(sources, embedded, tmp_path):
    selected = [find_source(identifier) for identifier in building.FILES]
    # Nothing but its list of communes is taken from the embedded store.
    empty = tmp_path / "empty"
    shutil.copytree(embedded, empty)
    kept = {name: store.read(name, folder=embedded) for name in schemas.TABLES}
    for name, frame in kept.items():
        store.write({name: frame.iloc[:0]}, tmp_path)
        (tmp_path / f"{name}.parquet").replace(empty / f"{name}.parquet")
    index = {path.stem: store.describe(path) for path in empty.glob("*.parquet")}
    store.write_index(index, empty)
    store.forget()
    national = tmp_path / "store" / "national"
    report = ingest(selected, folder=sources, destination=national, embedded=empty)
    assert report.failures == {}
    pages = set(store.read_reference("sources", folder=embedded)["id"]) - set(load_registry())
    for name, frame in kept.items():
        key = schemas.key_columns(name)
        real = frame[(frame["origin"] == "insee") & ~frame["source"].isin(pages)]
        both = real.merge(store.read(name, folder=national), on=key, how="left", suffixes=("", "_again"))
        # A sum with a page's figure in one of its communes is not whole without it.
        held = both[both["value_again"].notna() | (both["level"] == "commune")]
        assert len(held) >= 0.99 * len(both), name
        gap = (held["value"] - held["value_again"]).abs()
        assert (gap <= 1e-9 * held["value"].clip(lower=1)).all(), name


def test_a_build_without_official_files_says_which_one_is_missing(tmp_path):
    with pytest.raises(SourceError) as caught:
        building.build(tmp_path / "nothing", tmp_path / "store")
    assert "base_cc_comparateur_2018_csv.zip" in caught.value.message
    assert "HELPERS_SOURCES" in caught.value.remedy
    assert not (tmp_path / "store").exists()


def test_the_embedded_store_is_small_enough_for_a_repository(embedded):
    assert sum(path.stat().st_size for path in embedded.iterdir()) < 15_000_000
    assert {path.suffix for path in embedded.iterdir()} <= {".parquet", ".json", ".csv", ".md"}


def test_simulated_detail_stays_within_the_metropolis(embedded):
    territories = store.read_reference("territories", folder=embedded)
    inside = territories[territories["epci"] == building.MEL]
    places = {("commune", code) for code in inside["code"]} | {("epci", building.MEL)}
    for name in ("ages", "ages_tenure", "dwellings", "households", "population", "flows"):
        frame = store.read(name, folder=embedded)
        simulated = frame[frame["origin"] == "demonstration"]
        assert set(zip(simulated["level"], simulated["code"], strict=True)) <= places, name


def test_a_sum_with_a_simulated_part_is_simulated(embedded):
    territories = store.read_reference("territories", folder=embedded)
    members = set(territories.loc[territories["epci"] == building.MEL, "code"])
    for name in ("population", "dwellings", "households"):
        frame = store.read(name, folder=embedded)
        key = ["year", "variable"]
        parts = frame[(frame["level"] == "commune") & frame["code"].isin(members)]
        partly = parts[parts["origin"] == "demonstration"].groupby(key).size().index
        sums = frame[(frame["level"] == "epci") & (frame["code"] == building.MEL)].set_index(key)["origin"]
        assert (sums[sums.index.isin(partly)] == "demonstration").all(), name
        assert (sums[~sums.index.isin(partly)] == "insee").all(), name


def test_the_store_holds_what_a_first_diagnostic_needs(embedded):
    for code in ("59299", "59220", "59011", "59527"):
        for name, variables in {
            "population": {"POP"},
            "dwellings": {"LOG", "RP", "RSECOCC", "LOGVAC", "RP_PROP"},
            "households": {"MEN"},
            "flows": {"NAIS", "DECE"},
            "income": {"MED", "TP60"},
            "social_housing": {"RPLS"},
        }.items():
            frame = store.read(name, folder=embedded, areas=[("commune", code)])
            real = frame[frame["origin"] == "insee"]
            assert variables <= set(real["variable"]), (code, name)
