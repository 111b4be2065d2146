"""The role that the program creates: who may assume it, what it may do, and whose it is."""

from __future__ import annotations

import copy
import fnmatch
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.configure import cases
from tests.configure.cases import POLICIES, SCRIPTED, connection, connections, context, files
from tests.configure.conftest import INPUTS
from tests.configure.control_plane import ServiceError
from tests.configure.lifecycle import Sky
from tests.configure.runs import consent, key
from tests.share import share_of

ROLE, ARN = "AGENTCORE_GATEWAY_ROLE_ARN", "arn:aws:bedrock-agentcore:us-east-1:123456789012"
NAME = "Shop-gate-us-east-1"
ENV = {key: value for key, value in INPUTS.items() if key != ROLE}
Skies = Callable[..., Sky]


@pytest.fixture
def sky(tmp_path: Path) -> Skies:
    """An empty account, with the program of these connections; no role is given."""
    made = iter(range(10_000))

    def of(*connections: dict[str, Any], ctx: dict[str, Any] | None = None, **env: str) -> Sky:
        folder = tmp_path / str(next(made))
        folder.mkdir()
        whole = ctx or context("boto3")
        texts = {one["file"]: one["statement"] for one in whole.get("policies", ())}
        return Sky(folder, {**files(whole, *connections), **texts}, {**ENV, **env})

    return of


def changed(sky: Sky, *connections: dict[str, Any]) -> None:
    """Write the plan of other connections over the one that is there."""
    for name, text in files(context("boto3"), *connections).items():
        (sky.folder / name).write_text(text, encoding="utf-8")


def rights(sky: Sky) -> dict[str, set[str]]:
    """The resources of each action that the role may carry out."""
    found: dict[str, set[str]] = {}
    for document in sky.plane.policies_of_roles[NAME].values():
        for one in document["Statement"]:
            assert one["Effect"] == "Allow"
            for action in one["Action"]:
                found.setdefault(action, set()).update(one["Resource"])
    return found


def test_only_this_accounts_gateway_of_that_name_may_assume_it(sky: Skies) -> None:
    one = sky(connection())
    assert one.run("up") == 0, one.said
    [role] = one.plane.roles.values()
    assert role["AssumeRolePolicyDocument"] == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "bedrock-agentcore.amazonaws.com"},
                "Action": "sts:AssumeRole",
                "Condition": {
                    "StringEquals": {"aws:SourceAccount": "123456789012"},
                    "ArnLike": {"aws:SourceArn": f"{ARN}:gateway/shop-gate-*"},
                },
            }
        ],
    }
    [gateway] = one.plane.gateways.values()
    assert (gateway["roleArn"], role["RoleName"]) == (role["Arn"], NAME)
    assert fnmatch.fnmatchcase(gateway["gatewayArn"], f"{ARN}:gateway/shop-gate-*")
    assert role["Tags"] == [{"Key": "agentcore-connect-gateway", "Value": "Shop-gate"}]


def test_it_is_there_before_the_gateway_and_its_rights_before_the_targets(sky: Skies) -> None:
    ctx = {**context("boto3"), "policy": SCRIPTED, "policies": POLICIES}
    one = sky(key(), ctx=ctx)
    assert one.run("up") == 0, one.said
    order = [name for name, _ in one.plane.writes]
    assert order == [
        *("CreateRole", "CreateGateway", "CreateApiKeyCredentialProvider", "PutRolePolicy", "CreateGatewayTarget"),
        *("CreatePolicyEngine", "PutRolePolicy", "CreatePolicy", "CreatePolicy", "UpdateGateway"),
    ]


def needed(sky: Sky) -> Iterator[tuple[str, str]]:
    """The action and resource that each request of a run asks of the role, told from the requests alone."""
    [gateway] = sky.plane.gateways.values()
    number = gateway["gatewayId"]
    identity = [
        f"{ARN}:workload-identity-directory/default",
        f"{ARN}:workload-identity-directory/default/workload-identity/{number}",
    ]
    for body in [body for name, body in sky.plane.writes if name == "CreateGatewayTarget"]:
        [config] = body["targetConfiguration"].values()
        [(kind, inner)] = config.items()
        [credential] = body.get("credentialProviderConfigurations") or [{"credentialProviderType": "NONE"}]
        way = credential["credentialProviderType"]
        named = credential.get("credentialProvider", {})
        text = json.dumps(inner)
        if kind == "lambda":
            yield "lambda:InvokeFunction", inner["lambdaArn"]
        for place in ("openApiSchema", "smithyModel", "toolSchema"):
            at = inner if kind == place else inner.get(place, {})
            if kind != "mcpServer" and "s3" in at:
                yield "s3:GetObject", at["s3"]["uri"].replace("s3://", "arn:aws:s3:::")
        if kind == "mcpServer" and "s3" in inner.get("mcpToolSchema", {}):
            yield "s3:GetObject", inner["mcpToolSchema"]["s3"]["uri"].replace("s3://", "arn:aws:s3:::")
        if kind == "apiGateway" and way == "GATEWAY_IAM_ROLE":
            api = f"{inner['restApiId']}/{inner['stage']}"
            yield "execute-api:Invoke", f"arn:aws:execute-api:us-east-1:123456789012:{api}/*/*"
        if kind == "connector":
            yield from connector(text)
        if way in ("OAUTH", "API_KEY"):
            yield from held(way, named, identity)
        if way == "GATEWAY_IAM_ROLE" and kind in ("mcpServer", "openApiSchema", "passthrough", "agentcoreRuntime"):
            yield "bedrock-agentcore:InvokeGateway", gateway["gatewayArn"]
        if way == "GATEWAY_IAM_ROLE" and kind == "agentcoreRuntime":
            yield "bedrock-agentcore:InvokeAgentRuntime", f"{inner['arn']}*"


