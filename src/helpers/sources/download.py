"""Bring an official file to the folder of official files, and be sure of it before it is read.

A download goes through three names: `<name>.part` while it comes (what has come is kept, a later call goes on from
there), `<name>.nouveau` once whole but not yet found good, then its own name. The first two are in `.en-cours/`, under
the folder. Checksums seen once are kept in `empreintes.json`, at its root.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pooch
import requests
from urllib3.exceptions import ProtocolError, ReadTimeoutError

from helpers.errors import NetworkError, SourceError
from helpers.sources.files import locate
from helpers.sources.registry import Source

MIRROR = "HELPERS_MIRROR"
CHECKSUMS = "empreintes.json"
ASIDE = ".en-cours"

_HEADERS = {
    "User-Agent": "diagnostic-communal",
    # Bytes as they are on the server's disk: their ranges are those of the file.
    "Accept-Encoding": "identity",
}
# What is lost of a transfer that is cut: less than this many bytes.
_CHUNK = 1 << 16
_TIMEOUT = (10, 60)
_ATTEMPTS = 5
# Seconds: the longest wait that is agreed to when a server says how long.
_PATIENCE = 120.0
_PAGE_STARTS = (b"<!doctype html", b"<html")
_ARCHIVES = (".zip", ".xlsx")
_PARQUET = b"PAR1"
_BOM_AND_SPACES = b"\xef\xbb\xbf \t\r\n"

# Told the bytes at hand and, when the server says it, how many there are in all.
Progress = Callable[[int, int | None], None]


class AbsentError(SourceError):
    """No address nor mirror gives the file: it is to be dropped by hand."""


class _MovedError(SourceError):
    """The server answers, and does not give the file at this address."""


class _PassingError(Exception):
    """A fault that may not last: try again after `wait` seconds, or after a wait of ours."""

    def __init__(self, reason: str, *, wait: float | None = None) -> None:
        super().__init__(reason)
        self.wait = wait


def fetch(
    source: Source,
    *,
    folder: Path,
    progress: Progress | None = None,
    mirror: str | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Path:
    """The file of a source under `folder`, downloaded if it is not there, and checked in any case.

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
    present = find(source, folder)
    if present is not None:
        _examine(present, source=source)
        _recognise(present, source=source, folder=folder)
        return present
    fresh = _fresh(source, folder)
    place = os.environ.get(MIRROR) if mirror is None else mirror
    with _writing(fresh):
        if not fresh.is_file():
            _obtain(fresh, source=source, mirror=place or "", progress=progress, sleep=sleep)
        try:
            _examine(fresh, source=source)
        except SourceError:
            fresh.unlink()
            raise
        _recognise(fresh, source=source, folder=folder)
        return _settle(fresh, source=source, folder=folder)


def find(source: Source, folder: Path) -> Path | None:
    """Where the file of a source is under `folder`, None when it is not there."""
    try:
        return locate(source, folder)
    except SourceError:
        return None


def find_refused(source: Source, folder: Path) -> Path | None:
    """The file that was downloaded and refused, as another edition than the one known; None when there is none."""
    fresh = _fresh(source, folder)
    return fresh if fresh.is_file() else None


def accept(source: Source, *, folder: Path) -> Path:
    """Take the edition at hand for the good one: its checksum is recorded, and the file put in its place.

    It is the file that `fetch` refused, downloaded or dropped.

    Raises:
        SourceError: there is no such file, or it is damaged.
    """
    fresh = _fresh(source, folder)
    path = find(source, folder) or fresh
    if not path.is_file():
        raise SourceError(
            f"Il n'y a rien à accepter pour {source.id} : {source.name} n'est pas dans {folder}.",
            remedy=f"Lancez d'abord make data only={source.id}, ou déposez-y le fichier.",
        )
    _examine(path, source=source)
    with _writing(path):
        _record(source, folder=folder, checksum=pooch.file_hash(str(path)))
        return _settle(path, source=source, folder=folder) if path == fresh else path


