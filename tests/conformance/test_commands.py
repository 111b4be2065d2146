"""Every command line that can be emitted: through the real CLI 0.30, and by the contracts of both surfaces."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from agentcore_connect.clispec.model import check_argv, load
from agentcore_connect.plan import argv as words
from agentcore_connect.plan.build import build
from agentcore_connect.plan.script import command_lines
from agentcore_connect.verify.commands import samples
from agentcore_connect.verify.run import check_plan
from tests.conformance.batches import Shape, batches, shape, wanted
from tests.conformance.emitted import Emitted, gathered
from tests.conformance.tools import RealCli, real_cli
from tests.share import in_share

Count = Callable[..., None]
SLOTS = 6


@pytest.fixture(scope="session")
def agentcore(tmp_path_factory: pytest.TempPathFactory) -> RealCli:
    """The real CLI, its calls noted."""
    return real_cli(tmp_path_factory.mktemp("bin"))


@pytest.mark.realcli
@pytest.mark.parametrize("slot", range(SLOTS))
def test_every_command_is_accepted_and_has_the_effect_that_is_promised(
    everything: Emitted,
    agentcore: RealCli,
    count: Count,
    slot: int,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """`check` itself runs them, so that what it says of plans is proved on the way."""
    monkeypatch.setenv("PATH", f"{agentcore.folder}{os.pathsep}{os.environ['PATH']}")
    problems: list[str] = []
    for number, batch in enumerate(batches(everything)):
        if number % SLOTS != slot or not in_share(number // SLOTS):
            continue
        out = everything.folder / f"batch-{number}"
        plan = batch.write(everything.folder, out)
        local = [op for op in plan.operations if op.argv and not op.needs_aws]
        results = check_plan(out)
        problems += [
            f"{batch.situation.why}: {one.artifact} {one.check}: {one.why} {one.command} {one.said}"
            for one in results
            if one.status == "failed"
        ]
        given = [words.fill(op.argv[1:], samples(plan.operations)) for op in local if op.argv[0] == "agentcore"]
        calls = [call for call in agentcore.calls() if "--version" not in call[1] and "--help" not in call[1]]
        assert [call[1] for call in calls] == given, batch.situation.why
        made = {one.check: one.status for one in results if one.artifact == "commands.sh"}
        count("commands", "run", len(calls))
        count("commands", "accepted", sum(status == 0 for status, _ in calls))
        count("commands", "state", made.get("project-state") == "passed")
        count("secrets", "run", "secrets-stay-secret" in made)
        count("secrets", "accepted", made.get("secrets-stay-secret") == "passed")
    assert not problems, "\n".join(problems)[:6000]


def test_the_batches_have_every_line(everything: Emitted) -> None:
    """Nothing is left out by putting connections together."""
    found: set[Shape] = set()
    for batch in batches(everything):
        operations = batch.plan(everything.folder).operations
        found |= {shape(op.argv) for op in operations if op.argv and not op.needs_aws}
    assert set(wanted(everything)) - found == set()
    assert len(wanted(everything)) > 50


def test_every_command_is_accepted_by_the_contract_of_its_surface(everything: Emitted, count: Count) -> None:
    problems = []
    for (surface, argv), line in everything.lines.items():
        if argv[0] != "agentcore":
            continue
        contract = load(gathered(line.situation, everything.folder).surface.contract)
        found = check_argv(list(argv), contract)
        count("contract", "run")
        count("contract", "accepted", not found)
        problems += [f"{surface} {' '.join(argv)}: {one}" for one in found]
    assert not problems, "\n".join(problems)[:6000]


def test_every_script_is_bash_and_says_what_its_plan_says(everything: Emitted, count: Count, tmp_path: Path) -> None:
    """The command lines of each distinct script, read back, are the plan's, word for word."""
    wrong = []
    for number, one in enumerate(everything.of_kind("commands")):
        operations = build(gathered(one.situation, everything.folder)).operations
        right = command_lines(one.text) == {op.id: list(op.argv) for op in operations if op.argv}
        count("shell", "run")
        count("shell", "accepted", right)
        wrong += [] if right else [one.situation.why]
        (tmp_path / f"{number}.sh").write_text(one.text, encoding="utf-8")
    assert not wrong, "\n".join(wrong)[:6000]
    loop = 'for file in *.sh; do bash -n "$file" || echo "$file"; done'
    done = subprocess.run(["bash", "-c", loop], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout + done.stderr == ""
