"""Adds the edit of the agent's code to the plan."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from agentcore_connect.agent_code.edit import AgentEdit, Client, Direct, Wanted
from agentcore_connect.agent_code.facts import facts_of
from agentcore_connect.collect.inputs import Gathered
from agentcore_connect.core.record import NamedTuple
from agentcore_connect.core.values import JsonObject, mapping, texts
from agentcore_connect.plan.artifacts import Artifact, artifacts_of, manifest_of
from agentcore_connect.plan.direct import DirectCall, direct_call
from agentcore_connect.plan.records import AgentEditContext, CreatedFile, RenderContext

_CLIENT = "gateway_client.py"


class _Call(NamedTuple):
    """A file for a direct call, and what is known of it."""

    artifact: Artifact
    made_of: DirectCall


def agent_edit_context(gathered: Gathered, ctx: RenderContext) -> AgentEditContext:
    """Return what happens to the agent's code, for templates, steps and the last line.

    ``state``: patch, lines (a person makes the edit, ``reason`` says why), connected, or none where the plan has no
    tools for an agent of this project.
    """
    client, calls = manifest_of(_CLIENT, ctx), _calls(ctx)
    manifest = client or (_framework(ctx) if calls else None)
    if manifest is None:
        return no_edit()
    edit, facts = _edit(gathered, ctx, manifest, calls), facts_of(manifest)
    exists = edit.state != "none"
    undecided = [f"{one.artifact.path}: {one.made_of.why_none}" for one in calls if one.made_of.why_none]
    return AgentEditContext(
        state=edit.state,
        reason=edit.reason or None,
        shape=edit.shape or None,
        parts=edit.parts or None,
        created=[_created(file, path, manifest, calls) for file, path in edit.created],
        gifts=list(edit.gifts),
        files=list(edit.files),
        replaces=list(edit.replaces),
        packages=list(edit.packages),
        conflicts=list(edit.conflicts),
        gives=facts.gives if facts and client else None,
        opens=facts.opens if facts and client else None,
        entry=None if facts is None else "entry point" if facts.is_sync else "asynchronous entry point",
        functions=[one for call in calls for one in call.made_of.functions] if exists else [],
        undecided=undecided if exists else [],
        manifest=manifest,
    )


def no_edit() -> AgentEditContext:
    """Nothing happens to an agent's code."""
    return AgentEditContext(
        state="none",
        reason=None,
        shape=None,
        parts=None,
        created=[],
        gifts=[],
        files=[],
        replaces=[],
        packages=[],
        conflicts=[],
        gives=None,
        opens=None,
        entry=None,
        functions=[],
        undecided=[],
        manifest={},
    )


def packages(manifest: JsonObject, inbound: str, *, search: bool) -> list[str]:
    """Return the packages of a client; the later requirement of a package wins."""
    requires = mapping(manifest["requires"])
    kinds = ("always", inbound, *(("semantic-search",) if search else ()))
    every = [one for kind in kinds for one in texts(requires.get(kind))]
    return list({one.split(">")[0].split("<")[0]: one for one in every}.values())


def _calls(ctx: RenderContext) -> list[_Call]:
    """The files that call a service from the agent's own code."""
    found = []
    for one in artifacts_of("direct", ctx):
        if one.connection is not None:
            found.append(_Call(one, direct_call(one.connection, one.manifest)))
    return found


def _framework(ctx: RenderContext) -> JsonObject | None:
    """The client's manifest of the agent's framework, where the plan has no gateway's client."""
    known = ctx.copy()
    known["agent_client"] = True
    found = manifest_of(_CLIENT, known)
    return found if found and ctx["agent"]["kind"] != "harness" else None


def _created(file: str, path: str, manifest: JsonObject, calls: Sequence[_Call]) -> CreatedFile:
    """A file that the patch creates, with its template."""
    call = next((one.artifact for one in calls if one.artifact.path == file), None)
    if call is None or call.connection is None:
        template = f"client-{manifest['framework']}/{manifest['template']}"
        return CreatedFile(artifact=file, path=path, template=template, manifest=manifest, connection=None)
    template = f"{call.kind}/{call.manifest['template']}"
    name = call.connection["name"]
    return CreatedFile(artifact=file, path=path, template=template, manifest=call.manifest, connection=name)


def _edit(gathered: Gathered, ctx: RenderContext, manifest: JsonObject, calls: Sequence[_Call]) -> AgentEdit:
    project, agent, gateway = gathered.project, ctx["agent"], ctx["gateway"]
    if project is None or agent["state"] != "existing" or not (project.runtimes or not project.declared):
        return AgentEdit("none")
    has_client = manifest_of(_CLIENT, ctx) is not None
    usable = [one for one in calls if one.made_of.functions]
    if not has_client and not usable:
        return AgentEdit("lines", calls[0].made_of.why_none)
    from agentcore_connect.agent_code.patch import edit_agent  # most plans edit no agent

    served = [c for c in ctx["connections"] if c["target_type"] or c["path"] == "D"]
    hosts = {urlsplit(c["endpoint"]).hostname for c in served if c["endpoint"]}
    needs = packages(manifest, gateway["inbound_auth"], search=ctx["search"]["recommended"]) if has_client else []
    needs += [line for one in usable for line in one.made_of.requires]
    client = Client(
        gateway["env_url"],
        gateway["name"],
        gateway["env"].lower(),
        needs_request=gateway["token_provider"] is not None,
    )
    return edit_agent(
        project,
        Wanted(
            manifest,
            client if has_client else None,
            [Direct(one.artifact.path, one.made_of.functions) for one in usable],
            list(dict.fromkeys(needs)),
            sorted(one for one in hosts if one),
            sorted(str(tool["name"]) for c in served for tool in c["tools"]),
        ),
    )
