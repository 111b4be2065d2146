"""The words of a command line as the CLI takes them: options by the contract, values from stdin, files and JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from agentcore_connect.clispec.model import load
from agentcore_connect.clispec.words import parse_argv
from tests.cli_1x.model.state import Read, RefusedError, read_shape

FORM = (
    "unknown-command",
    "missing-command",
    "unknown-option",
    "missing-value",
    "unexpected-value",
    "too-many-arguments",
)


class Options:
    """The options of one command line. Values are read once, when they are asked for."""

    def __init__(self, argv: Sequence[str], read: Read, stdin: str | None) -> None:
        self.parsed = parse_argv(argv, load("cli-contract-1.x"))
        for problem in self.parsed.problems:
            if problem.kind in FORM:
                raise RefusedError(problem.message)
        self.command = self.parsed.command.path
        for name, option in self.parsed.command.options.items():
            if option.required and name not in self.parsed.options:
                raise RefusedError(f"{name} is required")
            for value in self.parsed.options.get(name, ()):
                if option.choices and value not in option.choices:
                    raise RefusedError(f"{name} takes {', '.join(option.choices)}, not {value}")
        self._read, self._stdin, self._claimed = read, stdin, ""

    def __contains__(self, name: str) -> bool:
        return name in self.parsed.options

    def get(self, name: str) -> str | None:
        return self.parsed.value(name)

    def all(self, name: str) -> list[str] | None:
        values = self.parsed.options.get(name)
        return None if values is None else [str(one) for one in values]

    def need(self, name: str) -> str:
        value = self.get(name)
        if not value:
            raise RefusedError(f"{name} is required")
        return value

    def argument(self) -> str | None:
        return self.parsed.arguments[0] if self.parsed.arguments else None

    def text(self, name: str) -> str | None:
        """A value that stands inline, in a file (`file://PATH`) or on standard input (`-`), which only one may read."""
        value = self.get(name)
        if value == "-":
            if self._claimed:
                raise RefusedError(f"only one option may read standard input; {self._claimed} does already")
            self._claimed = name
            return self._stdin or ""
        return self._read(value.removeprefix("file://")) if value and value.startswith("file://") else value

    def secret(self, name: str) -> str | None:
        """A secret is taken from standard input or a file only, and is one line."""
        value = self.get(name)
        if value is not None and value != "-" and not value.startswith("file://"):
            raise RefusedError(f"{name} comes from standard input or a file, not inline")
        text = self.text(name)
        if text is None:
            return None
        text = text.removesuffix("\n").removesuffix("\r")
        if "\n" in text:
            raise RefusedError(f"{name} must be one line")
        return text

    def json(self, name: str, *, sourced: bool = False) -> Any:
        """A JSON value; with `sourced` from a file or standard input too."""
        raw = self.text(name) if sourced else self.get(name)
        if raw is None:
            return None
        try:
            return json.loads(raw)
        except ValueError as error:
            raise RefusedError(f"{name} is no JSON: {error}") from None

    def reference(self, name: str, secret: str) -> Any:
        """A reference to a secret that is kept elsewhere; it excludes the secret itself."""
        raw = self.get(name)
        if not raw:
            return None
        if secret in self:
            raise RefusedError(f"{secret} and {name} exclude each other")
        return read_shape("SecretReference", self.json(name), name)

    def tags(self) -> dict[str, str] | None:
        """Tags as key=value, several times, or as one JSON object."""
        values = self.all("--tags")
        if not values:
            return None
        if len(values) == 1 and values[0].lstrip().startswith("{"):
            return dict(self.json("--tags"))
        if any("=" not in one or one.startswith("=") for one in values):
            raise RefusedError("--tags are key=value, or one JSON object")
        return dict(one.split("=", 1) for one in values)

    def exactly_one(self, *names: str) -> str:
        given = [name for name in names if name in self]
        if len(given) != 1:
            raise RefusedError(f"exactly one of {', '.join(names)} is taken")
        return given[0]
