"""A web server of files on this machine: what it was asked, ranges, marks, and the faults a test asks for."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any
from urllib.parse import unquote, urlsplit


@dataclass(frozen=True)
class Fault:
    """An answer in place of the file."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class Call:
    """What a client asked."""

    path: str
    headers: Mapping[str, str]

    @property
    def range(self) -> str | None:
        """The bytes asked for."""
        return self.headers.get("range")


@dataclass
class Files:
    """A folder that is served at `base`, and how.

    `faults` are answered first, one per call. `cuts` close the line after so many bytes of the body, one per call that
    gives a file. `mark` is the header that tells the edition: ETag, Last-Modified, weak (an ETag that
    cannot be given back) or none. Without `careful`, a range is given even when If-Range is of another edition.
    `window` is the most that a range gives.
    """

    folder: Path
    ranges: bool = True
    mark: str = "ETag"
    careful: bool = True
    window: int | None = None
    length: bool = True
    kind: str = "application/octet-stream"
    faults: deque[Fault] = field(default_factory=deque)
    cuts: deque[int] = field(default_factory=deque)
    # Set by the server once `hold_at` bytes of a body are sent; it then waits for `go`.
    hold_at: int | None = None
    held: Event = field(default_factory=Event)
    go: Event = field(default_factory=Event)
    calls: list[Call] = field(default_factory=list)
    base: str = ""

    @property
    def ranges_asked(self) -> list[str | None]:
        """The range of each call."""
        return [call.range for call in self.calls]

    def marks(self, content: bytes) -> dict[str, str]:
        """The headers that tell this edition."""
        digest = sha256(content).digest()
        tag = f'"{digest.hex()[:16]}"'
        # A date made from the content: two editions of a test have not the time to differ by theirs.
        day = f"Mon, 01 Jan 2024 {digest[0] % 24:02d}:{digest[1] % 60:02d}:{digest[2] % 60:02d} GMT"
        known = {
            "ETag": {"ETag": tag}, "Last-Modified": {"Last-Modified": day}, "weak": {"ETag": f"W/{tag}"}, "none": {},
        }  # fmt: skip
        return known[self.mark]


@contextmanager
def serve(folder: Path, **options: Any) -> Iterator[Files]:
    """The server, listening on `base` until the end of the block."""
    files = Files(folder, **options)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.close_connection = True
            files.calls.append(Call(self.path, {name.lower(): value for name, value in self.headers.items()}))
            if files.faults:
                fault = files.faults.popleft()
                self._head(fault.status, {"Content-Length": str(len(fault.body)), **fault.headers})
                self.wfile.write(fault.body)
                return
            path = files.folder / unquote(urlsplit(self.path).path).lstrip("/")
            if not path.is_file():
                self._head(404, {"Content-Length": "0"})
                return
            self._give(path.read_bytes())

        def _give(self, content: bytes) -> None:
            marks = files.marks(content)
            headers = {"Content-Type": files.kind, **marks}
            asked = self.headers.get("Range")
            condition = self.headers.get("If-Range")
            same = condition is None or not files.careful or condition in marks.values()
            status, body = 200, content
            if asked and files.ranges and same:
                start = int(asked.removeprefix("bytes=").rstrip("-"))
                if start >= len(content):
                    self._head(416, {"Content-Range": f"bytes */{len(content)}", "Content-Length": "0"})
                    return
                status, body = 206, content[start:][: files.window]
                headers["Content-Range"] = f"bytes {start}-{start + len(body) - 1}/{len(content)}"
            if files.length:
                headers["Content-Length"] = str(len(body))
            self._head(status, headers)
            end = files.cuts.popleft() if files.cuts else len(body)
            if files.hold_at is not None:
                self.wfile.write(body[: files.hold_at])
                files.held.set()
                files.go.wait()
                body, files.hold_at = body[files.hold_at :], None
            self.wfile.write(body[:end])

        def _head(self, status: int, headers: Mapping[str, str]) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: Any, address: Any) -> None:
            """A client that is killed, or hangs up on an answer it refuses, is no fault of the server's."""

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        files.base = f"http://127.0.0.1:{server.server_port}"
        try:
            yield files
        finally:
            files.go.set()
            server.shutdown()
            thread.join()
