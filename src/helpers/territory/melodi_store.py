"""Fetch the official figures of one commune and of what it is compared with: `make data commune=Hem`."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from helpers import paths, schemas, store
from helpers.errors import SourceError
from helpers.sources import melodi
from helpers.territory.communes import Commune


def fetch_official_figures(
    commune: Commune,
    *,
    base: str | None = None,
    progress: Callable[[str], None] | None = None,
    refuse: Callable[[SourceError], None] | None = None,
) -> dict[str, pd.DataFrame]:
    """Fetch and write the tables of a commune and of its larger territories, at every level of `helpers.levels`.

    The tables as written. Nothing is written unless everything was received and has the store's form; the
    former figures are then replaced whole. `refuse` receives each data set that Melodi gives in another form than
    the one known: the others are then written without it.

    Raises:
        SourceError: the network or the interface does not answer as it should.
        StoreError: what came does not have the store's form.
    """
    areas = [commune.area, *(territory.area for territory in commune.larger)]
    received = melodi.fetch_commune(areas, base=base, progress=progress, refuse=refuse)
    people = received.get("population")
    if people is None or not ((people["level"] == "commune") & (people["code"] == commune.code)).any():
        raise SourceError(
            f"Melodi ne donne aucun chiffre pour {commune.label}.",
            remedy="Mayotte n'y figure pas ; une commune fusionnée depuis la liste de ce projet non plus. Les données "
            "embarquées continuent de fonctionner.",
        )
    tables = {
        name: schemas.validate(
            frame.assign(origin="insee")[schemas.table_columns(name)].sort_values(
                schemas.key_columns(name), ignore_index=True
            ),
            table=name,
        )
        for name, frame in received.items()
        if name in schemas.TABLES and len(frame)
    }
    place = paths.fetched_folder(commune.code)
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place.parent, prefix=f".{commune.code}-") as temporary:
        aside = Path(temporary) / "new"
        aside.mkdir()
        store.write(tables, aside)
        store.write_notes(received[melodi.NOTES], aside)
        if place.exists():
            place.rename(Path(temporary) / "former")
        aside.rename(place)
    store.forget()
    return tables
