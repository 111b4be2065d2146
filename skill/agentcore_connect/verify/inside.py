"""Secrets that stand in a plan's files: by their form anywhere, and in Python by the name that they are given."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from agentcore_connect.secrets.search import looks_like_secret
from agentcore_connect.specs.python_texts import texts


def secrets_inside(text: str, planned: str, name: str) -> list[str]:
    """Where a text holds a secret, never which; lines that the plan has itself come from what it was made from.

    In: the text, the text that the plan has, the file's name.
    """
    known = set(planned.splitlines())
    found = {
        number: what
        for number, line in enumerate(text.splitlines(), 1)
        if line not in known and (what := looks_like_secret(line))
    }
    if name.endswith(".py"):
        for number, what in _under_secret_names(text):
            found.setdefault(number, what)
    return [f"{name}:{number}: this looks like {what}" for number, what in sorted(found.items())]


def _under_secret_names(text: str) -> Iterator[tuple[int, str]]:
    """The texts that are assigned, passed or paired with a name that is a secret's."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for one in texts(tree):
        for name in one.names:
            if what := looks_like_secret(one.text, name=name):
                yield one.node.lineno, what
