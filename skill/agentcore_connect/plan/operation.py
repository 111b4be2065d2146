"""One step of a plan, as data: what is shown, what the script runs, what a check reads."""

from __future__ import annotations

from collections.abc import Mapping

from agentcore_connect.core.record import dataclass, field
from agentcore_connect.core.values import Json
from agentcore_connect.plan import argv as words
from agentcore_connect.plan.entries import EditEntry, InputEntry, Place, StepEntry
from agentcore_connect.plan.promises import Promised


@dataclass(frozen=True)
class Input:
    """A value that is known only when the plan runs.

    `kind`: `secret` (asked for without echo unless the environment has it), `text` (asked for, with `default`) or
    `lookup` (found in the output of `argv`, at the first of the places `find` that holds something).
    """

    name: str
    kind: str
    prompt: str
    default: str | None = None
    argv: tuple[str, ...] = ()
    find: tuple[Place, ...] = ()

    def as_dict(self) -> InputEntry:
        """The input as plain data."""
        entry = InputEntry(name=self.name, kind=self.kind, prompt=self.prompt)
        if self.default is not None:
            entry["default"] = self.default
        if self.kind == "lookup":
            entry["argv"], entry["find"] = list(self.argv), [list(place) for place in self.find]
        return entry


@dataclass(frozen=True)
class Edit:
    """Changes of a JSON file: each puts a value at a place; an entry that the place names is added to its list."""

    file: str
    changes: tuple[tuple[Place, Json], ...]

    def as_dict(self) -> EditEntry:
        """The edit as plain data."""
        return {"file": self.file, "changes": [{"at": list(at), "value": value} for at, value in self.changes]}


@dataclass(frozen=True)
class Operation:
    """One step of a plan.

    `kind`: `command`, `script`, `edit`, `file` or `manual`. `argv`: the command line, run-time values as `${NAME}` of
    `inputs`. `directory`: where it runs, `project` (its root) or `parent` (the folder that gets the project).
    `stdin`: the run-time value that is piped in, or texts with such values, as a JSON list. `env`: variables set for
    this step. `patch`: a patch in the plan's folder that is applied to the project. `files`: copies from the plan's
    folder into the project, with the run-time values filled into the text. `needs_aws`: it calls AWS itself.
    `takes_values`: it takes the values of the project's declared credentials from its environment.
    """

    id: str
    title: str
    kind: str
    argv: tuple[str, ...] = ()
    artifact: str | None = None
    connection: str | None = None
    needs_aws: bool = False
    takes_values: bool = False
    directory: str = "project"
    inputs: tuple[Input, ...] = ()
    stdin: str | tuple[str, ...] | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    edit: Edit | None = None
    patch: str | None = None
    files: tuple[tuple[str, str], ...] = ()
    promise: tuple[Promised, ...] = ()
    text: str | None = None
    why: str = ""
    sources: tuple[str, ...] = ()

    @property
    def line(self) -> str:
        """The command line as shell text, empty where there is none."""
        return words.shell_line(self.argv, [one.name for one in self.inputs])

    @property
    def after_deploy(self) -> bool:
        """Return whether it uses a value that exists only once something was deployed."""
        return any(one.kind == "lookup" for one in self.inputs)

    def as_dict(self) -> StepEntry:
        """The operation as plan.json has it; what is empty is left out, but for the keys that are always there."""
        entry = StepEntry(
            id=self.id,
            title=self.title,
            kind=self.kind,
            argv=list(self.argv),
            line=self.line,
            artifact=self.artifact,
            connection=self.connection,
            needs_aws=self.needs_aws,
        )
        if self.after_deploy:
            entry["after_deploy"] = True
        entry["directory"] = self.directory
        if self.inputs:
            entry["inputs"] = [one.as_dict() for one in self.inputs]
        if self.stdin:
            entry["stdin"] = list(self.stdin) if isinstance(self.stdin, tuple) else self.stdin
        if self.env:
            entry["env"] = dict(self.env)
        if self.edit:
            entry["edit"] = self.edit.as_dict()
        if self.patch:
            entry["patch"] = self.patch
        if self.files:
            entry["files"] = [{"from": source, "to": target} for source, target in self.files]
        entry["text"], entry["why"] = self.text, self.why
        if self.sources:
            entry["sources"] = list(self.sources)
        return entry
