"""Makes a copy of an OpenAPI document that a gateway can take, as far as that needs no decision of its author."""

from __future__ import annotations

import difflib
import json
import re
from contextlib import suppress
from functools import cached_property
from typing import Final

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.places import Place, pointer
from agentcore_connect.core.record import dataclass
from agentcore_connect.core.values import Json, JsonObject
from agentcore_connect.knowledge.resources import load
from agentcore_connect.specs.limits import limit
from agentcore_connect.specs.openapi_faults import TOOL_NAME, only_part
from agentcore_connect.specs.openapi_merge import ClashError, Merger
from agentcore_connect.specs.openapi_model import Change, Document, FaultList, as_list, as_map, is_deeper, json_copy
from agentcore_connect.specs.openapi_servers import check_servers
from agentcore_connect.specs.openapi_slots import inner_slots, references, schema_slots
from agentcore_connect.specs.spec_file import SpecFile, document_text, is_swagger2
from agentcore_connect.specs.swagger2 import convert

_SEPARATOR: Final = "___"
_DEEPEST: Final = 120  # levels of nesting; the deepest public document seen has 30
_COMPOSED: Final = ("allOf", "anyOf", "oneOf")
_MOST_SCHEMAS: Final = 1_000_000  # schemas looked at while merging; real documents stay far below
MAX_DIFF_LINES: Final = 100_000
_WORD = re.compile(r"[A-Za-z0-9]+")


@dataclass(frozen=True)
class Repair:
    """A repaired copy: its data, the original's, and what was changed."""

    shown: str
    data: dict[str, Json]
    original: Json
    changes: tuple[Change, ...]

    @cached_property
    def text(self) -> str:
        """The copy as JSON text, without indentation where that would cost its place inline."""
        return f"{document_text(self.data)}\n"

    @property
    def size(self) -> int:
        """The size of the text in bytes."""
        return len(self.text.encode("utf-8", "replace"))

    def diff(self) -> str:
        """A unified diff between the original and the copy, both as JSON; a sentence where they are too large."""
        old = json.dumps(self.original, indent=2, ensure_ascii=False).splitlines()
        new = json.dumps(self.data, indent=2, ensure_ascii=False).splitlines()
        if max(len(old), len(new)) > MAX_DIFF_LINES:
            return f"(no diff: the document has {len(old):,} lines; the changes are listed)"
        names = f"{self.shown} (as JSON)", f"{self.shown} (repaired)"
        return "\n".join(difflib.unified_diff(old, new, *names, lineterm=""))


def repair(spec: SpecFile, *, server: str | None = None, target_name: str | None = None) -> Repair:
    """Repair a copy of a loaded document; the original is not touched.

    In: the document, Swagger 2.0 included, which is converted first; the https URL of the API, where servers are
    missing, relative or local; the target's name, where known, for the length of tool names.
    Errors: ConnectError `not-a-mapping`, `spec-not-convertible`, `spec-not-repairable` (an unknown version, nested
    beyond measure).
    """
    if is_swagger2(spec):
        conversion = convert(spec)
        found = repair(conversion.spec, server=server, target_name=target_name)
        return Repair(spec.shown, found.data, spec.data, (*conversion.changes, *found.changes))
    if not Document(spec).supported:
        word = load("openapi-limits")["faults"]["openapi-version-unknown"]
        raise ConnectError("spec-not-repairable", word["text"], where=f"{spec.shown}:1", hint=word["remedy"])
    if is_deeper(spec.data, _DEEPEST):
        raise _too_deep(spec.shown)
    shown = spec.shown if spec.shown.endswith(".json") else f"{spec.shown}.json"
    copy = json_copy(as_map(spec.data))
    worker = _Repairer(Document(SpecFile(shown, copy, "", "json")), target_name)
    worker.servers(server)
    worker.names()
    worker.hoist()
    try:
        worker.schemas()
    except RecursionError:
        raise _too_deep(spec.shown) from None
    if is_deeper(copy, _DEEPEST * 2):  # merging writes references out
        raise _too_deep(spec.shown)
    return Repair(spec.shown, copy, spec.data, tuple(worker.changes))


