"""Bring an official file to the folder of official files, and be sure of it before it is read.

A download goes through three names: `<name>.part` while it comes (what has come is kept, a later call goes on from
there), `<name>.nouveau` once whole but not yet found good, then its own name. The first two are in `.en-cours/`, under
the folder.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from helpers import paths
from helpers.errors import SourceError
from helpers.sources.files import find_file
from helpers.sources.registry import Source
from helpers.sources.transfer import MovedError, Progress, transfer
from helpers.sources.verification import record_checksum, verify_edition, verify_whole

MIRROR = "HELPERS_MIRROR"
ASIDE = ".en-cours"


class AbsentError(SourceError):
    """No address nor mirror gives the file: it is to be dropped by hand."""


def fetch(
    source: Source,
    *,
    folder: Path,
    progress: Progress | None = None,
    mirror: str | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Path:
    """Fetch the file of a source to `folder` unless it is there, and check it in any case; returns its path.

    A file that is there already, dropped by hand or not, goes through the same checks and is not downloaded. The
    checksum is compared with the registry's or, for want of one, with that recorded the first time the file
    was seen. `mirror` (`$HELPERS_MIRROR`) is an address or a folder that stands for every official address: the
    file is `<mirror>/<name of the file>`.

    Raises:
        NetworkError: the network is out of reach.
        AbsentError: no address is known, or none gives the file any more; names the page to open.
        SourceError: the transfer keeps failing, the file is damaged or of another edition than the one
            expected; says what to do.
    """
    present = find_file(source, folder)
    if present is not None:
        verify_whole(present, source=source)
        verify_edition(present, source=source, folder=folder)
        return present
    fresh = _fresh(source, folder)
    if mirror is None:
        mirror = os.environ.get(MIRROR)
    with _writing(fresh):
        if not fresh.is_file():
            _obtain(fresh, source=source, mirror=mirror or "", progress=progress, sleep=sleep)
        try:
            verify_whole(fresh, source=source)
        except SourceError:
            fresh.unlink()
            raise
        verify_edition(fresh, source=source, folder=folder)
        return _settle(fresh, source=source, folder=folder)


def find_refused(source: Source, folder: Path) -> Path | None:
    """Find the file that was downloaded and refused, as another edition than the one known; None without one."""
    fresh = _fresh(source, folder)
    return fresh if fresh.is_file() else None


def accept(source: Source, *, folder: Path) -> Path:
    """Accept the edition at hand: its checksum is recorded, and the file put in its place, which is returned.

    It is the file that `fetch` refused, downloaded or dropped.

    Raises:
        SourceError: there is no such file, or it is damaged.
    """
    fresh = _fresh(source, folder)
    path = find_file(source, folder) or fresh
    if not path.is_file():
        raise SourceError(
            f"Il n'y a rien à accepter pour {source.id} : {source.name} n'est pas dans {folder}.",
            remedy=f"Lancez d'abord make data only={source.id}, ou déposez-y le fichier.",
        )
    verify_whole(path, source=source)
    with _writing(path):
        record_checksum(source, folder=folder, checksum=paths.hash_file(path))
        return _settle(path, source=source, folder=folder) if path == fresh else path


def _fresh(source: Source, folder: Path) -> Path:
    """Name where a file stands once whole, as long as it is not known to be good."""
    assert source.file is not None, f"{source.id} is not a file"
    return folder / ASIDE / f"{source.name}.nouveau"


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    """Say in French what the disk refuses."""
    try:
        yield
    except OSError as error:
        # Faults of the network are said where they happen: those that are left are the disk's.
        raise SourceError(
            f"Écriture impossible : {path} ({error.strerror or error}).",
            remedy="Vérifiez la place libre et les droits du dossier, ou donnez-en un autre par "
            "HELPERS_SOURCES=<dossier>. Ce qui est déjà téléchargé n'est pas perdu.",
        ) from error


def _settle(path: Path, *, source: Source, folder: Path) -> Path:
    """Put the file under its own name."""
    assert source.file is not None
    target = folder / source.file
    target.parent.mkdir(parents=True, exist_ok=True)
    path.replace(target)
    if not any(path.parent.iterdir()):
        path.parent.rmdir()
    return target


def _obtain(
    fresh: Path,
    *,
    source: Source,
    mirror: str,
    progress: Progress | None,
    sleep: Callable[[float], None],
) -> None:
    """Bring the whole file to `fresh`: from the mirror, or else from its addresses in turn."""
    fresh.parent.mkdir(parents=True, exist_ok=True)
    if mirror and not _is_address(mirror):
        _copy(Path(mirror), fresh, source=source, progress=progress)
        return
    if mirror:
        addresses = [f"{mirror.rstrip('/')}/{quote(source.name)}"]
    else:
        addresses = [address for address in (source.url, source.alternative_url) if address]
    reasons = []
    for address in addresses:
        try:
            transfer(address, fresh, part=fresh.with_suffix(".part"), progress=progress, sleep=sleep)
        except MovedError as error:
            reasons.append(error.message)
            continue
        return
    raise _lost(source, reasons=reasons, folder=fresh.parent.parent, mirror=mirror)


def _is_address(mirror: str) -> bool:
    return mirror.startswith(("http://", "https://"))


def _copy(mirror: Path, fresh: Path, *, source: Source, progress: Progress | None) -> None:
    """Copy the file from a folder."""
    if not mirror.is_dir():
        raise SourceError(
            f"Le miroir {mirror} n'est pas un dossier.",
            remedy=f"Donnez à {MIRROR} un dossier qui existe ou une adresse http(s)://, ou videz-le.",
        )
    path = find_file(source, mirror)
    if path is None:
        raise _lost(source, reasons=[], folder=fresh.parent.parent, mirror=str(mirror))
    aside = fresh.with_suffix(".part")
    shutil.copyfile(path, aside)
    size = aside.stat().st_size
    aside.replace(fresh)
    if progress is not None:
        progress(size, size)


def _lost(source: Source, *, reasons: list[str], folder: Path, mirror: str) -> AbsentError:
    """Return the error of a file that is at none of its addresses, or has none that is known."""
    by_hand = (
        f"Ouvrez {source.page}, cherchez « {source.title} », et déposez le fichier sous le nom {source.name} dans "
        f"{folder}, puis relancez."
    )
    if mirror:
        found = f" ({' '.join(reasons)})" if reasons else ""
        return AbsentError(
            f"Le miroir {mirror} ne donne pas {source.name}{found}.",
            remedy=f"Ajoutez-le au miroir, ou videz {MIRROR}. {by_hand}",
        )
    if reasons:
        return AbsentError(
            f"L'adresse de {source.title} a changé. {' '.join(reasons)}",
            remedy=f"{by_hand} Signalez la nouvelle adresse, ou corrigez-la dans registry.toml ({source.id}).",
        )
    return AbsentError(f"Aucune adresse connue pour {source.title} ({source.id}).", remedy=by_hand)
