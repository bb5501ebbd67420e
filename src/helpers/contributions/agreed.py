"""What a group agrees on: issues in its own words, levers, decisions; what became of the questions of the analysis."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from helpers import french
from helpers.contributions.presentation import publishable_roles
from helpers.contributions.workshop import Dots, Workshop

HORIZONS = (1, 3, 6)
# What a scribe writes against a proposal that the group leaves, or puts into another.
DROPPED, MERGED = "écarté", "fusionné"
_FIGURE = re.compile(r"[HLPM]-\d{2}")
_QUESTION = re.compile(r"Q-\d{1,2}")
_ISSUE = re.compile(r"E-\d{1,2}")
_LEVER = re.compile(r"A-\d{2}")

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Pawn:
    """Where a table puts an issue, from 1 to 5: its importance, what the commune can do."""

    table: str
    importance: int
    capacity: int


@dataclass(frozen=True)
class Issue:
    """An issue as the group words it: where it comes from, what bears it out, dots and pawns.

    `versions` are the other wordings that were typed, `questions` the codes of the proposals it comes from.
    """

    code: str
    text: str
    status: str
    questions: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    homes: str = ""
    services: str = ""
    dots: Dots | None = None
    pawns: tuple[Pawn, ...] = ()
    versions: tuple[str, ...] = ()
    contributions: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """Count its dots."""
        return self.dots.total if self.dots else 0


@dataclass(frozen=True)
class Lever:
    """A lever: its issue, who leads it, who decides, with which tool, within how many years, the first step.

    `versions` are the other wordings that were typed under its code: nothing else is taken from their rows.
    """

    code: str
    issue: str
    text: str
    leader: str = ""
    competence: str = ""
    verb: str = ""
    tool: str = ""
    reach: str = ""
    horizon: int | None = None
    first_step: str = ""
    due: date | None = None
    figures: tuple[str, ...] = ()
    brake: str = ""
    dots: Dots | None = None
    family: str = ""
    status: str = ""
    reason: str = ""
    versions: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """Count its dots."""
        return self.dots.total if self.dots else 0


@dataclass(frozen=True)
class Decision:
    """What the elected officials of the workshop carry, or submit: never a vote of the council."""

    code: str
    text: str
    levers: tuple[str, ...] = ()
    by: str = ""
    day: date | None = None
    status: str = ""
    reason: str = ""
    versions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fate:
    """What became of a question of the analysis: `status`, the issue it is now in, or why it was left."""

    code: str
    title: str
    status: str
    issue: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Agreed:
    """What the workshops of a commune agreed on, and the day each part was said."""

    issues: tuple[Issue, ...] = ()
    levers: tuple[Lever, ...] = ()
    decisions: tuple[Decision, ...] = ()
    fates: tuple[Fate, ...] = ()
    days: Mapping[int, date] = field(default_factory=dict)
    # Issues of the group itself, which it then left.
    dropped: tuple[Fate, ...] = ()

    def levers_of(self, issue: str) -> list[Lever]:
        """List the levers of an issue, in the order of their codes."""
        return [lever for lever in self.levers if lever.issue == issue]

    @property
    def unfounded(self) -> list[Lever]:
        """List the levers that no figure bears out, or that are of no issue."""
        known = {issue.code for issue in self.issues}
        return [lever for lever in self.levers if not lever.figures or lever.issue not in known]

    @property
    def idle(self) -> list[Issue]:
        """List the issues without any lever."""
        return [issue for issue in self.issues if not self.levers_of(issue.code)]

    @property
    def left(self) -> list[Fate]:
        """List the questions of the analysis that are in no issue."""
        return [fate for fate in self.fates if not fate.issue]


def gather(workshops: Sequence[Workshop]) -> Agreed:
    """Gather what the second and the third workshop of a commune agreed on, from the rows typed."""
    by_number = {workshop.kit.number: workshop for workshop in workshops}
    second, third = by_number.get(2), by_number.get(3)
    rows = list(_filled(second, "enjeux", "phrase", "statut"))
    issues = tuple(_issues(rows, second, workshops))
    return Agreed(
        issues=issues,
        levers=tuple(_levers(third)),
        decisions=tuple(_decisions(third)),
        fates=tuple(_fates(rows, issues, second)),
        days={number: workshop.kit.day for number, workshop in by_number.items()},
        dropped=tuple(_dropped(rows)),
    )


def _filled(workshop: Workshop | None, sheet: str, *keys: str) -> Iterator[Row]:
    """Yield the rows of a sheet that say something, as they were typed."""
    for row in workshop.rows.get(sheet, []) if workshop else ():
        if any(row.get(key) for key in keys):
            yield row


def _codes(pattern: re.Pattern[str], text: object) -> tuple[str, ...]:
    return tuple(dict.fromkeys(pattern.findall(str(text or "").upper())))


def _is_issue(row: Row) -> bool:
    """Tell an issue from what is said of a proposal that is left or put into another."""
    return (
        bool(row.get("phrase"))
        and row.get("statut") != DROPPED
        and not (row.get("statut") == MERGED and _codes(_ISSUE, row.get("avec")))
    )


def _issues(rows: Sequence[Row], second: Workshop | None, workshops: Sequence[Workshop]) -> Iterator[Issue]:
    if second is None:
        return
    dots = _count_dots(second)
    said = [one for workshop in workshops for one in workshop.whole]
    for code, same in _by_code(row for row in rows if _is_issue(row)):
        first, texts = same[0], list(dict.fromkeys(str(row["phrase"]) for row in same))
        questions = _together(same, "origine", _QUESTION)
        figures = _together(same, "constats", _FIGURE)
        about = {code, *questions}
        yield Issue(
            code=code,
            text=texts[0],
            status=str(first.get("statut") or ("ajouté" if not questions else "reformulé")),
            questions=questions,
            figures=figures,
            against=_together(same, "contre", _FIGURE),
            homes=_first(same, "besoins_logements"),
            services=_first(same, "besoins_services"),
            dots=dots.get(code),
            pawns=tuple(_pawns(second, code)),
            versions=tuple(texts[1:]),
            contributions=tuple(one.id for one in said if one.code in about),
        )


def _count_dots(workshop: Workshop) -> dict[str, Dots]:
    """Give the dots of each line; by role only where enough people of each were there, else in all."""
    lines = {line.code: line for line in workshop.dots if line.code}
    if {"élu", "technicien"} <= publishable_roles(workshop):
        return lines
    return {
        code: line.model_copy(update={"elected": line.total, "technicians": None})
        for code, line in lines.items()
    }


def _pawns(second: Workshop, code: str) -> Iterator[Pawn]:
    """Yield the pawns of the tables on an issue, one a table."""
    found: dict[str, Pawn] = {}
    for row in _filled(second, "matrice", "importance", "capacite"):
        importance, capacity = row.get("importance"), row.get("capacite")
        if code in _codes(_ISSUE, row.get("enjeu")) and importance and capacity:
            table = str(row.get("table") or "")
            found.setdefault(table, Pawn(table, int(importance), int(capacity)))
    yield from (found[table] for table in sorted(found))


def _levers(third: Workshop | None) -> Iterator[Lever]:
    if third is None:
        return
    dots = _count_dots(third)
    for code, same, versions in part(third.rows.get("leviers", ()), "phrase"):
        horizon = _first(same, "horizon")
        yield Lever(
            code=code,
            issue=next(iter(_together(same, "enjeu", _ISSUE)), ""),
            text=_first(same, "phrase"),
            leader=_first(same, "pilote"),
            competence=_first(same, "competence"),
            verb=_first(same, "verbe"),
            tool=_first(same, "outil"),
            reach=_first(same, "portee"),
            horizon=int(horizon) if horizon else None,
            first_step=_first(same, "premier_pas"),
            due=_day(same),
            figures=_together(same, "constats", _FIGURE),
            brake=_first(same, "frein"),
            dots=dots.get(code),
            family=_first(same, "famille"),
            status=_first(same, "statut"),
            reason=_first(same, "motif"),
            versions=versions,
        )


def _decisions(third: Workshop | None) -> Iterator[Decision]:
    for code, same, versions in part(third.rows.get("decisions", ()) if third else (), "texte"):
        yield Decision(
            code=code,
            text=_first(same, "texte"),
            levers=_together(same, "leviers", _LEVER),
            by=_first(same, "par"),
            day=_day(same),
            status=_first(same, "statut"),
            reason=_first(same, "motif"),
            versions=versions,
        )


def _fates(rows: Sequence[Row], issues: Sequence[Issue], second: Workshop | None) -> Iterator[Fate]:
    """Say what became of each question that the second workshop was shown; `non discuté` where no row names it."""
    for shown in second.kit.shown if second else ():
        if not _QUESTION.fullmatch(shown.code):
            continue
        inside = next((issue for issue in issues if shown.code in issue.questions), None)
        own = next((row for row in rows if shown.code in _codes(_QUESTION, row.get("origine"))), {})
        if inside is not None:
            status = MERGED if len(inside.questions) > 1 else inside.status
            yield Fate(shown.code, shown.title, status, inside.code)
        elif own.get("statut") == MERGED:
            yield Fate(shown.code, shown.title, MERGED, next(iter(_codes(_ISSUE, own.get("avec"))), ""))
        else:
            status, reason = str(own.get("statut") or "non discuté"), str(own.get("motif") or "")
            yield Fate(shown.code, shown.title, status, "", reason)


def _dropped(rows: Sequence[Row]) -> Iterator[Fate]:
    """Give the issues that come from no question and that the group left, each wording once."""
    said: set[tuple[str, str]] = set()
    for code, same in _by_code(row for row in rows if row.get("phrase") and row.get("statut") == DROPPED):
        for row in same:
            mark = (code, french.fold(str(row["phrase"])))
            if mark not in said and not _codes(_QUESTION, row.get("origine")):
                yield Fate(code, str(row["phrase"]), DROPPED, reason=str(row.get("motif") or ""))
            said.add(mark)


def _by_code(rows: Iterable[Row]) -> list[tuple[str, list[Row]]]:
    """Group rows by their code: two scribes may have typed the same line."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        if row.get("code"):
            found.setdefault(str(row["code"]), []).append(row)
    return sorted(found.items(), key=lambda pair: int(pair[0].rpartition("-")[2]))


def part(rows: Iterable[Row], key: str) -> Iterator[tuple[str, list[Row], tuple[str, ...]]]:
    """Part the rows of each code: those of its first wording, with what only completes it, from the other wordings."""
    for code, same in _by_code(rows):
        said = [french.fold(str(row.get(key) or "")) for row in same]
        first = next((rank for rank, words in enumerate(said) if words), None)
        if first is None:
            continue
        own = [row for row, words in zip(same, said, strict=True) if words == said[first]]
        own += [row for row, words in zip(same, said, strict=True) if not words]
        others = {
            words: str(row[key])
            for row, words in zip(same, said, strict=True)
            if words not in ("", said[first])
        }
        yield code, own, tuple(others.values())


def _together(rows: Iterable[Row], key: str, pattern: re.Pattern[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code for row in rows for code in _codes(pattern, row.get(key))))


def _first(rows: Iterable[Row], key: str) -> str:
    return next((str(row[key]) for row in rows if row.get(key)), "")


def _day(rows: Iterable[Row]) -> date | None:
    found = _first(rows, "date")
    return date.fromisoformat(found) if found else None
