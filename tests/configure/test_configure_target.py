"""The configure script's target, against the stand-in: what is updated or kept, others at work too, consent."""

from __future__ import annotations

import json
from typing import Any

import pytest

from agentcore_connect.plan.requests import requests_for, runtime_names, with_values
from tests.configure.cases import connection, context
from tests.configure.control_plane import ControlPlane, ServiceError
from tests.configure.runs import Run, consent, key

# The target


def test_a_drifted_target_is_updated_and_keeps_what_the_plan_does_not_speak_of(
    aws: ControlPlane, run: Run, inputs: None
) -> None:
    aws.add_gateway()
    c = key(forward_headers=["X-Tenant"])
    run(context(), c)
    [target] = aws.targets.values()
    target["description"] = "written by hand"
    target["certificateConfigurations"] = [{"s3": {"uri": "s3://bucket/ca.pem"}}]
    target["metadataConfiguration"]["allowedQueryParameters"] = ["page"]
    target["targetConfiguration"]["mcp"]["mcpServer"]["resourcePriority"] = 5
    before = json.loads(json.dumps(target))
    assert run(context(), c).status == 0
    assert len(aws.writes) == 2  # none of that is a difference

    target["targetConfiguration"]["mcp"]["mcpServer"]["endpoint"] = "https://old.example.com/mcp"
    outcome = run(context(), c)
    assert outcome.status == 0, outcome.err
    assert "Updating the target Shop-Tools (targetConfiguration)." in outcome.err
    [target] = aws.targets.values()
    for member in before.keys() - {"states", "updatedAt"}:
        assert target[member] == before[member]


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (
            ("credentialProviderConfigurations", 0, "credentialProvider", "apiKeyCredentialProvider", "providerArn"),
            "arn",
        ),
        (("metadataConfiguration", "allowedRequestHeaders"), ["X-Other"]),
        (("metadataConfiguration", "allowedRequestHeaders"), ["X-Tenant", "X-Other"]),
    ],
)
def test_each_member_that_the_plan_speaks_of_is_put_right(
    aws: ControlPlane, run: Run, inputs: None, place: tuple[Any, ...], value: Any
) -> None:
    aws.add_gateway()
    c = key(forward_headers=["X-Tenant"])
    run(context(), c)
    [target] = aws.targets.values()
    right = json.loads(json.dumps(target))
    part = target
    for step in place[:-1]:
        part = part[step]
    part[place[-1]] = value
    assert run(context(), c).status == 0
    [target] = aws.targets.values()
    for member in right.keys() - {"states", "updatedAt"}:
        assert target[member] == right[member]


def test_a_target_of_another_kind_is_left_alone(aws: ControlPlane, run: Run, inputs: None) -> None:
    """Whoever made it may need it: another name is the way, not its replacement."""
    aws.add_gateway()
    run(context(), key())
    [target] = aws.targets.values()
    target["targetConfiguration"] = {"mcp": {"openApiSchema": {"inlinePayload": "{}"}}}
    before = len(aws.writes)
    outcome = run(context(), key())
    assert outcome.status == 1
    assert "kind mcp.openApiSchema, the plan says mcp.mcpServer" in outcome.err
    assert len(aws.writes) == before


def test_a_credential_that_the_plan_does_not_want_is_taken_off(aws: ControlPlane, run: Run, inputs: None) -> None:
    aws.add_gateway()
    run(context(), key())
    outcome = run(context(), connection())
    assert outcome.status == 0
    [target] = aws.targets.values()
    assert "credentialProviderConfigurations" not in target
    aws.calls.clear()
    target["credentialProviderConfigurations"] = [{"credentialProviderType": "GATEWAY_IAM_ROLE"}]
    run(context(), connection())
    assert aws.writes == []  # a bare entry carries no credential


