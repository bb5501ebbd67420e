"""The commands that build many communes, and the index of what is built."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from helpers import french
from helpers.cli.console import console, note, reported, shorten
from helpers.cli.options import FORCE, JOBS, LIMIT, MEMORY, OUTPUTS, SCHEDULER, read_limits, read_whole
from helpers.errors import BuildError

if TYPE_CHECKING:
    from helpers.publication.batch.batch import Tally
    from helpers.publication.batch.commune_build import CommuneBuild
    from helpers.publication.batch.destination import Destination
    from helpers.publication.pages.site import Entry

# Communes named at the end of a command; all are in the file, or on the page.
_SHOWN = 20


def batch(
    lot: Annotated[
        str, typer.Argument(help="Nom d'un lot de params/lots/, ou sélecteur (epci:200093201, france…)")
    ],
    force: Annotated[bool, FORCE] = False,
    jobs: Annotated[str, JOBS] = "",
    limit: Annotated[str, LIMIT] = "",
    memory: Annotated[str, MEMORY] = "",
    outputs: Annotated[str, OUTPUTS] = "",
    scheduler: Annotated[str, SCHEDULER] = "",
) -> None:
    """Construit les diagnostics d'un lot de communes, ou ce qui n'en est plus à jour."""
    from helpers.publication import selection
    from helpers.publication.batch import batch as batches
    from helpers.publication.batch import last_batch
    from helpers.publication.batch.destination import open_destination

    with reported():
        at_once, limits = read_whole("jobs", jobs), read_limits(limit, memory)
        chosen, name = selection.load(lot), f"Lot {lot}"
        with open_destination(outputs) as place:
            builds = batches.list_builds(
                chosen, outputs=place.folder, address=place.address, limits=limits, force=force
            )
            last_batch.remember(outputs, scheduler)
            command = last_batch.retry_command(outputs, scheduler)
            _run(builds, place, name=name, at_once=at_once, scheduler=scheduler, again=command)


def retry(
    jobs: Annotated[str, JOBS] = "",
    limit: Annotated[str, LIMIT] = "",
    memory: Annotated[str, MEMORY] = "",
    outputs: Annotated[str, OUTPUTS] = "",
    scheduler: Annotated[str, SCHEDULER] = "",
) -> None:
    """Relance les communes du dernier lot qui ont échoué, où il les avait mises."""
    from helpers.publication.batch import batch as batches
    from helpers.publication.batch import last_batch
    from helpers.publication.batch.destination import open_destination
    from helpers.publication.batch.failures import failed

    with reported():
        at_once, limits = read_whole("jobs", jobs), read_limits(limit, memory)
        if not outputs and not scheduler:
            outputs, scheduler = last_batch.recall()
        command = last_batch.retry_command(outputs, scheduler)
        with open_destination(outputs) as place:
            if not (failures := failed(place.folder)):
                typer.echo(f"Aucun échec à relancer sous {_locate('', place)}.")
                return
            builds = batches.retry(failures, outputs=place.folder, address=place.address, limits=limits)
            name = "Échecs relancés"
            _run(builds, place, name=name, at_once=at_once, scheduler=scheduler, again=command)


def site(outputs: Annotated[str, OUTPUTS] = "") -> None:
    """Écrit à nouveau l'accueil des diagnostics construits, avec l'état de chacun ; rien n'est exécuté."""
    from helpers.publication.batch.destination import open_destination, writing
    from helpers.publication.batch.last_batch import retry_command
    from helpers.publication.documents import redrawing
    from helpers.publication.pages import site as index

    with reported(), open_destination(outputs) as place:
        place.fetch_manifests()
        entries = index.list_entries(place.folder, trusted=bool(place.address))
        if not entries and not index.list_metropolises():
            raise BuildError(
                f"Aucun diagnostic n'est construit sous {_locate('', place)}.",
                remedy="Construisez-en un d'abord : make commune=Hem, ou make lot=mel.",
            )
        with writing(place.folder):
            redrawing.sweep(place.folder)
            written = index.write(entries, place.folder)
        place.send(written)
    _report_stale([entry for entry in entries if entry.kind != "fresh"], again=retry_command(outputs, ""))
    counts = Counter(entry.state for entry in entries)
    states = [f"{french.number(counts[state])} {state}" for state in index.STATES.values() if counts[state]]
    total = (
        f"{french.quantity(len(entries), 'commune')}, {french.enumerate_words(states)}"
        if entries
        else "Aucun diagnostic construit, communes comparées par intercommunalité"
    )
    typer.echo(f"{total} : {_locate(index.INDEX, place)}")


