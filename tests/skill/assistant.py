"""A coding assistant that can do nothing but follow SKILL.md: it reads each command there, runs it, and parses the answer."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PROGRAM = "agentcore-connect"
_MOST_CALLS = 60

#: Runs a command line in a folder: (exit status, standard output, standard error).
Shell = Callable[[str, Path], tuple[int, str, str]]


@dataclass(frozen=True)
class Instructions:
    """What SKILL.md tells: the commands of each step, and the keys that are never asked for."""

    look: str
    begin: str
    answer: str
    plan: str
    check: str
    usual: tuple[str, ...]
    values: Mapping[str, tuple[str, ...]]
    volunteered: tuple[str, ...]

    @classmethod
    def read(cls, path: Path) -> Instructions:
        """The instructions of a SKILL.md, which has to have a command in every step."""
        text = path.read_text("utf-8")
        steps = {
            title: re.findall(r"^```sh\n(.*?)\n```$", part, re.MULTILINE | re.DOTALL)
            for title, part in re.findall(r"^### \d\. (\w+).*?\n(.*?)(?=^##)", text, re.MULTILINE | re.DOTALL)
        }
        usual, volunteered = re.findall(r"^```text\n(.*?)\n```$", text, re.MULTILINE | re.DOTALL)
        (look,), (begin, answer), (plan,), (check,) = (steps[step] for step in ("Look", "Ask", "Plan", "Check"))
        keys, values = _usual(usual)
        return cls(look, begin, answer, plan, check, keys, values, tuple(volunteered.split()))


def _usual(table: str) -> tuple[tuple[str, ...], dict[str, tuple[str, ...]]]:
    """The keys of the table, and the values of those that have a line of their own: a key, then words with hyphens."""
    keys: list[str] = []
    values = {}
    for line in table.splitlines():
        key, *words = line.split()
        keys.append(key)
        if any("-" in word for word in words):
            values[key] = tuple(words)
        else:
            keys += words
    return tuple(keys), values


@dataclass
class Case:
    """What the person knows and says: the answers by dotted key, and their project, if they have one."""

    folder: Path
    said: Mapping[str, Any]
    kind: str | None = None
    project: str | None = None
    #: What the request itself says, of `said`; None: what is never asked for.
    first: tuple[str, ...] | None = None


@dataclass
class Transcript:
    """Every call that was made, what was asked, and what came out."""

    calls: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    taken_as_default: list[str] = field(default_factory=list)
    plan: dict[str, Any] = field(default_factory=dict)
    plan_text: str = ""
    check: dict[str, Any] = field(default_factory=dict)


class Assistant:
    """Follows the instructions for one case."""

    def __init__(self, told: Instructions, shell: Shell, case: Case) -> None:
        """Take the instructions, something to run commands with, and the case."""
        self.told, self.shell, self.case = told, shell, case
        self.transcript = Transcript()

    def run(self, *, check: bool = True) -> Transcript:
        """All steps, to the end."""
        self._look()
        self._ask()
        status, text, problem = self._call(self.told.plan)
        assert status == 0, problem
        self.transcript.plan_text = text
        self.transcript.plan = json.loads((self.case.folder / "connect" / "plan.json").read_text("utf-8"))
        if check:
            status, text, problem = self._call(self.told.check)
            assert status in (0, 1), problem
            self.transcript.check = json.loads(text)
        return self.transcript

    def _look(self) -> None:
        status, text, problem = self._call(self.told.look)
        if self.case.project is None and status == 2:
            assert "no AgentCore project" in problem
            assert not text
        elif self.case.project is None:
            assert status in (0, 1), problem
            assert json.loads(text)["project"] is None
        else:
            assert status in (0, 1), problem
            assert {"answers", "findings"} <= set(json.loads(text))

    def _ask(self) -> None:
        begin = self.told.begin
        if self.case.project is None:  # "leave `--project PROJECT` out of the next command"
            begin = begin.replace(" --project PROJECT", "")
        if self.case.kind is None:  # "Otherwise leave KIND out"
            begin = begin.replace(" KIND", "")
        step: dict[str, Any] = {}
        for number in range(self._connections()):
            known = [key for key in self.case.said if self._is_known(key, number)]
            if number == 0:
                step = self._record(known, [], begin)
            elif known:
                step = self._record(known, [])
            step = self._until_done(step)

    def _until_done(self, step: dict[str, Any]) -> dict[str, Any]:
        while step["status"] == "question":
            asked = [step, *step.get("also", ())]
            self.transcript.questions += [one["key"] for one in asked]
            assert len(self.transcript.calls) < _MOST_CALLS, self.transcript.questions
            keys = [key for one in asked for key in self._instead(one) or [one["key"]]]
            step = self._record(list(dict.fromkeys(keys)), asked)
        assert step["status"] == "done", step
        assert step["summary"]
        return step

    def _instead(self, step: Mapping[str, Any]) -> list[str]:
        """What the person has to say of the same kind, where the answer to a question for a list is that they have none."""
        if step["type"] != "list" or step["key"] in self.case.said:
            return []
        recorded = {key for call in self.transcript.calls for key in re.findall(r"--answer '([a-z_0-9.]+)=", call)}
        alike = step["key"].rpartition("_")[0]
        return [key for key in self.case.said if key.startswith(alike) and key not in recorded]

    def _connections(self) -> int:
        return 1 + max(int(key.split(".")[1]) for key in ["connections.0", *self.case.said] if key.startswith("conn"))

    def _is_known(self, key: str, connection: int) -> bool:
        """Whether the person said it before anything was asked."""
        lead = f"connections.{connection}."
        if key.startswith("connections.") != key.startswith(lead) or (connection and not key.startswith(lead)):
            return False
        if self.case.first is not None:
            return key in self.case.first
        return key.removeprefix(lead) in self.told.volunteered

    def _record(self, keys: list[str], asked: Sequence[Mapping[str, Any]], line: str = "") -> dict[str, Any]:
        """One call with an `--answer` for each key."""
        line = line or self.told.answer
        pairs = [f"--answer '{key}={self._value(key, asked)}'" for key in keys]
        head = line[: line.index("--answer")].rstrip()
        return self._next(" ".join([head, *pairs]))

    def _value(self, key: str, asked: Sequence[Mapping[str, Any]]) -> str:
        if key in self.case.said:
            value = self.case.said[key]
        else:
            question = next(one for one in asked if one["key"] == key)
            value = [] if question["type"] == "list" else question.get("default")  # the person has none of these
            assert value is not None, f"the person is asked for {key}, of which the situation says nothing"
            self.transcript.taken_as_default.append(key)
        text = value if isinstance(value, str) else json.dumps(value)
        return text.replace("'", "'\\''")  # as "Quote what you pass" says

    def _next(self, line: str) -> dict[str, Any]:
        status, text, problem = self._call(line)
        assert status == 0, f"{line}\n{text}\n{problem}"
        found: dict[str, Any] = json.loads(text)
        return found

    def _call(self, line: str) -> tuple[int, str, str]:
        filled = {"PROJECT": self.case.project or ".", "ANSWERS": "connect-answers.yaml", "KIND": self.case.kind or ""}
        words = re.split(r"('(?:[^']|'\\'')*')", line)  # what stands in quotation marks is not filled in
        for number in range(0, len(words), 2):
            for name, value in filled.items():
                words[number] = re.sub(rf"\b{name}\b", lambda _m, value=value: shlex.quote(value), words[number])
        line = "".join(words)
        self.transcript.calls.append(line)
        return self.shell(line, self.case.folder)
