"""Validates the arguments of a call. Messages repeat no value, which may be a secret."""

from __future__ import annotations

from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from agentcore_connect.core.errors import ConnectError, raise_all
from agentcore_connect.core.values import JsonObject


def check(tool: str, schema: JsonObject, given: JsonObject | None) -> JsonObject:
    """Return valid arguments. Errors: ConnectError `bad-argument`, or several, each with its place."""
    arguments = dict(given or {})
    found = sorted(Draft202012Validator(schema).iter_errors(arguments), key=lambda error: error.json_path)
    raise_all([_problem(tool, error) for error in found])
    return arguments


def _problem(tool: str, error: ValidationError) -> ConnectError:
    where = f"{tool}{error.json_path.removeprefix('$')}"
    wanted: Any = error.validator_value
    given: Any = error.instance
    schema: Any = error.schema
    match error.validator:
        case "required":
            missing = [name for name in wanted if name not in given]
            return _said(f"{', '.join(missing)} is missing", where, "an argument of this name")
        case "additionalProperties":
            known = list(schema["properties"])
            unknown = [str(name)[:60] for name in given if name not in known]
            return _said(
                f"there is no argument {', '.join(unknown)}", where, f"{', '.join(known) or 'no argument'} and no other"
            )
        case "type":
            return _said("it has the wrong type", where, " or ".join([wanted] if isinstance(wanted, str) else wanted))
        case "enum":
            return _said("it has no such value", where, "one of " + ", ".join(map(str, wanted)))
        case _:
            return _said("it has the wrong size", where, f"{error.validator} {wanted}")


def _said(message: str, where: str, expected: str) -> ConnectError:
    return ConnectError("bad-argument", message, where=where, expected=expected, hint="correct it and call again")
