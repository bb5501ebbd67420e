"""Files of Insee's Melodi, and rows for its stand-in, written from an imaginary country.

Every figure is a fixed share of what the country counts: that of a département, a région or France is that of
its sums, as in the true files, where all territories are mixed.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq

from fake_official_files.country import Country

# The codes of one cross, its values, and the rows that have it (all of them when None).
Cell = tuple[Mapping[str, str], pd.Series, "pd.Series | None"]

_SHARES = {
    "NOR": {"R1": 0.07, "R2": 0.13, "R3": 0.22, "R4": 0.27, "R_GE5": 0.31},
    "L_STAY": {"Y_LT2": 0.12, "Y2T4": 0.2, "Y5T9": 0.18, "Y10T19": 0.2, "Y20T29": 0.13, "Y_GE30": 0.17},
    "NRG_SRC": {"TOWN_GAS": 0.4, "OIL": 0.1, "ELC": 0.35, "BOT_GAS": 0.02, "OTH": 0.13},
    "CARPARK": {"1": 0.66},
    "CARS": {"C0": 0.2, "C1": 0.45, "C_GE1": 0.8, "C_GE2": 0.35},
}
_PERIODS = {
    "Y_LT1919": 0.15, "Y1919T1945": 0.1, "Y1946T1970": 0.2, "Y1971T1990": 0.25, "Y1991T2005": 0.17, "Y2006TAAAA": 0.11,
}  # fmt: skip
_MOVES = {
    "11": 0.88,
    "12": 0.04,
    "21": 0.04,
    "22": 0.015,
    "23": 0.018,
    "24": 0.002,
    "25T32": 0.005,
    "20_30": 0.08,
}
_HOUSEHOLDS = {
    "11": 0.36, "110": 0.16, "111": 0.2, "12": 0.04, "2": 0.6, "MF21": 0.1, "MF221": 0.26, "MF222": 0.24, "MF22": 0.5,
}  # fmt: skip
# The ages of the reference persons, alike in every tenure.
HOLDERS = {
    "Y_LT15": 0.001, "Y15T24": 0.039, "Y25T39": 0.23, "Y40T54": 0.28, "Y55T64": 0.17, "Y65T79": 0.18, "Y_GE80": 0.1,
}  # fmt: skip
_OCCUPATIONS = {
    "SEV_OVER_OCC": 0.01, "MOD_OVER_OCC": 0.06, "STD_OCC": 0.2, "MOD_UNDER_OCC": 0.26, "SEV_UNDER_OCC": 0.22,
    "VSEV_UNDER_OCC": 0.25,
}  # fmt: skip
_BANDS = {
    "Y_LT15": (0, 14), "Y15T24": (15, 24), "Y25T39": (25, 39), "Y40T54": (40, 54), "Y55T64": (55, 64),
    "Y65T79": (65, 79), "Y_GE80": (80, 100), "Y_LT20": (0, 19), "Y20T64": (20, 64), "Y_GE65": (65, 100),
}  # fmt: skip
_TENURES = {"_T": "", "100": "_PROP", "200": "_LOC", "221": "_LOCHLMV", "300": "_GRAT"}


def frame(
    country: Country,
    dataset: str,
    *,
    included: Mapping[str, str] | None = None,
    unpublished: Sequence[tuple[str, int]] = (),
) -> pd.DataFrame:
    """A national file: its columns, in its order, with the rows of every territory.

    `included` says which communes had their figures in another one's, before the latest year (K, and W for the
    other); `unpublished` which have none for a year (M).
    """
    return _frame(country, dataset, tuple((included or {}).items()), tuple(unpublished)).copy()


@lru_cache(maxsize=32)
def _frame(
    country: Country,
    dataset: str,
    included: tuple[tuple[str, str], ...],
    unpublished: tuple[tuple[str, int], ...],
) -> pd.DataFrame:
    """The same file is written by many tests, in one form or another."""
    base = _base(country, dataset)
    return _table(base, dataset, statuses=_statuses(base, dict(included), unpublished))


def rows(country: Country, dataset: str, **options: Any) -> list[dict[str, Any]]:
    """The same for the stand-in of the interface: dimensions, `value` and `status`."""
    table = frame(country, dataset, **options)
    table["GEO"] = table.pop("GEO_OBJECT") + "-" + table["GEO"]
    table["value"] = table.pop("OBS_VALUE").astype(object).where(lambda values: values.notna(), None)
    table["status"] = table.pop("OBS_STATUS") if "OBS_STATUS" in table else ""
    return table.drop(columns=["FREQ", "UNIT_MEASURE"], errors="ignore").to_dict("records")


def write(
    folder: Path, country: Country, dataset: str, *, form: str = "zip", mark: bool = False, **options: Any
) -> Path:
    """A national file in one of its forms: `zip` (with its metadata), `csv` or `parquet`.

    `mark` begins the CSV with a byte-order mark.
    """
    table = frame(country, dataset, **options)
    name = f"{dataset}_{table['TIME_PERIOD'].max()}"
    path = (
        folder / {"zip": f"{name}_CSV_FR.zip", "csv": f"{name}_data.csv", "parquet": f"{name}.parquet"}[form]
    )
    with _writer(path, name, mark=mark) as append:
        append(table)
    return path


def write_large(path: Path, *, rows: int, seed: int = 0) -> Path:
    """DS_RP_LOGEMENT_PRINC with about so many rows: as many communes as it takes, at three censuses.

    `path` ends with `.zip` or `.parquet`.
    """
    dataset, dates = "DS_RP_LOGEMENT_PRINC", (2012, 2017, 2023)
    random = np.random.default_rng(seed)
    per_commune = len(_table(_random_homes(["01001"], dates, random), dataset, areas=("COM",)))
    communes = [f"{1 + i % 95:02d}{1 + i // 95:03d}" for i in range(rows // per_commune)]
    sums: list[pd.DataFrame] = []
    with _writer(path, f"{dataset}_2023") as append:
        for first in range(0, len(communes), 500):
            base = _random_homes(communes[first : first + 500], dates, random)
            append(_table(base, dataset, areas=("COM",)))
            sums.append(
                base.assign(code=base["code"].str[:2] + "000").groupby(["code", "year"], as_index=False).sum()
            )
        append(_table(pd.concat(sums), dataset, areas=("EPCI", "DEP", "REG", "FRANCE")))
    return path


@contextmanager
def _writer(path: Path, name: str, *, mark: bool = False) -> Iterator[Callable[[pd.DataFrame], None]]:
    """A function that adds rows to a file."""
    with ExitStack() as open_files:
        if path.suffix == ".parquet":
            writers: list[pq.ParquetWriter] = []

            def add(table: pd.DataFrame) -> None:
                kinds = [
                    (name, pa.float64() if name == "OBS_VALUE" else pa.string()) for name in table.columns
                ]
                content = pa.Table.from_pandas(table, preserve_index=False).cast(pa.schema(kinds))
                if not writers:
                    writer = pq.ParquetWriter(path, content.schema, compression="zstd")
                    writers.append(open_files.enter_context(writer))
                writers[0].write_table(content)

        else:
            if path.suffix == ".zip":
                archive = open_files.enter_context(
                    zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
                )
                archive.writestr(f"{name}_metadata.csv", "COD_VAR;LIB_VAR;COD_MOD;LIB_MOD\n")
                stream = open_files.enter_context(archive.open(f"{name}_data.csv", "w", force_zip64=True))
            else:
                stream = open_files.enter_context(path.open("wb"))
            # A header once, then rows.
            headers = iter([True])

            def add(table: pd.DataFrame) -> None:
                stream.write(_to_text(table, header=next(headers, False), mark=mark))

        yield add


def _to_text(table: pd.DataFrame, *, header: bool, mark: bool) -> bytes:
    """Rows as Insee writes them: names are bare, texts quoted, numbers bare, and what is not published empty."""
    buffer = io.BytesIO()
    if header:
        buffer.write((b"\xef\xbb\xbf" if mark else b"") + ";".join(table.columns).encode() + b"\n")
    plain = table.astype({name: "str" for name, kind in table.dtypes.items() if kind == "category"})
    options = arrow_csv.WriteOptions(include_header=False, delimiter=";")
    arrow_csv.write_csv(pa.Table.from_pandas(plain, preserve_index=False), buffer, options)
    return buffer.getvalue()


def _base(country: Country, dataset: str) -> pd.DataFrame:
    """What a data set counts, by commune and year: one column per quantity, that territories add up."""
    people = country.people.assign(
        age=lambda table: table["sex"].map({1: "M", 2: "F"}) + table["age"].astype(str)
    )
    ages = people.pivot_table(index=["code", "year"], columns="age", values="value", aggfunc="sum")
    tenures = people.pivot_table(index=["code", "year"], columns="tenure", values="value", aggfunc="sum")
    base = country.homes.set_index(["code", "year"]).join(ages).join(tenures.add_prefix("NPER_"))
    base["POP"] = ages.sum(axis=1)
    base = base.reset_index()
    if dataset.startswith("DS_ETAT_CIVIL"):
        first, last = min(country.dates), max(country.dates)
        near = base[base["year"] == first][["code", "POP"]]
        years = pd.DataFrame({"year": range(first, last + 1)})
        yearly = near.merge(years, how="cross")
        return yearly.assign(events=(yearly["POP"] * (0.01 + (yearly["year"] % 3) / 1000)).round())
    if dataset.startswith(("DS_RP_TD", "DS_POPULATIONS_REFERENCE", "DS_FILOSOFI", "DS_BPE")):
        base = base[base["year"] == max(country.dates)].reset_index(drop=True)
    return base


def _random_homes(codes: Sequence[str], dates: Sequence[int], random: np.random.Generator) -> pd.DataFrame:
    """The same columns as a country's, without its people one by one."""
    base = pd.DataFrame({"code": np.repeat(codes, len(dates)), "year": np.tile(dates, len(codes))})
    parts = random.lognormal(4, 1.2, (len(base), 5))
    for place, tenure in enumerate(("10", "21", "22", "23", "30")):
        base[f"NPER_{tenure}"] = parts[:, place]
    base["NPER_RP_PROP"], base["NPER_RP_LOCHLMV"], base["NPER_RP_GRAT"] = (
        parts[:, 0],
        parts[:, 2],
        parts[:, 4],
    )
    base["NPER_RP_LOC"] = parts[:, 1:4].sum(axis=1)
    base["NPER_RP"] = parts.sum(axis=1)
    for tenure in ("", "_PROP", "_LOC", "_LOCHLMV", "_GRAT"):
        base[f"RP{tenure}"] = base[f"NPER_RP{tenure}"] / 2.2
    base["RSECOCC"], base["LOGVAC"] = base["RP"] * 0.05, base["RP"] * 0.08
    base["LOG"] = base["RP"] + base["RSECOCC"] + base["LOGVAC"]
    base["MAISON"] = base["LOG"] * random.uniform(0.2, 0.95, len(base))
    base["APPART"] = base["LOG"] - base["MAISON"]
    return base


