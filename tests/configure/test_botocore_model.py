"""What the service model forbids is found in a request, wherever it is and whoever else lets it through."""

from __future__ import annotations

import copy
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import botocore.model
import botocore.session
import botocore.validate
import pytest

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.plan.requests import requests_for, with_samples
from agentcore_connect.verify import botocore_model
from agentcore_connect.verify.botocore_model import botocore_version, check_request, check_requests
from tests.configure.cases import CUSTOM_URL, connection, connections, context, gateways

CONTROL = "bedrock-agentcore-control"


def target(**changes: Any) -> dict[str, Any]:
    c = connection(
        outbound_auth="oauth",
        grant="authorization-code",
        credential={"name": "o", "exists": True},
        oauth={"scopes": ["a"], "return_url": "https://app.example.com/cb"},
    )
    return {**with_samples(requests_for(context(), c)[-1].body), **changes}


def found(body: dict[str, Any], operation: str = "create_gateway_target") -> list[tuple[str, str]]:
    return [(one.code, one.where) for one in check_request(operation, body, CONTROL)]


def server(**members: Any) -> dict[str, Any]:
    return {"mcp": {"mcpServer": {"endpoint": "https://mcp.example.com/mcp", **members}}}


def key(**members: Any) -> list[dict[str, Any]]:
    arn = "arn:aws:bedrock-agentcore:us-east-1:123456789012:token-vault/default/apikeycredentialprovider/k"
    held = {"apiKeyCredentialProvider": {"providerArn": arn, **members}}
    return [{"credentialProviderType": "API_KEY", "credentialProvider": held}]


def oauth(**members: Any) -> list[dict[str, Any]]:
    arn = "arn:aws:bedrock-agentcore:us-east-1:123456789012:token-vault/default/oauth2credentialprovider/o"
    held = {"oauthCredentialProvider": {"providerArn": arn, "scopes": [], **members}}
    return [{"credentialProviderType": "OAUTH", "credentialProvider": held}]


HELD = "credentialProviderConfigurations[0].credentialProvider"
WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"targetConfiguration": {**server(), "http": {}}}, "union", "targetConfiguration"),
    ({"targetConfiguration": {}}, "union", "targetConfiguration"),
    ({"credentialProviderConfigurations": []}, "too-small", "credentialProviderConfigurations"),
    ({"credentialProviderConfigurations": [*key(), *key()]}, "too-large", "credentialProviderConfigurations"),
    (
        {"credentialProviderConfigurations": key(credentialPrefix="")},
        "too-small",
        f"{HELD}.apiKeyCredentialProvider.credentialPrefix",
    ),
    (
        {"credentialProviderConfigurations": key(credentialLocation="BODY")},
        "enum",
        f"{HELD}.apiKeyCredentialProvider.credentialLocation",
    ),
    (
        {"credentialProviderConfigurations": oauth(scopes=["x" * 65])},
        "too-large",
        f"{HELD}.oauthCredentialProvider.scopes[0]",
    ),
    (
        {"credentialProviderConfigurations": oauth(customParameters={})},
        "too-small",
        f"{HELD}.oauthCredentialProvider.customParameters",
    ),
    (
        {"credentialProviderConfigurations": oauth(grantType="OBO")},
        "enum",
        f"{HELD}.oauthCredentialProvider.grantType",
    ),
    (
        {"credentialProviderConfigurations": [{"credentialProviderType": "NO_AUTH"}]},
        "enum",
        "credentialProviderConfigurations[0].credentialProviderType",
    ),
    (
        {"targetConfiguration": server(endpoint="http://mcp.example.com/mcp")},
        "pattern",
        "targetConfiguration.mcp.mcpServer.endpoint",
    ),
    (
        {"targetConfiguration": server(listingMode="Dynamic")},
        "enum",
        "targetConfiguration.mcp.mcpServer.listingMode",
    ),
    (
        {"targetConfiguration": server(resourcePriority=1001)},
        "too-large",
        "targetConfiguration.mcp.mcpServer.resourcePriority",
    ),
    (
        {"targetConfiguration": server(resourcePriority=True)},
        "type",
        "targetConfiguration.mcp.mcpServer.resourcePriority",
    ),
    (
        {"targetConfiguration": {"mcp": {"openApiSchema": {"s3": "s3://bucket/key"}}}},
        "type",
        "targetConfiguration.mcp.openApiSchema.s3",
    ),
    (
        {"targetConfiguration": {"mcp": {"lambda": {"lambdaArn": "arn:aws:lambda:x", "toolSchema": {}}}}},
        "pattern",
        "targetConfiguration.mcp.lambda.lambdaArn",
    ),
    (
        {
            "targetConfiguration": {
                "mcp": {
                    "lambda": {
                        "lambdaArn": "arn:aws:lambda:us-east-1:123456789012:function:f",
                        "toolSchema": {
                            "inlinePayload": [
                                {
                                    "name": "n",
                                    "description": "d",
                                    "inputSchema": {"type": "object", "properties": {"a": {"type": "text"}}},
                                }
                            ]
                        },
                    }
                }
            }
        },
        "enum",
        "targetConfiguration.mcp.lambda.toolSchema.inlinePayload[0].inputSchema.properties.a.type",
    ),
    ({"targetConfiguration": None}, "type", "targetConfiguration"),
    ({"name": "under_score"}, "pattern", "name"),
    ({"description": "d" * 201}, "too-large", "description"),
    ({"clientToken": "short"}, "too-small", "clientToken"),
    (
        {"metadataConfiguration": {"allowedRequestHeaders": ["h"] * 11}},
        "too-large",
        "metadataConfiguration.allowedRequestHeaders",
    ),
    ({"unknownMember": 1}, "unknown-member", "unknownMember"),
]


