"""Collect what the cells of a notebook show and print, up to a limit."""

from __future__ import annotations

import contextlib
import io
import os
import select
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from jupyter_client.session import Session
from nbformat import NotebookNode
from nbformat.v4 import new_output

from helpers import french
from helpers.errors import DiagnosticError

# Bytes that one notebook may show: far above any page, far below what fills the memory.
OUTPUT_LIMIT = 20_000_000

_STREAMS = {"stdout": 1, "stderr": 2}


class OutputLimitError(DiagnosticError):
    """A notebook shows or prints more than it may."""


class OutputCollector(Session):
    """Collects in order the messages of a shell and what is written on file descriptors 1 and 2.

    As with a kernel, what C code and other programs write is kept too. What is written between two messages makes one
    output for each stream. Beyond `limit` bytes the pipes are closed, and writing fails.
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
        # The same objects for all cells: a logger made in one cell may keep them.
        self._files = {name: _text_file(number) for name, number in _STREAMS.items()}

    def __enter__(self) -> OutputCollector:
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for writer in self._writers.values():
            os.close(writer)

    @contextmanager
    def collecting(self) -> Iterator[list[dict[str, Any]]]:
        """Collect the messages of a cell: a list that is complete at the end of the block."""
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
            OutputLimitError: the limit is passed; for the message of an error nothing is raised, it is dropped.
        """
        message = msg_or_type if isinstance(msg_or_type, dict) else self.msg(msg_or_type, content)
        self._flush()
        self._count(len(self.pack(message["content"])))
        if not self.full:
            self._messages.append(message)
        elif message["msg_type"] != "error":
            raise self._limit_error()
        return message

    def limit_output(self) -> NotebookNode:
        """Make the output that says that the limit is passed."""
        error = self._limit_error()
        name = type(error).__name__
        return new_output("error", ename=name, evalue=error.message, traceback=[f"{name}: {error.message}"])

    def _limit_error(self) -> OutputLimitError:
        return OutputLimitError(f"plus de {french.number(self.limit / 1e6)} Mo affichés")

    def _flush(self) -> None:
        """Make messages of what was written so far."""
        for file in self._files.values():
            # Beyond the limit nobody reads any more.
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
        """Empty the pipes while cells run, so that writing never waits."""
        closed = False
        while not (closed or self.full):
            select.select(list(self._readers.values()), [], [])
            with self._lock:
                closed = self._drain()
        # Writing fails from now on.
        for reader in self._readers.values():
            os.close(reader)

    def _drain(self) -> bool:
        """Read what the pipes hold; return True once their other ends are closed."""
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
