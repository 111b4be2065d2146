"""Every request and every document that can be emitted: by botocore's model, and by the checks of the service's rules."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable

from agentcore_connect.checks.cedar import check_policy
from agentcore_connect.checks.cedar_decisions import check_decisions
from agentcore_connect.checks.tool_schema import check_tools
from agentcore_connect.knowledge import resources
from agentcore_connect.plan.build import build
from agentcore_connect.plan.requests import with_samples
from agentcore_connect.render.checks import cedar_facts
from agentcore_connect.verify.botocore_model import check_request
from tests.conformance.emitted import Emitted, gathered

Count = Callable[..., None]


def test_every_request_is_valid_by_the_service_model(everything: Emitted, count: Count) -> None:
    problems = []
    for one in everything.bodies.values():
        found = check_request(one.operation, with_samples(one.body), one.service)
        count("bodies", "run")
        count("bodies", "accepted", not found)
        problems += [f"{one.situation.why}: {one.operation}: {problem}" for problem in found]
    assert not problems, "\n".join(problems)[:6000]
    assert len(everything.bodies) > 250


def test_every_tool_schema_is_one_that_a_lambda_target_takes(everything: Emitted, count: Count) -> None:
    files = everything.of_kind("tool-schema")
    found = [problem for one in files for problem in check_tools(json.loads(one.text), target_name="Orders")]
    assert found == []
    assert any(len(json.loads(one.text)) > 5 for one in files)
    count("documents", "run", len(files))
    count("documents", "accepted", len(files))


def test_every_api_document_is_json(everything: Emitted, count: Count) -> None:
    files = everything.of_kind("api-document")
    for one in files:
        assert isinstance(json.loads(one.text), dict)
    count("documents", "run", len(files))
    count("documents", "accepted", len(files))


def test_every_policy_is_taken_by_the_engine_and_by_the_rules_of_the_service(everything: Emitted, count: Count) -> None:
    problems = []
    for one in everything.of_kind("cedar"):
        ctx = build(gathered(one.situation, everything.folder)).context
        found = check_policy(one.text, path=one.path, **cedar_facts(ctx))
        errors = [problem for problem in found.problems if problem.severity == "error"]
        count("documents", "run")
        count("documents", "accepted", found.status == "passed")
        unknown = found.status == "not-run" and "the tools are not known here" in found.by  # a target made elsewhere
        problems += (
            [f"{one.path}: {found.status} {errors}\n{one.text}"] if found.status != "passed" and not unknown else []
        )
    assert not problems, "\n".join(problems)[:6000]


def test_every_example_is_decided_as_its_plan_says(everything: Emitted, count: Count) -> None:
    """What the plan says of its example calls, by its own reckoning, is what the Cedar engine says."""
    problems = []
    decided: set[str] = set()
    for one in everything.of_kind("policy-tests"):
        ctx = build(gathered(one.situation, everything.folder)).context
        gateway = ctx["gateway"]["arn"] or resources.load("cedar")["arn_variable"]
        texts = [policy["statement"] for policy in ctx["policies"]]
        status, _, wrong = check_decisions(texts, ctx["policy"]["examples"], gateway)
        count("documents", "run")
        count("documents", "accepted", status == "judged" and not wrong)
        problems += wrong if status == "judged" else [status]
        decided |= {example["decision"] for example in ctx["policy"]["examples"]}
    assert not problems, "\n".join(problems)[:6000]
    assert decided == {"allow", "deny"}


def test_the_settings_of_every_mcp_client_can_be_read(everything: Emitted, count: Count) -> None:
    for one in everything.of_kind("mcp-client-config"):
        for language, read in (("json", json.loads), ("toml", tomllib.loads)):
            for block in re.findall(rf"```{language}\n(.*?)```", one.text, re.S):
                assert read(block)
        count("documents", "run")
        count("documents", "accepted")
