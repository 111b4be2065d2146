"""The texts that stand in Python code, each with the names that it is given there."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

_NAMING = (
    ast.Assign,
    ast.AnnAssign,
    ast.keyword,
    ast.Dict,
    ast.Call,
    ast.FunctionDef,
    ast.AsyncFunctionDef,
)
#: The kinds of nodes that `texts` looks at.
KINDS: tuple[type[ast.AST], ...] = (*_NAMING, ast.Return, ast.Expr, ast.JoinedStr, ast.Constant)


class NamedText(NamedTuple):
    """A text in code: its node, its characters (`{}` where an f-string puts a value), the names it is given."""

    node: ast.expr
    text: str
    names: list[str]


def texts(tree: ast.AST, nodes: Sequence[ast.AST] | None = None) -> Iterator[NamedText]:
    """Every text of a tree but its docstrings: assigned, passed, paired, returned, a default, or by itself.

    In: the tree, and its nodes of `KINDS` where it was walked before.
    """
    nodes = nodes if nodes is not None else list(ast.walk(tree))
    names: defaultdict[int, list[str]] = defaultdict(list)
    apart: set[int] = set()  # docstrings, and the pieces of f-strings
    returns = any(isinstance(one, ast.Return) and _is_text(one.value) for one in nodes)
    for node in nodes:
        if isinstance(node, _NAMING):
            for given, value in _pairs(node, returns=returns):
                names[id(value)] += given
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            apart.add(id(node.value))
        elif isinstance(node, ast.JoinedStr):
            apart |= {id(piece) for piece in node.values}
    for node in nodes:
        if isinstance(node, ast.JoinedStr):
            pieces = [str(one.value) if isinstance(one, ast.Constant) else "{}" for one in node.values]
            yield NamedText(node, "".join(pieces), names[id(node)])
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in apart:
            yield NamedText(node, node.value, names[id(node)])


def _is_text(node: ast.expr | None) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _pairs(node: ast.AST, *, returns: bool) -> Iterator[tuple[list[str], ast.expr | None]]:
    """The texts that a node names, each with its names. `returns`: whether any text of the file is returned."""
    if isinstance(node, ast.Assign):
        if _is_text(node.value):
            yield [name for target in node.targets for name in _names(target)], node.value
    elif isinstance(node, ast.AnnAssign):
        if _is_text(node.value):
            yield _names(node.target), node.value
    elif isinstance(node, ast.keyword):
        if _is_text(node.value):
            yield [node.arg or ""], node.value
    elif isinstance(node, ast.Dict):
        yield from ((_names(key), one) for key, one in zip(node.keys, node.values, strict=True) if _is_text(one))
    elif isinstance(node, ast.Call):
        given = node.args
        yield from ((_names(one), two) for one, two in pairwise(given) if _is_text(two))
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        yield from _of_function(node, returns=returns)


def _of_function(
    node: ast.FunctionDef | ast.AsyncFunctionDef, *, returns: bool
) -> Iterator[tuple[list[str], ast.expr | None]]:
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
