"""The MCP server's tools and resources: the same as the commands, by schema, and within bounds."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.mcp.conftest import Talk, data, said, tool
from tests.skill.conftest import ROOT

ENDPOINT = "https://mcp.example.com/mcp"
ANSWERS: dict[str, Any] = {
    "version": 1,
    "agent": {"framework": "strands"},
    "gateway": {"name": "DeskGateway", "inbound_auth": "aws-iam"},
    "connections": [{"name": "Weather", "service": "mcp-server", "endpoint": ENDPOINT, "service_auth": "api-key"}],
}
SPEC = {
    "openapi": "3.0.3",
    "info": {"title": "T", "version": "1"},
    "servers": [{"url": "https://t.example.com"}],
    "paths": {"/t": {"get": {"operationId": "listT", "responses": {"200": {"description": "ok"}}}}},
}


def command(*words: str, folder: Path) -> str:
    """What the command line says to the same."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "agentcore_connect", *words], cwd=folder, capture_output=True, text=True
    )
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


def test_the_tools_and_their_schemas(talk: Talk) -> None:
    (listed,) = talk({"list": "tools"})["results"]
    tools = {one["name"]: one for one in listed["tools"]}
    assert list(tools) == ["inspect", "next_question", "plan", "check", "diagnose", "explain"]
    for name, one in tools.items():
        for key in ("inputSchema", "outputSchema"):
            Draft202012Validator.check_schema(one[key])
            assert one[key]["type"] == "object"
        assert one["inputSchema"]["additionalProperties"] is False
        assert one["annotations"]["readOnlyHint"] is (name != "plan")
        assert one["annotations"]["openWorldHint"] is False
        assert len(one["description"]) < 600
    assert talk({"list": "tools"})["results"] == [listed], "in the same order each time"


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_every_tool_gives_what_its_schema_says(talk: Talk, mode: str) -> None:
    calls = [
        tool("inspect"),
        tool("next_question", kind="mcp"),
        tool("plan", answers=ANSWERS),
        tool("diagnose", text="Authorization method mismatch"),
        tool("explain"),
        tool("explain", topic="auth-matrix"),
    ]
    listed, *results = talk({"list": "tools"}, *calls, mode=mode, wire=True)["results"]
    schemas = {one["name"]: one["outputSchema"] for one in listed["tools"]}
    for call, result in zip(calls, results, strict=True):
        Draft202012Validator(schemas[call["tool"]]).validate(data(result))


def test_they_say_what_the_commands_say(talk: Talk, project: Path) -> None:
    (project / "answers.json").write_text(json.dumps(ANSWERS))
    plan, errors, rule, tree = talk(
        tool("plan", answers=ANSWERS),
        tool("diagnose", text="the key is None after deploy"),
        tool("explain", topic="gateway-name-length"),
        {"resource": "agentcore-connect://decision-tree.mmd"},
    )["results"]
    assert data(plan)["plan"] == json.loads(command("plan", "answers.json", "--format", "json", folder=project))
    assert data(errors) == json.loads(command("diagnose", "the key is None after deploy", "--json", folder=project))
    told = json.loads(command("explain", "gateway-name-length", "--format", "json", folder=project))
    assert data(rule) == {"topic": "gateway-name-length", "content": told}
    assert tree["contents"][0]["text"] == command("tree", "--format", "mermaid", folder=project)


def test_inspect_reads_a_project_and_says_where_there_is_none(talk: Talk, project: Path) -> None:
    (nothing,) = talk(tool("inspect"))["results"]
    assert data(nothing)["project"] is None
    assert "no AgentCore project" in data(nothing)["notice"]
    folder = project / "desk" / "agentcore"
    folder.mkdir(parents=True)
    (folder / "agentcore.json").write_text(
        json.dumps(
            {
                "name": "Desk",
                "version": 1,
                "managedBy": "CDK",
                "runtimes": [],
                "credentials": [],
                "agentCoreGateways": [],
            }
        )
    )
    (found,) = talk(tool("inspect", dir="desk"))["results"]
    assert data(found) == json.loads(command("inspect", str(project / "desk"), "--json", folder=project))


def test_the_resources(talk: Talk) -> None:
    (listed,) = talk({"list": "resources"})["results"]
    addresses = [one["uri"] for one in listed["resources"]]
    assert {"agentcore-connect://auth-matrix", "agentcore-connect://decision-tree"} <= set(addresses)
    for address, read in zip(addresses, talk(*({"resource": one} for one in addresses))["results"], strict=True):
        (content,) = read["contents"]
        assert content["uri"] == address
        assert len(content["text"]) > 500
        if content["mimeType"].endswith("json"):
            json.loads(content["text"])


# ------------------------------------------------------------------------------ writing


