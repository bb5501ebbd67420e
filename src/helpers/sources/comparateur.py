"""Insee's "comparateur de territoires": the national core, every commune of France.

Two layouts: a column by figure (the CSV editions, `P18_LOG`), and since RP2023 a row by territory, measure and year
(`TAB_MEASURE`, `TIME_PERIOD`), where communes stand among larger territories.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from helpers.errors import SourceError
from helpers.sources.census_tables import census_year, spell_flow
from helpers.sources.files import require_years
from helpers.sources.registry import Source
from helpers.sources.wide_csv import Cell, Rows, WideFile, open_wide, tabulate

_STOCKS = ("LOG", "RP", "RSECOCC", "LOGVAC", "RP_PROP")
# Figure of the store -> its columns, {yy} being the two digits of the year of incomes: in turn those before and
# since Filosofi 2023. Which are read is said by the record's option `income`.
_INCOME = {
    "TP60": ("TP60{yy}", "PR_MD60_{yy}"),
    "MED": ("MED{yy}", "MED_SL{yy}"),
    "NBMENFISC": ("NBMENFISC{yy}",),
}
# Filosofi's own file gives the medians and the households of more communes.
_USUAL_INCOME = "TP60"

# Measure of the layout in rows -> table, variable.
_MEASURES = {
    "POP": ("population", "POP"),
    "LVB": ("flows", "NAIS"),
    "DTH": ("flows", "DECE"),
    "DWELLINGS": ("dwellings", "LOG"),
    "DWELLINGS_OCS_DW_MAIN": ("dwellings", "RP"),
    "DWELLINGS_OCS_DW_SEC_DW_OCC": ("dwellings", "RSECOCC"),
    "DWELLINGS_OCS_DW_VAC": ("dwellings", "LOGVAC"),
    "DWELLINGS_OCS_DW_MAIN_TSH_100": ("dwellings", "RP_PROP"),
    "SUP": ("area", "SUPERF"),
    "PR_MD60": ("income", "TP60"),
    "MED_SL": ("income", "MED"),
}
# Areas come with the list of communes too: an edition may go without them.
_OPTIONAL = ("SUP",)
_COMMUNES = ("COM", "ARM")
_ROW = ("GEO", "GEO_OBJECT", "TAB_MEASURE", "TIME_PERIOD", "OBS_VALUE")
_CONFIDENTIAL = "CONF_STATUS"


def read(path: Path, *, source: Source) -> dict[str, pd.DataFrame]:
    """Read the tables `population`, `flows`, `dwellings`, `households`, `income` and `area` of one edition.

    Columns `code, year, variable, value` (and `since` for flows): persons, dwellings, events, poverty
    rate in %, km2. The layout in rows has no number of households; an edition may have no area.
    Municipal arrondissements stand beside their city in the file and in the result. `source.options["income"]`
    names the incomes to read (`TP60` unless said otherwise).

    Raises:
        SourceError: file missing, damaged, of another vintage or without an expected column; a commune given
            twice; a figure that is not a positive number.
    """
    file = open_wide(path, member=source.member, dictionary=source.dictionary)
    incomes = source.options.get("income", _USUAL_INCOME).split()
    if "TAB_MEASURE" in file.columns:
        return _read_rows(file, source=source, incomes=incomes)
    held = {census_year(found[1]) for name in file.columns if (found := re.match(r"P(\d\d)_", name))}
    require_years(held, source=source, path=path)
    cells = _plan(file, sorted(held), incomes=incomes)
    names = ["CODGEO", *(name for cell in cells for name in cell.plus)]
    return tabulate(file.read(names), cells, code="CODGEO")


def _plan(file: WideFile, censuses: list[int], *, incomes: Iterable[str]) -> list[Cell]:
    """Plan the cells of the layout in columns; the years of events and incomes are those its columns bear."""
    latest, former = censuses[-1], censuses[-2:-1]
    counted = {"year": latest}
    p = f"P{latest % 100:02d}_"
    cells = [
        Cell("population", {"year": year, "variable": "POP"}, (f"P{year % 100:02d}_POP",))
        for year in (*former, latest)
    ]
    cells += [Cell("dwellings", {**counted, "variable": name}, (p + name,)) for name in _STOCKS]
    cells.append(Cell("households", {**counted, "variable": "MEN"}, (f"{p}MEN",)))
    if "SUPERF" in file.columns:
        cells.append(Cell("area", {**counted, "variable": "SUPERF"}, ("SUPERF",)))
    for since in former:
        for variable in ("NAIS", "DECE"):
            column = spell_flow(variable, since=since, until=latest, columns=file.columns)
            cells.append(Cell("flows", {"since": since, "year": latest, "variable": variable}, (column,)))
    year = _last_year(file, r"(?:NAISD|DECESD)(\d\d)", example="NAISDaa")
    for variable, prefix in (("NAIS", "NAISD"), ("DECE", "DECESD")):
        keys = {"since": year, "year": year + 1, "variable": variable}
        cells.append(Cell("flows", keys, (f"{prefix}{year % 100:02d}",)))
    year = _last_year(file, r"(?:TP60|PR_MD60_|MED|MED_SL|NBMENFISC|PIMP)(\d\d)", example="TP60aa")
    for variable in incomes:
        spellings = [name.format(yy=f"{year % 100:02d}") for name in _INCOME[variable]]
        column = next((name for name in spellings if name in file.columns), spellings[0])
        cells.append(Cell("income", {"year": year, "variable": variable}, (column,)))
    return cells


def _last_year(file: WideFile, pattern: str, *, example: str) -> int:
    """Find the last year of the columns that have this form."""
    years = [census_year(found[1]) for name in file.columns if (found := re.fullmatch(pattern, name))]
    if not years:
        file.require([example])
    return max(years)


def _read_rows(file: WideFile, *, source: Source, incomes: Iterable[str]) -> dict[str, pd.DataFrame]:
    """Read the tables of the layout in rows."""
    wanted = {
        measure: (table, variable)
        for measure, (table, variable) in _MEASURES.items()
        if table != "income" or variable in incomes
    }
    hidden = [_CONFIDENTIAL] if _CONFIDENTIAL in file.columns else []
    rows = file.read([*_ROW, *hidden])
    texts = {name: rows.content[name].cast(pa.string()) for name in ("GEO_OBJECT", "TAB_MEASURE", *hidden)}
    kept = pc.and_(
        pc.is_in(texts["GEO_OBJECT"], pa.array(_COMMUNES)),
        pc.is_in(texts["TAB_MEASURE"], pa.array(list(wanted))),
    )
    if hidden:
        kept = pc.and_(kept, pc.not_equal(pc.fill_null(texts[_CONFIDENTIAL], ""), "C"))
    return _tabulate_rows(rows.filter(kept), wanted=wanted, source=source)


def _tabulate_rows(
    rows: Rows, *, wanted: Mapping[str, tuple[str, str]], source: Source
) -> dict[str, pd.DataFrame]:
    """Make the tables of some measures.

    Raises:
        SourceError: a measure or a census is missing, a year is not one, a commune is given twice.
    """
    measures, periods = rows.texts("TAB_MEASURE"), rows.texts("TIME_PERIOD")
    absent = [name for name in wanted if name not in {*measures, *_OPTIONAL}]
    if absent:
        raise SourceError(
            f"Mesures absentes de {rows.path} (colonne TAB_MEASURE) : {', '.join(absent)}.",
            remedy=f"Il contient, par commune : {', '.join(sorted(set(measures)))}. Vérifiez son millésime.",
        )
    wrong = periods[~periods.str.fullmatch(r"\d{4}", na=False)]
    if len(wrong):
        raise SourceError(
            f"{rows.path}, ligne {wrong.index[0] + 2}, colonne TIME_PERIOD : {wrong.iloc[0]!r} n'est pas une année.",
            remedy="Vérifiez le millésime du fichier.",
        )
    frame = pd.DataFrame(
        {
            "code": rows.codes("GEO", keys=["TAB_MEASURE", "TIME_PERIOD"]).to_pandas(),
            "year": periods.astype("int16").to_numpy(),
            "table": measures.map({name: table for name, (table, _) in wanted.items()}).to_numpy(),
            "variable": measures.map({name: variable for name, (_, variable) in wanted.items()}).to_numpy(),
            "value": rows.numbers("OBS_VALUE"),
        }
    ).dropna(subset="value")
    parts = dict(iter(frame.groupby("table")))
    tables = {name: part.drop(columns="table").reset_index(drop=True) for name, part in parts.items()}
    require_years(tables["population"]["year"], source=source, path=rows.path)
    # Events of a year: from its 1 January to the next.
    events = tables["flows"]
    tables["flows"] = events.assign(since=events["year"], year=events["year"] + 1)
    if "area" in tables:
        latest = tables["area"].sort_values("year").drop_duplicates("code", keep="last")
        tables["area"] = latest.sort_values("code")
    return tables
