"""A stand-in for a CLI 1.x: the model of its commands behind help pages as commander prints them.

`Model` answers in this process. `program` writes a small program of its own that gives the answers which a model gave,
so that what starts processes can be tested without starting the model in each.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agentcore_connect.knowledge.resources import load
from agentcore_connect.sandbox.scratch import Ran
from tests.cli_1x.model.run import run
from tests.cli_1x.model.state import CONFIG, State

VERSION = "1.0.1"
_PROGRAM = """#!{python} -IS
import json, os, sys
words, stdin = sys.argv[1:], sys.stdin.read()
here = open({config!r}).read() if os.path.exists({config!r}) else ""
found = json.load(open({table!r})).get(json.dumps([words, here, stdin]))
if found is None:
    sys.exit("not in the table: " + json.dumps(words))
for path, text in found["files"].items():
    os.makedirs(os.path.dirname(path), exist_ok=True)
    open(path, "w").write(text)
sys.stdout.write(found["out"])
sys.stderr.write(found["err"])
sys.exit(found["code"])
"""


@dataclass
class Model:
    """The stand-in. `without`: options that its help pages lack; `takes`, `refuses`: commands that end otherwise."""

    without: Mapping[str, Sequence[str]] = field(default_factory=dict)
    takes: Sequence[str] = ()
    refuses: Sequence[str] = ()
    calls: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __call__(self, words: Sequence[str], folder: Path, stdin: str | None = None) -> Ran:
        """Run one command line in a folder, and remember what came of it."""
        file = folder / CONFIG
        before = file.read_text("utf-8") if file.is_file() else ""
        code, out, err, files = self._answer(list(words), json.loads(before) if before else None, stdin)
        for path, text in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, "utf-8")
        key = json.dumps([list(words), before, stdin or ""])
        self.calls[key] = {"code": code, "out": out, "err": err, "files": files}
        return Ran(tuple(words), code, out, err)

    def _answer(
        self, words: list[str], config: dict[str, Any] | None, stdin: str | None
    ) -> tuple[int, str, str, dict[str, str]]:
        if words == ["--version"]:
            return 0, f"{VERSION}\n", "", {}
        if words[-1:] == ["--help"]:
            return 0, self._page(words[:-1]), "", {}
        line = " ".join(words)
        if any(one in line for one in self.takes):
            return 0, "", "", {}
        outcome = run(words, State(config), stdin=stdin)
        if outcome.refused or any(one in line for one in self.refuses):
            return 1, "", f"Error: {outcome.refused or 'not today'}\n", {}
        made = outcome.state.config
        folder = "" if config is not None else f"{(made or {}).get('name')}/"
        return 0, "", "", {f"{folder}{CONFIG}": json.dumps(made, indent=2)}

    def _page(self, path: list[str]) -> str:
        """A help page as commander prints it, with what the router of 1.x adds."""
        commands = load("cli-contract-1.x")["help"]["commands"]
        name = " ".join(path)
        here = commands.get(name or "agentcore", {"options": {}})
        below = dict.fromkeys(
            one.split()[len(path)] for one in commands if one.split()[: len(path)] == path and one != name
        )
        below.pop("agentcore", None)
        words = [f"<{one['name']}>" if one["required"] else f"[{one['name']}]" for one in here.get("arguments", ())]
        usage = ["Usage: agentcore", *path, "[options]", *(["[command]"] if below else words)]
        lines = [" ".join(usage), "", "Options:"]
        for option, about in here["options"].items():
            if option in self.without.get(name, ()):
                continue
            many = "..." if about.get("variadic") else ""
            value = f" <{about['value']}{many}>" if "value" in about else ""
            default = f" (default: {json.dumps(about['default'])})" if "default" in about else ""
            short = f"{about['short']}, " if "short" in about else ""
            lines.append(f"  {short + option + value:<40}  what it is for{default}")
        lines += ["  -h, --help                                display help for command"]
        lines += ["", "Global Options:", "  --json                                    print JSON"]
        if below:
            lines += ["", "Commands:", *(f"  {one:<40}  what it does" for one in below)]
        elif here["options"]:
            lines += ["", "Parameter details:", "", *(f"  {one} (string)\n      more words" for one in here["options"])]
        return "\n".join(lines) + "\n"


def program(model: Model, folder: Path) -> Path:
    """Write a program that answers as the model did, for what the model was asked. Returns its path."""
    folder.mkdir(parents=True, exist_ok=True)
    table = folder / "answers.json"
    table.write_text(json.dumps(model.calls), "utf-8")
    path = folder / "agentcore"
    path.write_text(_PROGRAM.format(python=sys.executable, table=str(table), config=CONFIG), "utf-8")
    path.chmod(0o755)
    return path
