"""Rows of Insee's Melodi, from its interface or from its national files -> the store's tables.

What is read of each data set is in `melodi_forms`, how in `melodi_figures`: the same queries read both. Years
come from the rows, never from here.
"""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from helpers import french, levels, schemas
from helpers.errors import SourceError
from helpers.sources.duckdb_scan import open_scan
from helpers.sources.melodi_figures import AREA, Figures, Report
from helpers.sources.melodi_forms import find_form
from helpers.sources.registry import Source

LEVELS = levels.by_insee()
NOTES = "notes"

# Insee's own départements are compared with their communes, then left out: the store adds communes up itself.
# The other territories would need their composition, which the files do not give.
_NATIONAL = {kind: LEVELS[kind] for kind in ("COM", "DEP")}
_DATA = "_data.csv"


@dataclass(frozen=True)
class Reading:
    """What the rows of a data set give: tables of the store, notes, and the edition that they are of."""

    tables: dict[str, pd.DataFrame]
    notes: pd.DataFrame
    # The years of the figures (of events, those in which they begin), oldest first.
    years: tuple[int, ...] = ()
    # Year (1 January) of the list of communes; none where the rows do not name it.
    geography: int | None = None


def to_tables(rows: pd.DataFrame, *, dataset: str) -> dict[str, pd.DataFrame]:
    """Turn rows of a data set of Melodi into the store's tables that it feeds, and `notes`: as `read_rows`.

    Raises:
        SourceError: as `read_rows`; a value given twice or negative; parts that do not add up to their whole.
    """
    reading = read_rows(rows, dataset=dataset)
    return {**reading.tables, NOTES: reading.notes}


def read_rows(rows: pd.DataFrame, *, dataset: str, report: Report | None = None) -> Reading:
    """Read the rows of a data set of Melodi: the store's tables that it feeds, its notes, its edition.

    `rows` have one column per dimension, `GEO` ("COM-59299", with or without the year of its list before;
    or a bare code beside `GEO_OBJECT`), `TIME_PERIOD`, `OBS_VALUE` (number) and, where the data set has it,
    `OBS_STATUS`; the births and deaths of the series run since the census before in `rows`, which must then
    hold every census. Territories of other levels than those of `helpers.levels` are left out.

    Tables have their columns of the store less `origin` and `source`: persons, dwellings, rooms, years, events.
    A value that is missing, or included in another commune's, has no row. `notes` has `level, code, year,
    status`: K where the figures are included in those of another commune, W where they include another's.

    With `report`, figures given twice, negative, or that do not add up, are left out, and it receives a French sentence
    that names them.

    Raises:
        SourceError: unknown data set, dimension or code; rows of several lists of communes.
    """
    form = find_form(dataset)
    if rows.empty:
        return Reading(
            {table: pd.DataFrame(columns=[*schemas.key_columns(table), "value"]) for table in form.tables},
            pd.DataFrame(columns=[*AREA, "status"]),
        )
    with duckdb.connect() as connection:
        connection.register("rows", pa.Table.from_pandas(rows, preserve_index=False))
        figures = Figures(form, dataset=dataset, connection=connection, report=report)
        figures.collect(
            lambda query: connection.sql(query).to_arrow_table(),
            columns=list(rows.columns),
            levels=LEVELS,
            text=False,
        )
        figures.check()
        listed = figures.geographies()
        if len(listed) > 1:
            raise SourceError(
                f"{dataset} : lignes dans les listes de communes de {french.enumerate_words(list(map(str, listed)))}.",
                remedy="Une réponse n'a qu'une édition : réessayez plus tard, sans miroir (HELPERS_MIRROR vide).",
            )
        return Reading(
            figures.tables(), figures.notes(), tuple(figures.years()), listed[0] if listed else None
        )


