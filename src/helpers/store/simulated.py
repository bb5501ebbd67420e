"""What stays simulated beside national files: the demonstration, less what a file gives or contradicts.

Commune by commune, a file takes the place of the simulated values of its own variables, at every date: no series is
half simulated. At a date of the census where it takes the place of one, all that was simulated goes: these values add
up together, and no longer would with the file's. The rest of the demonstration stays, and bears its origin.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import pandas as pd

from helpers import french, schemas
from helpers.sources.duckdb_scan import literal
from helpers.sources.sources_page import describe_table
from helpers.store.connection import connect

Tables = dict[str, pd.DataFrame]

# Named in a sentence; the others are counted.
_SHOWN = 3


def part_with(
    simulated: Tables, given: Mapping[str, Sequence[Path]], *, temporary: Path
) -> tuple[Tables, Tables]:
    """Part the simulated rows of communes, by table: those that stay, those that go.

    `simulated` has the columns of the store; `given` lists, by table, the parts (`level, code, year, variable...`) that
    files gave.
    """
    own, dates = {}, pd.MultiIndex.from_arrays([[], []])
    with connect(temporary) as connection:
        for table, frame in simulated.items():
            if not given.get(table):
                continue
            own[table] = _list_given(connection, frame, given[table], "code", "variable")
            if _is_dated(table):
                replaced = _list_given(connection, frame, given[table], "code", "year", among="variable")
                dates = dates.union(replaced)
    stay, go = {}, {}
    for table, frame in simulated.items():
        gone = _among(frame, own.get(table), "variable")
        if _is_dated(table):
            gone |= _among(frame, dates, "year")
        stay[table], go[table] = frame[~gone], frame[gone]
    return stay, go


def describe(
    go: Tables, stay: Tables, *, names: Mapping[str, str], files: Mapping[str, Sequence[str]]
) -> list[str]:
    """Describe what goes, table by table, and how to come back; nothing when nothing does.

    `names` gives those of communes by code, `files` the identifiers of the files that gave each table.
    """
    sentences = []
    for table, frame in go.items():
        if frame.empty:
            continue
        variables = _cut(sorted(frame["variable"].unique()))
        first, last = frame["year"].min(), frame["year"].max()
        read = french.enumerate_words([*files.get(table, ())])
        why = f"remplacé par {read}" if read else "calé sur ce qu’un fichier remplace"
        left = "il n’en reste rien" if stay[table].empty else "le reste de la table demeure simulé"
        sentences.append(
            f"Démonstration retirée, table {table} ({describe_table(table)}) : {variables}, "
            f"{first if first == last else f'de {first} à {last}'}, pour "
            f"{french.quantity(frame['code'].nunique(), 'commune')} "
            f"({_cut([names.get(code, code) for code in sorted(frame['code'].unique())])}), {why} ; {left}."
        )
    if sentences:
        kept = [table for table, frame in stay.items() if len(frame)]
        sentences.append(
            f"Restent simulées, et marquées : {', '.join(kept) or 'aucune table'}. Pour revenir à la démonstration "
            "entière : rm -r data/store/national data/store/parts (les fichiers restent dans data/raw)."
        )
    return sentences


def _is_dated(table: str) -> bool:
    """Tell a table of the census, whose values of one date add up together, from one of what happens in between."""
    return "since" not in schemas.table_columns(table)


def _list_given(
    connection: duckdb.DuckDBPyConnection,
    frame: pd.DataFrame,
    parts: Sequence[Path],
    *columns: str,
    among: str = "",
) -> pd.MultiIndex:
    """List what parts give of the communes of a frame: the values of columns, among those it has with `among` too."""
    keys = pd.DataFrame(frame[["code", *([*columns[1:], among] if among else [])]].drop_duplicates())
    connection.register("wanted", keys)
    files = ", ".join(literal(path) for path in parts)
    found = connection.sql(
        f"SELECT DISTINCT {', '.join(columns)} FROM read_parquet([{files}]) "
        f"SEMI JOIN wanted USING ({', '.join(keys.columns)}) WHERE level = 'commune'"
    ).fetchall()
    connection.unregister("wanted")
    return pd.MultiIndex.from_tuples(found) if found else pd.MultiIndex.from_arrays([[], []])


def _among(frame: pd.DataFrame, pairs: pd.MultiIndex | None, column: str) -> pd.Series:
    """Tell which rows have one of these pairs of a code and a value of the column."""
    if pairs is None or pairs.empty:
        return pd.Series(False, index=frame.index)
    return pd.Series(pd.MultiIndex.from_frame(frame[["code", column]]).isin(pairs), index=frame.index)


def _cut(words: Sequence[str]) -> str:
    return f"{', '.join(words[:_SHOWN])}{'…' if len(words) > _SHOWN else ''}"
