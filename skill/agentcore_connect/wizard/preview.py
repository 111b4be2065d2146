"""The preview of a plan: picture, verdict, warnings, commands, files, secrets."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from agentcore_connect.advise.records import Decision
from agentcore_connect.core.record import dataclass, replace
from agentcore_connect.core.values import record
from agentcore_connect.wizard.heads import result_words, short
from agentcore_connect.wizard.picture import Picture, drawn, sentence
from agentcore_connect.wizard.screen import Block, Pairs
from agentcore_connect.wizard.terminal import Terminal

if TYPE_CHECKING:
    from agentcore_connect.plan.entries import PlannedConnection, StepEntry
    from agentcore_connect.plan.model import Plan

_LONGEST_DIFF = 24
_CONTEXT = 2


@dataclass(frozen=True, slots=True)
class Change:
    """The effect of writing a file: ``new``, ``same`` or ``changed``, with the ``diff`` of a changed one."""

    path: str
    state: str
    lines: int
    text: str
    diff: tuple[str, ...] = ()


def changes(files: Mapping[str, tuple[str, int]], out: Path) -> list[Change]:
    """Return the effect of writing each file. An unreadable file counts as changed."""
    found = []
    for name, (content, _) in sorted(files.items()):
        there = out / name
        lines = len(content.splitlines())
        if not there.exists():
            found.append(Change(name, "new", lines, content))
            continue
        before = _read(there)
        if before == content:
            found.append(Change(name, "same", lines, content))
        else:
            diff = difflib.unified_diff(
                before.splitlines(), content.splitlines(), "there", "new", lineterm="", n=_CONTEXT
            )
            found.append(Change(name, "changed", lines, content, tuple(diff)))
    return found


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def preview(plan: Plan, pictures: list[Picture | None], known: Pairs, terminal: Terminal, width: int) -> list[Block]:
    """Return the plan from its picture to its last command, without the files.

    Args:
        plan: the plan.
        pictures: one for each of its connections.
        known: what was read instead of asked.
        terminal: where it is shown.
        width: the room there is.
    """
    blocks = [Block("text"), Block("title", "The plan"), Block("text")]
    if plan.gateway:
        reused = ", which is there" if plan.gateway.get("reused") else ""
        gateway = f"Gateway {plan.gateway['name']}{reused}: called with {plan.gateway['inbound_auth']}"
        blocks.append(Block("good", gateway))
    for connection, shown in zip(plan.connections, pictures, strict=True):
        blocks += _connection(connection, shown, terminal, width)
    blocks += [Block("warning", warning["text"], "! ") for warning in plan.warnings]
    blocks += [Block("text"), Block("title", "What is to be done")] if plan.steps else []
    for number, step in enumerate(plan.steps, 1):
        blocks += _step(number, step)
    blocks += [Block("text", plan.agent)] if plan.agent else []
    return [*blocks, *_secrets(plan), *_known(known), *_assumed(plan)]


def _connection(connection: PlannedConnection, shown: Picture | None, terminal: Terminal, width: int) -> list[Block]:
    verdict = ", ".join(f"{name} {value}" for name, value in result_words(record(Decision, connection), decided=True))
    steered = ", steered to what works" if connection["steered"] else ""
    blocks = []
    if shown is not None:
        blocks += _drawing(shown, terminal, width)
    blocks.append(Block("good", f"{connection['name']}: {verdict}{steered}"))
    blocks += [Block("warning", one["text"], "! ") for one in connection["warnings"]]
    return blocks


def _drawing(shown: Picture, terminal: Terminal, width: int) -> list[Block]:
    """Return the picture in boxes, or as a sentence."""
    if terminal.plain:
        return [Block("text", sentence(shown))]
    lines = drawn(replace(shown, instead=None), terminal.symbols, width)
    blocks = [Block("crossed" if shown.crossed else "drawing", "\n".join(lines))]
    if shown.instead is not None:
        blocks += [Block("text", "Instead:"), *_drawing(shown.instead, terminal, width)]
    return blocks


def _step(number: int, step: StepEntry) -> list[Block]:
    aws = "  (calls AWS)" if step["needs_aws"] else ""
    blocks = [Block("item", f"{step['title']}{aws}", f"{number:2}. ")]
    if step["line"]:
        blocks.append(Block("command", step["line"], "    "))
    return blocks


def _secrets(plan: Plan) -> list[Block]:
    """List the places where each secret will be asked for; the wizard asks for none."""
    asked: dict[str, str] = {}
    for step in plan.steps:
        for value in step.get("inputs", ()):
            if value["kind"] == "secret":
                asked.setdefault(value["name"], value["prompt"])
    if not asked:
        return []
    lead = "Secrets are not asked for here and are in no file; commands.sh asks without echo, or takes the variable:"
    return [
        Block("text"),
        Block("title", lead),
        *(Block("item", f"{name}: {prompt}", "  ") for name, prompt in asked.items()),
    ]


def _known(known: Pairs) -> list[Block]:
    if not known:
        return []
    told = ", ".join(f"{key} {value}" for key, value in known)
    return [Block("text"), Block("title", "Read, not asked"), Block("faint", told, "    ")]


def _assumed(plan: Plan) -> list[Block]:
    if not plan.assumed:
        return []
    name = short if len(plan.connections) == 1 else str
    told = ", ".join(f"{name(one['key'])} {_plain(one['value'])}" for one in plan.assumed)
    return [Block("text"), Block("title", "Assumed, until an answer says otherwise"), Block("faint", told, "    ")]


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) if value not in (None, "", []) else "(empty)"


def listed(found: list[Change], out: Path) -> list[Block]:
    """List the files with their line counts, and the changes in existing ones."""
    width = max(len(change.path) for change in found)
    blocks = [Block("text"), Block("title", f"Files in {out}/")]
    for change in found:
        note = {"new": "", "same": "  as it is there", "changed": f"  CHANGES {_count(change)}"}[change.state]
        lines = f"{change.lines} line{'' if change.lines == 1 else 's'}"
        blocks.append(Block("item", f"{change.path.ljust(width)}  {lines.rjust(10)}{note}", "  "))
    for change in found:
        if change.state == "changed":
            blocks += [Block("text"), Block("title", f"Changes in {change.path}")]
            blocks.append(Block("diff", "\n".join(change.diff[:_LONGEST_DIFF]), "  "))
            if len(change.diff) > _LONGEST_DIFF:
                more = len(change.diff) - _LONGEST_DIFF
                blocks.append(Block("faint", f"{more} more lines: 'Read a file' shows them", "  "))
    return [*blocks, Block("text")]


def _count(change: Change) -> str:
    added = sum(line.startswith("+") and not line.startswith("+++") for line in change.diff)
    gone = sum(line.startswith("-") and not line.startswith("---") for line in change.diff)
    return f"+{added} -{gone}"


def reasons(plan: Plan) -> list[Block]:
    """Return the reasons and the notes of the plan."""
    blocks: list[Block] = []
    for connection in plan.connections:
        blocks += [Block("title", connection["name"])]
        blocks += [Block("text", reason["text"], "- ") for reason in connection["why"]]
        blocks += [Block("faint", note["text"], "  note: ") for note in connection["notes"]]
        blocks.append(Block("text"))
    if plan.gateway.get("why"):
        blocks.append(Block("title", f"Gateway {plan.gateway.get('name', '')}"))
        blocks += [Block("text", reason["text"], "- ") for reason in plan.gateway["why"]]
    return [*blocks, *(Block("faint", one["text"], "  note: ") for one in plan.notes)]
