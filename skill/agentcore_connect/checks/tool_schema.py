"""Return whether a list of tools is one that a Lambda target takes, and the making of one from any JSON Schema."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from agentcore_connect.checks.schema_reduction import reduce_tools
from agentcore_connect.checks.tool_list import shown, unwrap
from agentcore_connect.core.places import step
from agentcore_connect.core.problem import Problem
from agentcore_connect.core.values import Json, JsonObject
from agentcore_connect.knowledge.resources import load

__all__ = ["Problem", "check_tools", "reduce_tools", "unwrap"]

_REDUCE: Final = "`agentcore-connect tools FILE -o tools.json` writes the tools in the form that is taken"


def check_tools(document: object, *, target_name: str | None = None) -> list[Problem]:
    """Return the problems that make the service refuse these tools.

    In: the parsed tools file; the target's name, which is part of each tool's name.
    Out: problems in the order of the file; empty when there are none.
    Errors: ConnectError `tool-schema-shape` for something that holds no tools at all.
    """
    tools, found = unwrap(document)
    found = [Problem("error", one.code, one.where, one.message) for one in found]
    if not tools:
        found.append(Problem("error", "no-tools", "$", "there is no tool in the list", "a target has at least one"))
    for number, tool in enumerate(tools):
        found.extend(_check_tool(tool, f"$[{number}]", target_name))
    found.extend(_check_names(tools))
    found.extend(_check_size(tools))
    return found


def _check_tool(tool: object, at: str, target_name: str | None) -> Iterator[Problem]:
    rules = load("tool-schema")["tool"]
    if not isinstance(tool, Mapping):
        yield Problem("error", "not-a-tool", at, f"a tool is an object, this is a {shown(tool)}")
        return
    for key in rules["required"]:
        if key not in tool:
            yield Problem("error", "missing-key", at, f"`{key}` is missing", _near(key, tool))
    for key in tool:
        if key not in (*rules["required"], *rules["optional"]):
            yield Problem("error", "unknown-key", step(at, key), f"`{key}` is not a key of a tool", _REDUCE)
    for key in ("name", "description"):
        value = tool.get(key)
        if key in tool and not (isinstance(value, str) and value.strip()):
            yield Problem("error", "no-text", step(at, key), f"`{key}` must be text that says something")
    if isinstance(tool.get("name"), str) and tool["name"].strip():
        yield from _check_name(tool["name"], step(at, "name"), target_name)
    for key in rules["schemas"]:
        if key in tool:
            yield from _check_schema(tool[key], step(at, key))
            top = tool[key].get("type") if isinstance(tool[key], Mapping) else None
            if isinstance(top, str) and top != rules["top_level"]:
                message = f"the outermost type must be {rules['top_level']}, this is {top}"
                yield Problem("error", "top-level-type", step(at, key), message, "make it a property of an object")


def _check_schema(schema: object, at: str) -> Iterator[Problem]:
    rules = load("tool-schema")["schema"]
    if not isinstance(schema, Mapping):
        yield Problem("error", "not-a-schema", at, f"a schema is an object, this is a {shown(schema)}")
        return
    for key in schema:
        if key not in rules["keywords"]:
            yield Problem("error", "unknown-keyword", step(at, key), f"the keyword `{key}` is not taken here", _REDUCE)
    kind = schema.get("type")
    if kind is None and any(key not in rules["keywords"] for key in schema):
        pass  # a reference or an alternative stands for it, and was named above
    elif not isinstance(kind, str):
        problem = "`type` is missing" if kind is None else f"`type` must be one word, this is a {shown(kind)}"
        yield Problem("error", "no-type", at, problem, f"one of {', '.join(rules['types'])}")
    elif kind not in rules["types"]:
        yield Problem(
            "error", "unknown-type", step(at, "type"), f"{kind!r} is not a type", _nearest(kind, rules["types"])
        )
    if "description" in schema and not isinstance(schema["description"], str):
        yield Problem("error", "no-text", step(at, "description"), "`description` must be text")
    yield from _check_properties(schema, at)
    if "items" in schema:
        yield from _check_schema(schema["items"], step(at, "items"))


def _check_properties(schema: JsonObject, at: str) -> Iterator[Problem]:
    properties = schema.get("properties", {})
    if not isinstance(properties, Mapping):
        yield Problem("error", "not-a-schema", step(at, "properties"), "`properties` must be an object of schemas")
        properties = {}
    for name, inner in properties.items():
        yield from _check_schema(inner, step(step(at, "properties"), name))
    required = schema.get("required", [])
    if not isinstance(required, list) or not all(isinstance(name, str) for name in required):
        yield Problem("error", "bad-required", step(at, "required"), "`required` must be a list of names")
        return
    for number, name in enumerate(required):
        if name not in properties:
            hint = _nearest(name, properties)
            where = f"{step(at, 'required')}[{number}]"
            yield Problem("error", "required-unknown", where, f"{name!r} is required, but is not a property", hint)


def _check_name(name: str, at: str, target_name: str | None) -> Iterator[Problem]:
    limits = load("limits")
    rule = limits["patterns"]["tool-name"]
    longest = limits["limits"]["model-tool-name-length"]["value"]
    if bad := sorted(set(re.sub(r"[a-zA-Z0-9_-]", "", name))):
        message = f"{name!r} has characters that models refuse in a tool's name: {' '.join(map(repr, bad))}"
        yield Problem("warning", "tool-name", at, message, rule["meaning"])
    full = f"{target_name}___{name}" if target_name else name
    most = limits["limits"]["gateway-tool-name-length"]["value"]
    if len(full) > most:
        message = f"a gateway takes names of up to {most} characters, the target's name included; this has {len(full)}"
        yield Problem("error", "tool-name-length", at, message, "shorten the tool's name")
    elif len(full) > longest:
        message = f"models take names of up to {longest} characters, and {full!r} has {len(full)}"
        hint = f"shorten the tool's name or the target's by {len(full) - longest}"
        yield Problem("warning", "tool-name-length", at, message, hint)


def _check_names(tools: Sequence[Json]) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for number, tool in enumerate(tools):
        name = tool.get("name") if isinstance(tool, Mapping) else None
        if not isinstance(name, str):
            continue
        alike = name.replace("-", "_")
        if alike in seen:
            same = seen[alike] == name
            message = f"{name!r} appears twice" if same else f"{name!r} and {seen[alike]!r} differ only by - and _"
            hint = "give each tool its own name" if same else "some frameworks take them for the same tool"
            yield Problem("error" if same else "warning", "duplicate-name", f"$[{number}].name", message, hint)
        seen.setdefault(alike, name)


def _check_size(tools: Sequence[Json]) -> Iterator[Problem]:
    limits = load("limits")["limits"]
    if len(tools) > limits["tools-per-target"]["value"]:
        message = f"{len(tools)} tools: {limits['tools-per-target']['text']}"
        yield Problem("error", "too-many-tools", "$", message, "split them over several targets")
    size, most = len(json.dumps(tools, ensure_ascii=False).encode()), limits["inline-schema-size"]
    if size > most["value"] * 1024 * 1024:
        yield Problem("error", "too-large", "$", f"{size:,} bytes: {most['text']}", "split them over several targets")


def _near(key: str, tool: JsonObject) -> str:
    """A hint at another spelling of the key that is there."""
    aliases = load("tool-schema")["aliases"]
    there = next((other for other in tool if aliases.get(other) == key), None)
    return f"`{there}` has to be called `{key}` here" if there else _nearest(key, tool)


def _nearest(word: str, known: Iterable[str]) -> str:
    import difflib  # only for a word that is not known

    close = difflib.get_close_matches(word, [str(one) for one in known], n=1)
    return f"did you mean {close[0]!r}?" if close else ""
