"""Build the diagnostic of one commune: four notebooks, four pages, a cover, the data."""

from __future__ import annotations

import datetime
import json
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from helpers import french, paths, spreadsheet, store
from helpers.diagnostic import DATE_TABLES, check_data, find_dates, survey
from helpers.errors import BuildError
from helpers.execution.execute import execute
from helpers.execution.notebook_run import Job
from helpers.parameters import Parameters, complete
from helpers.publication import colophon, documents, manifest, workbook
from helpers.publication.archive import pack
from helpers.publication.colophon import Colophon
from helpers.publication.manifest import Inputs, Plan, notebooks, theme_of
from helpers.publication.render import (
    Page,
    is_demonstration,
    page_style,
    records_of,
    render_colophon,
    render_template,
    title_of,
    write_page,
)
from helpers.territory.communes import Commune

Progress = Callable[[str, str], None]
# What the cells of a notebook declare of their outputs.
Records = list[dict[str, Any]]

_FAILURES = "_echecs"

# The exporter of pages serves one commune at a time; it holds the interpreter meanwhile anyway.
_rendering = threading.Lock()


def date(parameters: Parameters, commune: Commune) -> Parameters:
    """The parameters, with the latest dates known where they leave them open.

    Raises:
        MissingDataError: the store knows nothing of the commune at these dates.
    """
    known = survey(commune)
    if None in (parameters.millesime, parameters.millesime_ancien, parameters.pyramides):
        found = find_dates(known, until=parameters.millesime)
        parameters = complete(parameters, since=found.since, until=found.until, pyramids=found.pyramids)
    check_data(known, years=list(filter(None, (parameters.millesime_ancien, parameters.millesime))))
    return parameters


def plan(
    parameters: Parameters,
    commune: Commune,
    *,
    request: Sequence[str] = (),
    outputs: Path | None = None,
    inputs: Inputs | None = None,
    force: bool = False,
) -> Plan:
    """What is to be done for a commune whose parameters are dated.

    `request` are the keys of the files that the parameters come from.
    """
    books = notebooks()
    return manifest.compare(
        (outputs or paths.OUTPUTS) / commune.slug,
        code=commune.code,
        books=books,
        request=request,
        inputs=inputs or Inputs(),
        arguments={book.stem: _arguments_of(book, parameters) for book in books},
        force=force,
    )


def build(
    parameters: Parameters,
    commune: Commune,
    *,
    outputs: Path | None = None,
    todo: Plan | None = None,
    limits: Mapping[str, int] | None = None,
    jobs: int = 1,
    progress: Progress | None = None,
) -> Path:
    """Build aside what is to be done, then put it in place of the former diagnostic; its folder.

    `todo` is the plan made for these parameters, dated; without it everything is built. `jobs` notebooks run at once; `limits` are what `execute` takes to bound each (`timeout` in seconds, `memory` in
    megabytes). `progress` is told the theme and its state ("exécution", "terminé"). When a
    notebook fails the former diagnostic is untouched, and the partial notebook is kept under `_echecs/`.

    Raises:
        BuildError: a notebook failed, or the outputs cannot be written.
        MissingDataError: the store knows nothing of the commune at these dates.
    """
    outputs = outputs or paths.OUTPUTS
    if todo is None:
        parameters = date(parameters, commune)
        todo = plan(parameters, commune, outputs=outputs, force=True)
    place = outputs / commune.slug
    try:
        outputs.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=outputs, prefix=f".{commune.slug}-") as name:
            aside = Path(name) / commune.slug
            aside.mkdir()
            made_from = colophon.gather(parameters, commune, todo=todo)
            pages = _pages(todo.books, commune, made_from=made_from)
            fresh = _execute(
                [book for book in todo.books if book.stem in todo.stale],
                parameters,
                commune,
                pages=pages,
                folder=aside,
                kept=outputs / _FAILURES / commune.slug,
                jobs=jobs,
                limits=limits or {},
                progress=progress or (lambda *state: None),
            )
            former = [book for book in todo.books if book.stem not in fresh]
            with _alone(outputs):
                for book in former:
                    shutil.copy2(place / book.name, aside)
            both = fresh | {book.stem: _tell_again(pages[book.stem], aside / book.name) for book in former}
            told = {book.stem: both[book.stem] for book in todo.books}
            _publish(told, parameters, commune, pages=pages, made_from=made_from, folder=aside, todo=todo)
            return _replace(aside, place, trash=Path(name) / "former")
    except OSError as error:
        raise BuildError(
            f"{commune.label} : impossible d'écrire sous {outputs} ({error}).",
            remedy="Vérifiez les droits et la place disponible.",
        ) from error