def read(path: Path, *, source: Source) -> dict[str, pd.DataFrame]:
    """Read the store's tables of a national file of Melodi: `code, year, variable`, dimensions, `value`, by commune.

    The file is the zip archive of `<data set>_<year>_data.csv`, that CSV alone, or Parquet; `source.dataset`
    names the data set. A value that is missing, or included in another commune's, has no row.
    The other territories are left out, once each département was found to be the sum of its communes.

    Raises:
        SourceError: as `to_tables`; file missing, damaged or of another vintage; list of communes of another
            year than the registry's; département that is not the sum of its communes.
    """
    with _collected(path, source) as figures:
        figures.check()
        figures.check_departments()
        tables = {name: table for name, table in figures.tables(level="commune").items() if len(table)}
    if not tables:
        raise SourceError(
            f"{path} ne donne aucun chiffre de commune.",
            remedy=f"Téléchargez le fichier national ({source.page}) : toutes les communes y ont GEO_OBJECT = COM.",
        )
    return tables


@contextmanager
def _collected(path: Path, source: Source) -> Iterator[Figures]:
    """Collect the wanted figures of a file, of the edition that the registry describes."""
    form, dataset = find_form(source.dataset), str(source.dataset)
    member = _find_member(path, source)
    # What any data set has: whatever is not such a file is reported at once.
    with open_scan(path, columns=["GEO", "TIME_PERIOD", "OBS_VALUE"], member=member):
        columns = _columns(path, member=member)
    with open_scan(path, columns=columns, member=member) as scan:
        figures = Figures(form, dataset=dataset, connection=scan.connection)
        text = scan.types["OBS_VALUE"] == "VARCHAR"
        figures.collect(scan.fetch, columns=columns, levels=_NATIONAL, text=text)
        _check_edition(figures, path, source)
        yield figures


def _find_member(path: Path, source: Source) -> str | None:
    """Find the file of data of an archive: the registry's, or else the one named as Insee names them.

    The name has not always the year, which the rows tell.
    """
    if not zipfile.is_zipfile(path):
        return None
    with zipfile.ZipFile(path) as archive:
        held = archive.namelist()
    data = [name for name in held if name.endswith(_DATA)]
    return source.member if source.member in held or len(data) != 1 else data[0]


def _columns(path: Path, *, member: str | None) -> list[str]:
    """Read the names of the columns of a file that could be opened."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive, archive.open(member or archive.namelist()[0]) as stream:
            header = stream.readline()
    else:
        with path.open("rb") as file:
            if file.read(4) == b"PAR1":
                return list(pq.read_schema(path).names)
            file.seek(0)
            header = file.readline()
    return next(csv.reader([header.decode("utf-8-sig")], delimiter=";"))


def _check_edition(figures: Figures, path: Path, source: Source) -> None:
    """Insist on the vintage and on the list of communes that the registry says."""
    years = figures.years()
    # Flows bear the year in which they begin.
    if source.vintage is not None and years[-1] != source.vintage:
        raise SourceError(
            f"{path} : la dernière année est {years[-1]}, pas {source.vintage} ({source.title}).",
            remedy=f"C'est une autre édition du fichier : téléchargez celle de {source.vintage} ({source.page}), ou "
            "corrigez vintage dans registry.toml.",
        )
    if strange := sorted(set(years) - set(source.dates)) if source.dates else []:
        raise SourceError(
            f"{path} : années inattendues {', '.join(map(str, strange))} ; attendues "
            f"{', '.join(map(str, source.dates))}.",
            remedy=f"Vérifiez l'édition du fichier ({source.page}), ou corrigez dates dans registry.toml.",
        )
    listed = figures.geographies()
    if source.geography is not None and listed not in ([], [source.geography]):
        raise SourceError(
            f"{path} : communes dans la liste de {', '.join(map(str, listed))}, pas de {source.geography}.",
            remedy="Corrigez geography dans registry.toml : les communes fusionnées depuis n'y sont pas les mêmes.",
        )
