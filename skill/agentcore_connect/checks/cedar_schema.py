"""The Cedar schema of a gateway's tools, as near to the service's own as is known."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

from agentcore_connect.core.values import JsonObject
from agentcore_connect.knowledge.resources import load

Targets: TypeAlias = Mapping[str, Sequence[JsonObject] | None]

_INDENT: Final = "  "


def schema_text(targets: Targets) -> str:
    """The schema for the targets whose tools are known.

    In: targets by name with their tools' definitions (None: not known, and left out). Out: Cedar schema text.
    """
    cedar = load("cedar")
    rules = cedar["schema"]
    lines = rules["preamble"].rstrip().split("\n")
    for target, tools in targets.items():
        if tools is None:
            continue
        lines.append(f"action {json.dumps(target)} in [Action::{json.dumps(rules['group_parent'])}];")
        for tool in tools:
            name = json.dumps(f"{target}{cedar['separator']}{tool['name']}")
            arguments = _type(tool.get("inputSchema", {}), "object")
            context = f"context: {{ input: {arguments}, system: {rules['system']} }}"
            lines.append(f"action {name} in [Action::{json.dumps(target)}] appliesTo {{")
            lines.append(f"{_INDENT}{rules['applies_to']}, {context}")
            lines.append("};")
    body = "\n".join(f"{_INDENT}{line}" for line in lines)
    return f"namespace {cedar['namespace']} {{\n{body}\n}}\n"


def _type(schema: object, otherwise: str = "string") -> str:
    """The Cedar type of a JSON Schema; what is not said counts as `otherwise`."""
    cedar = load("cedar")
    schema = schema if isinstance(schema, Mapping) else {}
    given = schema.get("type", otherwise)
    kind = next((one for one in given if one != "null"), otherwise) if isinstance(given, list) else given
    if kind == "object":
        required = schema.get("required") or []
        fields = (
            f"{json.dumps(name)}{'' if name in required and not _nullable(inner) else '?'}: {_type(inner)}"
            for name, inner in (schema.get("properties") or {}).items()
        )
        return f"{{ {', '.join(fields)} }}"
    if kind == "array":
        return str(cedar["schema"]["set"]).format(items=_type(schema.get("items", {})))
    return str(cedar["arguments"].get(kind, cedar["arguments"]["string"])["cedar"])


def _nullable(schema: object) -> bool:
    given = schema.get("type") if isinstance(schema, Mapping) else None
    return isinstance(given, list) and "null" in given
