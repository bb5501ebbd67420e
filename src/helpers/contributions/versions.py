"""The versions of a diagnostic that a partnership keeps: number, day, marks of what it was made from, its figures.

No word of anyone is in them: what was said is there by its identifier and its mark.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from helpers import paths
from helpers.contributions import kept
from helpers.errors import ParameterError

# Letters of a mark: enough to tell two contents apart.
_MARK = 12
# Keys of the environment, left out when two versions of a diagnostic are compared.
_APART = ("version:", "requirements")


class Version(BaseModel):
    """One version: marks of its inputs, by key; years of its data; figures (what each finds), comments and words.

    `comments` are the marks of comments, by code; `said` those of contributions, by identifier.
    """

    model_config = ConfigDict(extra="forbid")

    number: int
    day: date
    inputs: dict[str, str]
    vintages: dict[str, Any] = {}
    figures: dict[str, str] = {}
    comments: dict[str, str] = {}
    said: dict[str, str] = {}

    @property
    def name(self) -> str:
        """Name it as people do: `v2`."""
        return f"v{self.number}"


def folder_of(slug: str) -> Path:
    """Return the folder of the versions of a commune."""
    return kept.partnership_folder(slug) / "versions"


def has_partnership(slug: str) -> bool:
    """Tell whether a commune has a partnership: its convention is there."""
    return kept.convention_file(slug).is_file()


def read(slug: str) -> list[Version]:
    """Read the versions of a commune, in their order.

    Raises:
        ParameterError: a file cannot be read.
    """
    found = []
    for path in folder_of(slug).glob("v*.json"):
        try:
            found.append(Version.model_validate_json(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, ValidationError) as error:
            raise ParameterError(
                f"{path} : version illisible.", remedy="Reprenez-la (git checkout), ou effacez-la."
            ) from error
    return sorted(found, key=lambda version: version.number)


def register(
    slug: str,
    *,
    inputs: Mapping[str, str],
    vintages: Mapping[str, Any],
    figures: Mapping[str, str],
    comments: Mapping[str, str],
    today: date,
) -> Version:
    """Give a number to what a diagnostic is made of: the last where nothing changed, else the next, which is kept.

    Args:
        slug: the commune.
        inputs: the fingerprints of what was read, by key.
        vintages: the years of its data, by parameter.
        figures: what each figure finds, by code.
        comments: the comments of the agency, by code.
        today: the day of a new version.

    Raises:
        ParameterError: a version kept cannot be read.
    """
    said = {
        one.id: mark(one.text) for workshop in kept.read_workshops(slug) for one in workshop.contributions
    }
    content = {
        "inputs": {key: text[:_MARK] for key, text in sorted(inputs.items()) if not key.startswith(_APART)},
        "vintages": dict(vintages),
        "figures": dict(sorted(figures.items())),
        "comments": {code: mark(text) for code, text in sorted(comments.items())},
        "said": said,
    }
    known = read(slug)
    if known and known[-1].model_dump(exclude={"number", "day"}) == content:
        return known[-1]
    version = Version.model_validate(
        {"number": known[-1].number + 1 if known else 1, "day": today, **content}
    )
    path = folder_of(slug) / f"{version.name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    paths.write(path, version.model_dump_json(indent=1) + "\n")
    return version


def find_commented(slug: str, comments: Mapping[str, str]) -> dict[str, str]:
    """Find what each figure said in the first version that has its comment as it is written today, by code."""
    found: dict[str, str] = {}
    for version in read(slug) if comments else []:
        for code, text in comments.items():
            if version.comments.get(code) == mark(text) and code in version.figures:
                found.setdefault(code, version.figures[code])
    return found


def mark(text: str) -> str:
    """Mark a text: the same for the same words."""
    return hashlib.sha256(text.encode()).hexdigest()[:_MARK]
