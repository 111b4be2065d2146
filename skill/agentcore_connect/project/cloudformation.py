"""CloudFormation templates, JSON or YAML with their short functions, as plain data with lines. Nothing is resolved."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final, TypeAlias

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.values import Json
from agentcore_connect.project.source import lines_of, parse_json
from agentcore_connect.project.values import Open, Value, mapping_of

if TYPE_CHECKING:
    from yaml.events import CollectionStartEvent, Event

_Container: TypeAlias = "list[Json] | dict[str, Json]"
MAX_DEPTH: Final = 100
MAX_VALUES: Final = 500_000
_SUB: Final = re.compile(r"\$\{([^}]*)\}")
_KNOWN: Final = {"AWS::Region": "us-east-1", "AWS::Partition": "aws", "AWS::URLSuffix": "amazonaws.com"}


class Template:
    """A template: its resources as plain data in which functions are `Open`, and the line of each resource."""

    def __init__(self, resources: Mapping[str, Mapping[str, Value]], lines: dict[str, int]) -> None:
        """In: the resources by logical id, the line of each."""
        self.resources = resources
        self.lines = lines


def read_template(text: str, *, shown: str) -> Template | None:
    """The template in a text; None when it is none. Errors: ConnectError with file and line."""
    if text.lstrip()[:1] == "{":
        data, lines = parse_json(text, shown=shown), None
    else:
        data, lines = _yaml(text, shown)
    found = data.get("Resources") if isinstance(data, dict) else None
    if not isinstance(found, dict):
        return None
    if lines is None:
        told = lines_of(text, [("Resources", name) for name in found])
        lines = {name: told[("Resources", name)] for name in found}
    settled = _Settled()
    return Template({name: mapping_of(settled.of(one)) for name, one in found.items() if isinstance(one, dict)}, lines)


def template_data(text: str, *, shown: str) -> Json:
    """The whole of a YAML template as plain data, its functions in their long form.

    Plain scalars are truth values and whole numbers where they read like them, else texts.
    Errors: ConnectError with file and line.
    """
    return _yaml(text, shown, typed=True)[0]


class _Settled:
    """The data with every function of CloudFormation turned into an `Open` value; bounded, as aliases may repeat."""

    def __init__(self) -> None:
        self.left = MAX_VALUES

    def of(self, value: Json, depth: int = 0) -> Value:
        self.left -= 1
        if depth > MAX_DEPTH or self.left < 0:
            return Open()
        if isinstance(value, list):
            return [self.of(one, depth + 1) for one in value]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            ((name, argument),) = value.items()
            if name == "Ref" or str(name).startswith("Fn::"):
                return _function(name, argument)
        return {key: self.of(one, depth + 1) for key, one in value.items()}


def _function(name: str, argument: object) -> Value:
    said = _said(argument)
    if name == "Ref":
        return Open(_KNOWN.get(str(argument), ""), said)
    if name == "Fn::Sub":
        text = argument[0] if isinstance(argument, list) and argument else argument
        if not isinstance(text, str):
            return Open("", said)
        return text if "${" not in text else Open(_SUB.sub(_known, text), said)
    if name == "Fn::Join" and isinstance(argument, list) and len(argument) == 2 and isinstance(argument[1], list):
        return Open(str(argument[0]).join(_piece(one) for one in argument[1]), said)
    return Open("", said)


def _said(argument: object) -> str:
    """The names in a function's argument: those that a reference can stand under."""
    if isinstance(argument, list):
        return " ".join(one for one in argument[:20] if isinstance(one, str))
    return argument if isinstance(argument, str) else ""


def _known(part: re.Match[str]) -> str:
    return _KNOWN.get(str(part[1]), "x")


def _piece(value: object) -> str:
    if isinstance(value, dict) and list(value) == ["Ref"]:
        return _KNOWN.get(str(value["Ref"]), "x")
    return value if isinstance(value, str) else "x"


def _yaml(text: str, shown: str, *, typed: bool = False) -> tuple[Json, dict[str, int]]:
    """The data of a YAML text, tags as functions; and the lines of the resources."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return _Builder(shown, typed).build(yaml.parse(text, Loader=loader))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{shown}:{mark.line + 1}" if mark else shown
        raise ConnectError("malformed-file", "is not valid YAML", where=place) from None


class _Builder:
    """Builds data from YAML's events, without recursion and within bounds."""

    def __init__(self, shown: str, typed: bool = False) -> None:
        self.shown = shown
        self.typed = typed
        self.lines: dict[str, int] = {}
        self.anchors: dict[str, Json] = {}
        self.root: Json = None
        self.stack: list[tuple[_Container, list[str]]] = []  # a container, its pending key (none or one)

    def build(self, events: Iterable[Event]) -> tuple[Json, dict[str, int]]:
        import yaml

        for event in events:
            line = event.start_mark.line + 1 if event.start_mark else 1
            if isinstance(event, yaml.ScalarEvent):
                plain = self.typed and event.implicit[0] and event.tag is None
                self._add(_scalar(event.value) if plain else _tagged(event.tag, event.value), event.anchor, line)
            elif isinstance(event, yaml.AliasEvent):
                self._add(self.anchors.get(event.anchor or ""), None, line)
            elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
                if len(self.stack) > MAX_DEPTH:
                    raise ConnectError("malformed-file", "is nested too deeply", where=f"{self.shown}:{line}")
                self._open({} if isinstance(event, yaml.MappingStartEvent) else [], event, line)
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                self.stack.pop()
            elif isinstance(event, yaml.DocumentEndEvent):
                break
        return self.root, self.lines

    def _open(self, container: _Container, event: CollectionStartEvent, line: int) -> None:
        self._add(_tagged(event.tag, container), event.anchor, line)
        self.stack.append((container, []))

    def _add(self, value: Json, anchor: str | None, line: int) -> None:
        if anchor:
            self.anchors[anchor] = value
        if not self.stack:
            self.root = value
            return
        container, key = self.stack[-1]
        if isinstance(container, list):
            container.append(value)
        elif key:
            container[key.pop()] = value
        else:
            key.append(str(value))
            if len(self.stack) == 2 and container is _child(self.root, "Resources"):
                self.lines[str(value)] = line


def _scalar(text: str) -> Json:
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    return int(text) if re.fullmatch(r"-?(?:0|[1-9][0-9]{0,17})", text) else text


def _child(root: Json, name: str) -> Json:
    return root.get(name) if isinstance(root, dict) else None


def _tagged(tag: str | None, value: Json) -> Json:
    """A value under a tag of CloudFormation: `!Ref x` is {"Ref": x}, `!Sub x` is {"Fn::Sub": x}."""
    if tag is None or not tag.startswith("!") or tag == "!":
        return value
    name = tag[1:]
    return {name if name in ("Ref", "Condition") else f"Fn::{name}": value}
