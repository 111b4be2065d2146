"""Finds the functions in which an agent runs, each to be called with a connection open."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from agentcore_connect.agent_code.facts import Facts
from agentcore_connect.agent_code.found import Module, Site
from agentcore_connect.agent_code.scopes import Function
from agentcore_connect.agent_code.source import Unsure

#: Calls that let a run outlive the function that began it.
_DETACHED: Final = frozenset({"create_task", "ensure_future", "run_in_executor", "Thread", "Process", "add_task"})
_ENTRY: Final = "entrypoint"
#: The makers of objects that have decorators for routes, and those decorators.
_ROUTERS: Final = frozenset({"fastapi.FastAPI", "fastapi.APIRouter", "fastapi.applications.FastAPI"})
_ROUTES: Final = frozenset({"get", "post", "put", "patch", "api_route", "websocket"})
#: Answers that are made after the function of a route has returned.
_LATE: Final = frozenset({"StreamingResponse", "EventSourceResponse"})


def is_entry(function: Function) -> bool:
    """Whether a function is an entry point of an AgentCore application."""
    return any(isinstance(one, ast.Attribute) and one.attr == _ENTRY for one in _marks(function))


def entries_of(
    modules: Sequence[Module], sites: Sequence[Site], reads: Mapping[int, set[str]], facts: Facts
) -> Iterator[tuple[Module, Function]]:
    """Yield the entry points of an agent: of AgentCore's own application, of FastAPI, or what `asyncio.run` begins.

    In: the files, the calls that build the agent, for each file (by its `id`) the names that hold the agent.
    Errors: Unsure.
    """
    found = [(module, one) for module in modules for one in module.scopes.functions if is_entry(one)]
    found += [(module, one) for module in modules for one in routes_of(module, sites, reads[id(module)])]
    if not found:
        found = [(module, one) for module in modules for one in _begun(module)]
    if not found:
        raise Unsure(
            "no entry point was found: no function under `@app.entrypoint`, no route of FastAPI that runs the agent, "
            "and none that `asyncio.run` begins"
        )
    for module, function in found:
        if isinstance(function, ast.FunctionDef) and not facts.is_sync:
            raise Unsure(
                f"the entry point {function.name} is not asynchronous ({module.place(function)}), and these tools are"
            )
        _stays_inside(module)
    yield from found


def routes_of(module: Module, sites: Sequence[Site], names: set[str]) -> Iterator[Function]:
    """Yield the functions under routes of FastAPI in which the agent is built or run. Errors: Unsure."""
    scopes = module.scopes
    made = [(node.targets[0], node.value) for node in scopes.parsed.of(ast.Assign)]
    made += [(node.target, node.value) for node in scopes.parsed.of(ast.AnnAssign) if node.value]
    routers = {
        target.id
        for target, value in made
        if isinstance(target, ast.Name) and isinstance(value, ast.Call) and scopes.dotted(value.func) in _ROUTERS
    }
    for function in scopes.functions if routers else ():
        if not any(_is_route(one, routers) for one in _marks(function)):
            continue
        reached = _reached(module, function)
        built = {one.function for one in sites if one.function is not None and one.module is module}
        if not any(one in built or _reads(one, names) for one in reached):
            continue
        late = [one for inner in reached for one in ast.walk(inner) if isinstance(one, ast.Call) and _is_late(one)]
        if late:
            raise Unsure(
                f"the answer is streamed after {function.name} has returned ({module.place(late[0])}), when the "
                "connection is closed"
            )
        if scopes.origins.get("annotations") == "__future__.annotations":
            raise Unsure(
                f"{module.source.name} postpones its annotations, and not every FastAPI reads those of a function "
                "under a decorator"
            )
        yield function


def _is_route(mark: ast.expr, routers: set[str]) -> bool:
    if not isinstance(mark, ast.Attribute) or mark.attr not in _ROUTES:
        return False
    return isinstance(mark.value, ast.Name) and mark.value.id in routers


def _is_late(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    return name in _LATE


def _reached(module: Module, function: Function) -> list[Function]:
    """A function and those of its module that it may call."""
    found = {function: None}
    waiting = [function]
    while waiting:
        for call in ast.walk(waiting.pop()):
            for one in module.scopes.called(call) if isinstance(call, ast.Call) else ():
                if one not in found:
                    found[one] = None
                    waiting.append(one)
    return list(found)


def _reads(function: Function, names: set[str]) -> bool:
    read = {one.id for one in ast.walk(function) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load)}
    return bool(read & names)


def _stays_inside(module: Module) -> None:
    """Refuse a module that begins work which may outlive its entry point."""
    for call in module.scopes.parsed.of(ast.Call):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if name in _DETACHED:
            raise Unsure(
                f"{module.place(call)} begins work that may go on after the request, when the connection is closed"
            )


def _begun(module: Module) -> list[Function]:
    """The functions that `asyncio.run` begins."""
    scopes = module.scopes
    runs = [one for one in scopes.parsed.of(ast.Call) if scopes.dotted(one.func) == "asyncio.run" and one.args]
    begun = [one.args[0] for one in runs]
    found = [scopes.called(one) for one in begun if isinstance(one, ast.Call)]
    return list(dict.fromkeys(one for several in found for one in several))


def _marks(function: Function) -> list[ast.expr]:
    """The decorators of a function, without their arguments."""
    return [one.func if isinstance(one, ast.Call) else one for one in function.decorator_list]
