"""The program sets on a gateway what is set after its creation, against the stand-in."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agentcore_connect.answers import load
from agentcore_connect.collect.inputs import gather
from agentcore_connect.knowledge.resources import load as load_knowledge
from agentcore_connect.plan.build import build
from agentcore_connect.plan.requests import with_samples
from agentcore_connect.render.plan_files import render_plan
from agentcore_connect.verify.botocore_model import check_request
from tests.configure.conftest import Outcome
from tests.configure.control_plane import ControlPlane

ANSWERS = """\
version: 1
agent: {framework: strands}
gateway: {name: gate, inbound_auth: aws-iam, region: us-east-1, GATEWAY}
connections:
  - {name: Shop, service: mcp-server, endpoint: "https://mcp.example.com/mcp", service_auth: none, DIRECT}
"""
MASK = "arn:aws:lambda:us-east-1:123456789012:function:mask"
WEB_ACL = "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/edge/11111111-2222-3333-4444-555555555555"
OTHER_ACL = WEB_ACL.replace("/edge/", "/old/")
STREAMS = {"streamingConfiguration": {"enableResponseStreaming": True}}
Settings = Callable[..., Outcome]


def sees(point: str, *, headers: bool = False) -> str:
    """An entry of gateway.interceptors, in YAML."""
    return f"{{on: {point}, lambda_arn: '{MASK}'{', pass_headers: true' if headers else ''}}}"


def planned(folder: Path, gateway: str = "", *, direct: str = "", via: str = "boto3") -> tuple[Any, dict[str, Any]]:
    path = folder / "answers.yaml"
    text = ANSWERS.replace(", GATEWAY", f", {gateway}" if gateway else "")
    path.write_text(text.replace(", DIRECT", f", {direct}" if direct else ""), encoding="utf-8")
    gathered = gather(load.load(path), via=via)
    plan = build(gathered)
    _, files = render_plan(plan, gathered, folder / "connect")
    return plan, files


@pytest.fixture
def settings(tmp_path: Path, run_file: Callable[..., Outcome]) -> Settings:
    """Writes the script for a gateway's answers and runs it in this process."""

    def runs(gateway: str, *argv: str, direct: str = "") -> Outcome:
        plan, files = planned(tmp_path, f"exists: true, {gateway}", direct=direct)
        assert plan.context["configured"]
        for name, (text, _) in files.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        return run_file(tmp_path / "configure.py", *argv)

    return runs


def test_it_sets_what_the_answers_say_and_keeps_the_rest(aws: ControlPlane, settings: Settings) -> None:
    mcp = {"supportedVersions": ["2025-11-25", "2025-06-18"], "searchType": "SEMANTIC"}
    engine = {"arn": "arn:aws:bedrock-agentcore:us-east-1:123456789012:policy-engine/E-0123456789", "mode": "ENFORCE"}
    gateway = aws.add_gateway(
        "gate",
        authorizerType="AWS_IAM",
        protocolType="MCP",
        description="kept",
        protocolConfiguration={"mcp": mcp},
        policyEngineConfiguration=engine,
    )
    outcome = settings(f"streaming: true, session_timeout: 900, interceptors: [{sees('request')}, {sees('response')}]")
    assert outcome.status == 0, outcome.err
    assert [name for name, _ in aws.writes] == ["CreateGatewayTarget", "UpdateGateway"]
    after = aws.gateways[gateway]
    sessions = {"sessionConfiguration": {"sessionTimeoutInSeconds": 900}}
    assert after["protocolConfiguration"] == {"mcp": {**mcp, **sessions, **STREAMS}}
    [interceptor] = after["interceptorConfigurations"]
    assert interceptor["interceptionPoints"] == ["REQUEST", "RESPONSE"]
    assert interceptor["inputConfiguration"] == {"passRequestHeaders": False}
    assert (after["description"], after["policyEngineConfiguration"]) == ("kept", engine)


