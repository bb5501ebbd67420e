"""The facts, the problems that they make together and the rules of a page, as the TOML files of this folder say them.

What each key means is written at the head of its file.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any

from helpers.errors import ParameterError
from helpers.indicators.indicator import Indicator
from helpers.indicators.registry import INDICATORS
from helpers.problems.materiality import RULES

FOLDER = Path(__file__).parent
FAMILIES = {"P": "habitants", "H": "logements", "L": "lien des deux", "I": "revenus"}
_SIDES, _ROUTES, _BASES = ("high", "low"), ("both", "alone", "median"), ("", "population", "homes", "starts")
# What a title may ask beside a fact.
TITLES_WITH = ("", "people_falls", "people_stable", "approached", "beyond_the_whole", "near_median")
_KNOWN = {one.id: one for one in INDICATORS}


@dataclass(frozen=True, kw_only=True)
class Fact:
    """An indicator, a side and a threshold: `facts.toml` says what each field is."""

    id: str
    indicator: str
    family: str
    side: str
    threshold: tuple[float, float]
    material: float
    full: float
    theme: str
    subject: str
    named: str
    text: str
    why: str
    floor: float | None = None
    route: str = "both"
    material_to: tuple[str, ...] = ()
    basis: str = ""
    instead: str = ""
    text_instead: str = ""
    after: str = ""

    @property
    def sign(self) -> int:
        """1 when a high value counts, −1 when a low one does."""
        return 1 if self.side == "high" else -1

    @property
    def indicators(self) -> tuple[Indicator, ...]:
        """Its indicator, then the one that approaches it."""
        return tuple(_KNOWN[name] for name in (self.indicator, self.instead) if name)


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Facts that together raise a question: `problems.toml` says what each field is."""

    id: str
    theme: str
    rank: int
    named: str
    pivots: tuple[str, ...]
    others: tuple[str, ...]
    against: tuple[str, ...]
    titles: tuple[tuple[str, str, str], ...]
    question: str
    tension: str
    homes: str
    services: str
    known_here: str
    confirms: str
    refutes: str
    levers: tuple[tuple[str, str], ...]
    needs: tuple[str, ...] = ()
    questions: Mapping[str, str] = field(default_factory=dict)
    context: str = ""
    provisional: bool = False


@dataclass(frozen=True, kw_only=True)
class Exclusion:
    """A card and the facts or cards that a page does not bear with it."""

    card: str
    never_with: tuple[str, ...]
    why: str


@dataclass(frozen=True, kw_only=True)
class Topic:
    """A subject that waits for official figures: its indicators, and where they come from."""

    id: str
    named: str
    indicators: tuple[str, ...]
    source: str
    problem: str


@dataclass(frozen=True)
class Catalogue:
    """Everything that is defined: facts and problems by identifier, exclusions, waiting topics, institutions."""

    facts: Mapping[str, Fact]
    problems: Mapping[str, Problem]
    excluded: tuple[Exclusion, ...]
    waiting: tuple[Topic, ...]
    outside_households: Mapping[str, str]

    @property
    def indicators(self) -> tuple[str, ...]:
        """The identifiers of every indicator that is asked for."""
        of_facts = (one.id for fact in self.facts.values() for one in fact.indicators)
        return tuple(dict.fromkeys((*of_facts, *(name for one in self.waiting for name in one.indicators))))

    def forbids(self, card: str, other: str) -> bool:
        """Say whether a page that bears a card may not bear a fact, or another card."""
        return any(one.card == card and other in one.never_with for one in self.excluded)


