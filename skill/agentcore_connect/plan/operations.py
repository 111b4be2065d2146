"""From a decided plan to the operations that bring it about: pure, and the same for every command surface.

A surface (`knowledge/commands-*.yaml`) lists the operations that there can be: when each is needed, its command line,
what it asks for at run time, and what a file must say afterwards. This module interprets that list over the render
context and adds nothing of its own: a new command, option or surface is a change of data.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.engine.conditions import lookup
from agentcore_connect.knowledge.resources import load
from agentcore_connect.plan.operation import Edit, Input, Operation
from agentcore_connect.plan.promises import Promised
from agentcore_connect.plan.templates import fill, holds

Facts = Mapping[str, Any]
Data = Mapping[str, Any]


def operations(ctx: Facts, surface: Data, plan_facts: Data | None = None) -> list[Operation]:
    """The operations of a plan, in the order in which they run.

    In: the render context, a parsed command surface, and what plans need (absent: `knowledge/plan-facts.yaml`). Out:
    one operation for each entry of the surface that is needed (and for each connection, credential or policy that the
    entry goes over); reused things give none.
    Errors: ConnectError when two things would share what must be their own, or a value cannot be written as an option.
    """
    needs = load("plan-facts") if plan_facts is None else plan_facts
    facts = derived_facts(ctx, surface, needs)
    for rule in needs.get("distinct", []):
        _check_distinct(rule, facts)
    found = (_operation(entry, scope) for entry in surface["operations"] for scope in _scopes(entry, facts))
    return [one for one in found if one.argv or one.edit or one.patch or one.files or one.text]


def derived_facts(ctx: Facts, surface: Data, plan_facts: Data | None = None) -> dict[str, Any]:
    """The context with the facts of `plan-facts.yaml` and of a surface that follow from it."""
    needs = load("plan-facts") if plan_facts is None else plan_facts
    return _derived(ctx, {**needs["facts"], **surface.get("facts", {})})


def _derived(ctx: Facts, specs: Data) -> dict[str, Any]:
    """The context with the facts that follow from it, each of which may use those before it."""
    facts = dict(ctx)
    for name, spec in specs.items():
        if "collect" in spec:
            facts[name] = [scope[spec["as"]] for scope in _scopes({**spec, "each": spec}, facts)]
        elif "first" in spec:
            facts[name] = fill(spec, facts)
        else:
            facts[name] = holds(spec["when"], facts)
    return facts


def _scopes(entry: Data, facts: Facts) -> Iterator[Facts]:
    """The facts once, or once for each element that the entry goes over; only where its condition holds.

    `let` names values made for this entry, before its condition is looked at.
    """
    each = entry.get("each")
    if each is None and "let" not in entry:
        if holds(entry.get("when"), facts):
            yield facts
        return
    elements = [{}] if each is None else [{each["as"]: one} for one in lookup(facts, each["collect"]) or []]
    seen: set[str] = set()
    for element in elements:
        scope = {**facts, **element}
        scope.update(fill(entry.get("let", {}), scope))
        if not holds(entry.get("when"), scope):
            continue
        key = fill(each["unique"], scope) if each and "unique" in each else None
        if key is None or str(key) not in seen:
            seen.add(str(key))
            yield scope


def _operation(entry: Data, facts: Facts) -> Operation:
    identity = str(fill(entry["id"], facts))
    argv, by_option = _command(entry, facts)
    edit = _edit(entry["edit"], facts) if "edit" in entry else None
    edit = edit if edit and edit.changes else None
    promise = _promise(entry["promise"], by_option, identity, facts) if "promise" in entry else ()
    if edit:
        promise = tuple(_promised_by_edit(edit, entry["edit"], identity)) + promise
    return Operation(
        id=identity,
        title=str(fill(entry["title"], facts)),
        kind=entry["kind"],
        argv=tuple(argv),
        artifact=edit.file if edit else fill(entry.get("artifact"), facts),
        connection=fill(entry.get("connection"), facts),
        needs_aws=bool(entry.get("needs_aws", False)),
        takes_values=bool(entry.get("takes_values", False)),
        directory=entry.get("directory", "project"),
        inputs=_inputs(entry.get("inputs", []), facts),
        stdin=_piped(fill(entry.get("stdin"), facts)),
        env={name: str(value) for name, value in fill(entry.get("env", {}), facts).items()},
        edit=edit,
        patch=fill(entry.get("patch"), facts),
        files=tuple(
            (str(fill(one["from"], scope)), str(fill(one["to"], scope)))
            for one in entry.get("files", [])
            for scope in _scopes(one, facts)
        ),
        promise=promise,
        text=fill(entry.get("text"), facts),
        why=str(fill(entry.get("why", ""), facts)),
        sources=tuple(entry["sources"]),
    )


def _piped(value: Any) -> str | tuple[str, ...] | None:
    return (tuple(value) or None) if isinstance(value, list) else value


@dataclass(frozen=True)
class _Part:
    """What one option brings into the promised object."""

    path: str
    value: Any
    flag: str


def _command(entry: Data, facts: Facts) -> tuple[list[str], list[_Part]]:
    argv = [str(word) for word in fill(entry.get("argv", []), facts)]
    parts: list[_Part] = []
    for option in entry.get("options", []):
        for scope in _scopes(option, facts):
            value = _first(option["from"], scope) if "from" in option else fill(option.get("value", True), scope)
            if value in (None, "", []) or value is False:
                continue
            argv += _words(option, value)
            parts += [_part(option["flag"], one, value, scope) for one in _list(option.get("sets", []))]
    return argv, parts


def _first(sources: Any, facts: Facts) -> Any:
    values = (fill(f"{{{source}}}", facts) for source in _list(sources))
    return next((value for value in values if value not in (None, "", [])), None)


def _words(option: Data, value: Any) -> list[str]:
    flag = option["flag"]
    if value is True:
        return [flag]
    if option.get("json"):
        return [flag, json.dumps(value, ensure_ascii=False, separators=(",", ":"))]
    values = [str(option.get("map", {}).get(one, one)) for one in _list(value)]
    if option.get("repeat"):
        return [word for one in values for word in (flag, one)]
    separator = option.get("join")
    if separator is None and len(values) > 1:
        raise ConnectError("option-takes-one-value", f"{flag} takes one value, and there are {len(values)}", where=flag)
    if separator and any(separator in one for one in values):
        raise ConnectError(
            "option-cannot-hold-value",
            f"{flag} takes a list joined with {separator!r}, so no value of it can hold one",
            where=flag,
            hint=f"take {separator!r} out of the value, or split the value",
        )
    return [flag, (separator or "").join(values)]


def _part(flag: str, target: str | Data, value: Any, facts: Facts) -> _Part:
    if isinstance(target, str):
        return _Part(target, value, flag)
    if "value" in target:
        return _Part(target["path"], fill(target["value"], facts), flag)
    mapping = target.get("map", {})
    if isinstance(value, list):
        return _Part(target["path"], [mapping.get(one, one) for one in value], flag)
    return _Part(target["path"], mapping.get(value, value), flag)


def _promise(entries: Any, parts: Sequence[_Part], identity: str, facts: Facts) -> tuple[Promised, ...]:
    found = []
    for index, entry in enumerate(_list(entries)):
        for scope in _scopes(entry, facts):
            value = fill(entry.get("value", {}), scope)
            flags = {}
            for part in parts if index == 0 else []:
                value = _put(value, part.path.split("."), part.value)
                flags[part.path] = part.flag
            found.append(
                Promised(
                    at=tuple(fill(entry["at"], scope)),
                    value=value,
                    by=identity,
                    file=fill(entry.get("file"), scope) or "",
                    whole=bool(entry.get("whole", False)),
                    free=tuple(entry.get("free", ())),
                    flags=flags,
                )
            )
    return tuple(found)


def _put(value: Any, path: Sequence[str], part: Any) -> Any:
    base = dict(value) if isinstance(value, Mapping) else {}
    base[path[0]] = part if len(path) == 1 else _put(base.get(path[0]), path[1:], part)
    return base


def _edit(spec: Data, facts: Facts) -> Edit:
    changes = [
        (tuple(fill(change["at"], scope)), fill(change["value"], scope))
        for change in spec["changes"]
        for scope in _scopes(change, facts)
    ]
    return Edit(str(fill(spec["file"], facts)), tuple(changes))


def _promised_by_edit(edit: Edit, spec: Data, identity: str) -> Iterator[Promised]:
    file = "" if spec.get("main", True) else edit.file
    for at, value in edit.changes:
        yield Promised(at=at, value=value, by=identity, file=file, whole=isinstance(at[-1], Mapping))


def _inputs(entries: Sequence[Data], facts: Facts) -> tuple[Input, ...]:
    found: dict[str, Input] = {}
    for entry in entries:
        for scope in _scopes(entry, facts):
            name = str(fill(entry["name"], scope))
            found.setdefault(
                name,
                Input(
                    name=name,
                    kind=entry["kind"],
                    prompt=str(fill(entry["prompt"], scope)),
                    default=fill(entry.get("default"), scope),
                    argv=tuple(fill(entry.get("argv", []), scope)),
                    find=tuple(tuple(fill(place, scope)) for place in entry.get("find", [])),
                ),
            )
    return tuple(found.values())


def _check_distinct(rule: Data, facts: Facts) -> None:
    """Refuse two different things that come out alike under the rule's key."""
    owners: dict[str, str] = {}
    for scope in _scopes(rule, facts):
        key, owner = str(fill(rule["key"], scope)), str(fill(rule["value"], scope))
        if owners.setdefault(key, owner) != owner:
            both = {**scope, "one": owners[key], "other": owner, "key": key}
            raise ConnectError(
                rule["code"],
                str(fill(rule["message"], both)),
                where=fill(rule["where"], both),
                hint=fill(rule["hint"], both),
            )


def _list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]
