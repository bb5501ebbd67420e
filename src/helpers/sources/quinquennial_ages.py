"""Population by sex and five-year age at every census since 1968 (Insee, pop-sexe-age-quinquennal68YY)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.errors import SourceError
from helpers.schemas import AGE_CLASSES, SEXES
from helpers.sources.files import (
    join_code,
    parse_numbers,
    read_text,
    require_columns,
    require_communes,
    require_years,
)
from helpers.sources.registry import Source
from helpers.sources.workbooks import is_workbook, read_sheets

_SHEETS = r"COM_\d{4}"
# Département and commune within it; the file also has RR (region), STABLE and the name.
_CODE = ["DR", "CR"]
_COUNT = re.compile(r"ageq_rec\d{2}s[12]rpop(\d{4})")


def read(path: Path, *, source: Source) -> dict[str, pd.DataFrame]:
    """Read the table `ages`: `code, year, variable` (POP)`, sex, age, value` (persons) at every census of the file.

    `age` is the lower bound of the class: 0, 5 ... 95, the last one for 95 and over. The columns of the
    file are `ageq_rec<class><s><sex>rpop<year>`: ageq_rec04s1rpop2017 counts men of 15 to 19 in 2017. All
    the censuses are in one list of communes, that of the latest one.

    Accepts the workbook (one sheet by census, COM_1968 ... COM_20YY) and the same columns as delimited text.

    Raises:
        SourceError: file missing, damaged, of another vintage, in the .xls format, without an expected sheet
            or column; a commune given twice; a count that is not a positive number.
    """
    parts = [
        part
        for where, frame, wanted in _tables(path, source=source)
        for part in _by_census(frame, where=where, wanted=wanted)
    ]
    require_years({year for year, _, _ in parts}, source=source, path=path)
    return {"ages": _stack(parts)}


def _tables(path: Path, *, source: Source) -> Iterator[tuple[str, pd.DataFrame, int | None]]:
    """Read each table: where it is, the table, and the census its sheet announces."""
    if not is_workbook(path, member=source.member):
        yield str(path), read_text(path, separator=";", member=source.member), None
        return
    for title, frame in read_sheets(path, columns=_CODE, titles=_SHEETS, member=source.member):
        yield f"{path}, feuille {title}", frame, int(title[-4:])


def _by_census(
    frame: pd.DataFrame, *, where: str, wanted: int | None
) -> Iterator[tuple[int, pd.Series, np.ndarray]]:
    """Read each census of a table: its year, the codes, the counts (a row by commune, a column by sex and age)."""
    require_columns(frame, _CODE, path=where)
    codes = join_code(frame["DR"], frame["CR"])
    require_communes(codes.to_frame(), code="code", path=where)
    years = sorted({int(found[1]) for name in frame.columns if (found := _COUNT.fullmatch(name))})
    if wanted is not None and years and years != [wanted]:
        raise SourceError(
            f"{where} donne le recensement de {', '.join(map(str, years))}, et non de {wanted}.",
            remedy="Téléchargez le fichier de nouveau : ses feuilles ont été mêlées.",
        )
    for year in years or [wanted or 0]:
        names = [
            f"ageq_rec{rank:02d}s{sex}rpop{year}" for sex in (1, 2) for rank in range(1, len(AGE_CLASSES) + 1)
        ]
        require_columns(frame, names, path=where)
        yield year, codes, np.column_stack([parse_numbers(frame[name], path=where) for name in names])


def _stack(parts: list[tuple[int, pd.Series, np.ndarray]]) -> pd.DataFrame:
    """Stack one row by count, built once: the whole file is twelve million of them."""
    cells = len(SEXES) * len(AGE_CLASSES)
    values = np.concatenate([counts.ravel() for _, _, counts in parts])
    sizes = [counts.size for _, _, counts in parts]
    rows = sum(len(codes) for _, codes, _ in parts)
    frame = pd.DataFrame(
        {
            "code": pd.Series(pd.concat([codes for _, codes, _ in parts]).to_numpy(), dtype="str")
            .repeat(cells)
            .array,
            "year": np.repeat(np.array([year for year, _, _ in parts], dtype="int16"), sizes),
            "variable": pd.array(["POP"], dtype="str").repeat(len(values)),
            "sex": pd.array(SEXES, dtype="str")
            .repeat(len(AGE_CLASSES))
            .take(np.tile(np.arange(cells), rows)),
            "age": np.tile(np.array(AGE_CLASSES, dtype="int16"), rows * len(SEXES)),
            "value": values,
        }
    )
    return frame.dropna(subset="value").reset_index(drop=True)