def test_the_body_that_the_wrong_ones_are_made_of_is_right() -> None:
    assert found(target()) == []


@pytest.mark.parametrize(("changes", "code", "where"), WRONG, ids=[f"{code}-{where}" for _, code, where in WRONG])
def test_a_wrong_body_is_caught_at_its_place(changes: dict[str, Any], code: str, where: str) -> None:
    assert (code, where) in found(target(**changes))


def test_a_missing_member_is_named() -> None:
    body = target()
    del body["targetConfiguration"]
    assert found(body) == [("missing", "targetConfiguration")]
    without = oauth()
    del without[0]["credentialProvider"]["oauthCredentialProvider"]["scopes"]
    assert found(target(credentialProviderConfigurations=without)) == [
        ("missing", f"{HELD}.oauthCredentialProvider.scopes")
    ]


def provider(vendor: str, **config: Any) -> dict[str, Any]:
    discovery = {"oauthDiscovery": {"discoveryUrl": CUSTOM_URL}}
    return {
        "name": "o",
        "credentialProviderVendor": vendor,
        "oauth2ProviderConfigInput": {"customOauth2ProviderConfig": {**discovery, **config}},
    }


def test_the_spelling_of_a_vendor_is_put_right() -> None:
    [problem] = check_request("create_oauth2_credential_provider", provider("CustomOAuth2"), CONTROL)
    assert problem.code == "enum"
    assert "received 'CustomOAuth2'" in problem.message
    assert f"botocore {botocore_version()}" in problem.message
    assert problem.hint == "did you mean CustomOauth2?"


def test_a_sensitive_value_is_never_shown() -> None:
    secret = "tops3cret" * 300
    for wrong in (
        provider("CustomOauth2", clientSecret=secret),
        provider("CustomOauth2", clientSecret=[secret]),
        {**provider("CustomOauth2"), "oauth2ProviderConfigInput": [{"clientSecret": secret}]},
        provider("CustomOauth2", privateKeyJwtConfig={"additionalHeaderClaims": {"a": secret}}),
    ):
        problems = check_request("create_oauth2_credential_provider", wrong, CONTROL)
        assert problems != []
        assert "tops3cret" not in "".join(map(str, problems))
    [problem] = check_request("create_gateway_target", target(name="my_private_name"), CONTROL)
    assert "my_private_name" not in str(problem)
    assert "15 characters" in problem.message


def test_an_unknown_member_is_answered_with_those_there_are() -> None:
    [problem] = check_request("create_gateway_target", target(targetConfiguration=server(listMode="DYNAMIC")), CONTROL)
    assert problem.where == "targetConfiguration.mcp.mcpServer.listMode"
    assert "it has endpoint, mcpToolSchema, listingMode, resourcePriority" in problem.message
    assert problem.hint == "did you mean listingMode?"


def test_an_unknown_operation_is_answered_with_the_nearest() -> None:
    [problem] = check_request("create_gateway_targets", {}, CONTROL)
    assert problem.code == "unknown-operation"
    assert problem.hint == "did you mean create_gateway_target?"
    assert check_request("CreateGatewayTarget", target(), CONTROL) == []


def test_what_dry_run_prints_can_be_checked_as_it_is() -> None:
    requests = [one.as_dict() for one in requests_for(context(), connection(outbound_auth="none"))]
    assert check_requests(requests) == []
    requests[0]["body"]["name"] = "a_b"
    [problem] = check_requests(requests)
    assert problem.where == "create_gateway_target.name"


def older(change: Any) -> botocore.model.ServiceModel:
    """The model as an older botocore might have it."""
    document = copy.deepcopy(
        botocore.session.get_session().get_component("data_loader").load_service_model(CONTROL, "service-2")
    )
    change(document["shapes"])
    return botocore.model.ServiceModel(document, CONTROL)


def test_an_older_botocore_is_told_from_a_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    def without(shapes: dict[str, Any]) -> None:
        shapes["OAuthGrantType"]["enum"].remove("TOKEN_EXCHANGE")
        del shapes["McpServerTargetConfiguration"]["members"]["listingMode"]

    model = older(without)
    monkeypatch.setattr(botocore_model, "_load", lambda service: model)
    monkeypatch.setattr(botocore_model, "botocore_version", lambda: "1.40.1")
    body = target(
        targetConfiguration=server(listingMode="DEFAULT"),
        credentialProviderConfigurations=oauth(grantType="TOKEN_EXCHANGE"),
    )
    problems = check_request("create_gateway_target", body, CONTROL)
    assert {one.where.rpartition(".")[2] for one in problems} == {"listingMode", "grantType"}
    for problem in problems:
        assert "botocore 1.40.1 has no such" in problem.message
        assert "older than botocore 1.44.5" in problem.hint
        assert "pip install --upgrade boto3" in problem.hint


