"""Type annotations as JSON Schema, read from the syntax tree: nothing is imported, nothing is evaluated."""

from __future__ import annotations

import ast
from typing import Final

from agentcore_connect.checks.schema_merge import DEPTHS
from agentcore_connect.core.record import NamedTuple, dataclass, field
from agentcore_connect.core.values import Json, JsonObject, mapping, mappings, texts
from agentcore_connect.specs.docstrings import read_docstring
from agentcore_connect.specs.python_values import (
    alias_of,
    constant_of,
    default_in,
    enum_of,
    expression_of,
    field_in,
    last_name,
    literal_of,
    metadata_in,
)

_SIMPLE: Final[dict[str, JsonObject]] = {
    "str": {"type": "string"},
    "int": {"type": "integer"},
    "float": {"type": "number"},
    "bool": {"type": "boolean"},
    "dict": {"type": "object"},
    "list": {"type": "array"},
    "set": {"type": "array", "uniqueItems": True},
    "tuple": {"type": "array"},
    "bytes": {"type": "string", "format": "byte"},
    "Decimal": {"type": "number"},
    "datetime": {"type": "string", "format": "date-time"},
    "date": {"type": "string", "format": "date"},
    "time": {"type": "string", "format": "time"},
    "timedelta": {"type": "string", "format": "duration"},
    "UUID": {"type": "string", "format": "uuid"},
    "Path": {"type": "string"},
    "EmailStr": {"type": "string", "format": "email"},
    "AnyUrl": {"type": "string", "format": "uri"},
    "HttpUrl": {"type": "string", "format": "uri"},
    "SecretStr": {"type": "string"},
    "Any": {},
    "object": {},
}
_LISTS: Final = {
    "list",
    "List",
    "Sequence",
    "Iterable",
    "Collection",
    "MutableSequence",
    "set",
    "Set",
    "frozenset",
    "FrozenSet",
}
_MAPS: Final = {"dict", "Dict", "Mapping", "MutableMapping"}
_WRAPPERS: Final = {"Final", "ClassVar", "Required", "ReadOnly", "NotRequired", "Optional"}
_ENUMS: Final = {"Enum", "StrEnum", "IntEnum"}
_MODELS: Final = {"BaseModel", "TypedDict", "NamedTuple"}
_MAX_DEPTH: Final = 24
_MAX_SCHEMAS: Final = 5_000


class _Field(NamedTuple):
    """A field of a class: the name under which it is given, its schema, whether it must be given."""

    name: str
    schema: JsonObject
    required: bool


