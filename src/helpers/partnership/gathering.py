"""Bringing together what a workshop measured and decided: session, two axes a table, one count of dots, actions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from helpers import french
from helpers.contributions.agreed import part
from helpers.contributions.workshop import Action, Axis, Dots
from helpers.partnership.capture_reading import Capture, Message
from helpers.partnership.capture_sheets import (
    AXES,
    DECISIONS,
    DOTS,
    ISSUES,
    LEVERS,
    PAWNS,
    SESSION,
    SESSION_LINES,
)
from helpers.partnership.merged import Merged

# A table retains two sentences of thirteen words, and everyone has three dots.
AXES_KEPT, WORDS, DOTS_EACH = 2, 13, 3
_SESSION = {"elus": "elected", "techniciens": "technicians", "deja_venus": "returning", "accord": "agreed",
            "debut": "start", "fin": "end"}  # fmt: skip
_CODE = re.compile(r"E-\d{1,2}")
_APART = ("axes", "gommettes", "suites")
# Sheets whose codes are written beforehand in every workbook: where the words are, how to say that they differ.
_WORDED = (
    (ISSUES, "phrase", "enjeux différents"),
    (LEVERS, "phrase", "leviers différents"),
    (DECISIONS, "texte", "décisions différentes"),
)


def gather(merged: Merged, captures: Sequence[Capture]) -> None:
    """Bring the sheets other than contributions into the workshop; those of files not imported again are kept."""
    _gather_session(merged, captures)
    _gather_axes(merged, captures)
    _gather_dots(merged, captures)
    _gather_actions(merged, captures)
    kept, files = merged.workshop, {capture.key for capture in captures}
    for key in sorted({key for capture in captures for key in capture.rows} - {*_APART}):
        rows = [row for row in kept.rows.get(key, []) if row["_file"] not in files]
        for capture in captures:
            rows += [_plain(row) | {"_file": capture.key} for row in capture.rows.get(key, [])]
        # The same wording comes first whichever file is imported first.
        kept.rows[key] = sorted(rows, key=lambda row: str(row["_file"]))
    _report_wordings(merged, captures)
    _report_pawns(merged, captures)


def _report_pawns(merged: Merged, captures: Sequence[Capture]) -> None:
    """Report the pawns that are on no issue that was typed: they are kept, and drawn nowhere."""
    known = {row.get("code") for row in merged.workshop.rows.get(ISSUES.key, []) if row.get("phrase")}
    for capture in captures:
        for row in capture.rows.get(PAWNS.key, []):
            if not (row["importance"] or row["capacite"]):
                continue
            named = row["enjeu"] or ""
            if not known & set(_CODE.findall(named)):
                fault = (
                    f"pion sur « {named} », absent de la feuille {ISSUES.title}"
                    if named
                    else "pion sans enjeu"
                )
                text = f"{fault}. Gardé, pas dessiné : corrigez le code ou écrivez l’enjeu, puis réimportez."
                merged.messages.append(Message(capture.file, text, PAWNS.title, row["_row"]))


def _report_wordings(merged: Merged, captures: Sequence[Capture]) -> None:
    """Report each code under which several things were typed: one code, one issue, lever or decision."""
    for form, key, several in _WORDED:
        rows = merged.workshop.rows.get(form.key, [])
        for code, own, others in part(rows, key):
            if not others:
                continue
            said = [row for row in rows if row.get("code") == code and row.get(key) in (own[0][key], *others)]
            files = list(dict.fromkeys(str(row["_file"]) for row in said))
            letters = [file.rpartition("-saisie-")[2] for file in files]
            count = "deux" if len(others) == 1 else french.number(len(others) + 1)
            where = f"{'saisies' if len(letters) > 1 else 'saisie'} {french.enumerate_words(letters)}"
            words = french.enumerate_words([f"« {one} »" for one in (own[0][key], *others)])
            text = f"{code} : {count} {several} ({where}) : {words}. Donnez-leur deux codes, puis réimportez."
            named = next((capture.file for capture in captures if capture.key == files[-1]), files[-1])
            merged.messages.append(
                Message(named, text, form.title, _row_of(captures, form.key, key, others[-1]))
            )


def _row_of(captures: Sequence[Capture], sheet: str, key: str, words: str) -> int:
    """Find the row where words were typed, in the files that are imported; else 0."""
    found = (
        row["_row"] for capture in captures for row in capture.rows.get(sheet, []) if row.get(key) == words
    )
    return next(found, 0)


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """Keep what a row holds as JSON can: dates in ISO."""
    return {
        key: value.isoformat() if hasattr(value, "isoformat") else value
        for key, value in row.items()
        if key != "_row" and value not in (None, "")
    }


def _gather_session(merged: Merged, captures: Sequence[Capture]) -> None:
    for column in SESSION_LINES:
        captured = [
            (capture, value) for capture in captures if (value := capture.session.get(column.key)) is not None
        ]
        if not captured:
            continue
        first, value = captured[0]
        setattr(merged.workshop, _SESSION[column.key], value)
        for capture, other in captured[1:]:
            if other != value:
                text = f"{column.label} : {other}, mais {value} dans {first.file}. {value} est gardé : à trancher."
                merged.messages.append(Message(capture.file, text, SESSION.title))


def _gather_axes(merged: Merged, captures: Sequence[Capture]) -> None:
    """Keep two axes a table; a third stays in the account, and is not printed."""
    kept, files = merged.workshop, {capture.key for capture in captures}
    axes = [axis for axis in kept.axes if axis.file not in files]
    for capture in captures:
        for row in capture.rows.get("axes", []):
            table, text = row["table"] or "", row["phrase"] or ""
            if not text:
                continue
            own = [axis for axis in axes if axis.table == table]
            if any(axis.text == text for axis in own):
                continue
            if len(own) >= AXES_KEPT:
                message = (
                    f"troisième axe de la table {table} (« {text} ») : gardé ici, pas imprimé. "
                    "Deux axes par table."
                )
                merged.messages.append(Message(capture.file, message, AXES.title, row["_row"]))
                continue
            if (words := len(text.split())) > WORDS:
                message = f"{words} mots, {WORDS} au plus. Gardé."
                merged.messages.append(Message(capture.file, message, AXES.title, row["_row"]))
            axes.append(Axis(table=table, rank=len(own) + 1, text=text, file=capture.key))
    kept.axes = sorted(axes, key=lambda axis: (axis.table, axis.rank))


def _gather_dots(merged: Merged, captures: Sequence[Capture]) -> None:
    """Keep one count of the dots; where two differ, or are too many, it is to be confirmed: nothing is summed."""
    kept, files = merged.workshop, {capture.key for capture in captures}
    counts = [
        (capture.key, lines)
        for capture in captures
        if (lines := _dots(capture))
        and any(line.elected is not None or line.technicians is not None for line in lines)
    ]
    if kept.dots and kept.dots[0].file not in files:
        counts.append((kept.dots[0].file, kept.dots))
    if not counts:
        return
    file, kept.dots = counts[0]
    kept.recount = ""
    if any(not _agree(kept.dots, lines) for _, lines in counts[1:]):
        kept.recount = f"deux décomptes différents ({french.enumerate_words([name for name, _ in counts])})"
        merged.messages.append(
            Message(file, f"{kept.recount} : décompte à confirmer, rien n’est ajouté.", DOTS.title)
        )
    for text in _too_many(merged):
        merged.messages.append(Message(file, text, DOTS.title))


def _dots(capture: Capture) -> list[Dots]:
    return [
        Dots(
            code=row["code"] or "",
            label=row["ligne"] or row["code"] or "",
            elected=row["elus"],
            technicians=row["techniciens"],
            file=capture.key,
        )
        for row in capture.rows.get("gommettes", [])
        if row["ligne"] or row["code"]
    ]


def _agree(lines: Sequence[Dots], others: Sequence[Dots]) -> bool:
    def counted(dots: Sequence[Dots]) -> list[tuple[str, int | None, int | None]]:
        return [(one.label, one.elected, one.technicians) for one in dots if one.total]

    return counted(lines) == counted(others)


def _too_many(merged: Merged) -> list[str]:
    """Say what no sheet of dots can hold: more on a line than people, more in all than three each."""
    kept = merged.workshop
    sentences = []
    roles = (("élus", "d’élus", "elected"), ("techniciens", "de techniciens", "technicians"))
    for line in kept.dots:
        for people, whose, name in roles:
            present, count = getattr(kept, name), getattr(line, name)
            if present is not None and count is not None and count > present:
                dots = french.quantity(count, "gommette")
                sentences.append(
                    f"{line.code or line.label} : {dots} {whose} pour {present} {people}, une par ligne et par "
                    "personne. Recomptez."
                )
    total = sum(line.total for line in kept.dots)
    if kept.elected is not None and kept.technicians is not None:
        possible = DOTS_EACH * (kept.elected + kept.technicians)
        if total > possible:
            sentences.append(
                f"{french.quantity(total, 'gommette')}, {possible} possibles : décompte à confirmer."
            )
    if sentences:
        kept.recount = kept.recount or "plus de gommettes que de personnes ne le permettent"
    return sentences


def _gather_actions(merged: Merged, captures: Sequence[Capture]) -> None:
    kept, files = merged.workshop, {capture.key for capture in captures}
    actions = [action for action in kept.actions if action.file not in files]
    for capture in captures:
        for row in capture.rows.get("suites", []):
            action = Action(
                text=row["quoi"] or "",
                who=row["qui"] or "",
                due=row["quand"],
                code=row["code"] or "",
                file=capture.key,
            )
            known = {(french.fold(one.text), french.fold(one.who)) for one in actions}
            if action.text and (french.fold(action.text), french.fold(action.who)) not in known:
                actions.append(action)
    kept.actions = actions
