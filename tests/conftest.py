"""What every test shares: no network, deterministic properties, the stores and the official files."""

from __future__ import annotations

import gc
import ipaddress
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import duckdb
import pytest
import shared
from hypothesis import settings

from helpers import paths
from helpers.diagnostic import Diagnostic  # noqa: F401 — texts are held as in a notebook, whatever the order of the tests
from helpers.sources.registry import find_source

# As many tests are nearly all of them.
_MANY = 2000
# Set by make test: a quarter of the examples of each property, and DuckDB with one thread, as the threads of two workers would
# wait for one another. Elsewhere (make large, one file at a time) both are as they are for good.
_IS_QUICK = bool(os.environ.get("HELPERS_QUICK"))

# What tests load stays: at Python's 700 new objects, a tenth of their time would go in looking through all of it again.
gc.set_threshold(100_000, 50, 50)

settings.register_profile(
    "deterministic", derandomize=True, deadline=None, database=None, max_examples=25 if _IS_QUICK else 100
)
settings.load_profile("deterministic")


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    """Only this machine answers: a test that needs the network fails, wherever it runs."""
    with pytest.MonkeyPatch.context() as patch:
        for method in ("connect", "connect_ex", "sendto"):
            patch.setattr(socket.socket, method, _guarded(getattr(socket.socket, method)))
        resolve = socket.getaddrinfo

        def local_only(host: Any, *args: Any, **options: Any) -> Any:
            return resolve(host, *args, **options) if _is_local(host) else _refuse(host)

        patch.setattr(socket, "getaddrinfo", local_only)
        yield


def _guarded(method: Any) -> Any:
    def guarded(self: socket.socket, *args: Any) -> Any:
        # The address is the last argument of connect, connect_ex and sendto.
        if self.family != getattr(socket, "AF_UNIX", None) and not _is_local(args[-1][0]):
            _refuse(args[-1][0])
        return method(self, *args)

    return guarded


def _is_local(host: Any) -> bool:
    if host in (None, "", b"", "localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _refuse(host: Any) -> NoReturn:
    raise OSError(f"a test tried to reach {host!r}: tests do not use the network")


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> Iterator[None]:
    """DuckDB with one thread, where tests are to be quick."""
    connect = duckdb.connect

    def connect_to_one(*args: Any, config: dict[str, Any] | None = None, **options: Any) -> Any:
        return connect(*args, config={"threads": 1} | (config or {}), **options)

    with pytest.MonkeyPatch.context() as patch:
        if _IS_QUICK:
            patch.setattr(duckdb, "connect", connect_to_one)
        yield


@pytest.fixture(scope="session", autouse=True)
def _own_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The embedded store, whatever store the person who runs the tests has chosen or built."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HELPERS_STORE", str(paths.EMBEDDED))
        # Tables of indicators of the stores of tests stay apart from those of whoever runs them.
        patch.setenv("HELPERS_INDICATORS", str(shared.root(tmp_path_factory) / "indicators"))
        yield


@pytest.fixture(scope="session")
def table_of_indicators(tmp_path_factory: pytest.TempPathFactory, _own_store: None) -> None:
    """The indicators of the embedded store, made once: diagnostics opened from now on read them."""
    from helpers import indicator_table

    with shared.shared(tmp_path_factory, "embedded"):
        indicator_table.make(paths.EMBEDDED)


@pytest.fixture(scope="session", autouse=True)
def _ready(request: pytest.FixtureRequest) -> None:
    """A run of nearly all the tests opens a hundred diagnostics: as a large batch does, it makes the table first.

    One worker of pytest-xdist makes it, and the others begin without.
    """
    if request.session.testscollected > _MANY and os.environ.get("PYTEST_XDIST_WORKER", "gw0") == "gw0":
        request.getfixturevalue("table_of_indicators")


@pytest.fixture(scope="session")
def embedded() -> Path:
    """The embedded store: real figures of every commune, simulated detail for some."""
    return paths.EMBEDDED


@pytest.fixture(scope="session")
def sources() -> Path:
    """The folder of the official files that the embedded store is made from, which the repository does not hold."""
    from helpers.store.embedded import FILES

    folder = Path(os.environ.get("HELPERS_SOURCES") or paths.RAW)
    needed = [find_source(identifier).file or "" for identifier in FILES]
    missing = [file for file in needed if not (folder / file).is_file()]
    if missing:
        pytest.skip(
            f"Fichiers officiels absents de {folder} : {', '.join(missing[:3])}"
            f"{' ...' if len(missing) > 3 else ''}. Indiquez leur dossier par HELPERS_SOURCES=<dossier>."
        )
    return folder
