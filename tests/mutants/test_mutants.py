"""Each file of a plan made wrong in one way: `check` says what is wrong, by the check that is there for it."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.knowledge.resources import load_manifest, manifests
from agentcore_connect.verify.run import check_plan
from tests.mutants import agents, calls, clients, commands, documents, policies, schemas, scripts, templates, typescript
from tests.mutants.mutant import CLI, NODE, REFUSALS, Mutant
from tests.mutants.plans import PLANS
from tests.share import in_share

MODULES = (commands, schemas, scripts, clients, typescript, calls, policies, documents, agents, templates)
MUTANTS = [mutant for module in MODULES for mutant in module.MUTANTS]
FEWEST = 4


def marks(needs: str) -> list[pytest.MarkDecorator]:
    """How a test is marked that needs something."""
    return [pytest.mark.realcli] if needs == CLI else [pytest.mark.envs] if needs else []


def in_this_run(needs: str) -> bool:
    """Whether the environment that is needed is among those of this run: CONNECT_ENVS names them, all when it is empty."""
    chosen = os.environ.get("CONNECT_ENVS", "").split()
    return needs in ("", CLI, NODE) or not chosen or needs in chosen


def given(mutants: Iterable[Mutant]) -> list[object]:
    """The mutants of this run as parameters of a test."""
    return [
        pytest.param(one, id=f"{one.kind}: {one.wrong}", marks=marks(one.needs))
        for number, one in enumerate(mutants)
        if in_this_run(one.needs) and in_share(number)
    ]


@pytest.mark.parametrize("mutant", given(MUTANTS))
def test_the_check_that_is_there_for_it_says_what_is_wrong(
    mutant: Mutant,
    copied: Callable[[str], Path],
    with_tools: Callable[[str], None],
    count: Callable[[str, str], None],
) -> None:
    with_tools(mutant.needs)
    folder = copied(mutant.plan)
    path = folder / mutant.file
    before = path.read_text(encoding="utf-8")
    wrong = mutant.edit(before)
    assert wrong != before, "the edit changes nothing"
    path.write_text(wrong, encoding="utf-8")
    count(mutant.kind, "planted")
    found = said(folder, mutant)
    assert found, "nothing is found"
    assert any(mutant.says in text for text in found), found
    count(mutant.kind, "caught")


def said(folder: Path, mutant: Mutant) -> list[str]:
    """What the mutant's check says of a plan, where it fails."""
    try:
        results = check_plan(folder, only={mutant.about}, run_changed=True)
    except ConnectError as error:
        assert error.code == mutant.check, error
        assert error.code in REFUSALS
        return [str(error)]
    own = [one for one in results if (one.artifact, one.check) == (mutant.about, mutant.check)]
    assert own, f"{mutant.check} was not made; these were: {sorted({one.check for one in results})}"
    return [f"{one.why}\n{one.said}" for one in own if one.status == "failed"]


def _groups() -> list[object]:
    """The plans, each with everything that its mutants need."""
    found = {(one.plan, one.needs) for one in MUTANTS}
    assert {plan for plan, _ in found} == set(PLANS), "a plan without a mutant"
    return [
        pytest.param(plan, needs, id=f"{plan} {needs}".strip(), marks=marks(needs))
        for number, (plan, needs) in enumerate(sorted(found))
        if in_this_run(needs) and in_share(number)
    ]


@pytest.mark.parametrize(("plan", "needs"), _groups())
def test_a_correct_plan_passes_every_check_that_catches_a_mutant(
    plan: str, needs: str, copied: Callable[[str], Path], with_tools: Callable[[str], None]
) -> None:
    with_tools(needs)
    own = [one for one in MUTANTS if (one.plan, one.needs) == (plan, needs)]
    clients_own = {f"client-{plan.split()[0]}", plan.split()[0]}  # clients' plans differ by the client
    every = not needs and {one.kind for one in own} - clients_own
    results = check_plan(copied(plan), only=None if every else {one.about for one in own})
    assert [one for one in results if one.status == "failed"] == []
    states = {(one.artifact, one.check): one.status for one in results}
    wanted = {(one.about, one.check) for one in own if one.check not in REFUSALS}
    assert wanted or not own
    assert {key: states.get(key) for key in wanted} == dict.fromkeys(wanted, "passed")


def test_every_kind_of_file_has_mutants() -> None:
    """Each kind that a plan can have, by the renderers' manifests, and the three files that every plan has."""
    kinds = {
        kind for kind in manifests() if "artifact" in load_manifest(kind) and load_manifest(kind).get("of") is None
    }
    counted = Counter(one.kind for one in MUTANTS)
    assert {kind: counted[kind] for kind in kinds | {"answers", "plan", "document"} if counted[kind] < FEWEST} == {}
    assert len(MUTANTS) >= 100


def test_no_mutant_is_there_twice() -> None:
    names = Counter((one.kind, one.plan, one.wrong) for one in MUTANTS)
    assert [name for name, number in names.items() if number > 1] == []


def test_a_correct_file_is_not_taken_for_a_mutant(
    copied: Callable[[str], Path], with_tools: Callable[[str], None]
) -> None:
    """The way in which mutants are judged says nothing of a file that is right."""
    with_tools("")
    mutant = next(one for one in MUTANTS if one.kind == "tool-schema")
    assert said(copied(mutant.plan), mutant) == []
