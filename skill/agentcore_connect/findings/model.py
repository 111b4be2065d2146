"""A finding, and what the checks share: the project, its code, the tools of its targets."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from agentcore_connect.project import code
from agentcore_connect.project.model import Gateway, Project, Target
from agentcore_connect.project.source import JsonPath
from agentcore_connect.resources import load


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong or risky. Its words about why and fix come from `findings.yaml`, by its id."""

    id: str
    severity: str
    title: str
    message: str
    where: str
    why: str
    fix: str
    sources: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """The finding as plain data for `--json` output."""
        return {
            "id": self.id,
            "severity": self.severity,
            "title": self.title,
            "message": self.message,
            "where": self.where,
            "why": self.why,
            "fix": self.fix,
            "explain": f"agentcore-connect explain {self.id}",
            "sources": list(self.sources),
        }


def finding(name: str, message: str, where: str) -> Finding:
    """A finding by its id, with what is particular about it and its place (file:line)."""
    words = load("findings")["findings"][name]
    return Finding(
        name, words["severity"], words["title"], message, where, words["why"], words["fix"], tuple(words["sources"])
    )


@dataclass(frozen=True)
class CodeFile:
    """One Python file of an agent: its path, the name to show, the syntax tree, the runtime's folder it is in."""

    path: Path
    shown: str
    folder: Path
    tree: ast.Module

    def where(self, node: ast.AST) -> str:
        """The place of a syntax node as file:line."""
        return f"{self.shown}:{getattr(node, 'lineno', 1)}"


class Scan:
    """A project being inspected. What is read here is read once, whoever asks first."""

    def __init__(self, project: Project) -> None:
        """In: the project."""
        self.project = project
        self.memo: dict[Any, Any] = {}

    def at(self, name: str, message: str, *path: str | int) -> Finding:
        """A finding at a key of the project's file."""
        return finding(name, message, self.project.where(*path))

    @property
    def targets(self) -> Iterator[tuple[Gateway, Target]]:
        """Every target with its gateway."""
        for gateway in self.project.gateways:
            for target in gateway.targets:
                yield gateway, target

    @cached_property
    def code_files(self) -> tuple[CodeFile, ...]:
        """The Python files of all runtimes that can be parsed."""
        found: dict[Path, CodeFile] = {}
        for runtime in self.project.runtimes:
            folder = code.code_folder(self.project.root, runtime.code_location)
            for path in code.python_files(folder) if folder else []:
                tree = None if path in found else code.parse(path)
                if folder is not None and tree is not None:
                    shown = path.relative_to(self.project.root.resolve()).as_posix()
                    found[path] = CodeFile(path, shown, folder, tree)
        return tuple(found.values())

    def file_of(self, target: Target) -> tuple[Path, str, JsonPath] | None:
        """The local file with a target's tools or schema: its path, the name to show, the key that names it."""
        key: JsonPath
        if target.tools_file:
            name, key = target.tools_file, ("lambdaFunctionArn", "toolSchemaFile")
        elif target.schema and "://" not in target.schema:
            name, key = target.schema, ("schemaSource", "inline", "path")
        else:
            return None
        return self.project.root / name, name, (*target.at, *key)
