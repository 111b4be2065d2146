"""Conditions on the caller: claims of a token, or the ARN of an IAM caller."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.knowledge.resources import load
from agentcore_connect.plan.cedar_condition import (
    ABSENT,
    Call,
    Change,
    Condition,
    arrived,
    caller_change,
    claim_change,
    listed,
    matches,
    pattern,
    quoted,
)


def claim_condition(entry: Mapping[str, Any], principal: Mapping[str, Any], at: str) -> Condition | None:
    """The condition on the caller's claim, guarded: a claim that is absent would be an error, and skip a forbid.

    In: `claim`, `values` and `claim_type` of an entry; who the callers of the gateway are.
    Errors: ConnectError `claim-without-claims`, `values-without-claim`, `bad-value`.
    """
    claim, values = entry.get("claim"), entry.get("values")
    values = [values] if isinstance(values, str) else values or []
    if not claim:
        if values:
            raise ConnectError(
                "values-without-claim",
                "`claim` is missing: it names the claim that has these values",
                where=f"{at}.values",
                expected="`claim` beside it, e.g. role",
            )
        return None
    if not principal["tags"]:
        raise ConnectError(
            "claim-without-claims",
            f"callers of this gateway have no claim {claim!r}: {principal['text']}",
            where=f"{at}.claim",
            hint="set gateway.inbound_auth to custom-jwt, or leave the claim out",
        )
    if bad := next((value for value in values if not isinstance(value, str)), None):
        raise ConnectError("bad-value", f"a claim's value is text, this is {bad!r}", where=f"{at}.values")
    kind = entry.get("claim_type") or claim_kind(claim)
    has = str(load("cedar")["claims"]["has"]).format(claim=quoted(claim))
    if not values:
        fits = (claim_change(claim, _example(kind, "x")),)
        gone = (claim_change(claim, ABSENT),)
        words = f"the token has the claim {quoted(claim)}"
        return Condition((has,), (), words, lambda call: claim in call.claims, fits, gone)
    return Condition(
        (has,),
        (_test(claim, values, kind),),
        f"the claim {quoted(claim)} {_verb(kind)} {listed(values)}",
        lambda call: claim in call.claims and any(_is(value, call.claims[claim], kind) for value in values),
        _fits(claim, values, kind),
        _misses(claim, values, kind),
    )


def caller_condition(callers: Any, principal: Mapping[str, Any], at: str) -> Condition | None:
    """The condition on an IAM caller: one of some roles, users or accounts.

    Errors: ConnectError `callers-without-iam`, `bad-value`.
    """
    named = [callers] if isinstance(callers, str) else callers or []
    if not named:
        return None
    cedar = load("cedar")
    if principal != cedar["principals"]["aws-iam"]:
        raise ConnectError(
            "callers-without-iam",
            f"callers of this gateway are not known by an ARN: {principal['text']}",
            where=f"{at}.callers",
            hint="set gateway.inbound_auth to aws-iam, or ask for a claim instead",
        )
    kinds = [_caller(one, f"{at}.callers[{number}]") for number, one in enumerate(named)]
    equals = [form.format(**parts) for kind, parts in kinds for form in kind["equals"]]
    likes = [form.format(**parts) for kind, parts in kinds for form in kind["likes"]]
    either = [f"principal.id == {quoted(one)}" for one in dict.fromkeys(equals)]
    either += [f"principal.id like {quoted(one)}" for one in dict.fromkeys(likes)]

    def holds(call: Call) -> bool:
        return call.caller in equals or any(matches(one, call.caller) for one in likes)

    near = [kind["near"].format(**parts) for kind, parts in kinds]
    return Condition(
        (),
        (either[0] if len(either) == 1 else f"({' || '.join(either)})",),
        "the caller " + " or ".join(kind["words"].format(**parts) for kind, parts in kinds),
        holds,
        tuple(caller_change(kind["example"].format(**parts)) for kind, parts in kinds),
        tuple(caller_change(one) for one in near if not holds(Call("", caller=one)))[:1],
    )


def _caller(named: Any, at: str) -> tuple[Mapping[str, Any], Mapping[str, str]]:
    for kind in load("cedar")["callers"]:
        if isinstance(named, str) and (found := re.fullmatch(kind["regex"], named)):
            return kind, found.groupdict()
    raise ConnectError(
        "bad-value",
        "this names no IAM caller",
        where=at,
        expected="an account's 12 digits in quotes, or the ARN of a role or user",
        received=repr(named),
    )


def claim_kind(claim: str) -> str:
    """Return the form of a claim by its name: `single`, `words`, `array` or `words-or-array`."""
    kinds: Mapping[str, Any] = load("cedar")["claims"]["kinds"]
    return next((kind for kind, one in kinds.items() if claim in one["names"]), "single")


def is_known(claim: str) -> bool:
    """Return whether the claim's name tells how its values stand in it."""
    return any(claim in one["names"] for one in load("cedar")["claims"]["kinds"].values())


