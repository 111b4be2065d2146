"""Tools made for a Lambda target pass the service's model and the real CLI; what those refuse is found at its place."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator

from agentcore_connect.checks.tool_schema import check_tools, reduce_tools, unwrap
from agentcore_connect.core.errors import ConnectError
from agentcore_connect.knowledge import resources
from tests.artifacts.artifact_rendering import render
from tests.artifacts.artifact_runs import ROOT

GOOD = [
    {
        "name": "get_weather",
        "description": "Weather for a city",
        "inputSchema": {
            "type": "object",
            "properties": {
                "city": {"type": "string", "description": "Which"},
                "days": {"type": "array", "items": {"type": "integer"}},
                "place": {"type": "object", "properties": {"lat": {"type": "number"}}, "required": ["lat"]},
            },
            "required": ["city"],
        },
        "outputSchema": {"type": "object", "properties": {"mild": {"type": "boolean"}}},
    }
]
RICH = {
    "type": "object",
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$defs": {
        "Unit": {"enum": ["C", "F"], "description": "Which scale"},
        "Base": {"type": "object", "properties": {"id": {"type": "string", "format": "uuid"}}, "required": ["id"]},
        "Named": {"allOf": [{"$ref": "#/$defs/Base"}, {"properties": {"name": {"type": "string", "maxLength": 9}}}]},
    },
    "allOf": [{"$ref": "#/$defs/Base"}, {"$ref": "#/$defs/Named"}],
    "properties": {
        "unit": {"$ref": "#/$defs/Unit", "default": "C"},
        "when": {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]},
        "count": {"type": ["integer", "null"], "minimum": 1, "maximum": 5},
        "kind": {"oneOf": [{"const": "a", "title": "A"}, {"const": "b"}]},
        "self": {"$ref": "#/$defs/Base"},
    },
    "required": ["unit", "when", "count"],
    "additionalProperties": False,
}


@pytest.fixture(scope="module")
def model() -> Any:
    """The service's own shape of a list of tools."""
    return botocore.session.get_session().get_service_model("bedrock-agentcore-control").shape_for("ToolDefinitions")


def refused(model: Any, tools: Any) -> str:
    return str(ParamValidator().validate(tools, model).generate_report())


def codes(tools: Any, **options: Any) -> list[str]:
    return [one.code for one in check_tools(tools, **options)]


def test_good_tools_pass_and_the_written_file_is_the_bare_list(model: Any) -> None:
    assert check_tools(GOOD, target_name="Weather") == []
    assert refused(model, GOOD) == ""
    text = render("tool-schema", tools=GOOD)
    assert json.loads(text) == GOOD
    assert text.startswith("[") and text.endswith("]\n")


def test_what_is_allowed_is_what_the_model_allows() -> None:
    model = botocore.session.get_session().get_service_model("bedrock-agentcore-control")
    rules = resources.load("tool-schema")
    schema = model.shape_for("SchemaDefinition")
    assert set(rules["schema"]["keywords"]) == set(schema.members)
    assert set(rules["schema"]["types"]) == set(schema.members["type"].enum)
    tool = model.shape_for("ToolDefinition")
    assert set(rules["tool"]["required"]) == set(tool.required_members)
    assert {*rules["tool"]["required"], *rules["tool"]["optional"]} == set(tool.members)


def test_rich_schemas_are_reduced_and_nothing_is_lost_that_can_be_said(model: Any) -> None:
    reduced, losses = reduce_tools([{"name": "rich", "description": "d", "inputSchema": RICH}])
    assert {(one.severity, one.code) for one in losses} == {("note", "in-words")}
    assert check_tools(reduced) == []
    assert refused(model, reduced) == ""
    schema = reduced[0]["inputSchema"]
    assert schema["required"] == ["unit", "id"]
    properties = schema["properties"]
    assert properties["unit"] == {"type": "string", "description": "Which scale. One of: C, F. Default: C."}
    assert properties["when"] == {"type": "string", "description": "Format: date-time."}
    assert properties["count"] == {"type": "integer", "description": "At least 1. At most 5."}
    assert properties["kind"]["description"] == "One of: a, b."
    assert properties["name"] == {"type": "string", "description": "Maximum length: 9."}
    assert properties["self"]["required"] == ["id"]


