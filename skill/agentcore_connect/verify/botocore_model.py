"""Checks requests against the service model of the installed botocore, offline.

botocore's own validation stops unknown and missing members, wrong types and unions with two members. It lets through
wrong enum values, broken patterns, texts, lists and numbers that are too long or too large: those come back from the
service, so they are looked at here as well.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from types import ModuleType
from typing import Protocol

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.patterns import python_pattern
from agentcore_connect.core.problem import Problem
from agentcore_connect.core.record import replace
from agentcore_connect.core.values import JsonObject, mapping
from agentcore_connect.knowledge import resources
from agentcore_connect.plan.requests import with_samples

_LISTED = 30


class Shape(Protocol):
    """The attributes of a botocore shape that are read, depending on its kind."""

    type_name: str
    metadata: resources.Entry
    members: Mapping[str, Shape]
    required_members: Sequence[str]
    is_tagged_union: bool
    enum: Sequence[str]
    member: Shape
    key: Shape
    value: Shape


class Operation(Protocol):
    """The attributes of a botocore operation that are read."""

    input_shape: Shape


class ServiceModel(Protocol):
    """The attributes of a botocore service model that are read."""

    operation_names: Sequence[str]

    def operation_model(self, name: str) -> Operation:
        """The operation of a name."""


def botocore_version() -> str | None:
    """Return the version of the installed botocore, or None."""
    try:
        return version("botocore")
    except PackageNotFoundError:
        return None


def check_request(operation: str, body: JsonObject, service: str) -> list[Problem]:
    """Return the problems of a request by the service model.

    A message says what was received, unless the model calls that sensitive, and what the model allows. A pattern that
    Python cannot read gives a notice, everything else is an error.
    In: the operation as boto3 or as the model spells it, its arguments without run-time markers, the service's name.
    Errors: ConnectError `botocore-missing`, `service-unknown`.
    """
    model = _service_model(service)
    name = _operation_name(operation, model)
    if name is None:
        names = [_botocore().xform_name(known) for known in model.operation_names]
        return [_fault(service, "unknown-operation", f"{_model()} has no operation {operation}", names, operation)]
    shape = model.operation_model(name).input_shape
    problems = list(_walk(body, shape, "", sensitive=False))
    return problems if any(problem.severity == "error" for problem in problems) else problems + _backstop(body, shape)


def check_requests(requests: Iterable[JsonObject]) -> list[Problem]:
    """Check a request as --dry-run prints it; samples replace run-time values. See `check_request`.

    Out: the problems, each place beginning with its operation. Errors: as `check_request`.
    """
    found = []
    for one in requests:
        operation = str(one["operation"])
        for problem in check_request(operation, mapping(with_samples(one["body"])), str(one["service"])):
            found.append(replace(problem, where=_join(operation, problem.where)))
    return found


def _walk(value: object, shape: Shape, path: str, *, sensitive: bool) -> Iterator[Problem]:
    sensitive = sensitive or bool(shape.metadata.get("sensitive"))
    if getattr(shape, "is_document_type", False):
        return
    expected = _TYPES.get(shape.type_name)
    wrong_boolean = isinstance(value, bool) and shape.type_name != "boolean"
    if expected and (not isinstance(value, expected[0]) or wrong_boolean):
        # The kind of value only: what is inside may be sensitive even where this member is not.
        yield Problem("error", "type", path, f"the model expects {expected[1]}, received {_kind(value)}")
        return
    match shape.type_name, value:
        case "structure", Mapping() as parts:
            yield from _structure(parts, shape, path, sensitive)
        case "list", list() | tuple() as items:
            yield from _size(len(items), shape, path, "items", "item")
            for number, item in enumerate(items):
                yield from _walk(item, shape.member, f"{path}[{number}]", sensitive=sensitive)
        case "map", Mapping() as entries:
            yield from _size(len(entries), shape, path, "entries", "entry")
            for key, item in entries.items():
                yield from _walk(key, shape.key, f"{path}.{key} (its name)", sensitive=sensitive)
                yield from _walk(item, shape.value, f"{path}.{key}", sensitive=sensitive)
        case "string", str() as text:
            yield from _string(text, shape, path, sensitive)
        case "integer" | "long" | "float" | "double", int() | float() as number:
            yield from _bounds(number, shape, path)
        case "blob", bytes() | bytearray() | str() as content:
            yield from _size(len(content), shape, path, "bytes", "byte")


_TYPES: dict[str, tuple[tuple[type, ...], str]] = {
    "structure": ((Mapping,), "an object"),
    "map": ((Mapping,), "an object"),
    "list": ((list, tuple), "a list"),
    "string": ((str,), "a text"),
    "boolean": ((bool,), "true or false"),
    "integer": ((int,), "a whole number"),
    "long": ((int,), "a whole number"),
    "float": ((int, float), "a number"),
    "double": ((int, float), "a number"),
    "blob": ((bytes, bytearray, str), "bytes"),
}


def _structure(value: JsonObject, shape: Shape, path: str, sensitive: bool) -> Iterator[Problem]:
    members = shape.members
    for name in value:
        if name not in members:
            text = f"{_model()} has no such member here"
            yield _fault(_join(path, name), "unknown-member", text, list(members), str(name))
    for name in shape.required_members:
        if name not in value:
            yield Problem("error", "missing", _join(path, name), "required member is missing")
    if shape.is_tagged_union and len([name for name in value if name in members]) != 1:
        given = ", ".join(map(str, value)) or "none"
        yield Problem("error", "union", path, f"exactly one of {', '.join(members)} has to be there, received {given}")
    for name, part in value.items():
        if name in members:
            yield from _walk(part, members[name], _join(path, name), sensitive=sensitive)


def _string(value: str, shape: Shape, path: str, sensitive: bool) -> Iterator[Problem]:
    shown = f"a value that is not shown ({len(value)} characters)" if sensitive else _short(value)
    yield from _size(len(value), shape, path, "characters", "character")
    if shape.enum and value not in shape.enum:
        yield _fault(path, "enum", f"received {shown}, and {_model()} has no such value", list(shape.enum), value)
    pattern = shape.metadata.get("pattern")
    if not pattern:
        return
    compiled = python_pattern(pattern)
    if compiled is None:
        yield Problem("note", "pattern-not-checked", path, f"pattern not checked, Python cannot read it: {pattern}")
    elif not compiled.fullmatch(value):
        yield Problem(
            "error",
            "pattern",
            path,
            f"received {shown}, which is not of the form that the model expects: {pattern}",
        )


def _size(size: int, shape: Shape, path: str, many: str, one: str) -> Iterator[Problem]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    unit = one if size == 1 else many
    if least is not None and size < least:
        yield Problem("error", "too-small", path, f"received {size} {unit}, the model expects at least {least}")
    if most is not None and size > most:
        yield Problem("error", "too-large", path, f"received {size} {unit}, the model allows at most {most}")


def _bounds(value: float, shape: Shape, path: str) -> Iterator[Problem]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None and value < least:
        yield Problem("error", "too-small", path, f"received {value}, the model expects at least {least}")
    if most is not None and value > most:
        yield Problem("error", "too-large", path, f"received {value}, the model allows at most {most}")


def _backstop(body: JsonObject, shape: Shape) -> list[Problem]:
    """Run botocore's own validation as a second check. Its messages may hold values."""
    if not _botocore("validate").ParamValidator().validate(dict(body), shape).has_errors():
        return []
    return [Problem("error", "refused", "", f"botocore {botocore_version()} refuses this request before it is sent")]


