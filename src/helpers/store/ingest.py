"""From the official files at hand to the national store: `make data`.

Each source gives a part (its tables, carried to today's communes) kept under `data/store/parts/<source>/`; the
tables of the store are then consolidated from the parts. Both are kept as long as what they were made from has not
changed: an ingest that was cut short goes on where it was, and ends with the same bytes.
"""

from __future__ import annotations

import fcntl
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from helpers import paths
from helpers.errors import StoreError
from helpers.sources.registry import Source, load_registry
from helpers.store.geography import find_newest, read_geography
from helpers.store.journal import Context, Journal, Progress, Report, hash_texts
from helpers.store.national import renew_store
from helpers.store.source_parts import (
    BASE,
    SIMULATED,
    is_figures,
    renew_base,
    renew_part,
    renew_simulated,
)

_PACKAGE = Path(__file__).resolve().parents[1]
# The code that makes the values of the store: the store is made again when it changes.
_CODE = ("levels.py", "schemas.py", "simulation/calibration.py", "sources/*.py", "store/*.py")


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
    values, then the simulated ones (`helpers.store.simulated`), complete those of the files. `progress` receives each
    step, in French.

    Raises:
        StoreError: the store could not be written, or another ingest is at work; it is then as it was.
    """
    try:
        destination.parent.mkdir(parents=True, exist_ok=True)
        with _lock(destination.parent), _open_temporary(destination.parent) as temporary:
            _recover(destination)
            return _ingest(selected, folder, destination, embedded, progress or _ignore, temporary)
    except (OSError, duckdb.Error) as error:
        reason = (
            error.strerror if isinstance(error, OSError) and error.strerror else str(error).splitlines()[0]
        )
        raise StoreError(
            f"Le magasin national n'a pas pu être écrit : {destination} ({reason}).",
            remedy="Il est resté comme il était. Libérez de la place ou vérifiez les droits d'écriture, puis "
            "relancez : ce qui a déjà été lu n'est pas refait.",
        ) from error


def _ingest(
    selected: Sequence[Source],
    folder: Path,
    destination: Path,
    embedded: Path,
    progress: Progress,
    temporary: Path,
) -> Report:
    base = read_geography(embedded)
    geography, notes = find_newest(folder, base=base)
    report = Report(geography=geography.year, notes=notes)
    parts = paths.parts_folder(destination)
    parts.mkdir(exist_ok=True)
    _remove_leftovers(parts)
    context = Context(parts, geography, _hash_code(), temporary, progress)
    wanted = {source.id for source in selected}
    usable: dict[str, Journal] = {}
    for source in load_registry().values():
        if not is_figures(source) or not (source.id in wanted or (parts / source.id).is_dir()):
            continue
        journal = renew_part(source, folder=folder, context=context, report=report)
        if journal is not None:
            usable[source.id] = journal
    usable[BASE] = renew_base(embedded, base=base, context=context)
    usable[SIMULATED] = renew_simulated(embedded, usable, base=base, context=context)
    report.notes += [note for journal in usable.values() for note in journal.notes]
    renew_store(usable, destination=destination, embedded=embedded, context=context, report=report)
    return report


def _ignore(step: str) -> None:
    """Report nothing."""


def _hash_code() -> str:
    """Compute the hash of the code that reads, carries and consolidates."""
    files = [path for pattern in _CODE for path in sorted(_PACKAGE.glob(pattern))]
    return hash_texts(path.name + path.read_text(encoding="utf-8") for path in files)


def _remove_leftovers(folder: Path) -> None:
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
def _lock(folder: Path) -> Iterator[None]:
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
def _open_temporary(folder: Path) -> Iterator[Path]:
    """Open a folder for what is being written, removed after; remove those that a killed ingest has left."""
    for path in folder.glob(".atelier-*"):
        shutil.rmtree(path)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".atelier-") as temporary:
        yield Path(temporary)
