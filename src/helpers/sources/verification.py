"""Be sure of an official file before it is read: whole, of the kind that its name says, of the edition known.

Checksums seen once are kept in `empreintes.json`, at the root of the folder of official files.
"""

from __future__ import annotations

import json
import os
import zipfile
import zlib
from pathlib import Path

import pyarrow.parquet as pq

from helpers import paths
from helpers.errors import SourceError
from helpers.sources.files import is_web_page, require_size, unreadable
from helpers.sources.registry import Source

CHECKSUMS = "empreintes.json"

_ARCHIVES = (".zip", ".xlsx")


def verify_whole(path: Path, *, source: Source) -> None:
    """Insist on a whole file, of the kind that its name says.

    Raises:
        SourceError: web page in its place, empty file, truncated archive or Parquet, archive that would fill the disk.
    """
    if is_web_page(path):
        raise SourceError(
            f"{path} est une page web, et non le fichier attendu ({source.title}).",
            remedy=f"L'adresse a sans doute changé : ouvrez {source.page}, téléchargez le fichier et déposez-le sous "
            f"le nom {source.name}.",
        )
    kind = Path(source.name).suffix.lower()
    if not _is_whole(path, kind=kind):
        size = path.stat().st_size
        raise SourceError(
            f"{path} est tronqué, ou n'est pas un fichier {kind} ({size} octets).",
            remedy="Relancez : il sera téléchargé de nouveau. S'il a été déposé à la main, supprimez-le d'abord.",
        )
    try:
        require_size(path)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
        raise unreadable(path, error) from error


def _is_whole(path: Path, *, kind: str) -> bool:
    """Tell whether a file holds something, and an archive or a Parquet file its contents, which are at its end."""
    try:
        if kind in _ARCHIVES:
            with zipfile.ZipFile(path) as archive:
                return bool(archive.namelist())
        if kind == ".parquet":
            pq.read_metadata(path)
    except (zipfile.BadZipFile, OSError, ValueError):
        return False
    return path.stat().st_size > 0


def verify_edition(path: Path, *, source: Source, folder: Path) -> None:
    """Insist on the edition that is known, by its checksum (SHA-256); the first one to come is recorded as such.

    The checksum known is the registry's or, for want of one, that recorded in `folder`.

    Raises:
        SourceError: it is another one.
    """
    checksum = paths.hash_file(path)
    recorded = read_checksums(folder).get(source.id)
    known = [one for one in (source.sha256, recorded) if one]
    size = path.stat().st_size
    if checksum in known:
        return
    if known or source.size not in (None, size):
        expected = known[-1] if known else f"{source.size} octets"
        given = checksum if known else f"{size} octets"
        raise SourceError(
            f"{path} n'est pas l'édition connue de {source.title} : nouvelle édition ? Attendu : {expected} ; "
            f"reçu : {given}.",
            remedy=f"Si {source.page} annonce une mise à jour, acceptez-la : make data accept={source.id}. Sinon, "
            f"supprimez {path} et relancez.",
        )
    # A folder that is only read stays as it is.
    if os.access(folder, os.W_OK):
        record_checksum(source, folder=folder, checksum=checksum)


def read_checksums(folder: Path) -> dict[str, str]:
    """Read the checksums recorded in a folder, by identifier of source.

    Raises:
        SourceError: their file is damaged.
    """
    path = folder / CHECKSUMS
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise SourceError(
            f"{path} est illisible ({error}).",
            remedy="Supprimez-le : les empreintes seront relevées de nouveau sur les fichiers présents.",
        ) from error
    return dict(content)


def record_checksum(source: Source, *, folder: Path, checksum: str) -> None:
    """Record the checksum of the edition taken for the good one."""
    checksums = {**read_checksums(folder), source.id: checksum}
    path = folder / CHECKSUMS
    paths.write(path, json.dumps(checksums, indent=2, sort_keys=True) + "\n")
