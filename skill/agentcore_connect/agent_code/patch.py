"""The whole edit of an agent: its code, its packages, the client beside it; or why there is none."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from agentcore_connect.agent_code import diff
from agentcore_connect.agent_code.change import Change, changes
from agentcore_connect.agent_code.dependencies import Listed, list_packages
from agentcore_connect.agent_code.edit import AgentEdit, Client, Gift, Wanted
from agentcore_connect.agent_code.entries import is_entry, routes_of
from agentcore_connect.agent_code.facts import Facts, facts_of
from agentcore_connect.agent_code.find import calls_of, find_agent, modules_of, runs_by_itself
from agentcore_connect.agent_code.found import Agent, Module
from agentcore_connect.agent_code.gifts import function_gift, gateway_gift, is_given, is_imported, renamed
from agentcore_connect.agent_code.source import Source, Unsure, read_source
from agentcore_connect.project.code import MAX_CODE_BYTES, code_folder, python_files
from agentcore_connect.project.model import Project
from agentcore_connect.secrets.search import looks_like_secret

#: Within how many lines a file of a plan says that it is one.
_HEAD_LINES: Final = 20
#: The first line of a gateway's client, as a plan writes it.
_WRITTEN_FOR: Final = re.compile(r"# Written by agentcore-connect \S+ for the gateway \"([^\"]+)\", ")


def edit_agent(project: Project, wanted: Wanted) -> AgentEdit:
    """Read the agent's code and make its edit; nothing is executed and nothing written."""
    try:
        return _edit(project, wanted)
    except Unsure as problem:
        return AgentEdit("lines", str(problem))


def _edit(project: Project, wanted: Wanted) -> AgentEdit:
    facts = facts_of(wanted.manifest)
    if facts is None:
        raise Unsure(f"the code of {wanted.manifest['title']} agents is not edited")
    root = project.root.resolve()
    folder, entry = _place(project, root)
    modules = modules_of(_sources(root, folder, entry))
    gifts, connected = _pending(modules, wanted, facts)
    if not gifts:
        return AgentEdit("connected", connected)
    if all(one.opens is None for one in gifts) and not any(one.known_by for one in gifts):
        facts = facts.without_connection()
    agent = find_agent([one for one in modules if not _is_written(one.source)], facts)
    if wanted.client is not None and wanted.client.needs_request and any(one.known_by for one in gifts):
        _in_requests(agent, modules)
    touched = {one.module.source.name for one in agent.sites} | {one.source.name for one, _ in agent.entries}
    package = _package_of(modules, touched)
    beside = root / Path(next(iter(sorted(touched)))).parent if package else folder
    gifts = [_free(one, wanted.client, root, beside) for one in gifts]
    made = changes(agent, gifts, "." if package else "")
    _hold(made, gifts, agent_sites=len(agent.sites), facts=facts)
    listed = list_packages(root, folder, wanted.packages)
    parts = [diff.changed(one.before, one.after) for one in made]
    if listed.before is not None and listed.after is not None:
        parts.append(diff.changed(listed.before, listed.after))
    if any(looks_like_secret(line) for part in parts for line in part.splitlines()):
        raise Unsure("a line beside the edit holds what looks like a secret, and a patch would repeat it")
    return AgentEdit(
        "patch",
        shape=agent.shape,
        parts="".join(parts),
        created=tuple((one.file, (beside / f"{one.module}.py").relative_to(root).as_posix()) for one in gifts),
        gifts=tuple(gifts),
        files=tuple(_names(made, listed)),
        replaces=tuple(_replaced(modules, wanted)),
        packages=listed.missing,
        conflicts=listed.conflicts,
    )


def _in_requests(agent: Agent, modules: Sequence[Module]) -> None:
    """Refuse an agent that does not run in requests to AgentCore's own application, which bring the token."""
    if agent.deferred is not None and runs_by_itself(agent.deferred):
        place = agent.deferred.module.place(agent.deferred.statement)
        raise Unsure(f"the program itself builds the agent ({place}), and its token comes from a request only")
    names = {agent.deferred.name} if agent.deferred else set[str]()
    routes = [(module, one) for module in modules for one in routes_of(module, agent.sites, names)]
    if routes and not any(is_entry(one) for module in modules for one in module.scopes.functions):
        module, function = routes[0]
        raise Unsure(
            f"FastAPI calls {function.name} ({module.place(function)}), and AgentCore Identity gives its token within "
            "a request to BedrockAgentCoreApp only"
        )


