"""Postal codes of communes (La Poste), from the list of communes of Etalab."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from helpers.errors import SourceError
from helpers.sources.files import read_delimited, require_communes
from helpers.sources.registry import Source

_COLUMNS = {"code": "code", "codes_postaux": "postal_code"}


def read(path: Path, *, source: Source | None = None) -> dict[str, pd.DataFrame]:
    """Read `code, postal_code` (text), one row by pair, sorted: a commune may have several, and share them.

    The file gives those of a commune in one cell, a comma between two. `source` is not used.

    Raises:
        SourceError: file missing, damaged, without these columns, or with something else than a postal code.
    """
    frame = read_delimited(path, columns=_COLUMNS, separator=";")
    require_communes(frame, code="code", path=path)
    pairs = frame[list(_COLUMNS)].rename(columns=_COLUMNS)
    pairs = pairs.assign(postal_code=pairs["postal_code"].str.split(",")).explode("postal_code").dropna()
    wrong = pairs[~pairs["postal_code"].str.fullmatch(r"\d{5}")]
    if len(wrong):
        code, postal_code = wrong.iloc[0]
        raise SourceError(
            f"{path} : {postal_code!r} n'est pas un code postal (commune {code}).",
            remedy="Attendu cinq chiffres, et une virgule entre deux codes.",
        )
    pairs = pairs.drop_duplicates().sort_values(["code", "postal_code"], ignore_index=True)
    return {"postal_codes": pairs}
