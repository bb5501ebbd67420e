"""The store: tables of the figures of territories, as Parquet, and how they are made."""

from helpers.store.fetched import (
    find_fetched,
    includes_another,
    keep_former,
    list_fetched,
    overlay,
    read_sources,
    write_notes,
)
from helpers.store.tables import (
    INDEX,
    forget,
    has,
    hashes,
    let_go,
    mark_seen,
    prepare,
    read,
    read_date,
    read_reference,
    reopen,
)
from helpers.store.writing import ROW_GROUP, arrow_schema, describe, write, write_batches, write_index

__all__ = [
    "INDEX",
    "ROW_GROUP",
    "arrow_schema",
    "describe",
    "find_fetched",
    "forget",
    "has",
    "hashes",
    "includes_another",
    "keep_former",
    "let_go",
    "list_fetched",
    "mark_seen",
    "overlay",
    "prepare",
    "read",
    "read_date",
    "read_reference",
    "read_sources",
    "reopen",
    "write",
    "write_batches",
    "write_index",
    "write_notes",
]
