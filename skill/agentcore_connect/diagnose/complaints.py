"""Parses complaints about members of a request, from the service, CloudFormation, or boto3."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agentcore_connect.core.record import NamedTuple

_FAILED = " failed to satisfy constraint: "
_AT = re.compile(r" ?at '(?P<path>[^']{1,400})'$")
_GIVEN = re.compile(r"Value(?: '|(?: null| with length (?P<size>\d{1,9}))?$)")
#: How long a value may be that is looked at; of a longer one nothing is told.
_LOOK_BACK = 4000
_RULE = re.compile(r"[^;\"]{1,300}")
_RULES = (
    ("length", re.compile(r"Member must have length less than or equal to (?P<most>\d+)")),
    ("length", re.compile(r"Member must have length greater than or equal to (?P<least>\d+)")),
    ("length", re.compile(r"Member must have length between (?P<least>\d+) and (?P<most>\d+)")),
    ("range", re.compile(r"Member must (?:have value|be) less than or equal to (?P<most>-?\d+)")),
    ("range", re.compile(r"Member must (?:have value|be) greater than or equal to (?P<least>-?\d+)")),
    ("range", re.compile(r"Member must be between (?P<least>-?\d+) and (?P<most>-?\d+)")),
    ("enum", re.compile(r"Member must satisfy enum value set: \[(?P<names>[^\]]{0,4000})\]")),
    ("pattern", re.compile(r"Member must satisfy regular expression pattern: ?(?P<pattern>.{1,1500})")),
    ("missing", re.compile(r"Member must not be null")),
    ("member", re.compile(r"Member must satisfy constraint: ?\[")),
    ("key", re.compile(r"Map keys must satisfy constraint: ?\[")),
    ("value", re.compile(r"Map values? must satisfy constraint: ?\[")),
)
_PATH = r"(?P<path>[\w.\[\]-]{1,400}(?: \(key: [^)]{0,200}\))?)"
#: boto3 and botocore, and the AWS CLI, which says the same.
_LOCAL = (
    ("missing", re.compile(rf"Missing required parameter in {_PATH}: \"(?P<name>[^\"]{{1,100}})\"")),
    (
        "unknown",
        re.compile(
            rf"Unknown parameter in {_PATH}: \"(?P<name>[^\"]{{1,100}})\", must be one of: "
            r"(?P<names>\w+(?:, \w+){0,200})"
        ),
    ),
    (
        "type",
        re.compile(
            rf"Invalid type for parameter {_PATH}, value: .{{0,2000}}?, type: <class '(?P<name>[\w.]+)'>, valid types"
        ),
    ),
    (
        "range",
        re.compile(rf"Invalid value for parameter {_PATH}, value: \S{{1,40}}, valid min value: (?P<least>-?\d+)"),
    ),
    (
        "length",
        re.compile(rf"Invalid length for parameter {_PATH}, value: (?P<size>\d+), valid min length: (?P<least>\d+)"),
    ),
    (
        "union",
        re.compile(
            rf"Invalid number of parameters set for tagged union structure {_PATH}\. "
            r"Can only set one of the following keys: (?P<names>\w+(?:, \w+){0,100})"
        ),
    ),
    (
        "none",
        re.compile(
            rf"Must set one of the following keys for tagged union ?structure {_PATH}: (?P<names>\w+(?:, \w+){{0,100}})"
        ),
    ),
)
_POINTER = r"#(?P<path>(?:/[\w-]{1,100}){0,30}): (?:#: )?"
_TEMPLATE = (
    ("any", re.compile(rf"{_POINTER}failed validation constraint for keyword \[(?P<name>\w{{1,40}})\]")),
    ("any", re.compile(rf"{_POINTER}\d{{1,3}} (?P<name>subschemas) matched instead of one")),
    ("missing", re.compile(rf"{_POINTER}required key \[(?P<name>\w{{1,100}})\] not found")),
    ("unknown", re.compile(rf"{_POINTER}extraneous key \[(?P<name>[\w-]{{1,100}})\] is not permitted")),
    ("length", re.compile(rf"{_POINTER}expected maxLength: (?P<most>\d+), actual: (?P<size>\d+)")),
    ("length", re.compile(rf"{_POINTER}expected minLength: (?P<least>\d+), actual: (?P<size>\d+)")),
    ("type", re.compile(rf"{_POINTER}expected type: \w{{1,20}}, found: (?P<name>\w{{1,20}})")),
)
#: Signs that a message does not show the value as it was sent.
_ALTERED = re.compile(r"\\|\*\*\*|\.\.\.|…|REDACTED|Sensitive", re.IGNORECASE)


class Complaint(NamedTuple):
    """One complaint about one member.

    ``path`` is the member's as written; ``kind`` is length, range, enum, pattern, missing, unknown, type, union, none
    (of a union's members), any (whatever the member's limits are), other, or member, key and value (of
    what it holds).
    ``by`` is service, boto3 or template. ``name`` is the member, type or keyword that the message names, ``names`` what
    it lists. ``value`` may be a secret: it is measured and never shown; None where it is not known for certain.
    """

    path: str
    kind: str
    by: str
    rule: str
    name: str = ""
    names: tuple[str, ...] = ()
    pattern: str = ""
    least: int | None = None
    most: int | None = None
    size: int | None = None
    value: str | None = None


def complaints(text: str, raw: str) -> tuple[Complaint, ...]:
    """Each complaint once, in the order of the text. In: the text on one line; and as it was pasted, for the values."""
    found: dict[tuple[str, str, str], Complaint] = {}
    for one in (*_of_service(text, raw), *_forms(text, _LOCAL, "boto3"), *_forms(text, _TEMPLATE, "template")):
        found.setdefault((one.path, one.kind, one.name), one)
    return tuple(found.values())


def _of_service(text: str, raw: str) -> Iterator[Complaint]:
    begin = 0
    while (end := text.find(_FAILED, begin)) >= 0:
        before, rest = text[max(begin, end - _LOOK_BACK) : end], text[end + len(_FAILED) :][:6000]
        begin = end + len(_FAILED)
        place = _AT.search(before)
        rule = _RULE.match(rest)
        kinds = ((kind, met) for kind, form in _RULES if (met := form.match(rest)))
        if place is None or rule is None:
            continue
        kind, met = next(kinds, ("other", rule))
        value, size = _given(before[: place.start()], raw)
        yield _complaint(place["path"], kind, "service", rule[0].strip(), met, value, size)


def _given(before: str, raw: str) -> tuple[str | None, int | None]:
    """The value before its place, and its size where only that is told; None for what is not certain."""
    given = list(_GIVEN.finditer(before.rpartition(" detected")[2]))
    if len(given) != 1:
        return None, None
    if given[0]["size"]:
        return None, int(given[0]["size"])
    rest = given[0].string[given[0].end() :]
    if not given[0].group().endswith("'") or not rest.endswith("'"):
        return None, None
    value = rest[:-1]
    return (None, None) if _ALTERED.search(value) or f"'{value}'" not in raw else (value, None)


def _forms(text: str, forms: tuple[tuple[str, re.Pattern[str]], ...], by: str) -> Iterator[Complaint]:
    for kind, form in forms:
        for met in form.finditer(text):
            rule = met[0].split(" #")[0].partition(":")[0] if by == "boto3" else met[0].partition(": ")[2]
            path = met["path"].removeprefix("input") if met["path"] in ("input", "") else met["path"]
            yield _complaint(path, kind, by, rule, met)


def _complaint(
    path: str,
    kind: str,
    by: str,
    rule: str,
    met: re.Match[str],
    value: str | None = None,
    size: int | None = None,
) -> Complaint:
    part = met.groupdict()
    numbers = {name: int(part[name]) for name in ("least", "most", "size") if part.get(name)}
    names = tuple(name.strip() for name in (part.get("names") or "").split(",") if name.strip())
    told = {"size": size, **numbers}
    pattern = (part.get("pattern") or "").strip()
    return Complaint(path, kind, by, rule, part.get("name") or "", names, pattern, value=value, **told)
