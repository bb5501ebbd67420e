"""The template process: it loads once what notebooks need, then forks a child for each call.

It only loads and forks: a process that has a second thread cannot be forked safely, hence no table is read here, no
database opened, no Jupyter socket made. Linux only.
"""

from __future__ import annotations

import ast
import atexit
import contextlib
import ctypes
import gc
import importlib
import json
import os
import random
import select
import signal
import socket
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, NoReturn

import psutil

from helpers import paths
from helpers.errors import DiagnosticError

# Environment of the process: libraries read it when they are loaded, and would start threads without it.
ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
}
# Modules that executing a notebook and rendering its page need, beside those that the notebook imports.
_MODULES = (
    "papermill",
    "helpers.execution.inprocess",
    "helpers.execution.notebook_run",
    "ipykernel.kernelapp",
    "IPython.core.completerlib",
    "IPython.core.logger",
    "IPython.core.oinspect",
    "IPython.core.pylabtools",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
    "matplotlib_inline.backend_inline",
    "pandas.core.methods.to_dict",
    "pandas.core.reshape.reshape",
    "pandas.io.formats.csvs",
    "pyarrow.pandas_compat",
    "pyarrow.vendored.version",
)
# Objects created between two garbage collections. A notebook creates many, most of which stay: Python's 700 would
# take a fiftieth of its time; never to collect would take a tenth more memory.
_COLLECTION_THRESHOLD = 50_000
_DIE_WITH_PARENT, _ADOPT_ORPHANS = 1, 36


class ServerError(Exception):
    """There is no template process to fork: says why, in French."""


class DiedError(Exception):
    """The process of a call has ended, the last that is said of it. `code`: its exit code, or minus the signal."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Child:
    """A fork at work for the client at the other end of its socket; `handle` is its pidfd."""

    pid: int
    handle: int
    socket: socket.socket

    def kill(self) -> None:
        """Kill the child and what it has started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)


def main() -> None:
    """Serve the program at the other end of the standard input, a socket, until it closes it or ends."""
    # Called after what libraries leave to be done: taking apart all that is loaded would take a tenth of a second.
    atexit.register(os._exit, 0)
    load()
    serve(socket.socket(fileno=sys.stdin.fileno()))


def load() -> None:
    """Import what the notebooks import, and what executes and renders them."""
    # Garbage collections would scan everything loaded again and again, and unshare memory with the children.
    gc.disable()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for statement in _imports_of_notebooks():
            # A notebook that cannot import something reports it itself, with its cell.
            with contextlib.suppress(Exception):
                exec(statement, {})
        for name in _MODULES:
            importlib.import_module(name)
        # Imported by name: a plain import would count the code of pages among what notebooks depend on, and a change
        # of page would have them all executed again.
        importlib.import_module("helpers.publication.pages.render").prepare()
        # Every shell would otherwise search all installed packages for matplotlib backends.
        importlib.import_module("matplotlib.backends").backend_registry.list_all()
        # The tables of the store are checked once for all communes.
        importlib.import_module("helpers.store").prepare(paths.store_folder())
    # Objects that no garbage collection looks at stay shared with the children.
    gc.freeze()
    gc.set_threshold(_COLLECTION_THRESHOLD)
    gc.enable()


def _imports_of_notebooks() -> Iterator[str]:
    """Yield the import statements of the notebooks, each once."""
    found: dict[str, None] = {}
    for notebook in sorted(paths.NOTEBOOKS.glob("*.ipynb")):
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError, SyntaxError):
            for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
                if cell["cell_type"] == "code":
                    body = ast.parse("".join(cell["source"])).body
                    imports = [node for node in body if isinstance(node, ast.Import | ast.ImportFrom)]
                    found |= dict.fromkeys(map(ast.unparse, imports))
    yield from found


def serve(requests: socket.socket) -> None:
    """Fork a child for each connection received, kill it when the connection closes; kill all when requests end."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    _prctl(_ADOPT_ORPHANS)
    children: dict[int, Child] = {}
    events = select.poll()
    events.register(requests, select.POLLIN)
    try:
        while True:
            for number, _ in events.poll():
                if number == requests.fileno():
                    _, received, _, _ = socket.recv_fds(requests, 1, 1, socket.MSG_CMSG_CLOEXEC)
                    if not received:
                        return
                    inherited = [child.socket for child in children.values()]
                    if child := _fork(socket.socket(fileno=received[0]), inherited=inherited):
                        children |= {child.handle: child, child.socket.fileno(): child}
                        events.register(child.handle, select.POLLIN)
                        events.register(child.socket, select.POLLRDHUP)
                elif child := children.get(number):
                    # Its client has left, or the child has ended.
                    child.kill()
                    for key in (number, child.socket.fileno()):
                        if children.pop(key, None):
                            events.unregister(key)
                    if number == child.handle:
                        _reap(child, others=children)
    finally:
        for child in children.values():
            child.kill()
        for process in psutil.Process().children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()


def _fork(connection: socket.socket, *, inherited: Sequence[socket.socket]) -> Child | None:
    """Fork a child that answers the connection; return nothing when this process cannot be forked safely.

    `inherited` are the connections of the other children, which are not for this one.
    """
    threads = psutil.Process().num_threads()
    if threads > 1:
        with contextlib.closing(Connection(connection.detach())) as refused:
            refused.send(ServerError(f"le processus préparé a {threads} fils d'exécution au lieu d'un"))
        return None
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        for other in inherited:
            other.close()
        _run_child(connection, parent=parent)
    # Done in both processes: whichever runs first, the group exists.
    with contextlib.suppress(OSError):
        os.setpgid(pid, pid)
    return Child(pid, os.pidfd_open(pid), connection)


def _reap(child: Child, *, others: dict[int, Child]) -> None:
    """Collect the exit code of a child, kill the processes it left, and send the code to its client."""
    _, status = os.waitpid(child.pid, 0)
    os.close(child.handle)
    running = {other.pid for other in others.values()}
    # Orphans that left its group are now our children, and so will be their own once they are killed.
    while strays := [process for process in psutil.Process().children() if process.pid not in running]:
        for process in strays:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
                process.wait()
    with contextlib.closing(Connection(child.socket.detach())) as connection, contextlib.suppress(OSError):
        connection.send(DiedError(os.waitstatus_to_exitcode(status)))


def _run_child(connection: socket.socket, *, parent: int) -> NoReturn:
    """Run the whole life of a child: receive functions, call each in turn, send their outcomes, exit."""
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
        # As in a kernel, modules in the folder of the notebook can be imported.
        sys.path.insert(0, "")
        client = Connection(connection.detach())
        client.send(os.getpid())
        for answer in _call_functions(client):
            client.send(answer)
        code = 0
    finally:
        os._exit(code)


def _call_functions(client: Connection) -> Iterator[Any]:
    """Call the functions that a client sends and yield their outcomes, up to the first exception."""
    functions = outcome_of(client.recv)
    if isinstance(functions, Exception):
        yield functions
        return
    for function in functions:
        _reseed_random()
        answer = outcome_of(function)
        yield answer
        if isinstance(answer, Exception):
            return


def outcome_of(call: Callable[[], Any]) -> Any:
    """Return what a call returns, or the exception that it raises, in a form that can be pickled."""
    try:
        return call()
    except (DiagnosticError, OSError) as error:
        return error
    except Exception:
        # Any other exception may not be picklable; its text is.
        return RuntimeError(traceback.format_exc())


def _reseed_random() -> None:
    """Seed the random generators anew: children, and the functions of one child, must draw different numbers."""
    random.seed()
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed()


def _prctl(option: int, value: int = 1) -> None:
    if ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")
