"""What happened between two lists of communes, inferred from them and checked against the same populations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from helpers import french

# Insee's kinds of event (MOD) given to what is inferred.
_NAME, _SPLIT, _DELEGATING, _PLAIN, _CODE = "10", "21", "32", "33", "50"
_SHOWN = 5


@dataclass(frozen=True)
class _Lists:
    """Two lists of communes, `name` and `people` by code; the people are those of one year in both."""

    before: pd.DataFrame
    after: pd.DataFrame

    @cached_property
    def gone(self) -> list[str]:
        return sorted(set(self.before.index) - set(self.after.index))

    @cached_property
    def born(self) -> list[str]:
        return sorted(set(self.after.index) - set(self.before.index))

    @cached_property
    def kept(self) -> list[str]:
        return sorted(set(self.before.index) & set(self.after.index))

    def balances(self, before: Iterable[str], after: Iterable[str]) -> bool:
        """Tell whether the communes of the list before and those of the list after have as many people."""
        sides = (
            frame["people"].reindex(list(codes)).sum(skipna=False)
            for frame, codes in ((self.before, before), (self.after, after))
        )
        return bool(next(sides) == next(sides))


@dataclass(frozen=True)
class Changes:
    """What is inferred: `events`, as `helpers.sources.movements.read` gives them, and sentences about them."""

    events: pd.DataFrame
    notes: list[str]


def infer(
    before: pd.DataFrame,
    after: pd.DataFrame,
    *,
    inside: Mapping[str, str],
    parents: Mapping[str, str],
    date: str,
) -> Changes:
    """Infer the events that lead from a list of communes to a later one, all given the same date.

    Both have `code, name, people`, the people of the same year on each list. `inside` gives the commune of each
    delegated or associated one, `parents` that of each former commune on the list before. An event is kept when the
    people of both sides are equal: a change of code (same name), a merger (into the commune of which the one that is
    gone is a part or, failing that, into the only one of its département that gained as many people), a former
    commune that is back. What cannot be inferred so is reported, with every other change of people.
    """
    lists = _Lists(before.set_index("code"), after.set_index("code"))
    recoded = _find_recoded(lists)
    merged = _find_merged(lists, [code for code in lists.gone if code not in recoded], inside, recoded)
    parted = _find_parted(lists, [code for code in lists.born if code not in recoded.values()], parents)
    rows = [(_CODE, old, new) for old, new in recoded.items()]
    for heir, codes in merged.items():
        kind = _DELEGATING if any(inside.get(code) == heir for code in codes) else _PLAIN
        rows += [(kind, code, heir) for code in (_origin(heir, recoded), *codes)]
    rows += [(_SPLIT, parent, code) for parent, codes in parted.items() for code in (parent, *codes)]
    rows += [
        (_NAME, code, code) for code in lists.kept if code not in {*merged, *parted} and _renamed(lists, code)
    ]
    events = pd.DataFrame(
        [
            (kind, date, old, lists.before.at[old, "name"], new, lists.after.at[new, "name"])
            for kind, old, new in rows
        ],
        columns=["kind", "date", "before", "before_name", "after", "after_name"],
        dtype="str",
    ).drop_duplicates(["before", "after"])  # fmt: skip
    notes = [_summarise(recoded, merged, parted, events), *_describe_unexplained(lists, events)]
    return Changes(events.sort_values(["date", "before", "after"], ignore_index=True), notes)


def _find_recoded(lists: _Lists) -> dict[str, str]:
    """Find the communes that only changed their code: new ones by old ones."""
    found = {}
    for old in lists.gone:
        key = french.search_key(lists.before.at[old, "name"])
        named = [code for code in lists.born if french.search_key(lists.after.at[code, "name"]) == key]
        if len(named) == 1 and lists.balances([old], named):
            found[old] = named[0]
    return found


def _find_merged(
    lists: _Lists, gone: Iterable[str], inside: Mapping[str, str], recoded: Mapping[str, str]
) -> dict[str, list[str]]:
    """Find the communes that absorbed others: these by heir."""
    gains = lists.after["people"] - lists.before["people"].reindex(lists.after.index)
    heirs: dict[str, list[str]] = {}
    for code in gone:
        heir = inside.get(code)
        if heir is None:
            near = gains[gains.index.str[:2] == code[:2]]
            alike = near.index[near == lists.before.at[code, "people"]]
            heir = alike[0] if len(alike) == 1 else None
        if heir in lists.after.index:
            heirs.setdefault(str(heir), []).append(code)
    return {
        heir: codes
        for heir, codes in sorted(heirs.items())
        if lists.balances([_origin(heir, recoded), *codes], [heir])
    }


def _find_parted(lists: _Lists, born: Iterable[str], parents: Mapping[str, str]) -> dict[str, list[str]]:
    """Find the communes that former ones left: these by parent."""
    found: dict[str, list[str]] = {}
    for code in born:
        if code in parents:
            found.setdefault(parents[code], []).append(code)
    return {
        parent: codes for parent, codes in sorted(found.items()) if lists.balances([parent], [parent, *codes])
    }


def _origin(code: str, recoded: Mapping[str, str]) -> str:
    """Find the code that a commune had in the list before."""
    return next((old for old, new in recoded.items() if new == code), code)


def _renamed(lists: _Lists, code: str) -> bool:
    old, new = (frame.at[code, "name"] for frame in (lists.before, lists.after))
    return bool(old != new and french.search_key(old) != french.search_key(new))


def _summarise(
    recoded: Mapping[str, str],
    merged: Mapping[str, list[str]],
    parted: Mapping[str, list[str]],
    events: pd.DataFrame,
) -> str:
    absorbed, back = (sum(map(len, found.values())) for found in (merged, parted))
    names = int((events["kind"] == _NAME).sum())
    return (
        f"Mouvements déduits des deux listes, à population égale : "
        f"{french.quantity(absorbed, 'commune fusionnée', 'communes fusionnées')} dans {len(merged)}, "
        f"{french.quantity(len(recoded), 'changement de code', 'changements de code')}, "
        f"{french.quantity(back, 'commune rétablie', 'communes rétablies')}, "
        f"{french.quantity(names, 'changement de nom', 'changements de nom')} "
        f"(datés du {french.long_date(pd.Timestamp(events['date'].max()).date())}, première liste qui les a)."
        if len(events)
        else "Aucun mouvement entre les deux listes."
    )


def _describe_unexplained(lists: _Lists, events: pd.DataFrame) -> list[str]:
    """Tell the communes that came, went, or changed their people without an event that explains it."""
    moved = events[events["kind"] != _NAME]
    explained = {*moved["before"], *moved["after"]}
    both = lists.before["people"].loc[lists.kept], lists.after["people"].loc[lists.kept]
    differing = both[0].index[(both[0] != both[1]) & both[0].notna() & both[1].notna()]
    found = {
        "absente(s) de la nouvelle liste sans qu’on sache dans quelle commune": (lists.gone, lists.before),
        "nouvelle(s) sans qu’on sache d’où elles viennent": (lists.born, lists.after),
        "dont la population de la même année diffère d’une liste à l’autre": (differing, lists.after),
    }
    notes = []
    for what, (codes, frame) in found.items():
        left = [f"{frame.at[code, 'name']} ({code})" for code in codes if code not in explained]
        if left:
            shown = f"{', '.join(left[:_SHOWN])}{'…' if len(left) > _SHOWN else ''}"
            notes.append(f"{french.quantity(len(left), 'commune')} {what} : {shown}.")
    return notes or ["Rien ne reste inexpliqué entre les deux listes."]
