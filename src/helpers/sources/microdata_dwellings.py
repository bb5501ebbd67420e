"""FD_LOGEMT, one row by dwelling: people and homes by tenure and kind, households by age of the reference person."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from helpers import schemas
from helpers.errors import SourceError
from helpers.sources.duckdb_scan import Scan
from helpers.sources.microdata_rows import (
    TENURES,
    UNIT,
    Communes,
    Weight,
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

# AGEMEN8: the age of the reference person, in the classes of the store; it is YY outside main homes.
_HOLDERS = {
    spelling: max(first for first in schemas.HOLDER_AGES if first <= age)
    for age in (0, 15, 20, 25, 40, 55, 65, 80)
    for spelling in dict.fromkeys((f"{age:02d}", f"{age}", f"{age:>2}", f"{age:<2}"))
}
# People of a household by age. INP24M counts those aged 24 or less, the others those of that age or more; the
# dictionary lists every count met (up to 64 people), so that none is capped.
HOUSEHOLD = ["INPER", "INP24M", "INP60M", "INP65M", "INP75M"]

# The kinds of homes of the store, as conditions (DuckDB) on TYPL, NBPI and ACHL. A file names each year of completion
# since 2006.
_ROOMS = "TRY_CAST(NBPI AS UTINYINT)"
KINDS = {
    "MAISON": "TYPL = '1'", "APPART": "TYPL = '2'",
    **{f"{rooms}P": f"{_ROOMS} = {rooms}" for rooms in range(1, 5)}, "5PP": f"{_ROOMS} >= 5",
    **{
        f"ACH{last}": f"ACHL = '{code}'"
        for last, code in (("19", "A11"), ("45", "A12"), ("70", "B11"), ("90", "B12"), ("05", "C100"))
    },
    "ACH15": "ACHL LIKE 'C%' AND ACHL <> 'C100'",
}  # fmt: skip

_COLUMNS = ["COMMUNE", "CATL", "STOCD", "AGEMEN8", "IPONDL", "AEMM", "TYPL", "NBPI", "ACHL", *HOUSEHOLD]
_COUNTS = {name: f"TRY_CAST({name} AS UTINYINT)" for name in HOUSEHOLD}


@dataclass(frozen=True)
class _Home:
    """SQL expressions on the columns of a home; `main` is the condition of a main home."""

    weight: Weight
    category: str
    tenure: str
    holder: str
    main: str


def read_dwellings(path: Path, source: Source) -> dict[str, pd.DataFrame]:
    """Read `occupants` (persons, homes) and `householders` (homes); columns and errors as `microdata.read`."""
    with open_rows(path, _COLUMNS, source=source) as scan:
        home = _describe_home(scan, source=source)
        groups = scan.fetch(_group_homes(scan, home))
        require_rows(groups, path=path)
        table, communes = groups.to_pandas(), find_communes(groups)
        main = table["CATL"] == "1"
        if communes is None or _has_unusable(table, main=main):
            raise refuse(scan, _unusable(scan, home), source=source)
        kinds = _count_kinds(scan, home)
    _check_moves(table.loc[main, "moved"].max(), path=path, source=source)
    year = vintage_of(source)
    homes = _name_cells(table[main], communes, year=year)
    kinds = _name_cells(kinds, communes, year=year)
    keys = ["code", "year", "tenure"]
    occupants = pd.concat(
        [homes.melt(id_vars=keys, value_vars=HOUSEHOLD), kinds.melt(id_vars=keys)], ignore_index=True
    ).dropna(subset="value")
    holders = homes.assign(
        variable="MEN", value=homes["units"], age=homes["AGEMEN8"].astype("str").map(_HOLDERS).astype("int16")
    )
    return {
        name: _in_units(frame, by=schemas.key_columns(name)[1:])
        for name, frame in (("occupants", occupants), ("householders", holders))
    }


def _describe_home(scan: Scan, *, source: Source) -> _Home:
    category = enumerate_codes(scan, "CATL", dict.fromkeys("1234"))
    tenures = [code for code, tenure in TENURES.items() if tenure != "outside"]
    return _Home(
        weight=read_weight(scan, "IPONDL", source=source),
        category=category,
        tenure=enumerate_codes(scan, "STOCD", dict.fromkeys(tenures)),
        holder=enumerate_codes(scan, "AGEMEN8", _HOLDERS),
        main=f"{category} = '1'",
    )


def _group_homes(scan: Scan, home: _Home) -> str:
    """Write the query of the homes and people by commune, category, tenure and age of the reference person."""
    sums = ", ".join(
        f"TRY_CAST(sum({home.weight.units}::HUGEINT * {count}) AS BIGINT) AS {name}, "
        f"count({count}) AS {name}_known"
        for name, count in _COUNTS.items()
    )
    return (
        f"SELECT {number_commune(scan)} AS commune, {home.category} AS CATL, {home.tenure} AS STOCD, "
        f"{home.holder} AS AGEMEN8, count(*) AS homes, "
        f"TRY_CAST(sum({home.weight.units}) AS BIGINT) AS units, max(TRY_CAST(AEMM AS SMALLINT)) AS moved, "
        f"{sums} FROM rows GROUP BY ALL"
    )


def _has_unusable(table: pd.DataFrame, *, main: pd.Series) -> bool:
    """Tell whether a home has a code, a weight or a count that cannot be used."""
    uncounted = any((table.loc[main, f"{name}_known"] < table.loc[main, "homes"]).any() for name in HOUSEHOLD)
    wrong = table[["CATL", "units"]].isna().any(axis=1) | (table["units"] < 0)
    unsorted = main & table[["STOCD", "AGEMEN8"]].isna().any(axis=1)
    return uncounted or bool((wrong | unsorted).any())


def _unusable(scan: Scan, home: _Home) -> dict[str, str]:
    """Write the conditions that a home cannot be used, by column."""
    return {
        "COMMUNE": malformed_commune(scan),
        "CATL": f"{home.category} IS NULL",
        "STOCD": f"{home.main} AND {home.tenure} IS NULL",
        "AGEMEN8": f"{home.main} AND {home.holder} IS NULL",
        "IPONDL": home.weight.wrong,
        **{name: f"{home.main} AND {count} IS NULL" for name, count in _COUNTS.items()},
    }


def _name_cells(table: pd.DataFrame, communes: Communes, *, year: int) -> pd.DataFrame:
    """Give grouped homes their `code`, `tenure` and `year`."""
    return table.assign(
        code=np.array(communes.codes)[communes.positions[table["commune"]]],
        tenure=table["STOCD"].astype("str").map(TENURES),
        year=np.int16(year),
    ).drop(columns=["commune", "STOCD"])


def _count_kinds(scan: Scan, home: _Home) -> pd.DataFrame:
    """Count the homes and the people of each kind, in whole units, by `commune` and `STOCD`; missing where none is."""
    people = _COUNTS["INPER"]
    sums = ", ".join(
        f"TRY_CAST(sum({counted}) FILTER (WHERE {condition}) AS BIGINT) AS {name}_{kind}"
        for kind, condition in KINDS.items()
        for name, counted in (
            ("INPER", f"{home.weight.units}::HUGEINT * {people}"),
            ("MEN", home.weight.units),
        )
    )
    groups = scan.fetch(
        f"SELECT {number_commune(scan)} AS commune, {home.tenure} AS STOCD, {sums} FROM rows "
        f"WHERE {home.main} GROUP BY ALL"
    )
    return groups.to_pandas()


def _in_units(frame: pd.DataFrame, *, by: list[str]) -> pd.DataFrame:
    """Sum whole units, as persons or homes; a cell without any has no row."""
    sums = frame.groupby(by, as_index=False)["value"].sum()
    sums = sums[sums["value"] > 0].reset_index(drop=True)
    sums["value"] /= UNIT
    return sums.astype(dict.fromkeys(("code", "variable", "tenure"), "category"))


def _check_moves(latest: object, *, path: Path, source: Source) -> None:
    """Insist on moves of the vintage: its last yearly survey is two years after it, and nobody has moved in later.

    The yearly survey of 2021 did not take place: the latest move may be that of the vintage itself.
    """
    vintage = vintage_of(source)
    if pd.isna(latest) or not vintage <= int(str(latest).split(".")[0]) <= vintage + 2:
        raise SourceError(
            f"{path} : le dernier emménagement (AEMM) est de {latest}, hors de {vintage}-{vintage + 2} : "
            f"ce n'est pas le millésime {vintage}.",
            remedy=f"Téléchargez le millésime {vintage} : {source.page}.",
        )
