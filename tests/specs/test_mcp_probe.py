"""The probe against servers on this machine: good, guarded, slow, endless, huge and hostile ones."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.http_fetch import fetch
from agentcore_connect.probe.mcp_probe import Probe, answers_from_probe, probe
from agentcore_connect.specs.openapi import read_openapi

Act = Callable[["Handler", dict[str, Any]], None]
INFO = {"protocolVersion": "2025-11-25", "capabilities": {"tools": {}}, "serverInfo": {"name": "demo"}}


class Handler(BaseHTTPRequestHandler):
    """Answers as the test's function says; `send` writes one whole answer."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        self.server.seen.append((self.path, dict(self.headers), json.loads(body or b"{}")))
        self.server.act(self, json.loads(body or b"{}"))

    def do_GET(self) -> None:
        self.server.seen.append((self.path, dict(self.headers), {}))
        self.server.act(self, {})

    def do_DELETE(self) -> None:
        self.do_GET()

    def send(self, data: Any, status: int = 200, kind: str = "application/json", **headers: str) -> None:
        content = data if isinstance(data, bytes) else json.dumps(data).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(content)

    def raw(self, *pieces: bytes) -> None:
        for piece in pieces:
            self.wfile.write(piece)
        self.wfile.flush()
        self.close_connection = True

    def log_message(self, *_: Any) -> None:
        pass


class Server(ThreadingHTTPServer):
    """A server on the loopback address, and what it was asked."""

    daemon_threads = True
    act: Act
    seen: list[tuple[str, dict[str, str], dict[str, Any]]]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/mcp"

    @property
    def origin(self) -> str:
        return self.url.removesuffix("/mcp")

    def handle_error(self, *_: Any) -> None:
        pass  # a client that hangs up is what these tests are about


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server(("127.0.0.1", 0), Handler)
    made.seen = []
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield made
    made.shutdown()
    made.server_close()
    thread.join()


def tool(name: str) -> dict[str, Any]:
    return {"name": name, "description": "d", "inputSchema": {"type": "object"}}


def result(body: dict[str, Any], data: dict[str, Any]) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": body.get("id"), "result": data}


def listing(pages: list[list[dict[str, Any]]], *, stream: bool = False) -> Act:
    """A server of the handshake era that lists its tools in pages."""

    def act(handler: Handler, body: dict[str, Any]) -> None:
        method = body.get("method")
        if method == "initialize":
            data = result(body, INFO)
        elif method == "tools/list":
            page = int(body["params"].get("cursor") or "0")
            more = {"nextCursor": str(page + 1)} if page + 1 < len(pages) else {}
            data = result(body, {"tools": pages[page], **more})
        else:
            handler.send(b"", 202)
            return
        if stream:
            text = f": hello\r\nevent: message\r\ndata: {json.dumps(data)}\r\n\r\n".encode()
            handler.send(text, kind="text/event-stream", Mcp_Session_Id="s-1")
        else:
            handler.send(data, Mcp_Session_Id="s-1")

    return act


def ask(server: Server, act: Act, **options: Any) -> Probe:
    server.act = act
    return probe(
        server.url, timeout=options.pop("timeout", 20.0), request_timeout=options.pop("request_timeout", 8.0), **options
    )


@pytest.mark.parametrize("stream", [False, True])
def test_all_pages(server: Server, stream: bool) -> None:
    found = ask(server, listing([[tool("a"), tool("b")], [tool("c")], [tool("d")]], stream=stream))
    assert (found.status, found.tool_names, found.complete) == ("listed", ("a", "b", "c", "d"), True)
    assert (found.server, found.protocol_version) == ("demo", "2025-11-25")
    assert answers_from_probe(found) == {"tool_count": 4, "service_auth": "none"}
    later = [headers for _, headers, body in server.seen if body.get("method") == "tools/list"]
    assert {headers["Mcp-Session-Id"] for headers in later} == {"s-1"}
    assert {headers["MCP-Protocol-Version"] for headers in later} == {"2025-11-25"}


