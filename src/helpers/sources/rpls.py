"""RPLS: social dwellings by commune, from the landlords' register."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from helpers.sources.files import read_text, require_columns, require_communes, to_tidy
from helpers.sources.registry import Source
from helpers.sources.workbooks import is_workbook, read_sheets

_CODE = "DEPCOM_ARM"
# Of the workbook: secrecy, not significant, not available.
_WITHHELD = ("s", "ns", "nd")
_EARLIER = re.compile(r"nb_ls(\d{4})")


def read(path: Path, *, source: Source) -> dict[str, pd.DataFrame]:
    """Read the table `social_housing`: `code, year, variable, value` (dwellings).

    RPLS, all social dwellings, and RPLS_VAC, the vacant ones, on 1 January of the vintage; RPLS also for the earlier
    years that the file has (nb_ls2019 ...). The register lists only communes that have social dwellings: a commune
    that is absent has no row. Delimited text, or sheet COMMUNE of the
    SDES's workbook, where a withheld cell ("s") is missing.

    Raises:
        SourceError: file missing, damaged or without an expected column; a commune given twice; a count that
            is not a positive number.
    """
    assert source.vintage is not None, f"{source.id} has no vintage"
    names = {"nb_ls": ("RPLS", source.vintage), "nb_vacants": ("RPLS_VAC", source.vintage)}
    frame = _table(path, source=source)
    require_columns(frame, [_CODE, *names], path=path)
    for name in frame.columns:
        if (found := _EARLIER.fullmatch(name)) and int(found[1]) != source.vintage:
            names[name] = ("RPLS", int(found[1]))
    require_communes(frame, code=_CODE, path=path)
    return {"social_housing": to_tidy(frame, code=_CODE, names=names, path=path)}


def _table(path: Path, *, source: Source) -> pd.DataFrame:
    if not is_workbook(path, member=source.member):
        return read_text(path, separator=",", member=source.member)
    _, frame = next(read_sheets(path, columns=[_CODE], titles="COMMUNES?", member=source.member))
    return frame.mask(frame.isin(_WITHHELD))
