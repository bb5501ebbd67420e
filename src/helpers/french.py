"""French numbers, words and typography: the only place that knows how a figure is written on a page.

Rounding happens here and nowhere else. Missing values read "n.d.", a nil count reads "–", and
minus zero does not exist.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from babel.dates import format_date

NBSP = "\u00a0"
NARROW = "\u202f"
MINUS = "\u2212"
MISSING = "n.d."
NIL = "–"
NOT_SIGNIFICANT = "n.s."

# Characters that nobody sees, line ends and tabs apart: controls, and those that turn the order of letters round.
_UNSEEN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")
# Between thousands, and before decimals.
_FRENCH = str.maketrans({",": NARROW, ".": ","})
# Where a text has a space of another kind. From the first of several spaces only: a text of spaces would take a square
# of its length.
_SPACES = (
    (re.compile(rf"(?<![ {NBSP}{NARROW}])[ {NBSP}{NARROW}]*([;!?]+)(?=[\s)»]|$)"), rf"{NARROW}\1"),
    (re.compile(rf"(?<![ {NBSP}])[ {NBSP}]+([:%»])"), rf"{NBSP}\1"),
    (re.compile(rf"«[ {NBSP}]+"), f"«{NBSP}"),
)
# Beginnings of the names whose H is mute in the usage of their inhabitants: of the Métropole Européenne de Lille (Hem
# excepted) and near it, and those in Hy-.
_MUTE = (
    "hy", "hallennes", "halluin", "hantay", "haubourdin", "hellemmes", "herlies", "houplin", "houplines", "henin",
    "hesdin",
)  # fmt: skip
_ARTICLES = re.compile(r"^(?:le|la|les|l) (?=.)")


def is_missing(value: object) -> bool:
    """Return whether a value is None, NaN or one of pandas' missing values."""
    # pandas.NA first: a comparison with it is neither true nor false.
    return value is None or type(value).__name__ in ("NAType", "NaTType") or value != value


def capitalize(text: str) -> str:
    """Write a text with a capital at its head; unlike `str.capitalize`, the rest of it stays as it is."""
    return text[:1].upper() + text[1:]


def uncapitalize(text: str) -> str:
    """Write a text without the capital at its head, as within a sentence."""
    return text[:1].lower() + text[1:]


def number(value: float | None, *, digits: int = 0, signed: bool = False) -> str:
    """Write a number with `digits` decimals: `1 234,5`, `−0,2`, `+3`; "n.d." when missing.

    Halves are rounded away from zero, as Insee prints them, and a value that rounds to zero
    bears no sign.
    """
    if is_missing(value) or math.isinf(float(value)):  # type: ignore[arg-type]
        return MISSING
    rounded = _rounded(value, digits)  # type: ignore[arg-type]
    text = f"{abs(rounded):,f}".translate(_FRENCH)
    if rounded < 0:
        return MINUS + text
    return "+" + text if signed and rounded > 0 else text


def count(value: float | None, *, signed: bool = False) -> str:
    """Write a whole number of people or homes; a nil unsigned count is "–"."""
    text = number(value, signed=signed)
    return NIL if text == "0" and not signed else text


def percent(value: float | None, *, digits: int = 1, signed: bool = False) -> str:
    """Write a percentage, already times 100: `12,3 %`."""
    return _with_unit(number(value, digits=digits, signed=signed), "%")


def per_mille(value: float | None, *, digits: int = 1, signed: bool = False) -> str:
    """Write a rate per thousand, already times 1 000: `13,2 ‰`."""
    return _with_unit(number(value, digits=digits, signed=signed), "‰")


def annual(value: float | None, *, digits: int = 1) -> str:
    """Write an average annual change in %: `+0,7 % par an`."""
    return _with_unit(number(value, digits=digits, signed=True), f"%{NBSP}par{NBSP}an")