def _statuses(
    base: pd.DataFrame, included: Mapping[str, str], unpublished: Sequence[tuple[str, int]]
) -> dict[tuple[str, int], str]:
    """The status of communes that are not as the others; what is included is moved in `base`."""
    statuses: dict[tuple[str, int], str] = {}
    counts = base.columns.drop(["code", "year"])
    for code, other in included.items():
        for year in sorted(base["year"].unique())[:-1]:
            lines = [
                base.index[(base["code"] == place) & (base["year"] == year)][0] for place in (code, other)
            ]
            base.loc[lines[1], counts] += base.loc[lines[0], counts]
            base.loc[lines[0], counts] = 0
            statuses |= {(code, year): "K", (other, year): "W"}
    return statuses | dict.fromkeys(unpublished, "M")


def _areas(base: pd.DataFrame, kinds: Sequence[str]) -> pd.DataFrame:
    """The quantities of every territory of the true files, with GEO_OBJECT and GEO."""
    overseas = base["code"].str.startswith("97")
    department = base["code"].str[:2].where(~overseas, base["code"].str[:3])
    region = department.map(
        {"59": "32", "62": "32", "971": "01", "974": "04", "2A": "94", "2B": "94"}
    ).fillna("84")
    arrondissements = base["code"] == base["code"].iloc[0]
    named = {
        "COM": base["code"],
        "ARM": pd.Series("75101", base.index).where(arrondissements),
        "EPCI": department.map({"59": "200093201"}).fillna("2400" + department.str.zfill(3) + "10"),
        "DEP": department,
        "REG": region,
        "FRANCE": pd.Series("F", base.index),
        "AAV2020": pd.Series("001", base.index),
    }
    parts = [(kind, codes) for kind, codes in named.items() if kind in kinds]
    if "FRANCE" in kinds:
        parts.append(("FRANCE", pd.Series("FM", base.index).where(~overseas)))
    sums = [
        base.drop(columns="code")
        .groupby([codes.rename("GEO"), "year"], as_index=False)
        .sum()
        .assign(GEO_OBJECT=kind)
        for kind, codes in parts
    ]
    return pd.concat(sums, ignore_index=True)


