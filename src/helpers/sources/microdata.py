"""Insee's detail files of the census, one row by person (FD_MIGCOM) or by dwelling (FD_LOGEMT).

Rows are never counted: their weights are added up. They are added as whole numbers of millionths of a millionth,
so that the sum does not depend on the order in which threads meet the rows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import accumulate, product
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from helpers import schemas
from helpers.errors import SourceError
from helpers.sources.duckdb_scan import Scan, open_scan
from helpers.sources.registry import Source

# STOCD: furnished homes (23) are rented as the unfurnished ones that are not social (21).
TENURES = {"10": "owner", "22": "social", "21": "private", "23": "private", "30": "other", "ZZ": "outside"}
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
# AGEMEN8: the age of the reference person, in the classes of the store; it is YY outside main homes.
_HOLDERS = {
    spelling: max(first for first in schemas.HOLDER_AGES if first <= age)
    for age in (0, 15, 20, 25, 40, 55, 65, 80)
    for spelling in dict.fromkeys((f"{age:02d}", f"{age}", f"{age:>2}", f"{age:<2}"))
}
# Communes named at a time.
_BLOCK = 2_000

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

_UNIT = 10**12
# No weight of the census comes near it; below it, weights in whole units fit in 64 bits.
_HEAVIEST = 10**6
_WRONG = -(9 * 10**18)


def read(path: Path, *, source: Source) -> dict[str, pd.DataFrame]:
    """Weighted persons of a detail file, in persons.

    * family `migcom`: `ages_tenure`, with `code, year, variable (POP), sex, age, tenure, value`. Cities cut into
      arrondissements are whole. The people of communities and mobile homes are in the tenure `outside`. What
      the file lacks (children under one, as a rule) is for `calibration` to say.
    * family `logemt`: `occupants`, with `code, year, variable, tenure, value`: the people of main homes, and
      those of some ages (`INPER, INP24M, INP60M, INP65M, INP75M`), the people and the homes of each kind of home
      (`INPER_MAISON, MEN_MAISON`...); `householders`, with `code, year, variable
      (MEN), age, tenure, value`: the households, in homes, by age of their reference person.

    `year` is the vintage of the record. A cell without anybody has no row. Rows are sorted; text columns are
    categorical. `source.options` may say `decimal` (`,` for a decimal comma) and `encoding` of a text.

    Raises:
        SourceError: file damaged, of another vintage, or with a column, a code or a weight that cannot be used;
            names the line and the value.
    """
    _check_name(path, source=source)
    return _READERS[source.family](path, source)


def _read_persons(path: Path, source: Source) -> dict[str, pd.DataFrame]:
    columns = ["COMMUNE", "SEXE", "AGEREVQ", "STOCD", "IPONDI"]
    with _open(path, columns, source=source) as scan:
        weight = _weight(scan, "IPONDI", source=source)
        known: dict[str, Mapping[str, object]] = {"SEXE": _SEXES, "AGEREVQ": _AGES, "STOCD": TENURES}
        codes = {name: _enumerate(scan, name, legal) for name, legal in known.items()}
        raw = ", ".join(f"{code} AS {name}" for name, code in codes.items())
        groups = scan.fetch(
            f"SELECT {_number(scan)} AS commune, (enum_code(SEXE)::SMALLINT * {len(_AGES)} + enum_code(AGEREVQ)) * "
            f"{len(TENURES)} + enum_code(STOCD) AS profile, TRY_CAST(units AS BIGINT) AS units FROM "
            f"(SELECT COMMUNE, {raw}, sum({weight.units}) AS units FROM rows GROUP BY ALL)"
        )
        _insist_on_rows(groups, path=path)
        communes = _communes(groups)
        unknown = groups["profile"].null_count or groups["units"].null_count
        if unknown or communes is None or pc.min(groups["units"]).as_py() < 0:
            conditions = {name: f"{code} IS NULL" for name, code in codes.items()}
            conditions = {"COMMUNE": _malformed(scan), **conditions, "IPONDI": weight.wrong}
            raise _refuse(scan, conditions, source=source)
    return {"ages_tenure": _spell(_add_up(groups, communes), communes.codes, year=_vintage(source))}


def _add_up(groups: pa.Table, communes: _Communes) -> np.ndarray:
    """Persons, in whole units, of each commune (a row) and cell (a column).

    This sorts the groups, and adds up those that share a class (21 and 23, 95 and over).
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


