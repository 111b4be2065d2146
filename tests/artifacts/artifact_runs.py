"""Runs emitted programs for real, in the environment of the plain MCP SDK, against stand-ins on 127.0.0.1."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

import client_envs

from tests.sim.http import Reply, Request
from tests.sim.identity import IdentitySim

ROOT = Path(__file__).resolve().parents[2]


# A warning is an error, but for the one that a library raises about itself when it is imported.
WARNINGS = "error,ignore::DeprecationWarning:bedrock_agentcore.runtime.context"


@dataclass(frozen=True)
class Ended:
    """How a program ended."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


@dataclass
class Folder:
    """A folder with emitted files, and the interpreter to run them with."""

    path: Path
    environment: str = "mcp"

    def write(self, name: str, text: str) -> Self:
        (self.path / name).write_text(text, encoding="utf-8")
        return self

    def run(self, *argv: str, **variables: str) -> Ended:
        """Run a file, or `-c CODE`, with these variables and none of this machine's."""
        env = {"PATH": os.defpath, "HOME": str(self.path), "PYTHONWARNINGS": WARNINGS, **variables}
        python = str(client_envs.python_of(self.environment))
        done = subprocess.run(
            [python, *argv], cwd=self.path, env=env, capture_output=True, text=True, timeout=120, check=False
        )
        return Ended(done.returncode, done.stdout, done.stderr)


def missing(environment: str) -> str | None:
    """Why an environment cannot be used, and what makes it; None when it can."""
    if client_envs.is_current(environment):
        return None
    return f"no environment {environment}, or an old one: make it with `python tools/client_envs.py {environment}`"


class ConsentIdentity(IdentitySim):
    """An Identity where the user has to consent before it gives out tokens; `complete` is whom consent came for."""

    complete: Mapping[str, Any] | None = None

    def answer(self, request: Request) -> Reply:
        if request.path == "/identities/CompleteResourceTokenAuth":
            self.complete = request.json()
            return Reply(200, {})
        if request.path == "/identities/oauth2/token" and self.complete is None:
            self.calls.append(("GetResourceOauth2Token", request.json()))
            session = "urn:ietf:params:oauth:request_uri:abc"
            return Reply(200, {"authorizationUrl": "https://idp.example.com/consent?x=1", "sessionUri": session})
        return super().answer(request)


@dataclass
class Seen:
    """One request that the service got; header names in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


Answer = tuple[int, dict[str, str], Iterable[bytes]]


@dataclass
class Service:
    """Any HTTP service on 127.0.0.1, inside a `with` block: `answer` says what goes back, `seen` what came."""

    answer: Callable[[Seen], Answer] = lambda seen: (200, {"Content-Type": "application/json"}, [b'{"ok": true}'])
    seen: list[Seen] = field(default_factory=list)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        service = self

        class Handler(BaseHTTPRequestHandler):
            def reply(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                seen = Seen(self.command, self.path, headers, body)
                service.seen.append(seen)
                status, sent, chunks = service.answer(seen)
                self.send_response(status)
                for name, value in sent.items():
                    self.send_header(name, value)
                self.end_headers()
                for chunk in chunks:
                    self.wfile.write(chunk)
                    self.wfile.flush()

            do_GET = do_POST = do_PUT = do_DELETE = reply  # noqa: N815

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
