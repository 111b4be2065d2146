"""The forms of a CloudFormation template: names, references, properties. Pure functions over plain data."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence

from agentcore_connect.core.expressions import later
from agentcore_connect.core.values import Json, JsonObject, mapping, texts
from agentcore_connect.plan.templates import Facts, fill

#: A reference in the knowledge: `${{Name}}`, and in the name there may be placeholders.
_REFERENCE = later(r"\$\{\{((?:[^{}]|\{[^{}]*\})*)\}\}")
# References inside texts that are being filled: characters that no answer holds, so that no answer makes a reference.
_OPEN, _SHUT = "\x02", "\x03"
_MARKED = later(f"{_OPEN}([^{_SHUT}]+){_SHUT}")


def logical_ids(names: Iterable[str]) -> dict[str, str]:
    """A name in the template for each of these names: letters and digits only, and no two alike."""
    found: dict[str, str] = {}
    for name in dict.fromkeys(names):
        words = re.findall(r"[A-Za-z0-9]+", name)
        base = "".join(word[0].upper() + word[1:] for word in words) or "Thing"
        number, made = 1, base
        while made in found.values():
            number += 1
            made = f"{base}{number}"
        found[name] = made
    return found


def reference(name: str) -> str:
    """A reference that can stand in a text, until `referenced` makes a function of it."""
    return f"{_OPEN}{name}{_SHUT}"


def in_json(text: str) -> str:
    """JSON text whose references can be found again: it spells their marks as escapes."""
    return text.replace(json.dumps(_OPEN)[1:-1], _OPEN).replace(json.dumps(_SHUT)[1:-1], _SHUT)


def filled(value: Json, facts: Facts) -> Json:
    """A value of the knowledge, whose keys may be functions, with its answers and its references in place."""
    if isinstance(value, Mapping):
        return {key: filled(part, facts) for key, part in value.items()}
    if isinstance(value, list):
        return [filled(part, facts) for part in value]
    return fill(_REFERENCE.sub(lambda found: reference(found[1]), value), facts) if isinstance(value, str) else value


def referenced(value: Json) -> Json:
    """The value with every reference as a function: Ref or GetAtt where it is the whole text, else Sub."""
    if isinstance(value, Mapping):
        return {key: referenced(part) for key, part in value.items()}
    if isinstance(value, list):
        return [referenced(part) for part in value]
    if not isinstance(value, str):
        return value
    whole = _MARKED.fullmatch(value)
    if whole:
        return _function(whole[1])
    if _MARKED.search(value) is None:
        return value
    return {"Fn::Sub": _MARKED.sub(r"${\1}", value.replace("${", "${!"))}


def _function(name: str) -> JsonObject:
    resource, dot, attribute = name.partition(".")
    return {"Fn::GetAtt": [resource, attribute]} if dot else {"Ref": name}


def replaced(facts: Facts, path: Sequence[str], value: Json) -> dict[str, object]:
    """The facts with another value at a path; what is on the way is copied, the facts stay as they are."""
    found = dict(facts)
    first, *rest = path
    inner = found.get(first)
    found[first] = replaced(inner if isinstance(inner, Mapping) else {}, rest, value) if rest else value
    return found


def properties(body: Json, maps: Sequence[str], opaque: Sequence[str]) -> Json:
    """The members of a request under the names that CloudFormation has for them: with a capital letter.

    In: the body, the members whose keys are data, and those that are data altogether.
    """
    if isinstance(body, list):
        return [properties(part, maps, opaque) for part in body]
    if not isinstance(body, Mapping):
        return body
    found: dict[str, Json] = {}
    for key, part in body.items():
        value: Json
        if key in opaque:
            value = part
        elif key in maps and isinstance(part, Mapping):
            value = {name: properties(inner, maps, opaque) for name, inner in part.items()}
        else:
            value = properties(part, maps, opaque)
        found[key[:1].upper() + key[1:]] = value
    return found


def members(made: Json, maps: Sequence[str], opaque: Sequence[str]) -> Json:
    """The way back from `properties`: resource properties as the members of a request."""
    if isinstance(made, list):
        return [members(part, maps, opaque) for part in made]
    if not isinstance(made, Mapping):
        return made
    found: dict[str, Json] = {}
    for name, part in made.items():
        key = str(name)[:1].lower() + str(name)[1:]
        if key in maps and isinstance(part, Mapping):
            found[key] = {inner: members(value, maps, opaque) for inner, value in part.items()}
        else:
            found[key] = part if key in opaque else members(part, maps, opaque)
    return found


def deep_merged(first: JsonObject, second: JsonObject) -> dict[str, Json]:
    """Both mappings in one; where both have a value, that of the second, and mappings again in one."""
    found = dict(first)
    for key, value in second.items():
        own = found.get(key)
        both = isinstance(own, Mapping) and isinstance(value, Mapping)
        found[key] = deep_merged(mapping(own), mapping(value)) if both else value
    return found


def merged(statements: Iterable[JsonObject]) -> list[JsonObject]:
    """IAM statements with those of one name in one: the same actions, on the resources of all."""
    found: dict[str, JsonObject] = {}
    for one in statements:
        before = found.get(str(one["Sid"]), {**one, "Resource": []})
        found[str(one["Sid"])] = {
            **before,
            "Action": list(dict.fromkeys([*texts(before["Action"]), *texts(one["Action"])])),
            "Resource": list(dict.fromkeys([*texts(before["Resource"]), *texts(one["Resource"])])),
        }
    return list(found.values())


def size_at_most(template: Json) -> int:
    """A bound for the bytes of a template as text: that of its JSON, with room for the indentation of its lines."""
    text = json.dumps(template, ensure_ascii=False, indent=2)
    return len(text.encode()) + 16 * text.count("\\n")