def test_a_plan_is_written_only_when_that_is_asked_for_and_only_into_its_folder(talk: Talk, project: Path) -> None:
    (only_said,) = talk(tool("plan", answers=ANSWERS))["results"]
    assert (data(only_said)["written"], data(only_said)["folder"]) == ([], None)
    assert list(project.iterdir()) == []
    before = sorted(project.parent.rglob("*"))
    (written,) = talk(tool("plan", answers=ANSWERS, write=True))["results"]
    assert data(written)["folder"] == str(project / "connect")
    assert sorted(p.relative_to(project / "connect").as_posix() for p in (project / "connect").rglob("*")) == sorted(
        data(written)["written"]
    )
    new = set(project.parent.rglob("*")) - set(before)
    assert all(path.is_relative_to(project / "connect") for path in new)


def test_what_differs_is_not_overwritten_without_force(talk: Talk, project: Path) -> None:
    (project / "connect").mkdir()
    (project / "connect" / "plan.md").write_text("mine")
    refused, forced = talk(
        tool("plan", answers=ANSWERS, write=True), tool("plan", answers=ANSWERS, write=True, force=True)
    )["results"]
    assert "exists with other content" in said(refused)
    assert "plan.md" in data(forced)["written"]


def test_an_output_folder_that_leads_elsewhere_is_refused(talk: Talk, project: Path) -> None:
    (project.parent / "elsewhere").mkdir()
    (project / "connect").symlink_to(project.parent / "elsewhere")
    done = subprocess.run(
        [sys.executable, "-P", "-m", "agentcore_connect", "serve"], cwd=project, capture_output=True, text=True
    )
    assert done.returncode == 2
    (project / "connect").unlink()
    refused = talk(tool("plan", answers={**ANSWERS, "project": "../elsewhere"}, write=True))["results"][0]
    assert "leads out of the folder" in said(refused)
    assert list((project.parent / "elsewhere").iterdir()) == []


def test_check_holds_the_written_plan(talk: Talk, project: Path) -> None:
    answers = {**ANSWERS, "connections": [{**ANSWERS["connections"][0], "service_auth": "none"}]}
    none, _, checked = talk(tool("check"), tool("plan", answers=answers, write=True), tool("check"))["results"]
    assert "call plan with write: true first" in said(none)
    found = data(checked)
    assert found["passed"] is True, found
    assert found["counts"]["passed"] > 20
    assert {one["status"] for one in found["results"]} <= {"not-run"}


# ------------------------------------------------------------------------------ reading


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("schema", "../outside.json"),
        ("schema", "/etc/hostname"),
        ("schema", "inside/../../outside.json"),
        ("schema", "link.json"),
        ("tools", "../outside.json"),
    ],
)
def test_files_outside_are_not_read(talk: Talk, project: Path, key: str, value: str) -> None:
    (project / "link.json").symlink_to(project.parent / "outside.json")
    connection = {"name": "T", "service": "openapi", "service_auth": "none", key: value}
    answers = {"version": 1, "connections": [connection]}
    planned, asked = talk(tool("plan", answers=answers), tool("next_question", answers=answers))["results"]
    for result in (planned, asked):
        assert "leads out of the folder that the server was started for" in said(result)
        assert f"connections.0.{key}" in said(result)
        assert "precious" not in said(result)


def test_a_document_inside_is_read(talk: Talk, project: Path) -> None:
    (project / "api.json").write_text(json.dumps(SPEC))
    connection = {"name": "T", "service": "openapi", "service_auth": "none", "schema": "api.json"}
    (planned,) = talk(tool("plan", answers={"version": 1, "connections": [connection]}))["results"]
    assert data(planned)["plan"]["connections"][0]["target_type"] == "open-api-schema"


def test_no_project_outside_is_inspected(talk: Talk) -> None:
    for folder in ("..", "/", "/etc"):
        assert "leads out of the folder" in said(talk(tool("inspect", dir=folder))["results"][0])


def test_diagnose_reads_a_project_and_a_plan_inside_only(talk: Talk, project: Path) -> None:
    for key in ("project", "plan"):
        (refused,) = talk(tool("diagnose", text="x", **{key: ".."}))["results"]
        assert "leads out of the folder" in said(refused)
    folder = project / "agentcore"
    folder.mkdir(exist_ok=True)
    declared = {"name": "Desk", "version": 1, "credentials": [{"name": "CrmKey", "type": "ApiKeyCredentialProvider"}]}
    (folder / "agentcore.json").write_text(json.dumps(declared), "utf-8")
    (told,) = talk(tool("diagnose", text="credential provider 'Zebra' does not exist", project="."))["results"]
    assert "agentcore/agentcore.json declares no credential `Zebra`. It declares: `CrmKey`." in data(told)["details"]
    plan = project / "foreign"
    plan.mkdir()
    (plan / "plan.json").write_text("{}", "utf-8")
    outside = {"version": 1, "connections": [{"name": "T", "service": "openapi", "schema": "../../outside.json"}]}
    (plan / "answers.yaml").write_text(json.dumps(outside), "utf-8")
    (refused,) = talk(tool("diagnose", text="x", plan="foreign"))["results"]
    assert "leads out of the folder" in said(refused)