def test_a_server_without_a_handshake(server: Server) -> None:
    def act(handler: Handler, body: dict[str, Any]) -> None:
        if body.get("method") == "initialize":
            error = {"code": -32601, "message": "no such method"}
            handler.send({"jsonrpc": "2.0", "id": body["id"], "error": error}, 400)
        else:
            handler.send(result(body, {"tools": [tool("a")], "resultType": "complete"}))

    found = ask(server, act)
    assert (found.status, found.protocol_version, found.tool_names) == ("listed", "2026-07-28", ("a",))
    _, headers, body = next(one for one in server.seen if one[2].get("method") == "tools/list")
    assert (headers["MCP-Protocol-Version"], headers["Mcp-Method"]) == ("2026-07-28", "tools/list")
    assert body["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"] == "2026-07-28"


@pytest.mark.parametrize("status", [400, 404, 405])
def test_the_older_transport_is_named(server: Server, status: int) -> None:
    def act(handler: Handler, body: dict[str, Any]) -> None:
        if handler.command == "GET":
            handler.send_response(200)
            handler.send_header("Content-Type", "text/event-stream; charset=utf-8")
            handler.end_headers()
            handler.raw(b"event: endpoint\r\n", b"data: /messages/?session_id=1\r\n\r\n")
        else:
            handler.send(b"Method Not Allowed", status, kind="text/plain")

    found = ask(server, act)
    assert (found.status, found.transport, found.as_dict()["transport"]) == ("failed", "http+sse", "http+sse")
    assert "older HTTP+SSE transport" in (found.problem or "")


@pytest.mark.parametrize("body", [b"event: message\ndata: {}\n\n", b": a comment\n\n"])
def test_another_stream_is_not_the_older_transport(server: Server, body: bytes) -> None:
    def act(handler: Handler, _: dict[str, Any]) -> None:
        if handler.command == "GET":
            handler.send(body, kind="text/event-stream")
        else:
            handler.send(b"", 405)

    found = ask(server, act)
    assert (found.status, found.transport) == ("failed", None)
    assert "there is no MCP server at this address" in (found.problem or "")


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (421, b"Invalid Host header"),
        (403, b"Invalid Origin header"),
        (403, b"Access is only allowed at localhost:9104"),
        (403, b'{"error": "Host a.example.com is not allowed"}'),
    ],
)
def test_a_check_of_the_host_name_is_no_sign_in(server: Server, status: int, body: bytes) -> None:
    found = ask(server, lambda handler, _: handler.send(body, status, kind="text/plain"))
    assert (found.status, found.sign_in) == ("failed", None)
    assert f"refuses the host name of this address (HTTP {status})" in (found.problem or "")


@pytest.mark.parametrize("body", [b"Access is allowed from the office network only", b"You are not allowed to do this"])
def test_another_refusal_is_no_check_of_the_host_name(server: Server, body: bytes) -> None:
    found = ask(server, lambda handler, _: handler.send(body, 403, kind="text/plain"))
    assert found.sign_in is not None
    assert "host name" not in (found.problem or "")


@pytest.mark.parametrize(("extra", "sure"), [({}, True), ({"x_amz_apigw_id": "abc="}, False)])
def test_a_missing_token_can_mean_a_wrong_path(server: Server, extra: dict[str, str], sure: bool) -> None:
    def act(handler: Handler, _: dict[str, Any]) -> None:
        handler.send({"message": "Missing Authentication Token"}, 403, **extra)

    found = ask(server, act).sign_in
    assert found is not None
    assert (found.service_auth, found.sure, "path" in found.reason) == ("iam", sure, not sure)


@pytest.mark.parametrize(("version", "noted"), [("2024-11-05", True), ("2025-03-26", False), ("2025-11-25", False)])
def test_the_version_against_what_a_gateway_speaks(server: Server, version: str, noted: bool) -> None:
    def act(handler: Handler, body: dict[str, Any]) -> None:
        if body.get("method") == "initialize":
            handler.send(result(body, {**INFO, "protocolVersion": version}))
        else:
            handler.send(result(body, {"tools": [tool("a")]}))

    found = ask(server, act)
    assert (found.status, found.protocol_version, found.transport) == ("listed", version, "streamable-http")
    assert any("a gateway does not" in note for note in found.notes) is noted


def test_names_against_the_limits(server: Server) -> None:
    found = ask(server, listing([[tool("a" * 60), tool("b.c"), tool("d"), tool("d")]]), target_name="Weather")
    assert [note.split(":")[0][:5] for note in found.notes] == ["aaaaa", "b.c", "d"]
    assert "70 characters" in found.notes[0]


OPEN_ID = {"issuer": "x", "authorization_endpoint": "https://a", "token_endpoint": "https://t"}


