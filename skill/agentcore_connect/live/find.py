"""Where a gateway answers and what it asks of its callers: from a written plan, a project, or a URL."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import SplitResult, urlsplit

from agentcore_connect.answers import load
from agentcore_connect.errors import ConnectError
from agentcore_connect.project.model import Project
from agentcore_connect.project.reader import read_project
from agentcore_connect.variables import variable_name

_HERE: Final = ("127.0.0.1", "localhost", "::1")
_REGION: Final = re.compile(r"\.bedrock-agentcore\.([a-z0-9-]+)\.")


class Gateway(NamedTuple):
    """A gateway to try. `inbound_auth` is in the words of the answers file, None where nothing tells it.

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
    """The gateway at a URL. In: where the URL was given. Errors: ConnectError `bad-url`."""
    parts = _parts(url)
    is_local = parts is not None and parts.scheme == "http" and parts.hostname in _HERE
    if parts is None or parts.hostname is None or (parts.scheme != "https" and not is_local):
        raise ConnectError(
            "bad-url",
            "this is not the URL of a gateway, which is https and holds no password and no query",
            where=place,
            expected="https://GATEWAY-ID.gateway.bedrock-agentcore.REGION.amazonaws.com/mcp",
            hint="`agentcore status --type gateway` prints it after a deploy",
        )
    region = _REGION.search(parts.hostname)
    return Gateway(url, region=region[1] if region else None)


def _parts(url: str) -> SplitResult | None:
    """The parts of a URL; None for what is no URL, and for one with a password or a query, which may be a secret."""
    try:
        parts = urlsplit(url)
        return None if parts.username or parts.password or parts.query or parts.port == 0 else parts
    except ValueError:
        return None


def of_plan(folder: Path, environment: Mapping[str, str]) -> Gateway:
    """The gateway of a written plan. In: the plan's folder, the environment. Errors: ConnectError."""
    plan = _plan(folder / "plan.json")
    answers = load.load(folder / "answers.yaml").data
    told, gateway = plan.get("gateway") or {}, answers.get("gateway") or {}
    if not told.get("name") or told.get("mcp_protocol") is False:
        what = (
            "its gateway passes requests on to an agent and lists no tools" if told.get("name") else "it has no gateway"
        )
        raise ConnectError("nothing-to-test", f"this plan cannot be tested: {what}", where=str(folder))
    name = str(told["name"])
    project = answers.get("project")
    found = read_project((folder / project).resolve()) if isinstance(project, str) else None
    own = found.gateway(name) if found is not None else None
    url = _url(name, own.deployed.url if own is not None and own.deployed is not None else None, environment)
    asked = of_url(url, _variable(name, "URL"))
    return asked._replace(
        name=name,
        inbound_auth=told.get("inbound_auth"),
        region=told.get("region") or asked.region,
        token_variable=_variable(name, "TOKEN"),
        discovery_url=gateway.get("discovery_url"),
        allowed_audience=tuple(gateway.get("allowed_audience") or ()),
        allowed_clients=tuple(gateway.get("allowed_clients") or ()),
        allowed_scopes=tuple(gateway.get("allowed_scopes") or ()),
    )


def of_project(folder: Path, name: str | None, environment: Mapping[str, str]) -> Gateway:
    """The gateway of a project. In: its folder, the gateway's name where it has several, the environment.

    Errors: ConnectError for no project, and for no gateway of that name.
    """
    found = read_project(folder)
    if found is None:
        raise ConnectError("no-project", "there is no AgentCore project here", where=str(folder), hint="give --project")
    own = found.gateway(name)
    if own is None:
        raise _no_gateway(found, name)
    url = _url(own.name, own.deployed.url if own.deployed is not None else None, environment)
    return of_url(url, _variable(own.name, "URL"))._replace(
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


def _url(name: str, deployed: str | None, environment: Mapping[str, str]) -> str:
    """The URL: the environment's, as the agent reads it, else the one of the last deploy."""
    variable = _variable(name, "URL")
    url = environment.get(variable, "").strip() or deployed
    if not url:
        raise ConnectError(
            "no-url",
            f"the URL of the gateway {name} is not known here",
            where=variable,
            hint=f"deploy first, set {variable} as the agent has it, or give --gateway-url",
        )
    return url


def _variable(name: str, what: str) -> str:
    return f"AGENTCORE_GATEWAY_{variable_name(name)}_{what}"


def _plan(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConnectError(
            "no-plan", "there is no written plan here", where=str(path.parent), hint="give the folder of plan --out"
        ) from None
    except (ValueError, RecursionError):
        raise ConnectError("unreadable-plan", "the plan cannot be read", where=str(path)) from None
    return data if isinstance(data, dict) else {}
