"""The checks that every answer passes, from any front end: known key, correct type, allowed value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.expressions import search
from agentcore_connect.core.values import Json, JsonObject
from agentcore_connect.engine.conditions import holds
from agentcore_connect.knowledge.base import patterns
from agentcore_connect.knowledge.questions import Check, Field, Question, questions
from agentcore_connect.knowledge.resources import load
from agentcore_connect.text.document import Document

_TYPE_WORDS = {
    "text": "text",
    "path": "a path",
    "integer": "a whole number",
    "boolean": "true or false",
    "list": "a list",
    "mapping": "a mapping",
    "choice": "one of its values",
}
_LONGEST_SHOWN = 80


def check(document: Document) -> list[ConnectError]:
    """Return all problems of an answers file, each with its place."""
    found: list[ConnectError] = []
    data = document.data
    version = data.get("version", 1)
    if version != 1 or isinstance(version, bool):
        found.append(
            ConnectError(
                "unknown-version",
                "this version of the answers file is not known",
                where=document.where("version"),
                expected="1",
                received=_shown(version),
            )
        )
    found += _section(document, data, "", "top", ("version", "agent", "gateway", "connections", "policy"))
    for scope in ("agent", "gateway", "policy"):
        if data.get(scope) is not None:
            found += _scope(document, scope)
    connections = data.get("connections")
    if connections is not None and not isinstance(connections, list):
        found.append(_wrong_type(document, "connections", "a list of connections", connections))
        connections = None
    for number, connection in enumerate(connections or []):
        place = f"connections.{number}"
        if isinstance(connection, Mapping):
            found += _section(document, connection, place, "connection", ())
        else:
            found.append(_wrong_type(document, place, "a mapping", connection))
    return found or _same_names(document)


def _same_names(document: Document) -> list[ConnectError]:
    seen: dict[str, int] = {}
    found = []
    for number, connection in enumerate(document.data.get("connections") or []):
        name = connection.get("name")
        if name in seen:
            found.append(
                ConnectError(
                    "same-name",
                    f"two connections are called {name!r}",
                    where=document.where(f"connections.{number}.name"),
                    expected="a name of its own for each target of a gateway",
                    hint="give one of them another name",
                )
            )
        elif name is not None:
            seen[name] = number
    return found


def _scope(document: Document, scope: str) -> list[ConnectError]:
    value = document.data[scope]
    if not isinstance(value, Mapping):
        return [_wrong_type(document, scope, "a mapping", value)]
    return _section(document, value, scope, scope, ())


def _section(document: Document, data: JsonObject, place: str, scope: str, others: Iterable[str]) -> list[ConnectError]:
    """Check one mapping against the questions of its scope; dotted ids are mappings within it."""
    known: dict[str, Question | dict[str, Question]] = {}
    lead = f"{scope}." if scope in ("agent", "gateway", "policy") else ""
    for question in questions().values():
        if question.scope != scope:
            continue
        key = question.id.removeprefix(lead)
        outer, dot, inner = key.partition(".")
        if dot:
            group = known.setdefault(outer, {})
            assert isinstance(group, dict)  # noqa: S101 - a key is either a value or a group, by the knowledge tests
            group[inner] = question
        else:
            known[outer] = question
    return _mapping(document, data, place, known, others)


def _mapping(
    document: Document,
    data: JsonObject,
    place: str,
    known: Mapping[str, Question | dict[str, Question]],
    others: Iterable[str],
) -> list[ConnectError]:
    found: list[ConnectError] = []
    allowed = [*known, *others]
    for key, value in data.items():
        dotted = f"{place}.{key}" if place else str(key)
        if key not in allowed:
            found.append(unknown_key(document.where(dotted), str(key), allowed))
        elif key in known and value is not None:
            entry = known[key]
            if isinstance(entry, dict):
                if isinstance(value, Mapping):
                    found += _mapping(document, value, dotted, entry, ())
                else:
                    found.append(_wrong_type(document, dotted, "a mapping", value))
            elif (problem := check_value(entry, value) or _misplaced(entry, value, data)) is not None:
                found.append(
                    ConnectError(
                        problem.code,
                        problem.message,
                        where=document.where(dotted),
                        expected=problem.expected,
                        received=problem.received,
                        hint=problem.hint,
                    )
                )
    return found


def _nearest(word: str, allowed: Iterable[str], cutoff: float) -> list[str]:
    """Return the nearest known word, if any."""
    from difflib import get_close_matches  # only when something is wrong

    return get_close_matches(word, list(allowed), n=1, cutoff=cutoff)


def unknown_key(where: str, key: str, allowed: Iterable[str]) -> ConnectError:
    """Build the error for an unknown key, with the nearest known one."""
    near = _nearest(key, allowed, 0.6)
    return ConnectError(
        "unknown-key",
        f"there is no key {key[:_LONGEST_SHOWN]!r} here",
        where=where,
        expected=f"{near[0]!r}" if near else "one of " + ", ".join(sorted(allowed)),
        hint="`agentcore-connect explain schema` shows every key",
    )


def _wrong_type(document: Document, dotted: str, expected: str, received: object) -> ConnectError:
    return ConnectError(
        "wrong-type",
        "this has the wrong type",
        where=document.where(dotted),
        expected=expected,
        received=_shown(received),
    )


def check_value(question: Question, value: object) -> ConnectError | None:
    """Check one value for one question; the message is the same for every front end.

    Returns:
        The problem, without a place, or None.
    """
    if not _has_type(question, value):
        return _problem(question, "wrong-type", f"{question.id} has the wrong type", _type_words(question), value)
    if question.type == "choice" and value not in question.values and not question.is_open:
        if refused := _refused(question, str(value)):
            return refused
        return _problem(
            question,
            "unknown-value",
            f"{question.id} has no such value",
            "one of " + ", ".join(map(str, question.values)),
            value,
        )
    if question.type == "list":
        return _check_items(question, value)
    return _check_text(question, value)


def _refused(question: Question, value: str) -> ConnectError | None:
    """Return the error for a value of a form that the question refuses by name."""
    for form, expected in (question.check.refused or {}).items():
        if search(patterns()[form], value):
            is_a = load("limits")["patterns"][form]["meaning"]
            return _problem(question, "bad-value", f"{question.id} is {is_a}", expected, value)
    return None


def _misplaced(question: Question, value: object, beside: Mapping[str, object]) -> ConnectError | None:
    """Return the error for a value that conflicts with another answer."""
    rule = question.check
    for form, where in (rule.only_where or {}).items():
        if isinstance(value, str) and search(patterns()[form], value) and not holds(where, beside, patterns()):
            expected = ", or ".join(_meaning(p) for p in rule.any_pattern or () if p != form)
            return _problem(question, "bad-value", f"{question.id} has a form that is not for this", expected, value)
    return None


def _type_words(question: Question) -> str:
    words = [_TYPE_WORDS[question.type], *(_TYPE_WORDS[t] for t in question.accepts)]
    return " or ".join(words)


def _has_type(question: Question, value: object) -> bool:
    return any(_is(kind, value) for kind in (question.type, *question.accepts))


def _is(kind: str, value: object) -> bool:
    match kind:
        case "boolean":
            return isinstance(value, bool)
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "list":
            return isinstance(value, list)
        case "mapping":
            return isinstance(value, Mapping)
        case "any":
            return value is not None
        case _:
            return isinstance(value, str)


def _problem(question: Question, code: str, message: str, expected: str, value: object) -> ConnectError:
    return ConnectError(
        code,
        message,
        expected=expected,
        received=_shown(value),
        hint=f"change the value; `agentcore-connect explain {question.id}` says what it is for",
    )


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 3] + "..."


def _meaning(pattern: str) -> str:
    entry = load("limits")["patterns"][pattern]
    return f"{entry['meaning']} (for example {entry['example']})"


def _check_text(question: Question, value: object) -> ConnectError | None:
    rule = question.check
    if isinstance(value, int):
        return _check_number(question, rule, value)
    if not isinstance(value, str):
        return None
    if any(ord(char) < 32 for char in value):
        return _problem(question, "bad-value", f"{question.id} has a control character", "one line of text", value)
    if rule.pattern and search(patterns()[rule.pattern], value) is None:
        return _problem(question, "bad-value", f"{question.id} has the wrong form", _meaning(rule.pattern), value)
    if refused := _refused(question, value):
        return refused
    if rule.any_pattern and not any(search(patterns()[p], value) for p in rule.any_pattern):
        expected = ", or ".join(_meaning(p) for p in rule.any_pattern)
        return _problem(question, "bad-value", f"{question.id} has the wrong form", expected, value)
    if rule.path_or and "://" in value and search(patterns()[rule.path_or], value) is None:
        expected = f"a path, or {_meaning(rule.path_or)}"
        return _problem(question, "bad-value", f"{question.id} has the wrong form", expected, value)
    if rule.vendor and value not in (known := [v["id"] for v in load("oauth-vendors")["vendors"]]):
        near = _nearest(value, known, 0.5)
        expected = near[0] if near else "one of " + ", ".join(known)
        return _problem(question, "unknown-value", f"{question.id} has no such value", expected, value)
    return _check_length(question, rule.min_length, rule.max_length, value)


def _check_number(question: Question, rule: Check, value: int) -> ConnectError | None:
    low, high = rule.minimum, rule.maximum
    if (low is not None and value < low) or (high is not None and value > high):
        return _problem(question, "bad-value", f"{question.id} is out of range", f"{low} to {high}", value)
    return None


def _check_length(question: Question, least: int | None, most: int | None, value: str) -> ConnectError | None:
    low = least or 0
    if len(value) < low or (most is not None and len(value) > most):
        expected = f"at least {low} characters" if most is None else f"{low} to {most} characters"
        return _problem(question, "bad-value", f"{question.id} has the wrong length ({len(value)})", expected, value)
    return None


def _check_items(question: Question, value: object) -> ConnectError | None:
    if not isinstance(value, list):
        return None
    rule = question.check
    if rule.max_items is not None and len(value) > rule.max_items:
        said = f"{question.id} has too many entries ({len(value)})"
        return _problem(question, "bad-value", said, f"at most {rule.max_items}", f"{len(value)} entries")
    for number, item in enumerate(value):
        problem = _check_item(question, rule, item)
        if problem is not None:
            problem.message = f"{problem.message}, at entry {number}"
            return problem
    return None


def _check_item(question: Question, rule: Check, item: object) -> ConnectError | None:
    fields = question.items
    if fields is not None:
        if isinstance(item, str) and "text" in question.accepts:
            return None
        return _check_fields(question, fields, item)
    if not isinstance(item, str):
        return _problem(question, "wrong-type", f"{question.id} has an entry of the wrong type", "text", item)
    pattern = rule.each_pattern
    if pattern and search(patterns()[pattern], item) is None:
        return _problem(question, "bad-value", f"{question.id} has an entry of the wrong form", _meaning(pattern), item)
    return _check_length(question, rule.each_min_length, rule.each_max_length, item)


def _check_fields(question: Question, fields: Mapping[str, Field], item: object) -> ConnectError | None:
    if not isinstance(item, Mapping):
        return _problem(
            question,
            "wrong-type",
            f"{question.id} has an entry of the wrong type",
            "a mapping of " + ", ".join(fields),
            item,
        )
    for key in item:
        if key not in fields:
            near = _nearest(str(key), fields, 0.6)
            expected = near[0] if near else "one of " + ", ".join(fields)
            return _problem(question, "unknown-key", f"{question.id} has no key {key!r}", expected, key)
    for key, spec in fields.items():
        value = item.get(key)
        if value is not None:
            problem = _check_field(question, key, spec, value)
        elif spec.required:
            problem = _problem(question, "missing-key", f"{question.id} lacks {key!r}", f"{key}: {spec.type}", item)
        else:
            continue
        if problem is not None:
            return problem
    return None


def _check_field(question: Question, key: str, spec: Field, value: object) -> ConnectError | None:
    """Check one key of an entry."""
    given = value if isinstance(value, list) else [value]
    several = given is value
    choices = spec.choices or ()
    wrong = [one for one in given if choices and one not in choices]
    if wrong and (several or spec.type == "choice"):
        expected = f"{'some' if several else 'one'} of {', '.join(choices)}"
        received = wrong if several else value
        return _problem(question, "unknown-value", f"{question.id}: {key} has no such value", expected, received)
    many = spec.many and several
    if not many and not _is(spec.type, value):
        return _problem(question, "wrong-type", f"{question.id}: {key} has the wrong type", spec.type, value)
    if spec.pattern and isinstance(value, str) and search(patterns()[spec.pattern], value) is None:
        expected = _meaning(spec.pattern)
        return _problem(question, "bad-value", f"{question.id}: {key} has the wrong form", expected, value)
    if spec.keys is not None:
        found = (_check_fields(question, spec.keys, one) for one in (given if many else [value]))
        return next((one for one in found if one is not None), None)
    return None


def cast(question: Question, value: Json, raw: str | None) -> Json:
    """Convert a value from the command line to the question's type, if unambiguous.

    Args:
        question: the question.
        value: the value as YAML reads it.
        raw: the characters that were typed, None when the value was quoted or in brackets.
    """
    if question.type == "list" and isinstance(value, str | int | float) and raw is not None:
        return [part.strip() for part in raw.split(",") if part.strip()]
    textual = question.type in ("text", "path", "choice")
    if textual and raw is not None and not isinstance(value, str):
        return raw
    return value
