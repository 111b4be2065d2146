"""The data an OpenAPI document is reported in, and the one way to look things up in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cached_property
from typing import Final, TypeVar

from agentcore_connect.core.places import Place, follow, pointer
from agentcore_connect.core.problem import SEVERITIES, Severity, severity
from agentcore_connect.core.record import dataclass, field
from agentcore_connect.core.values import Json
from agentcore_connect.knowledge.resources import load
from agentcore_connect.specs.spec_file import SpecFile, mapping

MAX_REF_CHAIN: Final = 32
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation; `at` is its path in the document, `path_at` that of the path item it belongs to."""

    method: str
    path: str
    operation_id: str | None
    raw: dict[str, Json] = field(repr=False)
    at: Place
    item: dict[str, Json] = field(repr=False)
    path_at: Place

    @property
    def label(self) -> str:
        """The operation's name for people: `GET /pets`."""
        return f"{self.method.upper()} {self.path}"


@dataclass(frozen=True, slots=True)
class Change:
    """One change in a copy: the fault it puts right, where (in the original), and what was done."""

    fault: str
    pointer: str
    what: str


@dataclass(frozen=True, slots=True)
class FaultPlace:
    """One place of a fault: JSON Pointer, file:line and what is there in a few words."""

    pointer: str
    where: str
    note: str


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault of the document. Its words come from `openapi-limits`; `count` may exceed the places kept."""

    id: str
    severity: Severity
    text: str
    remedy: str
    repair: bool
    count: int
    places: tuple[FaultPlace, ...]
    sources: tuple[str, ...]

    def as_dict(self) -> dict[str, Json]:
        """The fault as plain data."""
        return {
            "id": self.id,
            "severity": self.severity,
            "text": self.text,
            "remedy": self.remedy,
            "repair": self.repair,
            "count": self.count,
            "places": [{"pointer": one.pointer, "where": one.where, "note": one.note} for one in self.places],
            "sources": list(self.sources),
        }


class Document:
    """An OpenAPI document with its local references resolvable."""

    def __init__(self, spec: SpecFile) -> None:
        """In: the loaded document. Errors: ConnectError `not-a-mapping`."""
        self.spec = spec
        self.root = mapping(spec)

    @cached_property
    def version(self) -> str | None:
        """The document's own word for its version: `3.0.3`, `2.0`; None when it says nothing usable."""
        for key in ("openapi", "swagger"):
            if isinstance(self.root.get(key), str | int | float):
                return str(self.root[key])
        return None

    @cached_property
    def supported(self) -> bool:
        """Return whether the gateway takes documents of this version."""
        version = self.version if "openapi" in self.root else None
        known = load("openapi-limits")["versions"]["supported"]
        return version is not None and ".".join(version.split(".")[:2]) in known

    @cached_property
    def title(self) -> str | None:
        """The API's title."""
        found = as_map(self.root.get("info")).get("title")
        return found if isinstance(found, str) else None

    def resolve(self, value: Json, at: Place) -> tuple[Json, Place]:
        """Follow a local `$ref`, and on. Out: the value and its path; None for a reference that leads nowhere."""
        for _ in range(MAX_REF_CHAIN):
            ref = value.get("$ref") if isinstance(value, dict) else None
            if not isinstance(ref, str):
                return value, at
            if not ref.startswith("#"):
                return None, at
            value, at = self.lookup(ref)
        return None, at

    def lookup(self, ref: str) -> tuple[Json, Place]:
        """Resolve a local reference `#/a/b`. Returns the value and its path, or (None, path)."""
        return follow(self.root, ref)

    @cached_property
    def operations(self) -> tuple[Operation, ...]:
        """The operations under `paths` in the document's order, with a method that the gateway takes."""
        return tuple(one for one in self.all_operations if one.method in load("openapi-limits")["methods"]["supported"])

    @cached_property
    def all_operations(self) -> tuple[Operation, ...]:
        """The operations under `paths`, also those of methods that the gateway does not take."""
        known = load("openapi-limits")["methods"]["known"]
        return tuple(self._operations(known))

    def _operations(self, known: list[str]) -> Iterator[Operation]:
        for path, item in as_map(self.root.get("paths")).items():
            found, at = self.resolve(item, ("paths", path))
            for method, raw in as_map(found).items():
                if isinstance(method, str) and method.lower() in known and isinstance(raw, dict):
                    name = raw.get("operationId")
                    yield Operation(
                        method=method.lower(),
                        path=path,
                        operation_id=name if isinstance(name, str) and name.strip() else None,
                        raw=raw,
                        at=(*at, method),
                        item=as_map(found),
                        path_at=at,
                    )

    def parameters(self, operation: Operation) -> list[tuple[dict[str, Json], Place]]:
        """The parameters of an operation, its own before those of its path; each with its path in the document."""
        found: dict[tuple[object, object], tuple[dict[str, Json], Place]] = {}
        for source, at in ((operation.raw, operation.at), (operation.item, operation.path_at)):
            for index, one in enumerate(as_list(source.get("parameters"))):
                value, where = self.resolve(one, (*at, "parameters", index))
                if isinstance(value, dict):
                    key = (str(value.get("name")), str(value.get("in")))
                    found.setdefault(key, (value, where))
        return list(found.values())

    def body(self, operation: Operation) -> tuple[dict[str, Json], Place]:
        """The request body of an operation and its path; empty when it has none."""
        value, at = self.resolve(operation.raw.get("requestBody"), (*operation.at, "requestBody"))
        return as_map(value), at


