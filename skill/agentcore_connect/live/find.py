"""Finds a gateway's URL and inbound auth from a written plan, a project, or a URL."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, urlsplit

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.record import NamedTuple
from agentcore_connect.core.variables import variable_name
from agentcore_connect.knowledge.base import patterns
from agentcore_connect.project.model import Gateway as Own
from agentcore_connect.project.model import Project
from agentcore_connect.project.reader import read_project
from agentcore_connect.verify.written import read_written

_HERE: Final = ("127.0.0.1", "localhost", "::1")
_BARE: Final = re.compile(r"[!-~]+")
_REGION: Final = re.compile(r"\.bedrock-agentcore\.([a-z0-9-]+)\.")


class Gateway(NamedTuple):
    """A gateway to try. `inbound_auth` is a value of the answers file, or None if unknown.

    `token_variable` is where the agent's bearer token is looked for; the last four say whose tokens it accepts.
    """

    url: str
    name: str | None = None
    inbound_auth: str | None = None
    region: str | None = None
    token_variable: str | None = None
    discovery_url: str | None = None
    allowed_audience: tuple[str, ...] = ()
    allowed_clients: tuple[str, ...] = ()
    allowed_scopes: tuple[str, ...] = ()


def of_url(url: str, place: str) -> Gateway:
    """Return the gateway at a URL. In: where the URL was given. Errors: ConnectError `bad-url`."""
    parts = _parts(url)
    is_local = parts is not None and parts.scheme == "http" and parts.hostname in _HERE
    if parts is None or parts.hostname is None or (parts.scheme != "https" and not is_local):
        raise ConnectError(
            "bad-url",
            "this is not the URL of a gateway, which is https and holds no password, query or fragment",
            where=place,
            expected="https://GATEWAY-ID.gateway.bedrock-agentcore.REGION.amazonaws.com/mcp",
            hint="`agentcore status --type gateway` prints it after a deploy",
        )
    region = _REGION.search(parts.hostname)
    return Gateway(url, region=region[1] if region else None)


def _parts(url: str) -> SplitResult | None:
    """Split a URL; None for no URL, and for one with a password or a query, which may be a secret."""
    try:
        parts = urlsplit(url)
        held = (parts.username, parts.password, parts.query, parts.fragment)
        return None if any(held) or parts.port == 0 or not url.isascii() or not _BARE.fullmatch(url) else parts
    except ValueError:
        return None


def of_plan(folder: Path, environment: Mapping[str, str]) -> Gateway:
    """Find the gateway of a written plan. In: the plan's folder, the environment. Errors: ConnectError."""
    written = read_written(folder)
    told, gateway = written.fresh.gateway, written.answers.data.get("gateway") or {}
    if not told.get("name") or told.get("mcp_protocol") is False:
        what = (
            "its gateway passes requests on to an agent and lists no tools" if told.get("name") else "it has no gateway"
        )
        raise ConnectError("nothing-to-test", f"this plan cannot be tested: {what}", where=str(folder))
    name = str(told["name"])
    found = written.gathered.project
    asked = _found(found.gateway(name) if found is not None else None, name, environment)
    return asked._replace(
        name=name,
        inbound_auth=written.fresh.context["gateway"]["inbound_auth"],
        region=told.get("region") or asked.region,
        token_variable=_variable(name, "TOKEN"),
        discovery_url=gateway.get("discovery_url"),
        allowed_audience=tuple(gateway.get("allowed_audience") or ()),
        allowed_clients=tuple(gateway.get("allowed_clients") or ()),
        allowed_scopes=tuple(gateway.get("allowed_scopes") or ()),
    )


def of_project(folder: Path, name: str | None, environment: Mapping[str, str]) -> Gateway:
    """Find the gateway of a project. In: its folder, the gateway's name if it has several, the environment.

    Errors: ConnectError for no project, and for no gateway of that name.
    """
    found = read_project(folder)
    if found is None:
        raise ConnectError(
            "no-project",
            "there is no AgentCore project here",
            where=str(folder),
            hint="name the folder that holds agentcore/agentcore.json",
        )
    own = found.gateway(name)
    if own is None:
        raise _no_gateway(found, name)
    return _found(own, own.name, environment)._replace(
        name=own.name,
        inbound_auth=own.inbound_auth,
        token_variable=_variable(own.name, "TOKEN"),
        discovery_url=own.discovery_url,
        allowed_audience=own.allowed_audience,
        allowed_clients=own.allowed_clients,
        allowed_scopes=own.allowed_scopes,
    )


def _no_gateway(project: Project, name: str | None) -> ConnectError:
    names = ", ".join(one.name for one in project.gateways)
    return ConnectError(
        "no-gateway",
        f"the project has no gateway {name}" if name else "it is not clear which gateway of the project is meant",
        where=str(project.root),
        expected=f"one of {names}" if names else "a project with a gateway",
        hint="name one with --gateway" if names else "add one: agentcore-connect plan",
    )


def _found(own: Own | None, name: str, environment: Mapping[str, str]) -> Gateway:
    """Return the gateway at the URL in the environment, as the agent reads it, else at the last deployment's URL."""
    variable = _variable(name, "URL")
    if given := environment.get(variable, "").strip():
        return of_url(given, variable)
    deployed = own.deployed.url if own is not None and own.deployed is not None else None
    if not deployed:
        raise ConnectError(
            "no-url",
            f"the URL of the gateway {name} is not known here",
            where=variable,
            hint=f"deploy first, set {variable} as the agent has it, or give --gateway-url",
        )
    if re.search(patterns()["gateway-url"], deployed) is None:  # a project from elsewhere would get the agent's token
        raise ConnectError(
            "bad-url",
            "the deployed state of the project names an address that is not one of AgentCore Gateway",
            where=f"the gateway {name}",
            hint=f"if it is yours, set {variable} or give --gateway-url",
        )
    return of_url(deployed, variable)


def _variable(name: str, what: str) -> str:
    return f"AGENTCORE_GATEWAY_{variable_name(name)}_{what}"
