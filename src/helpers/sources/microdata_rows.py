"""Rows of a detail file of the census, in SQL (DuckDB): weights, codes, communes, and the rows that cannot be used."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from helpers.errors import SourceError
from helpers.sources.duckdb_scan import Scan, open_scan
from helpers.sources.registry import Source

# STOCD: furnished homes (23) are rented as the unfurnished ones that are not social (21).
TENURES = {"10": "owner", "22": "social", "21": "private", "23": "private", "30": "other", "ZZ": "outside"}
# Weights are added as whole numbers of this many to the person or home.
UNIT = 10**12
# No weight of the census comes near it; below it, weights in whole units fit in 64 bits.
_HEAVIEST = 10**6
_WRONG = -(9 * 10**18)
# The numbers of the codes of the two départements that have a letter, and those of all the others.
_CORSICA = {"2A": 120_000, "2B": 121_000}
_NUMBERS = (1_000, 98_999)
_END = 122_000
_EXPECTED = {
    "COMMUNE": "code de commune à cinq caractères attendu",
    "SEXE": "1 ou 2 attendu",
    "AGEREVQ": "âge quinquennal attendu (000, 005, ... 120)",
    "STOCD": "statut d'occupation inconnu (10, 21, 22, 23, 30, ou ZZ hors logement ordinaire)",
    "AGEMEN8": "âge de la personne de référence inconnu (00, 15, 20, 25, 40, 55, 65, 80)",
    "CATL": "catégorie de logement inconnue (1, 2, 3, 4)",
    "IPONDI": "poids positif attendu",
    "IPONDL": "poids positif attendu",
}


@dataclass(frozen=True)
class Weight:
    """SQL expressions on a weight: in whole units (far below zero when it cannot be used), and `wrong`."""

    units: str
    wrong: str


@dataclass(frozen=True)
class Communes:
    """The codes of the communes of a file, sorted, and the position among them of each number (`number_commune`)."""

    codes: list[str]
    positions: np.ndarray


def open_rows(path: Path, columns: list[str], *, source: Source) -> AbstractContextManager[Scan]:
    """Open some columns of a detail file."""
    return open_scan(
        path, columns=columns, member=source.member, encoding=source.options.get("encoding", "utf-8")
    )


def read_weight(scan: Scan, column: str, *, source: Source) -> Weight:
    """Read a column as a weight, with the decimal sign that the record says."""
    number = column
    if scan.types[column] == "VARCHAR":
        # Where the record says comma, a point is no decimal sign: it must not pass for one.
        comma = source.options.get("decimal", ".") == ","
        text = f"translate({column}, ',.', '.?')" if comma else column
        number = f"TRY_CAST({text} AS DOUBLE)"
    usable = f"{number} >= 0 AND {number} < {_HEAVIEST}"
    # Comparisons alone let NaN through where the statistics of a Parquet file, which leave it out, settle them.
    units = f"coalesce(TRY_CAST({number} * {UNIT} AS BIGINT), {_WRONG})"
    return Weight(
        units=f"(CASE WHEN {usable} THEN {units} ELSE {_WRONG} END)",
        wrong=f"coalesce(NOT (isfinite({number}) AND {usable}), true)",
    )


def enumerate_codes(scan: Scan, column: str, known: Mapping[str, object]) -> str:
    """Read a column as one of the codes known, or NULL: a byte is faster to group than a text."""
    members = ", ".join(f"'{code}'" for code in known)
    scan.connection.execute(f"CREATE TYPE {column.lower()}_code AS ENUM ({members})")
    text = column if scan.types[column] == "VARCHAR" else f"CAST({column} AS VARCHAR)"
    return f"TRY_CAST({text} AS {column.lower()}_code)"


def number_commune(scan: Scan) -> str:
    """Read the code of a commune as a whole number, which costs less than text; else NULL.

    01001 is 1001, 2A004 is 120004 and 2B033 is 121033.
    """
    if scan.types["COMMUNE"] != "VARCHAR":
        # A number has lost its leading zero.
        return "TRY_CAST(COMMUNE AS INTEGER)"
    corsica = " ".join(
        f"WHEN trim(COMMUNE) LIKE '{name}%' THEN {first} + TRY_CAST(substr(trim(COMMUNE), 3) AS INTEGER)"
        for name, first in _CORSICA.items()
    )
    number = f"coalesce(TRY_CAST(COMMUNE AS INTEGER), CASE {corsica} END)"
    return f"(CASE WHEN strlen(COMMUNE) >= 5 THEN {number} END)"


def malformed_commune(scan: Scan) -> str:
    """Write the condition that a code is not that of a commune."""
    number = number_commune(scan)
    legal = f"{number} BETWEEN {_NUMBERS[0]} AND {_NUMBERS[1]}"
    corsica = f"{number} BETWEEN {min(_CORSICA.values())} AND {_END - 1}"
    return f"coalesce(NOT ({legal} OR {corsica}), true)"


def find_communes(groups: pa.Table) -> Communes | None:
    """Find the communes of grouped rows, or None when one of the numbers is not that of a commune."""
    column = groups["commune"]
    if column.null_count or pc.min(column).as_py() < 0 or pc.max(column).as_py() >= _END:
        return None
    met = np.zeros(_END, dtype=bool)
    for batch in groups.to_batches():
        met[batch["commune"].to_numpy()] = True
    numbers = np.flatnonzero(met)
    plain = (numbers >= _NUMBERS[0]) & (numbers <= _NUMBERS[1])
    if not (plain | (numbers >= min(_CORSICA.values()))).all():
        return None
    # Corsica comes after 29: in numbers that leave room for it, 2A is 30 and 30 is 32.
    shifted = np.where(
        plain, numbers + 2_000 * (numbers >= 30_000), numbers - min(_CORSICA.values()) + 30_000
    )
    order = np.argsort(shifted)
    positions = np.zeros(_END, dtype="int32")
    positions[numbers[order]] = np.arange(len(order))
    return Communes(codes=[_code(number) for number in numbers[order].tolist()], positions=positions)


def _code(number: int) -> str:
    for department, first in _CORSICA.items():
        if first <= number < first + 1_000:
            return f"{department}{number - first:03d}"
    return f"{number:05d}"


def require_rows(groups: pa.Table, *, path: Path) -> None:
    """Insist on a file that has rows.

    Raises:
        SourceError: it has none.
    """
    if groups.num_rows == 0:
        raise SourceError(f"{path} ne contient aucune ligne.", remedy="Téléchargez le fichier de nouveau.")


def refuse(scan: Scan, conditions: Mapping[str, str], *, source: Source) -> SourceError:
    """Return the error that shows the first row that cannot be used: its line, column and value."""
    found = scan.find_row(conditions)
    assert found is not None, "the file was found wrong, then right"
    line, column, value = found
    return SourceError(
        f"{scan.path}, ligne {line}, colonne {column} : {'case vide' if value is None else repr(value)}, "
        f"{_EXPECTED.get(column, 'nombre de personnes attendu')}.",
        remedy=_remedy(column, value, source=source),
    )


def _remedy(column: str, value: object, *, source: Source) -> str:
    if column in ("IPONDI", "IPONDL") and isinstance(value, str):
        sign = source.options.get("decimal", ".")
        met = "," if sign == "." else "."
        if re.fullmatch(rf"\d+\{met}\d+", value):
            return (
                f"La fiche {source.id} du registre annonce « {sign} » comme séparateur décimal et le fichier emploie "
                f"« {met} » : vérifiez son millésime, ou corrigez l'option decimal de la fiche."
            )
    return "Vérifiez le millésime du fichier et sa liste de codes, ou téléchargez-le de nouveau."


def vintage_of(source: Source) -> int:
    """Return the vintage of a record that has one."""
    assert source.vintage is not None, f"{source.id} has no vintage"
    return source.vintage
