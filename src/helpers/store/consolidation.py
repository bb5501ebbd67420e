"""Parts (what each source gave, on today's communes) brought together into the tables of a store."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from helpers import levels, schemas, store
from helpers.sources.duckdb_scan import literal
from helpers.store.connection import connect, read_batches
from helpers.store.geography import Geography
from helpers.store.perimeters import register_places, write_additive

# Rows of communes handled at once: memory does not grow with the number of communes.
_CHUNK = 1_500_000
_COMPRESSION = 6
# What an origin weighs in a provenance. More than there are sources: the rank of one stays below that of an origin.
_ORIGIN = 1_000_000

Adjust = Callable[[pd.DataFrame], pd.DataFrame]


def consolidate(
    table: str,
    parts: Sequence[Path],
    path: Path,
    *,
    geography: Geography,
    temporary: Path,
    adjust: Adjust | None = None,
    population: Path | None = None,
) -> int:
    """Write a table of the store from parts, the first one that gives a value winning; the number of rows.

    To what parts give for communes and larger territories, sums at each larger level of `helpers.levels` are added, of
    what is known for every commune there (Mayotte apart). `adjust` changes the rows of whole communes
    before they are added up. `population` is the store's table of that name: a commune where nobody lives has no
    row in a table of people sorted by age or tenure, or of homes, and is known. The same parts give the same bytes.
    """
    schema = store.arrow_schema(table)
    if not parts:
        return store.write_batches([], path, schema=schema, level=_COMPRESSION)
    communes = temporary / f"{table}-communes.parquet"
    with connect(temporary) as connection:
        register_places(connection, geography.territories)
        _start(connection, table, parts, population=population)
        chunks = _read_chunks(connection, table, parts, adjust=adjust)
        store.write_batches(chunks, communes, schema=schema, level=1)
        _finish(connection, table)
        # In the order of levels: some come before communes, whose sums they are.
        with pq.ParquetFile(communes) as file:
            batches = itertools.chain(
                _read_larger(connection, table, where="level < 'commune'"),
                file.iter_batches(store.ROW_GROUP, use_threads=False),
                _read_larger(connection, table, where="level > 'commune'"),
            )
            rows = store.write_batches(batches, path, schema=schema, level=_COMPRESSION)
    communes.unlink()
    return rows


def first_values(table: str, parts: Sequence[Path], *, codes: Iterable[str], temporary: Path) -> pd.DataFrame:
    """Read what parts give for some communes, the first one winning: columns of the store, without the level."""
    wanted = ", ".join(f"'{code}'" for code in codes)
    with connect(temporary) as connection:
        where = f"level = 'commune' AND code IN ({wanted})"
        query = f"SELECT * FROM ({_first(table, parts)}) WHERE {where} ORDER BY ALL"
        frame = connection.sql(query).to_arrow_table().to_pandas()
    return frame[schemas.table_columns(table)].drop(columns="level")


def read_communes(
    path: Path, *, temporary: Path, where: str = "true", by_commune: bool = False
) -> pd.DataFrame:
    """Read the rows of communes of a part or a table that meet a condition (DuckDB).

    Columns `code, year, variable`, the dimensions of the table, `value`; with `by_commune`, the sums by `code, year,
    variable`.
    """
    columns = (
        "code, year, variable, sum(value) AS value" if by_commune else "* EXCLUDE (level, origin, source)"
    )
    grouped = "GROUP BY ALL" if by_commune else ""
    query = (
        f"SELECT {columns} FROM read_parquet({literal(path)}) "
        f"WHERE level = 'commune' AND {where} {grouped} ORDER BY ALL"
    )
    with connect(temporary) as connection:
        return connection.sql(query).to_arrow_table().to_pandas()


def _start(
    connection: duckdb.DuckDBPyConnection, table: str, parts: Sequence[Path], *, population: Path | None
) -> None:
    """Create the tables that communes are added up in, and `given`, what parts give for larger territories."""
    _rank_sources(connection, parts)
    names, where = ", ".join(schemas.table_columns(table)), "level <> 'commune'"
    connection.execute(
        f"CREATE TEMP TABLE given AS SELECT {names} FROM ({_first(table, parts)}) WHERE {where}"
    )
    _create_sums(connection, table)
    _find_uninhabited(connection, population)


def _read_chunks(
    connection: duckdb.DuckDBPyConnection, table: str, parts: Sequence[Path], *, adjust: Adjust | None
) -> Iterator[pa.RecordBatch]:
    """Read the rows of communes in their order, chunk by chunk, and add them up on the way."""
    names, key = ", ".join(schemas.table_columns(table)), ", ".join(schemas.key_columns(table))
    for low, high in _cut(connection, parts):
        where = f"level = 'commune' AND code >= '{low}' AND code < '{high}'"
        connection.execute(f"CREATE OR REPLACE TEMP TABLE chunk AS {_first(table, parts, where=where)}")
        if adjust is not None:
            _adjust_chunk(connection, table, adjust)
        _add_up(connection, table)
        yield from read_batches(connection, f"SELECT {names} FROM chunk ORDER BY {key}", table=table)


def _finish(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """Create the table `larger`: what parts give for larger territories, and elsewhere the sums that are whole."""
    connection.execute("DROP TABLE IF EXISTS chunk")
    _count_uninhabited(connection, table)
    names, known = ", ".join(schemas.table_columns(table)), ", ".join(schemas.known_columns(table))
    connection.execute(
        f"""
        CREATE TEMP TABLE larger AS
        SELECT {names} FROM given
        UNION ALL
        SELECT {names} FROM ({_write_whole_sums(table)}) ANTI JOIN given USING (level, code, {known})
        """
    )


def _read_larger(
    connection: duckdb.DuckDBPyConnection, table: str, *, where: str
) -> Iterator[pa.RecordBatch]:
    """Read the rows of some larger territories in their order."""
    names, key = ", ".join(schemas.table_columns(table)), ", ".join(schemas.key_columns(table))
    return read_batches(connection, f"SELECT {names} FROM larger WHERE {where} ORDER BY {key}", table=table)


def _adjust_chunk(connection: duckdb.DuckDBPyConnection, table: str, adjust: Adjust) -> None:
    """Put what `adjust` makes of them in the place of the rows of `chunk`."""
    names, key = ", ".join(schemas.table_columns(table)), ", ".join(schemas.key_columns(table))
    frame = connection.sql(f"SELECT {names} FROM chunk ORDER BY {key}").to_arrow_table().to_pandas()
    connection.register("adjusted", pa.Table.from_pandas(adjust(frame), preserve_index=False))
    connection.execute(f"CREATE OR REPLACE TEMP TABLE chunk AS SELECT {names} FROM adjusted")
    connection.unregister("adjusted")


def _first(table: str, parts: Sequence[Path], *, where: str = "true") -> str:
    """Write the query of the rows that meet a condition, the first part that gives a value winning."""
    names = ", ".join(schemas.table_columns(table))
    selects = [
        f"SELECT {names}, {rank} AS rank FROM read_parquet({literal(path)}) WHERE {where}"
        for rank, path in enumerate(parts)
    ]
    if len(parts) == 1:
        return f"SELECT {names} FROM ({selects[0]})"
    known = ", ".join(["level", "code", *schemas.known_columns(table)])
    return (
        f"SELECT {names} FROM ({' UNION ALL '.join(selects)}) "
        f"QUALIFY rank = min(rank) OVER (PARTITION BY {known})"
    )


def _rank_sources(connection: duckdb.DuckDBPyConnection, parts: Sequence[Path]) -> None:
    """Create the table `source_ranks`: each source of the parts with its place in their order."""
    connection.execute("CREATE TEMP TABLE source_ranks (source VARCHAR, place BIGINT)")
    for path in parts:
        connection.execute(
            f"""
            INSERT INTO source_ranks
            SELECT source, (SELECT count(*) FROM source_ranks) + row_number() OVER (ORDER BY source)
            FROM (SELECT DISTINCT source FROM read_parquet({literal(path)})) ANTI JOIN source_ranks USING (source)
            """
        )


def _cut(connection: duckdb.DuckDBPyConnection, parts: Sequence[Path]) -> list[tuple[str, str]]:
    """Cut codes into ranges of about as many rows as are handled at once: bounds, the upper one excluded."""
    files = ", ".join(literal(path) for path in parts)
    counts = connection.sql(
        f"SELECT code[:3] AS start, count(*) FROM read_parquet([{files}]) WHERE level = 'commune' "
        "GROUP BY 1 ORDER BY 1"
    ).fetchall()
    bounds, rows = [""], 0
    for start, count in counts:
        if rows and rows + count > _CHUNK:
            bounds.append(start)
            rows = 0
        rows += count
    return [*zip(bounds, [*bounds[1:], "~"], strict=True)] if counts else []


def _create_sums(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """Create the tables that sums are made in, empty.

    * `sums`: a sum of some communes of a territory, with the least provenance among them (`_write_provenance`);
    * `counts`: how many of the communes that are expected of it are known;
    * `uninhabited_with_rows`: the communes without inhabitants that a source gives all the same.
    """
    key, known = ", ".join(schemas.key_columns(table)), ", ".join(schemas.known_columns(table))
    for name, columns in {
        "sums": f"{key}, 0::DECIMAL(38, 12) AS total, 0::BIGINT AS provenance",
        "counts": f"level, code, {known}, 0::BIGINT AS size",
        "uninhabited_with_rows": f"code, {known}",
    }.items():
        connection.execute(f"CREATE TEMP TABLE {name} AS SELECT {columns} FROM given LIMIT 0")


def _find_uninhabited(connection: duckdb.DuckDBPyConnection, population: Path | None) -> None:
    """Create the table `uninhabited` (`code, year`): where nobody lives, nobody is sorted by age or tenure."""
    source = "SELECT NULL::VARCHAR AS code, NULL::SMALLINT AS year LIMIT 0"
    if population is not None:
        source = f"SELECT code, year FROM read_parquet({literal(population)}) WHERE level = 'commune' AND value = 0"
    connection.execute(f"CREATE TEMP TABLE uninhabited AS {source}")


def _add_up(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """Add the communes of `chunk` to `sums` and to `counts`, at each larger level.

    Sums are of decimals: they do not depend on the order of the rows, nor on how communes are cut into chunks.
    """
    known = ", ".join(schemas.known_columns(table))
    for level in levels.larger():
        place = f"members.{level.key}"
        inside = f"""
            FROM chunk JOIN members USING (code) JOIN source_ranks USING (source)
            WHERE {place} IS NOT NULL AND {write_additive(table)} GROUP BY ALL
        """
        connection.execute(
            f"""
            INSERT INTO sums
            SELECT '{level.key}', {place}, {_dimensions(table)}, sum(value::DECIMAL(38, 12)), min({_write_provenance()})
            {inside}
            """
        )
        connection.execute(
            f"INSERT INTO counts "
            f"SELECT '{level.key}', {place}, {known}, count(DISTINCT code) FILTER (expected) {inside}"
        )
    connection.execute(
        f"INSERT INTO uninhabited_with_rows "
        f"SELECT DISTINCT code, {known} FROM chunk SEMI JOIN uninhabited USING (code, year)"
    )


def _count_uninhabited(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """Count in `counts` the communes without inhabitants that have no row: they are known, and nobody is there."""
    known = ", ".join(schemas.known_columns(table))
    for level in levels.larger():
        connection.execute(
            f"""
            INSERT INTO counts
            SELECT '{level.key}', members.{level.key}, {known}, count(*)
            FROM (SELECT DISTINCT {known} FROM counts) JOIN uninhabited USING (year)
            JOIN members USING (code) ANTI JOIN uninhabited_with_rows USING (code, {known})
            WHERE members.{level.key} IS NOT NULL AND expected GROUP BY ALL
            """
        )


def _write_whole_sums(table: str) -> str:
    """Write the query of the sums that are whole: all the communes that are expected of a territory are known."""
    dimensions, known = _dimensions(table), ", ".join(schemas.known_columns(table))
    origins = " ".join(f"WHEN {place} THEN '{name}'" for place, name in enumerate(schemas.ORIGINS))
    expected = " UNION ALL ".join(
        f"SELECT '{level.key}' AS level, {level.key} AS code, count(*) FILTER (expected) AS communes "
        "FROM members GROUP BY ALL"
        for level in levels.larger()
    )
    whole = "true" if table in schemas.EXHAUSTIVE_REGISTERS else "size >= communes AND communes > 0"
    return f"""
        WITH totals AS (
            SELECT level, code, {dimensions}, sum(total) AS total, min(provenance) AS provenance FROM sums GROUP BY ALL
        ),
        known AS (SELECT level, code, {known}, sum(size) AS size FROM counts GROUP BY ALL),
        expected AS ({expected})
        SELECT level, code, {dimensions}, total::DOUBLE AS value,
            CASE -floor(provenance / {_ORIGIN})::BIGINT {origins} END AS origin, source
        FROM totals JOIN known USING (level, code, {known}) JOIN expected USING (level, code)
        JOIN source_ranks ON source_ranks.place = provenance - floor(provenance / {_ORIGIN})::BIGINT * {_ORIGIN}
        WHERE {whole}
    """


def _dimensions(table: str) -> str:
    """Write the columns that identify a value of a place."""
    return ", ".join(name for name in schemas.key_columns(table) if name not in ("level", "code"))


def _write_provenance() -> str:
    """Write the expression of the origin, the least real first, then of the rank of the source: a sum has the least."""
    origins = " ".join(f"WHEN '{name}' THEN {-place}" for place, name in enumerate(schemas.ORIGINS))
    return f"(CASE origin {origins} END) * {_ORIGIN} + place"
