"""The script itself, with a stand-in for the CLI: sound shell, the plan's own command lines, and how it behaves."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from agentcore_connect.plan.argv import parse_line
from agentcore_connect.plan.script import command_lines
from tests.commands import command_cases as cases

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="the script needs Node.js, as the CLI does")

# Notes what it is given, and writes into the project file what a plan's command would.
STAND_IN = """#!/bin/sh
if [ "$1" = --version ]; then echo "${FAKE_VERSION-0.30.0}"; exit "${FAKE_VERSION_STATUS-0}"; fi
printf '%s\\n' "$*" >>"$FAKE_LOG"
if [ "$2" = credentials ]; then cat >>"$FAKE_LOG.stdin"; fi
if [ "$1" = status ]; then printf '%s' "${FAKE_STATUS-}"; fi
if [ "$1 $2" = "${FAKE_FAIL-none}" ]; then echo 'it failed' >&2; exit 7; fi
exit 0
"""


class Bench:
    """A project folder, a stand-in for the CLI, and a written plan."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "Demo"
        self.log = folder / "log"
        (self.root / "agentcore").mkdir(parents=True)
        self.file = self.root / "agentcore" / "agentcore.json"
        self.file.write_text(json.dumps({"name": "Demo", "version": 1, "credentials": [], "agentCoreGateways": []}))
        self.bin = folder / "bin"
        self.bin.mkdir()
        (self.bin / "agentcore").write_text(STAND_IN)
        (self.bin / "agentcore").chmod(0o755)

    def of_version(self, version: int) -> None:
        """Make the project's file one of another version."""
        self.file.write_text(json.dumps({**json.loads(self.file.read_text()), "version": version}))

    def run(self, script: Path, *options: str, cwd: Path | None = None, stdin: str = "", **env: str) -> Any:
        self.log.unlink(missing_ok=True)
        return subprocess.run(
            [os.environ.get("CONNECT_BASH", "bash"), str(script), *options],
            cwd=cwd or self.root.parent,
            env={"PATH": f"{self.bin}:{os.environ['PATH']}", "HOME": str(self.root), "FAKE_LOG": str(self.log), **env},
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def commands(self) -> list[str]:
        return self.log.read_text().splitlines() if self.log.exists() else []


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def every_plan() -> dict[str, tuple[str, Mapping[str, Any]]]:
    policies = [cases.policy("p")]
    harness = {"framework": None, "state": "existing", "kind": "harness", "name": "Helper"}
    boto = cases.connection(
        "rt", "mcp-server", mechanism="cli+sdk", outbound_auth="iam", endpoint="https://x.example.com"
    )
    nasty = cases.connection(
        "n", "mcp-server", outbound_auth="none", endpoint="https://x.example.com/?a=$(id)&b='`\"\\"
    )
    plans = {
        "mcp-jwt": cases.context(cases.mcp_targets(), "custom-jwt"),
        "mcp-iam-new": cases.context(cases.mcp_targets(), known=False),
        "http": cases.context(cases.http_targets(), "none", gateway={"protocol_type": "None", "region": "eu-west-1"}),
        "policies": cases.context(
            [*cases.mcp_targets()[:1], boto], policies=policies, policy={"mode": "enforce", "engine": "ToolPolicies"}
        ),
        "harness": cases.context(cases.mcp_targets()[:1], "custom-jwt", agent=harness, gateway={"allowed_scopes": []}),
        "elsewhere": cases.context([boto], known=False, gateway={"exists": True}),
        "nasty": cases.context([nasty]),
    }
    return {f"{surface}-{name}": (surface, ctx) for surface in ("0.30", "1.x") for name, ctx in plans.items()}


PLANS = every_plan()


@pytest.mark.parametrize("name", PLANS)
def test_it_is_sound_shell_and_holds_the_plans_command_lines(name: str, tmp_path: Path) -> None:
    surface, ctx = PLANS[name]
    script = cases.write(tmp_path, ctx, surface=surface)
    assert subprocess.run(["bash", "-n", script], check=False).returncode == 0
    checker = Path(sys.executable).parent / "shellcheck"
    if checker.exists():
        done = subprocess.run([checker, script], capture_output=True, text=True, check=False)
        assert done.stdout == ""
    text = script.read_text()
    assert command_lines(text) == {op.id: list(op.argv) for op in cases.plan(ctx, surface) if op.argv}
    assert "None" not in text.replace("'None'", "").replace('"None"', "")
    assert max(len(line) for line in text.splitlines() if line.startswith("#")) < 260


@pytest.mark.parametrize("name", PLANS)
def test_a_dry_run_runs_nothing_and_shows_every_command(name: str, bench: Bench) -> None:
    surface, ctx = PLANS[name]
    script = cases.write(bench.root / "connect", ctx, surface=surface)
    before = bench.file.read_bytes()
    done = bench.run(script, "--dry-run", FAKE_VERSION="nothing")
    assert done.returncode == 0, done.stderr
    assert bench.commands == []
    assert bench.file.read_bytes() == before
    shown = [line.strip() for line in done.stdout.splitlines() if line.startswith(("  agentcore ", "  python3 "))]
    assert [parse_line(line) for line in shown] == [list(op.argv) for op in cases.plan(ctx, surface) if op.argv]


def test_it_runs_from_anywhere(bench: Bench, tmp_path: Path) -> None:
    ctx = cases.context(cases.mcp_targets()[:1])
    for number, (folder, cwd, env) in enumerate(
        [
            (bench.root / "connect", tmp_path, {}),
            (bench.root / "docs" / "deep" / "connect", tmp_path, {}),
            (tmp_path / "outside", bench.root / "agentcore", {}),
            (tmp_path / "away", tmp_path, {"CONNECT_PROJECT": str(bench.root)}),
        ]
    ):
        done = bench.run(cases.write(folder, ctx), "--local", cwd=cwd, **env)
        assert done.returncode == 0, (number, done.stderr)
        assert bench.commands[-1] == "validate"
    lost = bench.run(cases.write(tmp_path / "lost", ctx), "--local", cwd=tmp_path)
    assert lost.returncode == 1
    assert "set CONNECT_PROJECT" in lost.stderr
    wrong = bench.run(cases.write(tmp_path / "lost", ctx), "--local", CONNECT_PROJECT=str(tmp_path))
    assert wrong.returncode == 1
    assert "agentcore/agentcore.json" in wrong.stderr


@pytest.mark.parametrize(
    ("version", "status", "said"),
    [
        ("0.29.9", "0", "the installed one is 0.29.9"),
        ("1.0.0", "0", "the installed one is 1.0.0"),
        ("1.0.0-preview.21", "0", "1.0.0-preview.21"),
        ("No such option: --version", "2", "Python toolkit"),
        ("", "1", "Python toolkit"),
    ],
)
def test_another_cli_is_refused(bench: Bench, version: str, status: str, said: str) -> None:
    script = cases.write(bench.root / "connect", cases.context(cases.mcp_targets()[:1]))
    done = bench.run(script, FAKE_VERSION=version, FAKE_VERSION_STATUS=status)
    assert done.returncode == 1
    assert said in done.stderr
    assert bench.commands == []


@pytest.mark.parametrize("version", ["0.30.0", "0.30.7", "0.31.1", "1.0.0-preview.31"])
def test_the_same_surface_is_taken(bench: Bench, version: str) -> None:
    script = cases.write(bench.root / "connect", cases.context(cases.mcp_targets()[:1]))
    assert bench.run(script, "--local", FAKE_VERSION=version).returncode == 0


def test_surface_1x_takes_1x_only(bench: Bench) -> None:
    bench.of_version(2)
    script = cases.write(bench.root / "connect", cases.context(cases.mcp_targets()[:1]), surface="1.x")
    assert bench.run(script, "--local", FAKE_VERSION="1.0.1").returncode == 0
    assert bench.run(script, "--local", FAKE_VERSION="1.0.0-preview.31").returncode == 1
    assert bench.run(script, "--local", FAKE_VERSION="0.30.0").returncode == 1


def test_what_is_there_is_left_alone_and_what_differs_stops_it(bench: Bench) -> None:
    script = cases.write(bench.root / "connect", cases.context(cases.mcp_targets()[:1]))
    right = {"name": "tool-gateway", "protocolType": "MCP", "authorizerType": "AWS_IAM", "enableSemanticSearch": True}
    state = {"name": "Demo", "agentCoreGateways": [right | {"exceptionLevel": "NONE", "targets": []}]}
    bench.file.write_text(json.dumps(state))
    done = bench.run(script, "--local")
    assert done.returncode == 0, done.stderr
    assert not any(line.startswith("add gateway ") for line in bench.commands)
    state["agentCoreGateways"][0]["authorizerType"] = "NONE"
    bench.file.write_text(json.dumps(state))
    done = bench.run(script, "--local")
    assert done.returncode == 1
    assert 'agentCoreGateways[tool-gateway].authorizerType is "NONE", the plan says "AWS_IAM"' in done.stderr
    assert "Stopped at add-gateway" in done.stderr
    assert bench.commands == []


def test_edits_are_made_once_and_a_taken_name_stops_them(bench: Bench) -> None:
    targets = [c for c in cases.mcp_targets() if c["name"] == "api-key"]
    script = cases.write(bench.root / "connect", cases.context(targets))
    assert bench.run(script, "--local").returncode == 0
    made = json.loads(bench.file.read_text())
    assert made["credentials"] == [{"authorizerType": "ApiKeyCredentialProvider", "name": "Key"}]
    once = bench.file.read_bytes()
    assert bench.run(script, "--local").returncode == 0
    assert bench.file.read_bytes() == once
    assert [path.name for path in bench.file.parent.iterdir()] == ["agentcore.json"]
    made["credentials"][0]["authorizerType"] = "OAuthCredentialProvider"
    bench.file.write_text(json.dumps(made))
    done = bench.run(script, "--local")
    assert done.returncode != 0
    assert "this name is taken" in done.stderr


@pytest.mark.parametrize("content", ["", "{", "[]"])
def test_a_broken_project_file_is_told_and_kept(bench: Bench, content: str) -> None:
    targets = [c for c in cases.mcp_targets() if c["name"] == "api-key"]
    script = cases.write(bench.root / "connect", cases.context(targets))
    bench.file.write_text(content)
    done = bench.run(script, "--local")
    assert done.returncode != 0
    assert "agentcore/agentcore.json" in done.stderr
    assert "    at " not in done.stderr  # no stack trace
    assert bench.file.read_text() == content


def test_a_failing_command_stops_it_and_it_says_where(bench: Bench) -> None:
    script = cases.write(bench.root / "connect", cases.context(cases.mcp_targets()[:2]))
    done = bench.run(script, "--local", FAKE_FAIL="add gateway-target")
    assert done.returncode == 7
    assert "Stopped at add-target-mcp-open (exit 7)" in done.stderr
    assert bench.commands[-1].startswith("add gateway-target")
    done = bench.run(script, "--local", "--from", "validate")
    assert done.returncode == 0
    assert bench.commands == ["validate"]


def test_arguments(bench: Bench) -> None:
    script = cases.write(bench.root / "connect", cases.context(cases.mcp_targets()[:1]))
    shown = bench.run(script, "--help")
    assert shown.returncode == 0
    assert "add-target-mcp-open" in shown.stdout
    assert "deploy  (AWS)" in shown.stdout
    assert bench.run(script, "--nope").returncode == 2
    unknown = bench.run(script, "--from=nope")
    assert unknown.returncode == 1
    assert "no step called nope" in unknown.stderr
    assert bench.run(script, "--from").returncode == 1


def test_values_come_from_the_environment_or_standard_input(bench: Bench) -> None:
    """On 1.x the secret goes through a pipe; the command line holds a dash."""
    targets = [c for c in cases.mcp_targets() if c["name"] == "api-key"]
    script = cases.write(bench.root / "connect", cases.context(targets), surface="1.x")
    bench.of_version(2)
    for given in ({"AGENTCORE_CREDENTIAL_KEY": "planted-1f2e"}, {}):
        piped = Path(f"{bench.log}.stdin")
        piped.unlink(missing_ok=True)
        done = bench.run(script, "--local", stdin="planted-1f2e\n", FAKE_VERSION="1.0.0", **given)
        assert done.returncode == 0, done.stderr
        assert piped.read_text() == "planted-1f2e"
        assert "planted" not in bench.log.read_text() + done.stdout + done.stderr
    nothing = bench.run(script, "--local", FAKE_VERSION="1.0.0")
    assert nothing.returncode == 1
    assert "AGENTCORE_CREDENTIAL_KEY is missing" in nothing.stderr


def test_the_arn_is_looked_up_and_filled_in(bench: Bench) -> None:
    ctx = cases.context(
        cases.mcp_targets()[:1],
        policies=[cases.policy("p")],
        policy={"mode": "enforce", "engine": "ToolPolicies"},
    )
    script = cases.write(bench.root / "connect", ctx)
    gateway = {"tool-gateway": {"gatewayArn": cases.ARN}}
    status = {"deployedState": {"targets": {"default": {"resources": {"mcp": {"gateways": gateway}}}}}}
    # the stand-in's `add gateway` writes nothing, so the gateway is put there
    bench.file.write_text(json.dumps({"name": "Demo", "agentCoreGateways": [{"name": "tool-gateway", "targets": []}]}))
    done = bench.run(script, "--from", "fill-policies", FAKE_STATUS=json.dumps(status))
    assert done.returncode == 0, done.stderr
    assert cases.ARN in (bench.root / "connect" / "deployed-p.cedar").read_text()
    assert json.loads(bench.file.read_text())["agentCoreGateways"][0]["policyEngineConfiguration"]["mode"] == "ENFORCE"
    assert bench.commands[-4:] == [
        "validate",
        "deploy --yes",
        "status --type gateway",
        "fetch access --name tool-gateway --type gateway",
    ]
    missing = bench.run(script, "--from", "fill-policies", FAKE_STATUS="{}")
    assert missing.returncode == 1
    assert "Deploy first" in missing.stderr


def test_consent_that_is_still_to_be_given_is_no_failure(bench: Bench) -> None:
    boto = cases.connection(
        "rt", "mcp-server", mechanism="cli+sdk", outbound_auth="oauth", endpoint="https://x.example.com"
    )
    ctx = cases.context([boto])
    script = cases.write(bench.root / "connect", ctx)
    (bench.root / "connect" / "configure.py").write_text("import sys\nsys.exit(3)\n")
    done = bench.run(script)
    assert done.returncode == 0, done.stderr
    assert "has to consent first" in done.stderr
    (bench.root / "connect" / "configure.py").write_text("import sys\nsys.exit(1)\n")
    assert bench.run(script).returncode == 1


def test_values_known_at_run_time_reach_edits_and_command_lines(bench: Bench) -> None:
    asked = [
        {"name": "oauth.discovery_url", "env": "OAUTH_URL", "prompt": "Discovery URL"},
        {"name": "endpoint", "env": "MCP_URL", "prompt": "URL of the server"},
    ]
    oauth = cases.client()
    oauth["oauth"]["discovery_url"] = "${OAUTH_URL}"
    target = cases.connection("late", "mcp-server", endpoint="${MCP_URL}", run_time=asked, **oauth)
    script = cases.write(bench.root / "connect", cases.context([target]))
    missing = bench.run(script, "--local")
    assert missing.returncode == 1
    assert "OAUTH_URL is missing (Discovery URL)" in missing.stderr
    values = {"OAUTH_URL": "https://a.example.com/x", "MCP_URL": "https://b.example.com/$(id) y"}
    # the stand-in adds no target, so the gateway with it is put there for the edit of the scopes
    gateway = {"name": "tool-gateway", "protocolType": "MCP", "authorizerType": "AWS_IAM", "enableSemanticSearch": True}
    made = {"name": "late", "targetType": "mcpServer", "endpoint": values["MCP_URL"], "outboundAuth": {"type": "OAUTH"}}
    state = {
        "name": "Demo",
        "credentials": [],
        "agentCoreGateways": [gateway | {"exceptionLevel": "NONE", "targets": []}],
    }
    bench.file.write_text(json.dumps(state))
    failed = bench.run(script, "--local", **values)
    assert (
        "add gateway-target --gateway tool-gateway --name late --type mcp-server --endpoint https://b.example.com/$(id) y"
        in bench.commands[-1]
    )
    assert "Stopped at scopes-late" in failed.stderr
    state = json.loads(bench.file.read_text())
    assert state["credentials"][0]["discoveryUrl"] == values["OAUTH_URL"]
    made["outboundAuth"]["credentialName"] = "Client"
    state["agentCoreGateways"][0]["targets"] = [made]
    bench.file.write_text(json.dumps(state))
    assert bench.run(script, "--local", **values).returncode == 0
    again = bench.run(script, "--local", "--from", "add-gateway")
    assert again.returncode == 0, again.stderr
    assert bench.commands == ["validate"]


def test_region_and_connection_names_with_spaces_stay_words(bench: Bench) -> None:
    ctx = cases.context(cases.mcp_targets()[:1], gateway={"region": "eu-west-1"})
    text = cases.write(bench.root / "connect", ctx).read_text()
    assert "\nstep --aws deploy AWS_REGION=eu-west-1 with_credentials agentcore deploy --yes\n" in text
