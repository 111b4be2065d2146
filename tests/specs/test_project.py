"""Projects are found from anywhere inside them; older and broken files get a clear word with a place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.project.answers import answers_from_project, target_in_project
from agentcore_connect.project.reader import find_root, read_project, undeclared_project
from agentcore_connect.project.repository import read_repository
from agentcore_connect.project.source import lines_of

BASE: dict[str, Any] = {"name": "Demo", "version": 1, "runtimes": [], "agentCoreGateways": [], "credentials": []}


def write(root: Path, files: dict[str, Any]) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = content if isinstance(content, str) else json.dumps(content, indent=2)
        path.write_text(text, encoding="utf-8")
    return root


def project(root: Path, config: dict[str, Any] | None = None, **others: Any) -> Any:
    return read_project(write(root, {"agentcore/agentcore.json": {**BASE, **(config or {})}, **others}))


def test_found_from_any_folder_inside(tmp_path: Path) -> None:
    write(tmp_path, {"agentcore/agentcore.json": BASE, "app/Demo/deep/main.py": ""})
    for start in ("", "agentcore", "app/Demo/deep", "app/Demo/deep/main.py"):
        assert find_root(tmp_path / start) == tmp_path
    assert read_project(tmp_path.parent / "elsewhere") is None


def test_no_secret_is_kept(tmp_path: Path) -> None:
    env = "# comment\nAGENTCORE_CREDENTIAL_A=enc:v1:very-secret\nexport B = 'other-secret'\nnot a line\n"
    values = [{"name": "TOKEN", "value": "third-secret"}]
    found = project(
        tmp_path,
        {"runtimes": [{"name": "R", "entrypoint": "main.py", "codeLocation": "app/R", "envVars": values}]},
        **{"agentcore/.env.local": env},
    )
    assert found.env_names == ("AGENTCORE_CREDENTIAL_A", "B")
    assert found.runtimes[0].env_names == ("TOKEN",)
    assert not [value for value in ("very-", "other-", "third-") if value in repr(found)]


def test_deployed_state_of_both_kinds_of_gateway(tmp_path: Path) -> None:
    def entry(name: str) -> dict[str, str]:
        return {"gatewayId": f"{name}-id", "gatewayArn": f"arn:{name}", "gatewayUrl": f"https://{name}"}

    resources = {
        "gateways": {"a": entry("a")},
        "mcp": {"gateways": {"b": entry("b")}},
        "runtimes": {"R": {"runtimeId": "R-1", "runtimeArn": "arn:R"}},
    }
    found = project(
        tmp_path,
        {
            "agentCoreGateways": [{"name": "a"}, {"name": "b"}, {"name": "c"}],
            "runtimes": [{"name": "R", "entrypoint": "main.py", "codeLocation": "app/R"}],
        },
        **{
            "agentcore/.cli/deployed-state.json": {"targets": {"default": {"resources": resources}}},
            "agentcore/aws-targets.json": [{"name": "default", "account": "123456789012", "region": "eu-west-1"}],
        },
    )
    assert [gateway.deployed.arn if gateway.deployed else None for gateway in found.gateways] == [
        "arn:a",
        "arn:b",
        None,
    ]
    assert found.runtimes[0].deployed.id == "R-1"
    answers = answers_from_project(found, {"gateway": {"name": "b"}})
    assert answers["gateway.arn"] == "arn:b"
    assert answers["gateway.region"] == "eu-west-1"
    assert "gateway.name" not in answers


def test_answers_leave_out_what_was_answered(tmp_path: Path) -> None:
    target = {"name": "T", "targetType": "mcpServer", "endpoint": "https://x"}
    found = project(
        tmp_path,
        {
            "agentCoreGateways": [{"name": "g", "authorizerType": "NONE", "targets": [target]}],
            "credentials": [{"authorizerType": "ApiKeyCredentialProvider", "name": "K"}],
        },
    )
    connection = {"name": "T", "credential": {"name": "K"}}
    assert answers_from_project(found, {"connections": [connection]}) == {
        "gateway.name": "g",
        "gateway.inbound_auth": "none",
        "connections.0.credential.exists": True,
    }
    given = {"gateway": {"name": "other"}, "connections": [{"credential": {"name": "K", "exists": False}}]}
    assert answers_from_project(found, given) == {}
    assert target_in_project(found, "g", "T")
    assert not target_in_project(found, None, "U")


@pytest.mark.parametrize(
    ("code", "pyproject", "framework"),
    [
        ("from strands import Agent", [], "strands"),
        ("from langgraph.prebuilt import create_react_agent", [], "langgraph"),
        ("from agents import Agent", [], "openai-agents"),
        ("from google.adk.agents import LlmAgent", [], "google-adk"),
        ("import crewai", [], "crewai"),
        ("from autogen_agentchat.agents import AssistantAgent", [], "autogen"),
        ("from llama_index.core.agent import FunctionAgent", [], "llamaindex"),
        ("from pydantic_ai import Agent", [], "pydantic-ai"),
        ("from mcp import ClientSession\n", ["mcp"], "mcp"),
        ("from mcp import ClientSession\nfrom strands import Agent", ["mcp", "strands-agents"], "strands"),
        ("import os", ["pydantic-ai-slim[mcp] >= 1"], "pydantic-ai"),
        ("import os", ["LangGraph>=1", "mcp"], "langgraph"),
        ("from strands import Agent\nimport crewai", [], None),
        ("this is not python", ["strands-agents"], "strands"),
        ("from .agents import x", [], None),
        ("import os", [], None),
    ],
)
def test_framework(tmp_path: Path, code: str, pyproject: list[str], framework: str | None) -> None:
    runtime = {"name": "R", "entrypoint": "main.py", "codeLocation": "app/R/"}
    toml = f"[project]\nname = 'x'\ndependencies = {json.dumps(pyproject)}\n"
    found = project(tmp_path, {"runtimes": [runtime]}, **{"app/R/main.py": code, "app/R/pyproject.toml": toml})
    assert found.framework == framework
    assert found.language == "python"


@pytest.mark.parametrize(
    ("entrypoint", "files", "language", "framework"),
    [
        ("main.ts", {"package.json": {"dependencies": {"@strands-agents/sdk": "^1"}}}, "typescript", "strands"),
        ("dist/main.js", {"package.json": {"devDependencies": {"@modelcontextprotocol/sdk": "^1"}}}, "typescript", "mcp"),
        ("main.ts", {"package.json": {"dependencies": {"@modelcontextprotocol/sdk": "1", "@openai/agents": "1"}}}, "typescript", "openai-agents"),
        ("main.ts", {"package.json": {"dependencies": ["strands"]}}, "typescript", None),
        ("main.ts", {"package.json": "{"}, "typescript", None),
        ("main.ts", {"requirements.txt": "strands-agents"}, "typescript", None),
        ("start", {"package.json": {}}, "typescript", None),
        ("start", {"package.json": {}, "requirements.txt": "strands-agents"}, None, "strands"),
        ("start", {"requirements.txt": "strands-agents"}, "python", "strands"),
        ("main.py:app", {"package.json": {}}, "python", None),
        ("start", {"README.md": ""}, None, None),
    ],
)  # fmt: skip
def test_language(
    tmp_path: Path, entrypoint: str, files: dict[str, Any], language: str | None, framework: str | None
) -> None:
    runtime = {"name": "R", "entrypoint": entrypoint, "codeLocation": "app/R/"}
    found = project(tmp_path, {"runtimes": [runtime]}, **{f"app/R/{name}": text for name, text in files.items()})
    assert (found.language, found.framework) == (language, framework)
    inferred = answers_from_project(found, {})
    assert inferred.get("agent.language") == (language if language == "typescript" else None)
    assert "agent.language" not in answers_from_project(found, {"agent": {"language": "java"}})


def test_code_outside_the_project_is_not_read(tmp_path: Path) -> None:
    runtime = {"name": "R", "entrypoint": "main.py", "codeLocation": "../outside"}
    write(tmp_path / "outside", {"main.py": "from strands import Agent"})
    assert project(tmp_path / "in", {"runtimes": [runtime]}).framework is None


@pytest.mark.parametrize(
    ("text", "code", "where"),
    [
        ("{\n  'name': 1}", "malformed-json", "agentcore/agentcore.json:2"),
        ("[]", "malformed-json", "agentcore/agentcore.json:1"),
        ("", "malformed-json", "agentcore/agentcore.json:1"),
        ('{"runtimes": \n {}}', "malformed-project", "agentcore/agentcore.json:1:runtimes"),
        (
            '{"agentCoreGateways":\n [{"targets":\n [\n7]}]}',
            "malformed-project",
            "agentcore/agentcore.json:4:agentCoreGateways.0.targets.0",
        ),
        ("[" * 100_000, "malformed-json", "agentcore/agentcore.json"),
        ('{"a": "\\ud800"}', "malformed-json", "agentcore/agentcore.json"),
        ('{"a": ' + "9" * 5000 + "}", "malformed-json", "agentcore/agentcore.json"),
    ],
)
def test_broken_files(tmp_path: Path, text: str, code: str, where: str) -> None:
    write(tmp_path, {"agentcore/agentcore.json": text})
    with pytest.raises(ConnectError) as caught:
        read_project(tmp_path)
    assert (caught.value.code, caught.value.where, caught.value.exit_code) == (code, where, 2)


def test_a_file_that_is_not_text(tmp_path: Path) -> None:
    write(tmp_path, {"agentcore/agentcore.json": ""})
    (tmp_path / "agentcore/agentcore.json").write_bytes(b"{\n\xff}")
    with pytest.raises(ConnectError, match=r"agentcore.json:2: is not UTF-8 text"):
        read_project(tmp_path)


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    write(tmp_path, {"agentcore/agentcore.json": "\ufeff" + json.dumps(BASE)})
    found = read_project(tmp_path)
    assert found is not None
    assert found.name == "Demo"


def test_older_shapes(tmp_path: Path) -> None:
    old = project(tmp_path / "a", {"agents": [{"name": "Old", "entrypoint": "main.py", "codeLocation": "app"}]})
    assert [(one.code, one.where) for one in old.notices] == [("project-older-shape", "agentcore/agentcore.json:7")]
    assert [one.name for one in old.runtimes] == ["Old"]
    only_mcp = read_project(write(tmp_path / "b", {"agentcore/mcp.json": {"agentCoreGateways": [{"name": "g"}]}}))
    assert only_mcp is not None
    assert [one.code for one in only_mcp.notices] == ["project-older-shape"]
    assert [one.name for one in only_mcp.gateways] == ["g"]
    new = project(tmp_path / "c", {"version": 2})
    assert (new.version, [one.code for one in new.notices]) == (2, ["project-version-2"])
    toolkit = write(tmp_path / "d", {".bedrock_agentcore.yaml": "default_agent: x\n"})
    assert read_project(toolkit) is None
    (toolkit / "src").mkdir()
    for start in (toolkit, toolkit / "src"):
        found = undeclared_project(start)
        assert (found.declared, found.root) == (False, start)
        assert read_repository(start, declared=False).toolkit is not None


def test_side_files_that_cannot_be_read_are_noticed(tmp_path: Path) -> None:
    found = project(
        tmp_path,
        **{"agentcore/aws-targets.json": "[\n oops]", "agentcore/.cli/deployed-state.json": "{"},
    )
    assert sorted((one.code, one.where) for one in found.notices) == [
        ("unreadable-file", "agentcore/.cli/deployed-state.json:1"),
        ("unreadable-file", "agentcore/aws-targets.json:2"),
    ]


def test_lines_of() -> None:
    text = '{\n "a": {\n  "b": [1,\n   {"c\\u0041": 2}\n  ]\n },\n "a b": "x\\"y"\n}'
    lines = lines_of(text, [("a",), ("a", "b", 1), ("a", "b", 1, "cA"), ("a b",), ("a", "gone"), ()])
    assert lines[("a",)] == 2
    assert lines[("a", "b", 1)] == 4
    assert lines[("a", "b", 1, "cA")] == 4
    assert lines[("a b",)] == 7
    assert lines[("a", "gone")] == 2
    assert lines[()] == 1