def connector(text: str) -> Iterator[tuple[str, str]]:
    if "web-search" in text:
        yield "bedrock-agentcore:InvokeWebSearch", "arn:aws:bedrock-agentcore:us-east-1:aws:tool/web-search.v1"
        yield "bedrock-agentcore:InvokeGateway", f"{ARN}:gateway/shop-gate-zyxwvutsrq"
    else:
        base = "arn:aws:bedrock:us-east-1:123456789012:knowledge-base/AB12CD34EF"
        yield "bedrock:GetKnowledgeBase", base
        yield "bedrock:Retrieve", base
        yield "bedrock:AgenticRetrieveStream", "*"


def held(way: str, named: dict[str, Any], identity: list[str]) -> Iterator[tuple[str, str]]:
    [config] = named.values()
    kind, action, path = {
        "OAUTH": ("oauth2", "GetResourceOauth2Token", "oauth2credentialprovider"),
        "API_KEY": ("apikey", "GetResourceApiKey", "apikeycredentialprovider"),
    }[way]
    provider = config["providerArn"]
    name = provider.rpartition("/")[2]
    secret = f"arn:aws:secretsmanager:us-east-1:123456789012:secret:bedrock-agentcore-identity!default/{kind}/{name}-x"
    yield "secretsmanager:GetSecretValue", secret
    for one in [f"{ARN}:token-vault/default", f"{ARN}:token-vault/default/{path}/{name}", *identity]:
        yield f"bedrock-agentcore:{action}", one
    for one in identity:
        yield "bedrock-agentcore:GetWorkloadAccessToken", one
        if config.get("grantType") in ("AUTHORIZATION_CODE", "TOKEN_EXCHANGE"):
            yield "bedrock-agentcore:GetWorkloadAccessTokenForJWT", one


def kinds() -> list[dict[str, Any]]:
    """One connection for each kind of target, credential and place of a document; those of other AWS services aside."""
    chosen: dict[str, dict[str, Any]] = {}
    for c in connections():
        credential = c["credential"]
        if credential["exists"] or credential["in_project"] or (c["sigv4"] and c["outbound_auth"] == "iam"):
            continue
        parts = (c["target_type"], c["outbound_auth"], c["grant"], c["service"], c["schema"], c["tools_uri"], c["host"])
        chosen.setdefault(str([*parts, c.get("at_run_time")]), c)
    return list(chosen.values())


@pytest.mark.parametrize("c", share_of(kinds(), one_in=3))
def test_it_may_do_exactly_what_the_requests_of_the_run_ask_of_it(sky: Skies, c: dict[str, Any]) -> None:
    iam = c["outbound_auth"] == "caller-iam"
    protocol = (
        {"protocol_type": "None", "semantic_search": False}
        if c["target_type"] in ("http-runtime", "passthrough")
        else {}
    )
    one = sky(c, ctx=context("boto3", **({"authorizer_type": "AWS_IAM"} if iam else {}), **protocol))
    assert one.run("up") == 0, one.said
    wanted: dict[str, set[str]] = {}
    for action, resource in needed(one):
        wanted.setdefault(action, set()).add(resource)
    assert rights(one) == wanted


def test_no_kind_is_missing() -> None:
    assert len(kinds()) > 40
    print(f"\n{len(kinds())} kinds of connections")


def test_each_of_several_targets_adds_what_it_needs(sky: Skies) -> None:
    one = sky(key(name="One"), key(name="Two", credential={"name": "other"}), consent(name="Three", credential={"name": "MY_CRED_1"}),
              AGENTCORE_CREDENTIAL_OTHER="S3cret-of-the-other")  # fmt: skip
    assert one.run("up") == 0, one.said
    wanted: dict[str, set[str]] = {}
    for action, resource in needed(one):
        wanted.setdefault(action, set()).add(resource)
    assert rights(one) == wanted