def _spell(totals: np.ndarray, codes: list[str], *, year: int) -> pd.DataFrame:
    """The cells that hold somebody, with their names: `code, year, variable, sex, age, tenure, value`."""
    firsts = range(0, len(totals), _BLOCK)
    counts = [int(np.count_nonzero(totals[first : first + _BLOCK])) for first in firsts]
    ends = list(accumulate(counts, initial=0))
    size = ends[-1]
    kinds = {"code": "int32", "sex": "int8", "age": "int16", "tenure": "int8", "value": "float64"}
    places = {name: np.empty(size, dtype=kind) for name, kind in kinds.items()}

    def fill(first: int, start: int, end: int) -> None:
        block = totals[first : first + _BLOCK].reshape(-1)
        filled = np.flatnonzero(block)
        code, cell = np.divmod(filled.astype("uint32"), np.uint32(_SIZE))
        np.add(code, np.uint32(first), out=places["code"][start:end], casting="unsafe")
        for name, values in _CELLS.items():
            np.take(values, cell, out=places[name][start:end], mode="clip")
        np.divide(block[filled], _UNIT, out=places["value"][start:end])

    # By block of communes too, on two threads: numpy frees them of one another.
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(fill, firsts, ends, ends[1:]))
    frame = {
        "code": _categories(places["code"], codes),
        "year": np.full(size, year, dtype="int16"),
        "variable": _categories(np.zeros(size, dtype="int8"), schemas.VARIABLES["ages_tenure"]),
        "sex": _categories(places["sex"], schemas.SEXES),
        "age": places["age"],
        "tenure": _categories(places["tenure"], schemas.TENURES),
        "value": places["value"],
    }
    return pd.DataFrame(frame, copy=False)


def _read_dwellings(path: Path, source: Source) -> dict[str, pd.DataFrame]:
    columns = [
        "COMMUNE", "CATL", "STOCD", "AGEMEN8", "IPONDL", "AEMM", "TYPL", "NBPI", "ACHL", *HOUSEHOLD,
    ]  # fmt: skip
    tenures = {code: tenure for code, tenure in TENURES.items() if tenure != "outside"}
    with _open(path, columns, source=source) as scan:
        weight = _weight(scan, "IPONDL", source=source)
        category = _enumerate(scan, "CATL", dict.fromkeys("1234"))
        tenure = _enumerate(scan, "STOCD", tenures)
        holder = _enumerate(scan, "AGEMEN8", _HOLDERS)
        counts = {name: f"TRY_CAST({name} AS UTINYINT)" for name in HOUSEHOLD}
        sums = ", ".join(
            f"TRY_CAST(sum({weight.units}::HUGEINT * {count}) AS BIGINT) AS {name}, "
            f"count({count}) AS {name}_known"
            for name, count in counts.items()
        )
        groups = scan.fetch(
            f"SELECT {_number(scan)} AS commune, {category} AS CATL, {tenure} AS STOCD, {holder} AS AGEMEN8, "
            "count(*) AS homes, "
            f"TRY_CAST(sum({weight.units}) AS BIGINT) AS units, max(TRY_CAST(AEMM AS SMALLINT)) AS moved, "
            f"{sums} FROM rows GROUP BY ALL"
        )
        _insist_on_rows(groups, path=path)
        table = groups.to_pandas()
        main = table["CATL"] == "1"
        unknown = [(table.loc[main, f"{name}_known"] < table.loc[main, "homes"]).any() for name in HOUSEHOLD]
        wrong = table[["CATL", "units"]].isna().any(axis=1) | (table["units"] < 0)
        communes = _communes(groups)
        unsorted = main & table[["STOCD", "AGEMEN8"]].isna().any(axis=1)
        if communes is None or (wrong | unsorted).any() or any(unknown):
            conditions = {
                "COMMUNE": _malformed(scan),
                "CATL": f"{category} IS NULL",
                "STOCD": f"{category} = '1' AND {tenure} IS NULL",
                "AGEMEN8": f"{category} = '1' AND {holder} IS NULL",
                "IPONDL": weight.wrong,
                **{name: f"{category} = '1' AND {count} IS NULL" for name, count in counts.items()},
            }
            raise _refuse(scan, conditions, source=source)
        by_kind = _count_kinds(scan, f"{category} = '1'", tenure=tenure, units=weight.units)
    _check_moves(table.loc[main, "moved"].max(), path=path, source=source)
    table = table.assign(
        code=np.array(communes.codes)[communes.positions[table["commune"]]],
        tenure=table["STOCD"].astype("str").map(TENURES),
        age=table["AGEMEN8"].astype("str").map(_HOLDERS),
        year=np.int16(_vintage(source)),
    )[main]
    occupants = table.melt(id_vars=["code", "year", "tenure"], value_vars=HOUSEHOLD)
    kinds = by_kind.assign(
        code=np.array(communes.codes)[communes.positions[by_kind["commune"]]],
        tenure=by_kind["STOCD"].astype("str").map(TENURES),
        year=np.int16(_vintage(source)),
    ).drop(columns=["commune", "STOCD"])
    occupants = pd.concat(
        [occupants, kinds.melt(id_vars=["code", "year", "tenure"])], ignore_index=True
    ).dropna(subset="value")
    holders = table.rename(columns={"units": "value"}).assign(variable="MEN").astype({"age": "int16"})
    return {
        name: _in_units(frame, by=schemas.key_columns(name)[1:])
        for name, frame in (("occupants", occupants), ("householders", holders))
    }


