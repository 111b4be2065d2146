"""A pattern is left uncompiled only where it could not match."""

from __future__ import annotations

import re
from typing import Any

import pytest

from agentcore_connect.core.expressions import later, literal, search
from agentcore_connect.knowledge import base, resources

NAMES = sorted(path.stem for path in resources.knowledge_dir().glob("*.yaml"))


def patterns(data: Any) -> set[str]:
    """Every text in the data that stands under a name for a pattern."""
    if isinstance(data, dict):
        own = {v for k, v in data.items() if k in ("regex", "pattern", "matches", "path") and isinstance(v, str)}
        return own.union(*map(patterns, data.values()))
    return set().union(*map(patterns, data)) if isinstance(data, list) else set()


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("abc", "abc"),
        ("^https?://ec2-[0-9-]+\\.compute", ".compute"),
        ("ab?cd", "cd"),
        ("ab*cde", "cde"),
        ("ab{2}c", "a"),
        ("ab+c", "ab"),
        ("a(?:b|c)d", "a"),
        ("x(?:long[)]text)yz", "yz"),
        ("[]a]bc", "bc"),
        ("[^]a]bc", "bc"),
        (r"a\.b\dc", "a.b"),
        (r"\Aab\Z", "ab"),
        ("ab|cd", ""),
        ("(?i)abc", ""),
        ("(?:ab)+", ""),
        ("", ""),
        ("ab+?c", "ab"),
        ("(a(b)c)?de", "de"),
    ],
)
def test_the_text_that_every_match_holds(pattern: str, expected: str) -> None:
    re.compile(pattern)
    assert literal(pattern) == expected


def _shortest(tree: Any) -> str:
    """A text that a parsed pattern matches, made of the least that it takes."""
    made = ""
    for kind, value in tree:
        name = str(kind)
        if name == "LITERAL":
            made += chr(value)
        elif name == "NOT_LITERAL":
            made += "a" if value != ord("a") else "b"
        elif name == "ANY":
            made += "a"
        elif name == "IN":
            made += _of_a_set(value)
        elif name == "SUBPATTERN":
            made += _shortest(value[3])
        elif name == "BRANCH":
            made += min(map(_shortest, value[1]), key=len)
        elif name in ("MAX_REPEAT", "MIN_REPEAT"):
            made += _shortest(value[2]) * value[0]
    return made


def _of_a_set(members: Any) -> str:
    refused = [value for kind, value in members if str(kind) in ("LITERAL", "RANGE")]
    if str(members[0][0]) == "NEGATE":
        bad = {v for one in refused for v in ([one] if isinstance(one, int) else range(one[0], one[1] + 1))}
        return next(chr(n) for n in range(33, 1000) if n not in bad)
    kind, value = members[0]
    category = {"CATEGORY_DIGIT": "0", "CATEGORY_WORD": "a", "CATEGORY_SPACE": " "}
    return (
        chr(value if isinstance(value, int) else value[0]) if str(kind) != "CATEGORY" else category.get(str(value), "!")
    )


@pytest.mark.parametrize("name", NAMES)
def test_the_shortest_match_of_each_pattern_of_the_knowledge_holds_it(name: str) -> None:
    from re import _parser  # type: ignore[attr-defined]  # the library's own view of a pattern

    for pattern in patterns(resources.load(name)):
        try:
            text = _shortest(_parser.parse(pattern))
        except re.error:
            continue  # a pattern of the models, which are written for Java
        assert literal(pattern) in text, (pattern, literal(pattern), text)
        if re.search(pattern, text):
            assert search(pattern, text)


def test_each_example_of_the_limits_is_found() -> None:
    examples = [(one["regex"], one["example"]) for one in resources.load("limits")["patterns"].values()]
    assert len(examples) > 20
    for pattern, example in examples:
        assert bool(search(pattern, str(example))) == bool(re.search(pattern, str(example)))
    assert all(search(base.patterns()[name], "") == re.search(base.patterns()[name], "") for name in base.patterns())


def test_a_text_that_lacks_it_compiles_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("it was compiled")

    monkeypatch.setattr(re, "search", refuse)
    monkeypatch.setattr(re, "compile", refuse)
    assert search(r"^https://[a-z0-9]+\.execute-api\.", "https://mcp.example.com/mcp") is None
    later("[unfinished")
    with pytest.raises(AssertionError):
        search("mcp", "https://mcp.example.com/mcp")


def test_a_late_pattern_behaves_as_a_compiled_one() -> None:
    pattern = later(r"^(a)(?P<b>b)?", re.MULTILINE)
    assert pattern.findall("ab\na") == [("a", "b"), ("a", "")]
    assert pattern.pattern == r"^(a)(?P<b>b)?"
    assert pattern.sub("x", "ab") == "x"