def points(value: float | None, *, digits: int = 1) -> str:
    """Write a difference of rates: `+1,2 point`, `−2,0 points` (plural from 2, as printed)."""
    text = number(value, digits=digits, signed=True)
    return text if text == MISSING else _with_unit(text, plural(_rounded(value, digits), "point"))  # type: ignore[arg-type]


def _rounded(value: float, digits: int) -> Decimal:
    """Round to so many decimals, halves away from zero, from the digits that Python prints."""
    return Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


def _with_unit(text: str, unit: str) -> str:
    """Append a unit to a written number, unless it is missing."""
    return text if text == MISSING else f"{text}{NBSP}{unit}"


def plural(value: float | Decimal, singular: str, plural_form: str = "") -> str:
    """Choose the noun in agreement: singular below 2 in absolute value, as French wants; plural in -s by default."""
    return singular if abs(float(value)) < 2 else plural_form or f"{singular}s"


def quantity(value: float | None, singular: str, plural_form: str = "", *, signed: bool = False) -> str:
    """Write a whole number and its noun in agreement: `1 234 habitants`, `1 logement`."""
    if is_missing(value):
        return MISSING
    return f"{number(value, signed=signed)}{NBSP}{plural(number_value(value), singular, plural_form)}"


def number_value(value: float | None) -> int:
    """Return the whole number that `number(value)` prints."""
    return int(_rounded(value, 0))  # type: ignore[arg-type]


def long_date(day: date) -> str:
    """Write a date: `1er janvier 2024`, `22 novembre 2026`."""
    text = format_date(day, "d MMMM y", locale="fr")
    return "1er" + text[1:] if text.startswith("1 ") else text


def enumerate_words(words: Sequence[str], *, link: str = "et") -> str:
    """Join words as a sentence does: `a, b et c`; `link` comes before the last one."""
    words = list(words)
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {link} {words[-1]}"


def of(name: str) -> str:
    """Write a name after "de": `de Hem`, `d'Annœullin`, `du Havre`, `des Abymes`, `de L'Haÿ-les-Roses`."""
    if name.startswith("Le "):
        return f"du {name[3:]}"
    if name.startswith("Les "):
        return f"des {name[4:]}"
    return f"d’{name}" if _elides(name) else f"de {name}"


def at(name: str) -> str:
    """Write a name after "à": `à Hem`, `au Havre`, `aux Abymes`, `à La Madeleine`."""
    if name.startswith("Le "):
        return f"au {name[3:]}"
    if name.startswith("Les "):
        return f"aux {name[4:]}"
    return f"à {name}"


def _elides(name: str) -> bool:
    """Return whether "de" loses its vowel before a name.

    A name in H- keeps it (`de Hem`), save where usage says otherwise.
    """
    return fold(name).startswith(("a", "e", "i", "o", "u", "y", *_MUTE))


def fold(text: str) -> str:
    """Lower a text, without accents nor ligatures, words separated by one space: the key of searches."""
    text = text.lower().replace("œ", "oe").replace("æ", "ae")
    text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(re.findall(r"[a-z0-9]+", text))


def search_key(name: str) -> str:
    """Fold a name without its leading article and with "st", "ste" spelt out: `l'Haÿ` and `Hay` meet."""
    return _ARTICLES.sub("", full_key(name))


def full_key(name: str) -> str:
    """Fold a name with its article and with "st", "ste" spelt out: `Le Havre` and `Havre` differ."""
    return re.sub(r"\bst\b", "saint", re.sub(r"\bste\b", "sainte", fold(name)))


def slug(name: str) -> str:
    """Write a name as that of a folder or a file: `l-hay-les-roses`."""
    return fold(name).replace(" ", "-")


def visible(text: str) -> str:
    """Remove the characters that nobody sees and that could spoil a text: controls, reversals of letters."""
    return _UNSEEN.sub("", text)


def typography(text: str) -> str:
    """Apply French spacing: non-breaking spaces before ; : ! ? % » and after «, curly apostrophes."""
    text = text.replace("'", "’")
    for pattern, spaced in _SPACES:
        text = pattern.sub(spaced, text)
    return text
