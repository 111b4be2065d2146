"""Commands that cannot be run here: every word of them is in the CLI's own help."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from tests.commands import command_cases as cases
from tests.realcli.real_project import Project


def test_their_options_are_in_the_help(project: Project, count: Callable[[str, int], None]) -> None:
    agent = {"framework": None, "state": "existing", "kind": "harness", "name": "Helper"}
    ctx = cases.context(
        cases.mcp_targets()[:2],
        policies=[cases.policy("p")],
        policy={"mode": "enforce", "engine": "ToolPolicies"},
        agent=agent,
    )
    ops = [op for op in cases.plan(ctx) if op.argv]
    lines = {op.argv for op in ops if op.needs_aws} | {one.argv for op in ops for one in op.inputs if one.argv}
    commands = {tuple(w for w in words_before_options(line)) for line in lines if line[0] == "agentcore"}
    assert commands == {("deploy",), ("status",), ("fetch", "access")}
    helps = {command: project.run("agentcore", *command, "--help").stdout for command in commands}
    for line in lines:
        text = helps[words_before_options(line)]
        known = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", text))
        used = [word for word in line if word.startswith("--")]
        assert set(used) <= known, line
        count("options", len(used))
    kinds = re.sub(r"\s+", " ", helps[("status",)])
    assert "gateway" in kinds
    assert "credential" in kinds


def words_before_options(line: tuple[str, ...]) -> tuple[str, ...]:
    end = next((index for index, word in enumerate(line) if word.startswith("-")), len(line))
    return line[1:end]


def test_the_gateway_is_found_in_what_status_prints(project: Project, tmp_path: Path) -> None:
    """The places of the lookups are places of the CLI's own output, for a deployed state written by hand."""
    ctx = cases.context(
        cases.mcp_targets()[:1], policies=[cases.policy("p")], policy={"mode": "log-only", "engine": "ToolPolicies"}
    )
    cases.write(project.root / "connect", ctx)
    provider = "arn:aws:bedrock-agentcore:us-east-1:123456789012:token-vault/default/oauth2credentialprovider/x"
    (project.root / "agentcore" / "aws-targets.json").write_text(
        '[{"name": "default", "account": "123456789012", "region": "us-east-1"}]'
    )
    for kind in ("mcp", None):
        gateways = {"gateways": {"tool-gateway": {"gatewayId": "g-1", "gatewayArn": cases.ARN}}}
        resources = {"mcp": gateways} if kind else gateways
        state = {
            "targets": {
                "default": {"resources": resources | {"credentials": {"x": {"credentialProviderArn": provider}}}}
            }
        }
        (project.root / "agentcore" / ".cli" / "deployed-state.json").write_text(cases.json_text(state))
        (lookup,) = {one for op in cases.plan(ctx) for one in op.inputs if one.kind == "lookup"}
        found = project.run(*lookup.argv, cwd=project.root)
        assert cases.find_in(found.stdout, lookup.find, tmp_path) == cases.ARN, found.said
        credentials = project.run("agentcore", "status", "--type", "credential", "--json", cwd=project.root)
        assert provider in credentials.stdout
