"""Any JSON Schema written in the few keywords that a Lambda tool schema takes; what is lost on the way is named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count
from typing import Final, TypeAlias

from agentcore_connect.checks.schema_merge import DEPTHS, MANY, cut_note, merged, says_nothing, type_of_values
from agentcore_connect.checks.schema_words import sentence
from agentcore_connect.checks.tool_list import shown, unwrap
from agentcore_connect.core.places import follow, step
from agentcore_connect.core.problem import Problem
from agentcore_connect.core.record import dataclass
from agentcore_connect.core.values import Json, JsonObject, mapping, text
from agentcore_connect.knowledge.resources import load

# References written out can grow without bound; no tool that a model can use comes near these.
_MAX_NODES: Final = 5000
_MAX_DEPTH: Final = 60

Schema: TypeAlias = dict[str, object]


class _RefusedError(Exception):
    """This tool cannot be written at all; the text says why."""


class _TooManyError(_RefusedError):
    """Its schema has more schemas than the bound."""


def reduce_tools(document: object) -> tuple[list[dict[str, Json]], list[Problem]]:
    """The tools with their schemas reduced to what a Lambda target takes.

    In: a list of tools, or a document that `unwrap` knows; MCP's, OpenAI's and Anthropic's spellings are understood.
    Out: new tools that pass `check_tools` but for their names, and what was lost: a warning for each part of a schema,
    an error for each tool that had to be left out (it has no name, repeats one, or refers to nothing).
    Errors: ConnectError `tool-schema-shape` for something that holds no tools.
    """
    tools, found = unwrap(document)
    reduced: dict[str, dict[str, Json]] = {}
    for number, tool in enumerate(tools):
        at = f"$[{number}]"
        name = _inner(tool).get("name")
        if not isinstance(name, str) or not name.strip():
            found.append(Problem("error", "no-name", at, "a tool without a name was left out"))
        elif name in reduced:
            found.append(Problem("error", "duplicate-name", at, f"{name!r} appears twice; the second was left out"))
        else:
            try:
                reduced[name] = _tool(name, _inner(tool), at, found)
            except _RefusedError as error:
                found.append(Problem("error", "refused", at, f"the tool {name!r} was left out: {error}"))
    return list(reduced.values()), found


def _inner(tool: object) -> JsonObject:
    whole = mapping(tool)
    nested = (whole[key] for key in load("tool-schema")["nested_in"] if isinstance(whole.get(key), Mapping))
    return mapping(next(nested, whole))


def _tool(name: str, tool: JsonObject, at: str, found: list[Problem]) -> dict[str, Json]:
    knowledge = load("tool-schema")
    rules, aliases = knowledge["tool"], knowledge["aliases"]
    parts = {aliases.get(key, key): value for key, value in tool.items()}
    description = parts.get("description")
    if not isinstance(description, str) or not description.strip():
        found.append(
            Problem("warning", "no-description", at, f"{name!r} has no description: a model sees only its name")
        )
        title = parts.get("title")
        description = title if isinstance(title, str) and title.strip() else name
    made: dict[str, Json] = {"name": name, "description": description}
    made["inputSchema"] = _top(parts.get("inputSchema", {}), step(at, "inputSchema"), found)
    if "outputSchema" in parts:
        try:
            made["outputSchema"] = _top(parts["outputSchema"], step(at, "outputSchema"), found)
        except _RefusedError as error:
            where = step(at, "outputSchema")
            found.append(Problem("warning", "output-left-out", where, f"the output schema was left out: {error}"))
    known = {*rules["required"], *rules["optional"], *knowledge["tool_dropped"]}
    for key in parts:
        if key not in known:
            found.append(Problem("warning", "key-left-out", step(at, key), f"`{key}` was left out"))
    return made


def _top(schema: Json, at: str, found: list[Problem]) -> dict[str, Json]:
    top = load("tool-schema")["tool"]["top_level"]
    if says_nothing(schema):
        return {"type": top, "properties": {}}
    for depth in DEPTHS:
        last = depth == DEPTHS[-1]
        reduction = _Reduction(schema, [], _Bounds(depth, _MAX_NODES if last else MANY))
        try:
            made, _ = reduction.schema(schema, at, (), 0)
        except _TooManyError:
            if last:
                raise
        else:
            found.extend(reduction.told(at))
            break
    if made["type"] != top:
        raise _RefusedError(f"the outermost type of a tool's schema must be {top}, this is {made['type']}")
    return made


@dataclass(frozen=True, slots=True)
class _Bound:
    """A schema inside another, with the references that led to it: it must not use them again."""

    schema: object
    refs: tuple[str, ...]


class _Bounds:
    """The limits for expanding a schema, and what was cut."""

    def __init__(self, depth: int, most: int) -> None:
        self.depth = depth
        self.most = most
        self.nodes = count(1)
        self.cut: list[str] = []


class _Reduction:
    """One schema on its way; `root` is what its references point into."""

    def __init__(self, root: Json, found: list[Problem], bounds: _Bounds) -> None:
        self._root = root
        self._found = found
        self._bounds = bounds

    def told(self, at: str) -> list[Problem]:
        """Return the losses, cuts first."""
        cut = cut_note(self._bounds.depth, self._bounds.cut) if self._bounds.cut else ""
        return [*([Problem("warning", "lost", at, cut)] if cut else []), *self._found]

    def schema(self, given: object, at: str, refs: tuple[str, ...], depth: int) -> tuple[dict[str, Json], bool]:
        """The schema reduced, and whether null was allowed."""
        node, nullable = self._flat(given, at, refs, depth)
        kind, allows_null = self._type(node, at)
        said = {key: one for key, value in node.items() if (one := sentence(key, value))}
        words = list(said.values())
        if said:
            names = ", ".join(f"`{key}`" for key in said)
            message = f"{names}: a tool schema cannot hold it, so it became words in the description"
            self._found.append(Problem("note", "in-words", at, message))
        description = text(node.get("description")) or ""
        if words and description and not description.rstrip().endswith((".", "!", "?", ":")):
            description = f"{description.rstrip()}."
        self._name_losses(node, at)
        made: dict[str, Json] = {"type": kind}
        if description or words:
            made["description"] = " ".join(part for part in (description, *words) if part)
        if kind == "object":
            made.update(self._object(node, at, depth))
        if kind == "array":
            made.update(self._items(node, at, depth))
        return made, nullable or allows_null

    def _flat(self, given: object, at: str, refs: tuple[str, ...], depth: int) -> tuple[Schema, bool]:
        """The schema with its references, allOf and alternatives written into it, and whether null was one of them."""
        if next(self._bounds.nodes) > self._bounds.most or depth > _MAX_DEPTH:
            raise _TooManyError("its schema is too large when its references are written out")
        while isinstance(given, _Bound):
            refs, given = given.refs, given.schema
        node = dict(given) if isinstance(given, Mapping) else {}
        if isinstance(node.get("properties"), Mapping):
            node["properties"] = {name: _Bound(inner, refs) for name, inner in node["properties"].items()}
        if "items" in node:
            node["items"] = _Bound(node["items"], refs)
        nullable = node.get("nullable") is True
        parts = [_Bound(part, refs) for part in _list(node.pop("allOf", None))]
        if "$ref" in node:
            parts.insert(0, self._target(node.pop("$ref"), at, refs))
        for key in ("anyOf", "oneOf"):
            if key in node:
                chosen, null = self._alternatives(_list(node.pop(key)), key, at, refs, depth)
                parts += chosen
                nullable = nullable or null
        for part in parts:
            flat, null = self._flat(part, at, (), depth + 1)
            node, contradictions = merged(node, flat)
            nullable = nullable or null
            for problem in contradictions:
                self._lost(at, problem)
        return node, nullable

    def _target(self, ref: object, at: str, refs: tuple[str, ...]) -> _Bound:
        target = follow(self._root, ref)[0] if isinstance(ref, str) else None
        if target is None or not isinstance(ref, str):
            raise _RefusedError(f"the reference {ref!r} leads nowhere in this schema")
        if ref in refs:
            self._lost(at, f"{ref} contains itself: the inner one was written as a plain object")
            return _Bound({"type": "object"}, refs)
        if len(refs) >= self._bounds.depth:
            self._bounds.cut.append(ref)
            return _Bound({"type": "object"}, refs)
        return _Bound(target, (*refs, ref))

    def _alternatives(
        self, given: Sequence[Json], key: str, at: str, refs: tuple[str, ...], depth: int
    ) -> tuple[list[_Bound], bool]:
        """Reduce alternatives to one schema or none. Returns it and whether null was among them."""
        kept = [one for one in given if not (isinstance(one, Mapping) and one.get("type") == "null")]
        null = len(kept) < len(given)
        if kept and all(_constants(one) for one in kept):
            values = [value for one in kept for value in _constants(one)]
            return [_Bound({"enum": values, "type": type_of_values(values) or "string"}, refs)], null
        if len(kept) > 1:
            quiet = _Reduction(self._root, [], self._bounds)  # what only the others would lose need not be told
            reduced = [quiet.schema(one, at, refs, depth + 1)[0] for one in kept]
            if any(one != reduced[0] for one in reduced):
                kinds = " or ".join(dict.fromkeys(str(one["type"]) for one in reduced))
                self._lost(at, f"{key} has {len(kept)} alternatives ({kinds}): only the first was kept")
        return [_Bound(one, refs) for one in kept[:1]], null

    def _type(self, node: Schema, at: str) -> tuple[str, bool]:
        known = load("tool-schema")["schema"]["types"]
        given = node.get("type")
        listed = given if isinstance(given, list) else [given]
        kinds = [one for one in listed if isinstance(one, str)]
        real = [kind for kind in kinds if kind in known]
        values = _list(node.get("enum"))
        null = "null" in kinds or None in values
        if len(real) > 1:
            self._lost(at, f"the types {', '.join(real)} are possible: only {real[0]} was kept")
        if real:
            return real[0], null
        guessed = "object" if "properties" in node else "array" if "items" in node else None
        guessed = guessed or type_of_values(values or [node[key] for key in ("const", "default") if key in node])
        if guessed is None:
            self._lost(at, "any type is possible: string was written")
        return guessed or "string", null

    def _object(self, node: Schema, at: str, depth: int) -> dict[str, Json]:
        made: dict[str, Json] = {}
        optional: set[str] = set()
        properties = node.get("properties")
        for name, inner in properties.items() if isinstance(properties, Mapping) else ():
            if isinstance(inner, _Bound) and inner.schema is False:
                continue
            made[name], nullable = self.schema(inner, step(step(at, "properties"), name), (), depth + 1)
            if nullable:
                optional.add(name)
        named = dict.fromkeys(name for name in _list(node.get("required")) if isinstance(name, str))
        wanted = [name for name in named if name in made and name not in optional]
        return {"properties": made, **({"required": wanted} if wanted else {})}

    def _items(self, node: Schema, at: str, depth: int) -> dict[str, Json]:
        items = node.get("items")
        if not isinstance(items, _Bound) or says_nothing(items.schema):
            self._lost(at, "what the list holds is not said: a model will guess")
            return {}
        return {"items": self.schema(items, step(at, "items"), (), depth + 1)[0]}

    def _name_losses(self, node: Schema, at: str) -> None:
        knowledge = load("tool-schema")
        silent = {*knowledge["schema"]["keywords"], *knowledge["in_words"], *knowledge["dropped"]}
        for key, value in node.items():
            if key in silent or key.startswith("x-"):
                continue
            if key in knowledge["dropped_unless_schema"] and (isinstance(value, bool) or says_nothing(value)):
                continue
            self._lost(step(at, key), f"`{key}` ({shown(value)}) cannot be said in a tool schema and was left out")

    def _lost(self, at: str, message: str) -> None:
        self._found.append(Problem("warning", "lost", at, message))


def _constants(one: object) -> list[Json]:
    if not isinstance(one, Mapping):
        return []
    return [one["const"]] if "const" in one else _list(one.get("enum"))


def _list(value: object) -> list[Json]:
    return value if isinstance(value, list) else []