def _fresh(source: Source, folder: Path) -> Path:
    """Where a file stands once whole, as long as it is not known to be good."""
    assert source.file is not None, f"{source.id} is not a file"
    return folder / ASIDE / f"{source.name}.nouveau"


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    """Say in French what the disk refuses."""
    try:
        yield
    except OSError as error:
        # Faults of the network are told where they happen: those that are left are the disk's.
        raise SourceError(
            f"Écriture impossible : {path} ({error.strerror or error}).",
            remedy="Vérifiez la place libre et les droits du dossier, ou donnez-en un autre par "
            "HELPERS_SOURCES=<dossier>. Ce qui est déjà téléchargé n'est pas perdu.",
        ) from error


def _settle(path: Path, *, source: Source, folder: Path) -> Path:
    """The file under its own name."""
    assert source.file is not None
    target = folder / source.file
    target.parent.mkdir(parents=True, exist_ok=True)
    path.replace(target)
    if not any(path.parent.iterdir()):
        path.parent.rmdir()
    return target


# ---- where the bytes come from


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
        part = fresh.with_suffix(".part")
        downloader = ResumingDownloader(part, progress=progress or (lambda got, total: None), sleep=sleep)
        # Pooch announces each file on the screen, over our own progress.
        pooch.get_logger().setLevel(logging.WARNING)
        try:
            # What is expected is compared after, so that a refused file is kept: another edition may be accepted.
            pooch.retrieve(
                address, known_hash=None, fname=fresh.name, path=fresh.parent, downloader=downloader
            )
        except _MovedError as error:
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
    path = find(source, mirror)
    if path is None:
        raise _lost(source, reasons=[], folder=fresh.parent.parent, mirror=str(mirror))
    aside = fresh.with_suffix(".part")
    shutil.copyfile(path, aside)
    size = aside.stat().st_size
    aside.replace(fresh)
    if progress is not None:
        progress(size, size)