def _too_deep(shown: str) -> ConnectError:
    return ConnectError("spec-not-repairable", "is nested too deeply to repair", where=shown)


class _Repairer:
    def __init__(self, document: Document, target_name: str | None) -> None:
        self.changes: list[Change] = []
        self._document = document
        self._room = limit("model-tool-name-length") - (len(target_name) + len(_SEPARATOR) if target_name else 0)
        self._built = 0
        self._merger = Merger(document)
        self._merging: dict[str, Place] = {}
        self._names: dict[str, str] = {}

    def _note(self, fault: str, at: Place, what: str) -> None:
        self.changes.append(Change(fault, pointer(at), what))

    def servers(self, server: str | None) -> None:
        if server is None:
            return
        root = self._document.root
        old = [as_map(one).get("url") for one in as_list(root.get("servers"))]
        if old != [server]:
            root["servers"] = [{"url": server}]
            fault = "openapi-servers-missing" if not old else "openapi-servers-relative"
            self._note(fault, ("servers",), f"servers set to {server}")
        for operation in self._document.operations:
            for holder, at in ((operation.raw, operation.at), (operation.item, operation.path_at)):
                if "servers" in holder and _unusable(self._document.spec, holder["servers"]):
                    del holder["servers"]
                    self._note("openapi-servers-relative", (*at, "servers"), "own servers taken away")

    def names(self) -> None:
        taken: set[str] = set()
        kept = {one.operation_id for one in self._document.operations if one.operation_id}
        for operation in self._document.operations:
            name = operation.operation_id
            if name is None:
                new = self._unique(self._fit(_generated(operation.method, operation.path)), taken | kept)
                fault, what = "openapi-operation-id-missing", f"{operation.label}: operationId {new}"
            else:
                new = self._fit(name)
                fault = "openapi-operation-id-characters" if not TOOL_NAME.match(name) else "openapi-operation-id-long"
                if new in taken or (new != name and new in kept):
                    new = self._unique(new, taken | kept)
                    fault = "openapi-operation-id-duplicate" if name in taken else fault
                what = f"{operation.label}: operationId {name} is now {new}"
            taken.add(new)
            if new != name:
                operation.raw["operationId"] = new
                self._note(fault, (*operation.at, "operationId"), what)

    def _fit(self, name: str) -> str:
        plain = re.sub(r"[^A-Za-z0-9_-]+", "_", name).strip("_") or "operation"
        return plain[: max(8, self._room)].rstrip("_-") or "operation"

    def _unique(self, name: str, taken: set[str]) -> str:
        number, candidate = 2, name
        while candidate in taken:
            ending = f"_{number}"
            candidate = name[: max(8, self._room) - len(ending)] + ending
            number += 1
        return candidate

    def hoist(self) -> None:
        """Give what is referred to inside a composition a name of its own, for the place goes when it is merged."""
        refs = {ref for _, ref in references(self._document.root) if any(f"/{key}/" in ref for key in _COMPOSED)}
        names: dict[str, str] = {}
        parts = as_map(self._document.root.setdefault("components", {})).setdefault("schemas", {}) if refs else {}
        for ref in sorted(refs):
            target, _ = self._document.lookup(ref) if ref.startswith("#") else (None, ())
            if isinstance(target, dict) and isinstance(parts, dict):
                name = self._unique("_".join(_WORD.findall(ref.rpartition("/")[0])[-2:]) + "_part", set(parts))
                parts[name] = json_copy(target)
                names[ref] = f"#/components/schemas/{name}"
        for holder, ref in list(references(self._document.root)):
            if ref in names:
                holder["$ref"] = names[ref]

    def schemas(self) -> None:
        """Merge and flatten every schema of the document, inner ones first."""
        for slot in list(schema_slots(self._document.root)):
            slot.put(self._schema(slot.value, slot.at))

    def _schema(self, schema: Json, at: Place) -> Json:
        if not isinstance(schema, dict):
            return schema
        self._built += 1
        if self._built > _MOST_SCHEMAS:
            raise RecursionError
        schema = self._flattened(schema, at)
        if isinstance(schema.get("allOf"), list):
            with suppress(ClashError):
                return self._merged(schema, at)
        for slot in list(inner_slots(schema, at)):
            slot.put(self._schema(slot.value, slot.at))
        if isinstance(schema.get("allOf"), list):  # what is inside may have been put right
            with suppress(ClashError):  # else it stays as it is; the faults of the copy say why
                return self._merged(schema, at)
        return schema

    def _merged(self, schema: JsonObject, at: Place) -> Json:
        """The schema with its `allOf` merged in. One that comes again inside itself gets a name to refer to.

        Errors: ClashError.
        """
        parts = f"allOf of {len(as_list(schema['allOf']))}"
        same = json.dumps(schema, sort_keys=True)
        if same in self._merging or same in self._names:
            if same not in self._names:
                self._names[same] = self._component(self._merging[same])
            name = self._names[same]
            self._note("openapi-all-of", (*at, "allOf"), f"{parts} contains itself, now a reference to {name}")
            return {"$ref": f"#/components/schemas/{name}"}
        merged = json_copy(self._merger.merge(schema))
        self._note("openapi-all-of", (*at, "allOf"), f"{parts} merged")
        self._merging[same] = at
        made = self._schema(merged, at)
        del self._merging[same]
        if same not in self._names or at == ("components", "schemas", self._names[same]):
            return made
        as_map(as_map(self._document.root["components"])["schemas"])[self._names[same]] = made
        return {"$ref": f"#/components/schemas/{self._names[same]}"}

    def _component(self, at: Place) -> str:
        """The name of the schema that stands at a place, a new one where it has none."""
        if at[:2] == ("components", "schemas") and len(at) == 3:
            return str(at[2])
        schemas = as_map(as_map(self._document.root.get("components")).get("schemas"))
        words = "_".join(_WORD.findall("_".join(str(one) for one in at[-2:])))
        return self._unique(f"{words[-40:].strip('_')}_merged", {*schemas, *self._names.values()})

    def _flattened(self, schema: dict[str, Json], at: Place) -> dict[str, Json]:
        for key in ("anyOf", "oneOf"):
            parts = schema.get(key)
            part = only_part(parts) if isinstance(parts, list) else None
            if isinstance(part, dict):
                rest = {name: value for name, value in schema.items() if name != key}
                self._note("openapi-any-of-one", (*at, key), f"{key} of {len(as_list(parts))} replaced by its one type")
                schema = _joined(part, rest)
        found = schema.get("type")
        if isinstance(found, list):
            real = [one for one in found if one != "null"]
            if len(real) == 1:
                schema["type"] = real[0]
                self._note("openapi-type-unsupported", (*at, "type"), f"type {found} is now {real[0]}")
        return schema


def _unusable(spec: SpecFile, servers: object) -> bool:
    """Return whether a list of servers has one that the gateway cannot use."""
    faults = FaultList(spec)
    check_servers(servers, (), faults, required=False)
    return bool(faults.ids - {"openapi-servers-several"})


def _joined(part: dict[str, Json], rest: JsonObject) -> dict[str, Json]:
    """The one type of an `anyOf` with the words that stood beside it; a reference keeps to itself."""
    if "$ref" in part:
        return part
    return {**part, **{key: value for key, value in rest.items() if key != "nullable"}}


def _generated(method: str, path: str) -> str:
    """A tool name from method and path: `GET /users/{userId}` is `get_users_by_userId`."""
    words = [method]
    for part in path.strip("/").split("/"):
        word = "_".join(_WORD.findall(part))
        if word:
            words.append(f"by_{word}" if part.startswith("{") else word)
    return "_".join(words) if len(words) > 1 else f"{method}_root"
