"""Keys through a pipe into the real prompts: fast, and without a terminal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.text.document import read
from agentcore_connect.wizard.prompts import Prompts
from agentcore_connect.wizard.screen import BACK, Head, Help, Option, Screen
from agentcore_connect.wizard.terminal import Terminal
from tests.wizard.routes import DISCOVERY, FUNCTION, ROUTES
from tests.wizard.scripted import sit

TERMINAL = Terminal(plain=False, unicode=True, colour=True)
ENTER, UP, DOWN, LEFT, HOME, END, F1 = "\r", "\x1b[A", "\x1b[B", "\x1b[D", "\x1b[H", "\x1b[F", "\x1bOP"
START_OF_LINE, DELETE_LINE, CTRL_C, CTRL_D, CTRL_J = "\x01", "\x05\x15", "\x03", "\x04", "\n"

Typing = Callable[..., Any]


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Asks one question with keys that are pressed beforehand."""

    def asked(screen: Screen, *keys: str) -> Any:
        with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
            pipe.send_text("".join(keys))
            return Prompts(TERMINAL, pipe, DummyOutput()).ask(screen)

    return asked


def choice(*, initial: Any = None, closed: tuple[int, ...] = (), count: int = 4, **more: Any) -> Screen:
    options = tuple(Option(f"v{n}", f"Choice {n}", "", "a reason" if n in closed else None) for n in range(count))
    return Screen("choice", "Which?", "", Head("question 1"), options, initial=initial, **more)


def text(kind: str = "text", **more: Any) -> Screen:
    return Screen(kind, "What?", "", Head("question 1"), **more)


@pytest.mark.parametrize(
    ("screen", "keys", "reply"),
    [
        (choice(), [ENTER], "v0"),
        (choice(initial="v2"), [ENTER], "v2"),
        (choice(initial="v2", closed=(2,)), [ENTER], "v0"),
        (choice(), [DOWN, ENTER], "v1"),
        (choice(), [UP, ENTER], "v3"),
        (choice(), ["jj", ENTER], "v2"),
        (choice(closed=(1, 2)), [DOWN, ENTER], "v3"),
        (choice(closed=(3,)), [END, ENTER], "v2"),
        (choice(closed=(0,)), [END, HOME, ENTER], "v1"),
        (choice(), ["3", ENTER], "v2"),
        (choice(closed=(2,)), ["3", ENTER], "v0"),
        (choice(count=40), ["0", ENTER], "v9"),
        (choice(count=14), [DOWN] * 12 + [ENTER], "v12"),
        (choice(), [LEFT], BACK),
        (choice(can_go_back=False), [LEFT, ENTER], "v0"),
        (choice(closed=(0, 1, 2, 3)), [ENTER], BACK),
        (
            Screen("choice", "Yes?", "", Head(""), (Option(True, "Yes"), Option(False, "No")), initial=False),
            [ENTER],
            False,
        ),
        (text(), ["abc", ENTER], "abc"),
        (text(initial="abc"), [ENTER], "abc"),
        (text(initial="abc"), ["d", ENTER], "abcd"),
        (text(initial="abc"), [DELETE_LINE, "x", ENTER], "x"),
        (text(), [LEFT], BACK),
        (text(initial="abc"), [LEFT, "x", ENTER], "abxc"),
        (text(initial="abc"), [START_OF_LINE, LEFT], BACK),
        (text(can_go_back=False), [LEFT, "x", ENTER], "x"),
        (text(), ["a?b", ENTER], "a?b"),
        (text("list"), ["a", CTRL_J, "b", ENTER], "a\nb"),
    ],
)
def test_keys_do_what_the_last_line_says(ask: Typing, screen: Screen, keys: list[str], reply: Any) -> None:
    assert ask(screen, *keys) == reply


@pytest.mark.parametrize("screen", [choice(), text(), text("path"), text("list")])
@pytest.mark.parametrize("key", [CTRL_C])
def test_ctrl_c_leaves_from_any_question(ask: Typing, screen: Screen, key: str) -> None:
    with pytest.raises(KeyboardInterrupt):
        ask(screen, key)


def test_ctrl_d_on_an_empty_line_leaves_too(ask: Typing) -> None:
    with pytest.raises(EOFError):
        ask(text(), CTRL_D)


def test_a_refused_answer_keeps_the_question_open(ask: Typing) -> None:
    def judge(value: Any) -> ConnectError | None:
        return None if value == "good" else ConnectError("bad-value", "not good")

    assert ask(text(judge=judge), "bad", ENTER, DELETE_LINE, "good", ENTER) == "good"
    picky = choice(judge=lambda value: None if value == "v1" else ConnectError("bad-value", "no"))
    assert ask(picky, ENTER, DOWN, ENTER) == "v1"


def test_a_refused_secret_does_not_stay_on_the_line(ask: Typing) -> None:
    def judge(value: Any) -> ConnectError | None:
        return ConnectError("secret-in-answers", "no secrets") if "secret" in value else None

    assert ask(text(judge=judge), "secret", ENTER, "id", ENTER) == "id"


def test_the_reason_is_read_and_what_was_typed_is_still_there(ask: Typing) -> None:
    shown: list[int] = []

    def explain() -> Help:
        shown.append(1)
        return Help("What?", "Because.", "", (("A choice", "Leads somewhere."),), (("A page", "https://example.com"),))

    assert ask(text(help=explain), "ab", F1, "q", "c", ENTER) == "abc"
    assert ask(text(help=explain), "?", "q", "x", ENTER) == "x"
    assert ask(choice(help=explain), DOWN, "?", DOWN, DOWN, UP, "q", ENTER) == "v1"
    assert len(shown) == 3


def test_a_whole_interview_by_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ROUTES["B"].prepare(tmp_path)
    monkeypatch.chdir(tmp_path)
    keys = [FUNCTION, ENTER, "nowhere.json", ENTER, DELETE_LINE, "tools.json", ENTER, ENTER, ENTER, ENTER]
    with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
        pipe.send_text("".join(keys))
        assert sit(Prompts(TERMINAL, pipe, DummyOutput()), tmp_path, kind="lambda", terminal=TERMINAL) == 0
    answers = read(tmp_path / "answers.yaml").data
    assert answers["connections"][0]["tools"] == "tools.json"
    assert (tmp_path / "connect" / "commands.sh").exists()


def test_back_by_keys_takes_the_earlier_answer_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    oauth = "3"
    keys = ["https://mcp.example.com/mcp", ENTER, oauth, ENTER, DISCOVERY, ENTER, LEFT]  # back to the discovery URL
    keys += [START_OF_LINE, LEFT, ENTER, ENTER, "me", ENTER, ENTER, ENTER, ENTER]  # back to the sign-in, and all again
    with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
        pipe.send_text("".join(keys))
        assert sit(Prompts(TERMINAL, pipe, DummyOutput()), tmp_path, kind="mcp", terminal=TERMINAL) == 0
    connection = read(tmp_path / "answers.yaml").data["connections"][0]
    assert connection["service_auth"] == "oauth-client-credentials"
    assert connection["oauth"] == {"discovery_url": DISCOVERY, "client_id": "me"}
