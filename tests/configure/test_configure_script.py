"""The configure script against a stand-in for the control plane: gateway, provider, secrets, and what it sends."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import botocore.session
import pytest

from agentcore_connect.plan.requests import requests_for
from tests.configure import cases
from tests.configure.cases import connection, context
from tests.configure.conftest import SECRET, imported, write
from tests.configure.control_plane import ControlPlane, ServiceError
from tests.configure.runs import Run, consent, expected, fitting, key, kinds, ready_made, sent


@pytest.mark.parametrize("c", kinds())
def test_a_first_run_sends_what_the_plan_says_and_a_second_nothing(
    aws: ControlPlane, run: Run, inputs: None, monkeypatch: pytest.MonkeyPatch, c: dict[str, Any]
) -> None:
    ctx = fitting(aws, c)
    ready_made(aws, c)
    outcome = run(ctx, c)
    assert outcome.status == 0, outcome.err
    assert sent(aws) == expected(aws, requests_for(ctx, c))
    assert SECRET not in outcome.out + outcome.err
    aws.calls.clear()
    for name in ("", "_CLIENT_SECRET"):
        monkeypatch.delenv(f"AGENTCORE_CREDENTIAL_MY_CRED_1{name}")
    again = run(ctx, c)
    assert again.status == 0, again.err
    assert aws.writes == []
    assert again.out == outcome.out


def test_the_kinds_are_all_there() -> None:
    assert len(kinds()) > 50


def test_the_result_is_on_standard_output_and_the_talk_is_not(aws: ControlPlane, run: Run, inputs: None) -> None:
    aws.add_gateway()
    outcome = run(context(), consent())
    names = [line.split()[0] for line in outcome.out.splitlines()]
    assert names == ["gateway", "provider", "secret", "callback", "target"]
    assert "Creating the target Shop-Tools." in outcome.err


# The gateway


def test_a_missing_gateway_ends_it_before_anything_is_made(aws: ControlPlane, run: Run, inputs: None) -> None:
    aws.add_gateway("another", "another-abcdefghij")
    outcome = run(context(), key())
    assert outcome.status == 1
    assert "There is no gateway Shop-gate in us-east-1." in outcome.err
    assert "agentcore deploy" in outcome.err
    assert aws.writes == []


@pytest.mark.parametrize(
    ("there", "planned", "says"),
    [
        ({"authorizerType": "NONE"}, {}, "authorizerType NONE, the plan says CUSTOM_JWT"),
        ({"authorizerType": "AWS_IAM"}, {"authorizer_type": "NONE"}, "authorizerType AWS_IAM, the plan says NONE"),
        ({"protocolType": None}, {}, "protocolType none, the plan says MCP"),
        ({}, {"semantic_search": True}, "protocolConfiguration.mcp.searchType none, the plan says SEMANTIC"),
    ],
)
def test_a_gateway_of_that_name_that_cannot_become_the_plans_gets_no_credential(
    aws: ControlPlane, run: Run, inputs: None, there: dict[str, Any], planned: dict[str, Any], says: str
) -> None:
    aws.add_gateway(**there)
    outcome = run(context("boto3", **planned), key())
    assert outcome.status == 1
    assert says in outcome.err
    assert "cannot be changed: nothing was done" in outcome.err
    assert aws.writes == []


def test_a_gateway_that_someone_else_has_just_made_is_compared_too(
    aws: ControlPlane, run: Run, inputs: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AGENTCORE_GATEWAY_ROLE_ARN", "arn:aws:iam::123456789012:role/gate")
    aws.before["CreateGateway"] = lambda: aws.add_gateway(authorizerType="NONE") and None
    outcome = run(context("boto3"), key())
    assert outcome.status == 1
    assert "authorizerType NONE, the plan says CUSTOM_JWT" in outcome.err
    assert [name for name, _ in aws.writes] == ["CreateGateway"]


def test_what_an_update_sends_again_is_all_that_the_api_would_reset(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = botocore.session.get_session().get_service_model("bedrock-agentcore-control")
    taken = set(model.operation_model("UpdateGateway").input_shape.members)
    shown = set(model.operation_model("GetGateway").output_shape.members)
    with imported(write(tmp_path, context("boto3"), key()), monkeypatch):
        kinds = sys.modules["configure_aws"].KINDS
    assert set(kinds["gateway"].carried) == taken & shown
    taken = set(model.operation_model("UpdateGatewayTarget").input_shape.members) - {"gatewayIdentifier", "targetId"}
    assert set(kinds["target"].carried) == taken


def test_an_authorizer_that_differs_is_updated_with_the_whole_body(aws: ControlPlane, run: Run, inputs: None) -> None:
    ours = {"discoveryUrl": "https://old.example.com/.well-known/openid-configuration", "allowedClients": ["old"]}
    policy = {"arn": "arn:aws:bedrock-agentcore:us-east-1:123456789012:policy-engine/e-abcdefghij", "mode": "ENFORCE"}
    aws.add_gateway(
        authorizerConfiguration={"customJWTAuthorizer": ours},
        protocolConfiguration={"mcp": {"searchType": "SEMANTIC"}},
        description="kept",
        policyEngineConfiguration=policy,
        exceptionLevel="DEBUG",
    )
    assert run(context("boto3"), key()).status == 0
    (body,) = [body for name, body in aws.writes if name == "UpdateGateway"]
    assert body["authorizerConfiguration"] != {"customJWTAuthorizer": ours}
    assert (body["description"], body["policyEngineConfiguration"], body["exceptionLevel"]) == ("kept", policy, "DEBUG")
    aws.calls.clear()
    assert run(context("boto3"), key()).status == 0
    assert aws.writes == []


def test_a_gateway_made_elsewhere_has_to_be_what_the_answers_say(aws: ControlPlane, run: Run, inputs: None) -> None:
    aws.add_gateway(authorizerType="NONE")
    stated = context(exists=True, inbound_given="custom-jwt", authorizer_type="CUSTOM_JWT")
    outcome = run(stated, key())
    assert outcome.status == 1
    assert "has authorizerType NONE, but Shop-Tools needs CUSTOM_JWT" in outcome.err
    assert aws.writes == []


def test_a_gateway_can_be_given_by_id(aws: ControlPlane, run: Run) -> None:
    aws.add_gateway("another", "another-abcdefghij")
    assert run(context(), connection(), "--gateway-id", "another-abcdefghij").status == 0
    assert run(context(id="another-abcdefghij"), connection()).status == 0
    assert "ListGateways" not in {name for name, _ in aws.calls}
    outcome = run(context(), connection(), "--gateway-id", "wrong-abcdefghij")
    assert (outcome.status, "wrong-abcdefghij" in outcome.err) == (1, True)


def test_two_gateways_of_one_name_are_not_guessed_at(aws: ControlPlane, run: Run) -> None:
    aws.add_gateway(gateway_id="shop-gate-abcdefghij")
    aws.add_gateway(gateway_id="shop-gate-klmnopqrst")
    outcome = run(context(), connection())
    assert outcome.status == 1
    assert "shop-gate-abcdefghij, shop-gate-klmnopqrst" in outcome.err
    assert "--gateway-id" in outcome.err


def test_a_broken_gateway_is_reported_with_its_reasons(aws: ControlPlane, run: Run) -> None:
    aws.add_gateway(status="FAILED", statusReasons=["role cannot be assumed"])
    outcome = run(context(), connection())
    assert outcome.status == 1
    assert "is FAILED: role cannot be assumed" in outcome.err


@pytest.mark.parametrize(
    ("gateway", "c", "words"),
    [
        ({"authorizerType": "AWS_IAM"}, consent(), ["authorizerType AWS_IAM", "CUSTOM_JWT", "--gateway-id"]),
        ({"authorizerType": "NONE"}, consent(grant="token-exchange"), ["authorizerType NONE", "CUSTOM_JWT"]),
        (
            {"protocolType": None},
            connection(target_type="http-runtime", endpoint=cases.RUNTIME_ARN, outbound_auth="caller-iam"),
            ["authorizerType CUSTOM_JWT", "AWS_IAM or AUTHENTICATE_ONLY"],
        ),
        (
            {"authorizerType": "AWS_IAM", "protocolType": None},
            connection(target_type="passthrough", outbound_auth="jwt-passthrough"),
            ["authorizerType AWS_IAM", "CUSTOM_JWT or NONE"],
        ),
        (
            {},
            connection(
                target_type="passthrough", outbound_auth="iam", sigv4={"service": "execute-api", "region": None}
            ),
            ["protocolType MCP", "needs none", "--protocol-type None"],
        ),
        (
            {"protocolConfiguration": {"mcp": {"supportedVersions": ["2025-03-26", "2025-06-18"]}}},
            consent(),
            ["speaks MCP 2025-03-26, 2025-06-18 only", "2025-11-25"],
        ),
    ],
    ids=["consent-iam", "exchange-none", "caller-jwt", "passthrough-iam", "http-on-mcp", "consent-old-mcp"],
)
def test_an_unfit_gateway_ends_it_before_anything_is_made(
    aws: ControlPlane, run: Run, inputs: None, gateway: dict[str, Any], c: dict[str, Any], words: list[str]
) -> None:
    aws.add_gateway(**gateway)
    outcome = run(context(), c)
    assert outcome.status == 1
    for word in words:
        assert word in outcome.err
    assert aws.writes == []


def test_a_gateway_with_a_new_enough_mcp_version_will_do(aws: ControlPlane, run: Run, inputs: None) -> None:
    aws.add_gateway(protocolConfiguration={"mcp": {"supportedVersions": ["2026-07-28"]}})
    assert run(context(), consent()).status == 0


def test_by_boto3_alone_the_gateway_is_made_too(aws: ControlPlane, run: Run, inputs: None) -> None:
    ctx, c = context("boto3"), key()
    outcome = run(ctx, c)
    assert outcome.status == 0, outcome.err
    assert sent(aws) == expected(aws, requests_for(ctx, c))
    assert sent(aws)[0][0] == "create_gateway"
    aws.calls.clear()
    assert run(ctx, c).status == 0
    assert aws.writes == []


def test_a_gateway_that_would_not_do_is_not_even_made(aws: ControlPlane, run: Run, inputs: None) -> None:
    outcome = run(context("boto3", authorizer_type="AWS_IAM"), consent())
    assert (outcome.status, aws.writes) == (1, [])
    assert "authorizerType AWS_IAM" in outcome.err


# The provider


def test_a_changed_client_is_brought_up_to_date(aws: ControlPlane, run: Run, inputs: None) -> None:
    aws.add_gateway()
    run(context(), consent())
    aws.calls.clear()
    changed = consent()
    changed["oauth"]["client_id"] = "client-2"
    assert run(context(), changed).status == 0
    [(name, body)] = aws.writes
    assert name == "UpdateOauth2CredentialProvider"
    config = body["oauth2ProviderConfigInput"]["atlassianOauth2ProviderConfig"]
    assert config == {"clientId": "client-2", "clientSecret": SECRET}


def test_a_secret_is_renewed_on_request_only(aws: ControlPlane, run: Run, inputs: None) -> None:
    aws.add_gateway()
    run(context(), key())
    aws.calls.clear()
    outcome = run(context(), key(), "--renew-secret")
    assert outcome.status == 0
    assert aws.writes == [("UpdateApiKeyCredentialProvider", {"name": "my-Cred_1", "apiKey": SECRET})]
    assert SECRET not in outcome.out + outcome.err


def test_a_provider_of_another_vendor_is_not_touched(aws: ControlPlane, run: Run, inputs: None) -> None:
    aws.add_gateway()
    other = {"clientId": "client-1"}
    config = {"githubOauth2ProviderConfig": other}
    body = {"name": "my-Cred_1", "credentialProviderVendor": "GithubOauth2", "oauth2ProviderConfigInput": config}
    aws._provider("oauth2", body)
    outcome = run(context(), consent())
    assert (outcome.status, aws.writes) == (1, [])
    assert "exists for GithubOauth2, not AtlassianOauth2" in outcome.err


def test_a_provider_that_should_be_there_is_never_made(aws: ControlPlane, run: Run, inputs: None) -> None:
    aws.add_gateway()
    outcome = run(context(), key(credential={"name": "my-Cred_1", "exists": True}))
    assert (outcome.status, aws.writes) == (1, [])
    assert "There is no API key provider my-Cred_1 in us-east-1" in outcome.err
    assert "list-api-key-credential-providers" in outcome.err


def test_a_provider_made_elsewhere_must_be_able_to_exchange(aws: ControlPlane, run: Run) -> None:
    aws.add_gateway()
    c = consent(grant="token-exchange", credential={"name": "my-Cred_1", "exists": True})
    config = {"customOauth2ProviderConfig": {"oauthDiscovery": {"discoveryUrl": cases.CUSTOM_URL}, "clientId": "c"}}
    body = {"name": "my-Cred_1", "credentialProviderVendor": "CustomOauth2", "oauth2ProviderConfigInput": config}
    aws._provider("oauth2", body)
    outcome = run(context(), c)
    assert (outcome.status, aws.writes) == (1, [])
    assert "cannot exchange tokens" in outcome.err


def test_a_failed_provider_is_reported(aws: ControlPlane, run: Run, inputs: None) -> None:
    aws.add_gateway()
    run(context(), consent())
    aws.providers["oauth2", "my-Cred_1"] |= {"status": "CREATE_FAILED", "failureReason": "private endpoint"}
    outcome = run(context(), consent())
    assert outcome.status == 1
    assert "is CREATE_FAILED: private endpoint" in outcome.err


# Secrets


def test_without_a_terminal_the_variable_is_named_and_nothing_is_made(aws: ControlPlane, start: Run) -> None:
    aws.add_gateway()
    outcome = start(context(), key())
    assert (outcome.status, aws.writes) == (2, [])
    assert "set AGENTCORE_CREDENTIAL_MY_CRED_1, or run this in a terminal" in outcome.err


def test_a_secret_that_the_service_repeats_is_masked(aws: ControlPlane, run: Run, inputs: None) -> None:
    aws.add_gateway()
    message = f"Value '{SECRET}' at 'apiKey' failed to satisfy constraint"
    aws.faults["CreateApiKeyCredentialProvider"] = [ServiceError("ValidationException", message)]
    outcome = run(context(), key())
    assert outcome.status == 1
    assert SECRET not in outcome.out + outcome.err
    assert "Value '***' at 'apiKey'" in outcome.err


def test_no_secret_can_be_an_argument(aws: ControlPlane, run: Run, inputs: None) -> None:
    help_text = run(context(), key(), "--help").out
    assert "--renew-secret" in help_text
    assert not re.search(r"--(api-key|client-secret|secret|password)\b", help_text)


def test_as_a_program_it_runs_without_a_warning_and_shows_no_secret(
    aws: ControlPlane, start: Run, inputs: None
) -> None:
    aws.add_gateway()
    outcome = start(context(), consent(), "--every", "0")
    assert outcome.status == 0, outcome.err
    assert SECRET not in outcome.out + outcome.err
    assert "Warning" not in outcome.err
