"""Derives the operations of a plan from its decisions: pure, and the same for every surface.

A surface (`knowledge/commands-*.yaml`) lists the operations that there can be: when each is needed, its command line,
what it asks for at run time, and what a file must say afterwards. This module interprets that list over the render
context and adds nothing of its own: a new command, option or surface is a change of data.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.record import NamedTuple
from agentcore_connect.core.values import Json, JsonObject, mapping, mappings, sequence, texts
from agentcore_connect.core.values import text as text_of
from agentcore_connect.engine.conditions import lookup
from agentcore_connect.knowledge.resources import load
from agentcore_connect.plan.entries import Place
from agentcore_connect.plan.operation import Edit, Input, Operation
from agentcore_connect.plan.promises import Promised
from agentcore_connect.plan.templates import Facts, fill, holds, present, text


def operations(ctx: Facts, surface: JsonObject, plan_facts: JsonObject | None = None) -> list[Operation]:
    """The operations of a plan, in the order in which they run.

    In: the render context, a parsed command surface, and what plans need (absent: `knowledge/plan-facts.yaml`). Out:
    one operation for each entry of the surface that is needed (and for each connection, credential or policy that the
    entry goes over); reused things give none.
    Errors: ConnectError when two things would share what must be their own, or a value cannot be written as an option.
    """
    needs = load("plan-facts") if plan_facts is None else plan_facts
    facts = derived_facts(ctx, surface, needs)
    for rule in mappings(needs.get("distinct")):
        _check_distinct(rule, facts)
    main = str(mapping(surface.get("cli")).get("project_file", ""))
    found = (
        _operation(entry, scope, main) for entry in mappings(surface["operations"]) for scope in _scopes(entry, facts)
    )
    return [one for one in found if one.argv or one.edit or one.patch or one.files or one.text]


def derived_facts(ctx: Facts, surface: JsonObject, plan_facts: JsonObject | None = None) -> dict[str, object]:
    """The context with the facts of `plan-facts.yaml` and of a surface that follow from it, in their order."""
    needs = load("plan-facts") if plan_facts is None else plan_facts
    facts = dict(ctx)
    for name, entry in {**mapping(needs["facts"]), **mapping(surface.get("facts"))}.items():
        spec = mapping(entry)
        if "collect" in spec:
            facts[name] = [scope[str(spec["as"])] for scope in _scopes({**spec, "each": spec}, facts)]
        elif "first" in spec:
            facts[name] = fill(spec, facts)
        else:
            facts[name] = holds(mapping(spec["when"]), facts)
    return facts


def _scopes(entry: JsonObject, facts: Facts) -> Iterator[Facts]:
    """The facts once, or once for each element that the entry goes over; only where its condition holds."""
    condition = mapping(entry.get("when"))
    if "each" not in entry:
        if holds(condition, facts):
            yield facts
        return
    each = mapping(entry["each"])
    seen: set[str] = set()
    for element in lookup(facts, str(each["collect"])) or ():
        scope = {**facts, str(each["as"]): element}
        if not holds(condition, scope):
            continue
        key = text_of(fill(each.get("unique"), scope))
        if key is None or key not in seen:
            seen.add(key or "")
            yield scope


def _operation(entry: JsonObject, facts: Facts, main: str) -> Operation:
    identity = text(entry["id"], facts)
    argv, parts = _command(entry, facts)
    edit = _edit(mapping(entry.get("edit")), facts)
    promise = tuple(_promises(entry.get("promise"), parts, identity, facts))
    if edit:
        promise = (*_promised_by_edit(edit, identity, main), *promise)
    return Operation(
        id=identity,
        title=text(entry["title"], facts),
        kind=str(entry["kind"]),
        argv=tuple(argv),
        artifact=edit.file if edit else text(entry.get("artifact"), facts) or None,
        connection=text(entry.get("connection"), facts) or None,
        needs_aws=bool(entry.get("needs_aws")),
        takes_values=bool(entry.get("takes_values")),
        directory=str(entry.get("directory", "project")),
        inputs=_inputs(mappings(entry.get("inputs")), facts),
        stdin=_piped(fill(entry.get("stdin"), facts)),
        env={name: str(value) for name, value in mapping(fill(entry.get("env"), facts)).items()},
        edit=edit,
        patch=text(entry.get("patch"), facts) or None,
        files=tuple(
            (text(one["from"], scope), text(one["to"], scope))
            for one in mappings(entry.get("files"))
            for scope in _scopes(one, facts)
        ),
        promise=promise,
        text=text(entry.get("text"), facts) or None,
        why=text(entry.get("why"), facts),
        sources=tuple(texts(entry["sources"])),
    )


def _piped(value: Json) -> str | tuple[str, ...] | None:
    return tuple(texts(value)) or text_of(value)


class _Part(NamedTuple):
    """Return the part of the promised object that one option sets."""

    path: str
    value: Json
    flag: str


def _command(entry: JsonObject, facts: Facts) -> tuple[list[str], list[_Part]]:
    argv = [str(word) for word in sequence(fill(entry.get("argv"), facts))]
    parts: list[_Part] = []
    for option in mappings(entry.get("options")):
        for scope in _scopes(option, facts):
            value = fill(option.get("value", True), scope)
            if not present(value) or value is False:
                continue
            argv += _words(option, value)
            parts += [_part(str(option["flag"]), one, value, scope) for one in _list(option.get("sets", []))]
    return argv, parts


def _words(option: JsonObject, value: Json) -> list[str]:
    flag, separator = str(option["flag"]), text_of(option.get("join"))
    if value is True:
        return [flag]
    values = [str(one) for one in _list(value)]
    if option.get("repeat"):
        return [word for one in values for word in (flag, one)]
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


def _part(flag: str, target: Json, value: Json, facts: Facts) -> _Part:
    if isinstance(target, Mapping):
        return _Part(str(target["path"]), fill(target["value"], facts), flag)
    return _Part(str(target), value, flag)


def _promises(entries: Json, parts: Sequence[_Part], identity: str, facts: Facts) -> Iterator[Promised]:
    """Return the promises of an operation; its options account for parts of the first."""
    for index, entry in enumerate(mappings(_list(entries))):
        for scope in _scopes(entry, facts):
            own = parts if index == 0 else ()
            value = fill(entry["value"], scope)
            for part in own:
                value = _put(value, part.path.split("."), part.value)
            yield Promised(
                at=_place(entry["at"], scope),
                value=value,
                by=identity,
                file=text(entry.get("file"), scope),
                whole=bool(entry.get("whole")),
                free=tuple(texts(entry.get("free"))),
                flags={part.path: part.flag for part in own},
            )


def _place(template: Json, facts: Facts) -> Place:
    return tuple(step if isinstance(step, Mapping) else str(step) for step in sequence(fill(template, facts)))


def _put(value: Json, path: Sequence[str], part: Json) -> Json:
    base = dict(mapping(value))
    base[path[0]] = part if len(path) == 1 else _put(base.get(path[0]), path[1:], part)
    return base


def _edit(spec: JsonObject, facts: Facts) -> Edit | None:
    """The changes of a file; None where there are none."""
    changes = [
        (_place(change["at"], scope), fill(change["value"], scope))
        for change in mappings(spec.get("changes"))
        for scope in _scopes(change, facts)
    ]
    return Edit(text(spec["file"], facts), tuple(changes)) if changes else None


def _promised_by_edit(edit: Edit, identity: str, main: str) -> Iterator[Promised]:
    """Return the result of an edit, in the project's own file or a named one."""
    file = "" if edit.file == main else edit.file
    for at, value in edit.changes:
        yield Promised(at=at, value=value, by=identity, file=file, whole=isinstance(at[-1], Mapping))


