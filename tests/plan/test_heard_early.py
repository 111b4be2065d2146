"""What decides or must be done is heard in time: with the question, at the end of the interview, in the plan whole."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore import xform_name

from agentcore_connect.__main__ import main
from agentcore_connect.knowledge import resources

SERVER = {"name": "Orders", "service": "mcp-server", "service_auth": "none"}
ENTRA = "https://login.microsoftonline.com/TENANT/v2.0/.well-known/openid-configuration"
OKTA = "https://corp.okta.com/oauth2/default/.well-known/openid-configuration"
OTHER = "https://idp.example.com/.well-known/openid-configuration"


def step(folder: Path, capsys: pytest.CaptureFixture[str], **answers: object) -> dict[str, Any]:
    """What `next` prints after these answers, given in one call."""
    given = {"direction": "agent-calls-service", **answers}
    words = [word for key, value in given.items() for word in ("--answer", f"{key.replace('__', '.')}={value}")]
    assert main(["next", "-a", str(folder / "a.yaml"), *words]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def plan(folder: Path, capsys: pytest.CaptureFixture[str], connection: dict[str, Any], **gateway: Any) -> str:
    """The text of a plan as the terminal shows it."""
    data = {"version": 1, "gateway": {"inbound_auth": "aws-iam", **gateway}, "connections": [connection]}
    (folder / "a.json").write_text(json.dumps({**data, "agent": {"framework": "mcp"}}), encoding="utf-8")
    assert main(["plan", str(folder / "a.json"), "--out", str(folder / "connect")]) == 0
    return capsys.readouterr().out


def test_a_blocker_is_named_in_the_plan(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    blocker = "the vendor allows calls of two fixed addresses only"
    service = {"service": "other", "can_front": "none", "direct_reason": "blocker", "blocker": blocker}
    said = plan(tmp_path, capsys, {**SERVER, **service, "endpoint": "https://api.example.com"})
    assert blocker in said
    assert blocker in (tmp_path / "connect" / "plan.md").read_text("utf-8")


def test_the_callback_url_stands_whole_on_the_first_screen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    oauth = {"discovery_url": OTHER, "client_id": "x", "return_url": "https://app.example.com/back"}
    connection = {**SERVER, "endpoint": "https://mcp.example.com/mcp", "service_auth": "oauth-authorization-code"}
    gateway = {"inbound_auth": "custom-jwt", "discovery_url": OTHER, "allowed_clients": ["x"]}
    said = plan(tmp_path, capsys, {**connection, "oauth": oauth}, **gateway)
    (warning,) = [line for line in said.splitlines() if "callbackUrl" in line]
    assert "otherwise no user can consent" in warning
    assert said.index(warning) < said.index("Steps")
    whole = (tmp_path / "connect" / "plan.md").read_text("utf-8")
    assert re.search(r"callbackUrl at the identity provider.*not your app's URL", whole, re.DOTALL)


@pytest.mark.parametrize(
    ("endpoint", "is_asked"),
    [
        ("https://orders.corp.internal/mcp", True),
        ("https://internal-orders-123.us-east-1.elb.amazonaws.com/mcp", True),
        ("https://10.2.3.4:8443/mcp", True),
        ("https://172.20.0.9/mcp", True),
        ("https://orders/mcp", True),
        ("https://172.40.0.9/mcp", False),
        ("https://internal.example.com/mcp", False),
        ("https://mcp.example.com/10.2.3.4", False),
    ],
)
def test_a_private_address_is_asked_about_and_warned_of(
    endpoint: str, is_asked: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = step(tmp_path, capsys, service="mcp-server", endpoint=endpoint, service_auth="none")
    keys = [one["key"] for one in (found, *found.get("also", ()))]
    assert ("connections.0.network" in keys) is is_asked
    said = plan(tmp_path, capsys, {**SERVER, "endpoint": endpoint})
    assert ("Set `network: vpc`" in said) is is_asked


def test_a_rest_api_without_filters_says_that_only_get_becomes_a_tool(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    api = {"name": "Pets", "service": "api-gateway", "rest_api_id": "abc123", "stage": "prod", "service_auth": "iam"}
    assert "no POST, PUT, PATCH or DELETE" in plan(tmp_path, capsys, api)
    (tmp_path / "named").mkdir()
    named = {**api, "tool_filters": [{"path": "/pets", "methods": ["GET", "POST"]}]}
    assert "no POST, PUT, PATCH or DELETE" not in plan(tmp_path / "named", capsys, named)


@pytest.mark.parametrize(("discovery", "claim"), [(ENTRA, "azp"), (OKTA, "cid"), (OTHER, None)])
def test_the_claim_of_the_client_is_told_with_the_question_for_client_ids(
    discovery: str, claim: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gateway = {"gateway__inbound_auth": "custom-jwt", "gateway__discovery_url": discovery}
    found = step(
        tmp_path, capsys, service="mcp-server", endpoint="https://mcp.example.com/mcp", service_auth="none", **gateway
    )
    assert found["key"] == "gateway.allowed_clients"
    told = [note for note in found.get("notes", ()) if "leave this empty and restrict by audience" in note]
    assert bool(told) is (claim is not None)
    assert all(f"name the client in {claim}" in note for note in told)


def test_a_question_with_remarks_waits_for_the_answers_before_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = step(
        tmp_path,
        capsys,
        service="mcp-server",
        endpoint="https://mcp.example.com/mcp",
        service_auth="none",
        gateway__inbound_auth="custom-jwt",
    )
    assert found["key"] == "gateway.discovery_url"
    assert "gateway.allowed_clients" not in [one["key"] for one in found.get("also", ())]


def test_the_end_of_the_interview_tells_the_gateways_warnings_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gateway = {"inbound_auth": "custom-jwt", "discovery_url": ENTRA, "allowed_clients": "x"}
    found = step(
        tmp_path,
        capsys,
        service="mcp-server",
        endpoint="https://mcp.example.com/mcp",
        service_auth="none",
        agent__framework="mcp",
        **{f"gateway__{key}": value for key, value in gateway.items()},
    )
    assert found["status"] == "done"
    assert any("every call is refused" in note for note in found["notes"])


def _commands() -> list[tuple[str, str, str]]:
    """Each `aws SERVICE OPERATION` with options in the texts of the known errors."""
    text = json.dumps(resources.load("errors")["errors"])
    return re.findall(r"\baws ([a-z0-9-]+) ([a-z0-9-]+)((?: --[a-z-]+(?: [^-\"\\][^ \"\\]*)*)+)", text)


def test_commands_of_the_aws_cli_have_their_required_options() -> None:
    found = _commands()
    assert ("iam", "simulate-principal-policy") in {one[:2] for one in found}
    services = set(botocore.session.get_session().get_available_services())
    for service, name, options in found:
        if service not in services:
            continue
        model = botocore.session.get_session().get_service_model(service)
        operation = next(one for one in model.operation_names if xform_name(one, "-") == name)
        shape = model.operation_model(operation).input_shape
        given = set(re.findall(r"--([a-z-]+)", options))
        assert {xform_name(one, "-") for one in shape.required_members} <= given, (service, name, options)
