"""The answers file's JSON Schema, made from the questions, so that editors know what the gate knows."""

from __future__ import annotations

from typing import Any

from agentcore_connect.knowledge.questions import Question, questions
from agentcore_connect.knowledge.resources import load

_TYPES = {"text": "string", "path": "string", "integer": "integer", "boolean": "boolean", "choice": "string"}


def answers_schema() -> dict[str, Any]:
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


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema that also takes null, which counts as not answered."""
    kind = schema.get("type")
    if "anyOf" in schema:
        return {**schema, "anyOf": [*schema["anyOf"], {"type": "null"}]}
    if kind is None:
        return schema
    changed = {**schema, "type": [kind, "null"] if isinstance(kind, str) else [*kind, "null"]}
    if "enum" in changed:
        changed["enum"] = [*changed["enum"], None]
    return changed


def _section(scope: str) -> dict[str, Any]:
    lead = "" if scope == "connection" else f"{scope}."
    properties: dict[str, Any] = {}
    for question in questions().values():
        if question.scope != scope:
            continue
        outer, dot, inner = question.id.removeprefix(lead).partition(".")
        if dot:
            group = properties.setdefault(
                outer, {"type": ["object", "null"], "additionalProperties": False, "properties": {}}
            )
            group["properties"][inner] = _nullable(_schema(question))
        else:
            properties[outer] = _nullable(_schema(question))
    return {"type": "object", "additionalProperties": False, "properties": properties}


def _schema(question: Question) -> dict[str, Any]:
    own = _typed(question)
    if "list" in question.raw.get("accepts", ()):
        own = {"anyOf": [own, {"type": "array"}]}
    own["description"] = question.text + (f" {question.help}" if question.help else "")
    if question.has_default:
        own["default"] = question.default
    return own


def _typed(question: Question) -> dict[str, Any]:
    if question.type == "list":
        return {"type": "array", "items": _items(question), **_bounds(question, {"maxItems": "max_items"})}
    own: dict[str, Any] = {"type": _TYPES[question.type]}
    if question.type == "choice" and not question.raw.get("open"):
        own["enum"] = question.values
    rule = question.raw.get("check", {})
    if "pattern" in rule:
        own["pattern"] = _portable(rule["pattern"])
    if "any_pattern" in rule:
        own["anyOf"] = [{"pattern": _portable(name)} for name in rule["any_pattern"]]
    if rule.get("vendor"):
        own["enum"] = [vendor["id"] for vendor in load("oauth-vendors")["vendors"]]
    return {
        **own,
        **_bounds(
            question,
            {"minLength": "min_length", "maxLength": "max_length", "minimum": "minimum", "maximum": "maximum"},
        ),
    }


def _bounds(question: Question, names: dict[str, str]) -> dict[str, Any]:
    rule = question.raw.get("check", {})
    return {name: rule[key] for name, key in names.items() if key in rule}


def _items(question: Question) -> dict[str, Any]:
    fields = question.raw.get("items")
    if fields is None:
        rule = question.raw.get("check", {})
        item: dict[str, Any] = {"type": "string"}
        if "each_pattern" in rule:
            item["pattern"] = _portable(rule["each_pattern"])
        bounds = {"minLength": "each_min_length", "maxLength": "each_max_length"}
        return {**item, **{name: rule[key] for name, key in bounds.items() if key in rule}}
    mapping = _mapping(fields)
    return {"anyOf": [{"type": "string"}, mapping]} if "text" in question.raw.get("accepts", ()) else mapping


def _mapping(fields: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {key: _field(spec) for key, spec in fields.items()},
        "required": [key for key, spec in fields.items() if spec.get("required")],
    }


def _field(spec: dict[str, Any]) -> dict[str, Any]:
    match spec["type"]:
        case "choice":
            return {"enum": spec["choices"]}
        case "list":
            items = {"enum": spec["choices"]} if "choices" in spec else {}
            return {"type": "array", "items": items}
        case "mapping":
            one = _mapping(spec["keys"])
            return {"anyOf": [one, {"type": "array", "items": one}]} if spec.get("many") else one
        case "any":
            return {}
        case "boolean":
            return {"type": "boolean"}
        case _:
            return {"type": "string", **({"pattern": _portable(spec["pattern"])} if "pattern" in spec else {})}


def _portable(pattern: str) -> str:
    r"""A pattern as JSON Schema spells it: ``$`` for the end, which Python writes as ``\Z``."""
    regex: str = load("limits")["patterns"][pattern]["regex"]
    return regex.replace(r"\Z", "$")
