"""How long one commune takes to read from a national store of 95, 1 000 and 35 000 communes.

`python bench/store.py` prints, for each size, the medians in milliseconds of each table and of all together: cold
(the first reading of a process: index, footers, then rows) and warm (the next ones).
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from helpers import schemas, store

SIZES = (95, 1_000, 35_000)
# Longest warm reading of one commune, all tables together (ms).
LIMIT = 50.0

_REPEATS = 15
_AT_ONCE = 500
_DATES = {
    "population": [1968, 1975, 1982, 1990, 1999, *range(2006, 2024)],
    "population_history": [*range(1876, 2024, 5)],
    "flows": [*range(2008, 2024)],
    "income": [2019, 2020, 2021],
    "social_housing": [2022, 2023, 2024],
    "vacancy": [2022, 2023, 2024],
    "ages_tenure": [2012, 2022],
}
_CENSUSES = [2011, 2016, 2022]


def measure(
    *, sizes: Sequence[int] = SIZES, folder: Path | None = None
) -> list[dict[str, float | int | str]]:
    """Median times of reading one commune, by number of communes and table (`ensemble`: all of them).

    Each has `communes, table, rows, cold, warm, target` (ms). The stores are built under `folder` (a temporary one that
    is kept by default) when they are not there yet.
    """
    folder = folder or Path(tempfile.gettempdir()) / "store-bench"
    results: list[dict[str, float | int | str]] = []
    for size in sizes:
        place = build(folder / str(size), communes=size)
        codes = _codes(size)
        chosen = [codes[len(codes) * rank // _REPEATS] for rank in range(_REPEATS)]
        times: dict[str, tuple[list[float], list[float]]] = {}
        rows = {
            table: len(store.read(table, folder=place, areas=[("commune", chosen[0])]))
            for table in schemas.TABLES
        }
        for code in chosen:
            store.forget()
            for state in (0, 1):
                total = 0.0
                for table in schemas.TABLES:
                    start = time.perf_counter()
                    store.read(table, folder=place, areas=[("commune", code)])
                    spent = (time.perf_counter() - start) * 1000
                    times.setdefault(table, ([], []))[state].append(spent)
                    total += spent
                times.setdefault("ensemble", ([], []))[state].append(total)
        results += [
            {
                "communes": size,
                "table": table,
                "rows": rows.get(table, sum(rows.values())),
                "cold": statistics.median(cold),
                "warm": statistics.median(warm),
                "target": LIMIT,
            }
            for table, (cold, warm) in times.items()
        ]
    return results


def build(folder: Path, *, communes: int) -> Path:
    """Write a store with every table of values for so many communes, as an ingest writes it."""
    if (folder / store.INDEX).is_file():
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    index = {}
    for table in schemas.TABLES:
        path = folder / f"{table}.parquet"
        store.write_batches(_rows(table, _codes(communes)), path, schema=store.arrow_schema(table), level=6)
        index[table] = store.describe(path)
    store.mark_seen(folder)
    store.write_index(index, folder)
    return folder


def _codes(communes: int) -> list[str]:
    """Codes spread over a hundred départements, in order."""
    each = -(-communes // 95)
    return sorted(f"{1 + rank // each:02d}{rank % each + 1:03d}" for rank in range(communes))


def _rows(table: str, codes: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """Make the rows of a table in the order of the store, with values as varied as weighted counts."""
    dimensions = {
        "since": [2007],
        "sex": schemas.SEXES,
        "age": schemas.SINGLE_AGES if table == "single_ages" else schemas.AGE_CLASSES,
        "tenure": schemas.TENURES,
    }
    lists = {"year": _DATES.get(table, _CENSUSES), "variable": schemas.VARIABLES[table]}
    lists |= {name: dimensions[name] for name in schemas.DIMENSIONS.get(table, [])}
    crossed = " CROSS JOIN ".join(f"(SELECT unnest({values!r}) AS {name})" for name, values in lists.items())
    key = ", ".join(schemas.key_columns(table))
    with duckdb.connect() as connection:
        for start in range(0, len(codes), _AT_ONCE):
            places = f"(SELECT 'commune' AS level, unnest({list(codes[start : start + _AT_ONCE])!r}) AS code)"
            query = (
                f"SELECT {key}, (hash({key}) % 100000000) / 1000000.0 AS value, 'insee' AS origin, "
                f"'serie_' || year AS source FROM {places} CROSS JOIN {crossed} ORDER BY {key}"
            )
            for batch in connection.sql(query).to_arrow_reader(store.ROW_GROUP):
                yield batch.cast(store.arrow_schema(table))


def main() -> int:
    """Print the measures; 1 when the longest warm reading is over the limit."""
    results = measure()
    for row in results:
        sys.stdout.write(
            f"{row['communes']:>6} communes  {row['table']:<20} {row['rows']:>5} lignes  "
            f"à froid {row['cold']:7.1f} ms  à chaud {row['warm']:6.1f} ms\n"
        )
    slowest = max(float(row["warm"]) for row in results)
    return int(slowest > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
