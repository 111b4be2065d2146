"""Adds the edit of the agent's code to the plan."""

from __future__ import annotations

from urllib.parse import urlsplit

from agentcore_connect.agent_code.edit import AgentEdit, Wanted
from agentcore_connect.agent_code.facts import facts_of
from agentcore_connect.collect.inputs import Gathered
from agentcore_connect.core.values import JsonObject, mapping, texts
from agentcore_connect.plan.artifacts import manifest_of
from agentcore_connect.plan.records import AgentEditContext, RenderContext


def agent_edit_context(gathered: Gathered, ctx: RenderContext) -> AgentEditContext:
    """Return what happens to the agent's code, for templates, steps and the last line.

    ``state``: patch, lines (a person makes the edit, ``reason`` says why), connected, or none where the plan has no
    client for an agent of this project.
    """
    manifest = manifest_of("gateway_client.py", ctx)
    if manifest is None:
        return no_edit()
    edit, facts = _edit(gathered, ctx, manifest), facts_of(manifest)
    return AgentEditContext(
        state=edit.state,
        reason=edit.reason or None,
        shape=edit.shape or None,
        parts=edit.parts or None,
        client=edit.client or None,
        files=list(edit.files),
        replaces=list(edit.replaces),
        packages=list(edit.packages),
        conflicts=list(edit.conflicts),
        gives=facts.gives if facts else None,
        opens=facts.opens if facts else None,
        manifest=manifest,
        template=f"client-{manifest['framework']}/{manifest['template']}",
    )


def no_edit() -> AgentEditContext:
    """Nothing happens to an agent's code."""
    return AgentEditContext(
        state="none",
        reason=None,
        shape=None,
        parts=None,
        client=None,
        files=[],
        replaces=[],
        packages=[],
        conflicts=[],
        gives=None,
        opens=None,
        manifest={},
        template=None,
    )


def packages(manifest: JsonObject, inbound: str, *, search: bool) -> list[str]:
    """Return the packages of a client; the later requirement of a package wins."""
    requires = mapping(manifest["requires"])
    kinds = ("always", inbound, *(("semantic-search",) if search else ()))
    every = [one for kind in kinds for one in texts(requires.get(kind))]
    return list({one.split(">")[0].split("<")[0]: one for one in every}.values())


def _edit(gathered: Gathered, ctx: RenderContext, manifest: JsonObject) -> AgentEdit:
    project, agent, gateway = gathered.project, ctx["agent"], ctx["gateway"]
    if project is None or agent["state"] != "existing" or not (project.runtimes or not project.declared):
        return AgentEdit("none")
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
            sorted(str(tool["name"]) for c in served for tool in c["tools"]),
            needs_request=gateway["token_provider"] is not None,
        ),
    )