def read_catalogue(folder: Path = FOLDER) -> Catalogue:
    """Read `facts.toml`, `problems.toml` and `rules.toml` of a folder.

    Raises:
        ParameterError: a file is no TOML, or lists every fault at once: the file, the section, the key, the value.
    """
    written = {name: _read(folder / f"{name}.toml") for name in ("facts", "problems", "rules")}
    rules = written["rules"]
    faults = list(_check(written))
    if faults:
        raise ParameterError(
            f"Les problématiques ont {len(faults)} erreur(s) :\n"
            + "\n".join(f"  • {fault}" for fault in faults),
            remedy=f"Corrigez les fichiers de {folder}.",
        )
    return Catalogue(
        facts={name: Fact(id=name, **_frozen(section)) for name, section in written["facts"].items()},
        problems={name: Problem(id=name, **_frozen(one)) for name, one in written["problems"].items()},
        excluded=tuple(Exclusion(**_frozen(one)) for one in rules["excluded"]),
        waiting=tuple(Topic(**_frozen(one)) for one in rules["waiting"]),
        outside_households=rules["outside_households"],
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ParameterError(
            f"Le fichier {path.name} n'est pas du TOML : {error}.",
            remedy=f"Corrigez {path}, à la ligne indiquée.",
        ) from error


def _frozen(section: Mapping[str, Any]) -> dict[str, Any]:
    """Make the lists of a section tuples."""

    def freeze(value: Any) -> Any:
        return tuple(map(freeze, value)) if isinstance(value, list) else value

    return {key: freeze(value) for key, value in section.items()}


def _check(written: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Say what is wrong: keys, texts, names that lead nowhere."""
    facts, problems, rules = (written[name] for name in ("facts", "problems", "rules"))
    for name, section in facts.items():
        where = f"facts.toml, [{name}]"
        yield from _check_keys(where, section, Fact)
        yield from _check_fact(where, section)
    for name, section in problems.items():
        where = f"problems.toml, [{name}]"
        yield from _check_keys(where, section, Problem)
        if isinstance(section, Mapping):
            yield from _check_problem(where, section, facts)
    for one in rules.get("excluded", []):
        where = f"rules.toml, excluded {one.get('card')!r}"
        yield from _check_keys(where, one, Exclusion)
        yield from _unknown(where, [one.get("card", "")], problems)
        yield from _unknown(where, one.get("never_with", []), {**problems, **facts})
    for one in rules.get("waiting", []):
        where = f"rules.toml, waiting {one.get('id')!r}"
        yield from _check_keys(where, one, Topic)
        yield from _unknown(where, one.get("indicators", []), _KNOWN)


def _check_keys(where: str, section: Any, kind: type) -> Iterator[str]:
    """Say which keys are unknown, absent or empty."""
    if not isinstance(section, Mapping):
        yield f"{where} : {section!r} n'est pas une section"
        return
    known = {one.name: one for one in fields(kind)}
    own = set(known) - ({"id"} if kind in (Fact, Problem) else set())
    for key in section:
        if key not in own:
            yield f"{where} : clé inconnue « {key} »{_suggest(key, own)}"
    for key in sorted(own):
        required = known[key].default is MISSING and known[key].default_factory is MISSING
        if required and key not in section:
            yield f"{where} : clé absente « {key} »"
        if isinstance(section.get(key), str) and required and not section[key].strip() and key != "problem":
            yield f"{where} : texte vide « {key} »"


def _check_fact(where: str, section: Any) -> Iterator[str]:
    if not isinstance(section, Mapping):
        return
    yield from _unknown(where, [section[key] for key in ("indicator", "instead") if section.get(key)], _KNOWN)
    yield from _unknown(where, section.get("material_to", []), RULES)
    allowed = {"family": tuple(FAMILIES), "side": _SIDES, "route": _ROUTES, "basis": _BASES}
    for key, values in allowed.items():
        if key in section and section[key] not in values:
            yield f"{where} : « {key} » vaut {section[key]!r}, non {' ou '.join(map(repr, values))}"
    threshold = section.get("threshold")
    if not (isinstance(threshold, list) and [type(one) for one in threshold] == [float, float]):
        yield f"{where} : « threshold » vaut {threshold!r}, non deux nombres à virgule (petites communes, grandes)"


def _check_problem(where: str, section: Mapping[str, Any], facts: Mapping[str, Any]) -> Iterator[str]:
    lists = {key: section.get(key, []) for key in ("pivots", "others", "against", "needs")}
    context = [section["context"]] if section.get("context") else []
    for names in (*lists.values(), section.get("questions", {}), context):
        yield from _unknown(where, names, facts)
    titled = {title[0] for title in section.get("titles", []) if not title[1]}
    for pivot in lists["pivots"]:
        if pivot not in titled:
            yield f"{where} : aucun titre du pivot « {pivot} » ne convient à tous les cas"
    for title in section.get("titles", []):
        yield from _unknown(where, [title[0]], lists["pivots"])
        yield from _unknown(where, [title[1]], [*TITLES_WITH, *facts])
        if len(title[2]) > 70:
            yield f"{where} : titre de {len(title[2])} signes, soixante-dix au plus : {title[2]!r}"


def _unknown(where: str, names: Iterable[str], known: Iterable[str]) -> Iterator[str]:
    every = list(known)
    for name in names:
        if name not in every:
            yield f"{where} : nom inconnu {name!r}{_suggest(name, every)}"


def _suggest(name: str, known: Iterable[str]) -> str:
    """Write the known name nearest to one that is not; nothing when none is near."""
    near = difflib.get_close_matches(name, list(known), n=1)
    return f" ; vouliez-vous dire « {near[0]} » ?" if near else ""


CATALOGUE = read_catalogue()

# The indicators that problems ask for, and the tables of the store that these are made from.
PROBLEM_INDICATORS = tuple(dict.fromkeys(("population", "menages", *CATALOGUE.indicators)))
PROBLEM_TABLES = tuple(dict.fromkeys(table for name in PROBLEM_INDICATORS for table in _KNOWN[name].tables))
