"""The tools that `tools` reads off Python code are those that the framework itself makes of it, argument by argument."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import client_envs
import pytest

from agentcore_connect.specs.tool_sources import read_tools
from tests.clients import client_runs

HEADER = """
{future}
import dataclasses, datetime, enum, json, typing, uuid
from typing import Annotated, Any, List, Dict, Literal, Optional, Tuple, Union
from typing_extensions import NotRequired, TypedDict
from pydantic import BaseModel, Field
{imports}

def declared(f: Any) -> Any:
    found = FunctionTool(f)._get_declaration()
    return found.parameters_json_schema or {{"properties": {{}}}}

class Unit(str, enum.Enum):
    C = "celsius"
    F = "fahrenheit"

class Place(BaseModel):
    city: str
    zip: str | None = None

class Trip(BaseModel):
    start: Place
    stops: list[Place] = []

class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2

class Row(TypedDict):
    key: str
    amount: NotRequired[float]

class Loose(TypedDict, total=False):
    key: str

@dataclasses.dataclass
class Window:
    first: int
    last: int = 10

class Order(Place):
    lines: list[Row]
    unit: Unit = Unit.C
    note: Optional[str] = None
    tags: list[str] = Field(default_factory=list, description='Words')
    count: Annotated[int, Field(ge=1)] = 1
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
    "order: Order, dry_run: bool = True",
    "orders: Optional[List[Order]] = None, *, limit: int = 5",
    "row: Row, other: str = ''",
    "loose: Loose, other: str = ''",
    "window: Window, other: str = ''",
    "grade: Level = Level.LOW",
    "by_name: Dict[str, Place], other: str = ''",
    "mode: Optional[Literal['a', 'b']] = None",
    "units: list[Unit], flags: list[bool] = []",
    "deep: dict[str, list[int]], other: str = ''",
    "limit: Annotated[int, Field(ge=1, le=5)] = 2",
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
    "crewai": ("from crewai.tools import tool", "@tool", "", "f.args_schema.model_json_schema()"),
    "google-adk": (
        "from google.adk.tools import FunctionTool, ToolContext",
        "",
        "tool_context: ToolContext = None",
        "declared(f)",
    ),
    "llamaindex": (
        "from llama_index.core.tools import FunctionTool",
        "",
        "",
        "FunctionTool.from_defaults(f).metadata.get_parameters_dict()",
    ),
    "autogen": (
        "from autogen_core import CancellationToken\nfrom autogen_core.tools import FunctionTool",
        "",
        "cancellation_token: CancellationToken = None",
        "FunctionTool(f, description='x').schema['parameters']",
    ),
}
#: Frameworks that do not read annotations written as texts.
EAGER = {"crewai", "llamaindex"}
#: Frameworks that take plain functions: what makes a tool of one, once for each.
MADE = {
    "google-adk": "FunctionTool({})",
    "llamaindex": "FunctionTool.from_defaults({})",
    "autogen": "FunctionTool({}, description='x')",
}
#: Signatures that a framework writes otherwise, or takes otherwise: Pydantic AI gives the fields of a lone model as the
#: arguments, where a Lambda function that is called with the event's members gets the model under its own name.
_WORDS_ONLY = {
    "note: Annotated[str, Field(description='A note')] = ''": "note: Annotated[str, 'A note'] = ''",
    "limit: Annotated[int, Field(ge=1, le=5)] = 2": "limit: Annotated[int, 'At most'] = 2",
}
OTHERWISE = {"strands": _WORDS_ONLY, "autogen": _WORDS_ONLY}
LONE_MODELS = {"pydantic-ai": {"place: Place", "trip: Trip"}}
FIRST = {"pydantic-ai": "ctx: RunContext[None]", "openai-agents": "ctx: RunContextWrapper[Any]"}


def signatures(framework: str) -> list[str]:
    known = [one for one in SIGNATURES if one not in LONE_MODELS.get(framework, ())]
    return [OTHERWISE.get(framework, {}).get(one, one) for one in known]


def module_of(framework: str) -> str:
    imports, decorator, injected, schema = FRAMEWORKS[framework]
    future = "" if framework in EAGER else "from __future__ import annotations"
    parts = [HEADER.format(imports=imports, future=future)]
    for number, signature in enumerate(signatures(framework)):
        words = ", ".join(filter(None, [FIRST.get(framework, ""), signature, injected]))
        parts.append(f'{decorator}\ndef tool_{number}({words}) -> str:\n    """Does {number}."""\n    return ""\n')
        if framework in MADE:
            parts.append(f"made_{number} = {MADE[framework].format(f'tool_{number}')}")
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