def _pending(modules: Sequence[Module], wanted: Wanted, facts: Facts) -> tuple[list[Gift], str | None]:
    """Return what the agent does not have yet, and the place where it has the first of the rest."""
    gifts = [gateway_gift(facts, wanted.client.url_variable)] if wanted.client else []
    gifts += [function_gift(facts, one.file, one.functions) for one in wanted.directs]
    found = [(one, _connected(modules, one)) for one in gifts]
    return [one for one, place in found if place is None], next((place for _, place in found if place), None)


def _free(gift: Gift, client: Client | None, root: Path, beside: Path) -> Gift:
    """The gift under a name that no file beside the code has: another gateway's client keeps its own."""
    path = beside / f"{gift.module}.py"
    if path.exists() and gift.known_by and client is not None and _of_other_gateway(root, path, client):
        gift = renamed(gift, client.word)
        path = beside / f"{gift.module}.py"
    if path.exists():
        raise Unsure(f"{path.relative_to(root).as_posix()} exists already, and is not known to be this plan's")
    return gift


def _is_written(source: Source) -> bool:
    """Whether a plan has written this file, so that it is no part of the agent's own code."""
    return any("Written by agentcore-connect" in one for one in source.lines[:_HEAD_LINES])


def _of_other_gateway(root: Path, path: Path, client: Client) -> bool:
    """Whether a file is a client that a plan for another gateway has written."""
    first = next(iter(read_source(root, path).lines), "")
    match = _WRITTEN_FOR.match(first)
    return match is not None and match[1] != client.gateway


def _names(made: Sequence[Change], listed: Listed) -> list[str]:
    return [*(one.before.name for one in made), *([listed.before.name] if listed.before and listed.after else [])]


def _place(project: Project, root: Path) -> tuple[Path, Path | None]:
    """The folder of the agent's code and its entry file."""
    agent = project.agent_runtime
    if project.declared and agent is None:
        names = ", ".join(one.name for one in project.runtimes)
        raise Unsure(f"the project has several agents ({names})" if names else "the project has no agent's code")
    location, entrypoint = (agent.code_location, agent.entrypoint) if agent else ("", "")
    folder = code_folder(root, location)
    if folder is None:
        raise Unsure(f"the folder {location} of the agent's code does not exist")
    if not entrypoint:
        return folder, None
    entry = folder / entrypoint.split(":")[0]
    if not entry.is_file():
        raise Unsure(f"the entry file {entry.relative_to(root).as_posix()} does not exist")
    return folder, entry


def _sources(root: Path, folder: Path, entry: Path | None) -> list[Source]:
    """The files of the agent, the entry file first. A file that cannot be read is left out, but not that one."""
    found = [read_source(root, entry)] if entry else []
    for path in python_files(folder):
        if path != entry and path.stat().st_size <= MAX_CODE_BYTES:
            try:
                found.append(read_source(root, path))
            except Unsure:
                continue
    if not found:
        raise Unsure("there is no Python in the folder of the agent's code")
    return found


def _connected(modules: Sequence[Module], gift: Gift) -> str | None:
    """Return the place where the code already has the tools: it reads the gateway's URL, or imports the file."""
    for module in modules:
        parsed = module.scopes.parsed
        for node in parsed.of(ast.Constant) if gift.known_by else ():
            if node.value == gift.known_by:
                return f"{module.place(node)} reads {gift.known_by}"
        for origin in parsed.of(ast.ImportFrom) if not gift.known_by else ():
            if (origin.module or "").split(".")[-1] == gift.module:
                return f"{module.place(origin)} imports {gift.module}"
        for plain in parsed.of(ast.Import) if not gift.known_by else ():
            if any(one.name.split(".")[-1] == gift.module for one in plain.names):
                return f"{module.place(plain)} imports {gift.module}"
    return None


