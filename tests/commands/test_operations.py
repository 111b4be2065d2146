"""From a context to operations: what is needed, and nothing else, on either surface."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.knowledge.resources import load
from agentcore_connect.plan.templates import placeholders
from tests.commands import command_cases as cases

SURFACES = ["0.30", "1.x"]


def ids(ctx: dict[str, Any], surface: str = "0.30") -> list[str]:
    return [op.id for op in cases.plan(ctx, surface)]


@pytest.mark.parametrize("surface", SURFACES)
def test_ids_are_unique_and_nothing_is_half_filled(surface: str) -> None:
    for connections, protocol in ((cases.mcp_targets(), "MCP"), (cases.http_targets(), "None")):
        policies = [cases.policy(name) for name in ("engine", "gateway")]
        ctx = cases.context(
            connections,
            "custom-jwt",
            known=False,
            gateway={"protocol_type": protocol, "name": "gateway"},
            policies=policies,
            policy={"mode": "enforce", "engine": "ToolPolicies"},
            agent={"framework": "strands", "state": "new", "kind": "harness", "name": "H", "new_name": "A"},
        )
        ops = cases.plan(ctx, surface)
        assert [name for name, number in Counter(op.id for op in ops).items() if number > 1] == []
        for op in ops:
            text = repr(op.as_dict())
            assert "{c." not in text
            assert "{gateway." not in text
            assert "None" not in op.title
            assert op.sources
            assert op.why


def test_no_gateway_no_project_nothing_to_run() -> None:
    direct = cases.connection("s3", None, mechanism="agent-code", outbound_auth="iam", path="D")
    assert ids(cases.context([direct], known=False)) == []


@pytest.mark.parametrize("surface", SURFACES)
def test_a_direct_call_needs_its_credential_and_no_gateway(surface: str) -> None:
    direct = cases.connection("crm", None, mechanism="agent-code", path="D", **cases.key())
    lines = [op.line for op in cases.plan(cases.context([direct]), surface)]
    assert not any("gateway" in line for line in lines)
    assert any("deploy" in line for line in lines)
    made = {**direct, "credential": {**direct["credential"], "exists": True}}
    assert ids(cases.context([made]), surface) == []


def test_a_vendors_provider_is_made_by_hand_on_0_30() -> None:
    google = cases.client("Calendar")
    google["oauth"]["vendor"] = "GoogleOauth2"
    direct = cases.connection("cal", None, mechanism="agent-code", path="D", **google)
    (op,) = [one for one in cases.plan(cases.context([direct]), "0.30") if one.id == "make-provider-Calendar"]
    assert op.kind == "manual"
    assert "GoogleOauth2" in (op.text or "")


def test_a_vendors_provider_is_a_credential_of_a_project_of_1x() -> None:
    google = cases.client("Calendar")
    google["oauth"]["vendor"] = "GoogleOauth2"
    provider = {"vendor": "GoogleOauth2", "config": {"googleOauth2ProviderConfig": {"clientId": "client-1"}}}
    direct = cases.connection("cal", None, mechanism="agent-code", path="D", provider=provider, **google)
    made = {op.id: op for op in cases.plan(cases.context([direct]), "1.x")}
    assert not any(op.kind == "manual" for op in made.values())
    add = made["add-credential-Calendar"]
    given = dict(zip(add.argv, add.argv[1:], strict=False))
    assert given["--vendor"] == "GoogleOauth2"
    assert json.loads(given["--provider-configuration"]) == provider["config"]
    assert given["--client-secret"] == "-"
    assert add.stdin == "${AGENTCORE_CREDENTIAL_CALENDAR_CLIENT_SECRET}"
    assert add.promise[0].value["providerConfig"] == provider["config"]


@pytest.mark.parametrize("surface", SURFACES)
def test_what_the_cli_cannot_set_is_left_to_boto3(surface: str) -> None:
    signed = cases.connection(
        "rt", "mcp-server", mechanism="cli+sdk", outbound_auth="iam", endpoint="https://x.example.com"
    )
    ops = cases.plan(cases.context([signed]), surface)
    assert not any("gateway-target" in op.argv for op in ops)
    (script,) = [op for op in ops if op.kind == "script"]
    assert script.argv == ("python3", "connect/configure.py")
    assert script.artifact == "configure.py"
    order = [op.id for op in ops]
    assert order.index("add-gateway") < order.index("deploy") < order.index("configure")


@pytest.mark.parametrize("surface", SURFACES)
def test_a_gateway_made_elsewhere_gets_no_command(surface: str) -> None:
    signed = cases.connection(
        "rt", "mcp-server", mechanism="cli+sdk", outbound_auth="iam", endpoint="https://x.example.com"
    )
    found = ids(cases.context([signed], known=False, gateway={"exists": True, "arn": cases.ARN}), surface)
    assert found == ["place-files", "configure"]


def test_a_harness_gets_a_client_for_a_jwt_gateway_that_has_none() -> None:
    agent = {"framework": None, "state": "existing", "kind": "harness", "name": "H", "new_name": "A"}
    bare = {"in_project": True, "token_provider": None}
    ctx = cases.context(cases.mcp_targets()[:1], "custom-jwt", agent=agent, gateway=bare)
    ops = {op.id: op for op in cases.plan(ctx)}
    assert ops["declare-token-provider"].promise[0].value["name"] == "tool-gateway-oauth"
    assert "AGENTCORE_CREDENTIAL_TOOL_GATEWAY_OAUTH_CLIENT_SECRET" in {one.name for one in ops["deploy"].inputs}
    ctx["agent"]["kind"] = "runtime"
    assert "declare-token-provider" not in ids(ctx)


def test_everything_by_boto3() -> None:
    ctx = cases.context(cases.mcp_targets()[:2], via="boto3")
    assert ids(ctx) == ["place-files", "configure"]


def test_an_mcp_client_is_shown_the_gateway_of_the_project() -> None:
    ide = cases.connection("ide", None, mechanism="none", redirect="mcp-client", path="redirect")
    assert ids(cases.context([ide], known=False)) == []
    assert ids(cases.context([ide], gateway={"in_project": True})) == ["status", "fetch-access"]


@pytest.mark.parametrize("surface", SURFACES)
def test_secrets_are_never_words_of_a_command(surface: str) -> None:
    ctx = cases.context([*cases.mcp_targets(), *cases.http_targets()], "custom-jwt", known=False)
    for op in cases.plan(ctx, surface):
        secrets = {one.name for one in op.inputs if one.kind == "secret"}
        assert not any(name in word for name in secrets for word in op.argv)
        if surface == "1.x" and secrets:
            assert op.stdin is not None


def test_names_that_would_share_a_variable_are_refused() -> None:
    two = [
        cases.connection("a", "open-api-schema", schema="a.json", **cases.key("my-key")),
        cases.connection("b", "open-api-schema", schema="b.json", **cases.key("MY_KEY")),
    ]
    with pytest.raises(ConnectError) as caught:
        cases.plan(cases.context(two))
    assert caught.value.code == "credential-names-collide"
    assert "AGENTCORE_CREDENTIAL_MY_KEY" in str(caught.value)


def test_one_credential_described_in_two_ways_is_refused() -> None:
    one, other = cases.client(), cases.client()
    other["oauth"]["client_id"] = "client-2"
    two = [
        cases.connection(n, "mcp-server", endpoint="https://x.example.com", **c) for n, c in (("a", one), ("b", other))
    ]
    with pytest.raises(ConnectError) as caught:
        cases.plan(cases.context(two))
    assert caught.value.code == "credential-described-twice"


def test_a_value_that_a_joined_list_cannot_hold_is_refused() -> None:
    ctx = cases.context(cases.mcp_targets()[:1], "custom-jwt", gateway={"allowed_audience": ["a,b"]})
    with pytest.raises(ConnectError) as caught:
        cases.plan(ctx)
    assert caught.value.code == "option-cannot-hold-value"
    assert caught.value.where == "--allowed-audience"


def test_scopes_are_an_edit_where_the_option_is_dropped() -> None:
    ops = {op.id: op for op in cases.plan(cases.context(cases.mcp_targets()))}
    assert "--oauth-scopes" not in ops["add-target-mcp-oauth"].argv
    assert ops["scopes-mcp-oauth"].edit
    assert "scopes-mcp-bare" not in ops
    http = {op.id: op for op in cases.plan(cases.context(cases.http_targets(), gateway={"protocol_type": "None"}))}
    assert "read,write" in http["add-target-front-oauth"].argv
    assert "scopes-front-oauth" not in http
    later = {op.id: op for op in cases.plan(cases.context(cases.mcp_targets()), "1.x")}
    assert later["add-target-mcp-oauth"].argv[-4:] == ("--scope", "read", "--scope", "write")


def test_every_variable_of_the_data_is_known() -> None:
    """A misspelt placeholder would silently leave an option out."""
    shared = load("plan-facts")
    ctx = cases.context(cases.mcp_targets())
    roots = set(ctx) | {"c", "p", "r", "i", "stack", "filter", "filters", "one", "other", "key"} | set(shared["facts"])
    roots |= {"agent_edit", "agent_client"}
    known_c = set(cases.NONE) | {"name", "ident", "target_type", "runtime"}
    for surface in SURFACES:
        data = load(f"commands-{surface}")
        names = placeholders(data["operations"]) | placeholders(shared["facts"]) | placeholders(shared["distinct"])
        own = roots | set(data["facts"])
        names = {name for name in names if not name.isupper()}
        assert {name for name in names if name.split(".")[0] not in own} == set()
        assert {name for name in names if name.startswith("c.") and name.split(".")[1] not in known_c} == set()
        gateway = {name.split(".")[1] for name in names if name.startswith("gateway.")}
        assert gateway <= set(ctx["gateway"])
