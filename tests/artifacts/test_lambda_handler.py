"""The Lambda function's entry, run with the context that a gateway gives: it finds the tool, checks, and calls."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from agentcore_connect.checks.python_source import check_source
from tests.artifacts.artifact_rendering import render

TOOLS = [
    {
        "name": "get_weather",
        "description": "Weather",
        "inputSchema": {
            "type": "object",
            "properties": {
                "city": {"type": "string", "description": 'The city\n"""\r# or so'},
                "days": {"type": "integer"},
                "limit": {"type": "number"},
                "raw": {"type": "boolean"},
                "place": {"type": "object", "properties": {"lat": {"type": "number"}}, "required": ["lat"]},
                "stops": {
                    "type": "array",
                    "items": {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]},
                },
            },
            "required": ["city"],
        },
    },
    {
        "name": "get-order",
        "description": "Order",
        "inputSchema": {
            "type": "object",
            "properties": {"order-id": {"type": "string"}, "from": {"type": "string"}, "__x": {"type": "string"}},
            "required": ["order-id"],
        },
    },
    {"name": "get_order", "description": "Another", "inputSchema": {"type": "object", "properties": {}}},
    {"name": "import", "description": "A word of Python", "inputSchema": {"type": "object"}},
    {"name": "3d.view é", "description": "No name", "inputSchema": {"type": "object"}},
]
YOURS = """
from lambda_weather import GetWeatherInput, ToolError

def get_weather(event: GetWeatherInput) -> dict:
    if event["city"] == "Atlantis":
        raise ToolError("no such city")
    if event["city"] == "Oops":
        raise KeyError("a fault of the author")
    return {"city": event["city"], "days": event.get("days", 1)}

def get_order(event):
    return event

def tool_import(event):
    return "imported"

def tool_3d_view_é(event):
    return "viewed"
"""


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    (tmp_path / "lambda_weather.py").write_text(render("lambda-handler", tools=TOOLS), encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    names = ("lambda_weather", "weather_tools")
    yield importlib.import_module("lambda_weather")
    for name in names:
        sys.modules.pop(name, None)


@pytest.fixture
def written(module: ModuleType, tmp_path: Path) -> ModuleType:
    (tmp_path / "weather_tools.py").write_text(YOURS, encoding="utf-8")
    importlib.invalidate_caches()
    return module


def call(module: ModuleType, tool: str, event: Any) -> Any:
    custom = {"bedrockAgentCoreToolName": tool, "bedrockAgentCoreGatewayId": "g-abcde12345"}
    return module.handler(event, SimpleNamespace(client_context=SimpleNamespace(custom=custom)))


def test_the_tool_is_found_behind_the_targets_prefix(written: ModuleType) -> None:
    assert call(written, "Weather___get_weather", {"city": "Oslo", "days": 3}) == {"city": "Oslo", "days": 3}
    assert call(written, "get_weather", {"city": "Oslo"}) == {"city": "Oslo", "days": 1}


def test_names_that_python_cannot_say_have_their_own_function(written: ModuleType) -> None:
    assert call(written, "T___get-order", {"order-id": "7"}) == {"order-id": "7"}
    assert call(written, "T___import", {}) == "imported"
    assert call(written, "T___3d.view é", {}) == "viewed"


@pytest.mark.parametrize(
    ("event", "fault"),
    [
        ({}, "city is missing"),
        ({"city": 5}, "city must be text"),
        ({"city": "Oslo", "days": True}, "days must be a whole number"),
        ({"city": "Oslo", "days": 1.5}, "days must be a whole number"),
        ({"city": "Oslo", "limit": "1"}, "limit must be a number"),
        ({"city": "Oslo", "raw": 1}, "raw must be true or false"),
        ({"city": "Oslo", "place": {}}, "place.lat is missing"),
        ({"city": "Oslo", "stops": [{"id": "a"}, {"id": 2}]}, "stops[1].id must be text"),
        ({"city": "Oslo", "stops": {}}, "stops must be a list"),
        ([], "the event must be an object"),
        ({"days": "x", "place": 3}, "city is missing; days must be a whole number; place must be an object"),
    ],
)
def test_arguments_that_do_not_fit_are_named(written: ModuleType, event: Any, fault: str) -> None:
    assert call(written, "Weather___get_weather", event) == {"error": fault}


def test_good_arguments_of_every_type_fit(written: ModuleType) -> None:
    event = {
        "city": "Oslo",
        "days": 2,
        "limit": 1,
        "raw": False,
        "place": {"lat": 59.9},
        "stops": [{"id": "a"}],
        "more": 1,
    }
    assert call(written, "Weather___get_weather", event) == {"city": "Oslo", "days": 2}


def test_an_unknown_tool_and_a_call_from_elsewhere_are_told(written: ModuleType) -> None:
    assert "no tool 'nothing' here, only get_weather, get-order" in call(written, "Weather___nothing", {})["error"]
    for context in (None, SimpleNamespace(client_context=None), SimpleNamespace(client_context=SimpleNamespace())):
        assert "no tool is named" in written.handler({}, context)["error"]


def test_a_tool_that_is_not_written_is_told_with_file_and_function(module: ModuleType) -> None:
    said = call(module, "Weather___get_weather", {"city": "Oslo"})["error"]
    assert "`def get_weather(event: GetWeatherInput) -> Any` into weather_tools.py" in said


def test_the_authors_own_errors_are_told_and_faults_are_not_hidden(written: ModuleType, tmp_path: Path) -> None:
    assert call(written, "Weather___get_weather", {"city": "Atlantis"}) == {"error": "no such city"}
    with pytest.raises(KeyError, match="a fault of the author"):
        call(written, "Weather___get_weather", {"city": "Oops"})
    sys.modules.pop("weather_tools")
    (tmp_path / "weather_tools.py").write_text("import a_library_that_is_not_there\n", encoding="utf-8")
    importlib.invalidate_caches()
    with pytest.raises(ModuleNotFoundError, match="a_library_that_is_not_there"):
        call(written, "Weather___get_weather", {"city": "Oslo"})


def test_types_are_declared_as_the_schemas_say(module: ModuleType) -> None:
    assert module.GetWeatherInput.__required_keys__ == {"city"}
    assert module.GetWeatherInputPlace.__annotations__ == {"lat": float}
    assert set(module.TOOLS["get-order"].__annotations__) == {"order-id", "from", "__x"}
    assert module.TOOLS["get_order"] is not module.TOOLS["get-order"]


def test_any_tools_give_python_that_compiles() -> None:
    strange = [
        {
            "name": '"""',
            "description": "d",
            "inputSchema": {"type": "object", "properties": {'a"""\n': {"type": "string"}}},
        },
        {
            "name": "a\\n{{",
            "description": "d",
            "inputSchema": {"type": "object", "properties": {"": {"type": "array"}}},
        },
    ]
    for tools in ([], strange, strange[::-1]):
        assert check_source(render("lambda-handler", tools=tools), "lambda_weather.py") == []
