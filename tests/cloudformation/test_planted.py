"""Errors planted in a template, and the check that catches each by itself: cfn-lint, or the program's own rules."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from agentcore_connect.checks.template_lint import lint
from agentcore_connect.checks.template_rules import check_template, is_lintable
from agentcore_connect.project.cloudformation import template_data
from agentcore_connect.verify import template
from agentcore_connect.verify.written import read_written
from tests.cloudformation import stacks


class Planted(NamedTuple):
    """One error: what is replaced by what, by which check it is caught, and a word of what that says."""

    name: str
    old: str
    new: str
    by: str
    says: str


LINT, RULES, MODEL = "cfn-lint", "template-rules", "request-model"
ROLE = "              Service: bedrock-agentcore.amazonaws.com"
ACCOUNT = "              StringEquals:\n                aws:SourceAccount: !Ref AWS::AccountId\n"
GATEWAY = "arn:${AWS::Partition}:bedrock-agentcore:${AWS::Region}:${AWS::AccountId}:gateway/thegateway-*"
ARN = f"              ArnLike:\n                aws:SourceArn: !Sub {GATEWAY}\n"
INVOKE = "                  - !Ref OrdersLambdaArn"
VAULT = "${AWS::AccountId}:token-vault/default/apikeycredentialprovider/pets-2Credential"
SECRET = "          ClientSecret: !Ref CrmCredentialClientSecret"
KEY = "      ApiKey: !Ref Pets2CredentialApiKey"
PLANTED = (
    # by the schemas of the resources
    Planted("unknown authorizer", "AuthorizerType: CUSTOM_JWT", "AuthorizerType: JWT", LINT, "JWT"),
    Planted("unknown protocol", "ProtocolType: MCP", "ProtocolType: HTTP", LINT, "HTTP"),
    Planted(
        "unknown credential type", "CredentialProviderType: OAUTH", "CredentialProviderType: OAUTH2", LINT, "OAUTH2"
    ),
    Planted("unknown grant", "GrantType: CLIENT_CREDENTIALS", "GrantType: IMPLICIT", MODEL, "IMPLICIT"),
    Planted("unknown policy mode", "Mode: ENFORCE", "Mode: STRICT", LINT, "STRICT"),
    Planted(
        "unknown vendor",
        "CredentialProviderVendor: CustomOauth2",
        "CredentialProviderVendor: CustomOAuth2",
        LINT,
        "CustomOAuth2",
    ),
    Planted("unknown interception point", "            - RESPONSE", "            - ANSWER", LINT, "ANSWER"),
    Planted("unknown search type", "SearchType: SEMANTIC", "SearchType: VECTOR", LINT, "VECTOR"),
    Planted("no role", "      RoleArn: !GetAtt GatewayRole.Arn\n", "", LINT, "RoleArn"),
    Planted("no name", "      Name: TheGateway\n", "", LINT, "Name"),
    Planted("no discovery URL", "          DiscoveryUrl: !Ref InboundDiscoveryUrl\n", "", LINT, "DiscoveryUrl"),
    Planted("no scopes", "              Scopes: []\n", "", MODEL, "scopes: required"),
    Planted(
        "no headers setting",
        "            PassRequestHeaders: false",
        "            Headers: false",
        LINT,
        "PassRequestHeaders",
    ),
    Planted(
        "dangling reference", "!GetAtt Gateway.GatewayIdentifier", "!GetAtt Gatewy.GatewayIdentifier", LINT, "Gatewy"
    ),
    Planted(
        "dangling parameter",
        "LambdaArn: !Ref OrdersLambdaArn",
        "LambdaArn: !Ref OrderLambdaArn",
        RULES,
        "OrderLambdaArn",
    ),
    Planted("unknown attribute", "!GetAtt Gateway.GatewayUrl", "!GetAtt Gateway.Url", LINT, "Url"),
    Planted("a member of the API", "      GatewayIdentifier:", "      gatewayIdentifier:", LINT, "gatewayIdentifier"),
    Planted(
        "a token that no resource takes",
        "      Name: Orders\n",
        "      Name: Orders\n      ClientToken: abc\n",
        LINT,
        "ClientToken",
    ),
    Planted(
        "a list for a text",
        "      AuthorizerType: CUSTOM_JWT",
        "      AuthorizerType: [CUSTOM_JWT]",
        LINT,
        "not of type",
    ),
    Planted(
        "two kinds of target",
        "        Mcp:\n          Lambda:",
        "        Http: {}\n        Mcp:\n          Lambda:",
        MODEL,
        "exactly one of",
    ),
    Planted("a name with a space", "      Name: TheGateway", "      Name: The Gateway", LINT, "does not match"),
    Planted(
        "a type that is none", "AWS::BedrockAgentCore::GatewayTarget", "AWS::BedrockAgentCore::Target", LINT, "Target"
    ),
    Planted(
        "a circle",
        "    Type: AWS::BedrockAgentCore::PolicyEngine\n",
        "    Type: AWS::BedrockAgentCore::PolicyEngine\n    DependsOn: Gateway\n",
        LINT,
        "ircular",
    ),
    Planted("an output of nothing", "    Value: !GetAtt GatewayRole.Arn", "    Value: !Ref Nothing", LINT, "Nothing"),
    Planted("a parameter of no type", "    Type: CommaDelimitedList", "    Type: Text", LINT, "Text"),
    # by the program's own rules, which cfn-lint does not have
    Planted("a secret in the file", SECRET, "          ClientSecret: hunter2hunter2", RULES, "ClientSecret"),
    Planted("a secret in a Sub", KEY, "      ApiKey: !Sub 'key-${AWS::Region}'", RULES, "ApiKey"),
    Planted("a secret that is shown", "    NoEcho: true\n", "", RULES, "NoEcho"),
    Planted(
        "a secret with a default", "    NoEcho: true\n", "    NoEcho: true\n    Default: changeme\n", RULES, "default"
    ),
    Planted(
        "a secret as an output",
        "    Value: !GetAtt GatewayRole.Arn",
        "    Value: !Ref CrmCredentialClientSecret",
        RULES,
        "shows the secret",
    ),
    Planted(
        "a secret in a description",
        "    Description: Id of the gateway",
        "    Description: !Sub 'Id ${Pets2CredentialApiKey}'",
        RULES,
        "shows the secret",
    ),
    Planted("no account in the trust", ACCOUNT, "", RULES, "aws:SourceAccount"),
    Planted("no ARN in the trust", ARN, "", RULES, "aws:SourceArn"),
    Planted("any ARN in the trust", f"!Sub {GATEWAY}", "'*'", RULES, "aws:SourceArn"),
    Planted("anyone may take the role", ROLE, "              AWS: '*'", RULES, "takes on this role"),
    Planted(
        "another service takes the role",
        ROLE,
        "              Service: lambda.amazonaws.com",
        RULES,
        "takes on this role",
    ),
    Planted("every function", INVOKE, "                  - '*'", RULES, "every one"),
    Planted(
        "every function by an ARN",
        INVOKE,
        "                  - !Sub arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:*",
        RULES,
        "every one",
    ),
    Planted("any account", VAULT, VAULT.replace("${AWS::AccountId}", "*"), RULES, "every one"),
    Planted(
        "every action",
        "                  - lambda:InvokeFunction",
        "                  - lambda:*",
        RULES,
        "name each action",
    ),
    Planted(
        "all but some actions",
        "                Action:\n                  - lambda:InvokeFunction",
        "                NotAction:\n                  - lambda:CreateFunction",
        RULES,
        "NotAction",
    ),
    Planted(
        "a managed policy",
        "      Policies:\n",
        "      ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess']\n      Policies:\n",
        RULES,
        "managed policy",
    ),
    Planted("a macro", "\nResources:\n", "\nTransform: AWS::Serverless-2016-10-31\nResources:\n", RULES, "macro"),
    Planted(
        "cfn-lint silenced",
        "\nResources:\n",
        "\nMetadata: {cfn-lint: {config: {ignore_checks: [E]}}}\nResources:\n",
        RULES,
        "cfn-lint",
    ),
    Planted(
        "a text that is replaced",
        "      Name: Orders\n",
        "      Name: '{{resolve:ssm:/name}}'\n",
        RULES,
        "replaces this text",
    ),
)


@pytest.fixture(scope="module")
def folder_of_plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return stacks.write_many(tmp_path_factory.mktemp("planted"))


@pytest.fixture
def changed(folder_of_plan: Path) -> Callable[[str, str], str]:
    """The template's text with one thing changed, also in its file; it is put back at the next change."""
    original = folder_of_plan / "original"
    file = folder_of_plan / "template.yaml"
    if not original.exists():
        original.write_text(file.read_text("utf-8"), encoding="utf-8")

    def change(old: str, new: str) -> str:
        text = original.read_text("utf-8")
        assert old in text, f"there is nothing to change: {old}"
        made = text.replace(old, new, 1)
        file.write_text(made, encoding="utf-8")
        return made

    return change


