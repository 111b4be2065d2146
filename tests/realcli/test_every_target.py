"""Every target type, with every sign-in that the CLI can set, behind every inbound auth: run through the script itself.

Exit 0 proves little: the project file must say what the plan promises, and the commands run must be the plan's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from agentcore_connect.knowledge.resources import load
from agentcore_connect.plan import argv as words
from agentcore_connect.plan.operation import Operation
from agentcore_connect.plan.promises import compare, promises
from tests.commands import command_cases as cases
from tests.realcli.real_project import Project, Ran

Count = Callable[[str, int], None]
part = pytest.mark.part  # tests/conformance runs the commands of every plan as well


def carry_out(project: Project, ctx: dict[str, Any], count: Count, **env: str) -> tuple[list[Operation], Ran]:
    """Run the script of a plan without AWS, and hold the outcome against the plan in every way there is."""
    ops = cases.plan(ctx)
    script = cases.write(project.root / "connect", ctx)
    ran = project.run("bash", script, "--local", **env)
    assert ran.returncode == 0, ran.said
    commands = [found for found in ran.commands if found[0] != ["--version"]]
    count("run", len(commands))
    count("accepted", sum(status == 0 for _, status in commands))
    given = {one.name for op in ops for one in op.inputs if one.name in env}
    local = [
        op
        for op in ops
        if op.argv and not op.needs_aws and all(one.name in given or one.kind != "lookup" for one in op.inputs)
    ]
    assert [found for found, _ in commands] == [words.fill(op.argv[1:], env) for op in local]
    assert "Valid" in ran.stdout
    other = {one.file: project.other(one.file) for op in local for one in op.promise if one.file}
    assert compare(promises([op for op in ops if op in local or op.edit]), project.json, files=other, inputs=env) == []
    count("plans", 1)
    return ops, ran


def run_again(project: Project, **env: str) -> None:
    """Nothing is added a second time, and the project file stays as it is to the byte."""
    before = project.file.read_bytes()
    again = project.run("bash", project.root / "connect" / "commands.sh", "--local", **env)
    assert again.returncode == 0, again.said
    assert {tuple(found[:1]) for found, _ in again.commands} == {("--version",), ("validate",)}, again.said
    assert project.file.read_bytes() == before


@part
@pytest.mark.parametrize("inbound", ["none", "aws-iam", "custom-jwt"])
def test_mcp_targets(project: Project, count: Count, inbound: str) -> None:
    ops, _ = carry_out(project, cases.context(cases.mcp_targets(), inbound), count)
    gateway = project.json["agentCoreGateways"][0]
    assert gateway["protocolType"] == "MCP"
    assert gateway["authorizerType"] == {"none": "NONE", "aws-iam": "AWS_IAM", "custom-jwt": "CUSTOM_JWT"}[inbound]
    assert ("authorizerConfiguration" in gateway) is (inbound == "custom-jwt")
    assert not any("none" in op.argv or "NONE" in op.argv for op in ops if "gateway-target" in op.argv)
    if inbound == "custom-jwt":
        run_again(project)


@part
@pytest.mark.parametrize("inbound", ["none", "aws-iam", "custom-jwt"])
def test_http_targets(project: Project, count: Count, inbound: str) -> None:
    carry_out(project, cases.context(cases.http_targets(), inbound, gateway={"protocol_type": "None"}), count)
    assert project.json["agentCoreGateways"][0]["protocolType"] == "None"


def test_cases_are_every_sign_in_that_the_cli_can_set() -> None:
    """Without this the space could shrink unnoticed."""
    can = load("auth-matrix")["cli"]["0.30"]["can"]
    word = {"oauth": "oauth-client-credentials"}
    covered = {
        (c["target_type"], word.get(c["outbound_auth"], c["outbound_auth"]))
        for c in cases.mcp_targets() + cases.http_targets()
    }
    assert covered == {(target, auth) for target, kinds in can.items() for auth in kinds}


@part
@pytest.mark.parametrize(
    "given",
    [
        {"allowed_audience": ["api"], "allowed_clients": [], "allowed_scopes": [], "token_provider": None},
        {"allowed_audience": [], "allowed_clients": ["a", "b"], "allowed_scopes": []},
        {"allowed_audience": [], "allowed_clients": [], "allowed_scopes": ["one"], "token_provider": None},
    ],
    ids=["audience", "clients", "scopes"],
)
def test_ways_to_restrict_a_jwt_gateway(project: Project, count: Count, given: dict[str, Any]) -> None:
    open_target = cases.mcp_targets()[:1]
    carry_out(project, cases.context(open_target, "custom-jwt", gateway=given), count)


def test_things_the_project_has_are_not_added_again(project: Project, count: Count) -> None:
    first = cases.mcp_targets()[:2]
    carry_out(project, cases.context(first), count)
    reused = [
        {**c, "in_project": True, "credential": {**c["credential"], "in_project": c["credential"]["name"] is not None}}
        for c in first
    ]
    more = cases.connection(
        "second", "mcp-server", endpoint="https://b.example.com/mcp", **cases.client(in_project=True)
    )
    ctx = cases.context([*reused, more], gateway={"in_project": True})
    ops, _ = carry_out(project, ctx, count)
    assert [op.id for op in ops if not op.needs_aws] == ["add-target-second", "scopes-second", "validate"]


@part
@pytest.mark.parametrize("mode", ["log-only", "enforce"])
@pytest.mark.parametrize("engine_in_project", [False, True])
def test_policies(project: Project, count: Count, mode: str, engine_in_project: bool) -> None:
    if engine_in_project:
        done = project.run("agentcore", "add", "policy-engine", "--name", "Guard", cwd=project.root)
        assert done.returncode == 0, done.said
    policy = {"mode": mode, "engine": "Guard", "engine_in_project": engine_in_project, "attached": False}
    ctx = cases.context(
        cases.mcp_targets()[:1],
        policy=policy,
        policies=[
            {"name": "allow_a", "file": "allow_a.cedar", "validation_mode": "FAIL_ON_ANY_FINDINGS"},
            {"name": "deny_b", "file": "deny_b.cedar", "validation_mode": "IGNORE_ALL_FINDINGS"},
        ],
    )
    carry_out(project, ctx, count, GATEWAY_ARN=cases.ARN)
    assert project.json["agentCoreGateways"][0]["policyEngineConfiguration"] == {
        "policyEngineName": "Guard",
        "mode": {"log-only": "LOG_ONLY", "enforce": "ENFORCE"}[mode],
    }
    statement = project.json["policyEngines"][0]["policies"][0]["statement"]
    assert cases.ARN in statement
    assert "${" not in statement
    if mode == "enforce":
        run_again(project, GATEWAY_ARN=cases.ARN)


def test_policies_wait_for_the_gateway(project: Project, count: Count) -> None:
    """Without the ARN nothing is added, and above all nothing is enforced."""
    ctx = cases.context(
        cases.mcp_targets()[:1],
        policy={"mode": "enforce", "engine": "ToolPolicies"},
        policies=[{"name": "allow_a", "file": "allow_a.cedar"}],
    )
    script = cases.write(project.root / "connect", ctx)
    ran = project.run("bash", script, "--local")
    assert ran.returncode == 0, ran.said
    assert "policy-allow_a" in ran.stderr.splitlines()[-1]
    assert project.json["agentCoreGateways"][0]["policyEngineConfiguration"]["mode"] == "LOG_ONLY"
    assert project.json["policyEngines"][0]["policies"] == []


@part
@pytest.mark.parametrize("inbound", ["none", "aws-iam", "custom-jwt"])
def test_harness(project: Project, count: Count, inbound: str) -> None:
    added = project.run("agentcore", "add", "harness", "--name", "Helper", cwd=project.root)
    assert added.returncode == 0, added.said
    agent = {"framework": None, "state": "existing", "kind": "harness", "name": "Helper"}
    provider = "arn:aws:bedrock-agentcore:us-east-1:123456789012:token-vault/default/oauth2credentialprovider/p"
    env = {"GATEWAY_ARN": cases.ARN} | ({"TOKEN_PROVIDER_ARN": provider} if inbound == "custom-jwt" else {})
    carry_out(project, cases.context(cases.mcp_targets()[:1], inbound, agent=agent), count, **env)
    tool = project.other("app/Helper/harness.json")["tools"][0]["config"]["agentCoreGateway"]
    assert tool["gatewayArn"] == cases.ARN
    if inbound == "custom-jwt":
        run_again(project, **env)
    assert list(tool["outboundAuth"]) == [{"none": "none", "aws-iam": "awsIam", "custom-jwt": "oauth"}[inbound]]


@part
@pytest.mark.parametrize(
    ("framework", "language", "state", "made"),
    [
        ("strands", "python", "new", 1),
        ("langgraph", "python", "new", 1),
        ("openai-agents", "python", "new", 1),
        ("google-adk", "python", "new", 1),
        ("strands", "typescript", "new", 1),
        ("vercel-ai", "typescript", "new", 1),
        ("crewai", "python", "new", 0),
        ("strands", "python", "existing", 0),
    ],
)
def test_a_project_is_made_where_there_is_none(
    make_project: Callable[[str], Project], count: Count, framework: str, language: str, state: str, made: int
) -> None:
    beside = make_project("Beside")
    place = beside.root.parent / "work"
    agent = {
        "framework": framework,
        "language": language,
        "state": state,
        "kind": "unknown",
        "name": None,
        "new_name": "MyAgent",
        "entrypoint": load("project-format")["languages"][language]["entrypoint"],
    }
    ctx = cases.context(cases.mcp_targets()[:1], known=False, agent=agent)
    script = cases.write(place / "connect", ctx)
    ran = beside.run("bash", script, "--local", cwd=beside.root)
    assert ran.returncode == 0, ran.said
    count("run", len(ran.commands) - 1)
    count("accepted", sum(status == 0 for _, status in ran.commands) - 1)
    project = Project(place / "AgentProject", beside.env)
    assert compare(promises(cases.plan(ctx)), project.json) == []
    assert len(project.json["runtimes"]) == made
    assert project.json["harnesses"] == []
    wired = project.root / "app" / "MyAgent" / "mcp_client" / "client.py"
    # the gateway was there before the agent, so the template reaches it; those for TypeScript know no gateway
    assert wired.is_file() == bool(made and language == "python")
    if framework == "crewai":
        again = beside.run("bash", script, "--local", cwd=beside.root)
        assert again.returncode == 0, again.said
        assert [found for found, _ in again.commands] == [["--version"], ["validate"]]
    count("plans", 1)
