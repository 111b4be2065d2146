"""What is drawn, without a terminal: nothing wider or higher than there is room for, nothing lost or interpreted."""

from __future__ import annotations

import re
from typing import Any

import pytest

from agentcore_connect.advise.records import Decision
from agentcore_connect.wizard import heads, options, preview
from agentcore_connect.wizard.frame import frame
from agentcore_connect.wizard.pen import Pen
from agentcore_connect.wizard.picture import Node, Picture, drawn, in_line, sentence
from agentcore_connect.wizard.screen import Block, Head, Option, Screen
from agentcore_connect.wizard.terminal import ASCII, UNICODE, Terminal, look, width_of

FULL = Terminal(plain=False, unicode=True, colour=True)
POOR = Terminal(plain=False, unicode=False, colour=False)
FLOW = Picture(
    (Node("your agent"), Node("gateway", "AgentGateway"), Node("MCP server", "mcp.example.com")), ("SigV4", "OAuth")
)
WRONG = Picture((Node("your agent"), Node("gateway"), Node("your agent")), ("", ""), crossed=True, instead=FLOW)


@pytest.mark.parametrize(
    ("environ", "encoding", "expected"),
    [
        ({"TERM": "xterm-256color", "LANG": "en_US.UTF-8"}, "utf-8", (False, True, True)),
        ({"TERM": "xterm"}, "utf-8", (False, True, True)),
        ({"TERM": "xterm", "LC_CTYPE": "C.UTF-8"}, "utf-8", (False, True, True)),
        ({"TERM": "xterm", "LANG": "C", "LC_CTYPE": "C.UTF-8"}, "utf-8", (False, False, True)),
        ({"TERM": "xterm", "LC_ALL": "POSIX"}, "utf-8", (False, False, True)),
        ({"TERM": "xterm", "LC_ALL": "C.UTF-8", "LANG": "C"}, "utf-8", (False, True, True)),
        ({"TERM": "xterm", "LANG": "de_DE.ISO-8859-1"}, "iso8859-1", (False, False, True)),
        ({"TERM": "xterm", "LANG": "de_DE.utf8"}, "utf-8", (False, True, True)),
        ({"TERM": "linux", "LANG": "C.UTF-8"}, "utf-8", (False, False, True)),
        ({"TERM": "xterm", "LANG": "C.UTF-8", "NO_COLOR": "1"}, "utf-8", (False, True, False)),
        ({"TERM": "xterm", "LANG": "C.UTF-8", "NO_COLOR": ""}, "utf-8", (False, True, True)),
        ({"TERM": "dumb", "LANG": "C.UTF-8"}, "utf-8", (True, True, False)),
        ({"LANG": "C.UTF-8"}, "utf-8", (True, True, False)),
    ],
)
def test_a_terminal_is_taken_for_what_it_is(
    environ: dict[str, str], encoding: str, expected: tuple[bool, bool, bool]
) -> None:
    seen = look(environ, encoding)
    assert (seen.plain, seen.unicode, seen.colour) == expected
    assert bool(seen.notice) == seen.plain


def test_linear_output_that_was_asked_for_needs_no_explanation() -> None:
    assert look({"TERM": "dumb"}, "utf-8", plain=True).notice is None


def test_windows_sets_no_term() -> None:
    assert not look({}, "utf-8", windows=True).plain
    assert not look({}, "cp1252", windows=True).unicode


def test_a_poor_terminal_gets_nothing_that_it_cannot_show() -> None:
    assert POOR.spell("Who’s there … → “x” ≥ 1 – naïve") == 'Who\'s there ... -> "x" >= 1 - na\\xefve'


@pytest.mark.parametrize("terminal", [FULL, POOR])
def test_nothing_in_a_text_steers_the_terminal(terminal: Terminal) -> None:
    spelled = terminal.spell("\x1b[2J\x07a\rb\x9b5n\tc")
    assert spelled.isprintable()
    assert "\\x1b[2J" in spelled


@pytest.mark.parametrize("symbols", [UNICODE, ASCII])
@pytest.mark.parametrize("shown", [FLOW, WRONG])
def test_a_picture_fits_in_any_width(shown: Picture, symbols: Any) -> None:
    for width in range(24, 100):
        lines = drawn(shown, symbols, width)
        assert max(map(len, lines)) <= width
        assert "".join(lines).count("your agent") == (3 if shown.crossed else 1)
    if symbols is ASCII:
        assert all(line.isascii() for line in lines)


def test_a_crossed_out_picture_says_so_without_colour() -> None:
    assert "✗" in in_line(WRONG, UNICODE)
    assert "x" in in_line(WRONG, ASCII).split("instead")[0]
    assert sentence(WRONG).startswith("Not this way: your agent calls gateway, which calls your agent.")


def test_a_sentence_says_what_is_signed_with_what() -> None:
    assert (
        sentence(FLOW)
        == "Your agent calls gateway AgentGateway (SigV4), which calls MCP server mcp.example.com (OAuth)."
    )


