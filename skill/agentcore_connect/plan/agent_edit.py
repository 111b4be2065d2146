"""The edit that gives the project's agent its tools, as a part of the plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from agentcore_connect.agent_code.edit import AgentEdit, Wanted
from agentcore_connect.agent_code.facts import facts_of
from agentcore_connect.collect.inputs import Gathered
from agentcore_connect.plan.artifacts import manifest_of

_NONE = AgentEdit("none")


def agent_edit_context(gathered: Gathered, ctx: Mapping[str, Any]) -> dict[str, Any]:
    """What happens to the agent's code: for templates, steps and the line at the end.

    ``state``: patch, lines (a person makes the edit, ``reason`` says why), connected, or none where the plan has no
    client for an agent of this project.
    """
    manifest = manifest_of("gateway_client.py", ctx) or {}
    edit = _edit(gathered, ctx, manifest) if manifest else _NONE
    facts = facts_of(manifest) if manifest else None
    found: dict[str, Any] = {key: getattr(edit, key) or None for key in AgentEdit._fields}
    found.update({key: list(getattr(edit, key)) for key in ("files", "replaces", "packages", "conflicts")})
    found["gives"] = facts.gives if facts else None
    found["opens"] = facts.opens if facts else None
    found["manifest"] = manifest
    found["template"] = f"client-{manifest['framework']}/{manifest['template']}" if manifest else None
    return found


def packages(manifest: Mapping[str, Any], inbound: str, *, search: bool) -> list[str]:
    """What a client needs; of two requirements of one package the later one counts."""
    requires = manifest["requires"]
    every = [*requires["always"], *requires[inbound], *(requires.get("semantic-search", ()) if search else ())]
    return list({one.split(">")[0].split("<")[0]: one for one in every}.values())


def _edit(gathered: Gathered, ctx: Mapping[str, Any], manifest: Mapping[str, Any]) -> AgentEdit:
    project, agent, gateway = gathered.project, ctx["agent"], ctx["gateway"]
    if project is None or agent["state"] != "existing" or not (project.runtimes or not project.declared):
        return _NONE
    from agentcore_connect.agent_code.patch import edit_agent  # most plans edit no agent

    served = [c for c in ctx["connections"] if c["target_type"]]
    hosts = {urlsplit(c["endpoint"]).hostname for c in served if c["endpoint"]}
    return edit_agent(
        project,
        Wanted(
            manifest,
            gateway["env_url"],
            packages(manifest, gateway["inbound_auth"], search=ctx["search"]["recommended"]),
            sorted(one for one in hosts if one),
            sorted(tool["name"] for c in served for tool in c["tools"]),
            needs_request=gateway["token_provider"] is not None,
        ),
    )
