"""Findings about what a target's host demands: sign-in that is missing, or of another kind; targets without gateway."""

from __future__ import annotations

from collections.abc import Iterator

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.findings.model import Confidence, Finding, Scan
from agentcore_connect.findings.tools import tools_of
from agentcore_connect.knowledge.endpoint_hints import hints_from_endpoint, host_name
from agentcore_connect.project.model import Target


def missing(scan: Scan) -> Iterator[Finding]:
    """MCP server targets that send no credential to a host that demands one."""
    for target in scan.all_targets:
        if target.type != "mcp-server" or target.outbound_auth != "none" or not target.endpoint:
            continue
        host = hints_from_endpoint(target.endpoint).get("host")
        sure: Confidence | None = "likely"
        if host == "agentcore-runtime":
            message, sure = "a runtime takes SigV4 or a JWT, and this target sends neither", "certain"
        elif host == "lambda-url":
            message = "a function URL with AuthType AWS_IAM refuses requests that are not signed"
        elif host == "agentcore-gateway":
            message, sure = "a gateway checks its callers unless its authorizer is NONE", _gateway(scan, target)
        else:
            continue
        if sure:
            key = ("outboundAuth", "type") if "outboundAuth" in target.raw else ("endpoint",)
            message = f"target {target.name}: {message}"
            yield scan.at("mcp-target-no-auth", message, *target.at, *key, confidence=sure)


def _gateway(scan: Scan, target: Target) -> Confidence | None:
    """Return the confidence that a target gateway requires auth; None if it requires none."""
    wanted = host_name(target.endpoint or "")
    for gateway in scan.project.gateways:
        if gateway.deployed and gateway.deployed.url and host_name(gateway.deployed.url) == wanted:
            return None if gateway.inbound_auth == "none" else "certain"
    return "likely"


def unassigned(scan: Scan) -> Iterator[Finding]:
    """Targets that lost their gateway."""
    for target in scan.project.unassigned:
        yield scan.at("target-unassigned", f"target {target.name} belongs to no gateway", *target.at)


def key_for_oauth(scan: Scan) -> Iterator[Finding]:
    """API key targets on documents whose operations ask for OAuth and for nothing else."""
    from agentcore_connect.specs.openapi_model import Document
    from agentcore_connect.specs.openapi_security import demand_of

    for _, target in scan.targets:
        spec = tools_of(scan, target).spec if target.type == "open-api-schema" else None
        if spec is None or target.outbound_auth != "api-key":
            continue
        try:
            demand = demand_of(Document(spec))
        except ConnectError:
            continue
        if demand.ways and not demand.open_operations and all(_is_oauth(one.service_auth) for one in demand.ways):
            schemes = ", ".join(one.name for one in demand.ways[:4])
            message = f"target {target.name} sends an API key; {spec.shown} asks for OAuth ({schemes})"
            path = (*target.at, "outboundAuth", "type")
            yield scan.at("api-key-for-oauth-document", message, *path, confidence="likely")


def _is_oauth(service_auth: str | None) -> bool:
    return service_auth is not None and service_auth.startswith("oauth")
