"""Reads tools from whatever describes them: Python, OpenAPI, an MCP listing, tools.json old and new, a JSON Schema."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.expressions import later
from agentcore_connect.core.outside import named
from agentcore_connect.core.places import Place
from agentcore_connect.core.record import NamedTuple
from agentcore_connect.core.values import Json, JsonObject, mapping
from agentcore_connect.project.source import kind
from agentcore_connect.specs.schema_refs import inline_refs
from agentcore_connect.specs.spec_file import SpecFile, load_spec
from agentcore_connect.specs.tool_draft import ToolDraft

KINDS: Final = "Python file, OpenAPI document, MCP tools/list result, tools.json or JSON Schema"
_WRAPPERS: Final = ("inlinePayload", "tools", "toolSchema", "result", "toolConfig", "functions")
_INPUTS: Final = ("inputSchema", "input_schema", "parameters")
_OUTPUTS: Final = ("outputSchema", "output_schema")
_DOCUMENT: Final = later(r"\.(?:json|ya?ml)\Z", re.IGNORECASE)
_FUNCTIONS: Final = later(r"^(?P<file>.+\.py):(?P<names>[A-Za-z_][A-Za-z0-9_]*(?:,[A-Za-z_][A-Za-z0-9_]*)*)$")


def read_tools(source: str, *, base: Path | None = None) -> list[ToolDraft]:
    """Return the tools that a source describes.

    In: a path (relative to `base`; `FILE.py:one,two` picks functions; a folder stands for its Python files that mark
    tools) or a URL on this machine.
    Out: drafts with full JSON Schemas, local references written out.
    Errors: ConnectError `no-tools` or from reading, with file and line.
    """
    python = python_source(source)
    place = None if "://" in source else named((base or Path()) / source)
    if place is not None and place.is_dir():
        return _of_folder(place, source)
    if python is not None:
        from agentcore_connect.specs.python_tools import read_functions

        return read_functions((base or Path()) / python.file, shown=python.file, only=python.names)
    spec = load_spec(source, base=base)
    if isinstance(spec.data, dict) and ("openapi" in spec.data or "swagger" in spec.data):
        from agentcore_connect.specs.openapi_tools import openapi_tools

        return openapi_tools(spec)
    return tools_from_data(spec)


class PythonSource(NamedTuple):
    """A Python file, and the functions of it that are meant; None for those that it marks."""

    file: str
    names: list[str] | None


def python_source(source: str) -> PythonSource | None:
    """Parse `FILE.py` and `FILE.py:one,two`; None for anything else."""
    match = _FUNCTIONS.match(source)
    if match is not None:
        return PythonSource(match["file"], match["names"].split(","))
    return PythonSource(source, None) if source.endswith(".py") else None


def is_server(source: str) -> bool:
    """Return whether a source is the address of a server, and not of a document."""
    return re.match(r"https?://", source) is not None and not _DOCUMENT.search(urlsplit(source).path)


def _of_folder(folder: Path, shown: str) -> list[ToolDraft]:
    from agentcore_connect.project.code import python_files
    from agentcore_connect.specs.python_tools import read_functions

    found: list[ToolDraft] = []
    for file in python_files(folder):
        try:
            found += read_functions(file, shown=str(Path(shown) / file.relative_to(folder)))
        except ConnectError as error:
            if error.code != "no-tools":
                raise
    if not found:
        hint = "name a file and its functions: FILE.py:one,two"
        raise ConnectError("no-tools", "has no Python file that marks a tool", where=shown, hint=hint)
    return found


def is_old_format(spec: SpecFile) -> str | None:
    """The wrapper of a tools.json in the old format (`inlinePayload`, ...); None for a bare list."""
    if not isinstance(spec.data, dict):
        return None
    return next((key for key in _WRAPPERS if key in spec.data), None)


def tools_from_data(spec: SpecFile) -> list[ToolDraft]:
    """The tools in loaded JSON or YAML: a list of definitions, such a list in a wrapper, or one JSON Schema."""
    entries = list(_entries(spec.data, ()))
    if not entries and isinstance(spec.data, dict) and (spec.data.get("type") == "object" or "properties" in spec.data):
        title = spec.data.get("title")
        name = title if isinstance(title, str) and title else Path(spec.shown).name.partition(".")[0]
        entries = [((), {"name": name, "description": spec.data.get("description"), "inputSchema": spec.data})]
    if not entries:
        raise ConnectError("no-tools", "describes no tool", where=spec.shown, expected=KINDS, received=kind(spec.data))
    _whole(spec)
    lines = spec.lines([at for at, _ in entries])
    return [draft_of_data(entry, f"{spec.shown}:{lines[at]}", spec.data) for at, entry in entries]


def _entries(data: object, at: Place) -> Iterator[tuple[Place, JsonObject]]:
    """The tool definitions in data, through the wrappers that listings and APIs put around them."""
    if len(at) > 8:
        return
    if isinstance(data, list):
        for index, one in enumerate(data):
            if isinstance(one, dict):
                yield from _entry(one, (*at, index))
    elif isinstance(data, dict):
        for key in _WRAPPERS:
            if key in data:
                yield from _entries(data[key], (*at, key))
                return
        if "name" in data and any(key in data for key in (*_INPUTS, "description")):
            yield from _entry(data, at)


def _entry(one: JsonObject, at: Place) -> Iterator[tuple[Place, JsonObject]]:
    for wrapper in ("function", "toolSpec"):  # the forms of OpenAI and of Bedrock Converse
        inner = one.get(wrapper)
        if isinstance(inner, dict):
            yield (*at, wrapper), inner
            return
    yield at, one


def _whole(spec: SpecFile) -> None:
    """Refuse one page of a listing. Errors: ConnectError `incomplete-listing`."""
    data = spec.data if isinstance(spec.data, dict) else {}
    result = data.get("result") if isinstance(data.get("result"), dict) else data
    if isinstance(result, dict) and result.get("nextCursor"):
        raise ConnectError(
            "incomplete-listing",
            "is one page of a longer listing: it has a nextCursor",
            where=spec.shown,
            expected="the tools of all pages",
            hint="send tools/list again with params {cursor: NEXT_CURSOR} until no nextCursor comes back, "
            "and put all tools into one list",
        )


def draft_of_data(entry: JsonObject, where: str, root: object) -> ToolDraft:
    """The draft of one tool definition. In: the definition, its place, the document that its references start from."""
    name, text = entry.get("name"), entry.get("description")
    schema = next((entry[key] for key in _INPUTS if key in entry), None)
    if isinstance(schema, dict) and set(schema) == {"json"}:
        schema = schema["json"]
    notes: list[str] = []
    if not isinstance(schema, dict):
        notes.append("it has no input schema; taken as one without arguments")
        schema = {"type": "object", "properties": {}}
    found, lost = inline_refs(schema, _with_definitions(schema, root))
    output = next((mapping(entry[key]) for key in _OUTPUTS if isinstance(entry.get(key), dict)), None)
    result, lost_too = inline_refs(output, _with_definitions(output, root)) if output else (None, [])
    return ToolDraft(
        name=name if isinstance(name, str) else "",
        description=" ".join(text.split()) if isinstance(text, str) else "",
        input_schema={"type": "object", **found} if "type" not in found else found,
        output_schema=result,
        where=where,
        notes=(*notes, *lost, *lost_too),
    )


def _with_definitions(schema: JsonObject, root: object) -> Json:
    """The document that a schema's references start from: the schema, unless it has no definitions of its own."""
    own = any(key in schema for key in ("$defs", "definitions"))
    return schema if own or not isinstance(root, dict) or not ({"$defs", "definitions"} & set(root)) else root
