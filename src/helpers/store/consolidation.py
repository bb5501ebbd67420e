"""Parts (what each source gave, on today's communes) brought together into the tables of a store."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa

from helpers import schemas, store
from helpers.errors import SourceError
from helpers.sources.registry import Source
from helpers.store.geography import Geography, carry_to_today, register_places, write_additive

# Rows of communes handled at once: memory does not grow with the number of communes.
_CHUNK = 1_500_000
_MEMORY = "2GB"
# A part is read once or twice: little effort goes into making it small.
_PART_LEVEL, _TABLE_LEVEL = 1, 6
# More than there are sources: the place of one stays below the rank of an origin.
_WORTH = 1_000_000

Adjust = Callable[[pd.DataFrame], pd.DataFrame]


@contextmanager
def connect(temporary: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection of bounded memory, that spills under `temporary` (an existing folder)."""
    options: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": _MEMORY,
        "temp_directory": str(temporary),
        "preserve_insertion_order": False,
    }
    with duckdb.connect(config=options) as connection:
        yield connection


def write_part(
    frame: pd.DataFrame,
    path: Path,
    *,
    table: str,
    source: Source,
    geography: Geography,
    temporary: Path,
    place: str = "",
) -> tuple[int, list[str]]:
    """Carry what one source gives for a table to today's communes and write it; rows, sentences to report.

    `frame` has `code, year, variable`, the dimensions of the table and `value`; also, where they are not those
    of a commune, of Insee and of this source, `level, origin, source`. `place` names it in an error.

    Raises:
        SourceError: a value outside the table's domain, or given twice.
    """
    with connect(temporary) as connection:
        content = pa.Table.from_pandas(frame, preserve_index=False)
        _normalise(connection, content, table=table, source=source, place=place or source.id)
        register_places(connection, geography)
        notes = carry_to_today(connection, table=table, source=source, geography=geography)
        key = ", ".join(schemas.key_columns(table))
        names = ", ".join(schemas.table_columns(table))
        rows = _copy(
            connection, f"SELECT {names} FROM carried ORDER BY {key}", path, table=table, level=_PART_LEVEL
        )
    return rows, notes


