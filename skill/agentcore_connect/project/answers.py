"""Derives answers from a project, so that they are not asked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote

from agentcore_connect.core.values import Json, JsonObject
from agentcore_connect.knowledge.endpoint_hints import hints_from_endpoint
from agentcore_connect.knowledge.questions import questions
from agentcore_connect.project.model import Gateway, Project, Runtime


def answers_from_project(project: Project, answers: JsonObject) -> dict[str, Json]:
    """The answers that the project's files settle, by dotted key; keys the user answered are left out.

    In: the project, the answers given so far (the nested document). Out: dotted key -> value, only what is known.
    """
    inferred: dict[str, Json] = {}
    if project.framework:
        inferred["agent.framework"] = project.framework
    if project.language not in (None, questions()["agent.language"].default):
        inferred["agent.language"] = project.language
    if project.agent_runtime:
        inferred["agent.state"] = "existing"
    given = _mapping(answers.get("gateway"))
    wanted = given.get("name")
    gateway = project.gateway(wanted if isinstance(wanted, str) else None)
    if gateway and (wanted or given.get("exists") is not True):
        inferred.update(_gateway(gateway))
    if project.aws_targets:
        target = next((one for one in project.aws_targets if one.name == "default"), project.aws_targets[0])
        if target.region:
            inferred["gateway.region"] = target.region
    inferred.update(_connections(project, answers))
    return {key: value for key, value in inferred.items() if not _answered(answers, key)}


def target_in_project(project: Project, gateway: str | None, name: str) -> bool:
    """Return whether the project already has a target of that name in the gateway (or in its only one)."""
    found = project.gateway(gateway)
    return found is not None and any(target.name == name for target in found.targets)


def _gateway(gateway: Gateway) -> dict[str, Json]:
    values: dict[str, Json] = {
        "gateway.name": gateway.name,
        "gateway.inbound_auth": gateway.inbound_auth,
        "gateway.discovery_url": gateway.discovery_url,
        "gateway.allowed_audience": list(gateway.allowed_audience),
        "gateway.allowed_clients": list(gateway.allowed_clients),
        "gateway.allowed_scopes": list(gateway.allowed_scopes),
    }
    if gateway.deployed:
        values.update({"gateway.id": gateway.deployed.id, "gateway.arn": gateway.deployed.arn})
    return {key: value for key, value in values.items() if value}


def runtime_at(project: Project, endpoint: str) -> Runtime | None:
    """The runtime of the project that an endpoint (its URL, with the id or the ARN in it, or its ARN) belongs to."""
    address = unquote(unquote(endpoint))
    for runtime in project.runtimes:
        ids = [re.escape(f"{project.name}_{runtime.name}") + "-[A-Za-z0-9]{10}"]
        if runtime.deployed:
            ids += [re.escape(one) for one in (runtime.deployed.id, runtime.deployed.arn) if one]
        if re.search(rf"(?:^|runtimes?/|/)(?:{'|'.join(ids)})(?:[/?]|$)", address):
            return runtime
    return None


def _connections(project: Project, answers: JsonObject) -> dict[str, Json]:
    """Return the project's facts about each connection: declared credential, own agent."""
    inferred: dict[str, Json] = {}
    connections = answers.get("connections")
    for index, connection in enumerate(connections if isinstance(connections, list) else []):
        name = _mapping(_mapping(connection).get("credential")).get("name")
        if isinstance(name, str) and project.credential(name):
            inferred[f"connections.{index}.credential.exists"] = True
        endpoint = _mapping(connection).get("endpoint")
        if isinstance(endpoint, str) and hints_from_endpoint(endpoint).get("host") == "agentcore-runtime":
            runtime = runtime_at(project, endpoint)
            inferred[f"connections.{index}.own_agent"] = runtime is not None and runtime.protocol != "MCP"
    return inferred


def _answered(answers: JsonObject, key: str) -> bool:
    here: Json = answers
    for part in key.split("."):
        if isinstance(here, list) and part.isdigit() and int(part) < len(here):
            here = here[int(part)]
        elif isinstance(here, Mapping) and part in here:
            here = here[part]
        else:
            return False
    return here is not None


def _mapping(value: object) -> JsonObject:
    return value if isinstance(value, Mapping) else {}
