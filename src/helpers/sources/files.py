"""What every reader needs: open a delimited file or an archive, insist on its columns, codes and numbers."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.errors import SourceError
from helpers.sources.registry import Source

# What a reader has to tell beside its values, in the `attrs` of a table.
NOTES = "notes"
_PAGE_STARTS = (b"<!doctype html", b"<html")
# Bytes that any packed file may unpack to, and, beyond, how many times its size. The most that was seen is 60 times.
_HEAVY, _RATIO = 50_000_000, 150
_BOM_AND_SPACES = b"\xef\xbb\xbf \t\r\n"


def find_file(source: Source, folder: Path) -> Path | None:
    """Find the file of a source: under its own name in the registry, or dropped at the root of `folder`."""
    assert source.file is not None, f"{source.id} is not a file"
    places = (folder / source.file, folder / source.name)
    return next((place for place in places if place.is_file()), None)


def locate(source: Source, folder: Path) -> Path:
    """Locate the file of a source, as `find_file`.

    Raises:
        SourceError: it is not there; names the page that gives it and where to drop it.
    """
    path = find_file(source, folder)
    if path is None:
        raise SourceError(
            f"Fichier absent : {folder / str(source.file)} ({source.title}).",
            remedy=f"Ouvrez {source.page}, téléchargez {source.name} et déposez-le dans {folder}, "
            "ou indiquez le dossier qui le contient par HELPERS_SOURCES=<dossier>.",
        )
    return path


def read_delimited(
    path: Path, *, columns: Iterable[str], separator: str, member: str | None = None
) -> pd.DataFrame:
    """Read the named columns of a delimited text file as text, an empty cell being a missing value.

    `member` names the file inside a zip archive. A byte-order mark is accepted.

    Raises:
        SourceError: file missing, truncated, or without one of the columns.
    """
    columns = list(columns)
    frame = read_text(path, separator=separator, member=member)
    require_columns(frame, columns, path=path)
    return frame[columns]


def read_text(
    path: Path, *, separator: str, member: str | None = None, encodings: Sequence[str] = ("utf-8-sig",)
) -> pd.DataFrame:
    """Read every column of a delimited text file as text, for the files whose columns bear years.

    `encodings` are tried in order. Names of columns lose the spaces around them; row n of the frame is
    line n + 2 of the file.

    Raises:
        SourceError: file missing, truncated or damaged.
    """
    content = read_bytes(path, member=member)
    try:
        # The header is read as a row: one that is longer is then an error, not columns shifted by one.
        rows = pd.read_csv(
            io.BytesIO(content),
            sep=separator,
            header=None,
            dtype=str,
            encoding=_encoding(content, encodings),
            keep_default_na=False,
            na_values=[""],
        )
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise unreadable(path, error) from error
    names = rows.iloc[0].rename(None).str.strip()
    return rows.iloc[1:].set_axis(names, axis="columns").reset_index(drop=True)


def _encoding(content: bytes, encodings: Sequence[str]) -> str:
    """Choose the first of `encodings` that reads the whole file; the last one, for it to say what it cannot read."""
    for encoding in encodings[:-1]:
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    return encodings[-1]


def read_bytes(path: Path, *, member: str | None = None) -> bytes:
    """Read the content of a file (that of a `.gz` once unpacked), or of one member of a zip archive.

    Raises:
        SourceError: file missing, web page in its place, archive damaged or without this member.
    """
    try:
        _refuse_page(path)
        require_size(path)
        if member is None:
            content = path.read_bytes()
            return gzip.decompress(content) if path.suffix == ".gz" else content
        with zipfile.ZipFile(path) as archive:
            return archive.read(member)
    except FileNotFoundError:
        raise missing(path) from None
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


def require_size(path: Path) -> None:
    """Insist that a file, when it is packed (zip, workbook, gzip), unpacks to a size that a file of figures may have.

    A zip announces the sizes of its members, beyond which nothing is read; a gzip is unpacked by pieces, none kept.

    Raises:
        SourceError: it would fill the memory or the disk.
    """
    most = max(_HEAVY, _RATIO * path.stat().st_size)
    size = _unpacked_gzip(path, most=most) if path.suffix == ".gz" else _unpacked_zip(path)
    if size > most:
        raise SourceError(
            f"{path} se déplierait en {size / 1e6:.0f} Mo au moins, {size // path.stat().st_size} fois sa taille : ce "
            "n'est pas un fichier de chiffres.",
            remedy="Supprimez-le et téléchargez-le depuis la page de la source.",
        )


def _unpacked_zip(path: Path) -> int:
    """Add up what the members of a zip announce; 0 of another file."""
    if not zipfile.is_zipfile(path):
        return 0
    with zipfile.ZipFile(path) as archive:
        return sum(member.file_size for member in archive.infolist())


def _unpacked_gzip(path: Path, *, most: int) -> int:
    """Count the bytes of an unpacked gzip, a little beyond `most` when there are more."""
    size = 0
    with gzip.open(path) as stream:
        while size <= most and (piece := stream.read(1 << 20)):
            size += len(piece)
    return size


def is_web_page(path: Path) -> bool:
    """Tell whether a file is the web page that a moved address gives in its place."""
    with path.open("rb") as file:
        start = file.read(512)
    return start.lstrip(_BOM_AND_SPACES).lower().startswith(_PAGE_STARTS)


def missing(path: Path) -> SourceError:
    """Return the error of a file that is not there."""
    return SourceError(
        f"Fichier absent : {path}.",
        remedy="Déposez-y le fichier officiel, ou indiquez son dossier par HELPERS_SOURCES=<dossier>.",
    )


def unreadable(path: Path, reason: BaseException | str) -> SourceError:
    """Return the error of a file that cannot be read."""
    return SourceError(
        f"Fichier illisible : {path} ({reason}).",
        remedy="Téléchargez-le de nouveau : il est sans doute tronqué ou d'un autre format.",
    )


def _refuse_page(path: Path) -> None:
    """Insist that a file is not a web page."""
    if is_web_page(path):
        raise SourceError(
            f"{path} est une page web, et non le fichier attendu.",
            remedy="Son adresse a sans doute changé : ouvrez la page de la source dans un navigateur, téléchargez "
            "le fichier et remplacez celui-ci.",
        )


def require_columns(frame: pd.DataFrame, columns: Iterable[str], *, path: Path | str) -> None:
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


def require_communes(
    frame: pd.DataFrame, *, code: str, path: Path | str, keys: Sequence[str] = ()
) -> pd.DataFrame:
    """Return the frame, once sure that `code` holds codes of communes, each there once (by value of `keys`).

    Raises:
        SourceError: a code that is not one (a zero lost by a spreadsheet, a note under the table), with its
            line; or a commune given twice.
    """
    codes = frame[code].astype("str")
    wrong = codes[~codes.str.fullmatch(r"[0-9][0-9AB][0-9]{3}", na=False)]
    if len(wrong):
        raise SourceError(
            f"{path}, ligne {wrong.index[0] + 2}, colonne {code} : {_shown(wrong.iloc[0])} n'est pas un code de "
            "commune.",
            remedy="Un code a cinq caractères, le zéro de tête compris (01004, 2A004) : ne réenregistrez pas le "
            "fichier depuis un tableur, téléchargez-le de nouveau.",
        )
    again = frame[frame.duplicated([code, *keys])]
    if len(again):
        which = " ".join(str(again.iloc[0][name]) for name in (code, *keys))
        raise SourceError(
            f"{path}, ligne {again.index[0] + 2} : la commune {which} y figure deux fois.",
            remedy="Téléchargez le fichier de nouveau ; si l'erreur persiste, ôtez la ligne en trop.",
        )
    return frame


def require_years(held: Iterable[int], *, source: Source, path: Path | str) -> None:
    """Insist on a file that goes as far as its record says: no older vintage under the name of a newer one.

    The years wanted are the record's `dates`, or else its `vintage`.

    Raises:
        SourceError: lists the missing years and those the file has.
    """
    held = set(held)
    wanted = source.dates or ((source.vintage,) if source.vintage is not None else ())
    missing = [year for year in wanted if year not in held]
    if missing:
        raise SourceError(
            f"{path} n'est pas du millésime attendu ({source.title}) : il y manque {', '.join(map(str, missing))}.",
            remedy=f"Le fichier contient : {', '.join(map(str, sorted(held))) or 'aucune année'}. "
            f"Téléchargez le bon millésime depuis {source.page}.",
        )


def note(tables: dict[str, pd.DataFrame], sentence: str) -> dict[str, pd.DataFrame]:
    """Attach a French sentence for the report of the ingest to the tables of a reader; an empty one is none."""
    for frame in tables.values():
        frame.attrs[NOTES] = [sentence] if sentence else []
    return tables


def join_code(department: pd.Series, commune: pd.Series) -> pd.Series:
    """Join the code of a département and that of a commune within it into the code of the commune.

    Both get back the zeros that a spreadsheet takes away. Overseas, the département has three characters
    and its last one may be repeated in the code of the commune (971 and 101), left out (971 and 01) or
    written as a zero (971 and 001): all give 97101.
    """
    left = department.astype("str").str.strip().str.zfill(2)
    right = commune.astype("str").str.strip().str.zfill(3)
    return (left + right.where(left.str.len() == 2, right.str[1:])).rename("code")


def to_tidy(
    frame: pd.DataFrame, *, code: str, names: dict[str, tuple[str, int]], path: Path | str
) -> pd.DataFrame:
    """Turn wide text columns into one row per value: `code, year, variable, value`.

    `code` names the column of the codes of communes; `names` maps a column of the file to its variable and year.
    Missing cells give no row: a value the producer does not publish is absent, never 0.

    Raises:
        SourceError: a cell that is neither empty nor a number.
    """
    parts = []
    for column, (variable, year) in names.items():
        values = parse_numbers(frame[column], path=path)
        part = pd.DataFrame({"code": frame[code], "year": year, "variable": variable, "value": values})
        parts.append(part.dropna(subset="value"))
    return pd.concat(parts, ignore_index=True)


def parse_numbers(column: pd.Series, *, path: Path | str) -> pd.Series:
    """Parse the numbers of a text column, empty cells staying missing.

    Raises:
        SourceError: shows the first cell that is not a number, or is negative, with its line.
    """
    numbers = pd.to_numeric(column, errors="coerce").astype("float64")
    wrong = column[~np.isfinite(numbers) & column.notna()]
    if len(wrong):
        raise SourceError(
            f"{path}, ligne {wrong.index[0] + 2}, colonne {column.name} : {_shown(wrong.iloc[0])} n'est pas un "
            "nombre.",
            remedy="Vérifiez le séparateur décimal et le millésime du fichier.",
        )
    negative = column[numbers < 0]
    if len(negative):
        raise SourceError(
            f"{path}, ligne {negative.index[0] + 2}, colonne {column.name} : {_shown(negative.iloc[0])} est négatif.",
            remedy="Aucun de ces comptes ne peut l'être : téléchargez le fichier de nouveau.",
        )
    return numbers


def _shown(value: object) -> str:
    """Write a cell as a message shows it: a missing one has no value to show."""
    return "une case vide" if pd.isna(value) else repr(value)
