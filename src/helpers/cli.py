"""The command line: `diagnostic build Hem`. `make` is the front door, the logic is here."""

from __future__ import annotations

import sys
from collections.abc import Callable
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

from helpers import french, params, paths
from helpers.errors import DiagnosticError, ParameterError

if TYPE_CHECKING:
    from helpers.build.documents import Diagnostic
    from helpers.ingest import Report
    from helpers.sources.collection import Outcome, Plan
    from helpers.sources.registry import Source

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Diagnostic d'une commune française.")
console = Console(stderr=True, highlight=False)
# Tables are read on a screen, or kept in a file where nothing says how wide a line may be.
_WIDTH = 160

_BUILT = typer.Argument(help="Code Insee, nom, ou fichier de paramètres (.yml) d'un diagnostic construit")
_STATES = {"exécution": "exécution du carnet", "terminé": "terminé"}


@app.command()
def build(
    commune: Annotated[str, typer.Argument(help="Code Insee, nom, ou fichier de paramètres (.yml)")],
) -> None:
    """Construit le diagnostic d'une commune sous outputs/."""
    with _reported():
        parameters, found = params.load_parameters(commune)
        # Loaded once the request is known to be sound: an error answers at once.
        from helpers.build import commune as diagnostic
        from helpers.build import site

        total = len(diagnostic.notebooks())
        with Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed}/{task.total}"),
            TimeElapsedColumn(),
            console=console,
        ) as bar:
            task = bar.add_task(f"Diagnostic {french.of(found.label)}", total=total)

            def tell(theme: str, state: str) -> None:
                bar.update(task, description=f"{found.label} · {theme} : {_STATES[state]}")
                if state == "terminé":
                    bar.advance(task)

            folder = diagnostic.build(parameters, found, progress=tell)
        site.publish()
    typer.echo(f"Diagnostic {french.of(found.label)} : {_shown(folder / 'index.html')}")


@app.command()
def pdf(commune: Annotated[str, _BUILT]) -> None:
    """Écrit le PDF du diagnostic construit d'une commune."""
    from helpers.build import pdf as pages

    _make(commune, "diagnostic.pdf", pages.make)


@app.command()
def slides(commune: Annotated[str, _BUILT]) -> None:
    """Écrit le diaporama des ateliers, d'après le diagnostic construit d'une commune."""
    from helpers.build import slides as deck

    _make(commune, "diaporama.html", deck.make)


@app.command()
def posters(commune: Annotated[str, _BUILT]) -> None:
    """Écrit les affiches A3 des ateliers, d'après le diagnostic construit d'une commune."""
    from helpers.build import posters as sheets

    _make(commune, "affiches.pdf", sheets.make)


def _make(commune: str, kind: str, make: Callable[[Diagnostic], bytes]) -> None:
    """Make a document of a diagnostic already built."""
    from helpers.build import documents

    with _reported():
        _, found = params.load_parameters(commune)
        folder = paths.OUTPUTS / found.slug
        with console.status(f"{found.label} : {documents.KINDS[kind]}"):
            document = documents.publish(folder, kind, make(documents.read(folder)))
    typer.echo(f"{documents.KINDS[kind]} : {_shown(document)}")


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
    _, found = params.load_parameters(commune)
    from helpers import fetched

    refused: list[DiagnosticError] = []
    with console.status(f"Chiffres officiels {french.of(found.label)}…") as status:
        tables = fetched.fetch(
            found, progress=lambda step: status.update(f"{found.label} · {step}"), refuse=refused.append
        )
    for table, frame in tables.items():
        years = ", ".join(map(str, sorted(frame["year"].unique())))
        typer.echo(f"{table:16} {len(frame):>7} valeurs, {years}")
    typer.echo(
        f"Ils remplacent les données de démonstration {french.of(found.label)} : lancez make commune={found.code}."
    )
    for error in refused:
        console.print(f"Jeu de données laissé de côté : {error}", style="red", markup=False, soft_wrap=True)
    if refused:
        raise typer.Exit(1)


def _fetch_country(*, vintage: int | None, only: str | None) -> None:
    from helpers.ingest import ingest
    from helpers.sources import collection, registry

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
        from helpers import checks

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
        from helpers import embedded as store_builder

        with console.status("Lecture des fichiers officiels…"):
            rows = store_builder.build(paths.sources_folder(), paths.EMBEDDED)
    for table, count in rows.items():
        typer.echo(f"{table:20} {count:>9} lignes")


@app.command()
def schema() -> None:
    """Écrit params/schema.json, le schéma des fichiers de paramètres."""
    typer.echo(_shown(params.write_schema()))


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
