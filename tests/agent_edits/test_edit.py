"""The edit of an agent's code: applied as it is meant, or refused with the reason; no other byte changes."""

from __future__ import annotations

import ast
import shutil
from pathlib import Path

import pytest

from agentcore_connect.knowledge.resources import load_manifest, manifests
from tests.agent_edits.code import FRAMEWORKS, SHAPES, agent_code, served_by_fastapi
from tests.agent_edits.patched import CODE, apply, planned, project
from tests.agent_edits.refused import REFUSED, STRANDS

PYPROJECT = '[project]\nname = "shop"\nversion = "1"\ndependencies = [\n    "bedrock-agentcore",  # the app\n]\n'
EDITED = [name for name in FRAMEWORKS if "agent" in load_manifest(f"client-{name}")]


def edit(
    root: Path, text: str | bytes, framework: str = "strands", auth: str = "aws-iam", **files: str
) -> dict[str, object]:
    """What the plan says of an agent with this entry file."""
    project(root, {"main.py": text, "pyproject.toml": PYPROJECT, **files})
    plan, _ = planned(root, framework, auth)
    return dict(plan.context["agent_edit"])


def test_every_framework_with_facts_is_tried() -> None:
    kinds = [one for one in manifests() if one.startswith("client-") and "agent" in load_manifest(one)]
    assert sorted(kinds) == sorted(f"client-{one}" for one in EDITED)
    assert len(EDITED) >= 7


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("framework", EDITED)
def test_the_patch_applies_and_leaves_every_other_byte_alone(framework: str, shape: str, tmp_path: Path) -> None:
    text = agent_code(framework, shape)
    root = project(tmp_path / "git", {"main.py": text, "pyproject.toml": PYPROJECT})
    plan, files = planned(root, framework)
    assert plan.context["agent_edit"]["state"] == "patch", plan.context["agent_edit"]["reason"]
    other = Path(shutil.copytree(root, tmp_path / "patch"))
    apply(files["agent.patch"], root, "git")
    apply(files["agent.patch"], other, "patch")
    code = root / CODE
    for name in ("main.py", "pyproject.toml", "gateway_client.py"):
        assert (code / name).read_bytes() == (other / CODE / name).read_bytes()
    assert (code / "gateway_client.py").read_text() == files["gateway_client.py"]
    after = (code / "main.py").read_text()
    ast.parse(after)
    known = load_manifest(f"client-{framework}")["agent"]
    assert f"*{known['gives']}" in after
    before = [
        line
        for line in text.splitlines()
        if line.strip() and line.strip() not in {one.strip() for one in after.splitlines()}
    ]
    assert len(before) <= 1, "more than the line that builds the agent has changed"
    assert '"bedrock-agentcore",  # the app' in (code / "pyproject.toml").read_text()
    again, _ = planned(root, framework)
    assert again.context["agent_edit"]["state"] == "connected"


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda text: text.replace("\n", "\r\n"), id="crlf"),
        pytest.param(lambda text: text.replace("    ", "\t"), id="tabs"),
        pytest.param(lambda text: "\ufeff" + text, id="bom"),
        pytest.param(lambda text: text.rstrip("\n"), id="no end of line"),
        pytest.param(lambda text: text.replace("'''Add two numbers.'''", "'''Zahlen, größer als Ω.'''"), id="letters"),
        pytest.param(lambda text: text.replace("(model=", "(\n        model=").replace("callback_handler=None)", "callback_handler=None,  # quiet\n    )"), id="lines"),
        pytest.param(lambda text: text.replace("tools=[add_numbers]", "tools=[\n            # own\n            add_numbers,  # adds\n        ]"), id="list of lines"),
        pytest.param(lambda text: text.replace("import Agent, tool", "import Agent as A, tool").replace("Agent(model", "A(model"), id="alias"),
        pytest.param(lambda text: text.replace("from strands import Agent, tool", "import strands\nfrom strands import tool").replace("Agent(model", "strands.Agent(model"), id="module"),
        pytest.param(lambda text: text.replace("tools=[add_numbers]", "tools=[*[add_numbers]]"), id="spread"),
        pytest.param(lambda text: text.replace("tools=[add_numbers]", "tools=(add_numbers,)"), id="tuple"),
        pytest.param(lambda text: text.replace("tools=[add_numbers]", "tools=[add_numbers] if payload else []"), id="condition"),
        pytest.param(lambda text: text.replace("Agent(model=load_model(), tools=[add_numbers],", "Agent(load_model(), [], [add_numbers],"), id="positional"),
        pytest.param(lambda text: text.replace("Agent(model=load_model(), tools=[add_numbers], callback_handler=None)", "Agent(load_model())"), id="positional, without"),
        pytest.param(lambda text: text.replace("Agent(model=load_model(), tools=[add_numbers], callback_handler=None)", "Agent()"), id="bare"),
        pytest.param(lambda text: text.replace("tools=[add_numbers]", "tools=None"), id="None"),
        pytest.param(lambda text: '"""Says what it is."""\n' + text, id="docstring"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("shape", ["entry-point", "module"])
def test_however_it_is_written(change: object, shape: str, tmp_path: Path) -> None:
    assert callable(change)
    before = agent_code("strands", shape).replace("payload else", "True else")
    text = change(before)
    assert text != before or "True else" in text
    if shape == "module":
        text = text.replace("if payload", "if True")
    raw = text.encode()
    found = edit(tmp_path, raw)
    assert found["state"] == "patch", found["reason"]
    both = {}
    plan, files = planned(tmp_path, "strands")
    for by in ("git", "patch"):
        root = Path(shutil.copytree(tmp_path / "app", tmp_path / by / "app")).parent
        apply(files["agent.patch"], root, by)
        both[by] = (root / CODE / "main.py").read_bytes()
    assert both["git"] == both["patch"]
    after = both["git"]
    ast.parse(after.decode("utf-8-sig"))
    assert after.startswith(b"\xef\xbb\xbf") == raw.startswith(b"\xef\xbb\xbf")
    assert (b"\r\n" in after) == (b"\r\n" in raw)
    assert after.replace(b"\r\n", b"").count(b"\n") == (0 if b"\r\n" in raw else after.count(b"\n"))
    assert b"*gateway_tools()" in after
    assert plan.agent is not None


@pytest.mark.parametrize(("text", "framework", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_certain_is_refused_with_its_reason(
    text: str | bytes, framework: str, reason: str, tmp_path: Path
) -> None:
    found = edit(tmp_path, text, framework)
    assert found["state"] == "lines"
    assert reason in str(found["reason"])
    plan, files = planned(tmp_path, framework)
    assert "agent.patch" not in files
    step = next(one for one in plan.steps if one["id"] == "connect-agent")
    assert step["kind"] == "manual"
    assert reason in step["text"]
    assert reason in files["plan.md"].replace("\\", "")
    assert "AKIA" + "ABCD" not in "".join(files.values())


@pytest.mark.parametrize(("auth", "state"), [("aws-iam", "patch"), ("custom-jwt", "lines")])
def test_a_program_that_serves_the_agent_has_no_request_for_a_token(auth: str, state: str, tmp_path: Path) -> None:
    text = agent_code("strands", "module") + "\n\nif __name__ == '__main__':\n    serve(agent)\n"
    found = edit(tmp_path, text, auth=auth)
    assert found["state"] == state
    assert state == "patch" or "its token comes from a request only" in str(found["reason"])
    if state == "patch":
        _, files = planned(tmp_path, "strands", auth)
        apply(files["agent.patch"], tmp_path)
        assert "    agent = get_agent()\n    serve(agent)" in (tmp_path / CODE / "main.py").read_text()


@pytest.mark.parametrize("shape", ["entry-point", "factory", "module", "method"])
@pytest.mark.parametrize("framework", EDITED)
def test_a_route_of_fastapi_is_an_entry_point(framework: str, shape: str, tmp_path: Path) -> None:
    found = edit(tmp_path, served_by_fastapi(agent_code(framework, shape)), framework)
    assert found["state"] == "patch", found["reason"]
    _, files = planned(tmp_path, framework)
    apply(files["agent.patch"], tmp_path)
    after = (tmp_path / CODE / "main.py").read_text()
    ast.parse(after)
    opens = load_manifest(f"client-{framework}")["agent"].get("opens")
    assert after.count("@with_gateway") == (1 if opens else 0)
    assert not opens or '@app.post("/invocations")\n@with_gateway\nasync def invoke' in after


@pytest.mark.parametrize("framework", ["strands", "langgraph"])
def test_identity_gives_no_token_in_a_route_of_fastapi(framework: str, tmp_path: Path) -> None:
    found = edit(tmp_path, served_by_fastapi(agent_code(framework, "entry-point")), framework, "custom-jwt")
    assert found["state"] == "lines"
    assert "within a request to BedrockAgentCoreApp only" in str(found["reason"])


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    project(tmp_path, {"real.py": STRANDS})
    (tmp_path / CODE / "main.py").symlink_to("real.py")
    plan, _ = planned(tmp_path, "strands")
    assert "is reached by a link" in plan.context["agent_edit"]["reason"]


def test_a_client_that_is_there_is_not_replaced(tmp_path: Path) -> None:
    assert "exists already" in str(edit(tmp_path, STRANDS, **{"gateway_client.py": "mine = 1\n"})["reason"])


def test_a_tool_that_the_connection_replaces_is_pointed_out(tmp_path: Path) -> None:
    own = STRANDS.replace("return a + b", "return get('https://mcp.example.com/mcp', a, b)")
    project(tmp_path, {"main.py": own})
    plan, files = planned(tmp_path, "strands")
    assert plan.context["agent_edit"]["replaces"] == ["add_numbers (app/Shop/main.py:10)"]
    assert [one["rule"] for one in plan.warnings if "add_numbers" in one["text"]] == ["advice.tool-replaced"]
    assert "-    return get" not in files["agent.patch"]


@pytest.mark.parametrize(
    ("name", "text", "has", "warns"),
    [
        ("pyproject.toml", '[project]\nname = "x"\nversion = "1"\ndependencies = []\n', ['dependencies = ["strands-agents>=1.15", "mcp>=1.24", "botocore>=1.35"]'], ""),
        ("pyproject.toml", '[project]\nname = "x"\nversion = "1"\ndependencies = ["mcp~=1.24.0"]\n', ['["strands-agents>=1.15", "botocore>=1.35", "mcp~=1.24.0"]'], ""),
        ("pyproject.toml", '[project]\nname = "x"\nversion = "1"\ndependencies = [\n  "mcp==1.20.0",\n]\n', ['\n  "botocore>=1.35",\n  "mcp==1.20.0",\n]'], "mcp==1.20.0 lies outside mcp>=1.24"),
        ("pyproject.toml", '[tool.poetry]\nname = "x"\n', [], "Add the client's packages"),
        ("requirements.txt", "bedrock-agentcore\nMCP>=1.24", ["bedrock-agentcore\nMCP>=1.24\nstrands-agents>=1.15\nbotocore>=1.35\n"], ""),
        ("requirements.txt", "mcp==1.30.0 --hash=sha256:aa\n", [], "Add the client's packages"),
        ("README.md", "none", [], "Add the client's packages"),
    ],
)  # fmt: skip
def test_the_packages_are_added_where_the_build_reads_them(
    name: str, text: str, has: list[str], warns: str, tmp_path: Path
) -> None:
    project(tmp_path, {"main.py": STRANDS, name: text})
    plan, files = planned(tmp_path, "strands")
    apply(files["agent.patch"], tmp_path)
    after = (tmp_path / CODE / name).read_text()
    for one in has:
        assert one in after
    assert has or after == text
    said = " ".join(one["text"] for one in plan.warnings if one["rule"].startswith("advice.package"))
    assert (warns in said) if warns else not said
