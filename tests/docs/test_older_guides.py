"""The table for readers of older guides: written from the knowledge, found by name, and naming only what there is."""

from __future__ import annotations

import re
from pathlib import Path

import older_guides
import pytest

from agentcore_connect.clispec.choose import choose
from agentcore_connect.clispec.model import load as load_contract
from agentcore_connect.explain.index import index
from agentcore_connect.knowledge.resources import load

ROOT = Path(__file__).resolve().parents[2]

DATA = load("older-guides")
ROWS = {name: one for section in older_guides.TITLES for name, one in DATA[section].items()}


def test_the_page_is_written_from_the_knowledge() -> None:
    assert older_guides.PAGE.read_text("utf-8") == older_guides.page(DATA)
    assert set(older_guides.TITLES) == set(DATA) - {"version"}


@pytest.mark.parametrize("name", ROWS)
def test_explain_tells_each_row_by_its_name(name: str) -> None:
    found = index().find(name)
    assert [entry.data for entry in found] == [ROWS[name]]
    assert found[0].prose == ROWS[name]["now"]
    assert found[0].sources


@pytest.mark.parametrize("name", ROWS)
def test_what_a_row_names_exists(name: str) -> None:
    """Commands of the CLI are in its contract, topics of `explain` are found."""
    text = ROWS[name]["now"]
    for topic in re.findall(r"`explain ([^`]+)`", text):
        assert index().find(topic) or topic in index().files(), topic
    known = load_contract(choose("0.30.0", None).contract)
    for line in re.findall(r"`agentcore ([a-z][^`]*)`", text):
        words = [word for word in line.split() if word.islower() and not word.startswith("-")]
        assert any(" ".join(words[:length]) in known.commands for length in (2, 1)), line
        command = next(" ".join(words[:n]) for n in (2, 1) if " ".join(words[:n]) in known.commands)
        assert set(re.findall(r"--[a-z-]+", line)) <= set(known.commands[command].options), line
