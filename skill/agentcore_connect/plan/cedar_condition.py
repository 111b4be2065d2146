"""One condition of a Cedar policy: its text, its words, and example calls that meet it and that miss it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from agentcore_connect.core.record import dataclass, field, replace

#: The value of a change that takes the claim or the argument away.
ABSENT: Final = object()


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a tool: who calls, as the token or IAM says, and with which arguments.

    A claim is text or, where the token has an array, a list. ``caller`` is the ARN of an IAM caller as Cedar sees it.
    """

    tool: str
    claims: Mapping[str, object] = field(default_factory=dict)
    caller: str = ""
    input: Mapping[str, object] = field(default_factory=dict)

    def with_claim(self, name: str, value: object) -> Call:
        """The call with another value of a claim, or without the claim."""
        rest = {key: one for key, one in self.claims.items() if key != name}
        return replace(self, claims=rest if value is ABSENT else {**rest, name: value})

    def with_argument(self, path: tuple[str, ...], value: object) -> Call:
        """The call with another value of an argument, or without the argument."""
        return replace(self, input=_put(self.input, path, value))

    def argument(self, path: tuple[str, ...]) -> object:
        """The value of an argument; ABSENT where the call has none."""
        here: object = self.input
        for key in path:
            if not isinstance(here, Mapping) or key not in here:
                return ABSENT
            here = here[key]
        return here


Change = Callable[[Call], Call]


@dataclass(frozen=True, slots=True)
class Condition:
    """A part of a policy's `when`.

    ``guards`` stand before ``tests``, joined by `&&`; ``words`` say it in English; ``holds`` decides it for a call;
    ``fits`` and ``misses`` change a call so that it is met, or missed by little.
    """

    guards: tuple[str, ...]
    tests: tuple[str, ...]
    words: str
    holds: Callable[[Call], bool]
    fits: tuple[Change, ...]
    misses: tuple[Change, ...]

    @property
    def terms(self) -> tuple[str, ...]:
        """The Cedar terms, each to be joined by `&&`."""
        return (*self.guards, *self.tests)


def any_of(conditions: tuple[Condition, ...]) -> Condition:
    """One condition that holds where any of several does."""
    if len(conditions) == 1:
        return conditions[0]

    def missed(call: Call) -> Call:
        for one in conditions:
            call = first_of(one.misses)(call)
        return call

    text = " ||\n  ".join(f"({' && '.join(one.terms)})" for one in conditions)
    return Condition(
        guards=(),
        tests=(f"({text})",),
        words="any of these: " + "; ".join(one.words for one in conditions),
        holds=lambda call: any(one.holds(call) for one in conditions),
        fits=tuple(_only(conditions, number) for number in range(len(conditions))),
        misses=(missed,),
    )


def _only(conditions: tuple[Condition, ...], number: int) -> Change:
    def change(call: Call) -> Call:
        for other, one in enumerate(conditions):
            if other != number:
                call = first_of(one.misses)(call)
        return first_of(conditions[number].fits)(call)

    return change


def first_of(changes: tuple[Change, ...]) -> Change:
    """The first of some changes; one that changes nothing where there is none, as for what can be neither way."""
    return changes[0] if changes else (lambda call: call)


def claim_change(name: str, value: object) -> Change:
    """A change of a claim."""
    return lambda call: call.with_claim(name, value)


def argument_change(path: tuple[str, ...], value: object) -> Change:
    """A change of an argument."""
    return lambda call: call.with_argument(path, value)


def caller_change(arn: str) -> Change:
    """A change of the IAM caller."""
    return lambda call: replace(call, caller=arn)


def arrived(value: object) -> str:
    """A claim as the gateway hands it to Cedar: text as it is, an array as its JSON text without blanks."""
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def quoted(text: str) -> str:
    """Text as a Cedar string literal."""
    return f'"{_escaped(text)}"'


def pattern(template: str, value: str) -> str:
    """A Cedar pattern literal: the template's `*` match anything, the value that replaces `{v}` only itself.

    In: e.g. `* {v} *` and a scope. Out: the literal with its quotes.
    """
    pieces = template.split("{v}")
    joint = _escaped(value).replace("*", r"\*")
    return f'"{joint.join(_escaped(piece) for piece in pieces)}"'


def matches(pattern_text: str, text: str) -> bool:
    """Return whether a pattern with `*` fits the whole text, as Cedar's `like` does."""
    parts = (re.escape(part) for part in pattern_text.split("*"))
    return re.fullmatch(".*".join(parts), text, re.DOTALL) is not None


def listed(values: Iterable[str]) -> str:
    """Values in words: "a" or "b"."""
    return " or ".join(quoted(value) for value in values)


def _escaped(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return "".join(c if c.isprintable() else f"\\u{{{ord(c):x}}}" for c in escaped)


def _put(data: Mapping[str, object], path: tuple[str, ...], value: object) -> dict[str, object]:
    key, *rest = path
    kept = {name: one for name, one in data.items() if name != key}
    if rest:
        inner = data.get(key, {})
        if value is ABSENT and key not in data:
            return kept
        return {**kept, key: _put(inner if isinstance(inner, Mapping) else {}, tuple(rest), value)}
    return kept if value is ABSENT else {**kept, key: value}
