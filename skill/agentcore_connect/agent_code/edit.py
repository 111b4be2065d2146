"""Records of the tools that an agent gets, and of its edit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from agentcore_connect.core.values import JsonObject


class Wanted(NamedTuple):
    """The request of an edit: the client's manifest, the gateway's URL variable, and packages.

    ``hosts``, ``tools``: the names of what the connections serve, by which a tool of the agent's own is found.
    ``needs_request``: the client gets its token within a request to the agent only.
    """

    manifest: JsonObject
    url_variable: str
    packages: Sequence[str]
    hosts: Sequence[str] = ()
    tools: Sequence[str] = ()
    needs_request: bool = False


class AgentEdit(NamedTuple):
    """The edit: `state` is patch, connected or lines; `reason` says why there is no patch.

    ``parts`` is the patch but for the client, which is created at ``client``. ``files`` are the files it changes.
    ``replaces`` are tools of the agent's own that a connection stands in for; ``packages`` are those to add by hand;
    ``conflicts`` are ranges in the agent's files that leave out what was run.
    """

    state: str
    reason: str | None = None
    shape: str | None = None
    parts: str = ""
    client: str | None = None
    files: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
