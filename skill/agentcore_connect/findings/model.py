"""A finding, and the scan that all checks share: project, code, tools."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from agentcore_connect.core.places import Place
from agentcore_connect.core.problem import Severity, severity
from agentcore_connect.core.record import dataclass
from agentcore_connect.core.values import Json
from agentcore_connect.findings.names import UNKNOWN, Names
from agentcore_connect.knowledge.resources import load
from agentcore_connect.project import code
from agentcore_connect.project.code import Parsed
from agentcore_connect.project.model import Gateway, Project, Target
from agentcore_connect.project.repository import Repository, read_repository

if TYPE_CHECKING:
    from agentcore_connect.findings.tools import TargetTools

Confidence = Literal["certain", "likely"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault or risk. Its reason and fix come from `findings.yaml`, by id.

    `confidence` is `certain`, or `likely` where the files leave room for a harmless reading.
    """

    id: str
    severity: Severity
    confidence: Confidence
    title: str
    message: str
    where: str
    why: str
    fix: str
    sources: tuple[str, ...]

    def as_dict(self, *, sources: bool = False) -> dict[str, Json]:
        """The finding as plain data for `--json` output; its sources on request."""
        found: dict[str, Json] = {
            "id": self.id,
            "severity": self.severity,
            "confidence": self.confidence,
            "title": self.title,
            "message": self.message,
            "where": self.where,
            "why": self.why,
            "fix": self.fix,
        }
        return {**found, "sources": list(self.sources)} if sources else found


def finding(name: str, message: str, where: str, confidence: Confidence = "certain") -> Finding:
    """Create a finding by id, with its message and place (file:line).

    What is only likely is a warning, never an error.
    """
    words = load("findings")["findings"][name]
    known = severity(words["severity"])
    return Finding(
        name,
        "warning" if confidence == "likely" and known == "error" else known,
        confidence,
        words["title"],
        message,
        where,
        words["why"],
        words["fix"],
        tuple(words["sources"]),
    )


@dataclass(frozen=True)
class CodeFile:
    """One Python file: its path, the name to show, the folder whose packages it runs with, what was parsed.

    `served` says that it is the code of a runtime of the project.
    """

    path: Path
    shown: str
    folder: Path
    parsed: Parsed
    served: bool = True
    sources: code.Sources | None = None

    @property
    def tree(self) -> ast.Module:
        """The syntax tree."""
        return self.parsed.tree

    @cached_property
    def names(self) -> Names:
        """The resolved names of the file."""
        return Names(self.parsed, self._text_of)

    def _text_of(self, dotted: str) -> str:
        """The text that a name of another file of the project stands for: beside this one, or below its folder."""
        module, _, name = dotted.rpartition(".")
        place = module.lstrip(".")
        up = len(module) - len(place)
        near = self.path.parents[up - 1] if 0 < up <= len(self.path.parents) else None
        for folder in (near,) if near else (self.path.parent, self.folder):
            path = folder.joinpath(*place.split(".")).with_suffix(".py") if place else None
            if path and path != self.path and path.is_relative_to(self.folder) and self.sources and path.is_file():
                parsed = self.sources.read(path)
                return Names(parsed).top_text(name) if parsed else UNKNOWN
        return UNKNOWN

    def where(self, node: ast.AST) -> str:
        """The place of a syntax node as file:line."""
        return f"{self.shown}:{getattr(node, 'lineno', 1)}"


class Scan:
    """An inspected project. Everything is read once and cached."""

    def __init__(self, project: Project) -> None:
        """In: the project."""
        self.project = project
        self.tools: dict[tuple[str, str | None], TargetTools] = {}

    def at(self, name: str, message: str, *path: str | int, confidence: Confidence = "certain") -> Finding:
        """A finding at a key of the project's file, or at a resource of a template (its file and its line)."""
        first = path[0] if path else None
        if first in self.repository.templates:
            return finding(name, message, f"{first}:{path[1]}", confidence)
        return finding(name, message, self.project.where(*path), confidence)

    @cached_property
    def repository(self) -> Repository:
        """The resources that templates beside the project's file declare."""
        return read_repository(self.project.root, declared=self.project.declared)

    @property
    def gateways(self) -> tuple[Gateway, ...]:
        """The gateways of the project's file and of templates."""
        return (*self.project.gateways, *self.repository.gateways)

    @property
    def all_targets(self) -> Iterator[Target]:
        """The targets of the project's file and of templates, with or without a gateway there."""
        for gateway in self.gateways:
            yield from gateway.targets
        yield from self.repository.loose

    @property
    def targets(self) -> Iterator[tuple[Gateway, Target]]:
        """Every target of the project's file with its gateway."""
        for gateway in self.project.gateways:
            for target in gateway.targets:
                yield gateway, target

    @cached_property
    def code_files(self) -> tuple[CodeFile, ...]:
        """The Python files that can be parsed: those of all runtimes first, then the others below the root."""
        root = self.project.root.resolve()
        found: dict[Path, CodeFile] = {}
        for runtime in self.project.runtimes:
            folder = code.code_folder(self.project.root, runtime.code_location)
            for path in code.python_files(folder) if folder else []:
                self._take(found, path, folder or root, served=True)
        own = frozenset({self.project.config.parent.name}) if self.project.declared else frozenset[str]()
        for path in code.python_files(root, leave_out=own):
            self._take(found, path, path.parent, served=False)
        return tuple(found.values())

    def _take(self, found: dict[Path, CodeFile], path: Path, folder: Path, *, served: bool) -> None:
        parsed = None if path in found or len(found) >= code.MAX_FILES else self.project.sources.read(path)
        if parsed is not None:
            shown = path.relative_to(self.project.root.resolve()).as_posix()
            found[path] = CodeFile(path, shown, folder, parsed, served, self.project.sources)

    def file_of(self, target: Target) -> tuple[Path, str, Place] | None:
        """The local file with a target's tools or schema: its path, the name to show, the key that names it."""
        key: Place
        if target.tools_file:
            name, key = target.tools_file, ("lambdaFunctionArn", "toolSchemaFile")
        elif target.schema and "://" not in target.schema:
            name, key = target.schema, ("schemaSource", "inline", "path")
        else:
            return None
        return self.project.root / name, name, (*target.at, *key)
