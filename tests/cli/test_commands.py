"""The commands as scripts and assistants use them: what they print, where, and what they leave with."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agentcore_connect.__main__ import COMMANDS, main
from agentcore_connect.text.document import read

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "support-desk" / "answers.yaml"
PUBLIC = """\
version: 1
connections:
  - {name: Weather, service: mcp-server, endpoint: 'https://mcp.example.com/mcp', service_auth: none}
"""


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    def call(*words: str) -> tuple[int, str, str]:
        try:
            status = main(list(words))
        except SystemExit as left:
            status = int(left.code or 0)
        out, err = capsys.readouterr()
        return status, out, err

    return call


Run = Callable[..., tuple[int, str, str]]


def test_plan_prints_data_on_standard_output_and_nothing_else(run: Run) -> None:
    status, out, err = run("plan", str(EXAMPLE), "--format", "json")
    assert (status, err) == (0, "")
    plan = json.loads(out)
    assert [c["path"] for c in plan["connections"]] == ["A", "B", "C"]
    assert all(a["checks"] is not None for a in plan["artifacts"])
    assert {c["status"] for a in plan["artifacts"] for c in a["checks"]} == {"not-run"}


@pytest.mark.parametrize("shape", ["text", "markdown"])
def test_plan_reads_well(run: Run, shape: str) -> None:
    status, out, _ = run("plan", str(EXAMPLE), "--format", shape)
    assert status == 0
    assert "agentcore add gateway --name SupportGateway --protocol-type MCP --authorizer-type AWS_IAM" in out


def test_plan_writes_files_and_says_what_was_checked(run: Run, tmp_path: Path) -> None:
    status, out, err = run("plan", str(EXAMPLE), "--out", str(tmp_path / "connect"), "--format", "json")
    assert status == 0
    assert "files written" in err
    plan = json.loads(out)
    on_disk = json.loads((tmp_path / "connect" / "plan.json").read_text())
    assert plan == on_disk
    written = {p.name for p in (tmp_path / "connect").iterdir()}
    assert written == {a["path"] for a in plan["artifacts"]}
    states = {(c["check"], c["status"]) for a in plan["artifacts"] for c in a["checks"]}
    assert ("python-compile", "passed") in states
    assert ("cli-run", "not-run") in states
    assert (tmp_path / "connect" / "commands.sh").stat().st_mode & 0o111


def test_running_the_normalised_answers_again_gives_the_same_bytes(run: Run, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    assert run("plan", str(EXAMPLE), "--out", str(first))[0] == 0
    assert run("plan", str(first / "answers.yaml"), "--out", str(second))[0] == 0
    before = {p.name: p.read_bytes() for p in first.iterdir()}
    assert {p.name: p.read_bytes() for p in second.iterdir()} == before
    assert run("plan", str(first / "answers.yaml"), "--out", str(first))[0] == 0
    assert {p.name: p.read_bytes() for p in first.iterdir()} == before


def test_existing_files_are_kept_unless_forced(run: Run, tmp_path: Path) -> None:
    (tmp_path / "commands.sh").write_text("mine")
    status, _, err = run("plan", str(EXAMPLE), "--out", str(tmp_path))
    assert status == 2
    assert "commands.sh" in err
    assert [p.name for p in tmp_path.iterdir()] == ["commands.sh"]
    assert (tmp_path / "commands.sh").read_text() == "mine"
    assert run("plan", str(EXAMPLE), "--out", str(tmp_path), "--force")[0] == 0
    assert (tmp_path / "commands.sh").read_text() != "mine"


def test_plan_reads_standard_input(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(PUBLIC.encode())))
    status, out, _ = run("plan", "-", "--format", "json")
    assert status == 0
    assert json.loads(out)["connections"][0]["name"] == "Weather"


def test_set_comes_before_the_file(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(PUBLIC)
    words = ("--set", "connections.0.name=Rain", "--set", "gateway.name=Sky", "--set", "tool_count=30")
    status, out, _ = run("plan", str(path), "--format", "json", *words)
    plan = json.loads(out)
    assert status == 0
    assert plan["connections"][0]["name"] == "Rain"
    assert plan["gateway"]["name"] == "Sky"
    assert plan["semantic_search"] == {"total_tools": 30, "recommended": True}


def test_missing_answers_are_each_named(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("connections:\n  - service: mcp-server\n  - service: lambda\n")
    status, out, err = run("plan", str(path))
    assert (status, out) == (3, "")
    for key in ("connections.0.endpoint", "connections.0.service_auth"):
        assert key in err
    assert "oauth-client-credentials" in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("answers", "words", "said"),
    [
        ("connections: [", (), "not valid YAML"),
        ("a: 1\na: 2", (), "twice"),
        ("- 1", (), "mapping"),
        ("conections: []", (), "connections"),
        (PUBLIC.replace("https:", "http:"), (), "https"),
        (PUBLIC, ("--set", "gateway.inbound_auth=none"), "production"),
        (PUBLIC, ("--set", "nonsense"), "KEY=VALUE"),
        (PUBLIC, ("--cli-version", "0.9.0"), "npm install"),
        (PUBLIC, ("--cli-version", "banana"), "banana"),
        (PUBLIC, ("--project", "nowhere"), "agentcore/agentcore.json"),
    ],
)
def test_bad_input_leaves_with_2_and_a_clear_message(
    run: Run, tmp_path: Path, answers: str, words: tuple[str, ...], said: str
) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(answers)
    status, out, err = run("plan", str(path), *words)
    assert (status, out) == (2, "")
    assert said in err
    assert "Traceback" not in err


def test_a_development_gateway_may_be_open_and_is_warned_of(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(PUBLIC)
    words = ("--set", "gateway.inbound_auth=none", "--set", "gateway.environment=development")
    status, out, _ = run("plan", str(path), "--format", "json", *words)
    assert status == 0
    assert any("anyone" in w["text"] for w in json.loads(out)["warnings"])


@pytest.mark.parametrize("version", ["0.30.0", "1.0.1"])
def test_the_surface_is_said(run: Run, tmp_path: Path, version: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(PUBLIC)
    plan = json.loads(run("plan", str(path), "--format", "json", "--cli-version", version)[1])
    assert plan["surface"]["known_by"] == ("run" if version.startswith("0") else "reading")
    assert any(
        plan["surface"]["id"].rstrip("x") in note for note in plan["notes"] + [w["text"] for w in plan["warnings"]]
    )


# ---- next ----------------------------------------------------------------------------------------------------------


def _step(run: Run, path: Path, *words: str) -> tuple[int, dict[str, Any]]:
    status, out, _ = run("next", *words, "-a", str(path))
    return status, json.loads(out)


def test_next_asks_until_it_is_done(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    status, step = _step(run, path, "mcp")
    asked = []
    given = {
        "endpoint": "https://mcp.example.com/mcp",
        "service_auth": "none",
        "gateway.inbound_auth": "aws-iam",
        "agent.framework": "strands",
    }
    while step["status"] == "question":
        asked.append(step["id"])
        assert step["progress"]["remaining_at_most"] >= 1
        assert step["why"]
        assert not [key for key, value in step.items() if value in (None, "", [], {})], step
        assert "sources" not in step
        assert json.loads(run("next", "-a", str(path), "--sources")[1])["sources"]
        status, step = _step(run, path, "--answer", f"{step['id']}={given[step['id']]}")
        assert status == 0
    assert asked == list(given)
    assert step["status"] == "done"
    assert step["plan"] == f"agentcore-connect plan {path} --out connect"
    assert run("plan", str(path))[0] == 0


def test_the_order_of_answers_given_to_next_is_indifferent(run: Run, tmp_path: Path) -> None:
    words = (
        "gateway.inbound_auth=aws-iam",
        "agent.framework=strands",
        "service_auth=none",
        "endpoint=https://a.example/m",
    )
    one, other = tmp_path / "one.yaml", tmp_path / "other.yaml"
    for path, order in ((one, words), (other, words[::-1])):
        _step(run, path, "mcp")
        for word in order:
            _step(run, path, "--answer", word)
    assert one.read_bytes() == other.read_bytes()


def test_a_refused_answer_is_not_recorded(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    _step(run, path, "mcp")
    before = path.read_bytes()
    for word, said in (
        ("endpoint=http://a.example", "https"),
        ("service_auth=sometimes", "no such value"),
        ("nonsense=1", "nonsense"),
        ("endpoint=sk-" + "a1B2" * 8, "API key"),
    ):
        status, step = _step(run, path, "--answer", word)
        assert status == 2
        assert step["status"] == "invalid"
        assert said.lower() in step["message"].lower()
        assert "a1B2a1B2" not in step["message"]
        assert path.read_bytes() == before


def test_a_closed_choice_is_refused_with_its_reason(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    _step(run, path, "mcp")
    _, step = _step(run, path, "--answer", "endpoint=https://mcp.example.com/mcp")
    reasons = {c["value"]: c["unavailable"] for c in step["choices"] if "unavailable" in c}
    assert set(reasons) == {"caller-iam", "jwt-passthrough"}
    status, step = _step(run, path, "--answer", "service_auth=caller-iam")
    assert status == 2
    assert reasons["caller-iam"] in step["message"]


def test_an_answer_can_be_taken_back_and_given_again(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    _step(run, path, "mcp")
    _step(run, path, "--answer", "endpoint=https://mcp.example.com/mcp")
    _step(run, path, "--answer", "service_auth=api-key")
    _, step = _step(run, path, "--forget", "service_auth")
    assert step["id"] == "service_auth"
    _, step = _step(run, path, "--answer", "service_auth=none")
    assert step["id"] == "gateway.inbound_auth"


def test_answers_that_no_longer_apply_stay_and_count_for_nothing(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    _step(run, path, "mcp")
    for word in (
        "endpoint=https://mcp.example.com/mcp",
        "service_auth=none",
        "gateway.inbound_auth=aws-iam",
        "agent.framework=mcp",
    ):
        _step(run, path, "--answer", word)
    _, step = _step(run, path, "--answer", "lambda_arn=arn:aws:lambda:us-east-1:123456789012:function:f")
    assert step["status"] == "done"
    assert step["unused"] == ["connections.0.lambda_arn"]
    assert "lambda_arn" in read(path).data["connections"][0]


def test_what_the_project_tells_is_not_asked(run: Run, tmp_path: Path) -> None:
    project = tmp_path / "shop"
    (project / "agentcore").mkdir(parents=True)
    gateway = {"name": "shop-gw", "protocolType": "MCP", "targets": [], "authorizerType": "AWS_IAM"}
    config = {"name": "Shop", "version": 1, "runtimes": [], "credentials": [], "agentCoreGateways": [gateway]}
    (project / "agentcore" / "agentcore.json").write_text(json.dumps(config))
    path = tmp_path / "a.yaml"
    _, step = _step(run, path, "mcp", "--project", str(project))
    assert step["inferred"]["gateway.name"] == "shop-gw"
    _step(run, path, "--answer", "endpoint=https://mcp.example.com/mcp")
    _, step = _step(run, path, "--answer", "service_auth=none")
    assert step["id"] == "agent.framework"


# ---- everything ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", list(COMMANDS))
def test_every_command_has_help_with_its_exit_codes(run: Run, command: str) -> None:
    status, out, err = run(command, "--help")
    assert (status, err) == (0, "")
    assert "exit codes" in out.lower() or "exit status" in out.lower()
    assert len(out.splitlines()) <= 60


def test_the_overview_names_every_command(run: Run) -> None:
    status, out, _ = run("--help")
    assert status == 0
    for command in COMMANDS:
        assert f"\n    {command} " in out
    assert "exit codes" in out


def test_what_is_called_again_and_again_loads_only_what_it_needs(tmp_path: Path) -> None:
    """Each of these would be felt at every step of an interview, and none of them is needed for one."""
    heavy = ("dataclasses", "inspect", "difflib", "jsonschema", "jinja2", "rich", "questionary", "subprocess", "yaml")
    (tmp_path / "a.json").write_text('{"version": 1, "connections": [{"service": "mcp-server"}]}')
    code = (
        "import sys; from agentcore_connect.__main__ import main; status = main(['next', '-a', 'a.json']); "
        f"print([m for m in {heavy} if m in sys.modules], status, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path)
    assert json.loads(done.stdout)["status"] == "question"
    assert done.stderr == "[] 0\n"


def test_a_broken_fact_does_not_stop_help_and_version(tmp_path: Path) -> None:
    code = (
        "import agentcore_connect.knowledge.resources as r; r.load = None; "
        "from agentcore_connect.__main__ import main; import sys; sys.exit(main(sys.argv[1:]))"
    )
    for word in ("--help", "--version"):
        done = subprocess.run([sys.executable, "-c", code, word], capture_output=True, text=True, cwd=tmp_path)
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("words", [(), ("mcp",), ("lambda",)])
@pytest.mark.parametrize("stdin", ["null", "closed", "silent pipe"])
def test_without_a_terminal_the_other_doors_are_named_at_once(
    words: tuple[str, ...], stdin: str, tmp_path: Path
) -> None:
    reading, writing = os.pipe()
    try:
        shell = [sys.executable, "-m", "agentcore_connect", *words]
        if stdin == "closed":
            shell = ["sh", "-c", 'exec "$@" <&-', "sh", *shell]
        done = subprocess.run(
            shell,
            stdin=reading if stdin == "silent pipe" else subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            cwd=tmp_path,
        )
    finally:
        os.close(reading)
        os.close(writing)
    assert done.returncode == 2
    assert "agentcore-connect next" in done.stderr
    assert "agentcore-connect plan" in done.stderr
    assert done.stdout == ""


def test_an_interrupt_leaves_with_130(monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    def stop(*_args: Any, **_kwargs: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("agentcore_connect.answers.load.load", stop)
    assert run("plan", str(EXAMPLE))[0] == 130


def test_tree_is_a_picture(run: Run) -> None:
    assert "Who calls whom?" in run("tree")[1]
    assert run("tree", "--format", "mermaid")[1].startswith("flowchart TD")
    assert "route" in json.loads(run("tree", "--format", "json")[1])["trees"]
    assert run("tree", "nothing")[0] == 2