def test_a_second_run_sends_nothing(aws: ControlPlane, settings: Settings) -> None:
    aws.add_gateway("gate", authorizerType="AWS_IAM", protocolType="MCP")
    settings("instructions: Ask first.")
    before = len(aws.writes)
    outcome = settings("instructions: Ask first.")
    assert outcome.status == 0
    assert "already" in outcome.err
    assert len(aws.writes) == before == 2


def test_a_version_that_the_gateway_lost_stops_it(aws: ControlPlane, settings: Settings) -> None:
    mcp = {"supportedVersions": ["2025-11-25"]}
    aws.add_gateway("gate", authorizerType="AWS_IAM", protocolType="MCP", protocolConfiguration={"mcp": mcp})
    outcome = settings("protocol_versions: ['2025-06-18', '2025-11-25']")
    assert outcome.status == 1
    assert "does not speak MCP 2025-06-18" in outcome.err
    assert aws.writes == []


def test_a_gateway_without_mcp_stops_it(aws: ControlPlane, settings: Settings) -> None:
    aws.add_gateway("gate", authorizerType="AWS_IAM", protocolType="CUSTOM")
    outcome = settings("streaming: true")
    assert outcome.status == 1
    assert "need MCP" in outcome.err
    assert aws.writes == []


def test_a_gateway_that_is_not_there_stops_it(aws: ControlPlane, settings: Settings) -> None:
    outcome = settings("description: Shop tools")
    assert outcome.status == 1
    assert "There is no gateway gate" in outcome.err
    assert aws.writes == []


def test_dry_run_prints_a_request_that_the_model_takes(settings: Settings) -> None:
    key = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    outcome = settings(
        f"description: Shop, kms_key: '{key}', interceptors: [{sees('request', headers=True)}]", "--dry-run"
    )
    *_, request = json.loads(outcome.out)
    body = with_samples(request["body"])
    assert list(check_request(request["operation"], body, request["service"])) == []
    assert body["kmsKeyArn"] == key
    assert body["interceptorConfigurations"][0]["inputConfiguration"] == {"passRequestHeaders": True}


@pytest.mark.parametrize("via", ["cli", "boto3"])
def test_an_mcp_server_that_streams_goes_through_a_gateway_that_does(tmp_path: Path, via: str) -> None:
    plan, files = planned(tmp_path, direct="direct_reason: streaming", via=via)
    [connection] = plan.context["connections"]
    assert (connection["path"], connection["target_type"]) == ("A", "mcp-server")
    assert {one["key"] for one in plan.assumed} >= {"gateway.streaming", "gateway.session_timeout"}
    steps = [step.id for step in plan.operations]
    if via == "cli":  # the CLI creates the gateway and the target, and a deploy resets what it has no option for
        assert steps.index("configure-gateway") > steps.index("deploy")
    assert ("configure" in steps, "configure-gateway" in steps) == ((via == "boto3"), (via == "cli"))
    assert "enableResponseStreaming" in files["configure.json"][0]


def test_a_service_that_streams_otherwise_is_called_directly(tmp_path: Path) -> None:
    path = tmp_path / "answers.yaml"
    path.write_text(
        "version: 1\nconnections:\n  - {name: T, service: other, service_auth: none, endpoint: 'wss://x.example.com', direct_reason: streaming}\n"
    )
    plan = build(gather(load.load(path)))
    assert plan.context["connections"][0]["path"] == "D"
    assert plan.context["gateway"]["settings"] == {}


def test_nothing_said_nothing_set(tmp_path: Path) -> None:
    plan, files = planned(tmp_path)
    assert "gateway-settings" not in files["configure.json"][0]
    assert "configure-gateway" not in [step.id for step in plan.operations]


