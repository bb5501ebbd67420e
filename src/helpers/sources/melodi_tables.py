"""Rows of Insee's Melodi -> the store's tables.

A row is a cross of all the dimensions of its data set, `_T` being a total: each dimension is pinned to one
code, so that nobody is counted twice. Years come from the rows, never from here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pyarrow as pa

from helpers import schemas
from helpers.errors import SourceError
from helpers.sources.files import parse_numbers, read_bytes, read_delimited, require_columns

LEVELS = {"COM": "commune", "EPCI": "epci", "DEP": "departement", "REG": "region", "FRANCE": "france"}
NOTES = "notes"

_TOTAL = "_T"
_AREA = ["level", "code", "year"]
# What a row says beside its dimensions: of what, when, and how good the value is.
_DESCRIPTION = {
    "GEO", "GEO_OBJECT", "FREQ", "TIME_PERIOD", "OBS_VALUE", "OBS_STATUS", "OBS_STATUS_FR", "CONF_STATUS",
    "UNIT_MEASURE", "UNIT_MULT", "DECIMALS",
}  # fmt: skip
# K: included in another commune; M: does not exist; O: not published.
_MISSING = ["K", "M", "O"]
# What a page has to say: included in another commune, or including another one.
_NOTED = ["K", "W"]
# Values have five decimals: a hundred of them add up to within this.
_TOLERANCE = 1e-3
_SHOWN = 5


@dataclass(frozen=True)
class _Form:
    """How one data set is read: what each table takes, and what is known but left out."""

    # Every dimension, with the code it has in a cross that does not name another.
    pinned: Mapping[str, str]
    # Table -> variable -> its codes. The table "" is only checked, another data set gives its values.
    crosses: Mapping[str, Mapping[str, Mapping[str, str]]]
    # Dimension -> pattern of the codes that overlap those read, or that tell a detail nobody asks for.
    left_out: Mapping[str, str] = field(default_factory=dict)
    # Whole -> the parts that add up to it.
    identities: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def frame(self) -> pd.DataFrame:
        """One row per cross: `table, variable`, and one column per dimension."""
        return pd.DataFrame(
            [
                {"table": table, "variable": variable, **self.pinned, **codes}
                for table, variables in self.crosses.items()
                for variable, codes in variables.items()
            ],
            dtype="str",
        )


def _along(dimension: str, **codes: str) -> dict[str, dict[str, str]]:
    """Variables that differ by their code in one dimension."""
    return {variable: {dimension: code} for variable, code in codes.items()}


_SEXES = {"M": "H", "F": "F"}
_AGES = {f"Y{age}" if age < 100 else "Y_GE100": age for age in range(101)}
_GROUPS = {
    "POP0014": (0, 14), "POP1529": (15, 29), "POP1824": (18, 24), "POP3044": (30, 44), "POP4559": (45, 59),
    "POP6074": (60, 74), "POP75P": (75, 100),
}  # fmt: skip
_BY_STATUS = _along("OCS", LOG=_TOTAL, RP="DW_MAIN", RSECOCC="DW_SEC_DW_OCC", LOGVAC="DW_VAC")
_STOCK = {"LOG": ["RP", "RSECOCC", "LOGVAC"]}
_PEOPLE = {"RP_MEASURE": "POP", "SEX": _TOTAL, "AGE": _TOTAL}
# Details of main homes that no table of the store asks for: only their total is read.
_UNREAD = ["NRG_SRC", "CARPARK", "CARS"]

_FORMS = {
    "DS_RP_SERIE_HISTORIQUE": _Form(
        pinned={"RP_MEASURE": "DWELLINGS", "OCS": _TOTAL},
        crosses={
            "population": _along("RP_MEASURE", POP="POP"),
            "flows": _along("RP_MEASURE", NAIS="BRTH", DECE="DEATH"),
            "dwellings": _BY_STATUS,
            "households": {"PMEN": {"RP_MEASURE": "DWELLINGS_POPSIZE", "OCS": "DW_MAIN"}},
        },
        left_out={"RP_MEASURE": "SUP"},
        identities=_STOCK,
    ),
    "DS_RP_LOGEMENT_PRINC": _Form(
        pinned={
            "RP_MEASURE": "DWELLINGS",
            "OCS": "DW_MAIN",
            **dict.fromkeys(["TDW", "TSH", "NOR", "L_STAY", "BUILD_END", *_UNREAD], _TOTAL),
        },
        crosses={
            "": _BY_STATUS,
            "dwellings": {
                "MAISON": {"TDW": "1", "OCS": _TOTAL},
                "APPART": {"TDW": "2", "OCS": _TOTAL},
                **_along("TDW", RPMAISON="1", RPAPPART="2"),
                **_along("TSH", RP_PROP="100", RP_LOC="200", RP_LOCHLMV="221", RP_GRAT="300"),
                **_along("NOR", RP_1P="R1", RP_2P="R2", RP_3P="R3", RP_4P="R4", RP_5PP="R_GE5"),
                **_along("RP_MEASURE", NBPI_RP="DWELLINGS_ROOMS"),
                **_along("BUILD_END", RP_ACH19="Y_LT1919", RP_ACH45="Y1919T1945", RP_ACH70="Y1946T1970"),
                # The last one runs from 2006 to three years before the census, whatever the census.
                **_along("BUILD_END", RP_ACH90="Y1971T1990", RP_ACH05="Y1991T2005", RP_ACH15="Y2006TAAAA"),
                **_along("L_STAY", MEN_ANEM0002="Y_LT2", MEN_ANEM0204="Y2T4", MEN_ANEM0509="Y5T9"),
                **_along("L_STAY", MEN_ANEM1019="Y10T19", MEN_ANEM2029="Y20T29", MEN_ANEM30P="Y_GE30"),
            },
        },
        left_out={
            "RP_MEASURE": "DWELLINGS_POPSIZE|DWELLING_L_STAY",
            "TDW": "3T6",
            # Tenants again, by kind.
            "TSH": "211|212_222",
            # The three periods of RP2012; in every census, the dwellings whose period is known.
            "BUILD_END": r"Y_LT1946|Y1946T1990|Y1991T20\d\d|Y_LT20\d\d",
            **dict.fromkeys(_UNREAD, ".+"),
        },
        identities={**_STOCK, "RP": ["RP_PROP", "RP_LOC", "RP_GRAT"]},
    ),
    "DS_RP_TD_POPULATION_AGESEX_PRINC": _Form(
        pinned=_PEOPLE,
        crosses={
            "ages": {f"{sex} {age}": {"SEX": sex, "AGE": age} for sex in _SEXES for age in [_TOTAL, *_AGES]},
            "age_groups": {},
        },
    ),
    "DS_RP_POPULATION_PRINC": _Form(
        pinned=_PEOPLE,
        crosses={"age_groups": {**_along("AGE", POP0014="Y_LT15", POP75P="Y_GE75"), "POPF": {"SEX": "F"}}},
        left_out={"SEX": "M", "AGE": r"Y\d+T\d+|Y_LT\d+|Y_GE\d+"},
    ),
}


def read(rows: pd.DataFrame, *, dataset: str) -> dict[str, pd.DataFrame]:
    """The store's tables that a data set of Melodi feeds, and `notes`.

    `rows` have one column per dimension, `GEO` ("COM-59299", with or without the year of its list before;
    or a bare code beside `GEO_OBJECT`), `TIME_PERIOD`, `OBS_VALUE` (number) and `OBS_STATUS`; births and
    deaths run since the census before in `rows`, which must then hold every census. Territories other than
    communes, EPCI, départements, régions and the whole of France are left out.

    Tables have their columns of the store less `origin` and `source`: persons, dwellings, rooms, events. A
    value that is missing, or included in another commune's, has no row. `notes` has `level, code, year,
    status`: K where the figures are included in those of another commune, W where they include another's.

    Raises:
        SourceError: unknown data set, dimension or code; a value given twice or negative; parts that do not
            add up to their whole.
    """
    if dataset not in _FORMS:
        raise SourceError(
            f"Jeu de données Melodi inconnu : {dataset!r}.", remedy=f"Jeux connus : {', '.join(_FORMS)}."
        )
    form = _FORMS[dataset]
    tables = {
        table: pd.DataFrame(columns=[*schemas.key_columns(table), "value"]) for table in form.crosses if table
    }
    tables[NOTES] = pd.DataFrame(columns=[*_AREA, "status"])
    if rows.empty:
        return tables
    _require_dimensions(rows, form, dataset=dataset)
    found = _select(_locate(rows, dataset=dataset), form, dataset=dataset)
    noted = found[found["OBS_STATUS"].isin(_NOTED)].rename(columns={"OBS_STATUS": "status"})
    tables[NOTES] = noted[[*_AREA, "status"]].drop_duplicates().sort_values(_AREA, ignore_index=True)
    known = found[~found["OBS_STATUS"].isin(_MISSING)].dropna(subset="value")
    _check_values(known, form, dataset=dataset)
    if "ages" in tables:
        parts = _sum_ages(known, dataset=dataset)
    else:
        parts = {str(table): part for table, part in known.groupby("table") if table}
    if "flows" in parts:
        parts["flows"] = _date_flows(parts["flows"], years=found["year"])
    for table, part in parts.items():
        columns = list(tables[table].columns)
        tables[table] = part[columns].sort_values(columns[:-1], ignore_index=True)
    return tables


def read_file(path: Path) -> dict[str, pd.DataFrame]:
    """The tables of a file of Melodi: `<data set>_<year>..._data.csv`, its zip archive, or Parquet.

    The data set is read in the name, as Insee gives it.

    Raises:
        SourceError: as `read`; file missing, damaged, or whose name does not begin with a data set.
    """
    name = re.match(r"(?P<dataset>DS_[A-Z_]+)_\d{4}", path.name)
    if not name:
        raise SourceError(
            f"{path} : le nom ne commence pas par celui d'un jeu de données de Melodi.",
            remedy="Gardez le nom donné par l'Insee, par exemple DS_RP_SERIE_HISTORIQUE_2023_data.csv.",
        )
    if path.suffix == ".parquet":
        try:
            rows = pd.read_parquet(path)
        except (pa.ArrowException, OSError) as error:
            raise SourceError(
                f"Fichier illisible : {path} ({error}).", remedy="Téléchargez-le de nouveau."
            ) from error
    else:
        member = f"{name[0]}_data.csv" if path.suffix == ".zip" else None
        first, _, _ = read_bytes(path, member=member).partition(b"\n")
        columns = first.decode("utf-8-sig", "replace").strip().replace('"', "").split(";")
        rows = read_delimited(path, columns=columns, separator=";", member=member)
    require_columns(rows, ["GEO", "TIME_PERIOD", "OBS_VALUE", "OBS_STATUS"], path=path)
    return read(rows.assign(OBS_VALUE=parse_numbers(rows["OBS_VALUE"], path=path)), dataset=name["dataset"])


def _require_dimensions(rows: pd.DataFrame, form: _Form, *, dataset: str) -> None:
    """Insist on the dimensions one knows how to pin: one more, and a sum would count twice."""
    present = sorted(set(map(str, rows.columns)) - _DESCRIPTION)
    if present != sorted(form.pinned):
        raise SourceError(
            f"{dataset} : dimensions attendues {', '.join(sorted(form.pinned))} ; reçues {', '.join(present)}.",
            remedy="L'Insee a changé ce jeu de données : complétez son lecteur (melodi_tables.py).",
        )


def _locate(rows: pd.DataFrame, *, dataset: str) -> pd.DataFrame:
    """Rows of the territories of the store, with `level, code, year, value`."""
    geo = rows["GEO"].astype("str")
    if "GEO_OBJECT" in rows:
        geo = geo.where(geo.str.contains("-"), rows["GEO_OBJECT"].astype("str") + "-" + geo)
    parts = geo.str.extract(r"^(?:\d{4}-)?(?P<kind>[A-Z]+)-(?P<code>[0-9A-Z]+)$")
    level = parts["kind"].map(LEVELS)
    # FM, metropolitan France, is not the France of the store.
    located = rows.assign(level=level, code=parts["code"], value=rows["OBS_VALUE"])
    located = located[level.notna() & ((level != "france") | (parts["code"] == "F"))]
    year = pd.to_numeric(located["TIME_PERIOD"].astype("str").str[:4], errors="coerce")
    if located.empty or year.isna().any():
        seen = rows[["GEO", "TIME_PERIOD"]] if located.empty else located[year.isna()][["GEO", "TIME_PERIOD"]]
        raise _refusal(dataset, "territoire ou année illisible", seen)
    return located.assign(year=year.astype("int64"))


def _select(rows: pd.DataFrame, form: _Form, *, dataset: str) -> pd.DataFrame:
    """Rows of the crosses that are read, with `table` and `variable`."""
    crosses = form.frame()
    dimensions = list(form.pinned)
    rows = rows.astype(dict.fromkeys(dimensions, "str"))
    for dimension in dimensions:
        pattern = form.left_out.get(dimension, "")
        codes = {*map(str, rows[dimension].unique())} - {form.pinned[dimension], *crosses[dimension]}
        if unknown := sorted(code for code in codes if not re.fullmatch(pattern, code)):
            raise SourceError(
                f"{dataset}, {dimension} : codes inconnus {', '.join(map(repr, unknown))}.",
                remedy="L'Insee a changé ce jeu de données : dites dans melodi_tables.py s'ils sont à lire ou "
                "s'ils en recouvrent d'autres.",
            )
    found = rows.merge(crosses, on=dimensions)
    # A measure that is there and of which nothing is read: its total has another code than expected.
    lost = set(rows["RP_MEASURE"]) & set(crosses["RP_MEASURE"]) - set(found["RP_MEASURE"])
    if lost:
        raise _refusal(
            dataset, "croisement attendu introuvable", crosses[crosses["RP_MEASURE"].isin(lost)][dimensions]
        )
    return found


def _check_values(found: pd.DataFrame, form: _Form, *, dataset: str) -> None:
    """Insist on one value per cross, positive, and on parts that add up."""
    shown = found[[*_AREA, "variable", "value"]]
    twice = found.duplicated([*_AREA, "table", "variable"], keep=False)
    if twice.any():
        raise _refusal(dataset, "valeurs données deux fois", shown[twice])
    wrong = ~found["value"].between(0, float("inf"), inclusive="left")
    if wrong.any():
        raise _refusal(dataset, "valeurs négatives ou infinies", shown[wrong])
    names = dict.fromkeys(name for whole, parts in form.identities.items() for name in (whole, *parts))
    wide = found.pivot(index=_AREA, columns="variable", values="value").reindex(columns=names)
    for whole, parts in form.identities.items():
        gap = wide[list(parts)].sum(axis=1, skipna=False) - wide[whole]
        broken = wide.loc[gap.abs() > _TOLERANCE, [whole, *parts]].reset_index()
        if len(broken):
            raise _refusal(dataset, f"{' + '.join(parts)} diffère de {whole}", broken)


def _date_flows(flows: pd.DataFrame, *, years: pd.Series) -> pd.DataFrame:
    """Flows with `since`, the census before; those of the first census, since an unknown date, left out."""
    censuses = sorted(years.unique())
    before = dict(zip(censuses[1:], censuses[:-1], strict=True))
    dated = flows.assign(since=flows["year"].map(before)).dropna(subset="since")
    return dated.astype({"since": "int64"})


def _sum_ages(found: pd.DataFrame, *, dataset: str) -> dict[str, pd.DataFrame]:
    """Values of `ages` (five-year classes, 95 and over last) and of `age_groups`, from single years of age."""
    single = found.pivot(index=[*_AREA, "SEX"], columns="AGE", values="value")
    single = single.reindex(columns=[_TOTAL, *_AGES]).rename(columns=_AGES)
    total = single.pop(_TOTAL)
    whole = (single.sum(axis=1) - total).abs() <= _TOLERANCE
    broken = single.notna().all(axis=1) & total.notna() & ~whole
    if broken.any():
        gaps = pd.DataFrame({"ages": single.sum(axis=1), _TOTAL: total})[broken]
        raise _refusal(dataset, "la somme des âges diffère du total", gaps.reset_index())
    # Ages that are not given hold nobody where the others make the total; elsewhere they are unknown.
    single.loc[whole] = single.loc[whole].fillna(0.0)

    def between(ages: pd.DataFrame, first: int, last: int) -> pd.Series:
        return ages.loc[:, first:last].sum(axis=1, skipna=False)

    last = schemas.AGE_CLASSES[-1]
    classes = {age: between(single, age, age + 4 if age < last else 100) for age in schemas.AGE_CLASSES}
    women, men = (single[single.index.get_level_values("SEX") == sex].droplevel("SEX") for sex in "FM")
    everyone = women + men
    groups = {name: between(everyone, *bounds) for name, bounds in _GROUPS.items()}
    groups["POPF"] = between(women, 0, 100)
    ages = _lengthen(classes, name="age")
    ages = ages.assign(variable="POP", sex=ages["SEX"].map(_SEXES))
    return {"ages": ages, "age_groups": _lengthen(groups, name="variable")}


def _lengthen(columns: Mapping[int, pd.Series] | Mapping[str, pd.Series], *, name: str) -> pd.DataFrame:
    """Series on one index -> one row per value that is known."""
    return pd.concat(columns, names=[name]).rename("value").dropna().reset_index()


def _refusal(dataset: str, fault: str, rows: pd.DataFrame) -> SourceError:
    """The error that shows the first failing rows."""
    shown = " ; ".join(" ".join(map(str, row)) for row in rows.head(_SHOWN).itertuples(index=False))
    more = f" (et {len(rows) - _SHOWN} autres)" if len(rows) > _SHOWN else ""
    return SourceError(
        f"{dataset} : {fault}, {' '.join(map(str, rows.columns))} = {shown}{more}.",
        remedy="Réessayez plus tard ; si cela persiste, l'Insee a changé ce jeu de données : comparez avec sa page.",
    )
