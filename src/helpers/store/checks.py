"""Do the figures of a store agree with one another, and with the files they came from? `make data-check`.

Three kinds of questions: are the files at hand those of the registry and of the last ingest; do the figures meet the
identities that hold in every census (categories add up to their whole, communes to their département); do two files,
or two successive dates, tell the same story. Each answer shows the rows that fail, the worst first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import duckdb
import pandas as pd
import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table

from helpers import french, levels, paths, schemas, store
from helpers.errors import SourceError
from helpers.sources.duckdb_scan import literal, quote
from helpers.sources.files import locate
from helpers.sources.registry import load_registry
from helpers.sources.verification import read_checksums
from helpers.store import insee_split
from helpers.store.connection import MEMORY
from helpers.store.identities import IDENTITIES, Identity, Side
from helpers.store.journal import read_journal
from helpers.store.perimeters import register_places
from helpers.store.source_parts import is_figures

# A "constat" is what figures tell, without anything to mend.
Severity = Literal["erreur", "avertissement", "constat"]
_SEVERITIES: tuple[Severity, ...] = get_args(Severity)
_STYLES: dict[Severity, str] = {"erreur": "red", "avertissement": "yellow", "constat": "cyan"}

# Rows shown of each problem; all are counted.
SHOWN = 20
# Identities hold to this share of the whole (weighted counts are published with a few decimals); beside, a figure
# published rounded to the unit may be half a unit off, and roundings make up for one another beyond a few.
# The stock of 2021 is rounded to the unit in each commune: over France, its parts miss the whole by 6 in 100 000.
_SHARE = 1e-4
_LEAST = 0.01
# Two files give the same value to this share, and one unit.
_SAME = 1e-4
# Successive dates: a change of more than so much a year, over at least so many people or dwellings, is to be looked at.
_JUMP, _FLOOR, _SPAN = 0.15, 200, 6
_FOLLOWED = {"population": ["POP"], "dwellings": ["LOG", "RP"], "households": ["MEN"]}


@dataclass(frozen=True)
class Problem:
    """What does not agree: how many rows, and the worst of them (`SHOWN` at most), ready to be shown."""

    severity: Severity
    name: str
    count: int
    rows: pd.DataFrame
    explanation: str


def check(
    store_folder: Path,
    *,
    parts: Path | None = None,
    folder: Path | None = None,
    fetched: Sequence[Path] = (),
) -> list[Problem]:
    """Find every problem: errors first, then warnings, then what figures tell.

    `parts` are what each source gave (to compare two sources), `folder` holds the official files (to compare with
    the registry and with the last ingest): without them, these questions are not asked. `fetched` are the stores of
    communes that `insee_split` looks into too.

    Raises:
        StoreError: the store is missing or damaged.
    """
    problems = [] if folder is None else _check_files(folder, parts=parts)
    with duckdb.connect(config={"memory_limit": MEMORY}) as connection:
        _register(connection, store_folder)
        tables = {
            table: f"read_parquet({literal(store_folder / f'{table}.parquet')})"
            for table in schemas.TABLES
            # Of a table without a figure, nothing is asked.
            if store.has(table, folder=store_folder)
            and pq.read_metadata(store_folder / f"{table}.parquet").num_rows
        }
        for identity in IDENTITIES:
            problems += _check_identity(connection, identity, tables=tables)
        for table in tables:
            if schemas.additive(table):
                problems += _check_sums(connection, table, tables=tables)
        for table in tables:
            for variable in _FOLLOWED.get(table, []):
                problems += _check_dates(connection, table, variable, tables=tables)
        if parts is not None:
            for table in schemas.TABLES:
                problems += _check_sources(connection, table, parts=parts)
        split = insee_split.compare(connection, [store_folder, *fetched])
        problems += _describe_rows("constat", insee_split.QUESTION, split, insee_split.EXPLANATION)
    return sorted(problems, key=lambda problem: (_SEVERITIES.index(problem.severity), -problem.count))


def _register(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Create the tables of places: `names`, and those of the communes of each territory.

    `inside` has a row for each commune of each larger territory: `level, area, code, expected`, as `members`
    (`register_places`); `sizes` counts them: `level, code, communes`, and `expected`, those that a sum needs.
    """
    territories = store.read_reference("territories", folder=folder)
    register_places(connection, territories)
    connection.register("names", _name_places(territories))
    inside = " UNION ALL ".join(
        f"SELECT '{level.key}' AS level, {level.key} AS area, code, expected FROM members WHERE {level.key} IS NOT NULL"
        for level in levels.larger()
    )
    connection.execute(f"CREATE TEMP TABLE inside AS {inside}")
    # A sum of figures rounded to the unit is as many times rounded as it has communes.
    connection.execute(
        """
        CREATE TEMP TABLE sizes AS SELECT level, area AS code, count(*) AS communes,
            count(*) FILTER (expected) AS expected FROM inside GROUP BY ALL
        """
    )