_KINDS = ("COM", "ARM", "EPCI", "DEP", "REG", "FRANCE", "AAV2020")


def _table(
    base: pd.DataFrame,
    dataset: str,
    *,
    areas: Sequence[str] = _KINDS,
    statuses: Mapping[tuple[str, int], str] | None = None,
) -> pd.DataFrame:
    """Every cross of every territory, one row each."""
    placed = _areas(base, areas)
    cells = _CELLS[dataset](placed)
    values = np.column_stack([cell[1].to_numpy(dtype="float64") for cell in cells]).round(5)
    kept = np.column_stack([np.ones(len(placed), bool) if cell[2] is None else cell[2] for cell in cells])
    number, width = values.shape
    status = np.full(number, "A", dtype=object)
    for line in np.flatnonzero(placed["GEO_OBJECT"] == "COM") if statuses else ():
        status[line] = (statuses or {}).get((placed["GEO"][line], placed["year"][line]), "A")
    values[np.isin(status, ["K", "M"])] = np.nan

    def along(column: Any) -> pd.Categorical:
        codes, names = pd.factorize(pd.Series(column))
        return pd.Categorical.from_codes(np.repeat(codes, width), names.astype(str))

    # The civil registry has a France with Mayotte, F, and the one without.
    geo = placed["GEO"].replace("F", "F_X_D976") if dataset.startswith("DS_ETAT_CIVIL") else placed["GEO"]
    columns: dict[str, Any] = {"GEO": along(geo), "GEO_OBJECT": along(placed["GEO_OBJECT"])}
    columns["FREQ"] = pd.Categorical.from_codes(np.zeros(number * width, int), ["A"])
    for dimension in cells[0][0]:
        codes, names = pd.factorize(pd.Series([cell[0][dimension] for cell in cells]))
        columns[dimension] = pd.Categorical.from_codes(np.tile(codes, number), names)
    if dataset != "DS_POPULATIONS_REFERENCE" and not dataset.startswith("DS_BPE"):
        columns["OBS_STATUS"] = along(status)
    if dataset.startswith("DS_RP"):
        columns["UNIT_MEASURE"] = pd.Categorical.from_codes(np.zeros(number * width, int), ["NR"])
    columns["TIME_PERIOD"] = along(placed["year"].astype(str))
    columns["OBS_VALUE"] = values.ravel()
    table = pd.DataFrame(columns)[kept.ravel()].reset_index(drop=True)
    if areas is not _KINDS:
        return table
    return table.astype({name: "str" for name, kind in table.dtypes.items() if kind == "category"})


