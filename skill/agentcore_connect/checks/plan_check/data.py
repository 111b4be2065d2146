"""Checks of the plan's data files: answers, plan, tool schemas, API documents, policies. No other program is run."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from importlib import metadata
from typing import Any

from agentcore_connect import __version__
from agentcore_connect.checks.plan_check.report import Result
from agentcore_connect.checks.plan_check.written import Written
from agentcore_connect.resources import load_schema

_OWN = f"agentcore-connect {__version__}"
#: What a plan says of its own files; the checks that it names are those that were made while it was written.
_NOT_COMPARED = ("artifacts",)


def check_answers(written: Written) -> Iterator[Result]:
    """The answers against their published schema, and against the gate (which reading them has passed)."""
    yield _schema("answers.yaml", written.answers.data, "answers")
    yield Result("answers.yaml", "answers-gate", "passed", _OWN)


def check_plan_file(written: Written) -> Iterator[Result]:
    """The plan against its schema, and against what its answers lead to."""
    yield _schema("plan.json", written.plan, "plan")
    fresh = written.fresh.as_dict()
    differing = sorted(
        key for key in {*fresh, *written.plan} if key not in _NOT_COMPARED and fresh.get(key) != written.plan.get(key)
    )
    if differing:
        yield Result(
            "plan.json",
            "follows-from-answers",
            "failed",
            _OWN,
            why="the answers lead to another plan in: " + ", ".join(differing),
            next="write it anew: agentcore-connect plan answers.yaml --out DIR --force",
        )
    else:
        yield Result("plan.json", "follows-from-answers", "passed", _OWN)


def _schema(name: str, data: Any, schema: str) -> Result:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    by = f"jsonschema {metadata.version('jsonschema')}"
    error = best_match(Draft202012Validator(load_schema(schema)).iter_errors(data))
    if error is None:
        return Result(name, "json-schema", "passed", by)
    return Result(name, "json-schema", "failed", by, why=f"{error.json_path}: {error.message[:300]}")


def check_tool_schema(written: Written, name: str, connection: Mapping[str, Any]) -> Iterator[Result]:
    """A Lambda tool schema against what the service takes."""
    from agentcore_connect.checks.tool_schema import check_tools

    text = written.text(name)
    try:
        tools = json.loads(text or "")
    except ValueError as error:
        yield Result(name, "tool-schema", "failed", _OWN, why=f"this is no JSON: {error}")
        return
    problems = [p for p in check_tools(tools, target_name=connection["name"]) if p.severity == "error"]
    if problems:
        yield Result(name, "tool-schema", "failed", _OWN, why="; ".join(map(str, problems)))
    else:
        yield Result(name, "tool-schema", "passed", _OWN)
    planned = connection["tools"]
    status = "passed" if tools == planned else "failed"
    yield Result(
        name,
        "as-planned",
        status,  # type: ignore[arg-type]
        _OWN,
        why="" if tools == planned else "the tools are not those of the plan",
        next=""
        if tools == planned
        else "change the answers' `tools` and write the plan anew, so that both stay in step",
    )


def check_json(written: Written, name: str) -> Iterator[Result]:
    """A JSON document: that it is one."""
    try:
        json.loads(written.text(name) or "")
    except ValueError as error:
        yield Result(name, "json", "failed", _OWN, why=str(error))
    else:
        yield Result(name, "json", "passed", _OWN)


def check_cedar(written: Written, name: str) -> Iterator[Result]:
    """A policy against the Cedar engine and the service's scope rules."""
    from agentcore_connect.checks.cedar import check_policy

    ctx = written.fresh.context
    targets = {c["name"]: c["tools"] or None for c in ctx["connections"] if c["target_type"]}
    found = check_policy(
        written.text(name) or "",
        path=name,
        targets=targets,
        inbound_auth=ctx["gateway"]["inbound_auth"],
        gateway_arn=ctx["gateway"]["arn"],
    )
    errors = "; ".join(str(p) for p in found.problems if p.severity == "error")
    why = errors or ("the Cedar engine is not installed" if found.status == "not-run" else "")
    yield Result(
        name, "cedar", found.status, found.by, why=why, next="pip install cedarpy" if found.status == "not-run" else ""
    )
