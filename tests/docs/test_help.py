"""`--help` of every command fits 80 columns and a screen, and has an example."""

from __future__ import annotations

import pytest

from agentcore_connect import __main__

COMMANDS = [[name] for name in __main__.COMMANDS] + [["skill", "install"], ["skill", "uninstall"], ["mcp"]]
WIDTH, LINES = 80, 40
#: Commands with more options or limits than a screen of 24 lines holds.
LONGER = {
    ("plan",),
    ("next",),
    ("tools",),
    ("check",),
    ("test",),
    ("apply",),
    ("skill", "install"),
    ("skill", "uninstall"),
    ("explain",),
}


@pytest.mark.parametrize("words", [[], *COMMANDS], ids=" ".join)
def test_help_fits_a_screen(
    words: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(WIDTH))
    try:
        status = __main__.main([*words, "--help"])
    except SystemExit as left:
        status = int(left.code or 0)
    lines = capsys.readouterr().out.splitlines()
    assert status == 0
    assert [line for line in lines if len(line) > WIDTH] == []
    assert len(lines) <= (LINES if tuple(words) in LONGER or not words else 24)
    examples = "\n".join(lines).partition("example")[2]
    assert " ".join(["agentcore-connect", *words]) in examples or '"agentcore-connect", "serve"' in examples
