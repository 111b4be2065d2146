"""Changing answers by key, one text for one set of answers, and saving that never loses a file."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from agentcore_connect.answers import store
from agentcore_connect.core.errors import ConnectError
from agentcore_connect.text import document, emit

TRICKY = [
    *("no", "On", "y", "true", "NULL", "~", "", "012", "1.10", "0x1F", "1e3", "2025-11-25", "1:20"),
    *("1_000", ".inf", "=", "<<"),
    *("Bearer ", " x", "a: b", "a:", "a #b", "#a", "- a", "-", "---", "...", "? a", "*a", "&a", "!a", "|"),
    *(">", "%a", "@a", "`"),
    *("[a", "{a}", "a, b", "'", '"', "\\", "a\nb", "\t", "\r", "\x7f", "\x85", "\u2028", "\ufeff", "é", "😀"),
    *("k" * 1500, "."),
    *("/pets/*", "s3://b/k.json", "https://e.com:1/mcp?a=b&c#d", "../x", ".", "..", ".x"),
    *("arn:aws:lambda:r:1:function:f",),
]  # fmt: skip
KEY = "connections.0.endpoint"
LIST = "a list that takes an index from 0 to 1"
plain_text = st.one_of(st.sampled_from(TRICKY), st.text(st.characters(exclude_categories=["Cs"]), max_size=12))
scalars = st.one_of(
    plain_text, st.integers(), st.booleans(), st.none(), st.floats(allow_nan=False, allow_infinity=False)
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(plain_text, inner, max_size=3), max_leaves=8
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(plain_text, values, max_size=4))
def test_any_data_survive_writing_and_reading_and_have_one_text(data: dict[str, Any]) -> None:
    text = store.dump(data)
    again = document.parse(text, format_="yaml").data
    assert again == data
    assert store.dump(again) == text


@pytest.mark.parametrize("text", TRICKY)
def test_text_stays_text_for_readers_of_yaml_1_1_too(text: str) -> None:
    written = store.dump({"key": text, text: [text, [text]]})
    assert yaml.safe_load(written) == {"key": text, text: [text, [text]]}


def test_text_that_needs_no_quotes_has_none() -> None:
    data = {
        "a": "https://mcp.example.com/mcp",
        "b": "arn:aws:lambda:us-east-1:1:function:f",
        "c": "My Gateway",
        "d": ".",
    }
    assert '"' not in store.dump(data)


def test_keys_come_in_the_order_of_the_contract_and_others_after_them() -> None:
    data = {
        "policy": {"restrict": [], "mode": "log-only"},
        "own": 1,
        "connections": [{"tools": [{"inputSchema": {"z": 1, "a": 2}, "name": "t"}], "more": {}, "name": "W"}],
        "version": 1,
    }
    assert store.dump(data) == (
        "version: 1\n"
        "connections:\n"
        "  - name: W\n"
        "    tools:\n"
        "      - name: t\n"
        "        inputSchema:\n"
        "          z: 1\n"
        "          a: 2\n"
        "    more: {}\n"
        "policy:\n"
        "  mode: log-only\n"
        "  restrict: []\n"
        "own: 1\n"
    )


def test_no_key_is_listed_twice_in_the_order() -> None:
    for keys in emit.ORDER.values():
        assert len(keys) == len(set(keys))


def test_get() -> None:
    data = {"connections": [{"endpoint": None}]}
    assert store.get(data, KEY) is None
    assert store.get(data, "connections.0.host") is None
    assert store.get(data, "connections.1.host") is None
    assert store.get(data, "connections.x") is None
    assert store.get(data, "connections.0.endpoint.deep") is None


def test_put_makes_what_is_missing_and_changes_a_copy() -> None:
    data: dict[str, Any] = {"agent": None}
    made = store.put(data, KEY, "https://x")
    assert (data, made) == ({"agent": None}, {"agent": None, "connections": [{"endpoint": "https://x"}]})
    made = store.put(made, "connections.1.name", "B")
    made = store.put(made, "connections.0.endpoint", "https://y")
    made = store.put(made, "agent.state", "new")
    assert made["connections"] == [{"endpoint": "https://y"}, {"name": "B"}]
    assert made["agent"] == {"state": "new"}


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("connections.2.x", f"connections: '2' cannot be set here\n  received: {LIST}"),
        ("connections.x", f"connections: 'x' cannot be set here\n  received: {LIST}"),
        ("version.x", "version: 'x' cannot be set here\n  received: a plain value"),
        ("agent.0", "agent: '0' cannot be set here\n  received: a mapping, without list indexes"),
        *[
            (
                key,
                f"{key[:80]!r} is not a key of the answers file\n  expected: names and list indexes joined by dots\n"
                "  next: for example connections.0.endpoint",
            )
            for key in ("", ".", "a..b", "a.", "0", "a b", "a.-1", "a.01", "a.99999", "é", "a\n")
        ],
    ],
)  # fmt: skip
def test_put_refuses_keys_without_a_place(key: str, message: str) -> None:
    with pytest.raises(ConnectError) as caught:
        store.put({"version": 1, "agent": {}, "connections": [{}]}, key, 1)
    assert (caught.value.code, str(caught.value)) == ("bad-key", message.replace("\n'", "\\n'"))


def test_forget_takes_back_what_put_made() -> None:
    before: dict[str, Any] = {"version": 1, "connections": [{"name": "W"}]}
    for key in ("connections.0.api_key.prefix", "gateway.name", "agent.a.b.c"):
        assert store.forget(store.put(before, key, "x"), key) == before
    assert store.forget(before, "connections.0.host") == before
    assert store.forget({"a": [1, 2, 3]}, "a.1") == {"a": [1, 3]}
    assert store.forget({"a": [{"b": 1}]}, "a.0.b") == {"a": [{}]}
    assert store.forget({"a": {"b": 1, "c": 2}}, "a.b") == {"a": {"c": 2}}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *[(text, text) for text in ("no", "https://x?a=b#c", "Bearer ", " x", "a: b", "# x", "*a", "!x", "- a", "012")],
        ("it's '", "it's '"),
        *[("true", True), ("5", 5), ("1.5", 1.5), ("null", None), ("", ""), ("'012'", "012"), ('"Bearer "', "Bearer ")],
        *[("[a, 'b', 1]", ["a", "b", 1]), (" {x: [no]} ", {"x": ["no"]}), ('{"a":1}', {"a": 1}), ('"x" y', '"x" y')],
        ('"', '"'),
    ],
)  # fmt: skip
def test_an_assignment_means_its_text(text: str, value: Any) -> None:
    read = store.parse_assignment(f"{KEY}={text}")
    assert (read.key, read.value) == (KEY, value)
    assert type(read.value) is type(value)


def test_an_assignment_keeps_the_text_of_an_unquoted_value() -> None:
    assert store.parse_assignment("name=123").raw == "123"
    assert store.parse_assignment("name='123'").raw is None


@pytest.mark.parametrize("text", ["hunter2", "=hunter2", "a=[hunter2", "a={hunter2: 1, hunter2: 2", "a=[*hunter2]"])
def test_a_malformed_assignment_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(ConnectError) as caught:
        store.parse_assignment(text)
    assert caught.value.code == "bad-assignment"
    assert "hunter2" not in str(caught.value)


def test_save_makes_and_replaces_and_keeps_the_mode(tmp_path: Path) -> None:
    file = tmp_path / "answers.yaml"
    store.save_atomic(file, "a: é\n")
    mask = os.umask(0o077)
    os.umask(mask)
    assert stat.S_IMODE(file.stat().st_mode) == 0o666 & ~mask
    file.chmod(0o640)
    store.save_atomic(str(file), "a: 2\n")
    assert (file.read_text("utf-8"), stat.S_IMODE(file.stat().st_mode)) == ("a: 2\n", 0o640)
    assert list(tmp_path.iterdir()) == [file]


def test_save_follows_a_link_and_leaves_it_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real/answers.yaml")
    for text in ("a: 1\n", "a: 2\n"):
        store.save_atomic(tmp_path / "link", text)
        assert (tmp_path / "link").is_symlink()
        assert (tmp_path / "real" / "answers.yaml").read_text() == text


@pytest.mark.parametrize("step", ["mkstemp", "fdopen", "fchmod", "fsync", "replace"])
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt(), MemoryError()])
@pytest.mark.parametrize("existing", [False, True], ids=["new", "existing"])
def test_a_failure_at_any_step_leaves_the_previous_file(
    tmp_path: Path, step: str, error: BaseException, existing: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "answers.yaml"
    if existing:
        file.write_text("before")

    def fail(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(tempfile if step == "mkstemp" else os, step, fail)
    with pytest.raises(BaseException) as caught:
        store.save_atomic(file, "after")
    monkeypatch.undo()
    assert [one.name for one in tmp_path.iterdir()] == (["answers.yaml"] if existing else [])
    assert not existing or file.read_text() == "before"
    if isinstance(error, OSError):
        assert isinstance(caught.value, ConnectError)
        assert str(caught.value) == (
            f"{file}: cannot be written: No space left on device\n"
            "  next: nothing was changed; give a path in a folder that exists and may be written to"
        )
    else:
        assert caught.value is error


def test_what_cannot_be_saved_is_said_plainly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("x")
    for path, message in {
        tmp_path: "it is not a file",
        tmp_path / "missing" / "a": "No such file or directory",
        tmp_path / "file" / "a": "Not a directory",
        tmp_path / "a\x00b": "embedded null byte",
    }.items():
        with pytest.raises(ConnectError, match=message) as caught:
            store.save_atomic(path, "x")
        assert caught.value.code == "unwritable-file"
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(ConnectError, match="Permission denied"):
        store.save_atomic(tmp_path / "file", "y")
    assert (tmp_path / "file").read_text() == "x"
