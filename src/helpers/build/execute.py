"""Run one notebook with papermill, and say clearly what failed."""

from __future__ import annotations

import logging
import os
import tempfile
import warnings
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from traitlets.config import Config

from helpers.errors import BuildError


def execute(notebook: Path, destination: Path, *, parameters: dict[str, Any], subject: str) -> NotebookNode:
    """The executed notebook, also written at `destination`. `subject` names the commune in errors.

    Raises:
        BuildError: a cell failed; names the commune, the notebook, the heading above the cell, the
            exception and the partial notebook.
    """
    # papermill loads every engine and the Jupyter stack: imported when a notebook runs, not before.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import papermill
        from nbclient.exceptions import DeadKernelError
        from papermill.exceptions import PapermillException, PapermillExecutionError

    logging.getLogger("papermill").setLevel(logging.WARNING)
    try:
        with tempfile.TemporaryDirectory(prefix="diagnostic-") as runtime:
            papermill.execute_notebook(
                notebook,
                destination,
                parameters=parameters,
                kernel_name="python3",
                progress_bar=False,
                cwd=notebook.parent,
                # A graceful shutdown stalls for seconds now and then; nothing is left to save.
                shutdown_kernel="immediate",
                config=_transport(Path(runtime)),
            )
    except PapermillExecutionError as error:
        raise BuildError(
            f"{subject}, {notebook.stem} : la cellule {error.exec_count} ({_heading_above(destination)}) a échoué : "
            f"{error.ename}: {error.evalue}",
            remedy=f"Ouvrez le carnet partiel : {destination}",
        ) from error
    except DeadKernelError as error:
        raise BuildError(
            f"{subject}, {notebook.stem} : Python s'est arrêté pendant l'exécution ({error}).",
            remedy="Libérez de la mémoire (fermez d'autres programmes ou carnets), puis relancez.",
        ) from error
    except PapermillException as error:
        raise BuildError(
            f"{subject}, {notebook.stem} : {error}", remedy="Vérifiez que le carnet s'ouvre dans JupyterLab."
        ) from error
    return nbformat.read(destination, as_version=4)


def _transport(runtime: Path) -> Config:
    """Local sockets where the system has them: no port to race for, nothing on the network."""
    if os.name != "posix":
        return Config()
    return Config(KernelManager={"transport": "ipc", "ip": str(runtime / "kernel")})


def _heading_above(notebook: Path) -> str:
    """The last heading before the first failing cell of a partial notebook."""
    heading = "début du carnet"
    for cell in nbformat.read(notebook, as_version=4).cells:
        if cell.cell_type == "markdown":
            lines = [line.lstrip("# ") for line in cell.source.splitlines() if line.startswith("#")]
            heading = lines[-1] if lines and "papermill-error" not in cell.source else heading
        elif any(output.output_type == "error" for output in cell.get("outputs", [])):
            break
    return f"sous « {heading} »"
