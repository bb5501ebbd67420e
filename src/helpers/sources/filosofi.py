"""Filosofi: disposable income by commune. Secret cells stay missing."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from helpers.sources.files import read_text, require_columns, require_communes, to_tidy
from helpers.sources.registry import Source

# Of the file of main results: secrecy, not significant, not available.
_WITHHELD = ("s", "ns", "nd")


def read(path: Path, *, source: Source) -> dict[str, pd.DataFrame]:
    """Read the table `income`: `code, year, variable, value`.

    MED is the median living standard (euros a year per consumption unit), NBMENFISC the tax households, TP60 the share
    of the poor in %, where the file has it.

    Two layouts: FILO20YY_DISP_COM (Q2YY, NBMENYY, secret cells empty) and cc_filosofi_20YY_COM (MEDYY,
    NBMENFISCYY, TP60YY, withheld cells "s", "ns" or "nd"). Decimals with a comma or a point. `source.options["income"]`
    names those that an extract has, when it has not all of them.

    Raises:
        SourceError: file missing, damaged, of another vintage or without an expected column; a commune given
            twice; an amount that is not a positive number.
    """
    assert source.vintage is not None, f"{source.id} has no vintage"
    yy = f"{source.vintage % 100:02d}"
    frame = read_text(path, separator=";", member=source.member)
    results = f"MED{yy}" in frame.columns
    codes = (
        {f"MED{yy}": "MED", f"NBMENFISC{yy}": "NBMENFISC", f"TP60{yy}": "TP60"}
        if results
        else {f"Q2{yy}": "MED", f"NBMEN{yy}": "NBMENFISC"}
    )
    if wanted := source.options.get("income", "").split():
        codes = {column: variable for column, variable in codes.items() if variable in wanted}
    require_columns(frame, ["CODGEO", *codes], path=path)
    require_communes(frame, code="CODGEO", path=path)
    plain = frame[["CODGEO", *codes]].apply(lambda column: column.str.replace(",", ".", regex=False))
    if results:
        plain = plain.mask(plain.isin(_WITHHELD))
    names = {column: (variable, source.vintage) for column, variable in codes.items()}
    return {"income": to_tidy(plain, code="CODGEO", names=names, path=path)}