def test_every_setting_has_a_name_for_people(tmp_path: Path) -> None:
    everything = (
        "description: Shop, instructions: Ask first., streaming: true, session_timeout: 900, "
        "protocol_versions: ['2025-11-25'], kms_key: 'arn:aws:kms:us-east-1:123456789012:key/"
        f"11111111-2222-3333-4444-555555555555', interceptors: [{sees('request')}], domain: mcp.example.com, "
        f"exception_level: debug, web_acl: '{WEB_ACL}', waf_failure_mode: open"
    )
    plan, _ = planned(tmp_path, everything)
    settings, words = plan.context["gateway"]["settings"], load_knowledge("request-bodies")["settings"]["words"]
    members = {*settings, *(f"protocolConfiguration.mcp.{one}" for one in settings["protocolConfiguration"]["mcp"])}
    assert members - {"protocolConfiguration"} == words.keys()
    assert all(word in plan.context["gateway"]["settings_named"] for word in words.values())


ACCOUNTS = "caller_accounts: ['210987654321', '345678901234']"
ROOTS = ["arn:aws:iam::210987654321:root", "arn:aws:iam::345678901234:root"]
OPEN = {"gateway_id": "gate-abcdefghij", "authorizerType": "AWS_IAM", "protocolType": "MCP"}


def resource_policy(aws: ControlPlane) -> Any:
    """The only resource policy that there is."""
    [text] = aws.resource_policies.values()
    return json.loads(text)


def test_callers_of_other_accounts_are_let_in(aws: ControlPlane, settings: Settings) -> None:
    aws.add_gateway("gate", **OPEN)
    arn = aws.gateways["gate-abcdefghij"]["gatewayArn"]
    outcome = settings(ACCOUNTS)
    assert outcome.status == 0, outcome.err
    assert [name for name, _ in aws.writes] == ["CreateGatewayTarget", "PutResourcePolicy"]
    [statement] = resource_policy(aws)["Statement"]
    assert list(aws.resource_policies) == [arn]
    assert (statement["Effect"], statement["Principal"], statement["Resource"]) == ("Allow", {"AWS": ROOTS}, arn)
    assert statement["Action"] == "bedrock-agentcore:InvokeGateway"


def test_the_other_statements_of_a_resource_policy_stay(aws: ControlPlane, settings: Settings) -> None:
    aws.add_gateway("gate", **OPEN)
    arn = aws.gateways["gate-abcdefghij"]["gatewayArn"]
    deny = {"Sid": "Deny", "Effect": "Deny", "Principal": "*", "Action": "bedrock-agentcore:InvokeGateway"}
    deny |= {"Resource": arn, "Condition": {"StringNotEquals": {"aws:SourceVpc": "vpc-01234567"}}}
    old = {"Sid": "CallersOfOtherAccounts", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}}
    aws.resource_policies[arn] = json.dumps({"Version": "2012-10-17", "Id": "mine", "Statement": [deny, old]})
    assert settings(ACCOUNTS).status == 0
    after = resource_policy(aws)
    assert (after["Id"], after["Statement"][0]) == ("mine", deny)
    assert [one["Principal"] for one in after["Statement"][1:]] == [{"AWS": ROOTS}]


@pytest.mark.parametrize("accounts", [ROOTS, ROOTS[:1]])
def test_a_resource_policy_that_says_so_already_is_left_alone(
    aws: ControlPlane, settings: Settings, accounts: list[str]
) -> None:
    """AWS may give one account as a text and several in another order."""
    aws.add_gateway("gate", **OPEN)
    said = "caller_accounts: ['210987654321']" if len(accounts) == 1 else ACCOUNTS
    settings(said)
    [arn] = aws.resource_policies
    policy = resource_policy(aws)
    policy["Statement"][0]["Principal"]["AWS"] = accounts[0] if len(accounts) == 1 else accounts[::-1]
    policy["Statement"][0]["Action"] = [policy["Statement"][0]["Action"]]
    aws.resource_policies[arn] = json.dumps(
        policy if len(accounts) > 1 else {**policy, "Statement": policy["Statement"][0]}
    )
    before = len(aws.writes)
    outcome = settings(said)
    assert outcome.status == 0
    assert "already" in outcome.err
    assert len(aws.writes) == before


def test_the_request_for_callers_is_one_that_the_model_takes(settings: Settings) -> None:
    *_, request = json.loads(settings(ACCOUNTS, "--dry-run").out)
    assert request["operation"] == "put_resource_policy"
    assert list(check_request(request["operation"], with_samples(request["body"]), request["service"])) == []
    assert json.loads(request["body"]["policy"])["Statement"][0]["Resource"] == "${GATEWAY_ARN}"