@pytest.mark.parametrize(
    ("grants", "auth", "sure"),
    [
        (["client_credentials"], "oauth-client-credentials", True),
        (["authorization_code", "refresh_token"], "oauth-authorization-code", True),
        (["authorization_code", "client_credentials"], None, False),
        (["implicit"], None, False),
        (None, "oauth-authorization-code", False),
    ],
)
def test_sign_in_from_metadata(server: Server, grants: list[str] | None, auth: str | None, sure: bool) -> None:
    def act(handler: Handler, _: dict[str, Any]) -> None:
        if handler.path == "/mcp":
            challenge = f'Bearer error="invalid_token", resource_metadata="{server.origin}/meta", scope="read write"'
            handler.send({}, 401, WWW_Authenticate=challenge)
        elif handler.path == "/meta":
            handler.send({"resource": server.url, "authorization_servers": [f"{server.origin}/tenant"]})
        elif handler.path == "/tenant/.well-known/openid-configuration":
            handler.send(
                {**OPEN_ID, **({"grant_types_supported": grants} if grants else {}), "registration_endpoint": "r"}
            )
        else:
            handler.send({}, 404)

    found = ask(server, act)
    sign_in = found.sign_in
    assert found.status == "sign-in"
    assert sign_in is not None
    assert (sign_in.service_auth, sign_in.sure) == (auth, sure)
    assert sign_in.scopes == ("read", "write")
    assert sign_in.registration is True
    assert sign_in.discovery_url == f"{server.origin}/tenant/.well-known/openid-configuration"
    assert ("service_auth" in answers_from_probe(found)) == sure


def test_metadata_at_the_well_known_places(server: Server) -> None:
    def act(handler: Handler, _: dict[str, Any]) -> None:
        if handler.path == "/.well-known/oauth-protected-resource/mcp":
            handler.send({"authorization_servers": [server.origin], "scopes_supported": ["a"]})
        elif handler.path == "/.well-known/oauth-authorization-server":
            handler.send({**OPEN_ID, "grant_types_supported": ["client_credentials"]})
        else:
            handler.send({}, 401 if handler.path == "/mcp" else 404)

    found = ask(server, act).sign_in
    assert found is not None
    assert (found.service_auth, found.scopes) == ("oauth-client-credentials", ("a",))
    assert found.discovery_url == f"{server.origin}/.well-known/oauth-authorization-server"


@pytest.mark.parametrize(
    ("status", "headers", "body", "auth", "sure"),
    [
        (401, {"WWW_Authenticate": "Bearer"}, {}, "api-key", False),
        (401, {"WWW_Authenticate": 'Basic realm="x"'}, {}, "api-key", False),
        (401, {}, {}, "api-key", False),
        (403, {}, {"message": "Missing Authentication Token"}, "iam", True),
        (403, {"x_amzn_ErrorType": "MissingAuthenticationTokenException"}, {}, "iam", True),
    ],
)
def test_sign_in_without_metadata(
    server: Server, status: int, headers: dict[str, str], body: dict[str, Any], auth: str, sure: bool
) -> None:
    def act(handler: Handler, _: dict[str, Any]) -> None:
        handler.send(body, status if handler.path == "/mcp" else 404, **headers)

    found = ask(server, act).sign_in
    assert found is not None
    assert (found.service_auth, found.sure) == (auth, sure)


def test_metadata_elsewhere_on_this_network_is_not_asked_for(server: Server) -> None:
    """A server that is not here must not make us ask the machine we run on."""
    from agentcore_connect.probe.mcp_auth import _Reader

    reader = _Reader("https://mcp.example.com/mcp", 1.0)
    assert reader.resource(f"{server.origin}/meta") is None
    assert reader.resource("https://169.254.169.254/latest/meta-data") is None
    assert reader.resource("http://other.example.com/meta") is None
    assert server.seen == []


