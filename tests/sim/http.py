"""What the stand-ins have in common: a threaded HTTP server on 127.0.0.1 that lives inside a `with` block."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


@dataclass(frozen=True)
class Request:
    """One request as it came in; header names in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON; None when there is none. Errors: ValueError."""
        return json.loads(self.body) if self.body else None


@dataclass(frozen=True)
class Reply:
    """What goes back: a status, a JSON body (None for no body) and headers."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # A client that ends early resets its connections: that is no fault of the server.
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Silence: a broken connection is the client's affair, and a fault of `answer` becomes a reply."""


class LoopbackServer:
    """A server on a free port of 127.0.0.1 from `start` to `stop`, or for the length of a `with` block.

    A subclass answers in `answer`, which may be called by several threads at once. `stopping` is set when the server
    goes down: an answer that is to be withheld waits on it. `requests` and `statuses` hold what came and went.
    """

    def __init__(self, port: int = 0) -> None:
        self.requests: list[Request] = []
        self.statuses: list[int] = []
        self.stopping = threading.Event()
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", port), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def start(self) -> Self:
        """Serve from now on."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Serve no longer and free the port."""
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def answer(self, request: Request) -> Reply:
        """The reply to a request."""
        raise NotImplementedError

    def _reply(self, request: Request) -> Reply:
        with self._lock:
            self.requests.append(request)
        try:
            reply = self.answer(request)
        except Exception as error:
            reply = Reply(500, {"message": f"fault of the stand-in: {error!r}"})
        with self._lock:
            self.statuses.append(reply.status)
        return reply

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        simulator = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # Headers and body leave as one packet, without waiting for the client's acknowledgement.
            wbufsize = -1
            disable_nagle_algorithm = True

            def handle_any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                reply = simulator._reply(Request(self.command, self.path, headers, body))
                content = b"" if reply.body is None else json.dumps(reply.body).encode()
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                if content:
                    self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
                self.wfile.flush()

            do_GET = do_POST = do_DELETE = do_PUT = do_PATCH = handle_any  # noqa: N815

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                pass

        return Handler
