"""Transcripts: an assistant that only follows SKILL.md comes to the right decision in every situation."""

from __future__ import annotations

import io
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from agentcore_connect.__main__ import main
from agentcore_connect.text.document import read
from tests.skill.assistant import PROGRAM, Assistant, Case, Instructions, Transcript

ROOT = Path(__file__).resolve().parents[2]
SCENARIOS = sorted((Path(__file__).parent / "scenarios").glob("*.yaml"))
SHARED = Path(os.environ.get("CONNECT_SCENARIOS", ROOT.parent / "shared" / "scenarios"))
SHARED_ANSWERS = sorted(path for path in (SHARED / "answers").glob("*.yaml") if not path.name.endswith(".grade.yaml"))


@pytest.fixture(scope="session")
def told() -> Instructions:
    """The instructions of the skill."""
    return Instructions.read(ROOT / "SKILL.md")


def in_process(line: str, folder: Path) -> tuple[int, str, str]:
    """Runs a command line without the cost of a process; the words are split as a shell splits them."""
    words = shlex.split(line)
    assert words[0] == PROGRAM
    out, err = io.StringIO(), io.StringIO()
    with chdir(folder), redirect_stdout(out), redirect_stderr(err):
        status = main(words[1:])
    return status, out.getvalue(), err.getvalue()


def lay_out(scenario: Mapping[str, Any], folder: Path) -> Case:
    """The person's files, and what they say."""
    for name, content in scenario.get("files", {}).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    return Case(folder, scenario["said"], scenario.get("kind"), scenario.get("project"))


def held(transcript: Transcript, expected: Mapping[str, Any]) -> None:
    """The first connection is decided as expected, and the result is shown."""
    connection = transcript.plan["connections"][0]
    for key, value in expected.items():
        assert connection[key] == value, (key, connection[key], transcript.questions)
    assert connection["name"] in transcript.plan_text


def report(name: str, transcript: Transcript) -> None:
    """The line that the issue wants to see."""
    asked, default = len(transcript.questions), len(transcript.taken_as_default)
    print(f"{name}: {len(transcript.calls)} calls, {asked} questions ({default} answered by their default)")


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_the_assistant_comes_to_the_right_decision(path: Path, told: Instructions, tmp_path: Path) -> None:
    scenario = read(path).data
    transcript = Assistant(told, in_process, lay_out(scenario, tmp_path)).run(check=False)
    held(transcript, scenario["expect"])
    asked = transcript.questions
    assert len(asked) == len(set(asked)), "a question was asked twice"
    assert len(asked) <= 11
    report(path.stem, transcript)


def test_there_are_enough_situations() -> None:
    assert len(SCENARIOS) >= 20
    kinds = {read(path).data.get("kind") for path in SCENARIOS}
    assert {"mcp", "lambda", "openapi", "api-gateway", "smithy", None} <= kinds


def test_every_step_works_from_the_skills_folder_by_a_real_shell(
    told: Instructions, tmp_path: Path, prepared_home: Path
) -> None:
    scenario = read(SCENARIOS[0].with_name("20-two-targets.yaml")).data
    runner = f"sh {shlex.quote(str(ROOT / 'skill' / 'run'))}"
    environment = {**os.environ, "AGENTCORE_CONNECT_HOME": str(prepared_home)}

    def shell(line: str, folder: Path) -> tuple[int, str, str]:
        typed = line.replace(PROGRAM, runner, 1)
        done = subprocess.run(["sh", "-c", typed], cwd=folder, env=environment, text=True, capture_output=True)
        return done.returncode, done.stdout, done.stderr

    transcript = Assistant(told, shell, lay_out(scenario, tmp_path)).run()
    held(transcript, scenario["expect"])
    assert [one["name"] for one in transcript.plan["connections"]] == ["Tickets", "Search"]
    assert {one["status"] for one in transcript.check["results"]} <= {"passed", "not-run"}
    report("20-two-targets, by the runner", transcript)


# ------------------------------------------------------------------ the shared situations, where they are at hand


def flattened(value: Any, lead: str = "") -> dict[str, Any]:
    """The answers of a file by dotted key; lists of plain values and of tools stay whole."""
    if isinstance(value, Mapping):
        found: dict[str, Any] = {}
        for key, inner in value.items():
            found |= flattened(inner, f"{lead}.{key}" if lead else key)
        return found
    if lead == "connections":
        return {k: v for n, one in enumerate(value) for k, v in flattened(one, f"{lead}.{n}").items()}
    return {lead: value}


@pytest.fixture(scope="session")
def shared_run(told: Instructions, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The answers files that the assistant's interviews have made, one for each shared situation."""
    top = tmp_path_factory.mktemp("shared")
    shutil.copytree(SHARED / "files", top / "files")
    shutil.copy(SHARED / "dev.yaml", top)
    (top / "made").mkdir()
    for path in SHARED_ANSWERS:
        folder = top / "answers" / path.stem
        folder.mkdir(parents=True)
        text = path.read_text("utf-8").replace("../files/", "../../files/")
        (folder / "said.yaml").write_text(text, "utf-8")
        said = flattened(read(folder / "said.yaml").data)
        said.pop("version")
        project = said.pop("project", None)
        case = Case(folder, said, project=project)
        transcript = Assistant(told, in_process, case).run(check=False)
        report(path.stem, transcript)
        made = (folder / "connect-answers.yaml").read_text("utf-8").replace("../../files/", "../files/")
        (top / "made" / path.name).write_text(made, "utf-8")
        shutil.copy(path.with_suffix(".grade.yaml"), top / "made")
    return top


@pytest.mark.skipif(not SHARED_ANSWERS, reason="the shared situations are not beside this checkout")
def test_the_shared_situations_are_decided_as_their_grader_wants(shared_run: Path, tmp_path: Path) -> None:
    program = tmp_path / PROGRAM
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -P -m agentcore_connect "$@"\n')
    program.chmod(0o755)
    done = subprocess.run(
        [
            sys.executable,
            SHARED / "grade.py",
            shared_run / "made",
            "--cmd",
            program,
            "--scenarios",
            shared_run / "dev.yaml",
        ],
        env={**os.environ, "PYTHONPATH": str(ROOT / "skill")},
        text=True,
        capture_output=True,
    )
    print(done.stdout)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
