"""The agent's own code: which files it has, what it imports and depends on. Parsed, never executed."""

from __future__ import annotations

import ast
import os
import re
import tomllib
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from agentcore_connect.errors import ConnectError
from agentcore_connect.project.source import parse_object, read_text
from agentcore_connect.resources import load

MAX_FILES: Final = 500
MAX_CODE_BYTES: Final = 1024 * 1024
SKIPPED: Final = frozenset(
    {"node_modules", "__pycache__", "site-packages", "venv", "env", "cdk", "dist", "build", "tests", "test"}
)
_REQUIREMENT = re.compile(r"^\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*([^;#]*)")


def code_folder(root: Path, location: str) -> Path | None:
    """The folder of a runtime's code in the project at `root`; None when it is absent or lies outside the project."""
    try:
        folder = (root / location).resolve()
        return folder if folder.is_dir() and folder.is_relative_to(root.resolve()) else None
    except (OSError, ValueError):  # a name that no folder can have
        return None


def python_files(folder: Path) -> list[Path]:
    """The Python files of an agent, without environments, tests and hidden folders; at most `MAX_FILES`, in order."""
    found: list[Path] = []
    for base, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in SKIPPED and not name.startswith("."))
        found.extend(Path(base) / name for name in sorted(files) if name.endswith(".py"))
        if len(found) >= MAX_FILES:
            break
    return found[:MAX_FILES]


def parse(path: Path) -> ast.Module | None:
    """The syntax tree of a Python file; None when it cannot be read or is not Python."""
    try:
        text = read_text(path, max_bytes=MAX_CODE_BYTES)
    except ConnectError:
        return None
    return parse_text(text)


def parse_text(text: str) -> ast.Module | None:
    """The syntax tree of Python text; None when it is not Python (or nested beyond what Python takes)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


def imported_modules(tree: ast.AST) -> Iterator[str]:
    """The dotted names of what is imported, absolute imports only; `from a.b import c` gives `a.b.c`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def requirements(folder: Path, stop: Path) -> dict[str, str]:
    """What the nearest pyproject.toml or requirements.txt at or above `folder` asks for: package -> version text.

    In: the folder, the folder to stop at (the project's root). Names are normalised (lower case, hyphens).
    """
    for here in (folder, *folder.parents):
        for name, reader in (("pyproject.toml", _pyproject), ("requirements.txt", str.splitlines)):
            path = here / name
            if path.is_file():
                try:
                    return dict(
                        _parsed(line) for line in reader(read_text(path, max_bytes=MAX_CODE_BYTES)) if _parsed(line)[0]
                    )
                except (ConnectError, tomllib.TOMLDecodeError, RecursionError):
                    return {}
        if here == stop:
            break
    return {}


def framework_of(root: Path, location: str, entrypoint: str) -> str | None:
    """The framework of an agent: by the entry point's imports, by all imports, by its dependencies.

    In: the project's root, where the agent's code lies in it, and its entry point (`main.py` or `main.py:app`).
    Out: the answers' word, None where there is no agent code or no single answer.
    """
    folder = code_folder(root, location)
    if folder is None:
        return None
    table = load("project-format")["frameworks"]
    if language_of(root, location, entrypoint) == "typescript":
        packages = npm_packages(folder, root)
        return _single([name for name, signs in table.items() if any(one in packages for one in signs.get("npm", ()))])
    entry = folder / entrypoint.split(":")[0]
    for files in ([entry], python_files(folder)):
        modules = {module for path in files if (tree := parse(path)) for module in imported_modules(tree)}
        chosen = _single([name for name, signs in table.items() if _imports(modules, signs["imports"])])
        if chosen and chosen != "mcp":
            return chosen
    packages = set(requirements(folder, root))
    return _single([name for name, signs in table.items() if any(one in packages for one in signs["packages"])])


def language_of(root: Path, location: str, entrypoint: str) -> str | None:
    """The language of an agent: by the ending of its entry point, else by the one kind of file that names packages.

    In: as `framework_of`. Out: the answers' word, None where neither tells.
    """
    table = load("project-format")["languages"]
    ending = Path(entrypoint.split(":")[0]).suffix
    by_ending = [name for name, signs in table.items() if ending in signs["endings"]]
    folder = code_folder(root, location)
    if by_ending or folder is None:
        return by_ending[0] if by_ending else None
    found = [name for name, signs in table.items() if any((folder / one).is_file() for one in signs["packages"])]
    return found[0] if len(found) == 1 else None


def npm_packages(folder: Path, stop: Path) -> set[str]:
    """The names of the npm packages that the nearest package.json at or above `folder` asks for.

    In: the folder, the folder to stop at (the project's root).
    """
    for here in (folder, *folder.parents):
        path = here / "package.json"
        if path.is_file():
            try:
                told = parse_object(read_text(path, max_bytes=MAX_CODE_BYTES), shown=path.name)
            except ConnectError:
                return set()
            groups = [told.get(key) for key in ("dependencies", "devDependencies", "peerDependencies")]
            return {name for group in groups if isinstance(group, dict) for name in group}
        if here == stop:
            break
    return set()


def mcp_client_files(root: Path, locations: Iterable[str]) -> list[str]:
    """The Python files at these places of a project that talk to MCP servers, by their imports; paths from its root."""
    wanted = load("project-format")["mcp_clients"]
    found: dict[str, None] = {}
    for location in locations:
        folder = code_folder(root, location)
        for path in python_files(folder) if folder else []:
            tree = parse(path)
            if tree is not None and _imports(set(imported_modules(tree)), wanted):
                found[path.relative_to(root.resolve()).as_posix()] = None
    return list(found)


def _imports(modules: set[str], names: list[str]) -> bool:
    return any(module == name or module.startswith(f"{name}.") for module in modules for name in names)


def _single(found: list[str]) -> str | None:
    """The one framework found; the bare protocol counts only when it stands alone."""
    real = [name for name in found if name != "mcp"] or found
    return real[0] if len(real) == 1 else None


def _pyproject(text: str) -> list[str]:
    project = tomllib.loads(text).get("project")
    found = project.get("dependencies") if isinstance(project, dict) else None
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []


def _parsed(line: str) -> tuple[str, str]:
    match = _REQUIREMENT.match(line)
    return (re.sub(r"[-_.]+", "-", match[1]).lower(), match[2].strip()) if match else ("", "")