def _cells(pinned: Mapping[str, str], values: Sequence[tuple[Mapping[str, str], Any]]) -> list[Cell]:
    return [({**pinned, **codes}, value, None) for codes, value in values]


def _series(base: pd.DataFrame) -> list[Cell]:
    latest = base["year"] == base["year"].max()
    counts = {"POP": base["POP"], "BRTH": base["POP"] * 0.06, "DEATH": base["POP"] * 0.05}
    stock = {"_T": "LOG", "DW_MAIN": "RP", "DW_SEC_DW_OCC": "RSECOCC", "DW_VAC": "LOGVAC"}
    cells = [({"RP_MEASURE": measure}, count) for measure, count in counts.items()]
    cells += [({"RP_MEASURE": "DWELLINGS", "OCS": code}, base[name]) for code, name in stock.items()]
    cells += [
        ({"RP_MEASURE": "DWELLINGS_POPSIZE", "OCS": code}, base["NPER_RP"]) for code in ("_T", "DW_MAIN")
    ]
    pinned = {"RP_MEASURE": "POP", "OCS": "_T"}
    return [*_cells(pinned, cells), ({**pinned, "RP_MEASURE": "SUP"}, base["POP"] * 0.01, latest)]


def _housing(base: pd.DataFrame) -> list[Cell]:
    pinned = {
        "RP_MEASURE": "DWELLINGS", "OCS": "DW_MAIN",
        **dict.fromkeys(["L_STAY", "TDW", "NRG_SRC", "CARPARK", "NOR", "TSH", "CARS", "BUILD_END"], "_T"),
    }  # fmt: skip
    main = base["RP"]
    private = {
        "211": (base["RP_LOC"] - base["RP_LOCHLMV"]) * 0.8,
        "212_222": (base["RP_LOC"] - base["RP_LOCHLMV"]) * 0.2,
    }
    people = {code: base[f"NPER_RP{name}"] for code, name in _TENURES.items()}
    people |= {"211": base["NPER_21"], "212_222": base["NPER_23"]}
    tenures = {code: base[f"RP{name}"] for code, name in _TENURES.items() if code != "_T"} | private
    houses = {"1": base["MAISON"], "2": base["APPART"], "3T6": base["LOG"] * 0}
    stays = {code: base[f"RP{name}"] * 14.5 for code, name in _TENURES.items()}
    values: list[tuple[Mapping[str, str], Any]] = [({}, main)]
    values += [
        ({"OCS": "_T"}, base["LOG"]),
        ({"OCS": "DW_SEC_DW_OCC"}, base["RSECOCC"]),
        ({"OCS": "DW_VAC"}, base["LOGVAC"]),
    ]
    for code, count in houses.items():
        values += [({"OCS": "_T", "TDW": code}, count), ({"TDW": code}, count * 0.86)]
        values += [({"TDW": code, "TSH": tenure}, count * 0.86 * 0.3) for tenure in ("100", "200", "300")]
        values += [
            ({"TDW": code, "NOR": size}, count * 0.86 * share) for size, share in _SHARES["NOR"].items()
        ]
        values.append(({"RP_MEASURE": "DWELLINGS_ROOMS", "TDW": code}, count * 0.86 * 4.1))
    values.append(({"RP_MEASURE": "DWELLINGS_ROOMS"}, main * 4.1))
    values += [({"TSH": code}, count) for code, count in tenures.items()]
    values += [({"RP_MEASURE": "DWELLINGS_POPSIZE", "TSH": code}, count) for code, count in people.items()]
    values += [({"RP_MEASURE": "DWELLING_L_STAY", "TSH": code}, count) for code, count in stays.items()]
    for dimension, shares in _SHARES.items():
        values += [({dimension: code}, main * share) for code, share in shares.items()]
    # Details that nobody reads, as most rows of the true file are.
    values += [
        ({"TSH": tenure, "L_STAY": stay}, tenures[tenure] * share)
        for tenure in ("100", "200", "300")
        for stay, share in _SHARES["L_STAY"].items()
    ]
    cells = _cells(pinned, values)
    # The first of three censuses has three periods of construction; each has its own denominator.
    years = sorted(base["year"].unique())
    old = base["year"] == years[0] if len(years) == 3 else base["year"] < 0
    for year in years:
        cells.append(({**pinned, "BUILD_END": f"Y_LT{year - 2}"}, main * 0.98, base["year"] == year))
    broad = {"Y_LT1946": 0.25, "Y1946T1990": 0.45, f"Y1991T{years[0] - 3}": 0.28}
    cells += [({**pinned, "BUILD_END": code}, main * share, old) for code, share in broad.items()]
    cells += [({**pinned, "BUILD_END": code}, main * share, ~old) for code, share in _PERIODS.items()]
    return cells


