"""The command line: `diagnostic build Hem`. `make` is the front door, the logic is here."""

from __future__ import annotations

import os
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from helpers import french, paths
from helpers.errors import BuildError, DiagnosticError, ParameterError
from helpers.parameters import load_parameters, write_schema

if TYPE_CHECKING:
    from helpers.publication.batch import Job, Tally
    from helpers.publication.documents import Diagnostic
    from helpers.publication.site import Entry
    from helpers.publication.storage import Storage
    from helpers.sources.collection import Outcome, Plan
    from helpers.sources.registry import Source
    from helpers.store.ingest import Report

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Diagnostic d'une commune française.")
console = Console(stderr=True, highlight=False)
# Tables are read on a screen, or kept in a file where nothing says how wide a line may be.
_WIDTH = 160

_BUILT = typer.Argument(help="Code Insee, nom, ou fichier de paramètres (.yml) d'un diagnostic construit")
_STATES = {"exécution": "exécution du carnet", "terminé": "terminé"}


_JOBS = typer.Option(help="Carnets (ou communes d'un lot) exécutés à la fois")
_FORCE = typer.Option("--force", help="Refait aussi ce qui est à jour")
_LIMIT = typer.Option(help="Durée maximale d'un carnet, en secondes")
_MEMORY = typer.Option(help="Mémoire maximale d'un carnet, en Mo")
_OUTPUTS = typer.Option(
    help="Où mettre les diagnostics : un dossier, ou une adresse (s3://compartiment/dossier)"
)
_SCHEDULER = typer.Option(help="Adresse du répartiteur d'une grappe Dask (tcp://machine:8786)")


@app.callback()
def start() -> None:
    """Diagnostic d'une commune française."""
    # A store at an address is read from a copy; the machines of a cluster each make theirs.
    if paths.store_address():
        from helpers.publication import storage

        with _reported():
            storage.bring_store()


@app.command()
def build(
    commune: Annotated[str, typer.Argument(help="Code Insee, nom, ou fichier de paramètres (.yml)")],
    force: Annotated[bool, _FORCE] = False,
    jobs: Annotated[str, _JOBS] = "",
    limit: Annotated[str, _LIMIT] = "",
    memory: Annotated[str, _MEMORY] = "",
) -> None:
    """Construit le diagnostic d'une commune sous outputs/, ou ce qui n'en est plus à jour."""
    with _reported():
        at_once = _whole("jobs", jobs) or min(_processors(), _MOST_NOTEBOOKS)
        limits = _limits(limit, memory)
        fresh = None if force else _find_fresh(commune)
        if fresh is not None:
            label, folder = fresh
            typer.echo(f"Diagnostic {french.of(label)} à jour : {_shown(folder / 'index.html')}")
            return
        from helpers.execution.execute import prepare

        # It loads while the request is read.
        prepare()
        parameters, found = load_parameters(commune)
        # Loaded once the request is known to be sound: an error answers at once.
        from helpers.publication import commune as diagnostic
        from helpers.publication import manifest, site

        parameters = diagnostic.date(parameters, found)
        file = Path(commune) if commune.endswith((".yml", ".yaml")) else None
        todo = diagnostic.plan(
            parameters, found, request=manifest.request(found.slug, file=file), force=force
        )
        for line in todo.explain():
            console.print(line, markup=False, soft_wrap=True)
        if todo.is_fresh:
            folder = paths.OUTPUTS / found.slug
        else:
            with _notebook_bar(found.label, total=len(todo.stale)) as tell:
                folder = diagnostic.build(
                    parameters,
                    found,
                    todo=todo,
                    limits=limits,
                    jobs=at_once,
                    progress=tell,
                )
        site.publish()
    typer.echo(f"Diagnostic {french.of(found.label)} : {_shown(folder / 'index.html')}")


@app.command()
def pdf(commune: Annotated[str, _BUILT]) -> None:
    """Écrit le PDF du diagnostic construit d'une commune."""
    from helpers.publication import pdf as pages

    _make(commune, "diagnostic.pdf", pages.make)


