"""Tool definitions and API documents that stand in S3: who reads them, with which rights, and what is not done here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from agentcore_connect.answers import load
from agentcore_connect.collect.inputs import gather
from agentcore_connect.core.errors import ConnectError
from agentcore_connect.plan.build import build
from agentcore_connect.plan.model import Plan
from agentcore_connect.plan.requests import requests_for

FUNCTION = "service: lambda, lambda_arn: 'arn:aws:lambda:us-east-1:123456789012:function:orders'"
TOOLS = "tools: 's3://orders-specs/tools.json'"
DOCUMENT = "service: openapi, service_auth: api-key, schema: 's3://orders-specs/api.json'"
OWNER = "bucket_owner: '210987654321'"


def planned(folder: Path, *said: str, surface: str = "0.30.0", via: str = "cli") -> Plan:
    path = folder / "answers.yaml"
    path.write_text(
        "version: 1\nagent: {framework: strands}\ngateway: {name: gate, inbound_auth: aws-iam}\n"
        f"connections:\n- {{name: Orders, {', '.join(said)}}}\n"
    )
    return build(gather(load.load(path), cli_version=surface, via=via))


def requested(plan: Plan) -> Any:
    """What the request for the connection's target configures."""
    made = requests_for(plan.context, plan.context["connections"][0])
    (body,) = [one.body for one in made if one.operation == "create_gateway_target"]
    return body["targetConfiguration"]["mcp"]


def line(plan: Plan, step: str) -> str:
    """The command of a step."""
    (found,) = [one["line"] for one in plan.steps if one["id"] == step]
    return str(found)


def notes(plan: Plan) -> dict[str, str]:
    """What the plan says of its connection, by rule."""
    return {one["rule"]: one["text"] for one in plan.connections[0]["notes"]}


@pytest.mark.parametrize("owner", [None, "210987654321"])
def test_the_gateway_reads_the_tools_of_a_function_from_s3(tmp_path: Path, owner: str | None) -> None:
    plan = planned(tmp_path, FUNCTION, TOOLS, *([OWNER] if owner else []))
    connection = plan.context["connections"][0]
    assert (connection["mechanism"], connection["tools"], plan.unused) == ("cli+sdk", [], [])
    at = {"uri": "s3://orders-specs/tools.json", **({"bucketOwnerAccountId": owner} if owner else {})}
    assert requested(plan)["lambda"]["toolSchema"] == {"s3": at}
    assert not any(one["id"].startswith("add-target") for one in plan.steps)
    assert any(one["id"] == "configure" and one["needs_aws"] for one in plan.steps)


def test_nothing_is_written_or_promised_of_tools_that_were_not_read(tmp_path: Path) -> None:
    plan = planned(tmp_path, FUNCTION, TOOLS)
    files = {one["path"] for one in plan.artifacts}
    assert not files & {"Orders.tools.json", "lambda_handler.py"}
    told = notes(plan)
    assert "s3://orders-specs/tools.json" in told["advice.tools-in-s3"]
    assert not {"advice.lambda-handler", "advice.lambda-schema"} & set(told)
    with_file = planned(tmp_path, FUNCTION, "tools: [{name: find, description: Finds., inputSchema: {type: object}}]")
    assert {one["path"] for one in with_file.artifacts} > {"Orders.tools.json", "lambda_handler.py"}
    assert set(notes(with_file)) > {"advice.lambda-handler", "advice.lambda-schema"}
    assert "advice.tools-in-s3" not in notes(with_file)


@pytest.mark.parametrize("surface", ["0.30.0", "1.0.0"])
@pytest.mark.parametrize("owner", [None, "210987654321"])
def test_the_owner_of_a_documents_bucket_is_named_to_the_cli(tmp_path: Path, surface: str, owner: str | None) -> None:
    plan = planned(tmp_path, DOCUMENT, *([OWNER] if owner else []), surface=surface)
    assert plan.unused == []
    command = line(plan, "add-target-Orders")
    assert "s3://orders-specs/api.json" in command
    words = {"0.30.0": "--schema-s3-account 210987654321", "1.0.0": '"bucketOwnerAccountId":"210987654321"'}[surface]
    assert (words in command) is bool(owner)
    assert ("account" in command.lower()) is bool(owner)


def test_the_owner_of_a_documents_bucket_is_named_to_the_api(tmp_path: Path) -> None:
    plan = planned(tmp_path, DOCUMENT, OWNER, via="boto3")
    at = {"uri": "s3://orders-specs/api.json", "bucketOwnerAccountId": "210987654321"}
    assert requested(plan)["openApiSchema"] == {"s3": at}


def test_without_a_bucket_an_owner_is_not_used(tmp_path: Path) -> None:
    tools = "tools: [{name: find, description: Finds., inputSchema: {type: object}}]"
    assert planned(tmp_path, FUNCTION, tools, OWNER).unused == ["connections.0.bucket_owner"]


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ((FUNCTION, "tools: 'https://example.com/tools.json'"), "tools"),
        ((FUNCTION, "tools: 's3://orders-specs'"), "tools"),
        ((FUNCTION, TOOLS, "bucket_owner: '2109-8765-4321'"), "bucket_owner"),
    ],
)
def test_what_is_no_bucket_and_no_account_is_refused(tmp_path: Path, said: tuple[str, ...], key: str) -> None:
    with pytest.raises(ConnectError) as error:
        planned(tmp_path, *said)
    assert (error.value.code, f"connections.0.{key}" in (error.value.where or "")) == ("bad-value", True)
