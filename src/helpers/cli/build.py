"""The command that builds the diagnostic of one commune."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from helpers import french, paths
from helpers.cli.console import console, note, reported, shorten
from helpers.cli.options import FORCE, JOBS, LIMIT, MEMORY, read_limits, read_whole
from helpers.execution.machine import choose_width
from helpers.parameters import load_parameters

# Notebooks of one commune run at once: there are four.
_MOST_NOTEBOOKS = 4
_STATES = {"exécution": "exécution du carnet", "terminé": "terminé"}


def build(
    commune: Annotated[str, typer.Argument(help="Code Insee, nom, ou fichier de paramètres (.yml)")],
    force: Annotated[bool, FORCE] = False,
    jobs: Annotated[str, JOBS] = "",
    limit: Annotated[str, LIMIT] = "",
    memory: Annotated[str, MEMORY] = "",
) -> None:
    """Construit le diagnostic d'une commune sous outputs/, ou ce qui n'en est plus à jour."""
    with reported():
        asked = read_whole("jobs", jobs)
        limits = read_limits(limit, memory)
        file = Path(commune) if commune.endswith((".yml", ".yaml")) else None
        if not force and file is None:
            # Told without loading what builds.
            from helpers.publication.batch.commune_build import find_fresh

            if fresh := find_fresh(commune):
                page = shorten(fresh.folder / "index.html")
                typer.echo(f"Diagnostic {french.of(fresh.place.label)} à jour : {page}")
                return
        width = choose_width(asked)
        if asked and width.notice:
            note(width.notice)
        at_once = min(width.count, asked or _MOST_NOTEBOOKS)
        label, folder = _build(commune, file=file, force=force, at_once=at_once, limits=limits)
    typer.echo(f"Diagnostic {french.of(label)} : {shorten(folder / 'index.html')}")


def _build(
    commune: str, *, file: Path | None, force: bool, at_once: int, limits: Mapping[str, int]
) -> tuple[str, Path]:
    """Build what is not up to date, and the index; return the name of the commune and the folder of its diagnostic."""
    from helpers.execution.execute import prepare

    # The template process loads while the request is read.
    prepare()
    parameters, found = load_parameters(commune)
    # Loaded once the request is known to be sound: an error answers at once.
    from helpers.publication.batch.destination import check_outputs
    from helpers.publication.incremental.keys import request_keys
    from helpers.publication.pages import commune as diagnostic
    from helpers.publication.pages import site

    parameters = diagnostic.date(parameters, found)
    request = request_keys(found.slug, file=file)
    todo = diagnostic.plan(parameters, found, request=request, force=force)
    for line in todo.explain():
        note(line)
    folder = paths.OUTPUTS / found.slug
    if not todo.is_fresh:
        check_outputs(paths.OUTPUTS)
        with _notebook_bar(found.label, total=len(todo.stale)) as progress:
            folder = diagnostic.build(
                parameters, found, todo=todo, limits=limits, jobs=at_once, progress=progress
            )
    site.update({found.code: found.slug})
    return found.label, folder


@contextmanager
def _notebook_bar(label: str, *, total: int) -> Iterator[Callable[[str, str], None]]:
    """Show a bar for the notebooks of one commune; the function given is to be called with a theme and its state."""
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        TimeElapsedColumn(),
        console=console,
    ) as bar:
        task = bar.add_task(f"Diagnostic {french.of(label)}", total=total)

        def show(theme: str, state: str) -> None:
            bar.update(task, description=f"{label} · {theme} : {_STATES[state]}")
            if state == "terminé":
                bar.advance(task)

        yield show
