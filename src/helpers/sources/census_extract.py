"""Extracts of the census: counts of the communes over 2 000 inhabitants (RP2012, RP2018), stock of all (RP2021)."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from helpers.sources.files import read_delimited, require_communes, to_tidy
from helpers.sources.registry import Source

_AGES = {
    "pop_0_14": "POP0014",
    "pop_15_29": "POP1529",
    "pop_18_24": "POP1824",
    "pop_75p": "POP75P",
    "pop_femmes": "POPF",
}
# Houses and flats are those of the main homes: their sum is RP (less the other kinds), never LOG.
_DWELLINGS = {
    "log_rp": "RP",
    "log_sec": "RSECOCC",
    "log_proprio": "RP_PROP",
    "log_loc": "RP_LOC",
    "log_hlm": "RP_LOCHLMV",
    "log_maison": "RPMAISON",
    "log_appart": "RPAPPART",
}
_POPULATION = {"pop_tot": "POP"}
# The extract of the stock has Insee's own names, after the vintage.
_STOCK = ("LOG", "RP", "RSECOCC", "LOGVAC")


def read(path: Path, *, source: Source) -> dict[str, pd.DataFrame]:
    """Read the tables `population`, `age_groups` (persons) and `dwellings` of one census.

    An extract of the stock alone (`CODGEO` and `P21_LOG`, `P21_RP`, `P21_RSECOCC`, `P21_LOGVAC`) gives `dwellings`.

    Raises:
        SourceError: file missing, damaged or without an expected column; a commune given twice; a count that
            is not a positive number.
    """
    assert source.vintage is not None, f"{source.id} has no vintage"
    vintage = source.vintage
    if source.tables == ("dwellings",):
        return {"dwellings": _read_stock(path, source=source, vintage=vintage)}
    columns = {**_AGES, **_DWELLINGS, **_POPULATION}
    frame = read_delimited(path, columns=["code_insee", *columns], separator=",", member=source.member)
    require_communes(frame, code="code_insee", path=path)

    def tidy(names: dict[str, str]) -> pd.DataFrame:
        dated = {column: (variable, vintage) for column, variable in names.items()}
        return to_tidy(frame, code="code_insee", names=dated, path=path)

    return {"population": tidy(_POPULATION), "age_groups": tidy(_AGES), "dwellings": tidy(_DWELLINGS)}


def _read_stock(path: Path, *, source: Source, vintage: int) -> pd.DataFrame:
    names = {f"P{vintage % 100:02d}_{name}": (name, vintage) for name in _STOCK}
    frame = read_delimited(path, columns=["CODGEO", *names], separator=";", member=source.member)
    require_communes(frame, code="CODGEO", path=path)
    return to_tidy(frame, code="CODGEO", names=names, path=path)
