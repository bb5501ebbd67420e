"""Sitadel: homes authorised and started by commune and year, at the true date of the event (SDES, DiDo)."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from helpers.errors import SourceError
from helpers.sources.files import read_text, require_columns, require_communes, require_years, to_tidy
from helpers.sources.registry import Source

_VARIABLES = {"LOG_AUT": "LOGAUT", "LOG_COM": "LOGCOM"}
_COLUMNS = ["ANNEE", "COMM", "LOG_COM"]
_ALL_TYPES = "Tous Logements"


def read(path: Path, *, source: Source) -> dict[str, pd.DataFrame]:
    """Read the table `flows`: `code, since, year, variable, value` (homes authorised, LOGAUT, and started, LOGCOM).

    Homes authorised, or whose works started, from 1 January `since` to 31 December `since`, `year` being the next one,
    all types together: houses alone or grouped, flats, homes of residences. Starts are those declared, not estimated:
    SDES reckons that about 15 % of them are never declared, and one is declared up to some two years
    after the works began. The last 24 months of the file are therefore provisional, and low.

    Columns of the file: ANNEE, COMM, TYPE_LGT, LOG_AUT (where it is given), LOG_COM and areas; TYPE_LGT
    "Tous Logements" is the total of the other types, which are left out. A file without TYPE_LGT gives totals. A year
    that is not known yet is empty, and has no row. Paris and its arrondissements are both there.

    Raises:
        SourceError: file missing, damaged, without an expected column or year; monthly file; a commune given
            twice for a year; a count that is not a positive number.
    """
    frame = read_text(path, separator=";", member=source.member)
    if "MOIS" in frame.columns:
        raise SourceError(
            f"{path} est la série mensuelle en date de prise en compte (colonne MOIS).",
            remedy="Le SDES la dit non comparable aux séries en date réelle : téléchargez la série annuelle "
            f"communale en date réelle depuis {source.page}.",
        )
    require_columns(frame, _COLUMNS, path=path)
    if "TYPE_LGT" in frame.columns:
        frame = _totals(frame, path=path)
    require_communes(frame, code="COMM", keys=["ANNEE"], path=path)
    years = frame["ANNEE"].astype("str")
    odd = years[~years.str.fullmatch(r"(?:19|20)\d{2}", na=False)]
    if len(odd):
        raise SourceError(
            f"{path}, ligne {odd.index[0] + 2}, colonne ANNEE : {odd.iloc[0]!r} n'est pas une année.",
            remedy="Téléchargez le fichier de nouveau.",
        )
    since = years.astype("int64")
    parts = []
    for column, variable in _VARIABLES.items():
        if column not in frame.columns:
            continue
        part = to_tidy(frame, code="COMM", names={column: (variable, 0)}, path=path)
        begun = since[frame[column].notna()].to_numpy()
        part["year"] = begun + 1
        part.insert(1, "since", begun)
        parts.append(part)
    # Years still without starts are there all the same.
    require_years(set(since), source=source, path=path)
    return {"flows": pd.concat(parts, ignore_index=True)}


def _totals(frame: pd.DataFrame, *, path: Path) -> pd.DataFrame:
    """Keep the rows of all types together."""
    kept = frame[frame["TYPE_LGT"].str.strip().str.lower() == _ALL_TYPES.lower()]
    if kept.empty:
        held = ", ".join(map(repr, frame["TYPE_LGT"].dropna().unique()[:8]))
        raise SourceError(
            f"{path} n'a pas de ligne TYPE_LGT {_ALL_TYPES!r}.",
            remedy=f"Le fichier contient : {held}. Téléchargez la série communale tous types, depuis la page de la "
            "source.",
        )
    return kept
