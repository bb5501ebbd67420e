"""Bring what an address gives to a file: go on where a former transfer was cut, try again what may pass.

What was sent with the first bytes (address, mark of the edition, length) is kept beside them, so that bytes of two
editions are never put together.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

import requests

from helpers.errors import SourceError
from helpers.sources.network import (
    AGENT,
    PATIENCE,
    Session,
    asked_wait,
    asks_password,
    missing_authorities,
    unreachable,
    was_cut,
)

_HEADERS = {
    "User-Agent": AGENT,
    # Bytes as they are on the server's disk: their ranges are those of the file.
    "Accept-Encoding": "identity",
}
# What is lost of a transfer that is cut: less than this many bytes.
_CHUNK = 1 << 16
_TIMEOUT = (10, 60)
_ATTEMPTS = 5

# Called with the bytes at hand and, when the server says it, how many there are in all.
Progress = Callable[[int, int | None], None]


class MovedError(SourceError):
    """The server answers, and does not give the file at this address."""


class _PassingError(Exception):
    """A fault that may not last: try again after `wait` seconds, or after a wait of ours, which doubles."""

    def __init__(self, reason: str, *, wait: float | None = None) -> None:
        super().__init__(reason)
        self.wait = wait


def transfer(
    url: str,
    target: Path,
    *,
    part: Path,
    progress: Progress | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Bring the whole of what `url` gives to `target`, by way of `part`, where bytes stay when a transfer is cut.

    Five attempts in a row that bring nothing are the last; `sleep` waits between two of them, for as long as the
    server asks. `progress` is given how many bytes have come.

    Raises:
        NetworkError: the network is out of reach.
        MovedError: the server does not give the file.
        SourceError: the transfer keeps being cut.
    """
    partial = _Partial(part)
    with Session() as session:
        session.headers.update(_HEADERS)
        failures = 0
        while True:
            before = partial.size
            try:
                _go_on(url, partial, session=session, progress=progress or (lambda got, total: None))
                break
            except _PassingError as fault:
                # What goes on, however slowly, is not given up.
                failures = 1 if partial.size > before else failures + 1
                wait = 2.0 ** (failures - 1) if fault.wait is None else fault.wait
                if failures == _ATTEMPTS or wait > PATIENCE:
                    raise _given_up(url, fault, kept=partial.size) from fault
                sleep(wait)
    partial.note.unlink(missing_ok=True)
    partial.path.replace(target)


