"""The test file that a plan writes for its policies, run as its user runs it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from agentcore_connect.__main__ import main
from agentcore_connect.checks.cedar_decisions import check_decisions
from agentcore_connect.plan.policies import write_policies
from agentcore_connect.plan.policy_examples import policy_examples

TOOLS = [
    {
        "name": "check_warranty",
        "description": "Checks a warranty.",
        "inputSchema": {
            "type": "object",
            "properties": {
                "serial": {"type": "string"},
                "price": {"type": "number"},
                "order": {
                    "type": "object",
                    "properties": {"id": {"type": "string"}, "note": {"type": "string"}},
                    "required": ["id"],
                },
                "tags": {"type": "array", "items": {"type": "string"}},
            },
            "required": ["serial"],
        },
    },
    {"name": "extend", "description": "Extends a warranty.", "inputSchema": {"type": "object", "properties": {}}},
]
HEAD = """version: 1
agent: {framework: strands}
gateway: {name: g1, inbound_auth: INBOUND, MORE}
connections:
  - {name: T, service: lambda, lambda_arn: 'arn:aws:lambda:us-east-1:123456789012:function:f', tools: tools.json}
policy: POLICY
"""
JWT = "discovery_url: 'https://idp.example.com/.well-known/openid-configuration', allowed_clients: [c1]"
ARRAYS = [
    {"tools": ["T___check_warranty"], "claim": "cognito:groups", "values": ["managers", "admins"]},
    {"tools": ["T___check_warranty"], "claim": "scope", "values": ["warranty:read"]},
]
SHUT = [{"effect": "forbid", "tools": ["*"]}]
ONE_BLOCKED = [{"effect": "forbid", "tools": ["T___extend"]}]
MANY = [
    {
        "tools": ["T___check_warranty"],
        "match": "any",
        "when": [
            {"input": "price", "op": "<", "value": 99.5},
            {"input": "order.note", "op": "present"},
            {"claim": "groups", "values": ["admin"]},
        ],
    },
    {"effect": "forbid", "tools": ["T___*"], "claim": "role", "values": ["intern"]},
    {"tools": ["T___check_warranty"], "when": [{"input": "tags", "op": "contains-all", "value": ["a", "b"]}]},
]
CALLERS = [{"tools": ["T___check_warranty"], "callers": ["123456789012", "arn:aws:iam::999999999999:role/x/Ops"]}]


def written(folder: Path, restrict: list[Any], inbound: str = "custom-jwt", *more: str) -> Path:
    """The plan's folder."""
    (folder / "tools.json").write_text(json.dumps(TOOLS), encoding="utf-8")
    text = HEAD.replace("POLICY", json.dumps({"restrict": restrict})).replace("INBOUND", inbound)
    text = text.replace("MORE", JWT if inbound == "custom-jwt" else "environment: development")
    (folder / "answers.yaml").write_text(text, encoding="utf-8")
    assert main(["plan", str(folder / "answers.yaml"), "--out", str(folder / "connect"), *more]) == 0
    return folder / "connect"


def run(folder: Path) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-I", str(folder / "policies_test.py")]
    return subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("more", [[], ["--via", "boto3"]])
@pytest.mark.parametrize(
    ("restrict", "inbound", "both"),
    [
        (ARRAYS, "custom-jwt", True),
        (SHUT, "custom-jwt", False),
        (ONE_BLOCKED, "none", True),
        (MANY, "custom-jwt", True),
        (CALLERS, "aws-iam", True),
    ],
)
def test_the_written_test_passes(
    restrict: list[Any], inbound: str, both: bool, more: list[str], tmp_path: Path
) -> None:
    folder = written(tmp_path, restrict, inbound, *more)
    found = run(folder)
    assert found.returncode == 0, found.stdout + found.stderr
    decisions = {line.split()[0] for line in found.stdout.splitlines()}
    assert decisions == ({"allow", "deny"} if both else {"deny"})
    argv = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "policies_test.py"]
    assert subprocess.run(argv, cwd=folder, capture_output=True, timeout=60, check=False).returncode == 0


def test_it_fails_where_a_policy_was_changed(tmp_path: Path) -> None:
    folder = written(tmp_path, ARRAYS)
    policy = folder / "g1_permit_check_warranty.cedar"
    policy.write_text(policy.read_text("utf-8").replace("managers", "bosses"), encoding="utf-8")
    found = run(folder)
    assert found.returncode == 1
    assert "WRONG, expected allow" in found.stdout


