"""Where secrets could go, over everything that can be emitted and every answer that can be given.

What is emitted never holds one, for plans are made without; so scripts and programs are run with marked secrets, and
what they print, what other programs are given and what is left on the disk is searched. Answers are the other way in:
a secret given as one is refused, and neither shown nor kept.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from agentcore_connect.__main__ import main
from agentcore_connect.knowledge.questions import questions
from agentcore_connect.knowledge.resources import load
from agentcore_connect.plan.build import build
from agentcore_connect.plan.operation import Operation
from agentcore_connect.render.plan_files import write_plan
from agentcore_connect.sandbox.scratch import Sandbox
from agentcore_connect.verify import leaks
from agentcore_connect.verify.commands import declared_values, needs, samples, script_samples, secrets
from agentcore_connect.verify.report import Result
from agentcore_connect.verify.runners.prepare import prepare
from agentcore_connect.verify.stand_ins import shims
from agentcore_connect.verify.written import read_written
from tests.conformance import space
from tests.conformance.batches import shape
from tests.conformance.emitted import Emitted, File, gathered
from tests.share import in_share

Count = Callable[..., None]
Step = tuple[Any, ...]
SLOTS = 4
#: One value for each way that a secret is found out; none of them opens anything.
FORMS = (
    "AKIAIOSFODNN7EXAMPLE",
    "ghp_" + "x9A" * 12,
    "sk-" + "proj-" + "Q7wE" * 12,
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJzb21lYm9keSJ9.c2lnbmF0dXJlLW9mLW5vYm9keQ",
    "https://example.com/?api_key=Zk3vT9qLx7Rb2mN8wYc5",
    "https://someone:pa55word-0f-n0-0ne@example.com/mcp",
)


def steps(surface: str, operations: list[Operation]) -> set[Step]:
    """What a script does, with made-up names left out."""
    return {(surface, shape(op.argv), op.needs_aws, tuple(one.kind for one in op.inputs)) for op in operations}


def cover(found: Emitted) -> list[File]:
    """As few scripts as have every step that goes with a secret in any plan."""
    candidates = []
    for one in found.of_kind("commands"):
        operations = build(gathered(one.situation, found.folder)).operations
        if secrets(operations):
            candidates.append((one, steps(one.situation.surface, operations)))
    left = set().union(*(own for _, own in candidates))
    chosen = []
    while left:
        one, own = max(candidates, key=lambda candidate: len(candidate[1] & left))
        chosen.append(one)
        left -= own
    return chosen


@pytest.mark.parametrize("slot", range(SLOTS))
def test_a_secret_given_to_a_script_goes_to_the_cli_alone(everything: Emitted, count: Count, slot: int) -> None:
    """Every step of every script that takes one, both surfaces, run to its end with stand-ins for all programs."""
    problems = []
    chosen = cover(everything)
    assert len(chosen) > 20
    for number, one in enumerate(chosen):
        if number % SLOTS != slot or not in_share(number // SLOTS):
            continue
        (result,) = kept(one, everything.folder)
        count("secrets", "run")
        count("secrets", "accepted", result.status == "passed")
        if result.status != "passed":
            problems.append(f"{one.situation.why} ({one.situation.surface}): {result.why} {result.said}")
    assert not problems, "\n".join(problems)[:6000]


def kept(one: File, folder: Path) -> Iterator[Result]:
    """What the leak check of `check` says of a script."""
    case = gathered(one.situation, folder)
    with tempfile.TemporaryDirectory(prefix="agentcore-connect-") as made:
        place = Path(made)
        write_plan(build(case), case, place / "connect", force=False)
        written = read_written(place / "connect")
        operations = written.fresh.operations
        project = written.gathered.project
        (place / "programs").mkdir()
        shims.write(place / "programs", written.fresh.surface, operations, needs(operations))
        given = (
            script_samples(written.fresh)
            | dict.fromkeys(declared_values(written), "sample")
            | samples(operations)
            | ({} if project is None else {"CONNECT_PROJECT": "../project"})
        )
        with Sandbox(None if project is None else project.root, env=given) as sandbox:
            (place / "connect").rename(sandbox.root / "connect")
            if project is not None:
                prepare(sandbox.project, needs(operations))
            yield from leaks.check_leaks(written, sandbox, place / "programs")


def test_no_command_line_has_a_place_for_a_secret(everything: Emitted) -> None:
    """Options that would take one show it in `ps` and the history: plans have them with `-`, standard input, or not."""
    for surface in space.SURFACES:
        contract = load(f"cli-contract-{'0.30.0' if surface == '0.30' else '1.x'}")
        options = secret_options(contract)
        assert {"--api-key", "--client-secret"} <= options, surface
        after = [words for (of, argv) in everything.lines for words in pairwise(argv) if of == surface]
        assert {value for flag, value in after if flag in options} <= ({"-"} if surface == "1.x" else set())
    for one in everything.files.values():
        given = set(re.findall(r"--(?:api-key|client-secret)[ =]+([^\s`'\"]+)", one.text))
        values = {value for value in given if not value.startswith("--")}  # Claude Code's flag asks for the secret
        assert values <= {"-"}, f"{one.path} ({one.situation.why})"


def secret_options(contract: Any) -> set[str]:
    """The options of a contract whose value is a secret."""
    found = set()
    for command in contract["help"]["commands"].values():
        for flag in command.get("options", {}):
            if re.search(r"api-key$|secret$", flag):
                found.add(flag)
    return found


@pytest.mark.parametrize("key", [one.id for one in questions().values()])
def test_a_secret_given_as_an_answer_is_refused_and_neither_shown_nor_kept(key: str, tmp_path: Path) -> None:
    """To any question, by `next` and in a file for `plan`."""
    scope = "connections.0." if questions()[key].scope == "connection" else ""
    for number, form in enumerate(FORMS):
        asked, planned = tmp_path / f"next-{number}.yaml", tmp_path / f"plan-{number}.yaml"
        asked.write_text("version: 1\nconnections:\n  - {direction: agent-calls-service}\n", encoding="utf-8")
        before = asked.read_text("utf-8")
        status, said = told("next", "-a", str(asked), "--answer", f"{key}={form}")
        assert status == 2, said
        assert form not in said
        assert asked.read_text("utf-8") == before
        planned.write_text(nested(f"{scope}{key}", form), encoding="utf-8")
        status, said = told("plan", str(planned), "--out", str(tmp_path / "out"))
        assert status == 2, said
        assert form not in said
        assert not (tmp_path / "out").exists()


def nested(dotted: str, value: str) -> str:
    """An answers file with one answer, by its dotted key."""
    parts = dotted.split(".")
    inner: Any = value
    for part in reversed(parts):
        inner = [inner] if part == "0" else {part: inner}
    return json.dumps({"version": 1, **inner})


def told(*words: str) -> tuple[int, str]:
    """The status and everything that a command says."""
    out = StringIO()
    with redirect_stdout(out), redirect_stderr(out):
        status = main(list(words))
    return status, out.getvalue()
