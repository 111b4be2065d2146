"""Finds where an agent is built in its code. Anything uncertain is an error with the reason."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

from agentcore_connect.agent_code.entries import entries_of, is_entry
from agentcore_connect.agent_code.facts import Facts, Taker
from agentcore_connect.agent_code.found import Agent, Deferred, Module, Site
from agentcore_connect.agent_code.scopes import Scopes
from agentcore_connect.agent_code.source import Source, Unsure, declared_encoding


def modules_of(sources: Sequence[Source]) -> list[Module]:
    """The files with their syntax; those that are not Python in UTF-8 are left out, but the first must be."""
    found = []
    for number, source in enumerate(sources):
        encoding = declared_encoding(source)
        if source.parsed is not None and encoding in (None, "utf-8", "utf8"):
            found.append(Module(source, Scopes(source.parsed)))
        elif number == 0:
            raise Unsure(f"{source.name} is no Python that can be read")
    return found


def find_agent(modules: Sequence[Module], facts: Facts) -> Agent:
    """The one agent of these files. Errors: Unsure with the reason and the lines."""
    sites = [one for module in modules for one in calls_of(module, facts.builds)]
    if sites:
        _one_agent(sites)
    else:
        sites = [one for module in modules for one in calls_of(module, facts.parts)]
        _put_together(sites, modules, facts)
    for module in {id(one.module): one.module for one in sites}.values():
        _whole(module, sites)
    deferred = None if facts.is_lazy else _deferred(sites, modules)
    shape = _shape(sites, deferred)
    reads = {id(one): _names_of_agent(one, sites, deferred) for one in modules}
    entries = tuple(entries_of(modules, sites, reads, facts)) if facts.opens else ()
    _runs_inside(modules, sites, deferred, facts)
    return Agent(shape, tuple(sites), deferred, entries)


def calls_of(module: Module, takers: Mapping[str, Taker]) -> Iterator[Site]:
    """The calls of a module that take tools."""
    scopes = module.scopes
    for call in scopes.parsed.of(ast.Call):
        name = scopes.dotted(call.func)
        taker = takers.get(name or "")
        if taker is None and isinstance(call.func, ast.Attribute):
            taker = takers.get(f".{call.func.attr}")
        if taker is None and isinstance(call.func, ast.Subscript):  # Agent[Context](...)
            taker = takers.get(scopes.dotted(call.func.value) or "")
        if taker is not None:
            yield Site(module, call, taker, next(iter(scopes.functions_around(call)), None))


def _one_agent(sites: Sequence[Site]) -> None:
    """Several calls are one agent only where they are branches of one function that fill the same name."""
    if len({(id(one.module), one.function, _target(one)) for one in sites}) > 1 or (
        len(sites) > 1 and sites[0].function is None
    ):
        places = ", ".join(one.module.place(one.call) for one in sites)
        raise Unsure(f"{len(sites)} agents are built ({places}), and which of them gets the tools is your decision")


def _target(site: Site) -> str:
    statement = site.module.scopes.statement(site.call)
    if isinstance(statement, ast.Assign):
        return ast.unparse(statement.targets[0])
    if isinstance(statement, ast.AnnAssign):
        return ast.unparse(statement.target)
    return type(statement).__name__


def _put_together(sites: Sequence[Site], modules: Sequence[Module], facts: Facts) -> None:
    """A graph is given tools twice: the model is told of them, and a node calls them."""
    kinds = {
        isinstance(one.call.func, ast.Attribute) and one.module.scopes.dotted(one.call.func) is None for one in sites
    }
    if not sites:
        raise Unsure(f"no place was found where an agent is built ({', '.join(sorted(facts.builds))})")
    if kinds != {True, False}:
        place = sites[0].module.place(sites[0].call)
        raise Unsure(f"the agent is put together from parts, of which only one takes tools here ({place})")
    if any(one.function is None for one in sites):
        place = next(one.module.place(one.call) for one in sites if one.function is None)
        raise Unsure(f"the agent is put together while the module is loaded ({place})")


def _whole(module: Module, sites: Sequence[Site]) -> None:
    """Refuse what makes the origin of names uncertain."""
    for node in module.scopes.parsed.of(ast.ImportFrom):
        if any(one.name == "*" for one in node.names):
            raise Unsure(f"{module.place(node)} imports everything, so what a name means is not certain")
    for site in sites:
        if module is site.module and module.scopes.in_lambda(site.call):
            raise Unsure(f"the agent is built in a lambda ({module.place(site.call)})")


def _shape(sites: Sequence[Site], deferred: Deferred | None) -> str:
    function = sites[0].function
    if function is None or deferred is not None:
        return "module"
    scopes = sites[0].module.scopes
    if isinstance(scopes.parents[function], ast.ClassDef):
        return "method"
    return "entry-point" if is_entry(function) else "factory"


def _deferred(sites: Sequence[Site], modules: Sequence[Module]) -> Deferred | None:
    """The statement that has to wait for the first request, as it builds the agent while its module is loaded."""
    loaded = [one for one in sites if one.function is None or _runs_at_import(one)]
    if not loaded:
        return None
    site = loaded[0]
    statement = _making(site)
    scopes = site.module.scopes
    if scopes.is_main(statement):
        raise Unsure(f"the agent is built by a program that runs by itself ({site.module.place(site.call)})")
    if not isinstance(statement, ast.Assign | ast.AnnAssign) or statement not in scopes.parsed.tree.body:
        raise Unsure(
            f"the agent is built while the module is loaded, and not by `name = ...` ({site.module.place(site.call)})"
        )
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    if len(targets) != 1 or not isinstance(targets[0], ast.Name) or statement.value is None or len(loaded) > 1:
        raise Unsure(
            f"the agent is built while the module is loaded, and not for one name ({site.module.place(site.call)})"
        )
    found = Deferred(site.module, statement, statement.value, targets[0].id)
    _used_late(found, modules)
    return found


def _runs_at_import(site: Site) -> bool:
    return any(one in site.module.scopes.at_import for one in site.module.scopes.functions_around(site.call)[:1])


def _making(site: Site) -> ast.stmt:
    """The statement at the top of the module that builds the agent: its own, or the one that calls its function."""
    scopes = site.module.scopes
    if site.function is None:
        return scopes.statement(site.call)
    calls = [one for one in scopes.parsed.of(ast.Call) if not scopes.functions_around(one) and not scopes.is_main(one)]
    made = [one for one in calls if site.function in scopes.called(one)]
    if len(made) != 1:
        raise Unsure(
            f"the function that builds the agent runs while the module is loaded ({site.module.place(site.call)})"
        )
    return scopes.statement(made[0])


def runs_by_itself(deferred: Deferred) -> bool:
    """Return whether the module, run as a program, reads the agent outside of any function and so of any request."""
    scopes = deferred.module.scopes
    names = [one for one in scopes.parsed.of(ast.Name) if one.id == deferred.name and isinstance(one.ctx, ast.Load)]
    return any(scopes.is_main(one) and not scopes.functions_around(one) for one in names)


def _used_late(deferred: Deferred, modules: Sequence[Module]) -> None:
    """The agent's name may be read in functions only: at the top of a module there is no agent yet."""
    scopes = deferred.module.scopes
    for name in scopes.parsed.of(ast.Name):
        if name.id != deferred.name or scopes.statement(name) is deferred.statement:
            continue
        around = scopes.functions_around(name)
        if not isinstance(name.ctx, ast.Load):
            raise Unsure(f"{deferred.name} is set again in {deferred.module.place(name)}")
        if not around and not scopes.is_main(name):
            raise Unsure(f"{deferred.name} is used while the module is loaded ({deferred.module.place(name)})")
        if around and any(one in scopes.at_import for one in around):
            raise Unsure(f"{deferred.name} is used while the module is loaded ({deferred.module.place(name)})")
    for node in scopes.parsed.of(ast.Global):
        if deferred.name in node.names:
            raise Unsure(f"{deferred.name} is declared global in {deferred.module.place(node)}")
    for other in modules:
        for origin in other.scopes.parsed.of(ast.ImportFrom):
            if other is not deferred.module and any(one.name == deferred.name for one in origin.names):
                raise Unsure(f"{deferred.name} is imported by another file ({other.place(origin)})")


