"""What looks like a person in a text: a civility before a capital, a telephone, an e-mail are refused.

A capitalised first name, or a civility in the name of a street, is only a warning: schools and places bear names.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Kind = Literal["civilité", "téléphone", "adresse électronique", "prénom", "nom de lieu"]

_CAPITAL = r"[A-ZÀ-ÖØ-ÞŒ]"
# However it is written, a civility is one before a word with a capital: « monsieur le maire » names nobody.
_CIVILITY = re.compile(
    r"(?<![\w.])(?:(?:M|MM|[Mm]r|[Dd]r|Pr|[Mm]e|(?i:mme|mlle))\.\s*|(?<!\d\s)m\.\s*|(?:(?<!\d\s)M|MM|[Mm]r|[Dd]r|Pr|[Mm]e"
    r"|(?i:mmes?|mlles?|monsieur|messieurs|madame|mesdames|mademoiselle|docteur|professeur|maître))\s+)"
    rf"{_CAPITAL}[\w.'’-]*(?:\s+{_CAPITAL}[\w'’-]*)*"
)
# « Mme de Sévigné »; a « docteur de Hem » is of a place.
_PARTICLE = re.compile(
    r"(?<![\w.])(?:(?<!\d\s)M\.?|(?i:mme|mlle)\.?|(?i:monsieur|madame|mademoiselle))\s+"
    rf"(?:(?:de(?:\s+la)?|du|des)\s+|d['’]){_CAPITAL}[\w'’-]*"
)
# French numbers, national or international, however they are cut.
_TELEPHONE = re.compile(r"(?<![\d,])(?:(?:\+|00)33\s?(?:\(0\)\s?)?|0)\s?[1-9](?:[\s./-]?\d{2}){4}(?!\d)")
_EMAIL = re.compile(
    r"[\w.+-]+\s?(?:@|\(at\)|\[at\]|\s?arobase\s?)\s?[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}", re.IGNORECASE
)
# The word of a place that a name comes after: rue du Docteur Calmette, école Jean Jaurès.
_PLACE = re.compile(
    r"(?:rue|avenue|av\.|boulevard|bd|place|square|allée|impasse|chemin|quai|cours|parc|résidence|école|collège|lycée"
    r"|crèche|salle|stade|espace|centre|maison|clos|cité|îlot|friche|jardins?|hôpital|gymnase|théâtre|pont|esplanade"
    r"|quartier|secteur|groupe scolaire|ehpad|saint|sainte)s?"
    r"(?:\s+(?:de la|de l['’]|du|des|de|d['’]|l['’]|les?|la))*\s*$",
    re.IGNORECASE,
)
_FIRST_NAMES = frozenset(
    tomllib.loads((Path(__file__).parent / "first_names.toml").read_text(encoding="utf-8"))["names"].split()
)
_WORD = re.compile(rf"(?<![\w’'-]){_CAPITAL}[\w]+(?:-{_CAPITAL}\w+)?")
_NAME_SO_FAR = re.compile(rf"(?:{_CAPITAL}[\w-]+\s+)+$")
REMEDY = "décrivez le lieu ou le service"


@dataclass(frozen=True)
class Mention:
    """What in a text looks like a person: its kind, its words, whether the text is refused for it."""

    kind: Kind
    text: str

    @property
    def refused(self) -> bool:
        """Tell whether the text may not be kept."""
        return self.kind in ("civilité", "téléphone", "adresse électronique")

    def explain(self) -> str:
        """Say in French what it is: `"M. Lemaire" est un nom`."""
        what = {
            "civilité": "est un nom",
            "téléphone": "est un numéro de téléphone",
            "adresse électronique": "est une adresse électronique",
            "prénom": "ressemble au nom d'une personne",
            "nom de lieu": "est un nom de lieu, ou celui d'une personne",
        }[self.kind]
        return f'"{self.text}" {what}'


def find_mentions(text: str) -> list[Mention]:
    """Find what in a text looks like a person, what is refused first."""
    text = re.sub(r"\s+", " ", text)
    found = [Mention("adresse électronique", match[0]) for match in _EMAIL.finditer(text)]
    found += [Mention("téléphone", match[0].strip()) for match in _TELEPHONE.finditer(text)]
    spans = []
    for match in (*_CIVILITY.finditer(text), *_PARTICLE.finditer(text)):
        place = _PLACE.search(text[: match.start()])
        found.append(Mention("nom de lieu" if place else "civilité", match[0]))
        spans.append(match.span())
    for match in _WORD.finditer(text):
        inside = any(start <= match.start() < end for start, end in spans)
        first = match[0].split("-")[0]
        # Rue Louise Michel: every word of the name follows that of the place.
        before = _NAME_SO_FAR.sub("", text[: match.start()])
        if first in _FIRST_NAMES and not inside and not _PLACE.search(before):
            found.append(Mention("prénom", match[0]))
    return sorted(found, key=lambda mention: not mention.refused)


def find_refused(text: str) -> Mention | None:
    """Find the first mention for which a text may not be kept; nothing where it may."""
    return next((mention for mention in find_mentions(text) if mention.refused), None)


def is_personal_address(text: str) -> bool:
    """Tell whether an e-mail is that of a person (prenom.nom@…), and not of a service (habitat@…)."""
    return any(re.match(r"[^\W\d_]+[._][^\W\d_]+\s?@", match[0]) for match in _EMAIL.finditer(text))
