"""Run a whole batch, on this machine or a cluster: build what is not up to date, write the index."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager

from rich.console import Console

from helpers import paths, themes
from helpers.errors import DiagnosticError
from helpers.publication.batch import batch
from helpers.publication.batch.batch import Tally
from helpers.publication.batch.commune_build import CommuneBuild
from helpers.publication.batch.destination import BATCH_FILES, Destination
from helpers.publication.batch.failures import FAILURES
from helpers.publication.batch.progress import Board
from helpers.publication.incremental.inputs import Inputs

# From so many communes on, the table of all indicators takes less time to make than it saves.
MANY = 20


def run_batch(
    builds: list[CommuneBuild],
    destination: Destination,
    *,
    name: str,
    console: Console,
    at_once: int | None = None,
    scheduler: str = "",
) -> Tally:
    """Build what is not up to date, show how it goes, write the failures and the index.

    Args:
        builds: the communes.
        destination: where their diagnostics are.
        name: the name of the batch, for the reader.
        console: where progress is shown.
        at_once: how many communes are built at once; as many as processors by default, and as the memory
            holds.
        scheduler: the address of the scheduler of a cluster; empty to build on this machine.

    Raises:
        BuildError: the outputs cannot be written.
        ParameterError: a notebook cannot be read.
    """
    inputs, tally = Inputs(), Tally(total=len(builds))
    outputs = destination.folder
    destination.fetch_manifests(asked.place.slug for asked in builds)
    stale = batch.skip_fresh(builds, tally, inputs)
    if stale:
        for notebook in themes.notebooks():
            # One that cannot be read is reported once, and not for each commune.
            themes.list_parameters(notebook)
        stale = batch.order(stale, outputs=outputs)
        if len(stale) >= MANY and not scheduler:
            # Loaded when it serves: what is up to date is reported without pandas.
            from helpers import indicator_table

            indicator_table.make(paths.store_folder())
        with (
            Board(console, name=name, total=len(builds), done=tally.fresh) as board,
            _workforce(scheduler, at_once, console) as (executor, width),
        ):
            _run(stale, tally, board, executor=executor, width=width, inputs=None if scheduler else inputs)
    if stale or not (outputs / "index.html").is_file() or (outputs / FAILURES).exists():
        from helpers import store
        from helpers.publication.pages.entries import are_known

        store.reopen(paths.store_folder())
        tally.renewed = inputs.current() is not inputs
        # A batch reads nothing of the diagnostics of others, unless the whole site is to be written.
        whole = tally.renewed or not are_known(outputs)
        reached = [asked.place.slug for asked in stale if asked.place.code in tally.reached]
        destination.fetch_manifests(None if whole else reached)
        written = batch.conclude(tally, outputs=outputs, trusted=bool(destination.address))
        destination.send([*BATCH_FILES, *written])
    return tally


def _run(
    stale: list[CommuneBuild],
    tally: Tally,
    board: Board,
    *,
    executor: Executor,
    width: Callable[[], int],
    inputs: Inputs | None,
) -> None:
    """Build communes and count them in `tally`, until the end, an interruption or an error.

    `inputs` are given when the executor is of this process; otherwise neither they nor the board leave it.
    """
    if inputs is not None:
        stale = batch.share(stale, width=width())
    progress = None if inputs is None else board.show
    try:
        for result in batch.run(stale, executor=executor, width=width, progress=progress, inputs=inputs):
            tally.add(result)
            board.add(result)
    except KeyboardInterrupt:
        tally.interrupted = True
        board.stop()
        board.print("Arrêt demandé : les carnets en cours se terminent…")
    except DiagnosticError as error:
        tally.error = error


@contextmanager
def _workforce(
    scheduler: str, at_once: int | None, console: Console
) -> Iterator[tuple[Executor, Callable[[], int]]]:
    """Open what builds communes, threads of this machine or a cluster, with the function that says how many at once."""
    if not scheduler:
        from helpers.execution.execute import prepare
        from helpers.execution.machine import choose_width

        # The template process loads while the first requests are read.
        prepare()
        width = choose_width(at_once)
        if width.notice:
            console.print(width.notice, soft_wrap=True)
        with ThreadPoolExecutor(width.count) as pool:
            yield pool, lambda: width.count
        return
    from helpers.publication.batch import cluster

    with cluster.connected(scheduler) as (executor, threads):
        if not threads():
            console.print("La grappe n'a encore aucun exécutant (dask worker) : le lot attend.")
        yield executor, lambda: min(threads(), at_once or sys.maxsize)
