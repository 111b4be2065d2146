"""The strict reader: what text means, what is refused and where."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.text import document
from agentcore_connect.text.document import Mark, parse, parse_any, read, scalar


@pytest.fixture(params=["libyaml", "pure"])
def reader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each YAML parser there is: people have one or the other."""
    if request.param == "pure":
        monkeypatch.delattr(yaml, "CSafeLoader", raising=False)
    elif not hasattr(yaml, "CSafeLoader"):
        pytest.skip("PyYAML without libyaml")
    return str(request.param)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        *[(word, word) for word in ("no", "yes", "on", "off", "y", "N", "No", "ON", "tRUE", "nUll")],
        *[("true", True), ("True", True), ("FALSE", False), ("null", None), ("~", None), ("", None)],
        *[("0", 0), ("-12", -12), ("+3", 3), ("0x1F", 31), ("0o17", 15), ("1.10", 1.1), ("1e3", 1000.0), (".5", 0.5)],
        # A leading zero belongs to an identifier; dates, times and versions are text.
        *[(word, word) for word in ("012", "012345678901", "0.30.0", "2025-11-25", "12:30:45", "1_000", "0b1", "- 1")],
        *[
            (word, word)
            for word in (".inf", "-.INF", ".nan", "1e999", "1" * 5000, "0x", "+", ".", "-", "1.2.3", "=", "<<")
        ],
    ],
)
def test_an_unquoted_scalar_means_what_yaml_1_2_says(text: str, meaning: Any) -> None:
    assert scalar(text) == meaning
    assert type(scalar(text)) is type(meaning)


def test_quotes_make_text(reader: str) -> None:
    data = parse("a: '1.10'\nb: \"no\"\nc: 'true'\nd: !!str 12\ne: |\n  12\n").data
    assert data == {"a": "1.10", "b": "no", "c": "true", "d": "12", "e": "12\n"}


def test_each_key_and_value_keeps_its_place(reader: str) -> None:
    read_ = parse("version: 1\nconnections:\n  - name: W\n    endpoint:\n      https://x\n", "a.yaml")
    assert read_.marks["version"] == Mark(1, 1, 1, 10, "1")
    assert read_.marks["connections.0"][:2] == (3, 5)
    assert read_.marks["connections.0.endpoint"] == Mark(4, 5, 5, 7, "https://x")
    assert read_.where("connections.0.endpoint") == "a.yaml:4:connections.0.endpoint"
    assert read_.where("connections.0.host") == "a.yaml:3:connections.0.host"
    assert read_.where("policy.mode") == "a.yaml:1:policy.mode"


def test_json_is_read_as_json_with_the_same_places() -> None:
    tabs = '{\n\t"version": 1,\n\t"connections": [\n\t\t'
    text = tabs + '{"name": "W\\u00e9\\ud83d\\ude00", "x": [1.5e1, true, null, {}]}]}\n'
    for read_ in (parse(text, "a.json", format_="json"), parse(text, "<stdin>")):
        assert read_.data == {"version": 1, "connections": [{"name": "Wé😀", "x": [15.0, True, None, {}]}]}
        assert read_.marks["connections.0.name"] == Mark(4, 4, 4, 12, None)
        assert read_.marks["connections.0.x.0"].raw == "1.5e1"


def test_flow_yaml_that_is_no_json_is_read_as_yaml(reader: str) -> None:
    assert parse("{a: 1, b: [no,],}").data == {"a": 1, "b": ["no"]}


def test_anchors_are_followed(reader: str) -> None:
    assert parse("a: &x {b: 1}\nc: *x\n").data == {"a": {"b": 1}, "c": {"b": 1}}


@pytest.mark.parametrize("text", ["", "\n", "# only a comment\n", "\ufeff"])
def test_nothing_is_an_empty_mapping(text: str, reader: str) -> None:
    assert parse(text).data == {}