def test_a_pattern_that_python_cannot_read_is_said_to_be_unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    def java(shapes: dict[str, Any]) -> None:
        shapes["TargetDescription"]["pattern"] = r"[^\p{IsControl}]*"

    model = older(java)
    monkeypatch.setattr(botocore_model, "_load", lambda service: model)
    [problem] = check_request("create_gateway_target", target(description="d"), CONTROL)
    assert (problem.severity, problem.code, problem.where) == ("note", "pattern-not-checked", "description")


def test_without_botocore_or_the_service_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConnectError) as unknown:
        check_request("x", {}, "no-such-service")
    assert unknown.value.code == "service-unknown"
    monkeypatch.setattr(botocore_model, "botocore_version", lambda: None)
    with pytest.raises(ConnectError) as missing:
        check_request("x", {}, CONTROL)
    assert missing.value.code == "botocore-missing"


def test_botocore_is_loaded_only_when_something_is_checked() -> None:
    code = "import sys; import agentcore_connect.verify.botocore_model; print('botocore' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


# Every single fault, at every place of every body that can be emitted.


def shapes(value: Any, shape: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any, Any]]:
    """Each part of a body with its place and its shape."""
    yield path, value, shape
    if getattr(shape, "is_document_type", False):
        return
    match shape.type_name:
        case "structure":
            for name, part in value.items():
                yield from shapes(part, shape.members[name], (*path, name))
        case "list":
            for number, part in enumerate(value):
                yield from shapes(part, shape.member, (*path, number))
        case "map":
            for name, part in value.items():
                yield from shapes(part, shape.value, (*path, name))


def faults(value: Any, shape: Any) -> Iterator[tuple[str, Any]]:
    """What this part may not be, with the code that finds it."""
    if getattr(shape, "is_document_type", False):
        return
    yield "type", 1.5
    match shape.type_name:
        case "structure":
            yield from structure_faults(value, shape)
        case "string":
            yield from string_faults(value, shape)
        case "list" | "map":
            least, most = shape.metadata.get("min"), shape.metadata.get("max")
            if least:
                yield "too-small", type(value)()
            if most and value and shape.type_name == "list":
                yield "too-large", value * (most + 1)


def structure_faults(value: dict[str, Any], shape: Any) -> Iterator[tuple[str, Any]]:
    yield "unknown-member", {**value, "noSuchMember": 1}
    for name in shape.required_members:
        yield "missing", {key: part for key, part in value.items() if key != name}
    if shape.is_tagged_union:
        yield "union", {}
        other = next((name for name in shape.members if name not in value), None)
        if other:
            yield "union", {**value, other: None}


def string_faults(value: str, shape: Any) -> Iterator[tuple[str, Any]]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least:
        yield "too-small", value[: least - 1]
    if most:
        yield "too-large", (value or "x") * (most + 1)
    if shape.enum:
        yield "enum", f"{value}_"
    pattern = shape.metadata.get("pattern")
    if pattern and not re.fullmatch(pattern, "\x00"):
        yield "pattern", "\x00"


def replaced(body: Any, path: tuple[Any, ...], part: Any) -> Any:
    if not path:
        return part
    copied = copy.copy(body)
    copied[path[0]] = replaced(body[path[0]], path[1:], part)
    return copied


def test_every_single_fault_in_every_body_is_caught(record_property: Any) -> None:
    distinct = {
        json.dumps({"operation": one.operation, "body": with_samples(one.body)}, sort_keys=True)
        for ctx, c in [*((context(), c) for c in connections()), *((ctx, connection()) for ctx in gateways())]
        for one in requests_for(ctx, c)
    }
    model = botocore.session.get_session().get_service_model(CONTROL)
    operations = {botocore.xform_name(name): model.operation_model(name).input_shape for name in model.operation_names}
    validator = botocore.validate.ParamValidator()
    tried = past_boto3 = 0
    seen: set[tuple[str, str, str]] = set()
    for text in sorted(distinct):
        one = json.loads(text)
        operation, body, shape = one["operation"], one["body"], operations[one["operation"]]
        for path, value, part in shapes(body, shape):
            for number, (code, wrong) in enumerate(faults(value, part)):
                place = (operation, ".".join(name for name in path if isinstance(name, str)), f"{code}{number}")
                if place in seen:
                    continue
                seen.add(place)
                broken = replaced(body, path, wrong)
                problems = check_request(operation, broken, CONTROL)
                assert code in {problem.code for problem in problems}, place
                assert "refused" not in {problem.code for problem in problems}, place
                tried += 1
                past_boto3 += not validator.validate(broken, shape).has_errors()
    record_property("faults", tried)
    print(f"\n{tried} single faults caught, {past_boto3} of them let through by boto3")
    assert tried > 400
    assert past_boto3 > 50