def _runs_inside(modules: Sequence[Module], sites: Sequence[Site], deferred: Deferred | None, facts: Facts) -> None:
    """Refuse an agent that is run without a loop where its tools are asynchronous."""
    if not facts.opens:
        return
    for module in modules:
        known = _names_of_agent(module, sites, deferred)
        for call in module.scopes.parsed.of(ast.Call):
            if not isinstance(call.func, ast.Attribute):
                continue
            on = call.func.value
            if call.func.attr in facts.sync_calls or (
                call.func.attr in facts.sync_runs and ast.unparse(on).partition("(")[0] in known
            ):
                raise Unsure(
                    f"the agent is run by `{call.func.attr}` ({module.place(call)}), and its tools are asynchronous"
                )


def _names_of_agent(module: Module, sites: Sequence[Site], deferred: Deferred | None) -> set[str]:
    """Return the names that hold the agent, and the functions that return it."""
    found = {_target(one) for one in sites} | {one.function.name for one in sites if one.function is not None}
    found |= {deferred.name} if deferred else set()
    for node in module.scopes.parsed.of(ast.Assign):
        value = node.value.value if isinstance(node.value, ast.Await) else node.value
        if isinstance(value, ast.Call) and ast.unparse(value.func) in found:
            found |= {ast.unparse(one) for one in node.targets}
    return found
