"""What communes let out of their own pages: the questions that their issues come from, the families of their levers.

Never a word: an issue is known there by the question of the analysis, a lever by its family.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from helpers import yaml_file
from helpers.contributions import kept
from helpers.contributions.agreed import gather
from helpers.contributions.workshop import Kit
from helpers.errors import ParameterError

# The families that a lever may be of, as the capture workbook proposes them.
FAMILIES = (
    "produire autrement",
    "adapter l’existant",
    "faire circuler",
    "réguler",
    "connaître",
    "accompagner les services",
)


@dataclass(frozen=True)
class Shared:
    """What a commune shares: the identifiers of questions, how many issues its group added, families of levers."""

    code: str
    questions: tuple[str, ...]
    added: int
    families: tuple[str, ...]


def may_share(slug: str) -> bool:
    """Tell whether the convention of a commune lets its issues be counted with those of others.

    Nothing is shared without a convention, nor where it says another word than yes.

    Raises:
        ParameterError: the convention cannot be read.
    """
    path = kept.convention_file(slug)
    content = yaml_file.load(path) if path.is_file() else None
    if not isinstance(content, dict):
        return False
    sharing = content.get("diffusion") or {}
    found = sharing.get("metropole") if isinstance(sharing, dict) else False
    # Unsaid, it is the default of a convention; a fictional commune is of no metropolis.
    return found in (None, True, "oui") and content.get("fictive") not in (True, "oui")


def read(slugs: Mapping[str, str]) -> list[Shared]:
    """Read what communes share (`slugs` by code), in the order of codes; those that agreed on nothing are left out.

    One whose files cannot be read shares nothing: building it says what is wrong.
    """
    found = []
    for code, slug in sorted(slugs.items()):
        try:
            workshops = kept.read_workshops(slug) if may_share(slug) else []
        except ParameterError:
            continue
        agreed = gather(workshops)
        kits = [workshop.kit for workshop in workshops]
        names = [_name(kits, question) for issue in agreed.issues for question in issue.questions]
        one = Shared(
            code,
            tuple(dict.fromkeys(filter(None, names))),
            sum(not issue.questions for issue in agreed.issues),
            tuple(family for family in FAMILIES if any(lever.family == family for lever in agreed.levers)),
        )
        if one.questions or one.added or one.families:
            found.append(one)
    return found


def _name(kits: list[Kit], code: str) -> str:
    """Give the permanent name of a question by its code in a commune."""
    return next((shown.name for kit in kits if (shown := kit.find(code)) and shown.name), "")
