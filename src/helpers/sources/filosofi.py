"""Filosofi: disposable income by commune. Secret cells stay missing."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from helpers.errors import SourceError
from helpers.sources.files import (
    read_text,
    require_columns,
    require_communes,
    require_years,
    to_tidy,
)
from helpers.sources.registry import Source

# Of the file of main results: secrecy, not significant, not available.
_WITHHELD = ("s", "ns", "nd")
# Counts are written in groups of three figures: by a space, an unbreakable one or a thin one.
_SPACED = r"(?<=\d)[ \u00a0\u2009\u202f](?=\d{3}(?!\d))"
# Measure of the layout in rows -> variable. The poverty rate is that at 60 % of the median.
_MEASURES = {"MED_SL": "MED", "NUM_HH": "NBMENFISC", "PR_MD60": "TP60"}
_ROW = ["GEO", "GEO_OBJECT", "FILOSOFI_MEASURE", "TIME_PERIOD", "OBS_VALUE"]
_CONFIDENTIAL = "CONF_STATUS"


def read(path: Path, *, source: Source) -> dict[str, pd.DataFrame]:
    """Read the table `income`: `code, year, variable, value`.

    MED is the median living standard (euros a year per consumption unit), NBMENFISC the tax households; where the file
    has them, TP60 the share of the poor in %, RD the ratio of the ninth decile to the first, PPEN the pensions in % of
    the disposable income.

    Three layouts: FILO20YY_DISP_COM (Q2YY, NBMENYY, secret cells empty), cc_filosofi_20YY_COM (MEDYY,
    NBMENFISCYY, TP60YY, withheld cells "s", "ns" or "nd"), and DS_FILOSOFI_CC_20YY (a row by territory, measure and
    year, communes among larger territories). Decimals with a comma or a point; figures by groups of three or not.
    `source.options["income"]` names those that an extract has, when it has not all of them.

    Raises:
        SourceError: file missing, damaged, of another vintage or without an expected column; a commune given
            twice; an amount that is not a positive number.
    """
    assert source.vintage is not None, f"{source.id} has no vintage"
    frame = read_text(path, separator=";", member=source.member)
    read_layout = _read_rows if "FILOSOFI_MEASURE" in frame.columns else _read_columns
    return {"income": read_layout(frame, path=path, source=source, year=source.vintage)}


def _read_columns(frame: pd.DataFrame, *, path: Path, source: Source, year: int) -> pd.DataFrame:
    """Read the layouts with a row by commune and a column by figure, that bears its year."""
    yy = f"{year % 100:02d}"
    results = f"MED{yy}" in frame.columns
    codes = (
        {f"MED{yy}": "MED", f"NBMENFISC{yy}": "NBMENFISC", f"TP60{yy}": "TP60"}
        if results
        else {f"Q2{yy}": "MED", f"NBMEN{yy}": "NBMENFISC"}
    )
    if wanted := source.options.get("income", "").split():
        codes = {column: variable for column, variable in codes.items() if variable in wanted}
    require_columns(frame, ["CODGEO", *codes], path=path)
    codes |= {
        column: name for column, name in _other_columns(yy).items() if column in frame.columns and not wanted
    }
    require_communes(frame, code="CODGEO", path=path)
    figures = frame[list(codes)].apply(_plain)
    if results:
        figures = figures.mask(figures.isin(_WITHHELD))
    names = {column: (variable, year) for column, variable in codes.items()}
    return to_tidy(figures.assign(CODGEO=frame["CODGEO"]), code="CODGEO", names=names, path=path)


def _read_rows(frame: pd.DataFrame, *, path: Path, source: Source, year: int) -> pd.DataFrame:
    """Read the layout with a row by territory, measure and year, of which communes and this year are kept."""
    require_columns(frame, _ROW, path=path)
    held = frame["TIME_PERIOD"].str.extract(r"^(\d{4})$", expand=False).dropna()
    require_years(set(held.astype("int64")), source=source, path=path)
    frame = frame[frame["GEO_OBJECT"].isin(["COM", "ARM"]) & (frame["TIME_PERIOD"] == str(year))]
    measures = sorted(set(frame["FILOSOFI_MEASURE"].dropna()))
    if "MED_SL" not in measures:
        raise SourceError(
            f"Mesure absente de {path} (colonne FILOSOFI_MEASURE) : MED_SL, en {year}, par commune.",
            remedy=f"Il contient, par commune : {', '.join(measures) or 'rien'}. Vérifiez son millésime.",
        )
    frame = frame[frame["FILOSOFI_MEASURE"].isin(_MEASURES)]
    if _CONFIDENTIAL in frame.columns:
        frame = frame[frame[_CONFIDENTIAL] != "C"]
    require_communes(frame, code="GEO", keys=["FILOSOFI_MEASURE"], path=path)
    frame = frame.assign(OBS_VALUE=_plain(frame["OBS_VALUE"]))
    parts = [
        to_tidy(rows, code="GEO", names={"OBS_VALUE": (_MEASURES[str(measure)], year)}, path=path)
        for measure, rows in frame.groupby("FILOSOFI_MEASURE", sort=True)
    ]
    return pd.concat(parts, ignore_index=True)


def _plain(cells: pd.Series) -> pd.Series:
    """Write numbers with a decimal point and without spaces between groups of figures."""
    return cells.str.strip().str.replace(_SPACED, "", regex=True).str.replace(",", ".", regex=False)


def _other_columns(yy: str) -> dict[str, str]:
    """Name the columns of both layouts that a file may lack, and their variables."""
    return {"RD": "RD", f"RD{yy}": "RD", f"PPEN{yy}": "PPEN"}
