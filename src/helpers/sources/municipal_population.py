"""Municipal population of each year, as a portal exports Insee's figures."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from helpers.sources.files import read_delimited, require_communes, to_tidy
from helpers.sources.registry import Source


def read(path: Path, *, source: Source) -> dict[str, pd.DataFrame]:
    """Read the table `population`: `code, year, variable` (POP)`, value` (persons), each date of the record.

    The portal writes overseas codes with the department twice ("971101" for 97101): they are mended.

    Raises:
        SourceError: file missing, damaged or without an expected column; a commune given twice; a population
            that is not a positive number.
    """
    names = {f"p{year % 100:02d}_pop": ("POP", year) for year in source.dates}
    frame = read_delimited(path, columns=["codgeo", *names], separator=",", member=source.member)
    overseas = frame["codgeo"].str.len() == 6
    frame.loc[overseas, "codgeo"] = frame.loc[overseas, "codgeo"].str.slice_replace(2, 3, "")
    require_communes(frame, code="codgeo", path=path)
    return {"population": to_tidy(frame, code="codgeo", names=names, path=path)}