def _arguments_of(notebook: Path, parameters: Parameters) -> dict[str, Any]:
    comment = parameters.commentaires.get(theme_of(notebook.stem), "")  # type: ignore[call-overload]
    return {**parameters.model_dump(exclude={"commentaires"}), "commentaire": comment}


def _execute(
    books: Sequence[Path],
    parameters: Parameters,
    commune: Commune,
    *,
    pages: Mapping[str, Page],
    folder: Path,
    kept: Path,
    jobs: int,
    limits: Mapping[str, int],
    progress: Progress,
) -> dict[str, Records]:
    """Execute notebooks and write them and their pages: what they declare, by stem; the first error in their order.

    One at a time they share a process; several at once, each has its own.
    """
    todo = [
        Job(
            notebook=book,
            destination=folder / book.name,
            parameters=_arguments_of(book, parameters),
            subject=commune.label,
            then=partial(_tell, pages[book.stem], folder / f"{book.stem}.html"),
        )
        for book in books
    ]

    def run(*todo: Job) -> dict[str, Records]:
        told: dict[str, Records] = {}
        with closing(execute(todo, **limits)) as answers:
            for job in todo:
                stem = job.notebook.stem
                theme = theme_of(stem)
                progress(theme, "exécution")
                try:
                    told[stem] = next(answers)
                except BuildError as error:
                    left = _keep_partial(job.destination, kept)
                    error.remedy = error.remedy.replace(str(job.destination), str(left))
                    error.theme, error.partial = theme, str(left) if left.exists() else ""
                    raise
                progress(theme, "terminé")
        return told

    if jobs == 1:
        return run(*todo)
    with ThreadPoolExecutor(jobs) as pool:
        waiting = [pool.submit(run, job) for job in todo]
        try:
            return {stem: records for future in waiting for stem, records in future.result().items()}
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _tell(page: Page, destination: Path, notebook: NotebookNode) -> Records:
    """Write the page of an executed notebook; what its cells declare."""
    write_page(page, destination, notebook)
    return records_of(notebook)


def _tell_again(page: Page, notebook: Path) -> Records:
    """As `_tell`, of a notebook executed formerly."""
    with _rendering:
        return _tell(page, notebook.with_suffix(".html"), nbformat.read(notebook, as_version=4))


def _keep_partial(notebook: Path, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copy2(notebook, folder / notebook.name)) if notebook.exists() else notebook


def _pages(books: Sequence[Path], commune: Commune, *, made_from: Colophon) -> dict[str, Page]:
    """What the page of every notebook says beside it, by stem, but for what is known once it is executed."""
    titles = {book.stem: title_of(nbformat.read(book, as_version=4)) for book in books}
    return {
        stem: Page(
            title=title,
            commune=french.typography(commune.label),
            of_commune=french.typography(french.of(commune.name)),
            where=place_line(commune),
            made_from=made_from,
            notebook=f"{stem}.ipynb",
            parts=[
                {"file": f"{other}.html", "title": named, "current": other == stem}
                for other, named in titles.items()
            ],
            style=page_style(),
        )
        for stem, title in titles.items()
    }


def _publish(
    told: dict[str, Records],
    parameters: Parameters,
    commune: Commune,
    *,
    pages: dict[str, Page],
    made_from: Colophon,
    folder: Path,
    todo: Plan,
) -> None:
    """Write data, cover and manifest of notebooks whose pages are written, from what they declare."""
    data = folder / "donnees"
    data.mkdir()
    exhibits: dict[str, dict[str, Any]] = {}
    for stem, declared in told.items():
        for record in declared:
            if "csv" in record:
                content = spreadsheet.localize(record["csv"], record["digits"])
                (data / f"{record['name']}.csv").write_text(content, encoding="utf-8-sig")
                exhibits[record["name"]] = {**record, "part": pages[stem].title}
    records = [record for declared in told.values() for record in declared]
    provenance = made_from.summarise(records)
    if exhibits:
        _gather(list(exhibits.values()), parameters, commune, provenance=provenance, folder=folder)
    downloads = documents.list_documents(folder, commune.slug)
    foot = render_colophon(made_from, records, stems=list(told))
    cover = _cover(told, pages, commune, downloads=downloads, foot=foot)
    (folder / "index.html").write_text(cover, encoding="utf-8")
    record = {
        "commune": commune.code,
        "name": commune.name,
        "department": commune.department_name,
        "epci": commune.epci_name,
        "parameters": parameters.model_dump(),
        "provenance": provenance,
        "store": _store_state(commune),
        "version": version("helpers"),
        "demonstration": {stem: is_demonstration(declared) for stem, declared in told.items()},
        "build": manifest.describe(
            todo,
            tables={stem: colophon.read_tables(declared) for stem, declared in told.items()},
            dates=DATE_TABLES,
            folder=folder,
        ),
    }
    # The last to be written: without it, nothing else is deemed built.
    manifest.write(folder / manifest.NAME, json.dumps(record, ensure_ascii=False, indent=1) + "\n")


