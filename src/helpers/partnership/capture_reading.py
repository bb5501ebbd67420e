"""Reading one capture workbook: what its rows hold, cell by cell, and what is to be reported to the scribe."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from helpers import french
from helpers.contributions.workshop import Contribution, Kit, Waiting
from helpers.errors import ParameterError
from helpers.partnership import capture_sheets as sheets
from helpers.partnership import codes, privacy
from helpers.partnership.values import Reading, read_choice, read_day, read_number
from helpers.partnership.xlsx_reader import Cell, Column, Row, Sheet, Workbook, is_blank, read_workbook

# What a scribe writes in place of words to take them out of everything.
WITHDRAW = "retirer"
_CUT = " […]"
# The code of an issue as people type it: `e1`, `E 01`; the columns that it is typed in.
_TYPED_ISSUE = re.compile(r"\bE\s*[-–—.]?\s*0*([1-9]\d?)\b", re.IGNORECASE)
_OF_ISSUES = ("enjeu", "avec")
_DUE = re.compile(r"[,;]?\s*(?:avant le|le|pour le|au)?\s*(\d{1,2}[/.\-]\d{1,2}[/.\-]\d{2,4})\s*$")


@dataclass(frozen=True)
class Message:
    """What is to be reported of a file: where, and what to do. A name is said to the scribe, and written nowhere."""

    file: str
    text: str
    sheet: str = ""
    row: int = 0
    name: str = ""

    def __str__(self) -> str:
        return self._write(f'"{self.name}" {self.text}' if self.name else self.text)

    def discreet(self) -> str:
        """Write it without the name it may be about: for a file that is kept."""
        return self._write(f"un texte {self.text}" if self.name else self.text)

    def _write(self, text: str) -> str:
        where = [self.file, self.sheet, f"ligne {self.row}" if self.row else ""]
        return french.typography(f"{', '.join(filter(None, where))} : {text}")


@dataclass
class Capture:
    """What one file holds: rows of contributions, each read, waiting or withdrawn; the rows of other sheets.

    `file` is its name, for messages; `key` names the workbook that it is a copy of, whatever the name of the copy.
    """

    file: str
    letter: str
    key: str
    saved: datetime | None = None
    session: dict[str, Any] = field(default_factory=dict)
    contributions: list[Contribution] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)

    @property
    def count(self) -> int:
        """Count the rows of contributions that hold something."""
        return len(self.contributions) + len(self.waiting) + len(self.withdrawn)

    @property
    def is_filled(self) -> bool:
        """Tell whether anything was typed in it."""
        typed = {
            "axes": ("phrase",),
            "gommettes": ("elus", "techniciens"),
            "suites": ("quoi",),
        } | sheets.ROWS_TYPED
        said = (row.get(one) for key, keys in typed.items() for row in self.rows.get(key, []) for one in keys)
        return bool(self.count or any(self.session.values()) or any(said))

    @property
    def counts(self) -> dict[str, int]:
        """Count the issues, pawns, levers and decisions, by sheet; a sheet where nothing was typed is left out."""
        counts = {
            key: sum(any(row.get(one) for one in keys) for row in self.rows.get(key, []))
            for key, keys in sheets.ROWS_TYPED.items()
        }
        return {key: count for key, count in counts.items() if count}

    def remark(self, text: str, *, sheet: str = "", row: int = 0, name: str = "") -> None:
        """Keep a message about the file, once."""
        message = Message(self.file, text, sheet, row, name)
        if message not in self.messages:
            self.messages.append(message)


def read(path: Path, kit: Kit) -> Capture:
    """Read a capture workbook of a workshop, whatever people did to its sheets and columns.

    Raises:
        ParameterError: it cannot be read, or is of another commune, workshop or kit; it is then left out whole.
    """
    forms = (sheets.SESSION, *sheets.sheets_of(kit.number, "A"))
    book = read_workbook(path, forms)
    _check_identity(path, book, kit)
    letter = book.identity.get("lettre", "")
    key = f"{kit.name}-saisie-{letter}" if letter else path.stem
    capture = Capture(path.stem, letter, key, book.saved)
    for note in book.notes:
        if "absente" not in note:
            capture.remark(note)
    for key, sheet in book.sheets.items():
        for note in sheet.notes:
            capture.remark(note, sheet=sheet.form.title)
        reader = _Rows(capture, sheet, kit)
        match key:
            case "seance":
                reader.read_session()
            case "contributions":
                reader.read_contributions()
            case _:
                capture.rows[key] = reader.read_rows()
    return capture


def _check_identity(path: Path, book: Workbook, kit: Kit) -> None:
    found = book.identity
    if not found.get("kit"):
        raise ParameterError(
            f"{path.name} : ce n'est pas une saisie d'atelier, ou sa feuille Séance a été refaite.",
            remedy="Recopiez les lignes dans le classeur reçu, puis relancez.",
        )
    if found.get("commune") != kit.insee:
        raise ParameterError(
            f"{path.name} : ce fichier est celui d'une autre commune ({found.get('commune')!r}) ; vous importez "
            f"{kit.commune} ({kit.insee}).",
            remedy="Rangez-le avec sa commune.",
        )
    if found.get("atelier") != str(kit.number):
        raise ParameterError(
            f"{path.name} : ce fichier est l'atelier {found.get('atelier')} ; vous importez l'atelier {kit.number}.",
            remedy=f"Donnez numero={found.get('atelier')}, ou l'autre fichier.",
        )
    if found["kit"] != kit.id:
        raise ParameterError(
            f"{path.name} : ce fichier est d'une autre version de l'atelier ({found['kit']!r}, {kit.id!r} attendu) : "
            "la date, le diagnostic ou les codes ne sont pas les mêmes.",
            remedy="Recopiez les lignes dans le classeur de cette version (make atelier), puis relancez.",
        )


@dataclass
class _Rows:
    """The rows of one sheet, being read."""

    capture: Capture
    sheet: Sheet
    kit: Kit

    def read_session(self) -> None:
        """Read what was counted in the room."""
        lines = {column.key: column for column in sheets.SESSION_LINES}
        for row in self.sheet.rows:
            if column := lines.get(row.text("cle")):
                self.capture.session[column.key] = self._read(row, column, cell=row.cells.get("valeur"))

    def read_rows(self) -> list[dict[str, Any]]:
        """Read the rows of a sheet in which something was typed, by key."""
        found = []
        for row in self.sheet.rows:
            if mention := self._find_refused(row):
                reason = f"ressemble à {_what(mention)}. Reformulez ; la ligne n’est pas reprise."
                self._remark(row, reason, name=mention.text)
                continue
            values = {column.key: self._read(row, column) for column in self.sheet.form.columns}
            values["_row"] = row.number
            found.append(values)
        return found

    def read_contributions(self) -> None:
        """Read the rows of contributions: each is kept, waits, or is withdrawn."""
        seen: dict[str, int] = {}
        for row in self.sheet.rows:
            named = self._name(row)
            if named in seen:
                self._wait(
                    row, named, f"{named} est déjà à la ligne {seen[named]}. Utilisez une autre ligne."
                )
                continue
            seen[named] = row.number
            if french.fold(row.text("texte")) in (WITHDRAW, "retire", "a retirer"):
                self.capture.withdrawn.append(named)
                continue
            if mention := self._find_refused(row):
                reason = (
                    f"ressemble à {_what(mention)}. Reformulez ; la ligne attend, elle n’est pas publiée."
                )
                self._wait(row, named, reason, name=mention.text)
                continue
            self.capture.contributions.append(self._contribution(row, named))

    def _name(self, row: Row) -> str:
        """Give the identifier of a row: its own, or that of its place in a file where it was lost."""
        named = row.text("id").upper()
        match = codes.CONTRIBUTION.fullmatch(named)
        if match and int(match[1]) == self.kit.number:
            return named
        rank = row.number - sheets.FIRST_ROW
        made = codes.write_contribution(self.kit.number, self.capture.letter or "A", 200 + rank)
        self._remark(row, f'N° "{named}" inconnu. Gardée sous {made}.')
        return made

    def _contribution(self, row: Row, named: str) -> Contribution:
        read = {
            column.key: self._read(row, column) for column in self.sheet.form.columns if not column.locked
        }
        code = self._code(row)
        shown = self.kit.find(code)
        who, due = self._check(row, read["qui_verifie"])
        text = read["texte"]
        if not read["type"] or not text:
            lacking = "type manquant" if not read["type"] else "texte manquant"
            self._remark(row, f"{lacking}. Gardée « à relire », absente du compte rendu tant qu’il manque.")
        elif len(text) < sheets.SHORTEST:
            self._remark(row, f"{text!r} : {sheets.SHORTEST} signes au moins. Gardée « à relire ».")
            text = ""
        if read["type"] in ("contredit", "question ouverte") and not who:
            self._remark(row, f"{read['type']} : écrivez qui vérifie et pour quand. Gardée.")
        for mention in privacy.find_mentions(text or ""):
            self._remark(row, f"{mention.explain()} : vérifiez qu’il ne désigne pas une personne. Gardée.")
        return Contribution(
            id=named,
            file=self.capture.key,
            table=read["table"] or "",
            moment=read["tour"] or "",
            code=code,
            type=read["type"] or "",
            text=text or "",
            is_exact=read["mots"] == "oui",
            role=read["role"] or "",
            support=read["appuis"],
            place=read["lieu"] or "",
            evidence="" if read["preuve"] in (None, sheets.NONE) else read["preuve"],
            who=who,
            due=due,
            sharing=read["diffusion"] or "selon convention",
            value=shown.value if shown else "",
            version=self.kit.version if shown else "",
        )

    def _code(self, row: Row) -> str:
        """Read the code of a row; one that was not shown is reported, with the nearest."""
        typed = row.text("code")
        if is_blank(typed):
            return ""
        code, known = codes.read_code(typed), [shown.code for shown in self.kit.shown]
        if code in known:
            return code
        near = [self.kit.find(one) for one in codes.near(code, known)]
        guess = french.enumerate_words([f"{one.code} ({one.title})" for one in near if one], link="ou")
        asked = f" Vouliez-vous {guess} ?" if guess else ""
        self._remark(row, f'code "{typed}" inconnu.{asked} Gardée sans code.')
        return ""

    def _check(self, row: Row, typed: str | None) -> tuple[str, date | None]:
        """Part who checks from the day: `urbanisme, 22/01/2027`."""
        text = typed or ""
        if is_blank(text):
            return "", None
        match = _DUE.search(text)
        if match is None:
            return text, None
        return text[: match.start()].strip(" ,;"), self._day(row, match[1])

    def _day(self, row: Row, typed: Any) -> date | None:
        if day := read_day(typed):
            return day
        text = f"{typed:%d/%m/%Y}" if isinstance(typed, date) else str(typed)
        problem = (
            "n’existe pas"
            if re.fullmatch(r"\d{1,2}\D\d{1,2}\D\d{4}", text)
            else "n’est pas une date (jj/mm/aaaa)"
        )
        self._remark(row, f'"{text}" {problem}. Gardée sans date.')
        return None

    def _read(self, row: Row, column: Column, *, cell: Cell | None = None) -> Any:
        """Read a cell by what its column holds; what cannot be is reported, and left out."""
        cell = cell or row.cells.get(column.key)
        if cell is None:
            return None
        if cell.formula and not column.locked:
            self._remark(row, f"{column.label} : formule lue comme du texte.")
        match column.kind:
            case "whole":
                read = read_number(cell.value, low=column.low, high=column.high)
            case "choice":
                read = read_choice(cell.value, label=column.label, choices=column.choices)
            case "date":
                return self._day(row, cell.value)
            case _:
                text = _cut(cell.text, column)
                read = Reading(_TYPED_ISSUE.sub(r"E-\1", text) if column.key in _OF_ISSUES else text)
                if len(cell.text) > column.longest:
                    self._remark(row, f"{column.label} : {len(cell.text)} signes, {column.longest} gardés.")
        if read.message:
            self._remark(row, read.message)
        return read.value

    def _find_refused(self, row: Row) -> privacy.Mention | None:
        return next((found for key in row.cells if (found := privacy.find_refused(row.text(key)))), None)

    def _wait(self, row: Row, named: str, reason: str, *, name: str = "") -> None:
        """Leave a row waiting: nothing of its words is kept."""
        self._remark(row, reason, name=name)
        self.capture.waiting.append(Waiting(id=named, file=self.capture.file, row=row.number, reason=reason))

    def _remark(self, row: Row, text: str, *, name: str = "") -> None:
        self.capture.remark(text, sheet=self.sheet.form.title, row=row.number, name=name)


def _cut(text: str, column: Column) -> str:
    """Cut what is too long for a column; what someone said between two words, with a mark that shows it."""
    if len(text) <= column.longest or not column.quoted:
        return text[: column.longest]
    room = column.longest - len(_CUT)
    kept = re.sub(r"[\s,;:]+\S*$", "", text[: room + 1])
    return (kept if len(kept) <= room else text[:room]) + _CUT


def _what(mention: privacy.Mention) -> str:
    return {"téléphone": "un téléphone", "adresse électronique": "une adresse électronique"}.get(
        mention.kind, "un nom"
    )
