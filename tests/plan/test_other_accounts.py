"""Functions and REST APIs that a gateway does not reach as they are: another account, a custom domain, stage variables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from agentcore_connect.answers import load
from agentcore_connect.collect.inputs import gather
from agentcore_connect.core.errors import ConnectError
from agentcore_connect.plan.build import build
from agentcore_connect.plan.model import Plan
from agentcore_connect.plan.role_rights import iam_statements
from tests.conformance.space import FILES

ALIAS = "arn:aws:lambda:us-east-1:210987654321:function:orders:live"
TOOLS = "tools: [{name: find, description: Finds., inputSchema: {type: object}}]"
FUNCTION = f"service: lambda, lambda_arn: '{ALIAS}', {TOOLS}"
API = "service: api-gateway, schema: api.json, rest_api_id: abcdefghij, stage: prod"
OWNER = "owner_account: '210987654321'"
DOMAIN = "api_domain: 'https://api.example.com/orders'"
VIAS = ["cli", "boto3", "cloudformation"]


def planned(folder: Path, *said: str, surface: str = "0.30.0", via: str = "cli") -> Plan:
    (folder / "api.json").write_text(FILES["api.json"])
    path = folder / "answers.yaml"
    path.write_text(
        "version: 1\nagent: {framework: strands}\ngateway: {name: gate, inbound_auth: aws-iam, region: us-east-1}\n"
        f"connections:\n- {{name: Orders, {', '.join(said)}}}\n"
    )
    return build(gather(load.load(path), cli_version=surface, via=via))


def notes(plan: Plan) -> dict[str, str]:
    """What the plan says of its connection, by rule."""
    return {one["rule"]: one["text"] for one in plan.connections[0]["notes"]}


def step(plan: Plan, name: str) -> Any:
    """The step of that id, and the ids of those before it."""
    ids = [one["id"] for one in plan.steps]
    return plan.steps[ids.index(name)], ids[: ids.index(name)]


@pytest.mark.parametrize("surface", ["0.30.0", "1.0.0"])
@pytest.mark.parametrize("via", VIAS)
def test_the_account_of_a_function_lets_the_gateways_role_in(tmp_path: Path, surface: str, via: str) -> None:
    plan = planned(tmp_path, FUNCTION, OWNER, surface=surface, via=via)
    assert plan.unused == []
    asked, before = step(plan, "let-in-function-Orders")
    assert asked["kind"] == "manual"
    assert "credentials of account 210987654321: aws lambda add-permission" in asked["text"]
    created = {"cli": "deploy", "boto3": "configure", "cloudformation": "deploy-stack"}[via]
    assert created in before  # the role exists by then
    assert "an alias in it has a policy of its own" in notes(plan)["advice.function-of-another-account"]
    assert not [one for one in planned(tmp_path, FUNCTION, via=via).steps if one["id"].startswith("let-in")]


def test_the_role_may_call_the_alias_that_the_target_names(tmp_path: Path) -> None:
    plan = planned(tmp_path, FUNCTION, OWNER)
    (statement,) = [
        one for one in iam_statements(plan.context, plan.context["connections"][0]) if "Function" in one["Sid"]
    ]
    assert statement["Resource"] in (ALIAS, [ALIAS])


@pytest.mark.parametrize("via", VIAS)
def test_an_api_of_another_account_becomes_an_openapi_target(tmp_path: Path, via: str) -> None:
    own = planned(tmp_path, API, "service_auth: iam", via=via)
    assert (own.connections[0]["target_type"], own.unused) == ("api-gateway", ["connections.0.schema"])
    plan = planned(tmp_path, API, OWNER, "service_auth: iam", via=via)
    assert plan.connections[0]["target_type"] == "open-api-schema"
    assert "api-of-another-account-as-openapi" in {one["rule"] for one in plan.connections[0]["why"]}
    assert "both sides must allow" in notes(plan)["advice.api-of-another-account-role"]
    assert "execute-api:Invoke" in step(plan, "let-in-api-Orders")[0]["text"]
    if via != "cloudformation":
        rights = iam_statements(plan.context, plan.context["connections"][0])
        (arns,) = [one["Resource"] for one in rights if one["Action"] in ("execute-api:Invoke", ["execute-api:Invoke"])]
        assert ":210987654321:" in str(arns)


def test_an_api_of_another_account_with_a_key_needs_no_policy(tmp_path: Path) -> None:
    plan = planned(tmp_path, API, OWNER, "service_auth: api-key")
    assert plan.connections[0]["target_type"] == "open-api-schema"
    assert "advice.api-of-another-account-role" not in notes(plan)
    assert not [one for one in plan.steps if one["id"].startswith("let-in")]


def test_an_api_behind_a_custom_domain_is_called_there(tmp_path: Path) -> None:
    plan = planned(tmp_path, API, DOMAIN, "service_auth: api-key")
    assert plan.connections[0]["target_type"] == "open-api-schema"
    assert "servers entry by https://api.example.com/orders" in notes(plan)["advice.api-by-domain"]


def test_stage_variables_belong_to_the_stage(tmp_path: Path) -> None:
    plan = planned(tmp_path, API, "stage_variables: true", "service_auth: api-key")
    assert "another stage" in notes(plan)["advice.stage-variables"]
    assert "advice.stage-variables" not in notes(planned(tmp_path, API, "service_auth: api-key"))


@pytest.mark.parametrize(
    ("said", "key"),
    [("owner_account: '2109-8765-4321'", "owner_account"), ("api_domain: 'https://a.example.com/{b}'", "api_domain")],
)
def test_what_is_no_account_or_url_is_refused(tmp_path: Path, said: str, key: str) -> None:
    with pytest.raises(ConnectError, match=key):
        planned(tmp_path, API, said, "service_auth: api-key")


def test_an_account_for_a_service_without_one_is_unused(tmp_path: Path) -> None:
    plan = planned(tmp_path, "service: mcp-server, endpoint: 'https://mcp.example.com/mcp', service_auth: none", OWNER)
    assert plan.unused == ["connections.0.owner_account"]
