"""Codes said aloud: H-07, Q-1, E-1, A-01, OP-01, D-01, C1-A-07; what each stands for, kept with the commune.

A code is tied once to a permanent id; a rank that changes renumbers nothing, a retired code is never given again.
Codes of figures (H, L, P, and M up to M-05) are those of the notebooks, the same for all communes.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rapidfuzz.distance import DamerauLevenshtein

from helpers import french
from helpers.errors import ParameterError
from helpers.paths import replacing

# What each kind of code is called, and its form; digits it is written with.
KINDS: dict[str, tuple[str, re.Pattern[str], int]] = {
    "H": ("figure", re.compile(r"H-\d{2}"), 2),
    "L": ("figure", re.compile(r"L-\d{2}"), 2),
    "P": ("figure", re.compile(r"P-\d{2}"), 2),
    "M": ("matériau", re.compile(r"M-\d{2}"), 2),
    "Q": ("problématique", re.compile(r"Q-\d{1,2}"), 1),
    "E": ("enjeu", re.compile(r"E-\d{1,2}"), 1),
    "A": ("levier", re.compile(r"A-\d{2}"), 2),
    "OP": ("opération", re.compile(r"OP-\d{2}"), 2),
    "D": ("décision", re.compile(r"D-\d{2}"), 2),
}
# The letters of figures.
FIGURES = frozenset("HLP")
CONTRIBUTION = re.compile(r"C([123])-([A-Z])-(\d{2,3})")
_TYPED = re.compile(r"([A-Z]{1,2})[\s\u00a0\u202f]*[-‐‑‒–—−_.]?[\s\u00a0\u202f]*(\d{1,3})")
_COLUMNS = ("code", "identifiant", "depuis", "retire")
_NEAR, _MOST = 2, 3


def kind_of(code: str) -> str:
    """Give the letters of a well-formed code, `C` of a contribution; empty where it is none."""
    if CONTRIBUTION.fullmatch(code):
        return "C"
    letters = code.partition("-")[0]
    return letters if letters in KINDS and KINDS[letters][1].fullmatch(code) else ""


def read_code(typed: str) -> str:
    """Read a code as people type it (`h07`, `H 7`, `H‑07`, `op-1`) in its own form; as it is where it is none."""
    text = typed.strip().upper()
    match = _TYPED.fullmatch(text)
    if match is None or match[1] not in KINDS:
        return text
    return write_code(match[1], int(match[2]))


def write_code(letters: str, number: int) -> str:
    """Write a code: `H-07`, `Q-1`."""
    return f"{letters}-{number:0{KINDS[letters][2]}d}"


def write_contribution(workshop: int, file: str, row: int) -> str:
    """Write the code of a contribution: `C1-A-07`, of workshop 1, file A, row 7."""
    return f"C{workshop}-{file}-{row:02d}"


def near(code: str, known: Iterable[str]) -> list[str]:
    """List the three known codes nearest to one that is not known, two changes of a character away at most."""
    typed = read_code(code)
    scored = sorted((DamerauLevenshtein.distance(typed, one), one) for one in known)
    return [one for distance, one in scored if distance <= min(_NEAR, scored[0][0])][:_MOST]


def explain_unknown(code: str, known: Iterable[str]) -> str:
    """Say in French that a code is not known, with the near ones: `code "H-70" inconnu ; H-07 ?`."""
    found = near(code, known)
    return f'code "{code}" inconnu' + (
        f" ; vouliez-vous dire {french.enumerate_words(found, link='ou')} ?" if found else ""
    )


@dataclass
class Registry:
    """The codes of a commune, each with its permanent id, since when, and when it was retired."""

    path: Path
    rows: dict[str, dict[str, str]] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Registry:
        """Read the registry kept at a path; empty where there is none.

        Raises:
            ParameterError: a line is not of its form, or a code or an id in use is there twice.
        """
        registry = cls(path)
        if not path.is_file():
            return registry
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, delimiter=";")
            if tuple(reader.fieldnames or ()) != _COLUMNS:
                raise _refuse(path, 1, f"colonnes {reader.fieldnames!r}, attendu {';'.join(_COLUMNS)}")
            for row in reader:
                registry._take(row, line=reader.line_num)
        return registry

    def _take(self, row: Mapping[str, str | None], *, line: int) -> None:
        code, named = row["code"] or "", row["identifiant"] or ""
        if not kind_of(code) or not named or None in row.values():
            raise _refuse(self.path, line, f"code {code!r}, identifiant {named!r}")
        if code in self.rows:
            raise _refuse(self.path, line, f"le code {code!r} est déjà donné")
        if self.find(named, code.partition("-")[0]) and not row["retire"]:
            raise _refuse(self.path, line, f"l'identifiant {named!r} a déjà un code")
        self.rows[code] = {name: row[name] or "" for name in _COLUMNS}

    def find(self, named: str, letters: str) -> str:
        """Find the code in use of an id; empty where it has none."""
        return next(
            (
                code
                for code, row in self.rows.items()
                if row["identifiant"] == named and not row["retire"] and code.partition("-")[0] == letters
            ),
            "",
        )

    def code_of(self, named: str, letters: str, *, day: str, wanted: str = "") -> str:
        """Give the code of an id: its own, else `wanted` where it is free, else the next never given.

        `day` (ISO) is kept as the date at which it was given.

        Raises:
            ParameterError: no number is left.
        """
        if own := self.find(named, letters):
            return own
        used = {int(code.rpartition("-")[2]) for code in self.rows if code.partition("-")[0] == letters}
        number = max(used, default=0) + 1
        code = wanted if wanted and wanted not in self.rows else write_code(letters, number)
        if not kind_of(code):
            raise ParameterError(
                f"{self.path} : plus de numéro libre après {letters}-{number - 1}.",
                remedy="Un code retiré n'est jamais redonné : signalez-le à l'agence.",
            )
        self.rows[code] = dict(zip(_COLUMNS, (code, named, day, ""), strict=True))
        return code

    def write(self) -> None:
        """Write the registry at its path, whole or not at all."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(self.path) as aside, aside.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, _COLUMNS, delimiter=";", lineterminator="\n")
            writer.writeheader()
            writer.writerows(self.rows.values())


def _refuse(path: Path, line: int, fault: str) -> ParameterError:
    return ParameterError(
        f"{path}, ligne {line} : {fault}.",
        remedy="Ce registre est écrit par les commandes : reprenez sa dernière version (git checkout).",
    )
