"""Births and deaths by commune of residence and year (Insee, base_naissances and base_deces)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from helpers.errors import SourceError
from helpers.sources.files import (
    parse_numbers,
    read_text,
    require_columns,
    require_communes,
    require_years,
    to_tidy,
)
from helpers.sources.registry import Source
from helpers.sources.workbooks import is_workbook, read_sheets

# Family of the record -> variable of the store, prefix of the columns, measure of the tidy layout.
_KINDS = {"naissances": ("NAIS", "NAISD", "LVB"), "deces": ("DECE", "DECESD", "DTH")}
_TIDY = ["GEO", "GEO_OBJECT", "TIME_PERIOD", "OBS_VALUE"]
_MEASURE = "EC_MEASURE"
# Columns have two digits: 68 is 1968, 67 is 2067.
_FIRST_YEAR = 1968
# Codes of the cities that have municipal arrondissements, and how those of the arrondissements begin.
_CITIES = {"75056": "751", "69123": "6938", "13055": "132"}
# Rows of these cities whose arrondissement is not known bear the code of an arrondissement without its last figures.
_UNKNOWN_ARRONDISSEMENT = ("751XX", "693XX", "132XX")


def read(path: Path, *, source: Source) -> dict[str, pd.DataFrame]:
    """Read the table `flows`: `code, since, year, variable, value` (events of each year).

    They are births (NAIS) or deaths (DECE), as the family of the record says. An event counts where the mother or the
    deceased lived; the year runs from 1 January `since` to 31 December `since`, so `year` is the next one, as
    for any flow.

    Two layouts. To 2023 or so, columns CODGEO, then NAISD08 ... NAISD19 (DECESD08 ...), two digits of the year,
    as text or workbook; since, tidy text: GEO, GEO_OBJECT (COM, ARM, and larger territories, left out), EC_MEASURE,
    TIME_PERIOD, OBS_VALUE. The rows of Paris, Lyon and Marseille may count the events whose arrondissement is
    unknown, beside those of each arrondissement: where such a row is under the sum of its arrondissements,
    it is raised by it. Rows of an unknown arrondissement (751XX, 693XX, 132XX) are those of no place: left out.

    Raises:
        SourceError: file missing, damaged, of another vintage, of another kind of event, without an expected
            column; a commune given twice; a count that is not a positive number.
    """
    parts = [
        _read_tidy(frame, source=source, where=where)
        if "TIME_PERIOD" in frame.columns
        else _read_wide(frame, source=source, where=where)
        for where, frame in _tables(path, source=source)
    ]
    flows = pd.concat(parts, ignore_index=True)
    flows.insert(1, "since", flows["year"] - 1)
    require_years(set(flows["since"]), source=source, path=path)
    return {"flows": _complete(flows)}


def _read_wide(frame: pd.DataFrame, *, source: Source, where: str) -> pd.DataFrame:
    """Read the layout with a row by commune and a column by year."""
    variable, prefix, _ = _kind(source)
    require_columns(frame, ["CODGEO"], path=where)
    frame = frame[~frame["CODGEO"].isin(_UNKNOWN_ARRONDISSEMENT)]
    names = {
        str(name): (variable, _year(found[1]) + 1)
        for name in frame.columns
        if (found := re.fullmatch(prefix + r"(\d{2})", name))
    }
    if not names:
        require_columns(frame, [f"{prefix}{(source.vintage or 0) % 100:02d}"], path=where)
    require_communes(frame, code="CODGEO", path=where)
    return to_tidy(frame, code="CODGEO", names=names, path=where)


def _read_tidy(frame: pd.DataFrame, *, source: Source, where: str) -> pd.DataFrame:
    """Read the layout with a row by territory and year."""
    variable, _, measure = _kind(source)
    require_columns(frame, _TIDY, path=where)
    frame = frame[frame["GEO_OBJECT"].isin(["COM", "ARM"]) & ~frame["GEO"].isin(_UNKNOWN_ARRONDISSEMENT)]
    other = (
        frame.loc[frame[_MEASURE] != measure, _MEASURE]
        if _MEASURE in frame.columns
        else frame["GEO"].iloc[:0]
    )
    if len(other):
        raise SourceError(
            f"{where}, ligne {other.index[0] + 2}, colonne {_MEASURE} : {other.iloc[0]!r} n'est pas {measure!r}.",
            remedy=f"Naissances et décès ont été échangés : téléchargez le bon fichier depuis {source.page}.",
        )
    require_communes(frame, code="GEO", keys=["TIME_PERIOD"], path=where)
    years = parse_numbers(frame["TIME_PERIOD"], path=where)
    counts = to_tidy(frame, code="GEO", names={"OBS_VALUE": (variable, 0)}, path=where)
    return counts.assign(year=years[frame["OBS_VALUE"].notna()].to_numpy(dtype="int64") + 1)


def _kind(source: Source) -> tuple[str, str, str]:
    if source.family not in _KINDS:
        raise SourceError(
            f"La source {source.id} est de la famille {source.family!r} : naissances ou décès ?",
            remedy=f"Donnez-lui dans le registre l'une des familles : {', '.join(_KINDS)}.",
        )
    return _KINDS[source.family]


def _tables(path: Path, *, source: Source) -> Iterator[tuple[str, pd.DataFrame]]:
    if not is_workbook(path, member=source.member):
        yield str(path), read_text(path, separator=";", member=source.member)
        return
    # A sheet of communes, and in some vintages one of arrondissements.
    for title, frame in read_sheets(path, columns=["CODGEO"], titles="COM|ARM", member=source.member):
        yield f"{path}, feuille {title}", frame


def _year(digits: str) -> int:
    first = _FIRST_YEAR % 100
    return _FIRST_YEAR + (int(digits) - first) % 100


def _complete(flows: pd.DataFrame) -> pd.DataFrame:
    """Complete the cities raised by their arrondissements where they only count what these do not."""
    flows = flows.copy()
    for city, start in _CITIES.items():
        inside = flows["code"].str.startswith(start)
        whole = flows["since"].map(flows[inside].groupby("since")["value"].sum())
        leftover = (flows["code"] == city) & (flows["value"] < whole)
        flows.loc[leftover, "value"] += whole[leftover]
    return flows
