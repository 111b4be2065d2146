"""What a host demands of a target: told where it is missing, not where the target has it or nobody can know."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agentcore_connect.findings import inspect_project
from agentcore_connect.project.reader import read_project, undeclared_project
from tests.findings.planted import _SECURED, CONFIG, SPEC, Files, clean

RUNTIME = "https://bedrock-agentcore.us-east-1.amazonaws.com/runtimes/Travel_Hotels-abcdefghij/invocations"


def found(files: Files, root: Path) -> list[tuple[str, str, str]]:
    project = read_project(files.write(root))
    assert project is not None
    return [(one.id, one.severity, one.confidence) for one in inspect_project(project)]


@pytest.mark.parametrize(
    ("endpoint", "expected"),
    [
        (RUNTIME, [("mcp-target-no-auth", "error", "certain")]),
        ("https://abc.lambda-url.us-east-1.on.aws/", [("mcp-target-no-auth", "warning", "likely")]),
        ("https://mcp.example.com/mcp", []),
        ("https://abc123.execute-api.us-east-1.amazonaws.com/prod/mcp", []),
    ],
)
def test_a_server_that_gets_no_credential(endpoint: str, expected: list[tuple[str, str, str]], tmp_path: Path) -> None:
    files = clean()
    files.target("Weather").update(endpoint=endpoint, outboundAuth={"type": "NONE"})
    assert found(files, tmp_path / "without") == expected
    files.target("Weather").update(outboundAuth={"type": "OAUTH", "credentialName": "WeatherOAuth"})
    assert found(files, tmp_path / "with") == []


@pytest.mark.parametrize(
    ("authorizer", "expected"),
    [
        ("AWS_IAM", [("mcp-target-no-auth", "error", "certain")]),
        ("NONE", [("gateway-no-inbound-auth", "warning", "certain")]),
    ],
)
def test_a_gateway_of_the_project_as_a_target(
    authorizer: str, expected: list[tuple[str, str, str]], tmp_path: Path
) -> None:
    url = "https://inner-abcde12345.gateway.bedrock-agentcore.us-east-1.amazonaws.com/mcp"
    files = clean()
    files.config["agentCoreGateways"].append({"name": "inner", "authorizerType": authorizer, "targets": []})
    files.target("Weather").update(endpoint=url, outboundAuth={"type": "NONE"})
    state = {"targets": {"default": {"resources": {"gateways": {"inner": {"gatewayId": "i", "gatewayUrl": url}}}}}}
    files.others["agentcore/.cli/deployed-state.json"] = json.dumps(state)
    assert found(files, tmp_path) == expected


def test_a_document_that_takes_a_key_too(tmp_path: Path) -> None:
    both = json.loads(json.dumps(_SECURED))
    both["components"]["securitySchemes"]["key"] = {"type": "apiKey", "in": "header", "name": "X-Api-Key"}
    both["security"].append({"key": []})
    for number, document in enumerate((SPEC, both)):
        files = clean()
        files.others["specs/pets.json"] = json.dumps(document)
        assert found(files, tmp_path / str(number)) == []


def test_a_target_in_a_template(tmp_path: Path) -> None:
    text = (
        'resource "aws_bedrockagentcore_gateway_target" "t" {\n  name = "t"\n  target_configuration {\n    mcp {\n'
        f'      mcp_server {{\n        endpoint = "{RUNTIME}"\n      }}\n    }}\n  }}\n}}\n'
    )
    signed = text.replace(
        "  target_conf",
        '  credential_provider_configuration {\n    gateway_iam_role {\n      service = "bedrock-agentcore"\n    }\n  }\n  target_conf',
    )
    dynamic = text.replace("  target_conf", '  dynamic "credential_provider_configuration" {\n  }\n  target_conf')
    for body, expected in ((text, [("mcp-target-no-auth", "main.tf:1")]), (signed, []), (dynamic, [])):
        (tmp_path / "main.tf").write_text(body, encoding="utf-8")
        assert [(one.id, one.where) for one in inspect_project(undeclared_project(tmp_path))] == expected


def test_no_unassigned_targets(tmp_path: Path) -> None:
    files = clean()
    files.config["unassignedTargets"] = []
    assert found(files, tmp_path) == []
    assert (tmp_path / CONFIG).is_file()
