"""To which EPCI, département, région and kind of commune each commune belongs (Insee, tables of any year)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from helpers import levels
from helpers.sources.files import require_communes
from helpers.sources.registry import Source
from helpers.sources.workbooks import read_sheets

# What the tables write for a commune that belongs to none.
_NONE = "Z+"
# The levels that a table of membership gives, by their names there.
_LEVELS = {level.insee: level.column for level in levels.divided()}
_NAMES = {
    "CODGEO": "code", "LIBGEO": "name", "COM": "city", "NIVGEO": "level", "CATEAAV2020": "category", **_LEVELS,
}  # fmt: skip
# Insee's place of a commune in the attraction areas of towns, drawn up in 2020: absent from earlier tables.
_CATEGORY = "CATEAAV2020"


def read(path: Path, *, source: Source) -> dict[str, pd.DataFrame]:
    """Read three frames of text from the "table d'appartenance géographique" of the year of the record.

    * `communes`: `code, name`, the code of each level (`epci, arrondissement, department, region`, missing where the
      commune belongs to none) and `category` (as in `helpers.schemas.CATEGORIES`, missing before 2021);
    * `arrondissements`: `code, name, city`, the municipal arrondissements of Paris, Lyon, Marseille;
    * `zones`: `level` (ARR, DEP, REG, EPCI...), `code, name`.

    A record of the family "epci" is read by `read_epci`.

    Raises:
        SourceError: file missing, damaged, without an expected sheet or column; a commune given twice.
    """
    if source.family == "epci":
        return read_epci(path, source=source)
    columns = ["CODGEO", "LIBGEO", *_LEVELS]
    communes = _sheet(path, "COM", columns=columns, optional=[_CATEGORY], source=source)
    arrondissements = _sheet(path, "ARM", columns=["CODGEO", "LIBGEO", "COM"], source=source)
    zones = _sheet(path, "Zones_supra_communales", columns=["NIVGEO", "CODGEO", "LIBGEO"], source=source)
    require_communes(communes, code="code", path=f"{path}, feuille COM")
    return {"communes": _leave_empty(communes), "arrondissements": arrondissements, "zones": zones}


def read_epci(path: Path, *, source: Source) -> dict[str, pd.DataFrame]:
    """Read two frames of text from the composition of the EPCI (epci_au_01-01-20YY) of the year of the record.

    * `communes`: `code, name, department, region, epci, category` (`epci` missing outside any EPCI, `category`
      throughout: these files do not tell it);
    * `zones`: `level` (EPCI), `code, name`.

    Raises:
        SourceError: file missing, damaged, without an expected sheet or column; a commune given twice.
    """
    title = "Composition_communale"
    columns = ["CODGEO", "LIBGEO", "DEP", "REG", "EPCI", "LIBEPCI"]
    frame = _sheet(path, title, columns=columns, source=source)
    require_communes(frame, code="code", path=f"{path}, feuille {title}")
    communes = _leave_empty(frame[["code", "name", "department", "region", "epci"]]).assign(category=None)
    inside = frame.loc[communes["epci"].notna(), ["epci", "LIBEPCI"]].drop_duplicates("epci")
    zones = inside.rename(columns={"epci": "code", "LIBEPCI": "name"}).sort_values("code", ignore_index=True)
    zones.insert(0, "level", "EPCI")
    return {"communes": communes, "zones": zones}


def _sheet(
    path: Path, title: str, *, columns: Sequence[str], source: Source, optional: Sequence[str] = ()
) -> pd.DataFrame:
    """Read the named columns of one sheet as text, under the names of this project; an optional one may be missing."""
    _, frame = next(read_sheets(path, columns=columns, titles=title, member=source.member))
    named = frame.reindex(columns=[*columns, *optional])
    return named.astype("str").reset_index(drop=True).rename(columns=_NAMES)


def _leave_empty(communes: pd.DataFrame) -> pd.DataFrame:
    """Leave empty the codes of levels that a commune belongs to none of."""
    found = communes.columns.intersection(list(_LEVELS.values()))
    return communes.assign(
        **{name: communes[name].mask(communes[name].str.fullmatch(_NONE)) for name in found}
    )
