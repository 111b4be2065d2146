"""Every request that answers can lead to is one the service model allows, and all documented forms are among them."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.knowledge import resources
from agentcore_connect.plan.requests import infer_vendor, requests_for, with_samples, with_values
from agentcore_connect.verify.botocore_model import check_requests
from tests.configure import cases
from tests.configure.cases import connection, connections, context, gateways


def body(c: dict[str, Any], which: str = "target", ctx: dict[str, Any] | None = None) -> dict[str, Any]:
    return next(one.body for one in requests_for(ctx or context(), c) if one.id == which)


def sign_in(c: dict[str, Any]) -> Any:
    return body(c).get("credentialProviderConfigurations")


def paths(value: Any, path: str = "") -> set[str]:
    """Every member path of a body, with the values of what looks like an enum."""
    if isinstance(value, dict):
        return {path} | {found for key, part in value.items() for found in paths(part, f"{path}.{key}")}
    if isinstance(value, list):
        return {path} | {found for part in value for found in paths(part, path)}
    return {path, f"{path}={value}"} if isinstance(value, str) and value.isupper() else {path}


def test_the_whole_cross_product_passes_the_model(record_property: Any) -> None:
    counts: Counter[str] = Counter()
    distinct: set[str] = set()
    for c in connections():
        requests = [one.as_dict() for one in requests_for(context(), c)]
        problems = check_requests(requests)
        assert problems == [], (c["target_type"], c["outbound_auth"], c["grant"], [str(one) for one in problems])
        for one in requests:
            counts[one["operation"]] += 1
            distinct.add(json.dumps(one, sort_keys=True))
    for ctx in gateways():
        requests = [one.as_dict() for one in requests_for(ctx, connection())]
        assert check_requests(requests) == []
        assert requests[0]["operation"] == "create_gateway"
        counts["create_gateway"] += 1
        distinct.add(json.dumps(requests[0], sort_keys=True))
    record_property("bodies", dict(counts))
    print(f"\n{sum(counts.values())} requests, {len(distinct)} of them distinct: {dict(counts)}")
    assert len(distinct) > 250


def test_every_documented_form_is_among_them() -> None:
    found: set[str] = set()
    for c in connections():
        for one in requests_for(context(), c):
            found |= paths(one.body)
    for ctx in gateways():
        found |= paths(requests_for(ctx, connection())[0].body)
    target, credential = ".targetConfiguration", ".credentialProviderConfigurations"
    held = f"{credential}.credentialProvider"
    config = ".oauth2ProviderConfigInput"
    expected = {
        f"{target}.mcp.lambda.toolSchema.inlinePayload",  # T1
        f"{target}.mcp.lambda.toolSchema.s3.uri",
        f"{target}.mcp.lambda.toolSchema.s3.bucketOwnerAccountId",
        f"{target}.mcp.openApiSchema.inlinePayload",  # T2
        f"{target}.mcp.openApiSchema.s3.uri",
        f"{target}.mcp.openApiSchema.s3.bucketOwnerAccountId",
        f"{target}.mcp.smithyModel.inlinePayload",  # T3
        f"{target}.mcp.smithyModel.s3.uri",
        f"{target}.mcp.mcpServer.endpoint",  # T4, T7
        f"{target}.mcp.mcpServer.listingMode=DYNAMIC",  # T5
        f"{target}.mcp.mcpServer.mcpToolSchema.inlinePayload",  # T6
        f"{target}.mcp.apiGateway.apiGatewayToolConfiguration.toolFilters.methods=GET",  # T8
        f"{target}.mcp.connector.source.connectorId",  # T9
        f"{target}.http.agentcoreRuntime.arn",  # T10
        f"{target}.http.passthrough.protocolType=CUSTOM",  # T11
        f"{target}.http.passthrough.protocolType=A2A",
        f"{target}.http.passthrough.protocolType=MCP",
        f"{credential}.credentialProviderType=GATEWAY_IAM_ROLE",  # C1
        f"{held}.iamCredentialProvider.service",  # C2
        f"{held}.iamCredentialProvider.region",
        f"{held}.oauthCredentialProvider.grantType=CLIENT_CREDENTIALS",  # C3
        f"{held}.oauthCredentialProvider.defaultReturnUrl",  # C4
        f"{held}.oauthCredentialProvider.customParameters.audience",  # C5
        f"{held}.apiKeyCredentialProvider.credentialLocation=QUERY_PARAMETER",  # C6
        f"{held}.apiKeyCredentialProvider.credentialPrefix",
        f"{credential}.credentialProviderType=CALLER_IAM_CREDENTIALS",  # C7
        f"{credential}.credentialProviderType=JWT_PASSTHROUGH",  # C8
        ".apiKey",  # P1
        f"{config}.customOauth2ProviderConfig.oauthDiscovery.discoveryUrl",  # P3
        f"{config}.customOauth2ProviderConfig.oauthDiscovery.authorizationServerMetadata.tokenEndpoint",  # P4
        f"{config}.customOauth2ProviderConfig.onBehalfOfTokenExchangeConfig.grantType=TOKEN_EXCHANGE",  # P5
        f"{config}.customOauth2ProviderConfig.onBehalfOfTokenExchangeConfig.grantType=JWT_AUTHORIZATION_GRANT",  # P6
        f"{config}.githubOauth2ProviderConfig.clientId",  # P7
        f"{config}.microsoftOauth2ProviderConfig.tenantId",  # P8
        f"{config}.includedOauth2ProviderConfig.clientId",  # P9
        f"{config}.includedOauth2ProviderConfig.issuer",
        ".metadataConfiguration.allowedRequestHeaders",
        ".privateEndpoint.managedVpcResource.subnetIds",
        ".protocolConfiguration.mcp.searchType=SEMANTIC",  # G1
        ".authorizerConfiguration.customJWTAuthorizer.allowedScopes",
    }
    assert expected - found == set()


def test_each_vendor_has_a_body_of_its_own() -> None:
    vendors = resources.load("oauth-vendors")["vendors"]
    sent = {}
    for c in connections():
        for one in requests_for(context(), c):
            if "credentialProviderVendor" in one.body:
                [member] = one.body["oauth2ProviderConfigInput"]
                sent[one.body["credentialProviderVendor"]] = member
    assert sent == {vendor["id"]: vendor["member"] for vendor in vendors}
    assert len(sent) == 25


def test_a_credential_that_is_there_is_never_made_again() -> None:
    for there in ({"exists": True}, {"in_project": True}):
        c = connection(outbound_auth="api-key", credential={"name": "k", **there})
        assert [one.id for one in requests_for(context(), c)] == ["target"]


@pytest.mark.parametrize(
    ("gateway", "makes"),
    [({}, True), ({"exists": True}, False), ({"in_project": True}, False)],
)
def test_a_gateway_is_made_only_where_nothing_else_makes_it(gateway: dict[str, Any], makes: bool) -> None:
    ids = [one.id for one in requests_for(context("boto3", **gateway), connection())]
    assert ("gateway" in ids) is makes
    assert "gateway" not in [one.id for one in requests_for(context("cli", **gateway), connection())]


def test_what_is_empty_is_left_out() -> None:
    assert "credentialProviderConfigurations" not in body(connection())
    c = connection(outbound_auth="api-key", credential={"name": "k", "exists": True}, api_key={"prefix": ""})
    assert sign_in(c) == [
        {
            "credentialProviderType": "API_KEY",
            "credentialProvider": {"apiKeyCredentialProvider": {"providerArn": {"$runtime": "provider_arn"}}},
        }
    ]
    ctx = context("boto3", allowed_audience=[], allowed_clients=["c"])
    made = body(connection(), "gateway", ctx)
    assert set(made["authorizerConfiguration"]["customJWTAuthorizer"]) == {"discoveryUrl", "allowedClients"}
    assert made["protocolConfiguration"]["mcp"]["searchType"] == "SEMANTIC"
    assert "2025-11-25" in made["protocolConfiguration"]["mcp"]["supportedVersions"]
    assert "protocolType" not in body(connection(), "gateway", context("boto3", protocol_type="None"))


def test_scopes_are_sent_even_when_there_are_none() -> None:
    c = connection(
        outbound_auth="oauth",
        grant="client-credentials",
        credential={"name": "o", "exists": True},
        oauth={"discovery_url": cases.CUSTOM_URL},
    )
    assert sign_in(c)[0]["credentialProvider"]["oauthCredentialProvider"]["scopes"] == []


@pytest.mark.parametrize("endpoint", [cases.RUNTIME_ARN, cases.RUNTIME_URL, cases.RUNTIME_SHORT])
def test_a_runtime_is_an_arn_for_http_and_a_url_for_mcp(endpoint: str) -> None:
    c = connection(target_type="http-runtime", outbound_auth="iam", endpoint=endpoint)
    runtime = body(c)["targetConfiguration"]["http"]["agentcoreRuntime"]
    assert runtime == {"arn": cases.RUNTIME_ARN, "qualifier": "prod" if "prod" in endpoint else "DEFAULT"}
    server = body(connection(endpoint=endpoint))["targetConfiguration"]["mcp"]["mcpServer"]
    assert server == {"endpoint": cases.RUNTIME_URL if endpoint.startswith("arn:") else endpoint}


def test_a_runtime_endpoint_arn_names_its_runtime() -> None:
    url = cases.RUNTIME_URL.replace("/invocations", "%2Fruntime-endpoint%2Fprod/invocations")
    c = connection(target_type="http-runtime", outbound_auth="iam", endpoint=url)
    assert body(c)["targetConfiguration"]["http"]["agentcoreRuntime"]["arn"] == cases.RUNTIME_ARN


def exchange(**oauth: Any) -> dict[str, Any]:
    oauth = {"client_id": "c", "scopes": ["s"], **oauth}
    return connection(outbound_auth="oauth", grant="token-exchange", credential={"name": "o"}, oauth=oauth)


def test_entra_exchanges_by_itself_with_the_tenant_of_its_url() -> None:
    c = exchange(discovery_url=cases.ENTRA_URL)
    made = body(c, "provider")
    assert made["credentialProviderVendor"] == "MicrosoftOauth2"
    config = made["oauth2ProviderConfigInput"]["microsoftOauth2ProviderConfig"]
    assert config["tenantId"] == "11111111-2222-3333-4444-555555555555"
    assert "customParameters" not in sign_in(c)[0]["credentialProvider"]["oauthCredentialProvider"]


def test_entra_as_a_custom_provider_is_told_how_to_exchange() -> None:
    c = exchange(discovery_url=cases.ENTRA_URL, vendor="CustomOauth2")
    config = body(c, "provider")["oauth2ProviderConfigInput"]["customOauth2ProviderConfig"]
    assert config["onBehalfOfTokenExchangeConfig"] == {"grantType": "JWT_AUTHORIZATION_GRANT"}
    parameters = sign_in(c)[0]["credentialProvider"]["oauthCredentialProvider"]["customParameters"]
    assert parameters == {"requested_token_use": "on_behalf_of"}


def test_any_other_vendor_exchanges_as_a_custom_provider() -> None:
    c = exchange(discovery_url=cases.OKTA_URL, vendor="OktaOauth2")
    made = body(c, "provider")
    assert made["credentialProviderVendor"] == "CustomOauth2"
    config = made["oauth2ProviderConfigInput"]["customOauth2ProviderConfig"]
    assert config["onBehalfOfTokenExchangeConfig"]["tokenExchangeGrantTypeConfig"] == {"actorTokenContent": "NONE"}
    parameters = sign_in(c)[0]["credentialProvider"]["oauthCredentialProvider"]["customParameters"]
    assert parameters == {"audience": {"$runtime": "audience"}}


@pytest.mark.parametrize("grant", ["client-credentials", "authorization-code", "token-exchange"])
def test_a_custom_provider_is_asked_for_its_discovery_url(grant: str) -> None:
    c = connection(outbound_auth="oauth", grant=grant, credential={"name": "o"}, oauth={"vendor": "CognitoOauth2"})
    with pytest.raises(ConnectError) as caught:
        requests_for(context(), c)
    assert caught.value.code == "request-needs-answer"
    assert "oauth.discovery_url" in str(caught.value)


def test_a_vendor_is_worked_out_only_for_what_a_person_signs_in_to() -> None:
    url = "https://auth.atlassian.com/.well-known/openid-configuration"
    sent = {}
    for grant in ("client-credentials", "authorization-code"):
        oauth = {"discovery_url": url, "client_id": "c", "return_url": "https://app.example.com/cb"}
        c = connection(outbound_auth="oauth", grant=grant, credential={"name": "o"}, oauth=oauth)
        sent[grant] = body(c, "provider")["credentialProviderVendor"]
    assert sent == {"client-credentials": "CustomOauth2", "authorization-code": "AtlassianOauth2"}


@pytest.mark.parametrize(
    ("url", "vendor"),
    [
        ("https://auth.atlassian.com/.well-known/openid-configuration", "AtlassianOauth2"),
        (cases.ENTRA_URL, "MicrosoftOauth2"),
        ("https://accounts.google.com/.well-known/openid-configuration", "GoogleOauth2"),
        (cases.OKTA_URL, "OktaOauth2"),
        ("https://dev-1.us.auth0.com/.well-known/openid-configuration", "Auth0Oauth2"),
        ("https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_X/.well-known/openid-configuration", "CognitoOauth2"),
        ("https://ACCOUNTS.google.com/.well-known/openid-configuration", "GoogleOauth2"),
        ("https://accounts.google.com.evil.example/.well-known/openid-configuration", None),
        ("https://notokta.com/.well-known/openid-configuration", None),
        (cases.CUSTOM_URL, None),
        ("no url at all", None),
        ("https://[half", None),
        ("", None),
        (None, None),
    ],
)
def test_the_host_of_a_discovery_url_tells_the_vendor(url: str | None, vendor: str | None) -> None:
    assert infer_vendor(url) == vendor


def test_an_unknown_vendor_is_refused_with_those_there_are() -> None:
    with pytest.raises(ConnectError) as caught:
        requests_for(context(), exchange(vendor="CustomOAuth2", discovery_url=cases.CUSTOM_URL))
    assert caught.value.code == "unknown-vendor"
    assert "CustomOauth2" in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({"endpoint": None}, "endpoint"),
        ({"target_type": "lambda-function-arn", "outbound_auth": "iam"}, "lambda_arn"),
        ({"target_type": "lambda-function-arn", "outbound_auth": "iam", "lambda_arn": "arn"}, "tools"),
        ({"target_type": "open-api-schema"}, "schema_text"),
        (
            {"target_type": "http-runtime", "outbound_auth": "iam"},
            "the answer to endpoint does not show the runtime arn",
        ),
        ({"target_type": "no-such-type"}, "target_type"),
        ({"target_type": None}, "target_type"),
        ({"outbound_auth": "api-key"}, "credential.name"),
    ],
)
def test_a_missing_answer_is_named(changes: dict[str, Any], answer: str) -> None:
    with pytest.raises(ConnectError) as caught:
        requests_for(context(), connection(**changes))
    assert caught.value.code == "request-needs-answer"
    assert answer in caught.value.message


def test_tools_stay_as_they_are_whatever_their_properties_are_called() -> None:
    c = connection(target_type="lambda-function-arn", outbound_auth="iam", lambda_arn="arn", tools=cases.TOOLS)
    made = body(c)
    assert made["targetConfiguration"]["mcp"]["lambda"]["toolSchema"]["inlinePayload"] == cases.TOOLS
    assert with_samples(made)["targetConfiguration"]["mcp"]["lambda"]["toolSchema"]["inlinePayload"] == cases.TOOLS


def test_run_time_values_are_put_in_and_what_has_none_is_left_out() -> None:
    made = body(connection(network="vpc"))
    values = {"gateway_id": "g", "target_client_token": "t", "vpc_id": "vpc-1", "subnet_ids": ["a", "b"]}
    settled = with_values(made, values)
    assert settled["privateEndpoint"]["managedVpcResource"] == {
        "vpcIdentifier": "vpc-1",
        "subnetIds": ["a", "b"],
        "endpointIpAddressType": "IPV4",
    }
    urls = [{"$runtime": "return_urls_so_far", "$splice": True}, "https://new"]
    assert with_values(urls, {"return_urls_so_far": ["https://old"]}) == ["https://old", "https://new"]
    assert with_values(urls, {}) == ["https://new"]
