"""Where the last batch was: what `make retry` reads when it is given nothing, and what it is to be given."""

from __future__ import annotations

import contextlib
import json
import shlex
from pathlib import Path

from helpers import paths
from helpers.publication.batch.storage import is_address

_NAME = ".dernier-lot.json"


def remember(outputs: str, scheduler: str) -> None:
    """Note where a batch goes (as `open_destination` reads it) and its scheduler; nothing of the usual place."""
    place = str(Path(outputs).absolute()) if outputs and not is_address(outputs) else outputs
    # Outputs of the project that cannot be written: the command that a batch prints says the place all the same.
    with contextlib.suppress(OSError):
        if place or scheduler:
            paths.write(paths.OUTPUTS / _NAME, json.dumps([place, scheduler]))
        else:
            (paths.OUTPUTS / _NAME).unlink(missing_ok=True)


def recall() -> tuple[str, str]:
    """Read where the last batch went, and its scheduler; empty texts for the usual place."""
    try:
        place, scheduler = json.loads((paths.OUTPUTS / _NAME).read_text(encoding="utf-8"))
        return str(place), str(scheduler)
    except (OSError, ValueError, TypeError):
        return "", ""


def retry_command(outputs: str, scheduler: str) -> str:
    """Write the command that builds again what has failed there, ready to be typed."""
    given = {"sorties": outputs, "scheduler": scheduler}
    return " ".join(
        ["make retry", *(f"{name}={shlex.quote(value)}" for name, value in given.items() if value)]
    )
