"""CloudFormation data as YAML, with its functions in their short form: !Ref, !GetAtt, !Sub."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

_TAGS = {"Ref": "!Ref", "Fn::GetAtt": "!GetAtt", "Fn::Sub": "!Sub", "Fn::If": "!If", "Fn::Join": "!Join"}
_TAGS |= {"Fn::Not": "!Not", "Fn::Equals": "!Equals"}


class _Dumper(yaml.SafeDumper):
    """Keeps the order of keys, writes lists inside their key, and texts of many lines as they stand."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Indent the entries of a list below its key."""
        super().increase_indent(flow, False)

    def choose_scalar_style(self) -> Any:
        """Write what a function refers to without quotes, where YAML reads it as one text."""
        event = self.event
        if isinstance(event, yaml.ScalarEvent) and event.tag in _TAGS.values() and not event.style:
            self.analysis = self.analysis or self.analyze_scalar(event.value)
            plain = self.analysis.allow_flow_plain if self.flow_level else self.analysis.allow_block_plain
            if plain and not self.analysis.multiline:
                return ""
        return super().choose_scalar_style()

    def ignore_aliases(self, data: Any) -> bool:
        """Write a value again where it is used again: CloudFormation knows no anchors."""
        return True


def _mapping(dumper: _Dumper, data: Mapping[str, Any]) -> yaml.Node:
    if len(data) == 1:
        (key, value), *_ = data.items()
        if key in _TAGS:
            return _function(dumper, _TAGS[key], value)
    return dumper.represent_mapping("tag:yaml.org,2002:map", data.items())


def _function(dumper: _Dumper, tag: str, value: Any) -> yaml.Node:
    if tag == "!GetAtt":
        value = ".".join(value)
    if isinstance(value, str):
        return dumper.represent_scalar(tag, value, style="|" if "\n" in value else None)
    return dumper.represent_sequence(tag, value, flow_style=True)


def _text(dumper: _Dumper, data: str) -> yaml.Node:
    style = "|" if "\n" in data and all(line == line.rstrip() for line in data.split("\n")) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", data, style=style)


_Dumper.add_representer(dict, _mapping)
_Dumper.add_representer(str, _text)


def cfn_yaml(value: Any, indent: int | None = None) -> str:
    """A value as YAML: on one line, or with `indent` below its key, a line break in front."""
    text = yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10_000)
    text = text.removesuffix("...\n").rstrip("\n")
    if indent is None:
        return text
    if not isinstance(value, Mapping | list) or text.startswith("!"):
        return f" {text}"
    return "".join(f"\n{' ' * indent}{line}" if line else "\n" for line in text.split("\n"))
