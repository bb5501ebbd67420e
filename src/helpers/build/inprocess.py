"""Run the cells of a notebook in this very process: an IPython shell, no kernel, no sockets.

The shell, the messages it publishes and the way they become outputs are those of ipykernel and nbclient: only
what carries the messages is ours. The process is the notebook's own: `forkserver` forks one for each.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import select
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ipykernel.compiler import XCachingCompiler
from ipykernel.ipkernel import IPythonKernel
from ipykernel.zmqshell import ZMQInteractiveShell
from jupyter_client.session import Session
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbformat.v4.nbjson import BytesEncoder
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, NotebookExecutionManager
from papermill.iorw import papermill_io
from traitlets.config import Config

from helpers import french
from helpers.errors import DiagnosticError

# Bytes that one notebook may show: far above any page, far below what fills a memory.
OUTPUT_LIMIT = 20_000_000
# Characters left of each stream of a cell that goes beyond.
_KEPT = 10_000
# Where matplotlib draws when nothing is said: into the notebook.
INLINE = "module://matplotlib_inline.backend_inline"

_STREAMS = {"stdout": 1, "stderr": 2}


class OutputLimitError(DiagnosticError):
    """A notebook shows or prints more than it may."""


class InProcessEngine(Engine):
    """papermill's engine: the cells of a notebook, one after the other, in a shell of this process."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        log_output: bool = False,
        stdout_file: Any = None,
        stderr_file: Any = None,
        output_limit: int = OUTPUT_LIMIT,
        **options: Any,
    ) -> NotebookNode:
        """The executed notebook. `output_limit` is in bytes; the options of kernels are left aside."""
        client = _Client(nb_man, log_output=log_output, stdout_file=stdout_file, stderr_file=stderr_file)
        with _Outbox(output_limit) as outbox, _open_shell(outbox) as shell:
            return client.run(shell, outbox)


class _Client(PapermillNotebookClient):
    """papermill's client, asking a shell in place of a kernel."""

    def run(self, shell: ZMQInteractiveShell, outbox: _Outbox) -> NotebookNode:
        self._shell, self._outbox = shell, outbox
        # What `_save` wrote last: the cells, as JSON, and the rank of the one that was about to be executed.
        self._written, self._rank = [_to_json(cell) for cell in self.nb.cells], 0
        self.reset_execution_trackers()
        with self._saving_less():
            self.papermill_execute_cells()
        self.nb.metadata["language_info"] = dict(IPythonKernel.language_info)
        return self.nb

    @contextmanager
    def _saving_less(self) -> Iterator[None]:
        """Save before each cell of code only, as plain JSON (`_save`).

        papermill saves before and after every cell, those of text included, then once more than needed at the end:
        as much as a tenth of the time of a notebook, for files that tell no more of the cell that hangs or kills its
        process. Whoever asks it for a notebook has it write the last one, whether a cell has failed or not.
        """
        save = self.nb_man.save
        self.nb_man.save = lambda **_: None
        try:
            yield
        except BaseException:
            # What is no failure of a cell stops papermill before that: it saves what there is.
            self.nb_man.save = save
            raise

    def _save(self, rank: int) -> None:
        """Write the notebook before the cell of this rank, neither checked nor indented: it is most often written again.

        Only the cells executed since the last time are put into words: writing all of them anew, before each of them,
        would cost more than the last notebook and its page.
        """
        if self.nb_man.output_path:
            changed = slice(self._rank, rank + 1)
            self._written[changed] = map(_to_json, self.nb.cells[changed])
            self._rank = rank
            about = _to_json({key: value for key, value in self.nb.items() if key != "cells"})
            text = f'{{"cells": [{", ".join(self._written)}], {about[1:]}'
            papermill_io.write(text, self.nb_man.output_path)

    def execute_cell(self, cell: NotebookNode, cell_index: int, **options: Any) -> NotebookNode:
        tags = cell.metadata.get("tags", [])
        if cell.cell_type != "code" or not cell.source.strip() or self.skip_cells_with_tag in tags:
            return cell
        cell.outputs = []
        self.clear_before_next_output = False
        cell.execution_count = self._shell.execution_count
        self._save(cell_index)
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
    draw_into(shell)
    try:
        yield shell
    finally:
        ZMQInteractiveShell.clear_instance()


def draw_into(shell: ZMQInteractiveShell) -> None:
    """Have the figures of matplotlib shown, even when it was imported before there was a shell.

    It hooks itself to the shell at its first import only: figures would silently become text.
    """
    if "matplotlib" not in sys.modules:
        return
    from IPython.core.pylabtools import activate_matplotlib
    from matplotlib_inline.backend_inline import configure_inline_support

    activate_matplotlib(INLINE)
    configure_inline_support(shell, INLINE)
