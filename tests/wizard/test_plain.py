"""Line by line: what is read and what is said, over plain streams."""

from __future__ import annotations

import io
from typing import Any

import pytest

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.wizard.picture import Node, Picture
from agentcore_connect.wizard.plain import Plain
from agentcore_connect.wizard.screen import BACK, Head, Help, Option, Screen
from agentcore_connect.wizard.terminal import Terminal

TERMINAL = Terminal(plain=True, unicode=True, colour=False)
YES_NO = Screen("choice", "Is it?", "", Head("question 1"), (Option(True, "Yes"), Option(False, "No")), initial=False)
SERVICES = Screen(
    "choice",
    "Which?",
    "One of these.",
    Head("question 2"),
    (Option("a", "First", "what it is"), Option("b", "Second", "", "no reason is good enough"), Option("c", "Third")),
)


def ask(screen: Screen, *lines: str) -> tuple[Any, str]:
    out = io.StringIO()
    reply = Plain(TERMINAL, io.StringIO("".join(f"{line}\n" for line in lines)), out).ask(screen)
    return reply, out.getvalue()


@pytest.mark.parametrize(
    ("screen", "lines", "reply"),
    [
        (YES_NO, [""], False),
        (YES_NO, ["1"], True),
        (YES_NO, ["maybe", "3", "0", "true"], True),
        (SERVICES, ["", "c"], "c"),
        (SERVICES, ["2", "b", "A"], "a"),
        (SERVICES, ["<"], BACK),
        (Screen("text", "What?", "", Head("q"), initial="abc"), [""], "abc"),
        (Screen("text", "What?", "", Head("q"), can_go_back=False), ["<"], "<"),
        (Screen("list", "Which?", "", Head("q")), ["a,", "b, c"], "a,\nb, c"),
    ],
)
def test_lines_are_answers(screen: Screen, lines: list[str], reply: Any) -> None:
    found, _ = ask(screen, *lines)
    assert found == reply


def test_a_choice_that_is_impossible_says_so_and_why() -> None:
    _, said = ask(SERVICES, "2", "1")
    assert "2. Not possible here: Second. Because: no reason is good enough" in said
    assert "Not taken: no reason is good enough" in said


def test_what_is_no_choice_is_refused_with_what_there_is() -> None:
    _, said = ask(YES_NO, "maybe", "1")
    assert "this is none of the choices" in said
    assert "a number from 1 to 2" in said


def test_the_engines_refusal_is_repeated_and_the_question_stays() -> None:
    def judge(value: Any) -> ConnectError | None:
        return None if value == "good" else ConnectError("bad-value", "not good", expected="good")

    reply, said = ask(Screen("text", "What?", "", Head("q"), judge=judge), "bad", "good")
    assert reply == "good"
    assert "Not taken: not good\n             expected: good" in said


def test_the_reason_is_told_and_the_question_put_again() -> None:
    shown = Help("Which?", "Because.", "", (("First", "Leads to path A."),), (("A page", "https://example.com"),))
    _, said = ask(Screen("text", "What?", "", Head("q"), help=lambda: shown), "?", "x")
    assert said.count("What?") == 2
    assert "Leads to path A." in said
    assert "https://example.com" in said


def test_the_end_of_input_leaves() -> None:
    with pytest.raises(EOFError):
        ask(SERVICES)


def test_only_what_changed_is_told_again() -> None:
    picture = Picture((Node("your agent"), Node("gateway"), Node("MCP server")), ("SigV4", ""))
    head = Head("question 1", verdict=(("path", "?"),), picture=picture, known=(("a", "b"),), warnings=("Mind.",))
    after = Head(
        "question 2", verdict=(("path", "A"),), picture=picture, known=(("a", "b"),), warnings=("Mind.", "More.")
    )
    out = io.StringIO()
    front = Plain(TERMINAL, io.StringIO("x\ny\n"), out)
    front.ask(Screen("text", "One?", "", head))
    first = out.getvalue()
    front.ask(Screen("text", "Two?", "", after))
    second = out.getvalue()[len(first) :]
    assert "Your agent calls gateway (SigV4), which calls MCP server." in first
    assert "Read, not asked: a b." in first
    assert "So far: path A." in second
    assert "Warning: More." in second
    assert "Mind." not in second
    assert "Your agent" not in second
