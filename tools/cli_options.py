"""Writes docs/cli-1.x.md, the table of commands and options and where each was read: `python tools/cli_options.py`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from agentcore_connect.knowledge.resources import load

PAGE = Path(__file__).resolve().parents[1] / "docs" / "cli-1.x.md"
HEAD = """# The commands of CLI 1.x

What each command takes that connecting needs, and the file and commit where it was read. None of it was run. The reference is that of {read_of}: [{path}]({url}) at commit `{short}`. A command with a file of its own was read there too, together with its tests. "In plans" marks what the plans of `agentcore-connect` use.

The shape of `agentcore.json`, with the file and commit of each object, is in `knowledge/project-v2.yaml`.

<!-- Written by tools/cli_options.py from knowledge/cli-contract-1.x.yaml and commands-1.x.yaml. -->
"""


def page(contract: Mapping[str, Any], commands: Mapping[str, Any]) -> str:
    """The page for the parsed contract and the parsed commands of the surface."""
    read, used = contract["read"], dict(_used(commands["operations"]))
    reference = read["reference"]
    parts = [
        HEAD.format(
            read_of=contract["cli"]["read_of"],
            path=reference["path"],
            url=_url(read, reference),
            short=_short(reference),
        )
    ]
    for name, command in contract["help"]["commands"].items():
        if command["options"] and name != "agentcore":
            parts += _section(name, command, read, used.get(name, set()))
    return "\n".join(parts) + "\n"


def _section(name: str, command: Mapping[str, Any], read: Mapping[str, Any], used: set[str]) -> Iterator[str]:
    own = read["commands"].get(name)
    yield f"\n## {name}\n"
    where = (
        f"[{own['path']}]({_url(read, own)}) at commit `{_short(own)}`, and the reference" if own else "the reference"
    )
    yield f"Read in {where}.\n"
    yield "| Option | Takes | Without it | In plans |\n|---|---|---|---|"
    for flag, option in command["options"].items():
        absent = "refused" if option.get("required") else f"`{option['default']}`" if "default" in option else ""
        yield f"| `{flag}` | {_takes(option)} | {absent} | {'yes' if flag in used else ''} |"


def _takes(option: Mapping[str, Any]) -> str:
    if "value" not in option:
        return "nothing"
    forms = [f"`{one}`" for one in (*option.get("choices", ()), *option.get("takes", ()))]
    many = ", several" if option.get("variadic") or option.get("repeatable") else ""
    return (" or ".join(forms) or "a value") + many


def _used(operations: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, set[str]]]:
    """The commands that plans use, each with its options."""
    found: dict[str, set[str]] = {}
    for operation in operations:
        argvs = [operation.get("argv", []), *(one.get("argv", []) for one in operation.get("inputs", []))]
        for argv in argvs:
            if argv[:1] != ["agentcore"]:
                continue
            words = argv[1:]
            name = " ".join(words[: next((n for n, word in enumerate(words) if word.startswith("-")), len(words))])
            own = operation.get("options", ()) if argv is argvs[0] else ()
            found.setdefault(name, set()).update([w for w in words if w.startswith("--")], (one["flag"] for one in own))
    yield from found.items()


def _url(read: Mapping[str, Any], file: Mapping[str, str]) -> str:
    return f"{read['repository']}/blob/{file['commit']}/{file['path']}"


def _short(file: Mapping[str, str]) -> str:
    return file["commit"][:8]


if __name__ == "__main__":
    PAGE.write_text(page(load("cli-contract-1.x"), load("commands-1.x")), encoding="utf-8")