@pytest.mark.parametrize(
    ("schema", "place", "words"),
    [
        ({"oneOf": [{"type": "string"}, {"type": "integer"}]}, "x", "oneOf has 2 alternatives (string or integer)"),
        ({"type": ["string", "integer"]}, "x", "the types string, integer are possible: only string was kept"),
        ({}, "x", "any type is possible"),
        ({"type": "array"}, "x", "what the list holds is not said"),
        ({"type": "object", "additionalProperties": {"type": "string"}}, "x.additionalProperties", "cannot be said"),
        ({"type": "string", "not": {"const": "a"}}, "x.not", "cannot be said"),
        ({"type": "string", "unheard-of": 1}, 'x["unheard-of"]', "cannot be said"),
        ({"allOf": [{"type": "string"}, {"type": "integer"}]}, "x", "allOf contradicts itself"),
    ],
)
def test_what_cannot_be_said_is_a_named_loss(model: Any, schema: Any, place: str, words: str) -> None:
    tool = {"name": "t", "description": "d", "inputSchema": {"type": "object", "properties": {"x": schema}}}
    reduced, losses = reduce_tools([tool])
    assert [(one.severity, one.where) for one in losses] == [("warning", f"$[0].inputSchema.properties.{place}")]
    assert words in str(losses[0])
    assert refused(model, reduced) == ""


@pytest.mark.parametrize(
    ("tool", "words"),
    [
        ({"name": "gone", "inputSchema": {"$ref": "#/$defs/Nothing"}}, "leads nowhere"),
        ({"name": "far", "inputSchema": {"$ref": "https://example.com/x.json"}}, "leads nowhere"),
        ({"name": "list", "inputSchema": {"type": "array", "items": {}}}, "must be object, this is array"),
        ({"description": "d"}, "a tool without a name"),
        (5, "a tool without a name"),
        ({"name": "get_weather"}, "appears twice"),
    ],
)
def test_a_tool_that_cannot_be_written_is_left_out_by_name(tool: Any, words: str) -> None:
    reduced, losses = reduce_tools([*GOOD, tool])
    assert reduced == [{**GOOD[0]}]
    errors = [one for one in losses if one.severity == "error"]
    assert [one.where for one in errors] == ["$[1]"]
    assert words in str(errors[0])


def test_a_type_that_contains_itself_is_cut_where_it_comes_again() -> None:
    node = {"properties": {"kids": {"type": "array", "items": {"$ref": "#/$defs/Node"}}}}
    schema = {"type": "object", "properties": {"root": {"$ref": "#/$defs/Node"}}, "$defs": {"Node": node}}
    (tool,), losses = reduce_tools([{"name": "tree", "description": "d", "inputSchema": schema}])
    items = {"type": "object", "properties": {}}
    kids = {"type": "array", "items": items}
    assert tool["inputSchema"]["properties"]["root"] == {"type": "object", "properties": {"kids": kids}}
    place = "$[0].inputSchema.properties.root.properties.kids.items"
    assert [(one.severity, one.where) for one in losses] == [("warning", place)]
    assert "#/$defs/Node contains itself" in str(losses[0])
    me = {"type": "object", "properties": {"x": {"$ref": "#"}}}
    (tool,), losses = reduce_tools([{"name": "me", "description": "d", "inputSchema": me}])
    assert tool["inputSchema"]["properties"]["x"] == {"type": "object", "properties": {"x": items}}
    assert "# contains itself" in str(losses[0])


