"""The built-in checks at rendering; other checks are reported as not run."""

from __future__ import annotations

import json
import platform
from collections.abc import Callable, Sequence

from agentcore_connect import __version__
from agentcore_connect.core.record import NamedTuple, TypedDict
from agentcore_connect.core.values import JsonObject
from agentcore_connect.knowledge.resources import load
from agentcore_connect.plan.artifacts import Artifact
from agentcore_connect.plan.entries import CheckResult
from agentcore_connect.plan.records import RenderContext

Check = Callable[[Artifact, str, RenderContext], "_Outcome"]


class _Outcome(NamedTuple):
    """The result of a check: passed, failed or not-run, the tool, and the reason."""

    status: str
    by: str
    why: str | None = None


_OWN = f"agentcore-connect {__version__}"
_LATER = "agentcore-connect check"


def _judged(by: str, problems: list[str]) -> _Outcome:
    return _Outcome("failed", by, problems[0]) if problems else _Outcome("passed", by)


def _python(artifact: Artifact, text: str, _ctx: RenderContext) -> _Outcome:
    from agentcore_connect.checks.python_source import check_source

    return _judged(f"Python {platform.python_version()}", [str(one) for one in check_source(text, artifact.path)])


def _tool_schema(artifact: Artifact, text: str, _ctx: RenderContext) -> _Outcome:
    from agentcore_connect.checks.tool_schema import check_tools

    name = artifact.connection["name"] if artifact.connection is not None else ""
    return _judged(_OWN, [str(p) for p in check_tools(json.loads(text), target_name=name) if p.severity == "error"])


def _json(_artifact: Artifact, text: str, _ctx: RenderContext) -> _Outcome:
    try:
        json.loads(text)
    except ValueError as error:
        return _judged(_OWN, [str(error)])
    return _judged(_OWN, [])


def _cedar(artifact: Artifact, text: str, ctx: RenderContext) -> _Outcome:
    from agentcore_connect.checks.cedar import check_policy

    found = check_policy(text, path=artifact.path, **cedar_facts(ctx))
    if found.status == "not-run":
        return _Outcome("not-run", found.by)
    return _judged(found.by, [str(p) for p in found.problems if p.severity == "error"])


def _decisions(_artifact: Artifact, _text: str, ctx: RenderContext) -> _Outcome:
    from agentcore_connect.checks.cedar_decisions import check_decisions

    gateway = ctx["gateway"]["arn"] or load("cedar")["arn_variable"]
    status, by, problems = check_decisions(
        [p["statement"] for p in ctx["policies"]], ctx["policy"]["examples"] if ctx["policy"] else [], gateway
    )
    return _Outcome("not-run", by) if status == "not-run" else _judged(by, problems)


def _template(artifact: Artifact, text: str, _ctx: RenderContext) -> _Outcome:
    from agentcore_connect.checks.template_rules import check_template
    from agentcore_connect.project.cloudformation import template_data

    return _judged(_OWN, [str(one) for one in check_template(template_data(text, shown=artifact.path))])


class CedarFacts(TypedDict):
    """The facts for a policy check: targets with tools, inbound auth and ARN of the gateway."""

    targets: dict[str, Sequence[JsonObject] | None]
    inbound_auth: str
    gateway_arn: str | None


def cedar_facts(ctx: RenderContext) -> CedarFacts:
    """Return the facts for a policy check.

    Targets that the policies name and the plan does not make are there with None: their tools are not known here.
    """
    separator = load("cedar")["separator"]
    tools = [tool for policy in ctx["policies"] for tool in policy["tools"] if tool != "*"]
    named: dict[str, Sequence[JsonObject] | None] = dict.fromkeys(tool.partition(separator)[0] for tool in tools)
    own = {c["name"]: c["tools"] or None for c in ctx["connections"] if c["target_type"]}
    return CedarFacts(
        targets={**named, **own}, inbound_auth=ctx["gateway"]["inbound_auth"], gateway_arn=ctx["gateway"]["arn"]
    )


#: The built-in checks by the names that manifests use. A check that needs another program, or a service model that
#: takes longer to load than a plan takes to make, is left to `agentcore-connect check`.
BUILT_IN: dict[str, Check] = {
    "python-compile": _python,
    "tool-schema": _tool_schema,
    "json": _json,
    "cedar": _cedar,
    "policy-decisions": _decisions,
    "template-rules": _template,
}


def check_artifact(artifact: Artifact, text: str, ctx: RenderContext) -> list[CheckResult]:
    """Run the built-in checks of a rendered file; the others are named as not run."""
    found = []
    for name in artifact.checks:
        check = BUILT_IN.get(name)
        outcome = _Outcome("not-run", _LATER) if check is None else check(artifact, text, ctx)
        result = CheckResult(check=name, status=outcome.status, by=outcome.by)
        if outcome.why is not None:
            result["why"] = outcome.why
        found.append(result)
    return found
