"""Draws a decision as callers and calls: in boxes, in a line or in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from agentcore_connect.core.record import dataclass, replace
from agentcore_connect.wizard.terminal import Symbols

if TYPE_CHECKING:
    from agentcore_connect.advise.records import Decision, Facts

_CALLERS = {
    "agent-calls-service": "your agent",
    "app-calls-agent": "your app",
    "agent-calls-agent": "your agent",
    "client-calls-gateway": "MCP client",
}
_CALLED = {
    "mcp-server": "MCP server",
    "lambda": "Lambda function",
    "openapi": "HTTP API",
    "api-gateway": "REST API",
    "smithy": "AWS service",
    "knowledge-base": "knowledge base",
    "web-search": "web search",
    "aws-service": "AWS service",
    "agent": "other agent",
    "other": "service",
}
_SIGNATURES = {
    "none": "open",
    "aws-iam": "SigV4",
    "custom-jwt": "JWT",
    "api-key": "API key",
    "oauth": "OAuth",
    "iam": "SigV4",
    "caller-iam": "caller's SigV4",
    "jwt-passthrough": "caller's JWT",
}
_INVERTED = "inverted-flow"
_LONGEST_NAME = 26


@dataclass(frozen=True, slots=True)
class Node:
    """A party of the call: its kind, and its name if it has one."""

    kind: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """Parties in calling order and the auth of each call ("" unknown); ``crossed`` marks a wrong direction.

    ``instead`` is the picture of what is to be done in its place.
    """

    nodes: tuple[Node, ...]
    labels: tuple[str, ...]
    crossed: bool = False
    instead: Picture | None = None


def picture(facts: Facts, decision: Decision, rules: tuple[str, ...]) -> Picture | None:
    """Return the picture of a connection so far; None before its direction is known.

    Args:
        facts: of the verdict.
        decision: of the verdict, complete or not.
        rules: the ids of the rules that led there.
    """
    direction = facts.direction
    if direction is None:
        return None
    caller, agent = Node(_CALLERS[direction]), Node("your agent")
    gateway = Node("gateway", facts.gateway.name or "")
    inbound = _SIGNATURES.get(facts.inbound or "", "")
    if direction == "client-calls-gateway":
        return Picture((caller, gateway, Node("its tools")), (inbound, ""))
    called = agent if direction == "app-calls-agent" else _called(facts)
    if _INVERTED in rules:
        wrong = Picture((agent, gateway, agent), ("", ""), crossed=True)
        return replace(wrong, instead=Picture((Node("your app"), agent), ("",)))
    outbound = _SIGNATURES.get(decision.outbound_auth or "", "")
    if decision.leads_to == "gateway" or (direction == "agent-calls-service" and decision.leads_to is None):
        return Picture((caller, gateway, called), (inbound, outbound))
    return Picture((caller, called), (outbound,))


def _called(facts: Facts) -> Node:
    if facts.direction == "agent-calls-agent":
        return Node("other agent", _place(facts))
    return Node(_CALLED.get(facts.service or "", "a service"), _place(facts))


def _place(facts: Facts) -> str:
    """Return the service's name for people: host, function or document."""
    if facts.lambda_arn:
        return _cut(facts.lambda_arn.split(":function:")[-1])
    if facts.service in ("openapi", "smithy") and isinstance(facts.schema, str):
        return _cut(facts.schema.rsplit("/", 1)[-1])
    if facts.endpoint:
        return _cut(urlsplit(facts.endpoint).hostname or "")
    return _cut(facts.rest_api_id or "")


def _cut(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 3] + "..."


def sentence(shown: Picture) -> str:
    """Return the picture as a sentence."""
    parts = [" ".join(filter(None, (node.kind, node.name))) for node in shown.nodes]
    calls = [f" ({label})" if label else "" for label in shown.labels]
    text = parts[0]
    for number, part in enumerate(parts[1:]):
        text += f"{' calls' if number == 0 else ', which calls'} {part}{calls[number]}"
    if not shown.crossed:
        return text[0].upper() + text[1:] + "."
    rest = f" Instead: {sentence(shown.instead)}" if shown.instead else ""
    return f"Not this way: {text}.{rest}"


def in_line(shown: Picture, symbols: Symbols) -> str:
    """Return the picture in one line, for the head of a question."""
    text = shown.nodes[0].kind
    for node, label in zip(shown.nodes[1:], shown.labels, strict=True):
        mark = symbols.cross if shown.crossed else label
        body = f" {mark} " if mark else ""
        text += f" {symbols.line}{body}{symbols.line}{symbols.head} {node.kind}"
    if shown.instead is not None:
        text += f"   instead: {in_line(shown.instead, symbols)}"
    return text


def drawn(shown: Picture, symbols: Symbols, width: int) -> list[str]:
    """Return the picture in boxes, side by side if the width allows."""
    lines = next(
        (rows for margin in (1, 0) if max(map(len, rows := _side_by_side(shown, symbols, margin))) <= width),
        _stacked(shown, symbols),
    )
    if shown.instead is not None:
        lines += ["instead:", *drawn(shown.instead, symbols, width)]
    return lines


def _box(node: Node, symbols: Symbols, margin: int = 1) -> list[str]:
    inner = [node.kind, *([node.name] if node.name else [])]
    width = max(map(len, inner)) + 2 * margin
    left, right, low_left, low_right = tuple(symbols.corners)
    line, side = tuple(symbols.sides)
    middle = [side + part.center(width) + side for part in inner]
    return [left + line * width + right, *middle, low_left + line * width + low_right]


def _side_by_side(shown: Picture, symbols: Symbols, margin: int) -> list[str]:
    boxes = [_box(node, symbols, margin) for node in shown.nodes]
    height = max(map(len, boxes))
    rows = [""] * height
    for number, box in enumerate(boxes):
        if number:
            for row, part in enumerate(_arrow(shown, number - 1, symbols, height, margin)):
                rows[row] += part
        padded = [*box, *[" " * len(box[0])] * (height - len(box))]
        rows = [before + part for before, part in zip(rows, padded, strict=True)]
    return [row.rstrip() for row in rows]


def _arrow(shown: Picture, number: int, symbols: Symbols, height: int, margin: int) -> list[str]:
    label = shown.labels[number]
    width = max(len(label) + margin, 4) + 1
    shaft = symbols.line * (width - 1)
    if shown.crossed:
        middle = len(shaft) // 2
        shaft = shaft[:middle] + symbols.cross + shaft[middle + 1 :]
    return [label.center(width), shaft + symbols.head, *[" " * width] * (height - 2)]


def _stacked(shown: Picture, symbols: Symbols) -> list[str]:
    lines = _box(shown.nodes[0], symbols)
    for node, label in zip(shown.nodes[1:], shown.labels, strict=True):
        mark = symbols.cross if shown.crossed else label
        side = symbols.sides[1]
        lines += [f"   {side} {mark}".rstrip(), "   v", *_box(node, symbols)]
    return lines
