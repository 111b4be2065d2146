"""The texts that stand in Python code, each with the names that it is given there."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from agentcore_connect.core.record import NamedTuple
from agentcore_connect.project.code import Parsed

Named = tuple[list[str], ast.expr | None]


class NamedText(NamedTuple):
    """A text in code: its node, its characters (`{}` where an f-string puts a value), the names it is given."""

    node: ast.expr
    text: str
    names: list[str]


def texts(parsed: Parsed) -> Iterator[NamedText]:
    """Every text of a file but its docstrings: assigned, passed, paired, returned, a default, or by itself."""
    names: defaultdict[int, list[str]] = defaultdict(list)
    for given, value in _pairs(parsed):
        names[id(value)] += given
    apart = {id(one.value) for one in parsed.of(ast.Expr)}  # docstrings, and the pieces of f-strings
    for joined in parsed.of(ast.JoinedStr):
        apart |= {id(piece) for piece in joined.values}
        pieces = [str(one.value) if isinstance(one, ast.Constant) else "{}" for one in joined.values]
        yield NamedText(joined, "".join(pieces), names[id(joined)])
    for one in parsed.of(ast.Constant):
        if type(one.value) is str and id(one) not in apart:
            yield NamedText(one, one.value, names[id(one)])


def _is_text(node: ast.expr | None) -> bool:
    return type(node) is ast.JoinedStr or (type(node) is ast.Constant and type(node.value) is str)


def _pairs(parsed: Parsed) -> Iterator[Named]:
    """The texts of a file that a node names, each with its names."""
    for one in parsed.of(ast.Assign):
        if _is_text(one.value):
            yield [name for target in one.targets for name in _names(target)], one.value
    for given in parsed.of(ast.AnnAssign):
        if _is_text(given.value):
            yield _names(given.target), given.value
    for key in parsed.of(ast.keyword):
        if _is_text(key.value):
            yield [key.arg or ""], key.value
    for pairs in parsed.of(ast.Dict):
        yield from (
            (_names(key), value) for key, value in zip(pairs.keys, pairs.values, strict=True) if _is_text(value)
        )
    for call in parsed.of(ast.Call):
        if len(call.args) > 1:
            yield from ((_names(before), value) for before, value in pairwise(call.args) if _is_text(value))
    returns = any(_is_text(one.value) for one in parsed.of(ast.Return))
    functions: list[ast.FunctionDef | ast.AsyncFunctionDef]
    functions = [*parsed.of(ast.FunctionDef), *parsed.of(ast.AsyncFunctionDef)]
    for function in functions:
        yield from _of_function(function, returns=returns)


def _of_function(node: ast.FunctionDef | ast.AsyncFunctionDef, *, returns: bool) -> Iterator[Named]:
    """Yield a function's returned texts under its name, and parameter defaults."""
    if returns:
        yield from (([node.name.strip("_")], one.value) for one in _returns(node) if _is_text(one.value))
    arguments = [*node.args.posonlyargs, *node.args.args]
    for one, default in zip(reversed(arguments), reversed(node.args.defaults), strict=False):
        if _is_text(default):
            yield [one.arg], default
    for named, given in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True):
        if _is_text(given):
            yield [named.arg], given


def _returns(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.Return]:
    """Yield the return statements of a function, without nested functions."""
    work: list[ast.AST] = list(function.body)
    while work:
        node = work.pop()
        if isinstance(node, ast.Return):
            yield node
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.expr):
            work.extend(ast.iter_child_nodes(node))


def _names(node: ast.expr | None) -> list[str]:
    if isinstance(node, ast.Name):
        return [node.id]
    if isinstance(node, ast.Attribute):
        return [node.attr]
    if isinstance(node, ast.Subscript):
        return _names(node.slice)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    return []
