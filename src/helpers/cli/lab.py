"""The command that opens JupyterLab."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from helpers import french
from helpers.cli.console import note, reported, shorten


def lab(
    commune: Annotated[
        str | None, typer.Argument(help="Code Insee, nom, ou fichier de paramètres (.yml)")
    ] = None,
) -> None:
    """Ouvre JupyterLab à la racine du projet, sur les carnets d'une commune quand elle est donnée."""
    from helpers import workbench

    with reported():
        opened = workbench.prepare(commune) if commune is not None else None
        words = workbench.command(opened)
    if opened:
        typer.echo(f"Carnets {french.of(opened.commune.label)} : {shorten(opened.notebooks[0].parent)}")
        for copy in opened.kept:
            note(
                f"{copy.name} : gardé tel que vous l’avez modifié (effacez-le pour repartir du carnet du projet)"
            )
    jupyter = Path(sys.executable).with_name("jupyter")
    os.execve(jupyter, [str(jupyter), *words], workbench.environment())