def test_a_document_that_comes_back_in_another_layout_is_the_same(aws: ControlPlane, run: Run) -> None:
    aws.add_gateway()
    text = '{"openapi": "3.0.3", "paths": {}}'
    c = connection(target_type="open-api-schema", schema="api.json", schema_text=text)
    run(context(), c)
    [target] = aws.targets.values()
    target["targetConfiguration"]["mcp"]["openApiSchema"]["inlinePayload"] = json.dumps(json.loads(text), indent=4)
    aws.calls.clear()
    run(context(), c)
    assert aws.writes == []
    target["targetConfiguration"]["mcp"]["openApiSchema"] = {"s3": {"uri": "s3://bucket/key"}}
    assert run(context(), c).status == 0
    [target] = aws.targets.values()
    assert target["targetConfiguration"]["mcp"]["openApiSchema"] == {"inlinePayload": text}


def test_a_failed_target_says_why_and_is_tried_again_by_the_next_run(aws: ControlPlane, run: Run, inputs: None) -> None:
    aws.add_gateway()
    aws.plan = ["CREATING", "FAILED"]
    aws.reasons = ["tools/list answered 401", "check the credential"]
    outcome = run(context(), key())
    assert outcome.status == 1
    assert "is FAILED: tools/list answered 401; check the credential." in outcome.err
    assert "--iam" in outcome.err
    aws.reasons = []
    aws.calls.clear()
    again = run(context(), key())
    assert again.status == 0, again.err
    assert [name for name, _ in aws.writes] == ["UpdateGatewayTarget"]
    assert "Updating the target Shop-Tools (FAILED)." in again.err


@pytest.mark.parametrize("state", ["UPDATE_UNSUCCESSFUL", "SYNCHRONIZE_UNSUCCESSFUL"])
def test_an_update_that_did_not_work_is_a_failure(aws: ControlPlane, run: Run, state: str) -> None:
    aws.add_gateway()
    run(context(), connection())
    next(iter(aws.targets.values()))["states"] = [state]
    aws.update_plan = ["UPDATING", state]
    outcome = run(context(), connection())
    assert (outcome.status, f"is {state}: AWS gives no reason" in outcome.err) == (1, True)


def test_waiting_has_an_end(aws: ControlPlane, run: Run) -> None:
    aws.add_gateway()
    aws.plan = ["CREATING"]
    outcome = run(context(), connection(), "--wait", "0")
    assert outcome.status == 1
    assert "The target Shop-Tools is still CREATING after 0 s. Run this again" in outcome.err


def test_a_target_on_its_way_out_is_waited_for_and_made_anew(aws: ControlPlane, run: Run) -> None:
    gateway = aws.add_gateway()
    old = aws.add_target(gatewayIdentifier=gateway, name="Shop-Tools", targetConfiguration={})
    old["states"] = ["DELETING"]
    aws.before["GetGatewayTarget"] = lambda: aws.targets.clear()
    assert run(context(), connection()).status == 0
    assert [name for name, _ in aws.writes] == ["CreateGatewayTarget"]


def test_a_target_that_vanishes_is_reported(aws: ControlPlane, run: Run) -> None:
    aws.add_gateway()
    aws.before["GetGatewayTarget"] = lambda: aws.targets.clear()
    outcome = run(context(), connection())
    assert outcome.status == 1
    assert "deleted by someone else" in outcome.err


# Someone else is at work too


