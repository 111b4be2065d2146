"""Resolves names in a Python file through imports and scopes."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Callable
from functools import cached_property
from typing import Final

from agentcore_connect.findings.scopes import Scopes
from agentcore_connect.project.code import Parsed

_DEPTH: Final = 8

#: What stands in a text for a part that the code does not tell.
UNKNOWN: Final = "\ufffd"


class Names(Scopes):
    """The names of one file."""

    def __init__(self, parsed: Parsed, elsewhere: Callable[[str], str] = lambda _dotted: UNKNOWN) -> None:
        """In: the parsed file; what a dotted name of another module of the project stands for, as a text."""
        super().__init__(parsed)
        self.elsewhere = elsewhere
        self._made: dict[str, str] = {}

    @cached_property
    def imports(self) -> dict[str, str]:
        """Local name -> dotted name of what was imported under it."""
        found: dict[str, str] = {}
        for node in self.parsed.of(ast.Import):
            for alias in node.names:
                found[alias.asname or alias.name.partition(".")[0]] = (
                    alias.name if alias.asname else alias.name.partition(".")[0]
                )
        for one in self.parsed.of(ast.ImportFrom):
            module = "." * one.level + (one.module or "")
            found |= {alias.asname or alias.name: f"{module}.{alias.name}" for alias in one.names}
        return found

    def dotted(self, node: ast.expr) -> str:
        """The dotted name of an expression, imports followed; empty for what is no name."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return ""
        return ".".join([self.imports.get(node.id, node.id), *reversed(parts)])

    def value(self, node: ast.expr) -> ast.expr:
        """Return an expression with names resolved to their values."""
        for _ in range(_DEPTH):
            found = self.binding(node) if isinstance(node, ast.Name) else None
            if found is None or found.value is None or found.how != "is":
                break
            node = found.value
        return node

    def origin(self, node: ast.expr, depth: int = 0) -> str:
        """Return the origin of a value as a path, such as `mcp.ClientSession().list_tools().tools[]`.

        Names are followed to what made them, `await`, `with` and `enter_async_context` to what they take; a name
        with nothing but an annotation comes from its class. Empty where the code does not tell.
        """
        if depth > _DEPTH * 2:
            return ""
        if isinstance(node, ast.Await):
            return self.origin(node.value, depth + 1)
        if isinstance(node, ast.Call):
            if last(node.func) in ("enter_async_context", "enter_context") and node.args:
                return self.origin(node.args[0], depth + 1)
            made = self.origin(node.func, depth + 1)
            return f"{made}()" if made else ""
        if isinstance(node, ast.Attribute):
            if isinstance(node.value, ast.Name) and node.value.id in ("self", "cls"):
                return self._of_attribute(node.attr, depth)
            owner = self.origin(node.value, depth + 1)
            return f"{owner}.{node.attr}" if owner else ""
        return self._of_name(node, depth) if isinstance(node, ast.Name) else ""

    def maker(self, node: ast.expr) -> ast.Call | None:
        """Return the call that created the value of an expression, or None if unknown."""
        for _ in range(_DEPTH):
            if isinstance(node, ast.Await):
                node = node.value
            elif isinstance(node, ast.Call):
                if last(node.func) not in ("enter_async_context", "enter_context") or not node.args:
                    return node
                node = node.args[0]
            elif isinstance(node, ast.Name):
                found = self.binding(node)
                if found is None or found.value is None or found.how == "item":
                    return None
                node = found.value
            elif isinstance(node, ast.Attribute) and len(self._attributes.get(node.attr, ())) == 1:
                node = self._attributes[node.attr][0]
            else:
                return None
        return None

    def _of_name(self, node: ast.Name, depth: int) -> str:
        found = self.binding(node)
        if found is None:
            return self.imports.get(node.id, node.id)
        if found.value is None:
            kind = self._class(found.kind)
            return f"{kind}()" if kind else ""
        origin = self.origin(found.value, depth + 1)
        return f"{origin}[]" if origin and found.how == "item" else origin

    def _class(self, kind: ast.expr | None, depth: int = 0) -> str:
        """The class that an annotation names, `X | None` and "X" too."""
        if isinstance(kind, ast.BinOp) and depth < _DEPTH:
            return self._class(kind.left, depth + 1) or self._class(kind.right, depth + 1)
        if isinstance(kind, ast.Subscript) and last(kind.value) == "Optional" and depth < _DEPTH:
            return self._class(kind.slice, depth + 1)
        if isinstance(kind, ast.Constant) and isinstance(kind.value, str):
            return self.imports.get(kind.value, "")
        return self.dotted(kind) if isinstance(kind, ast.Name | ast.Attribute) else ""

    def _of_attribute(self, name: str, depth: int) -> str:
        """Return the value of `self.name` if exactly one class of the file sets it once."""
        if name not in self._made:
            self._made[name] = ""  # what refers to itself comes from nowhere
            made = {self.origin(value, depth + 1) for value in self._attributes.get(name, ())} - {"", "None"}
            self._made[name] = sorted(made)[0] if len(made) == 1 else ""
        return self._made[name]

    @cached_property
    def _attributes(self) -> dict[str, list[ast.expr]]:
        found: defaultdict[str, list[ast.expr]] = defaultdict(list)
        for one in self.parsed.of(ast.Assign):
            for target in one.targets:
                if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
                    found[target.attr].append(one.value)
        for given in self.parsed.of(ast.AnnAssign):
            if isinstance(given.target, ast.Attribute) and given.value is not None:
                found[given.target.attr].append(given.value)
        return dict(found)

    def text(self, node: ast.expr, depth: int = 0) -> str:
        """A text as far as the code tells it; `UNKNOWN` for each part that it does not.

        Followed are names, attributes that a class of the file sets once, functions of the file that do nothing but
        return, and names that are imported from a module of the project.
        """
        if depth > _DEPTH:
            return UNKNOWN
        node = self.value(node)
        if isinstance(node, ast.Name):
            imported = self.imports.get(node.id, "")
            return self.elsewhere(imported) if imported and self.binding(node) is None else UNKNOWN
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            given = self._class_texts.get((node.value.id, node.attr), [])
            return self.text(given[0], depth + 1) if len(given) == 1 else UNKNOWN
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not (node.args or node.keywords):
            returned = self._returns.get(node.func.id, []) if self.binding(node.func) is None else []
            return self.text(returned[0], depth + 1) if len(returned) == 1 else UNKNOWN
        if isinstance(node, ast.Constant):
            return node.value if isinstance(node.value, str) else UNKNOWN
        if isinstance(node, ast.JoinedStr):
            return "".join(self.text(one, depth + 1) for one in node.values)
        if isinstance(node, ast.FormattedValue):
            return self.text(node.value, depth + 1)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            return self.text(node.left, depth + 1) + self.text(node.right, depth + 1)
        return UNKNOWN

    def top_text(self, name: str) -> str:
        """The text that a name at the top of the file stands for; `UNKNOWN` where that is not one text."""
        found = self.bindings.get((self.parsed.tree, name), [])
        value = found[0].value if len(found) == 1 and found[0].how == "is" else None
        return self.text(value) if isinstance(value, ast.Constant | ast.JoinedStr | ast.BinOp) else UNKNOWN

    @cached_property
    def _class_texts(self) -> dict[tuple[str, str], list[ast.expr]]:
        """The values of attributes, by class and attribute name."""
        found: defaultdict[tuple[str, str], list[ast.expr]] = defaultdict(list)
        for one in self.parsed.of(ast.ClassDef):
            for node in one.body:
                if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
                    for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                        if isinstance(target, ast.Name):
                            found[(one.name, target.id)].append(node.value)
        for name, values in self._attributes.items():
            for key in [key for key in found if key[1] == name]:
                found[key] += values
        return dict(found)

    @cached_property
    def _returns(self) -> dict[str, list[ast.expr]]:
        """The values of module-level functions that only return, by name."""
        found: defaultdict[str, list[ast.expr]] = defaultdict(list)
        for one in self.parsed.of(ast.FunctionDef):
            body = one.body[1:] if ast.get_docstring(one, clean=False) is not None else one.body
            only = body[0] if len(body) == 1 and not one.decorator_list else None
            if isinstance(only, ast.Return) and only.value and self.parsed.parents.get(one) is self.parsed.tree:
                found[one.name].append(only.value)
        return dict(found)


def last(node: ast.expr) -> str:
    """The last part of a name: `c` of `a.b.c`; empty for what is no name."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
