"""Compares the shipped contracts with the installed CLI and botocore."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal

from agentcore_connect.clispec import api_model
from agentcore_connect.clispec.words import Contract
from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.record import dataclass
from agentcore_connect.core.values import Json
from agentcore_connect.knowledge.resources import Entry

Kind = Literal["new", "gone", "changed"]
_WORDING: Final = "says"
_UNSAID: Final = ("required", "choices", "default", "repeatable")


@dataclass(frozen=True)
class Drift:
    """One difference.

    `where` names it ("add gateway --exception-level", "CreateGatewayRequest.members.name"); `was` is what the contract
    says, `now` what is installed; `breaks` whether something that the plans rely upon may no longer work.
    """

    kind: Kind
    where: str
    was: Json
    now: Json
    breaks: bool

    def __str__(self) -> str:
        """One line for a person."""
        if self.kind == "new":
            return f"new: {self.where}"
        if self.kind == "gone":
            return f"gone: {self.where}"
        return f"changed: {self.where}: was {_shown(self.was)}, is {_shown(self.now)}"


def cli(contract: Contract, commands: Entry) -> list[Drift]:
    """Compare a contract's help with that of an installed CLI, option by option.

    In: the contract, and what `walk` made of the installed CLI (all of it, or the commands asked for). Out: the
    differences in the contract's order, new ones last. A contract that does not list every command (one that is known
    by reading) reports no new commands, and only what both state is compared.
    """
    shipped: Entry = contract.data["help"]["commands"]
    complete = bool(contract.data["cli"]["complete"])
    found: list[Drift] = []
    for path, was in shipped.items():
        now = commands.get(path)
        if now is None:
            found.append(Drift("gone", path, was, None, True))
        else:
            found += _command(path, was, now, complete)
    if complete:
        found += [Drift("new", path, None, now, False) for path, now in commands.items() if path not in shipped]
    return found


def files(contract: Contract, schemas: Entry) -> list[Drift]:
    """Compare a contract's file schemas with those of an installed CLI, field by field.

    In: the contract, and what `extract.file_schemas` read. A contract without schemas has nothing to compare.
    """
    found: list[Drift] = []
    for file, was in contract.data.get("files", {}).get("schemas", {}).items():
        now = schemas.get(file, {})
        for name, before in was.items():
            where, after = f"{file} {name}", now.get(name)
            if after is None:
                found.append(Drift("gone", where, before, None, True))
            elif isinstance(before, str) or isinstance(after, str):
                found += [Drift("changed", where, before, after, True)] if before != after else []
            else:
                found += _fields(where, before, after)
        found += [Drift("new", f"{file} {name}", None, after, False) for name, after in now.items() if name not in was]
    return found


def api(contract: Entry, botocore: Path) -> list[Drift]:
    """Compare `knowledge/api-contract.yaml` with the service models of a botocore folder.

    Shapes are compared by where they stand in a request, so that one that was only renamed is no difference. Out: the
    differences; a service, operation, member or value that the plans send and the model lacks `breaks`, and so does a
    newly required member or a changed type. A new optional member or value does not.
    """
    found: list[Drift] = []
    for service, was in contract["services"].items():
        try:
            model = api_model.read(botocore, service)
        except ConnectError:
            found.append(Drift("gone", service, "known", None, True))
            continue
        now = api_model.describe(model, was["operations"])
        pairs: set[tuple[str, str]] = set()
        for name, about in was["operations"].items():
            other = now["operations"].get(name)
            if other is None:
                found.append(Drift("gone", f"{service} {name}", "known", None, True))
                continue
            for side in ("input", "output"):
                if side in about and side in other:
                    where = name if side == "input" else f"{name} answer"
                    found += _shape(where, (about[side], was["shapes"]), (other[side], now["shapes"]), pairs)
                elif side in about or side in other:
                    found.append(Drift("changed", f"{name} {side}", about.get(side), other.get(side), True))
    return found


def behaviour(shipped: Entry, made: Entry) -> list[Drift]:
    """Compare two `observed` parts: forms, values, combinations and hand edits.

    All of these break, for plans rely on them.
    """
    before, after = dict(_answers(shipped)), dict(_answers(made))
    found: list[Drift] = []
    for where in dict.fromkeys([*before, *after]):
        if where not in after:
            found.append(Drift("gone", where, before[where], None, True))
        elif where not in before:
            found.append(Drift("new", where, None, after[where], True))
        elif before[where] != after[where]:
            found.append(Drift("changed", where, before[where], after[where], True))
    return found


def _answers(observed: Entry) -> Iterator[tuple[str, Json]]:
    for form in observed.get("forms", ()):
        yield f"form {form['id']}", form
    for probe in observed.get("values", ()):
        yield f"values of {probe['command']} {probe['option']} ({probe['form']})", probe
    for probe in observed.get("combinations", ()):
        for kind, row in probe["results"].items():
            yield from ((f"{probe['id']}: {probe['by']} {kind}, {way}", result) for way, result in row.items())
    edits = observed.get("edits", {})
    for kind, row in edits.get("outbound_auth", {}).items():
        yield from ((f"hand edit of {kind}: {one['set']}", one["result"]) for one in row)
    yield from ((f"hand edit: {one['id']}", one["result"]) for one in edits.get("others", ()))


def _command(path: str, was: Entry, now: Entry, complete: bool) -> Iterator[Drift]:
    for name, option in was["options"].items():
        where = f"{path} {name}"
        if name not in now["options"]:
            yield Drift("gone", where, option, None, True)
            continue
        other = now["options"][name]
        if complete:
            stated = {**dict.fromkeys(other), **option}
        else:  # what was read in the source and no help page has to say
            stated = {fact: value for fact, value in option.items() if fact in other or fact not in _UNSAID}
        yield from _facts(where, stated, other)
    if complete:
        for name, option in now["options"].items():
            if name not in was["options"]:
                yield Drift("new", f"{path} {name}", None, option, bool(option.get("required")))
        if was.get("alias") != now.get("alias"):
            yield Drift("changed", f"{path} alias", was.get("alias"), now.get("alias"), True)
        if was.get("claims", {}) != now.get("claims", {}):
            yield Drift("changed", f"{path} table of values", was.get("claims"), now.get("claims"), False)
    if "arguments" in was or complete:
        before, after = (_arguments(one) for one in (was, now))
        if before != after:
            yield Drift("changed", f"{path} arguments", before, after, True)


def _fields(where: str, was: Entry, now: Entry) -> Iterator[Drift]:
    for name, field in was.items():
        if name not in now:
            yield Drift("gone", f"{where}.{name}", field, None, True)
        else:
            yield from _facts(f"{where}.{name}", {**dict.fromkeys(now[name]), **field}, now[name])
    for name, field in now.items():
        if name not in was:
            yield Drift("new", f"{where}.{name}", None, field, not field.get("optional"))


def _facts(where: str, was: Entry, now: Entry) -> Iterator[Drift]:
    for fact in was:
        if fact in ("takes", "global"):
            continue
        before, after = was[fact], now.get(fact)
        if before != after:
            wording = fact == _WORDING
            yield Drift(
                "changed",
                f"{where} ({'wording' if wording else fact})",
                before,
                after,
                fact not in (_WORDING, "default"),
            )


def _arguments(command: Entry) -> list[str]:
    return [
        ("<{}>" if one["required"] else "[{}]").format(one["name"] + ("..." if one.get("variadic") else ""))
        for one in command.get("arguments", ())
    ]


_Side = tuple[str, Entry]  # the name of a shape, and the shapes it is one of


def _shape(where: str, was: _Side, now: _Side, pairs: set[tuple[str, str]]) -> Iterator[Drift]:
    if (was[0], now[0]) in pairs or was[0] not in was[1] or now[0] not in now[1]:
        return
    pairs.add((was[0], now[0]))
    before, after = was[1][was[0]], now[1][now[0]]
    for key in ("type", "union", "pattern", "min", "max"):
        if before.get(key) != after.get(key):
            yield Drift("changed", f"{where} ({key})", before.get(key), after.get(key), True)
    required, needed = before.get("required", []), after.get("required", [])
    yield from (Drift("new", f"{where}.{one} is required", None, one, True) for one in needed if one not in required)
    yield from (Drift("gone", f"{where}.{one} is required", one, None, False) for one in required if one not in needed)
    listed, taken = before.get("enum", []), after.get("enum", [])
    yield from (Drift("gone", f"{where} value {one}", one, None, True) for one in listed if one not in taken)
    yield from (Drift("new", f"{where} value {one}", None, one, False) for one in taken if one not in listed)
    members, others = before.get("members", {}), after.get("members", {})
    for name, shape in members.items():
        if name not in others:
            yield Drift("gone", f"{where}.{name}", shape, None, True)
        else:
            yield from _shape(f"{where}.{name}", (shape, was[1]), (others[name], now[1]), pairs)
    yield from (Drift("new", f"{where}.{name}", None, others[name], False) for name in others if name not in members)
    for part, mark in (("of", "[]"), ("keys", "{key}"), ("values", "{}")):
        if part in before and part in after:
            yield from _shape(f"{where}{mark}", (before[part], was[1]), (after[part], now[1]), pairs)


def _shown(value: object) -> str:
    return "nothing" if value is None else str(value)
