"""The tools of a live MCP server, as a source of definitions."""

from __future__ import annotations

from urllib.parse import urlsplit

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.probe.mcp_probe import Probe, probe
from agentcore_connect.probe.mcp_wire import Authorize
from agentcore_connect.specs.tool_draft import ToolDraft
from agentcore_connect.specs.tool_sources import draft_of_data

_HERE = ("127.0.0.1", "localhost", "::1")


def tools_of_server(url: str, authorize: Authorize | None = None) -> list[ToolDraft]:
    """Every tool that a server lists, all pages.

    In: the endpoint; what lets the requests in, where something has to.
    Errors: ConnectError `bad-url`, `authentication-needed`, `no-tools`.
    """
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _HERE):
        raise ConnectError(
            "bad-url", "this is not an https address", where=url, hint="give the server's https endpoint"
        )
    found = probe(url, authorize=authorize)
    if found.status == "sign-in":
        raise _refused(found, is_given=authorize is not None)
    if found.status == "failed" or not found.complete:
        raise ConnectError("no-tools", f"gives no whole list of tools: {found.problem}", where=url)
    if not found.tools:
        raise ConnectError("no-tools", "lists no tools", where=url)
    return [draft_of_data(one, url, one) for one in found.tools]


def _refused(found: Probe, *, is_given: bool) -> ConnectError:
    reason = found.sign_in.reason if found.sign_in is not None else "it answers 401 or 403"
    what = "does not accept this token" if is_given else "lists its tools to authenticated callers only"
    hint = "get a new token" if is_given else "put a token into a variable and name it: --bearer-env NAME"
    return ConnectError("authentication-needed", f"{what}: {reason}", where=found.url, hint=hint)
