"""Any JSON Schema written in the few keywords that a Lambda tool schema takes; what is lost on the way is named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from agentcore_connect.checks.problem import Problem
from agentcore_connect.checks.schema_merge import merged, resolve, says_nothing, type_of_values
from agentcore_connect.checks.schema_words import sentence
from agentcore_connect.checks.tool_list import shown, step, unwrap
from agentcore_connect.resources import load

# References written out can grow without bound; no tool that a model can use comes near these.
_MAX_NODES: Final = 5000
_MAX_DEPTH: Final = 60

Schema = dict[str, Any]


class _RefusedError(Exception):
    """This tool cannot be written at all; the text says why."""


def reduce_tools(document: Any) -> tuple[list[Schema], list[Problem]]:
    """The tools with their schemas reduced to what a Lambda target takes.

    In: a list of tools, or a document that `unwrap` knows; MCP's, OpenAI's and Anthropic's spellings are understood.
    Out: new tools that pass `check_tools` but for their names, and what was lost: a warning for each part of a schema,
    an error for each tool that had to be left out (it has no name, repeats one, or refers to itself).
    Errors: ConnectError `tool-schema-shape` for something that holds no tools.
    """
    tools, found = unwrap(document)
    reduced: dict[str, Schema] = {}
    for number, tool in enumerate(tools):
        at = f"$[{number}]"
        name = _inner(tool).get("name")
        if not isinstance(name, str) or not name.strip():
            found.append(Problem("error", "no-name", at, "a tool without a name was left out"))
        elif name in reduced:
            found.append(Problem("error", "duplicate-name", at, f"{name!r} is there twice; the second was left out"))
        else:
            try:
                reduced[name] = _tool(name, _inner(tool), at, found)
            except _RefusedError as error:
                found.append(Problem("error", "refused", at, f"the tool {name!r} was left out: {error}"))
    return list(reduced.values()), found


def _inner(tool: Any) -> Mapping[str, Any]:
    for key in load("tool-schema")["nested_in"]:
        if isinstance(tool, Mapping) and isinstance(tool.get(key), Mapping):
            return dict(tool[key])
    return tool if isinstance(tool, Mapping) else {}


def _tool(name: str, tool: Mapping[str, Any], at: str, found: list[Problem]) -> Schema:
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
    made: Schema = {"name": name, "description": description}
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


def _top(schema: Any, at: str, found: list[Problem]) -> Schema:
    top = load("tool-schema")["tool"]["top_level"]
    if says_nothing(schema):
        return {"type": top, "properties": {}}
    reduction = _Reduction(schema, found)
    made, _ = reduction.schema(schema, at, (), 0)
    if made["type"] != top:
        raise _RefusedError(f"its schema describes a {made['type']}, and the outermost must be an {top}")
    return made


class _Reduction:
    """One schema on its way; `root` is what its references point into."""

    def __init__(self, root: Any, found: list[Problem]) -> None:
        self._root = root
        self._found = found
        self._nodes = 0

    def _lost(self, at: str, message: str) -> None:
        self._found.append(Problem("warning", "lost", at, message))

    def schema(self, given: Any, at: str, refs: tuple[str, ...], depth: int) -> tuple[Schema, bool]:
        """The schema reduced, and whether null was allowed."""
        self._nodes += 1
        if self._nodes > _MAX_NODES or depth > _MAX_DEPTH:
            raise _RefusedError("its schema is too large when its references are written out")
        node, refs, nullable = self._flat(given, at, refs)
        kind, allows_null = self._type(node, at)
        words = [node.get("description")] if isinstance(node.get("description"), str) else []
        words += [said for key, value in node.items() if (said := sentence(key, value))]
        self._name_losses(node, at)
        made: Schema = {"type": kind}
        if words:
            made["description"] = " ".join(
                word if word.rstrip().endswith((".", "!", "?")) else f"{word}." for word in words
            )
        if kind == "object":
            made.update(self._object(node, at, refs, depth))
        if kind == "array":
            items = node.get("items", {})
            if says_nothing(items):
                self._lost(at, "the items are not described: a model will guess")
            else:
                made["items"] = self.schema(items, step(at, "items"), refs, depth + 1)[0]
        return made, nullable or allows_null

    def _flat(self, given: Any, at: str, refs: tuple[str, ...]) -> tuple[Schema, tuple[str, ...], bool]:
        """The schema with its references, allOf and alternatives written into it."""
        node, nullable = (dict(given), False) if isinstance(given, Mapping) else ({}, False)
        while "$ref" in node or any(isinstance(node.get(key), list) for key in ("allOf", "anyOf", "oneOf")):
            if "$ref" in node:
                ref = node.pop("$ref")
                target = self._target(ref, refs)
                refs = (*refs, ref)
                node = self._merge(node, target, at)
            elif isinstance(node.get("allOf"), list):
                for part in node.pop("allOf"):
                    node = self._merge(node, part, at)
            else:
                key = "anyOf" if isinstance(node.get("anyOf"), list) else "oneOf"
                node, null = self._alternatives(node, key, at, refs)
                nullable = nullable or null
        return node, refs, nullable or node.get("nullable") is True

    def _target(self, ref: Any, refs: tuple[str, ...]) -> Any:
        if ref in refs:
            raise _RefusedError(f"{ref} refers to itself, and a tool schema has no references")
        target = resolve(self._root, ref)
        if target is None:
            raise _RefusedError(f"the reference {ref} leads nowhere in this schema")
        return target

    def _merge(self, node: Schema, part: Any, at: str) -> Schema:
        both, contradictions = merged(node, part if isinstance(part, Mapping) else {})
        for problem in contradictions:
            self._lost(at, problem)
        return both

    def _alternatives(self, node: Schema, key: str, at: str, refs: tuple[str, ...]) -> tuple[Schema, bool]:
        given = node.pop(key)
        kept = [one for one in given if not (isinstance(one, Mapping) and one.get("type") == "null")]
        null = len(kept) < len(given)
        values = [value for one in kept if isinstance(one, Mapping) for value in _constants(one)]
        if kept and all(isinstance(one, Mapping) and _constants(one) for one in kept):
            return self._merge(node, {"enum": values, "type": type_of_values(values) or "string"}, at), null
        if len(kept) > 1:
            reduced = [self.schema(one, at, refs, 1) for one in kept]
            kinds = " or ".join(dict.fromkeys(one["type"] for one, _ in reduced))
            same = all(one == reduced[0][0] for one, _ in reduced)
            null = null or any(allows for _, allows in reduced)
            if not same:
                self._lost(at, f"{key} has {len(kept)} alternatives ({kinds}): only the first was kept")
        return (self._merge(node, kept[0], at) if kept else node), null

    def _type(self, node: Schema, at: str) -> tuple[str, bool]:
        known = load("tool-schema")["schema"]["types"]
        given = node.get("type")
        kinds = [given] if isinstance(given, str) else [one for one in given or [] if isinstance(one, str)]
        real = [kind for kind in kinds if kind in known]
        values = node.get("enum") if isinstance(node.get("enum"), list) else None
        null = "null" in kinds or (values is not None and None in values)
        if len(real) > 1:
            self._lost(at, f"the types {', '.join(real)} are possible: only {real[0]} was kept")
        if real:
            return real[0], null
        guessed = "object" if "properties" in node else "array" if "items" in node else None
        guessed = guessed or type_of_values(values or [node[key] for key in ("const", "default") if key in node])
        if guessed is None:
            self._lost(at, "any type is possible: string was written")
        return guessed or "string", null

    def _object(self, node: Schema, at: str, refs: tuple[str, ...], depth: int) -> Schema:
        properties = node.get("properties") if isinstance(node.get("properties"), Mapping) else {}
        made: Schema = {}
        optional: set[str] = set()
        for name, inner in (properties or {}).items():
            if inner is False:
                optional.add(name)
                continue
            made[name], nullable = self.schema(inner, step(step(at, "properties"), name), refs, depth + 1)
            if nullable:
                optional.add(name)
        wanted = node.get("required") if isinstance(node.get("required"), list) else []
        required = [name for name in dict.fromkeys(wanted or []) if name in made and name not in optional]
        return {"properties": made, **({"required": required} if required else {})}

    def _name_losses(self, node: Schema, at: str) -> None:
        knowledge = load("tool-schema")
        silent = {*knowledge["schema"]["keywords"], *knowledge["in_words"], *knowledge["dropped"]}
        for key, value in node.items():
            if key in silent or key.startswith("x-"):
                continue
            if key in knowledge["dropped_unless_schema"] and (isinstance(value, bool) or says_nothing(value)):
                continue
            self._lost(step(at, key), f"`{key}` ({shown(value)}) cannot be said in a tool schema and was left out")


def _constants(one: Mapping[str, Any]) -> list[Any]:
    if "const" in one:
        return [one["const"]]
    return list(one["enum"]) if isinstance(one.get("enum"), list) else []
