"""Checks of the plan's data files: answers, plan, tool schemas, API documents, policies. No other program is run."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from importlib import metadata
from typing import TYPE_CHECKING

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.problem import Problem
from agentcore_connect.core.values import Json
from agentcore_connect.knowledge.base import rules
from agentcore_connect.knowledge.resources import load, load_schema
from agentcore_connect.verify.report import OWN, Result, judged
from agentcore_connect.verify.written import Context, Written

if TYPE_CHECKING:
    from agentcore_connect.specs.openapi_model import Fault

_ANEW = "write it anew: agentcore-connect plan answers.yaml --out DIR --force"
_IN_STEP = "make the change in the answers and write the plan anew, so that both stay in step"


def check_answers(written: Written) -> Iterator[Result]:
    """Check the answers against their published schema; reading them has passed the gate."""
    yield _schema("answers.yaml", written.answers.data, "answers")
    yield Result("answers.yaml", "answers-gate", "passed", OWN)
    yield judged("answers.yaml", "service-takes-it", OWN, list(_refused(written)), cure=_IN_STEP)


def _refused(written: Written) -> Iterator[str]:
    """Yield the plan's warnings about refused values, each with its connection."""
    plan = written.fresh
    said = [("", one) for one in plan.warnings]
    said += [(f"{c['name']}: ", one) for c in plan.connections for one in c["warnings"]]
    known = rules()
    for place, one in said:
        if one["rule"] in known and known[one["rule"]].fails_check:
            yield f"{place}{one['text']}"


def check_plan_file(written: Written) -> Iterator[Result]:
    """Check the plan against its schema, and against a plan made anew from its answers."""
    yield _schema("plan.json", written.plan, "plan")
    fresh: dict[str, Json] = json.loads(json.dumps(written.fresh.as_dict()))
    said = {**written.plan, "artifacts": _files(written.plan.get("artifacts"))}
    wanted = {**fresh, "artifacts": _files(fresh["artifacts"])}
    problems = [f"{place} is not what the answers lead to" for place in differing(said, wanted)]
    yield judged("plan.json", "follows-from-answers", OWN, problems, cure=_ANEW)


def _files(artifacts: Json) -> Json:
    """Return the names and kinds of the files, without the checks made at writing."""
    if not isinstance(artifacts, list):
        return artifacts
    return [{k: one.get(k) for k in ("path", "kind")} if isinstance(one, dict) else one for one in artifacts]


def differing(said: object, wanted: object, at: str = "") -> Iterator[str]:
    """Yield the innermost differences between two documents, as dotted paths."""
    if isinstance(said, dict) and isinstance(wanted, dict):
        for key in [*wanted, *(k for k in said if k not in wanted)]:
            if key in said and key in wanted:
                yield from differing(said[key], wanted[key], f"{at}.{key}" if at else str(key))
            else:
                yield f"{at}.{key}" if at else str(key)
    elif isinstance(said, list) and isinstance(wanted, list) and len(said) == len(wanted):
        for number, (one, other) in enumerate(zip(said, wanted, strict=True)):
            yield from differing(one, other, f"{at}[{number}]")
    elif said != wanted or type(said) is not type(wanted):
        yield at


def _schema(name: str, data: object, schema: str) -> Result:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    by = f"jsonschema {metadata.version('jsonschema')}"
    error = best_match(Draft202012Validator(load_schema(schema)).iter_errors(data))
    return judged(
        name, "json-schema", by, [] if error is None else [f"{error.json_path}: {error.message[:300]}"], cure=_ANEW
    )


def check_tool_schema(written: Written, name: str, connection: Context) -> Iterator[Result]:
    """Check a Lambda tool schema against the service's limits."""
    try:
        tools = json.loads(written.text(name))
    except (ValueError, RecursionError) as error:
        yield judged(name, "tool-schema", OWN, [f"this is not JSON: {error}"], cure=_ANEW)
        return
    try:
        problems: list[object] = list(_of_tools(tools, connection))
    except ConnectError as error:
        problems = [error.message]
    yield judged(name, "tool-schema", OWN, problems, cure="`agentcore-connect tools` makes one that the service takes")
    same = tools == connection["tools"]
    yield judged(name, "as-planned", OWN, [] if same else ["the tools are not those of the plan"], cure=_IN_STEP)


def _of_tools(tools: object, connection: Context) -> Iterator[Problem]:
    """Return the errors in tools, and the risks that the plan's own tools do not have."""
    from agentcore_connect.checks.tool_schema import check_tools

    name = connection["name"]
    known = {str(one) for one in check_tools(connection["tools"], target_name=name)}
    for problem in check_tools(tools, target_name=name):
        if problem.severity == "error" or str(problem) not in known:
            yield problem


