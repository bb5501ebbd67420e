"""LOVAC: vacant homes of the private stock by commune, from the tax files (DGALN, Cerema)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from helpers.sources.files import read_text, require_columns, require_communes, require_years, to_tidy
from helpers.sources.registry import Source
from helpers.sources.workbooks import is_workbook, read_sheets

# Prefix of the column -> variable. The stock is pp_total_YY in the editions to 2025, ff_pp_total_YY since.
_VARIABLES = {
    "pp_total": "PP_TOTAL",
    "ff_pp_total": "PP_TOTAL",
    "pp_vacant": "PP_VACANT",
    "pp_vacant_plus_2ans": "PP_VACANT_2ANS",
}
_COUNT = re.compile(rf"({'|'.join(_VARIABLES)})_(\d{{2}})")
# An extract of rates alone, in % of the private stock: column -> variable.
_RATES = {"taux_vacance_{yy}_pct": "TX_VACANT", "taux_vacance_long_{yy}_pct": "TX_VACANT_2ANS"}
_RATES_CODE = "INSEE_C"
_SECRET = "s"
# Spaces between thousands: plain, no-break, narrow no-break.
_SPACES = "[ \u00a0\u202f]"


def read(path: Path, *, source: Source) -> dict[str, pd.DataFrame]:
    """Read the table `vacancy`: `code, year, variable, value` (homes of the private stock), every year of the file.

    PP_TOTAL, all of them; PP_VACANT, those vacant on 1 January `year`; PP_VACANT_2ANS, those vacant for more
    than two years. The producer warns that the stock of reference has changed between editions: read
    changes with care. Under the secrecy of small numbers ("s"), a value is missing. The latest year has no
    stock yet.

    Columns of the file: CODGEO_YY (YY, the edition), then pp_vacant_YY, pp_vacant_plus_2ans_YY, and pp_total_YY
    or ff_pp_total_YY. Delimited text in Latin-1 or UTF-8, or workbook. An extract of rates (`source.options["rates"]`)
    has INSEE_C, taux_vacance_YY_pct and taux_vacance_long_YY_pct: it gives TX_VACANT and TX_VACANT_2ANS, in % of the
    stock on 1 January of the edition's year, and no count.

    Raises:
        SourceError: file missing, damaged, of another edition, without an expected column; a commune given
            twice; a count that is neither secret nor a positive number.
    """
    assert source.vintage is not None, f"{source.id} has no vintage"
    latest = f"{source.vintage % 100:02d}"
    if "rates" in source.options:
        return {"vacancy": _read_rates(path, source=source, year=source.vintage)}
    code = f"CODGEO_{latest}"
    parts = []
    for where, frame in _tables(path, code=code, source=source):
        require_columns(frame, [code, f"pp_vacant_{latest}", f"pp_vacant_plus_2ans_{latest}"], path=where)
        names = {
            str(name): (_VARIABLES[found[1]], 2000 + int(found[2]))
            for name in frame.columns
            if (found := _COUNT.fullmatch(name))
        }
        plain = frame[[code, *names]].astype("str").replace(_SPACES, "", regex=True)
        require_communes(plain, code=code, path=where)
        parts.append(to_tidy(plain.mask(plain == _SECRET), code=code, names=names, path=where))
    vacancy = pd.concat(parts, ignore_index=True)
    require_years(set(vacancy["year"]), source=source, path=path)
    # An edition that gave the stock under both names would give it once.
    return {"vacancy": vacancy.drop_duplicates(["code", "year", "variable"], ignore_index=True)}


def _read_rates(path: Path, *, source: Source, year: int) -> pd.DataFrame:
    names = {name.format(yy=f"{year % 100:02d}"): (variable, year) for name, variable in _RATES.items()}
    frame = read_text(path, separator=";", member=source.member)
    require_columns(frame, [_RATES_CODE, *names], path=path)
    require_communes(frame, code=_RATES_CODE, path=path)
    return to_tidy(frame, code=_RATES_CODE, names=names, path=path)


def _tables(path: Path, *, code: str, source: Source) -> Iterator[tuple[str, pd.DataFrame]]:
    if not is_workbook(path, member=source.member):
        yield (
            str(path),
            read_text(path, separator=";", member=source.member, encodings=("utf-8-sig", "cp1252")),
        )
        return
    for title, frame in read_sheets(path, columns=[code], titles="(?i).*com.*", member=source.member):
        yield f"{path}, feuille {title}", frame