@app.command()
def slides(commune: Annotated[str, _BUILT]) -> None:
    """Écrit le diaporama des ateliers, d'après le diagnostic construit d'une commune."""
    from helpers.publication import slides as deck

    _make(commune, "diaporama.html", deck.make)


@app.command()
def posters(commune: Annotated[str, _BUILT]) -> None:
    """Écrit les affiches A3 des ateliers, d'après le diagnostic construit d'une commune."""
    from helpers.publication import posters as sheets

    _make(commune, "affiches.pdf", sheets.make)


def _make(commune: str, kind: str, make: Callable[[Diagnostic], bytes]) -> None:
    """Make a document of a diagnostic already built."""
    from helpers.publication import documents

    with _reported():
        _, found = load_parameters(commune)
        folder = paths.OUTPUTS / found.slug
        with console.status(f"{found.label} : {documents.KINDS[kind]}"):
            document = documents.publish(folder, kind, make(documents.read(folder)))
    typer.echo(f"{documents.KINDS[kind]} : {_shown(document)}")


@app.command()
def batch(
    lot: Annotated[
        str, typer.Argument(help="Nom d'un lot de params/lots/, ou sélecteur (epci:200093201, france…)")
    ],
    force: Annotated[bool, _FORCE] = False,
    jobs: Annotated[str, _JOBS] = "",
    limit: Annotated[str, _LIMIT] = "",
    memory: Annotated[str, _MEMORY] = "",
    outputs: Annotated[str, _OUTPUTS] = "",
    scheduler: Annotated[str, _SCHEDULER] = "",
) -> None:
    """Construit les diagnostics d'un lot de communes, ou ce qui n'en est plus à jour."""
    from helpers.publication import batch as batches
    from helpers.publication import selection

    with _reported():
        at_once, limits = _whole("jobs", jobs), _limits(limit, memory)
        chosen = selection.load(lot)
        with _shelf(outputs) as shelf:
            todo = batches.jobs_of(
                chosen, outputs=shelf.folder, address=shelf.address, limits=limits, force=force
            )
            _build_all(todo, name=f"Lot {lot}", at_once=at_once, shelf=shelf, scheduler=scheduler)


@app.command()
def retry(
    jobs: Annotated[str, _JOBS] = "",
    limit: Annotated[str, _LIMIT] = "",
    memory: Annotated[str, _MEMORY] = "",
    outputs: Annotated[str, _OUTPUTS] = "",
    scheduler: Annotated[str, _SCHEDULER] = "",
) -> None:
    """Relance les communes du dernier lot qui ont échoué."""
    from helpers.publication import batch as batches

    with _reported():
        at_once, limits = _whole("jobs", jobs), _limits(limit, memory)
        with _shelf(outputs) as shelf:
            failures = batches.failed(shelf.folder)
            if not failures:
                typer.echo("Aucun échec à relancer.")
                return
            todo = batches.retry(failures, outputs=shelf.folder, address=shelf.address, limits=limits)
            _build_all(todo, name="Échecs relancés", at_once=at_once, shelf=shelf, scheduler=scheduler)


@app.command()
def site(outputs: Annotated[str, _OUTPUTS] = "") -> None:
    """Écrit à nouveau l'accueil des diagnostics construits, avec l'état de chacun ; rien n'est exécuté."""
    from helpers.publication import batch
    from helpers.publication import site as index

    with _reported(), _shelf(outputs) as shelf:
        entries = index.list_entries(shelf.folder, trusted=shelf.storage is not None)
        if not entries:
            raise BuildError(
                f"Aucun diagnostic n'est construit sous {shelf.shown('')}.",
                remedy="Construisez-en un d'abord : make commune=Hem, ou make lot=mel.",
            )
        with batch.writing(shelf.folder):
            page = index.write(entries, shelf.folder)
        if shelf.storage:
            shelf.storage.send([page.name], shelf.folder)
    _tell_behind([entry for entry in entries if entry.kind != "fresh"])
    counts = Counter(entry.state for entry in entries)
    states = [f"{french.number(counts[state])} {state}" for state in index.STATES.values() if counts[state]]
    told = f"{french.quantity(len(entries), 'commune')}, {french.enumerate_words(states)}"
    typer.echo(f"{told} : {shelf.shown(page.name)}")


