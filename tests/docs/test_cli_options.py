"""The table of the options of CLI 1.x: written from the knowledge, and cited where plans say how that CLI is known."""

from __future__ import annotations

from pathlib import Path

import cli_options
import pytest

from agentcore_connect.clispec.choose import choose
from agentcore_connect.knowledge.resources import load

ROOT = Path(__file__).resolve().parents[2]

CONTRACT, COMMANDS = load("cli-contract-1.x"), load("commands-1.x")
READ = CONTRACT["read"]


def test_the_page_is_written_from_the_knowledge() -> None:
    assert cli_options.PAGE.read_text("utf-8") == cli_options.page(CONTRACT, COMMANDS)


def test_every_file_that_was_read_is_of_a_command_that_is_listed() -> None:
    assert set(READ["commands"]) <= set(CONTRACT["help"]["commands"])


def test_every_command_of_a_plan_that_writes_the_project_was_read_in_its_source() -> None:
    written = {
        " ".join(word for word in one["argv"][1:4] if word.isalpha() or "-" in word[1:])
        for one in COMMANDS["operations"]
        if one.get("promise") and one.get("argv", [""])[0] == "agentcore"
    }
    assert written
    for command in written:
        assert any(command.startswith(name) for name in READ["commands"]), command


def test_an_option_that_is_added_or_a_plan_that_uses_another_changes_the_page() -> None:
    more = {**CONTRACT["help"]["commands"], "add gateway": {"options": {"--new": {"value": "new"}}}}
    page = cli_options.page({**CONTRACT, "help": {**CONTRACT["help"], "commands": more}}, COMMANDS)
    assert "| `--new` | a value |  |  |" in page
    used = [{"argv": ["agentcore", "add", "gateway", "--role-arn", "x"]}]
    assert "| `--role-arn` | a value |  | yes |" in cli_options.page(CONTRACT, {"operations": used})
    assert "| `--role-arn` | a value |  | yes |" not in cli_options.PAGE.read_text("utf-8")


@pytest.mark.parametrize(
    "text",
    [
        choose("1.0.0", None).notice or "",
        next(one["text"] for one in load("rules")["rules"] if one["id"] == "advice.surface-by-reading"),
    ],
)
def test_what_is_said_of_the_surface_names_the_commit_that_was_read(text: str) -> None:
    assert f"commit {READ['reference']['commit'][:8]}" in text
    assert CONTRACT["cli"]["read_of"] in text
