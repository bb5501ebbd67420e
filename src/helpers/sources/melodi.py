"""Insee's Melodi: the official figures of a few territories, asked for by name (no key, 30 calls a minute)."""

from __future__ import annotations

import math
import os
import re
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import pandas as pd
import requests

from helpers import schemas
from helpers.errors import SourceError
from helpers.sources.melodi_tables import LEVELS, NOTES, to_tables
from helpers.sources.network import (
    AGENT,
    PATIENCE,
    asked_wait,
    asks_password,
    missing_authorities,
    unreachable,
    was_cut,
)
from helpers.sources.registry import load_registry

__all__ = ["BASE", "NOTES", "Pace", "fetch", "fetch_commune", "to_tables"]

BASE = "https://api.insee.fr/melodi"
CATALOGUE = "https://catalogue-donnees.insee.fr/fr/catalogue/recherche"
PAGE_SIZE = 10_000

# Two calls fewer than are allowed: Melodi's clock is not ours.
_CALLS, _WINDOW = 28, 60.0
_ATTEMPTS = 4
_TIMEOUT = (10, 30)
# What Melodi answers to a call that it does not understand: 500 (not 404) to an unknown data set.
_QUERY_FAULTS = {HTTPStatus.BAD_REQUEST, HTTPStatus.INTERNAL_SERVER_ERROR}
# Seconds, when the quota is exceeded and nothing says until when.
_QUOTA_WAIT = 20.0
_HEADERS = {"Accept": "application/json", "User-Agent": AGENT}
_PREFIXES = {level: kind for kind, level in LEVELS.items()}

Progress = Callable[[str], None]


@dataclass
class Pace:
    """Calls kept under Melodi's limit: the next one waits when the last minute was full."""

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    calls: deque[float] = field(default_factory=lambda: deque(maxlen=_CALLS))

    def hold(self) -> None:
        """Wait for the right to call, and take it."""
        if len(self.calls) == _CALLS and (wait := self.calls[0] + _WINDOW - self.clock()) > 0:
            self.sleep(wait)
        self.calls.append(self.clock())


# Shared by every call of the process: a lot of communes stays under the limit too.
_PACE = Pace()


class MelodiRefusalError(SourceError):
    """Melodi does not understand the call, or gives a data set in another form than the one known."""


def fetch(
    dataset: str,
    *,
    areas: Sequence[tuple[str, str]],
    base: str | None = None,
    filters: Mapping[str, str | Sequence[str]] | None = None,
    progress: Progress | None = None,
    pace: Pace = _PACE,
    page_size: int = PAGE_SIZE,
) -> pd.DataFrame:
    """Fetch the rows of one data set for several territories, as Melodi gives them.

    `areas` are pairs of level and code, as `Territory.area`; `filters` restrict dimensions to one or
    several codes; `base` is the address of the interface (`$HELPERS_MIRROR`, then Insee's). One column per
    dimension, `OBS_STATUS` and `OBS_VALUE` (number, NaN when missing). A territory that Melodi does not hold
    has no row. `progress` is told each call and each wait, in French.

    Raises:
        SourceError: the network is out of reach; Melodi refuses, or answers something else than figures; the
            mirror is a folder.
    """
    address = f"{_base(base)}/data/{dataset}"
    wanted = [f"{_PREFIXES[level]}-{code}" for level, code in areas]
    report = progress or (lambda _: None)
    with requests.Session() as session:
        session.headers.update(_HEADERS)

        def ask(places: list[str]) -> list[dict[str, Any]]:
            options = {"GEO": places, **(filters or {}), "maxResult": page_size, "totalCount": "TRUE"}
            first = f"{address}?{urlencode(options, doseq=True)}"
            return _read_pages(first, session=session, dataset=dataset, report=report, pace=pace)

        try:
            rows = ask(wanted)
        except MelodiRefusalError:
            if len(wanted) == 1:
                raise
            rows = []
        # Whoever is missing is asked for alone: several territories in one call are not a promise of Melodi's.
        found = {re.sub(r"^\d{4}-", "", row["GEO"]) for row in rows}
        if len(wanted) > 1:
            rows += [row for place in wanted if place not in found for row in ask([place])]
    return pd.DataFrame(rows, columns=None if rows else ["GEO", "TIME_PERIOD", "OBS_STATUS", "OBS_VALUE"])


def fetch_commune(
    areas: Sequence[tuple[str, str]],
    *,
    base: str | None = None,
    progress: Progress | None = None,
    pace: Pace = _PACE,
    refuse: Callable[[SourceError], None] | None = None,
) -> dict[str, pd.DataFrame]:
    """Fetch the store's tables for a commune and its comparison territories, from every data set of the registry.

    Tables and `notes` as `to_tables` gives them, with `source`, the registry's identifier of the data set: a
    record that has a `dataset` and no `file`. Where two data sets give the same value, that of the first one in
    the registry is kept. `refuse` is told of a data set that Melodi no longer gives in the form known: the others
    are then read without it.

    Raises:
        SourceError: as `fetch`; as `to_tables` without `refuse`.
    """
    parts: dict[str, list[pd.DataFrame]] = {}
    for source in load_registry().values():
        if source.dataset is None or source.file is not None:
            continue
        try:
            rows = fetch(source.dataset, areas=areas, base=base, progress=progress, pace=pace)
            tables = _read_rows(rows, dataset=source.dataset)
        except MelodiRefusalError as error:
            if refuse is None:
                raise
            refuse(error)
            continue
        for name, table in tables.items():
            parts.setdefault(name, []).append(table.assign(source=source.id))
    merged = {}
    for name, given in parts.items():
        table = pd.concat([table for table in given if len(table)] or given[:1], ignore_index=True)
        keys = list(table.columns) if name == NOTES else schemas.key_columns(name)
        merged[name] = table.drop_duplicates(keys, ignore_index=True)
    return merged


