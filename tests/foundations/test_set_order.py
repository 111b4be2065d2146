"""Nothing iterates over a set or a folder on the way to output: their order hangs on the hash seed or the disk.

A model of the types inside a module: displays, calls, annotations and operators that make sets, followed through names.
What takes the order away again (`sorted`, `any`, another set, ...) may iterate.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "skill" / "agentcore_connect"
_MAKERS = {"set", "frozenset"}
_SET_NAMES = {"set", "frozenset", "Set", "AbstractSet", "FrozenSet", "MutableSet"}
_LISTINGS = {"glob", "rglob", "iterdir", "listdir", "scandir"}  # a folder's order is the file system's
_SET_METHODS = {"union", "intersection", "difference", "symmetric_difference"}
#: What a set's elements may go through in any order.
_ORDERLESS = {"sorted", "any", "all", "len", "sum", "min", "max", "set", "frozenset", "Counter"}
_ITERATES = {"list", "tuple", "enumerate", "iter", "next", "map", "filter", "zip", "reversed", "dict", "deque", "chain"}
_ITERATING_METHODS = {"join", "extend", "fromkeys", "writelines"}
_SET_OPERATORS = (ast.BitOr, ast.BitAnd, ast.Sub, ast.BitXor)

Found = tuple[int, str]


def ordered_by_a_set(source: str) -> list[Found]:
    """The lines at which a module iterates over a set, with the expression."""
    tree = ast.parse(source)
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    returns = {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _is_set_type(node.returns)
    }
    found = []
    for scope in (tree, *(n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))):
        names = _set_names(scope, returns) | _set_names(tree, returns)
        for node in _own(scope):
            for iterated in _iterated(node):
                if _is_set(iterated, names, returns) and not _is_orderless(node, parents):
                    found.append((iterated.lineno, ast.unparse(iterated)))
    return sorted(set(found))


def _own(scope: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a scope without those of the functions in it."""
    for child in ast.iter_child_nodes(scope):
        yield child
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _own(child)


def _set_names(scope: ast.AST, returns: set[str]) -> set[str]:
    """The names and attributes that hold a set in a scope, by annotation or by what is assigned."""
    names: set[str] = set()
    if isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef):
        arguments = [*scope.args.posonlyargs, *scope.args.args, *scope.args.kwonlyargs]
        names |= {one.arg for one in arguments if _is_set_type(one.annotation)}
    for node in _own(scope):
        if isinstance(node, ast.AnnAssign) and _is_set_type(node.annotation):
            names.add(ast.unparse(node.target))
        elif isinstance(node, ast.Assign) and _is_set(node.value, names, returns):
            names |= {ast.unparse(target) for target in node.targets}
    return names


def _is_set_type(annotation: ast.expr | None) -> bool:
    """Whether an annotation is that of a set; a union with None still is."""
    if isinstance(annotation, ast.Subscript):
        return _is_set_type(annotation.value)
    if isinstance(annotation, ast.BinOp):
        return _is_set_type(annotation.left) or _is_set_type(annotation.right)
    name = annotation.attr if isinstance(annotation, ast.Attribute) else getattr(annotation, "id", None)
    return name in _SET_NAMES


def _is_set(node: ast.expr, names: set[str], returns: set[str]) -> bool:
    if isinstance(node, ast.Set | ast.SetComp):
        return True
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Name):
            return node.func.id in _MAKERS or node.func.id in returns
        if isinstance(node.func, ast.Attribute):
            is_method = node.func.attr in _SET_METHODS and _is_set(node.func.value, names, returns)
            return is_method or node.func.attr in returns | _LISTINGS
    if isinstance(node, ast.BinOp) and isinstance(node.op, _SET_OPERATORS):
        return _is_set(node.left, names, returns) or _is_set(node.right, names, returns)
    if isinstance(node, ast.BoolOp):
        return any(_is_set(one, names, returns) for one in node.values)
    if isinstance(node, ast.IfExp):
        return _is_set(node.body, names, returns) or _is_set(node.orelse, names, returns)
    return isinstance(node, ast.Name | ast.Attribute) and ast.unparse(node) in names


def _iterated(node: ast.AST) -> Iterator[ast.expr]:
    """What a node iterates over."""
    match node:
        case ast.For() | ast.comprehension():
            yield node.iter
        case ast.Starred() | ast.YieldFrom():
            yield node.value
        case ast.Call(func=ast.Name(id=name)) if name in _ITERATES:
            yield from node.args
        case ast.Call(func=ast.Attribute(attr=name)) if name in _ITERATING_METHODS:
            yield from node.args
        case ast.Call(func=ast.Attribute(attr="pop"), args=[]):
            yield node.func.value


def _is_orderless(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    """Whether what comes of an iteration goes straight into something that has no order of its own."""
    while True:
        node = parents[node]
        if isinstance(node, ast.Set | ast.SetComp):
            return True
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id in _ORDERLESS:
                return True
            if node.func.id not in _ITERATES:
                return False
        elif not isinstance(node, ast.GeneratorExp | ast.ListComp | ast.Starred | ast.List | ast.Tuple):
            return False


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_module_takes_its_order_from_a_set(path: Path) -> None:
    assert ordered_by_a_set(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "line",
    [
        "for x in {1, 2}: print(x)",
        "print([x for x in set(y)])",
        "a: set[int] = f()\nprint(*a)",
        "def f() -> set[str]: ...\nprint(', '.join(f()))",
        "def f(x: frozenset[str]):\n    return list(x | {'a'})",
        "a = {1} - {2}\nb = next(iter(a))",
        "class C:\n    def __init__(self):\n        self.seen: set[str] = set()\n        print(tuple(self.seen))",
        "def f(a: set[int] | None):\n    for x in a or (): yield x",
        "a = {1, 2}\nb = a.pop()",
        "a = dict.fromkeys({x for x in y})",
        "for x in Path('a').iterdir(): print(x)",
        "print([x.name for x in folder.glob('*')])",
    ],
)
def test_what_hangs_on_a_set_is_found(line: str) -> None:
    assert ordered_by_a_set(line)


@pytest.mark.parametrize(
    "line",
    [
        "print(sorted({1, 2}))",
        "print(any(x for x in {1, 2}))",
        "a = {x + 1 for x in {1, 2}}",
        "print(sorted([x for x in set(y)]))",
        "a = [1]\nb = a.pop()",
        "print(3 in {1, 2}, len({1}))",
        "a = {*b, *{1}}",
        "a: list[int] = []\nfor x in a: print(x)",
    ],
)
def test_what_has_an_order_is_left_alone(line: str) -> None:
    assert ordered_by_a_set(line) == []
