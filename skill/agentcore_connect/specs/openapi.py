"""Summarizes an OpenAPI document: tools, address, auth, and faults for a gateway.

The summary is made without validation, so that a plan stays fast; `openapi_validate` has the full check.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from agentcore_connect.core.record import dataclass, field
from agentcore_connect.core.values import Json
from agentcore_connect.specs.openapi_faults import find_faults
from agentcore_connect.specs.openapi_model import Document, Fault, Operation, as_list, as_map
from agentcore_connect.specs.openapi_security import Demand, demand_of
from agentcore_connect.specs.spec_file import SpecFile, document_text, is_swagger2, load_spec

if TYPE_CHECKING:
    from agentcore_connect.specs.swagger2 import Conversion
    from agentcore_connect.specs.swagger2_log import NotConvertibleError


@dataclass(frozen=True)
class Summary:
    """The summary of a document. `tool_count` counts its operations, including those without operationId.

    Swagger 2.0 is read by way of `converted`, its copy in OpenAPI 3.0; its version is still its own.
    """

    shown: str
    version: str | None
    title: str | None
    size: int
    operations: tuple[Operation, ...] = field(repr=False)
    servers: tuple[str, ...]
    demand: Demand
    faults: tuple[Fault, ...]
    converted: Conversion | None = field(default=None, repr=False)

    @property
    def tool_count(self) -> int:
        """Return the number of tools of a target with this document."""
        return len(self.operations)

    @property
    def tool_names(self) -> tuple[str, ...]:
        """The tools' names as far as the document gives them."""
        return tuple(one.operation_id for one in self.operations if one.operation_id)

    def as_dict(self) -> dict[str, Json]:
        """The summary as plain data for `--json` output."""
        return {
            "document": self.shown,
            "version": self.version,
            "title": self.title,
            "size": self.size,
            "tool_count": self.tool_count,
            "tools": list(self.tool_names),
            "servers": list(self.servers),
            "demand": self.demand.as_dict(),
            "faults": [one.as_dict() for one in self.faults],
        }


def summary(spec: SpecFile, *, target_name: str | None = None, size: int | None = None) -> Summary:
    """Summarise a loaded document.

    In: the document; the target's name, where known, for the length of tool names; the size in bytes of what is sent,
    where that is not the document's text.
    Errors: ConnectError `not-a-mapping`.
    """
    original = document = Document(spec)
    converted: Conversion | None = None
    refused: NotConvertibleError | None = None
    if is_swagger2(spec):
        from agentcore_connect.specs.swagger2 import convert
        from agentcore_connect.specs.swagger2_log import NotConvertibleError

        try:
            converted = convert(spec)
            document, size = Document(converted.spec), len(document_text(converted.spec.data).encode())
        except NotConvertibleError as error:
            refused = error
    demand = demand_of(document)
    faults = find_faults(document, target_name=target_name, size=size)
    if converted is not None:
        faults.add("openapi-swagger-2", ("swagger",), f"swagger: {str(original.version)[:20]}")
    if refused is not None:
        demand = Demand(None, False, (), 0, "it cannot be read as Swagger 2.0")
        faults.add("openapi-swagger-2-refused", refused.at, f"it {refused.message}: {refused.hint}")
    for way in demand.ways:
        if way.kind == "mutualTLS":
            faults.add("openapi-mutual-tls", way.at, way.name)
    return Summary(
        shown=spec.shown,
        version=original.version,
        title=original.title,
        size=spec.size,
        operations=document.operations,
        servers=tuple(
            url for one in as_list(document.root.get("servers")) if isinstance(url := as_map(one).get("url"), str)
        ),
        demand=demand,
        faults=faults.faults(),
        converted=converted,
    )


def read_openapi(source: str | Path, *, base: Path | None = None, target_name: str | None = None) -> Summary:
    """Load and summarise a document: a path (relative to `base`) or a URL on this machine.

    Errors: ConnectError from loading; see `load_spec`.
    """
    return summary(load_spec(source, base=base), target_name=target_name)


def answers_from_openapi(found: Summary) -> dict[str, Json]:
    """Return the answers that the document settles with certainty, by the connection's keys."""
    answers: dict[str, Json] = {"tool_count": found.tool_count}
    url = found.servers[0] if len(found.servers) == 1 else None
    if url and url.startswith("https://") and "{" not in url:
        answers["endpoint"] = url
    demand = found.demand
    if demand.sure:
        answers["service_auth"] = demand.service_auth
        if demand.ways:
            way = demand.ways[0]
            answers.update({f"api_key.{key}": value for key, value in way.api_key.items()})
            answers.update({f"oauth.{key}": way.oauth[key] for key in ("discovery_url",) if key in way.oauth})
            if way.scopes and way.kind.startswith("OAuth"):
                answers["oauth.scopes"] = list(way.scopes)
    return answers