def _read_rows(rows: pd.DataFrame, *, dataset: str) -> dict[str, pd.DataFrame]:
    """Read the tables of a data set; one that has changed is refused as such."""
    try:
        return to_tables(rows, dataset=dataset)
    except SourceError as error:
        raise MelodiRefusalError(error.message, remedy=error.remedy) from error


def _base(chosen: str | None) -> str:
    """Return the address of the interface: the one chosen, the mirror's, or Insee's."""
    address = chosen or os.environ.get("HELPERS_MIRROR") or BASE
    if not address.startswith(("http://", "https://")):
        raise SourceError(
            f"HELPERS_MIRROR désigne un dossier ({address}) : il sert des fichiers, pas l'interface de Melodi.",
            remedy="Pour une seule commune, donnez l'adresse d'un miroir (http://…) ou videz HELPERS_MIRROR. Les "
            "fichiers nationaux d'un dossier se lisent tous ensemble : lancez make data sans commune.",
        )
    return address.rstrip("/")


def _read_pages(
    address: str, *, session: requests.Session, dataset: str, report: Progress, pace: Pace
) -> list[dict[str, Any]]:
    """Read every row from a first address on, the number that Melodi announces."""
    rows: list[dict[str, Any]] = []
    followed: list[str] = []
    announced, following = 0, address
    while following:
        page = following
        if page in followed:
            raise _strange(page, "page déjà lue")
        followed.append(page)
        report(f"{dataset}, page {len(followed)}")
        answer = _ask(page, session=session, dataset=dataset, report=report, pace=pace)
        try:
            content = answer.json()
            rows += [_to_row(observation) for observation in content["observations"]]
            paging = content.get("paging") or {}
            announced = max(announced, int(paging.get("count") or 0))
            following = "" if paging.get("isLast") else paging.get("next") or ""
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise _strange(page, f"{type(error).__name__} : {error}") from error
    if len(rows) < announced:
        raise _strange(address, f"{len(rows)} lignes sur les {announced} annoncées")
    return rows


def _to_row(observation: dict[str, Any]) -> dict[str, Any]:
    """Turn one observation into a row: its dimensions, its status and its value."""
    measures = observation.get("measures") or {}
    # An empty measure is a value that is not published; another measure would not be a count.
    value = (measures["OBS_VALUE_NIVEAU"] or {}).get("value") if measures else None
    status = (observation.get("attributes") or {}).get("OBS_STATUS")
    dimensions = observation["dimensions"]
    return {
        # Named for the sake of a row that would be nowhere: it is refused here.
        "GEO": dimensions["GEO"],
        **dimensions,
        "OBS_STATUS": status,
        "OBS_VALUE": math.nan if value is None else float(value),
    }


def _ask(
    address: str, *, session: requests.Session, dataset: str, report: Progress, pace: Pace
) -> requests.Response:
    """Ask for one good answer, after waiting and trying again where that may help."""
    for attempt in range(_ATTEMPTS):
        pace.hold()
        wait, status = 2.0**attempt, 0
        try:
            answer = session.get(address, timeout=_TIMEOUT)
        except requests.RequestException as error:
            if not was_cut(error):
                raise unreachable(address, error) from error
            fault = f"connexion interrompue ({error})"
        except OSError as error:
            raise (missing_authorities(error) or error) from error
        else:
            status = answer.status_code
            if status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
                raise asks_password(address)
            fault = f"réponse {status}"
            if status == HTTPStatus.OK:
                return answer
            if status == HTTPStatus.TOO_MANY_REQUESTS:
                asked = asked_wait(answer)
                wait = _QUOTA_WAIT if asked is None else asked
            elif status < HTTPStatus.INTERNAL_SERVER_ERROR:
                break
        if attempt == _ATTEMPTS - 1 or wait > PATIENCE:
            break
        report(f"{dataset} : {fault}, nouvel essai dans {wait:.0f} s")
        pace.sleep(wait)
    kind = MelodiRefusalError if status in _QUERY_FAULTS else SourceError
    raise kind(
        f"Melodi ne donne pas {dataset} : {fault}, adresse {address}.",
        remedy="Réessayez dans quelques minutes. Si cela persiste, le jeu de données a changé de nom : ouvrez "
        f"{_page(dataset)} et corrigez registry.toml. Les données embarquées continuent de fonctionner.",
    )


def _page(dataset: str) -> str:
    pages = {source.dataset: source.page for source in load_registry().values() if source.file is None}
    return pages.get(dataset, f"{CATALOGUE}/{dataset}")


def _strange(address: str, fault: str) -> SourceError:
    return SourceError(
        f"Réponse de Melodi illisible ou incomplète : {address} ({fault}).",
        remedy="Réessayez ; si cela persiste, ouvrez cette adresse dans un navigateur : un proxy répond peut-être à "
        "la place de l'Insee.",
    )