def _locate(name: str, destination: Destination) -> str:
    """Say where the reader finds a file of a destination."""
    if destination.storage:
        return f"{destination.address}/{name}"
    return shorten(destination.folder / name)


def _report_stale(entries: Sequence[Entry], *, again: str) -> None:
    """Show the communes whose diagnostic is not up to date, each with the reason, and what to do.

    `again` is the command that builds again what has failed.
    """
    for entry in entries[:_SHOWN]:
        # The reason of a failure names the commune.
        note(f"Échec : {entry.reason}" if entry.kind == "failed" else f"{entry.name} : {entry.reason}")
    if len(entries) > _SHOWN:
        console.print(f"… et {french.number(len(entries) - _SHOWN)} de plus, sur la page.")
    kinds = {entry.kind for entry in entries}
    if "stale" in kinds:
        console.print("À refaire par make commune=…, ou make lot=….")
    if "failed" in kinds:
        console.print(f"Échecs à relancer par : {again}", markup=False, soft_wrap=True)


def _run(
    builds: list[CommuneBuild],
    place: Destination,
    *,
    name: str,
    at_once: int | None,
    scheduler: str,
    again: str,
) -> None:
    """Build communes at a destination, and report how it ended; `again` is the command for what has failed."""
    from helpers.publication.batch.destination import alone
    from helpers.publication.batch.runner import run_batch

    with alone(place.folder):
        tally = run_batch(builds, place, name=name, console=console, at_once=at_once, scheduler=scheduler)
    _report_batch(tally, name=name, destination=place, again=again)


def _report_batch(tally: Tally, *, name: str, destination: Destination, again: str) -> None:
    """Show how a batch ended; exit with 130 when it was interrupted, 1 when communes failed.

    That a commune can have no diagnostic is reported, and is no failure.

    Raises:
        DiagnosticError: the error that stopped the batch.
    """
    from helpers.publication.batch.failures import FAILURES

    for reason in tally.without[:_SHOWN]:
        note(f"Sans diagnostic : {reason}")
    if len(tally.without) > _SHOWN:
        console.print(f"… et {french.number(len(tally.without) - _SHOWN)} de plus.")
    for failure in tally.failures[:_SHOWN]:
        note(f"Échec : {failure}", style="red")
    if tally.failures:
        count, where = french.quantity(len(tally.failures), "échec"), _locate(FAILURES, destination)
        note(f"{count}, dans {where} : corrigez, puis {again}", style="red")
    if tally.interrupted:
        console.print("Interrompu : la même commande reprendra où elle en était.")
    if tally.renewed:
        console.print(
            "Le magasin de données a été renouvelé pendant le lot : relancez la même commande, elle refait ce qui en "
            "dépend.",
            soft_wrap=True,
        )
    counts = f"{french.quantity(tally.built, 'construit')}, {french.number(tally.fresh)} à jour"
    if tally.without:
        counts += f", {french.number(len(tally.without))} sans diagnostic"
    typer.echo(f"{name} : {counts}, sur {french.number(tally.total)} : {_locate('index.html', destination)}")
    if tally.error is not None:
        raise tally.error
    if tally.interrupted:
        raise typer.Exit(130)
    if tally.failures:
        raise typer.Exit(1)