HEAD = Head(
    "question 4, at most 3 more",
    crumbs=tuple((f"key{n}", "a value of some length") for n in range(9)),
    verdict=(("path", "A"), ("target", "mcp-server"), ("auth", "?"), ("by", "?")),
    picture=FLOW,
    known=(("gateway.name", "Shop"), ("agent.framework", "strands")),
    warnings=("A warning that is long enough to take two lines in a terminal of no great width, as they do.",) * 3,
    notices=("Going on with answers.yaml.",),
)
OPTIONS = tuple(
    Option(
        n,
        f"Choice number {n} with words",
        "What it is about, in a few more words than that.",
        "no: " * 40 if n % 3 else None,
    )
    for n in range(9)
)
QUESTION = Screen("choice", "How does the service authenticate callers?", "What it demands.", HEAD, OPTIONS, initial=0)


@pytest.mark.parametrize("columns", [40, 60, 80, 120])
@pytest.mark.parametrize("rows", [24, 30, 50])
def test_a_question_fits_in_the_terminal(columns: int, rows: int) -> None:
    pen = Pen(FULL, width_of(columns))
    parts = frame(pen, QUESTION, rows, 3, "wrong\n  expected: right", (("Enter", "accept"), ("Esc", "back")))
    lines = [*parts.above, *(line for option in parts.options for line in option), *parts.below]
    assert max(line.cell_len for line in lines) <= columns - 1
    if columns >= 60:
        assert len(lines) <= rows
    text = "\n".join(line.plain for line in lines)
    assert "authenticate callers?" in " ".join(text.split())
    assert all(f"Choice number {n}" in text for n in range(9))
    assert text.count("✗") == 6
    if columns >= 60:
        assert text.count("not here: ") == 6


def test_the_least_important_goes_first() -> None:
    pen = Pen(FULL, 79)
    high = frame(pen, QUESTION, 100, 0, "", ())
    low = frame(pen, QUESTION, 24, 0, "", ())
    text = ["\n".join(line.plain for line in part.above) for part in (high, low)]
    assert "read, not asked" in text[0]
    assert "read, not asked" not in text[1]
    assert all("so far: path A" in one for one in text)


def test_a_command_is_printed_as_it_stands_whatever_the_width() -> None:
    line = "agentcore add x --name '[prod]' --arn arn:aws:lambda:us-east-1:123456789012:function:f --v ${LAMBDA_ARN} [bold]:smile:"
    for terminal in (FULL, Terminal(plain=True, unicode=True, colour=False)):
        codes = Pen(terminal, 40).codes(Pen(terminal, 40).block(Block("command", line, "    ")))
        assert re.sub(r"\x1b\[[0-9;]*m", "", codes) == f"    {line}\n"


def test_without_colour_nothing_is_coloured_and_plain_has_no_codes_at_all() -> None:
    blocks = [Block("warning", "mind", "! "), Block("command", "agentcore add --x"), Block("diff", "+a\n-b")]
    faint = Pen(Terminal(plain=False, unicode=True, colour=False), 79)
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]", faint.codes(faint.blocks(blocks)))
    plain = Pen(Terminal(plain=True, unicode=True, colour=False), 79)
    assert "\x1b" not in plain.codes(plain.blocks(blocks))


def test_what_writing_would_do_is_told_for_each_file(tmp_path: Any) -> None:
    (tmp_path / "same.txt").write_text("a\n", encoding="utf-8")
    (tmp_path / "other.txt").write_text("a\nb\nc\n", encoding="utf-8")
    (tmp_path / "binary.txt").write_bytes(b"\xff\xfe")
    files = {
        "same.txt": ("a\n", 420),
        "other.txt": ("a\nB\nc\n", 420),
        "new.txt": ("x\ny\n", 420),
        "binary.txt": ("z\n", 420),
    }
    found = {change.path: change for change in preview.changes(files, tmp_path)}
    assert {name: change.state for name, change in found.items()} == {
        "same.txt": "same",
        "other.txt": "changed",
        "new.txt": "new",
        "binary.txt": "changed",
    }
    assert found["new.txt"].lines == 2
    assert {"-b", "+B"} <= set(found["other.txt"].diff)
    listed = "\n".join(block.text for block in preview.listed(list(found.values()), tmp_path))
    assert "CHANGES +1 -1" in listed


def test_the_way_back_is_the_exact_command() -> None:
    chosen = options.parse(["mcp", "-a", "my answers.yaml", "--plain", "--out", "there", "--cli-version", "0.30.0"])
    assert chosen.resume() == "agentcore-connect -a 'my answers.yaml' --plain --out there --cli-version 0.30.0"
    again = options.parse(["-a", "my answers.yaml", "--plain", "--out", "there", "--cli-version", "0.30.0"])
    assert again.resume() == chosen.resume()


def test_a_decision_in_words() -> None:
    assert heads.result_words(Decision(path="A"), decided=False) == (
        ("path", "A"),
        ("target", "?"),
        ("auth", "?"),
        ("by", "?"),
    )
    assert dict(heads.result_words(Decision(path="redirect", redirect="a2a"), decided=True))["target"] == "a2a"
