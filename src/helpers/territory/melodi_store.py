"""Fetch the official figures of one commune and of what it is compared with: `make data commune=Hem`."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from helpers import french, paths, schemas, store
from helpers.errors import SourceError
from helpers.sources import melodi
from helpers.sources.melodi import Gap, Received
from helpers.sources.registry import Source
from helpers.territory.communes import Commune, members_of

Area = tuple[str, str]

# Beyond so many times the population known, or under its inverse, figures are those of another place. No commune of
# 200 people doubles between two censuses.
_PLAUSIBLE, _FEW = 2.0, 200
# Years between the two populations compared, at most.
_APART = 8


@dataclass(frozen=True)
class Fetched:
    """What was written for a commune: tables of the store, editions by identifier of source, and what is missing."""

    tables: dict[str, pd.DataFrame]
    editions: dict[str, Source]
    gaps: tuple[Gap, ...]


def fetch_official_figures(
    commune: Commune, *, base: str | None = None, progress: Callable[[str], None] | None = None
) -> Fetched:
    """Fetch and write the tables of a commune, of its larger territories and of the communes of its EPCI.

    The levels are those of `helpers.levels`. What was received is written, with what an earlier fetch had of the data
    sets that gave nothing this time; what is missing is in `gaps`.

    Raises:
        SourceError: nothing was received of the commune; its population is not that of the same place.
        StoreError: what came does not have the store's form.
    """
    areas = [commune.area, *(territory.area for territory in commune.larger)]
    names = {
        commune.area: commune.label,
        **{territory.area: territory.name for territory in commune.larger},
    }
    received = melodi.fetch_commune(
        areas, communes_of=commune.epci, names=names, base=base, progress=progress
    )
    if not any(
        ((table["level"] == "commune") & (table["code"] == commune.code)).any()
        for table in received.tables.values()
    ):
        gap = f"\n{received.gaps[0]}" if received.gaps else ""
        raise SourceError(
            f"Melodi ne donne aucun chiffre pour {commune.label}.{gap}",
            remedy="Mayotte n'y figure pas ; une commune fusionnée depuis la liste de ce projet non plus. Les données "
            "embarquées continuent de fonctionner.",
        )
    members = [] if commune.epci is None else members_of(commune.epci).itertuples(index=False)
    around = {("commune", row.code): f"{row.name} ({row.code})" for row in members}
    strangers = _find_strangers(received, {**around, **names})
    if commune.area in strangers:
        raise SourceError(
            f"{strangers[commune.area].place} : {strangers[commune.area].reason}",
            remedy=strangers[commune.area].remedy,
        )
    kept = {*areas, *around} - set(strangers)
    every = {name: _validate(frame, table=name, areas=kept) for name, frame in received.tables.items()}
    tables = {name: table for name, table in every.items() if len(table)}
    _write(commune, tables, received)
    return Fetched(tables, received.editions, (*received.gaps, *strangers.values()))


def _validate(frame: pd.DataFrame, *, table: str, areas: set[Area]) -> pd.DataFrame:
    """Give a table received the store's form; the communes that the store does not know are left out."""
    known = frame[[area in areas for area in zip(frame["level"], frame["code"], strict=True)]]
    columns, key = schemas.table_columns(table), schemas.key_columns(table)
    if known.empty:
        return pd.DataFrame(columns=columns)
    return schemas.validate(
        known.assign(origin="insee")[columns].sort_values(key, ignore_index=True), table=table
    )


def _write(commune: Commune, tables: dict[str, pd.DataFrame], received: Received) -> None:
    """Write the tables, the sources and the notes of a commune in the place of the former ones."""
    place = paths.fetched_folder(commune.code)
    place.parent.mkdir(parents=True, exist_ok=True)
    columns = ["id", "citation", "exploitation", "vintage", "geography", "page"]
    records = [source.model_dump(include=set(columns)) for source in received.editions.values()]
    sources = schemas.validate(pd.DataFrame(records, columns=columns), table="sources")
    tables, sources = store.keep_former(tables, sources, folder=place)
    areas = {
        area
        for table in tables.values()
        for area in table[["level", "code"]].drop_duplicates().itertuples(index=False, name=None)
    }
    with tempfile.TemporaryDirectory(dir=place.parent, prefix=f".{commune.code}-") as temporary:
        aside = Path(temporary) / "new"
        aside.mkdir()
        store.write({**tables, "sources": sources}, aside)
        store.write_notes(received.notes, areas, aside)
        if place.exists():
            place.rename(Path(temporary) / "former")
        aside.rename(place)
    store.forget()


def _find_strangers(received: Received, areas: Mapping[Area, str]) -> dict[Area, Gap]:
    """Find the areas (named) whose population is not that of the same place, beside the one that the store knows.

    A mirror that answers for another place, an edition whose rows have moved: both figures are named.
    """
    known = store.read("population", folder=paths.store_folder(), areas=areas)
    known = known[known["origin"] != "demonstration"]
    given = received.tables.get("population", known.iloc[:0])
    strangers = {}
    for area, name in areas.items():
        ours, theirs = (
            frame.loc[(frame["level"] == area[0]) & (frame["code"] == area[1])].set_index("year")["value"]
            for frame in (known, given)
        )
        for year, other in _pair_years(theirs.index, ours.index):
            found, expected = float(theirs[year]), float(ours[other])
            times = max(found, expected) / max(min(found, expected), 1)
            if times > _PLAUSIBLE and abs(found - expected) > _FEW:
                strangers[area] = Gap(
                    "population",
                    name,
                    f"Melodi donne {french.number(found)} habitants en {year}, contre {french.number(expected)} connus "
                    f"en {other} : ce ne sont pas les chiffres du même territoire, ils sont laissés de côté.",
                    "Videz HELPERS_MIRROR s'il désigne un miroir ; sinon réessayez plus tard, ou écrivez à l'Insee.",
                )
                break
    return strangers


def _pair_years(given: Iterable[int], known: Iterable[int]) -> list[tuple[int, int]]:
    """Pair the latest year given with the nearest one known, then the others with themselves."""
    given, known = sorted(given, reverse=True), sorted(known, reverse=True)
    near = sorted((abs(year - other), -other) for year in given[:1] for other in known)
    latest = [(given[0], -other) for apart, other in near[:1] if apart <= _APART]
    return [*latest, *((year, year) for year in given[1:] if year in known)]
