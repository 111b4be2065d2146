"""Answers that are changed in place: the lines that still hold stay as their owner wrote them."""

from __future__ import annotations

import difflib
import itertools
import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from agentcore_connect.answers import store
from agentcore_connect.text.document import parse
from agentcore_connect.text.edit import edited

TEXT = """\
# Our answers; ask Kim before you change them.
version: 1   # the only one

gateway: {name: g, inbound_auth: aws-iam}  # shared with billing

connections:
  # the first one
  - name:   "A"     # with quotes
    service: 'mcp-server'
    # about its sign-in
    oauth:
      scopes: [read,   write]
      client_id: x  # of the test tenant
  - {name: B, service: lambda}
# that is all
"""


def put(key: str, value: Any) -> Any:
    return lambda data: store.put(data, key, value)


def forget(key: str) -> Any:
    return lambda data: store.forget(data, key)


CASES: dict[str, tuple[Any, list[str], list[str]]] = {
    "a value": (
        put("connections.0.name", "Z"),
        ['  - name:   "A"     # with quotes'],
        ["  - name:   Z     # with quotes"],
    ),
    "a number": (put("version", 2), ["version: 1   # the only one"], ["version: 2   # the only one"]),
    "a new key": (put("connections.0.endpoint", "https://x.example/y"), [], ["    endpoint: https://x.example/y"]),
    "a new key in one line": (
        put("connections.1.endpoint", "a, b"),
        ["  - {name: B, service: lambda}"],
        ['  - {name: B, service: lambda, endpoint: "a, b"}'],
    ),
    "a new connection": (put("connections.2.name", "C"), [], ["  - name: C"]),
    "a new part": (put("policy.mode", "enforce"), [], ["policy:", "  mode: enforce"]),
    "a new key where it usually stands": (
        put("connections.0.direction", "agent-calls-service"),
        [],
        ["    direction: agent-calls-service"],
    ),
    "a list": (
        put("connections.0.oauth.scopes", ["q"]),
        ["      scopes: [read,   write]"],
        ["      scopes: [q]"],
    ),
    "one more in a list": (
        put("connections.0.oauth.scopes", ["read", "write", "x:y"]),
        ["      scopes: [read,   write]"],
        ["      scopes: [read,   write, x:y]"],
    ),
    "a key gone": (forget("connections.0.oauth.client_id"), ["      client_id: x  # of the test tenant"], []),
    "the first key gone": (
        forget("connections.0.name"),
        ['  - name:   "A"     # with quotes', "    service: 'mcp-server'"],
        ["  - service: 'mcp-server'"],
    ),
    "a connection gone": (forget("connections.1"), ["  - {name: B, service: lambda}"], []),
    "a key in one line gone": (
        forget("gateway.name"),
        ["gateway: {name: g, inbound_auth: aws-iam}  # shared with billing"],
        ["gateway: {inbound_auth: aws-iam}  # shared with billing"],
    ),
    "the last key in one line gone": (
        forget("gateway.inbound_auth"),
        ["gateway: {name: g, inbound_auth: aws-iam}  # shared with billing"],
        ["gateway: {name: g}  # shared with billing"],
    ),
}


@pytest.mark.parametrize("ending", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("what", CASES)
def test_only_the_lines_that_have_to_change_do(what: str, ending: str) -> None:
    change, gone, new = CASES[what]
    text = TEXT.replace("\n", ending)
    data = change(parse(text).data)
    result = edited(text, data)
    assert parse(result).data == data
    assert result.count("\r\n") == (result.count("\n") if ending == "\r\n" else 0)
    lines = list(difflib.ndiff(TEXT.splitlines(), result.replace("\r\n", "\n").splitlines()))
    assert [line[2:] for line in lines if line.startswith("- ")] == gone
    assert [line[2:] for line in lines if line.startswith("+ ")] == new


def test_a_byte_order_mark_stays_and_costs_no_comment() -> None:
    data = store.put(parse(TEXT).data, "version", 2)
    assert edited(f"\ufeff{TEXT}", data) == f"\ufeff{edited(TEXT, data)}"


def test_a_value_that_stands_for_several_is_written_anew_below_the_comments() -> None:
    """A change at the anchor would change the alias too."""
    text = "# ours\na: &x {b: 1}  # shared\nc: *x\n"
    data = {"a": {"b": 2}, "c": {"b": 1}}
    result = edited(text, data)
    assert parse(result).data == data
    assert result.splitlines()[:2] == ["# ours", "# shared"]


names = st.text("abcdef", min_size=1, max_size=3)
scalars = st.one_of(
    st.integers(-5, 5),
    st.booleans(),
    st.none(),
    st.text("ab #:-'\"{}[],é\n", max_size=6),
    st.sampled_from(["no", "1e3"]),
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3), max_leaves=8
)
documents = st.dictionaries(names, values, min_size=1, max_size=4)


