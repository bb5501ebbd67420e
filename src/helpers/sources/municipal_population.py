"""Municipal population of each year 2013-2021, as a portal exports Insee's figures."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from helpers.sources.files import read_delimited, to_tidy

_YEARS = range(2013, 2022)


def read(path: Path) -> dict[str, pd.DataFrame]:
    """Table `population`: `code, year, variable` (POP)`, value` (persons).

    The portal writes overseas codes with the department twice ("971101" for 97101): they are mended.

    Raises:
        SourceError: file missing, damaged or without an expected column.
    """
    names = {f"p{year % 100}_pop": ("POP", year) for year in _YEARS}
    frame = read_delimited(path, columns=["codgeo", *names], separator=",")
    overseas = frame["codgeo"].str.len() == 6
    frame.loc[overseas, "codgeo"] = frame.loc[overseas, "codgeo"].str.slice_replace(2, 3, "")
    return {"population": to_tidy(frame, code="codgeo", names=names, path=path)}