def drip(handler: Handler, _: dict[str, Any]) -> None:
    handler.raw(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
    gone = threading.Event()
    while not gone.wait(0.05):
        handler.raw(b": still here\n")


def flood(handler: Handler, _: dict[str, Any]) -> None:
    handler.raw(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
    while True:
        handler.raw(b"x" * 65536)


def endless_pages(handler: Handler, body: dict[str, Any]) -> None:
    if body.get("method") == "initialize":
        handler.send(result(body, INFO))
    else:
        number = int((body.get("params") or {}).get("cursor") or "0")
        handler.send(result(body, {"tools": [tool(f"t{number}")], "nextCursor": str(number + 1)}))


def same_cursor(handler: Handler, body: dict[str, Any]) -> None:
    data = INFO if body.get("method") == "initialize" else {"tools": [tool("t")], "nextCursor": "again"}
    handler.send(result(body, data))


def answer(content: bytes, kind: str = "application/json", status: int = 200, **headers: str) -> Act:
    return lambda handler, _: handler.send(content, status, kind, **headers)


def raw(content: bytes) -> Act:
    return lambda handler, _: handler.raw(content)


HOSTILE: dict[str, tuple[Act, str]] = {
    "drips": (drip, "took too long"),
    "floods": (flood, "larger than the gateway takes"),
    "endless pages": (endless_pages, "does not end"),
    "same cursor": (same_cursor, "does not end"),
    "deep": (answer(b"[" * 100_000), "not MCP"),
    "html": (answer(b"<html>", "text/html"), "no MCP server at this address"),
    "absent": (answer(b"{}", status=404), "no MCP server at this address"),
    "no json": (answer(b"\xff\xfe\x00"), "not MCP"),
    "other id": (answer(b'{"jsonrpc": "2.0", "id": 77, "result": {}}'), "not MCP"),
    "error": (answer(b'{"jsonrpc": "2.0", "id": 1, "error": {"code": 1, "message": "busy"}}'), "busy"),
    "not http": (raw(b"SSH-2.0-OpenSSH\r\n"), "not HTTP"),
    "hangs up": (raw(b""), "closed the connection"),
    "bad length": (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"), "not MCP"),
    "many headers": (raw(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 5000 + b"\r\n"), "not HTTP"),
    "long line": (raw(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n"), "not HTTP"),
    "loop": (answer(b"", status=307, Location="/mcp"), "redirects more than 3 times"),
    "nowhere": (answer(b"", status=307, Location="http://[bad"), "no address"),
    "file": (answer(b"", status=307, Location="file:///etc/passwd"), "not an http or https address"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile(server: Server, name: str) -> None:
    act, said = HOSTILE[name]
    found = ask(server, act, timeout=3.0, request_timeout=1.0)
    assert said in (found.problem or "")
    assert found.status in ("failed", "listed")
    assert found.complete is (found.status == "failed")
    assert len(found.tools) <= 101


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("ftp://127.0.0.1/x", "not an http or https address"),
        ("http://127.0.0.1:0/mcp", "not an http or https address"),
        ("http://[", "not a valid address"),
        ("http://user:word@127.0.0.1/", "user name or password"),
        ("http://127.0.0.1:1/mcp", "connection refused"),
        ("http://127.0.0.1/a b", "may not have"),
        ("http://nothing.invalid/", "not known here"),
    ],
)
def test_addresses(url: str, said: str) -> None:
    assert said in (probe(url, timeout=5.0).problem or "")


def test_tls_errors_are_explained(server: Server) -> None:
    server.act = listing([[tool("a")]])
    assert "is it an https address?" in (probe(server.url.replace("http:", "https:"), timeout=5.0).problem or "")


def test_a_redirect_elsewhere_loses_the_headers(server: Server) -> None:
    other = server.origin.replace("127.0.0.1", "localhost")
    server.act = lambda handler, _: (
        handler.send(b"", 307, Location=f"{other}/b") if handler.path == "/a" else handler.send({})
    )
    assert fetch(f"{server.origin}/a", headers={"Authorization": "Bearer x"}).status == 200
    assert ["Authorization" in headers for _, headers, _ in server.seen] == [True, False]


def test_a_document_of_a_server_on_this_machine(server: Server) -> None:
    server.act = lambda handler, _: handler.send({"openapi": "3.1.0", "paths": {"/a": {"get": {"operationId": "a"}}}})
    found = read_openapi(f"{server.origin}/openapi.json")
    assert (found.tool_count, found.shown) == (1, f"{server.origin}/openapi.json")
    server.act = lambda handler, _: handler.send(b"", 302, Location="https://example.com/openapi.json")
    with pytest.raises(ConnectError, match="may not be asked"):
        read_openapi(f"{server.origin}/openapi.json")
    server.act = lambda handler, _: handler.send(b"", 500)
    with pytest.raises(ConnectError, match="the server answered 500"):
        read_openapi(f"{server.origin}/openapi.json")
