"""Bytes on disk as the producers write them: delimited text, zip archives, Parquet."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq


def delimit(
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    separator: str = ";",
    quoted: bool = False,
    end: str = "\n",
    encoding: str = "utf-8",
    decimal: str = ".",
) -> bytes:
    """Delimited text: a header, then rows; None is an empty cell, a float has the decimal sign asked for."""
    buffer = io.StringIO()
    quoting = csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
    writer = csv.writer(buffer, delimiter=separator, lineterminator=end, quoting=quoting)
    writer.writerow(columns)
    for row in rows:
        writer.writerow(["" if cell is None else _write(cell, decimal=decimal) for cell in row])
    return buffer.getvalue().encode(encoding)


def _write(cell: object, *, decimal: str) -> str:
    return repr(cell).replace(".", decimal) if isinstance(cell, float) else str(cell)


def pack(path: Path, members: Mapping[str, bytes]) -> Path:
    """A zip archive with these members, in this order."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def to_parquet(path: Path, columns: Mapping[str, Sequence[object]]) -> Path:
    """A Parquet file; codes are text, weights and counts are numbers."""
    pq.write_table(pa.table(dict(columns)), path, compression="zstd")
    return path