def _service_model(service: str) -> ServiceModel:
    if botocore_version() is None:
        raise ConnectError("botocore-missing", "botocore is not installed here", hint="pip install boto3")
    return _load(service)


@cache
def _load(service: str) -> ServiceModel:
    try:
        model: ServiceModel = _botocore("session").get_session().get_service_model(service)
    except _botocore("exceptions").UnknownServiceError:
        raise ConnectError(
            "service-unknown",
            f"botocore {botocore_version()} does not know the service {service}",
            hint="pip install --upgrade boto3",
        ) from None
    return model


def _botocore(module: str = "") -> ModuleType:
    """Import a module of botocore lazily: it is optional and slow to load."""
    return import_module(f"botocore.{module}" if module else "botocore")


def _operation_name(operation: str, model: ServiceModel) -> str | None:
    return next((n for n in model.operation_names if operation in (n, _botocore().xform_name(n))), None)


def _fault(path: str, code: str, message: str, allowed: list[str], given: str) -> Problem:
    """Build the error for an unknown name: it names the nearest one, or asks for a newer botocore."""
    near = difflib.get_close_matches(given, allowed, n=1, cutoff=0.6)
    listed = f"; it has {', '.join(allowed)}" if 0 < len(allowed) <= _LISTED else ""
    hints = [f"did you mean {near[0]}?"] if near else []
    written = resources.load("sources")["sources"]["botocore-model"]["versions"]["botocore"]
    if _numbers(botocore_version() or "") < _numbers(written):
        hints.append(f"it is older than botocore {written}, with which this was written: pip install --upgrade boto3")
    elif not near:
        hints.append("if it is newer than that: pip install --upgrade boto3")
    return Problem("error", code, path, message + listed, " ".join(hints))


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])


def _model() -> str:
    return f"botocore {botocore_version()}"


def _kind(value: object) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return next((words for types, words in _TYPES.values() if isinstance(value, types)), type(value).__name__)


def _join(path: str, name: object) -> str:
    return f"{path}.{name}" if path and name else path or str(name)


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
