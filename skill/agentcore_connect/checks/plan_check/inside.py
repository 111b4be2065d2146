"""Secrets that stand in a plan's files: by their form anywhere, and in Python by the name that they are given."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Final

from agentcore_connect.answers.secrets import looks_like_secret
from agentcore_connect.checks.plan_check.python import is_secret_name

# The name of a place where a secret is kept, which an ARN is, looks like one and is none.
_ARN: Final = re.compile(r"arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9*-]*:[0-9*]*:[^\s\"']*")
_KEY: Final = re.compile(r"(?i)(^|[^a-z])key$")


def secrets_inside(text: str, planned: str, name: str) -> list[str]:
    """Where a text holds a secret, never which; lines that the plan has itself come from what it was made from.

    In: the text, the text that the plan has, the file's name.
    """
    known = set(planned.splitlines())
    found = {
        number: what
        for number, line in enumerate(text.splitlines(), 1)
        if line not in known and (what := looks_like_secret(_ARN.sub("arn", line)))
    }
    if name.endswith(".py"):
        for number, value in _given_to_secret_names(text):
            if number not in found and (what := looks_like_secret(value, credential=True)):
                found[number] = what
    return [f"{name}:{number}: this looks like {what}" for number, what in sorted(found.items())]


def _given_to_secret_names(text: str) -> Iterator[tuple[int, str]]:
    """The texts that are assigned, passed or paired with a name that is a secret's."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        for names, value in _pairs(node):
            if isinstance(value, ast.Constant) and isinstance(value.value, str) and any(map(_holds_a_secret, names)):
                yield value.lineno, value.value


def _holds_a_secret(name: str) -> bool:
    return is_secret_name(name) or _KEY.search(name) is not None


def _pairs(node: ast.AST) -> Iterator[tuple[list[str], ast.expr | None]]:
    if isinstance(node, ast.Assign):
        yield [name for target in node.targets for name in _names(target)], node.value
    elif isinstance(node, ast.AnnAssign):
        yield _names(node.target), node.value
    elif isinstance(node, ast.keyword):
        yield [node.arg or ""], node.value
    elif isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            yield _names(key), value
    elif isinstance(node, ast.Call):
        for first, second in zip(node.args, node.args[1:], strict=False):
            yield _names(first), second
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        yield from _of_function(node)


def _of_function(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[tuple[list[str], ast.expr | None]]:
    """What a function returns, under its own name, and the defaults of its parameters."""
    yield from (([node.name.strip("_")], inner.value) for inner in ast.walk(node) if isinstance(inner, ast.Return))
    arguments = [*node.args.posonlyargs, *node.args.args]
    for one, default in zip(reversed(arguments), reversed(node.args.defaults), strict=False):
        yield [one.arg], default
    for named, given in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True):
        yield [named.arg], given


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
