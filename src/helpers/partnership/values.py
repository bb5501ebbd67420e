"""Values of cells as people type them: numbers, years, dates, words of a list, squares of the map."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from rapidfuzz.distance import DamerauLevenshtein

from helpers import french
from helpers.partnership.xlsx_reader import is_blank, write_text

Weight = Literal["", "note", "kept", "refused"]

_NUMBER = re.compile(r"-?\d{1,3}(?:[ .]\d{3})+|-?\d+(?:[.,]0+)?")
_ABOUT = re.compile(
    r"^(?:env(?:\.|iron)?|~|≈|±|à peu près|approx\.?|près de|circa|ca\.?|une?|quelques?)\s*", re.IGNORECASE
)
_DATE = re.compile(r"(?:(\d{1,2})[/.\- ])?(\d{1,2})[/.\- ](\d{4}|\d{2})(?:[ T]00:00(?::00)?)?")
_ISO = re.compile(r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?(?:[ T].*)?")
_WRITTEN = re.compile(r"(?:(\d{1,2})(?:er)?\s+)?([^\W\d]+)\.?\s+(\d{4})")
_MONTHS = ("janv", "fev", "mars", "avr", "mai", "juin", "juil", "aout", "sept", "oct", "nov", "dec")
SQUARE = re.compile(r"[A-H][1-6]")
_FROM, _NEAR = 2000, 2
# The letters that are enough to begin a word of a list.
_BEGUN = 4


@dataclass(frozen=True)
class Reading:
    """What was read of a cell: its value, what is to be reported of it, how much that weighs.

    `note`: read, and reported; `kept`: kept with a mark, to be verified; `refused`: the cell is left out.
    """

    value: Any = None
    message: str = ""
    weight: Weight = ""


def read_number(value: Any, *, low: int, high: int) -> Reading:
    """Read a whole number: 118, "1 200", "118 logements"; "env. 40" is refused with the number to write."""
    if isinstance(value, bool):
        return Reading(None, f'"{value}" n\'est pas un nombre.', "refused")
    if isinstance(value, datetime | date):
        return Reading(
            None, f'"{write_text(value)[:10]}" est une date : mettez la cellule au format nombre.', "refused"
        )
    text = write_text(value).replace("\u2212", "-")
    if is_blank(text):
        return Reading()
    bare = _ABOUT.sub("", text)
    match = _NUMBER.match(bare)
    rest = bare[match.end() :].strip(" ().?+") if match else ""
    if match is None or re.search(r"\d", rest):
        return Reading(
            None, f'"{text}" n\'est pas un nombre entier : écrivez seulement le nombre.', "refused"
        )
    number = int(float(re.sub(r"[ .](?=\d{3}(?!\d))", "", match[0]).replace(",", ".")))
    if bare != text or "estim" in french.fold(rest) or rest.endswith("env"):
        message = f'"{text}" : écrivez {number} et mettez la fiabilité sur "estimée".'
        return _bounded(Reading(number, message, "kept"), low=low, high=high)
    typed = not isinstance(value, int | float) and str(value).strip() != str(number)
    note = f'"{text}" lu {french.number(number)}.' if typed else ""
    return _bounded(Reading(number, note, "note" if note else ""), low=low, high=high)


def _bounded(read: Reading, *, low: int, high: int) -> Reading:
    if low <= read.value <= high:
        return read
    words = f"{read.value} n'est pas entre {low} et {high} : corrigez le nombre."
    return Reading(None, words, "refused")


def read_year(value: Any, *, low: int, high: int) -> Reading:
    """Read a year: 2021, "2021", a date; "21" is read 2021, and reported."""
    if isinstance(value, datetime | date):
        # A spreadsheet that takes 2021 for a day of 1905 has not been given a year.
        return _year(value.year, value.strftime("%d/%m/%Y"), low=low, high=high)
    text = write_text(value)
    if is_blank(text):
        return Reading()
    # "21", "2021", "fin 2021", "09/2021"; two years in a cell are none.
    found = re.fullmatch(r"(?:\d{1,2}[/.-])*(\d{4}|\d{2})", text) or re.fullmatch(r"\D*(\d{4})\D*", text)
    if found is None:
        return Reading(None, f'"{text}" n\'est pas une année : écrivez par exemple 2021.', "refused")
    year = int(found[1])
    year += _FROM if year < 100 and len(found[1]) == 2 else 0
    return _year(year, text, low=low, high=high)


def _year(year: int, text: str, *, low: int, high: int) -> Reading:
    if not low <= year <= high:
        return Reading(None, f"l'année {year} n'est pas entre {low} et {high}.", "refused")
    return Reading(year, f'"{text}" lu {year}.', "note") if text != str(year) else Reading(year)


def read_date(value: Any) -> Reading:
    """Read a date: of the spreadsheet, or typed ("01/11/2026", "10/2026", "1er novembre 2026"); ISO text, day or month.

    A date without a day is kept as `2026-10`.
    """
    if isinstance(value, datetime | date):
        return Reading(value.strftime("%Y-%m-%d"))
    text = write_text(value)
    if is_blank(text):
        return Reading()
    day, month, year = _parts(text)
    try:
        iso = date(year, month, day or 1).isoformat()
    except ValueError:
        return Reading(None, f'"{text}" n\'est pas une date : écrivez par exemple 01/11/2026.', "refused")
    read = iso if day else iso[:7]
    if re.search(r"[/.\- ]\d{2}$", text) and not _ISO.fullmatch(text):
        return Reading(read, f'"{text}" lu {read}.', "note")
    return Reading(read)


def read_day(value: Any) -> date | None:
    """Read a day; nothing where there is none, or only its month or its year."""
    read = read_date(value).value
    return date.fromisoformat(read) if read and len(read) == len("2027-01-22") else None


def _parts(text: str) -> tuple[int, int, int]:
    """Cut a text into day (0 where there is none), month, year; a year 0 where it is no date."""
    if match := _ISO.fullmatch(text):
        return int(match[3] or 0), int(match[2]), int(match[1])
    if match := _DATE.fullmatch(text):
        year = int(match[3])
        return int(match[1] or 0), int(match[2]), year + (_FROM if year < 100 else 0)
    if match := _WRITTEN.fullmatch(text):
        named = french.fold(match[2])
        month = next((rank for rank, name in enumerate(_MONTHS, start=1) if named.startswith(name)), 0)
        return int(match[1] or 0), month, int(match[3])
    return 0, 0, 0


def read_choice(value: Any, *, label: str, choices: tuple[str, ...]) -> Reading:
    """Read a word of a list, the accents, capitals and number apart; a near one is read, and reported."""
    text = write_text(value)
    if is_blank(text):
        return Reading()
    if text in choices:
        return Reading(text)
    folded = {_plain(choice): choice for choice in choices}
    typed = _plain(text)
    if typed in folded:
        return Reading(folded[typed])
    begun = [choice for key, choice in folded.items() if len(typed) >= _BEGUN and key.startswith(typed)]
    if len(begun) == 1:
        return Reading(begun[0], f'{label} "{text}" lu comme "{begun[0]}".', "note")
    distance, nearest = min((DamerauLevenshtein.distance(typed, key), key) for key in folded)
    if distance <= _NEAR and distance < len(nearest) / 2:
        return Reading(folded[nearest], f'{label} "{text}" lu comme "{folded[nearest]}".', "note")
    listed = french.enumerate_words(choices, link="ou")
    return Reading(None, f'{label} "{text}" hors liste : {listed}.', "refused")


def _plain(text: str) -> str:
    """Write a word without what a keyboard changes: accents, capitals, the curl of an apostrophe."""
    return french.fold(text.replace("’", "'"))


def read_square(value: Any) -> Reading:
    """Read a square of the table map, A1 to H6."""
    text = write_text(value).upper().replace(" ", "")
    if is_blank(text):
        return Reading()
    if SQUARE.fullmatch(text):
        return Reading(text)
    return Reading(None, f'Carré "{write_text(value)}" hors du plan (A1 à H6).', "refused")
