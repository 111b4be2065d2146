"""Finds secrets in a plan's files: by form anywhere, and in Python also by name."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from agentcore_connect.project.code import Parsed
from agentcore_connect.secrets.search import looks_like_secret
from agentcore_connect.specs.python_texts import texts


def secrets_inside(text: str, planned: str, name: str) -> list[str]:
    """Yield the places of secrets, never their values; the plan's own lines are skipped.

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
    """Yield the texts assigned to, passed as or paired with a name for a secret."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for one in texts(Parsed(tree)):
        for name in one.names:
            if what := looks_like_secret(one.text, name=name):
                yield one.node.lineno, what
