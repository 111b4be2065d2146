"""Findings in Cedar policies: actions that name no tool. Cedar itself is checked elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from agentcore_connect.findings.model import Confidence, Finding, Scan
from agentcore_connect.findings.tools import tools_of
from agentcore_connect.knowledge.resources import load
from agentcore_connect.project.model import Gateway, Policy, PolicyEngine

_ACTION: Final = re.compile(r'AgentCore\s*::\s*Action\s*::\s*"((?:[^"\\]|\\.){1,400})"')
_COMMENT: Final = re.compile(r"//[^\n]*")
_SEPARATOR: Final = "___"
_HTTP: Final = re.compile(r"^[A-Z]+:")


def actions(scan: Scan) -> Iterator[Finding]:
    """Actions with two underscores, and actions of targets or tools that the engine's gateways do not have."""
    for engine in scan.project.policy_engines:
        gateways = _gateways(scan, engine)
        for policy in engine.policies:
            if f"{engine.name}/{policy.name}" in scan.project.deployed_policies:
                continue  # the service took it, so every action in it exists
            for action in dict.fromkeys(_ACTION.findall(_COMMENT.sub("", policy.statement))):
                yield from _judge(scan, gateways, policy, action)


def _gateways(scan: Scan, engine: PolicyEngine) -> list[Gateway]:
    """The gateways an engine is attached to; all of the project's where it is attached to none."""
    attached = [one for one in scan.project.gateways if one.policy_engine == engine.name]
    return attached or list(scan.project.gateways)


def _judge(scan: Scan, gateways: list[Gateway], policy: Policy, action: str) -> Iterator[Finding]:
    targets = {target.name: target for gateway in gateways for target in gateway.targets}
    if action in load("findings")["signs"]["policy_groups"] or action in targets or not gateways:
        return
    path = (*policy.at, "statement")
    # a gateway that runs may have targets that the API made
    sure: Confidence = "likely" if any(one.deployed for one in gateways) else "certain"
    target, separator, tool = action.partition(_SEPARATOR)
    if not separator:
        head, two, _ = action.partition("__")
        if two:
            message = f"policy {policy.name}: {action} has two underscores where {head}{_SEPARATOR}TOOL has three"
            yield scan.at("policy-two-underscores", message, *path)
        else:
            message = f"policy {policy.name}: {action} is neither a target nor a tool"
            yield scan.at("policy-unknown-tool", message, *path, confidence=sure)
        return
    if target not in targets:
        known = f"; targets: {', '.join(sorted(targets)[:8])}" if targets else "; the gateway has no target"
        message = f"policy {policy.name}: {action}: no target {target}{known}"
        yield scan.at("policy-unknown-tool", message, *path, confidence=sure)
        return
    if _HTTP.match(tool):
        return
    names = [name for name, _ in tools_of(scan, targets[target]).names]
    if names and tool not in names:
        known = ", ".join(names[:8])
        message = f"policy {policy.name}: {action}: {target} has no tool {tool}; it has {known}"
        yield scan.at("policy-unknown-tool", message, *path)
