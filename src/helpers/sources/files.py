"""What every reader needs: open a delimited file or an archive, and insist on its columns."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.errors import SourceError


def read_delimited(
    path: Path, *, columns: Iterable[str], separator: str, decimal: str = ".", member: str | None = None
) -> pd.DataFrame:
    """The named columns of a delimited text file as text, an empty cell being a missing value.

    `member` names the file inside a zip archive. A byte-order mark is accepted.

    Raises:
        SourceError: file missing, truncated, or without one of the columns.
    """
    columns = list(columns)
    content = read_bytes(path, member=member)
    try:
        # The header is read as a row: one that is longer is then an error, not columns shifted by one.
        rows = pd.read_csv(
            io.BytesIO(content),
            sep=separator,
            header=None,
            dtype=str,
            encoding="utf-8-sig",
            keep_default_na=False,
            na_values=[""],
        )
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise SourceError(
            f"Fichier illisible : {path} ({error}).",
            remedy="Téléchargez-le de nouveau : il est sans doute tronqué ou d'un autre format.",
        ) from error
    frame = rows.iloc[1:].set_axis(rows.iloc[0].rename(None), axis="columns").reset_index(drop=True)
    require_columns(frame, columns, path=path)
    frame = frame[columns]
    return (
        frame if decimal == "." else frame.apply(lambda column: column.str.replace(decimal, ".", regex=False))
    )


def read_bytes(path: Path, *, member: str | None = None) -> bytes:
    """The content of a file, or of one member of a zip archive.

    Raises:
        SourceError: file missing, archive damaged or without this member.
    """
    try:
        if member is None:
            return path.read_bytes()
        with zipfile.ZipFile(path) as archive:
            return archive.read(member)
    except FileNotFoundError:
        raise SourceError(
            f"Fichier absent : {path}.",
            remedy="Déposez-y le fichier officiel, ou indiquez son dossier par HELPERS_SOURCES=<dossier>.",
        ) from None
    except KeyError:
        with zipfile.ZipFile(path) as archive:
            held = ", ".join(archive.namelist())
        raise SourceError(
            f"L'archive {path} ne contient pas {member!r}.",
            remedy=f"Elle contient : {held}. Vérifiez le millésime du fichier.",
        ) from None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        raise SourceError(
            f"Fichier illisible : {path} ({error}).",
            remedy="Téléchargez-le de nouveau : il est sans doute tronqué.",
        ) from error


def require_columns(frame: pd.DataFrame, columns: Iterable[str], *, path: Path) -> None:
    """Insist on columns by name.

    Raises:
        SourceError: lists the missing columns and those the file has.
    """
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        raise SourceError(
            f"Colonnes absentes de {path} : {', '.join(missing)}.",
            remedy=f"Le fichier contient : {', '.join(map(str, frame.columns))}. "
            "Vérifiez son millésime, ou complétez le lecteur.",
        )


def to_tidy(frame: pd.DataFrame, *, code: str, names: dict[str, tuple[str, int]], path: Path) -> pd.DataFrame:
    """Wide text columns to one row per value: `code, year, variable, value`.

    `names` maps a column of the file to its variable and year. Missing cells give no row: a value
    the producer does not publish is absent, never 0.

    Raises:
        SourceError: a cell that is neither empty nor a number.
    """
    parts = []
    for column, (variable, year) in names.items():
        values = parse_numbers(frame[column], path=path)
        part = pd.DataFrame({"code": frame[code], "year": year, "variable": variable, "value": values})
        parts.append(part.dropna(subset="value"))
    return pd.concat(parts, ignore_index=True)


def parse_numbers(column: pd.Series, *, path: Path) -> pd.Series:
    """Text to numbers, empty cells staying missing.

    Raises:
        SourceError: shows the first cell that is not a number, with its line.
    """
    numbers = pd.to_numeric(column, errors="coerce").astype("float64")
    wrong = column[~np.isfinite(numbers) & column.notna()]
    if len(wrong):
        raise SourceError(
            f"{path}, ligne {wrong.index[0] + 2}, colonne {column.name} : {wrong.iloc[0]!r} n'est pas un nombre.",
            remedy="Vérifiez le séparateur décimal et le millésime du fichier.",
        )
    return numbers
