"""Legal populations of one vintage (PMUN), every commune except Mayotte's."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from helpers.sources.files import join_code, read_text, require_columns, require_communes, to_tidy
from helpers.sources.registry import Source
from helpers.sources.workbooks import is_workbook, read_sheets

# Names of the columns, from the latest layout to the oldest: what each is, by its name in the file.
_SINCE_2021 = {"COM": "code", "Commune": "name", "DEP": "department", "REG": "region", "PMUN": "PMUN"}
_BEFORE_2021 = {
    "CODCOM": "commune",
    "COM": "name",
    "CODDEP": "department",
    "CODREG": "region",
    "PMUN": "PMUN",
}
_WORKBOOK = {
    "Code commune": "commune",
    "Nom de la commune": "name",
    "Code département": "department",
    "Code région": "region",
    "Population municipale": "Population municipale",
}
_LAYOUTS = (_SINCE_2021, _BEFORE_2021, _WORKBOOK)


def read(path: Path, *, source: Source) -> dict[str, pd.DataFrame]:
    """Read the table `population` (variable POP, persons) and `communes` (`code, name, department, region`).

    The file does not say its own year: it is that of the record. Reads donnees_communes.csv of every vintage
    (before 2021, COM is the name of the commune and CODCOM its code in the département) and the sheet Communes
    of ensemble.xlsx. Paris, Lyon and Marseille are given by arrondissement only: their rows are summed by
    the store.

    Raises:
        SourceError: file missing, damaged or without an expected column; a commune given twice; a population
            that is not a positive number.
    """
    assert source.vintage is not None, f"{source.id} has no vintage"
    frame = _table(path, source=source)
    # The nearest layout is the one whose missing columns are reported.
    layout = max(_LAYOUTS, key=lambda names: len(set(names) & set(frame.columns)))
    require_columns(frame, layout, path=path)
    frame = frame.rename(columns=layout)
    if "code" not in layout.values():
        frame["code"] = join_code(frame["department"], frame["commune"])
    require_communes(frame, code="code", path=path)
    count = layout["Population municipale" if layout is _WORKBOOK else "PMUN"]
    return {
        "population": to_tidy(frame, code="code", names={count: ("POP", source.vintage)}, path=path),
        "communes": frame[["code", "name", "department", "region"]],
    }


def _table(path: Path, *, source: Source) -> pd.DataFrame:
    if not is_workbook(path, member=source.member):
        return read_text(path, separator=";", member=source.member)
    _, frame = next(read_sheets(path, columns=list(_WORKBOOK), titles="Communes", member=source.member))
    return frame
