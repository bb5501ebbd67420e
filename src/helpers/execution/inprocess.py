"""Run the cells of a notebook in this very process: an IPython shell, no kernel, no sockets.

The shell, the messages it publishes and the way they become outputs are those of ipykernel and nbclient: only
what carries the messages is ours. The process is that of notebooks alone, which `forkserver` forks: they run one
after the other, each with a shell of its own.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import select
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from ipykernel.compiler import XCachingCompiler
from ipykernel.ipkernel import IPythonKernel
from ipykernel.zmqshell import ZMQInteractiveShell
from jupyter_client.session import Session
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode, from_dict
from nbformat.v4 import new_output
from nbformat.v4.nbjson import BytesEncoder
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, NotebookExecutionManager
from traitlets.config import Config

from helpers import columns, french
from helpers.errors import DiagnosticError

# Bytes that one notebook may show: far above any page, far below what fills a memory.
OUTPUT_LIMIT = 20_000_000
# Characters left of each stream of a cell that goes beyond.
_KEPT = 10_000
# Where matplotlib draws when nothing is said: into the notebook.
INLINE = "module://matplotlib_inline.backend_inline"

_WAITING = re.compile("await|async")
_STREAMS = {"stdout": 1, "stderr": 2}


class OutputLimitError(DiagnosticError):
    """A notebook shows or prints more than it may."""


class InProcessEngine(Engine):
    """papermill's engine: the cells of a notebook, one after the other, in a shell of this process."""

    @classmethod
    def execute_notebook(
        cls, *args: Any, finish: Callable[[NotebookNode], object] | None = None, **options: Any
    ) -> NotebookNode:
        """The executed notebook; when nothing failed, `finish` is called with it before it is written for good."""
        executed = super().execute_notebook(*args, **options)
        if finish and not executed.metadata.papermill["exception"]:
            finish(executed)
        return executed

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        log_output: bool = False,
        stdout_file: Any = None,
        stderr_file: Any = None,
        output_limit: int = OUTPUT_LIMIT,
        draft: Path | None = None,
        **options: Any,
    ) -> NotebookNode:
        """The executed notebook. `output_limit` is in bytes; the options of kernels are left aside.

        `draft` is where the notebook is written as it goes when papermill is not asked to save it: it does so before
        and after every cell, for as much as a tenth of the time, and files that tell no more.
        """
        client = _Client(nb_man, log_output=log_output, stdout_file=stdout_file, stderr_file=stderr_file)
        with (
            _put_back(),
            _Draft(draft) if draft else contextlib.nullcontext() as written,
            _Outbox(output_limit) as outbox,
            _open_shell(outbox) as shell,
        ):
            return client.run(shell, outbox, written)


class _Draft:
    """A notebook written as far as it has got, for whoever finds that its process was killed.

    Neither checked nor indented: it is most often written again. Cells are put into words once executed, and once.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._end, self._rank = path, 0, 0

    def __enter__(self) -> _Draft:
        self._file = self._path.open("w", encoding="ascii")
        self._end = self._file.write('{"cells": [')
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, notebook: NotebookNode, rank: int) -> None:
        """Write a notebook whose cell of this rank is about to be executed."""
        self._file.seek(self._end)
        for cell in notebook.cells[self._rank : rank]:
            self._end += self._file.write(f"{_to_json(cell)}, ")
        self._rank = rank
        rest = _to_json(notebook.cells[rank:])
        about = _to_json({key: value for key, value in notebook.items() if key != "cells"})
        self._file.write(f"{rest[1:]}, {about[1:]}")
        self._file.truncate()
        self._file.flush()


class _Client(PapermillNotebookClient):
    """papermill's client, asking a shell in place of a kernel."""

    def run(self, shell: ZMQInteractiveShell, outbox: _Outbox, draft: _Draft | None) -> NotebookNode:
        self._shell, self._outbox, self._draft = shell, outbox, draft
        self.reset_execution_trackers()
        self.papermill_execute_cells()
        self.nb.metadata["language_info"] = dict(IPythonKernel.language_info)
        return self.nb

    def output(
        self, outs: list[NotebookNode], msg: dict[str, Any], display_id: str | None, cell_index: int
    ) -> NotebookNode | None:
        """The output of a message, added to the others.

        What most cells end with is not checked by itself, for as long as all the rest takes: the whole notebook is.
        """
        if msg["msg_type"] != "execute_result" or display_id or self.clear_before_next_output:
            return super().output(outs, msg, display_id, cell_index)
        outs.append(from_dict({"output_type": "execute_result", **msg["content"]}))
        return outs[-1]

    def execute_cell(self, cell: NotebookNode, cell_index: int, **options: Any) -> NotebookNode:
        if self._draft:
            # Of no use to a notebook without times, and long for papermill to read again.
            cell.metadata.papermill["start_time"] = None
        tags = cell.metadata.get("tags", [])
        if cell.cell_type != "code" or not cell.source.strip() or self.skip_cells_with_tag in tags:
            return cell
        cell.outputs = []
        self.clear_before_next_output = False
        cell.execution_count = self._shell.execution_count
        if self._draft:
            self._draft.write(self.nb, cell_index)
        with self._outbox.collecting() as messages:
            result = self._shell.run_cell(cell.source, store_history=True)
        for message in messages:
            self.process_message(message, cell, cell_index)
        if self._outbox.full:
            # What the cell made of the interruption matters less than its cause.
            cell.outputs = [output for output in cell.outputs if output.output_type != "error"]
            for output in cell.outputs:
                if output.output_type == "stream":
                    output.text = output.text[:_KEPT]
            cell.outputs.append(self._outbox.complaint())
        elif "raises-exception" in tags or (
            result.success and not self._shell._last_traceback_during_displayhook
        ):
            return cell
        errors = [output for output in cell.outputs if output.output_type == "error"]
        raise CellExecutionError.from_cell_and_msg(
            cell, errors[-1] if errors else {"ename": "", "evalue": "", "traceback": []}
        )