@dataclass
class TypeReader:
    """Turns annotations into schemas. `classes` and `aliases` are what the file (and its neighbours) defines by name.

    `depth` is how many classes deep types are written out. `notes` collects, in words, what could not be told; `full`
    says that there was more than `most` schemas.
    """

    classes: dict[str, ast.ClassDef] = field(default_factory=dict)
    aliases: dict[str, ast.expr] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    depth: int = DEPTHS[0]
    most: int = _MAX_SCHEMAS
    full: bool = False
    cut: list[str] = field(default_factory=list)
    _open: list[str] = field(default_factory=list)
    _built: int = 0

    def schema(self, node: ast.expr | None) -> JsonObject:
        """The schema of an annotation; an absent one is a string, with a note."""
        if node is None:
            return {"type": "string"}
        self._built += 1
        self.full = self.full or self._built > self.most
        if self.full or len(self._open) > _MAX_DEPTH:
            self.notes.append("its types are too many or nested too deeply to be written out in full")
            return {"type": "object"}
        self._open.append("")
        try:
            return self._schema(node)
        finally:
            self._open.pop()

    def _schema(self, node: ast.expr) -> JsonObject:
        if isinstance(node, ast.Constant):
            if node.value is None:
                return {"type": "null"}
            if isinstance(node.value, str):
                return self.schema(expression_of(node.value))
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            return self._union([node.left, node.right])
        if isinstance(node, ast.Subscript):
            return self._generic(node)
        name = last_name(node)
        if name in self.classes:
            return self._class(name)
        if name in self.aliases and f"alias {name}" not in self._open:
            self._open.append(f"alias {name}")
            try:
                return self.schema(self.aliases[name])
            finally:
                self._open.pop()
        if name in _SIMPLE:
            return dict(_SIMPLE[name])
        if name in _LISTS:
            return {"type": "array"}
        if name in _MAPS:
            return {"type": "object"}
        self.notes.append(f"the type {name or ast.dump(node)[:40]} is not defined in this file; taken as an object")
        return {"type": "object"}

    def _generic(self, node: ast.Subscript) -> JsonObject:
        name = last_name(node.value)
        inner = list(node.slice.elts) if isinstance(node.slice, ast.Tuple) else [node.slice]
        if name == "Annotated" and inner:
            return metadata_in(self.schema(inner[0]), inner[1:])
        if name == "Optional":
            return self._union([*inner, ast.Constant(None)])
        if name == "Union":
            return self._union(inner)
        if name == "Literal":
            return enum_of([literal_of(one) for one in inner if isinstance(one, ast.Constant)])
        if name in _LISTS and inner:
            return {"type": "array", "items": self.schema(inner[0])}
        if name in ("tuple", "Tuple") and inner:
            kinds = [one for one in inner if not (isinstance(one, ast.Constant) and one.value is ...)]
            schemas = [self.schema(one) for one in kinds]
            same = schemas and all(one == schemas[0] for one in schemas)
            return {"type": "array", "items": schemas[0]} if same else {"type": "array", "prefixItems": schemas}
        if name in _MAPS:
            values = self.schema(inner[1]) if len(inner) > 1 else {}
            return {"type": "object", "additionalProperties": values} if values else {"type": "object"}
        if name in _WRAPPERS and inner:
            return self.schema(inner[0])
        if name in self.classes:
            return self._class(name)
        self.notes.append(f"the type {name or 'of a parameter'}[...] is not known; taken as an object")
        return {"type": "object"}

    def _union(self, members: list[ast.expr]) -> JsonObject:
        flat: list[JsonObject] = []
        for one in members:
            schema = self.schema(one)
            parts = mappings(schema["anyOf"]) if set(schema) == {"anyOf"} else [schema]
            flat.extend(part for part in parts if part not in flat)
        return flat[0] if len(flat) == 1 else {"anyOf": flat}

    def _class(self, name: str) -> JsonObject:
        if name in self._open:
            self.notes.append(f"the type {name} contains itself; the inner one is taken as an object")
            return {"type": "object"}
        if sum(one in self.classes for one in self._open) >= self.depth:
            self.cut.append(name)
            return {"type": "object"}
        self._open.append(name)
        try:
            return self.class_schema(self.classes[name])
        finally:
            self._open.pop()

    def class_schema(self, node: ast.ClassDef) -> JsonObject:
        """The schema of an Enum, a Pydantic model, a dataclass, a TypedDict or a NamedTuple."""
        bases = [last_name(one) for one in node.bases]
        if set(bases) & _ENUMS:
            return enum_of([value for value in (constant_of(one) for one in node.body) if value is not None])
        doc = read_docstring(ast.get_docstring(node))
        fields: dict[str, Json] = {}
        required: dict[str, None] = {}
        for base in bases:
            if base in self.classes and base not in self._open:
                inherited = self._class(base)
                fields |= mapping(inherited.get("properties"))
                required |= dict.fromkeys(texts(inherited.get("required")))
        optional = any(key.arg == "total" and literal_of(key.value) is False for key in node.keywords)
        for one in node.body:
            if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name):
                found = self._field(one, one.target.id, doc.parameters, optional)
                if found is not None:
                    fields[found.name] = found.schema
                    required |= {found.name: None} if found.required else {}
        return {
            "type": "object",
            "properties": fields,
            **({"required": list(required)} if required else {}),
            **({"description": doc.text} if doc.text else {}),
        }

    def _field(self, one: ast.AnnAssign, name: str, words: dict[str, str], optional: bool) -> _Field | None:
        wrapper = last_name(one.annotation.value) if isinstance(one.annotation, ast.Subscript) else ""
        if name.startswith("_") or wrapper == "ClassVar" or name == "model_config":
            return None
        found = self.schema(one.annotation)
        required = one.value is None and wrapper != "NotRequired" and not (optional and wrapper != "Required")
        if isinstance(one.value, ast.Call):
            found, required = field_in(found, one.value)
            name = alias_of(one.value) or name
        elif one.value is not None:
            found = default_in(found, one.value)
        if name in words and "description" not in found:
            found = {**found, "description": words[name]}
        return _Field(name, found, required)
