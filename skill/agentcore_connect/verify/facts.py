"""Compares a Python file with the plan: its constants, and the parameters of its public functions."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from typing import Final

from agentcore_connect.verify.python import is_secret_name

_NO_VALUE: Final = object()
#: Reads the constants of a file that hold words: name, line and value.
Constants = Callable[[str], dict[str, tuple[int, object]]]


def changed_constants(text: str, planned: str, name: str, constants: Constants | None = None) -> list[str]:
    """Return the constants that differ from the plan: names, addresses, ARNs, scopes; not prose and numbers.

    In: the text, the text that the plan has, the file's name, how its constants are read (as Python where nothing is
    given). A constant that the plan leaves empty may be filled in.
    """
    read = constants or _constants
    found, wanted = read(text), read(planned)
    problems = []
    for constant, (_, value) in wanted.items():
        line, now = found.get(constant, (1, _NO_VALUE))
        if not is_as_planned(now, value):
            state = "no longer exists" if now is _NO_VALUE else "is not what the plan says"
            problems.append(f"{name}:{line}: {constant} {state}")
    return problems


def _constants(text: str) -> dict[str, tuple[int, object]]:
    """Yield the module's constants that hold words, lists of words or tables: name, line and value."""
    found: dict[str, tuple[int, object]] = {}
    for node in ast.parse(text).body:
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target: ast.expr = node.targets[0]
        elif isinstance(node, ast.AnnAssign):
            target = node.target
        else:
            continue
        if isinstance(target, ast.Name) and target.id.isupper() and node.value is not None:
            value = _plain(node.value)
            if value:
                found[target.id] = (node.lineno, value)
    return found


def _plain(node: ast.expr) -> object:
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None
    if isinstance(value, dict):
        return value if all(isinstance(key, str) for key in value) else None
    words = value if isinstance(value, list | tuple) else [value]
    return value if all(isinstance(one, str) and not any(map(str.isspace, one)) for one in words) else None


def is_as_planned(now: object, planned: object) -> bool:
    """Return whether a value equals the plan's, or narrows a * in it."""
    if isinstance(planned, dict) and isinstance(now, dict):
        return now.keys() == planned.keys() and all(is_as_planned(now[key], planned[key]) for key in planned)
    if isinstance(planned, list | tuple) and type(now) is type(planned):
        return len(now) == len(planned) and all(map(is_as_planned, now, planned))
    return bool(now == planned) or (isinstance(planned, str) and isinstance(now, str) and is_narrower(now, planned))


def is_narrower(text: str, planned: str) -> bool:
    """Return whether a text differs from the plan's only by narrower ARNs."""
    if "arn:aws" not in planned or "*" not in planned or text.count("*") > planned.count("*"):
        return False
    pattern = r"[\w*!/.-]+".join(map(re.escape, planned.split("*")))
    return re.fullmatch(pattern, text) is not None


def secret_parameters(text: str, planned: str, name: str) -> list[str]:
    """Return the public functions that take a secret as an argument, unlike the plan's.

    What the application itself calls may take its user's token, and any function one that fetches a token.
    In: the text, the text that the plan has, the file's name.
    """
    known = {(function, one.arg) for function, one in _secret_parameters(planned)}
    return [
        f"{name}:{one.lineno}: {function} takes {one.arg} as an argument"
        for function, one in _secret_parameters(text)
        if (function, one.arg) not in known
    ]


def _secret_parameters(text: str) -> Iterator[tuple[str, ast.arg]]:
    for function in ast.parse(text).body:
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) and not function.name.startswith("_"):
            arguments = function.args
            for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
                fetches = one.annotation is not None and "Callable" in ast.unparse(one.annotation)
                if is_secret_name(one.arg) and not fetches:
                    yield function.name, one
