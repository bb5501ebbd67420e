"""Mergers, splits and changes of code of communes since 1943 (code officiel géographique)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa

from helpers import french, schemas
from helpers.sources.files import read_delimited
from helpers.sources.registry import Source

# Insee's kinds of event (MOD): a commune disappears into another one, or changes its code.
_CHANGES_OF_CODE = ("41", "50")
_SUCCESSIONS = (*schemas.MERGERS, *_CHANGES_OF_CODE)
_SPLITS = ("20", "21", "30")
_CHANGE_OF_NAME = "10"


def read(path: Path, *, source: Source | None = None) -> pd.DataFrame:
    """Read one row per pair of communes before and after an event: `kind` (MOD), `date`, `before`,
    `before_name`, `after`, `after_name`.

    Only events between communes proper: associated, delegated communes and arrondissements are left out.
    The columns are the same in mouvements_communes.csv and in v_mvt_commune_20YY.csv, alone or in the archive
    of the whole code officiel (`source` then names the member).

    Raises:
        SourceError: file missing, damaged or without an expected column.
    """
    columns = ["MOD", "DATE_EFF", "TYPECOM_AV", "COM_AV", "LIBELLE_AV", "TYPECOM_AP", "COM_AP", "LIBELLE_AP"]
    frame = read_delimited(path, columns=columns, separator=",", member=source.member if source else None)
    frame = frame[(frame["TYPECOM_AV"] == "COM") & (frame["TYPECOM_AP"] == "COM")]
    names = {
        "MOD": "kind", "DATE_EFF": "date", "COM_AV": "before", "LIBELLE_AV": "before_name", "COM_AP": "after",
        "LIBELLE_AP": "after_name",
    }  # fmt: skip
    frame = frame.rename(columns=names)[list(names.values())]
    return frame.sort_values(["date", "before", "after"], ignore_index=True)


@dataclass(frozen=True)
class Movements:
    """What became of communes, up to 1 January `geography`."""

    events: pd.DataFrame
    geography: int

    def successors(self, *, since: int) -> dict[str, str]:
        """Map each commune of the list of 1 January `since` to the one that stands for it today.

        Holds every commune touched by a succession, those that kept their code included; not the codes
        born since, which that list did not have.
        """
        born, steps = self._born(since), self._steps(since)
        return {code: _follow(code, steps) for code in steps if code not in born}

    def _steps(self, since: int) -> dict[str, list[tuple[str, str]]]:
        """List the successions that each code left, in order: dates and codes after."""
        moved = self._between(since, kinds=_SUCCESSIONS)
        steps: dict[str, list[tuple[str, str]]] = {}
        for date, before, after in zip(moved["date"], moved["before"], moved["after"], strict=True):
            steps.setdefault(before, []).append((date, after))
        return steps

    def _born(self, since: int) -> set[str]:
        """List the codes that appear after 1 January `since`: what comes out of their first event, but not into it.

        A code may be made and unmade on one day, whatever the order of the file: into that day went only a commune
        that has a row with itself, as those that absorb others have.
        """
        events = self._between(since, kinds=_SUCCESSIONS + _SPLITS)
        first_in, first_out = (events.groupby(side)["date"].min() for side in ("before", "after"))
        stayed = events.loc[events["before"] == events["after"]]
        there = set(zip(stayed["before"], stayed["date"], strict=True))
        return {
            str(code)
            for code, date in first_out.items()
            if first_in.get(code, "9999") >= date and (code, date) not in there
        }

    def _between(self, since: int, *, kinds: tuple[str, ...]) -> pd.DataFrame:
        """Keep the events of these kinds after 1 January `since`, up to the list of today."""
        events = self.events
        window = (events["date"] > f"{since}-01-01") & (events["date"] <= f"{self.geography}-01-01")
        return events[window & events["kind"].isin(kinds)]

    def former(self, *, names: Mapping[str, str]) -> pd.DataFrame:
        """List the codes and the names that are no more: `code, name, key, date, kind, successor`.

        `names` are those of today's communes by code. One row by code and search key of the name, at its last end;
        `kind` as in the store's table `former_communes`. A code still (or again) in use has rows only for the other
        names that it bore.
        """
        steps = self._steps(1900)
        ended = self._between(1900, kinds=(*_SUCCESSIONS, *_SPLITS, _CHANGE_OF_NAME))
        ended = ended[ended["kind"].isin(_SUCCESSIONS) | (ended["before"] == ended["after"])]
        ended = ended.assign(key=ended["before_name"].map(french.search_key))
        today = ended["before"].map(names).map(french.search_key, na_action="ignore")
        last = ended[ended["key"] != today].drop_duplicates(["before", "key"], keep="last")
        frame = pd.DataFrame(
            {
                "code": last["before"],
                "name": last["before_name"],
                "key": last["key"],
                "date": last["date"],
                "kind": last["kind"].map(_name_end),
                "successor": [
                    _follow(after, steps, day=date)
                    for date, after in zip(last["date"], last["after"], strict=True)
                ],
            }
        )
        return frame[frame["successor"].isin(list(names))].sort_values(["code", "date"], ignore_index=True)

    def splits(self, *, since: int) -> pd.DataFrame:
        """List the splits after 1 January `since`: `before, after, date`, one row per commune that came out of one."""
        cut = self._between(since, kinds=_SPLITS)
        return cut[["before", "after", "date"]].reset_index(drop=True)


def _name_end(kind: str) -> str:
    """Name what an event makes of the code or the name that goes into it."""
    if kind in schemas.MERGERS:
        return "merged"
    return "renumbered" if kind in _CHANGES_OF_CODE else "renamed"


def _follow(code: str, steps: dict[str, list[tuple[str, str]]], *, day: str = "") -> str:
    """Follow a chain of successions to its end, each step no earlier than the one before (the first, than `day`).

    Two steps may be of one day; none is taken twice.
    """
    taken = set()
    while ahead := [
        (date, code, after)
        for date, after in steps.get(code, [])
        if date >= day and (date, code, after) not in taken
    ]:
        taken.add(ahead[0])
        day, _, code = ahead[0]
    return code


def carry(frame: pd.DataFrame, *, successors: dict[str, str], keys: list[str]) -> pd.DataFrame:
    """Carry the rows of an older list of communes to today's: values of merged communes are added up.

    `successors` as `Movements.successors` gives it; `keys` are the columns that identify a value apart
    from `code`. A sum is kept only when every commune that merged has a value: a partial sum would pass
    for the whole.
    """
    with duckdb.connect() as connection:
        connection.register(
            "given", pa.Table.from_pandas(frame[["code", *keys, "value"]], preserve_index=False)
        )
        connection.register("heirs", heirs_table(successors))
        query = carry_query("given", heirs="heirs", keys=keys)
        carried = connection.sql(query).to_arrow_table().to_pandas()
    return carried[[column for column in frame.columns if column in carried]]


def heirs_table(successors: dict[str, str]) -> pa.Table:
    """Make a table of the successors, `code, heir, covered`: with how many communes each heir stands for."""
    codes, heirs = list(successors), list(successors.values())
    counts = Counter(heirs)
    columns = {"code": codes, "heir": heirs, "covered": [counts[heir] for heir in heirs]}
    return pa.table(
        columns, schema=pa.schema([("code", pa.string()), ("heir", pa.string()), ("covered", pa.int64())])
    )


def carry_query(
    given: str,
    *,
    heirs: str,
    keys: Sequence[str],
    known: Sequence[str] | None = None,
    kept: Sequence[str] = (),
    on: Sequence[str] = ("code",),
    partial: bool = False,
) -> str:
    """Write the query (DuckDB) of `carry`: rows of `given` that `heirs` does not touch, then the sums by heir.

    `known` are those of the `keys` for which a commune has all its rows or none (all of them unless said).
    `on` are the columns that find a row's heir; the least of each of the columns `kept` goes with a sum. `partial` sums
    are kept too: those of a register, where a commune without a row has none of what it counts.
    """
    using = ", ".join(on)
    columns = ", ".join(["code", *keys, *kept, "value"])
    others = "".join(f", min({name}) AS {name}" for name in kept)
    whole = ", ".join(["heir", *(keys if known is None else known)])
    condition = "true" if partial else "count(DISTINCT code) = any_value(covered)"
    return f"""
        WITH moved AS (SELECT * FROM {given} AS given JOIN {heirs} AS heirs USING ({using})),
        whole AS (SELECT {whole} FROM moved GROUP BY {whole} HAVING {condition})
        SELECT {columns} FROM {given} AS given ANTI JOIN {heirs} AS heirs USING ({using})
        UNION ALL
        SELECT {", ".join(["heir AS code", *keys])}{others}, {exact_sum("value")} AS value
        FROM moved SEMI JOIN whole USING ({whole})
        GROUP BY {", ".join(["heir", *keys])}
    """


def exact_sum(value: str) -> str:
    """Write a sum (DuckDB) that does not depend on the order in which the rows come: the same at every run."""
    return f"CASE count(*) WHEN 1 THEN any_value({value}) ELSE sum({value}::DECIMAL(38, 12))::DOUBLE END"