def _sum(base: pd.DataFrame, sex: str, first: int = 0, last: int = 100) -> pd.Series:
    sexes = "MF" if sex == "_T" else sex
    return base[[f"{letter}{age}" for letter in sexes for age in range(first, last + 1)]].sum(axis=1)


def _ages(base: pd.DataFrame) -> list[Cell]:
    values = [
        ({"SEX": sex, "AGE": f"Y{age}" if age < 100 else "Y_GE100"}, _sum(base, sex, age, age))
        for sex in ("M", "F", "_T")
        for age in range(101)
    ]
    values += [({"SEX": sex}, _sum(base, sex)) for sex in ("M", "F", "_T")]
    return _cells({"RP_MEASURE": "POP", "SEX": "_T", "AGE": "_T"}, values)


def _bands(base: pd.DataFrame) -> list[Cell]:
    bands = {"_T": (0, 100), **_BANDS}
    values = [
        ({"SEX": sex, "AGE": band}, _sum(base, sex, *bounds))
        for sex in ("M", "F", "_T")
        for band, bounds in bands.items()
    ]
    return _cells({"RP_MEASURE": "POP", "SEX": "_T", "AGE": "_T"}, values)


def _reference(base: pd.DataFrame) -> list[Cell]:
    counts = {"PMUN": base["POP"].round(), "PCAP": (base["POP"] / 50).round()}
    counts["PTOT"] = counts["PMUN"] + counts["PCAP"]
    return _cells({}, [({"POPREF_MEASURE": measure}, count) for measure, count in counts.items()])


