"""The edit of the call that builds an agent: what it is given joins the tools that stand there."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from typing import Final

from agentcore_connect.agent_code.edit import Gift
from agentcore_connect.agent_code.facts import Taker
from agentcore_connect.agent_code.found import Site
from agentcore_connect.agent_code.gifts import expressions
from agentcore_connect.agent_code.source import Edit, Source, Unsure

#: Expressions that a star may stand before as they are; others need parentheses.
_STARRED: Final = (ast.Name, ast.Attribute, ast.Call, ast.BinOp, ast.List, ast.Tuple, ast.Subscript, ast.ListComp)


def given(site: Site, gifts: Sequence[Gift]) -> list[Edit]:
    """The edits of one call, one for each argument that holds tools. Errors: Unsure."""
    wanted: dict[str, tuple[Taker, list[str]]] = {}
    for gift in gifts:
        taker = gift.taker(site.taker)
        wanted.setdefault(taker.keyword, (taker, []))[1].extend(expressions(gift, site.module.scopes))
    edits, absent = [], []
    for taker, several in wanted.values():
        edit = _joined(site, taker, ", ".join(several))
        if edit is None:
            absent.append(f"{taker.keyword}=[{', '.join(several)}]")
        else:
            edits.append(edit)
    return [*edits, *([_new_keywords(site, absent)] if absent else [])]


def _joined(site: Site, taker: Taker, gives: str) -> Edit | None:
    """The edit of an argument that is there, None where the call has no such argument."""
    call, source = site.call, site.module.source
    value = next((one.value for one in call.keywords if one.arg == taker.keyword), None)
    if value is None and taker.position is not None and len(call.args) > taker.position:
        value = call.args[taker.position]
    place = site.module.place(call)
    if any(isinstance(one, ast.Starred) for one in call.args) and value is None:
        raise Unsure(f"the arguments of the call in {place} are not certain")
    if value is None and any(one.arg is None for one in call.keywords):
        raise Unsure(f"the call in {place} takes options that may hold tools already")
    if value is None:
        return None
    start, end = span(source, value)
    if isinstance(value, ast.Constant) and value.value is None:
        return Edit(start, end, f"[{gives}]")
    if isinstance(value, ast.List):
        return _into_list(source, value, gives)
    if isinstance(value, ast.Constant | ast.Dict | ast.Set | ast.Lambda | ast.Starred):
        raise Unsure(f"{taker.keyword} is no list in {place}")
    _refuse_other_kinds(site, value)
    text = source.text[start:end]
    if _may_be_none(site, value):
        text = f"({text} or [])"
    elif not isinstance(value, _STARRED) or "\n" in text:
        text = f"({text})"
    return Edit(start, end, f"[*{text}, {gives}]")


def _into_list(source: Source, value: ast.List, gives: str) -> Edit:
    """First in a list that is written out; on a line of its own where the list has lines."""
    start = source.at(value.lineno, value.col_offset) + 1
    if not value.elts:
        return Edit(start, start, gives if source.text[start] == "]" else f"{gives},")
    first = value.elts[0]
    if first.lineno == value.lineno:
        return Edit(start, start, f"{gives}, ")
    line = source.lines[first.lineno - 1]
    indent = line[: len(line) - len(line.lstrip())]
    at = source.starts[first.lineno - 1]
    return Edit(at, at, f"{indent}{gives},{source.newline}")


def _new_keywords(site: Site, texts: Sequence[str]) -> Edit:
    """Keywords that were not there, before those that are, so that no comma at an end matters."""
    text = ", ".join(texts)
    call, source = site.call, site.module.source
    if call.keywords:
        first = call.keywords[0]
        at = source.at(first.lineno, first.col_offset)
        line = source.lines[first.lineno - 1]
        indent = line[: len(line) - len(line.lstrip())]
        if source.starts[first.lineno - 1] + len(indent) == at:
            start = source.starts[first.lineno - 1]
            return Edit(start, start, "".join(f"{indent}{one},{source.newline}" for one in texts))
        return Edit(at, at, f"{text}, ")
    if call.args:
        _, end = span(source, call.args[-1])
        return Edit(end, end, f", {text}")
    _, end = span(source, call)
    return Edit(end - 1, end - 1, text)


def _refuse_other_kinds(site: Site, value: ast.expr) -> None:
    """A node or a registry is no list, and a star would take it apart."""
    names = [value]
    if isinstance(value, ast.Name):
        names += [
            one.value
            for one in site.module.scopes.parsed.of(ast.Assign)
            if any(isinstance(target, ast.Name) and target.id == value.id for target in one.targets)
        ]
    for one in names:
        called = ast.unparse(one.func) if isinstance(one, ast.Call) else ""
        if re.search(r"(^|\.)(ToolNode|\w*Registry)$", called) or isinstance(one, ast.Dict | ast.Set):
            raise Unsure(f"the tools are no list in {site.module.place(site.call)}")


def _may_be_none(site: Site, value: ast.expr) -> bool:
    """Whether a name can hold None: a parameter that has it as its default, or a name that is set to it."""
    if not isinstance(value, ast.Name):
        return False
    scopes = site.module.scopes
    for function in scopes.functions_around(site.call):
        spec = function.args
        plain = [*spec.posonlyargs, *spec.args]
        pairs = [*zip(plain[len(plain) - len(spec.defaults) :], spec.defaults, strict=True)]
        pairs += [(arg, default) for arg, default in zip(spec.kwonlyargs, spec.kw_defaults, strict=True) if default]
        if any(arg.arg == value.id and _is_none(default) for arg, default in pairs):
            return True
    sets = [(node.targets[0], node.value) for node in scopes.parsed.of(ast.Assign)]
    sets += [(node.target, node.value) for node in scopes.parsed.of(ast.AnnAssign) if node.value]
    return any(isinstance(target, ast.Name) and target.id == value.id and _is_none(given) for target, given in sets)


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def span(source: Source, node: ast.expr) -> tuple[int, int]:
    """The part of the text that an expression takes."""
    return (
        source.at(node.lineno, node.col_offset),
        source.at(node.end_lineno or node.lineno, node.end_col_offset or node.col_offset),
    )
