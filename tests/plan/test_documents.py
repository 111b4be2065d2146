"""API documents that the service refuses: the plan warns, and the written plan does not pass its checks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from agentcore_connect.__main__ import main
from agentcore_connect.verify.data import check_documents
from agentcore_connect.verify.written import read_written

SWAGGER = {
    "swagger": "2.0",
    "info": {"title": "a", "version": "1"},
    "host": "a.example.com",
    "paths": {"/a": {"get": {"operationId": "a", "responses": {"200": {"description": "ok"}}}}},
}
OPENAPI = {
    "openapi": "3.0.3",
    "info": {"title": "a", "version": "1"},
    "servers": [{"url": "https://a.example.com"}],
    "paths": SWAGGER["paths"],
}
RPC = {
    "smithy": "2.0",
    "shapes": {
        "a#S": {
            "type": "service",
            "operations": [{"target": "a#O"}],
            "traits": {"aws.api#service": {}, "aws.protocols#awsJson1_0": {}},
        },
        "a#O": {"type": "operation"},
    },
}
REST = json.loads(json.dumps(RPC).replace("awsJson1_0", "restJson1"))
ANSWERS = """version: 1
agent: {{framework: strands}}
gateway: {{name: g, inbound_auth: aws-iam, region: us-east-1}}
connections: [{{name: X, service: {service}, schema: api.json{more}}}]
"""


@pytest.mark.parametrize(("spaces", "fails"), [(500_000, False), (0, True)], ids=["compact fits", "too large"])
def test_a_document_is_sent_compact_and_refused_where_it_is_still_too_large_inline(
    spaces: int, fails: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    filler = {"x-filler": [0] * 150_000} if spaces else {"x-filler": "x" * (1024 * 1024)}
    (tmp_path / "api.json").write_text(json.dumps({**OPENAPI, **filler}, indent=4 if spaces else None))
    more = ", service_auth: api-key, credential: {name: K}"
    (tmp_path / "answers.yaml").write_text(ANSWERS.format(service="openapi", more=more))
    argv = ["plan", str(tmp_path / "answers.yaml"), "--via", "boto3", "--out", str(tmp_path / "connect")]
    assert main([*argv, "--format", "json"]) == 0
    (connection,) = json.loads(capsys.readouterr().out)["connections"]
    warnings = [one["text"] for one in connection["warnings"] if one["rule"] == "file"]
    assert bool(warnings) is fails
    assert all("[1,048," in one and "bytes]" in one for one in warnings), "the size is said"
    (result,) = check_documents(read_written(tmp_path / "connect"))
    assert (result.check, result.status) == ("gateway-takes-it", "failed" if fails else "passed")


@pytest.mark.parametrize(
    ("document", "service", "fails"),
    [
        ({**SWAGGER, "host": "https://a.example.com"}, "openapi", True),
        (OPENAPI, "openapi", False),
        (RPC, "smithy", True),
        (REST, "smithy", False),
    ],
    ids=["swagger that cannot be converted", "openapi", "awsJson", "restJson"],
)
def test_what_the_service_refuses_fails_the_check(
    document: dict[str, Any], service: str, fails: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "api.json").write_text(json.dumps(document))
    more = ", service_auth: api-key, credential: {name: K}" if service == "openapi" else ""
    (tmp_path / "answers.yaml").write_text(ANSWERS.format(service=service, more=more))
    assert main(["plan", str(tmp_path / "answers.yaml"), "--out", str(tmp_path / "connect"), "--format", "json"]) == 0
    (connection,) = json.loads(capsys.readouterr().out)["connections"]
    assert bool([one for one in connection["warnings"] if one["rule"] == "file"]) is fails
    (result,) = check_documents(read_written(tmp_path / "connect"))
    assert (result.artifact, result.check) == ("X.schema.json", "gateway-takes-it")
    assert result.status == ("failed" if fails else "passed")