def test_it_says_which_policy_is_missing(tmp_path: Path) -> None:
    folder = written(tmp_path, ARRAYS)
    next(folder.glob("*.cedar")).unlink()
    found = run(folder)
    assert found.returncode == 1
    assert "Cannot judge the policies" in found.stderr
    assert "Traceback" not in found.stderr


def test_an_array_claim_has_examples_of_each_place_and_of_what_is_near(tmp_path: Path) -> None:
    found = run(written(tmp_path, ARRAYS)).stdout
    for claim in ('["managers"]', '["managers","other"]', '["other","managers","more"]', '["other","managers"]'):
        assert f"allow  T___check_warranty  {{'cognito:groups': '{claim}'}}" in found
    assert "deny   T___check_warranty  {'cognito:groups': '[\"supermanagers\",\"managerss\"]'}" in found


def test_the_whole_plan_shows_the_calls_and_the_rights_of_the_author(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written(tmp_path, ARRAYS)
    capsys.readouterr()
    assert main(["plan", str(tmp_path / "answers.yaml"), "--full", "--format", "markdown"]) == 0
    text = capsys.readouterr().out
    assert '| `T___check_warranty` | {"serial": "x"} | allow | `g1_permit_check_warranty` |' in text
    assert "no policy permits it" in text
    for action in ("CreatePolicy", "ManageResourceScopedPolicy", "InvokeGateway", "ListGatewayTargets"):
        assert f'"bedrock-agentcore:{action}"' in text
    assert "ManageAdminPolicy" not in text
    assert "--generate TEXT" in text
    assert "StartPolicyGeneration" in text


def test_every_tool_needs_one_more_right(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(tmp_path, SHUT)
    capsys.readouterr()
    assert main(["plan", str(tmp_path / "answers.yaml"), "--full"]) == 0
    assert "bedrock-agentcore:ManageAdminPolicy" in capsys.readouterr().out


@pytest.mark.parametrize("restrict", [ARRAYS, MANY, ONE_BLOCKED, SHUT])
def test_the_plans_own_reckoning_is_that_of_the_engine(restrict: list[Any]) -> None:
    targets = {"T": TOOLS}
    found = write_policies(restrict, inbound_auth="custom-jwt", targets=targets, permit_rest=True)
    examples = policy_examples(found.policies, found.rules, targets, "custom-jwt")
    texts = [policy.statement for policy in found.policies]
    assert check_decisions(texts, examples, "${GATEWAY_ARN}")[2] == []
    turned = [{**one, "decision": {"allow": "deny", "deny": "allow"}[one["decision"]]} for one in examples]
    assert len(check_decisions(texts, turned, "${GATEWAY_ARN}")[2]) == len(examples) > 0


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ({"claim": "teams", "values": ["a"]}, True),
        ({"claim": "teams", "values": ["a"], "claim_type": "single"}, False),
        ({"claim": "teams"}, False),
        ({"claim": "role", "values": ["a"]}, False),
        ({"when": [{"claim": "teams", "values": ["a"]}]}, True),
    ],
)
def test_a_claim_of_which_nothing_is_known_is_told(entry: dict[str, Any], told: bool) -> None:
    restrict = [{"tools": ["T___extend"], **entry}]
    found = write_policies(restrict, inbound_auth="custom-jwt", targets={"T": TOOLS})
    assert ("claim-taken-as-one-value" in [one.code for one in found.warnings]) is told


@pytest.mark.parametrize(("claim", "told"), [("role", True), ("cognito:groups", False), ("scope", False)])
def test_a_claim_that_cognito_does_not_send_is_told(
    claim: str, told: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written(tmp_path, [{"tools": ["T___extend"], "claim": claim, "values": ["a"]}])
    answers = tmp_path / "answers.yaml"
    pool = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Ab12Cd34E/"
    answers.write_text(answers.read_text("utf-8").replace("https://idp.example.com/", pool), encoding="utf-8")
    capsys.readouterr()
    assert main(["plan", str(answers)]) == 0
    said = capsys.readouterr().out
    assert (f"does not put {claim} into access tokens" in said) is told
    assert "ListGatewayTargets and InvokeGateway" in said
