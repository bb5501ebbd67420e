"""The sentences of a diagnostic without its pages, and what is wrong in a French sentence."""

from __future__ import annotations

import inspect
import json
import re
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from unittest import mock

import pandas as pd

from helpers import figures, french, paths, wording
from helpers.diagnostic import Diagnostic
from helpers.exhibit import Exhibit, absent
from helpers.wording.finding import Finding

THEMES = ("1_demographie", "2_logement", "3_pyramides")
LONGEST_TITLE = 70

# What a page never says: formulas for titles, flows that nobody counted, parts larger than their whole, ages without
# their preposition, figures that are not known.
_BANNED = re.compile(
    r"[Cc]e qui s’éloigne le plus|\b[Ss]ur \d+ périodes|\barriv(?:ées|ants) (?:que|et) (?:de )?départs|plus d’arrivées"
    r"|moins d’arrivées|\bdont [+−]|\bont \d+ à \d+ ans|\bn\.[sd]\.|\bnan\b|None|[{}]|\bRP_|_[A-Z]|une? médiane la\b"
)
_DOUBLED = re.compile(r"\b([a-zàâéèêîôûç]+) \1\b", re.IGNORECASE)
_SPACES = re.compile(r"  |\s[,.](?!\d)|\(\s|\s\)")
_ELISION = re.compile(
    r"\b(?:de|que|ne|le|la|se) (?=[aeiouéèêàâîôœ]|habitant)(?!onze|oui|un sur)", re.IGNORECASE
)
_NOUNS = (
    "logement|habitant|personne|naissance|ménage|maison|appartement|résidence|point|pièce|propriétaire|enfant"
)
_COUNTED = re.compile(rf"(?<![\d,\u202f–-])(\d[\d\u202f]*)(?:,(\d+))?\u00a0({_NOUNS})(s?)\b")
_SIGN = re.compile(r"[+−]\d")
_PARENTHESES = re.compile(r"\([^()]*\)")
_YEAR = re.compile(r"\b(?:1[89]|20)\d\d\b")
# Of three digits at least: smaller ones meet by chance, and units of account (100, 1 000) are no figures.
_NUMBER = re.compile(r"(?P<number>\d[\d\u202f]*(?:,\d+)?)[\s\u00a0]?(?P<what>[^\s\u00a0]*)")
_OF_ACCOUNT = {"100", "1000"}


@dataclass(frozen=True)
class Call:
    """A sentence asked for by a notebook: its subject, what makes it, the data that it describes."""

    subject: str
    make: Callable[..., Finding]
    data: pd.DataFrame
    more: dict[str, Any]


def calls_of(code: str) -> tuple[Diagnostic, list[Call]]:
    """Run the notebooks of a commune without a drawing: the diagnostic, and the sentences that they ask for."""
    calls: list[Call] = []
    with _without_drawings(), mock.patch.object(Diagnostic, "show", _listen(calls)):
        for theme in THEMES:
            d = _run(theme, code)
    return d, calls


def findings_of(code: str) -> dict[str, Finding]:
    """The findings of the three themes of a commune, by the subject of their exhibit."""
    d, calls = calls_of(code)
    return {call.subject: call.make(call.data, d.commune, **call.more) for call in calls}


def _run(theme: str, code: str) -> Diagnostic:
    cells = json.loads((paths.NOTEBOOKS / f"{theme}.ipynb").read_text("utf-8"))["cells"]
    space: dict[str, Any] = types.ModuleType(theme).__dict__
    for cell in cells:
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), theme, "exec"), space)
            if "parameters" in cell["metadata"].get("tags", []):
                space["commune"] = code
                # Those that the build chooses by what is known of the commune.
                space.update(millesime=None, millesime_ancien=None, pyramides=None)
    return space["d"]


def _listen(calls: list[Call]) -> Callable[..., object]:
    shown = Diagnostic.show

    def show(self: Diagnostic, exhibit: Exhibit, finding: Any = None, *, subject: str, **more: Any) -> object:
        data = more.get("about")
        data = exhibit.data if data is None else data
        own = inspect.signature(shown).parameters
        named = {name: more[name] for name in more if name not in own}
        if callable(finding) and len(data):
            calls.append(Call(subject, finding, data, named))
        return shown(self, exhibit, finding, subject=subject, **more)

    return show


def _without_drawings() -> Any:
    def draw(data: pd.DataFrame, **_: Any) -> Exhibit:
        return Exhibit(data, "dessin", drawing='<svg aria-label="dessin">') if len(data) else absent("")

    return mock.patch.multiple(figures, **dict.fromkeys(figures.__all__, draw))


def faults_of(finding: Finding) -> Iterator[str]:
    """List what is wrong in the sentences of a finding."""
    texts = {
        "titre": finding.title,
        "accroche": finding.headline,
        "lecture": finding.reading,
        "à retenir": finding.takeaway,
    }
    for part, text in texts.items():
        if text:
            yield from (f"{part}, {fault} : {text}" for fault in faults_in(text, part=part))
    yield from (
        f"chiffre redit, {number} : {finding.title} | {finding.reading}"
        for number in numbers_in(finding.title) & numbers_in(finding.reading)
    )


def faults_in(text: str, *, part: str) -> Iterator[str]:
    """List what is wrong in a sentence: a title or a headline, a reading, a sentence to retain."""
    if found := _BANNED.search(text):
        yield f"tournure bannie « {found[0]} »"
    if found := _DOUBLED.search(text):
        yield f"mot doublé « {found[0]} »"
    if _SPACES.search(text):
        yield "espaces"
    if found := _ELISION.search(text):
        yield f"élision « {found[0]} »"
    if _SIGN.search(_PARENTHESES.sub("", text)):
        yield "signe dans la phrase"
    for whole, decimals, noun, mark in _COUNTED.findall(text):
        value = float(f"{whole.replace(french.NARROW, '')}.{decimals or 0}")
        if (value >= 2) != bool(mark):
            yield f"accord de {value} {noun}{mark}"
    short = part in ("titre", "accroche")
    if short and len(text) > LONGEST_TITLE:
        yield f"{len(text)} signes"
    if short == text.endswith("."):
        yield "point final"
    if part == "lecture":
        if text[0].isupper() and not text.startswith(("À ", "Au ", "Aux ")):
            yield "majuscule"
    elif text[0].islower():
        yield "minuscule"
    numbers = _figures(text)
    if repeated := {number for number in numbers if numbers.count(number) > 1}:
        yield f"chiffre redit {sorted(repeated)}"


def numbers_in(text: str) -> set[str]:
    """The figures of a text, each with what it counts: no years, no small numbers, no units of account."""
    return set(_figures(text))


def _figures(text: str) -> list[str]:
    # Two counts of different things may be the same by chance.
    found = _NUMBER.finditer(_YEAR.sub("", text))
    return [f"{one['number']} {one['what'][:4]}" for one in found if _is_figure(one["number"])]


def _is_figure(number: str) -> bool:
    digits = re.sub(r"\D", "", number)
    return len(digits) >= 3 and digits not in _OF_ACCOUNT


def written_alike(finding: Finding, *, name: str) -> str:
    """The sentences of a finding without their figures nor the name of the commune: what they say."""
    text = " | ".join([finding.title, finding.headline, finding.reading, finding.takeaway])
    return re.sub(r"\d[\d\u202f]*(?:,\d+)?", "0", text.replace(name, "X"))


# Every function that makes sentences of data, for the tests that call them all.
MAKERS = [getattr(wording, name) for name in wording.__all__]
