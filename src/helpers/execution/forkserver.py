"""Calls made each in a fresh process that has everything loaded: forks of one prepared process."""

from __future__ import annotations

import atexit
import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from helpers.execution import template_process

# Seconds that the prepared process may take to load everything, and to end.
_LOADING, _PATIENCE = 120, 5

# Not as a script: what it sends is of the module that this process knows.
_START = f"from {template_process.__name__} import main; main()"

# The prepared process of another program, which it tells the programs it starts.
ADDRESS = "HELPERS_FORKSERVER"


class ServerError(Exception):
    """There is no prepared process to fork: says why, in French."""


class LostError(ServerError):
    """The prepared process has ended, and all its children with it."""


class DiedError(Exception):
    """The process of a call has ended without an answer. `code`: its exit code, or minus the signal."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Call:
    """Functions called in turn in a process of their own, whose process group is that process's number, `pid`."""

    def __init__(self, address: str, functions: Sequence[Callable[[], Any]]) -> None:
        """Send the functions, which must be picklable.

        Raises:
            ServerError: nobody answers, or the answer is a refusal.
        """
        self._code: int | None = None
        self._count = len(functions)
        self._socket = socket.socket(socket.AF_UNIX)
        try:
            self._socket.connect(address)
            self._connection = Connection(os.dup(self._socket.fileno()))
            self._connection.send(functions)
            if not self._connection.poll(_LOADING):
                raise TimeoutError
            greeting = self._connection.recv()
        except (OSError, EOFError) as error:
            self._socket.close()
            raise LostError(f"le processus préparé ne répond pas ({type(error).__name__})") from error
        if isinstance(greeting, template_process.RefusedError):
            self.close()
            raise ServerError(str(greeting))
        self.pid: int = greeting

    def results(self, timeout: float | None = None) -> Iterator[Any]:
        """What each function returns, as it comes; raises what one raises, which is the last.

        The process and all that it has started have ended before the last answer or the exception, and when whoever
        reads the answers goes away before.

        Raises:
            TimeoutError: a function has not answered in time.
            DiedError: the process ended without an answer.
            LostError: the prepared process ended, and its children with it.
        """
        try:
            for left in reversed(range(self._count)):
                if not self._connection.poll(timeout):
                    raise TimeoutError
                try:
                    answer = self._connection.recv()
                except (OSError, EOFError) as error:
                    raise LostError("le processus préparé s'est arrêté") from error
                if isinstance(answer, template_process.Ended):
                    raise DiedError(answer.code)
                if isinstance(answer, Exception):
                    raise answer
                if not left:
                    self._end()
                yield answer
        finally:
            self._end()

    def poll(self) -> int | None:
        """The exit code once the process has ended, or nothing; -9 when the prepared process has gone too."""
        if self._connection.closed:
            return self._code
        try:
            while self._connection.poll():
                if isinstance(answer := self._connection.recv(), template_process.Ended):
                    self._code = answer.code
                    self.close()
                    return self._code
        except (OSError, EOFError):
            self._code = -9
            self.close()
            return self._code
        return None

    def _end(self) -> None:
        """Let go of the process, once it has ended: it is killed if it is still at work."""
        if self._connection.closed:
            return
        self.kill()
        # A prepared process that has ended is not waited for: its children ended with it.
        with contextlib.suppress(OSError, EOFError):
            while not isinstance(self._connection.recv(), template_process.Ended):
                continue
        self.close()

    def kill(self) -> None:
        """Have the process and what it started killed; its end is still to be waited for."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """Let go of the process: it is killed if it is still at work."""
        self._connection.close()
        self._socket.close()


class ForkServer:
    """The prepared process of this program: started when first needed, or ahead, and closed with the program.

    Safe to use from several threads. It listens in a folder that only this user may enter.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def __enter__(self) -> ForkServer:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """The number of the prepared process, when there is one."""
        return self._process.pid if self._process else None

    def start(self) -> str:
        """Start the process unless it is there, without waiting for it to be ready; where it listens.

        Raises:
            ServerError: this system cannot fork a prepared process.
        """
        if sys.platform != "linux":
            raise ServerError("ce système ne permet pas de dupliquer sans risque un processus préparé")
        with self._lock:
            if self._process is not None and self._process.poll() is None:
                return self._address
            self._stop()
            try:
                self._folder = tempfile.TemporaryDirectory(prefix="diagnostic-")
                with socket.socket(socket.AF_UNIX) as listener:
                    listener.bind(self._address)
                    Path(self._address).chmod(0o600)
                    listener.listen(64)
                    # Calls wait in the queue of the socket until the process has loaded all it needs.
                    self._process = subprocess.Popen(
                        [sys.executable, "-P", "-c", _START, str(listener.fileno())],
                        pass_fds=[listener.fileno()],
                        # The process ends with this one: then, and only then, its standard input closes.
                        stdin=subprocess.PIPE,
                        stdout=subprocess.DEVNULL,
                        stderr=subprocess.DEVNULL,
                        env={**os.environ, **template_process.ENVIRONMENT},
                        # Not the business of the terminal's Ctrl-C: this process answers for it.
                        start_new_session=True,
                    )
            except OSError as error:
                self._stop()
                raise ServerError(f"le processus préparé ne démarre pas ({error})") from error
            return self._address

    def call(self, *functions: Callable[[], Any]) -> Call:
        """Have functions called in turn in a fork.

        Raises:
            ServerError: as `start`, and when the process refuses.
        """
        return Call(self.start(), functions)

    def run(self, functions: Sequence[Callable[[], Any]], *, timeout: float | None = None) -> Iterator[Any]:
        """What functions return, called in turn in one fork; see `Call.results`.

        A prepared process that ends in the middle is replaced once, and what it has not answered called again.

        Raises:
            ServerError: as `call`, and when the new process ends too.
        """
        done, replaced = 0, False
        while done < len(functions):
            address = self.start()
            try:
                for answer in Call(address, functions[done:]).results(timeout):
                    done += 1
                    yield answer
            except LostError:
                if replaced:
                    raise
                self._forget(address)
                replaced = True

    def close(self) -> None:
        """End the process and all its children."""
        with self._lock:
            self._stop()

    def _forget(self, address: str) -> None:
        """End the process that listens there, unless another thread has already replaced it."""
        with self._lock:
            if address == self._address:
                self._stop()

    @property
    def _address(self) -> str:
        return str(Path(self._folder.name, "socket")) if self._folder else ""

    def _stop(self) -> None:
        if self._process is not None:
            assert self._process.stdin is not None
            self._process.stdin.close()
            self._process.terminate()
            try:
                self._process.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None


@cache
def default() -> ForkServer:
    """The prepared process that this program shares among its threads, closed at its end."""
    server = ForkServer()
    atexit.register(server.close)
    return server