def _inputs(entries: Sequence[JsonObject], facts: Facts) -> tuple[Input, ...]:
    found: dict[str, Input] = {}
    for entry in entries:
        for scope in _scopes(entry, facts):
            name = text(entry["name"], scope)
            found.setdefault(
                name,
                Input(
                    name=name,
                    kind=str(entry["kind"]),
                    prompt=text(entry["prompt"], scope),
                    default=text(entry.get("default"), scope) or None,
                    argv=tuple(map(str, sequence(fill(entry.get("argv"), scope)))),
                    find=tuple(_place(place, scope) for place in sequence(entry.get("find"))),
                ),
            )
    return tuple(found.values())


def _check_distinct(rule: JsonObject, facts: Facts) -> None:
    """Refuse two different things that come out alike under the rule's key."""
    owners: dict[str, str] = {}
    for scope in _scopes(rule, facts):
        key, owner = text(rule["key"], scope), text(rule["value"], scope)
        if owners.setdefault(key, owner) != owner:
            both = {**scope, "one": owners[key], "other": owner, "key": key}
            raise ConnectError(
                str(rule["code"]),
                text(rule["message"], both),
                where=text(rule["where"], both),
                hint=text(rule["hint"], both),
            )


def _list(value: Json) -> Sequence[Json]:
    return value if isinstance(value, list | tuple) else [value]
