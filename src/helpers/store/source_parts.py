"""The parts of the national store, one for each source, kept from one ingest to the next."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import pandas as pd

from helpers import schemas, store
from helpers.errors import DiagnosticError, SourceError
from helpers.sources import readers
from helpers.sources.files import NOTES, locate
from helpers.sources.registry import Source, load_registry
from helpers.store import simulated
from helpers.store.geography import Geography
from helpers.store.journal import JOURNAL, Context, Journal, Report, describe_file, hash_texts, read_journal
from helpers.store.parts import write_part

# The real values of the embedded store come last: whatever is known without a file stays known.
BASE = "embarque"
# What is simulated comes after: in the place of nothing that is known.
SIMULATED = "demonstration"
# Figures read on pages, of which the embedded store already holds what can be used.
_PAGES = "published"


def is_figures(source: Source) -> bool:
    """Tell a file of figures that the store takes: neither a list of communes nor published pages."""
    return (
        source.file is not None and source.reader != _PAGES and bool(set(source.tables) & set(schemas.TABLES))
    )


def renew_part(source: Source, *, folder: Path, context: Context, report: Report) -> Journal | None:
    """Read a source anew when something that its part was made from has changed; the journal of the part.

    Nothing when the source has no part that can be used. What was done, or could not be, goes into the report.
    """
    place = context.parts / source.id
    former = read_journal(place)
    on_list = former is not None and former.geography == context.geography.mark
    try:
        path = locate(source, folder)
    except SourceError:
        report.absent.append(source.id)
        if former is not None and not on_list:
            report.notes.append(_describe_outdated(source, folder))
        return former if on_list else None
    try:
        state = describe_file(path, former=former)
        made_from = {**state, "record": hash_texts([source.model_dump_json()]), "code": context.code}
        made_from["geography"] = context.geography.mark
        if former is not None and former.holds(made_from, part=place):
            report.kept.append(source.id)
            return former
        context.progress(f"{source.title} : lecture")
        frames = readers.read(source, folder)
        journal = _write_part(frames, source=source, made_from=made_from, path=path, context=context)
    except DiagnosticError as error:
        report.failures[source.id] = str(error)
        return former if on_list and former is not None and former.is_whole(place) else None
    report.read.append(source.id)
    return journal


def _describe_outdated(source: Source, folder: Path) -> str:
    return (
        f"{source.title} : lu autrefois dans une autre liste de communes, il n’est plus dans le magasin. "
        f"Remettez {Path(source.file or '').name} dans {folder}, puis relancez."
    )


def renew_base(embedded: Path, *, base: Geography, context: Context) -> Journal:
    """Read the real values of the embedded store anew when it has changed; the journal of their part."""
    place = context.parts / BASE
    index = embedded / store.INDEX
    former = read_journal(place)
    made_from = {
        **describe_file(index, former=former),
        "record": hash_texts(load_registry()),
        "code": context.code,
        "geography": context.geography.mark,
    }
    if former is not None and former.holds(made_from, part=place):
        return former
    context.progress("Données embarquées : lecture")
    frames = {}
    for table in schemas.TABLES:
        if store.has(table, folder=embedded):
            frame = store.read(table, folder=embedded)
            real = frame["origin"] != "demonstration"
            # What a page gives for a larger territory is known nowhere else; its sums are made again.
            given = (frame["level"] == "commune") | ~frame["source"].isin(list(load_registry()))
            frames[table] = frame[real & given]
    source = _embedded_source(BASE, "Données embarquées", base=base)
    return _write_part(frames, source=source, made_from=made_from, path=index, context=context)


def renew_simulated(
    embedded: Path, usable: Mapping[str, Journal], *, base: Geography, context: Context
) -> Journal:
    """Write anew what stays simulated beside the files of the parts that can be used; the journal of its part."""
    place = context.parts / SIMULATED
    index = embedded / store.INDEX
    former = read_journal(place)
    frames = {}
    for table in schemas.TABLES:
        if store.has(table, folder=embedded):
            frame = store.read(table, folder=embedded)
            # Sums are made again, of what is real and of what is not.
            frame = frame[(frame["origin"] == "demonstration") & (frame["level"] == "commune")]
            if len(frame):
                frames[table] = frame.reset_index(drop=True)
    files = {
        table: [name for name, journal in usable.items() if name != BASE and table in journal.rows]
        for table in frames
    }
    given = {
        table: [context.parts / name / f"{table}.parquet" for name in names] for table, names in files.items()
    }
    stay, go = simulated.part_with(frames, given, temporary=context.temporary)
    codes = context.geography.territories.set_index("code")["name"].to_dict()
    remarks = simulated.describe(go, stay, names=codes, files=files)
    made_from = {
        **describe_file(index, former=former),
        # Another edition of a file that gives the same takes the place of the same.
        "record": hash_texts([*remarks, *(f"{table} {list(frame.index)}" for table, frame in stay.items())]),
        "code": context.code,
        "geography": context.geography.mark,
    }
    if former is not None and former.holds(made_from, part=place):
        return former
    context.progress("Données de démonstration : ce qui en reste")
    source = _embedded_source(SIMULATED, "Données de démonstration", base=base)
    return _write_part(stay, source=source, made_from=made_from, path=index, context=context, notes=remarks)


def _embedded_source(identifier: str, title: str, *, base: Geography) -> Source:
    """Make the record of values of the embedded store, as if they were those of one file."""
    return Source(
        id=identifier,
        producer="",
        title=title,
        citation="",
        family="comparateur",
        geography=base.year,
        page="",
        licence="",
        reader="",
    )


def _write_part(
    frames: dict[str, pd.DataFrame],
    *,
    source: Source,
    made_from: dict,
    path: Path,
    context: Context,
    notes: Sequence[str] = (),
) -> Journal:
    """Write what a source gives, aside then renamed; `notes` are kept with those of what is left out."""
    rows, notes = {}, [*notes]
    place = context.parts / source.id
    aside = context.parts / f".{source.id}-new"
    aside.mkdir()
    try:
        for table in sorted(set(frames) & set(schemas.TABLES)):
            # Let go once written: the largest tables would not fit twice.
            frame = frames.pop(table)
            more = frame.attrs.get(NOTES, [])
            notes += [note for note in more if note not in notes]
            if frame.empty:
                continue
            context.progress(f"{source.title} : table {table}")
            rows[table], left_out = write_part(
                frame,
                aside / f"{table}.parquet",
                table=table,
                source=source,
                geography=context.geography,
                temporary=context.temporary,
                place=str(path),
            )
            notes += [note for note in left_out if note not in notes]
        journal = Journal(**made_from, rows=rows, notes=notes)
        (aside / JOURNAL).write_text(json.dumps(asdict(journal), ensure_ascii=False), encoding="utf-8")
        if place.exists():
            place.rename(context.parts / f".{source.id}-former")
        aside.rename(place)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
        shutil.rmtree(context.parts / f".{source.id}-former", ignore_errors=True)
    context.progress(f"{source.title} : lu")
    return journal
