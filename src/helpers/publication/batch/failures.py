"""The communes that a batch could not build, as the file `erreurs.jsonl` of its outputs lists them."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from helpers.errors import ParameterError

FAILURES = "erreurs.jsonl"


@dataclass(frozen=True)
class Failure:
    """A commune that could not be built: where it failed, the error, the remedy, the partial notebook."""

    commune: str
    label: str
    lot: str
    theme: str = ""
    heading: str = ""
    exception: str = ""
    message: str = ""
    remedy: str = ""
    partial: str = ""

    @property
    def summary(self) -> str:
        """Sum up on one line: commune, theme, heading and exception where a cell failed, else the message."""
        if self.exception:
            where = ", ".join(filter(None, [self.label, self.theme, self.heading and f"« {self.heading} »"]))
            text = f"{where} : {self.exception}"
        else:
            text = self.message if self.message.startswith(self.label) else f"{self.label} : {self.message}"
        return " ".join(text.split())

    def __str__(self) -> str:
        after = f"carnet partiel : {self.partial}" if self.partial else self.remedy
        return f"{self.summary}\n→ {after}" if after else self.summary


def failed(outputs: Path) -> list[Failure]:
    """Read the failures of the last batch.

    Raises:
        ParameterError: their file is not as a batch writes it.
    """
    path = outputs / FAILURES
    found = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    except (OSError, ValueError) as error:
        raise unreadable(f"{path} ({error})") from error
    for rank, line in enumerate(lines, start=1):
        try:
            record = Failure(**json.loads(line))
        except (ValueError, TypeError) as error:
            raise unreadable(f"{path}, ligne {rank}") from error
        if not all(type(value) is str for value in asdict(record).values()):
            raise unreadable(f"{path}, ligne {rank}")
        found.append(record)
    return found


def failed_where_known(outputs: Path) -> list[Failure]:
    """Read the failures of the last batch; none where they cannot be read: `make retry` says what is wrong."""
    try:
        return failed(outputs)
    except ParameterError:
        return []


def unreadable(where: str) -> ParameterError:
    """Make the error of a list that is not as a batch writes it; `where` says which line."""
    return ParameterError(
        f"Liste d'échecs illisible : {where}.",
        remedy="Relancez le lot (make lot=…) : seul ce qui n'est pas à jour est refait.",
    )
