"""The commands of data: official files fetched, checked, listed, embedded; the schema of parameters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from helpers import french, paths
from helpers.cli.console import console, note, printer, reported, shorten
from helpers.cli.options import read_year
from helpers.errors import ParameterError
from helpers.parameters import load_parameters, write_schema

if TYPE_CHECKING:
    from helpers.sources.download_plan import DownloadPlan, Outcome
    from helpers.sources.melodi import Gap
    from helpers.sources.registry import Source
    from helpers.store.journal import Report


def data(
    commune: Annotated[
        str | None,
        typer.Argument(help="Code Insee, nom, ou fichier de paramètres (.yml) ; sans elle, toute la France"),
    ] = None,
    vintage: Annotated[str, typer.Option(help="Millésime du recensement : 2018, 2021, 2022, 2023")] = "",
    only: Annotated[str, typer.Option(help="Une famille, une table ou un fichier seulement")] = "",
) -> None:
    """Télécharge les chiffres officiels : d'une commune (Melodi, Insee), ou de toute la France (fichiers nationaux)."""
    with reported():
        if commune is None:
            _fetch_country(vintage=read_year(vintage), only=only or None)
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

    with console.status(f"Chiffres officiels {french.of(found.label)}…") as status:
        fetched = melodi_store.fetch_official_figures(
            found, progress=lambda step: status.update(f"{found.label} · {step}")
        )
    for table, frame in fetched.tables.items():
        years = ", ".join(map(str, sorted(frame["year"].unique())))
        typer.echo(f"{table:16} {len(frame):>7} valeurs, {years}")
    for citation in dict.fromkeys(source.citation for source in fetched.editions.values()):
        typer.echo(f"Source : {citation}")
    _report_gaps(fetched.gaps)
    typer.echo(
        f"Ils remplacent les données de démonstration {french.of(found.label)} : lancez make commune={found.slug}."
    )
    if any(not gap.place for gap in fetched.gaps):
        raise typer.Exit(1)


def _report_gaps(gaps: Sequence[Gap]) -> None:
    """Show what is missing, data sets first, then territories together, each with its remedy."""
    from helpers.sources.registry import load_registry

    titles = {
        source.dataset: source.title
        for source in load_registry().values()
        if source.dataset and not source.file
    }
    places: dict[tuple[str, str, str], list[str]] = {}
    for gap in gaps:
        places.setdefault((gap.dataset, gap.reason, gap.remedy), []).append(gap.place)
    for (dataset, reason, remedy), named in sorted(places.items(), key=lambda group: bool(group[1][0])):
        where = f", {', '.join(named)}" if named[0] else ""
        label = f"{titles[dataset]} ({dataset})" if dataset in titles else dataset
        note(f"Manque : {label}{where} : {reason}\n→ {remedy}", style="" if named[0] else "red")


def indicators(
    outputs: Annotated[str, typer.Option(help="Dossier où écrire ; par défaut outputs/indicateurs")] = "",
    simulated: Annotated[
        bool, typer.Option("--simulated", help="Garde les chiffres simulés, marqués « demonstration »")
    ] = False,
) -> None:
    """Écrit tous les indicateurs de tous les territoires, en données ouvertes : Parquet, CSV et leur dictionnaire."""
    with reported():
        from helpers import indicator_table

        destination = Path(outputs) if outputs else paths.OUTPUTS / "indicateurs"
        with console.status("Indicateurs de tous les territoires…"):
            files = indicator_table.publish(paths.store_folder(), destination, simulated=simulated)
        for path in files.values():
            typer.echo(f"{shorten(path)} : {french.number(path.stat().st_size / 1e6, digits=1)} Mo")


def _fetch_country(*, vintage: int | None, only: str | None) -> None:
    from helpers.sources import download_plan, registry
    from helpers.store.ingest import ingest

    selected = registry.select(vintage=vintage, only=only)
    folder = paths.sources_folder()
    planned = download_plan.plan_downloads(selected, folder=folder)
    _announce(planned)
    with _transfers() as bars:
        outcome = download_plan.download_all(
            planned, folder=folder, watch=lambda source: _follow(bars, source)
        )
    report = None
    if outcome.ready:
        ready = [source for source in selected if source.id in outcome.ready]
        with console.status("Lecture des fichiers officiels…") as status:
            report = ingest(ready, folder=folder, destination=paths.NATIONAL, progress=status.update)
        _report_store(report)
    _report_missing(outcome, report, folder=folder)
    if report is None or report.failures or outcome.failures or outcome.network:
        raise typer.Exit(1)