def test_whoever_is_faster_is_accepted(aws: ControlPlane, run: Run, inputs: None) -> None:
    c, ctx = key(), context("boto3")
    requests = {one.id: one for one in requests_for(ctx, c)}

    def provider() -> None:
        aws._provider("apikey", {"name": "my-Cred_1"})

    def gateway() -> None:
        made = requests["gateway"].body
        aws.add_gateway(**{name: made[name] for name in ("protocolConfiguration", "authorizerConfiguration")})

    def target() -> None:
        names = dict.fromkeys(runtime_names(requests["target"].body))
        arn = aws.providers["apikey", "my-Cred_1"]["credentialProviderArn"]
        values = {**names, "gateway_id": "shop-gate-abcdefghij", "provider_arn": arn}
        aws.add_target(**with_values(requests["target"].body, values))

    aws.before = {
        "CreateGateway": gateway,
        "CreateApiKeyCredentialProvider": provider,
        "CreateGatewayTarget": target,
    }
    outcome = run(ctx, c)
    assert outcome.status == 0, outcome.err
    assert outcome.err.count("Someone else has just created it.") == 3
    creates = ["CreateGateway", "CreateApiKeyCredentialProvider", "CreateGatewayTarget"]
    assert [name for name, _ in aws.writes] == creates
    assert (len(aws.gateways), len(aws.providers), len(aws.targets)) == (1, 1, 1)


def test_a_conflict_about_something_else_is_reported(aws: ControlPlane, run: Run) -> None:
    aws.add_gateway()
    aws.faults["CreateGatewayTarget"] = [ServiceError("ConflictException", "the gateway is being updated", 409)]
    outcome = run(context(), connection())
    assert outcome.status == 1
    assert "the gateway is being updated" in outcome.err
    assert "try again in a minute" in outcome.err


# Consent


def test_a_pending_consent_is_no_failure_and_can_be_completed(aws: ControlPlane, run: Run, inputs: None) -> None:
    aws.add_gateway()
    aws.plan = ["CREATING", "CREATE_PENDING_AUTH"]
    outcome = run(context(), consent())
    assert outcome.status == 3
    assert "consent   https://idp.example.com/consent?x=1" in outcome.out
    assert "user      gw-user-1" in outcome.out
    assert "callback  https://" in outcome.out
    assert "complete_resource_token_auth" in outcome.err
    assert "--complete" in outcome.err

    aws.calls.clear()
    again = run(context(), consent())
    assert (again.status, aws.writes) == (3, [])
    assert "https://idp.example.com/consent" in again.out

    session = "urn:ietf:params:oauth:request_uri:abc-DEF_1.2~3"
    address = f"https://app.example.com/cb?session_id={session.replace(':', '%3A')}&state=x"
    done = run(context(), consent(), "--complete", address)
    assert done.status == 0, done.err
    [(name, body)] = aws.writes
    assert name == "CompleteResourceTokenAuth"
    assert body == {"sessionUri": session, "userIdentifier": {"userId": "gw-user-1"}}


def test_completing_takes_a_session_only(aws: ControlPlane, run: Run, inputs: None) -> None:
    aws.add_gateway()
    run(context(), consent())
    aws.calls.clear()
    wrong = run(context(), consent(), "--complete", "https://app.example.com/cb?code=1")
    assert (wrong.status, aws.writes) == (2, [])
    nobody = run(context(), consent(), "--complete", "urn:ietf:params:oauth:request_uri:abc")
    assert (nobody.status, aws.writes) == (0, [])
    assert "waits for nobody's consent" in nobody.err
    aws.targets.clear()
    none = run(context(), consent(), "--complete", "urn:ietf:params:oauth:request_uri:abc")
    assert (none.status, aws.writes) == (1, [])


def test_the_return_url_is_added_to_those_there_are(aws: ControlPlane, run: Run, inputs: None) -> None:
    gateway = aws.add_gateway()
    run(context(), consent())
    assert aws.identities[gateway] == ["https://kept.example.com/return", "https://app.example.com/cb"]


def test_a_gateway_without_a_workload_identity_is_no_obstacle(aws: ControlPlane, run: Run, inputs: None) -> None:
    gateway = aws.add_gateway(workloadIdentityDetails=None)
    del aws.gateways[gateway]["workloadIdentityDetails"]
    aws.identities.clear()
    outcome = run(context(), consent())
    assert outcome.status == 0
    assert "no workload identity shop-gate-abcdefghij" in outcome.err
