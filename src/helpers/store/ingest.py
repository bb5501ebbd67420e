"""From the official files at hand to the national store: `make data`.

Each source gives a part (its tables, carried to today's communes) kept under `data/store/parts/<source>/`; the
tables of the store are then assembled from the parts. Both are kept as long as what they were made from has not
changed: an ingest that was cut short goes on where it was, and ends with the same bytes.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from hashlib import sha256
from pathlib import Path

import duckdb
import pandas as pd

from helpers import french, paths, schemas, store
from helpers.errors import DiagnosticError, SourceError, StoreError
from helpers.simulation import calibration
from helpers.sources import readers
from helpers.sources.files import locate
from helpers.sources.registry import Source, load_registry
from helpers.store.consolidation import assemble, read_communes, write_part
from helpers.store.geography import Geography, find_newest, read_geography

Progress = Callable[[str], None]

# The real values of the embedded store come last: whatever is known without a file stays known.
_BASE = "embarque"
_JOURNAL = "journal.json"
# The table whose detail files are to be calibrated on the tables of the census.
_DETAIL = "ages_tenure"
# The tables of people sorted by age, sex or tenure: none where nobody lives.
_SORTED = [
    table for table in schemas.TABLES if schemas.known_columns(table) != schemas.key_columns(table)[2:]
]
# Figures read on pages, of which the embedded store already holds what can be used.
_PAGES = "published"


@dataclass
class Report:
    """What an ingest did.

    `read`, `kept`, `absent` are identifiers of sources: read this time, unchanged since a former ingest, without
    a file at hand. `failures` gives the message of each source that could not be read; `notes` are sentences on
    what has no value. `rows` counts the rows of each table, `rebuilt` names the tables written anew.
    """

    geography: int
    read: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    failures: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    rebuilt: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Journal:
    """What a part was made from, and what it holds: rows by table, sentences to report."""

    file: str
    size: int
    modified: int
    sha256: str
    record: str
    code: str
    geography: str
    rows: dict[str, int]
    notes: list[str]

    @property
    def mark(self) -> str:
        """What tells the content of the part from any other: a hash."""
        return _hash([self.sha256, self.record, self.code, self.geography])

    def holds(self, made_from: Mapping[str, object], *, part: Path) -> bool:
        """True when the part, whole, is what these would give again."""
        same = all(
            made_from[name] == getattr(self, name) for name in ("sha256", "record", "code", "geography")
        )
        return same and self.is_whole(part)

    def is_whole(self, part: Path) -> bool:
        """True when every table of the part is there."""
        return all((part / f"{table}.parquet").is_file() for table in self.rows)


def ingest(
    selected: Sequence[Source],
    *,
    folder: Path,
    destination: Path = paths.NATIONAL,
    embedded: Path = paths.EMBEDDED,
    progress: Progress | None = None,
) -> Report:
    """Read the selected files found under `folder`, and renew the national store at `destination`.

    Files already read and unchanged are not read again; those read before and not selected now stay in the
    store. A file that cannot be read keeps its former part, and is reported. `embedded` is the store whose real
    values complete those of the files. `progress` is told each step, in French.

    Raises:
        StoreError: the store could not be written, or another ingest is at work; it is then as it was.
    """
    tell = progress or (lambda step: None)
    try:
        destination.parent.mkdir(parents=True, exist_ok=True)
        with _alone(destination.parent), _workshop(destination.parent) as temporary:
            _recover(destination)
            return _ingest(selected, folder, destination, embedded, tell, temporary)
    except (OSError, duckdb.Error) as error:
        reason = (
            error.strerror if isinstance(error, OSError) and error.strerror else str(error).splitlines()[0]
        )
        raise StoreError(
            f"Le magasin national n'a pas pu être écrit : {destination} ({reason}).",
            remedy="Il est resté comme il était. Libérez de la place ou vérifiez les droits d'écriture, puis relancez : "
            "ce qui a déjà été lu n'est pas refait.",
        ) from error


def is_figures(source: Source) -> bool:
    """True for a file of figures that the store takes: neither a list of communes nor published pages."""
    return (
        source.file is not None and source.reader != _PAGES and bool(set(source.tables) & set(schemas.TABLES))
    )


def read_journal(part: Path) -> Journal | None:
    """The journal of a part; nothing when the part is missing or was left by another version."""
    try:
        return Journal(**json.loads((part / _JOURNAL).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _ingest(
    selected: Sequence[Source],
    folder: Path,
    destination: Path,
    embedded: Path,
    tell: Progress,
    temporary: Path,
) -> Report:
    base = read_geography(embedded)
    geography, notes = find_newest(folder, base=base)
    report = Report(geography=geography.year, notes=notes)
    parts = paths.parts_folder(destination)
    parts.mkdir(exist_ok=True)
    _sweep(parts)
    context = _Context(parts, geography, _code_mark(), temporary, tell)
    wanted = {source.id for source in selected}
    usable: dict[str, Journal] = {}
    for source in load_registry().values():
        if not is_figures(source) or not (source.id in wanted or (parts / source.id).is_dir()):
            continue
        journal = _renew_part(source, folder=folder, context=context, report=report)
        if journal is not None:
            usable[source.id] = journal
    usable[_BASE] = _renew_base(embedded, base=base, context=context)
    report.notes += [note for journal in usable.values() for note in journal.notes]
    _renew_store(usable, destination=destination, embedded=embedded, context=context, report=report)
    return report


@dataclass(frozen=True)
class _Context:
    """What every step needs."""

    parts: Path
    geography: Geography
    code: str
    temporary: Path
    tell: Progress


def _renew_part(source: Source, *, folder: Path, context: _Context, report: Report) -> Journal | None:
    """The journal of the part of a source, read anew when something it was made from has changed."""
    place = context.parts / source.id
    former = read_journal(place)
    on_list = former is not None and former.geography == context.geography.mark
    try:
        path = locate(source, folder)
    except SourceError:
        report.absent.append(source.id)
        if former is not None and not on_list:
            report.notes.append(
                f"{source.title} : lu autrefois dans une autre liste de communes, il n’est plus dans le magasin. "
                f"Remettez {Path(source.file or '').name} dans {folder}, puis relancez."
            )
        return former if on_list else None
    try:
        state = _describe(path, former=former)
        made_from = {**state, "record": _hash([source.model_dump_json()]), "code": context.code}
        made_from["geography"] = context.geography.mark
        if former is not None and former.holds(made_from, part=place):
            report.kept.append(source.id)
            return former
        context.tell(f"{source.title} : lecture")
        frames = readers.read(source, folder)
        journal = _write_part(frames, source=source, made_from=made_from, path=path, context=context)
    except DiagnosticError as error:
        report.failures[source.id] = str(error)
        return former if on_list and former is not None and former.is_whole(place) else None
    report.read.append(source.id)
    return journal


def _renew_base(embedded: Path, *, base: Geography, context: _Context) -> Journal:
    """The journal of the real values of the embedded store, read anew when it has changed."""
    place = context.parts / _BASE
    index = embedded / store.INDEX
    former = read_journal(place)
    made_from = {
        **_describe(index, former=former),
        "record": _hash(load_registry()),
        "code": context.code,
        "geography": context.geography.mark,
    }
    if former is not None and former.holds(made_from, part=place):
        return former
    context.tell("Données embarquées : lecture")
    frames = {}
    for table in schemas.TABLES:
        if store.has(table, folder=embedded):
            frame = store.read(table, folder=embedded)
            real = frame["origin"] != "demonstration"
            # What a page gives for a larger territory is known nowhere else; its sums are made again.
            given = (frame["level"] == "commune") | ~frame["source"].isin(list(load_registry()))
            frames[table] = frame[real & given]
    source = Source(
        id=_BASE,
        producer="",
        title="Données embarquées",
        citation="",
        family="comparateur",
        geography=base.year,
        page="",
        licence="",
        reader="",
    )
    return _write_part(frames, source=source, made_from=made_from, path=index, context=context)


def _write_part(
    frames: dict[str, pd.DataFrame], *, source: Source, made_from: dict, path: Path, context: _Context
) -> Journal:
    """Write what a source gives, aside then renamed."""
    rows, notes = {}, []
    place = context.parts / source.id
    aside = context.parts / f".{source.id}-new"
    aside.mkdir()
    try:
        for table in sorted(set(frames) & set(schemas.TABLES)):
            # Let go once written: the largest tables would not fit twice.
            frame = frames.pop(table)
            if frame.empty:
                continue
            context.tell(f"{source.title} : table {table}")
            rows[table], told = write_part(
                frame,
                aside / f"{table}.parquet",
                table=table,
                source=source,
                geography=context.geography,
                temporary=context.temporary,
                place=str(path),
            )
            notes += [note for note in told if note not in notes]
        journal = Journal(**made_from, rows=rows, notes=notes)
        (aside / _JOURNAL).write_text(json.dumps(asdict(journal), ensure_ascii=False), encoding="utf-8")
        if place.exists():
            place.rename(context.parts / f".{source.id}-former")
        aside.rename(place)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
        shutil.rmtree(context.parts / f".{source.id}-former", ignore_errors=True)
    context.tell(f"{source.title} : lu")
    return journal


def _renew_store(
    usable: dict[str, Journal], *, destination: Path, embedded: Path, context: _Context, report: Report
) -> None:
    """Assemble the tables that have changed beside the store, then put the new store in its place."""
    fresh = destination.with_name(f".{destination.name}-new")
    fresh.mkdir(exist_ok=True)
    index: dict[str, dict[str, int | str]] = {}
    made: dict[str, str] = {}
    for table in schemas.TABLES:
        sources = [identifier for identifier, journal in usable.items() if table in journal.rows]
        inputs = [context.code, context.geography.mark, table]
        adjust = None
        population = fresh / "population.parquet" if table in _SORTED else None
        if population is not None:
            inputs.append(made["population"])
        if table == _DETAIL and (detail := _details(sources)):
            sources = _refuse_uncovered(sources, detail, fresh=fresh, context=context, report=report)
            adjust = partial(
                _calibrate, detail=detail, ages=fresh / "ages.parquet", temporary=context.temporary
            )
            inputs.append(made["ages"])
        inputs += [f"{identifier} {usable[identifier].mark}" for identifier in sources]
        made[table] = _hash(inputs)
        path = fresh / f"{table}.parquet"
        known = _find_made(table, made[table], folders=(fresh, destination))
        if known is None:
            context.tell(f"Table {table} : assemblage")
            aside = context.temporary / path.name
            parts = [context.parts / identifier / path.name for identifier in sources]
            assemble(
                table,
                parts,
                aside,
                geography=context.geography,
                temporary=context.temporary,
                adjust=adjust,
                population=population,
            )
            index[table] = store.describe(aside)
            aside.replace(path)
            report.rebuilt.append(table)
        else:
            place, index[table] = known
            if place != path:
                _share(place, path)
        _note_made(fresh, made=made, index=index)
        context.tell(f"Table {table} : {french.quantity(int(index[table]['rows']), 'ligne')}")
    report.rows = {table: int(record["rows"]) for table, record in index.items()}
    index |= _write_reference(_reference(context.geography, embedded=embedded), fresh, context=context)
    for leftover in fresh.glob("*.parquet"):
        if leftover.stem not in index:
            leftover.unlink()
    store.write_index(dict(sorted(index.items())), fresh)
    store.mark_seen(fresh)
    context.tell("Mise en place du magasin national")
    _put(fresh, destination)
    context.tell("Magasin national prêt")


def _put(fresh: Path, destination: Path) -> None:
    """Put a whole store in the place of the former one."""
    former = paths.former_store(destination)
    if destination.exists():
        destination.rename(former)
    fresh.rename(destination)
    shutil.rmtree(former, ignore_errors=True)
    store.forget()


def _details(sources: Iterable[str]) -> list[str]:
    """The detail files among sources: their people are those of the tables less the youngest."""
    registry = load_registry()
    return [
        identifier
        for identifier in sources
        if identifier in registry and registry[identifier].family == "migcom"
    ]


def _refuse_uncovered(
    sources: list[str], detail: list[str], *, fresh: Path, context: _Context, report: Report
) -> list[str]:
    """The sources less the detail files whose people are not those of the tables of the same year."""
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
            f"{title} : {french.percent(100 * found.ratio, digits=2)} de la population des communes ({found.kind}), {then}."
        )
    return [identifier for identifier in sources if identifier not in refused]


def _calibrate(frame: pd.DataFrame, *, detail: list[str], ages: Path, temporary: Path) -> pd.DataFrame:
    """The rows of whole communes, those of detail files brought to the people of each sex and age."""
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


def _find_made(table: str, mark: str, *, folders: Iterable[Path]) -> tuple[Path, dict[str, int | str]] | None:
    """A table already assembled from the same parts, with its record of the index."""
    for folder in folders:
        path = folder / f"{table}.parquet"
        try:
            known = json.loads((folder / _JOURNAL).read_text(encoding="utf-8"))[table]
        except (OSError, ValueError, KeyError):
            continue
        if known["mark"] == mark and path.is_file() and path.stat().st_size == known["size"]:
            return path, known["record"]
    return None


def _note_made(folder: Path, *, made: dict[str, str], index: dict[str, dict[str, int | str]]) -> None:
    """Keep the journal of the tables already assembled."""
    content = {
        table: {
            "mark": made[table],
            "size": (folder / f"{table}.parquet").stat().st_size,
            "record": index[table],
        }
        for table in index
    }
    aside = folder / f".{_JOURNAL}"
    aside.write_text(json.dumps(content), encoding="utf-8")
    aside.replace(folder / _JOURNAL)


def _share(place: Path, path: Path) -> None:
    """The same table under another name: nothing is copied where the disk allows it."""
    path.unlink(missing_ok=True)
    try:
        os.link(place, path)
    except OSError:
        shutil.copy2(place, path)


def _reference(geography: Geography, *, embedded: Path) -> dict[str, pd.DataFrame]:
    """The tables of reference of the national store."""
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
    frames: Mapping[str, pd.DataFrame], folder: Path, *, context: _Context
) -> dict[str, dict[str, int | str]]:
    """Write the tables of reference in a store being made; their records of the index."""
    with tempfile.TemporaryDirectory(dir=context.temporary) as temporary:
        aside = Path(temporary)
        store.write({name: schemas.validate(frame, table=name) for name, frame in frames.items()}, aside)
        index = {name: store.describe(aside / f"{name}.parquet") for name in frames}
        for name in frames:
            (aside / f"{name}.parquet").replace(folder / f"{name}.parquet")
    return index


def _describe(path: Path, *, former: Journal | None) -> dict[str, str | int]:
    """Name, size, date and hash of a file; the hash is that of the journal while size and date have not changed."""
    state = path.stat()
    same = former is not None and (former.file, former.size, former.modified) == (
        path.name,
        state.st_size,
        state.st_mtime_ns,
    )
    return {
        "file": path.name,
        "size": state.st_size,
        "modified": state.st_mtime_ns,
        "sha256": former.sha256 if same and former is not None else store.sha256(path),
    }


def _code_mark() -> str:
    """What tells the code that reads, carries and assembles from another version of it: a hash."""
    here = Path(__file__).parent
    files = [*sorted((here / "sources").glob("*.py")), *(here / f"{name}.py" for name in _CODE)]
    return _hash([path.name + path.read_text(encoding="utf-8") for path in files])


_CODE = ("assembly", "geography", "ingest", "schemas", "store")


def _hash(texts: Iterable[object]) -> str:
    return sha256("\n".join(map(str, texts)).encode()).hexdigest()


def _sweep(folder: Path) -> None:
    """Remove what an ingest that was cut short has left."""
    for path in folder.glob(".*-*"):
        shutil.rmtree(path)


def _recover(destination: Path) -> None:
    """Put back the store that stood aside when an ingest was cut short, and remove what it left."""
    former = paths.former_store(destination)
    if former.exists() and not destination.exists():
        former.rename(destination)
    shutil.rmtree(former, ignore_errors=True)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the right to write in the folder: released when the process ends, however it ends."""
    with (folder / ".verrou").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StoreError(
                f"Le magasin national est déjà en cours d'écriture : {folder}.",
                remedy="Attendez la fin de l'autre commande make data, puis relancez.",
            ) from None
        yield


@contextmanager
def _workshop(folder: Path) -> Iterator[Path]:
    """A folder for what is being written, removed after; and those that a killed ingest has left."""
    for path in folder.glob(".atelier-*"):
        shutil.rmtree(path)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".atelier-") as temporary:
        yield Path(temporary)