def test_the_template_is_sound_before_anything_is_planted(
    folder_of_plan: Path, changed: Callable[[str, str], str]
) -> None:
    changed("Resources:", "Resources:")
    results = list(template.check_stack(read_written(folder_of_plan), "template.yaml"))
    assert {one.check: one.status for one in results} == dict.fromkeys(
        ("template", "as-planned", RULES, MODEL, LINT), "passed"
    )


@pytest.mark.parametrize("one", PLANTED, ids=lambda one: one.name)
def test_each_planted_error_is_caught(
    one: Planted, changed: Callable[[str, str], str], record_property: Callable[[str, object], None]
) -> None:
    text = changed(one.old, one.new)
    data = template_data(text, shown="template.yaml")
    if one.by == LINT:
        found = lint(text, "us-east-1").errors
    else:
        found = template.against_model(data) if one.by == MODEL else [str(p) for p in check_template(data)]
    assert any(one.says in said for said in found), found
    record_property("conformance planted run", 1)
    record_property("conformance planted accepted", 1)


def test_check_reports_what_was_planted(folder_of_plan: Path, changed: Callable[[str, str], str]) -> None:
    """By the check of the whole plan: one error of the schemas, one of our rules, and both differ from the plan."""
    for name, failed in (("unknown authorizer", LINT), ("a secret in the file", RULES)):
        one = next(one for one in PLANTED if one.name == name)
        changed(one.old, one.new)
        results = {r.check: r for r in template.check_stack(read_written(folder_of_plan), "template.yaml")}
        assert results[failed].status == "failed"
        assert one.says in results[failed].why
        assert results["as-planned"].status == "failed"
        assert "hunter2" not in "".join(str(r) for r in results.values())


def test_a_verdict_that_could_be_silenced_is_not_asked_for(
    folder_of_plan: Path, changed: Callable[[str, str], str]
) -> None:
    one = next(one for one in PLANTED if one.name == "cfn-lint silenced")
    text = changed(one.old, one.new)
    assert not is_lintable(template_data(text, shown="x"))
    results = {r.check: r for r in template.check_stack(read_written(folder_of_plan), "template.yaml")}
    assert (results[LINT].status, results[RULES].status) == ("not-run", "failed")


def test_a_template_that_is_no_yaml_is_told_with_its_place(
    folder_of_plan: Path, changed: Callable[[str, str], str]
) -> None:
    changed("Resources:\n", "Resources: [\n")
    (result,) = template.check_stack(read_written(folder_of_plan), "template.yaml")
    assert (result.status, result.check) == ("failed", "template")
    assert "template.yaml:" in result.why
