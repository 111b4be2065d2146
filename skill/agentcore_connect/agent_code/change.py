"""Edits the code that builds an agent so that it gets the tools; no other byte changes."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from agentcore_connect.agent_code.edit import Gift
from agentcore_connect.agent_code.found import Agent, Deferred, Module
from agentcore_connect.agent_code.gifts import wrapper_import
from agentcore_connect.agent_code.given import given, span
from agentcore_connect.agent_code.scopes import Function
from agentcore_connect.agent_code.source import Edit, Source, Unsure
from agentcore_connect.core.record import dataclass

_INDENT: Final = "    "
_CACHE: Final = "from functools import cache"


@dataclass(frozen=True, slots=True)
class Change:
    """A file before and after."""

    before: Source
    after: Source


def changes(agent: Agent, gifts: Sequence[Gift], dots: str) -> list[Change]:
    """The files that change, each with its edits made.

    In: the agent, what it is given, what stands before the name of a module that is imported. Errors: Unsure.
    """
    edits: dict[str, list[Edit]] = {}
    wanted: dict[str, dict[str, set[tuple[str, str]]]] = {}
    modules: dict[str, Module] = {}

    def add(module: Module, several: Iterable[Edit], gift: Gift | None = None, *, opens: bool = False) -> None:
        name = module.source.name
        modules[name] = module
        edits.setdefault(name, []).extend(several)
        names = wanted.setdefault(name, {})
        if gift is not None:
            pairs = {one for one in gift.imports if (one[1] == gift.opens) == opens}
            names.setdefault(gift.module, set()).update(pairs)

    for site in agent.sites:
        add(site.module, given(site, gifts))
        for gift in gifts:
            add(site.module, [], gift)
    for gift in gifts:
        for module, function in agent.entries if gift.opens else ():
            add(module, [_decorated(module, function, gift.opens or "")], gift, opens=True)
    if agent.deferred:
        add(agent.deferred.module, _deferral(agent.deferred))
    built_in = {one.module.source.name for one in agent.sites}
    found = []
    for name, module in modules.items():
        is_cached = agent.deferred is not None and agent.deferred.module is module
        wrapping = wrapper_import(gifts, module.scopes) if name in built_in else None
        lines = [*([wrapping] if wrapping else []), *_import_lines(module, dots, wanted[name])]
        whole = [*_imports(module, lines, is_cached=is_cached), *edits[name]]
        found.append(Change(module.source, _merged(module, whole, agent.deferred if is_cached else None)))
    return found


def _import_lines(module: Module, dots: str, wanted: dict[str, set[tuple[str, str]]]) -> Iterator[str]:
    """The lines that import what the agent is given."""
    clash = sorted(here for pairs in wanted.values() for _, here in pairs if here in module.scopes.taken)
    if clash:
        raise Unsure(f"{module.source.name} has a {clash[0]} of its own")
    for client, pairs in sorted(wanted.items()):
        names = sorted(name if name == here else f"{name} as {here}" for name, here in pairs)
        if names:
            yield f"from {dots}{client} import {', '.join(names)}"


def _decorated(module: Module, function: Function, name: str) -> Edit:
    """The decorator next to the function, so that every other one gets the function with its connection."""
    at = module.source.starts[function.lineno - 1]
    line = module.source.lines[function.lineno - 1]
    indent = line[: len(line) - len(line.lstrip())]
    return Edit(at, at, f"{indent}@{name}{module.source.newline}")


def _deferral(deferred: Deferred) -> list[Edit]:
    """Fetch the agent before its name is read: at the start of functions, and of the program."""
    module, scopes = deferred.module, deferred.module.scopes
    source, getter = module.source, getter_of(deferred)
    readers: dict[int, Sequence[ast.stmt]] = {}
    for name in scopes.parsed.of(ast.Name):
        if name.id == deferred.name and isinstance(name.ctx, ast.Load):
            around = scopes.functions_around(name)
            block = scopes.is_main(name)
            if around and not _is_own(around, deferred.name):
                readers[around[-1].lineno] = _after_docstring(around[-1].body)
            elif block is not None:
                readers[block.lineno] = block.body
    edits = []
    for line, body in readers.items():
        first = body[0]
        number = _first_line(first)
        text = source.lines[number - 1]
        indent = text[: len(text) - len(text.lstrip())]
        if number == line or source.at(first.lineno, first.col_offset) < source.starts[number - 1] + len(indent):
            raise Unsure(f"{deferred.name} is used on the line of its function ({source.place(line)})")
        at = source.starts[number - 1]
        edits.append(Edit(at, at, f"{indent}{deferred.name} = {getter}(){source.newline}"))
    if not edits:
        raise Unsure(
            f"{deferred.name} is built while the module is loaded, and nothing in it reads {deferred.name} "
            f"({module.place(deferred.statement)})"
        )
    return edits


def _first_line(statement: ast.stmt) -> int:
    """The line on which a statement starts, its decorators included."""
    marks: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(one.lineno for one in marks)])


def getter_of(deferred: Deferred) -> str:
    """The name of the function that builds the agent when it is first wanted."""
    names = (f"{start}{deferred.name}" for start in ("get_", "build_", "gateway_"))
    free = [one for one in names if one not in deferred.module.scopes.taken]
    if not free:
        raise Unsure(f"every name for a function that builds {deferred.name} is taken")
    return free[0]


def _is_own(around: Sequence[Function], name: str) -> bool:
    """Return whether a function has a name of its own: a parameter."""
    every = [arg.arg for one in around for arg in (*one.args.posonlyargs, *one.args.args, *one.args.kwonlyargs)]
    return name in every


def _after_docstring(body: Sequence[ast.stmt]) -> Sequence[ast.stmt]:
    first = body[0]
    is_text = (
        isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    )
    return body[1:] if is_text and len(body) > 1 else body


def _imports(module: Module, lines: list[str], *, is_cached: bool) -> Iterator[Edit]:
    """The imports, after those at the top of the file."""
    scopes, source = module.scopes, module.source
    if is_cached:
        if scopes.origins.get("cache", "functools.cache") != "functools.cache" or (
            "cache" in scopes.taken and "cache" not in scopes.origins
        ):
            raise Unsure(f"{source.name} has a cache of its own")
        if "cache" not in scopes.origins:
            lines.insert(0, _CACHE)
    at = _import_place(module)
    yield Edit(at, at, "".join(f"{line}{source.newline}" for line in lines))


def _import_place(module: Module) -> int:
    """The start of the line after the last import of the block of imports at the top."""
    source, body = module.source, module.scopes.parsed.tree.body
    last: ast.stmt | None = None
    for number, statement in enumerate(body):
        is_text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        if isinstance(statement, ast.Import | ast.ImportFrom) or (number == 0 and is_text):
            last = statement
        elif last is not None or not is_text:
            break
    if last is None:
        first = body[0]
        return source.starts[_first_line(first) - 1]
    line = last.end_lineno or last.lineno
    after = source.starts[line]
    rest = source.text[source.at(line, last.end_col_offset or 0) : after].strip()
    if rest.startswith((";", "\\")) or not source.lines[line - 1].endswith("\n"):
        raise Unsure(f"the imports end in a line with other code ({source.place(line)})")
    return after


def _merged(module: Module, edits: Sequence[Edit], deferred: Deferred | None) -> Source:
    """The file with its edits; a statement that waits is made a function of its own, with the edits inside it."""
    if deferred is None:
        return module.source.edited(edits)
    source, statement = module.source, deferred.statement
    first, last = statement.lineno, statement.end_lineno or statement.lineno
    start, end = source.starts[first - 1], source.starts[last]
    inner = [one for one in edits if start <= one.start < end]
    value_start, value_end = span(source, deferred.value)
    if source.text[start : source.at(first, statement.col_offset)].strip() or not _ends_alone(
        source.text[value_end:end]
    ):
        raise Unsure(f"the line that builds {deferred.name} holds other code ({source.place(first)})")
    body = _moved(source, value_start, value_end, inner, first)
    newline, getter = source.newline, getter_of(deferred)
    before = _missing_blanks(source.text[:start], newline)
    tail = source.text[value_end:end]
    after = newline * 2 if source.text[end:].strip() and not source.text[end:].startswith(newline) else ""
    if (
        source.text[end:].startswith(newline)
        and not source.text[end:].startswith(newline * 2)
        and source.text[end:].strip()
    ):
        after = newline
    text = f"{before}@cache{newline}def {getter}():{newline}{_INDENT}return {body}{tail}{after}"
    outer = [one for one in edits if not start <= one.start < end]
    return source.edited([*outer, Edit(start, end, text)])


def _ends_alone(rest: str) -> bool:
    return not rest.strip() or rest.strip().startswith("#")


def _missing_blanks(before: str, newline: str) -> str:
    """Blank lines up to the two that stand before a function."""
    lines = before.split("\n")[:-1]
    comments = 0
    while lines and lines[-1].lstrip().startswith("#"):  # a comment above belongs to what follows
        lines.pop()
        comments += 1
    blanks = 0
    while lines and not lines[-1].strip():
        lines.pop()
        blanks += 1
    return newline * max(0, 2 - blanks) if lines and not comments else ""


def _moved(source: Source, start: int, end: int, edits: Sequence[Edit], first: int) -> str:
    """The value of a statement with its edits, each further line moved in; never a line that begins in a text."""
    parts: list[str] = []
    inside = source.inside_texts
    cuts = {one.start: one for one in edits}
    at, number = start, first
    while at < end:
        edit = cuts.pop(at, None)
        if edit is not None:
            # lines of their own take the indentation that was meant for the next one
            parts.append(edit.text.replace("\n", f"\n{_INDENT}"))
            if edit.end > edit.start:
                number += source.text.count("\n", edit.start, edit.end)
                at = edit.end
                continue
        char = source.text[at]
        parts.append(char)
        at += 1
        if char == "\n":
            number += 1
            if number not in inside and source.lines[number - 1].strip():
                parts.append(_INDENT)
    return "".join(parts)
