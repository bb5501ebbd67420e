"""Run the cells of a notebook in this very process: an IPython shell, no kernel, no sockets.

The shell, its messages and the way they become outputs are those of ipykernel and nbclient; only what carries the
messages is ours. The process, forked by `forkserver`, serves notebooks only: they run one after the other, each with a
shell of its own.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ipykernel.ipkernel import IPythonKernel
from ipykernel.zmqshell import ZMQInteractiveShell
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode, from_dict
from nbformat.v4.nbjson import BytesEncoder
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, NotebookExecutionManager

from helpers.execution.outputs import OUTPUT_LIMIT, OutputCollector
from helpers.execution.shell import open_shell, restore_globals

# Characters left of each stream of a cell that passes the limit of outputs.
_KEPT = 10_000


class InProcessEngine(Engine):
    """papermill's engine: the cells of a notebook, one after the other, in a shell of this process."""

    @classmethod
    def execute_notebook(
        cls, *args: Any, finish: Callable[[NotebookNode], object] | None = None, **options: Any
    ) -> NotebookNode:
        """Execute a notebook; when nothing failed, call `finish` with it before papermill writes it for good."""
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
        partial: Path | None = None,
        **options: Any,
    ) -> NotebookNode:
        """Execute a notebook that papermill manages; options meant for kernels are ignored.

        Args:
            nb_man: the notebook, as papermill manages it.
            kernel_name: not used, there is no kernel.
            log_output: log what the cells print.
            stdout_file: a file where what they print is also written.
            stderr_file: the same for their standard error.
            partial: where the notebook is written before each cell, in place of papermill's own saving: that takes a
                tenth of the time, and its files say no more.
            options: not used.
        """
        client = _Client(nb_man, log_output=log_output, stdout_file=stdout_file, stderr_file=stderr_file)
        with (
            restore_globals(),
            PartialNotebook(partial) if partial else contextlib.nullcontext() as written,
            OutputCollector(OUTPUT_LIMIT) as collector,
            open_shell(collector) as shell,
        ):
            return client.run(shell, collector, written)


class PartialNotebook:
    """The file of a notebook being executed, up to date before each cell, in case the process is killed.

    It is neither validated nor indented, since the whole notebook replaces it at the end. A cell is converted to JSON
    once before it is executed, once as it is about to be, and once after.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._end, self._rank = path, 0, 0
        self._waiting: list[str] = []

    def __enter__(self) -> PartialNotebook:
        self._file = self._path.open("w", encoding="ascii")
        self._end = self._file.write('{"cells": [')
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, notebook: NotebookNode, rank: int) -> None:
        """Write the notebook, whose cell of this rank is about to be executed."""
        self._file.seek(self._end)
        for cell in notebook.cells[self._rank : rank]:
            self._end += self._file.write(f"{_to_json(cell)}, ")
        self._rank = rank
        self._waiting = self._waiting or [_to_json(cell) for cell in notebook.cells]
        rest = ", ".join([_to_json(notebook.cells[rank]), *self._waiting[rank + 1 :]])
        about = _to_json({key: value for key, value in notebook.items() if key != "cells"})
        self._file.write(f"{rest}], {about[1:]}")
        self._file.truncate()
        self._file.flush()


class _Client(PapermillNotebookClient):
    """papermill's client, asking a shell in place of a kernel."""

    def run(
        self, shell: ZMQInteractiveShell, collector: OutputCollector, partial: PartialNotebook | None
    ) -> NotebookNode:
        self._shell, self._collector, self._partial = shell, collector, partial
        self.reset_execution_trackers()
        self.papermill_execute_cells()
        self.nb.metadata["language_info"] = dict(IPythonKernel.language_info)
        return self.nb

    def output(
        self, outs: list[NotebookNode], msg: dict[str, Any], display_id: str | None, cell_index: int
    ) -> NotebookNode | None:
        """Add the output that a message describes to `outs`, and return it.

        The value of a cell, its most usual output, is not validated by itself, which would double the time of the
        rest: the whole notebook is validated at the end.
        """
        if msg["msg_type"] != "execute_result" or display_id or self.clear_before_next_output:
            return super().output(outs, msg, display_id, cell_index)
        outs.append(from_dict({"output_type": "execute_result", **msg["content"]}))
        return outs[-1]

    def execute_cell(self, cell: NotebookNode, cell_index: int, **options: Any) -> NotebookNode:
        if self._partial:
            # The times are not kept, and papermill takes long to parse them.
            cell.metadata.papermill["start_time"] = None
        tags = cell.metadata.get("tags", [])
        if cell.cell_type != "code" or not cell.source.strip() or self.skip_cells_with_tag in tags:
            return cell
        cell.outputs = []
        self.clear_before_next_output = False
        cell.execution_count = self._shell.execution_count
        if self._partial:
            self._partial.write(self.nb, cell_index)
        with self._collector.collecting() as messages:
            result = self._shell.run_cell(cell.source, store_history=True)
        for message in messages:
            self.process_message(message, cell, cell_index)
        if self._collector.full:
            # The limit is the cause: the error that the cell made of it is left out.
            cell.outputs = [output for output in cell.outputs if output.output_type != "error"]
            for output in cell.outputs:
                if output.output_type == "stream":
                    output.text = output.text[:_KEPT]
            cell.outputs.append(self._collector.limit_output())
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