def both(environment: str, code: str, tmp_path: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The schemas that we read off a module, and those that the framework makes when it runs."""
    file = tmp_path / "made.py"
    file.write_text(code, "utf-8")
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
    return [draft.input_schema for draft in read_tools(str(file))], theirs


def test_our_schema_is_the_frameworks_own(environment: str, tmp_path: Path) -> None:
    if environment not in FRAMEWORKS:
        pytest.skip("its tools are made in the same way as those of another line, or of plain functions")
    problem = client_runs.missing(environment)
    assert problem is None, problem
    ours, theirs = both(environment, module_of(environment), tmp_path)
    assert len(ours) == len(theirs) == len(signatures(environment))
    wrong = {
        signatures(environment)[number]: (one, other)
        for number, (mine, its) in enumerate(zip(ours, theirs, strict=True))
        if (one := shape(mine, mine)) != (other := shape({"properties": {}, **its, "type": "object"}, its))
    }
    assert wrong == {}


GOOGLE = """Find a place.

    It looks everywhere.

    Args:
        city (str): The city, as
            people write it.
        days: How many days: 1 to 5.

    Returns:
        What was found.
    """
NUMPY = """Find a place.

    Parameters
    ----------
    city : str
        The city.
    days : int, optional
        How many days.

    Returns
    -------
    str
        What was found.
    """
SPHINX = """Find a place.

    :param city: The city.
    :param int days: How many days.
    :returns: What was found.
    """
STYLES = {"strands": [GOOGLE], "openai-agents": [GOOGLE, NUMPY, SPHINX], "pydantic-ai": [GOOGLE, NUMPY, SPHINX]}


def test_words_of_docstrings_are_the_frameworks_own(environment: str, tmp_path: Path) -> None:
    """What a docstring says of each parameter, in the styles that the framework reads; nested functions and methods."""
    if environment not in STYLES:
        pytest.skip("it does not read what a docstring says of the parameters")
    problem = client_runs.missing(environment)
    assert problem is None, problem
    imports, decorator, _, schema = FRAMEWORKS[environment]
    first = f"{FIRST[environment]}, " if environment in FIRST else ""
    parts = [HEADER.format(imports=imports, future="from __future__ import annotations")]
    for number, text in enumerate(STYLES[environment]):
        body = f"    {decorator}\n    def tool_{number}({first}city: str, days: int = 1) -> str:\n"
        inner = "".join(f"    {line}\n" if line else "\n" for line in f'    """{text}"""'.split("\n"))
        parts.append(f"def make_{number}():\n{body}{inner}        return ''\n    return tool_{number}\n")
        parts.append(f"tool_{number} = make_{number}()\n")
    names = ", ".join(f"tool_{number}" for number in range(len(STYLES[environment])))
    parts.append(f"if __name__ == '__main__':\n    print(json.dumps([{schema} for f in ({names},)]))\n")
    ours, theirs = both(environment, "\n".join(parts), tmp_path)
    assert [_words(one) for one in ours] == [_words(one) for one in theirs]


def _words(schema: dict[str, Any]) -> dict[str, str]:
    return {name: " ".join(one["description"].split()) for name, one in schema["properties"].items()}


#: Tools whose arguments a class describes, and such as a call makes of a coroutine.
DESCRIBED = {
    "langgraph": """
from langchain_core.tools import BaseTool, StructuredTool

@tool(args_schema=Order)
def tool_0(city, zip, lines, unit, note, tags, count):
    \"\"\"Does 0.\"\"\"

@tool("tool_1", args_schema=Trip, return_direct=True)
def other(start: Place, stops: list[Place]) -> str:
    \"\"\"Does 1.\"\"\"

def bare(city, zip): ...

async def asked(day: datetime.date, limit: int = 3) -> str:
    \"\"\"Does 3.\"\"\"

class Whole(BaseTool):
    name: str = "tool_4"
    description: str = "Does 4."
    args_schema: type[BaseModel] = Place
    def _run(self, city: str, zip: str = "") -> str:
        return ""

TOOLS = [
    tool_0,
    other,
    StructuredTool.from_function(func=bare, name="tool_2", description="Does 2.", args_schema=Place),
    StructuredTool.from_function(coroutine=asked, name="tool_3"),
    Whole(),
]
""",
    "crewai": """
from crewai.tools import BaseTool

class Whole(BaseTool):
    name: str = "tool_0"
    description: str = "Does 0."
    args_schema: type[BaseModel] = Order
    def _run(self, city: str, **rest) -> str:
        return ""

TOOLS = [Whole()]
""",
}


def test_a_class_that_describes_the_arguments_counts(environment: str, tmp_path: Path) -> None:
    if environment not in DESCRIBED:
        pytest.skip("its tools take their arguments from the signature")
    problem = client_runs.missing(environment)
    assert problem is None, problem
    imports, _, _, schema = FRAMEWORKS[environment]
    code = HEADER.format(imports=imports, future="") + DESCRIBED[environment]
    code += f"\nif __name__ == '__main__':\n    print(json.dumps([{schema} for f in TOOLS]))\n"
    ours, theirs = both(environment, code, tmp_path)
    assert [shape(one, one) for one in ours] == [shape(one, one) for one in theirs]
