"""A Dask cluster: an executor of `concurrent.futures` on many machines, each with its template process.

A build whose machine is lost is run again elsewhere; distributed gives one answer for each. It imports `distributed`,
which is slow: to be imported only when a cluster is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from typing import Any, TypeVar

from distributed import Client, Worker, WorkerPlugin
from distributed.scheduler import KilledWorker

from helpers import french, paths, store
from helpers.errors import BuildError, ParameterError, quote
from helpers.execution import execute, forkserver
from helpers.publication.batch import storage
from helpers.publication.incremental.inputs import Inputs
from helpers.publication.incremental.keys import key_of
from helpers.themes import notebooks

T = TypeVar("T")

# Seconds that a scheduler has to answer.
_PATIENCE = 5
_PROTOCOLS = ("tcp", "tls", "ws", "wss", "ucx", "inproc")
_SHOWN = 3


class Plugin(WorkerPlugin):
    """What every machine does when it joins and leaves: checks, the store, the template process."""

    name = "diagnostic"

    def __init__(self, fingerprints: dict[str, str]) -> None:
        self._fingerprints = fingerprints

    def setup(self, worker: Worker) -> None:
        """Start the template process of a machine, once it is known to have the same project and the same store.

        `worker` is the machine as Dask knows it.

        Raises:
            ParameterError: it does not have the same.
            StoreError: it cannot read the store.
        """
        storage.bring_store()
        # A former batch may have read another state of the store.
        store.forget()
        here, there = fingerprints(), self._fingerprints
        others = sorted(key for key in there.keys() | here.keys() if there.get(key) != here.get(key))
        if others:
            shown = [*others[:_SHOWN], *(["d'autres"] if len(others) > _SHOWN else [])]
            raise ParameterError(
                f"La machine {worker.address} n'a pas le même projet que celle-ci : "
                f"{french.enumerate_words(shown)} y diffèrent.",
                remedy="Mettez-y la même version du projet, de ses paramètres et du magasin, puis relancez-la.",
            )
        execute.prepare()

    def teardown(self, worker: Worker) -> None:
        """End the template process."""
        forkserver.default().close()


def fingerprints() -> dict[str, str]:
    """Return the fingerprint of everything that diagnostics are made from, by key, except what one commune fetched."""
    inputs = Inputs()
    parameters = (key_of(path) for path in paths.PARAMS.rglob("*.yml"))
    reads = (key for notebook in notebooks() for key in inputs.reads_of(notebook))
    # The code of no commune: nothing was fetched for it.
    fingerprint = inputs.seen_from("")
    return {key: fingerprint(key) for key in {*parameters, *reads, *inputs.layout, *inputs.tables()}}


@contextmanager
def connected(address: str) -> Iterator[tuple[Executor, Callable[[], int]]]:
    """Connect to the cluster of a scheduler, and make every machine of it ready.

    Yields:
        Its executor, and the function that says how many communes its machines can build at once, which changes when
        machines join or leave.

    Raises:
        ParameterError: the address cannot be one, or a machine has not the same project.
        BuildError: the scheduler does not answer.
        StoreError: a machine cannot read the store.
    """
    client = _reach(address)
    try:
        client.register_plugin(Plugin(fingerprints()))
        yield _Executor(client), lambda: sum(client.nthreads().values())
    finally:
        # A scheduler that is gone has nothing left to undo.
        if client.status == "running":
            client.unregister_worker_plugin(Plugin.name)
        client.close(timeout=_PATIENCE)


def _reach(address: str) -> Client:
    remedy = "Donnez l'adresse qu'affiche dask scheduler, par exemple scheduler=tcp://grappe:8786."
    # Reached with another protocol, Dask would wait, then complain in English.
    if address.partition("://")[0] not in _PROTOCOLS or not storage.is_address(address):
        raise ParameterError(f"scheduler = {quote(address)} n'est pas une adresse.", remedy=remedy)
    try:
        return Client(address, timeout=_PATIENCE, set_as_default=False)
    except OSError as error:
        raise BuildError(
            f"Le répartiteur {address[:80]} ne répond pas.",
            remedy="Vérifiez qu'il est lancé (dask scheduler) et que rien ne barre la route jusqu'à lui.",
        ) from error
    except (ValueError, TypeError) as error:
        raise ParameterError(
            f"scheduler = {quote(address)} n'est pas une adresse ({error}).", remedy=remedy
        ) from error


class _Executor(Executor):
    """The executor of a client, whose errors say in French that a machine or the scheduler was lost."""

    def __init__(self, client: Client) -> None:
        self._client = client
        # Not pure: a build that is submitted again must run again.
        self._executor = client.get_executor(pure=False)

    def submit(self, function: Callable[..., T], /, *args: Any, **options: Any) -> Future[T]:
        """Call a function on a machine.

        Raises:
            BuildError: the scheduler is gone.
        """
        if self._client.status != "running":
            raise _lost()
        answer: Future[T] = Future()
        asked = self._executor.submit(function, *args, **options)
        asked.add_done_callback(lambda asked: _pass_on(asked, answer))
        return answer


def _pass_on(asked: Future[T], answer: Future[T]) -> None:
    if not answer.set_running_or_notify_cancel():
        return
    if asked.cancelled():
        answer.set_exception(_lost())
    elif (error := asked.exception()) is None:
        answer.set_result(asked.result())
    elif isinstance(error, KilledWorker):
        answer.set_exception(
            BuildError(
                f"La machine qui construisait la commune s'est arrêtée, {error.allowed_failures + 1} fois.",
                remedy="Donnez plus de mémoire aux machines ou moins de communes à la fois, puis make retry.",
            )
        )
    else:
        answer.set_exception(error)


def _lost() -> BuildError:
    return BuildError(
        "Le répartiteur ne répond plus.",
        remedy="Relancez-le, puis la même commande : elle reprendra où elle en était.",
    )
