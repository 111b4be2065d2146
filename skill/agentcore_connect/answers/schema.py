"""The JSON Schema of the answers file, generated from the questions for editors."""

from __future__ import annotations

from collections.abc import Mapping

from agentcore_connect.core.values import Json, JsonObject, sequence
from agentcore_connect.knowledge.questions import Field, Question, questions
from agentcore_connect.knowledge.resources import load

_TYPES = {"text": "string", "path": "string", "integer": "integer", "boolean": "boolean", "choice": "string"}


def answers_schema() -> JsonObject:
    """The JSON Schema (draft 2020-12) of an answers file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "agentcore-connect answers",
        "description": "One file for the wizard, for next and for plan. Secrets never go in.",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "version": {"const": 1, "description": "The version of this format."},
            "project": _nullable(_schema(questions()["project"])),
            "cli_version": _nullable(_schema(questions()["cli_version"])),
            **{scope: _nullable(_section(scope)) for scope in ("agent", "gateway")},
            "connections": {
                "type": ["array", "null"],
                "description": "One gateway, any number of targets.",
                "items": _section("connection"),
            },
            "policy": _nullable(_section("policy")),
            "unknown": _nullable(_schema(questions()["unknown"])),
        },
    }


def _nullable(schema: JsonObject) -> JsonObject:
    """Extend a schema with null, which means not answered."""
    if "anyOf" in schema:
        return {**schema, "anyOf": [*sequence(schema["anyOf"]), {"type": "null"}]}
    kind = schema.get("type")
    kinds = [kind] if isinstance(kind, str) else sequence(kind)
    enum = {"enum": [*sequence(schema["enum"]), None]} if "enum" in schema else {}
    return {**schema, "type": [*kinds, "null"], **enum} if kinds else schema


def _section(scope: str) -> JsonObject:
    lead = "" if scope == "connection" else f"{scope}."
    properties: dict[str, Json] = {}
    groups: dict[str, dict[str, Json]] = {}
    for question in questions().values():
        if question.scope != scope:
            continue
        outer, dot, inner = question.id.removeprefix(lead).partition(".")
        if dot:
            group = groups.setdefault(outer, {})
            group[inner] = _nullable(_schema(question))
            properties[outer] = {"type": ["object", "null"], "additionalProperties": False, "properties": group}
        else:
            properties[outer] = _nullable(_schema(question))
    return {"type": "object", "additionalProperties": False, "properties": properties}


def _schema(question: Question) -> JsonObject:
    own = dict(_typed(question))
    if "list" in question.accepts:
        own = {"anyOf": [own, {"type": "array"}]}
    own["description"] = question.text + (f" {question.help}" if question.help else "")
    if question.has_default:
        own["default"] = question.default
    return own


def _typed(question: Question) -> JsonObject:
    if question.type == "list":
        return {"type": "array", "items": _items(question), **_bounds(question, {"maxItems": "max_items"})}
    own: dict[str, Json] = {"type": _TYPES[question.type]}
    if question.type == "choice" and not question.is_open:
        own["enum"] = question.values
    rule = question.check
    if rule.pattern:
        own["pattern"] = _portable(rule.pattern)
    if rule.any_pattern:
        own["anyOf"] = [{"pattern": _portable(name)} for name in rule.any_pattern]
    if rule.vendor:
        own["enum"] = [vendor["id"] for vendor in load("oauth-vendors")["vendors"]]
    return {
        **own,
        **_bounds(
            question,
            {"minLength": "min_length", "maxLength": "max_length", "minimum": "minimum", "maximum": "maximum"},
        ),
    }


def _bounds(question: Question, names: Mapping[str, str]) -> JsonObject:
    found = {name: getattr(question.check, key) for name, key in names.items()}
    return {name: value for name, value in found.items() if value is not None}


def _items(question: Question) -> JsonObject:
    if question.items is None:
        pattern = question.check.each_pattern
        bounds = _bounds(question, {"minLength": "each_min_length", "maxLength": "each_max_length"})
        return {"type": "string", **({"pattern": _portable(pattern)} if pattern else {}), **bounds}
    mapping = _mapping(question.items)
    return {"anyOf": [{"type": "string"}, mapping]} if "text" in question.accepts else mapping


def _mapping(fields: Mapping[str, Field]) -> JsonObject:
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {key: _field(spec) for key, spec in fields.items()},
        "required": [key for key, spec in fields.items() if spec.required],
    }


def _field(spec: Field) -> JsonObject:
    match spec.type:
        case "choice":
            return {"enum": spec.choices}
        case "list":
            return {"type": "array", "items": {"enum": spec.choices} if spec.choices else {}}
        case "mapping":
            one = _mapping(spec.keys or {})
            return {"anyOf": [one, {"type": "array", "items": one}]} if spec.many else one
        case "any":
            return {}
        case "boolean":
            return {"type": "boolean"}
        case _:
            return {"type": "string", **({"pattern": _portable(spec.pattern)} if spec.pattern else {})}


def _portable(pattern: str) -> str:
    r"""Convert a Python pattern to JSON Schema: ``$`` instead of ``\Z``."""
    regex: str = load("limits")["patterns"][pattern]["regex"]
    return regex.replace(r"\Z", "$")