def test_types_that_contain_each_other_are_cut_by_depth() -> None:
    names = [f"S{number}" for number in range(8)]
    every = {"type": "object", "properties": {name: {"$ref": f"#/$defs/{name}"} for name in names}}
    schema = {"type": "object", "properties": {"x": {"$ref": "#/$defs/S0"}}, "$defs": dict.fromkeys(names, every)}
    (tool,), losses = reduce_tools([{"name": "t", "description": "d", "inputSchema": schema}])
    assert len(json.dumps(tool)) < 50_000
    assert "cut after 2 levels of references" in str(losses[0]), "what was cut comes before what it meant"
    assert "#/$defs/S7" in str(losses[0])
    assert check_tools([tool]) == []


def test_tools_above_the_size_of_an_inline_schema_are_refused() -> None:
    large = [{"name": "t", "description": "d" * (1024 * 1024), "inputSchema": {"type": "object"}}]
    (problem,) = check_tools(large)
    assert (problem.severity, problem.code) == ("error", "too-large")
    assert "up to 1 MB" in str(problem)


def test_references_that_explode_are_cut_before_they_fill_the_memory() -> None:
    definitions: dict[str, Any] = {"D0": {"type": "string"}}
    for number in range(1, 40):
        both = {"$ref": f"#/$defs/D{number - 1}"}
        definitions[f"D{number}"] = {"type": "object", "properties": {"a": both, "b": both}}
    schema = {"type": "object", "properties": {"x": {"$ref": "#/$defs/D39"}}, "$defs": definitions}
    reduced, losses = reduce_tools([{"name": "t", "description": "d", "inputSchema": schema}])
    assert len(json.dumps(reduced)) < 50_000
    assert "#/$defs/D33" in str(losses[0])
    wide = {"type": "object", "properties": {f"p{number}": {"type": "string"} for number in range(6000)}}
    reduced, losses = reduce_tools([{"name": "t", "description": "d", "inputSchema": wide}])
    assert reduced == []
    assert "too large" in str(losses[-1])


@pytest.mark.parametrize(
    "wrapped",
    [{"inlinePayload": GOOD}, {"toolSchema": {"inlinePayload": GOOD}}, {"tools": GOOD}, {"result": {"tools": GOOD}}],
)
def test_wrappers_are_taken_off_with_a_notice_and_are_a_fault_in_the_file(wrapped: Any) -> None:
    tools, notices = unwrap(wrapped)
    assert tools == GOOD
    assert [one.severity for one in notices] == ["note"]
    assert reduce_tools(wrapped)[0] == GOOD
    assert codes(wrapped) == ["wrapped-list"]


def test_the_spellings_of_models_and_frameworks_are_understood() -> None:
    schema = {"type": "object", "properties": {}}
    given = [
        {"name": "a", "description": "d", "input_schema": schema},
        {"type": "function", "function": {"name": "b", "description": "d", "parameters": schema, "strict": True}},
        {"name": "c", "description": "d", "inputSchema": schema, "annotations": {"readOnlyHint": True}, "title": "C"},
    ]
    reduced, losses = reduce_tools(given)
    assert [one["inputSchema"] for one in reduced] == [schema] * 3
    assert losses == []


@pytest.mark.parametrize("document", [None, 5, "tools", {}, {"tools": 5}])
def test_what_holds_no_tools_is_bad_input(document: Any) -> None:
    with pytest.raises(ConnectError) as caught:
        check_tools(document)
    assert caught.value.code == "tool-schema-shape"


def changed(path: list[str | int], value: Any) -> Any:
    """The good tools with one place changed; `...` takes the place away."""
    tools = json.loads(json.dumps(GOOD))
    here = tools
    for key in path[:-1]:
        here = here[key]
    if value is ...:
        del here[path[-1]]
    else:
        here[path[-1]] = value
    return tools


