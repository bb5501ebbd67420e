"""What people type for a commune: a name, often with its département or the number of an arrondissement."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from helpers import french

# Characters of a query; the longest name of a commune has 45.
_LONGEST = 200
_BRACKETS = re.compile(r"(?P<name>.+?)\s*\((?P<place>[^()]+)\)")
_COMMA = re.compile(r"(?P<name>.+?)\s*,\s*(?P<place>[^,]+)")
_NUMBER = re.compile(
    r"(?P<name>.*?[^\W\d].*?)[\s-]+(?P<place>\d{1,3}|2[AaBb])(?P<rank>\s*(?:er|e|eme|ème|è))?"
    r"(?:\s+arr(?:ondissement|\.)?)?"
)
_CODE = re.compile(r"\d[0-9AaBb]\d?")


@dataclass(frozen=True)
class Query:
    """A name typed, with the département that tells it from homonyms, or the arrondissement of a city.

    `department` is a code, empty when none is given, "?" when what is given is none.
    """

    name: str
    department: str = ""
    arrondissement: int | None = None

    @property
    def key(self) -> str:
        """The key that finds the name in the lists."""
        return french.search_key(self.name)

    @property
    def arrondissement_key(self) -> str:
        """The key of the arrondissement, in the list of what is no commune; empty when none is given."""
        if self.arrondissement is None:
            return ""
        rank = "1er" if self.arrondissement == 1 else f"{self.arrondissement}e"
        return french.search_key(f"{self.name} {rank} arrondissement")


def read_query(text: str, *, departments: Callable[[], Mapping[str, str]]) -> Query:
    """Read `Saint-Denis (93)`, `Saint-Denis 93`, `hem 59`, `Hem, Nord`, `Paris 15`, `Paris 15e`, or a name alone.

    `departments` gives the codes of the départements by their names, folded; asked when a name is given.
    """
    # No name is as long, and the patterns below would take long to say so.
    text = text[:_LONGEST]
    for pattern in (_BRACKETS, _COMMA):
        if match := pattern.fullmatch(text):
            return Query(match["name"], _read_department(match["place"].strip(), departments))
    match = _NUMBER.fullmatch(text)
    if match is None:
        return Query(text)
    place = match["place"].upper()
    arrondissement = int(place) if place.isdigit() else None
    return Query(match["name"], "?" if match["rank"] else place.zfill(2), arrondissement)


def _read_department(place: str, departments: Callable[[], Mapping[str, str]]) -> str:
    """Read the code of a département, or its name."""
    if _CODE.fullmatch(place):
        return place.upper()
    return departments().get(french.fold(place), "?")