def report(problems: Sequence[Problem], *, console: Console) -> int:
    """Print the problems, each with its worst rows; 1 when one of them is an error, else 0."""
    errors = [problem for problem in problems if problem.severity == "erreur"]
    for problem in problems:
        shown = "" if problem.count <= len(problem.rows) else f", les {len(problem.rows)} plus grands écarts"
        console.print(
            f"{problem.severity.capitalize()} : {problem.name} "
            f"({french.quantity(problem.count, 'ligne')}{shown}). {problem.explanation}",
            style=_STYLES[problem.severity],
            markup=False,
        )
        table = Table(show_edge=False, pad_edge=False)
        for name in problem.rows.columns:
            number = pd.api.types.is_float_dtype(problem.rows[name])
            table.add_column(str(name), justify="right" if number else "left", overflow="fold")
        for row in problem.rows.itertuples(index=False):
            table.add_row(*(_write(value) for value in row))
        console.print(table)
    warnings = [problem for problem in problems if problem.severity == "avertissement"]
    console.print(
        f"{french.quantity(len(errors), 'erreur')}, {french.quantity(len(warnings), 'avertissement')} ; "
        f"{len(IDENTITIES)} identités et les sommes des communes ont été vérifiées.",
        style="red" if errors else "green",
        markup=False,
    )
    return int(bool(errors))


def _write(value: object) -> str:
    if isinstance(value, float):
        return "" if pd.isna(value) else french.number(value, digits=0 if value.is_integer() else 2)
    return "" if value is None else str(value)


def _check_files(folder: Path, *, parts: Path | None) -> list[Problem]:
    """Find the files that are not those of the registry, and those that have changed since they were ingested."""
    unknown, changed = [], []
    recorded = read_checksums(folder)
    for source in load_registry().values():
        try:
            path = None if source.file is None else locate(source, folder)
        except SourceError:
            path = None
        if path is None:
            continue
        journal = read_journal(parts / source.id) if parts is not None and is_figures(source) else None
        known = [checksum for checksum in (source.sha256, recorded.get(source.id)) if checksum]
        size = path.stat().st_size
        found = paths.hash_file(path) if known or journal else ""
        row = {"source": source.id, "fichier": str(path)}
        if found not in known if known else source.size not in (None, size):
            state = {"octets": str(size), "attendus": str(source.size or ""), "empreinte": found[:12]}
            unknown.append({**row, **state, "attendue": known[-1][:12] if known else ""})
        if journal is not None and found != journal.sha256:
            changed.append({**row, "empreinte": found[:12], "ingérée": journal.sha256[:12]})
    return [
        *_describe_rows(
            "erreur", "fichiers différents de ceux que l’on connaît", unknown,
            "Nouvelle édition ? Acceptez-la par make data accept=<source> ; sinon effacez le fichier et relancez make "
            "data.",
        ),
        *_describe_rows(
            "avertissement", "fichiers changés depuis leur ingestion", changed,
            "Relancez make data pour que le magasin les suive.",
        ),
    ]  # fmt: skip


def _describe_rows(severity: Severity, name: str, rows: Sequence[dict], explanation: str) -> list[Problem]:
    """Describe rows already at hand, files that are not as they should be among them; no problem without any."""
    shown = pd.DataFrame(rows[:SHOWN])
    return [Problem(severity, name, len(rows), shown, explanation)] if rows else []


