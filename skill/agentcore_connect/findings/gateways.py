"""Findings in gateways and targets, from the project's file alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agentcore_connect.findings.model import Finding, Scan, finding
from agentcore_connect.knowledge.resources import load
from agentcore_connect.project.answers import runtime_at
from agentcore_connect.project.model import Gateway, Target

_FALLBACK_TO_ROLE = "iam"


def notices(scan: Scan) -> Iterator[Finding]:
    """Return the notices about the project's files."""
    known = load("findings")["findings"]
    for notice in (*scan.project.notices, *scan.repository.notices):
        if notice.code in known:
            yield finding(notice.code, notice.message, notice.where)


def inbound(scan: Scan) -> Iterator[Finding]:
    """Find gateways without inbound auth."""
    for gateway in scan.gateways:
        if gateway.inbound_auth == "none":
            key = "authorizerType" if "authorizerType" in _raw(scan, gateway) else "name"
            yield scan.at("gateway-no-inbound-auth", f"gateway {gateway.name}", *gateway.at, key)


def own_runtime(scan: Scan) -> Iterator[Finding]:
    """Find MCP server targets whose endpoint is an agent of this project, not an MCP server."""
    for _, target in scan.targets:
        runtime = runtime_at(scan.project, target.endpoint or "") if target.type == "mcp-server" else None
        if runtime is not None and runtime.protocol != "MCP":
            message = f"target {target.name} calls {runtime.name}, an agent of this project"
            yield scan.at("target-own-runtime", message, *target.at, "endpoint")


def endpoints(scan: Scan) -> Iterator[Finding]:
    """Find endpoints that the service refuses."""
    for target in scan.all_targets:
        if target.endpoint and not target.endpoint.lower().startswith("https://"):
            message = f"target {target.name}: {target.endpoint.partition('?')[0][:80]}"
            yield scan.at("target-endpoint-not-https", message, *target.at, "endpoint")


def names(scan: Scan) -> Iterator[Finding]:
    """Find target names that the service refuses."""
    pattern = load("limits")["patterns"]["target-name"]
    for target in scan.all_targets:
        # a template may leave the name to the deploy
        if isinstance(target.raw.get("name"), str) and not re.search(pattern["regex"], target.name):
            yield scan.at("target-name-invalid", f"{target.name!r}: not {pattern['meaning']}", *target.at, "name")


def outbound(scan: Scan) -> Iterator[Finding]:
    """Find targets with missing or unsupported auth."""
    for _, target in scan.targets:
        if target.type == "open-api-schema" and target.outbound_auth in (None, "none"):
            yield scan.at("openapi-target-no-auth", f"target {target.name}", *target.at, "outboundAuth")
        elif not _allowed(scan, target):
            message = f"target {target.name}: {target.type} with {target.outbound_auth}{_by_api(target)}"
            yield scan.at("target-auth-not-allowed", message, *target.at, "outboundAuth", "type")


def _allowed(scan: Scan, target: Target) -> bool:
    auth = target.outbound_auth
    surfaces = load("auth-matrix")["cli"]
    surface = surfaces["1.x" if scan.project.version == load("project-format")["versions"]["next"] else "0.30"]
    can = surface["can"].get(target.type)
    if can is None or auth is None or auth in _words(can):
        return True
    # a type that falls back to the gateway's role takes NONE to mean the same
    return auth == "none" and _FALLBACK_TO_ROLE in can


def _words(kinds: list[str]) -> set[str]:
    return {kind.partition("-")[0] if kind.startswith("oauth-") else kind for kind in kinds}


def _by_api(target: Target) -> str:
    rules = load("auth-matrix")["targets"].get(target.type, {})
    able = _words([kind for kind, rule in rules.items() if rule["api"]])
    return " (the API takes it, the CLI's file does not)" if target.outbound_auth in able else ""


def engines(scan: Scan) -> Iterator[Finding]:
    """Find gateways that name an undeclared policy engine."""
    declared = {engine.name for engine in scan.project.policy_engines}
    for gateway in scan.project.gateways:
        if gateway.policy_engine and gateway.policy_engine not in declared:
            message = f"gateway {gateway.name} names the engine {gateway.policy_engine}"
            path = (*gateway.at, "policyEngineConfiguration", "policyEngineName")
            yield scan.at("policy-engine-missing", message, *path)


def _raw(scan: Scan, gateway: Gateway) -> dict[str, object]:
    entries = scan.project.raw.get(str(gateway.at[0]))
    return dict(entries[int(gateway.at[1])]) if isinstance(entries, list) else {}