def _test(claim: str, values: Sequence[str], kind: str) -> str:
    forms = load("cedar")["claims"]
    name = quoted(claim)
    plain = [value for value in values if "*" not in value]
    likes = [literal for value in values for literal in _patterns(value, kind)]
    either = [forms["pattern"].format(claim=name, value=literal) for literal in dict.fromkeys(likes)]
    if len(plain) == 1:
        either.insert(0, forms["one"].format(claim=name, value=quoted(plain[0])))
    elif plain:
        either.insert(0, forms["several"].format(claim=name, values=", ".join(map(quoted, plain))))
    joint = " ||\n   " if likes else " || "
    return either[0] if len(either) == 1 else f"({joint.join(either)})"


def _patterns(value: str, kind: str) -> list[str]:
    """The pattern literals for a value that stands among others; a `*` of the user's own counts for the whole text."""
    one = load("cedar")["claims"]["kinds"][kind]
    begins = _is_prefix(value)
    if "*" in value and not (begins and one.get("prefixes")):
        return ['"' + "*".join(quoted(part)[1:-1] for part in value.split("*")) + '"']
    templates = one.get("prefixes", []) if begins else one.get("patterns", [])
    shown = value[:-1] if begins else value
    json_text = {json.dumps(shown)[1:-1]: None, json.dumps(shown, ensure_ascii=False)[1:-1]: None}
    found = []
    for template in templates:
        variants = json_text if '"' in template else {shown: None}
        found += [pattern(template, variant) for variant in variants]
    return found


def _is_prefix(value: str) -> bool:
    return value.find("*") == len(value) - 1


def _is(value: str, given: Any, kind: str) -> bool:
    """Return whether a claim of a token has the value, by what the claim means and not by how it is matched."""
    if "*" in value and not (_is_prefix(value) and load("cedar")["claims"]["kinds"][kind].get("prefixes")):
        return matches(value, arrived(given))
    fits: Callable[[str], bool] = (lambda one: matches(value, one)) if "*" in value else (lambda one: one == value)
    if isinstance(given, str):
        return any(fits(one) for one in ([given, *given.split(" ")] if kind.startswith("words") else [given]))
    return kind.endswith("array") and any(isinstance(one, str) and fits(one) for one in given)


def _verb(kind: str) -> str:
    return str(load("cedar")["claims"]["kinds"][kind]["verb"])


def _example(kind: str, *values: str) -> Any:
    return list(values) if kind.endswith("array") else " ".join(values)


def _fits(claim: str, values: Sequence[str], kind: str) -> tuple[Change, ...]:
    shown = [value.replace("*", "x") for value in values]
    if kind == "single":
        return tuple(claim_change(claim, value) for value in shown)
    first = shown[0]
    places = [(first,), (first, "other"), ("other", first, "more"), ("other", first)]
    return (
        *(claim_change(claim, _example(kind, *place)) for place in places),
        *(claim_change(claim, _example(kind, value)) for value in shown[1:]),
    )


def _misses(claim: str, values: Sequence[str], kind: str) -> tuple[Change, ...]:
    """Values that are near: longer at either end, and no claim at all."""
    near = [f"super{values[0].replace('*', 'x')}", f"{values[0].replace('*', 'x')}s"]
    candidates = [_example(kind, *near)] if kind != "single" else near
    missed = [one for one in candidates if not any(_is(value, one, kind) for value in values)]
    return (*(claim_change(claim, one) for one in missed), claim_change(claim, ABSENT))
