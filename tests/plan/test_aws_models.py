"""Smithy targets by the name of the AWS service: where its model is, and services that no target takes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agentcore_connect.answers import load
from agentcore_connect.collect.inputs import gather
from agentcore_connect.core.errors import ConnectError
from agentcore_connect.knowledge import resources
from agentcore_connect.plan.build import build
from agentcore_connect.plan.model import Plan
from tests.conformance.space import FILES

MODELS = resources.load("smithy-limits")["models"]


def planned(folder: Path, *said: str) -> Plan:
    (folder / "model.json").write_text(FILES["model.json"])
    path = folder / "answers.yaml"
    path.write_text(
        "version: 1\nagent: {framework: strands}\ngateway: {name: gate, inbound_auth: aws-iam, region: us-east-1}\n"
        f"connections:\n- {{name: Tables, service: smithy, {', '.join(said)}}}\n"
    )
    return build(gather(load.load(path)))


def said(plan: Plan) -> dict[str, str]:
    """What the plan says of its connection, by rule."""
    connection = plan.connections[0]
    return {one["rule"]: one["text"] for key in ("why", "warnings", "notes") for one in connection[key]}


def test_the_file_of_a_named_service_is_told(tmp_path: Path) -> None:
    plan = planned(tmp_path, "aws_service: lambda, schema: model.json")
    assert (plan.connections[0]["target_type"], plan.unused) == ("smithy-model", [])
    assert "models/lambda/service/2015-03-31/lambda-2015-03-31.json" in said(plan)["advice.smithy-model-file"]
    assert "advice.smithy-model-file" not in said(planned(tmp_path, "schema: model.json"))


def test_a_missing_model_is_asked_for_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(ConnectError) as caught:
        planned(tmp_path, "aws_service: lambda")
    assert "models/lambda/service/2015-03-31/lambda-2015-03-31.json" in str(caught.value) + str(caught.value.hint)


def test_a_service_with_another_protocol_gets_a_function_in_front(tmp_path: Path) -> None:
    plan = planned(tmp_path, "aws_service: dynamodb")
    connection = plan.connections[0]
    assert (connection["path"], connection["target_type"], connection["steered"]) == ("B", "lambda-function-arn", True)
    assert "dynamodb speaks awsJson1_0" in said(plan)["smithy-other-protocol"]
    assert "path-smithy" not in said(plan)


def test_a_name_that_aws_does_not_use_is_doubted(tmp_path: Path) -> None:
    plan = planned(tmp_path, "aws_service: step-functions, schema: model.json")
    assert plan.connections[0]["target_type"] == "smithy-model"
    assert "no folder step-functions" in said(plan)["advice.smithy-model-unknown"]


def test_no_service_is_told_twice() -> None:
    others = [name for named in MODELS["other_protocols"].values() for name in named]
    assert len(others) == len(set(others))
    assert not set(others) & MODELS["versions"].keys()


def test_the_protocols_are_those_of_botocore() -> None:
    """botocore names some services otherwise; those that it names alike must have the same protocol."""
    session = pytest.importorskip("botocore.session").get_session()
    known = set(session.get_available_services())
    said = {"rest-json": "restJson1", "json": "awsJson", "query": "awsQuery", "rest-xml": "restXml"}
    compared = 0
    for name in sorted(
        {*MODELS["versions"], *(n for named in MODELS["other_protocols"].values() for n in named)} & known
    ):
        protocols = json.loads(json.dumps(session.get_service_model(name).metadata)).get("protocols")
        spoken = {said.get(one, one) for one in protocols or [session.get_service_model(name).protocol]}
        compared += 1
        assert ("restJson1" in spoken) == (name in MODELS["versions"]), name
    assert compared > 100
