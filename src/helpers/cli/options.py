"""Options that several commands share, and how their values are read."""

from __future__ import annotations

import typer

from helpers.errors import ParameterError, quote

COMMUNE = typer.Argument(help="Code Insee ou nom de la commune")
JOBS = typer.Option(help="Carnets (ou communes d'un lot) exécutés à la fois")
FORCE = typer.Option("--force", help="Refait aussi ce qui est à jour")
LIMIT = typer.Option(help="Durée maximale d'un carnet, en secondes")
MEMORY = typer.Option(help="Mémoire maximale d'un carnet, en Mo")
OUTPUTS = typer.Option(
    help="Où mettre les diagnostics : un dossier, ou une adresse (s3://compartiment/dossier)"
)
SCHEDULER = typer.Option(help="Adresse du répartiteur d'une grappe Dask (tcp://machine:8786)")

# Seconds and megabytes that a notebook may be given: a system counts them in words of 32 or 64 bits.
_LONGEST, _LARGEST = 1_000_000, 10_000_000


def read_limits(seconds: str, megabytes: str) -> dict[str, int]:
    """Read the limits that are given for each notebook: `timeout` in seconds, `memory` in megabytes.

    Raises:
        ParameterError: one is not a whole number of one or more, or is beyond what a system holds.
    """
    limits = {
        "timeout": read_whole("limite", seconds, most=_LONGEST),
        "memory": read_whole("memoire", megabytes, most=_LARGEST),
    }
    return {name: value for name, value in limits.items() if value is not None}


def read_whole(name: str, text: str, *, most: int = 10**9) -> int | None:
    """Read a whole number from one to `most`; nothing when it is not given.

    Raises:
        ParameterError: it is none.
    """
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and int(text) > 0):
        raise ParameterError(
            f"{name} = {quote(text)} n'est pas un nombre entier positif.",
            remedy=f"Donnez par exemple {name}=2.",
        )
    # Python refuses to read a number of more than some thousands of digits.
    if len(text) > len(str(most)) or int(text) > most:
        raise ParameterError(
            f"{name} = {quote(text)} est trop grand.", remedy=f"Donnez au plus {name}={most}."
        )
    return int(text)


def read_year(text: str) -> int | None:
    """Read a census year; nothing when it is not given.

    Raises:
        ParameterError: it is no number.
    """
    if not text:
        return None
    if not text.isdecimal():
        raise ParameterError(
            f"vintage = {quote(text)} n'est pas une année.",
            remedy="Donnez un millésime : make data vintage=2022.",
        )
    return int(text)