# ------------------------------------------------------------------------------ hostile and malformed


def test_nothing_that_is_passed_is_run(talk: Talk, project: Path) -> None:
    trap = "$(touch PWNED); touch PWNED\n`touch PWNED` --json"
    calls = [
        tool("diagnose", text=trap),
        tool("diagnose", text="-"),
        tool("explain", topic=trap),
        tool("inspect", dir=trap),
        tool("next_question", answer={"endpoint": trap}, kind="mcp"),
        tool("plan", answers={**ANSWERS, "gateway": {"name": trap}}, write=True),
        tool("plan", answers=ANSWERS, cli_version=trap),
    ]
    results = talk(*calls, wire=True)["results"]
    assert len(results) == len(calls)
    assert not list(project.parent.rglob("PWNED"))
    assert "known" in data(results[1])


def test_a_secret_is_refused_and_not_repeated(talk: Talk) -> None:
    secret = "sk-proj-Abc123def456Ghi789jkl012Mno345pqr678"
    connection = {"name": "T", "service": "mcp-server", "endpoint": ENDPOINT, "oauth": {"client_id": secret}}
    results = talk(
        tool("plan", answers={"version": 1, "connections": [connection]}),
        tool("next_question", kind="mcp", answer={"endpoint": secret}),
        tool("next_question", kind="mcp", answer={"credential.name": secret}),
        tool("diagnose", text=f"401 with {secret}"),
    )
    assert secret not in json.dumps(results)
    assert "secret" in said(results["results"][0])


@pytest.mark.parametrize(
    ("name", "arguments", "says"),
    [
        ("plan", {}, "answers is missing"),
        ("plan", {"answers": []}, "wrong type"),
        ("plan", {"answers": {}, "wrte": True}, "there is no argument wrte"),
        ("plan", {"answers": {}, "write": "yes"}, "wrong type"),
        ("plan", {"answers": {}, "via": "magic"}, "one of cli, boto3"),
        ("plan", {"answers": {"version": 9}}, "this version of the answers file is not known"),
        ("plan", {"answers": {"connections": {}}}, "a list of connections"),
        ("plan", {"answers": {"connections": [{"serivce": "lambda"}]}}, "'service'"),
        ("plan", {"answers": {"connections": [{"service": "mcp-server"}]}}, "is missing"),
        ("next_question", {"kind": "graphql"}, "one of mcp, lambda"),
        ("next_question", {"answer": {"nonsense": 1}}, "there is no key 'nonsense'"),
        ("next_question", {"answer": {"a b": 1}}, "there is no key 'a b'"),
        ("next_question", {"answers": {"connections": [None]}}, "a mapping"),
        ("next_question", {"forget": ["..."]}, "there is no key"),
        ("next_question", {"forget": "endpoint"}, "wrong type"),
        ("diagnose", {"text": ""}, "wrong size"),
        ("diagnose", {"text": 5}, "wrong type"),
        ("explain", {"topic": "zzyzx"}, "nothing here is called"),
        ("check", {"dir": "x"}, "there is no argument dir"),
        ("inspect", {"dir": "nowhere"}, "there is no such folder"),
    ],
)
def test_malformed_calls_get_clear_errors(talk: Talk, name: str, arguments: dict[str, Any], says: str) -> None:
    (result,) = talk({"tool": name, "arguments": arguments})["results"]
    words = said(result) if result.get("isError") else data(result)["message"]
    assert says in words, words


def test_unknown_tools_and_resources_are_errors_of_the_protocol(talk: Talk) -> None:
    no_tool, no_resource, fine = talk(
        tool("rm"), {"resource": "agentcore-connect://passwords"}, tool("explain", topic="auth-matrix"), wire=True
    )["results"]
    assert no_tool["error"]["code"] == -32602
    assert "the tools are inspect, next_question" in no_tool["error"]["message"]
    assert no_resource["error"]["code"] == -32602
    assert "no resource of this address" in no_resource["error"]["message"]
    assert data(fine)["topic"] == "auth-matrix", "and the server goes on"


def test_the_server_has_no_rule_of_its_own() -> None:
    """No value of the domain stands in its code: what it compares with comes from the engine."""
    from agentcore_connect.knowledge.questions import questions

    values = {str(v) for q in questions().values() for v in q.values if len(str(v)) > 5} - {
        "gateway",
        "direct",
        "default",
    }
    for path in (ROOT / "skill" / "agentcore_connect" / "serve").glob("*.py"):
        code = path.read_text("utf-8")
        for value in values:
            assert f'"{value}"' not in code, (path.name, value)
