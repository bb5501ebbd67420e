"""The national store: its tables consolidated from the parts, and the whole put in the place of the former one."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd

from helpers import french, paths, schemas, store
from helpers.errors import SourceError
from helpers.simulation import calibration
from helpers.sources.registry import load_registry
from helpers.store.consolidation import Adjust, consolidate, read_communes
from helpers.store.geography import Geography
from helpers.store.journal import JOURNAL, Context, Journal, Report, hash_texts

# The table whose detail files are to be calibrated on the tables of the census.
_DETAIL = "ages_tenure"
# The tables of people sorted by age, sex or tenure, and that of their homes: none where nobody lives.
_SORTED = [
    table
    for table in schemas.TABLES
    if schemas.known_columns(table) != schemas.key_columns(table)[2:] or table == "dwellings"
]

# What the index of a store says of a table.
Record = dict[str, int | str]


@dataclass(frozen=True)
class _Recipe:
    """What a table is made from: its sources in order, and what changes their communes; `mark` is its hash."""

    sources: list[str]
    mark: str
    adjust: Adjust | None
    population: Path | None


def renew_store(
    usable: Mapping[str, Journal], *, destination: Path, embedded: Path, context: Context, report: Report
) -> None:
    """Consolidate the tables that have changed beside the store, then put the new store in its place.

    `usable` gives the journal of each part, by source.
    """
    fresh = destination.with_name(f".{destination.name}-new")
    fresh.mkdir(exist_ok=True)
    index: dict[str, Record] = {}
    made: dict[str, str] = {}
    for table in schemas.TABLES:
        recipe = _plan(table, usable, fresh=fresh, made=made, context=context, report=report)
        made[table] = recipe.mark
        index[table] = _renew_table(
            table, recipe, fresh=fresh, former=destination, context=context, report=report
        )
        _note_made(fresh, made=made, index=index)
        context.progress(f"Table {table} : {french.quantity(int(index[table]['rows']), 'ligne')}")
    report.rows = {table: int(record["rows"]) for table, record in index.items()}
    index |= _write_reference(_list_reference(context.geography, embedded=embedded), fresh, context=context)
    for leftover in fresh.glob("*.parquet"):
        if leftover.stem not in index:
            leftover.unlink()
    store.write_index(dict(sorted(index.items())), fresh)
    store.mark_seen(fresh)
    context.progress("Mise en place du magasin national")
    _replace(destination, fresh)
    context.progress("Magasin national prêt")


def _plan(
    table: str,
    usable: Mapping[str, Journal],
    *,
    fresh: Path,
    made: Mapping[str, str],
    context: Context,
    report: Report,
) -> _Recipe:
    """Say what a table is made from; `made` gives the marks of the tables before it."""
    sources = [identifier for identifier, journal in usable.items() if table in journal.rows]
    inputs = [context.code, context.geography.mark, table]
    population = fresh / "population.parquet" if table in _SORTED else None
    if population is not None:
        inputs.append(made["population"])
    adjust = None
    if table == _DETAIL and (detail := _find_detail(sources)):
        sources = _refuse_uncovered(sources, detail, fresh=fresh, context=context, report=report)
        adjust = partial(_calibrate, detail=detail, ages=fresh / "ages.parquet", temporary=context.temporary)
        inputs.append(made["ages"])
    inputs += [f"{identifier} {usable[identifier].mark}" for identifier in sources]
    return _Recipe(sources, hash_texts(inputs), adjust, population)


def _renew_table(
    table: str, recipe: _Recipe, *, fresh: Path, former: Path, context: Context, report: Report
) -> Record:
    """Put a table in the store being made, consolidated anew unless it is known already; its record of the index."""
    path = fresh / f"{table}.parquet"
    known = _find_made(table, recipe.mark, folders=(fresh, former))
    if known is not None:
        place, record = known
        if place != path:
            _link(place, path)
        return record
    context.progress(f"Table {table} : assemblage")
    aside = context.temporary / path.name
    consolidate(
        table,
        [context.parts / identifier / path.name for identifier in recipe.sources],
        aside,
        geography=context.geography,
        temporary=context.temporary,
        adjust=recipe.adjust,
        population=recipe.population,
    )
    record = store.describe(aside)
    aside.replace(path)
    report.rebuilt.append(table)
    return record


def _replace(destination: Path, fresh: Path) -> None:
    """Put a whole store in the place of the former one."""
    former = paths.former_store(destination)
    if destination.exists():
        destination.rename(former)
    fresh.rename(destination)
    shutil.rmtree(former, ignore_errors=True)
    store.forget()


def _find_detail(sources: Iterable[str]) -> list[str]:
    """Find the detail files among sources: their people are those of the tables less the youngest."""
    registry = load_registry()
    return [
        identifier
        for identifier in sources
        if identifier in registry and registry[identifier].family == "migcom"
    ]


def _refuse_uncovered(
    sources: list[str], detail: list[str], *, fresh: Path, context: Context, report: Report
) -> list[str]:
    """Leave out of sources the detail files whose people are not those of the tables of the same year."""
    refused = set()
    for identifier in detail:
        title = load_registry()[identifier].title
        part = context.parts / identifier / f"{_DETAIL}.parquet"
        persons = read_communes(part, temporary=context.temporary, by_commune=True)
        years = ", ".join(str(year) for year in persons["year"].unique())
        among = f"year IN ({years})"
        people = read_communes(fresh / "population.parquet", temporary=context.temporary, where=among)
        if people.empty:
            report.notes.append(f"{title} : aucune population communale de {years} à laquelle le comparer.")
            continue
        try:
            found = calibration.measure_coverage(persons, people)
        except SourceError as error:
            report.failures[identifier] = f"{title} : {error}"
            refused.add(identifier)
            continue
        ages = read_communes(
            fresh / "ages.parquet", temporary=context.temporary, where=among, by_commune=True
        )
        then = (
            "calé sur la population par sexe et âge"
            if len(ages)
            else "non calé, faute de la population par sexe et âge (familles ages et pop-sexe-age-quinquennal)"
        )
        report.notes.append(
            f"{title} : {french.percent(100 * found.ratio, digits=2)} de la population des communes ({found.kind}), "
            f"{then}."
        )
    return [identifier for identifier in sources if identifier not in refused]


def _calibrate(frame: pd.DataFrame, *, detail: list[str], ages: Path, temporary: Path) -> pd.DataFrame:
    """Bring the rows of detail files, of whole communes, to the people of each sex and age."""
    mine = frame["source"].isin(detail)
    if not mine.any():
        return frame
    people = frame[mine]
    where = f"code BETWEEN '{people['code'].min()}' AND '{people['code'].max()}'"
    margins = read_communes(ages, temporary=temporary, where=where)
    margins = margins[margins["year"].isin(people["year"].unique())]
    if margins.empty:
        return frame
    # One detail file by year.
    files = people.drop_duplicates("year").set_index("year")["source"]
    rescaled = calibration.rescale(people.drop(columns=["level", "source"]), margins)
    rescaled = rescaled.assign(level="commune", source=rescaled["year"].map(files))
    return pd.concat([frame[~mine], rescaled[frame.columns]], ignore_index=True)


def _find_made(table: str, mark: str, *, folders: Iterable[Path]) -> tuple[Path, Record] | None:
    """Find a table already consolidated from the same parts, with its record of the index."""
    for folder in folders:
        path = folder / f"{table}.parquet"
        try:
            known = json.loads((folder / JOURNAL).read_text(encoding="utf-8"))[table]
        except (OSError, ValueError, KeyError):
            continue
        if known["mark"] == mark and path.is_file() and path.stat().st_size == known["size"]:
            return path, known["record"]
    return None


def _note_made(folder: Path, *, made: dict[str, str], index: dict[str, Record]) -> None:
    """Keep the journal of the tables already consolidated."""
    content = {
        table: {
            "mark": made[table],
            "size": (folder / f"{table}.parquet").stat().st_size,
            "record": index[table],
        }
        for table in index
    }
    aside = folder / f".{JOURNAL}"
    aside.write_text(json.dumps(content), encoding="utf-8")
    aside.replace(folder / JOURNAL)


def _link(place: Path, path: Path) -> None:
    """Give a table another name: nothing is copied where the disk allows it."""
    path.unlink(missing_ok=True)
    try:
        os.link(place, path)
    except OSError:
        shutil.copy2(place, path)


def _list_reference(geography: Geography, *, embedded: Path) -> dict[str, pd.DataFrame]:
    """List the tables of reference of the national store."""
    known = store.read_reference("sources", folder=embedded)
    columns = list(known.columns)
    records = pd.DataFrame([source.model_dump(include=set(columns)) for source in load_registry().values()])
    pages = known[~known["id"].isin(records["id"])]
    return {
        "territories": geography.territories,
        "former_communes": geography.former,
        "movements": geography.events,
        "sources": pd.concat([records, pages], ignore_index=True)[columns],
        "outlines": store.read_reference("outlines", folder=embedded),
    }


def _write_reference(
    frames: Mapping[str, pd.DataFrame], folder: Path, *, context: Context
) -> dict[str, Record]:
    """Write the tables of reference in a store being made; their records of the index."""
    with tempfile.TemporaryDirectory(dir=context.temporary) as temporary:
        aside = Path(temporary)
        store.write({name: schemas.validate(frame, table=name) for name, frame in frames.items()}, aside)
        index = {name: store.describe(aside / f"{name}.parquet") for name in frames}
        for name in frames:
            (aside / f"{name}.parquet").replace(folder / f"{name}.parquet")
    return index
