"""The additions to an agent: files beside its code, with the names and expressions that its code gets of each."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence
from typing import Final

from agentcore_connect.agent_code.edit import Gift
from agentcore_connect.agent_code.facts import Facts, Functions
from agentcore_connect.agent_code.scopes import Scopes
from agentcore_connect.agent_code.source import Unsure

_CLIENT: Final = "gateway_client"


def gateway_gift(facts: Facts, variable: str) -> Gift:
    """The tools of the gateway, whose URL is in a variable of the environment."""
    names = (*facts.imports, *([facts.opens] if facts.opens else []))
    imports = tuple((one, one) for one in names)
    return Gift(f"{_CLIENT}.py", _CLIENT, imports, (f"*{facts.gives}",), facts.opens, known_by=variable)


def function_gift(facts: Facts, file: str, functions: Sequence[str]) -> Gift:
    """The plain functions of a file."""
    imports = tuple((one, one) for one in functions)
    return Gift(file, file.removesuffix(".py"), imports, tuple(functions), functions=facts.functions)


def renamed(gift: Gift, word: str) -> Gift:
    """The same beside another file of its name: the module and each name have a word of their own."""
    names = {name: f"{word}_{here}" for name, here in gift.imports}
    return gift._replace(
        module=f"{gift.module}_{word}",
        imports=tuple(names.items()),
        gives=tuple(_renamed(one, names) for one in gift.gives),
        opens=names.get(gift.opens or ""),
    )


def expressions(gift: Gift, scopes: Scopes) -> tuple[str, ...]:
    """Return what stands in the list of tools, as this module has to write it. Errors: Unsure."""
    functions = gift.functions
    if functions is None or functions.wraps is None:
        return gift.gives
    name = wrapper(functions, scopes)
    call = functions.wraps.replace(_head(functions.wraps), name, 1)
    return tuple(call.format(one) for one in gift.gives)


def wrapper(functions: Functions, scopes: Scopes) -> str:
    """Return the name in a module of what makes a tool of a function; a new name where it is not imported."""
    for name, origin in scopes.origins.items():
        if origin in functions.origins:
            return name
    name = _head(functions.wraps or "")
    if name in scopes.taken:
        raise Unsure(f"the agent's code has a {name} of its own, which is no {functions.origins[0]}")
    return name


def wrapper_import(gifts: Iterable[Gift], scopes: Scopes) -> str | None:
    """Return the line that imports what makes tools of functions, None where none is wanted."""
    wanted = [one.functions for one in gifts if one.functions and one.functions.wraps]
    if not wanted or any(origin in wanted[0].origins for origin in scopes.origins.values()):
        return None
    module, _, name = wanted[0].origins[0].rpartition(".")
    return f"from {module} import {name}"


def is_given(gift: Gift, held: Iterable[ast.expr]) -> bool:
    """Whether the tools of a call hold every expression of a gift."""
    parts = [node for one in held for node in ast.walk(one)]
    texts = {ast.unparse(one) for one in parts if isinstance(one, ast.Starred | ast.Name)}
    calls = {ast.unparse(one.args[0]) for one in parts if isinstance(one, ast.Call) and len(one.args) == 1}
    wrapped = gift.functions is not None and gift.functions.wraps is not None
    return all(one in (calls if wrapped else texts) for one in gift.gives)


def is_imported(name: str, module: str, texts: str) -> bool:
    """Whether a name is imported from a module beside the code."""
    return re.search(rf"^from \.?{re.escape(module)} import .*\b{re.escape(name)}\b", texts, re.M) is not None


def _head(call: str) -> str:
    return call.partition("(")[0]


def _renamed(expression: str, names: dict[str, str]) -> str:
    for name, here in names.items():
        expression = re.sub(rf"\b{re.escape(name)}\b", here, expression)
    return expression