@pytest.mark.parametrize("via", ["cli", "boto3", "cloudformation"])
def test_callers_are_let_in_whichever_way_the_gateway_is_created(tmp_path: Path, via: str) -> None:
    plan, files = planned(tmp_path, ACCOUNTS, via=via)
    assert plan.unused == []
    [note] = [one["text"] for one in plan.notes if one["rule"] == "advice.caller-accounts"]
    assert "210987654321" in note
    assert "InvokeGateway on the gateway's exact ARN" in note
    if via == "cloudformation":
        assert "configure.json" not in files
        template = files["template.yaml"][0]
        assert "AWS::BedrockAgentCore::ResourcePolicy" in template
        assert "arn:${AWS::Partition}:iam::210987654321:root" in template
    else:
        assert "put_resource_policy" in files["configure.json"][0]
        steps = [step.id for step in plan.operations]
        assert ("configure-gateway" in steps) == (via == "cli")


def test_a_gateway_for_tokens_takes_no_accounts(tmp_path: Path) -> None:
    path = tmp_path / "answers.yaml"
    text = ANSWERS.replace("inbound_auth: aws-iam", "inbound_auth: none, environment: development")
    path.write_text(text.replace("GATEWAY", ACCOUNTS).replace(", DIRECT", ""), encoding="utf-8")
    plan = build(gather(load.load(path), via="boto3"))
    assert plan.unused == ["gateway.caller_accounts"]
    assert "the accounts" not in plan.context["gateway"]["settings_named"]


def test_a_web_acl_is_associated_once(aws: ControlPlane, settings: Settings) -> None:
    aws.add_gateway("gate", **OPEN)
    outcome = settings(f"web_acl: '{WEB_ACL}', waf_failure_mode: close")
    assert outcome.status == 0, outcome.err
    gateway = aws.gateways["gate-abcdefghij"]
    assert (gateway["webAclArn"], gateway["wafConfiguration"]) == (WEB_ACL, {"failureMode": "FAIL_CLOSE"})
    before = len(aws.writes)
    outcome = settings(f"web_acl: '{WEB_ACL}', waf_failure_mode: close")
    assert "has the web ACL already" in outcome.err
    assert len(aws.writes) == before


def test_the_web_acl_of_before_comes_back(aws: ControlPlane, settings: Settings) -> None:
    aws.add_gateway("gate", **OPEN, webAclArn=OTHER_ACL)
    outcome = settings(f"web_acl: '{WEB_ACL}'")
    assert f"in the place of {OTHER_ACL}" in outcome.err
    assert aws.gateways["gate-abcdefghij"]["webAclArn"] == WEB_ACL
    assert settings(f"web_acl: '{WEB_ACL}'", "down", "--yes").status == 0
    assert aws.gateways["gate-abcdefghij"]["webAclArn"] == OTHER_ACL


def test_a_web_acl_that_someone_else_has_set_since_stays(aws: ControlPlane, settings: Settings) -> None:
    aws.add_gateway("gate", **OPEN)
    settings(f"web_acl: '{WEB_ACL}'")
    aws.gateways["gate-abcdefghij"]["webAclArn"] = OTHER_ACL
    settings(f"web_acl: '{WEB_ACL}'", "down", "--yes")
    assert aws.gateways["gate-abcdefghij"]["webAclArn"] == OTHER_ACL


def test_a_domain_is_told_to_the_gateway(aws: ControlPlane, settings: Settings) -> None:
    aws.add_gateway("gate", **OPEN)
    outcome = settings("domain: mcp.example.com, alternate_domains: [tools.example.com]")
    assert outcome.status == 0, outcome.err
    wanted = {"defaultDomain": "mcp.example.com", "alternateDomains": ["tools.example.com"]}
    assert aws.gateways["gate-abcdefghij"]["domainOverride"] == wanted