def _to_json(value: Any) -> str:
    return json.dumps(value, cls=BytesEncoder)


class _Outbox(Session):
    """What a cell says, in order: the messages of the shell, and what is written on descriptors 1 and 2.

    As with a kernel, what C code and other programs write is not lost. What is written between two messages
    makes one output for each stream. Beyond `limit` bytes the pipes are closed: whoever writes is told so.
    """

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit, self.size, self.full = limit, 0, False
        self._messages: list[dict[str, Any]] = []
        self._written = {name: bytearray() for name in _STREAMS}
        self._lock = threading.RLock()
        pipes = {name: os.pipe() for name in _STREAMS}
        self._readers = {name: reader for name, (reader, _) in pipes.items()}
        self._writers = {name: writer for name, (_, writer) in pipes.items()}
        for reader in self._readers.values():
            os.set_blocking(reader, False)
        # The same objects for all cells: a logger made in one of them may keep them.
        self._files = {name: _text_file(number) for name, number in _STREAMS.items()}

    def __enter__(self) -> _Outbox:
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for writer in self._writers.values():
            os.close(writer)

    @contextmanager
    def collecting(self) -> Iterator[list[dict[str, Any]]]:
        """The messages of a cell, complete at the end of the block."""
        messages: list[dict[str, Any]] = []
        self._messages = messages
        former = sys.stdout, sys.stderr
        for file in former:
            file.flush()
        kept = {number: os.dup(number) for number in _STREAMS.values()}
        for name, number in _STREAMS.items():
            os.dup2(self._writers[name], number)
        sys.stdout, sys.stderr = self._files["stdout"], self._files["stderr"]
        try:
            yield messages
        finally:
            self._flush()
            sys.stdout, sys.stderr = former
            for number, copy in kept.items():
                os.dup2(copy, number)
                os.close(copy)

    def send(
        self,
        stream: object,
        msg_or_type: Any,
        content: dict[str, Any] | None = None,
        *args: Any,
        **options: Any,
    ) -> dict[str, Any]:
        """Keep a message that the shell publishes.

        Raises:
            OutputLimitError: there is too much already; the message of an error is dropped without another.
        """
        message = msg_or_type if isinstance(msg_or_type, dict) else self.msg(msg_or_type, content)
        self._flush()
        self._count(len(self.pack(message["content"])))
        if not self.full:
            self._messages.append(message)
        elif message["msg_type"] != "error":
            raise self._complaint()
        return message

    def complaint(self) -> NotebookNode:
        """The output that says that there is too much."""
        error = self._complaint()
        name = type(error).__name__
        return new_output("error", ename=name, evalue=error.message, traceback=[f"{name}: {error.message}"])

    def _complaint(self) -> OutputLimitError:
        return OutputLimitError(f"plus de {french.number(self.limit / 1e6)} Mo affichés")

    def _flush(self) -> None:
        """Make outputs of what was written so far."""
        for file in self._files.values():
            # The reader of a full box has gone.
            with contextlib.suppress(BrokenPipeError):
                file.flush()
        with self._lock:
            self._drain()
            for name, written in self._written.items():
                if written:
                    text = written.decode("utf-8", errors="replace")
                    self._messages.append(self.msg("stream", {"name": name, "text": text}))
                    written.clear()

    def _listen(self) -> None:
        """Empty the pipes while a cell runs, so that nobody waits to write."""
        closed = False
        while not (closed or self.full):
            select.select(list(self._readers.values()), [], [])
            with self._lock:
                closed = self._drain()
        # Whoever still writes is told that nobody reads.
        for reader in self._readers.values():
            os.close(reader)

    def _drain(self) -> bool:
        """Take what the pipes hold; True once nobody can write any more."""
        closed = True
        for name, reader in self._readers.items():
            while not self.full:
                try:
                    piece = os.read(reader, 1 << 16)
                except BlockingIOError:
                    closed = False
                    break
                if not piece:
                    break
                self._written[name] += piece
                self._count(len(piece))
        return closed

    def _count(self, size: int) -> None:
        with self._lock:
            self.size += size
            self.full = self.size > self.limit