def _check_identity(
    connection: duckdb.DuckDBPyConnection, identity: Identity, *, tables: dict[str, str]
) -> list[Problem]:
    """Find the rows where the parts, all known, do not add up to the whole."""
    sides = (identity.whole, *identity.parts)
    if any(side.table not in tables for side in sides):
        return []
    dimensions = [name for name, _ in identity.whole.by]
    keys = ", ".join(["level", "code", "year", *(quote(name) for name in dimensions)])
    members = " UNION ALL ".join(_member(side, rank, tables=tables) for rank, side in enumerate(sides))
    columns = ", ".join(
        f"any_value(value) FILTER (rank = {rank}) AS {quote(side.name)}" for rank, side in enumerate(sides)
    )
    shown = ", ".join(quote(name) for name in [*dimensions, *(side.name for side in sides)])
    return _gather(
        connection,
        f"""
        SELECT {keys}, {columns},
            any_value(value) FILTER (rank = 0) AS whole, sum(value) FILTER (rank > 0) AS total,
            sum(rounded) * any_value(coalesce(communes, 1)) AS rounded
        FROM ({members}) LEFT JOIN sizes USING (level, code) GROUP BY {keys} HAVING count(*) = {len(sides)}
        """,
        shown=shown,
        name=identity.name,
    )


def _member(side: Side, rank: int, *, tables: dict[str, str]) -> str:
    """Write the query of one side: its sum by place, year and dimension."""
    by = "".join(f", {expression} AS {quote(name)}" for name, expression in side.by)
    variables = ", ".join(f"'{name}'" for name in side.variables)
    return f"""
        SELECT level, code, year{by}, {rank} AS rank, sum(value) AS value, {_ROUNDED} AS rounded
        FROM {tables[side.table]} WHERE variable IN ({variables}) AND {side.where} GROUP BY ALL
    """


# How many figures were published rounded to the unit.
_ROUNDED = "count(*) FILTER (value = round(value) AND value > 0)"


def _gather(connection: duckdb.DuckDBPyConnection, query: str, *, shown: str, name: str) -> list[Problem]:
    """Find the rows of a query (`whole, total, rounded`) whose gap is beyond what roundings explain."""
    tolerance = f"greatest({_LEAST}, {_SHARE} * whole) + 0.5 * least(rounded, 5 * sqrt(rounded))"
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE failing AS
        SELECT *, whole - total AS gap, {tolerance} AS tolerance FROM ({query}) WHERE abs(whole - total) > {tolerance}
        """
    )
    return _to_problems(
        connection, "erreur", name,
        shown=f"{shown}, gap AS écart, tolerance AS tolérance", order="abs(gap) DESC",
        explanation=f"L'écart dépasse {_SHARE:.0e} du total et une demi-unité par chiffre publié arrondi.",
    )  # fmt: skip


def _check_sums(
    connection: duckdb.DuckDBPyConnection, table: str, *, tables: dict[str, str]
) -> list[Problem]:
    """Find the larger territories whose figure is not the sum of their communes, where all of these are known."""
    dimensions = [name for name in schemas.key_columns(table) if name not in ("level", "code")]
    names, others = ", ".join(dimensions), [name for name in dimensions if name != "year"]
    known = ", ".join(schemas.known_columns(table))
    variables = ", ".join(f"'{name}'" for name in schemas.additive(table))
    whole = "true" if table in schemas.EXHAUSTIVE_REGISTERS else "size >= expected"
    sums = f"""
        SELECT level, code, {names}, total, rounded FROM (
            SELECT inside.level, area AS code, {names}, sum(value) AS total, {_ROUNDED} AS rounded
            FROM {tables[table]} AS given JOIN inside USING (code)
            WHERE given.level = 'commune' AND variable IN ({variables}) GROUP BY ALL
        )
        JOIN (
            SELECT level, area AS code, {known}, count(*) AS size FROM known JOIN inside USING (code) GROUP BY ALL
        ) USING (level, code, {known})
        JOIN sizes USING (level, code) WHERE {whole}
    """
    _find_known(connection, table, tables=tables)
    return _gather(
        connection,
        f"""
        SELECT level, code, {names}, given.value AS whole, total,
            sums.rounded + (given.value = round(given.value))::INT AS rounded
        FROM {tables[table]} AS given JOIN ({sums}) AS sums USING (level, code, {names})
        """,
        shown=", ".join([*others, "whole AS publié", 'total AS "somme des communes"']),
        name=f"territoires = somme de leurs communes ({table})",
    )


def _find_known(connection: duckdb.DuckDBPyConnection, table: str, *, tables: dict[str, str]) -> None:
    """Create the table `known`: each commune with what is known of it; where nobody lives, nobody is sorted."""
    known = ", ".join(schemas.known_columns(table))
    rows = f"(SELECT DISTINCT code, {known} FROM {tables[table]} WHERE level = 'commune')"
    empty = ""
    if schemas.known_columns(table) != schemas.key_columns(table)[2:] and "population" in tables:
        empty = f"""
            UNION SELECT code, {known}
            FROM (SELECT code, year FROM {tables["population"]} WHERE level = 'commune' AND value = 0)
            JOIN (SELECT DISTINCT {known} FROM {rows}) USING (year)
        """
    connection.execute(f"CREATE OR REPLACE TEMP TABLE known AS SELECT * FROM {rows} {empty}")


def _check_dates(
    connection: duckdb.DuckDBPyConnection, table: str, variable: str, *, tables: dict[str, str]
) -> list[Problem]:
    """Find the communes whose figure changes more between two successive dates than places do."""
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE failing AS
        SELECT * FROM (
            SELECT level, code, year, value, lag(value) OVER dates AS value_before, lag(year) OVER dates AS year_before
            FROM {tables[table]} WHERE level = 'commune' AND variable = '{variable}'
            WINDOW dates AS (PARTITION BY code ORDER BY year)
        )
        WHERE year - year_before <= {_SPAN} AND abs(value - value_before) >= {_FLOOR}
            AND abs(ln(greatest(value, 1) / greatest(value_before, 1))) > {_JUMP} * (year - year_before)
        """
    )
    shown = (
        'year_before AS "année précédente", value_before AS "valeur précédente", value AS valeur, '
        "value - value_before AS écart"
    )
    return _to_problems(
        connection, "avertissement", f"évolution peu vraisemblable de {variable}",
        shown=shown, order="abs(value - value_before) DESC",
        explanation=f"Plus de {_JUMP:.0%} par an entre deux dates : changement de périmètre, ou fichier d'un autre "
        "millésime ?",
    )  # fmt: skip


