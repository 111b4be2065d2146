"""Loads a specification from a file or from this machine's own web server, JSON or YAML, and finds lines in it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.places import Place
from agentcore_connect.core.record import dataclass, field
from agentcore_connect.core.values import Json
from agentcore_connect.project.source import MAX_BYTES, decode, kind, lines_of, parse_json, read_text
from agentcore_connect.specs.limits import limit

if TYPE_CHECKING:
    from agentcore_connect.text._nodes import Node

MAX_VALUES: Final = 4_000_000  # values that a YAML text may grow to when its aliases are followed
_TIMEOUT: Final = 10.0


@dataclass(frozen=True)
class SpecFile:
    """A loaded document. `shown` is its name in messages, `format` is `json` or `yaml`, `size` counts bytes.

    `converted` says that the data was made from the text, and is no longer what stands there.
    """

    shown: str
    data: Json = field(repr=False)
    text: str = field(repr=False)
    format: str
    nodes: Node | None = field(default=None, repr=False)
    converted: bool = False

    @cached_property
    def size(self) -> int:
        """The size of the text in bytes."""
        return len(self.text.encode("utf-8", "replace"))

    def lines(self, paths: Iterable[Place]) -> dict[Place, int]:
        """The line of each path, or of the nearest thing around it; see `lines_of`."""
        if self.nodes is None:
            return lines_of(self.text, paths)
        return {path: _node_line(self.nodes, path) for path in paths}

    def where(self, *at: str | int) -> str:
        """The place of a path as `file:line`."""
        return f"{self.shown}:{self.lines([at])[at]}"


def is_local_url(source: str) -> bool:
    """Return whether the text is a URL on this machine, the only kind that is fetched."""
    if not source.lower().startswith(("http://", "https://")):
        return False
    from urllib.parse import urlsplit

    try:
        return urlsplit(source).hostname in {"127.0.0.1", "localhost", "::1"}
    except ValueError:
        return False


def load_spec(source: str | Path, *, base: Path | None = None) -> SpecFile:
    """Load a document from a path (relative to `base`) or from a URL on this machine.

    Errors: ConnectError `unreadable-file`, `malformed-json`, `malformed-file`, `spec-not-local` (another URL).
    """
    name = str(source)
    if "://" in name:
        if not is_local_url(name):
            raise ConnectError(
                "spec-not-local",
                "is not on this machine, and nothing is fetched from elsewhere",
                where=name,
                expected="a file, or a URL on localhost",
                hint="download the document and give the file's path",
            )
        return parse_spec(decode(_fetch(name), shown=name), shown=name)
    path = Path(name)
    return parse_spec(read_text(base / path if base else path, shown=name), shown=name)


def parse_spec(text: str, *, shown: str) -> SpecFile:
    """Parse the text as JSON, or as YAML when it does not look like JSON.

    Errors: ConnectError `malformed-json` or `malformed-file`, with file and line.
    """
    if text.lstrip()[:1] in {"{", "["} or shown.lower().endswith(".json"):
        return SpecFile(shown, parse_json(text, shown=shown), text, "json")
    from agentcore_connect.text import document

    try:
        nodes = document.compose(text, shown, format_="yaml", max_bytes=MAX_BYTES)
        data = None if nodes is None else _plain(nodes, shown)
    except (RecursionError, MemoryError, ValueError):
        raise ConnectError("malformed-file", "cannot be read as YAML", where=shown) from None
    return SpecFile(shown, data, text, "yaml", nodes)


def mapping(spec: SpecFile) -> dict[str, Json]:
    """The document's top level. Errors: ConnectError `not-a-mapping`."""
    if isinstance(spec.data, dict):
        return spec.data
    raise ConnectError(
        "not-a-mapping",
        "does not hold a document",
        where=f"{spec.shown}:1",
        expected="a mapping at the top level",
        received=kind(spec.data),
    )


def is_swagger2(spec: SpecFile) -> bool:
    """Whether a document says of itself that it is Swagger."""
    return isinstance(spec.data, dict) and "swagger" in spec.data and "openapi" not in spec.data


def document_text(data: object) -> str:
    """The data as JSON text: indented while that fits into an inline schema, compact beyond."""
    text = json.dumps(data, indent=2, ensure_ascii=False)
    if len(text.encode("utf-8", "replace")) < limit("inline-schema-size"):
        return text
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False)


def _plain(root: Node, shown: str) -> Json:
    """The plain data of a YAML tree: keys as text, the last of two equal keys, aliases followed within bounds."""
    budget = MAX_VALUES
    results: list[Json] = []
    work: list[tuple[Node, Callable[[Json], None]]] = [(root, results.append)]
    while work:
        node, keep = work.pop()
        budget -= 1
        if budget < 0:
            raise ConnectError("malformed-file", "grows beyond all bounds when its aliases are followed", where=shown)
        if node.is_mapping:
            children = {str(k.raw if k.raw else k.value): v for k, v in node.value}
            made: dict[str, Json] = dict.fromkeys(children)
            work.extend((child, partial(made.__setitem__, name)) for name, child in children.items())
            keep(made)
        elif isinstance(node.value, list):
            items: list[Json] = [None] * len(node.value)
            work.extend((child, partial(items.__setitem__, index)) for index, child in enumerate(node.value))
            keep(items)
        else:
            keep(node.value)
    return results[0]


def _node_line(root: Node, path: Place) -> int:
    node, line = root, root.line
    for part in path:
        if node.is_mapping:
            found = next(((k, v) for k, v in reversed(node.value) if str(k.raw if k.raw else k.value) == part), None)
            if found is None:
                break
            line, node = found[0].line, found[1]
        elif isinstance(node.value, list) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.line
        else:
            break
    return line


def _fetch(url: str) -> bytes:
    """The body of a URL on this machine; a redirect elsewhere is refused. Errors: ConnectError `unreadable-file`."""
    from agentcore_connect.core.http_fetch import fetch

    answer = fetch(url, timeout=_TIMEOUT, max_bytes=MAX_BYTES, allow=is_local_url)
    if answer.problem or answer.status != 200:
        reason = answer.problem or f"the server answered {answer.status}"
        raise ConnectError("unreadable-file", f"cannot be fetched: {reason}", where=url, hint="check the server")
    return answer.body
