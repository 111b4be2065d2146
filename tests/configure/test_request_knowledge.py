"""The data behind requests, vendors and rights: it holds to its schemas, to the service model and to the context."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator
from typing import Any

import botocore.session
import jsonschema
import pytest

from agentcore_connect.engine.conditions import ConditionError, compile_condition, variables
from agentcore_connect.knowledge import resources
from agentcore_connect.plan.markers import runtime_names, settle
from agentcore_connect.plan.policy_requests import policy_requests
from agentcore_connect.plan.program import program_steps
from agentcore_connect.plan.requests import facts_for, infer_vendor, requests_for
from agentcore_connect.plan.role_rights import iam_notes, iam_statements, trust_policy
from agentcore_connect.plan.settings_requests import added_requests
from agentcore_connect.plan.templates import MissingAnswer, extract, fill, placeholders
from tests.configure import cases
from tests.configure.cases import POLICY, connection, connections, context, gateways, whole
from tests.configure.runs import key

FILES = ("request-bodies", "oauth-vendors", "iam-statements", "cloudformation")
#: Keys of forms that name a fact.
_PATHS = ("case", "collect")
#: What a template adds to the facts of a connection (plan/stack_facts.py).
OF_TEMPLATES = {"ids.target", "ids.credential", "ids.policy", "stack.creates_gateway", "stack.creates_provider"}
# Answers that a plan may carry beyond those of the render context of today.
OPTIONAL = {
    "listing_mode",
    "oauth.issuer",
    "oauth.authorization_endpoint",
    "oauth.token_endpoint",
    "oauth.client_auth_method",
    "oauth.custom_parameters",
    "oauth.custom_parameters.audience",
    "direct_reason",
    "at_run_time",
    "gateway.inbound_given",
    "gateway.private_endpoint.vpc",
    "gateway.private_endpoint.subnets",
    "gateway.private_endpoint.security_groups",
    "gateway.private_endpoint.resource_configuration",
    # what is set on a gateway that is there; the context has the request made of it
    *(f"gateway.{one}" for one in ("description", "instructions", "streaming", "session_timeout", "protocol_versions")),
    "gateway.kms_key",
    "gateway.caller_accounts",
    *(f"gateway.{one}" for one in ("domain", "alternate_domains", "web_acl", "waf_failure_mode", "exception_level")),
    "gateway_arn",
}
CONTROL = botocore.session.get_session().get_service_model("bedrock-agentcore-control")


def nodes(data: Any) -> Iterator[Any]:
    yield data
    for part in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from nodes(part)


def conditions(data: Any) -> Iterator[Any]:
    for node in nodes(data):
        if isinstance(node, dict):
            yield from (node[name] for name in ("when", "infer_when", "exchange_when") if name in node)


def known() -> set[str]:
    """What templates and conditions can refer to."""
    facts = facts_for({**context(), "policy": POLICY}, connection(sigv4={"service": "lambda", "region": None}))
    names = {*OPTIONAL, *OF_TEMPLATES}
    names |= {path for entry in resources.load("cloudformation")["stand_ins"] for path in entry.get("facts", ())}
    for name, value in facts.items():
        names.add(name)
        if isinstance(value, dict):
            names |= {f"{name}.{part}" for part in value}
    return names


@pytest.mark.parametrize("name", FILES)
def test_it_holds_to_its_schema(name: str) -> None:
    jsonschema.validate(resources.load(name), resources.load_schema(name))


@pytest.mark.parametrize(
    ("name", "change", "where"),
    [
        ("request-bodies", lambda d: d["targets"]["mcp-server"].pop("sources"), "mcp-server"),
        ("request-bodies", lambda d: d["runtime"]["api_key"].pop("env"), "api_key"),
        ("request-bodies", lambda d: d["needs"][0].update(text=1), "text"),
        ("oauth-vendors", lambda d: d["vendors"][0].update(id="CustomOAuth2"), "id"),
        ("oauth-vendors", lambda d: d["vendors"][1].update(hosts=["https://x"]), "hosts"),
        ("iam-statements", lambda d: d["statements"][0].update(actions=["lambda InvokeFunction"]), "actions"),
        ("iam-statements", lambda d: d["statements"][0].pop("sid"), "statements"),
    ],
)
def test_the_schema_finds_a_fault(name: str, change: Callable[[Any], Any], where: str) -> None:
    broken = copy.deepcopy(resources.load(name))
    change(broken)
    with pytest.raises(jsonschema.ValidationError) as caught:
        jsonschema.validate(broken, resources.load_schema(name))
    assert where in caught.value.json_path + caught.value.message


@pytest.mark.parametrize("name", FILES)
def test_every_source_is_known(name: str) -> None:
    cited = {one for node in nodes(resources.load(name)) if isinstance(node, dict) for one in node.get("sources", ())}
    assert cited - resources.load("sources")["sources"].keys() == set()


@pytest.mark.parametrize("name", FILES)
def test_every_condition_can_be_read_and_speaks_of_what_there_is(name: str) -> None:
    found = list(conditions(resources.load(name)))
    assert found
    for condition in found:
        compile_condition(condition)
        names = variables(condition)
        assert {one for one in names if not one.startswith(("idp.", "vendor.", "item."))} - known() == set()


def test_a_condition_that_cannot_be_read_is_found() -> None:
    with pytest.raises(ConditionError):
        compile_condition({"grant": {"is": "x"}})


@pytest.mark.parametrize("name", FILES)
def test_every_reference_is_to_something(name: str) -> None:
    document = copy.deepcopy(resources.load(name))
    for node in nodes(document):
        if isinstance(node, dict):
            node.pop("pattern", None)  # a regular expression
    references = {one for one in placeholders(document) if not one.isdigit()}  # a group of a pattern has a number
    references |= {
        node[one].rstrip("!") for node in nodes(document) for one in _PATHS if isinstance(node, dict) and one in node
    }
    assert {
        one for one in references if one not in ("item", "claims") and not one.startswith(("idp.", "vendor.", "item."))
    } - known() == set()


def test_every_run_time_value_is_told_and_used() -> None:
    document = resources.load("request-bodies")
    used = {name for node in nodes(document) if isinstance(node, dict) for name in [node.get("$runtime")] if name}
    assert used == document["runtime"].keys()
    wanted = {
        name
        for ctx, c in [*((context(), c) for c in connections()), *((ctx, connection()) for ctx in gateways())]
        for one in requests_for(ctx, c)
        for name in runtime_names(one.body)
    }
    policies = {**context(), "policy": POLICY, "policies": [{"name": "p", "statement": "s", "validation_mode": "m"}]}
    wanted |= {name for one in policy_requests(policies, "arn") for name in runtime_names(one.body)}
    around = {"authorizer_type": "AWS_IAM", "caller_accounts": ["210987654321"], "web_acl": "arn:aws:wafv2:..."}
    added = added_requests({"gateway": around, "partition": "aws"}, "arn")
    assert len(added) == 2
    wanted |= {name for one in added for name in runtime_names(one.body)}
    wanted |= {name for step in program_steps(whole(context("boto3"), key())) for name in runtime_names(step["body"])}
    assert wanted == document["runtime"].keys()


def test_the_vendors_are_those_of_the_service() -> None:
    vendors = resources.load("oauth-vendors")["vendors"]
    assert len({one["id"] for one in vendors}) == len(vendors)
    assert {one["id"] for one in vendors} == set(CONTROL.shape_for("CredentialProviderVendorType").enum)
    members = CONTROL.shape_for("Oauth2ProviderConfigInput").members
    for vendor in vendors:
        assert vendor["member"] in members
        for field in vendor.get("discovery", {}).get("fields", {}):
            assert field in members[vendor["member"]].members
        if "exchange" in vendor:
            assert vendor["exchange"]["grant"] in CONTROL.shape_for("OnBehalfOfTokenExchangeGrantTypeType").enum
    own = {one["member"] for one in vendors}
    assert own == set(members)  # each member of the union has a vendor


def test_no_two_vendors_share_a_host() -> None:
    hosts = [host for vendor in resources.load("oauth-vendors")["vendors"] for host in vendor.get("hosts", ())]
    assert len(hosts) == len(set(hosts))
    for vendor in resources.load("oauth-vendors")["vendors"]:
        for host in vendor.get("hosts", ()):
            example = host.replace("*", "acme")
            assert infer_vendor(f"https://{example}/.well-known/openid-configuration") == vendor["id"]


@pytest.mark.parametrize(
    ("vendor", "url", "fields"),
    [
        ("OktaOauth2", cases.OKTA_URL, ["/v1/authorize", "/v1/token"]),
        ("Auth0Oauth2", "https://t.us.auth0.com/.well-known/openid-configuration", ["/authorize", "/oauth/token"]),
        ("OneLoginOauth2", "https://t.onelogin.com/oidc/2/.well-known/openid-configuration", ["/auth", "/token"]),
        (
            "PingOneOauth2",
            "https://auth.pingone.com/11-22/as/.well-known/openid-configuration",
            ["/as/authorize", "/as/token"],
        ),
        (
            "CyberArkOauth2",
            "https://t.id.cyberark.cloud/app/.well-known/openid-configuration",
            ["/OAuth2/Authorize/app", "/OAuth2/Token/app"],
        ),
    ],
)
def test_the_endpoints_of_a_tenant_are_made_from_its_discovery_url(vendor: str, url: str, fields: list[str]) -> None:
    oauth = {"vendor": vendor, "discovery_url": url, "client_id": "c", "return_url": "https://app.example.com/cb"}
    c = connection(outbound_auth="oauth", grant="authorization-code", credential={"name": "o"}, oauth=oauth)
    body = next(one.body for one in requests_for(context(), c) if one.id == "provider")
    assert body["credentialProviderVendor"] == vendor
    config = body["oauth2ProviderConfigInput"]["includedOauth2ProviderConfig"]
    assert config["authorizationEndpoint"].endswith(fields[0])
    assert config["tokenEndpoint"].endswith(fields[1])
    assert config["issuer"] == url.partition("/.well-known")[0]


def test_a_tenant_without_known_endpoints_goes_by_its_discovery_url() -> None:
    url = "https://acme.okta.com/.well-known/openid-configuration"  # the org server has other paths
    oauth = {"vendor": "OktaOauth2", "discovery_url": url, "client_id": "c", "return_url": "https://app.example.com/cb"}
    c = connection(outbound_auth="oauth", grant="authorization-code", credential={"name": "o"}, oauth=oauth)
    body = next(one.body for one in requests_for(context(), c) if one.id == "provider")
    assert body["credentialProviderVendor"] == "CustomOauth2"


def test_what_a_provider_shows_is_in_the_answer_of_the_service() -> None:
    document = resources.load("request-bodies")
    output = CONTROL.shape_for("CustomOauth2ProviderConfigOutput").members
    assert set(document["providers"]["oauth"]["shows"]) <= output.keys()
    for need in document["provider_needs"]:
        assert need["member"] in output
    answer = CONTROL.operation_model("GetGateway").output_shape.members
    for need in document["needs"]:
        allowed = answer[need["member"]].enum
        assert set(need["one_of"]) - {None, "{gateway.authorizer_type}"} <= set(allowed)


def test_no_need_contradicts_another() -> None:
    for c in connections():
        needs = program_steps(cases.whole(context(), c))[-1]["needs"]
        members = [need["member"] for need in needs]
        assert len(members) == len(set(members))


# Rights


def rights(ctx: dict[str, Any] | None = None, **changes: Any) -> dict[str, list[str]]:
    statements = iam_statements(ctx or context(), connection(**changes))
    return {action: one["Resource"] for one in statements for action in one["Action"]}


def test_every_statement_is_needed_by_some_connection() -> None:
    function = "arn:aws:lambda:us-east-1:123456789012:function:mask"
    ctx = {**context(interceptors=[{"arn": function, "points": ["request"], "headers": False}]), "policy": POLICY}
    used = {text.partition(":")[0] for c in connections() for text in iam_notes(ctx, c)}
    told = {one.get("sid") or one["text"].partition(":")[0] for one in resources.load("iam-statements")["statements"]}
    assert told - used == set()


def test_every_statement_is_one_that_iam_takes() -> None:
    for c in connections():
        statements = iam_statements(context(), c)
        sids = [one["Sid"] for one in statements]
        assert len(sids) == len(set(sids))
        for one in statements:
            assert set(one) == {"Sid", "Effect", "Action", "Resource"}
            assert re.fullmatch("[A-Za-z0-9]+", one["Sid"])
            assert one["Action"]
            assert one["Resource"]
            for resource in one["Resource"]:
                assert re.fullmatch(r"\*|arn:[^:*]+:[a-z0-9-]+:[^:]*:[^:]*:.+|my-secret", resource), resource
                assert "${" not in resource


def test_rights_are_as_narrow_as_the_answers_are_exact() -> None:
    arn = "arn:aws-us-gov:bedrock-agentcore:us-gov-west-1:999988887777:gateway/shop-gate-abcdefghij"
    ctx = context(arn=arn, region=None)
    signed = {"sigv4": {"service": "bedrock-agentcore", "region": None}}
    assert rights(ctx, outbound_auth="iam", host="agentcore-runtime", endpoint=cases.RUNTIME_ARN, **signed) == {
        "bedrock-agentcore:InvokeAgentRuntime": [f"{cases.RUNTIME_ARN}*"],
        "bedrock-agentcore:InvokeGateway": [arn],
    }
    key = rights(ctx, outbound_auth="api-key", credential={"name": "k"})
    base = "arn:aws-us-gov:bedrock-agentcore:us-gov-west-1:999988887777"
    assert f"{base}:token-vault/default/apikeycredentialprovider/k" in key["bedrock-agentcore:GetResourceApiKey"]
    identity = f"{base}:workload-identity-directory/default/workload-identity/shop-gate-*"
    assert identity in key["bedrock-agentcore:GetWorkloadAccessToken"]
    assert key["secretsmanager:GetSecretValue"] == [
        "arn:aws-us-gov:secretsmanager:us-gov-west-1:999988887777:secret:bedrock-agentcore-identity!default/apikey/k-*"
    ]


@pytest.mark.parametrize(
    ("changes", "action", "resource"),
    [
        (
            {
                "target_type": "lambda-function-arn",
                "outbound_auth": "iam",
                "lambda_arn": "arn:aws:lambda:r:1:f:f",
            },
            "lambda:InvokeFunction",
            "arn:aws:lambda:r:1:f:f",
        ),
        (
            {"target_type": "api-gateway", "outbound_auth": "iam", "rest_api_id": "a1", "stage": "prod"},
            "execute-api:Invoke",
            "arn:aws:execute-api:us-east-1:*:a1/prod/*/*",
        ),
        (
            {
                "outbound_auth": "iam",
                "host": "api-gateway",
                "endpoint": "https://a1b2.execute-api.eu-west-1.amazonaws.com/prod/mcp",
                "sigv4": {"service": "execute-api", "region": None},
            },
            "execute-api:Invoke",
            "arn:aws:execute-api:eu-west-1:*:a1b2/*",
        ),
        (
            {
                "outbound_auth": "iam",
                "host": "agentcore-gateway",
                "endpoint": "https://other-abcdefghij.gateway.bedrock-agentcore.eu-west-1.amazonaws.com/mcp",
                "sigv4": {"service": "bedrock-agentcore", "region": None},
            },
            "bedrock-agentcore:InvokeGateway",
            None,
        ),
        (
            {
                "outbound_auth": "iam",
                "host": "lambda-url",
                "endpoint": "https://abc.lambda-url.eu-west-1.on.aws/",
                "sigv4": {"service": "lambda", "region": None},
            },
            "lambda:InvokeFunctionUrl",
            "arn:aws:lambda:eu-west-1:*:function:*",
        ),
        (
            {"target_type": "open-api-schema", "schema": "s3://bucket/a/b.json"},
            "s3:GetObject",
            "arn:aws:s3:::bucket/a/b.json",
        ),
        (
            {"target_type": "lambda-function-arn", "tools_uri": "s3://bucket/a/tools.json"},
            "s3:GetObject",
            "arn:aws:s3:::bucket/a/tools.json",
        ),
        (
            {"target_type": "connector", "service": "web-search", "outbound_auth": "iam"},
            "bedrock-agentcore:InvokeWebSearch",
            "arn:aws:bedrock-agentcore:us-east-1:aws:tool/web-search.v1",
        ),
        (
            {
                "target_type": "connector",
                "service": "knowledge-base",
                "outbound_auth": "iam",
                "knowledge_base_id": "AB12CD34EF",
            },
            "bedrock:Retrieve",
            "arn:aws:bedrock:us-east-1:*:knowledge-base/AB12CD34EF",
        ),
    ],
)
def test_each_kind_of_target_names_its_resource(changes: dict[str, Any], action: str, resource: str | None) -> None:
    found = rights(**changes)
    assert action in found
    if resource is not None:
        assert found[action] == [resource]


def test_a_target_that_is_another_gateway_needs_a_right_on_both() -> None:
    url = "https://other-abcdefghij.gateway.bedrock-agentcore.eu-west-1.amazonaws.com/mcp"
    c = connection(
        outbound_auth="iam",
        host="agentcore-gateway",
        endpoint=url,
        sigv4={"service": "bedrock-agentcore", "region": None},
    )
    found = [one["Resource"] for one in iam_statements(context(), c)]
    assert found == [
        ["arn:aws:bedrock-agentcore:eu-west-1:*:gateway/other-abcdefghij"],
        ["arn:aws:bedrock-agentcore:us-east-1:*:gateway/shop-gate-*"],
    ]


def test_no_sign_in_needs_no_right_and_a_person_is_told_what_only_they_know() -> None:
    assert iam_statements(context(), connection()) == []
    c = connection(target_type="smithy-model", outbound_auth="iam")
    assert iam_statements(context(), c) == []
    assert "only you know which" in iam_notes(context(), c)[0]


def test_user_tokens_need_a_right_of_their_own() -> None:
    oauth = {"outbound_auth": "oauth", "credential": {"name": "o"}}
    assert "bedrock-agentcore:GetWorkloadAccessTokenForJWT" in rights(**oauth, grant="token-exchange")
    assert "bedrock-agentcore:GetWorkloadAccessTokenForJWT" not in rights(**oauth, grant="client-credentials")


def test_the_role_trusts_the_service_for_this_gateway_only() -> None:
    [statement] = trust_policy(context())["Statement"]
    assert statement["Principal"] == {"Service": "bedrock-agentcore.amazonaws.com"}
    condition = statement["Condition"]["StringLike"]
    assert condition["aws:SourceArn"] == "arn:aws:bedrock-agentcore:us-east-1:*:gateway/shop-gate-*"


# The template language


FACTS = {"name": "n", "none": None, "empty": [], "list": [1, 2], "deep": {"er": "x y"}, "pairs": [{"a": 1}, {"a": 2}]}


@pytest.mark.parametrize(
    ("template", "value"),
    [
        ("{name}", "n"),
        ("{list}", [1, 2]),
        ("a {deep.er} b", "a x y b"),
        ("{deep.er|env}", "X_Y"),
        ("a{none}", None),
        ("a{none|any}", "a*"),
        ({"a": "{none}", "b": "{empty}", "c": {"d": "{none}"}}, None),
        ({"a": {}, "b": [], "c": ""}, {"a": {}, "b": [], "c": ""}),
        (["{none}", 1], [1]),
        ({"a": "{empty|list}"}, {"a": []}),
        ({"first": ["{none}", "x"]}, "x"),
        ({"first": ["{none}"]}, None),
        ({"case": "name", "of": {"n": 1}}, 1),
        ({"case": "none", "of": {"n": 1}}, None),
        ({"first": [{"when": {"name": "m"}, "then": 1}, 2]}, 2),
        ({"when": {"name": "m"}, "then": 1}, None),
        ({"merge": [{"a": 1}, "{none}", {"b": 2}]}, {"a": 1, "b": 2}),
        ({"merge": ["{none}", {"a": "{empty}"}]}, None),
        ({"collect": "pairs", "as": "item", "give": {"x": "{item.a}"}}, [{"x": 1}, {"x": 2}]),
        ({"collect": "none", "as": "item", "give": 1}, None),
        ({"json": {"t": "{list}"}}, '{"t":[1,2]}'),
        ({"json": "{none}"}, None),
        ({"part": "parts.{name}"}, {"p": "n"}),
        ({"{name}x": 1}, {"nx": 1}),
        ({"$runtime": "r"}, {"$runtime": "r"}),
        (None, None),
        (False, False),
    ],
)
def test_a_template_is_filled(template: Any, value: Any) -> None:
    assert fill(template, FACTS, {"parts": {"n": {"body": {"p": "{name}"}}}}) == value


@pytest.mark.parametrize(
    ("template", "path"),
    [
        ("{none!}", "none"),
        ("x{empty!}", "empty"),
        ({"case": "none!", "of": {}}, "none"),
        ({"part": "parts.{none!}"}, "none"),
        ({"part": "parts.other"}, "parts.other"),
    ],
)
def test_what_is_needed_and_absent_is_named(template: Any, path: str) -> None:
    with pytest.raises(MissingAnswer) as caught:
        fill(template, FACTS, {"parts": {}})
    assert caught.value.args == (path,)


def test_a_text_that_looks_like_a_reference_stays_as_it_is() -> None:
    facts = {"name": "{secret}", "secret": "s"}
    assert fill({"a": "{name}", "b": "x{name}"}, facts) == {"a": "{secret}", "b": "x{secret}"}


def test_no_member_of_a_request_has_the_name_of_a_form() -> None:
    """A mapping is a form by its keys alone, so no structure of the service may have these and no others."""
    for forms in (
        {"first"},
        {"merge"},
        {"json"},
        {"part"},
        {"case", "of"},
        {"when", "then"},
        {"collect", "as", "give"},
    ):
        alike = [one for one in CONTROL.shape_names if forms <= set(getattr(CONTROL.shape_for(one), "members", ()))]
        assert alike == []


def test_what_is_extracted_comes_from_the_first_rule_that_fits() -> None:
    rules = [{"pattern": "^a(.)", "give": "1{1}"}, {"pattern": "(b)(c)", "give": "{2}{1}{deep.er}"}]
    assert extract(rules, "ab", FACTS) == "1b"
    assert extract(rules, "xbc", FACTS) == "cbx y"
    assert extract(rules, "x", FACTS) is None
    assert extract(rules, None, FACTS) is None


def test_only_a_marker_is_taken_for_one() -> None:
    body = {"a": {"$runtime": "r"}, "b": {"$runtime": {"type": "x"}}, "c": {"$runtime": "r", "other": 1}}
    assert runtime_names(body) == ["r"]
    assert settle(body, {"r": 1}) == {"a": 1, "b": {"$runtime": {"type": "x"}}, "c": {"$runtime": "r", "other": 1}}
