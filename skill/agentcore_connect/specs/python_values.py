"""Names, literals and `Field(...)` calls in Python code, as parts of a JSON Schema."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Final

from agentcore_connect.core.values import Json, JsonObject

_BOUNDS: Final = {
    "ge": "minimum",
    "gt": "exclusiveMinimum",
    "le": "maximum",
    "lt": "exclusiveMaximum",
    "min_length": "minLength",
    "max_length": "maxLength",
    "pattern": "pattern",
    "multiple_of": "multipleOf",
}


def last_name(node: ast.expr) -> str:
    """The last part of a dotted name, `Field` for `pydantic.Field`; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value.rpartition(".")[2]
    return ""


def with_default(schema: JsonObject, value: ast.expr) -> tuple[JsonObject, bool]:
    """A parameter's schema with its default, and whether the parameter is still required (`= Field(...)`)."""
    if isinstance(value, ast.Call) and last_name(value.func) in ("Field", "Query", "Body", "Param"):
        return field_in(schema, value)
    return default_in(schema, value), False


def default_in(schema: JsonObject, value: ast.expr) -> JsonObject:
    """A schema with a default, where that is a literal."""
    found = literal_of(value)
    return schema if found is None else {**schema, "default": found}


def field_in(schema: JsonObject, call: ast.Call) -> tuple[JsonObject, bool]:
    """Return the keywords of a `Field(...)` or `field(...)` call, and whether the field is required."""
    words: dict[str, Json] = {}
    required = True
    if call.args:
        default = literal_of(call.args[0])
        required = _is_dots(call.args[0])
        if default is not None:
            words["default"] = default
    for key in call.keywords:
        value = literal_of(key.value)
        if key.arg in ("default", "default_factory"):
            required = _is_dots(key.value)
            if key.arg == "default" and value is not None:
                words["default"] = value
        elif key.arg in ("description", "title") and isinstance(value, str):
            words[key.arg] = value
        elif key.arg in _BOUNDS and isinstance(value, int | float | str):
            words[_BOUNDS[key.arg]] = value
        elif key.arg == "examples" and isinstance(value, list):
            words["examples"] = value
    return {**schema, **words}, required


def metadata_in(schema: JsonObject, metadata: list[ast.expr]) -> JsonObject:
    """A schema with what `Annotated[...]` says beside the type."""
    for one in metadata:
        if isinstance(one, ast.Constant) and isinstance(one.value, str):
            schema = {**schema, "description": one.value}
        elif isinstance(one, ast.Call):
            name = last_name(one.func)
            if name in ("Field", "Query", "Body", "Param", "Ge", "Le", "Gt", "Lt"):
                schema, _ = field_in(schema, one)
            elif name == "Doc" and one.args and isinstance(text := literal_of(one.args[0]), str):
                schema = {**schema, "description": text}
    return schema


def alias_of(call: ast.Call) -> str | None:
    """The name under which a field is given, where a `Field(...)` call says so."""
    for key in call.keywords:
        if key.arg in ("alias", "validation_alias") and isinstance(value := literal_of(key.value), str):
            return value
    return None


def constant_of(node: ast.stmt) -> Json:
    """The constant that a statement assigns; None for any other."""
    return literal_of(node.value) if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) else None


def _is_dots(node: ast.expr) -> bool:
    """Whether it is `...`, which says that a value must be given."""
    return isinstance(node, ast.Constant) and node.value is ...


def enum_of(values: Sequence[Json]) -> JsonObject:
    """The schema of some values, with their type where they share one."""
    kinds = {bool: "boolean", int: "integer", float: "number", str: "string"}
    names = {kinds.get(type(one)) for one in values} - {None}
    found: dict[str, Json] = {"enum": values} if values else {}
    return {"type": sorted(map(str, names))[0] if len(names) == 1 else "string", **found}


def literal_of(node: ast.expr) -> Json:
    """The value of a literal that JSON can hold; None for anything else."""
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None
    return value if isinstance(value, str | int | float | bool | list | dict) else None


def expression_of(text: str) -> ast.expr | None:
    """A type written as text (a forward reference); None when it is not one."""
    try:
        return ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
