"""Converts a question to an MCP form, and a filled-in form to an answer."""

from __future__ import annotations

from agentcore_connect.app.session import LOOK_UP, UNKNOWN
from agentcore_connect.core.values import Json, JsonObject
from agentcore_connect.interview.walk import Asked

#: The one field of a form.
FIELD = "answer"
#: From this protocol version on, a choice with labels is `oneOf`; before, it was `enum` with `enumNames`.
_ONE_OF_SINCE = "2025-11-25"


def schema(asked: Asked, protocol_version: str) -> JsonObject | None:
    """Return the form for a question; None if the answer is a list of records, which no form can hold.

    In: the question, the protocol that is spoken. Out: a flat JSON Schema, as elicitation demands.
    """
    question = asked.question
    if question.items is not None:
        return None
    field: dict[str, Json] = {"title": question.text}
    if question.help:
        field["description"] = question.help
    if question.type == "choice":
        field |= _choice(asked, protocol_version)
    elif question.type in ("boolean", "integer"):
        field["type"] = question.type
        bounds = {"minimum": question.check.minimum, "maximum": question.check.maximum}
        field |= {key: value for key, value in bounds.items() if value is not None}
    else:
        field["type"] = "string"
        if question.type == "list":
            field["description"] = f"{field.get('description', '')} Several are separated by commas.".strip()
    if asked.default is not None and question.type != "list":
        field["default"] = asked.default
    elif field["type"] == "string" and question.type != "choice":
        field["description"] = f"{field.get('description', '')} {words(asked)}".strip()
    return {"type": "object", "properties": {FIELD: field}, "required": [FIELD]}


def words(asked: Asked) -> str:
    """The values for an unknown answer and for a lookup."""
    look_up = f" Type {LOOK_UP}, or {LOOK_UP} URL, to have it asked over the network." if asked.question.look_up else ""
    return f"Type {UNKNOWN} where you do not know it.{look_up}"


def _ways(asked: Asked) -> list[tuple[str, str]]:
    """Return the available choices, and without a default the values for unknown and lookup."""
    found = [(one.value, one.label) for one in asked.choices if one.unavailable is None]
    if asked.default is None:
        found += [(LOOK_UP, "Look it up over the network")] if asked.question.look_up else []
        found.append((UNKNOWN, "I do not know"))
    return found


def message(asked: Asked, said: str | None = None) -> str:
    """Return the form's text: the last refusal, the question, and unavailable choices with reasons."""
    lines = [said] if said else []
    lines.append(asked.question.text)
    lines += [f"{one.label}: not possible here. {one.unavailable}" for one in asked.choices if one.unavailable]
    return "\n".join(lines)


def answer(content: JsonObject | None) -> Json:
    """Return the answer of a submitted form, or None."""
    return (content or {}).get(FIELD)


def _choice(asked: Asked, protocol_version: str) -> JsonObject:
    ways = _ways(asked)
    if protocol_version >= _ONE_OF_SINCE:
        return {"type": "string", "oneOf": [{"const": value, "title": label} for value, label in ways]}
    return {"type": "string", "enum": [value for value, _ in ways], "enumNames": [label for _, label in ways]}
