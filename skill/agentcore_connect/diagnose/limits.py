"""Explains a member's limits in the API's model, and what a given value lacks.

The value may be a secret. It is measured and compared, and never told: only its length, its signs that are neither
letter nor digit, and the names of the model.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping

from agentcore_connect.diagnose.api_shapes import Api, Place, api, follow, inside
from agentcore_connect.diagnose.complaints import Complaint
from agentcore_connect.diagnose.value_form import pattern_lacks, same_pattern
from agentcore_connect.knowledge.resources import Entry

_LISTED = 30
_RESOURCE = re.compile(r"AWS::BedrockAgentCore::(\w{1,60})")
_CALLED = re.compile(r"\.([a-z]\w{3,80})\(|\bbedrock-agentcore(?:-control)? ([a-z][a-z0-9-]{3,80})\b")
_UNIT = {"list": ("item", "items"), "map": ("entry", "entries"), "blob": ("byte", "bytes")}
_KINDS = {
    "string": "a text", "list": "a list", "map": "an object", "structure": "an object", "integer": "a whole number",
    "long": "a whole number", "float": "a number", "double": "a number", "boolean": "true or false",
    "blob": "bytes", "timestamp": "a point in time",
}  # fmt: skip
_GIVEN = {
    "str": "a text", "dict": "an object", "list": "a list", "tuple": "a list", "int": "a whole number",
    "float": "a number", "bool": "true or false", "NoneType": "nothing (None)", "bytes": "bytes", "set": "a set",
    "String": "a text", "JSONObject": "an object", "JSONArray": "a list", "Boolean": "true or false",
    "Integer": "a whole number", "Number": "a number", "Null": "nothing (null)",
}  # fmt: skip


def limits(told: tuple[Complaint, ...], operation: str, text: str, known: Api | None = None) -> list[str]:
    """Return a sentence for each complaint about a known member.

    A complaint gives none for another service, an unknown member, or a path that fits several requests with different
    limits.

    Args:
        told: the complaints.
        operation: the operation that the message names, or an empty text.
        text: the message, which may name a call or a resource type.
        known: the service's model; by default the installed one.
    """
    if not told:
        return []
    model = known or api()
    roots = _roots(operation, text, model)
    found: dict[str, None] = {}
    for one in told:
        said = list(dict.fromkeys(sentence for root in roots if (sentence := _sentence(one, root, model))))
        if len(said) == 1:
            found[said[0]] = None
    return list(found)


def _roots(operation: str, text: str, model: Api) -> list[Place]:
    """The requests that a message can speak of: one, or all."""
    if operation:
        named = model.operation(operation)
        return [model.roots[named]] if named else []
    types = {model.operation(f"Create{one}") for one in _RESOURCE.findall(text)}
    calls = {model.operation(one or other) for one, other in _CALLED.findall(text)} - {None}
    for names in (types, calls):
        if len(names) == 1 and (only := next(iter(names))):
            return [model.roots[only]]
    return list(model.roots.values())


def _sentence(one: Complaint, root: Place, model: Api) -> str:
    place = follow(root, one.path)
    if place is None:
        return ""
    if one.kind in ("member", "key", "value"):
        return _each(one.kind, place)
    if one.kind == "any":
        return _limit(one.name, place)
    say = _SAY.get(one.kind)
    return say(one, place, root, model) if say else ""


def _name(place: Place) -> str:
    return f"`{place.path}`" if place.path else "the request"


def takes(about: Entry) -> str:
    """All limits of a member in words: its length or range, its values, its form. Empty where it has none."""
    parts = [_span(about)] if "min" in about or "max" in about else []
    parts += [_values(about["enum"])] if "enum" in about else []
    parts += [f"in the form `{about['pattern']}`"] if "pattern" in about else []
    return ", ".join(parts)


def _span(about: Entry, least: int | None = None, most: int | None = None) -> str:
    least = about.get("min") if least is None else least
    most = about.get("max") if most is None else most
    number = about["type"] in ("integer", "long", "float", "double")
    one, many = ("", "") if number else _UNIT.get(about["type"], ("character", "characters"))
    ends = most if most is not None else least
    unit = f" {one if ends == 1 else many}".rstrip()
    if least == most:
        return f"exactly {most}{unit}"
    if most is None:
        return f"at least {least}{unit}"
    return f"at most {most}{unit}" if least in (None, 0) else f"{least} to {most}{unit}"


def _values(names: list[str]) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:_LISTED])
    return f"one of {shown}" + (f" and {len(names) - _LISTED} more" if len(names) > _LISTED else "")


def _each(kind: str, place: Place) -> str:
    part = {"member": "of", "key": "keys", "value": "values"}[kind]
    if part not in place.about:
        return ""
    allowed = takes(place.shapes[place.about[part]])
    word = {"member": "Each item", "key": "Each key", "value": "Each value"}[kind]
    return f"{word} of {_name(place)} takes {allowed}." if allowed else ""


def _limit(keyword: str, place: Place) -> str:
    """The limit that a keyword of a JSON schema names; the schema's own number is not in the message."""
    about = place.about
    if keyword == "enum" and keyword in about:
        return f"{_name(place)} takes {_values(about[keyword])}."
    if keyword == "pattern" and keyword in about:
        return f"{_name(place)} must have the form `{about[keyword]}`."
    if keyword in _SPANS and ("min" in about or "max" in about):
        return f"{_name(place)} takes {_span(about)}."
    return ""


