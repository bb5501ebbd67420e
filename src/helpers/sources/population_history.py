"""Population of the communes at every census since 1876 (Insee, base-pop-historiques)."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from helpers.sources.files import require_columns, require_communes, require_years, to_tidy
from helpers.sources.registry import Source
from helpers.sources.workbooks import read_sheets

_SHEETS = r"pop_1876_\d{4}"
# PMUN: population municipale, every year since 2006; PSDC: sans doubles comptes, 1962 to 1999; PTOT: totale, before.
_COUNT = re.compile(r"(?:PMUN|PSDC|PTOT)(\d{4})")


def read(path: Path, *, source: Source) -> dict[str, pd.DataFrame]:
    """Read the table `population_history`: `code, year, variable` (POP)`, value` (persons), from 1876 to the vintage.

    Each year is in the count of its time: total population until 1954, without double counts from 1962 to
    1999, municipal population since 2006. All are in one list of communes, that of the latest year.

    Raises:
        SourceError: file missing, damaged, of another vintage, without an expected sheet or column; a commune
            given twice; a count that is not a positive number.
    """
    parts = []
    for title, frame in read_sheets(path, columns=["CODGEO"], titles=_SHEETS, member=source.member):
        where = f"{path}, feuille {title}"
        names = {
            str(name): ("POP", int(found[1])) for name in frame.columns if (found := _COUNT.fullmatch(name))
        }
        if not names:
            require_columns(frame, [f"PMUN{source.vintage}", "PSDC1999", "PTOT1876"], path=where)
        require_communes(frame, code="CODGEO", path=where)
        parts.append(to_tidy(frame, code="CODGEO", names=names, path=where))
    history = pd.concat(parts, ignore_index=True)
    require_years(set(history["year"]), source=source, path=path)
    return {"population_history": history}
