"""Walking a decision tree: facts in, a decision with the rules that fired out.

A tree is a graph of nodes without cycles.  A node does one thing:

* ``test`` a variable and branch on its value,
* ``set`` result variables,
* ``lookup`` a row of a table by the values of variables.

Each may cite rules; a walk collects them in order.  A row may ``use`` other values: then the variables take those
and the lookup is made again, which is how advice is steered from what was wanted to what works.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

Facts = Mapping[str, Any]


class TreeError(ValueError):
    """The tree does not cover a value that reached it; a fault in the data, found by the knowledge tests."""


class Fired(NamedTuple):
    """A rule that took part in a decision and the node or row that cited it; or (``row``) a row of the table ``by``."""

    rule: str
    by: str
    row: bool = False


class Unavailable(NamedTuple):
    """Why a choice cannot be taken here: the rule that closes it."""

    value: Any
    rule: str


class End(NamedTuple):
    """Where a walk ended.

    ``pending`` is the variable that has to be known before it can go on, None when it is complete.
    ``tested`` maps each variable that was looked at to its value, in order; what is not in it counted for nothing.
    """

    result: Facts
    fired: tuple[Fired, ...]
    tested: Facts
    nodes: tuple[str, ...]
    pending: str | None

    @property
    def complete(self) -> bool:
        """Whether the walk came to an end."""
        return self.pending is None

    def rules(self) -> tuple[str, ...]:
        """The ids of the rules that fired, each once, in order."""
        return tuple(dict.fromkeys(f.rule for f in self.fired if not f.row))


class _Walk(NamedTuple):
    """The state of a walk under way: what is known, and what the walk has collected so far."""

    facts: Facts
    result: dict[str, Any]
    fired: list[Fired]
    tested: dict[str, Any]
    nodes: list[str]

    def value(self, variable: str) -> Any:
        if variable in self.result:
            return self.result[variable]
        return self.facts.get(variable)

    def cite(self, rules: Any, by: str) -> None:
        if rules:
            self.fired.extend(Fired(rule, by) for rule in rules)

    def decision(self, pending: str | None) -> End:
        return End(self.result, tuple(self.fired), self.tested, tuple(self.nodes), pending)


class Engine:
    """Decides by trees and tables given as data.

    Args:
        data: ``{trees: {name: {root, nodes}}, tables: {name: {by, rows}}, closing: [rule ids]}``; ``closing`` are the
            rules that make a choice unavailable.
    """

    def __init__(self, data: Mapping[str, Any]) -> None:
        """Index the data; its soundness is the business of ``space.faults``."""
        self.trees: Mapping[str, Any] = data["trees"]
        self.closing = frozenset(data.get("closing", ()))
        self.tables: dict[str, dict[tuple[Any, ...], Mapping[str, Any]]] = {
            name: {tuple(row["at"]): row for row in table["rows"]} for name, table in data.get("tables", {}).items()
        }
        self._by: dict[str, tuple[str, ...]] = {
            name: tuple(table["by"]) for name, table in data.get("tables", {}).items()
        }
        self._sending = {row["id"] for rows in self.tables.values() for row in rows.values() if "use" in row}
        self._branches: dict[tuple[str, str], dict[Any, Mapping[str, Any]]] = {}
        for tree, body in self.trees.items():
            for name, node in body["nodes"].items():
                if "test" in node:
                    self._branches[tree, name] = {v: b for b in node["branches"] for v in _values(b["is"])}

    def decide(self, tree: str, facts: Facts, start: Facts | None = None) -> End:
        """Walk a tree as far as the facts go.

        Args:
            tree: the tree's name.
            facts: variable to value; None or absence means unknown.
            start: results that stand before the walk begins.

        Raises:
            TreeError: a value reached a node or a table that does not cover it.
        """
        walk = _Walk(facts, dict(start or {}), [], {}, [])
        name: str | None = self.trees[tree]["root"]
        nodes = self.trees[tree]["nodes"]
        while name is not None:
            node = nodes[name]
            walk.nodes.append(name)
            walk.cite(node.get("rules"), name)
            if "test" in node:
                variable = node["test"]
                value = walk.value(variable)
                if value is None:
                    return walk.decision(variable)
                name = self._branch(tree, name, variable, value, walk)
            elif "lookup" in node:
                if (missing := self._look_up(node["lookup"], walk)) is not None:
                    return walk.decision(missing)
                name = node.get("to")
            else:
                walk.result.update(node["set"])
                name = node.get("to")
        return walk.decision(None)

    def _branch(self, tree: str, name: str, variable: str, value: Any, walk: _Walk) -> str | None:
        branch = self._branches[tree, name].get(value)
        if branch is None:
            msg = f"tree {tree!r}, node {name!r}: no branch for {variable} = {value!r}"
            raise TreeError(msg)
        walk.tested.setdefault(variable, value)
        walk.cite(branch.get("rules"), name)
        to: str | None = branch.get("to")
        return to

    def _look_up(self, table: str, walk: _Walk) -> str | None:
        """Apply the row that fits; return a variable that is unknown, None when all went well."""
        by = self._by[table]
        rows = self.tables[table]
        for _ in range(len(rows) + 1):  # a row may send on to another one, never in a circle
            key = tuple(walk.value(variable) for variable in by)
            for variable, value in zip(by, key, strict=True):
                if value is None:
                    return variable
                if variable not in walk.result:
                    walk.tested.setdefault(variable, value)
            row = rows.get(key)
            if row is None:
                msg = f"table {table!r}: no row for {dict(zip(by, key, strict=True))!r}"
                raise TreeError(msg)
            self._forget_earlier(table, walk)
            walk.fired.append(Fired(row["id"], table, row=True))
            walk.cite(row.get("rules"), row["id"])
            walk.result.update(row.get("set", {}))
            if "use" not in row:
                return None
            walk.result.update(row["use"])
        msg = f"table {table!r}: rows send on to each other in a circle"
        raise TreeError(msg)

    def _forget_earlier(self, table: str, walk: _Walk) -> None:
        """Drop the reasons of rows that a later look into the same table replaces; a row that sent on keeps its own."""
        earlier = {one.rule for one in walk.fired if one.row and one.by == table}
        if earlier:
            stale = earlier - self._sending
            walk.fired[:] = [one for one in walk.fired if one.row or one.by not in stale]

    def unavailable(self, tree: str, facts: Facts, variable: str, values: list[Any]) -> Iterator[Unavailable]:
        """Name the values of a variable that cannot be taken here, each with the rule that closes it.

        A value is closed when choosing it fires, before the next open question, a closing rule that does not fire
        while the variable is unknown.
        """
        before = set(self.decide(tree, {**facts, variable: None}).rules())
        for value in values:
            for rule in self.decide(tree, {**facts, variable: value}).rules():
                if rule in self.closing and rule not in before:
                    yield Unavailable(value, rule)
                    break


def _values(spec: Any) -> list[Any]:
    return spec if isinstance(spec, list) else [spec]