def _events(measure: str) -> Callable[[pd.DataFrame], list[Cell]]:
    return lambda base: _cells({}, [({"EC_MEASURE": measure}, base["events"])])


def _moves(base: pd.DataFrame) -> list[Cell]:
    people = _sum(base, "_T", 1)
    young = _sum(base, "_T", 1, 14)
    values = [({}, people), *(({"PREV_RES_AREA": code}, people * share) for code, share in _MOVES.items())]
    values += [({"AGE": "Y1T14"}, young), ({"AGE": "Y1T14", "PREV_RES_AREA": "20_30"}, young * 0.08)]
    return _cells({"RP_MEASURE": "POP", "AGE": "Y_GE1", "PREV_RES_AREA": "_T"}, values)


def _alone(base: pd.DataFrame) -> list[Cell]:
    pinned = {
        "RP_MEASURE": "ONEPERS", "OCS": "DW_MAIN", "NOC": "P1", "AGE": "_T", "COUPLE": "_T", "CIVIL_STATUS": "_T",
    }  # fmt: skip
    ages = {band: _sum(base, "_T", *_BANDS[band]) for band in ("Y15T24", "Y25T39", "Y65T79", "Y_GE80")}
    values = [({"AGE": band}, count * 0.3) for band, count in ages.items()]
    values += [
        ({"RP_MEASURE": "DWELLINGS_POPSIZE", "NOC": "_T", "AGE": band}, count * 0.9)
        for band, count in ages.items()
    ]
    people = _sum(base, "_T", 15)
    values += [
        ({"RP_MEASURE": "POP", "OCS": "_T", "NOC": "_T", "AGE": "Y_GE15", "CIVIL_STATUS": code}, people / 6)
        for code in "123456"
    ]
    return _cells(pinned, values)


def _households(base: pd.DataFrame) -> list[Cell]:
    pinned = {"RP_MEASURE": "DWELLINGS", "OCS": "DW_MAIN", "TPH": "_T", "PCS": "_T"}
    values = [({}, base["RP"]), ({"RP_MEASURE": "DWELLINGS_POPSIZE"}, base["NPER_RP"])]
    values += [({"TPH": code}, base["RP"] * share) for code, share in _HOUSEHOLDS.items()]
    values += [({"PCS": code}, base["RP"] / 8) for code in "12345679"]
    return _cells(pinned, values)


def _occupation(base: pd.DataFrame) -> list[Cell]:
    pinned = {"RP_MEASURE": "DWELLINGS", "OCS": "DW_MAIN", "OCC_IND": "_T"}
    values = [({"OCC_IND": code}, base["RP"] * share) for code, share in _OCCUPATIONS.items()]
    return _cells(pinned, [({}, base["RP"]), *values])


def _holders(base: pd.DataFrame) -> list[Cell]:
    pinned = {
        "RP_MEASURE": "DWELLINGS",
        "OCS": "DW_MAIN",
        **dict.fromkeys(["TSH", "AGE", "TDW", "NOR"], "_T"),
    }
    private = base["RP_LOC"] - base["RP_LOCHLMV"]
    tenures = {
        "_T": base["RP"], "100": base["RP_PROP"], "211": private * 0.8, "212_222": private * 0.2,
        "221": base["RP_LOCHLMV"], "300": base["RP_GRAT"],
    }  # fmt: skip
    values: list[tuple[Mapping[str, str], Any]] = [({"TSH": code}, count) for code, count in tenures.items()]
    values += [
        ({"TSH": code, "AGE": band}, tenures[code] * share)
        for code in tenures
        if code != "_T"
        for band, share in HOLDERS.items()
    ]
    values += [({"TDW": kind, "NOR": "R3"}, base["RP"] * 0.1) for kind in ("1", "2", "3T6")]
    return _cells(pinned, values)


