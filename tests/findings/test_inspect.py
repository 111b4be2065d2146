"""The `inspect` command: text for people, JSON for programs, exit codes; and the `tools` command beside it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from agentcore_connect.__main__ import main
from tests.findings.planted import CONFIG, PLANTS, TOOLS, clean


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    try:
        status = main(list(words))
    except SystemExit as left:
        status = int(left.code or 0)
    out = capsys.readouterr()
    return int(status or 0), out.out, out.err


def test_a_clean_project(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = clean().write(tmp_path)
    status, out, err = run(capsys, "inspect", str(root / "app"))
    assert (status, err) == (0, "")
    assert "Project Travel (version 1; strands, python)" in out
    assert "target Pets: open-api-schema, outbound api-key, 1 tools" in out
    assert "agent.framework: strands" in out
    assert "MCP client code: app/Travel/mcp_client/client.py" in out
    assert "Document specs/pets.json: openapi, 1 tools" in out
    assert out.endswith("No findings.\n")


def test_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = clean()
    PLANTS[0].change(files)
    status, out, err = run(capsys, "inspect", str(files.write(tmp_path)), "--json")
    data: dict[str, Any] = json.loads(out)
    assert (status, err) == (1, "")
    assert {"project", "answers", "findings"} <= set(data)
    (found,) = data["findings"]
    assert found["id"] == "gateway-no-inbound-auth"
    assert "sources" not in found
    named = json.loads(run(capsys, "inspect", str(tmp_path), "--json", "--sources")[1])
    assert named["findings"] == [{**found, "sources": named["findings"][0]["sources"]}]
    assert named["findings"][0]["sources"]
    assert set(found) == {
        "id",
        "severity",
        "confidence",
        "title",
        "message",
        "where",
        "why",
        "fix",
    }
    assert data["answers"]["gateway.inbound_auth"] == "none"
    assert data["project"]["gateways"][0]["targets"][2]["tool_count"] == 1
    assert [one["path"] for one in data["documents"]] == ["specs/pets.json"]


def test_findings_as_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = clean()
    PLANTS[0].change(files)
    status, out, _ = run(capsys, "inspect", str(files.write(tmp_path)))
    assert status == 1
    assert f"{CONFIG}:" in out
    assert "warning: A gateway that anyone may call (gateway-no-inbound-auth)" in out
    assert "    why: " in out
    assert "    fix: " in out


@pytest.mark.parametrize("files", [{}, {"notes.txt": "a: 1"}, {CONFIG: "{"}])
def test_bad_input(files: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    status, out, err = run(capsys, "inspect", str(tmp_path), "--json")
    assert (status, out) == (2, "")
    assert "Traceback" not in err
    assert err


def test_names_cannot_write_to_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = clean()
    files.config["agentCoreGateways"][0]["targets"][0]["name"] = "a\x1b[31mred"
    _, out, _ = run(capsys, "inspect", str(files.write(tmp_path)))
    assert "\x1b" not in out


def test_probe_without_a_project(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "inspect", str(tmp_path), "--probe", "http://127.0.0.1:1/mcp", "--json")
    assert status == 0
    assert json.loads(out)["probes"][0]["status"] == "failed"


def test_tools_command(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.py").write_text(
        'def add(a: int, mode: int | str = 1):\n    """Adds.\n\n    Args:\n        a: One.\n    """\n'
    )
    status, out, err = run(capsys, "tools", "a.py:add")
    assert (status, json.loads(out)[0]["name"]) == (0, "add")
    assert "lost:" in err
    status, out, err = run(capsys, "tools", "a.py:add", "--strict", "-o", "tools.json")
    assert (status, out, Path("tools.json").exists()) == (1, "", False)
    assert "nothing written" in err
    assert run(capsys, "tools", "a.py:add", "-o", "tools.json")[0] == 0
    assert run(capsys, "tools", "--check", "tools.json")[0] == 0
    Path("old.json").write_text(json.dumps({"inlinePayload": TOOLS}))
    status, out, _ = run(capsys, "tools", "--check", "old.json")
    assert (status, out.startswith("old.json:1: ")) == (1, True)
    assert run(capsys, "tools", "old.json", "-o", "old.json")[0] == 0
    assert json.loads(Path("old.json").read_text()) == TOOLS
    status, out, _ = run(capsys, "tools", "old.json", "--json")
    assert set(json.loads(out)) == {"tools", "left_out", "losses", "findings", "written"}
    assert run(capsys, "tools", "gone.py")[0] == 2


def test_a_tool_left_out_comes_first_and_decides_the_exit_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    lossy = {"type": "object", "properties": {"a": {"not": {}}, "b": {}}}
    tools = [
        {"name": "lossy", "description": "d", "inputSchema": lossy},
        {"name": "gone", "description": "d", "inputSchema": {"type": "array", "items": {}}},
    ]
    Path("mixed.json").write_text(json.dumps(tools))
    status, _, err = run(capsys, "tools", "mixed.json", "-o", "out.json")
    assert status == 1
    first, *rest = err.splitlines()
    assert first.startswith("left out: $[1]: the tool 'gone' was left out: the outermost type")
    assert rest[-1] == "out.json: 1 tool(s)"
    assert len(rest) > 2
    data = json.loads(run(capsys, "tools", "mixed.json", "--json")[1])
    assert (len(data["left_out"]), len(data["tools"])) == (1, 1)
    Path("all.json").write_text(json.dumps(tools[1:]))
    status, out, err = run(capsys, "tools", "all.json", "-o", "none.json")
    assert (status, out, Path("none.json").exists()) == (1, "", False)
    assert "nothing written: $: there is no tool in the list" in err


def test_tools_that_the_service_refuses_for_their_size_are_not_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    large = [{"name": "t", "description": "d" * (1024 * 1024), "inputSchema": {"type": "object"}}]
    Path("large.json").write_text(json.dumps(large))
    status, out, err = run(capsys, "tools", "large.json", "-o", "out.json")
    assert (status, out, Path("out.json").exists()) == (1, "", False)
    assert "nothing written: $: 1,048," in err


def test_repair_command(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = "openapi: 3.0.0\ninfo: {title: a, version: '1'}\npaths: {/a: {get: {responses: {200: {description: ok}}}}}\n"
    Path("api.yaml").write_text(text)
    status, out, err = run(capsys, "tools", "api.yaml", "--repair", "api.json", "--server", "https://api.example.com")
    assert (status, Path("api.yaml").read_text()) == (0, text)
    assert '+          "operationId": "get_a"' in out or '"operationId": "get_a"' in out
    size = Path("api.json").stat().st_size
    assert f"api.json: {size} bytes, 2 change(s)" in err
    assert json.loads(Path("api.json").read_text())["servers"] == [{"url": "https://api.example.com"}]
    assert run(capsys, "tools", "api.yaml", "--repair", "api.yaml")[0] == 2
    assert run(capsys, "tools", "api.yaml", "--repair", "b.json", "--server", "http://x")[0] == 2
    assert run(capsys, "tools", "--check", "api.json")[0] == 0
    large = json.loads(Path("api.json").read_text()) | {"x-filler": [0] * 150_000}
    Path("large.json").write_text(json.dumps(large))
    status, _, err = run(capsys, "tools", "large.json", "--repair", "copy.json")
    size = Path("copy.json").stat().st_size
    assert (status, size < 1024 * 1024) == (0, True)
    assert f"copy.json: {size:,} bytes without indentation, for with it it is over 1 MB" in err
