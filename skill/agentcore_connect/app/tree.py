"""The decision trees as text, as a Mermaid picture, or as data."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from agentcore_connect.engine.tree import Branch, Node, Tree

FORMATS: Final = ("text", "mermaid", "json")
_WIDEST = 46


def tree(name: str | None = None, kind: str = "text") -> str:
    """Return one tree or all of them in one of `FORMATS`. Errors: ConnectError `unknown-tree`."""
    from agentcore_connect.core.errors import ConnectError
    from agentcore_connect.knowledge import base
    from agentcore_connect.knowledge.resources import load

    trees = base.engine().trees
    if name is not None and name not in trees:
        raise ConnectError(
            "unknown-tree", f"there is no tree {name!r}", expected="one of " + ", ".join(trees), where="TREE"
        )
    chosen = {name: trees[name]} if name else trees
    if kind == "json":
        data = {own: load("decision-tree")["trees"][own] for own in chosen}
        return json.dumps({"version": 1, "trees": data}, ensure_ascii=False, indent=2)
    if kind == "mermaid":
        return "\n".join(mermaid(chosen))
    return "\n".join(line for own, one in chosen.items() for line in text(own, one))


def _question(variable: str) -> str:
    """Return the variable's question or description."""
    from agentcore_connect.knowledge.questions import questions
    from agentcore_connect.knowledge.resources import load

    derived = load("decision-tree")["variables"].get(variable)
    if derived is not None:
        return str(derived["text"])
    for question in questions().values():
        if question.variable == variable:
            return question.text
    return {"needs": "What does this sign-in need?", "cli_can": "Can the CLI set it?"}.get(variable, variable + "?")


def _outcome(node: Node) -> str:
    """Describe the lookup or the results of a node."""
    return ", ".join(f"{k} {v}" for k, v in node.set.items() if k != "leads_to" and v is not None) or "done"


def _values(branch: Branch) -> str:
    return ", ".join(("yes" if v else "no") if isinstance(v, bool) else str(v) for v in branch.values)


def text(name: str, tree: Tree) -> Iterator[str]:
    """Render the tree as indented lines; a node already shown is only named."""
    yield f"{name}"
    shown: set[str] = set()

    def walk(at: str | None, depth: int, lead: str) -> Iterator[str]:
        space = "  " * depth
        if at is None:
            yield f"{space}{lead}done"
            return
        node = tree.nodes[at]
        if at in shown and node.test:
            yield f"{space}{lead}(as above: {_question(node.test)})"
            return
        shown.add(at)
        if node.test:
            yield f"{space}{lead}{_question(node.test)}"
            for branch in node.branches:
                yield from walk(branch.to, depth + 1, f"{_values(branch)}: ")
            return
        words = f"look up {node.lookup}" if node.lookup else _outcome(node)
        yield f"{space}{lead}{words}"
        if node.to is not None:
            yield from walk(node.to, depth, "then ")

    yield from walk(tree.root, 1, "")
    yield ""


def _label(words: str) -> str:
    """Convert text to a Mermaid label: quoted, in lines, without Mermaid syntax."""
    lines, line = [], ""
    for word in words.replace('"', "#quot;").split():
        if line and len(line) + len(word) >= _WIDEST:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return '"' + "<br/>".join([*lines, line]) + '"'


def mermaid(trees: Mapping[str, Tree]) -> Iterator[str]:
    """Render the trees as one Mermaid flowchart with a subgraph for each."""
    yield "flowchart TD"
    for number, (name, tree) in enumerate(trees.items()):
        yield f"  subgraph tree{number}[{_label(name)}]"
        ids = {node: f"n{number}_{place}" for place, node in enumerate(tree.nodes)}
        for node_name, node in tree.nodes.items():
            own = ids[node_name]
            if node.test:
                yield f"    {own}{{{_label(_question(node.test))}}}"
                for branch in node.branches:
                    to = ids[branch.to] if branch.to else f"{own}_end"
                    if not branch.to:
                        yield f"    {to}([{_label('done')}])"
                    yield f"    {own} -->|{_label(_values(branch))}| {to}"
                continue
            words = f"look up: {node.lookup}" if node.lookup else _outcome(node)
            shape = f"[[{_label(words)}]]" if node.lookup else f"([{_label(words)}])"
            yield f"    {own}{shape}"
            if node.to:
                yield f"    {own} --> {ids[node.to]}"
        yield "  end"
