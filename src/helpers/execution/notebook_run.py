"""Run one notebook with papermill in a process of its own, and say clearly what failed."""

from __future__ import annotations

import logging
import os
import resource
import signal
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers import paths
from helpers.errors import BuildError, DiagnosticError
from helpers.execution import engine

if TYPE_CHECKING:
    from nbformat import NotebookNode
    from papermill.exceptions import PapermillExecutionError

# The exit code of a process that was killed.
KILLED = -signal.SIGKILL

Then = Callable[["NotebookNode"], Any]


class BrokenEngineError(DiagnosticError):
    """The fast engine has failed, and no cell of the notebook: papermill may still execute it."""


@dataclass(frozen=True)
class NotebookRun:
    """One notebook to run: where it is, where the executed one goes, for which commune, with what parameters."""

    notebook: Path
    destination: Path
    parameters: dict[str, Any]
    # The commune, as errors name it.
    subject: str
    # Called with the executed notebook, in the same process; must be picklable, and so must what it returns.
    then: Then | None = None
    # For documents: its exhibits draw what pages do not show.
    for_documents: bool = False

    @property
    def environment(self) -> dict[str, str]:
        """The environment of its cells: that of this process, and what it is for."""
        return {**os.environ, **({paths.DOCUMENTS: "1"} if self.for_documents else {})}

    @property
    def label(self) -> str:
        """Name the run at the head of its errors: `Hem (59), 2_logement`."""
        return f"{self.subject}, {self.notebook.stem}"


def run(asked: NotebookRun, *, memory: int, environment: dict[str, str], runtime: Path | None = None) -> Any:
    """Execute a notebook and write it at its destination, without paths nor times.

    The cells run in this process, which serves notebooks only, or in a kernel whose sockets are in the folder
    `runtime`. The environment, the limit of memory (megabytes) and the working directory become those of the notebook.

    Returns:
        What `asked.then` returns for the executed notebook; the executed notebook itself when there is no `then`.

    Raises:
        BuildError: a cell failed; names the commune, the notebook, the heading above the cell, the exception and the
            partial notebook.
        BrokenEngineError: the fast engine failed.
    """
    os.environ.clear()
    os.environ.update(environment)
    _limit_memory(memory)
    # papermill loads the whole Jupyter stack, in a second: imported only when a notebook runs.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import papermill

    logging.getLogger("papermill").setLevel(logging.WARNING)
    notebook, destination = asked.notebook.resolve(), asked.destination.resolve()
    options = _kernel_options(runtime) if runtime else _engine_options(destination)
    with _report_errors(asked, fast=not runtime):
        executed = papermill.execute_notebook(
            notebook,
            destination,
            parameters=asked.parameters,
            kernel_name="python3",
            progress_bar=False,
            cwd=notebook.parent,
            **options,
        )
    if runtime:
        scrub(executed)
        papermill.iorw.write_ipynb(executed, str(destination))
    return asked.then(executed) if asked.then else executed


@contextmanager
def _report_errors(asked: NotebookRun, *, fast: bool) -> Iterator[None]:
    """Turn what an execution raises into the errors of `run`; `fast`: by the fast engine."""
    from nbclient.exceptions import DeadKernelError
    from papermill.exceptions import PapermillException, PapermillExecutionError

    try:
        yield
    except PapermillExecutionError as error:
        raise _cell_failed(asked, error) from error
    # Short of memory in a cell, the cell fails; here, it is the outputs of the cells that cannot be kept.
    except MemoryError as error:
        raise process_ended(asked, KILLED) from error
    except DeadKernelError as error:
        raise process_ended(asked) from error
    except PapermillException as error:
        raise BuildError(
            f"{asked.label} : {error}", remedy="Vérifiez que le carnet s'ouvre dans JupyterLab."
        ) from error
    except (OSError, DiagnosticError):
        raise
    except Exception as error:
        if not fast:
            raise
        raise BrokenEngineError(f"le moteur rapide a échoué ({type(error).__name__}: {error})") from error