def _gather(
    exhibits: list[dict[str, Any]], parameters: Parameters, commune: Commune, *, provenance: str, folder: Path
) -> None:
    """Write the data of every exhibit as one workbook and one archive, with what their sources are."""
    named = sorted({identifier for exhibit in exhibits for identifier in exhibit["sources"]})
    sources = store.read_reference("sources", folder=paths.store_folder(), key="id", values=named)
    sources = sources[["id", "citation", "page"]].sort_values("id")
    # The census that the figures come from: the same data are always dated alike.
    day = datetime.date(parameters.millesime or 1980, 1, 1)
    book = workbook.write(
        exhibits,
        sources,
        title=french.typography(f"Diagnostic {french.of(commune.name)} : les données"),
        provenance=provenance,
        day=day,
    )
    (folder / documents.name_of(commune.slug, "classeur.xlsx")).write_bytes(book)
    files = {path.name: path.read_bytes() for path in (folder / "donnees").iterdir()}
    listed = sources.map(spreadsheet.protect).to_csv(index=False, sep=";", lineterminator="\n")
    files["sources.csv"] = listed.encode("utf-8-sig")
    (folder / documents.name_of(commune.slug, "donnees.zip")).write_bytes(pack(files, day=day))


def _cover(
    told: dict[str, Records],
    pages: dict[str, Page],
    commune: Commune,
    *,
    downloads: str,
    foot: str,
) -> str:
    parts, key_figures = [], ""
    for stem, declared in told.items():
        sentences: list[str] = []
        for record in declared:
            if record.get("kind") == "takeaways":
                sentences = record["text"].splitlines()[1:]
            elif record.get("kind") == "key-figures":
                key_figures = record["html"]
        parts.append(
            {
                "file": f"{stem}.html",
                "title": pages[stem].title,
                "sentences": [french.typography(sentence) for sentence in sentences],
                "demonstration": is_demonstration(declared),
            }
        )
    return render_template(
        "cover.html.j2",
        commune=french.typography(commune.label),
        of_commune=french.typography(french.of(commune.name)),
        where=place_line(commune),
        key_figures=key_figures,
        parts=parts,
        downloads=downloads,
        colophon=foot,
    )


def place_line(commune: Commune) -> str:
    """Where the commune is: `Commune 59299 · Nord · Hauts-de-France · Métropole Européenne de Lille`."""
    parts = [f"Commune {commune.code}", commune.department_name, commune.region_name, commune.epci_name or ""]
    return french.typography(" · ".join(part for part in dict.fromkeys(parts) if part))


def _store_state(commune: Commune) -> dict[str, str]:
    """The hash of every table that the diagnostic may read, those fetched for the commune included."""
    state = dict(store.hashes(paths.store_folder()))
    fetched = paths.fetched_folder(commune.code)
    if fetched.is_dir():
        state |= {f"{commune.code}/{name}": mark for name, mark in store.hashes(fetched).items()}
    return state


def _replace(new: Path, place: Path, *, trash: Path) -> Path:
    """Put the new folder in place of the former one, which goes with the temporary folder."""
    with _alone(place.parent):
        if place.exists():
            place.rename(trash)
        new.rename(place)
    return place


@contextmanager
def _alone(outputs: Path) -> Iterator[None]:
    """Keep other programs that build there waiting: for the time of a look at a diagnostic, or of its replacement."""
    if sys.platform == "win32":
        # No lock of folders: there, an unlucky build is told that it cannot write.
        yield
        return
    import fcntl

    handle = os.open(outputs, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
