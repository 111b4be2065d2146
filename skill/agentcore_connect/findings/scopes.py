"""The scopes of a Python file, and which assignment a read of a name sees."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from typing import cast

from agentcore_connect.core.record import NamedTuple
from agentcore_connect.project.code import Parsed

Scope = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


class Binding(NamedTuple):
    """An assignment of a name: its line, the value (None if unknown), and its kind.

    `how` is `is` (assigned), `entered` (by `with … as`) or `item` (one of the values, in a loop); `kind` is the
    annotation, if any.
    """

    line: int
    value: ast.expr | None
    how: str = "is"
    kind: ast.expr | None = None


class Scopes:
    """The scopes of one file."""

    def __init__(self, parsed: Parsed) -> None:
        """In: the parsed file."""
        self.parsed = parsed

    def scopes(self, node: ast.AST) -> Iterator[Scope]:
        """The scopes around a node, the innermost first; a class counts only for code right in it."""
        inner, first = node, True
        while (outer := self.parsed.parents.get(inner)) is not None:
            if isinstance(outer, ast.Module):
                yield outer
            elif _runs_in(outer, inner) or (first and isinstance(outer, ast.ClassDef) and inner in outer.body):
                yield cast("Scope", outer)
                first = False
            inner = outer

    def function(self, node: ast.AST) -> Scope:
        """The scope that a node runs in."""
        return next(self.scopes(node), self.parsed.tree)

    def at_import(self, node: ast.AST) -> bool:
        """Whether a node runs when the file is imported: in no function, and not below `if __name__ == …`."""
        inner = node
        while (outer := self.parsed.parents.get(inner)) is not None:
            if _runs_in(outer, inner):
                return False
            if isinstance(outer, ast.If) and _asks_for_main(outer.test):
                return False
            inner = outer
        return True

    def binding(self, name: ast.Name) -> Binding | None:
        """Return the assignment that a read of a name sees, or None if unknown."""
        for number, scope in enumerate(self.scopes(name)):
            found = self.bindings.get((scope, name.id))
            if found:
                before = [one for one in found if one.line <= name.lineno] if number == 0 else found
                return before[-1] if before else Binding(name.lineno, None)
        return None

    @cached_property
    def bindings(self) -> dict[tuple[Scope, str], list[Binding]]:
        """The assignments of each name in its scope, in the order of their lines."""
        found: defaultdict[tuple[Scope, str], list[Binding]] = defaultdict(list)
        for scope, name, binding in self._all_bindings():
            found[(scope, name)].append(binding)
        for bindings in found.values():
            bindings.sort(key=lambda one: one.line)
        return dict(found)

    def _all_bindings(self) -> Iterator[tuple[Scope, str, Binding]]:
        for name in self.parsed.of(ast.Name):
            if isinstance(name.ctx, ast.Store):
                yield self.function(name), name.id, self._given(name)
        functions = (self.parsed.of(ast.FunctionDef), self.parsed.of(ast.AsyncFunctionDef), self.parsed.of(ast.Lambda))
        for found in functions:
            for one in found:
                arguments = one.args
                every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
                every += [extra for extra in (arguments.vararg, arguments.kwarg) if extra]
                yield from ((one, argument.arg, Binding(0, None, kind=argument.annotation)) for argument in every)

    def _given(self, name: ast.Name) -> Binding:
        """Return the value of an assignment; None for unpacking and `except … as`."""
        parent = self.parsed.parents.get(name)
        if isinstance(parent, ast.Assign) and any(one is name for one in parent.targets):
            return Binding(name.lineno, parent.value)
        if isinstance(parent, ast.NamedExpr) and parent.target is name:
            return Binding(name.lineno, parent.value)
        if isinstance(parent, ast.AnnAssign) and parent.target is name:
            return Binding(name.lineno, parent.value, kind=parent.annotation)
        if isinstance(parent, ast.For | ast.AsyncFor | ast.comprehension) and parent.target is name:
            return Binding(name.lineno, parent.iter, "item")
        if isinstance(parent, ast.withitem) and parent.optional_vars is name:
            return Binding(name.lineno, parent.context_expr, "entered")
        return Binding(name.lineno, None)


def _runs_in(outer: ast.AST, inner: ast.AST) -> bool:
    """Whether `inner` belongs to the body of the function `outer`: its decorators and defaults run outside."""
    if isinstance(outer, ast.Lambda):
        return inner is outer.body
    return isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef) and inner in outer.body


def _asks_for_main(test: ast.expr) -> bool:
    return isinstance(test, ast.Compare) and any(
        isinstance(one, ast.Name) and one.id == "__name__" for one in (test.left, *test.comparators)
    )
