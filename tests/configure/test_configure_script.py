"""The configure script against a stand-in for the control plane: what it sends, what it leaves alone, how it ends."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from botocore import xform_name
from tests.configure import cases
from tests.configure.cases import connection, connections, context
from tests.configure.conftest import Outcome
from tests.configure.control_plane import ControlPlane, ServiceError

from agentcore_connect.plan.requests import Request, requests_for, runtime_names, with_values

Run = Callable[..., Outcome]
SECRET = "S3cret-Value-0815"
INPUTS = {
    "AGENTCORE_CREDENTIAL_MY_CRED_1": SECRET,
    "AGENTCORE_CREDENTIAL_MY_CRED_1_CLIENT_SECRET": SECRET,
    "AGENTCORE_CREDENTIAL_MY_CRED_1_CLIENT_ID": "client-9",
    "AGENTCORE_CREDENTIAL_MY_CRED_1_AUDIENCE": "https://api.example.com",
    "AGENTCORE_GATEWAY_ROLE_ARN": "arn:aws:iam::123456789012:role/gate",
    "LAMBDA_ARN_SHOP_TOOLS": "arn:aws:lambda:us-east-1:123456789012:function:f",
    "API_SCHEMA_SHOP_TOOLS": "s3://bucket/api.json",
    "REST_API_ID_SHOP_TOOLS": "a1b2c3",
    "REST_API_STAGE_SHOP_TOOLS": "prod",
    "OAUTH_DISCOVERY_URL_SHOP_TOOLS": cases.CUSTOM_URL,
    "AGENTCORE_VPC_ID": "vpc-0123456789abcdef0",
    "AGENTCORE_SUBNET_IDS": "subnet-0123456789abcdef0, subnet-1123456789abcdef0",
}
VALUES = {
    "api_key": SECRET,
    "client_secret": SECRET,
    "client_id": "client-9",
    "audience": "https://api.example.com",
    "gateway_role_arn": "arn:aws:iam::123456789012:role/gate",
    "lambda_arn": "arn:aws:lambda:us-east-1:123456789012:function:f",
    "schema_uri": "s3://bucket/api.json",
    "rest_api_id": "a1b2c3",
    "rest_api_stage": "prod",
    "discovery_url": cases.CUSTOM_URL,
    "vpc_id": "vpc-0123456789abcdef0",
    "subnet_ids": ["subnet-0123456789abcdef0", "subnet-1123456789abcdef0"],
    "return_urls_so_far": ["https://kept.example.com/return"],
}
TOKEN = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}-(gateway|target)")


@pytest.fixture
def inputs(aws: ControlPlane, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in INPUTS.items():
        monkeypatch.setenv(name, value)


def key(**changes: Any) -> dict[str, Any]:
    return connection(**{"outbound_auth": "api-key", "credential": {"name": "my-Cred_1"}, **changes})


def consent(**changes: Any) -> dict[str, Any]:
    oauth = {
        "discovery_url": "https://auth.atlassian.com/.well-known/openid-configuration",
        "client_id": "client-1",
        "scopes": ["read", "offline_access"],
        "return_url": "https://app.example.com/cb",
    }
    base = {"outbound_auth": "oauth", "grant": "authorization-code", "credential": {"name": "my-Cred_1"}}
    return connection(**{**base, "oauth": oauth, **changes})


def sent(aws: ControlPlane) -> list[tuple[str, dict[str, Any]]]:
    """What changed something, as boto3 spells it, with the tokens of the run replaced."""
    found = []
    for name, body in aws.writes:
        token = body.get("clientToken")
        assert token is None or TOKEN.fullmatch(token)
        found.append((xform_name(name), {**body, "clientToken": "token"} if token else body))
    return found


def expected(aws: ControlPlane, requests: list[Request]) -> list[tuple[str, dict[str, Any]]]:
    """What the plan says is sent, with the run-time values of this run."""
    gateway = next(iter(one for one in aws.gateways if one.startswith("shop-gate")))
    arn = next((one["credentialProviderArn"] for one in aws.providers.values()), None)
    tokens = {"gateway_client_token": "token", "target_client_token": "token"}
    values = {**VALUES, **tokens, "gateway_id": gateway, "workload_identity": gateway, "provider_arn": arn}
    return [(one.operation, with_values(one.body, values)) for one in requests]


def ready_made(aws: ControlPlane, c: dict[str, Any]) -> None:
    """The provider that is to be there already, made by someone else."""
    credential = c["credential"]
    if credential["exists"] or credential["in_project"]:
        elsewhere = {**c, "credential": {**credential, "exists": False, "in_project": False}}
        request = next(one for one in requests_for(context(), elsewhere) if one.id == "provider")
        kind = "oauth2" if c["outbound_auth"] == "oauth" else "apikey"
        aws._provider(kind, with_values(request.body, VALUES))


def kinds() -> list[Any]:
    """One connection for each kind of script."""
    chosen: dict[str, dict[str, Any]] = {}
    for c in connections():
        credential = c["credential"]
        mark = "-".join(
            [c["target_type"], c["outbound_auth"], c["grant"] or "", c["network"]]
            + [name for name in ("exists", "secret_id") if credential.get(name)]
            + c.get("at_run_time", [])
        )
        chosen.setdefault(mark, c)
    return [pytest.param(c, id=mark) for mark, c in chosen.items()]


def fitting(aws: ControlPlane, c: dict[str, Any]) -> dict[str, Any]:
    """A gateway that this connection can use, put there."""
    protocol = {} if c["target_type"] not in ("http-runtime", "passthrough") else {"protocolType": None}
    authorizer = {"authorizerType": "AWS_IAM"} if c["outbound_auth"] == "caller-iam" else {}
    aws.add_gateway("another", "another-abcdefghij")
    aws.add_gateway(**protocol, **authorizer)
    return context()


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
    assert "Making the target Shop-Tools." in outcome.err


# The gateway


def test_a_missing_gateway_ends_it_before_anything_is_made(aws: ControlPlane, run: Run, inputs: None) -> None:
    aws.add_gateway("another", "another-abcdefghij")
    outcome = run(context(), key())
    assert outcome.status == 1
    assert "There is no gateway Shop-gate in us-east-1." in outcome.err
    assert "agentcore deploy" in outcome.err
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


def test_a_gateway_needs_a_role(aws: ControlPlane, run: Run) -> None:
    outcome = run(context("boto3"), connection())
    assert (outcome.status, aws.writes) == (2, [])
    assert "AGENTCORE_GATEWAY_ROLE_ARN" in outcome.err


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
    assert "is there for GithubOauth2, not AtlassianOauth2" in outcome.err


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
        (("targetConfiguration", "mcp"), {"openApiSchema": {"inlinePayload": "{}"}}),
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
        aws.add_gateway()

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
    assert outcome.err.count("Someone else has just made it.") == 3
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
