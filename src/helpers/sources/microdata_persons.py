"""FD_MIGCOM, one row by person: the people by commune, sex, five-year age and tenure."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import accumulate, product
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from helpers import schemas
from helpers.sources.microdata_rows import (
    TENURES,
    UNIT,
    Communes,
    enumerate_codes,
    find_communes,
    malformed_commune,
    number_commune,
    open_rows,
    read_weight,
    refuse,
    require_rows,
    vintage_of,
)
from helpers.sources.registry import Source

_SEXES = {"1": "H", "2": "F"}
# 25 classes, up to 120 years; the store's last one is 95 and over. Text is padded, numbers are not.
_AGES = {
    spelling: min(age, schemas.AGE_CLASSES[-1])
    for age in range(0, 121, 5)
    for spelling in dict.fromkeys((f"{age:03d}", f"{age}", f"{age:>3}", f"{age:<3}"))
}

# The cells of a commune, sorted: the age of each, and the positions of its sex and tenure among those of the store.
_SHAPE = (len(schemas.SEXES), len(schemas.AGE_CLASSES), len(schemas.TENURES))
_SIZE = int(np.prod(_SHAPE))
_SEX, _AGE, _TENURE = np.unravel_index(np.arange(_SIZE), _SHAPE)
_CELLS = {
    "sex": _SEX.astype("int8"),
    "age": np.array(schemas.AGE_CLASSES, dtype="int16")[_AGE],
    "tenure": _TENURE.astype("int8"),
}
# The cell of each combination of codes of the file.
_PROFILES = np.array(
    [
        np.ravel_multi_index(
            (schemas.SEXES.index(sex), schemas.AGE_CLASSES.index(age), schemas.TENURES.index(tenure)), _SHAPE
        )
        for sex, age, tenure in product(_SEXES.values(), _AGES.values(), TENURES.values())
    ],
    dtype="int32",
)
# Communes named at a time.
_BLOCK = 2_000


def read_persons(path: Path, source: Source) -> dict[str, pd.DataFrame]:
    """Read the table `ages_tenure`, in persons; columns and errors as `microdata.read`."""
    columns = ["COMMUNE", "SEXE", "AGEREVQ", "STOCD", "IPONDI"]
    with open_rows(path, columns, source=source) as scan:
        weight = read_weight(scan, "IPONDI", source=source)
        known: dict[str, Mapping[str, object]] = {"SEXE": _SEXES, "AGEREVQ": _AGES, "STOCD": TENURES}
        codes = {name: enumerate_codes(scan, name, legal) for name, legal in known.items()}
        raw = ", ".join(f"{code} AS {name}" for name, code in codes.items())
        groups = scan.fetch(
            f"SELECT {number_commune(scan)} AS commune, "
            f"(enum_code(SEXE)::SMALLINT * {len(_AGES)} + enum_code(AGEREVQ)) * {len(TENURES)} + "
            "enum_code(STOCD) AS profile, TRY_CAST(units AS BIGINT) AS units FROM "
            f"(SELECT COMMUNE, {raw}, sum({weight.units}) AS units FROM rows GROUP BY ALL)"
        )
        require_rows(groups, path=path)
        communes = find_communes(groups)
        unknown = groups["profile"].null_count or groups["units"].null_count
        if unknown or communes is None or pc.min(groups["units"]).as_py() < 0:
            conditions = {name: f"{code} IS NULL" for name, code in codes.items()}
            conditions = {"COMMUNE": malformed_commune(scan), **conditions, "IPONDI": weight.wrong}
            raise refuse(scan, conditions, source=source)
    return {"ages_tenure": _name_cells(_add_up(groups, communes), communes.codes, year=vintage_of(source))}


def _add_up(groups: pa.Table, communes: Communes) -> np.ndarray:
    """Add up the persons, in whole units, of each commune (a row) and cell (a column).

    This sorts the groups, and joins those that share a class (21 and 23, 95 and over).
    """
    totals = np.zeros((len(communes.codes), _SIZE), dtype="int64")
    flat = totals.reshape(-1)
    # By batch: touching memory for the first time costs more than the sums.
    for batch in groups.to_batches():
        numbers, profiles, units = (batch[name].to_numpy() for name in ("commune", "profile", "units"))
        cells = communes.positions[numbers]
        cells *= np.int32(_SIZE)
        cells += _PROFILES[profiles]
        np.add.at(flat, cells, units)
    return totals


def _name_cells(totals: np.ndarray, codes: list[str], *, year: int) -> pd.DataFrame:
    """Name the cells that hold somebody: `code, year, variable, sex, age, tenure, value`."""
    firsts = range(0, len(totals), _BLOCK)
    counts = [int(np.count_nonzero(totals[first : first + _BLOCK])) for first in firsts]
    ends = list(accumulate(counts, initial=0))
    size = ends[-1]
    kinds = {"code": "int32", "sex": "int8", "age": "int16", "tenure": "int8", "value": "float64"}
    columns = {name: np.empty(size, dtype=kind) for name, kind in kinds.items()}

    def fill(first: int, start: int, end: int) -> None:
        block = totals[first : first + _BLOCK].reshape(-1)
        filled = np.flatnonzero(block)
        code, cell = np.divmod(filled.astype("uint32"), np.uint32(_SIZE))
        np.add(code, np.uint32(first), out=columns["code"][start:end], casting="unsafe")
        for name, values in _CELLS.items():
            np.take(values, cell, out=columns[name][start:end], mode="clip")
        np.divide(block[filled], UNIT, out=columns["value"][start:end])

    # By block of communes too, on two threads: numpy frees them of one another.
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(fill, firsts, ends, ends[1:]))
    frame = {
        "code": _categories(columns["code"], codes),
        "year": np.full(size, year, dtype="int16"),
        "variable": _categories(np.zeros(size, dtype="int8"), schemas.VARIABLES["ages_tenure"]),
        "sex": _categories(columns["sex"], schemas.SEXES),
        "age": columns["age"],
        "tenure": _categories(columns["tenure"], schemas.TENURES),
        "value": columns["value"],
    }
    return pd.DataFrame(frame, copy=False)


def _categories(positions: np.ndarray, values: list[str]) -> pd.Categorical:
    return pd.Categorical.from_codes(positions, values, validate=False)
