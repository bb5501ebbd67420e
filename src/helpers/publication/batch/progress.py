"""Show the progress of a batch: a table on a terminal, a line for each commune elsewhere."""

from __future__ import annotations

import threading

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from helpers import french
from helpers.publication.batch.commune_build import BuildResult, Stopped
from helpers.publication.selection import Place


class Board:
    """The communes being built, each with its theme and state, and the time left for the whole lot."""

    def __init__(self, console: Console, *, name: str, total: int, done: int) -> None:
        self._console, self._done, self._total = console, done, total
        self._stopping = threading.Event()
        self._progress = Progress(
            TextColumn("{task.description}"),
            TextColumn("{task.fields[theme]}"),
            TextColumn("{task.fields[state]}"),
            BarColumn(),
            TimeRemainingColumn(),
            console=console,
            # The speed is that of the last hour: a commune may take longer than the half minute of the default.
            speed_estimate_period=3600,
            disable=not console.is_terminal,
        )
        self._whole = self._progress.add_task(name, total=total, completed=done, theme="", state="")
        self._rows: dict[str, TaskID] = {}

    def __enter__(self) -> Board:
        self._progress.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._progress.stop()

    def show(self, place: Place, theme: str, state: str) -> None:
        """Show the state of a commune.

        Raises:
            Stopped: the batch is being stopped.
        """
        if self._stopping.is_set():
            raise Stopped
        if place.code not in self._rows:
            self._rows[place.code] = self._progress.add_task(place.label, total=None, theme="", state="")
        self._progress.update(self._rows[place.code], theme=theme, state=state)

    def stop(self) -> None:
        """Have every commune stopped at the end of its notebook."""
        self._stopping.set()

    def add(self, result: BuildResult) -> None:
        """Show that a commune is finished."""
        self._done += 1
        row = self._rows.pop(result.place.code, None)
        if row is not None:
            self._progress.remove_task(row)
        self._progress.update(self._whole, completed=self._done, state=f"{self._done}/{self._total}")
        if result.failure is not None:
            self._line(f"échec, {result.failure.summary}", style="red")
        elif result.without:
            self._line(f"sans diagnostic, {result.without}")
        elif not self._console.is_terminal:
            seconds = french.number(result.seconds, digits=1)
            self._line(f"{result.place.label} : {_done(result)} ({seconds} s)")

    def print(self, text: str) -> None:
        """Print a line above the table."""
        self._console.print(text)

    def _line(self, text: str, *, style: str = "") -> None:
        self._console.print(f"{self._done}/{self._total} {text}", style=style, markup=False, soft_wrap=True)


def _done(result: BuildResult) -> str:
    if result.whole:
        return "construit"
    if not result.rebuilt:
        return "à jour"
    return f"refait, {', '.join(result.themes) or 'pages seules'}"
