"""A CLI 1.x held to what was read of it: a stand-in that is as the model passes, one that is not is told how."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import extract_contract
import pytest

from agentcore_connect.__main__ import main
from agentcore_connect.clispec import behaviour
from agentcore_connect.clispec.choose import choose
from agentcore_connect.clispec.compare import Compared, compare
from agentcore_connect.knowledge.resources import load
from agentcore_connect.sandbox.scratch import Ran, Sandbox
from tests.cli_1x.stand_in import VERSION, Model, program

CASES = load("cli-behaviour-1.x")
SURFACE = choose(VERSION, None)


def compared(monkeypatch: pytest.MonkeyPatch, model: Model) -> dict[str, Compared]:
    """Compare a stand-in in this process."""
    with Sandbox() as box:

        def run(argv: list[str], cwd: Path | None = None, timeout: float = 0, *, stdin: str | None = None) -> Ran:
            return model(argv[1:], cwd or box.root, stdin)

        monkeypatch.setattr(box, "run", run)
        return {one.name: one for one in compare(["agentcore"], SURFACE, box, jobs=1)}


def test_a_cli_as_the_model_has_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    found = compared(monkeypatch, Model())
    assert {name: one.found for name, one in found.items()} == {"cli": [], "behaviour": []}
    assert found["behaviour"].shown == f"{len(CASES['cases'])} cases"


@pytest.mark.parametrize(
    ("model", "part", "where"),
    [
        (Model(without={"add gateway-target": ["--scope"]}), "cli", "add gateway-target --scope"),
        (Model(takes=["my_tools"]), "behaviour", "gateway-with-underscore"),
        (Model(takes=["--authorizer-type CUSTOM_JWT"]), "behaviour", "jwt-without-configuration"),
        (Model(refuses=["--connector web-search"]), "behaviour", "connector"),
        (Model(refuses=["add policy-engine --name Guard"]), "behaviour", "policy"),
        (Model(refuses=["--client-secret-reference"]), "behaviour", "client-with-a-reference"),
    ],
    ids=["an option is gone", "a name is taken", "a configuration", "a connector", "a state", "a reference"],
)
def test_a_cli_that_is_another_is_told_where(
    monkeypatch: pytest.MonkeyPatch, model: Model, part: str, where: str
) -> None:
    found = [one.where for one in compared(monkeypatch, model)[part].found]
    assert any(one.partition(":")[0] == where for one in found), found


def test_every_case_can_fail(tmp_path: Path) -> None:
    """A CLI that takes everything without a change fails each case that leaves something, and each refusal."""
    model = Model()

    def careless(words: Any, folder: Path, stdin: str | None) -> Ran:
        if words[0] == "create":
            return model(words, folder, stdin)
        return Ran(tuple(words), 0, "", "")

    found = behaviour.compare(CASES, careless, tmp_path / "careless")
    nothing_to_do = {"removed-engine"}  # what it leaves is there from the start
    assert {one.where.partition(":")[0] for one in found} == {one["id"] for one in CASES["cases"]} - nothing_to_do


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[Model], Path]:
    """Make a program that gives the answers of a stand-in."""

    def make(model: Model) -> Path:
        compared(monkeypatch, model)
        model(["--version"], tmp_path)
        return program(model, tmp_path / "bin")

    return make


def test_one_command_compares_a_cli(recorded: Callable[[Model], Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert extract_contract.main(["--from-cli", "--cli", str(recorded(Model()))]) == 0
    said = capsys.readouterr().out
    assert f"AgentCore CLI {VERSION}, held against cli-contract-1.x (known by reading)" in said
    assert "behaviour: " in said and said.count("0 difference(s)") == 2
    wrong = Model(without={"add policy": ["--statement"]}, takes=["--search"])
    assert extract_contract.main(["--from-cli", "--cli", str(recorded(wrong))]) == 1
    said = capsys.readouterr().out
    assert "! gone: add policy --statement" in said
    assert (
        "! changed: unknown-option: An option that the command does not have is refused.: was refused, is taken" in said
    )


def test_doctor_compares_it_too(
    recorded: Callable[[Model], Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = recorded(Model(refuses=["--attach-mode log-only"]))
    monkeypatch.setenv("PATH", f"{path.parent}:/usr/bin:/bin")
    (tmp_path / "work").mkdir()
    main(["doctor", str(tmp_path / "work")])
    said = capsys.readouterr().out
    assert "CLI behaviour: " in said and "1 difference(s), of which 1 may break a plan" in said
    assert "engine-logs: An engine can log only." in said
