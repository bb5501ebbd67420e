"""Who may do what for homes and services: a table kept as data, each row with the day it was last checked."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("competences.toml")
# Months after which a row is printed as to be checked again.
STALE = 18


@dataclass(frozen=True)
class Actor:
    """An actor: what it may do, with which tools, and the day that was last checked."""

    name: str
    competence: str
    tools: str
    checked: date

    def describe_check_date(self, today: date) -> str:
        """Say when it was checked: `11/2026`, or `à vérifier` past eighteen months."""
        months = 12 * (today.year - self.checked.year) + today.month - self.checked.month
        return "à vérifier" if months > STALE else f"{self.checked:%m/%Y}"


@cache
def read_actors() -> tuple[Actor, ...]:
    """Read the table of actors, in the order in which it is printed."""
    content = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return tuple(Actor(**row) for row in content["actor"])
