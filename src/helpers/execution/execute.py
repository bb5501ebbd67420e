"""Execute notebooks, by the fast engine or by papermill: the only entry point of this folder."""

from __future__ import annotations

import contextlib
import logging
import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Generator, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

import psutil

from helpers.errors import ParameterError, quote
from helpers.execution import forkserver, notebook_run
from helpers.execution.notebook_run import BrokenEngineError, NotebookRun
from helpers.execution.template_process import DiedError, ServerError, outcome_of

# `papermill` asks for a kernel for each notebook, even where the fast engine could run it.
ENGINE = "HELPERS_ENGINE"

# Seconds and megabytes: a notebook of the project takes about one second and three hundred megabytes.
_TIMEOUT, _MEMORY = 900, 4000
# Bytes of a folder where the sockets of a kernel can still be named.
_LONGEST_FOLDER = 65


def prepare() -> None:
    """Start the template process without waiting for it; where it cannot start, `execute` will say why."""
    if not _is_papermill_asked():
        with contextlib.suppress(ServerError):
            forkserver.default().start()


def execute(runs: Sequence[NotebookRun], *, timeout: int = _TIMEOUT, memory: int = _MEMORY) -> Generator[Any]:
    """Execute notebooks one after the other, each written at its destination.

    They share one process, a fork of the template process: what a notebook changes in its libraries, its environment
    and its folder is restored before the next, and if the process ends none of the following is executed; one that
    was killed, which is seldom the notebook's doing, is run once more. Where there is no template process, or where
    the fast engine itself fails, papermill and a kernel execute each of them (the reason is logged once). Safe to
    call from several threads. Nothing is still running after the last notebook, or once the generator is closed.

    Args:
        runs: the notebooks.
        timeout: seconds that each notebook may take.
        memory: megabytes that each notebook may use.

    Yields:
        For each notebook, what `NotebookRun.then` returns; the executed notebook when there is no `then`.

    Raises:
        BuildError: a cell failed, or the notebook took too long, too much memory, or ended Python.
        ParameterError: `HELPERS_ENGINE` names no engine.
    """
    done, killed = 0, -1
    calls = [partial(notebook_run.run, asked, memory=memory, environment=asked.environment) for asked in runs]
    while done < len(calls):
        try:
            for answer in _run(calls[done:], timeout=timeout):
                done += 1
                yield answer
        except DiedError as error:
            if error.code != notebook_run.KILLED or killed == done:
                raise notebook_run.process_ended(runs[done], error.code) from error
            killed = done
        except TimeoutError as error:
            raise notebook_run.too_long(runs[done], timeout) from error


def _run(calls: Sequence[partial[Any]], *, timeout: float) -> Generator[Any]:
    """Call functions in a fork of the template process, those that it cannot in a new Python each."""
    done = 0
    if not _is_papermill_asked():
        try:
            for answer in forkserver.default().run(calls, timeout=timeout):
                done += 1
                yield answer
        except (ServerError, BrokenEngineError) as error:
            _warn_once(str(error))
    for call in calls[done:]:
        with tempfile.TemporaryDirectory(prefix="diagnostic-", dir=_short_folder()) as runtime:
            answer = _call_in_new_python(partial(call, runtime=Path(runtime)), timeout=timeout)
        yield answer


def _short_folder() -> str:
    """Return the folder of temporary files or, where its path is too long for the name of a socket, that of the system.

    The name of a socket has at most 107 bytes (104 on macOS); those made here take up to 40 after the folder.
    """
    folder = tempfile.gettempdir()
    return folder if len(os.fsencode(folder)) <= _LONGEST_FOLDER else "/tmp"


def _is_papermill_asked() -> bool:
    """Tell whether the environment asks for papermill."""
    asked = os.environ.get(ENGINE, "")
    if asked not in ("", "papermill"):
        raise ParameterError(
            f"{ENGINE} = {quote(asked)} n'est pas un moteur connu.",
            remedy="Écrivez engine=papermill, ou rien pour le moteur rapide.",
        )
    return bool(asked)


@cache
def _warn_once(reason: str) -> None:
    logging.getLogger(__name__).warning("Carnets exécutés par papermill, plus lentement : %s.", reason)


def _call_in_new_python(function: partial[Any], *, timeout: float) -> Any:
    """Call a function in a new Python: papermill changes the working directory of its process for all its threads.

    Returns what the function returns, raises what it raises; `DiedError` when Python ends without an answer.
    """
    command = [sys.executable, "-P", "-c", f"from {__name__} import answer; answer()"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        try:
            answer, _ = process.communicate(pickle.dumps(function), timeout)
        except subprocess.TimeoutExpired as error:
            raise TimeoutError from error
        finally:
            if process.poll() is None:
                started = psutil.Process(process.pid).children(recursive=True)
                process.kill()
                for child in started:
                    # One may have ended by itself.
                    with contextlib.suppress(psutil.NoSuchProcess):
                        child.kill()
    if not answer:
        raise DiedError(process.returncode)
    outcome = pickle.loads(answer)
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def answer() -> None:
    """Call the function that arrives pickled on the standard input; write its outcome on the standard output."""
    with os.fdopen(os.dup(1), "wb") as answer:
        os.dup2(2, 1)
        pickle.dump(outcome_of(pickle.load(sys.stdin.buffer)), answer)
