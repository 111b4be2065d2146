"""Looks up what a file for a direct call is made of: its shape, its authentication, what an agent gets of it."""

from __future__ import annotations

from agentcore_connect.core.record import NamedTuple
from agentcore_connect.core.values import JsonObject, mapping, texts
from agentcore_connect.plan.records import ConnectionContext


class DirectCall(NamedTuple):
    """A file for a direct call.

    ``shape`` and ``auth`` name its templates. ``functions`` are those that an agent gets as tools; where there are
    none, ``why_none`` says what is missing. ``requires`` are its packages with their ranges.
    """

    shape: str
    auth: str
    functions: tuple[str, ...]
    why_none: str | None
    requires: tuple[str, ...]


def direct_call(c: ConnectionContext, manifest: JsonObject) -> DirectCall:
    """Return what a connection's file is made of, by the tables of its manifest."""
    wanted = c["grant"] or c["outbound_auth"] or "none"
    auth = str(mapping(manifest["same_auth"]).get(wanted, wanted))
    by_reason = mapping(manifest["shape_by_reason"]).get(str(c["direct_reason"]), manifest["default_shape"])
    of_reason, by_service = mapping(by_reason), mapping(manifest["shape_by_service"])
    shape = str(by_service.get(str(c["service"])) or of_reason.get(wanted, of_reason["any"]))
    requires = mapping(manifest["requires"])
    by_auth = mapping(requires["auth"]) if shape in texts(manifest["authenticates"]) else {}
    packages = [*texts(mapping(requires["shape"]).get(shape)), *texts(by_auth.get(auth))]
    gives = texts(mapping(manifest["gives"]).get(shape))
    return DirectCall(
        shape,
        auth,
        tuple(one.format(ident=c["ident"]) for one in gives),
        None if gives else str(mapping(manifest["gives_nothing"])[shape]),
        tuple(dict.fromkeys(packages)),
    )
