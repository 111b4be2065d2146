"""The same answers through the wizard, `next` and `plan` give the same bytes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from agentcore_connect.__main__ import main
from agentcore_connect.answers import store
from agentcore_connect.wizard.options import parse
from tests.wizard.routes import ROUTES, Route
from tests.wizard.scripted import Scripted, short, sit


def folder_of(path: Path) -> dict[str, bytes]:
    return {file.relative_to(path).as_posix(): file.read_bytes() for file in sorted(path.rglob("*")) if file.is_file()}


def through_next(route: Route, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["next", "-a", "answers.yaml"]
    given: list[str] = []
    while True:
        capsys.readouterr()
        assert main([*words, *given]) == 0
        step: dict[str, Any] = json.loads(capsys.readouterr().out)
        if step["status"] == "done":
            break
        value = route.answers[short(step["key"])]
        given = ["--answer", f"{step['key']}={json.dumps(value) if isinstance(value, list | bool) else value}"]
    assert main(["plan", "answers.yaml", "--out", "connect"]) == 0


@pytest.mark.parametrize("name", ROUTES)
def test_the_same_answers_give_the_same_bytes(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    route = ROUTES[name]
    folders = {way: route.prepare(tmp_path / way) for way in ("wizard", "next", "plan")}

    monkeypatch.chdir(folders["wizard"])
    front = Scripted(route.answers)
    sit(front, folders["wizard"], file=Path("answers.yaml"), out=Path("connect"))

    monkeypatch.chdir(folders["next"])
    through_next(route, folders["next"], capsys)

    monkeypatch.chdir(folders["plan"])
    asked = Route({key: value for key, value in route.answers.items() if key in front.asked}, route.path)
    Path("answers.yaml").write_text(store.dump(asked.document()), encoding="utf-8")
    assert main(["plan", "answers.yaml", "--out", "connect"]) == 0

    made = folder_of(folders["wizard"] / "connect")
    assert made
    assert made == folder_of(folders["next"] / "connect")
    assert made == folder_of(folders["plan"] / "connect")
    assert folders["wizard"].joinpath("answers.yaml").read_bytes() == (folders["next"] / "answers.yaml").read_bytes()


@pytest.mark.parametrize("via", ["boto3", "cloudformation"])
def test_the_wizard_plans_for_what_it_was_started_with(
    via: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = ROUTES["A"].prepare(tmp_path / "wizard")
    monkeypatch.chdir(folder)
    sit(Scripted(ROUTES["A"].answers), folder, file=Path("answers.yaml"), out=Path("connect"), via=via)
    assert main(["plan", "answers.yaml", "--via", via, "--out", "planned"]) == 0
    made, planned = folder_of(folder / "connect"), folder_of(folder / "planned")
    assert ("template.yaml" in made) == (via == "cloudformation")
    assert made.keys() == planned.keys()
    assert {name for name in made if made[name] != planned[name]} <= {"commands.sh"}  # it says where it lies


def test_the_command_that_resumes_says_by_what() -> None:
    options = parse(["mcp", "--via", "cloudformation"])
    assert (options.via, parse(["mcp"]).via) == ("cloudformation", "cli")
    assert options.resume() == "agentcore-connect -a answers.yaml --via cloudformation"
