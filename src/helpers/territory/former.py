"""What is no commune of today: one that merged or changed its code or its name, a part of one, a name misspelt."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from helpers import french, store
from helpers.errors import MergedCommuneError, StoreError
from helpers.territory.postal_codes import EXPLICIT
from helpers.territory.queries import Query

_SUGGESTIONS = 5
_CLOSE_ENOUGH = 70
# What each kind of the table `former_communes` is to the commune of today.
_SAID = {
    "merged": "{it} n'est plus une commune{since} : {heir} lui a succédé.",
    "renumbered": "{it} a changé de code{on} : c'est aujourd'hui {heir}.",
    "renamed": "{it} a changé de nom{on} : c'est aujourd'hui {heir}.",
    "delegated": "{it} est une commune déléguée {of_heir}{since}.",
    "associated": "{it} est une commune associée {of_heir}{since}.",
    "arrondissement": "{it} est un arrondissement municipal {of_heir}.",
}


def describe_list(territories: pd.DataFrame) -> str:
    """Name the list of communes that an answer comes from, by its date."""
    return f"liste des communes au 1er janvier {int(territories['geography'].max())}"


def refuse_former(asked: Query, *, folder: Path) -> None:
    """Refuse what is no commune of today, if a list tells of which one it is a part.

    A name is looked for in the département that it had and in that of today.

    Raises:
        MergedCommuneError: names the commune of today.
    """
    former = _find(asked, folder=folder)
    if former.empty:
        return
    heirs = store.read_reference("territories", folder=folder, key="code", values=former["successor"])
    names = heirs.set_index("code")["name"]
    lines = [_describe(row, heir=f"{names[row.successor]} ({row.successor})") for _, row in former.iterrows()]
    commands = [f"commune={EXPLICIT}{code}" for code in dict.fromkeys(former["successor"])]
    raise MergedCommuneError(
        "\n".join([*lines, f"({describe_list(heirs).capitalize()}.)"]),
        remedy=f"Lancez le diagnostic de la commune actuelle : {french.enumerate_words(commands, link='ou')}.",
    )


def _find(asked: Query, *, folder: Path) -> pd.DataFrame:
    """Find the rows that a code, a name or the number of an arrondissement designates."""

    def read(column: str, value: str) -> pd.DataFrame:
        found = store.read_reference("former_communes", folder=folder, key=column, values=[value])
        if "kind" in found:
            return found
        raise StoreError(
            "La liste des anciennes communes du magasin de données est d'une version antérieure.",
            remedy="Relancez make data, qui refait le magasin.",
        )

    by_code = read("code", asked.name.upper())
    if len(by_code):
        # The code of a commune that is gone: its last end.
        return by_code.sort_values("date").tail(1)
    named = read("key", asked.key)
    if asked.department:
        # In the département that it was in, or failing that in that of today.
        here, now = (
            named[named[column].str.startswith(asked.department)] for column in ("code", "successor")
        )
        named = here if len(here) else now
    if named.empty and asked.arrondissement_key:
        named = read("key", asked.arrondissement_key)
    # What a code became says less than what the commune became.
    return named.sort_values("kind", key=lambda kinds: kinds == "renumbered").drop_duplicates("successor")


def _describe(row: pd.Series, *, heir: str) -> str:
    """Say what became of a row of the table."""
    day = "" if french.is_missing(row.date) else french.long_date(pd.Timestamp(row.date).date())
    since, on = (f" depuis le {day}", f" le {day}") if day else ("", "")
    said = {
        "it": f"{row['name']} ({row['code']})",
        "heir": heir,
        "of_heir": french.of(heir),
        "since": since,
        "on": on,
    }
    return _SAID[row.kind].format(**said)


def suggest_names(asked: Query, known: pd.DataFrame, *, folder: Path) -> list[str]:
    """Suggest the nearest names among the communes of today (`known`) and those of old, with the one that these are in.

    Names that begin like the one asked come first ("Hellemmes" is Hellemmes-Lille), then the nearest spellings.
    """
    # Loaded here: only a mistake needs it.
    from rapidfuzz import fuzz, process

    former = store.read_reference("former_communes", folder=folder)
    current = set(known["key"])
    listed = pd.concat([known, former[[name not in current for name in former["key"]]]], ignore_index=True)
    key = asked.key
    begin = listed[(listed["key"] + " ").str.startswith(f"{key} ")] if key else listed.iloc[:0]
    begin = begin.sort_values("key", key=lambda keys: keys.str.len(), kind="stable")
    close = process.extract(
        key, listed["key"], scorer=fuzz.ratio, limit=_SUGGESTIONS, score_cutoff=_CLOSE_ENOUGH
    )
    near = list(dict.fromkeys([*begin.index[:_SUGGESTIONS], *(index for _, _, index in close)]))
    listed = listed.reindex(columns=["code", "name", "key", "successor"])
    names = known.set_index("code")["name"]
    return [
        f"{row.name} ({row.code})"
        if french.is_missing(row.successor)
        else f"{row.name} ({row.code}, aujourd'hui {names[row.successor]})"
        for row in listed.loc[near[:_SUGGESTIONS]].itertuples(index=False)
    ]