def test_the_engines_rights_name_the_engine_and_the_gateway(sky: Skies) -> None:
    one = sky(connection(), ctx={**context("boto3"), "policy": SCRIPTED, "policies": POLICIES})
    assert one.run("up") == 0, one.said
    [engine], [gateway] = one.plane.engines.values(), one.plane.gateways.values()
    assert rights(one) == {
        "bedrock-agentcore:GetPolicyEngine": {engine["policyEngineArn"]},
        "bedrock-agentcore:AuthorizeAction": {engine["policyEngineArn"], gateway["gatewayArn"]},
        "bedrock-agentcore:PartiallyAuthorizeActions": {engine["policyEngineArn"], gateway["gatewayArn"]},
    }


def test_a_changed_plan_changes_the_rights_and_takes_back_what_nothing_needs(sky: Skies) -> None:
    one = sky(key())
    assert one.run("up") == 0, one.said
    assert "bedrock-agentcore:GetResourceApiKey" in rights(one)
    changed(one, consent())
    one.plane.targets.clear()
    assert one.run("up") == 0, one.said
    assert "bedrock-agentcore:GetResourceApiKey" not in rights(one)
    assert "bedrock-agentcore:GetResourceOauth2Token" in rights(one)
    changed(one, connection())
    one.plane.targets.clear()
    assert one.run("up") == 0, one.said
    assert one.plane.policies_of_roles == {NAME: {}}


def test_someone_elses_change_is_put_right(sky: Skies) -> None:
    one = sky(key())
    assert one.run("up") == 0, one.said
    before = copy.deepcopy((one.plane.roles, one.plane.policies_of_roles))
    [role] = one.plane.roles.values()
    role["AssumeRolePolicyDocument"]["Statement"][0].pop("Condition")
    [document] = one.plane.policies_of_roles[NAME].values()
    document["Statement"].append({"Effect": "Allow", "Action": ["*"], "Resource": ["*"]})
    assert one.run("up") == 0, one.said
    assert (one.plane.roles, one.plane.policies_of_roles) == before


def test_a_role_that_is_given_is_used_and_left_alone(sky: Skies) -> None:
    given = "arn:aws:iam::123456789012:role/own"
    one = sky(key(), **{ROLE: given})
    assert one.run("up") == 0, one.said
    assert [gateway["roleArn"] for gateway in one.plane.gateways.values()] == [given]
    assert (one.plane.roles, one.run("status")) == ({}, 0)
    one.env = ENV
    one.plane.calls.clear()
    assert (one.run("up"), one.plane.writes) == (0, []), one.said


def test_a_role_of_that_name_that_is_not_the_plans_is_left_alone(sky: Skies) -> None:
    one = sky(key())
    trust = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Deny"}]})
    one.plane._CreateRole(NAME, trust)
    one.plane.calls.clear()
    assert one.run("up") == 1
    assert f"There is a role {NAME} that was not created for this gateway" in one.said
    assert ROLE in one.said
    assert one.plane.writes == []
    assert one.run("down", "--yes") == 0
    assert list(one.plane.roles) == [NAME]


def test_a_role_stays_as_long_as_its_gateway(sky: Skies) -> None:
    one = sky(connection())
    one.run("up")
    [gateway] = one.plane.gateways
    one.plane.add_target(gatewayIdentifier=gateway, name="Elsewhere", targetConfiguration={"mcp": {}})
    assert one.run("down", "--yes") == 1
    assert f"The role {NAME} stays, because the gateway Shop-gate has it" in one.said
    assert list(one.plane.roles) == [NAME]


def test_whoever_may_not_create_a_role_is_told_the_action(sky: Skies) -> None:
    one = sky(connection())
    message = "User: arn:aws:iam::123456789012:user/me is not authorized to perform: iam:CreateRole on resource: x"
    one.plane.faults["CreateRole"] = [ServiceError("AccessDenied", message, 403)]
    assert one.run("up") == 1
    assert "You are not allowed iam:CreateRole" in one.said
    assert not (one.folder / "configure.state.json").exists()


def test_in_another_region_it_has_another_name() -> None:
    [step] = [
        one
        for one in json.loads(files(context("boto3"), connection())["configure.json"])["steps"]
        if one["kind"] == "role"
    ]
    assert step["name"] == "Shop-gate-${REGION}"
    longest = f"{'x' * 48}-ap-southeast-2"
    assert len(longest) <= 64  # of roleNameType in IAM's model
    assert cases.context("boto3")["gateway"]["aws_name"] in NAME
