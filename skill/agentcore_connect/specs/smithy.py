"""Counts and sizes a Smithy model in its JSON form, and holds it against what a gateway takes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.places import Place
from agentcore_connect.core.record import dataclass
from agentcore_connect.core.values import Json, JsonObject
from agentcore_connect.knowledge.resources import load
from agentcore_connect.specs.limits import limit
from agentcore_connect.specs.openapi_model import Fault, FaultList, as_list, as_map
from agentcore_connect.specs.spec_file import SpecFile, load_spec

_WORDS: Final = "smithy-limits"
_STREAMING: Final = "smithy.api#streaming"
_AWS_SERVICE: Final = "aws.api#service"


@dataclass(frozen=True)
class SmithySummary:
    """The summary of a Smithy model: services, operations (each is a tool), and faults."""

    shown: str
    version: str | None
    services: tuple[str, ...]
    operations: tuple[str, ...]
    size: int
    faults: tuple[Fault, ...]

    @property
    def tool_count(self) -> int:
        """Return the number of tools of a target with this model."""
        return len(self.operations)

    def as_dict(self) -> dict[str, Json]:
        """The summary as plain data."""
        return {
            "document": self.shown,
            "version": self.version,
            "services": list(self.services),
            "tool_count": self.tool_count,
            "tools": list(self.operations),
            "size": self.size,
            "faults": [one.as_dict() for one in self.faults],
        }


def read_smithy(source: str | Path, *, base: Path | None = None) -> SmithySummary:
    """Read a model from a path (relative to `base`) or a URL on this machine.

    Errors: ConnectError from loading. A text that is no JSON (the Smithy language itself) is a fault, not an error.
    """
    try:
        spec = load_spec(source, base=base)
    except ConnectError as error:
        if error.code not in ("malformed-file", "malformed-json"):
            raise
        spec = SpecFile(str(source), None, "", "text")
    return summary(spec)


def summary(spec: SpecFile) -> SmithySummary:
    """Summarise a loaded model."""
    faults = FaultList(spec, _WORDS)
    root = as_map(spec.data)
    shapes = as_map(root.get("shapes"))
    if "smithy" not in root or not shapes:
        faults.add("smithy-not-json", ())
        return SmithySummary(spec.shown, None, (), (), spec.size, faults.faults())
    services = tuple(name for name, shape in shapes.items() if as_map(shape).get("type") == "service")
    operations = tuple(dict.fromkeys(name for service in services for name in _operations(shapes, service)))
    if not services:
        faults.add("smithy-no-service", ("shapes",))
    for service in services:
        _check_service(shapes, service, faults)
    for operation in operations:
        if _streams(shapes, operation):
            faults.add("smithy-streaming", ("shapes", operation), _short(operation))
    sizes = load(_WORDS)["sizes"]
    if spec.size > limit(sizes["model"]):
        faults.add("smithy-size", (), f"{spec.size:,} bytes")
    if len(operations) > limit(sizes["tools"]):
        faults.add("smithy-too-many-tools", ("shapes",), f"{len(operations)} operations")
    names = tuple(_short(one) for one in operations)
    return SmithySummary(spec.shown, str(root["smithy"])[:20], services, names, spec.size, faults.faults())


def _check_service(shapes: JsonObject, service: str, faults: FaultList) -> None:
    traits = as_map(as_map(shapes[service]).get("traits"))
    at: Place = ("shapes", service)
    protocols = [name for name in traits if name.startswith(("aws.protocols#", "smithy.protocols#"))]
    if not set(protocols) & set(load(_WORDS)["protocols"]["supported"]):
        faults.add("smithy-protocol", at, f"{_short(service)}: {', '.join(protocols) or 'no protocol'}"[:120])
    if _AWS_SERVICE not in traits:
        faults.add("smithy-not-aws", at, _short(service))


def _operations(shapes: JsonObject, service: str) -> Iterator[str]:
    """The operations of a service: its own and those of its resources, at any depth."""
    seen: set[str] = set()
    work = [service]
    while work:
        name = work.pop()
        shape = as_map(shapes.get(name))
        if name in seen:
            continue
        seen.add(name)
        if shape.get("type") == "operation":
            yield name
            continue
        for key in ("operations", "collectionOperations", "resources"):
            work += [target for one in as_list(shape.get(key)) if isinstance(target := as_map(one).get("target"), str)]
        for key in ("create", "put", "read", "update", "delete", "list"):
            target = as_map(shape.get(key)).get("target")
            if isinstance(target, str):
                work.append(target)


def _streams(shapes: JsonObject, operation: str) -> bool:
    shape = as_map(shapes[operation])
    for key in ("input", "output"):
        target = as_map(shape.get(key)).get("target")
        members = as_map(as_map(shapes.get(target) if isinstance(target, str) else None).get("members"))
        for member in members.values():
            inner = as_map(member).get("target")
            traits = as_map(as_map(shapes.get(inner) if isinstance(inner, str) else None).get("traits"))
            if _STREAMING in traits or _STREAMING in as_map(as_map(member).get("traits")):
                return True
    return False


def _short(shape: str) -> str:
    return shape.rpartition("#")[2]
