"""The agent's own code: which files it has, what it imports and depends on. Parsed, never executed."""

from __future__ import annotations

import ast
import os
import re
import tomllib
import warnings
from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Final, TypeVar

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.knowledge.resources import load
from agentcore_connect.project.source import parse_object, read_text

MAX_FILES: Final = 500
MAX_CODE_BYTES: Final = 1024 * 1024
SKIPPED: Final = frozenset(
    {"node_modules", "__pycache__", "site-packages", "venv", "env", "cdk", "dist", "build", "tests", "test"}
)
_Node = TypeVar("_Node", bound=ast.AST)
_REQUIREMENT = re.compile(r"^\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*([^;#]*)")


def code_folder(root: Path, location: str) -> Path | None:
    """The folder of a runtime's code in the project at `root`; None when it is absent or lies outside the project."""
    try:
        folder = (root / location).resolve()
        return folder if folder.is_dir() and folder.is_relative_to(root.resolve()) else None
    except (OSError, ValueError):  # a name that no folder can have
        return None


def python_files(folder: Path, *, leave_out: frozenset[str] = frozenset()) -> list[Path]:
    """The Python files of an agent, without environments, tests and hidden folders; at most `MAX_FILES`, in order.

    In: the folder, the names of folders directly in it to leave out.
    """
    found: list[Path] = []
    for base, folders, files in os.walk(folder):
        left_out = SKIPPED | leave_out if Path(base) == folder else SKIPPED
        folders[:] = sorted(name for name in folders if name not in left_out and not name.startswith("."))
        found.extend(Path(base) / name for name in sorted(files) if name.endswith(".py"))
        if len(found) >= MAX_FILES:
            break
    return found[:MAX_FILES]


def parse(path: Path) -> Parsed | None:
    """A Python file, parsed; None when it cannot be read or is not Python."""
    try:
        text = read_text(path, max_bytes=MAX_CODE_BYTES)
    except ConnectError:
        return None
    tree = parse_text(text)
    return None if tree is None else Parsed(tree, text)


def parse_text(text: str) -> ast.Module | None:
    """The syntax tree of Python text; None when it is not Python (or nested beyond what Python takes)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


#: Fields that hold a text, a number, or a node that says nothing beyond its type, whatever they belong to.
_WITHOUT_NODES: Final = frozenset({"id", "attr", "arg", "ctx", "op", "ops", "kind", "level", "type_comment", "module"})
#: The kinds of nodes that are walked, each with the fields in which others can stand. Load, Add and the like have no
#: fields and are shared between nodes.
_FIELDS: Final[dict[type, tuple[str, ...]]] = {
    kind: ()
    if issubclass(kind, (ast.Constant, ast.alias))
    else tuple(name for name in kind._fields if name not in _WITHOUT_NODES)
    for kind in vars(ast).values()
    if isinstance(kind, type) and issubclass(kind, ast.AST) and kind._fields
}


def _inside(node: ast.AST) -> list[ast.AST]:
    """The nodes right below a node, of the kinds that are walked."""
    found: list[ast.AST] = []
    values = vars(node)
    for name in _FIELDS[type(node)]:
        value = values.get(name)
        if type(value) is list:
            found += [child for child in value if type(child) in _FIELDS]
        elif value is not None and type(value) in _FIELDS:
            found.append(value)
    return found


class Parsed:
    """One Python file: parsed once, walked once, whoever asks."""

    def __init__(self, tree: ast.Module, source: str = "") -> None:
        """In: the syntax tree, and the text that it is of."""
        self.tree = tree
        self._source = source

    def says(self, *words: str) -> bool:
        """Whether one of these words may stand in the file: looked up in its text, before any node is."""
        return not self._source or any(one in self._source for one in words)

    def of(self, kind: type[_Node]) -> list[_Node]:
        """The nodes of a kind, the outer ones first."""
        return self._walked[1].get(kind, [])  # type: ignore[return-value]

    @property
    def nodes(self) -> list[ast.AST]:
        """Every node, the outer ones first."""
        return self._walked[0]

    @cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        """The node around each node."""
        return {child: node for node in self.nodes for child in _inside(node)}

    @cached_property
    def _walked(self) -> tuple[list[ast.AST], dict[type[ast.AST], list[ast.AST]]]:
        """The nodes, and the nodes by kind: in one walk."""
        nodes: list[ast.AST] = [self.tree]
        kinds: defaultdict[type[ast.AST], list[ast.AST]] = defaultdict(list)
        for node in nodes:  # grows as it goes; `_inside` would be called half a million times in a large project
            kind = type(node)
            kinds[kind].append(node)
            fields = _FIELDS[kind]
            if fields:
                values = node.__dict__
                for name in fields:
                    value = values.get(name)
                    if type(value) is list:
                        nodes += [child for child in value if type(child) in _FIELDS]
                    elif value is not None and type(value) in _FIELDS:
                        nodes.append(value)
        return nodes, dict(kinds)

    @cached_property
    def modules(self) -> frozenset[str]:
        """The dotted names of what is imported, absolute imports only; `from a.b import c` gives `a.b.c`."""
        found = {alias.name for node in self.of(ast.Import) for alias in node.names}
        for node in self.of(ast.ImportFrom):
            if node.level == 0 and node.module:
                found |= {f"{node.module}.{alias.name}" for alias in node.names}
        return frozenset(found)


class Sources:
    """The Python files that were read, so that each is parsed once."""

    def __init__(self) -> None:
        """Store the path without reading it."""
        self._files: dict[Path, Parsed | None] = {}

    def read(self, path: Path) -> Parsed | None:
        """A parsed file; None when it cannot be read or is not Python."""
        if path not in self._files:
            self._files[path] = parse(path)
        return self._files[path]


def requirements(folder: Path, stop: Path) -> dict[str, str]:
    """Return the requirements in the nearest pyproject.toml or requirements.txt at or above `folder`.

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


def framework_of(root: Path, location: str, entrypoint: str, sources: Sources | None = None) -> str | None:
    """The framework of an agent: by the entry point's imports, by all imports, by its dependencies.

    In: the project's root, where the agent's code lies in it, its entry point (`main.py` or `main.py:app`; empty where
    it is not known), and the files that were read.
    Out: the answers' word, None where there is no agent code or no single answer.
    """
    folder = code_folder(root, location)
    if folder is None:
        return None
    table = load("project-format")["frameworks"]
    if language_of(root, location, entrypoint) == "typescript":
        packages = npm_packages(folder, root)
        return _single([name for name, signs in table.items() if any(one in packages for one in signs.get("npm", ()))])
    sources = sources or Sources()
    entry = [folder / entrypoint.split(":")[0]] if entrypoint else []
    for files in (entry, python_files(folder)):
        modules = {module for path in files if (found := sources.read(path)) for module in found.modules}
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


def mcp_client_files(root: Path, locations: Iterable[str], sources: Sources) -> list[str]:
    """The Python files at these places of a project that talk to MCP servers, by their imports; paths from its root."""
    wanted = load("project-format")["mcp_clients"]
    found: dict[str, None] = {}
    for location in locations:
        folder = code_folder(root, location)
        for path in python_files(folder) if folder else []:
            parsed = sources.read(path)
            if parsed is not None and _imports(parsed.modules, wanted):
                found[path.relative_to(root.resolve()).as_posix()] = None
    return list(found)


def _imports(modules: Iterable[str], names: list[str]) -> bool:
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
