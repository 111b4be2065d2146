"""A folder without a project file is read as it stands: code, documents, templates, the toolkit's file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from agentcore_connect.__main__ import main
from agentcore_connect.project.cloudformation import read_template
from agentcore_connect.project.hcl import TerraformError, read_blocks
from agentcore_connect.project.templates import gateways_of, read_templates
from agentcore_connect.project.values import Open
from tests.findings.planted import CLIENT_CODE, SPEC

RUNTIME = (
    "https://bedrock-agentcore.us-east-1.amazonaws.com/runtimes/arn%3Aaws%3Abedrock-agentcore%3Aus-east-1"
    "%3A111122223333%3Aruntime%2Ftools-AAAAAAAAAA/invocations?qualifier=DEFAULT"
)
STACK = """\
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  ToolGateway:
    Type: AWS::BedrockAgentCore::Gateway
    Properties:
      Name: !Sub "${AWS::StackName}-tools"
      AuthorizerType: CUSTOM_JWT
      AuthorizerConfiguration:
        CustomJWTAuthorizer: {DiscoveryUrl: !Ref Discovery, AllowedClients: [abc]}
      ProtocolType: MCP
      RoleArn: !GetAtt Role.Arn
  Weather:
    Type: AWS::BedrockAgentCore::GatewayTarget
    Properties:
      Name: weather
      GatewayIdentifier: !GetAtt ToolGateway.GatewayIdentifier
      TargetConfiguration: {Mcp: {McpServer: {Endpoint: !Sub "https://${Host}/mcp"}}}
      CredentialProviderConfigurations:
        - {CredentialProviderType: OAUTH, CredentialProvider: {OauthCredentialProvider: {ProviderArn: !Ref P, Scopes: []}}}
  Chosen:
    Type: AWS::BedrockAgentCore::GatewayTarget
    Properties:
      Name: chosen
      GatewayIdentifier: !Ref Elsewhere
      TargetConfiguration: {Mcp: {Lambda: {LambdaArn: !GetAtt F.Arn}}}
      CredentialProviderConfigurations: !If [UseKey, [a], [b]]
"""
TERRAFORM = """\
# a comment
resource "aws_bedrockagentcore_gateway" "tools" {
  name            = "tools-${var.stage}"
  authorizer_type = "AWS_IAM" // another
  protocol_type   = "MCP"
  role_arn        = aws_iam_role.gateway.arn
}

resource "aws_bedrockagentcore_gateway_target" "search" {
  name               = "search"
  gateway_identifier = aws_bedrockagentcore_gateway.tools.gateway_id
  credential_provider_configuration {
    gateway_iam_role {}
  }
  target_configuration {
    mcp {
      lambda {
        lambda_arn = aws_lambda_function.search.arn
        tool_schema { inline_payload { name = "search" } }
      }
    }
  }
}

