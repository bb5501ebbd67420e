"""The facts that may set a commune apart, as `facts.toml` defines them."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpers.errors import ParameterError
from helpers.indicators.indicator import Indicator
from helpers.indicators.registry import INDICATORS

DEFINITIONS = Path(__file__).with_name("facts.toml")

# The keys of a fact: those that it must have, and the two that name its exhibit.
_TEXTS = ("high", "low", "issue")
_EXHIBIT = ("part", "subject")


@dataclass(frozen=True)
class Fact:
    """An indicator, the question it raises when the commune stands `high` or `low` among the others, and the `issue`.

    `part` and `subject` name the exhibit that shows it (notebook and subject), both empty where none does.
    """

    indicator: Indicator
    high: str
    low: str
    issue: str
    part: str = ""
    subject: str = ""

    @property
    def id(self) -> str:
        """The identifier of its indicator."""
        return self.indicator.id


def read_facts(path: Path = DEFINITIONS) -> tuple[Fact, ...]:
    """Read the facts of a file, in its order: one section each, titled by the identifier of its indicator.

    Raises:
        ParameterError: the file is no TOML, or lists every fault at once: the section, the key, what is wrong.
    """
    try:
        sections = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ParameterError(
            f"Le fichier {path.name} n'est pas du TOML : {error}.",
            remedy=f"Corrigez {path}, à la ligne indiquée.",
        ) from error
    indicators = {one.id: one for one in INDICATORS}
    faults = [
        f"[{identifier}] : {fault}"
        for identifier, section in sections.items()
        for fault in _check(identifier, section, known=indicators)
    ]
    if faults:
        raise ParameterError(
            f"Le fichier {path.name} a {len(faults)} erreur(s) :\n"
            + "\n".join(f"  • {fault}" for fault in faults),
            remedy=f"Corrigez {path}.",
        )
    return tuple(Fact(indicators[identifier], **section) for identifier, section in sections.items())


def _check(identifier: str, section: Any, *, known: Mapping[str, Indicator]) -> Iterator[str]:
    """Say what is wrong in a section: its title, its keys, its texts."""
    if identifier not in known:
        yield f"indicateur inconnu{_suggest(identifier, known)}"
    if not isinstance(section, Mapping):
        yield f"{section!r} n'est pas un fait ; mettez-le sous un titre [identifiant]"
        return
    for key in section:
        if key not in (*_TEXTS, *_EXHIBIT):
            yield f"clé inconnue « {key} »{_suggest(key, (*_TEXTS, *_EXHIBIT))}"
    for key in (*_TEXTS, *(_EXHIBIT if any(key in section for key in _EXHIBIT) else ())):
        text = section.get(key)
        if not isinstance(text, str) or not text.strip():
            yield f"texte absent « {key} » : {text!r}"


def _suggest(name: str, known: Mapping[str, object] | tuple[str, ...]) -> str:
    """Write the known name nearest to one that is not; nothing when none is near."""
    near = difflib.get_close_matches(name, list(known), n=1)
    return f" ; vouliez-vous dire « {near[0]} » ?" if near else ""


FACTS = read_facts()

# The tables of the store that the facts are made from.
FACT_TABLES = tuple(dict.fromkeys(table for fact in FACTS for table in fact.indicator.tables))
# Their indicators, and the number of inhabitants, that says what may be compared.
FACT_INDICATORS = ("population", *(fact.id for fact in FACTS if fact.id != "population"))