def _package_of(modules: Sequence[Module], touched: set[str]) -> bool:
    """Return whether the files that change are modules of a package, which import by dots."""
    own = [one for one in modules if one.source.name in touched]
    relative = [any(node.level for node in one.scopes.parsed.of(ast.ImportFrom)) for one in own]
    folders = {Path(name).parent for name in touched}
    if any(relative) and len(folders) > 1:
        raise Unsure("the agent's files are parts of a package in several folders")
    return any(relative)


def _hold(made: Sequence[Change], gifts: Sequence[Gift], *, agent_sites: int, facts: Facts) -> None:
    """Read the changed files again: a patch that does not say what it means is not given out."""
    before, after = ([getattr(one, name) for one in made] for name in ("before", "after"))
    if faults := faults_of(before, after, facts, gifts, wanted=agent_sites):
        raise Unsure(f"the call that builds the agent is written in a way that is not known: {faults[0]}")


def faults_of(
    before: Sequence[Source],
    after: Sequence[Source],
    facts: Facts,
    gifts: Sequence[Gift],
    wanted: int | None = None,
) -> list[str]:
    """Return the faults of changed files: invalid Python, missing tools, or a lost tool.

    In: the same files before and after; how many calls must be given the tools, where that is known.
    """
    faults = [f"{one.name} is no Python after the change" for one in after if one.parsed is None]
    if faults:
        return faults
    old, new = ([found for source in several for found in _takings(source, facts)] for several in (before, after))
    for gift in gifts:
        count = sum(is_given(gift, one.values()) for one in new)
        if not count or (wanted is not None and count != wanted):
            told = ", ".join(gift.gives).removeprefix("*")
            faults.append(f"no agent is given {told}" if not count else f"{count} calls are given {told}")
    if len(old) == len(new):
        lost = {name for had, has in zip(old, new, strict=True) for name in _names_in(had) - _names_in(has)}
        faults += [f"the agent loses {name}, which it had before" for name in sorted(lost)]
    else:
        faults.append(f"{len(old)} calls took tools before the change, and {len(new)} do so after it")
    texts = "\n".join(one.text for one in after)
    for gift in gifts:
        names = [here for _, here in gift.imports]
        faults += [f"{one} is not imported" for one in names if not is_imported(one, gift.module, texts)]
        if gift.opens and not re.search(rf"^\s*@{gift.opens}\b", texts, re.M):
            faults.append(f"no entry point is under @{gift.opens}, so no connection is open")
    return faults


def _takings(source: Source, facts: Facts) -> list[dict[str, ast.expr]]:
    """For each call that takes tools: its arguments that hold them. An argument that is there twice holds none."""
    found = []
    for module in modules_of([source]):
        for site in calls_of(module, {**facts.builds, **facts.parts}):
            held: dict[str, ast.expr] = {}
            for taker in dict.fromkeys([site.taker, *([facts.functions.taker] if facts.functions.taker else [])]):
                values = [one.value for one in site.call.keywords if one.arg == taker.keyword]
                if taker.position is not None and len(site.call.args) > taker.position:
                    values.append(site.call.args[taker.position])
                if len(values) == 1:
                    held[taker.keyword] = values[0]
            found.append(held)
    return found


def _names_in(held: dict[str, ast.expr]) -> set[str]:
    return {one.id for value in held.values() for one in ast.walk(value) if isinstance(one, ast.Name)}


def _replaced(modules: Sequence[Module], wanted: Wanted) -> list[str]:
    """The functions of the agent that do by hand what a connection does: by its host, or its tool's name."""
    found: dict[str, None] = {}
    for module in modules:
        for function in module.scopes.functions:
            texts = [
                one.value for one in ast.walk(function) if isinstance(one, ast.Constant) and isinstance(one.value, str)
            ]
            if function.name in wanted.tools or any(host in text for host in wanted.hosts for text in texts):
                found[f"{function.name} ({module.place(function)})"] = None
    return list(found)