_SPANS = frozenset({"minLength", "maxLength", "minItems", "maxItems", "minimum", "maximum"})


def _length(one: Complaint, place: Place, root: Place, model: Api) -> str:
    about = place.about
    if about["type"] in ("structure", "boolean", "timestamp", "integer", "long", "float", "double"):
        return ""
    size = one.size
    if size is None and one.value is not None:
        size = len(one.value) if about["type"] == "string" else {"[]": 0, "{}": 0}.get(one.value)
    least, most = one.least, one.most
    too_short = size is not None and least is not None and size < least
    too_long = size is not None and most is not None and size > most
    said = f"{_name(place)} takes {_span(about, least, most)}"
    if not too_short and not too_long:
        return f"{said}."
    return f"{said}; the given value is empty." if size == 0 else f"{said}; the given value has {size}."


def _range(one: Complaint, place: Place, root: Place, model: Api) -> str:
    if place.about["type"] not in ("integer", "long", "float", "double"):
        return ""
    said = "greater" if one.least is None else "less" if one.most is None else "outside of that"
    return f"{_name(place)} takes {_span(place.about, one.least, one.most)}; the given number is {said}."


def _enum(one: Complaint, place: Place, root: Place, model: Api) -> str:
    if place.about["type"] != "string" or not ("enum" in place.about or one.names):
        return ""
    names = list(one.names or place.about["enum"])
    near = _nearest(one.value, names) if one.value is not None else None
    return f"{_name(place)} takes {_values(names)}." + (f" Nearest to the given value: `{near}`." if near else "")


def _pattern(one: Complaint, place: Place, root: Place, model: Api) -> str:
    pattern = place.about.get("pattern")
    if pattern is None:
        return ""
    if one.pattern and not same_pattern(one.pattern, pattern):
        return f"{_name(place)} must have the form that the message gives; botocore {model.version} has another."
    lacks = pattern_lacks(one.value, pattern) if one.value is not None else ""
    return f"{_name(place)} must have the form `{pattern}`." + (f" {lacks}" if lacks else "")


def _missing(one: Complaint, place: Place, root: Place, model: Api) -> str:
    if not one.name:
        return f"{_name(place)} is required and was not given."
    member = follow(place, one.name)
    if member is None or member.path.rpartition(".")[2] not in place.about.get("required", ()):
        return ""
    about = member.about
    allowed = takes(about) or _KINDS[about["type"]]
    if about.get("union"):
        allowed = f"an object with exactly one of {', '.join(f'`{name}`' for name in about['members'])}"
    return f"{_name(member)} is required and was not given. It takes {allowed}."


def _unknown(one: Complaint, place: Place, root: Place, model: Api) -> str:
    members = place.about.get("members")
    if not members or not re.fullmatch(r"[A-Za-z][\w-]{0,63}", one.name):
        return ""
    if one.names and not set(one.names) <= set(members):
        return ""
    if one.name in members:
        if one.by == "template" or (not model.installed and one.names):
            return ""
        return (
            f"`{one.name}` is a member of {_name(place)} in the model of botocore {model.version}; the botocore that "
            "refused it is older: pip install --upgrade boto3."
        )
    said = f"{_name(place)} has no member `{one.name}`.".replace("the request", "The request", 1)
    near = _nearest(one.name, list(members))
    if near and (near.lower() != one.name.lower() or one.by == "boto3"):
        return f"{said} Nearest: `{near}`."
    homes = [below.path for below in inside(root) if below.path.rpartition(".")[2] == one.name]
    if len(homes) == 1:
        return f"{said} It belongs at `{homes[0]}`."
    return f"{said} It has {', '.join(f'`{name}`' for name in list(members)[:_LISTED])}."


def _type(one: Complaint, place: Place, root: Place, model: Api) -> str:
    wanted, given = _KINDS.get(place.about["type"]), _GIVEN.get(one.name)
    if wanted is None or given is None or wanted == given:
        return ""
    inner = place.about.get("members")
    named = f" with {', '.join(f'`{name}`' for name in list(inner)[:_LISTED])}" if inner else ""
    return f"{_name(place)} takes {wanted}{named}; {given} was given."


def _union(one: Complaint, place: Place, root: Place, model: Api) -> str:
    about = place.about
    if not about.get("union"):
        return ""
    names = ", ".join(f"`{name}`" for name in about["members"])
    more = "none of them was given" if one.kind == "none" else "more than one was given: keep the one that is meant"
    return f"{_name(place)} takes exactly one of {names}; {more}."


_SAY: Mapping[str, Callable[[Complaint, Place, Place, Api], str]] = {
    "length": _length,
    "range": _range,
    "enum": _enum,
    "pattern": _pattern,
    "missing": _missing,
    "unknown": _unknown,
    "type": _type,
    "union": _union,
    "none": _union,
}


def _nearest(given: str, names: list[str]) -> str | None:
    """Return the most similar name, or None; letter case, hyphens and underscores are ignored."""
    bare = {re.sub(r"[^a-z0-9]", "", name.lower()): name for name in reversed(names)}
    near = difflib.get_close_matches(re.sub(r"[^a-z0-9]", "", given.lower()[:200]), bare, n=1, cutoff=0.7)
    return bare[near[0]] if near else None
