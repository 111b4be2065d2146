"""Determines the function around a place in a module, and the code that runs at import."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cached_property

from agentcore_connect.project.code import Parsed

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Scopes:
    """The functions of one module and the names in it."""

    def __init__(self, parsed: Parsed) -> None:
        """In: the parsed module."""
        self.parsed = parsed
        self.parents = parsed.parents

    @cached_property
    def origins(self) -> dict[str, str]:
        """The dotted origin of each imported name: `from a.b import c as d` gives d -> a.b.c."""
        found: dict[str, str] = {}
        for node in self.parsed.of(ast.Import):
            for one in node.names:
                found[one.asname or one.name.split(".")[0]] = one.name if one.asname else one.name.split(".")[0]
        for origin in self.parsed.of(ast.ImportFrom):
            if origin.level == 0 and origin.module:
                found.update({one.asname or one.name: f"{origin.module}.{one.name}" for one in origin.names})
        return found

    def dotted(self, node: ast.expr) -> str | None:
        """Return the dotted origin of an imported name, or None."""
        if isinstance(node, ast.Name):
            return self.origins.get(node.id)
        if isinstance(node, ast.Attribute):
            outer = self.dotted(node.value)
            return f"{outer}.{node.attr}" if outer else None
        return None

    def around(self, node: ast.AST) -> Iterator[ast.AST]:
        """Yield the nodes around a node, the nearest first."""
        found = self.parents.get(node)
        while found is not None:
            yield found
            found = self.parents.get(found)

    def functions_around(self, node: ast.AST) -> list[Function]:
        """The functions whose bodies hold a node, the innermost first; a decorator or a default lies outside."""
        found: list[Function] = []
        inner = node
        for outer in self.around(node):
            if isinstance(outer, Function) and inner in outer.body:
                found.append(outer)
            inner = outer
        return found

    def statement(self, node: ast.expr) -> ast.stmt:
        """The innermost statement that holds an expression; every expression of a module has one."""
        return next(one for one in self.around(node) if isinstance(one, ast.stmt))

    def in_lambda(self, node: ast.AST) -> bool:
        """Return whether a lambda lies between a node and its function."""
        for outer in self.around(node):
            if isinstance(outer, ast.Lambda):
                return True
            if isinstance(outer, Function):
                return False
        return False

    def is_main(self, node: ast.AST) -> ast.If | None:
        """The `if __name__ == "__main__"` block at the top of the module that holds a node."""
        for outer in (node, *self.around(node)):
            if isinstance(outer, ast.If) and outer in self.parsed.tree.body and _asks_for_main(outer.test):
                return outer
        return None

    @cached_property
    def at_import(self) -> frozenset[Function]:
        """The functions that run while the module is loaded: called from its top, or by such a function."""
        reached: dict[Function, None] = {}
        waiting = [one for one in self.parsed.of(ast.Call) if self._runs_at_top(one)]
        while waiting:
            for function in self.called(waiting.pop()):
                if function not in reached:
                    reached[function] = None
                    waiting += [one for one in self.parsed.of(ast.Call) if self.functions_around(one)[:1] == [function]]
        return frozenset(reached)

    def _runs_at_top(self, call: ast.Call) -> bool:
        return not self.functions_around(call) and not self.is_main(call) and not self.in_lambda(call)

    def called(self, call: ast.Call) -> list[Function]:
        """The functions of this module that a call may run: by name, by `self.name`, by the class it makes."""
        if isinstance(call.func, ast.Name):
            return self.named(call.func.id, call)
        if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name):
            return [one for one in self._functions if one.name == call.func.attr and self._is_method(one)]
        return []

    def named(self, name: str, seen_from: ast.AST) -> list[Function]:
        """The functions that a name may mean at a place; for a class what makes its objects."""
        visible: list[ast.AST] = [self.parsed.tree, *self.functions_around(seen_from)]
        found = [one for one in self._functions if one.name == name and self.parents[one] in visible]
        made = [one for one in self.parsed.of(ast.ClassDef) if one.name == name]
        found += [one for one in self._functions if one.name == "__init__" and self.parents[one] in made]
        return found

    def _is_method(self, function: Function) -> bool:
        return isinstance(self.parents[function], ast.ClassDef)

    @cached_property
    def _functions(self) -> list[Function]:
        return [*self.parsed.of(ast.FunctionDef), *self.parsed.of(ast.AsyncFunctionDef)]

    @property
    def functions(self) -> list[Function]:
        """Every function and method of the module."""
        return self._functions

    @cached_property
    def taken(self) -> frozenset[str]:
        """Every name that the module uses."""
        names = {one.id for one in self.parsed.of(ast.Name)} | {one.arg for one in self.parsed.of(ast.arg)}
        names |= {one.name for one in (*self._functions, *self.parsed.of(ast.ClassDef))}
        return frozenset(names | set(self.origins))


def _asks_for_main(test: ast.expr) -> bool:
    sides = [test.left, *test.comparators] if isinstance(test, ast.Compare) else []
    return any(isinstance(one, ast.Name) and one.id == "__name__" for one in sides)
