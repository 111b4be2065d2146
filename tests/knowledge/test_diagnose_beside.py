"""`diagnose` beside a project or a written plan: what is named is said with its place, and nothing that is not certain."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from agentcore_connect import __main__
from agentcore_connect.app.diagnose import diagnose
from agentcore_connect.core.errors import ConnectError
from agentcore_connect.diagnose.beside import Beside, Rights
from agentcore_connect.diagnose.facts import message_facts
from agentcore_connect.knowledge import resources

PROJECT = {
    "name": "Desk",
    "version": 1,
    "runtimes": [{"name": "DeskAgent", "protocol": "HTTP", "codeLocation": "app", "entrypoint": "main.py"}],
    "credentials": [
        {"authorizerType": "ApiKeyCredentialProvider", "name": "CrmKey"},
        {"authorizerType": "OAuthCredentialProvider", "name": "MailLogin"},
    ],
    "agentCoreGateways": [
        {
            "name": "support",
            "authorizerType": "AWS_IAM",
            "targets": [
                {"name": "Crm", "targetType": "openApiSchema", "outboundAuth": {"type": "API_KEY", "credentialName": "CrmKey"}},
                {"name": "mail", "targetType": "mcpServer", "endpoint": "https://mail.example.com/mcp", "outboundAuth": {"type": "OAUTH", "credentialName": "Gone"}},
                {"name": "DeskAgent", "targetType": "mcpServer", "endpoint": "https://x.example.com/mcp"},
            ],
        }
    ],
}  # fmt: skip
STATE = {
    "targets": {
        "default": {"resources": {"mcp": {"gateways": {"support": {
            "gatewayId": "desk-support-a1b2c3d4e5",
            "gatewayUrl": "https://desk-support-a1b2c3d4e5.gateway.bedrock-agentcore.us-east-1.amazonaws.com/mcp",
        }}}}}
    }
}  # fmt: skip
GATEWAY = "`support` is a gateway, agentcore/agentcore.json:23: inbound auth aws-iam; targets: Crm, mail, DeskAgent."
CRM = "`Crm` is a target of `support`, agentcore/agentcore.json:27: open-api-schema, outbound auth api-key, credential `CrmKey`."
MAIL = "`mail` is a target of `support`, agentcore/agentcore.json:35: mcp-server, outbound auth oauth, credential `Gone`, which the project does not declare."
KEY = "`CrmKey` is a credential of kind api-key, agentcore/agentcore.json:13: used by Crm."
VAULT = "arn:aws:bedrock-agentcore:us-east-1:111122223333:token-vault/default/"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "agentcore"
    (folder / ".cli").mkdir(parents=True)
    (folder / "agentcore.json").write_text(json.dumps(PROJECT, indent=2), "utf-8")
    state = folder.parent / resources.load("project-format")["format"]["deployed_state"]
    state.parent.mkdir(parents=True, exist_ok=True)
    state.write_text(json.dumps(STATE), "utf-8")
    return tmp_path


def own(text: str, project: Path) -> list[str]:
    """What stands in the details with the project, and not without it."""
    without = diagnose(text).details
    return [one for one in diagnose(text, project).details if one not in without]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("403 Forbidden from https://desk-support-a1b2c3d4e5.gateway.bedrock-agentcore.us-east-1.amazonaws.com/mcp", [GATEWAY]),
        ("gateway desk-support-a1b2c3d4e5 answered 500", [GATEWAY]),
        ("gateway 'support' is in UPDATE_FAILED", [GATEWAY]),
        ("Desk-support failed", [GATEWAY]),
        ("Tool Crm___get_customer failed", [CRM]),
        ("the target Crm is FAILED", [CRM]),
        ("target 'mail' FAILED", [MAIL]),
        ("cannot connect to https://mail.example.com/mcp", [MAIL]),
        ("CrmKey could not be fetched", [KEY]),
        ("runtime DeskAgent: 424", ["`DeskAgent` is a runtime, agentcore/agentcore.json:5: protocol HTTP."]),
        # neither certain nor meant
        ("please ask support about the mail, Crm is down", []),
        ("runtime and target DeskAgent: the runtime DeskAgent, the target DeskAgent", []),
        ("the target crm failed, and desk-support-a1b2c3d4e5x", []),
        ("the target Crm2 failed, CrmKeys too", []),
    ],
)  # fmt: skip
def test_what_a_text_names_is_said_with_its_place(text: str, said: list[str], project: Path) -> None:
    assert own(text, project) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"GetResourceApiKey {VAULT}apikeycredentialprovider/CrmKey", [KEY]),
        (f"GetResourceOauth2Token {VAULT}oauth2credentialprovider/CrmKey", [KEY, "The message is about OAuth, and the project declares `CrmKey` as an API key (agentcore/agentcore.json:13)."]),
        ("An error occurred (ResourceNotFoundException) when calling the GetResourceOauth2Token operation: credential provider 'CrmKeys' does not exist", ["agentcore/agentcore.json declares no credential `CrmKeys`. It declares: `CrmKey`, `MailLogin`. Nearest: `CrmKey`."]),
        ("credential provider 'Zebra' does not exist", ["agentcore/agentcore.json declares no credential `Zebra`. It declares: `CrmKey`, `MailLogin`."]),
        ("the credential provider does not exist", []),
    ],
)  # fmt: skip
def test_a_credential_that_is_missing_or_of_another_kind(text: str, said: list[str], project: Path) -> None:
    assert own(text, project) == said


RIGHTS = Rights(
    ({"Sid": "InvokeFunction", "Effect": "Allow", "Action": ["lambda:InvokeFunction"], "Resource": ["arn:aws:lambda:us-east-1:*:function:refunds"]},),
    "connect/plan.md",
    "cli",
)  # fmt: skip


def refused(action: str, resource: str, who: str = "AgentCoreGatewayRole", why: str = "") -> list[str]:
    text = f"User: arn:aws:sts::111122223333:assumed-role/{who}/s is not authorized to perform: {action} on resource: {resource} {why}"
    _, facts = message_facts(text, resources.load("errors"))
    return Beside(None, RIGHTS).in_words(text, facts["aws"])


def test_a_refused_action_is_held_against_the_plan() -> None:
    function = "arn:aws:lambda:us-east-1:111122223333:function:refunds"
    named = "The plan's statement `InvokeFunction` (connect/plan.md) grants lambda:InvokeFunction"
    assert refused("lambda:InvokeFunction", function)[0].startswith(f"{named}: the role does not have it yet.")
    assert refused("lambda:InvokeFunction", function, why="with an explicit deny in an identity-based policy") == [
        f"{named} already."
    ]
    assert refused("lambda:InvokeFunction", f"{function}-2") == [
        "The plan (connect/plan.md) grants lambda:InvokeFunction on other resources only: arn:aws:lambda:us-east-1:*:function:refunds."
    ]
    assert refused("s3:GetObject", "arn:aws:s3:::x/y") == [
        "No statement of the plan (connect/plan.md) grants s3:GetObject to the gateway's role."
    ]
    assert refused("lambda:InvokeFunction", function, who="ci-deploy") == []


ROLES = {
    "agentCoreGateways": {"executionRoleArn": "arn:aws:iam::111122223333:role/team/Amber"},
    "runtimes": {"executionRoleArn": "arn:aws:iam::111122223333:role/Basalt"},
}
ROW_OF = {"Amber": "C2", "Basalt": "E12", "Cobalt": "E12"}


@pytest.mark.parametrize("role", ["Amber", "Basalt", "Cobalt", "Dune"])
def test_a_role_of_the_project_is_known_by_its_name(role: str, project: Path) -> None:
    """Amber stands in the project for the gateway, Basalt for the runtime, Cobalt in its deployed state, Dune nowhere."""
    config = project / "agentcore" / "agentcore.json"
    raw = json.loads(config.read_text("utf-8"))
    for key, told in ROLES.items():
        raw[key][0] |= told
    config.write_text(json.dumps(raw, indent=2), "utf-8")
    path = project / resources.load("project-format")["format"]["deployed_state"]
    state = json.loads(path.read_text("utf-8"))
    state["targets"]["default"]["resources"]["runtimes"] = {
        "DeskAgent": {"runtimeId": "r", "roleArn": "arn:aws:iam::111122223333:role/Cobalt"}
    }
    path.write_text(json.dumps(state), "utf-8")
    text = f"User: arn:aws:sts::111122223333:assumed-role/{role}/s is not authorized to perform: secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:us-east-1:111122223333:secret:x"
    found = diagnose(text, project)
    said = [one for one in found.details if one.startswith(f"`{role}` is the role of the ")]
    assert len(said) == (role in ROW_OF)
    assert (found.matches[0].id if found.matches else None) == ROW_OF.get(role)
    assert any("The gateway's role" in one for one in found.details) == (role == "Amber")


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("Client error '401 Unauthorized' for url 'https://mail.example.com/mcp'", "C3"),
        ("getaddrinfo ENOTFOUND mail.example.com, POST https://mail.example.com/mcp", "B1"),
        ("Client error '401 Unauthorized' for url 'https://mail.example.com/mcp2'", None),
        ("Client error '401 Unauthorized' for url 'https://other.example.com/mcp'", None),
    ],
)
def test_an_endpoint_of_the_project_is_the_hop_to_a_target(text: str, row: str | None, project: Path) -> None:
    assert [one.id for one in diagnose(text, project).matches[:1]] == ([row] if row else [])
    assert row is None or [one.id for one in diagnose(text).matches[:1]] != [row]


def test_a_role_that_gateway_and_runtime_share_is_neither(project: Path) -> None:
    from agentcore_connect.app.project import project_named

    config = project / "agentcore" / "agentcore.json"
    raw = json.loads(config.read_text("utf-8"))
    for key in ROLES:
        raw[key][0]["executionRoleArn"] = "arn:aws:iam::111122223333:role/Both"
    config.write_text(json.dumps(raw, indent=2), "utf-8")
    assert Beside(project_named(project)).roles == {}


def test_a_credential_that_the_plan_is_going_to_declare(project: Path) -> None:
    from agentcore_connect.app.project import project_named

    beside = Beside(project_named(project), None, frozenset({"Zebra"}))
    (said,) = beside.in_words("credential provider 'Zebra' does not exist", {})
    assert said.endswith("the plan does: its steps were not carried out.")


def test_the_command_reads_the_plan(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    example = Path(__file__).resolve().parents[2] / "examples" / "support-desk"
    out = tmp_path / "connect"
    assert __main__.main(["plan", str(example / "answers.yaml"), "--out", str(out)]) == 0
    capsys.readouterr()
    text = "User: arn:aws:sts::123456789012:assumed-role/GatewayRole/s is not authorized to perform: lambda:InvokeFunction on resource: arn:aws:lambda:us-east-1:123456789012:function:refunds"
    assert __main__.main(["diagnose", text, "--plan", str(out), "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert any("connect/plan.md" in one and "does not have it yet" in one for one in found["details"])


@pytest.mark.parametrize(("option", "code"), [("--project", "no-project"), ("--plan", "no-plan")])
def test_a_folder_without_one_is_bad_input(
    option: str, code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert __main__.main(["diagnose", "x", option, str(tmp_path)]) == 2
    assert "next:" in capsys.readouterr().err
    with pytest.raises(ConnectError) as caught:
        diagnose("x", tmp_path) if option == "--project" else diagnose("x", None, tmp_path)
    assert caught.value.code == code