@dataclass(frozen=True)
class _Partial:
    """The bytes that have come, and beside them what was said with the first ones: `url`, `mark`, `total`."""

    path: Path

    @property
    def note(self) -> Path:
        return self.path.with_suffix(".part.json")

    @property
    def size(self) -> int:
        return self.path.stat().st_size if self.path.is_file() else 0

    def read_note(self, url: str) -> dict[str, Any]:
        """Read what was said of the bytes at hand; they are dropped when they come from another address."""
        try:
            note = json.loads(self.note.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            note = {}
        if not isinstance(note, dict) or note.get("url") != url or not self.size:
            self.drop()
            return {}
        return note

    def drop(self) -> None:
        self.path.unlink(missing_ok=True)
        self.note.unlink(missing_ok=True)


def _go_on(url: str, partial: _Partial, *, session: requests.Session, progress: Progress) -> None:
    """Ask for what is missing and add it to what is there.

    Raises:
        _PassingError, MovedError, NetworkError: it could not be, or not wholly.
    """
    note = partial.read_note(url)
    start = partial.size
    headers = {}
    if start:
        headers["Range"] = f"bytes={start}-"
        if mark := note.get("mark"):
            headers["If-Range"] = mark
    with (
        _network_faults(url),
        session.get(url, headers=headers, stream=True, timeout=_TIMEOUT) as answer,
    ):
        total = _length(answer, start=start)
        if start and not _may_continue(answer, start=start, total=total, note=note):
            partial.drop()
            raise _PassingError("le fichier a changé pendant le téléchargement", wait=0)
        _require_file(answer, url=url)
        if answer.status_code == HTTPStatus.OK:
            partial.drop()
            start = 0
            note = {"url": url, "mark": _mark(answer), "total": total}
            partial.note.write_text(json.dumps(note), encoding="utf-8")
        _save(answer, partial.path, start=start, total=total, progress=progress)


def _require_file(answer: requests.Response, *, url: str) -> None:
    """Insist on the bytes of a file."""
    status = answer.status_code
    if status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
        raise asks_password(url)
    if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise _PassingError(f"réponse {status}", wait=asked_wait(answer))
    if status not in (HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT):
        raise MovedError(f"{url} répond {status}.")
    if answer.headers.get("Content-Type", "").lower().startswith(("text/html", "application/xhtml")):
        raise MovedError(f"{url} répond une page web, et non un fichier.")


def _save(
    answer: requests.Response, path: Path, *, start: int, total: int | None, progress: Progress
) -> None:
    """Add the bytes of an answer to those at hand."""
    got = start
    progress(got, total)
    with path.open("ab" if start else "wb") as file:
        for chunk in answer.iter_content(_CHUNK):
            file.write(chunk)
            got += len(chunk)
            progress(got, total)
    if total is not None and got != total:
        raise _PassingError(f"{got} octets reçus sur {total}")


@contextmanager
def _network_faults(url: str) -> Iterator[None]:
    """Part a connection that was cut, which may pass, from one that was never made."""
    try:
        yield
    except requests.RequestException as error:
        if was_cut(error):
            raise _PassingError("connexion interrompue") from error
        barred = (requests.ConnectionError, requests.Timeout, requests.exceptions.InvalidProxyURL)
        if not isinstance(error, barred):
            raise MovedError(f"{url} ne se lit pas ({error}).") from error
        raise unreachable(url, error) from error
    except OSError as error:
        raise (missing_authorities(error) or error) from error


def _given_up(url: str, fault: _PassingError, *, kept: int) -> SourceError:
    already = f" Les {kept} octets déjà reçus sont gardés : le téléchargement reprendra là." if kept else ""
    return SourceError(
        f"Le téléchargement de {url} n'aboutit pas : {fault}.",
        remedy=f"Relancez dans quelques minutes.{already}",
    )


def _mark(answer: requests.Response) -> str | None:
    """Read what marks this edition among others, byte for byte: its tag, or else its date."""
    tag = answer.headers.get("ETag", "")
    if tag and not tag.startswith("W/"):
        return tag
    # A weak tag cannot be given back with a range: the length alone then tells.
    return None if tag else answer.headers.get("Last-Modified")


def _length(answer: requests.Response, *, start: int) -> int | None:
    """Read how many bytes the whole file has, when the server says it."""
    whole = answer.headers.get("Content-Range", "").rpartition("/")[2]
    if answer.status_code == HTTPStatus.PARTIAL_CONTENT and whole.isdigit():
        return int(whole)
    length = answer.headers.get("Content-Length", "")
    # Bytes compressed for the journey are not those of the file.
    if not length.isdigit() or answer.headers.get("Content-Encoding", "identity") != "identity":
        return None
    return int(length) + (start if answer.status_code == HTTPStatus.PARTIAL_CONTENT else 0)


def _may_continue(
    answer: requests.Response, *, start: int, total: int | None, note: Mapping[str, Any]
) -> bool:
    """Tell whether the bytes at hand may be those of the file that the server has now."""
    if answer.status_code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
        return False  # There are more of them than the file has now.
    if answer.status_code != HTTPStatus.PARTIAL_CONTENT:
        return True
    begins = answer.headers.get("Content-Range", "").removeprefix("bytes ").partition("-")[0].strip()
    same_length = note.get("total") in (None, total)
    # Last-Modified is not repeated by every server in a partial answer: only a tag that differs tells.
    same_mark = "ETag" not in answer.headers or note.get("mark") in (None, _mark(answer))
    return begins == str(start) and same_length and same_mark