def _tell_behind(entries: Sequence[Entry]) -> None:
    """The communes whose diagnostic is not up to date, each with the reason, and what to do."""
    for entry in entries[:_MOST_FAILURES]:
        # The reason of a failure names the commune.
        line = f"Échec : {entry.reason}" if entry.kind == "failed" else f"{entry.name} : {entry.reason}"
        console.print(line, markup=False, soft_wrap=True)
    if len(entries) > _MOST_FAILURES:
        console.print(f"… et {french.number(len(entries) - _MOST_FAILURES)} de plus, sur la page.")
    kinds = {entry.kind for entry in entries}
    if "stale" in kinds:
        console.print("À refaire par make commune=…, ou make lot=….")
    if "failed" in kinds:
        console.print("Échecs à relancer par make retry.")


# Notebooks of one commune run at once: there are four.
_MOST_NOTEBOOKS = 4
# Failures shown at the end of a batch; all are in the file.
_MOST_FAILURES = 20


def _find_fresh(commune: str) -> tuple[str, Path] | None:
    """The name and the folder of a diagnostic that is up to date, found without loading what builds it."""
    from helpers.publication import batch, manifest, selection

    is_left = commune.endswith((".yml", ".yaml")) or selection.is_postal_code(commune)
    place = None if is_left else selection.find(commune)
    if place is None or not (paths.OUTPUTS / "index.html").is_file():
        return None
    job = batch.Job(place, paths.OUTPUTS)
    return (place.label, job.folder) if batch.is_fresh(job, manifest.Inputs()) else None


@contextmanager
def _notebook_bar(label: str, *, total: int) -> Iterator[Callable[[str, str], None]]:
    """What tells the progress of the notebooks of one commune."""
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        TimeElapsedColumn(),
        console=console,
    ) as bar:
        task = bar.add_task(f"Diagnostic {french.of(label)}", total=total)

        def tell(theme: str, state: str) -> None:
            bar.update(task, description=f"{label} · {theme} : {_STATES[state]}")
            if state == "terminé":
                bar.advance(task)

        yield tell


@dataclass(frozen=True)
class _Shelf:
    """Where the diagnostics of a batch are: a folder, or an address of which the folder has the manifests."""

    folder: Path
    storage: Storage | None = None

    @property
    def address(self) -> str:
        return self.storage.address if self.storage else ""

    def shown(self, name: str) -> str:
        """Where the reader finds a file."""
        return f"{self.address}/{name}" if self.storage else _shown(self.folder / name)


@contextmanager
def _shelf(outputs: str) -> Iterator[_Shelf]:
    """Where diagnostics are asked for: a folder, an address, `outputs/` by default."""
    from helpers.publication import batch, manifest, storage

    if not storage.is_address(outputs):
        folder = Path(outputs).absolute() if outputs else paths.OUTPUTS
        batch.check_outputs(folder)
        yield _Shelf(folder)
        return
    there = storage.Storage(outputs)
    there.check()
    with tempfile.TemporaryDirectory(prefix="diagnostic-") as name:
        folder = Path(name)
        there.fetch([*batch.OWN, *(f"{slug}/{manifest.NAME}" for slug in there.list_diagnostics())], folder)
        yield _Shelf(folder, there)


@contextmanager
def _workforce(scheduler: str, at_once: int | None) -> Iterator[tuple[Executor, Callable[[], int]]]:
    """What runs jobs, and how many at once: threads of this machine, or a cluster."""
    if not scheduler:
        from helpers.execution.execute import prepare

        # It loads while the first requests are read.
        prepare()
        width = at_once or _processors()
        with ThreadPoolExecutor(width) as pool:
            yield pool, lambda: width
        return
    from helpers.publication import cluster

    with cluster.connected(scheduler) as reached:
        if not reached.width():
            console.print("La grappe n'a encore aucun exécutant (dask worker) : le lot attend.")
        yield reached.executor, lambda: min(reached.width(), at_once or sys.maxsize)


