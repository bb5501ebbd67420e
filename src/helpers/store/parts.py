"""The part of a store that one source gives, carried to today's communes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa

from helpers import levels, schemas, store
from helpers.errors import SourceError
from helpers.sources.registry import Source
from helpers.store.connection import connect, read_batches
from helpers.store.geography import Geography
from helpers.store.perimeters import carry_to_today, register_places

# A part is read once or twice: little effort goes into making it small.
_COMPRESSION = 1


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
        register_places(connection, geography.territories)
        notes = carry_to_today(connection, table=table, source=source, geography=geography)
        key = ", ".join(schemas.key_columns(table))
        names = ", ".join(schemas.table_columns(table))
        batches = read_batches(connection, f"SELECT {names} FROM carried ORDER BY {key}", table=table)
        rows = store.write_batches(batches, path, schema=store.arrow_schema(table), level=_COMPRESSION)
    return rows, notes


def _normalise(
    connection: duckdb.DuckDBPyConnection, content: pa.Table, *, table: str, source: Source, place: str
) -> None:
    """Create the relation `given`: the rows of a source with the columns and types of the store, once checked."""
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
        "level": levels.keys(),
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
