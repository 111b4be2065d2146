"""Which functions of Python code are tools, and which of their arguments a framework fills in."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.specs.tool_sources import read_tools

SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}}}


def write(root: Path, name: str, content: str) -> str:
    (root / name).write_text(content)
    return name


MARKS: dict[str, tuple[str, list[str], list[list[str]]]] = {
    "nested": (
        "def register(mcp):\n    @mcp.tool()\n    def list_mails(limit: int): ...\n",
        ["list_mails"],
        [["limit"]],
    ),
    "a method": ("class A:\n    @tool\n    def go(self, x: int): ...\n", ["go"], [["x"]]),
    "named by position": ("@tool('find_it')\ndef find(x: int): ...\n", ["find_it"], [["x"]]),
    "made by a call": (
        "def f(x: int): ...\nt = StructuredTool.from_function(func=f, name='g', description='G.')\n",
        ["g"],
        [["x"]],
    ),
    "made of a coroutine": (
        "async def f(x: int): ...\nt = StructuredTool.from_function(coroutine=f, name='g', description='G.')\n",
        ["g"],
        [["x"]],
    ),
    "described by a class": (
        "class In(BaseModel):\n    x: int\n\n\n@tool(args_schema=In)\ndef f(x, y): ...\n",
        ["f"],
        [["x"]],
    ),
    "a token that stops": ("def f(x: int, stop: CancellationToken): ...\nt = FunctionTool(f)\n", ["f"], [["x"]]),
    "wrapped": ("def f(x: int): ...\nt = FunctionTool(f)\n", ["f"], [["x"]]),
    "registered": ("def f(x: int): ...\nserver.add_tool(f, name='g')\n", ["g"], [["x"]]),
    "given to an agent": (
        "def f(x: int): ...\ndef helper(y: int): ...\nagent = Agent(model='m', tools=[f])\n",
        ["f"],
        [["x"]],
    ),
    "a class": (
        "class Search(BaseTool):\n    name: str = 'search'\n    description: str = 'Searches.'\n"
        "    def _run(self, query: str): ...\n",
        ["search"],
        [["query"]],
    ),
    "arguments of a framework": (
        "from strands import tool\n@tool\ndef f(x: int, agent: str, tool_context: ToolContext, config: RunnableConfig): ...\n",
        ["f"],
        [["x"]],
    ),
    "quoted types": ("@tool\ndef f(x: int, ctx: 'Optional[RunContext[int]]' = None): ...\n", ["f"], [["x"]]),
    "a token of the SDK": (
        "@tool\n@requires_access_token(provider_name='p', into='bearer')\ndef f(x: int, bearer: str): ...\n",
        ["f"],
        [["x"]],
    ),
    "a token by name": ("@tool\ndef f(x: int, access_token: str): ...\n", ["f"], [["x"]]),
    "an argument that is called agent": ("@mcp.tool()\ndef f(agent: str): ...\n", ["f"], [["agent"]]),
}


@pytest.mark.parametrize("kind", MARKS)
def test_what_marks_a_tool_and_who_fills_its_arguments(kind: str, tmp_path: Path) -> None:
    code, names, arguments = MARKS[kind]
    drafts = read_tools(write(tmp_path, "a.py", code), base=tmp_path)
    assert [one.name for one in drafts] == names
    assert [list(one.input_schema["properties"]) for one in drafts] == arguments


def test_nothing_that_is_not_marked_becomes_a_tool_in_silence(tmp_path: Path) -> None:
    write(tmp_path, "a.py", 'def look_up(x: int):\n    "Looks it up."\ndef _own(): ...\n')
    with pytest.raises(ConnectError) as caught:
        read_tools("a.py", base=tmp_path)
    assert caught.value.code == "no-tools"
    assert "functions: look_up" in str(caught.value)
    assert "a.py:one,two" in str(caught.value)
    assert [one.name for one in read_tools("a.py:look_up", base=tmp_path)] == ["look_up"]


def test_a_module_with_a_specification(tmp_path: Path) -> None:
    spec = {"name": "look_up", "description": "D.", "inputSchema": {"json": SCHEMA}}
    write(tmp_path, "a.py", f"TOOL_SPEC: dict = {spec!r}\ndef tidy(x: str): 'Tidies.'\ndef look_up(tool, **kw): ...\n")
    (draft,) = read_tools("a.py", base=tmp_path)
    assert (draft.name, draft.input_schema) == ("look_up", SCHEMA)


def test_a_folder_stands_for_its_files_that_mark_tools(tmp_path: Path) -> None:
    (tmp_path / "app" / "inner").mkdir(parents=True)
    write(tmp_path / "app", "a.py", "@tool\ndef one(): ...\n")
    write(tmp_path / "app" / "inner", "b.py", "@tool\ndef two(): ...\n")
    write(tmp_path / "app", "helpers.py", "def three():\n    'Helps.'\n")
    drafts = read_tools("app", base=tmp_path)
    assert [(one.name, one.where) for one in drafts] == [("one", "app/a.py:2"), ("two", "app/inner/b.py:2")]
    (tmp_path / "app" / "a.py").unlink()
    (tmp_path / "app" / "inner" / "b.py").unlink()
    with pytest.raises(ConnectError, match="no Python file that marks a tool"):
        read_tools("app", base=tmp_path)
