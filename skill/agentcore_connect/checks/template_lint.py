"""A CloudFormation template judged by cfn-lint and the resource schemas that it brings; loaded only where used."""

from __future__ import annotations

import re
from functools import cache
from importlib import metadata
from typing import TYPE_CHECKING, Final

from agentcore_connect.core.record import NamedTuple

if TYPE_CHECKING:
    from cfnlint.match import Match  # type: ignore[import-untyped, import-not-found, unused-ignore]
    from cfnlint.rules import Rules  # type: ignore[import-untyped, import-not-found, unused-ignore]

#: The release whose schemas were read for the knowledge; older ones lack resources.
OLDEST: Final = (1, 58)
_UNKNOWN_PROPERTY: Final = "E3002"
INSTALL: Final = 'pip install "agentcore-connect[cloudformation]"'


class Verdict(NamedTuple):
    """The result of cfn-lint: version, errors, warnings, or the reason why it did not run."""

    by: str
    errors: list[str] = []  # noqa: RUF012 - never changed
    warnings: list[str] = []  # noqa: RUF012
    not_run: str = ""


def lint(text: str, region: str | None, beyond: frozenset[tuple[str, ...]] = frozenset()) -> Verdict:
    """Judge a template.

    In: its text, which must not hold settings for cfn-lint; the Region whose schemas count (absent: us-east-1); the
    places of properties that are newer than those schemas.
    """
    try:
        version = metadata.version("cfn-lint")
    except metadata.PackageNotFoundError:
        return Verdict("cfn-lint", not_run="cfn-lint is not installed here")
    by = f"cfn-lint {version}"
    if tuple(map(int, re.findall(r"\d+", version)[:2])) < OLDEST:
        return Verdict(by, not_run=f"{by} does not know all resources of AgentCore; {OLDEST[0]}.{OLDEST[1]} does")
    from cfnlint.api import lint as run  # type: ignore[import-untyped, import-not-found, unused-ignore]
    from cfnlint.config import ManualArgs  # type: ignore[import-untyped, import-not-found, unused-ignore]

    known = _regions()
    where = region if region in known else "us-east-1"
    matches = run(text, rules=_rules(), config=ManualArgs(regions=[where]))
    said: dict[str, list[str]] = {"error": [], "warning": []}
    for one in matches:
        if one.rule.id == _UNKNOWN_PROPERTY and tuple(map(str, one.path or ())) in beyond:
            continue
        said.setdefault(one.rule.severity, []).append(f"{_place(one)}: {one.message} ({one.rule.id})")
    return Verdict(by, said["error"], said["warning"])


def _place(match: Match) -> str:
    path = ".".join(str(part) for part in match.path or ())
    return f"line {match.linenumber}, {path}" if path else f"line {match.linenumber}"


@cache
def _rules() -> Rules:
    from cfnlint.core import get_rules  # type: ignore[import-untyped, import-not-found, unused-ignore]

    found: Rules = get_rules([], [], ["W", "E"])
    return found


@cache
def _regions() -> frozenset[str]:
    from cfnlint.helpers import REGIONS  # type: ignore[import-untyped, import-not-found, unused-ignore]

    return frozenset(REGIONS)