def _cell_failed(asked: NotebookRun, error: PapermillExecutionError) -> BuildError:
    """Make the error of a notebook of which a cell failed."""
    heading, exception = _heading_above(asked.destination), f"{error.ename}: {error.evalue}"
    return BuildError(
        f"{asked.label} : la cellule {error.exec_count} (sous « {heading} ») a échoué : {exception}",
        remedy=_open_partial(asked),
        heading=heading,
        exception=exception,
    )


def scrub(notebook: NotebookNode) -> None:
    """Remove from an executed notebook the paths and times of the machine that ran it."""
    notebook.metadata.pop("papermill", None)
    for cell in notebook.cells:
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)


def process_ended(asked: NotebookRun, code: int | None = None) -> BuildError:
    """Make the error of a notebook whose process has ended by itself, or was killed.

    `code` is its exit code, or minus the signal; nothing where it is not known.
    """
    ended = f"{asked.label} : Python s'est arrêté pendant l'exécution"
    memory = "Libérez de la mémoire (fermez d'autres programmes ou carnets, ou donnez jobs=1), puis relancez."
    if code is None:
        return BuildError(f"{ended}.", remedy=memory)
    if code >= 0:
        return BuildError(
            f"{ended} : une cellule y a mis fin (code {code}).",
            remedy="Ôtez du carnet ce qui arrête Python (exit, quit, os._exit).",
        )
    if code == KILLED:
        return BuildError(f"{ended} : il a été tué, sans doute faute de mémoire.", remedy=memory)
    # Python names no signal beyond the usual ones.
    known = {one.value: one.name for one in signal.Signals}
    name = known.get(-code, f"signal {-code}")
    return BuildError(
        f"{ended} : une bibliothèque l'a fait planter ({name}).",
        remedy="Relancez ; si cela se répète, cherchez la cellule en ouvrant le carnet dans JupyterLab (make lab).",
    )


def too_long(asked: NotebookRun, seconds: float) -> BuildError:
    """Make the error of a notebook that was stopped after `seconds`."""
    return BuildError(
        f"{asked.label} : arrêté au bout de {seconds:g} s, sans être arrivé à la fin.",
        remedy=_open_partial(asked),
    )


def _open_partial(asked: NotebookRun) -> str:
    return f"Ouvrez le carnet partiel : {asked.destination}"


def _limit_memory(megabytes: int) -> None:
    """Limit the memory of this process: an allocation beyond the limit fails in the cell that asks for it.

    The limit is on data (heap and private mappings): files mapped in memory and address space that is only reserved,
    as libraries do by the gigabyte, do not count. Watching the memory in use would be too late for a cell that asks
    for all the memory at once, and could not name that cell.
    """
    _, highest = resource.getrlimit(resource.RLIMIT_DATA)
    wanted = megabytes * 1_000_000
    # A session may be bounded already (`ulimit -d`).
    allowed = wanted if highest == resource.RLIM_INFINITY else min(wanted, highest)
    resource.setrlimit(resource.RLIMIT_DATA, (allowed, highest))


def _engine_options(partial: Path) -> dict[str, Any]:
    return {
        "engine_name": engine.NAME,
        "request_save_on_cell_execute": False,
        "partial": partial,
        "finish": scrub,
    }


def _kernel_options(runtime: Path) -> dict[str, Any]:
    from traitlets.config import Config

    # Local sockets: no port to race for, nothing on the network.
    manager = {
        "connection_file": str(runtime / "kernel.json"),
        "transport": "ipc",
        "ip": str(runtime / "kernel"),
    }
    # A graceful shutdown sometimes takes seconds, and nothing is left to save.
    return {"shutdown_kernel": "immediate", "config": Config(KernelManager=manager)}


def _heading_above(notebook: Path) -> str:
    """Find the last heading before the first failing cell of a partial notebook."""
    import nbformat

    heading = "début du carnet"
    for cell in nbformat.read(notebook, as_version=4).cells:
        if cell.cell_type == "markdown":
            lines = [line.lstrip("# ") for line in cell.source.splitlines() if line.startswith("#")]
            heading = lines[-1] if lines and "papermill-error" not in cell.source else heading
        elif any(output.output_type == "error" for output in cell.get("outputs", [])):
            break
    return heading
