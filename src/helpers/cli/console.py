"""What every command shows: errors, paths, tables."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer
from rich.console import Console

from helpers.errors import DiagnosticError

console = Console(stderr=True, highlight=False)
# Tables are read on a screen, or kept in a file where nothing says how wide a line may be.
_WIDTH = 160


def note(text: str, *, style: str = "") -> None:
    """Show a line on the standard error, as it is: never wrapped, its brackets are no markup."""
    console.print(text, style=style, markup=False, soft_wrap=True)


@contextmanager
def reported() -> Iterator[None]:
    """Show an expected error in French and exit with 1, in place of a traceback."""
    try:
        yield
    except DiagnosticError as error:
        note(f"Erreur : {error}", style="red")
        raise typer.Exit(1) from None


def printer() -> Console:
    """Make the console where tables are printed: the standard output."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else _WIDTH)


def shorten(path: Path) -> str:
    """Shorten a path from the current folder, when it is under it."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