def written(data: Any, draw: Any, indent: int = 0) -> list[str]:
    """Lines of YAML in a form that a person could have chosen: block or flow, with comments, blank lines and quotes."""
    lead = " " * indent
    lines: list[str] = []
    for key, value in data.items():
        if draw(st.booleans()):
            lines += [f"{lead}# {draw(names)}", *([""] if draw(st.booleans()) else [])]
        if isinstance(value, dict) and value and draw(st.booleans()):
            lines += [f"{lead}{key}:", *written(value, draw, indent + draw(st.sampled_from([1, 2, 4])))]
        elif isinstance(value, list) and value and draw(st.booleans()):
            lines.append(f"{lead}{key}:")
            inner = indent + draw(st.sampled_from([0, 2]))
            lines += [
                f"{' ' * inner}-{' ' * draw(st.integers(1, 2))}{json.dumps(one, ensure_ascii=False)}" for one in value
            ]
        else:
            text = json.dumps(value, ensure_ascii=False)
            lines.append(
                f"{lead}{key}:{' ' * draw(st.integers(1, 3))}{text}{draw(st.sampled_from(['', '  # why', ' ']))}"
            )
    return lines


def comments(text: str) -> list[str]:
    """The comments of a text that `written` made: no value holds one, since JSON keeps a value on its line."""
    plain = re.sub(r'"(?:[^"\\]|\\.)*"', "", text)
    return sorted(re.findall(r"# \w+", plain))


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(documents, st.data())
def test_whatever_is_changed_the_text_says_it_and_keeps_its_comments(data: dict[str, Any], draw: st.DataObject) -> None:
    text = "\n".join(written(data, draw.draw)) + draw.draw(st.sampled_from(["\n", ""]))
    assume(parse(text, format_="yaml").data == data)
    for _ in range(draw.draw(st.integers(1, 4))):
        key = draw.draw(st.sampled_from([*data, "new"]))
        after = {**data, key: draw.draw(values)}
        result = edited(text, after)
        assert parse(result, format_="yaml").data == after
        if not (isinstance(after[key], dict) and isinstance(data.get(key), dict)):  # what goes takes its comments along
            assert comments(result) == comments(text)
        if key not in data:
            kept = iter(result.splitlines())
            assert all(line in kept for line in text.splitlines()), "a line is lost, or stands elsewhere"
        text, data = result, after


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(documents, st.data())
def test_what_is_forgotten_takes_its_own_lines_and_no_other(data: dict[str, Any], draw: st.DataObject) -> None:
    parts = {key: written({key: value}, draw.draw) for key, value in data.items()}
    text = "\n".join(line for lines in parts.values() for line in lines) + draw.draw(st.sampled_from(["\n", ""]))
    assume(parse(text, format_="yaml").data == data)
    while parts:
        key = draw.draw(st.sampled_from([*parts]))
        above = itertools.takewhile(lambda line: not line or line.startswith("#"), parts.pop(key))
        kept = [line for lines in parts.values() for line in lines]
        result = edited(text, {name: data[name] for name in parts})
        assert parse(result, format_="yaml").data == {name: data[name] for name in parts}
        lines = [line for line in result.splitlines() if line not in ("", "{}")]
        own = [line for line in above if line]
        rest = iter(lines)
        assert all(line in rest for line in kept if line), "a line of another entry is lost, or stands elsewhere"
        assert Counter(own) <= Counter(lines), "a comment above the entry is lost"
        text = result


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(documents, st.data())
def test_a_value_answered_and_forgotten_leaves_the_text_as_it_was(data: dict[str, Any], draw: st.DataObject) -> None:
    text = "\n".join(written(data, draw.draw)) + "\n"
    assume(parse(text, format_="yaml").data == data)
    answered = edited(text, {**data, "new": draw.draw(values)})
    assert edited(answered, data) == text


def test_next_keeps_the_comments_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "answers.yaml"
    path.write_text(
        TEXT.replace("    oauth:\n      scopes: [read,   write]\n      client_id: x  # of the test tenant\n", "")
    )
    before = path.read_text()
    argv = [sys.executable, "-P", "-m", "agentcore_connect", "next", "-a", str(path)]
    answer = ["--answer", "connections.0.endpoint=https://mcp.example.com/mcp"]
    subprocess.run([*argv, *answer], check=True, capture_output=True)
    lines = path.read_text().splitlines()
    assert [line for line in before.splitlines() if line not in lines] == []
    assert len(lines) == len(before.splitlines()) + 1
    subprocess.run([*argv, "--forget", "connections.0.endpoint"], check=True, capture_output=True)
    assert path.read_text() == before
