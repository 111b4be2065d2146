"""Reads principal, actions and gateway from a Cedar policy's text; conditions are not judged."""

from __future__ import annotations

import re
from typing import Final

from agentcore_connect.core.record import dataclass

_STRING: Final = r'"(?:\\.|[^"\\])*"'
_PATH: Final = r"[A-Za-z_]\w*(?:\s*::\s*[A-Za-z_]\w*)*"
_TOKEN: Final = re.compile(
    rf"(?P<blank>\s+|//[^\n]*)|(?P<entity>{_PATH}\s*::\s*{_STRING})|(?P<string>{_STRING})|(?P<path>{_PATH})"
    r"|(?P<sign>==|!=|<=|>=|&&|\|\||[^\s])",
    re.ASCII,
)
_OPENING: Final = {"(": ")", "[": "]", "{": "}"}


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a scope: `op` is all, is, ==, in; `type` the entity type named; `ids` the entities."""

    op: str
    type: str | None = None
    ids: tuple[str, ...] = ()
    listed: bool = False


@dataclass(frozen=True, slots=True)
class Scope:
    """A policy's head; `conditions` is the rest, as its tokens with one blank between; `line` where it begins."""

    effect: str
    principal: Part
    action: Part
    resource: Part
    conditions: str
    line: int


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    line: int


def read_scopes(text: str) -> list[Scope] | None:
    """The scopes of all policies in a text; None when it cannot be read as policies."""
    scopes = []
    statement: list[_Token] = []
    for token in _tokens(text):
        if token.text == ";":
            scope = _scope(statement)
            if scope is None:
                return None
            scopes.append(scope)
            statement = []
        else:
            statement.append(token)
    return None if statement else scopes


def _tokens(text: str) -> list[_Token]:
    found = []
    line = 1
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "sign"
        if kind != "blank":
            found.append(_Token(kind, match[0], line))
        line += match[0].count("\n")
    return found


def _scope(tokens: list[_Token]) -> Scope | None:
    while len(tokens) > 2 and tokens[0].text == "@":  # an annotation: @id("name")
        end = _closing(tokens, 2) if tokens[2].text == "(" else 1
        tokens = tokens[end + 1 :]
    if len(tokens) < 2 or tokens[0].text not in ("permit", "forbid") or tokens[1].text != "(":
        return None
    end = _closing(tokens, 1)
    parts = _split(tokens[2:end])
    if len(parts) != 3 or [part[0].text if part else "" for part in parts] != ["principal", "action", "resource"]:
        return None
    rest = " ".join(token.text for token in tokens[end + 1 :])
    principal, action, resource = (_part(part[1:]) for part in parts)
    return Scope(tokens[0].text, principal, action, resource, rest, tokens[0].line)


def _closing(tokens: list[_Token], start: int) -> int:
    """The place of the bracket that closes the one at `start`; the last place when none does."""
    open_brackets = []
    for place in range(start, len(tokens)):
        text = tokens[place].text
        if text in _OPENING:
            open_brackets.append(_OPENING[text])
        elif open_brackets and text == open_brackets[-1]:
            open_brackets.pop()
            if not open_brackets:
                return place
    return len(tokens) - 1


def _split(tokens: list[_Token]) -> list[list[_Token]]:
    parts: list[list[_Token]] = [[]]
    depth = 0
    for token in tokens:
        depth += (token.text in _OPENING) - (token.text in _OPENING.values())
        if token.text == "," and depth == 0:
            parts.append([])
        else:
            parts[-1].append(token)
    return [part for part in parts if part]


def _part(tokens: list[_Token]) -> Part:
    if not tokens:
        return Part("all")
    entities = [_entity(token.text) for token in tokens if token.kind == "entity"]
    named = next((token.text for token in tokens[1:] if token.kind == "path" and tokens[0].text == "is"), None)
    kind = re.sub(r"\s", "", named) if named else entities[0][0] if entities else None
    return Part(tokens[0].text, kind, tuple(one for _, one in entities), any(token.text == "[" for token in tokens))


def _entity(text: str) -> tuple[str, str]:
    kind, _, quoted = text.partition('"')
    plain = re.sub(r"\\(.)", r"\1", quoted[:-1])
    return re.sub(r"\s", "", kind).removesuffix("::"), plain
