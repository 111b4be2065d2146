"""The packages of a client in the file from which the agent's build takes its packages."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from agentcore_connect.agent_code.source import Edit, Source, Unsure, read_source
from agentcore_connect.core.record import dataclass

_NAME: Final = re.compile(r"^\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(\[[^\]]*\])?\s*([^;#]*)")
_BOUND: Final = re.compile(r"(===|==|~=|<=|>=|<|>|!=)\s*([0-9]+(?:\.[0-9]+)*)")


@dataclass(frozen=True, slots=True)
class Listed:
    """The file before and after (None: nothing to add, or no such file), what stands in no file, and what conflicts."""

    before: Source | None
    after: Source | None
    missing: tuple[str, ...]
    conflicts: tuple[str, ...]


def list_packages(root: Path, folder: Path, wanted: Sequence[str]) -> Listed:
    """Add what is not named yet to the nearest pyproject.toml or requirements.txt; lines that stand there stay.

    In: the project's root, the folder of the agent's code, requirements such as `mcp>=1.24,<2`.
    """
    for here in (folder, *folder.parents):
        for name, add in (("pyproject.toml", _to_pyproject), ("requirements.txt", _to_requirements)):
            if (here / name).is_file():
                try:
                    source = read_source(root, here / name)
                    return add(source, wanted)
                except Unsure as problem:
                    return Listed(None, None, tuple(wanted), (str(problem),))
        if here == root:
            break
    return Listed(None, None, tuple(wanted), ())


def _to_pyproject(source: Source, wanted: Sequence[str]) -> Listed:
    try:
        project = tomllib.loads(source.text.replace("\r\n", "\n")).get("project")
    except (tomllib.TOMLDecodeError, RecursionError):
        raise Unsure(f"{source.name} is no TOML that can be read") from None
    given = project.get("dependencies") if isinstance(project, dict) else None
    if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
        raise Unsure(f"{source.name} has no list project.dependencies to add to")
    new, conflicts = _new(given, wanted)
    if not new:
        return Listed(source, None, (), conflicts)
    after = source.edited([_into_array(source, new)])
    found = tomllib.loads(after.text.replace("\r\n", "\n"))["project"]["dependencies"]
    if sorted(found) != sorted([*given, *new]):
        raise Unsure(f"the list project.dependencies of {source.name} is written in a way that is not known")
    return Listed(source, after, (), conflicts)


def _into_array(source: Source, new: Sequence[str]) -> Edit:
    """First in the list, so that no comma and no comment at its end matters."""
    table = re.search(r"^\[project\][ \t]*(?:#[^\n]*)?\r?$", source.text, re.M)
    start = re.compile(r"^[ \t]*dependencies[ \t]*=[ \t]*\[", re.M).search(source.text, table.end()) if table else None
    if start is None:
        raise Unsure(f"{source.name} has no list project.dependencies to add to")
    quoted = [f'"{one}"' for one in new]
    at = start.end()
    rest = source.text[at : source.text.find("\n", at)]
    if rest.strip() and not rest.strip().startswith("#"):
        empty = rest.lstrip().startswith("]")
        return Edit(at, at, ", ".join(quoted) + ("" if empty else ", "))
    line = source.line_of(at)  # the list has lines: the next one shows how they begin
    following = source.lines[line] if line < len(source.lines) else ""
    indent = following[: len(following) - len(following.lstrip())] if following.strip() not in ("", "]") else "    "
    place = source.starts[line]
    return Edit(place, place, "".join(f"{indent}{one},{source.newline}" for one in quoted))


def _to_requirements(source: Source, wanted: Sequence[str]) -> Listed:
    given = [line for line in source.text.splitlines() if _NAME.match(line)]
    if "--hash" in source.text or "--require-hashes" in source.text:
        raise Unsure(f"{source.name} holds hashes, so its lines come from a tool")
    new, conflicts = _new(given, wanted)
    if not new:
        return Listed(source, None, (), conflicts)
    end = len(source.text)
    lead = "" if not source.text or source.text.endswith("\n") else source.newline
    text = lead + "".join(f"{one}{source.newline}" for one in new)
    return Listed(source, source.edited([Edit(end, end, text)]), (), conflicts)


def _new(given: Iterable[str], wanted: Sequence[str]) -> tuple[list[str], tuple[str, ...]]:
    """Return the packages not listed yet, and those whose listed range excludes the tested one."""
    have: dict[str, str] = {}
    for entry in given:
        if named := _NAME.match(entry):
            have[_normal(named[1])] = entry.strip()
    new: list[str] = []
    conflicts: list[str] = []
    for one in wanted:
        match = _NAME.match(one)
        line = have.get(_normal(match[1])) if match else None
        if line is None:
            new.append(one)
        elif _beside(line, one):
            conflicts.append(f"{line} lies outside {one}, with which the client was run")
    return new, tuple(conflicts)


def _beside(line: str, wanted: str) -> bool:
    """Return whether two ranges of one package surely have no release in common."""
    low, high, high_in = _range(line)
    wanted_low, wanted_high, wanted_in = _range(wanted)
    return _above(low, wanted_high, wanted_in) or _above(wanted_low, high, high_in)


def _range(line: str) -> tuple[tuple[int, ...], tuple[int, ...] | None, bool]:
    """The lowest release of a requirement, and the end of its range: None where it is open, and whether it belongs."""
    match = _NAME.match(line)
    low: tuple[int, ...] = ()
    high: tuple[int, ...] | None = None
    belongs = False
    for operator, text in _BOUND.findall(match[3] if match else ""):
        version = tuple(int(part) for part in text.split("."))
        if operator in ("==", "===", "~=", ">=", ">"):
            low = max(low, version)
        if operator == "~=":
            end, inside = (*version[:-2], version[-2] + 1) if len(version) > 1 else None, False
        elif operator in ("==", "===", "<="):
            end, inside = version, True
        elif operator == "<":
            end, inside = version, False
        else:
            continue
        if end is not None and (high is None or end < high):
            high, belongs = end, inside
    return low, high, belongs


def _above(low: tuple[int, ...], high: tuple[int, ...] | None, belongs: bool) -> bool:
    if high is None:
        return False
    size = max(len(low), len(high))
    one, other = ((*version, *[0] * (size - len(version))) for version in (low, high))
    return one > other or (one == other and not belongs)


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
