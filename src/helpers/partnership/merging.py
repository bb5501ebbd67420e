"""Bringing the capture workbooks of a workshop together: nothing is lost, nothing is settled by the machine.

Rows are known by their identifier: a second import of the same files changes nothing. Where two files disagree both
texts are kept until someone settles it; a row emptied is never a deletion, « retirer » is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rapidfuzz import fuzz

from helpers import french
from helpers.contributions.workshop import Contribution, Kit, Workshop, row_of
from helpers.partnership.capture_reading import Capture, Message
from helpers.partnership.gathering import gather
from helpers.partnership.merged import APART, Conflict, Merged, count_changes

# From there on two texts say the same, save where a number or a negation of one is not in the other.
_SAME = 90
_OPPOSING = re.compile(r"\d+|\b(?:ne?|pas|plus|jamais|aucune?|sans)\b")


def merge(kit: Kit, captures: Sequence[Capture], former: Workshop | None = None) -> Merged:
    """Bring together the files of a workshop and what was kept of former imports."""
    kept = former.model_copy(deep=True) if former else Workshop(kit=kit)
    kept.kit = kit
    merged = Merged(kept, read=sum(capture.count for capture in captures))
    for counts in (capture.counts for capture in captures):
        merged.rows |= {key: merged.rows.get(key, 0) + count for key, count in counts.items()}
    merged.messages = [message for capture in captures for message in capture.messages]
    _withdraw(merged, captures)
    _bring_rows(merged, captures)
    gather(merged, captures)
    merged.others = count_changes(former, kept)
    kept.waiting = [one for capture in captures for one in capture.waiting]
    return merged


def _withdraw(merged: Merged, captures: Sequence[Capture]) -> None:
    """Take out the rows to be withdrawn, and no other: only the identifier stays, to count it."""
    kept = merged.workshop
    asked = {named for capture in captures for named in capture.withdrawn}
    merged.withdrawn = sorted(asked - set(kept.withdrawn))
    kept.withdrawn = sorted({*kept.withdrawn, *asked})
    # Every text is on its own again, until those that are left are paired.
    apart = {*kept.withdrawn, *(one.id for one in kept.paired)}
    kept.contributions = [
        one.model_copy(update={"twins": [twin for twin in one.twins if twin not in apart]})
        for one in (*kept.contributions, *kept.paired)
        if row_of(one.id) not in kept.withdrawn
    ]
    kept.paired = []


def _bring_rows(merged: Merged, captures: Sequence[Capture]) -> None:
    """Bring the rows of files, and those kept of files that are not imported again."""
    kept, files = merged.workshop, {capture.key for capture in captures}
    former = {one.id: one for one in kept.contributions}
    # Former imports named twins without their texts.
    known = {*former, *(twin for one in kept.contributions for twin in one.twins)}
    found: dict[str, list[Contribution]] = {}
    for one in (one for capture in captures for one in capture.contributions):
        if one.id not in kept.withdrawn:
            found.setdefault(one.id, []).append(one)
            continue
        text = f"{one.id} a été retirée : ce texte n’est pas repris ; écrivez-le sur une autre ligne."
        merged.messages.append(Message(one.file, text, "Contributions"))
    for one in former.values():
        if row_of(one.id) in found and one.file not in files:
            found[row_of(one.id)].append(one)
    own = {named: one for named, one in former.items() if row_of(named) not in found}
    for named, versions in found.items():
        chosen = _settle(merged, named, sorted(versions, key=lambda one: one.file))
        if named not in known:
            merged.new.append(named)
        own |= {one.id: _keep_check(one, former.get(one.id)) for one in chosen}
    kept.contributions = [own[named] for named in sorted(own)]
    _pair_twins(merged)
    merged.changed = [
        one.id
        for one in kept.contributions
        if row_of(one.id) not in merged.new
        and (
            one.id not in former
            or not _says_the_same(one, former[one.id])
            or one.disputed != former[one.id].disputed
        )
    ]


def _keep_check(one: Contribution, former: Contribution | None) -> Contribution:
    """Keep what a check has found of a contribution, as long as its words stay."""
    if former is None or not _says_the_same(one, former):
        return one
    return one.model_copy(update={"outcome": former.outcome, "checked": former.checked})


def _settle(merged: Merged, named: str, versions: Sequence[Contribution]) -> list[Contribution]:
    """Choose what to keep of the texts that files give a row: one, where they agree; all, where nothing is settled."""
    distinct: list[Contribution] = []
    for one in (one.model_copy(update={"id": named, "disputed": False, "twins": []}) for one in versions):
        if not any(_says_the_same(one, other) for other in distinct):
            distinct.append(one)
    if len(distinct) == 1:
        return distinct
    chosen = [distinct[0]]
    for rank, other in enumerate(distinct[1:], start=2):
        conflict = Conflict(named, distinct[0], other)
        second = other.model_copy(update={"id": f"{named}-{rank}"})
        match merged.workshop.settled.get(conflict.mark):
            case "garder A":
                continue
            case "garder B":
                chosen[0] = other
            case "les deux":
                chosen.append(second)
            case _:
                merged.conflicts.append(conflict)
                chosen[0] = chosen[0].model_copy(update={"disputed": True})
                chosen.append(second.model_copy(update={"disputed": True}))
                text = f"{named} n’est pas le même dans {conflict.a.file} et {other.file} : à trancher."
                merged.messages.append(Message(other.file, text, "Contributions"))
    return chosen


def _says_the_same(one: Contribution, other: Contribution) -> bool:
    return one.model_dump(exclude=APART | {"id"}) == other.model_dump(exclude=APART | {"id"})


def _pair_twins(merged: Merged) -> None:
    """Bring together what two files wrote of one thing: same table, code and type, words nearly the same."""
    kept: list[Contribution] = []
    for one in merged.workshop.contributions:
        twin = next((other for other in kept if _is_twin(one, other)), None)
        if twin is None:
            kept.append(one)
            continue
        twin.twins = sorted({*twin.twins, one.id, *one.twins})
        merged.workshop.paired.append(one)
        text = f"{one.id} et {twin.id} disent la même chose : montrés une fois."
        merged.messages.append(Message(one.file, text, "Contributions"))
    merged.workshop.contributions = kept
    merged.twins = sum(len(one.twins) for one in kept)


def _is_twin(one: Contribution, other: Contribution) -> bool:
    if one.file == other.file or not one.text or one.disputed or other.disputed:
        return False
    if (one.table, one.code, one.type, one.role) != (other.table, other.code, other.type, other.role):
        return False
    text, said = french.fold(one.text), french.fold(other.text)
    if _OPPOSING.findall(text) != _OPPOSING.findall(said):
        return False
    return fuzz.ratio(text, said) >= _SAME
