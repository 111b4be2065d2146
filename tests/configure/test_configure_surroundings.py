"""Where the configure script runs: rights, errors of AWS, credentials, the Region, the boto3 that is there."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.configure.cases import connection, context
from tests.configure.control_plane import ControlPlane, ServiceError
from tests.configure.runs import Run

# The surroundings


@pytest.mark.parametrize(
    ("message", "action"),
    [
        ("User x is not authorized to perform: iam:PassRole on resource: r", "iam:PassRole"),
        ("Access Denied", "bedrock-agentcore:CreateGatewayTarget"),
    ],
)
def test_a_missing_right_is_named(aws: ControlPlane, run: Run, message: str, action: str) -> None:
    aws.add_gateway()
    aws.faults["CreateGatewayTarget"] = [ServiceError("AccessDeniedException", message, 403)]
    outcome = run(context(), connection())
    assert outcome.status == 1
    assert f"You are not allowed {action}." in outcome.err
    assert message in outcome.err


def test_other_errors_of_aws_are_told_without_a_traceback(aws: ControlPlane, run: Run) -> None:
    aws.add_gateway()
    aws.faults["CreateGatewayTarget"] = [ServiceError("ServiceQuotaExceededException", "100 targets")]
    outcome = run(context(), connection())
    assert "CreateGatewayTarget failed with ServiceQuotaExceededException: 100 targets" in outcome.err
    aws.faults["ListGateways"] = [ServiceError("ExpiredTokenException", "expired", 403)]
    assert "sign in again" in run(context(), connection()).err


def test_an_unreachable_aws_is_told(aws: ControlPlane, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK_AGENTCORE_CONTROL", "http://127.0.0.1:9")
    outcome = run(context(), connection())
    assert outcome.status == 1
    assert outcome.err.startswith("AWS was not asked: ")


def test_missing_aws_credentials_are_told(aws: ControlPlane, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    outcome = run(context(), connection())
    assert (outcome.status, "credentials" in outcome.err) == (1, True)


@pytest.mark.parametrize(
    ("plan", "environment", "argv", "region"),
    [
        ("us-east-1", {"AWS_REGION": "eu-west-1"}, ["--region", "eu-north-1"], "eu-north-1"),
        ("us-east-1", {"AWS_REGION": "eu-west-1"}, [], "us-east-1"),
        (None, {"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-2"}, [], "eu-west-1"),
        (None, {"AWS_DEFAULT_REGION": "eu-west-2"}, [], "eu-west-2"),
    ],
)
def test_the_region_comes_from_the_nearest_place(
    aws: ControlPlane,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    plan: str | None,
    environment: dict[str, str],
    argv: list[str],
    region: str,
) -> None:
    aws.add_gateway()
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    run(context(region=plan), connection(), *argv)
    assert f"/{region}/bedrock-agentcore/aws4_request" in aws.requests[0].headers["authorization"]


def test_without_a_region_nothing_is_called(aws: ControlPlane, run: Run) -> None:
    outcome = run(context(region=None), connection())
    assert (outcome.status, outcome.err) == (2, "No Region: give --region, or set AWS_REGION.\n")
    assert aws.requests == []


def test_security_groups_are_sent_when_given(
    aws: ControlPlane, run: Run, inputs: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws.add_gateway()
    monkeypatch.setenv("AGENTCORE_SECURITY_GROUP_IDS", "sg-0123456789abcdef0")
    assert run(context(), connection(network="vpc")).status == 0
    endpoint = aws.writes[0][1]["privateEndpoint"]["managedVpcResource"]
    assert endpoint["securityGroupIds"] == ["sg-0123456789abcdef0"]


def test_a_boto3_without_these_operations_is_told(aws: ControlPlane, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    known = ["ListGateways", "GetGateway", "ListGatewayTargets", "GetGatewayTarget", "UpdateGatewayTarget"]
    monkeypatch.setattr("botocore.model.ServiceModel.operation_names", known)
    outcome = run(context(), connection())
    assert outcome.status == 1
    assert re.search(r"boto3 [0-9.]+ cannot create_gateway_target yet: pip install --upgrade boto3", outcome.err)


def test_without_boto3_it_says_how_to_get_it(start: Run, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "boto3.py").write_text("raise ModuleNotFoundError('boto3')\n")
    outcome = start(context(), connection(), "--dry-run")
    assert (outcome.status, outcome.err) == (1, "boto3 is missing: pip install boto3\n")
