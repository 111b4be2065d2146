"""An HTTP server on 127.0.0.1 for stand-ins."""

from __future__ import annotations

import json
import threading
from abc import ABC, abstractmethod
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Final, Self

from agentcore_connect.core.record import dataclass

_LONGEST: Final = 10_000_000
#: Status, and the body as plain data; None for no body.
Reply = tuple[int, object]


@dataclass(frozen=True, slots=True)
class Request:
    """A request: path with query, and headers by lower-case name."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> object:
        """The body as data, or None."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None


class Loopback(ABC):
    """Serves inside `with`, one thread per connection; `lock` guards shared state."""

    def __init__(self) -> None:
        """Prepare the server; it starts on entering."""
        self.lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self), bind_and_activate=False)
        self._server.daemon_threads = True

    def __enter__(self) -> Self:
        """Start the server."""
        self._server.server_bind()
        self._server.server_activate()
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the server."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @abstractmethod
    def answer(self, request: Request) -> Reply:
        """Return the reply to a request."""


def _handler(served: Loopback) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 30

        def do_POST(self) -> None:
            try:
                length = min(int(self.headers.get("Content-Length") or 0), _LONGEST)
            except ValueError:
                length = 0
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, answer = served.answer(Request(self.command, self.path, headers, self.rfile.read(length)))
            data = b"" if answer is None else json.dumps(answer).encode()
            self.send_response(status)
            if data:
                self.send_header("Content-Type", "application/json")
            if status == 401:
                self.send_header("WWW-Authenticate", "Bearer")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_DELETE = do_PUT = do_POST  # noqa: N815 - the library's names

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name for it
            """Suppress the log."""

    return Handler
