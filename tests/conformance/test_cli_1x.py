"""Every plan for the CLI 1.x, carried out by the model of its commands: taken, valid, and what the plan promises."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from agentcore_connect.core.record import replace
from tests.cli_1x.plans import carry_out, differences
from tests.cli_1x.steps import Steps
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
    "move-agent": "which code of the old agent goes to the new one is the person's decision",
    "register-callback-OrdersCredential": "the identity provider is outside of AWS",
    "return-url-Orders": "the service makes the workload identity",
}


@pytest.mark.parametrize("part", range(PARTS))
def test_every_plan_is_carried_out_and_leaves_what_it_promises(everything: Emitted, count: Count, part: int) -> None:
    """Plans that do and promise the same are carried out once."""
    if not in_share(part):
        pytest.skip("another share of the plans")
    distinct = list(everything.steps.values())[part::PARTS]
    found = [f"{one.why}: {text}" for one in distinct for text in _wrong(one)]
    count("steps of 1.x plans", "run", len(distinct))
    count("steps of 1.x plans", "accepted", len(distinct) if not found else 0)
    assert not found, "\n".join(found)[:6000]
    assert len(distinct) > 100


def test_each_step_by_hand_has_a_reason(everything: Emitted, count: Count) -> None:
    count("plans of 1.x", "run", everything.plans_1x)
    count("plans of 1.x", "accepted", everything.plans_1x)
    for name, number in everything.by_hand.items():
        count(f"by hand on 1.x, {name}", "run", number)
    assert everything.by_hand.keys() == BY_HAND.keys()


def _wrong(one: Steps) -> list[str]:
    state, problems = carry_out(one)
    return problems + differences(one, state)


def test_a_plan_that_promises_something_else_is_found(everything: Emitted) -> None:
    """Each command with a name is changed once: it is refused by the model, or the project differs in the end."""
    changed: set[tuple[str, ...]] = set()
    for one in list(everything.steps.values())[::20]:
        for number, op in enumerate(one.operations):
            argv = list(op.argv)
            if op.kind != "command" or "--name" not in argv or op.needs_aws or not op.promise:
                continue
            kind = (op.id, *(word for word in argv if word.startswith("--")))
            if kind in changed:
                continue
            changed.add(kind)
            argv[argv.index("--name") + 1] += "2"
            wrong = [*one.operations]
            wrong[number] = replace(op, argv=tuple(argv))
            changed_plan = Steps(one.why, tuple(wrong), one.project, one.files)
            assert _wrong(changed_plan), (one.why, op.id)
    assert len(changed) > 20