def _lost(source: Source, *, reasons: list[str], folder: Path, mirror: str) -> AbsentError:
    """The file is at none of its addresses, or has none that is known."""
    by_hand = (
        f"Ouvrez {source.page}, cherchez « {source.title} », et déposez le fichier sous le nom {source.name} dans {folder}, "
        "puis relancez."
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


@dataclass
class ResumingDownloader:
    """Downloader for pooch: goes on from `part`, what a former download has left, and tries again what may pass.

    What was sent with the first bytes (address, mark of the edition, length) is kept beside, so that bytes of
    two editions are never put together. `wait` is in seconds before the second attempt, and doubles.
    """

    part: Path
    progress: Progress = field(default=lambda got, total: None)
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    attempts: int = _ATTEMPTS
    wait: float = 1.0

    @property
    def note(self) -> Path:
        """Where what was said of the first bytes is kept."""
        return self.part.with_suffix(".part.json")

    def __call__(self, url: str, output_file: Any, pooch_: Any = None) -> None:
        """Download `url` to `output_file`, as pooch asks.

        Raises:
            NetworkError: the network is out of reach.
            SourceError: the server does not give the file, or the transfer keeps being cut.
        """
        with requests.Session() as session:
            session.headers.update(_HEADERS)
            failures = 0
            while True:
                before = self._at_hand()
                try:
                    self._transfer(url, session=session)
                    break
                except _PassingError as fault:
                    # What goes on, however slowly, is not given up.
                    failures = 1 if self._at_hand() > before else failures + 1
                    wait = self.wait * 2 ** (failures - 1) if fault.wait is None else fault.wait
                    if failures == self.attempts or wait > _PATIENCE:
                        raise _given_up(url, fault, kept=self._at_hand()) from fault
                    self.sleep(wait)
        self.note.unlink(missing_ok=True)
        self.part.replace(output_file)

    def _at_hand(self) -> int:
        return self.part.stat().st_size if self.part.is_file() else 0

    def _said(self, url: str) -> dict[str, Any]:
        """What was said of the bytes at hand; they are dropped when they come from elsewhere."""
        try:
            said = json.loads(self.note.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            said = {}
        if not isinstance(said, dict) or said.get("url") != url or not self._at_hand():
            self._drop()
            return {}
        return said

    def _drop(self) -> None:
        self.part.unlink(missing_ok=True)
        self.note.unlink(missing_ok=True)

    def _transfer(self, url: str, *, session: requests.Session) -> None:
        """Ask for what is missing and add it to what is there.

        Raises:
            _PassingError, _MovedError, NetworkError: it could not be, or not wholly.
        """
        said = self._said(url)
        start = self._at_hand()
        headers = {}
        if start:
            headers["Range"] = f"bytes={start}-"
            if mark := said.get("mark"):
                headers["If-Range"] = mark
        with (
            _network_faults(url),
            session.get(url, headers=headers, stream=True, timeout=_TIMEOUT) as answer,
        ):
            if start and answer.status_code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
                # More bytes at hand than the file has now: they are of another edition.
                self._drop()
                raise _PassingError("le fichier a changé de longueur", wait=0)
            self._insist(answer, url=url)
            total = _length(answer, start=start)
            going_on = answer.status_code == HTTPStatus.PARTIAL_CONTENT
            if going_on and not _continues(answer, start=start, total=total, said=said):
                self._drop()
                raise _PassingError("le fichier a changé pendant le téléchargement", wait=0)
            if not going_on:
                self._drop()
                start = 0
                said = {"url": url, "mark": _mark(answer), "total": total}
                self.note.write_text(json.dumps(said), encoding="utf-8")
            self._save(answer, start=start, total=total)

    def _insist(self, answer: requests.Response, *, url: str) -> None:
        """Insist on the bytes of a file."""
        status = answer.status_code
        if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise _PassingError(f"réponse {status}", wait=self._asked_wait(answer))
        if status not in (HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT):
            raise _MovedError(f"{url} répond {status}.")
        if answer.headers.get("Content-Type", "").lower().startswith(("text/html", "application/xhtml")):
            raise _MovedError(f"{url} répond une page web, et non un fichier.")

    def _asked_wait(self, answer: requests.Response) -> float | None:
        """Seconds to wait, as the server asks: a number, or a date."""
        asked = answer.headers.get("Retry-After", "").strip()
        if asked.isdigit():
            return float(asked)
        try:
            until = parsedate_to_datetime(asked)
        except ValueError:
            return None
        if until.tzinfo is None:
            until = until.replace(tzinfo=UTC)
        return max(0.0, (until - self.now()).total_seconds())

    def _save(self, answer: requests.Response, *, start: int, total: int | None) -> None:
        got = start
        self.progress(got, total)
        with self.part.open("ab" if start else "wb") as file:
            for chunk in answer.iter_content(_CHUNK):
                file.write(chunk)
                got += len(chunk)
                self.progress(got, total)
        if total is not None and got != total:
            raise _PassingError(f"{got} octets reçus sur {total}")


@contextmanager
def _network_faults(url: str) -> Iterator[None]:
    """Tell a connection that was cut, which may pass, from one that was never made."""
    try:
        yield
    except requests.RequestException as error:
        cut = isinstance(error, (requests.ReadTimeout, requests.exceptions.ChunkedEncodingError)) or any(
            isinstance(cause, (ProtocolError, ReadTimeoutError)) for cause in error.args
        )
        if cut:
            raise _PassingError("connexion interrompue") from error
        if not isinstance(error, requests.ConnectionError | requests.Timeout):
            raise _MovedError(f"{url} ne se lit pas ({error}).") from error
        # The cause that urllib3 gives, rather than the whole call.
        cause = getattr(error.args[0], "reason", error) if error.args else error
        raise NetworkError(
            f"Le réseau est injoignable : {urlsplit(url).netloc} ne répond pas ({cause}).",
            remedy="Les données embarquées continuent de fonctionner sans réseau. Pour les fichiers officiels, vérifiez "
            "la connexion et, derrière un proxy, HTTPS_PROXY et REQUESTS_CA_BUNDLE ; ou donnez un miroir "
            f"({MIRROR}), ou déposez les fichiers à la main. Ce qui est déjà téléchargé n'est pas perdu.",
        ) from error


def _given_up(url: str, fault: _PassingError, *, kept: int) -> SourceError:
    already = f" Les {kept} octets déjà reçus sont gardés : le téléchargement reprendra là." if kept else ""
    return SourceError(
        f"Le téléchargement de {url} n'aboutit pas : {fault}.",
        remedy=f"Relancez dans quelques minutes.{already}",
    )


def _mark(answer: requests.Response) -> str | None:
    """What tells this edition from another, byte for byte: its tag, or else its date."""
    tag = answer.headers.get("ETag", "")
    if tag and not tag.startswith("W/"):
        return tag
    # A weak tag cannot be given back with a range: the length alone then tells.
    return None if tag else answer.headers.get("Last-Modified")


def _length(answer: requests.Response, *, start: int) -> int | None:
    """Bytes of the whole file, when the server says it."""
    whole = answer.headers.get("Content-Range", "").rpartition("/")[2]
    if answer.status_code == HTTPStatus.PARTIAL_CONTENT and whole.isdigit():
        return int(whole)
    length = answer.headers.get("Content-Length", "")
    # Bytes compressed for the journey are not those of the file.
    if not length.isdigit() or answer.headers.get("Content-Encoding", "identity") != "identity":
        return None
    return int(length) + (start if answer.status_code == HTTPStatus.PARTIAL_CONTENT else 0)


def _continues(answer: requests.Response, *, start: int, total: int | None, said: Mapping[str, Any]) -> bool:
    """Whether the bytes of an answer are the next ones, of the same edition."""
    begins = answer.headers.get("Content-Range", "").removeprefix("bytes ").partition("-")[0].strip()
    same_length = said.get("total") in (None, total)
    # Last-Modified is not repeated by every server in a partial answer: only a tag that differs tells.
    same_mark = "ETag" not in answer.headers or said.get("mark") in (None, _mark(answer))
    return begins == str(start) and same_length and same_mark


# ---- whether they are the good ones


def _examine(path: Path, *, source: Source) -> None:
    """Insist on a whole file, of the kind that its name says.

    Raises:
        SourceError: web page in its place, empty file, truncated archive or Parquet.
    """
    with path.open("rb") as file:
        start = file.read(512)
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - len(_PARQUET)))
        end = file.read()
    if start.lstrip(_BOM_AND_SPACES).lower().startswith(_PAGE_STARTS):
        raise SourceError(
            f"{path} est une page web, et non le fichier attendu ({source.title}).",
            remedy=f"L'adresse a sans doute changé : ouvrez {source.page}, téléchargez le fichier et déposez-le sous le "
            f"nom {source.name}.",
        )
    kind = Path(source.name).suffix.lower()
    whole = size > 0
    if kind in _ARCHIVES:
        whole = _is_whole_archive(path)
    elif kind == ".parquet":
        whole = size > 2 * len(_PARQUET) and start.startswith(_PARQUET) and end == _PARQUET
    if not whole:
        raise SourceError(
            f"{path} est tronqué, ou n'est pas un fichier {kind} ({size} octets).",
            remedy="Relancez : il sera téléchargé de nouveau. S'il a été déposé à la main, supprimez-le d'abord.",
        )


def _is_whole_archive(path: Path) -> bool:
    """Whether the list of an archive, which is at its end, can be read and points inside it."""
    try:
        with zipfile.ZipFile(path) as archive:
            return bool(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError):
        return False


def _recognise(path: Path, *, source: Source, folder: Path) -> None:
    """Insist on the edition that is known; the first one to come is recorded as such.

    Raises:
        SourceError: it is another one.
    """
    checksum = pooch.file_hash(str(path))
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
        _record(source, folder=folder, checksum=checksum)


def read_checksums(folder: Path) -> dict[str, str]:
    """The checksums recorded in a folder, by identifier of source."""
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


def _record(source: Source, *, folder: Path, checksum: str) -> None:
    checksums = {**read_checksums(folder), source.id: checksum}
    path = folder / CHECKSUMS
    aside = path.with_suffix(".tmp")
    aside.write_text(json.dumps(checksums, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    aside.replace(path)
