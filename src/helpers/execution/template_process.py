"""The process that loads what notebooks need, once, and forks a child for each of them.

It only loads and forks: a process with a second thread cannot be forked without risk, hence no figure of a
commune is read here, no database opened, no socket of Jupyter made. Linux only.
"""

from __future__ import annotations

import ast
import contextlib
import ctypes
import gc
import importlib
import json
import os
import random
import select
import shutil
import signal
import socket
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NoReturn

import psutil

from helpers import paths
from helpers.errors import DiagnosticError

# Read by the libraries when they are loaded: they would start threads.
ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
}
# What running and rendering a notebook loads, beside what the notebook itself imports.
_MODULES = (
    "papermill",
    "helpers.execution.inprocess",
    "ipykernel.kernelapp",
    "IPython.core.completerlib",
    "IPython.core.logger",
    "IPython.core.oinspect",
    "IPython.core.pylabtools",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
    "pandas.core.methods.to_dict",
    "pandas.core.reshape.reshape",
    "pandas.io.formats.csvs",
    "pyarrow.pandas_compat",
    "pyarrow.vendored.version",
)
# Objects made between two collections. A notebook makes many, most of which stay: Python's 700 would cost a fiftieth of
# its time, for no memory.
_COLLECTED = 50_000
_DIE_WITH_PARENT, _ADOPT_ORPHANS = 1, 36


class RefusedError(Exception):
    """The process will not fork: says why, in French."""


@dataclass(frozen=True)
class Ended:
    """The last word on a child: its exit code, or minus the signal that killed it."""

    code: int


@dataclass(frozen=True)
class Child:
    """A process at work for whoever holds the other end of its socket."""

    pid: int
    handle: int
    socket: socket.socket

    def kill(self) -> None:
        """Kill it and what it has started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)


def main() -> None:
    """Serve on the listening socket whose descriptor is the first argument, until the standard input closes."""
    with socket.socket(fileno=int(sys.argv[1])) as listener:
        try:
            load()
            serve(listener, lifeline=sys.stdin.fileno())
        finally:
            # Who made the folder of the socket may have been killed.
            shutil.rmtree(Path(listener.getsockname()).parent, ignore_errors=True)


def load() -> None:
    """Import what the notebooks import, and what runs and renders them."""
    # Collections would go through all that is loaded, again and again, and leave holes for the children to fill.
    gc.disable()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for statement in _imports_of_notebooks():
            # A notebook that cannot import something will say so itself, with its cell.
            with contextlib.suppress(Exception):
                exec(statement, {})
        for name in _MODULES:
            importlib.import_module(name)
        # By its name: what a page is made of is no part of what a notebook is executed from.
        importlib.import_module("helpers.publication.render").prepare()
        # What every shell would ask for anew: which packages draw for matplotlib, among all those installed.
        importlib.import_module("matplotlib.backends").backend_registry.list_all()
        # Tables are checked once for all communes.
        importlib.import_module("helpers.store").prepare(paths.store_folder())
    # Objects that no collection looks at stay shared with the children.
    gc.freeze()
    gc.set_threshold(_COLLECTED)
    gc.enable()


def _imports_of_notebooks() -> Iterator[str]:
    """The import statements of the notebooks, each once."""
    found: dict[str, None] = {}
    for notebook in sorted(paths.NOTEBOOKS.glob("*.ipynb")):
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError, SyntaxError):
            for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
                if cell["cell_type"] == "code":
                    body = ast.parse("".join(cell["source"])).body
                    imports = [node for node in body if isinstance(node, ast.Import | ast.ImportFrom)]
                    found |= dict.fromkeys(map(ast.unparse, imports))
    yield from found


def serve(listener: socket.socket, *, lifeline: int) -> None:
    """Fork a child for each connection; kill it when the connection closes, and all when the lifeline does."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    _prctl(_ADOPT_ORPHANS)
    children: dict[int, Child] = {}
    events = select.poll()
    events.register(lifeline, select.POLLIN)
    events.register(listener, select.POLLIN)
    try:
        while True:
            for number, _ in events.poll():
                if number == lifeline:
                    return
                if number == listener.fileno():
                    connection, _ = listener.accept()
                    if child := _fork(connection, inherited=[listener, *children.values()]):
                        children |= {child.handle: child, child.socket.fileno(): child}
                        events.register(child.handle, select.POLLIN)
                        events.register(child.socket, select.POLLRDHUP)
                elif child := children.get(number):
                    # Its client has gone, or it has ended.
                    child.kill()
                    for key in (number, child.socket.fileno()):
                        if children.pop(key, None):
                            events.unregister(key)
                    if number == child.handle:
                        _bury(child, others=children)
    finally:
        for child in children.values():
            child.kill()
        for process in psutil.Process().children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()


