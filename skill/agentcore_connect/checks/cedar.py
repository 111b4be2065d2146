"""Checks a Cedar policy as the service would: by the Cedar engine, and by the service's own rules."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from importlib import metadata
from importlib.util import find_spec
from typing import Final, Literal

from agentcore_connect.checks.cedar_schema import Targets, schema_text
from agentcore_connect.checks.cedar_scope import Scope, read_scopes
from agentcore_connect.core.problem import Problem, severity
from agentcore_connect.core.record import dataclass
from agentcore_connect.knowledge.resources import load

_BEYOND_CEDAR: Final = re.compile(r"\bwhen (guardrails|temporal)\b")
_CONTEXT_INPUT: Final = re.compile(r"\bcontext \. input\b")
_TAGS: Final = re.compile(r"\bprincipal \. (hasTag|getTag)\b")
_IAM_PATTERN: Final = re.compile(r'\bprincipal \. id like "arn:aws[a-z-]*:iam::')


Status = Literal["passed", "failed", "not-run"]


@dataclass(frozen=True, slots=True)
class CedarCheck:
    """The check of one policy: passed, failed or not-run, the tool, and the problems."""

    status: Status
    by: str
    problems: tuple[Problem, ...]


def check_policy(
    text: str,
    *,
    path: str = "policy.cedar",
    targets: Targets | None = None,
    inbound_auth: str | None = None,
    gateway_arn: str | None = None,
) -> CedarCheck:
    """Check one policy before it is sent.

    In: its text; the file's name, for messages; where known, the gateway's targets with their tools' definitions (a
    target with None: its tools are not known), its inbound auth and its ARN.
    Out: `not-run` when nothing is wrong as far as was looked, and the Cedar engine is missing or could not judge the
    types: `by` says which.
    """
    scopes = read_scopes(text)
    found = list(_own_rules(text, scopes, path, targets, inbound_auth, gateway_arn))
    status, by, engine = _engine(text, scopes, path, targets or {})
    if scopes is None and not engine:
        found.append(Problem("error", "no-policy", path, "this cannot be read as a Cedar policy"))
    found.extend(engine)
    if any(one.severity == "error" for one in found):
        status = "failed"
    return CedarCheck(status, by, tuple(found))


def _own_rules(
    text: str,
    scopes: list[Scope] | None,
    path: str,
    targets: Targets | None,
    inbound_auth: str | None,
    gateway_arn: str | None,
) -> Iterator[Problem]:
    limits = load("limits")["limits"]
    length = len(text.strip())
    if not limits["policy-statement-min"]["value"] <= length <= limits["policy-statement-max"]["value"]:
        yield _problem("statement-length", path, f"this has {length:,}")
    if scopes is not None and len(scopes) != 1:
        yield _problem("one-statement", path, f"this has {len(scopes)}")
    for scope in scopes or ():
        where = f"{path}:{scope.line}"
        yield from _resource(scope, where, gateway_arn)
        yield from _action(scope, where, targets)
        yield from _principal(scope, where, inbound_auth)
        if _IAM_PATTERN.search(scope.conditions):
            yield _problem("iam-user-arn", where)
        if not scope.conditions and scope.principal.op in ("all", "is"):
            yield _problem(f"unconditional-{scope.effect}", where)


def _resource(scope: Scope, where: str, gateway_arn: str | None) -> Iterator[Problem]:
    cedar = load("cedar")
    resource = scope.resource
    named = scope.action.op != "all"
    if resource.op == "all":
        yield _problem("wildcard-resource", where)
    elif named and resource.op != "==":
        yield _problem("named-action-wants-arn", where)
    elif not named and resource.op != "is":
        yield _problem("any-action-wants-type", where)
    elif resource.type != cedar["resource_type"]:
        yield _problem("resource-no-gateway-arn", where, f"this is a {resource.type}")
    elif resource.op == "==" and resource.ids[0] != cedar["arn_variable"]:
        if not re.match(load("limits")["patterns"]["gateway-arn"]["regex"], resource.ids[0]):
            yield _problem("resource-no-gateway-arn", where, f"this is {resource.ids[0]!r}")
        elif gateway_arn and resource.ids[0] != gateway_arn:
            yield _problem("resource-no-gateway-arn", where, f"the gateway's own is {gateway_arn}")


def _action(scope: Scope, where: str, targets: Targets | None) -> Iterator[Problem]:
    cedar = load("cedar")
    separator = cedar["separator"]
    groups = {cedar["schema"]["group_parent"], "Mcp", *(targets or {})}
    if scope.action.op == "in" and not scope.action.listed and _CONTEXT_INPUT.search(scope.conditions):
        yield _problem("group-with-input", where)
    if targets is None:
        return
    known = {f"{target}{separator}{tool['name']}" for target, tools in targets.items() for tool in tools or ()}
    for action in scope.action.ids:
        target = action.partition(separator)[0]
        if action in known or (action in groups and scope.action.op == "in"):
            continue
        if separator in action and target in targets and targets[target] is None:
            continue
        close = difflib.get_close_matches(action, known, n=1)
        yield _problem(
            "unknown-action", where, f"this is {action!r}" + (f"; did you mean {close[0]!r}?" if close else "")
        )


def _principal(scope: Scope, where: str, inbound_auth: str | None) -> Iterator[Problem]:
    principals = load("cedar")["principals"]
    of_iam = principals["aws-iam"]["type"]
    kind = scope.principal.type
    if inbound_auth and kind and kind != principals[inbound_auth]["type"]:
        yield _problem("wrong-principal", where, f"this is {kind}, with {inbound_auth} inbound")
    if _TAGS.search(scope.conditions) and (kind == of_iam or inbound_auth in ("aws-iam", "none")):
        yield _problem("tags-on-iam", where)


def _engine(text: str, scopes: list[Scope] | None, path: str, targets: Targets) -> tuple[Status, str, list[Problem]]:
    """Return the Cedar engine's problems with the policy's syntax, names and types."""
    if find_spec("cedarpy") is None:
        return "not-run", "cedarpy is not installed; only the service's own rules were looked at", []
    by = f"cedarpy {metadata.version('cedarpy')}"
    if any(_BEYOND_CEDAR.search(scope.conditions) for scope in scopes or ()):
        return "not-run", f"{by} reads plain Cedar only, this policy has more", []
    separator = load("cedar")["separator"]
    named = [action for scope in scopes or () for action in scope.action.ids]
    judged = all(targets.get(action.partition(separator)[0]) is not None for action in named)
    errors = _validate(text, schema_text(targets))
    if not judged:
        errors = [message for message in errors if message.startswith("Policy parse error")]
    problems = [Problem("error", "cedar", path, message) for message in dict.fromkeys(errors)]
    if judged or problems:
        return "passed", by, problems
    return "not-run", f"{by} read it, but the tools are not known here, so names and types were not judged", []


def _validate(text: str, schema: str) -> list[str]:
    import cedarpy

    result = cedarpy.validate_policies(text, schema)
    return [re.sub(r"^for policy `policy\d+`, ", "", str(one.error)) for one in result.errors]


def _problem(code: str, where: str, detail: str = "") -> Problem:
    rule = load("cedar")["rules"][code]
    text = rule["text"].rstrip(".")
    return Problem(
        severity(rule.get("severity", "error")), code, where, f"{text} ({detail})." if detail else f"{text}."
    )