def _check_sources(connection: duckdb.DuckDBPyConnection, table: str, *, parts: Path) -> list[Problem]:
    """Find the values that two sources give differently."""
    files = sorted(parts.glob(f"[!.]*/{table}.parquet"))
    if len(files) < 2:
        return []
    key = ", ".join(schemas.key_columns(table))
    given = f"read_parquet([{', '.join(map(literal, files))}])"
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE failing AS
        WITH shared AS (
            SELECT variable, year FROM {given} GROUP BY ALL HAVING count(DISTINCT source) > 1
        )
        SELECT {key}, min(value) AS least, arg_min(source, value) AS least_source,
            max(value) AS greatest, arg_max(source, value) AS greatest_source
        FROM {given} SEMI JOIN shared USING (variable, year)
        GROUP BY {key}
        HAVING max(value) - min(value) > 1 + {_SAME} * max(value)
        """
    )
    dimensions = [name for name in schemas.key_columns(table) if name not in ("level", "code", "year")]
    shown = ", ".join([
        *dimensions, "least_source AS source", "least AS valeur", 'greatest_source AS "autre source"',
        'greatest AS "autre valeur"', "greatest - least AS écart",
    ])  # fmt: skip
    return _to_problems(
        connection, "avertissement", f"deux sources diffèrent ({table})",
        shown=shown, order="greatest - least DESC",
        explanation="Le magasin garde celle qui vient la première dans le registre.",
    )  # fmt: skip


def _to_problems(
    connection: duckdb.DuckDBPyConnection,
    severity: Severity,
    name: str,
    *,
    shown: str,
    order: str,
    explanation: str,
) -> list[Problem]:
    """Describe the rows of the table `failing`, the first of them with the name of each place; nothing without any."""
    (count,) = connection.sql("SELECT count(*) FROM failing").fetchall()[0]
    if not count:
        return []
    rows = connection.sql(
        f"""
        SELECT failing.level AS niveau, failing.code AS code, name AS nom, year AS année, {shown}
        FROM failing LEFT JOIN names USING (level, code)
        ORDER BY {order}, failing.level, failing.code, year LIMIT {SHOWN}
        """
    ).to_arrow_table().to_pandas()  # fmt: skip
    return [Problem(severity, name, int(count), rows, explanation)]


def _name_places(territories: pd.DataFrame) -> pd.DataFrame:
    """Name every place of a store: `level, code, name`, from its table `territories`."""
    frames = []
    for level in levels.LEVELS:
        if level.only is None:
            pairs = territories[[level.column, level.name_column]].dropna().drop_duplicates(level.column)
        else:
            pairs = pd.DataFrame([level.only])
        frames.append(pairs.set_axis(["code", "name"], axis="columns").assign(level=level.key))
    return pd.concat(frames, ignore_index=True)