@contextmanager
def _put_back() -> Iterator[None]:
    """Put back what a notebook may set for all that follows in its process: the next finds what it would in a kernel.

    The libraries that are not loaded yet are nobody's but the notebook's; its environment is given to each (`job.run`).
    """
    folders = list(sys.path)
    with contextlib.ExitStack() as kept:
        kept.enter_context(warnings.catch_warnings())
        kept.enter_context(columns.put_back())
        if matplotlib := sys.modules.get("matplotlib"):
            kept.enter_context(matplotlib.rc_context())
        if pandas := sys.modules.get("pandas"):
            kept.enter_context(_options_put_back(pandas))
        try:
            yield
        finally:
            sys.path[:] = folders


@contextmanager
def _options_put_back(pandas: ModuleType) -> Iterator[None]:
    """Put back the options of pandas that have changed: it warns of those that it deprecates, even unchanged."""
    former = dict(_flatten(pandas.options.d))
    try:
        yield
    finally:
        for name, value in _flatten(pandas.options.d):
            if value != former.get(name, value):
                pandas.set_option(name, former[name])


def _flatten(groups: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """The options of nested groups, by their full name."""
    for name, value in groups.items():
        if isinstance(value, dict):
            yield from _flatten(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _text_file(number: int) -> io.TextIOWrapper:
    return open(number, "w", encoding="utf-8", errors="backslashreplace", closefd=False)


@contextmanager
def _open_shell(outbox: _Outbox) -> Iterator[ZMQInteractiveShell]:
    """A shell such as a kernel has, that publishes into the outbox and keeps no history."""
    os.environ["MPLBACKEND"] = INLINE
    ZMQInteractiveShell.clear_instance()
    shell = ZMQInteractiveShell.instance(
        config=Config(HistoryManager={"enabled": False}), compiler_class=XCachingCompiler
    )
    # `%matplotlib inline` and others ask for an event loop, of which there is none here.
    shell.enable_gui = lambda gui=None: None  # type: ignore[method-assign]
    for publisher in (shell.display_pub, shell.displayhook):
        publisher.session = outbox
    _spare(shell)
    draw_into(shell)
    try:
        yield shell
    finally:
        if pyplot := sys.modules.get("matplotlib.pyplot"):
            pyplot.close("all")
            # It hooks itself to one shell only.
            pyplot.uninstall_repl_displayhook()
        ZMQInteractiveShell.clear_instance()


def _spare(shell: ZMQInteractiveShell) -> None:
    """Have the shell not go through a cell for what a glance tells not to be there: a call to wait for, a last `;`."""
    waits, is_quiet, history = shell.should_run_async, shell.displayhook.quiet, shell.history_manager
    assert history is not None

    def should_run_async(raw_cell: str, **known: Any) -> bool:
        return bool(_WAITING.search(raw_cell)) and waits(raw_cell, **known)

    def quiet() -> bool:
        return ";" in history.input_hist_parsed[-1] and is_quiet()

    shell.should_run_async = should_run_async  # type: ignore[method-assign]
    shell.displayhook.quiet = quiet


def draw_into(shell: ZMQInteractiveShell) -> None:
    """Have the figures of matplotlib shown, even when it was imported before there was a shell.

    It hooks itself to the shell at its first import only: figures would silently become text.
    """
    if "matplotlib" not in sys.modules:
        return
    from IPython.core.pylabtools import activate_matplotlib, select_figure_formats
    from matplotlib_inline.backend_inline import configure_inline_support
    from matplotlib_inline.config import InlineBackend

    InlineBackend.clear_instance()
    activate_matplotlib(INLINE)
    configure_inline_support(shell, INLINE)
    # Which it does for the first shell of a process only.
    asked = InlineBackend.instance()
    select_figure_formats(shell, asked.figure_formats, **asked.print_figure_kwargs)