def _incomes(base: pd.DataFrame) -> list[Cell]:
    values = {"MED_SL": 0 * base["POP"] + 21_500, "PR_MD60": 0 * base["POP"] + 14.5, "NUM_HH": base["RP"]}
    # The number of persons is in nobody's tables.
    values["NUM_PER"] = base["POP"]
    return _cells({}, [({"FILOSOFI_MEASURE": measure}, value) for measure, value in values.items()])


def _incomes_by(dimension: str, codes: Sequence[str]) -> Callable[[pd.DataFrame], list[Cell]]:
    measures = {"MED_SL": 20_000, "PR_MD60": 12}
    return lambda base: _cells(
        {},
        [
            ({"FILOSOFI_MEASURE": measure, dimension: code}, 0 * base["POP"] + value + rank)
            for measure, value in measures.items()
            for rank, code in enumerate(["_T", *codes])
        ],
    )


_FACILITIES = {
    "C107": 0.0003, "C108": 0.0002, "C109": 0.0001, "C201": 0.0001, "C301": 0.00005, "C302": 0.00002, "C303": 0.00001,
    "D502": 0.0002, "D509": 0.0001, "D265": 0.0009, "D307": 0.0003, "D401": 0.0001, "A206": 0.0001,
}  # fmt: skip


def _facilities(base: pd.DataFrame) -> list[Cell]:
    totals = dict.fromkeys(["FACILITY_DOM", "FACILITY_SDOM", "FACILITY_TYPE"], "_T")
    people = base["POP"]
    values: list[tuple[Mapping[str, str], Any]] = [({}, people * 0.02)]
    values += [({"FACILITY_DOM": code}, people * 0.003) for code in "ABCD"]
    values += [
        (
            {"FACILITY_DOM": code[0], "FACILITY_SDOM": code[:2], "FACILITY_TYPE": code},
            people * share,
        )
        for code, share in _FACILITIES.items()
    ]
    return _cells({"BPE_MEASURE": "FACILITIES", **totals}, values)


def _schools(base: pd.DataFrame) -> list[Cell]:
    pinned = {
        "BPE_MEASURE": "FACILITIES", "FACILITY_DOM": "C", "FACILITY_SDOM": "C1",
        **dict.fromkeys(
            ["FACILITY_TYPE", "BOARDING_SCHOOL", "CANTEEN", "CPGE", "EP", "SCHOOL_SECTOR", "RPI_TYPE"], "_T"
        ),
    }  # fmt: skip
    schools = base["POP"] * 0.0006
    values = [
        ({}, schools),
        ({"SCHOOL_SECTOR": "PUBL"}, schools * 0.75),
        ({"SCHOOL_SECTOR": "PRIV"}, schools * 0.25),
    ]
    return _cells(pinned, [*values, ({"CANTEEN": "1"}, schools * 0.9)])


_CELLS: dict[str, Callable[[pd.DataFrame], list[Cell]]] = {
    "DS_RP_SERIE_HISTORIQUE": _series,
    "DS_RP_LOGEMENT_PRINC": _housing,
    "DS_RP_TD_POPULATION_AGESEX_PRINC": _ages,
    "DS_RP_POPULATION_PRINC": _bands,
    "DS_POPULATIONS_REFERENCE": _reference,
    "DS_ETAT_CIVIL_NAIS_COMMUNES": _events("LVB"),
    "DS_ETAT_CIVIL_DECES_COMMUNES": _events("DTH"),
    "DS_RP_MIGRES_PRINC": _moves,
    "DS_RP_MENAGES_PRINC": _alone,
    "DS_RP_MENAGES_COMP": _households,
    "DS_RP_TD_LOGEMENT_AGE_PRINC": _holders,
    "DS_RP_LOGEMENT_COMP": _occupation,
    "DS_FILOSOFI_CC": _incomes,
    "DS_FILOSOFI_LOG_TP_NIVVIE": _incomes_by("TSH", ["1", "2"]),
    "DS_FILOSOFI_AGE_TP_NIVVIE": _incomes_by(
        "AGE_RF", ["Y_LT30", "Y30T39", "Y40T49", "Y50T59", "Y60T74", "Y_GE75"]
    ),
    "DS_BPE": _facilities,
    "DS_BPE_EDUCATION": _schools,
}
DATASETS = list(_CELLS)
