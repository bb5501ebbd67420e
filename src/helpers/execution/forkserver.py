"""Call functions in new processes that have every library loaded: forks of one template process."""

from __future__ import annotations

import atexit
import contextlib
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from multiprocessing.connection import Connection
from typing import Any

from helpers.execution import template_process
from helpers.execution.template_process import DiedError, ServerError

# Seconds that the template process may take to load everything, and to end.
_LOADING, _PATIENCE = 120, 5

# Imported rather than run as a script: the objects that it pickles must belong to a module known here.
_START = f"from {template_process.__name__} import main; main()"


class LostError(ServerError):
    """The template process has ended, and all its children with it."""


class Call:
    """Functions called in turn in one fork, whose number is `pid` (also that of its process group)."""

    def __init__(self, server: socket.socket, functions: Sequence[Callable[[], Any]]) -> None:
        """Send the functions, which must be picklable, to a fork that the template process makes.

        `server` is the socket that asks it for one.

        Raises:
            ServerError: the template process does not answer, or refuses.
        """
        self._code: int | None = None
        self._count = len(functions)
        self._socket, theirs = socket.socketpair()
        self._connection = Connection(os.dup(self._socket.fileno()))
        try:
            with theirs:
                socket.send_fds(server, [b"\0"], [theirs.fileno()])
            self._connection.send(functions)
            if not self._connection.poll(_LOADING):
                raise TimeoutError
            greeting = self._connection.recv()
        except (OSError, EOFError) as error:
            self.close()
            raise LostError(f"le processus préparé ne répond pas ({type(error).__name__})") from error
        if isinstance(greeting, ServerError):
            self.close()
            raise greeting
        self.pid: int = greeting

    def results(self, timeout: float | None = None) -> Iterator[Any]:
        """Yield what each function returns, as soon as it is known; raise what one raises, which ends the call.

        The fork and all that it started have ended before the last answer or the exception is given, and when the
        reader closes the generator earlier. `timeout` is in seconds, for each function.

        Raises:
            TimeoutError: a function has not answered in time.
            DiedError: the process ended without an answer.
            LostError: the template process ended, and its children with it.
        """
        try:
            for left in reversed(range(self._count)):
                if not self._connection.poll(timeout):
                    raise TimeoutError
                try:
                    answer = self._connection.recv()
                except (OSError, EOFError) as error:
                    raise LostError("le processus préparé s'est arrêté") from error
                if isinstance(answer, Exception):
                    raise answer
                if not left:
                    self._end()
                yield answer
        finally:
            self._end()

    def poll(self) -> int | None:
        """Return the exit code once the fork has ended, nothing before; -9 when the template process ended too."""
        try:
            while self._code is None and self._connection.poll():
                if isinstance(answer := self._connection.recv(), DiedError):
                    self._code = answer.code
        except (OSError, EOFError):
            self._code = -9
        if self._code is not None:
            self.close()
        return self._code

    def _end(self) -> None:
        """Kill the fork if it is still running, wait for its end, close the connection."""
        if self._connection.closed:
            return
        self.kill()
        # A template process that has ended is not waited for: its children ended with it.
        with contextlib.suppress(OSError, EOFError):
            while not isinstance(self._connection.recv(), DiedError):
                continue
        self.close()

    def kill(self) -> None:
        """Ask for the fork and what it started to be killed, without waiting for their end."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """Close the connection: the template process then kills the fork if it is still running."""
        self._connection.close()
        self._socket.close()


class ForkServer:
    """The template process of this program, as seen from here: started when first needed, closed with the program.

    Safe to use from several threads. Nobody else can ask it anything: its socket has no name.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Return the number of the template process, nothing when there is none."""
        return self._process.pid if self._process else None

    def start(self) -> socket.socket:
        """Start the template process unless it is running, without waiting for it to be ready.

        Returns:
            The socket that asks it for forks. Calls wait there until the process has loaded everything.

        Raises:
            ServerError: this system cannot fork such a process safely.
        """
        if sys.platform != "linux":
            raise ServerError("ce système ne permet pas de dupliquer sans risque un processus préparé")
        with self._lock:
            if self._process is None or self._process.poll() is not None:
                self._stop()
                try:
                    self._process, self._requests = _launch()
                except OSError as error:
                    raise ServerError(f"le processus préparé ne démarre pas ({error})") from error
            return self._requests

    def run(self, functions: Sequence[Callable[[], Any]], *, timeout: float | None = None) -> Iterator[Any]:
        """Call functions in turn in one fork and yield what they return; see `Call.results`.

        A template process that ends in the middle is replaced once, and the functions left are called again.

        Raises:
            ServerError: as `start` and `Call`, and when the new process ends too.
        """
        done, replaced = 0, False
        while done < len(functions):
            requests = self.start()
            try:
                for answer in Call(requests, functions[done:]).results(timeout):
                    done += 1
                    yield answer
            except LostError:
                if replaced:
                    raise
                self._forget(requests)
                replaced = True

    def close(self) -> None:
        """End the template process and all its children."""
        with self._lock:
            self._stop()

    def _forget(self, requests: socket.socket) -> None:
        """End the process that these requests go to, unless another thread has already replaced it."""
        with self._lock:
            if requests is self._requests:
                self._stop()

    def _stop(self) -> None:
        if self._process is not None:
            self._requests.close()
            self._process.terminate()
            try:
                self._process.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None


def _launch() -> tuple[subprocess.Popen[bytes], socket.socket]:
    """Launch a template process; return it and the socket that asks it for forks."""
    ours, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-P", "-c", _START],
            # It closes when this process ends: the template process then ends too.
            stdin=theirs.fileno(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **template_process.ENVIRONMENT},
            # Ctrl-C in the terminal must not reach it: this process decides when it ends.
            start_new_session=True,
        )
    return process, ours


@cache
def default() -> ForkServer:
    """Return the template process that the threads of this program share, closed at the end of the program."""
    server = ForkServer()
    atexit.register(server.close)
    return server