@pytest.mark.parametrize(
    ("path", "value", "code", "where"),
    [
        ([0, "inputSchema", "properties", "city", "enum"], ["a"], "unknown-keyword", "properties.city.enum"),
        ([0, "inputSchema", "properties", "city", "default"], "a", "unknown-keyword", "properties.city.default"),
        ([0, "inputSchema", "properties", "city", "type"], ["string", "null"], "no-type", "properties.city"),
        ([0, "inputSchema", "properties", "city", "type"], "text", "unknown-type", "properties.city.type"),
        ([0, "inputSchema", "properties", "city", "type"], ..., "no-type", "properties.city"),
        ([0, "inputSchema", "properties", "days", "items", "pattern"], "x", "unknown-keyword", "days.items.pattern"),
        ([0, "inputSchema", "required"], ["town"], "required-unknown", "inputSchema.required[0]"),
        ([0, "inputSchema", "type"], "array", "top-level-type", "$[0].inputSchema"),
        ([0, "inputSchema"], ..., "missing-key", "$[0]"),
        ([0, "description"], "  ", "no-text", "$[0].description"),
        ([0, "annotations"], {}, "unknown-key", "$[0].annotations"),
        ([0, "outputSchema", "properties", "mild"], True, "not-a-schema", "outputSchema.properties.mild"),
    ],
)
def test_each_fault_is_found_at_its_place(path: list[str | int], value: Any, code: str, where: str) -> None:
    found = check_tools(changed(path, value))
    assert [one.code for one in found] == [code]
    assert found[0].where.endswith(where)
    assert found[0].severity == "error"


def test_names_are_held_to_what_models_take() -> None:
    assert codes(changed([0, "name"], "get.weather")) == ["tool-name"]
    assert codes(changed([0, "name"], "a" * 64)) == []
    assert codes(changed([0, "name"], "a" * 58), target_name="Tgt") == []
    assert codes(changed([0, "name"], "a" * 59), target_name="Tgt") == ["tool-name-length"]
    assert codes([*GOOD, *GOOD]) == ["duplicate-name"]
    assert codes([*GOOD, *changed([0, "name"], "get-weather")]) == ["duplicate-name"]
    assert codes([]) == ["no-tools"]


def test_the_real_cli_takes_the_reduced_file(tmp_path: Path) -> None:
    cli = sorted((ROOT / ".cache" / "agentcore-cli").glob("0.30.0/bin/agentcore"))
    if not cli:
        problem = "no AgentCore CLI: get it with `python tools/agentcore_cli.py`"
        (pytest.fail if os.environ.get("CONNECT_REQUIRE_ENVS") == "1" else pytest.skip)(problem)
    project = {"name": "Shop", "version": 1, "managedBy": "CDK", "runtimes": [], "agentCoreGateways": []}
    (tmp_path / "agentcore").mkdir()
    (tmp_path / "agentcore" / "agentcore.json").write_text(json.dumps(project), encoding="utf-8")
    (tmp_path / "agentcore" / "aws-targets.json").write_text("[]", encoding="utf-8")
    env = {**os.environ, "HOME": str(tmp_path), "AGENTCORE_TELEMETRY_DISABLED": "1", "AGENTCORE_SKIP_INSTALL": "1"}

    def agentcore(*argv: str) -> str:
        done = subprocess.run(
            [str(cli[0]), *argv, "--json"],
            cwd=tmp_path,
            env=env,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return done.stdout

    assert '"success":true' in agentcore("add", "gateway", "--name", "gw")
    reduced, _ = reduce_tools([{"name": "rich", "description": "d", "inputSchema": RICH}])
    (tmp_path / "rich.tools.json").write_text(render("tool-schema", tools=reduced), encoding="utf-8")
    (tmp_path / "wrapped.tools.json").write_text(json.dumps({"inlinePayload": GOOD}), encoding="utf-8")
    target = ("add", "gateway-target", "--type", "lambda-function-arn", "--gateway", "gw")
    arn = ("--lambda-arn", "arn:aws:lambda:us-east-1:123456789012:function:f")
    assert '"success":true' in agentcore(*target, "--name", "One", *arn, "--tool-schema-file", "rich.tools.json")
    assert "JSON array" in agentcore(*target, "--name", "Two", *arn, "--tool-schema-file", "wrapped.tools.json")


def test_the_checker_starts_without_the_heavy_libraries() -> None:
    code = (
        "import sys, agentcore_connect.checks.tool_schema; print({'botocore', 'jsonschema', 'yaml'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
