"""Every plan for the CLI 1.x, carried out by the model of its commands: taken, valid, and what the plan promises."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.cli_1x.plans import Planned, carry_out, differences, planned, steps
from tests.conformance.emitted import Emitted
from tests.share import in_share

Count = Callable[..., None]
PARTS = 4
#: Steps that nobody can take off a person, and why.
BY_HAND = {
    "connect-agent": "the place in the agent's own code is not certain",
    "consent-Orders": "a person consents",
    "let-in-api-Orders": "the API is in an account for which the plan has no credentials",
    "let-in-function-Orders": "the function is in an account for which the plan has no credentials",
    "register-callback-OrdersCredential": "the identity provider is outside of AWS",
    "return-url-Orders": "the service makes the workload identity",
}


@pytest.mark.parametrize("part", range(PARTS))
def test_every_plan_is_carried_out_and_leaves_what_it_promises(everything: Emitted, count: Count, part: int) -> None:
    if not in_share(part):
        pytest.skip("another share of the plans")
    problems: list[str] = []
    seen: set[str] = set()
    by_hand: set[str] = set()
    for one in planned(everything.folder, part, PARTS):
        count("plans of 1.x", "run")
        by_hand |= {op.id for op in one.plan.operations if op.kind == "manual"}
        key = steps(one)
        if key in seen:
            count("plans of 1.x", "accepted")
            continue
        seen.add(key)
        found = _wrong(one)
        count("plans of 1.x", "accepted", not found)
        problems += [f"{one.situation.why}: {text}" for text in found]
    count("steps of 1.x plans", "run", len(seen))
    count("steps of 1.x plans", "accepted", len(seen))
    assert not problems, "\n".join(problems)[:6000]
    assert len(seen) > 100
    assert by_hand <= set(BY_HAND)


def _wrong(one: Planned) -> list[str]:
    state, problems = carry_out(one)
    return problems + differences(one, state)


def test_a_plan_that_promises_something_else_is_found(everything: Emitted) -> None:
    """Each of these plans, with one value of a step changed, is refused by the model or differs in the end."""
    changed = 0
    for one in planned(everything.folder, 0, 40):
        for number, op in enumerate(one.plan.operations):
            argv = list(op.argv)
            if op.kind != "command" or "--name" not in argv or op.needs_aws or not op.promise:
                continue
            place = argv.index("--name") + 1
            argv[place] += "2"
            wrong = [*one.plan.operations]
            wrong[number] = replace(op, argv=tuple(argv))
            assert _wrong(replace(one, plan=replace(one.plan, operations=wrong))), (one.situation.why, op.id)
            changed += 1
    assert changed > 20
