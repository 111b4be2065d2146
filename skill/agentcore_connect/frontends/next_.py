"""`agentcore-connect next`: one step of the interview a call; the answers file is its whole memory."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agentcore_connect.errors import ConnectError, ExitCode
from agentcore_connect.outside import named

if TYPE_CHECKING:
    from agentcore_connect.answers.document import Document
    from agentcore_connect.gather import Gathered
    from agentcore_connect.interview import State

KINDS = ("mcp", "lambda", "openapi", "api-gateway", "smithy", "credential")


def add_parser(sub: Any) -> None:
    """Add the command to an argparse sub-parser collection."""
    parser: argparse.ArgumentParser = sub.add_parser(
        "next",
        help="the interview, one step a call",
        description="Record the given answers, then print one JSON object: the next question, or\ndone.",
        epilog="example:\n  agentcore-connect next mcp -a answers.yaml --answer region=us-east-1\n\n"
        "exit codes: 0 a question or done, 2 a refused answer or bad input",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("kind", nargs="?", choices=KINDS, metavar="KIND", help=f"what to connect: {', '.join(KINDS)}")
    parser.add_argument("-a", "--answers", required=True, type=named, metavar="FILE", help="the answers file")
    parser.add_argument("--answer", action="append", default=[], metavar="KEY=VALUE", help="an answer; repeatable")
    parser.add_argument("--forget", action="append", default=[], metavar="KEY", help="take an answer back; repeatable")
    parser.add_argument("--project", type=named, metavar="DIR", help="the AgentCore project")
    parser.add_argument("--cli-version", metavar="V", help="the version of the agentcore CLI to plan for")


def run(args: argparse.Namespace) -> int:
    """Run the command; prints one JSON object."""
    from agentcore_connect import interview
    from agentcore_connect.answers.lock import locked

    steps = Steps(args)
    try:
        with locked(args.answers):  # from reading to saving: two calls at once must not lose an answer
            steps.prepare()
            refused = steps.record()
            if refused is not None:
                return refused
            gathered = steps.gather()  # before saving: a file that cannot be read is a refused answer
            steps.save()
    except ConnectError as error:
        return _bad(error)
    state = interview.state(gathered.case)
    _print({**steps.answer(state, gathered), **steps.extras(state, gathered)})
    return ExitCode.DONE


def _bad(error: ConnectError) -> int:
    _print({"status": "invalid", "id": None, "message": str(error), "question": None})
    print(f"agentcore-connect: {error}", file=sys.stderr)
    return error.exit_code


def _print(data: dict[str, Any]) -> None:
    print(json.dumps(data, ensure_ascii=False, indent=2))


class Steps:
    """The parts of one call, so that each can be read by itself."""

    def __init__(self, args: argparse.Namespace) -> None:
        """Keep the arguments; nothing is read yet."""
        self.args = args
        self.document: Document
        self.data: dict[str, Any] = {}
        self.changed = False

    def prepare(self) -> None:
        """Read the file, or begin one. Errors: ConnectError for a file that cannot be used."""
        from agentcore_connect.answers import load
        from agentcore_connect.answers.document import Document, read

        path: Path = self.args.answers
        self.document = read(path) if path.exists() else Document({"version": 1}, {}, str(path))
        self.document = load.checked(self.document)
        self.data = dict(self.document.data)
        if self.args.kind is not None:
            self._take_kind(self.args.kind)
        if self.args.project is not None and self.data.get("project") is None:
            self.data["project"] = _relative(self.args.project, path)
            self.changed = True

    def _take_kind(self, kind: str) -> None:
        from agentcore_connect.questions import kinds

        connections = [dict(c) for c in self.data.get("connections") or [{}]]
        for key, value in kinds()[kind].items():
            if connections[-1].get(key) is None:
                connections[-1][key] = value
                self.changed = True
        self.data["connections"] = connections

    def record(self) -> int | None:
        """Apply --forget and --answer; None when all was taken, else the exit status after telling why not."""
        from agentcore_connect.answers import load, store

        for key in self.args.forget:
            self.data = store.forget(self.data, load.full_key(key, self.data, self._current()))
            self.changed = True
        for text in self.args.answer:
            before = self.data
            assignment = store.parse_assignment(text)
            refused = self._refused(assignment)
            if refused is not None:
                return refused
            self.data, _ = load.assign(before, [text], self._current())
            self.changed = True
        return None

    def _current(self) -> int:
        """The index of the connection that is being asked about."""
        from agentcore_connect import interview

        state = interview.state(self.gather().case)
        scope = state.asked.scope if state.asked else ""
        return int(scope.split(".")[1]) if scope.startswith("connections.") else max(0, len(state.verdicts) - 1)

    def _refused(self, assignment: Any) -> int | None:
        from agentcore_connect import interview
        from agentcore_connect.answers import gate, load, store
        from agentcore_connect.answers.document import Document

        number = self._current()
        key = load.full_key(assignment.key, self.data, number)
        question = load.question_of(key)
        state = interview.state(self.gather().case)
        shown = state.asked.as_dict() if state.asked else None
        if question is None:
            from agentcore_connect.questions import questions

            problem: ConnectError | None = gate.unknown_key(key, key, [q.id for q in questions().values()])
        else:
            value = gate.cast(question, assignment.value, assignment.raw)
            try:
                load.refuse_secrets(Document(_at(key, value), {}, "--answer"))
                asked = state.asked if state.asked is not None and state.asked.key == key else None
                problem = interview.refusal(asked, value) if asked else gate.check_value(question, value)
                if problem is None:
                    load.checked(Document(store.put(self.data, key, value), {}, "--answer"))
            except ConnectError as error:
                problem = error
        if problem is None:
            return None
        _print(
            {
                "status": "invalid",
                "id": question.id if question else None,
                "message": str(problem),
                "question": shown,
            }
        )
        return ExitCode.BAD_INPUT

    def save(self) -> None:
        """Write the file when something changed, atomically."""
        from agentcore_connect.answers import document, store

        path: Path = self.args.answers
        if self.changed or not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            before = document.read_text(path) if path.exists() else None
            store.save_atomic(path, store.revised(path, before, self.data))

    def gather(self) -> Gathered:
        """Read what the answers point to."""
        from agentcore_connect.gather import gather

        document = self.document._replace(data=self.data)
        return gather(document, project=self.args.project, cli_version=self.args.cli_version)

    def answer(self, state: State, gathered: Gathered) -> dict[str, Any]:
        """The next question, or done."""
        if state.asked is not None:
            return state.asked.as_dict()
        from agentcore_connect.plan.build import build

        plan = build(gathered)
        return {
            "status": "done",
            "summary": plan.summary,
            "plan": f"agentcore-connect plan {self.args.answers} --out connect",
            "notes": [w["text"] for c in plan.connections for w in c["warnings"]],
        }

    def extras(self, state: State, gathered: Gathered) -> dict[str, Any]:
        """What was read instead of asked, and what is in the file and counts for nothing."""
        from agentcore_connect import interview

        return {
            "inferred": _inferred(gathered),
            "unused": interview.unused(gathered.case, state.verdicts),
        }


def _inferred(gathered: Gathered) -> dict[str, Any]:
    found = dict(gathered.case.inferred)
    for number, read in gathered.case.read.items():
        for key, value in read.get("answers", {}).items():
            if key not in gathered.case.connections[number]:
                found[f"connections.{number}.{key}"] = value
    return found


def _at(key: str, value: Any) -> dict[str, Any]:
    from agentcore_connect.answers import store

    return (
        store.put({}, key.replace("connections.", "connections.", 1), value)
        if not key.startswith("connections.")
        else {"connections": [store.put({}, ".".join(key.split(".")[2:]), value)]}
    )


def _relative(project: Path, answers: Path) -> str:
    import os

    return os.path.relpath(project.resolve(), answers.resolve().parent)
