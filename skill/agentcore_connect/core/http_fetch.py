"""A small HTTP client for servers that may be slow, huge or hostile: everything has a limit, nothing raises."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from urllib.parse import SplitResult, urljoin, urlsplit

from agentcore_connect.core.record import dataclass, field

_CHUNK = 16 * 1024
_REDIRECTS = (301, 302, 303, 307, 308)
_MAX_HEADERS = 200


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a request; `problem` says why it is unusable and is None otherwise.

    `headers` have lower-case names; several values of one name are joined with a comma. `complete` is false when
    the body was cut at the limit (`stop` said so, or it went on too long).
    """

    url: str
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    problem: str | None = None
    complete: bool = True


def fetch(
    url: str,
    *,
    method: str = "GET",
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    timeout: float = 10.0,
    max_bytes: int = 1024 * 1024,
    max_redirects: int = 3,
    allow: Callable[[str], bool] | None = None,
    stop: Callable[[bytes], bool] | None = None,
) -> Answer:
    """Send one request and follow redirects within limits.

    In: `timeout` bounds the whole exchange, redirects included; `allow` is asked before each address; `stop` is
    fed each piece of the body and ends the reading when it has what it needs (event streams never end by themselves).
    Out: always an answer; every failure is its `problem`. A redirect to another host drops the given headers,
    https never turns into http, and a POST is repeated only where the status says so (307, 308).
    """
    deadline = time.monotonic() + timeout
    sent = dict(headers or {})
    for _ in range(max_redirects + 1):
        parts = _checked(url)
        if isinstance(parts, str):
            return Answer(url, problem=parts)
        if allow is not None and not allow(url):
            return Answer(url, problem="it leads to an address that may not be asked")
        answer = _exchange(url, parts, method, body, sent, deadline, max_bytes, stop)
        location = answer.headers.get("location")
        if answer.problem or answer.status not in _REDIRECTS or not location:
            return answer
        try:
            target = urljoin(url, location)
            new = urlsplit(target)
        except ValueError:
            return Answer(url, answer.status, answer.headers, problem="it redirects to something that is no address")
        if parts.scheme == "https" and new.scheme != "https":
            return Answer(url, answer.status, answer.headers, problem="it redirects from https to http")
        if new.netloc != parts.netloc:
            sent = {}
        if answer.status not in (307, 308) and method == "POST":
            method, body = "GET", None
        url = target
    if max_redirects == 0:
        return Answer(url, problem="it redirects to another address; give that address, if you trust it")
    return Answer(url, problem=f"it redirects more than {max_redirects} times")


def _checked(url: str) -> SplitResult | str:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "it is not a valid address"
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        return "it is not an http or https address"
    if any(ord(char) <= 32 or ord(char) == 127 for char in url) or not url.isascii():
        return "it holds characters that an address may not have"
    if parts.username or parts.password:
        return "it holds a user name or password; addresses with secrets are not used"
    return parts


def _exchange(
    url: str,
    parts: SplitResult,
    method: str,
    body: bytes | None,
    headers: Mapping[str, str],
    deadline: float,
    max_bytes: int,
    stop: Callable[[bytes], bool] | None,
) -> Answer:
    left = deadline - time.monotonic()
    if left <= 0:
        return Answer(url, problem="it took too long")
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(str(parts.hostname), parts.port, timeout=left)
    watchdog: threading.Timer | None = None
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.connect()
        watched = connection.sock
        watchdog = threading.Timer(max(0.0, deadline - time.monotonic()), _cut, [watched])
        watchdog.daemon = True
        watchdog.start()
        connection.request(
            method, target, body=body, headers={"Connection": "close", "User-Agent": "agentcore-connect", **headers}
        )
        response = connection.getresponse()
        found: dict[str, str] = {}
        for name, value in response.getheaders()[:_MAX_HEADERS]:
            key = name.lower()
            found[key] = f"{found[key]}, {value}" if key in found else value
        content, complete = _read(response, max_bytes, stop)
        if time.monotonic() >= deadline:
            return Answer(url, problem="it took too long")
        return Answer(url, response.status, found, content, complete=complete)
    except (OSError, http.client.HTTPException, ValueError) as error:
        late = time.monotonic() >= deadline
        return Answer(url, problem="it took too long" if late else explain(error))
    finally:
        if watchdog is not None:
            watchdog.cancel()
        connection.close()


def _read(
    response: http.client.HTTPResponse, max_bytes: int, stop: Callable[[bytes], bool] | None
) -> tuple[bytes, bool]:
    content = bytearray()
    while len(content) <= max_bytes:
        piece = response.read1(_CHUNK)
        if not piece:
            return bytes(content), True
        content += piece
        if stop is not None and stop(piece):
            return bytes(content), False
    return bytes(content[:max_bytes]), False


def _cut(watched: socket.socket) -> None:
    """Close the connection when the total time is up; a slow trickle of bytes never hits a socket timeout."""
    with suppress(OSError):
        socket.socket.shutdown(watched, socket.SHUT_RDWR)


def explain(error: Exception) -> str:
    """Describe a network failure and what to check."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its TLS certificate is not trusted: {error.verify_message.strip().rstrip('.').lower()}"
    if isinstance(error, ssl.SSLError):
        return f"the TLS handshake failed ({error.reason or 'no reason given'}); is it an https address?"
    if isinstance(error, TimeoutError):
        return "it took too long"
    if isinstance(error, socket.gaierror):
        return "its host name is not known here"
    if isinstance(error, ConnectionRefusedError):
        return "nothing answers at that address (connection refused)"
    if isinstance(error, ConnectionError | http.client.RemoteDisconnected | http.client.IncompleteRead):
        return "it closed the connection without a whole answer"
    if isinstance(error, http.client.HTTPException):
        return f"its answer is not HTTP ({type(error).__name__})"
    return getattr(error, "strerror", None) or type(error).__name__