def _count_kinds(scan: Scan, main: str, *, tenure: str, units: str) -> pd.DataFrame:
    """The homes and the people of each kind, in whole units, by `commune` and `STOCD`; missing where there are none."""
    people = "TRY_CAST(INPER AS UTINYINT)"
    sums = ", ".join(
        f"TRY_CAST(sum({counted}) FILTER (WHERE {condition}) AS BIGINT) AS {name}_{kind}"
        for kind, condition in KINDS.items()
        for name, counted in (("INPER", f"{units}::HUGEINT * {people}"), ("MEN", units))
    )
    groups = scan.fetch(
        f"SELECT {_number(scan)} AS commune, {tenure} AS STOCD, {sums} FROM rows WHERE {main} GROUP BY ALL"
    )
    return groups.to_pandas()


def _in_units(frame: pd.DataFrame, *, by: list[str]) -> pd.DataFrame:
    """The sums of whole units, as persons or homes; a cell without any has no row."""
    sums = frame.groupby(by, as_index=False)["value"].sum()
    sums = sums[sums["value"] > 0].reset_index(drop=True)
    sums["value"] /= _UNIT
    return sums.astype(dict.fromkeys(("code", "variable", "tenure"), "category"))


_READERS = {"migcom": _read_persons, "logemt": _read_dwellings}


@dataclass(frozen=True)
class _Weight:
    """SQL expressions on a weight: in whole units (far below zero when it cannot be used), and `wrong`."""

    units: str
    wrong: str


@dataclass(frozen=True)
class _Communes:
    """The codes of the communes of a file, sorted, and the position among them of each number (see `_number`)."""

    codes: list[str]
    positions: np.ndarray


def _open(path: Path, columns: list[str], *, source: Source) -> AbstractContextManager[Scan]:
    return open_scan(
        path, columns=columns, member=source.member, encoding=source.options.get("encoding", "utf-8")
    )


def _weight(scan: Scan, column: str, *, source: Source) -> _Weight:
    number = column
    if scan.types[column] == "VARCHAR":
        # Where the record says comma, a point is no decimal sign: it must not pass for one.
        comma = source.options.get("decimal", ".") == ","
        text = f"translate({column}, ',.', '.?')" if comma else column
        number = f"TRY_CAST({text} AS DOUBLE)"
    usable = f"{number} >= 0 AND {number} < {_HEAVIEST}"
    # Comparisons alone let NaN through where the statistics of a Parquet file, which leave it out, settle them.
    units = f"coalesce(TRY_CAST({number} * {_UNIT} AS BIGINT), {_WRONG})"
    return _Weight(
        units=f"(CASE WHEN {usable} THEN {units} ELSE {_WRONG} END)",
        wrong=f"coalesce(NOT (isfinite({number}) AND {usable}), true)",
    )


def _enumerate(scan: Scan, column: str, known: Mapping[str, object]) -> str:
    """The SQL expression of a code as one of those known, or NULL: a byte is faster to group than a text."""
    members = ", ".join(f"'{code}'" for code in known)
    scan.connection.execute(f"CREATE TYPE {column.lower()}_code AS ENUM ({members})")
    text = column if scan.types[column] == "VARCHAR" else f"CAST({column} AS VARCHAR)"
    return f"TRY_CAST({text} AS {column.lower()}_code)"


