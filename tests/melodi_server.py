"""A stand-in of Insee's Melodi on this machine: its JSON, its paging, and the faults a test asks for."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Fault:
    """An answer out of the ordinary; `cut` closes the line without a word, `short` in mid-sentence."""

    status: int = 200
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: bool = False
    short: bool = False


@dataclass
class Melodi:
    """What the stand-in holds and what it was asked.

    `datasets` are rows whose keys are the dimensions, `value` (None when not published) and `status`. GEO is
    given back with the year of its list. `faults` are answered first, one per call.
    """

    datasets: Mapping[str, Sequence[Row]]
    page_size: int = 10_000
    # Whether it understands several territories in one call, and says how many rows there are.
    several: bool = True
    counts: bool = True
    faults: deque[Fault] = field(default_factory=deque)
    calls: list[dict[str, list[str]]] = field(default_factory=list)
    base: str = ""

    def answer(self, path: str) -> Fault:
        """The answer to one call."""
        address = urlsplit(path)
        asked = parse_qs(address.query)
        self.calls.append(asked)
        if self.faults:
            return self.faults.popleft()
        dataset = address.path.rsplit("/", 1)[-1]
        if dataset not in self.datasets:
            # As the true one answers to an unknown name.
            return Fault(500, "Le serveur a rencontré une erreur inattendue.")
        options = {"maxResult": ["1000"], "page": ["1"], "totalCount": ["FALSE"], **asked}
        size = min(int(options.pop("maxResult")[0]), self.page_size)
        number, counted = int(options.pop("page")[0]), options.pop("totalCount")[0] == "TRUE"
        if not self.several:
            options["GEO"] = options["GEO"][:1]
        rows = [
            row
            for row in self.datasets[dataset]
            if all(row[dimension] in codes for dimension, codes in options.items())
        ]

        def link(page: int) -> str:
            return f"{self.base}/data/{dataset}?{urlencode({**asked, 'page': [page]}, doseq=True)}"

        paging: dict[str, Any] = {"first": link(1)}
        if number * size < len(rows):
            paging |= {"next": link(number + 1), "isLast": False}
        if counted and self.counts:
            paging["count"] = len(rows)
        shown = rows[(number - 1) * size : number * size]
        content = {
            "identifier": dataset,
            "observations": [_to_observation(row) for row in shown],
            "paging": paging,
        }
        return Fault(200, json.dumps(content))


def _to_observation(row: Row) -> dict[str, Any]:
    dimensions = {name: code for name, code in row.items() if name not in ("value", "status")}
    value = row["value"]
    return {
        "dimensions": {**dimensions, "GEO": f"2026-{row['GEO']}", "FREQ": "A"},
        "measures": {"OBS_VALUE_NIVEAU": {} if value is None else {"value": value}},
        # Some data sets have no attribute at all.
        **({"attributes": {"OBS_STATUS": row["status"]}} if row.get("status") else {}),
    }


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
