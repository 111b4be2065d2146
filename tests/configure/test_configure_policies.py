"""The program creates the policies of a gateway which the CLI does not manage, against the stand-in."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agentcore_connect.answers import load
from agentcore_connect.collect.inputs import gather
from agentcore_connect.plan.build import build
from agentcore_connect.plan.requests import with_samples
from agentcore_connect.render.plan_files import render_plan
from agentcore_connect.verify.botocore_model import check_request
from agentcore_connect.verify.scripts import program_run
from tests.configure.conftest import Outcome
from tests.configure.control_plane import ControlPlane

ANSWERS = """\
version: 1
agent: {framework: strands}
gateway:
  name: gate
  inbound_auth: aws-iam
  region: us-east-1
  exists: true
connections:
  - {name: Shop, service: mcp-server, endpoint: "https://mcp.example.com/mcp", service_auth: none}
policy:
  mode: MODE
  restrict:
    - {tools: [Shop___refund]}
    - {tools: [Shop___list], effect: forbid}
"""
Policies = Callable[..., Outcome]


@pytest.fixture
def policies(tmp_path: Path, run_file: Callable[..., Outcome]) -> Policies:
    """Writes the script with its policies and runs it in this process."""

    def runs(*argv: str, mode: str = "enforce", drop: str = "") -> Outcome:
        path = tmp_path / "answers.yaml"
        path.write_text(ANSWERS.replace("MODE", mode), encoding="utf-8")
        gathered = gather(load.load(path), via="boto3")
        _, files = render_plan(build(gathered), gathered, tmp_path / "connect")
        for name, (text, _) in files.items():
            if name.endswith((".cedar", ".py", ".json")) and name != drop:
                (tmp_path / name).write_text(text, encoding="utf-8")
        return run_file(tmp_path / "configure.py", *argv)

    return runs


def _written(aws: ControlPlane) -> list[str]:
    return [name for name, _ in aws.writes if name != "CreateGatewayTarget"]


def test_engine_and_policies_come_before_the_gateway_is_changed(aws: ControlPlane, policies: Policies) -> None:
    gateway = aws.add_gateway("gate", authorizerType="AWS_IAM", description="kept")
    aws.add_gateway("another", "another-abcdefghij")
    outcome = policies()
    assert outcome.status == 0, outcome.err
    assert _written(aws) == ["CreatePolicyEngine", "CreatePolicy", "CreatePolicy", "UpdateGateway"]
    arn = aws.gateways[gateway]["gatewayArn"]
    for policy in aws.policies.values():
        assert f'AgentCore::Gateway::"{arn}"' in policy["definition"]["cedar"]["statement"]
    attached = aws.gateways[gateway]["policyEngineConfiguration"]
    assert attached == {"arn": next(iter(aws.engines.values()))["policyEngineArn"], "mode": "ENFORCE"}
    assert aws.gateways[gateway]["description"] == "kept"


def test_a_second_run_changes_nothing(aws: ControlPlane, policies: Policies) -> None:
    aws.add_gateway("gate", authorizerType="AWS_IAM")
    policies()
    before = len(aws.writes)
    assert policies().status == 0
    assert len(aws.writes) == before


def test_a_policy_that_differs_is_updated(aws: ControlPlane, policies: Policies) -> None:
    aws.add_gateway("gate", authorizerType="AWS_IAM")
    policies()
    [one, _] = aws.policies.values()
    right = one["definition"]
    one["definition"] = {"cedar": {"statement": "permit(principal, action, resource is AgentCore::Gateway);"}}
    assert policies().status == 0
    assert _written(aws)[-1] == "UpdatePolicy"
    assert one["definition"] == right


def test_a_refused_policy_leaves_the_gateway_alone(aws: ControlPlane, policies: Policies) -> None:
    aws.add_gateway("gate", authorizerType="AWS_IAM")
    aws.policy_plan, aws.reasons = ["CREATING", "CREATE_FAILED"], ["unknown tool Shop___refund"]
    outcome = policies()
    assert outcome.status == 1
    assert "is CREATE_FAILED: unknown tool Shop___refund" in outcome.err
    assert "UpdateGateway" not in _written(aws)


def test_the_engine_that_is_attached_is_used(aws: ControlPlane, policies: Policies) -> None:
    engine = aws.add_engine("Others")
    attached = {"arn": engine["policyEngineArn"], "mode": "ENFORCE"}
    aws.add_gateway("gate", authorizerType="AWS_IAM", policyEngineConfiguration=attached)
    assert policies().status == 0
    assert _written(aws) == ["CreatePolicy", "CreatePolicy"]


def test_the_mode_of_an_attached_engine_changes_on_request_only(aws: ControlPlane, policies: Policies) -> None:
    engine = aws.add_engine("Others")
    attached = {"arn": engine["policyEngineArn"], "mode": "ENFORCE"}
    gateway = aws.add_gateway("gate", authorizerType="AWS_IAM", policyEngineConfiguration=attached)
    outcome = policies(mode="log-only")
    assert outcome.status == 1
    assert "is in ENFORCE mode, the plan says LOG_ONLY" in outcome.err
    assert aws.writes == []
    assert policies("--set-mode", mode="log-only").status == 0
    assert aws.gateways[gateway]["policyEngineConfiguration"]["mode"] == "LOG_ONLY"


def test_a_gateway_that_is_not_there_stops_before_the_first_change(aws: ControlPlane, policies: Policies) -> None:
    outcome = policies()
    assert outcome.status == 1
    assert "There is no gateway gate" in outcome.err
    assert aws.writes == []


def test_a_missing_file_stops_before_the_first_request(aws: ControlPlane, policies: Policies) -> None:
    aws.add_gateway("gate", authorizerType="AWS_IAM")
    outcome = policies(drop="gate_permit_refund.cedar")
    assert outcome.status == 1
    assert "gate_permit_refund.cedar" in outcome.err
    assert aws.calls == []


def test_the_requests_are_valid_by_the_model(tmp_path: Path) -> None:
    path = tmp_path / "answers.yaml"
    path.write_text(ANSWERS.replace("MODE", "enforce"), encoding="utf-8")
    run = program_run(build(gather(load.load(path), via="boto3")).context)
    for request in run.planned:
        found: list[Any] = check_request(request["operation"], with_samples(request["body"]), request["service"])
        assert not found, json.dumps(request)
