"""Insee's detail files of the census: FD_MIGCOM (individuals) and FD_LOGEMT (dwellings), in their two forms.

Before 2021 a zip archive holds a text of separated values and its dictionary; since then it is a Parquet file.
The variables and their codes are those of the dictionaries of 2016.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq

from fake_official_files.country import Country
from fake_official_files.files import delimit, pack, to_parquet

Form = Literal["parquet", "csv", "txt"]

_YES_NO = "1 2"
_TO_SIX = "1 2 3 4 5 6"
_EMPLOYMENT = "11 12 13 14 15 16 21 22 23"
_ACTIVITY = "11 12 21 22 23 24 25"

# Every variable in the order of the dictionary, with its codes; those of a place or a number are made apart.
MIGCOM = {
    "COMMUNE": "", "ARM": "ZZZZZ", "DCRAN": "", "ACHLR": "1 2 3 4 5 6 7 Z", "AGEMEN8": "00 15 20 25 40 55 65 80 YY ZZ",
    "AGEREVQ": " ".join(f"{age:03d}" for age in range(0, 121, 5)), "ANEMC": "0 1 2 3 4 5 9 Z", "CATPC": "0 1 2",
    "CS1": "1 2 3 4 5 6 7 8", "CSM": "1 2 3 4 5 6 7 8 Z", "DIPL_15": "A B C D Z", "DNAI": "01 2A 2B 59 75 97 99",
    "EMPL": f"{_EMPLOYMENT} ZZ", "INAI": _TO_SIX, "INATC": _YES_NO, "IPONDI": "", "IRAN": "0 1 2 3 4 5 6 7 8 9 Z",
    "IRANUU": "1 2 3 4 5 Z", "LPRM": "1 2 3 4 5 6 7 8 9 Z", "METRODOM": "M D", "MOCO": "11 12 21 22 23 31 32 40",
    "NA17": "AZ C1 C2 C3 C4 C5 DE FZ GZ HZ IZ JZ KZ LZ MN OQ RU ZZ", "NA5": "AZ BE FZ GU OQ ZZ",
    "NPERR": "1 2 3 4 5 6 Z", "RECH": "0 1 2 9 Z", "SEXE": _YES_NO, "STOCD": "00 10 21 22 23 30 ZZ", "TACT": _ACTIVITY,
    "TACTM": f"{_ACTIVITY} YY ZZ", "TRANS": "1 2 3 4 5 Z", "TYPC": "1 2 3 4 5 Z", "TYPL": "1 2 3 4 5 6 Z",
    "TYPMR": "11 12 20 31 32 41 42 43 44 ZZ",
}  # fmt: skip

LOGEMT = {
    "COMMUNE": "", "ARM": "ZZZZZ", "IRIS": "", "ACHL": "A11 A12 B11 B12 C100 C106 C113 C2014 C2015",
    "AEMM": "", "AEMMR": "0 1 2 3 4 5 6 7 8 9", "AGEMEN8": "00 15 20 25 40 55 65 80 YY",
    "ANEM": "000 001 010 117 999", "ANEMR": "00 01 02 03 04 05 06 07 08 09 99", "ASCEN": _YES_NO, "BAIN": "1 2 Z",
    "BATI": "1 2 3 4 Z", "CATIRIS": "A D H Z", "CATL": "1 2 3 4", "CHAU": "1 2 Z", "CHFL": "1 2 3 4 Z", "CHOS": "1 2 Z",
    "CLIM": "1 2 Z", "CMBL": f"{_TO_SIX} Z", "CUIS": "1 2 Z", "DEROU": "0 1 2 3 X Z", "DIPLM_15": "A B C D YY",
    "EAU": "1 2 3 Z", "EGOUL": "1 2 3 4 Z", "ELEC": "1 2 Z", "EMPLM": f"{_EMPLOYMENT} YY ZZ", "GARL": _YES_NO,
    "HLML": _YES_NO, "ILETUDM": f"{_TO_SIX} 7 Z Y", "ILTM": f"{_TO_SIX} 7 Z Y", "IMMIM": "1 2 Y", "INAIM": f"{_TO_SIX} Y",
    "INEEM": "0 1 2 Y", "INP11M": "", "INP15M": "", "INP17M": "", "INP19M": "", "INP24M": "", "INP3M": "", "INP5M": "",
    "INP60M": "", "INP65M": "", "INP75M": "", "INPAM": "0 1 2 3 Y", "INPER": "", "INPER1": "", "INPER2": "",
    "INPOM": "0 1 2 3 Y", "INPSM": "0 1 2 3 Y", "IPONDL": "", "IRANM": f"{_TO_SIX} 7 8 9 Y", "METRODOM": "M D",
    "NBPI": " ".join(f"{rooms:02d}" for rooms in range(1, 21)), "RECHM": "0 1 2 9 Z Y", "REGION": "",
    "SANI": "0 1 2 Z", "SANIDOM": "11 12 21 22 ZZ", "SEXEM": "1 2 Y", "STAT_CONJM": "A B Y", "STOCD": "00 10 21 22 23 30",
    "SURF": f"{_TO_SIX} 7", "TACTM": "11 12 21 22 24 25 YY", "TPM": "1 2 Z Y", "TRANSM": "1 2 3 4 5 Z Y", "TRIRIS": "",
    "TYPC": "1 2 3 4 5", "TYPL": _TO_SIX, "VOIT": "0 1 2 3 X", "WC": "1 2 Z",
}  # fmt: skip

# What these say of people who live outside ordinary dwellings, and of dwellings that are not a main home.
_OUTSIDE = ("ACHLR", "AGEMEN8", "ANEMC", "CSM", "LPRM", "NPERR", "STOCD", "TACTM", "TYPC", "TYPL", "TYPMR")
_EMPTY = ("Y", "YY", "999", "99", "X")

# Bounds of the counts of people of a household; INP19M is 19 or more, those above it too.
_AT_MOST = {"INP3M": 3, "INP5M": 5, "INP11M": 11, "INP15M": 15, "INP17M": 17, "INP24M": 24}
_HOLDERS = ("00", "15", "20", "25", "40", "55", "65", "80")
_AT_LEAST = {"INP19M": 19, "INP60M": 60, "INP65M": 65, "INP75M": 75}

# Cities cut into arrondissements: the code of the city, and of its first and last arrondissement.
_CITIES = {"75056": (75101, 75120), "69123": (69381, 69389), "13055": (13201, 13216)}


def write_migcom(
    country: Country,
    folder: Path,
    *,
    year: int,
    form: Form = "parquet",
    decimal: str = ".",
    under_one: bool = False,
    rows_per_cell: int = 1,
) -> Path:
    """FD_MIGCOM of a year: individuals, their weights adding up to the people of the country.

    Children under one are absent, as they seem to be from the true files, unless `under_one`.
    """
    people = country.people
    cells = people[(people["year"] == year) & (people["value"] > 0)]
    if not under_one:
        cells = cells[cells["age"] > 0]
    random = np.random.default_rng(country.seed + year)
    persons = cells.loc[cells.index.repeat(rows_per_cell)].reset_index(drop=True)
    shares = random.dirichlet([2.0] * rows_per_cell, len(cells)).ravel()
    columns = {name: _draw(codes, len(persons), random=random) for name, codes in MIGCOM.items()}
    outside = (persons["tenure"] == "ZZ").to_numpy()
    for name in _OUTSIDE:
        last = MIGCOM[name].split()[-1]
        others = [code for code in MIGCOM[name].split() if code not in (last, "YY", "9")]
        columns[name] = np.where(outside, last, random.choice(others, len(persons)))
    columns |= {
        "COMMUNE": persons["code"].to_numpy(dtype=object),
        "ARM": _arrondissements(persons["code"], random=random),
        "DCRAN": random.choice(country.codes, len(persons)),
        "AGEREVQ": (persons["age"] // 5 * 5).map("{:03d}".format).to_numpy(dtype=object),
        "SEXE": persons["sex"].astype("str").to_numpy(dtype=object),
        "STOCD": persons["tenure"].to_numpy(dtype=object),
        "CATPC": np.where(outside, random.choice(["1", "2"], len(persons)), "0"),
        "METRODOM": np.where(persons["code"].str.startswith("97"), "D", "M"),
        "IPONDI": persons["value"].to_numpy() * shares,
    }
    if year >= 2022:
        # The classification of occupations changed.
        columns = {"GS" if name == "CS1" else name: values for name, values in columns.items()}
    return _write(
        "MIGCOM",
        _shuffle(columns, random=random),
        folder,
        year=year,
        form=form,
        decimal=decimal,
        codes=MIGCOM,
    )


def write_logemt(
    country: Country, folder: Path, *, year: int, form: Form = "parquet", decimal: str = "."
) -> Path:
    """FD_LOGEMT of a year: main homes whose households are the people of the country, and the other dwellings."""
    random = np.random.default_rng(country.seed + year + 1)
    people = country.people[(country.people["year"] == year) & (country.people["value"] > 0)]
    stock = country.homes[country.homes["year"] == year]
    sizes = (stock["NPER_RP"] / stock["RP"]).set_axis(stock["code"])
    homes = [
        household
        for (code, tenure), cell in people[people["tenure"] != "ZZ"].groupby(["code", "tenure"])
        for household in _households(cell, code=code, tenure=tenure, size=sizes[code], random=random)
    ]
    for row in stock.itertuples(index=False):
        homes += [
            {"COMMUNE": row.code, "STOCD": "00", "CATL": category, "IPONDL": count / 3}
            for category, count in (("3", row.RSECOCC), ("4", row.LOGVAC))
            for _ in range(3)
            if count > 0
        ]
    table = pd.DataFrame(homes)
    main = (table["CATL"] == "1").to_numpy()
    columns = {}
    for name, codes in LOGEMT.items():
        if name in table:
            blank = next((code for code in codes.split() if code in _EMPTY), "Y")
            columns[name] = table[name].where(table[name].notna(), blank).to_numpy(dtype=object)
            continue
        empty = [code for code in codes.split() if code in _EMPTY]
        drawn = _draw(
            " ".join(code for code in codes.split() if code not in _EMPTY), len(table), random=random
        )
        columns[name] = np.where(main, drawn, empty[0]) if empty else drawn
    codes = table["COMMUNE"]
    columns |= {
        "ARM": _arrondissements(codes, random=random),
        "IRIS": np.full(len(table), "ZZZZZZZZZ"),
        "TRIRIS": np.full(len(table), "ZZZZZZ"),
        "REGION": np.full(len(table), "32"),
        "METRODOM": np.where(codes.str.startswith("97"), "D", "M"),
        "HLML": np.where(table["STOCD"] == "22", "1", "2"),
        # The yearly surveys of a vintage end two years after it.
        "AEMM": np.where(main, random.integers(1960, year + 3, len(table)).astype(str), "0000"),
        "IPONDL": table["IPONDL"].to_numpy(dtype=float),
    }
    return _write(
        "LOGEMT",
        _shuffle(columns, random=random),
        folder,
        year=year,
        form=form,
        decimal=decimal,
        codes=LOGEMT,
    )


def write_big_migcom(
    path: Path,
    *,
    rows: int = 17_400_000,
    form: Literal["parquet", "csv"] = "parquet",
    communes: int = 35_000,
    seed: int = 0,
) -> Path:
    """A national FD_MIGCOM for benchmarks: communes of very unequal sizes, in the order of their codes.

    The same seed gives the same individuals in both forms.
    """
    random = np.random.default_rng(seed)
    sizes = random.pareto(1.1, communes) + 0.3
    of_rows = np.repeat(np.arange(communes, dtype="int32"), random.multinomial(rows, sizes / sizes.sum()))
    codes = _commune_codes(communes)
    batches = (
        _big_batch(of_rows[start : start + _BATCH], codes=codes, random=random)
        for start in range(0, rows, _BATCH)
    )
    if form == "parquet":
        _write_parquet(path, batches)
    else:
        _write_zip(path, batches, member="FD_MIGCOM_2018.csv")
    return path


_BATCH = 1_000_000


def _commune_codes(count: int) -> list[str]:
    departments = [
        *(f"{number:02d}" for number in range(1, 20)),
        "2A",
        "2B",
        *map(str, range(21, 96)),
        *map(str, range(971, 975)),
    ]
    each = -(-count // 96)
    codes = sorted(
        f"{department}{number:0{5 - len(department)}d}"
        for department in departments
        # An overseas code leaves two digits to the commune.
        for number in range(1, min(each, 10 ** (5 - len(department)) - 1) + 1)
    )
    return [codes[index] for index in np.linspace(0, len(codes) - 1, count).astype(int)]


def _big_batch(communes: np.ndarray, *, codes: Sequence[str], random: np.random.Generator) -> pa.RecordBatch:
    """Individuals of these communes: households of two share a weight, a tenure and a place of origin."""
    size = len(communes)
    home = np.arange(size) // 2
    households = int(home[-1]) + 1

    def drawn(
        values: Sequence[str], weights: Sequence[float] | None = None, *, shared: bool = False
    ) -> pa.Array:
        count = households if shared else size
        chances = None if weights is None else np.asarray(weights) / np.sum(weights)
        picks = random.choice(len(values), count, p=chances).astype("int32")
        return pa.DictionaryArray.from_arrays(picks[home] if shared else picks, pa.array(values))

    ages = MIGCOM["AGEREVQ"].split()
    columns: dict[str, pa.Array] = {}
    for name, legal in MIGCOM.items():
        values = legal.split()
        if name == "COMMUNE":
            columns[name] = pa.DictionaryArray.from_arrays(communes, pa.array(codes))
        elif name == "DCRAN":
            moved = random.random(size) < 0.1
            origins = np.where(moved, random.integers(0, len(codes), size), communes).astype("int32")
            columns[name] = pa.DictionaryArray.from_arrays(origins, pa.array(codes))
        elif name == "AGEREVQ":
            columns[name] = drawn(ages, np.exp(-(((np.arange(25) * 5 - 35) / 38.0) ** 2)).tolist())
        elif name == "STOCD":
            columns[name] = drawn(["10", "21", "22", "23", "30", "ZZ"], [62, 19, 13, 2, 2, 2], shared=True)
        elif name == "IPONDI":
            columns[name] = pa.array((random.random(households) * 4 + 0.9)[home])
        else:
            columns[name] = drawn(
                values, 0.5 ** np.arange(len(values)), shared=name.endswith(("M", "8", "L"))
            )
    plain = {
        name: column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column
        for name, column in columns.items()
    }
    return pa.RecordBatch.from_pydict(plain)


def _write_parquet(path: Path, batches: Iterator[pa.RecordBatch]) -> None:
    first = next(batches)
    with pq.ParquetWriter(path, first.schema, compression="zstd") as writer:
        writer.write_batch(first)
        for batch in batches:
            writer.write_batch(batch)


def _write_zip(path: Path, batches: Iterator[pa.RecordBatch], *, member: str) -> None:
    options = arrow_csv.WriteOptions(include_header=False, delimiter=";", quoting_style="none")
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive,
        archive.open(member, "w", force_zip64=True) as stream,
    ):
        stream.write((";".join(MIGCOM) + "\n").encode())
        for batch in batches:
            sink = pa.BufferOutputStream()
            arrow_csv.write_csv(batch, sink, options)
            stream.write(sink.getvalue())


def _households(
    cell: pd.DataFrame, *, code: str, tenure: str, size: float, random: np.random.Generator
) -> Iterator[dict[str, object]]:
    """Homes of a commune and a tenure, of one person or of four, so that they have `size` people on average.

    People stand in line in any order. Those of the homes of four make four lines of the same length, side by side:
    a home is a stretch where the same four people face one another, its weight the length of that stretch.
    """
    ranks = random.permutation(len(cell))
    ends = np.cumsum(cell["value"].to_numpy()[ranks])
    ages, sexes = cell["age"].to_numpy()[ranks], cell["sex"].to_numpy()[ranks]
    homes = ends[-1] / size
    large = (ends[-1] - homes) / 3
    for lines, length, first in ((4, large, 0.0), (1, homes - large, 4 * large)):
        starts = first + length * np.arange(lines)
        cuts = np.unique(
            np.concatenate([(ends - start)[(ends > start) & (ends < start + length)] for start in starts])
        )
        cuts = np.concatenate([[0.0], cuts, [length]])
        for low, high in pairwise(cuts):
            members = np.searchsorted(ends, starts + (low + high) / 2).clip(max=len(ends) - 1)
            inside = ages[members]
            yield {
                "COMMUNE": code,
                "STOCD": tenure,
                "CATL": "1",
                "IPONDL": high - low,
                "AGEMEN8": max(first for first in _HOLDERS if int(first) <= inside.max()),
                "INPER": str(lines),
                "INPER1": str(int((sexes[members] == 1).sum())),
                "INPER2": str(int((sexes[members] == 2).sum())),
                **{name: str(int((inside <= bound).sum())) for name, bound in _AT_MOST.items()},
                **{name: str(int((inside >= bound).sum())) for name, bound in _AT_LEAST.items()},
            }


def _draw(codes: str, size: int, *, random: np.random.Generator) -> np.ndarray:
    return random.choice(codes.split() or [""], size).astype(object)


def _arrondissements(codes: pd.Series, *, random: np.random.Generator) -> np.ndarray:
    found = np.full(len(codes), "ZZZZZ", dtype=object)
    for city, (first, last) in _CITIES.items():
        inside = (codes == city).to_numpy()
        found[inside] = random.integers(first, last + 1, inside.sum()).astype(str)
    return found


def _shuffle(columns: Mapping[str, np.ndarray], *, random: np.random.Generator) -> dict[str, np.ndarray]:
    order = random.permutation(len(next(iter(columns.values()))))
    return {name: values[order] for name, values in columns.items()}


def _write(
    name: str,
    columns: Mapping[str, np.ndarray],
    folder: Path,
    *,
    year: int,
    form: Form,
    decimal: str,
    codes: Mapping[str, str],
) -> Path:
    lists = {column: values.tolist() for column, values in columns.items()}
    if form == "parquet":
        return to_parquet(folder / f"RP{year}_{name.lower()}.parquet", lists)
    text = delimit(list(lists), zip(*lists.values(), strict=True), decimal=decimal)
    dictionary = delimit(
        ["COD_VAR", "LIB_VAR", "COD_MOD", "LIB_MOD", "TYPE_VAR", "LONG_VAR"],
        (
            (variable, variable, code, code, "CHAR", len(code))
            for variable, legal in codes.items()
            for code in legal.split()
        ),
    )
    if form == "csv":
        members = {f"FD_{name}_{year}.csv": text, f"Varmod_{name}_{year}.csv": dictionary}
    else:
        members = {f"FD_{name}_{year}.txt": text, f"MOD_{name}_{year}.txt": dictionary}
    return pack(folder / f"RP{year}_{name}_{form}.zip", members)