class FaultList:
    """Collects the places of faults by id and turns them into faults with the words of the knowledge."""

    KEPT: Final = 20

    def __init__(self, spec: SpecFile, words: str = "openapi-limits") -> None:
        """In: the document that the places are in; the knowledge file that describes the faults."""
        self._spec = spec
        self._words = words
        self._places: dict[str, list[tuple[Place, str]]] = {}
        self._counts: dict[str, int] = {}
        self._seen: set[tuple[str, Place]] = set()

    def add(self, fault: str, at: Place, note: str = "") -> None:
        """Note a place of a fault, once."""
        if (fault, at) in self._seen:
            return
        self._seen.add((fault, at))
        self._counts[fault] = self._counts.get(fault, 0) + 1
        places = self._places.setdefault(fault, [])
        if len(places) < self.KEPT:
            places.append((at, note))

    @property
    def ids(self) -> set[str]:
        """The ids of the faults noted, without looking up their places."""
        return set(self._places)

    def faults(self) -> tuple[Fault, ...]:
        """The faults, the gravest first, otherwise in the order of the knowledge."""
        words = load(self._words)["faults"]
        wanted = [at for places in self._places.values() for at, _ in places]
        lines = self._spec.lines(wanted) if wanted else {}
        found = []
        for name, word in words.items():
            if name in self._places:
                kept = sorted(self._places[name], key=lambda place: lines[place[0]])
                places = tuple(FaultPlace(pointer(at), f"{self._spec.shown}:{lines[at]}", note) for at, note in kept)
                found.append(
                    Fault(
                        name,
                        severity(word["severity"]),
                        word["text"],
                        word["remedy"],
                        word["repair"],
                        self._counts[name],
                        places,
                        tuple(word["sources"]),
                    )
                )
        return tuple(sorted(found, key=lambda one: SEVERITIES.index(one.severity)))


def json_copy(value: T) -> T:
    """A deep copy of JSON data."""
    copy: T = json.loads(json.dumps(value))
    return copy


def is_deeper(data: Json, most: int) -> bool:
    """Return whether data is nested more than so many levels."""
    work: list[tuple[Json, int]] = [(data, 0)]
    while work:
        value, depth = work.pop()
        if depth > most:
            return True
        if isinstance(value, dict | list):
            work.extend((one, depth + 1) for one in (value.values() if isinstance(value, dict) else value))
    return False


def as_map(value: object) -> dict[str, Json]:
    """The value when it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def as_list(value: object) -> list[Json]:
    """The value when it is a list, else an empty one."""
    return value if isinstance(value, list) else []
