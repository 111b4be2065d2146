"""The dialog of `agentcore-connect tools` without a source: asks for one tool after another."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from agentcore_connect.app.tools import described
from agentcore_connect.core.errors import ConnectError, ExitCode
from agentcore_connect.core.values import Json

if TYPE_CHECKING:
    from agentcore_connect.specs.tool_draft import ToolDraft

_TYPES = ("string", "integer", "number", "boolean", "array of strings", "object")


def ask_tools() -> list[ToolDraft]:
    """Ask for tools until there are no more. Errors: ConnectError `no-terminal`, `interrupted`."""
    if not (sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()):
        raise ConnectError(
            "no-terminal",
            "there is nothing to make tools from, and no terminal to ask at",
            expected="a file that describes the tools",
            hint="agentcore-connect tools FILE.py -o tools.json; see agentcore-connect tools --help",
        )
    tools = []
    while True:
        tools.append(_tool())
        if not _ask("confirm", "Another tool?", default=False):
            return tools


def _tool() -> ToolDraft:
    name = _ask("text", "Name of the tool (letters, digits, _ and -)")
    text = _ask("text", "What does it do? The model reads this sentence")
    properties: dict[str, Json] = {}
    required: list[str] = []
    while parameter := _ask("text", "Name of a parameter (empty: no more)"):
        kind = _ask("select", f"Type of {parameter}", choices=list(_TYPES))
        words = _ask("text", f"What is {parameter}?")
        schema: dict[str, Json] = {"type": kind.partition(" ")[0]}
        if schema["type"] == "array":
            schema["items"] = {"type": "string"}
        properties[parameter] = {**schema, "description": words} if words else schema
        if _ask("confirm", f"Is {parameter} required?", default=True):
            required.append(parameter)
    input_schema: dict[str, Json] = {"type": "object", "properties": properties}
    if required:
        input_schema["required"] = required
    return described(name, text, input_schema)


def _ask(kind: str, text: str, **options: Any) -> Any:
    import questionary

    try:
        answer = getattr(questionary, kind)(text, **options).unsafe_ask()
    except (KeyboardInterrupt, EOFError):
        raise ConnectError("interrupted", "interrupted, nothing was written", exit_code=ExitCode.INTERRUPTED) from None
    return answer.strip() if isinstance(answer, str) else answer
