"""The tools that `tools` reads off Python code are those that the framework itself makes of it, argument by argument."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import client_envs
import client_runs
import pytest

from agentcore_connect.readers.tool_sources import read_tools

HEADER = """
from __future__ import annotations
import dataclasses, datetime, enum, json, typing, uuid
from typing import Annotated, Any, Literal, Optional, Union
from pydantic import BaseModel, Field
{imports}

class Unit(str, enum.Enum):
    C = "celsius"
    F = "fahrenheit"

class Place(BaseModel):
    city: str
    zip: str | None = None

class Trip(BaseModel):
    start: Place
    stops: list[Place] = []
"""
SIGNATURES = [
    "city: str",
    "city: str, days: int = 3",
    "ratio: float, exact: bool = False",
    "name: Optional[str] = None",
    "name: str | None = None",
    "tags: list[str]",
    "tags: list[int] | None = None",
    "mode: Literal['fast', 'slow'] = 'fast'",
    "level: Literal[1, 2, 3]",
    "unit: Unit",
    "unit: Unit = Unit.C",
    "place: Place",
    "place: Place | None = None",
    "trip: Trip",
    "places: list[Place]",
    "value: Union[int, str]",
    "options: dict[str, str]",
    "note: Annotated[str, Field(description='A note')] = ''",
    "day: datetime.date",
    "at: datetime.datetime, key: uuid.UUID",
    "matrix: list[list[float]]",
    "",
]
#: For each environment: what it imports, the decorator, further arguments that it fills in, and how it gives its schema.
FRAMEWORKS: dict[str, tuple[str, str, str, str]] = {
    "strands": ("from strands import tool", "@tool", "agent: Any = None", "f.tool_spec['inputSchema']['json']"),
    "mcp": (
        "from mcp.server.mcpserver import Context, MCPServer\nmcp = MCPServer('x')",
        "@mcp.tool()",
        "ctx: Context = None",
        "mcp._tool_manager.get_tool(f.__name__).parameters",
    ),
    "langgraph": (
        "from langchain_core.tools import tool\nfrom langchain_core.runnables import RunnableConfig",
        "@tool",
        "config: RunnableConfig = None",
        "f.tool_call_schema.model_json_schema()",
    ),
    "pydantic-ai": (
        "from pydantic_ai import Agent, RunContext\nfrom pydantic_ai.models.test import TestModel\nagent = Agent(TestModel())",
        "@agent.tool",
        "",
        "agent._function_toolset.tools[f.__name__].function_schema.json_schema",
    ),
    "openai-agents": (
        "from agents import RunContextWrapper, function_tool",
        "@function_tool(strict_mode=False)",
        "",
        "f.params_json_schema",
    ),
}
#: Signatures that a framework writes otherwise, or takes otherwise: Pydantic AI gives the fields of a lone model as the
#: arguments, where a Lambda function that is called with the event's members gets the model under its own name.
OTHERWISE = {
    "strands": {"note: Annotated[str, Field(description='A note')] = ''": "note: Annotated[str, 'A note'] = ''"}
}
LONE_MODELS = {"pydantic-ai": {"place: Place", "trip: Trip"}}
FIRST = {"pydantic-ai": "ctx: RunContext[None]", "openai-agents": "ctx: RunContextWrapper[Any]"}


def signatures(framework: str) -> list[str]:
    known = [one for one in SIGNATURES if one not in LONE_MODELS.get(framework, ())]
    return [OTHERWISE.get(framework, {}).get(one, one) for one in known]


def module_of(framework: str) -> str:
    imports, decorator, injected, schema = FRAMEWORKS[framework]
    parts = [HEADER.format(imports=imports)]
    for number, signature in enumerate(signatures(framework)):
        words = ", ".join(filter(None, [FIRST.get(framework, ""), signature, injected]))
        parts.append(f'{decorator}\ndef tool_{number}({words}) -> str:\n    """Does {number}."""\n    return ""\n')
    names = ", ".join(f"tool_{number}" for number in range(len(signatures(framework))))
    parts.append(f"if __name__ == '__main__':\n    print(json.dumps([{schema} for f in ({names},)]))\n")
    return "\n".join(parts)


def shape(schema: Any, root: dict[str, Any]) -> Any:
    """A schema as a caller sees it: references followed, null and words left out."""
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return shape(root["$defs"][schema["$ref"].rsplit("/", 1)[-1]], root)
    several = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    if len(several) == 1:
        return shape(several[0], root)
    if several:
        return sorted(json.dumps(shape(one, root), sort_keys=True) for one in several)
    if len(schema.get("allOf", ())) == 1:
        return shape(schema["allOf"][0], root)
    found: dict[str, Any] = {"type": schema.get("type")}
    if "enum" in schema:
        found["enum"] = schema["enum"]
    if "items" in schema:
        found["items"] = shape(schema["items"], root)
    if schema.get("type") == "object" and "properties" in schema:
        found["properties"] = {name: shape(one, root) for name, one in sorted(schema["properties"].items())}
        found["required"] = sorted(schema.get("required", []))
    return found


def test_our_schema_is_the_frameworks_own(environment: str, tmp_path: Path) -> None:
    if environment not in FRAMEWORKS:
        pytest.skip("its tools are made in the same way as those of another line, or of plain functions")
    problem = client_runs.missing(environment)
    assert problem is None, problem
    file = tmp_path / "made.py"
    file.write_text(module_of(environment), "utf-8")
    done = subprocess.run(
        [client_envs.python_of(environment), file],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    theirs = json.loads(done.stdout)
    ours = [draft.input_schema for draft in read_tools(str(file))]
    assert len(ours) == len(theirs) == len(signatures(environment))
    wrong = {
        signatures(environment)[number]: (one, other)
        for number, (mine, its) in enumerate(zip(ours, theirs, strict=True))
        if (one := shape(mine, mine)) != (other := shape({"properties": {}, **its, "type": "object"}, its))
    }
    assert wrong == {}