def _build_all(
    jobs: list[Job], *, name: str, at_once: int | None, shelf: _Shelf, scheduler: str = ""
) -> None:
    """Build what is not up to date, tell how it goes and how it ended."""
    from helpers.publication import batch, manifest
    from helpers.publication.progress import Board

    outputs, inputs = shelf.folder, manifest.Inputs()
    tally = batch.Tally(total=len(jobs))
    stale = []
    for job in jobs:
        if batch.is_fresh(job, inputs):
            tally.skip(job.place)
        else:
            stale.append(job)
    interrupted, lost = False, None
    if stale:
        stale = batch.order(stale, outputs=outputs)
        with (
            Board(console, name=name, total=len(jobs), done=tally.fresh) as board,
            _workforce(scheduler, at_once) as (executor, width),
        ):
            # Neither leaves this process.
            tell, seen = (None, None) if scheduler else (board.tell, inputs)
            if not scheduler:
                stale = batch.share(stale, width=width())
            try:
                for result in batch.run(stale, executor=executor, width=width, tell=tell, inputs=seen):
                    tally.add(result)
                    board.add(result)
            except KeyboardInterrupt:
                interrupted = True
                board.stop()
                console.print("Arrêt demandé : les carnets en cours se terminent…")
            except DiagnosticError as error:
                lost = error
    if stale or not (outputs / "index.html").is_file() or (outputs / batch.FAILURES).exists():
        if shelf.storage:
            reached = (job for job in stale if job.place.code in tally.reached)
            shelf.storage.fetch((f"{job.place.slug}/{manifest.NAME}" for job in reached), outputs)
        batch.conclude(tally, outputs=outputs, trusted=shelf.storage is not None)
        if shelf.storage:
            shelf.storage.send(batch.OWN, outputs)
    _tell_tally(tally, name=name, interrupted=interrupted, shelf=shelf)
    if lost is not None:
        raise lost
    if interrupted:
        raise typer.Exit(130)
    if tally.failures:
        raise typer.Exit(1)


def _tell_tally(tally: Tally, *, name: str, interrupted: bool, shelf: _Shelf) -> None:
    from helpers.publication.failures import FAILURES

    for failure in tally.failures[:_MOST_FAILURES]:
        console.print(f"Échec : {failure}", style="red", markup=False, soft_wrap=True)
    if tally.failures:
        console.print(
            f"{french.quantity(len(tally.failures), 'échec')}, dans {shelf.shown(FAILURES)} : corrigez, "
            "puis make retry.",
            style="red",
            markup=False,
            soft_wrap=True,
        )
    if interrupted:
        console.print("Interrompu : la même commande reprendra où elle en était.")
    counts = f"{french.quantity(tally.built, 'construit')}, {french.number(tally.fresh)} à jour"
    typer.echo(f"{name} : {counts}, sur {french.number(tally.total)} : {shelf.shown('index.html')}")


def _limits(seconds: str, megabytes: str) -> dict[str, int]:
    """The limits that are given for each notebook."""
    limits = {"timeout": _whole("limite", seconds), "memory": _whole("memoire", megabytes)}
    return {name: value for name, value in limits.items() if value is not None}


def _whole(name: str, text: str) -> int | None:
    """A number of one or more, nothing when it is not given."""
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and int(text) > 0):
        raise ParameterError(
            f"{name} = {text!r} n'est pas un nombre entier positif.", remedy=f"Donnez par exemple {name}=2."
        )
    return int(text)


def _processors() -> int:
    return os.cpu_count() or 1


@app.command()
def data(
    commune: Annotated[
        str | None,
        typer.Argument(help="Code Insee, nom, ou fichier de paramètres (.yml) ; sans elle, toute la France"),
    ] = None,
    vintage: Annotated[str, typer.Option(help="Millésime du recensement : 2018, 2021, 2022, 2023")] = "",
    only: Annotated[str, typer.Option(help="Une famille, une table ou un fichier seulement")] = "",
) -> None:
    """Télécharge les chiffres officiels : d'une commune (Melodi, Insee), ou de toute la France (fichiers nationaux)."""
    with _reported():
        if commune is None:
            _fetch_country(vintage=_year(vintage), only=only or None)
        elif vintage or only:
            raise ParameterError(
                "commune ne va pas avec vintage ni only : Melodi donne d'un coup tous les chiffres d'une commune.",
                remedy=f"Lancez make data commune={commune}, ou, pour les fichiers de toute la France, "
                f"make data{f' vintage={vintage}' * bool(vintage)}{f' only={only}' * bool(only)}.",
            )
        else:
            _fetch_commune(commune)


