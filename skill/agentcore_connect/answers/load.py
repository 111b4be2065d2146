"""An answers file as every command takes it: read, changed by --set, cast, searched for secrets, checked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from agentcore_connect.answers import gate, store
from agentcore_connect.core.errors import ConnectError, raise_all
from agentcore_connect.core.values import Json, JsonObject
from agentcore_connect.knowledge.questions import Question, questions
from agentcore_connect.text.document import Document, read


def question_of(key: str) -> Question | None:
    """Return the question of a dotted key, or None."""
    parts = key.split(".")
    if parts[0] == "connections" and len(parts) > 2:
        parts = parts[2:]
    return questions().get(".".join(parts))


def full_key(key: str, data: JsonObject, connection: int = 0) -> str:
    """Return the full dotted key; a connection's key may omit the prefix.

    Args:
        key: as typed.
        data: the answers so far.
        connection: the one that is being asked about.
    """
    first = key.split(".")[0]
    if first in ("connections", "version", "agent", "gateway", "policy", "project", "cli_version"):
        return key
    known = {q.id.split(".")[0] for q in questions().values() if q.scope == "connection"}
    if first in known:
        return f"connections.{connection}.{key}"
    raise gate.unknown_key(key, first, sorted(known | {"agent", "gateway", "policy", "project"}))


def assign(data: JsonObject, texts: Sequence[str], connection: int = 0) -> tuple[dict[str, Json], list[str]]:
    """Apply KEY=VALUE texts; return the changed data and the full keys.

    Errors: ConnectError for a malformed text or a key that nothing knows.
    """
    changed: dict[str, Json] = dict(data)
    keys = []
    for text in texts:
        assignment = store.parse_assignment(text)
        key = full_key(assignment.key, changed, connection)
        question = question_of(key)
        value = gate.cast(question, assignment.value, assignment.raw) if question else assignment.value
        changed = store.put(changed, key, value)
        keys.append(key)
    return changed, keys


def load(source: str | Path, sets: Sequence[str] = ()) -> Document:
    """Read an answers file (``-`` for standard input), apply ``--set``, and check it.

    Errors: ConnectError, or several at once; never with a secret in the message.
    """
    document = read(source)
    return checked(document, sets)


def checked(document: Document, sets: Sequence[str] = ()) -> Document:
    """Cast, change and check a document that was read."""
    data = _cast_all(document)
    if sets:
        data, _ = assign(data, sets)
    document = document._replace(data=data)
    refuse_secrets(document)
    raise_all(gate.check(document))
    return document


def refuse_secrets(document: Document) -> None:
    """Raise when something in the document looks like a secret. Errors: ConnectError `secret-in-answers`."""
    from agentcore_connect import secrets

    raise_all(secrets.scan(document.data, document.marks, document.path))


def _cast_all(document: Document) -> dict[str, Json]:
    """Convert unquoted numbers and the like to text, as written, for questions that take text."""
    data: dict[str, Json] = dict(document.data)
    for dotted, mark in document.marks.items():
        question = question_of(dotted)
        if question is None or mark.raw is None:
            continue
        value = store.get(data, dotted)
        if value is None:  # the schema says that null is as good as absent
            continue
        cast = gate.cast(question, value, mark.raw) if question.type != "list" else value
        if cast is not value:
            data = store.put(data, dotted, cast)
    return data


def missing_file(path: Path) -> ConnectError:
    """Build the error for a missing answers file."""
    return ConnectError(
        "unreadable-file",
        "there is no such answers file",
        where=str(path),
        hint="`agentcore-connect next -a FILE` makes one, question by question",
    )
