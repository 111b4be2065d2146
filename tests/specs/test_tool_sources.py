"""Tools from every kind of source, and that what is made of them is taken: by botocore's model and by the real CLI."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from agentcore_connect.checks import tool_schema
from agentcore_connect.core.errors import ConnectError
from agentcore_connect.specs.python_types import TypeReader
from agentcore_connect.specs.tool_sources import read_tools
from tests.specs.tool_cases import JSON_SCHEMA, MCP, MODELS, OPENAPI

MARKED = "from strands import tool\n@tool"
GOOGLE = '''
def get_weather(city: str, days: int = 3) -> str:
    """Weather for a city.

    Looks a few days ahead.

    Args:
        city (str): The city,
            with its country.
        days: How many days.

    Returns:
        The weather in words.
    """
'''
NUMPY = '''
def get_weather(city: str, days: int = 3) -> str:
    """Weather for a city.

    Parameters
    ----------
    city : str
        The city, with its country.
    days : int, optional
        How many days.

    Returns
    -------
    str
        The weather in words.
    """
'''
SPHINX = '''
def get_weather(city: str, days: int = 3) -> str:
    """Weather for a city.

    :param city: The city,
        with its country.
    :type city: str
    :param days: How many days.
    :returns: The weather in words.
    """
'''
DEFINITION = {
    "name": "add",
    "description": "Adds.",
    "inputSchema": {"type": "object", "properties": {"a": {"type": "integer"}}},
}
SOURCES: dict[str, tuple[str, Any, list[str]]] = {
    "google": ("a.py", MARKED + GOOGLE, ["get_weather"]),
    "numpy": ("a.py", MARKED + NUMPY, ["get_weather"]),
    "sphinx": ("a.py", MARKED + SPHINX, ["get_weather"]),
    "models": ("a.py", MODELS, ["forecast", "ping_it"]),
    "mcp": ("listing.json", MCP, ["add"]),
    "new-format": ("tools.json", [DEFINITION], ["add"]),
    "old-format": ("tools.json", {"inlinePayload": [DEFINITION]}, ["add"]),
    "api-format": ("tools.json", {"toolSchema": {"inlinePayload": [DEFINITION]}}, ["add"]),
    "openai-format": (
        "tools.json",
        [
            {
                "type": "function",
                "function": {"name": "add", "description": "Adds.", "parameters": DEFINITION["inputSchema"]},
            }
        ],
        ["add"],
    ),
    "converse-format": (
        "tools.json",
        {
            "toolConfig": {
                "tools": [
                    {
                        "toolSpec": {
                            "name": "add",
                            "description": "Adds.",
                            "inputSchema": {"json": DEFINITION["inputSchema"]},
                        }
                    }
                ]
            }
        },
        ["add"],
    ),
    "json-schema": ("add.json", JSON_SCHEMA, ["add"]),
    "openapi": ("api.json", OPENAPI, ["put_pets_by_id", "remove_pet"]),
    "yaml": ("tools.yaml", "- name: add\n  description: Adds.\n  inputSchema: {type: object}\n", ["add"]),
}


def write(root: Path, name: str, content: Any) -> str:
    (root / name).write_text(content if isinstance(content, str) else json.dumps(content, indent=1))
    return name


def reduced(root: Path, kind: str) -> list[dict[str, Any]]:
    name, content, _ = SOURCES[kind]
    drafts = read_tools(write(root, name, content), base=root)
    tools, _ = tool_schema.reduce_tools([draft.as_definition() for draft in drafts])
    return list(tools)


@pytest.mark.parametrize("kind", SOURCES)
def test_each_source_gives_what_the_service_takes(kind: str, tmp_path: Path) -> None:
    tools = reduced(tmp_path, kind)
    assert [tool["name"] for tool in tools] == SOURCES[kind][2]
    assert [str(one) for one in tool_schema.check_tools(tools)] == []
    session = pytest.importorskip("botocore.session")
    shape = session.get_session().get_service_model("bedrock-agentcore-control").shape_for("ToolSchema")
    validate = pytest.importorskip("botocore.validate")
    report = validate.ParamValidator().validate({"inlinePayload": tools}, shape)
    assert not report.has_errors(), report.generate_report()


@pytest.mark.realcli
def test_the_real_cli_takes_them_all(agentcore: Any, tmp_path: Path) -> None:
    agentcore(tmp_path, "create", "--name", "Base", "--no-agent", "--skip-git", "--skip-python-setup", "--skip-install")
    root = tmp_path / "Base"
    agentcore(root, "add", "gateway", "--name", "g", "--authorizer-type", "AWS_IAM")
    for number, kind in enumerate(("google", "models", "mcp", "old-format", "json-schema", "openapi")):
        folder = tmp_path / kind
        folder.mkdir()
        (root / f"{kind}.json").write_text(json.dumps(reduced(folder, kind)))
        words = (
            "--lambda-arn",
            "arn:aws:lambda:us-east-1:123456789012:function:f",
            "--tool-schema-file",
            f"{kind}.json",
        )
        agentcore(
            root,
            "add",
            "gateway-target",
            "--gateway",
            "g",
            "--name",
            f"T{number}",
            "--type",
            "lambda-function-arn",
            *words,
        )


@pytest.mark.parametrize("kind", ["google", "numpy", "sphinx"])
def test_docstrings(kind: str, tmp_path: Path) -> None:
    (draft,) = read_tools(write(tmp_path, "a.py", SOURCES[kind][1]), base=tmp_path)
    assert draft.description.startswith("Weather for a city.")
    assert draft.description.endswith("Returns: The weather in words.")
    assert draft.input_schema == {
        "type": "object",
        "properties": {
            "city": {"type": "string", "description": "The city, with its country."},
            "days": {"type": "integer", "default": 3, "description": "How many days."},
        },
        "required": ["city"],
    }
    assert draft.where == "a.py:3"


def test_models(tmp_path: Path) -> None:
    forecast, ping = read_tools(write(tmp_path, "a.py", MODELS), base=tmp_path)
    properties = forecast.input_schema["properties"]
    assert list(properties) == ["place", "span", "options", "mode", "limit", "note"]
    assert forecast.input_schema["required"] == ["place", "span", "options"]
    assert properties["place"]["required"] == ["city", "zip"]
    assert properties["place"]["properties"]["city"] == {"type": "string", "description": "Its city."}
    assert properties["place"]["properties"]["zip"] == {"type": "string", "description": "Postal code", "maxLength": 10}
    assert properties["span"]["properties"]["start"] == {"type": "string", "format": "date"}
    assert properties["span"]["required"] == ["start"]
    assert properties["options"] == {
        "type": "object",
        "properties": {"unit": {"type": "string", "enum": ["celsius", "fahrenheit"]}},
    }
    assert properties["mode"] == {"type": "string", "enum": ["short", "long"], "default": "short"}
    assert properties["limit"] == {"anyOf": [{"type": "integer"}, {"type": "null"}]}
    assert properties["note"]["description"] == "A note"
    assert forecast.output_schema == {
        "type": "object",
        "properties": {"text": {"type": "string"}},
        "required": ["text"],
    }
    assert any("contains itself" in note for note in forecast.notes)
    assert (ping.name, ping.description) == ("ping_it", "Pings.")


def test_types_that_contain_each_other_are_cut_by_depth(tmp_path: Path) -> None:
    names = [f"S{number}" for number in range(8)]
    every = "".join(f"    to{name}: {name}\n" for name in names)
    code = MARKED.replace("@tool", "".join(f"class {name}(BaseModel):\n{every}" for name in names)) + "@tool\n"
    (draft,) = read_tools(write(tmp_path, "a.py", f"{code}def f(x: S0):\n    'Does.'\n"), base=tmp_path)
    assert len(json.dumps(draft.input_schema)) < 50_000
    assert "cut after 3 levels of references; below that these are plain objects: S3, S4" in draft.notes[0]
    to_all = {"type": "object", "properties": {name: {"$ref": f"#/$defs/{name}"} for name in names}}
    schema = {"type": "object", "properties": {"x": {"$ref": "#/$defs/S0"}}, "$defs": dict.fromkeys(names, to_all)}
    listing = [{"name": "f", "description": "d", "inputSchema": schema}]
    (draft,) = read_tools(write(tmp_path, "a.json", listing), base=tmp_path)
    assert len(json.dumps(draft.input_schema)) < 50_000
    assert "#/$defs/S3, #/$defs/S4" in draft.notes[0]
    small = {**schema, "$defs": {"S0": {"properties": {"me": {"$ref": "#/$defs/S0"}}}}}
    (draft,) = read_tools(write(tmp_path, "b.json", [{**listing[0], "inputSchema": small}]), base=tmp_path)
    assert draft.notes == ("#/$defs/S0 contains itself; the inner one is taken as an object",)


def test_types_from_a_file_beside(tmp_path: Path) -> None:
    write(
        tmp_path,
        "models.py",
        "from pydantic import BaseModel\nclass Inner(BaseModel):\n    x: int\nclass Pet(BaseModel):\n    inner: Inner\n",
    )
    code = 'from models import Pet as Animal\n@tool\ndef f(pet: Animal, other: Unknown):\n    "Does."\n'
    (draft,) = read_tools(write(tmp_path, "a.py", code), base=tmp_path)
    assert draft.input_schema["properties"]["pet"]["properties"]["inner"]["properties"]["x"] == {"type": "integer"}
    assert draft.notes == ("the type Unknown is not defined in this file; taken as an object",)


def test_nothing_is_executed(tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    code = f'import pathlib\npathlib.Path({str(marker)!r}).write_text("x")\n@tool\ndef f(a: int):\n    "Does."\n'
    before = set(sys.modules)
    read_tools(write(tmp_path, "a.py", code), base=tmp_path)
    assert not marker.exists()
    assert "a" not in set(sys.modules) - before


def test_some_functions_only(tmp_path: Path) -> None:
    write(tmp_path, "a.py", MODELS)
    assert [one.name for one in read_tools("a.py:ping,not_a_tool", base=tmp_path)] == ["ping_it", "not_a_tool"]
    with pytest.raises(ConnectError, match="has no function gone") as caught:
        read_tools("a.py:gone", base=tmp_path)
    assert caught.value.expected == "one of: forecast, ping, not_a_tool"


def test_openapi_tools(tmp_path: Path) -> None:
    change, _ = read_tools(write(tmp_path, "api.json", OPENAPI), base=tmp_path)
    assert change.description == "Change a pet. Changes what is given"
    assert change.input_schema == {
        "type": "object",
        "properties": {"id": {"type": "string", "description": "Which"}, "name": {"type": "string"}},
        "required": ["id", "name"],
    }


def test_json_schema_references(tmp_path: Path) -> None:
    (draft,) = read_tools(write(tmp_path, "add.json", JSON_SCHEMA), base=tmp_path)
    assert draft.input_schema["properties"]["a"] == {"type": "integer", "enum": [1, 2]}
    assert any("contains itself" in note for note in draft.notes)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.py", "def f(:", "not-python"),
        ("a.py", "x = 1", "no-tools"),
        ("a.json", "{", "malformed-json"),
        ("a.json", "[]", "no-tools"),
        ("a.json", '{"swagger": "1.2", "paths": {}}', "spec-not-convertible"),
        ("a.yaml", "a: [", "malformed-file"),
        ("gone.json", None, "unreadable-file"),
    ],
)
def test_what_cannot_be_read(tmp_path: Path, name: str, content: str | None, code: str) -> None:
    if content is not None:
        write(tmp_path, name, content)
    with pytest.raises(ConnectError) as caught:
        read_tools(name, base=tmp_path)
    assert caught.value.code == code
    assert name in (caught.value.where or "")


def test_elsewhere_is_not_fetched() -> None:
    with pytest.raises(ConnectError) as caught:
        read_tools("https://example.com/openapi.json")
    assert caught.value.code == "spec-not-local"


def test_types_that_multiply_stay_small() -> None:
    import ast

    lines = ["class C0:\n    a: int"] + [
        f"class C{n}:\n" + "".join(f"    f{m}: C{n - 1}\n" for m in range(4)) for n in range(1, 20)
    ]
    tree = ast.parse("\n".join(lines))
    reader = TypeReader({node.name: node for node in tree.body if isinstance(node, ast.ClassDef)})
    assert len(json.dumps(reader.schema(ast.Name("C19")))) < 5_000_000
    assert reader.notes


@pytest.mark.parametrize("wrap", [lambda listing: listing, lambda listing: listing["result"]])
def test_one_page_of_a_listing_is_refused(wrap: Any, tmp_path: Path) -> None:
    listing = {"jsonrpc": "2.0", "id": 1, "result": {**MCP["result"], "nextCursor": "abc"}}  # type: ignore[dict-item]
    with pytest.raises(ConnectError) as caught:
        read_tools(write(tmp_path, "listing.json", wrap(listing)), base=tmp_path)
    assert caught.value.code == "incomplete-listing"
