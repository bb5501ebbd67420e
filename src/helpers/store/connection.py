"""Connections of DuckDB as the store is made with: of bounded memory, giving rows with the types of the store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

from helpers import store

MEMORY = "2GB"


@contextmanager
def connect(temporary: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a connection of bounded memory, that spills under `temporary` (an existing folder)."""
    options: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": MEMORY,
        "temp_directory": str(temporary),
        "preserve_insertion_order": False,
    }
    with duckdb.connect(config=options) as connection:
        yield connection


def read_batches(
    connection: duckdb.DuckDBPyConnection, query: str, *, table: str
) -> Iterator[pa.RecordBatch]:
    """Read the rows that a query gives, with the columns and types of a table of the store."""
    schema = store.arrow_schema(table)
    for batch in connection.sql(query).to_arrow_reader(store.ROW_GROUP):
        yield batch.cast(schema)