def _fork(connection: socket.socket, *, inherited: list[socket.socket | Child]) -> Child | None:
    """A child that answers the connection, or nothing when this process cannot be forked."""
    threads = psutil.Process().num_threads()
    if threads > 1:
        with contextlib.closing(Connection(connection.detach())) as refused:
            refused.send(RefusedError(f"le processus préparé a {threads} fils d'exécution au lieu d'un"))
        return None
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        for item in inherited:
            if isinstance(item, Child):
                item.socket.close()
            else:
                item.close()
        _live(connection, parent=parent)
    # In both processes: whichever comes first, the group is there.
    with contextlib.suppress(OSError):
        os.setpgid(pid, pid)
    return Child(pid, os.pidfd_open(pid), connection)


def _bury(child: Child, *, others: dict[int, Child]) -> None:
    """Take note of the end of a child, end what it left, and tell its client."""
    _, status = os.waitpid(child.pid, 0)
    os.close(child.handle)
    running = {other.pid for other in others.values()}
    # Its own children that left its group are ours now, and theirs will be once they are dead.
    while strays := [process for process in psutil.Process().children() if process.pid not in running]:
        for process in strays:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
                process.wait()
    with contextlib.closing(Connection(child.socket.detach())) as connection, contextlib.suppress(OSError):
        connection.send(Ended(os.waitstatus_to_exitcode(status)))


def _live(connection: socket.socket, *, parent: int) -> NoReturn:
    """The whole life of a child: receive the functions of a call, call each in turn, send their outcomes."""
    code = 1
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.setpgid(0, 0)
        _prctl(_DIE_WITH_PARENT, signal.SIGKILL)
        _prctl(_ADOPT_ORPHANS)
        if os.getppid() != parent:
            raise ProcessLookupError
        nowhere = os.open(os.devnull, os.O_RDWR)
        for number in (0, 1, 2):
            os.dup2(nowhere, number)
        # As in a kernel, modules that stand beside the notebook can be imported.
        sys.path.insert(0, "")
        client = Connection(connection.detach())
        client.send(os.getpid())
        for answer in _answers(client):
            client.send(answer)
        code = 0
    finally:
        os._exit(code)


def _answers(client: Connection) -> Iterator[Any]:
    """The outcomes of the functions that a client sends, up to the first exception."""
    functions = outcome_of(client.recv)
    if isinstance(functions, Exception):
        yield functions
        return
    for function in functions:
        _reseed()
        answer = outcome_of(function)
        yield answer
        if isinstance(answer, Exception):
            return


def outcome_of(call: Callable[[], Any]) -> Any:
    """What a call returns, or the exception that it raises, fit for a journey to another process."""
    try:
        return call()
    except (DiagnosticError, OSError) as error:
        return error
    except Exception:
        # Whatever it is, it may not survive the journey; what it says does.
        return RuntimeError(traceback.format_exc())


def _reseed() -> None:
    """Chance is not the same in all children, nor from one function to the next."""
    random.seed()
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed()


def _prctl(option: int, value: int = 1) -> None:
    if ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")
