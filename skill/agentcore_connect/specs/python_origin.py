"""Finds a tool's function, and whether it can be called with arguments as they arrive: as JSON."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from agentcore_connect.core.record import NamedTuple
from agentcore_connect.specs.python_marks import Function, Marked, marks
from agentcore_connect.specs.python_values import last_name

#: What an annotation may be made of where the value is the JSON value itself.
_PLAIN: Final = frozenset(
    {"str", "int", "float", "bool", "dict", "list", "Any", "object", "None", "Dict", "List", "Optional", "Union"}
    | {"Sequence", "Iterable", "Collection", "Mapping", "MutableMapping"}
)
_MAX_DEPTH: Final = 24


class Origin(NamedTuple):
    """A tool's function: its module as Python imports it, its name, and the parameters that a model fills in.

    ``by_hand`` says why it cannot be called with the arguments as they arrive; empty where it can.
    """

    module: str
    function: str
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    is_async: bool = False
    by_hand: str = ""


def origin_of(
    tree: ast.Module,
    tool: Marked,
    path: Path,
    *,
    filled_in: set[str],
    classes: Mapping[str, ast.ClassDef],
    aliases: Mapping[str, ast.expr],
) -> Origin:
    """Return the module and the parameters of a tool's function.

    In: the file's tree, the tool, the file, the arguments that a framework fills in, the classes and aliases by name.
    """
    function, spec = tool.function, tool.function.args
    module = module_of(path)
    names = [one.arg for one in (*spec.args, *spec.kwonlyargs)]
    with_default = [one.arg for one in spec.args[len(spec.args) - len(spec.defaults) :]] if spec.defaults else []
    with_default += [one.arg for one, value in zip(spec.kwonlyargs, spec.kw_defaults, strict=True) if value is not None]
    reasons = _reasons(tree, tool, module, filled_in, classes, aliases)
    return Origin(
        module,
        function.name,
        tuple(one for one in names if one not in with_default),
        tuple(with_default),
        isinstance(function, ast.AsyncFunctionDef),
        next(reasons, ""),
    )


def module_of(path: Path) -> str:
    """The name that Python imports a file by: its own, with those of the packages that it stands in."""
    parts, folder = [path.stem], path.resolve().parent
    while (folder / "__init__.py").is_file() and folder.parent != folder:
        parts.insert(0, folder.name)
        folder = folder.parent
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


def _reasons(
    tree: ast.Module,
    tool: Marked,
    module: str,
    filled_in: set[str],
    classes: Mapping[str, ast.ClassDef],
    aliases: Mapping[str, ast.expr],
) -> Iterator[str]:
    """Yield the reasons why a function cannot be called by the names of its parameters."""
    function, spec = tool.function, tool.function.args
    if not all(one.isidentifier() for one in module.split(".")):
        yield f"Python cannot import a file of the name {module}"
    holder = _holder(tree, function)
    if isinstance(holder, ast.ClassDef):
        yield f"it is a method of {holder.name}: make the object, then call the method"
    elif holder is not tree:
        yield "it is made inside of another function"
    for decorator in function.decorator_list:
        name = last_name(decorator.func if isinstance(decorator, ast.Call) else decorator)
        if name in marks()["decorators"]:
            yield f"@{name} makes an object of a framework of it: call what is inside"
    if tool.arguments is not None:
        yield f"its arguments are those of the class {last_name(tool.arguments) or 'that describes them'}"
    given = [one.arg for one in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs) if one.arg in filled_in]
    if given:
        yield f"its parameter {given[0]} is filled in by a framework, and Lambda has none"
    if spec.posonlyargs:
        yield f"its parameter {spec.posonlyargs[0].arg} has no name for callers"
    if _yields(function):
        yield "it yields its answer in parts: put them together"
    for one in (*spec.args, *spec.kwonlyargs):
        if one.annotation is not None and (odd := _odd(one.annotation, classes, aliases)):
            yield f"its parameter {one.arg} is of the type {odd}, to be made of the JSON value"


def _holder(tree: ast.Module, function: Function) -> ast.AST | None:
    """The module, class or function in which a function is defined; a condition around it does not count."""
    waiting: list[tuple[ast.AST, ast.AST]] = [(tree, one) for one in tree.body]
    while waiting:
        holder, node = waiting.pop()
        if node is function:
            return holder
        inner = node if isinstance(node, Function | ast.ClassDef | ast.Lambda) else holder
        waiting += [(inner, one) for one in ast.iter_child_nodes(node)]
    return None


def _yields(function: Function) -> bool:
    waiting: list[ast.AST] = [*function.body]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Yield | ast.YieldFrom):
            return True
        if not isinstance(node, Function | ast.ClassDef | ast.Lambda):
            waiting += ast.iter_child_nodes(node)
    return False


def _odd(
    node: ast.expr, classes: Mapping[str, ast.ClassDef], aliases: Mapping[str, ast.expr], depth: int = 0
) -> str | None:
    """The first type in an annotation that a JSON value is not; None where there is none."""
    if depth > _MAX_DEPTH:
        return "its own"
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str):
            try:
                return _odd(ast.parse(node.value, mode="eval").body, classes, aliases, depth + 1)
            except (SyntaxError, ValueError):
                return node.value
        return None
    name = last_name(node)
    parts: list[ast.expr] = []
    if isinstance(node, ast.BinOp):
        parts = [node.left, node.right]
    elif isinstance(node, ast.Subscript):
        name = last_name(node.value)
        parts = list(node.slice.elts) if isinstance(node.slice, ast.Tuple) else [node.slice]
        if name == "Literal":
            return None
        if name == "Annotated":
            return _odd(parts[0], classes, aliases, depth + 1) if parts else None
    if name in aliases and isinstance(node, ast.Name):
        return _odd(aliases[name], classes, aliases, depth + 1)
    bases = [last_name(one) for one in classes[name].bases] if name in classes else []
    if name and name not in _PLAIN and "TypedDict" not in bases:
        return name
    return next((odd for one in parts if (odd := _odd(one, classes, aliases, depth + 1))), None)