BOMB = "a: &a [1,1,1,1,1,1,1,1,1,1]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 10)}]\n" for n in range(8)
)
#: Text that is refused, the code, and the message line by line (null: the parser's own words, which differ by parser).
BAD: dict[str, tuple[str, str, str | None]] = {
    name: (one["text"], one["code"], one["message"] and "\n".join(one["message"]))
    for name, one in json.loads(Path(__file__).with_name("bad_documents.json").read_text("utf-8")).items()
}
BAD |= {
    "bomb": (BOMB, "malformed-file", "f:1:26: more than 100000 values, aliases counted"),
    "deep": ("a: " + "[" * 70, "malformed-file", "f:1:67: lists and mappings are nested more than 64 deep"),
    "deep json": ('{"a":' + "[" * 70, "malformed-file", "f:1:69: lists and mappings are nested more than 64 deep"),
    "large": ("a: " + "x" * (1 << 20), "file-too-large", "f: is larger than 1024 KiB"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_text_is_refused_with_its_place(name: str, reader: str) -> None:
    text, code, message = BAD[name]
    with pytest.raises(ConnectError) as caught:
        parse(text, "f")
    assert caught.value.code == code
    assert caught.value.exit_code == 2
    assert "hunter2" not in str(caught.value)
    if message is not None:
        assert str(caught.value) == message
    else:
        assert str(caught.value).startswith("f:")
        assert ": not valid YAML: " in str(caught.value)
        assert "\n  next: " in str(caught.value)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a: b: c\n", "f:1:5: not valid YAML: mapping values are not allowed in this context"),
        ("a:\n\t- b\n", "f:2:1: not valid YAML: found character that cannot start any token"),
        ("a: 'x\nb: 1\n", "while scanning a quoted scalar that starts on line 1"),
    ],
)
def test_the_parser_s_own_words_and_place_are_kept(text: str, shown: str) -> None:
    if not hasattr(yaml, "CSafeLoader"):
        pytest.skip("PyYAML without libyaml")
    with pytest.raises(ConnectError) as caught:
        parse(text, "f")
    assert shown in str(caught.value)


def test_tabs_get_their_own_advice(reader: str) -> None:
    with pytest.raises(ConnectError, match="YAML takes no tabs"):
        parse("a:\n\t- b\n")


def test_numbers_as_keys_can_be_taken_as_text(reader: str) -> None:
    assert parse("200: ok\n0x10: hex\n", text_keys=True).data == {"200": "ok", "0x10": "hex"}
    with pytest.raises(ConnectError, match="twice"):
        parse("200: a\n'200': b\n", text_keys=True)


def test_any_value_may_stand_at_the_top_where_that_is_asked_for() -> None:
    assert parse_any("[a, {b: 1}]") == ["a", {"b": 1}]
    assert parse_any("") is None


def test_files_are_read_by_their_name(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b"\xef\xbb\xbf" + b'{"a": 1}')
    assert read(tmp_path / "a.json").data == {"a": 1}
    (tmp_path / "b.json").write_text("a: 1\n")
    with pytest.raises(ConnectError, match="not valid JSON"):
        read(tmp_path / "b.json")
    (tmp_path / "c.yaml").write_text("a: é\r\nb: 2\r\n", "utf-8", newline="")
    assert read(str(tmp_path / "c.yaml")).data == {"a": "é", "b": 2}


def test_what_cannot_be_read_is_said_plainly(tmp_path: Path) -> None:
    (tmp_path / "latin").write_bytes(b"a: 1\nb: caf\xe9\n")
    (tmp_path / "utf16").write_bytes("a: 1".encode("utf-16"))
    (tmp_path / "large").write_bytes(b"a: " + b"x" * (1 << 20))
    for name, message in {
        "missing": "missing: cannot be read: No such file or directory",
        ".": "cannot be read: Is a directory",
        "latin": "latin:2: is not UTF-8 text",
        "utf16": "utf16:1: is not UTF-8 text",
        "large": "large: is larger than 1024 KiB",
        "a\x00b": "cannot be read: embedded null byte",
    }.items():
        with pytest.raises(ConnectError) as caught:
            read(tmp_path / name)
        assert message in str(caught.value)
        assert caught.value.exit_code == 2


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"a: 1\n")))
    read_ = read("-")
    assert (read_.data, read_.where("a")) == ({"a": 1}, "<stdin>:1:a")
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(ConnectError, match="<stdin>: cannot be read: it is closed"):
        read("-")


def test_marks_are_for_the_nearest_part() -> None:
    assert document.where("f", {}, "a.b") == "f:a.b"
    assert document.where("f", {"": Mark(1, 1, 1, 1, None)}, "") == "f:1"
