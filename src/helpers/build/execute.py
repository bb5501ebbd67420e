"""Run one notebook: the one door, whatever runs it."""

from __future__ import annotations

import contextlib
import logging
import os
import pickle
import subprocess
import sys
import tempfile
from functools import cache, partial
from pathlib import Path
from typing import Any

import nbformat
import psutil
from nbformat import NotebookNode

from helpers.build import forkserver, job
from helpers.build.forkserver import DiedError, ServerError
from helpers.build.job import Job, Then
from helpers.build.preloaded import outcome_of
from helpers.errors import ParameterError

# `papermill`: a kernel for each notebook, whatever the system can do.
ENGINE = "HELPERS_ENGINE"

# Seconds and megabytes: a notebook of the project takes about one second and three hundred megabytes.
_TIMEOUT, _MEMORY = 900, 4000


def prepare() -> None:
    """Start what will run the notebooks, without waiting for it; where it cannot be, `execute` will say why."""
    if not _is_forced():
        with contextlib.suppress(ServerError):
            forkserver.default().start()


def execute(
    notebook: Path,
    destination: Path,
    then: Then | None = None,
    /,
    *,
    parameters: dict[str, Any],
    subject: str,
    timeout: int = _TIMEOUT,
    memory: int = _MEMORY,
) -> NotebookNode:
    """The executed notebook, also written at `destination`. `subject` names the commune in errors.

    Each notebook has a process of its own: a fork of a prepared one, or papermill and a kernel where there is none
    (the reason is logged once). Safe to call from several threads; returns when nothing of the notebook runs any
    more. `timeout` is in seconds, `memory` in megabytes. `then` is called with the executed notebook in the same
    process, and must be picklable: `partial(write_page, ...)`.

    Raises:
        BuildError: a cell failed, or the notebook took too long, too much memory, or ended Python.
        ParameterError: `HELPERS_ENGINE` names no engine.
    """
    asked = Job(
        notebook=notebook.resolve(),
        destination=destination.resolve(),
        parameters=parameters,
        subject=subject,
        memory=memory,
        then=then,
    )
    run = partial(job.run, asked, environment=dict(os.environ))
    try:
        if not _is_forced():
            try:
                forkserver.default().run(run, timeout=timeout)
            except ServerError as error:
                _say(str(error))
            else:
                return nbformat.read(destination, as_version=4)
        with tempfile.TemporaryDirectory(prefix="diagnostic-") as runtime:
            _run_apart(partial(run, runtime=Path(runtime)), timeout=timeout)
    except DiedError as error:
        raise job.died(asked) from error
    except TimeoutError as error:
        raise job.late(asked, timeout) from error
    return nbformat.read(destination, as_version=4)


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


def _run_apart(function: partial[None], *, timeout: float) -> None:
    """Call a function in a new Python: papermill changes the directory of its process, whatever the threads."""
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


def answer() -> None:
    """Make the call that the standard input brings, and write its outcome where the standard output was."""
    with os.fdopen(os.dup(1), "wb") as answer:
        os.dup2(2, 1)
        pickle.dump(outcome_of(pickle.load(sys.stdin.buffer)), answer)
