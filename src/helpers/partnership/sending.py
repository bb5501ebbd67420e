"""When the minute of a workshop was sent: how many hours after its end."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, time
from pathlib import Path

from helpers import paths
from helpers.contributions import kept
from helpers.contributions.workshop import Workshop

_TIME = re.compile(r"(\d{1,2})\s*[h:]\s*(\d{2})?")


def note(slug: str, number: int, moment: datetime) -> None:
    """Keep the moment when a minute was sent, the first time alone."""
    path = _file(slug, number)
    if not path.is_file():
        paths.write(path, moment.isoformat(timespec="minutes") + "\n")


def count_hours(workshops: Iterable[Workshop]) -> dict[int, int]:
    """Count the hours from the end of each workshop to the sending of its minute, where both are known."""
    found = {}
    for workshop in workshops:
        kit, path = workshop.kit, _file(workshop.kit.slug, workshop.kit.number)
        match = _TIME.match(workshop.end)
        if match and path.is_file():
            ended = datetime.combine(kit.day, time(int(match[1]) % 24, int(match[2] or 0) % 60))
            sent = datetime.fromisoformat(path.read_text(encoding="utf-8").strip())
            found[kit.number] = max(0, round((sent - ended).total_seconds() / 3600))
    return found


def _file(slug: str, number: int) -> Path:
    return kept.capture_folder(slug, number) / "envoi.txt"
