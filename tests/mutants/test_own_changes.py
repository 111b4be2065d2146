"""What its owner may change in a plan's files, and `check` finds nothing wrong with it: so it does not cry wolf."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from agentcore_connect.verify.run import check_plan
from tests.mutants.mutant import Edit, after, append, swap

_GATEWAY = "https://abc-1.gateway.bedrock-agentcore.us-east-1.amazonaws.com/mcp"
_VAULT = "arn:aws:bedrock-agentcore:us-east-1:{}:token-vault/default/oauth2credentialprovider/"
CHANGES: dict[str, tuple[str, str, Edit]] = {
    "a note in the plan": ("oauth", "plan.md", append("\nAgreed on with the platform team.\n")),
    "a right made narrower in the plan": ("oauth", "plan.md", swap(_VAULT.format("*"), _VAULT.format("123456789012"))),
    "a right made narrower in a script": (
        "consent",
        "configure.json",
        swap("secretsmanager:${REGION}:${ACCOUNT}:secret:", "secretsmanager:us-east-1:123456789012:secret:"),
    ),
    "a longer wait": ("stream", "direct_feed.py", swap("TIMEOUT = 30.0", "TIMEOUT = 90.0")),
    "a constant of one's own": ("stream", "direct_feed.py", after("TIMEOUT = 30.0", '\nREGION = "eu-west-1"')),
    "a function of one's own": ("a2a", "a2a_peer.py", append("\n\ndef shout(text: str) -> str:\n    return text.upper()\n")),
    "a function that fetches tokens as a parameter": (
        "a2a",
        "a2a_peer.py",
        append("\n\ndef with_token(token: Callable[[], str]) -> str:\n    return token()\n"),
    ),
    "the gateway's address in the settings": ("claude-code", "mcp_client.md", swap('"GATEWAY_URL"', f'"{_GATEWAY}"')),
    "other words for an error": ("lambda", "lambda_handler.py", swap("is missing", "has to be given")),
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGES)
def test_what_its_owner_may_change_passes(
    what: str, copied: Callable[[str], Path], with_tools: Callable[[str], None]
) -> None:
    with_tools("")
    plan, name, edit = CHANGES[what]
    path = copied(plan) / name
    before = path.read_text(encoding="utf-8")
    path.write_text(edit(before), encoding="utf-8")
    assert path.read_text(encoding="utf-8") != before
    results = check_plan(path.parent, only={name}, run_changed=True)
    assert [one for one in results if one.status == "failed"] == []
    assert any(one.status == "passed" for one in results)