def _fetch_commune(commune: str) -> None:
    _, found = load_parameters(commune)
    from helpers.territory import melodi_store

    refused: list[DiagnosticError] = []
    with console.status(f"Chiffres officiels {french.of(found.label)}…") as status:
        tables = melodi_store.fetch(
            found, progress=lambda step: status.update(f"{found.label} · {step}"), refuse=refused.append
        )
    for table, frame in tables.items():
        years = ", ".join(map(str, sorted(frame["year"].unique())))
        typer.echo(f"{table:16} {len(frame):>7} valeurs, {years}")
    typer.echo(
        f"Ils remplacent les données de démonstration {french.of(found.label)} : lancez make commune={found.slug}."
    )
    for error in refused:
        console.print(f"Jeu de données laissé de côté : {error}", style="red", markup=False, soft_wrap=True)
    if refused:
        raise typer.Exit(1)


def _fetch_country(*, vintage: int | None, only: str | None) -> None:
    from helpers.sources import collection, registry
    from helpers.store.ingest import ingest

    selected = registry.select(vintage=vintage, only=only)
    folder = paths.sources_folder()
    planned = collection.plan(selected, folder=folder)
    _announce(planned)
    with _transfers() as bars:
        outcome = collection.collect(planned, folder=folder, watch=lambda source: _follow(bars, source))
    report = None
    if outcome.ready:
        ready = [source for source in selected if source.id in outcome.ready]
        with console.status("Lecture des fichiers officiels…") as status:
            report = ingest(ready, folder=folder, destination=paths.NATIONAL, progress=status.update)
        _tell_store(report)
    _tell_missing(outcome, report, folder=folder)
    if report is None or report.failures or outcome.failures or outcome.network:
        raise typer.Exit(1)


def _year(text: str) -> int | None:
    if not text:
        return None
    if not text.isdecimal():
        raise ParameterError(
            f"vintage = {text!r} n'est pas une année.", remedy="Donnez un millésime : make data vintage=2022."
        )
    return int(text)


def _announce(planned: Plan) -> None:
    from helpers.sources import catalogue

    count = len(planned.to_download)
    known = catalogue.size(planned.size) if planned.size else "taille inconnue"
    if planned.size and planned.of_unknown_size:
        known = f"{known} au moins, taille inconnue pour {planned.of_unknown_size}"
    console.print(
        f"{french.quantity(len(planned.at_hand), 'fichier')} déjà là, {french.number(count)} à télécharger"
        f"{f' ({known})' if count else ''}, {french.number(len(planned.by_hand))} sans adresse connue.",
        markup=False,
        soft_wrap=True,
    )


def _transfers() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[amount]}"),
        TimeRemainingColumn(),
        console=console,
    )


def _follow(bars: Progress, source: Source) -> Callable[[int, int | None], None]:
    """The bar of one file."""
    from helpers.sources.catalogue import size

    task = bars.add_task(source.id, total=source.size, amount="")

    def tell(got: int, total: int | None) -> None:
        whole = total or source.size
        bars.update(
            task, completed=got, total=whole, amount=f"{size(got)} sur {size(whole)}" if whole else size(got)
        )

    return tell


def _tell_store(report: Report) -> None:
    for table, count in report.rows.items():
        mark = "  (renouvelée)" if table in report.rebuilt else ""
        typer.echo(f"{table:20} {count:>9} lignes{mark}")
    for note in report.notes:
        console.print(f"Note : {note}", markup=False, soft_wrap=True)
    typer.echo(
        f"Communes au 1er janvier {report.geography}. Les diagnostics lisent désormais {_shown(paths.NATIONAL)}."
    )