def _number(scan: Scan) -> str:
    """The SQL expression of a commune's code as a whole number, which costs less than text; NULL where it is none.

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


# The numbers of the codes of the two départements that have a letter, and those of all the others.
_CORSICA = {"2A": 120_000, "2B": 121_000}
_NUMBERS = (1_000, 98_999)
_END = 122_000


def _malformed(scan: Scan) -> str:
    number = _number(scan)
    legal = f"{number} BETWEEN {_NUMBERS[0]} AND {_NUMBERS[1]}"
    corsica = f"{number} BETWEEN {min(_CORSICA.values())} AND {_END - 1}"
    return f"coalesce(NOT ({legal} OR {corsica}), true)"


def _communes(groups: pa.Table) -> _Communes | None:
    """The communes of grouped rows, or None when one of the numbers is not that of a commune."""
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
    return _Communes(codes=[_code(number) for number in numbers[order].tolist()], positions=positions)


def _code(number: int) -> str:
    for department, first in _CORSICA.items():
        if first <= number < first + 1_000:
            return f"{department}{number - first:03d}"
    return f"{number:05d}"


def _categories(positions: np.ndarray, values: list[str]) -> pd.Categorical:
    return pd.Categorical.from_codes(positions, values, validate=False)


def _insist_on_rows(groups: pa.Table, *, path: Path) -> None:
    if groups.num_rows == 0:
        raise SourceError(f"{path} ne contient aucune ligne.", remedy="Téléchargez le fichier de nouveau.")


def _refuse(scan: Scan, conditions: Mapping[str, str], *, source: Source) -> SourceError:
    """The error that shows the first row that cannot be used: its line, column and value."""
    found = scan.find_row(conditions)
    assert found is not None, "the file was found wrong, then right"
    line, column, value = found
    return SourceError(
        f"{scan.path}, ligne {line}, colonne {column} : {'case vide' if value is None else repr(value)}, "
        f"{_EXPECTED.get(column, 'nombre de personnes attendu')}.",
        remedy=_remedy(column, value, source=source),
    )


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


def _remedy(column: str, value: object, *, source: Source) -> str:
    if column in ("IPONDI", "IPONDL") and isinstance(value, str):
        said = source.options.get("decimal", ".")
        met = "," if said == "." else "."
        if re.fullmatch(rf"\d+\{met}\d+", value):
            return (
                f"La fiche {source.id} du registre annonce « {said} » comme séparateur décimal et le fichier emploie "
                f"« {met} » : vérifiez son millésime, ou corrigez l'option decimal de la fiche."
            )
    return "Vérifiez le millésime du fichier et sa liste de codes, ou téléchargez-le de nouveau."


def _vintage(source: Source) -> int:
    assert source.vintage is not None, f"{source.id} has no vintage"
    return source.vintage


def _check_name(path: Path, *, source: Source) -> None:
    """A file or a member that bears a year bears that of the record.

    FD_MIGCOM has no column of year: its name, then its totals by commune (`calibration.measure_coverage`), are all that
    tells its vintage.
    """
    for name in filter(None, (path.name, source.member)):
        years = {int(year) for year in re.findall(r"(?<!\d)(?:19|20)\d{2}(?!\d)", name)}
        if years and _vintage(source) not in years:
            raise SourceError(
                f"{path} : le nom {name!r} est d'un autre millésime que la fiche {source.id} ({source.vintage}).",
                remedy=f"Téléchargez le millésime {source.vintage} : {source.page}.",
            )


def _check_moves(latest: object, *, path: Path, source: Source) -> None:
    """A vintage is made of five yearly surveys, the last two years after it: nobody has moved in later.

    The yearly survey of 2021 did not take place: the latest move may be that of the vintage itself.
    """
    vintage = _vintage(source)
    if pd.isna(latest) or not vintage <= int(str(latest).split(".")[0]) <= vintage + 2:
        raise SourceError(
            f"{path} : le dernier emménagement (AEMM) est de {latest}, hors de {vintage}-{vintage + 2} : "
            f"ce n'est pas le millésime {vintage}.",
            remedy=f"Téléchargez le millésime {vintage} : {source.page}.",
        )
