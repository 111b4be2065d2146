"""One error, one way to show it."""

from __future__ import annotations

import pytest

from agentcore_connect.core.errors import ConnectError, ExitCode, ManyErrors, raise_all

ONE = ConnectError(
    "bad-value",
    "the host is unknown",
    where="answers.yaml:3:connections.0.host",
    expected="external, alb or ec2",
    received="albb",
    hint="did you mean alb?",
)


def test_every_part_is_shown_in_one_order() -> None:
    assert str(ONE) == (
        "answers.yaml:3:connections.0.host: the host is unknown\n"
        "  expected: external, alb or ec2\n"
        "  received: albb\n"
        "  next: did you mean alb?"
    )


def test_absent_parts_leave_nothing_behind() -> None:
    assert str(ConnectError("x", "it broke")) == "it broke"
    assert ConnectError("x", "it broke").as_dict() == {"code": "x", "message": "it broke"}


def test_several_problems_are_shown_together_and_keep_their_order() -> None:
    two = ConnectError("y", "another", hint="first line\nsecond line", exit_code=3)
    many = ManyErrors([ONE, ManyErrors([two, two])])
    assert many.problems == [ONE, two, two]
    assert many.exit_code == 3
    assert str(ManyErrors([two, two], message="2 answers are missing")) == (
        "2 answers are missing:\n"
        "- another\n    next: first line\n      second line\n"
        "- another\n    next: first line\n      second line"
    )
    assert many.as_dict()["problems"] == [ONE.as_dict(), two.as_dict(), two.as_dict()]


def test_control_characters_cannot_reach_a_terminal() -> None:
    shown = str(ConnectError("x", "bad\x1b[2Jname", where="a\r\x07b:1", received="\u202eabc\ud800"))
    assert shown == "a\\r\\x07b:1: bad\\x1b[2Jname\n  received: \\u202eabc\\ud800"
    shown.encode("utf-8")


def test_one_is_raised_as_itself_none_not_at_all() -> None:
    raise_all([])
    with pytest.raises(ConnectError) as caught:
        raise_all([ONE])
    assert caught.value is ONE
    with pytest.raises(ManyErrors):
        raise_all([ONE, ONE])
    with pytest.raises(ValueError, match="at least one"):
        ManyErrors([])


def test_exit_codes_are_the_contract_s() -> None:
    assert {one.name: int(one) for one in ExitCode} == {
        "DONE": 0,
        "FINDINGS": 1,
        "BAD_INPUT": 2,
        "ANSWERS_MISSING": 3,
        "INTERRUPTED": 130,
    }
    assert ONE.exit_code == 2