def _tell_missing(outcome: Outcome, report: Report | None, *, folder: Path) -> None:
    """What failed, each with its remedy, then what is left to do by hand."""
    failures = {name: str(error) for name, error in outcome.failures.items()}
    if report is not None:
        failures |= report.failures
    for identifier, message in failures.items():
        console.print(f"Échec, {identifier} : {message}", style="red", markup=False, soft_wrap=True)
    if outcome.network is not None:
        console.print(f"Erreur : {outcome.network}", style="red", markup=False, soft_wrap=True)
        console.print(
            f"Non essayés : {', '.join(source.id for source in outcome.unreached)}.", soft_wrap=True
        )
    if outcome.by_hand:
        console.print(
            f"Sans adresse connue, à déposer dans {_shown(folder)} s'ils vous servent, puis relancez :",
            markup=False,
            soft_wrap=True,
        )
    for source in outcome.by_hand:
        console.print(f"  {source.name} : {source.title} ({source.page})", markup=False, soft_wrap=True)


@app.command()
def accept(
    identifier: Annotated[str, typer.Argument(help="Identifiant du fichier, dans registry.toml")],
) -> None:
    """Accepte la nouvelle édition d'un fichier officiel, dont l'empreinte a changé."""
    with _reported():
        from helpers.sources import download, registry

        source = registry.find_source(identifier)
        path = download.accept(source, folder=paths.sources_folder())
    typer.echo(f"Édition acceptée : {_shown(path)}. Lancez make data only={source.id} pour qu'elle soit lue.")


@app.command(name="data-check")
def data_check() -> None:
    """Vérifie les chiffres du magasin : identités, sommes des communes, accord des fichiers entre eux."""
    with _reported():
        from helpers.store import checks

        store, parts, folder = (
            paths.store_folder(),
            paths.parts_folder(paths.NATIONAL),
            paths.sources_folder(),
        )
        with console.status(f"Vérification de {_shown(store)}…"):
            problems = checks.check(
                store,
                parts=parts if store == paths.NATIONAL and parts.is_dir() else None,
                folder=folder if folder.is_dir() else None,
            )
        code = checks.report(problems, console=_printer())
    raise typer.Exit(code)


@app.command()
def sources(
    write: Annotated[bool, typer.Option("--write", help="Écrit docs/sources.md")] = False,
) -> None:
    """Liste les fichiers officiels qui nourrissent chaque table : taille, adresse, présence sur cette machine."""
    from helpers.sources import catalogue, download

    with _reported():
        if write:
            typer.echo(_shown(catalogue.write()))
            return
        folder = paths.sources_folder()
        for table, feeding in catalogue.list_by_table().items():
            if not feeding:
                continue
            grid = Table(title=f"{table} : {catalogue.describe(table)}", title_justify="left")
            # An identifier is to be copied: it is not cut.
            grid.add_column("fichier", no_wrap=True)
            grid.add_column("année")
            grid.add_column("taille", justify="right")
            grid.add_column("adresse", overflow="fold")
            grid.add_column("ici")
            for source in feeding:
                here = "oui" if download.find(source, folder) else "non"
                year = str(source.vintage or source.geography or "")
                grid.add_row(source.id, year, catalogue.size(source.size), catalogue.state(source), here)
            _printer().print(grid)


@app.command()
def embedded() -> None:
    """Reconstruit data/embedded/ à partir des fichiers officiels (HELPERS_SOURCES ou data/raw/)."""
    with _reported():
        from helpers.store import embedded as store_builder

        with console.status("Lecture des fichiers officiels…"):
            rows = store_builder.build(paths.sources_folder(), paths.EMBEDDED)
    for table, count in rows.items():
        typer.echo(f"{table:20} {count:>9} lignes")


@app.command()
def schema() -> None:
    """Écrit params/schema.json, le schéma des fichiers de paramètres."""
    typer.echo(_shown(write_schema()))


class _reported:  # noqa: N801
    """Print an expected error in French and exit with 1, in place of a traceback."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, DiagnosticError):
            console.print(f"Erreur : {error}", style="red", markup=False, soft_wrap=True)
            raise typer.Exit(1) from None


def _printer() -> Console:
    """Where tables are printed."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else _WIDTH)


def _shown(path: Path) -> str:
    """A path as it is shortest from the current folder."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


if __name__ == "__main__":
    app()
