"""What a workshop kit shows: codes of facts, cards, questions and issues, proposed with their titles, then edited.

`params/<commune>/ateliers/atelier-N.yml` is written once: the analyst removes and reorders its lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpers import french, paths, yaml_file
from helpers.contributions import kept
from helpers.contributions.agreed import Agreed
from helpers.contributions.workshop import Kit
from helpers.errors import ParameterError
from helpers.partnership.codes import explain_unknown, kind_of, read_code
from helpers.publication.documents import BuiltDiagnostic, deck
from helpers.publication.documents.deck import TAG, Shown
from helpers.publication.pages.arrangement import ANNEX

# As many facts as a notebook has lines, and cards as are kept; issues that a third workshop looks at, questions a deck.
FACTS, LEAST_CARDS, MOST_CARDS, ISSUES, QUESTIONS = 8, 16, 20, 3, 5
# The machine proposes so many cards of a question, of what speaks against it, of services.
_OF_QUESTION, _OF_SERVICES = 2, 2
# What follows, in a table, a figure that is to be read with precaution.
_PRECAUTION = f"{french.NBSP}**"
_NUMBER = re.compile(r"\d[\d\u202f,]*")
# The lists that each workshop is made from.
LISTS = {1: ("faits", "cartes", "questions"), 2: ("questions",), 3: ("enjeux",)}
_LEADS = {
    "faits": f"{FACTS} faits au plus : une diapositive et une fiche A3 chacun, dans cet ordre.",
    "cartes": f"{LEAST_CARDS} à {MOST_CARDS} cartes A6, quatre par page.",
    "questions": "Les questions de l'analyse : à l'atelier 1 sur la feuille à gommettes, à l'atelier 2 une fiche "
    "chacune.",
    "enjeux": f"Les enjeux dont on cherche les leviers, {ISSUES} d'ordinaire : les plus marqués de gommettes "
    f"d'abord.",
}


@dataclass(frozen=True)
class Choices:
    """The codes that a kit shows, in the order in which it shows them."""

    facts: tuple[str, ...] = ()
    cards: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    issues: tuple[str, ...] = ()

    def listed(self, name: str) -> tuple[str, ...]:
        """Give the codes of one of the lists of the file."""
        return {
            "faits": self.facts,
            "cartes": self.cards,
            "questions": self.questions,
            "enjeux": self.issues,
        }[name]

    def warnings(self, number: int) -> list[str]:
        """List in French what the choices lack, or have too much of, without being wrong."""
        said = []
        if number == 1 and len(self.facts) < FACTS:
            count = french.quantity(len(self.facts), "fait")
            said.append(
                f"{count} sur {FACTS} : les autres figures n'ont pas de chiffres réels à montrer pour cette commune, "
                "ou vous les avez retirées. Aucun chiffre simulé ne les remplace."
            )
        if number == 1 and not LEAST_CARDS <= len(self.cards) <= MOST_CARDS:
            count = french.quantity(len(self.cards), "carte")
            said.append(f"{count}, {LEAST_CARDS} à {MOST_CARDS} attendues : le jeu se joue quand même.")
        if number == 2 and not 3 <= len(self.questions) <= QUESTIONS:
            count = french.quantity(len(self.questions), "question")
            said.append(f"{count}, 3 à {QUESTIONS} attendues à l'atelier 2.")
        return said


def choices_file(slug: str, number: int) -> Path:
    """Return the file of the codes of a kit."""
    return kept.kit_file(slug, number).with_suffix(".yml")


def usable(exhibits: Iterable[Shown]) -> dict[str, Shown]:
    """List by code the figures that the machine may propose: on real values, none to be read with precaution."""
    found: dict[str, Shown] = {}
    for shown in exhibits:
        known = {one.slide.title for one in found.values()}
        if (
            kind_of(shown.code)
            and shown.code not in found
            and not shown.record.get("demonstration")
            and _finds(shown)
            and not _is_doubtful(shown)
            and shown.slide.title not in known
        ):
            found[shown.code] = shown
    return found


def _is_doubtful(shown: Shown) -> bool:
    """Return whether one of the figures that an exhibit states in words is to be read with precaution."""
    written = " ".join((shown.slide.title, shown.slide.fact, *shown.slide.number))
    cells = (cell.get_text().strip() for cell in shown.content.select("td"))
    doubted = {_bare(cell) for cell in cells if cell.endswith(_PRECAUTION)}
    return any(number in doubted for number in _NUMBER.findall(written))


def _bare(cell: str) -> str:
    return "".join(_NUMBER.findall(cell))


def propose(diagnostic: BuiltDiagnostic, exhibits: Iterable[Shown], kit: Kit, agreed: Agreed) -> Choices:
    """Propose what a kit shows: the facts, cards and questions of the diagnostic, or the issues of the group."""
    questions = tuple(one.code for one in kit.shown if kind_of(one.code) == "Q")
    if kit.number == 3:
        first = sorted(agreed.issues, key=lambda issue: -issue.total)[:ISSUES]
        return Choices(issues=tuple(issue.code for issue in first))
    if kit.number == 2:
        return Choices(questions=questions[:QUESTIONS])
    figures = usable(exhibits)
    return Choices(_facts(diagnostic, figures), _cards(diagnostic, figures), questions)


def _facts(diagnostic: BuiltDiagnostic, figures: Mapping[str, Shown]) -> tuple[str, ...]:
    """Choose the facts: what the slides show, what the questions rest on, then other figures of the pages."""
    evidence = [code for card in deck.cards_of(diagnostic) for code in _codes(card["facts"], figures)]
    worth = (
        [code for code, shown in figures.items() if TAG in shown.tags],
        evidence,
        [code for code, shown in figures.items() if ANNEX not in shown.tags],
        list(figures),
    )
    drawn = (code for group in worth for code in group if figures[code].slide.drawing)
    chosen = list(dict.fromkeys(drawn))[:FACTS]
    return tuple(code for code in figures if code in chosen)


def _cards(diagnostic: BuiltDiagnostic, figures: Mapping[str, Shown]) -> tuple[str, ...]:
    """Choose cards: two facts of each question and one against it, one a theme, two of services, one brought."""
    chosen: dict[str, None] = {}
    cards = deck.cards_of(diagnostic)
    for card in cards:
        chosen |= dict.fromkeys(_codes(card["facts"], figures)[:_OF_QUESTION])
        chosen |= dict.fromkeys(_codes(card.get("contrary", ()), figures)[:1])
    for part in diagnostic.parts:
        own = (code for code, one in figures.items() if one.part is part and code not in chosen)
        chosen |= dict.fromkeys(list(own)[:1])
    services = (code for code, shown in figures.items() if "services" in shown.record["name"])
    chosen |= dict.fromkeys(list(services)[:_OF_SERVICES])
    brought = (code for code in figures if kind_of(code) == "M")
    chosen |= dict.fromkeys(list(brought)[:1])
    rest = sorted(
        (code for code in figures if code not in chosen),
        key=lambda code: not figures[code].slide.drawing,
    )
    chosen |= dict.fromkeys(rest[: max(0, LEAST_CARDS - len(chosen))])
    return tuple(chosen)[:MOST_CARDS]


def _finds(shown: Shown) -> bool:
    """Tell whether the title of an exhibit is a finding; else it names what is shown."""
    return french.slug(shown.slide.title) != shown.record["name"]


def _codes(facts: Iterable[Mapping[str, Any]], figures: Mapping[str, Shown]) -> list[str]:
    """List the codes of the figures that show facts."""
    found = {shown.address: code for code, shown in figures.items()}
    addresses = (deck.address_of(fact) for fact in facts)
    return list(dict.fromkeys(found[address] for address in addresses if address in found))


def prepare(
    diagnostic: BuiltDiagnostic, exhibits: Iterable[Shown], kit: Kit, agreed: Agreed
) -> tuple[Choices, bool]:
    """Read what a kit shows, as the analyst left it, or write first what is proposed; tell whether it was written.

    Raises:
        ParameterError: the file cannot be read, or a code is not known.
    """
    titles = titles_of(kit, agreed)
    path = choices_file(kit.slug, kit.number)
    written = not path.exists()
    if written:
        proposed = propose(diagnostic, exhibits, kit, agreed)
        path.parent.mkdir(parents=True, exist_ok=True)
        paths.write(path, _write(proposed, kit, titles))
    return read(path, kit.number, titles), written


def titles_of(kit: Kit, agreed: Agreed) -> dict[str, str]:
    """Give the title of each code that a kit may show: what it finds, or its question."""
    shown = {one.code: one.value or one.title for one in kit.shown}
    return shown | {issue.code: issue.text for issue in agreed.issues}


def _write(choices: Choices, kit: Kit, titles: Mapping[str, str]) -> str:
    """Write the file: a code a line, its title after it (save the words of a group), then those that may be added."""
    lines = [
        f"# {kit.commune}, atelier {kit.number} : ce que montre le kit. Retirez ou déplacez des lignes, puis "
        f"relancez",
        f"# make atelier commune={kit.slug} numero={kit.number}. Ce fichier n'est jamais réécrit.",
    ]
    for name in LISTS[kit.number]:
        codes = choices.listed(name)
        lines += ["", f"# {_LEADS[name]}", f"{name}:" + ("" if codes else " []")]
        # This file is kept with the project: the sentence of an issue is the group's own, and may be withdrawn.
        lines += [
            f"  - {code}" + ("" if kind_of(code) == "E" else f"  # {_line(titles[code])}") for code in codes
        ]
    if kit.number == 1:
        taken = {*choices.facts, *choices.cards, *choices.questions}
        lines += [
            "",
            "# Les autres figures du diagnostic (données de démonstration : montrées comme telles) :",
        ]
        for one in kit.shown:
            mark = "démonstration, " if one.simulated else ""
            if one.code not in taken:
                lines.append(f"#  - {one.code}  # {mark}{_line(titles[one.code])}")
    return "\n".join(lines) + "\n"


def _line(text: str) -> str:
    return " ".join(french.visible(text).split())


def read(path: Path, number: int, titles: Mapping[str, str]) -> Choices:
    """Read the codes of a kit.

    Raises:
        ParameterError: the file cannot be read; a code is not known, with the near ones and the line.
    """
    content = yaml_file.load(path) or {}
    if not isinstance(content, dict):
        raise ParameterError(f"{path} : des listes de codes sont attendues.", remedy=_remedy(number))
    if unknown := [name for name in content if name not in LISTS[number]]:
        raise ParameterError(f"{path} : liste {unknown[0]!r} inconnue.", remedy=_remedy(number))
    found = {name: tuple(_read_list(path, content, name, titles)) for name in LISTS[number]}
    needed = LISTS[number][0]
    if not found[needed]:
        raise ParameterError(f"{path} : la liste « {needed} » est vide.", remedy=_remedy(number))
    if len(found.get("faits", ())) > FACTS:
        count = french.number(len(found["faits"]))
        raise ParameterError(
            f"{path} : {count} faits, {FACTS} au plus : le carnet a {FACTS} lignes.",
            remedy="Retirez ceux qui comptent le moins.",
        )
    return Choices(
        found.get("faits", ()), found.get("cartes", ()), found.get("questions", ()), found.get("enjeux", ())
    )


def _read_list(path: Path, content: Any, name: str, titles: Mapping[str, str]) -> Iterator[str]:
    """Yield the codes of a list, each once."""
    given = content.get(name) or []
    if not isinstance(given, list):
        raise ParameterError(
            f"{path} : {name} vaut {given!r}, une liste de codes est attendue.", remedy="- H-01"
        )
    allowed = _allowed(name, titles)
    seen = set()
    for rank, typed in enumerate(given):
        code = read_code(str(typed))
        if code not in allowed:
            line = given.lc.item(rank)[0] + 1 if hasattr(given, "lc") else rank + 1
            raise ParameterError(
                f"{path}, ligne {line} : {name} : {explain_unknown(str(typed), allowed)}.",
                remedy="Corrigez le code, ou retirez la ligne.",
            )
        if code not in seen:
            seen.add(code)
            yield code


def _allowed(name: str, titles: Mapping[str, str]) -> Sequence[str]:
    """List the codes that a list may hold."""
    kinds = {"questions": "Q", "enjeux": "E"}.get(name, "HLPM")
    return [code for code in titles if kind_of(code) in tuple(kinds)]


def _remedy(number: int) -> str:
    listed = french.enumerate_words(LISTS[number])
    return f"Listes attendues : {listed}. Effacez le fichier pour qu'il soit proposé à nouveau."
