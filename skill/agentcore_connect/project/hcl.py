"""Terraform's language as far as resources need it: blocks, attributes, literal values. Nothing is evaluated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from agentcore_connect.core.record import NamedTuple, dataclass, field
from agentcore_connect.project.values import Open, Value

MAX_DEPTH: Final = 60
_SPACE: Final = re.compile(r"(?:[ \t\r]+|#[^\n]*|//[^\n]*|/\*.*?\*/)+", re.DOTALL)
_WORD: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
_HEREDOC: Final = re.compile(r"<<[-~]?([A-Za-z_][A-Za-z0-9_-]*)[ \t]*\r?\n")
_PAIRS: Final = {"{": "}", "[": "]", "(": ")"}
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r"}
_REGION: Final = re.compile(r"\bregion\b|_region\b", re.IGNORECASE)


class _Token(NamedTuple):
    kind: str  # word, text, number, mark, end (of a line)
    value: str | Open
    line: int

    @property
    def text(self) -> str:
        return self.value if isinstance(self.value, str) else self.value.text


@dataclass
class Block:
    """One block: `resource "type" "name" { … }`; attributes by name, nested blocks in order."""

    kind: str
    labels: tuple[str, ...]
    line: int
    attributes: dict[str, Value] = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)


class TerraformError(ValueError):
    """The text is not what Terraform takes."""


def read_blocks(text: str) -> list[Block]:
    """The top-level blocks of a Terraform file. Errors: TerraformError."""
    tokens = list(_tokens(text))
    top = Block("", (), 1)
    _body(tokens, 0, top, 0)
    return top.blocks


def _tokens(text: str) -> Iterator[_Token]:
    at, line, size = 0, 1, len(text)
    while at < size:
        if match := _SPACE.match(text, at):
            line += match.group().count("\n")
            at = match.end()
            continue
        char = text[at]
        if char == "\n":
            yield _Token("end", "", line)
            line, at = line + 1, at + 1
        elif char == '"':
            value, end = _string(text, at + 1)
            yield _Token("text", value, line)
            line += text.count("\n", at, end)
            at = end
        elif match := _HEREDOC.match(text, at):
            close = re.compile(rf"^[ \t]*{re.escape(match[1])}[ \t]*\r?$", re.MULTILINE).search(text, match.end())
            end = close.start() if close else size
            yield _Token("text", _filled(text[match.end() : end]), line)
            line += text.count("\n", at, end)
            at = close.end() if close else size
        elif match := _WORD.match(text, at) or _NUMBER.match(text, at):
            yield _Token("word" if char.isalpha() or char == "_" else "number", match.group(), line)
            at = match.end()
        else:
            yield _Token("mark", char, line)
            at += 1
    yield _Token("end", "", line)


def _string(text: str, at: int) -> tuple[str | Open, int]:
    """A quoted text from behind its quote: its value, and the place behind the closing quote."""
    pieces: list[str] = []
    start, whole = at, True
    while at < len(text):
        char = text[at]
        if char == '"':
            joined = "".join(pieces)
            return (joined if whole else Open(joined, text[start:at])), at + 1
        if char == "\\" and at + 1 < len(text):
            pieces.append(_ESCAPES.get(text[at + 1], text[at + 1]))
            at += 2
        elif text.startswith(("$${", "%%{"), at):
            pieces.append(text[at + 1 : at + 3])
            at += 3
        elif text.startswith(("${", "%{"), at):
            end = _closing(text, at + 2)
            pieces.append(_stand_in(text[at + 2 : end - 1]))
            whole, at = False, end
        else:
            pieces.append(char)
            at += 1
    raise TerraformError("a text has no end")


def _closing(text: str, at: int) -> int:
    """The place behind the bracket that closes an interpolation."""
    depth = 1
    while at < len(text):
        if text[at] == '"':
            at += 1
            while at < len(text) and text[at] != '"':
                at += 2 if text[at] == "\\" else 1
        depth += {"{": 1, "}": -1}.get(text[at : at + 1], 0)
        at += 1
        if depth == 0:
            return at
    raise TerraformError("an interpolation has no end")


def _filled(text: str) -> str | Open:
    if "${" not in text and "%{" not in text:
        return text
    return Open(re.sub(r"[$%]\{[^{}\n]*\}", "x", text), text)


def _stand_in(expression: str) -> str:
    """Return a sample for an interpolation, such as a Region for a Region."""
    return "us-east-1" if _REGION.search(expression) else "x"


def _body(tokens: list[_Token], at: int, block: Block, depth: int) -> int:
    """Read a block's content from `at`; the place behind its closing bracket."""
    if depth > MAX_DEPTH:
        raise TerraformError("blocks are nested too deeply")
    while at < len(tokens):
        token = tokens[at]
        if token.kind == "end":
            at += 1
        elif token.kind == "mark" and token.value == "}" and depth:
            return at + 1
        elif token.kind == "word" and _is_mark(tokens, at + 1, "="):
            value, at = _value(tokens, at + 2)
            block.attributes[token.text] = value
        elif token.kind == "word":
            at = _block(tokens, at, block, depth)
        else:
            raise TerraformError(f"line {token.line}: neither a block nor an attribute")
    if depth:
        raise TerraformError("a block has no end")
    return at


def _block(tokens: list[_Token], at: int, outer: Block, depth: int) -> int:
    first, labels = tokens[at], []
    at += 1
    while at < len(tokens) and tokens[at].kind in ("word", "text"):
        labels.append(tokens[at].text)
        at += 1
    if not _is_mark(tokens, at, "{"):
        raise TerraformError(f"line {first.line}: neither a block nor an attribute")
    found = Block(first.text, tuple(labels), first.line)
    outer.blocks.append(found)
    return _body(tokens, at + 1, found, depth + 1)


def _is_mark(tokens: list[_Token], at: int, mark: str) -> bool:
    return at < len(tokens) and tokens[at].kind == "mark" and tokens[at].value == mark


def _value(tokens: list[_Token], at: int) -> tuple[Value, int]:
    """The value of an attribute, to the end of its line outside all brackets; and the place behind it."""
    open_marks: list[str] = []
    start = at
    while at < len(tokens):
        token = tokens[at]
        if not open_marks and (token.kind == "end" or (token.kind == "mark" and token.value == "}")):
            break
        if token.kind == "mark" and token.text in _PAIRS:
            open_marks.append(_PAIRS[token.text])
        elif token.kind == "mark" and open_marks and token.value == open_marks[-1]:
            open_marks.pop()
        at += 1
    if open_marks:
        raise TerraformError(f"line {tokens[start].line}: a bracket has no end")
    return _literal([one for one in tokens[start:at] if one.kind != "end"]), at


def _literal(tokens: list[_Token]) -> Value:
    """A value as it stands: a text, a number, true or false, a list of those; anything else is open."""
    if len(tokens) == 1:
        token = tokens[0]
        if token.kind == "text":
            return token.value
        if token.kind == "number":
            return float(token.text) if "." in token.text else token.value
        if token.value in ("true", "false"):
            return token.value == "true"
        if token.value == "null":
            return None
    if len(tokens) > 1 and _is_mark(tokens, 0, "[") and _is_mark(tokens, len(tokens) - 1, "]"):
        items = tokens[1:-1]
        if all(one.kind in ("text", "number") or one.value == "," for one in items):
            return [one.value for one in items if one.kind != "mark"]
    said = "".join(str(one.value.said if isinstance(one.value, Open) else one.value) for one in tokens)
    return Open("", said)
