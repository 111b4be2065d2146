"""The MCP resources: the auth matrix and the decision tree."""

from __future__ import annotations

import json
from collections.abc import Callable

from agentcore_connect.core.record import dataclass

_SCHEME = "agentcore-connect://"


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource: its URI, description, and text."""

    uri: str
    title: str
    mime_type: str
    text: Callable[[], str]


def _explain(topic: str, kind: str) -> Callable[[], str]:
    def text() -> str:
        from agentcore_connect.app.explain import data, explain, lines

        content = explain([topic])
        if kind == "json":
            return json.dumps(data(content), ensure_ascii=False, indent=2) + "\n"
        return "\n".join([*lines(content, markdown=True), ""])

    return text


def _tree(kind: str) -> Callable[[], str]:
    def text() -> str:
        from agentcore_connect.app.tree import tree

        return tree(kind=kind) + "\n"

    return text


#: Every resource by its address.
RESOURCES = {
    one.uri: one
    for one in (
        Resource(
            f"{_SCHEME}auth-matrix",
            "Which sign-in each kind of target takes",
            "text/markdown",
            _explain("auth-matrix", "markdown"),
        ),
        Resource(
            f"{_SCHEME}auth-matrix.json",
            "The auth matrix as data",
            "application/json",
            _explain("auth-matrix", "json"),
        ),
        Resource(f"{_SCHEME}decision-tree", "The decision trees in words", "text/plain", _tree("text")),
        Resource(
            f"{_SCHEME}decision-tree.mmd", "The decision trees as a picture", "text/vnd.mermaid", _tree("mermaid")
        ),
        Resource(f"{_SCHEME}decision-tree.json", "The decision trees as data", "application/json", _tree("json")),
        Resource(
            f"{_SCHEME}answers-schema",
            "The JSON Schema of the answers",
            "application/schema+json",
            _explain("schema", "json"),
        ),
    )
}
