"""Run notebooks: the one door, whatever runs them."""

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

from helpers.errors import ParameterError
from helpers.execution import forkserver, notebook_run
from helpers.execution.forkserver import DiedError, ServerError
from helpers.execution.notebook_run import Job
from helpers.execution.template_process import outcome_of

# `papermill`: a kernel for each notebook, whatever the system can do.
ENGINE = "HELPERS_ENGINE"

# Seconds and megabytes: a notebook of the project takes about one second and three hundred megabytes.
_TIMEOUT, _MEMORY = 900, 4000


def prepare() -> None:
    """Start what will run the notebooks, without waiting for it; where it cannot be, `execute` will say why."""
    if not _is_forced():
        with contextlib.suppress(ServerError):
            forkserver.default().start()


def execute(jobs: Sequence[Job], *, timeout: int = _TIMEOUT, memory: int = _MEMORY) -> Generator[Any]:
    """What comes of each notebook in turn (`Job.then`, else the notebook), also written at its destination.

    The notebooks share a process that is theirs alone, a fork of a prepared one: what a notebook sets in its libraries,
    its environment and its folder is put back before the next, and a process that ends stops them all. Where there is
    no prepared process, papermill and a kernel run each of them (the reason is logged once). Safe to call from several
    threads; nothing of the notebooks runs any more after the last of them, or once the iterator is closed. `timeout` is
    in seconds, for each notebook; `memory` in megabytes.

    Raises:
        BuildError: a cell failed, or the notebook took too long, too much memory, or ended Python.
        ParameterError: `HELPERS_ENGINE` names no engine.
    """
    done = 0
    runs = [partial(notebook_run.run, asked, memory=memory, environment=dict(os.environ)) for asked in jobs]
    try:
        if not _is_forced():
            try:
                for answer in forkserver.default().run(runs, timeout=timeout):
                    done += 1
                    yield answer
            except ServerError as error:
                _say(str(error))
        while done < len(runs):
            with tempfile.TemporaryDirectory(prefix="diagnostic-") as runtime:
                answer = _run_apart(partial(runs[done], runtime=Path(runtime)), timeout=timeout)
            done += 1
            yield answer
    except DiedError as error:
        raise notebook_run.died(jobs[done]) from error
    except TimeoutError as error:
        raise notebook_run.late(jobs[done], timeout) from error


def _is_forced() -> bool:
    """True when papermill is asked for."""
    asked = os.environ.get(ENGINE, "")
    if asked not in ("", "papermill"):
        raise ParameterError(
            f"{ENGINE} = {asked!r} n'est pas un moteur connu.",
            remedy="Écrivez engine=papermill, ou rien pour le moteur rapide.",
        )
    return bool(asked)


@cache
def _say(reason: str) -> None:
    logging.getLogger(__name__).warning("Carnets exécutés par papermill, plus lentement : %s.", reason)


def _run_apart(function: partial[Any], *, timeout: float) -> Any:
    """What a function returns, called in a new Python: papermill changes the directory of its process, whatever the threads."""
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
                for started in [*psutil.Process(process.pid).children(recursive=True), process]:
                    started.kill()
    if not answer:
        raise DiedError(process.returncode)
    outcome = pickle.loads(answer)
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def answer() -> None:
    """Make the call that the standard input brings, and write its outcome where the standard output was."""
    with os.fdopen(os.dup(1), "wb") as answer:
        os.dup2(2, 1)
        pickle.dump(outcome_of(pickle.load(sys.stdin.buffer)), answer)
