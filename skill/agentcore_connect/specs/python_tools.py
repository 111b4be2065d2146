"""Tool definitions from the functions of a Python file: signature, type hints and docstring. The file is never run."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from agentcore_connect.checks.schema_merge import DEPTHS, MANY, cut_note
from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.record import replace
from agentcore_connect.core.values import Json, JsonObject
from agentcore_connect.project.code import MAX_CODE_BYTES, Parsed, parse_text
from agentcore_connect.project.source import read_text
from agentcore_connect.specs.docstrings import DocText, read_docstring
from agentcore_connect.specs.python_marks import Function, Marked, functions, injected, marked, specification
from agentcore_connect.specs.python_origin import origin_of
from agentcore_connect.specs.python_types import TypeReader
from agentcore_connect.specs.python_values import last_name, with_default
from agentcore_connect.specs.tool_draft import ToolDraft
from agentcore_connect.specs.tool_sources import draft_of_data

#: How many names of functions an error lists.
_SHOWN: Final = 20


def read_functions(path: Path, *, shown: str | None = None, only: list[str] | None = None) -> list[ToolDraft]:
    """The tools that a Python file makes: what a framework's decorator, call or class marks, or a TOOL_SPEC describes.

    In: the file, the name to show for it, the functions wanted (those that are marked when None). An unmarked function
    is a tool only when it is named.
    Errors: ConnectError `unreadable-file`, `not-python`, `no-such-function`, `no-tools`.
    """
    name = shown or str(path)
    text = read_text(path, shown=name, max_bytes=MAX_CODE_BYTES)
    tree = parse_text(text)
    if tree is None:
        what = f"is not valid Python {sys.version_info.major}.{sys.version_info.minor}"
        raise ConnectError("not-python", what, where=name, hint="run `python -m py_compile` on it")
    spec = specification(tree) if only is None else None
    if spec is not None:
        return [draft_of_data(spec, f"{name}:1", spec)]
    chosen = _chosen(tree, name, only)
    classes, aliases = _definitions(tree, path)
    try:
        found = []
        for one in chosen:
            filled_in = injected(tree, one.function)
            origin = origin_of(tree, one, path, filled_in=filled_in, classes=classes, aliases=aliases)
            found.append(replace(_draft_within(one, classes, aliases, name, filled_in), origin=origin))
        return found
    except RecursionError:
        raise ConnectError("not-python", "has types nested too deeply to be read", where=name) from None


def _chosen(tree: ast.Module, name: str, only: list[str] | None) -> list[Marked]:
    """The functions that are wanted. Errors: ConnectError `no-such-function`, `no-tools`."""
    parsed = Parsed(tree)
    tools = marked(parsed)
    every = functions(parsed)
    if only is None:
        if not tools:
            names = ", ".join(one.name for one in every if not one.name.startswith("_"))[:400] or "none"
            raise ConnectError(
                "no-tools",
                "marks no function as a tool",
                where=name,
                expected="a tool decorator, a list `tools=[...]`, a tool class or a TOOL_SPEC",
                received=f"functions: {names}",
                hint=f"name the functions that are tools after the file: {name}:one,two",
            )
        return tools
    missing = [one for one in only if one not in {function.name for function in every}]
    if missing:
        known = ", ".join(dict.fromkeys(function.name for function in every[:_SHOWN])) or "none"
        raise ConnectError("no-such-function", f"has no function {missing[0]}", where=name, expected=f"one of: {known}")
    by_name = {tool.function.name: tool for tool in reversed(tools)}
    plain = {function.name: Marked(function) for function in reversed(every)}
    wanted = [by_name.get(one, plain[one]) for one in dict.fromkeys(only)]
    return sorted(wanted, key=lambda tool: tool.function.lineno)


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


def _draft_within(
    tool: Marked, classes: dict[str, ast.ClassDef], aliases: dict[str, ast.expr], shown: str, filled_in: set[str]
) -> ToolDraft:
    """The draft, its types written out as deep as its size allows."""
    for depth in DEPTHS[:-1]:
        reader = TypeReader(classes, aliases, depth=depth, most=MANY)
        draft = _draft(tool, reader, shown, filled_in)
        if not reader.full:
            return draft
    return _draft(tool, TypeReader(classes, aliases, depth=DEPTHS[-1]), shown, filled_in)


def _draft(tool: Marked, reader: TypeReader, shown: str, filled_in: set[str]) -> ToolDraft:
    function = tool.function
    doc = read_docstring(ast.get_docstring(function))
    described = last_name(tool.arguments) if tool.arguments is not None else ""
    if described in reader.classes:
        input_schema = _of_class(reader.schema(tool.arguments))
    else:
        if described:
            reader.notes.append(
                f"the class {described} of its arguments is not defined in this file; its signature is taken"
            )
        input_schema = _of_signature(function, doc, reader, filled_in)
    output_schema = _output(function, reader)
    cut = (cut_note(reader.depth, reader.cut),) if reader.cut else ()
    return ToolDraft(
        name=tool.name or function.name,
        description=tool.description or _description(doc),
        input_schema=input_schema,
        output_schema=output_schema,
        where=f"{shown}:{function.lineno}",
        notes=(*cut, *dict.fromkeys(reader.notes)),
    )


def _of_class(schema: JsonObject) -> dict[str, Json]:
    """The arguments as a class describes them; what it says of itself belongs to no argument."""
    kept = {name: value for name, value in schema.items() if name in ("type", "properties", "required")}
    return {"type": "object", "properties": {}, **kept}


def _of_signature(function: Function, doc: DocText, reader: TypeReader, filled_in: set[str]) -> dict[str, Json]:
    """The arguments as the signature and the docstring describe them, without those that are filled in."""
    properties: dict[str, Json] = {}
    required: list[str] = []
    for argument, default in _arguments(function):
        if argument.arg in filled_in:
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
    input_schema: dict[str, Json] = {"type": "object", "properties": properties}
    if required:
        input_schema["required"] = required
    return input_schema


def _arguments(function: Function) -> Iterator[tuple[ast.arg, ast.expr | None]]:
    spec = function.args
    positional = [*spec.posonlyargs, *spec.args]
    defaults: list[ast.expr | None] = [None] * (len(positional) - len(spec.defaults))
    yield from zip(positional, [*defaults, *spec.defaults], strict=True)
    yield from zip(spec.kwonlyargs, spec.kw_defaults, strict=True)


def _description(doc: DocText) -> str:
    if doc.text and doc.returns:
        end = "" if doc.text.endswith((".", "!", "?")) else "."
        return f"{doc.text}{end} Returns: {doc.returns}"
    return doc.text


def _output(function: Function, reader: TypeReader) -> JsonObject | None:
    """The output schema, where the function returns an object whose properties are known."""
    name = last_name(function.returns) if function.returns is not None else ""
    if name not in reader.classes:
        return None
    schema = reader.schema(function.returns)
    return schema if schema.get("type") == "object" and schema.get("properties") else None
