"""Writing the store: its tables as Parquet, and the index of their hashes."""

from __future__ import annotations

import itertools
import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from helpers import paths, schemas
from helpers.store.tables import INDEX, PLACE, forget, is_text

# Rows read at once, where a commune has a few hundred: fewer would make for long footers, more for long readings.
ROW_GROUP = 16_384


def arrow_schema(table: str) -> pa.Schema:
    """Give the columns of a table of values as they are written."""
    kinds = {"year": pa.int16(), "since": pa.int16(), "age": pa.int16(), "value": pa.float64()}
    return pa.schema([(name, kinds.get(name, pa.string())) for name in schemas.table_columns(table)])


def write(tables: Mapping[str, pd.DataFrame | Path], folder: Path) -> None:
    """Write every table as Parquet, and the index of their hashes; a path is a table already written.

    All is written aside first, then renamed: a write that fails leaves the store as it was.
    """
    with tempfile.TemporaryDirectory(dir=folder, prefix=".ecriture-") as temporary:
        aside = Path(temporary)
        for name in sorted(tables):
            path, table = aside / f"{name}.parquet", tables[name]
            if isinstance(table, Path):
                table.replace(path)
            else:
                content = pa.Table.from_pandas(table, preserve_index=False)
                # Nothing of the machine or of pandas goes into the file: the same tables give the same bytes.
                schema = pa.schema(
                    [
                        column.with_type(pa.large_string()) if is_text(column.type) else column
                        for column in content.schema
                    ]
                )
                write_batches(content.cast(schema).to_batches(), path, schema=schema)
        write_index({name: describe(aside / f"{name}.parquet") for name in sorted(tables)}, aside)
        for name in tables:
            (aside / f"{name}.parquet").replace(folder / f"{name}.parquet")
        (aside / INDEX).replace(folder / INDEX)
    forget()


def write_batches(
    batches: Iterable[pa.RecordBatch], path: Path, *, schema: pa.Schema, level: int = 15
) -> int:
    """Write one table from a stream of batches, whatever their sizes; the number of rows.

    Rows of places come in the order of level and code. The same rows give the same bytes. `level` is the effort of
    compression. Values are too varied for a dictionary, all the rest repeats itself.
    """
    text = [column.name for column in schema if not pa.types.is_floating(column.type)]
    order = [pq.SortingColumn(place) for place, name in enumerate(PLACE) if schema.names[place] == name]
    rows = 0
    with pq.ParquetWriter(
        path,
        schema,
        compression="zstd",
        compression_level=level,
        version="2.6",
        use_dictionary=text,
        sorting_columns=order if len(order) == len(PLACE) else None,
    ) as writer:
        for group in _fill_groups(batches, schema=schema):
            writer.write_table(group, row_group_size=ROW_GROUP)
            rows += group.num_rows
    return rows


def _fill_groups(batches: Iterable[pa.RecordBatch], *, schema: pa.Schema) -> Iterator[pa.Table]:
    """Gather batches into row groups as full as may be, those of communes without any other territory.

    A commune is then found in one row group, those of its level being in the order of codes.
    """
    waiting: list[pa.RecordBatch] = []
    rows, of_communes = 0, False
    for batch, communes in itertools.chain.from_iterable(map(_part_communes, batches)):
        if rows and communes != of_communes:
            yield pa.Table.from_batches(waiting, schema=schema).combine_chunks()
            waiting, rows = [], 0
        of_communes = communes
        waiting.append(batch)
        rows += batch.num_rows
        while rows >= ROW_GROUP:
            gathered = pa.Table.from_batches(waiting, schema=schema)
            yield gathered.slice(0, ROW_GROUP).combine_chunks()
            waiting = gathered.slice(ROW_GROUP).to_batches()
            rows -= ROW_GROUP
    if rows:
        yield pa.Table.from_batches(waiting, schema=schema).combine_chunks()


def _part_communes(batch: pa.RecordBatch) -> Iterator[tuple[pa.RecordBatch, bool]]:
    """Cut a batch where its rows pass from communes to other territories or back; whether each part is of communes."""
    if "level" not in batch.schema.names or not batch.num_rows:
        yield batch, False
        return
    communes = pc.equal(batch["level"], "commune").to_numpy(zero_copy_only=False)
    bounds = [0, *(np.flatnonzero(communes[1:] != communes[:-1]) + 1), batch.num_rows]
    for first, end in itertools.pairwise(bounds):
        yield batch.slice(first, end - first), bool(communes[first])


def describe(path: Path) -> dict[str, int | str]:
    """Describe a table as the index does: its rows and its hash."""
    return {"rows": pq.read_metadata(path).num_rows, "sha256": paths.hash_file(path)}


def write_index(index: Mapping[str, Mapping[str, int | str]], folder: Path) -> None:
    """Write the index of a store."""
    (folder / INDEX).write_text(json.dumps(index, indent=1) + "\n", encoding="utf-8")