def check_json(written: Written, name: str, connection: Context | None) -> Iterator[Result]:
    """Check that a file is valid JSON and unchanged."""
    try:
        data = json.loads(written.text(name))
    except (ValueError, RecursionError) as error:
        yield judged(name, "json", OWN, [error], cure=_ANEW)
        return
    yield Result(name, "json", "passed", OWN)
    planned = connection["schema_text"] if connection is not None and connection["schema_file"] == name else None
    if planned is not None:
        same = data == json.loads(planned)
        why = [] if same else ["it is not the document that the answers name"]
        yield judged(
            name, "as-planned", OWN, why, cure="change the document that the answers name, and write the plan anew"
        )


def check_documents(written: Written) -> Iterator[Result]:
    """Check each API document for the gateway against the service's limits."""
    for c in written.fresh.context["connections"]:
        if c.get("schema_text") and c.get("target_type") in _DOCUMENTS:
            name = c["schema_file"] or "plan.json"
            own = c["schema_file"] and not written.fault(name)
            text = written.text(name) if own else c["schema_text"] or ""
            shown = name if own else str(c["schema"])
            inline = ("openapi-size-inline",) if not c["schema_artifact"] and not c["schema_cli"] else ()
            faults = [one for one in _document_faults(text, shown, c) if one.severity == "error" or one.id in inline]
            problems = [_said(one, shown) for one in faults]
            yield judged(name, "gateway-takes-it", OWN, problems, cure=_REPAIR)
            if c.get("schema_converted"):
                yield _valid(name, text, shown)


_DOCUMENTS = ("open-api-schema", "smithy-model")
_ORIGINAL = "correct the same place in the Swagger document that the answers name, and write the plan anew"
_REPAIR = "`agentcore-connect tools FILE --check` shows every place; --repair COPY.json writes a copy that is repaired"


def _said(fault: Fault, shown: str) -> str:
    if not fault.places:
        return f"{shown}: {fault.text} {fault.remedy}"
    place = fault.places[0]
    return f"{place.where}: {fault.text}{f' [{place.note}]' if place.note else ''} {fault.remedy}"


def _valid(name: str, text: str, shown: str) -> Result:
    """Check a converted document against the OpenAPI specification."""
    from agentcore_connect.specs.openapi_validate import LIBRARY, validate
    from agentcore_connect.specs.spec_file import parse_spec

    found = validate(parse_spec(text, shown=shown))
    if found.not_run:
        next_step = 'pip install "agentcore-connect[specs]"' if "not installed" in found.not_run else ""
        return Result(name, "openapi-valid", "not-run", found.by or LIBRARY, found.not_run, next=next_step)
    problems = [f"{one.where}: {one.message} (at {one.pointer or 'the top'})" for one in found.violations]
    return judged(name, "openapi-valid", found.by or LIBRARY, problems, cure=_ORIGINAL)


def _document_faults(text: str, shown: str, c: Context) -> Sequence[Fault]:
    from agentcore_connect.specs import openapi, smithy
    from agentcore_connect.specs.spec_file import parse_spec

    spec = parse_spec(text, shown=shown)
    if c["target_type"] == "smithy-model":
        return smithy.summary(spec).faults
    return openapi.summary(spec, target_name=c["name"]).faults


def check_cedar(written: Written, name: str, policy: Context) -> Iterator[Result]:
    """Check a policy with the Cedar engine, by the service's scope rules, and against the answers."""
    from agentcore_connect.checks.cedar import check_policy
    from agentcore_connect.render.checks import cedar_facts

    found = check_policy(written.text(name), path=name, **cedar_facts(written.fresh.context))
    errors = [p for p in found.problems if p.severity == "error"]
    if found.status == "not-run":
        missing = "not installed" in found.by
        yield Result(name, "cedar", "not-run", found.by, found.by, next="pip install cedarpy" if missing else "")
    else:
        yield judged(name, "cedar", found.by, errors, cure="`agentcore-connect explain` has the rules of policies")
    same = written.text(name).strip() == policy["statement"].strip()
    yield judged(name, "as-planned", OWN, [] if same else ["the policy is not the one of the plan"], cure=_IN_STEP)


def check_decisions(written: Written, name: str) -> Iterator[Result]:
    """Evaluate the written policies on the plan's example calls."""
    from agentcore_connect.checks import cedar_decisions

    ctx = written.fresh.context
    gateway = ctx["gateway"]["arn"] or load("cedar")["arn_variable"]
    there = [policy["file"] for policy in ctx["policies"] if not written.fault(policy["file"])]
    texts = [written.text(file) for file in there]
    examples = ctx["policy"]["examples"] if ctx["policy"] else []
    status, by, problems = cedar_decisions.check_decisions(texts, examples, gateway)
    if status == "not-run":
        yield Result(name, "policy-decisions", "not-run", by, by, next="pip install cedarpy")
    else:
        cure = "a policy was changed or is missing: write the plan anew, or change the expected decision"
        yield judged(name, "policy-decisions", by, problems, cure=cure)
