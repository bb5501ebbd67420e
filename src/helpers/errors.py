"""The errors an analyst can meet, each with what is wrong and what to do, in French."""

from __future__ import annotations

import traceback

# Characters shown of what was given.
_SHOWN = 80


class DiagnosticError(Exception):
    """Base of every error meant for the reader: a message, then a remedy.

    `str(error)` is ready to print: the message, and the remedy on a line of its own.
    """

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message}\n→ {self.remedy}" if self.remedy else self.message

    def _render_traceback_(self) -> list[str]:
        """Write what a notebook shows, as IPython asks: the message alone; asked again (`%tb`), the whole traceback."""
        shown, self._is_shown = getattr(self, "_is_shown", False), True
        if shown:
            return traceback.format_exception(type(self), self, self.__traceback__)
        message, _, remedy = str(self).partition("\n→")
        lines = [f"\x1b[1;31m{message}\x1b[0m", *([f"→{remedy}"] if remedy else [])]
        return [*lines, "\x1b[2m%tb dans une cellule montre la trace complète.\x1b[0m"]

    def __reduce__(self) -> tuple:
        # Exceptions go from one process to another (papermill, pools): keep the keyword-only remedy.
        return (_rebuild, (type(self), self.message, self.remedy), self.__dict__)


def quote(text: object) -> str:
    """Write what was given as an error shows it: as Python writes it, 80 characters at most."""
    said = repr(text[: _SHOWN + 1] if isinstance(text, str) else text)
    return said if len(said) <= _SHOWN else f"{said[: _SHOWN - 2]}…{said[-1]}"


def _rebuild(kind: type[DiagnosticError], message: str, remedy: str) -> DiagnosticError:
    return kind(message, remedy=remedy)


class UnknownCommuneError(DiagnosticError):
    """No commune bears this code, name or slug."""


class AmbiguousCommuneError(DiagnosticError):
    """Several communes bear this name."""


class MergedCommuneError(DiagnosticError):
    """The commune no longer exists: it has become part of another one."""


class ParameterError(DiagnosticError):
    """One or several parameters cannot be used."""


class SourceError(DiagnosticError):
    """An official file is missing, unreadable or not of the expected form."""


class NetworkError(SourceError):
    """The network is out of reach: no other file can be fetched either."""


class StoreError(DiagnosticError):
    """A table of the store is missing or damaged."""


class MissingDataError(DiagnosticError):
    """The store holds nothing for this territory: no diagnostic can be built."""


class NoDiagnosticError(MissingDataError):
    """No diagnostic can be built of this commune, whatever is asked: its people are none, or unknown at two dates."""


class ExhibitError(DiagnosticError):
    """A figure or a table lacks what its reader needs: a title, a reading, an alternative text, a source."""


class BuildError(DiagnosticError):
    """A notebook failed, or its page could not be written.

    Where a cell failed: `theme`, `heading` above the cell, `exception` (its name and message), and `partial`, the
    path of the partial notebook.
    """

    def __init__(
        self,
        message: str,
        *,
        remedy: str = "",
        theme: str = "",
        heading: str = "",
        exception: str = "",
        partial: str = "",
    ) -> None:
        super().__init__(message, remedy=remedy)
        self.theme, self.heading, self.exception, self.partial = theme, heading, exception, partial
