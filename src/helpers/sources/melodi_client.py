"""Calls to Insee's Melodi (no key, 30 a minute): pages of rows, and the catalogue of the data sets."""

from __future__ import annotations

import math
import os
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import requests

from helpers.errors import NetworkError, SourceError
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

BASE = "https://api.insee.fr/melodi"
CATALOGUE = "https://catalogue-donnees.insee.fr/fr/catalogue/recherche"
# As many rows as one call may give: the communes of a metropolis, sorted by age and sex.
PAGE_SIZE = 100_000

# Two calls fewer than are allowed: Melodi's clock is not ours.
_CALLS, _WINDOW = 28, 60.0
_ATTEMPTS = 4
# What Melodi answers to a data set that it does not know, and may also answer in passing.
_ATTEMPTS_AT_500 = 2
# The communes of a metropolis take a while to be gathered.
_TIMEOUT = (10, 60)
# Seconds, when the quota is exceeded and nothing says until when.
_QUOTA_WAIT = 20.0
_HEADERS = {"Accept": "application/json", "User-Agent": AGENT}

Progress = Callable[[str], None]
Row = dict[str, Any]


@dataclass
class Pace:
    """Calls kept under Melodi's limit: the next one waits when the last minute was full."""

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    calls: deque[float] = field(default_factory=lambda: deque(maxlen=_CALLS))

    def hold(self, report: Progress = lambda _: None) -> None:
        """Wait for the right to call, saying so, and take it."""
        if len(self.calls) == _CALLS and (wait := self.calls[0] + _WINDOW - self.clock()) > 0:
            report(f"30 appels par minute au plus, attente de {math.ceil(wait)} s")
            self.sleep(wait)
        self.calls.append(self.clock())


# Shared by every call of the process: a lot of communes stays under the limit too.
PACE = Pace()


class UnavailableError(SourceError):
    """Melodi did not answer, however long one waited: asking for less would not help."""


class Client:
    """A conversation with Melodi, or with what stands in for it.

    `base` is the address of the interface (`$HELPERS_MIRROR`, then Insee's); `progress` is given each call and each
    wait, in French.

    Raises:
        SourceError: the mirror is a folder.
    """

    def __init__(
        self,
        session: requests.Session,
        *,
        base: str | None = None,
        progress: Progress | None = None,
        pace: Pace = PACE,
        page_size: int = PAGE_SIZE,
    ) -> None:
        session.headers.update(_HEADERS)
        self._session, self._base, self._pace, self._page_size = session, _choose_base(base), pace, page_size
        self._report: Progress = progress or (lambda _: None)

    def levels(self) -> dict[str, frozenset[str]]:
        """Read in the catalogue the levels of territory (COM, EPCI...) that each data set has.

        Empty where the catalogue does not answer or is not one: every level is then asked for.

        Raises:
            NetworkError: the network is out of reach.
        """
        address = f"{self._base}/catalog/all"
        self._report("catalogue")
        try:
            content = self._ask(address, dataset="le catalogue").json()
            return {
                str(record["identifier"]): frozenset(level["id"] for level in record["spatialResolution"])
                for record in content
                if record.get("spatialResolution")
            }
        except NetworkError:
            raise
        except (SourceError, ValueError, KeyError, TypeError, AttributeError):
            self._report("catalogue illisible : chaque niveau est demandé")
            return {}

    def rows(
        self, dataset: str, places: Sequence[str], filters: Mapping[str, str | Sequence[str]]
    ) -> list[Row]:
        """Read the rows of some places, on every page: their dimensions, `OBS_STATUS`, `OBS_VALUE` (NaN if missing).

        Raises:
            SourceError: the network is out of reach; Melodi refuses, or answers something else than figures.
        """
        options = {"GEO": list(places), **filters, "maxResult": self._page_size, "totalCount": "TRUE"}
        # A star is what asks for the communes of a territory: it is written as it is, or as its code.
        address = f"{self._base}/data/{dataset}?{urlencode(options, doseq=True)}"
        rows: list[Row] = []
        followed: list[str] = []
        announced, following = 0, address
        while following:
            page = following
            if page in followed:
                raise _strange(page, "page déjà lue")
            followed.append(page)
            self._report(f"{dataset}, page {len(followed)}")
            answer = self._ask(page, dataset=dataset)
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

    def _ask(self, address: str, *, dataset: str) -> requests.Response:
        """Ask for one good answer, after waiting and trying again where that may help."""
        kind: type[SourceError]
        for attempt in range(_ATTEMPTS):
            self._pace.hold(self._report)
            wait, attempts, kind = 2.0**attempt, _ATTEMPTS, UnavailableError
            try:
                answer = self._session.get(address, timeout=_TIMEOUT)
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
                    kind = SourceError
                    break
                elif status == HTTPStatus.INTERNAL_SERVER_ERROR:
                    kind, attempts = SourceError, _ATTEMPTS_AT_500
            if attempt >= attempts - 1 or wait > PATIENCE:
                break
            self._report(f"{dataset} : {fault}, nouvel essai dans {wait:.0f} s")
            self._pace.sleep(wait)
        raise kind(
            f"Melodi ne donne pas {dataset} : {fault}, adresse {address}.",
            remedy="Réessayez dans quelques minutes. Si cela persiste, le jeu de données a changé de nom : ouvrez "
            f"{find_page(dataset)} et corrigez registry.toml. Les données embarquées continuent de fonctionner.",
        )


def find_page(dataset: str) -> str:
    """Find the page that presents a data set."""
    pages = {source.dataset: source.page for source in load_registry().values() if source.file is None}
    return pages.get(dataset, f"{CATALOGUE}/{dataset}")


def _choose_base(chosen: str | None) -> str:
    """Return the address of the interface: the one chosen, the mirror's, or Insee's."""
    address = chosen or os.environ.get("HELPERS_MIRROR") or BASE
    if not address.startswith(("http://", "https://")):
        raise SourceError(
            f"HELPERS_MIRROR désigne un dossier ({address}) : il sert des fichiers, pas l'interface de Melodi.",
            remedy="Pour une seule commune, donnez l'adresse d'un miroir (http://…) ou videz HELPERS_MIRROR. Les "
            "fichiers nationaux d'un dossier se lisent tous ensemble : lancez make data sans commune.",
        )
    return address.rstrip("/")


def _to_row(observation: Row) -> Row:
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


def _strange(address: str, fault: str) -> SourceError:
    return SourceError(
        f"Réponse de Melodi illisible ou incomplète : {address} ({fault}).",
        remedy="Réessayez ; si cela persiste, ouvrez cette adresse dans un navigateur : un proxy répond peut-être à "
        "la place de l'Insee.",
    )
