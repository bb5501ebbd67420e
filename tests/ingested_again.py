"""The official files of the embedded store, read again by the way of the national one: the same values."""

from __future__ import annotations

import shutil
from collections.abc import Collection
from pathlib import Path

from helpers import schemas, store
from helpers.sources.registry import find_source, load_registry
from helpers.store.ingest import ingest


def assert_alike(identifiers: Collection[str], *, sources: Path, embedded: Path, folder: Path) -> None:
    """Ingest these files of `sources` under `folder`: each value that the embedded store has of them is found again.

    Nothing but its list of communes is taken from the embedded store.
    """
    empty = folder / "empty"
    shutil.copytree(embedded, empty)
    kept = {name: store.read(name, folder=embedded) for name in schemas.TABLES}
    for name, frame in kept.items():
        store.write({name: frame.iloc[:0]}, folder)
        (folder / f"{name}.parquet").replace(empty / f"{name}.parquet")
    index = {path.stem: store.describe(path) for path in empty.glob("*.parquet")}
    store.write_index(index, empty)
    store.forget()
    national = folder / "store" / "national"
    selected = [find_source(identifier) for identifier in identifiers]
    report = ingest(selected, folder=sources, destination=national, embedded=empty)
    assert report.failures == {}
    # What a page gives is no file's; nor are the files left out here.
    left = set(load_registry()) - set(identifiers)
    pages = set(store.read_reference("sources", folder=embedded)["id"]) - set(load_registry())
    found = 0
    for name, frame in kept.items():
        key = schemas.key_columns(name)
        real = frame[(frame["origin"] == "insee") & ~frame["source"].isin(pages | left)]
        both = real.merge(store.read(name, folder=national), on=key, how="left", suffixes=("", "_again"))
        # A sum with a page's figure in one of its communes is not whole without it.
        held = both[both["value_again"].notna() | (both["level"] == "commune")]
        assert len(held) >= 0.99 * len(both), name
        gap = (held["value"] - held["value_again"]).abs()
        assert (gap <= 1e-9 * held["value"].clip(lower=1)).all(), name
        found += len(held)
    assert found > 0