resource "aws_bedrockagentcore_gateway_target" "docs" {
  name               = "docs"
  gateway_identifier = var.gateway
  dynamic "credential_provider_configuration" {
    for_each = var.key == "" ? [] : [1]
    content { api_key { provider_arn = var.key } }
  }
  target_configuration {
    mcp { open_api_schema { inline_payload { payload = <<-EOT
        {"openapi": "3.0.0", "x": "}"}
        EOT
    } } }
  }
}
"""


def write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


def told(root: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any]]:
    status = main(["inspect", str(root), "--json"])
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return int(status or 0), found


def test_code_documents_and_templates(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = {
        "agent/client.py": CLIENT_CODE,
        "tools.py": "from strands import tool\n\n\n@tool\ndef add(a: int) -> int:\n    return a\n",
        "functions/search.py": "def lambda_handler(event, context):\n    return {}\n",
        "api.json": json.dumps(SPEC),
        "stack.yaml": STACK,
        "main.tf": TERRAFORM,
    }
    status, found = told(write(tmp_path, files), capsys)
    assert (status, found["project"], found["findings"]) == (0, None, [])
    repository = found["repository"]
    assert repository["framework"] == "strands"
    assert repository["mcp_client_files"] == ["agent/client.py"]
    assert repository["tools"] == [{"name": "add", "where": "tools.py:5"}]
    assert repository["lambda_handlers"] == ["functions/search.py:1"]
    assert [(one["name"], one["inbound_auth"], one["where"]) for one in repository["gateways"]] == [
        ("tools", "aws-iam", "main.tf:2"),
        ("ToolGateway", "custom-jwt", "stack.yaml:3"),
    ]
    assert [(one["name"], one["type"], one.get("outbound_auth")) for one in repository["targets"]] == [
        ("docs", "open-api-schema", None),
        ("chosen", "lambda-function-arn", None),
    ]
    assert [one["path"] for one in found["documents"]] == ["api.json"]
    assert len(repository["unknown"]) == 2
    main(["inspect", str(tmp_path)])
    text = capsys.readouterr().out
    assert "gateway ToolGateway: inbound custom-jwt, stack.yaml:3" in text
    assert "target weather: mcp-server, outbound oauth" in text
    assert "Not known from these files:" in text


def test_findings_in_templates_stand_at_their_resource(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = {
        "cdk.out/App.template.json": json.dumps(
            {"Resources": {"G": {"Type": "AWS::BedrockAgentCore::Gateway", "Properties": {"AuthorizerType": "NONE"}}}},
            indent=1,
        ),
        "main.tf": TERRAFORM.replace('"search"\n  gateway', '"search_it"\n  gateway'),
    }
    status, found = told(write(tmp_path, files), capsys)
    assert status == 1
    assert [(one["id"], one["where"]) for one in found["findings"]] == [
        ("target-name-invalid", "main.tf:9"),
        ("gateway-no-inbound-auth", "cdk.out/App.template.json:3"),
    ]


def test_a_toolkit_project_names_the_import(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (
        "default_agent: desk\nagents:\n  desk:\n    name: desk\n    entrypoint: main.py\n    aws: {region: us-west-2}\n"
    )
    root = write(tmp_path, {".bedrock_agentcore.yaml": text, "src/main.py": "app = 1\n"})
    for folder in (root, root / "src"):
        status, found = told(folder, capsys)
        assert status == 0
        assert found["repository"]["toolkit"]["agents"] == [
            {"name": "desk", "entrypoint": "main.py", "region": "us-west-2"}
        ]
        assert any("agentcore import --source" in one for one in found["repository"]["unknown"])


def test_a_cdk_app_that_was_not_synthesized(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = write(tmp_path, {"cdk.json": "{}", "app.ts": ""})
    assert any("cdk synth" in one for one in told(root, capsys)[1]["repository"]["unknown"])
    write(
        root, {"cdk.out/A.template.json": json.dumps({"Resources": {"G": {"Type": "AWS::BedrockAgentCore::Gateway"}}})}
    )
    assert not any("cdk synth" in one for one in told(root, capsys)[1]["repository"]["unknown"])


def test_what_a_deploy_settles_is_open() -> None:
    template = read_template(STACK, shown="stack.yaml")
    assert template is not None
    endpoint = template.resources["Weather"]["Properties"]["TargetConfiguration"]["Mcp"]["McpServer"]["Endpoint"]
    assert isinstance(endpoint, Open)
    assert endpoint.text == "https://x/mcp"
    assert isinstance(template.resources["Chosen"]["Properties"]["CredentialProviderConfigurations"], Open)
    assert template.lines == {"ToolGateway": 3, "Weather": 12, "Chosen": 20}


def test_terraform_texts() -> None:
    (block,) = read_blocks('a "b" {\n c = "x${f("}")}y"\n d = [1, "e"]\n e = <<EOT\n }\nEOT\n f = "$${g}\\""\n}')
    assert block.attributes["c"].text == "xxy"
    assert block.attributes["d"] == ["1", "e"]
    assert (block.attributes["e"], block.attributes["f"]) == (" }\n", '${g}"')
    for broken in ("a {", 'a "b', "a = [", "{", "a b c", 'a { b = "${" }', "a {" * 200):
        with pytest.raises(TerraformError):
            read_blocks(broken)


def test_targets_follow_their_gateway(tmp_path: Path) -> None:
    resources, notices = read_templates(write(tmp_path, {"main.tf": TERRAFORM, "stack.yaml": STACK}))
    gateways, loose = gateways_of(resources)
    assert notices == []
    assert {one.name: [target.name for target in one.targets] for one in gateways} == {
        "tools": ["search"],
        "ToolGateway": ["weather"],
    }
    assert [one.name for one in loose] == ["docs", "chosen"]


def test_no_text_brings_the_reader_down(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sign = "AWS::BedrockAgentCore::Gateway"
    hard = {
        "deep.yaml": f"# {sign}\nResources: " + "[" * 5000,
        "alias.yaml": f"# {sign}\nResources: {{A: &a {{Type: {sign}, Properties: *a}}}}",
        "laughs.yaml": f"# {sign}\nResources:\n  A: &a {{X: 1}}\n  B: &b [*a, *a]\n  C: &c {{X: [&d [*d, *d, *d], *b]}}",
        "list.json": f'["{sign}"',
        "odd.yaml": f"Resources: {{A: {{Type: {sign}, Properties: 3}}, B: {sign}, C: {{Type: {sign}Target, Properties: {{TargetConfiguration: {{Mcp: [1]}}, CredentialProviderConfigurations: [7]}}}}}}",
        "odd.tf": 'resource "aws_bedrockagentcore_gateway_target" "a" { target_configuration = 1 }',
        "half.tf": 'resource "aws_bedrockagentcore_gateway" "a" {',
    }
    status, found = told(write(tmp_path, hard), capsys)
    assert status == 1
    assert {one["id"] for one in found["findings"]} == {"template-unreadable"}
