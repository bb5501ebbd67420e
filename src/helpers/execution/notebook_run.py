"""Run one notebook with papermill in a process of its own, and say clearly what failed."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.errors import BuildError
from helpers.execution import engine

if TYPE_CHECKING:
    from nbformat import NotebookNode

Then = Callable[["NotebookNode"], Any]


@dataclass(frozen=True)
class Job:
    """One notebook to run: from where to where, for whom, with what."""

    notebook: Path
    destination: Path
    parameters: dict[str, Any]
    # The commune, as errors name it.
    subject: str
    # What is to be made of the executed notebook, in the same process; must be picklable, and so must what it returns.
    then: Then | None = None

    @property
    def label(self) -> str:
        """What errors begin with: `Hem (59), 2_logement`."""
        return f"{self.subject}, {self.notebook.stem}"


def run(job: Job, *, memory: int, environment: dict[str, str], runtime: Path | None = None) -> Any:
    """Write the executed notebook, without paths nor times; what `then` makes of it, the notebook without it.

    The cells run in this process, which is given up to notebooks, or in a kernel whose sockets are in the folder
    `runtime`. The environment, the limit of memory (megabytes) and the working directory become those of the notebook.

    Raises:
        BuildError: a cell failed; names the commune, the notebook, the heading above the cell, the
            exception and the partial notebook.
    """
    os.environ.clear()
    os.environ.update(environment)
    _limit_memory(memory)
    # papermill loads the Jupyter stack: imported when a notebook runs, not before, as all that comes with it.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import papermill
        from nbclient.exceptions import DeadKernelError
        from papermill.exceptions import PapermillException, PapermillExecutionError

    logging.getLogger("papermill").setLevel(logging.WARNING)
    notebook, destination = job.notebook.resolve(), job.destination.resolve()
    options = _kernel_options(runtime) if runtime else _engine_options(destination)
    try:
        executed = papermill.execute_notebook(
            notebook,
            destination,
            parameters=job.parameters,
            kernel_name="python3",
            progress_bar=False,
            cwd=notebook.parent,
            **options,
        )
    except PapermillExecutionError as error:
        heading, exception = _heading_above(job.destination), f"{error.ename}: {error.evalue}"
        raise BuildError(
            f"{job.label} : la cellule {error.exec_count} (sous « {heading} ») a échoué : {exception}",
            remedy=_open_partial(job),
            heading=heading,
            exception=exception,
        ) from error
    # Memory that lacks in a cell is an error of the cell; here, it lacks to keep what the cells show.
    except (DeadKernelError, MemoryError) as error:
        raise died(job) from error
    except PapermillException as error:
        raise BuildError(
            f"{job.label} : {error}", remedy="Vérifiez que le carnet s'ouvre dans JupyterLab."
        ) from error
    if runtime:
        scrub(executed)
        papermill.iorw.write_ipynb(executed, str(destination))
    return job.then(executed) if job.then else executed


def scrub(notebook: NotebookNode) -> None:
    """Take out of an executed notebook the paths and times of the machine that ran it."""
    notebook.metadata.pop("papermill", None)
    for cell in notebook.cells:
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)


def died(job: Job) -> BuildError:
    """The error of a notebook whose process has ended by itself, or was killed."""
    return BuildError(
        f"{job.label} : Python s'est arrêté pendant l'exécution.",
        remedy="Libérez de la mémoire (fermez d'autres programmes ou carnets), puis relancez.",
    )


def late(job: Job, seconds: float) -> BuildError:
    """The error of a notebook stopped after too long."""
    return BuildError(
        f"{job.label} : arrêté au bout de {seconds:g} s, sans être arrivé à la fin.",
        remedy=_open_partial(job),
    )


def _open_partial(job: Job) -> str:
    return f"Ouvrez le carnet partiel : {job.destination}"


def _limit_memory(megabytes: int) -> None:
    """Have an allocation beyond the limit fail in the cell that asks for it.

    The limit is on data (heap and private mappings): files mapped in memory and address space merely reserved,
    which libraries do by the gigabyte, do not count. Watching the memory in use would come too late for a cell
    that asks for all the memory at once, and could not name it.
    """
    try:
        import resource
    except ImportError:  # Windows
        return
    _, highest = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (megabytes * 1_000_000, highest))


def _engine_options(draft: Path) -> dict[str, Any]:
    return {
        "engine_name": engine.NAME,
        "request_save_on_cell_execute": False,
        "draft": draft,
        "finish": scrub,
    }


def _kernel_options(runtime: Path) -> dict[str, Any]:
    from traitlets.config import Config

    manager = {"connection_file": str(runtime / "kernel.json")}
    if os.name == "posix":
        # Local sockets: no port to race for, nothing on the network.
        manager |= {"transport": "ipc", "ip": str(runtime / "kernel")}
    # A graceful shutdown stalls for seconds now and then; nothing is left to save.
    return {"shutdown_kernel": "immediate", "config": Config(KernelManager=manager)}


def _heading_above(notebook: Path) -> str:
    """The last heading before the first failing cell of a partial notebook."""
    import nbformat

    heading = "début du carnet"
    for cell in nbformat.read(notebook, as_version=4).cells:
        if cell.cell_type == "markdown":
            lines = [line.lstrip("# ") for line in cell.source.splitlines() if line.startswith("#")]
            heading = lines[-1] if lines and "papermill-error" not in cell.source else heading
        elif any(output.output_type == "error" for output in cell.get("outputs", [])):
            break
    return heading
