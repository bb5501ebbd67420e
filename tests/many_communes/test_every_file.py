"""Every official file of the embedded store, read again: `tests/contract` reads a few of them."""

from __future__ import annotations

import json

import ingested_again

from helpers import french, paths
from helpers.store import embedded as building


def test_the_same_files_ingested_give_the_real_values_of_the_embedded_store(sources, embedded, tmp_path):
    ingested_again.assert_alike(building.FILES, sources=sources, embedded=embedded, folder=tmp_path)


def test_the_embedded_store_is_byte_for_byte_what_the_official_files_give(sources, tmp_path):
    text = []
    building.build(sources, tmp_path, report=text.append)
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
    # What is inferred of the list of communes, in the same build: whole, and reported.
    (notes,) = text
    inferred, *others = notes.splitlines()
    assert "64 communes fusionnées dans 46, 4 changements de code, 4 communes rétablies" in inferred.replace(
        french.NBSP, " "
    )
    assert others == ["Rien ne reste inexpliqué entre les deux listes."]
