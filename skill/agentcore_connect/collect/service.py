"""The kind of service behind a connection that does not name it, as its other answers and its document tell."""

from __future__ import annotations

from collections.abc import Mapping

from agentcore_connect.core.values import JsonObject
from agentcore_connect.knowledge.resources import load


def service_told(connection: JsonObject, document: object = None) -> tuple[str, JsonObject] | None:
    """Return the kind of service, and why it is that one; None where nothing tells it for sure.

    In: the connection's answers, the parsed document that they name.
    """
    if connection.get("service") or connection.get("direction") not in (None, "agent-calls-service"):
        return None
    known = load("derivations")["service_of"]
    heads = known["documents"].items() if isinstance(document, Mapping) else ()
    found = [(one["service"], one["why"]) for one in known["answers"] if connection.get(one["key"])]
    found += [(service, f"the document is of the form {head}") for head, service in heads if head in _keys(document)]
    if len({service for service, _ in found}) != 1:
        return None
    service, why = found[0]
    return service, {"why": why, "sources": known["sources"]}


def _keys(document: object) -> set[str]:
    return set(map(str, document)) if isinstance(document, Mapping) else set()