def assemble(
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

    To what parts give for communes and larger territories, sums by EPCI, département, région and for France are
    added, of what is known for every commune there (Mayotte apart). `adjust` changes the rows of whole communes
    before they are added up. `population` is the store's table of that name: a commune where nobody lives has no
    row in a table of people sorted by age or tenure, and is known. The same parts give the same bytes.
    """
    if not parts:
        return store.write_batches([], path, schema=store.arrow_schema(table), level=_TABLE_LEVEL)
    with connect(temporary) as connection:
        register_places(connection, geography)
        stream = _stream(connection, table, parts, adjust=adjust, population=population)
        return store.write_batches(stream, path, schema=store.arrow_schema(table), level=_TABLE_LEVEL)


def first_values(table: str, parts: Sequence[Path], *, codes: Iterable[str], temporary: Path) -> pd.DataFrame:
    """What parts give for some communes, the first one winning: columns of the store, without the level."""
    wanted = ", ".join(f"'{code}'" for code in codes)
    with connect(temporary) as connection:
        query = f"SELECT * FROM ({_first(table, parts)}) WHERE level = 'commune' AND code IN ({wanted}) ORDER BY ALL"
        frame = connection.sql(query).to_arrow_table().to_pandas()
    return frame[schemas.table_columns(table)].drop(columns="level")


def read_communes(
    path: Path, *, temporary: Path, where: str = "true", by_commune: bool = False
) -> pd.DataFrame:
    """The rows of communes of a part or a table that meet a condition (DuckDB): `code, year, variable`, the
    dimensions of the table, `value`; with `by_commune`, the sums by `code, year, variable`."""
    columns = (
        "code, year, variable, sum(value) AS value" if by_commune else "* EXCLUDE (level, origin, source)"
    )
    grouped = "GROUP BY ALL" if by_commune else ""
    query = f"SELECT {columns} FROM read_parquet({_quote(path)}) WHERE level = 'commune' AND {where} {grouped} ORDER BY ALL"
    with connect(temporary) as connection:
        return connection.sql(query).to_arrow_table().to_pandas()


def _stream(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    parts: Sequence[Path],
    *,
    adjust: Adjust | None,
    population: Path | None,
) -> Iterator[pa.RecordBatch]:
    """The rows of a table in its order: communes chunk by chunk, then larger territories."""
    names, key = ", ".join(schemas.table_columns(table)), ", ".join(schemas.key_columns(table))
    known = ", ".join(schemas.known_columns(table))
    _rank_sources(connection, parts)
    first = _first(table, parts)
    connection.execute(f"CREATE TEMP TABLE given AS SELECT {names} FROM ({first}) WHERE level <> 'commune'")
    connection.execute(
        f"CREATE TEMP TABLE partial AS SELECT {key}, 0::DECIMAL(38, 12) AS total, 0::BIGINT AS worth FROM given LIMIT 0"
    )
    connection.execute(
        f"CREATE TEMP TABLE counted AS SELECT level, code, {known}, 0::BIGINT AS size FROM given LIMIT 0"
    )
    connection.execute(f"CREATE TEMP TABLE held AS SELECT code, {known} FROM given LIMIT 0")
    _find_uninhabited(connection, population)
    for low, high in _cut(connection, parts):
        where = f"level = 'commune' AND code >= '{low}' AND code < '{high}'"
        connection.execute(f"CREATE OR REPLACE TEMP TABLE chunk AS {_first(table, parts, where=where)}")
        if adjust is not None:
            frame = connection.sql(f"SELECT {names} FROM chunk ORDER BY {key}").to_arrow_table().to_pandas()
            connection.register("adjusted", pa.Table.from_pandas(adjust(frame), preserve_index=False))
            connection.execute(f"CREATE OR REPLACE TEMP TABLE chunk AS SELECT {names} FROM adjusted")
            connection.unregister("adjusted")
        _add_up(connection, table)
        yield from _batches(connection, f"SELECT {names} FROM chunk ORDER BY {key}", table=table)
    connection.execute("DROP TABLE IF EXISTS chunk")
    _count_uninhabited(connection, table)
    above = f"""
        SELECT {names} FROM given
        UNION ALL
        SELECT {names} FROM ({_sums(table)}) ANTI JOIN given USING (level, code, {known})
    """
    yield from _batches(connection, f"SELECT {names} FROM ({above}) ORDER BY {key}", table=table)


def _first(table: str, parts: Sequence[Path], *, where: str = "true") -> str:
    """The query of the rows that meet a condition, the first part that gives a value winning."""
    names = ", ".join(schemas.table_columns(table))
    selects = [
        f"SELECT {names}, {rank} AS rank FROM read_parquet({_quote(path)}) WHERE {where}"
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
    """The table `worths`: each source of the parts with its place in their order."""
    connection.execute("CREATE TEMP TABLE worths (source VARCHAR, place BIGINT)")
    for path in parts:
        connection.execute(
            f"""
            INSERT INTO worths
            SELECT source, (SELECT count(*) FROM worths) + row_number() OVER (ORDER BY source)
            FROM (SELECT DISTINCT source FROM read_parquet({_quote(path)})) ANTI JOIN worths USING (source)
            """
        )


def _cut(connection: duckdb.DuckDBPyConnection, parts: Sequence[Path]) -> list[tuple[str, str]]:
    """Ranges of codes, each of about as many rows as are handled at once: bounds, the upper one excluded."""
    files = ", ".join(_quote(path) for path in parts)
    counts = connection.sql(
        f"SELECT code[:3] AS start, count(*) FROM read_parquet([{files}]) WHERE level = 'commune' GROUP BY 1 ORDER BY 1"
    ).fetchall()
    bounds, held = [""], 0
    for start, count in counts:
        if held and held + count > _CHUNK:
            bounds.append(start)
            held = 0
        held += count
    return [*zip(bounds, [*bounds[1:], "~"], strict=True)] if counts else []


def _find_uninhabited(connection: duckdb.DuckDBPyConnection, population: Path | None) -> None:
    """The table `uninhabited` (`code, year`): where nobody lives, nobody is sorted by age or tenure."""
    source = "SELECT NULL::VARCHAR AS code, NULL::SMALLINT AS year LIMIT 0"
    if population is not None:
        source = (
            f"SELECT code, year FROM read_parquet({_quote(population)}) WHERE level = 'commune' AND value = 0"
        )
    connection.execute(f"CREATE TEMP TABLE uninhabited AS {source}")


def _add_up(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """Add the communes of `chunk` to the table `partial`, by département and by EPCI; count them in `counted`.

    `worth` is the place of the least real origin first, then of the source: the least of a sum is its own.
    """
    origins = " ".join(f"WHEN '{name}' THEN {-place}" for place, name in enumerate(schemas.ORIGINS))
    dimensions = ", ".join(name for name in schemas.key_columns(table) if name not in ("level", "code"))
    known = ", ".join(schemas.known_columns(table))
    for level in ("departement", "epci"):
        inside = f"""
            FROM chunk JOIN members USING (code) JOIN worths USING (source)
            WHERE members.{level} IS NOT NULL AND {write_additive(table)} GROUP BY ALL
        """
        connection.execute(
            f"""
            INSERT INTO partial
            SELECT '{level}' AS level, members.{level} AS code, {dimensions}, sum(value::DECIMAL(38, 12)),
                min((CASE origin {origins} END) * {_WORTH} + place)
            {inside}
            """
        )
        connection.execute(
            f"INSERT INTO counted SELECT '{level}', members.{level}, {known}, count(DISTINCT code) {inside}"
        )
    connection.execute(
        f"INSERT INTO held SELECT DISTINCT code, {known} FROM chunk SEMI JOIN uninhabited USING (code, year)"
    )


def _count_uninhabited(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """Count in `counted` the communes without inhabitants that have no row: they are known, and hold nobody."""
    known = ", ".join(schemas.known_columns(table))
    for level in ("departement", "epci"):
        connection.execute(
            f"""
            INSERT INTO counted
            SELECT '{level}', members.{level}, {known}, count(*)
            FROM (SELECT DISTINCT {known} FROM counted) JOIN uninhabited USING (year)
            JOIN members USING (code) ANTI JOIN held USING (code, {known})
            WHERE members.{level} IS NOT NULL GROUP BY ALL
            """
        )


def _sums(table: str) -> str:
    """The query of the sums that are whole, by level, from the tables `partial` and `counted`."""
    dimensions = ", ".join(name for name in schemas.key_columns(table) if name not in ("level", "code"))
    known = ", ".join(schemas.known_columns(table))
    origins = " ".join(f"WHEN {place} THEN '{name}'" for place, name in enumerate(schemas.ORIGINS))
    totals = _lift("partial", dimensions, "sum(total) AS total, min(worth) AS worth")
    counts = _lift("counted", known, "sum(size) AS size")
    expected = " UNION ALL ".join(
        f"SELECT '{level}' AS level, {place} AS code, count(*) FILTER (expected) AS communes FROM members GROUP BY ALL"
        for level, place in (
            ("departement", "departement"),
            ("epci", "epci"),
            ("region", "region"),
            ("france", "'F'"),
        )
    )
    whole = "true" if table in schemas.EXHAUSTIVE_REGISTERS else "size >= communes AND communes > 0"
    return f"""
        WITH totals AS ({totals}), counts AS ({counts}), expected AS ({expected})
        SELECT level, code, {dimensions}, total::DOUBLE AS value,
            CASE -floor(worth / {_WORTH})::BIGINT {origins} END AS origin, source
        FROM totals JOIN counts USING (level, code, {known}) JOIN expected USING (level, code)
        JOIN worths ON worths.place = worth - floor(worth / {_WORTH})::BIGINT * {_WORTH}
        WHERE {whole}
    """


def _lift(table: str, keys: str, sums: str) -> str:
    """The query that adds to the rows by EPCI and département those by région and for France."""
    regions = "(SELECT DISTINCT departement AS code, region FROM members)"
    return f"""
        SELECT level, code, {keys}, {sums} FROM {table} GROUP BY level, code, {keys}
        UNION ALL
        SELECT 'region' AS level, region AS code, {keys}, {sums}
        FROM {table} JOIN {regions} USING (code) WHERE level = 'departement' GROUP BY region, {keys}
        UNION ALL
        SELECT 'france' AS level, 'F' AS code, {keys}, {sums}
        FROM {table} WHERE level = 'departement' GROUP BY {keys}
    """


def _normalise(
    connection: duckdb.DuckDBPyConnection, content: pa.Table, *, table: str, source: Source, place: str
) -> None:
    """The relation `given`: the rows of a source with the columns and types of the store, once checked."""
    connection.register("content", content)
    present = set(content.column_names)
    defaults = {"level": "'commune'", "origin": "'insee'", "source": f"'{source.id}'"}
    missing = [name for name in schemas.table_columns(table) if name not in present | defaults.keys()]
    if missing:
        raise SourceError(
            f"{place} : la table {table!r} n'a pas de colonne {', '.join(missing)}.",
            remedy="Corrigez le lecteur de la source.",
        )
    types = {"year": "SMALLINT", "since": "SMALLINT", "age": "SMALLINT", "value": "DOUBLE"}
    columns = ", ".join(
        f"{name if name in present else defaults[name]}::{types.get(name, 'VARCHAR')} AS {name}"
        for name in schemas.table_columns(table)
    )
    try:
        connection.execute(f"CREATE TEMP TABLE given AS SELECT {columns} FROM content")
    except duckdb.ConversionException as error:
        raise SourceError(
            f"{place} : la table {table!r} contient une valeur d'un autre type ({str(error).splitlines()[0]}).",
            remedy="Vérifiez le millésime du fichier, ou complétez le lecteur.",
        ) from error
    finally:
        connection.unregister("content")
    _refuse_strange(connection, table=table, place=place)
    _refuse_double(connection, table=table, place=place)


def _refuse_strange(connection: duckdb.DuckDBPyConnection, *, table: str, place: str) -> None:
    """Insist on the domain of every column."""
    ages = schemas.SINGLE_AGES if table == "single_ages" else schemas.AGE_CLASSES
    domains: dict[str, Sequence[object]] = {
        "level": schemas.LEVELS,
        "variable": schemas.VARIABLES[table],
        "sex": schemas.SEXES,
        "age": ages,
        "tenure": schemas.TENURES,
        "origin": schemas.ORIGINS,
    }
    rules = {
        name: f"{name} IN ({', '.join(repr(value) for value in domains[name])})"
        for name in schemas.table_columns(table)
        if name in domains
    }
    rules["code"] = (
        "(level <> 'commune' AND code IS NOT NULL) OR regexp_full_match(code, '[0-9][0-9AB][0-9]{3}')"
    )
    rules["year"] = "year BETWEEN 1790 AND 2100"
    rules["value"] = "isfinite(value) AND value >= 0"
    if "since" in schemas.table_columns(table):
        rules["since"] = "since BETWEEN 1962 AND year"
    for name, rule in rules.items():
        found = connection.execute(
            f"SELECT * FROM given WHERE ({rule}) IS NOT TRUE ORDER BY ALL LIMIT 1"
        ).fetchone()
        if found is not None:
            row = dict(zip(schemas.table_columns(table), found, strict=True))
            raise SourceError(
                f"{place} : la table {table!r} contient {name} = {row[name]!r} (commune {row['code']!r}, "
                f"variable {row['variable']}, année {row['year']}).",
                remedy="Vérifiez le fichier et son millésime : cette valeur n'est pas de celles que la table admet.",
            )


def _refuse_double(connection: duckdb.DuckDBPyConnection, *, table: str, place: str) -> None:
    """Insist on one value by key."""
    key = ", ".join(schemas.key_columns(table))
    found = connection.execute(
        f"SELECT {key}, count(*) FROM given GROUP BY {key} HAVING count(*) > 1 ORDER BY ALL LIMIT 1"
    ).fetchone()
    if found is not None:
        row = dict(zip([*schemas.key_columns(table), "times"], found, strict=True))
        raise SourceError(
            f"{place} : la commune {row['code']!r} a {row['times']} valeurs de {row['variable']} en {row['year']} "
            f"(table {table!r}).",
            remedy="Le fichier donne deux fois la même commune : téléchargez-le de nouveau.",
        )


def _batches(connection: duckdb.DuckDBPyConnection, query: str, *, table: str) -> Iterator[pa.RecordBatch]:
    schema = store.arrow_schema(table)
    for batch in connection.sql(query).to_arrow_reader(store.ROW_GROUP):
        yield batch.cast(schema)


def _copy(connection: duckdb.DuckDBPyConnection, query: str, path: Path, *, table: str, level: int) -> int:
    return store.write_batches(
        _batches(connection, query, table=table), path, schema=store.arrow_schema(table), level=level
    )


def _quote(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
