"""Tool definitions from the functions of a Python file: signature, type hints and docstring. The file is never run."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from agentcore_connect.errors import ConnectError
from agentcore_connect.project.code import MAX_CODE_BYTES, parse_text
from agentcore_connect.project.source import read_text
from agentcore_connect.readers.docstrings import DocText, read_docstring
from agentcore_connect.readers.python_types import TypeReader, last_name, with_default
from agentcore_connect.readers.tool_draft import ToolDraft

Function = ast.FunctionDef | ast.AsyncFunctionDef

_TOOL_DECORATORS: Final = {"tool", "function_tool", "kernel_function", "tool_plain"}
_INJECTED: Final = {"Context", "ToolContext", "RunContext", "RunContextWrapper", "CallbackContext", "InvocationContext"}
_HANDLERS: Final = {"main", "lambda_handler", "handler"}


def read_functions(path: Path, *, shown: str | None = None, only: list[str] | None = None) -> list[ToolDraft]:
    """The tools that a file's functions make: those marked as tools, else all public ones with a docstring.

    In: the file, the name to show for it, the functions wanted (all when None).
    Errors: ConnectError `unreadable-file`, `not-python`, `no-such-function`, `no-tools`.
    """
    name = shown or str(path)
    text = read_text(path, shown=name, max_bytes=MAX_CODE_BYTES)
    tree = parse_text(text)
    if tree is None:
        what = f"is not valid Python {sys.version_info.major}.{sys.version_info.minor}"
        raise ConnectError("not-python", what, where=name, hint="run `python -m py_compile` on it")
    functions = list(_functions(tree))
    if only is not None:
        missing = [one for one in only if one not in {function.name for function in functions}]
        if missing:
            known = ", ".join(function.name for function in functions[:20]) or "none"
            raise ConnectError(
                "no-such-function", f"has no function {missing[0]}", where=name, expected=f"one of: {known}"
            )
        chosen = [function for function in functions if function.name in only]
    else:
        chosen = [one for one in functions if _marked(one)] or [one for one in functions if _public(one)]
    if not chosen:
        hint = "name the functions after the file: FILE.py:one,two"
        raise ConnectError("no-tools", "has no function that is marked as a tool or documented", where=name, hint=hint)
    classes, aliases = _definitions(tree, path)
    try:
        return [_draft(one, TypeReader(classes, aliases), name) for one in chosen]
    except RecursionError:
        raise ConnectError("not-python", "has types nested too deeply to be read", where=name) from None


def _functions(tree: ast.Module) -> Iterator[Function]:
    for node in tree.body:
        if isinstance(node, Function):
            yield node
        elif isinstance(node, ast.ClassDef):
            yield from (one for one in node.body if isinstance(one, Function) and _marked(one))


def _marked(function: Function) -> bool:
    for decorator in function.decorator_list:
        target = decorator.func if isinstance(decorator, ast.Call) else decorator
        if last_name(target) in _TOOL_DECORATORS:
            return True
    return False


def _public(function: Function) -> bool:
    return (
        not function.name.startswith("_")
        and function.name not in _HANDLERS
        and not function.decorator_list
        and ast.get_docstring(function) is not None
    )


def _definitions(tree: ast.Module, path: Path) -> tuple[dict[str, ast.ClassDef], dict[str, ast.expr]]:
    """The classes and type aliases that a file defines, with those it imports from files beside it."""
    classes: dict[str, ast.ClassDef] = {}
    aliases: dict[str, ast.expr] = {}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module and node.level <= 1:
            neighbour = path.parent.joinpath(*node.module.split(".")).with_suffix(".py")
            inner = _neighbour(neighbour)
            wanted = {alias.name: alias.asname or alias.name for alias in node.names}
            found = {one.name: one for one in inner.body if isinstance(one, ast.ClassDef)} if inner else {}
            if set(wanted) & set(found):
                classes |= found
                classes |= {new: found[old] for old, new in wanted.items() if old in found}
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            classes[node.name] = node
        elif isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            if isinstance(node.value, ast.Subscript | ast.BinOp | ast.Name):
                aliases[node.targets[0].id] = node.value
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            aliases |= {node.target.id: node.value} if last_name(node.annotation) == "TypeAlias" else {}
    return classes, aliases


def _neighbour(path: Path) -> ast.Module | None:
    try:
        return parse_text(read_text(path, max_bytes=MAX_CODE_BYTES))
    except ConnectError:
        return None


def _draft(function: Function, reader: TypeReader, shown: str) -> ToolDraft:
    doc = read_docstring(ast.get_docstring(function))
    properties: dict[str, Any] = {}
    required: list[str] = []
    for argument, default in _arguments(function):
        if _injected(argument):
            continue
        schema = reader.schema(argument.annotation)
        if argument.annotation is None:
            reader.notes.append(f"the parameter {argument.arg} has no type hint; taken as a string")
        needed = default is None
        if default is not None:
            schema, needed = with_default(schema, default)
        if doc.parameters.get(argument.arg):
            schema = {**schema, "description": doc.parameters[argument.arg]}
        properties[argument.arg] = schema
        if needed:
            required.append(argument.arg)
    if function.args.vararg or function.args.kwarg:
        reader.notes.append("its *args and **kwargs are left out")
    input_schema: dict[str, Any] = {"type": "object", "properties": properties}
    if required:
        input_schema["required"] = required
    return ToolDraft(
        name=_tool_name(function),
        description=_description(function, doc),
        input_schema=input_schema,
        output_schema=_output(function, reader),
        where=f"{shown}:{function.lineno}",
        notes=tuple(dict.fromkeys(reader.notes)),
    )


def _arguments(function: Function) -> Iterator[tuple[ast.arg, ast.expr | None]]:
    spec = function.args
    positional = [*spec.posonlyargs, *spec.args]
    defaults: list[ast.expr | None] = [None] * (len(positional) - len(spec.defaults))
    yield from zip(positional, [*defaults, *spec.defaults], strict=True)
    yield from zip(spec.kwonlyargs, spec.kw_defaults, strict=True)


def _injected(argument: ast.arg) -> bool:
    """Whether a framework passes the argument, not the caller."""
    if argument.arg in ("self", "cls"):
        return True
    annotation = argument.annotation
    if isinstance(annotation, ast.Subscript):
        annotation = annotation.value
    return annotation is not None and last_name(annotation) in _INJECTED


def _tool_name(function: Function) -> str:
    """The name the decorator gives, else the function's."""
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and last_name(decorator.func) in _TOOL_DECORATORS:
            for key in decorator.keywords:
                if key.arg in ("name", "name_override") and isinstance(key.value, ast.Constant):
                    return str(key.value.value)
    return function.name


def _description(function: Function, doc: DocText) -> str:
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and last_name(decorator.func) in _TOOL_DECORATORS:
            for key in decorator.keywords:
                if key.arg in ("description", "description_override") and isinstance(key.value, ast.Constant):
                    return str(key.value.value)
    if doc.text and doc.returns:
        end = "" if doc.text.endswith((".", "!", "?")) else "."
        return f"{doc.text}{end} Returns: {doc.returns}"
    return doc.text


def _output(function: Function, reader: TypeReader) -> dict[str, Any] | None:
    """The output schema, where the function returns an object whose properties are known."""
    name = last_name(function.returns) if function.returns is not None else ""
    if name not in reader.classes:
        return None
    schema = reader.schema(function.returns)
    return schema if schema.get("type") == "object" and schema.get("properties") else None
