"""A stand-in of Insee's Melodi on this machine: its JSON, its paging, its catalogue, and the faults a test asks for.

The form of what it answers is that of answers recorded in 2026 of the populations of reference: rows of a commune, of
a département, of the communes of an EPCI in one call, no row, an unknown data set (500, plain text). The tests compare
it with these records where they are at hand. Nobody recorded the census, the incomes, the facilities, nor 404 and 400:
they are made up on that form, from the dimensions that the catalogue lists and from what public programs read.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

Row = Mapping[str, Any]

LEVELS = ("COM", "ARM", "ARR", "EPCI", "DEP", "REG", "FRANCE")
# As the catalogue of January 2026 says.
WITHOUT_EPCI = {"DS_POPULATIONS_REFERENCE"}
_TITLES = {"DS_POPULATIONS_REFERENCE": ("Populations de référence", "Reference populations ")}
_PUBLISHER = {
    "id": "INSEE",
    "label": [
        {"lang": "fr", "content": "Institut national de la statistique et des etudes economiques (INSEE)"},
        {"lang": "en", "content": "National Institute of Statistics and Economic Studies"},
    ],
}
# What is no dimension of a row.
_OPTIONS = {"maxResult": ["1000"], "page": ["1"], "totalCount": ["FALSE"], "idTerritoire": ["FALSE"]}
_BESIDE = ("value", "status", "listed")


@dataclass(frozen=True)
class Fault:
    """An answer out of the ordinary; `cut` closes the line without a word, `short` in mid-sentence."""

    status: int = 200
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: bool = False
    short: bool = False
    kind: str = "application/json"


UNKNOWN = Fault(500, "Le serveur a rencontré une erreur inattendue.", kind="text/plain;charset=UTF-8")


@dataclass
class Melodi:
    """What the stand-in holds and what it was asked.

    `datasets` are rows whose keys are the dimensions, `value` (None when not published) and `status`. GEO is
    given back with the year of its list (`listed`, or that of the row). `members` are the communes of EPCI. `faults`
    are answered first, one per call; `refused` to any call of a data set or of a place. `unheld` is the answer where a
    place asked for alone has no row: 200, or 404 or 400.
    """

    datasets: Mapping[str, Sequence[Row]]
    page_size: int = 100_000
    # Whether it understands several territories in one call, says how many rows there are, has a catalogue.
    several: bool = True
    counts: bool = True
    catalogue: bool = True
    listed: int = 2026
    unheld: int = 200
    members: Mapping[str, Sequence[str]] = field(default_factory=dict)
    levels: Mapping[str, Sequence[str]] = field(default_factory=dict)
    refused: Mapping[str, Fault] = field(default_factory=dict)
    faults: deque[Fault] = field(default_factory=deque)
    # The calls for rows: what each restricts, its data set.
    calls: list[dict[str, list[str]]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    base: str = ""

    def answer(self, path: str) -> Fault:
        """The answer to one call."""
        address = urlsplit(path)
        if address.path.endswith("/catalog/all"):
            return Fault(200, json.dumps(self.describe())) if self.catalogue else Fault(503)
        dataset = address.path.rsplit("/", 1)[-1]
        restricted = parse_qs(address.query)
        self.calls.append(restricted)
        self.asked.append(dataset)
        if self.faults:
            return self.faults.popleft()
        for name in (dataset, *restricted.get("GEO", [])):
            if name in self.refused:
                return self.refused[name]
        if dataset not in self.datasets:
            return UNKNOWN
        places = restricted.get("GEO", [])
        # The communes of a territory are communes.
        kinds = {place.rpartition("*")[2].split("-")[0] for place in places}
        if not kinds.issubset(self.levels_of(dataset)):
            return Fault(404, "")
        return self._answer_rows(path, dataset, {**_OPTIONS, **restricted})

    def describe(self) -> list[dict[str, Any]]:
        """The catalogue: of each data set, its name, its title and its levels."""
        return [
            {
                "identifier": dataset,
                "title": [{"lang": "fr", "content": _titles(dataset)[0]}],
                "spatialResolution": [
                    {"id": level, "label": [{"lang": "fr", "content": level}]}
                    for level in self.levels_of(dataset)
                ],
                "spatialTemporal": f"{self.listed}-01-01T01:00:00",
            }
            for dataset in self.datasets
        ]

    def levels_of(self, dataset: str) -> list[str]:
        """The levels that a data set has."""
        missing = {"EPCI"} if dataset in WITHOUT_EPCI else set()
        return list(self.levels.get(dataset) or [level for level in LEVELS if level not in missing])

    def _answer_rows(self, path: str, dataset: str, options: dict[str, list[str]]) -> Fault:
        """The rows asked for, of one page."""
        size = min(int(options.pop("maxResult")[0]), self.page_size)
        number, counted = int(options.pop("page")[0]), options.pop("totalCount")[0] == "TRUE"
        options.pop("idTerritoire")
        options.pop("FREQ", None)
        places = options.pop("GEO", [])[: None if self.several else 1]
        wanted = {
            one
            for place in places
            for one in (
                self.members.get(place.removesuffix("*COM"), []) if place.endswith("*COM") else [place]
            )
        }
        rows = [
            row
            for row in self.datasets[dataset]
            if (not places or row["GEO"] in wanted)
            and all(row.get(dimension, codes[0]) in codes for dimension, codes in options.items())
        ]
        if not rows and len(places) == 1 and self.unheld != 200:
            return Fault(self.unheld, "")
        query = urlsplit(path).query.partition("&page=")[0]

        def link(page: int) -> str:
            return f"{self.base}/data/{dataset}?{query}&page={page}"

        paging: dict[str, Any] = {"first": link(1)}
        if size and number * size < len(rows):
            paging |= {"next": link(number + 1)}
        if counted and self.counts:
            paging["count"] = len(rows)
        shown = rows[(number - 1) * size : number * size]
        french, english = _titles(dataset)
        content = {
            "identifier": dataset,
            "title": {"fr": french, "en": english},
            "publisher": _PUBLISHER,
            "observations": [self._to_observation(row) for row in shown],
            "paging": paging,
        }
        return Fault(200, json.dumps(content))

    def _to_observation(self, row: Row) -> dict[str, Any]:
        others = {name: code for name, code in row.items() if name not in (*_BESIDE, "GEO", "TIME_PERIOD")}
        listed = row.get("listed", self.listed)
        value = row["value"]
        return {
            "dimensions": {
                "GEO": f"{listed}-{row['GEO']}" if listed else row["GEO"],
                "FREQ": "A",
                "TIME_PERIOD": row["TIME_PERIOD"],
                **others,
            },
            "measures": {"OBS_VALUE_NIVEAU": {} if value is None else {"value": value}},
            # Some data sets have no attribute at all.
            **({"attributes": {"OBS_STATUS": row["status"]}} if row.get("status") else {}),
        }


def _titles(dataset: str) -> tuple[str, str]:
    return _TITLES.get(dataset, (dataset, dataset))


@contextmanager
def serve(datasets: Mapping[str, Sequence[Row]], **options: Any) -> Iterator[Melodi]:
    """The stand-in, listening on `base` until the end of the block."""
    melodi = Melodi(datasets, **options)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = melodi.answer(self.path)
            self.close_connection = True
            if answer.cut:
                return
            body = answer.body.encode()
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.kind)
            self.send_header("Content-Length", str(len(body) + (100 if answer.short else 0)))
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        melodi.base = f"http://127.0.0.1:{server.server_port}/melodi"
        try:
            yield melodi
        finally:
            server.shutdown()
            thread.join()
