"""Insee's "table d'appartenance": to which EPCI, département and region each commune belongs."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pandas as pd

from helpers.errors import SourceError
from helpers.sources.files import read_bytes, require_columns

_HEADER_ROWS = 5
_NO_EPCI = "ZZZZZZZZZ"


def read(path: Path, *, member: str) -> dict[str, pd.DataFrame]:
    """Three frames of text.

    * `communes`: `code, name, department, region, epci` (`epci` missing outside any EPCI);
    * `arrondissements`: `code, name, city`, the municipal arrondissements of Paris, Lyon, Marseille;
    * `zones`: `level` (ARR, DEP, REG, EPCI...), `code, name`.

    Raises:
        SourceError: file missing, damaged, or without an expected sheet or column.
    """
    content = io.BytesIO(read_bytes(path, member=member))
    try:
        sheets = pd.read_excel(
            content, sheet_name=["COM", "ARM", "Zones_supra_communales"], header=_HEADER_ROWS, dtype=str
        )
    except (ValueError, KeyError, OSError, zipfile.BadZipFile) as error:
        raise SourceError(
            f"Table d'appartenance illisible : {path}, {member} ({error}).",
            remedy="Vérifiez le millésime : la table doit avoir les feuilles COM, ARM et Zones_supra_communales.",
        ) from error
    communes, arrondissements, zones = sheets["COM"], sheets["ARM"], sheets["Zones_supra_communales"]
    require_columns(communes, ["CODGEO", "LIBGEO", "DEP", "REG", "EPCI"], path=path)
    require_columns(arrondissements, ["CODGEO", "LIBGEO", "COM"], path=path)
    require_columns(zones, ["NIVGEO", "CODGEO", "LIBGEO"], path=path)
    names = {
        "CODGEO": "code", "LIBGEO": "name", "DEP": "department", "REG": "region", "EPCI": "epci", "COM": "city",
        "NIVGEO": "level",
    }  # fmt: skip
    return {
        "communes": communes.rename(columns=names)[["code", "name", "department", "region", "epci"]].replace(
            {"epci": {_NO_EPCI: None}}
        ),
        "arrondissements": arrondissements.rename(columns=names)[["code", "name", "city"]],
        "zones": zones.rename(columns=names)[["level", "code", "name"]],
    }
