"""Command lines as text and back, and values written as data."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentcore_connect.plan import argv as words
from agentcore_connect.plan.templates import TemplateError, fill, placeholders

ANY = st.lists(
    st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"), max_size=20), min_size=1
)


@given(ANY)
def test_a_line_gives_its_words_back(argv: list[str]) -> None:
    assert words.parse_line(words.shell_line(argv, ["NAME"])) == argv


def test_bash_sees_the_same_words() -> None:
    argv = [
        "a b",
        "$HOME",
        "`id`",
        "it's",
        'say "x"',
        "${NAME}",
        "pre-${NAME}",
        "${OTHER}",
        "back\\slash",
        "",
        "*",
        "!x",
    ]
    line = words.shell_line(argv, ["NAME"])
    script = f"NAME='v $HOME \"q\"'; printf '%s\\0' {line}"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    expected = words.fill(argv, {"NAME": 'v $HOME "q"'})
    assert done.stdout.split("\0")[:-1] == expected
    assert "${OTHER}" in expected


def test_templates_fill_values_text_lists_and_choices() -> None:
    facts = {"c": {"name": "a-b", "none": None, "many": ["x", "y"], "on": True, "list": [{"p": 1}, {"p": 2}]}}
    template = {
        "text": "is {c.name}",
        "value": "{c.many}",
        "env": "K_{c.name|env}",
        "gone": "{c.none}",
        "partly": "x {c.none}",
        "braces": "${{NAME}} {{x}}",
        "chosen": {"when": {"c.on": True}, "then": ["{c.name|camel}"]},
        "left": {"when": {"c.on": False}, "then": 1},
        "each": {"collect": "c.list", "as": "one", "give": {"v": "{one.p}"}},
        "first": {"first": ["{c.none}", "{c.many|first}", "z"]},
        "number": 3,
    }
    assert fill(template, facts) == {
        "text": "is a-b",
        "value": ["x", "y"],
        "env": "K_A_B",
        "braces": "${NAME} {x}",
        "chosen": ["aB"],
        "each": [{"v": 1}, {"v": 2}],
        "first": "x",
        "number": 3,
    }
    assert placeholders({"a": ["{x.y|env} {z}"]}) == {"x.y", "z"}


def test_an_unknown_filter_is_a_fault_of_the_data() -> None:
    with pytest.raises(TemplateError, match="shout"):
        fill("{a|shout}", {"a": "x"})
