"""The YAML of contracts: read back it is the same data, and the same data is the same text."""

from __future__ import annotations

import pytest

from agentcore_connect.clispec.emit import emit
from agentcore_connect.text import document

SCALARS = [
    *(
        "",
        "a",
        "a b",
        " a",
        "a ",
        "-",
        "--",
        "---",
        "--name",
        "-y",
        "- a",
        "a: b",
        "a #b",
        "#a",
        "yes",
        "No",
        "NONE",
        "None",
    ),
    *(
        "null",
        "true",
        "on",
        "1",
        "1.0",
        "1e3",
        "0.30.0",
        "012",
        "0x1f",
        ".inf",
        "12:30",
        "2026-11-21",
        "a\nb",
        "tab\t",
        "é",
        "\\",
    ),
    *(
        '"quoted"',
        "'x'",
        "{a}",
        "[a]",
        "a, b",
        "a]",
        "*a",
        "&a",
        "!a",
        "%a",
        "@a",
        "`a",
        "a:b",
        "a=b",
        "<<",
        "=",
        "~",
        "|",
        ">",
    ),
]


@pytest.mark.parametrize("text", SCALARS)
def test_text_is_read_back(text: str) -> None:
    data = {"key": text, "list": [text, "z"], "map": {"inner": {text: text}}, "long": [text * 40, "w" * 160]}
    assert document.parse(emit(data), path="made.yaml").data == data


@pytest.mark.parametrize(
    "value", [None, True, False, 0, -3, 1.5, [], {}, [[]], [{}], [[1], {"a": None}], {"a": {"b": {"c": []}}}]
)
def test_other_values_are_read_back(value: object) -> None:
    data = {"key": value, "deep": {"deeper": [value, value]}}
    assert document.parse(emit(data), path="made.yaml").data == data


def test_long_things_are_broken_up_and_read_back() -> None:
    data = {
        "a": [{"id": "x" * 50, "list": ["y" * 30] * 9, "map": {f"k{n}": "v" * 40 for n in range(5)}}, {"id": "short"}]
    }
    text = emit(data, ["first", "second"])
    assert text.startswith("# first\n# second\na:\n")
    assert document.parse(text, path="made.yaml").data == data
    assert emit(document.parse(text, path="made.yaml").data, ["first", "second"]) == text