def _announce(planned: DownloadPlan) -> None:
    """Say how many files are here, to download, and to be put by hand."""
    from helpers.sources import sources_page

    count = len(planned.to_download)
    known = sources_page.format_size(planned.size) if planned.size else "taille inconnue"
    if planned.size and planned.of_unknown_size:
        known = f"{known} au moins, taille inconnue pour {planned.of_unknown_size}"
    note(
        f"{french.quantity(len(planned.at_hand), 'fichier')} déjà là, {french.number(count)} à télécharger"
        f"{f' ({known})' if count else ''}, {french.number(len(planned.by_hand))} sans adresse connue."
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
    """Add the bar of a file; the function returned is to be called with the bytes received and those expected."""
    from helpers.sources.sources_page import format_size

    task = bars.add_task(source.id, total=source.size, amount="")

    def show(got: int, total: int | None) -> None:
        whole = total or source.size
        amount = f"{format_size(got)} sur {format_size(whole)}" if whole else format_size(got)
        bars.update(task, completed=got, total=whole, amount=amount)

    return show


def _report_store(report: Report) -> None:
    """Show the tables of the store just written."""
    for table, count in report.rows.items():
        mark = "  (renouvelée)" if table in report.rebuilt else ""
        typer.echo(f"{table:20} {count:>9} lignes{mark}")
    for text in report.notes:
        note(f"Note : {text}")
    where = shorten(paths.NATIONAL)
    typer.echo(f"Communes au 1er janvier {report.geography}. Les diagnostics lisent désormais {where}.")


def _report_missing(outcome: Outcome, report: Report | None, *, folder: Path) -> None:
    """Show what was trusted, what failed, each with its remedy, then what is left to do by hand."""
    from helpers.sources.verification import CHECKSUMS

    if outcome.trusted:
        names = ", ".join(source.id for source in outcome.trusted)
        note(
            f"Sans empreinte connue, crus à leur première lecture : {names}. La leur est notée dans "
            f"{shorten(folder / CHECKSUMS)} : une autre édition sera refusée."
        )
    failures = {name: str(error) for name, error in outcome.failures.items()}
    if report is not None:
        failures |= report.failures
    for identifier, message in failures.items():
        note(f"Échec, {identifier} : {message}", style="red")
    if outcome.network is not None:
        note(f"Erreur : {outcome.network}", style="red")
        unreached = ", ".join(source.id for source in outcome.unreached)
        console.print(f"Non essayés : {unreached}.", soft_wrap=True)
    if outcome.by_hand:
        where = shorten(folder)
        note(f"Sans adresse connue, à déposer dans {where} s'ils vous servent, puis relancez :")
    for source in outcome.by_hand:
        note(f"  {source.name} : {source.title} ({source.page})")


def accept(
    identifier: Annotated[str, typer.Argument(help="Identifiant du fichier, dans registry.toml")],
) -> None:
    """Adopte la nouvelle édition d'un fichier officiel, dont l'empreinte a changé."""
    with reported():
        from helpers.sources import download, registry

        source = registry.find_source(identifier)
        path = download.accept(source, folder=paths.sources_folder())
    typer.echo(
        f"Édition acceptée : {shorten(path)}. Lancez make data only={source.id} pour qu'elle soit lue."
    )


def data_check() -> None:
    """Vérifie les chiffres du magasin : identités, sommes des communes, accord des fichiers entre eux."""
    with reported():
        from helpers.store import checks, insee_split

        store, parts, folder = (
            paths.store_folder(),
            paths.parts_folder(paths.NATIONAL),
            paths.sources_folder(),
        )
        with console.status(f"Vérification de {shorten(store)}…"):
            problems = checks.check(
                store,
                parts=parts if store == paths.NATIONAL and parts.is_dir() else None,
                folder=folder if folder.is_dir() else None,
                fetched=[paths.fetched_folder(one.code) for one in insee_split.WITNESSES],
            )
        code = checks.report(problems, console=printer())
    raise typer.Exit(code)


def sources(
    write: Annotated[bool, typer.Option("--write", help="Écrit docs/sources.md")] = False,
) -> None:
    """Affiche les fichiers officiels qui nourrissent chaque table : taille, adresse, présence sur cette machine."""
    from helpers.sources import sources_page

    with reported():
        if write:
            typer.echo(shorten(sources_page.write()))
            return
        for table, feeding in sources_page.list_by_table().items():
            if feeding:
                printer().print(_lay_out(table, feeding))


def _lay_out(table: str, feeding: list[Source]) -> Table:
    """Lay out the files that feed a table of the store."""
    from helpers.sources import files, sources_page

    grid = Table(title=f"{table} : {sources_page.describe_table(table)}", title_justify="left")
    # An identifier is to be copied: it is not cut.
    grid.add_column("fichier", no_wrap=True)
    grid.add_column("année")
    grid.add_column("taille", justify="right")
    grid.add_column("adresse", overflow="fold")
    grid.add_column("ici")
    for source in feeding:
        here = "oui" if files.find_file(source, paths.sources_folder()) else "non"
        year = str(source.vintage or source.geography or "")
        grid.add_row(
            source.id,
            year,
            sources_page.format_size(source.size),
            sources_page.describe_address(source),
            here,
        )
    return grid


def embedded() -> None:
    """Reconstruit data/embedded/ à partir des fichiers officiels (HELPERS_SOURCES ou data/raw/)."""
    with reported():
        from helpers.store import embedded as store_builder

        with console.status("Lecture des fichiers officiels…"):
            rows = store_builder.build(paths.sources_folder(), paths.EMBEDDED, report=typer.echo)
    for table, count in rows.items():
        typer.echo(f"{table:20} {count:>9} lignes")


def schema() -> None:
    """Écrit params/schema.json et schema-convention.json, les schémas des paramètres et des conventions."""
    from helpers.partnership import creation

    typer.echo(shorten(creation.write_schema()))
    typer.echo(shorten(write_schema()))
