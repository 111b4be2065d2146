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
from agentcore_connect.agent_code.edit import AgentEdit, Wanted
from agentcore_connect.agent_code.facts import Facts, facts_of
from agentcore_connect.agent_code.find import Module, calls_of, find_agent, modules_of, runs_by_itself
from agentcore_connect.agent_code.source import Source, Unsure, read_source
from agentcore_connect.project.code import MAX_CODE_BYTES, code_folder, python_files
from agentcore_connect.project.model import Project
from agentcore_connect.secrets.search import looks_like_secret

_MODULE: Final = "gateway_client"


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
    sources = _sources(root, folder, entry)
    modules = modules_of(sources)
    if connected := _connected(modules, wanted.url_variable):
        return AgentEdit("connected", connected)
    agent = find_agent(modules, facts)
    if wanted.needs_request and agent.deferred is not None and runs_by_itself(agent.deferred):
        place = agent.deferred.module.place(agent.deferred.statement)
        raise Unsure(f"the program itself builds the agent ({place}), and its token comes from a request only")
    touched = {one.module.source.name for one in agent.sites} | {one.source.name for one, _ in agent.entries}
    package = _package_of(modules, touched)
    beside = root / Path(next(iter(sorted(touched)))).parent if package else folder
    client = (beside / f"{_MODULE}.py").relative_to(root).as_posix()
    if (root / client).exists():
        raise Unsure(f"{client} exists already, and is not known to be this plan's")
    made = changes(agent, facts, f".{_MODULE}" if package else _MODULE)
    _hold(made, agent_sites=len(agent.sites), facts=facts)
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
        client=client,
        files=tuple(_names(made, listed)),
        replaces=tuple(_replaced(modules, wanted)),
        packages=listed.missing,
        conflicts=listed.conflicts,
    )


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


def _connected(modules: Sequence[Module], variable: str) -> str | None:
    """Return the place where the code already reads the gateway's URL, or None."""
    for module in modules:
        for node in module.scopes.parsed.of(ast.Constant):
            if node.value == variable:
                return f"{module.place(node)} reads {variable}"
    return None


def _package_of(modules: Sequence[Module], touched: set[str]) -> bool:
    """Whether the files that change are modules of a package, which import by dots."""
    own = [one for one in modules if one.source.name in touched]
    relative = [any(node.level for node in one.scopes.parsed.of(ast.ImportFrom)) for one in own]
    folders = {Path(name).parent for name in touched}
    if any(relative) and len(folders) > 1:
        raise Unsure("the agent's files are parts of a package in several folders")
    return any(relative)


def _hold(made: Sequence[Change], *, agent_sites: int, facts: Facts) -> None:
    """Read the changed files again: a patch that does not say what it means is not given out."""
    before, after = ([getattr(one, name) for one in made] for name in ("before", "after"))
    if faults := faults_of(before, after, facts, wanted=agent_sites):
        raise Unsure(f"the call that builds the agent is written in a way that is not known: {faults[0]}")


def faults_of(before: Sequence[Source], after: Sequence[Source], facts: Facts, wanted: int | None = None) -> list[str]:
    """Return the faults of changed files: invalid Python, missing tools, or a lost tool.

    In: the same files before and after; how many calls must be given the tools, where that is known.
    """
    faults = [f"{one.name} is no Python after the change" for one in after if one.parsed is None]
    if faults:
        return faults
    old, new = ([found for source in several for found in _takings(source, facts)] for several in (before, after))
    given = [names for names, text in new if f"*{facts.gives}" in text]
    if not given or (wanted is not None and len(given) != wanted):
        faults.append(
            f"no agent is given {facts.gives}" if not given else f"{len(given)} calls are given {facts.gives}"
        )
    if len(old) == len(new):
        lost = {name for (had, _), (has, _) in zip(old, new, strict=True) for name in had - has}
        faults += [f"the agent loses {name}, which it had before" for name in sorted(lost)]
    else:
        faults.append(f"{len(old)} calls took tools before the change, and {len(new)} do so after it")
    texts = "\n".join(one.text for one in after)
    absent = [one for one in (*facts.imports, facts.opens) if one and not re.search(rf"import .*\b{one}\b", texts)]
    faults += [f"{one} is not imported" for one in absent]
    if facts.opens and not re.search(rf"^\s*@{facts.opens}\b", texts, re.M):
        faults.append(f"no entry point is under @{facts.opens}, so no connection is open")
    return faults


def _takings(source: Source, facts: Facts) -> list[tuple[set[str], str]]:
    """For each call that takes tools: the names in them, and their text."""
    found = []
    for module in modules_of([source]):
        for site in calls_of(module, {**facts.builds, **facts.parts}):
            held = [one.value for one in site.call.keywords if one.arg == site.taker.keyword]
            if site.taker.position is not None and len(site.call.args) > site.taker.position:
                held.append(site.call.args[site.taker.position])
            names = {one.id for value in held for one in ast.walk(value) if isinstance(one, ast.Name)}
            found.append((names, " ".join(ast.unparse(one) for one in held) if len(held) < 2 else ""))
    return found


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
