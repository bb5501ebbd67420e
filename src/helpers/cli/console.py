"""What every command shows: errors, paths, tables."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer
from rich.console import Console

from helpers.errors import DiagnosticError, quote

console = Console(stderr=True, highlight=False)
# What Python says where neither memory nor the system (`ulimit -u`) allow another thread.
_NO_THREAD = "can't start new thread"
# What DuckDB makes of Ctrl-C.
_INTERRUPTED = "Query interrupted"
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
        message = str(error)
    except (MemoryError, ImportError, RuntimeError) as error:
        # A library that finds no room for itself says that it cannot be imported, a thread that it cannot start.
        if str(error) == _INTERRUPTED:
            raise KeyboardInterrupt from error
        if isinstance(error, RuntimeError) and str(error) != _NO_THREAD:
            raise
        message = (
            f"Python ne peut pas charger ce qu'il lui faut ({type(error).__name__} : {str(error)[:200]}).\n"
            "→ Libérez de la mémoire, ou levez la limite de la session (ulimit -v unlimited) ; sinon, make setup."
        )
    except BrokenPipeError:
        # Whoever read the output has left: nothing is to be said.
        raise
    except OSError as error:
        where = f" {quote(str(error.filename))}" if error.filename else ""
        message = (
            f"Impossible de lire ou d'écrire{where} ({error.strerror or error}).\n"
            "→ Vérifiez les droits et la place disponible."
        )
    except UnicodeEncodeError as error:
        message = (
            f"L'encodage de cette session ne peut pas écrire {quote(error.object)}.\n"
            "→ Relancez avec PYTHONUTF8=1 ou LC_ALL=C.UTF-8, ou placez le projet sous un chemin sans accent."
        )
    else:
        return
    note(f"Erreur : {message}", style="red")
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
