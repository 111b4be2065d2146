"""Walking a decision tree: facts in, a decision with the rules that fired out.

A tree is a graph of nodes without cycles.  A node does one thing:

* ``test`` a variable and branch on its value,
* ``set`` result variables,
* ``lookup`` a row of a table by the values of variables.

Each may cite rules; a walk collects them in order.  A row may ``use`` other values: then the variables take those
and the lookup is made again, which is how advice is steered from what was wanted to what works.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from agentcore_connect.core.record import NamedTuple
from agentcore_connect.engine.conditions import Facts


class TreeError(ValueError):
    """The tree does not cover a value that reached it; a fault in the data, found by the knowledge tests."""


class Branch(NamedTuple):
    """A branch of a node, for some values of its variable."""

    values: tuple[object, ...]
    to: str | None
    rules: tuple[str, ...]


class Node(NamedTuple):
    """One node: it has a variable to test, or a table to look into, or results to set."""

    test: str
    lookup: str
    set: Facts
    to: str | None
    rules: tuple[str, ...]
    branches: tuple[Branch, ...]


class Tree(NamedTuple):
    """A tree by the names of its nodes."""

    root: str
    nodes: Mapping[str, Node]


class Row(NamedTuple):
    """A row of a table: where it stands, what it sets, and what to use instead of what was looked up, if anything."""

    id: str
    at: tuple[object, ...]
    set: Facts
    use: Facts
    rules: tuple[str, ...]


class Table(NamedTuple):
    """A table: the variables that it is looked up by, and its rows."""

    by: tuple[str, ...]
    rows: tuple[Row, ...]


class Fired(NamedTuple):
    """A rule that took part in a decision and the node or row that cited it; or (``row``) a row of the table ``by``."""

    rule: str
    by: str
    row: bool = False


class Unavailable(NamedTuple):
    """The rule that makes a choice unavailable."""

    value: object
    rule: str


class End(NamedTuple):
    """The end of a walk.

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
        """Return whether the walk came to an end."""
        return self.pending is None

    def rules(self) -> tuple[str, ...]:
        """The ids of the rules that fired, each once, in order."""
        return tuple(dict.fromkeys(f.rule for f in self.fired if not f.row))


class _Walk(NamedTuple):
    """The state of a walk under way: what is known, and what the walk has collected so far."""

    facts: Facts
    result: dict[str, object]
    fired: list[Fired]
    tested: dict[str, object]
    nodes: list[str]

    def value(self, variable: str) -> object:
        if variable in self.result:
            return self.result[variable]
        return self.facts.get(variable)

    def cite(self, rules: Iterable[str], by: str) -> None:
        for rule in rules:
            self.fired.append(Fired(rule, by))

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
        self.trees = {name: _tree(body) for name, body in data["trees"].items()}
        self.tables = {name: _table(body) for name, body in data.get("tables", {}).items()}
        self.closing = frozenset(data.get("closing", ()))
        self._rows = {name: {row.at: row for row in table.rows} for name, table in self.tables.items()}
        self._sending = {row.id for table in self.tables.values() for row in table.rows if row.use}
        self.branches = {
            (tree, name): {value: branch for branch in node.branches for value in branch.values}
            for tree, body in self.trees.items()
            for name, node in body.nodes.items()
            if node.test
        }

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
        nodes = self.trees[tree].nodes
        name: str | None = self.trees[tree].root
        while name is not None:
            node = nodes[name]
            walk.nodes.append(name)
            if node.rules:
                walk.cite(node.rules, name)
            if node.test:
                value = walk.value(node.test)
                if value is None:
                    return walk.decision(node.test)
                name = self._branch(tree, name, node.test, value, walk)
                continue
            if node.lookup and (missing := self._look_up(node.lookup, walk)) is not None:
                return walk.decision(missing)
            walk.result.update(node.set)
            name = node.to
        return walk.decision(None)

    def _branch(self, tree: str, name: str, variable: str, value: object, walk: _Walk) -> str | None:
        branch = self.branches[tree, name].get(value)
        if branch is None:
            msg = f"tree {tree!r}, node {name!r}: no branch for {variable} = {value!r}"
            raise TreeError(msg)
        walk.tested.setdefault(variable, value)
        if branch.rules:
            walk.cite(branch.rules, name)
        return branch.to

    def _look_up(self, table: str, walk: _Walk) -> str | None:
        """Apply the row that fits; return a variable that is unknown, None when all went well."""
        by, rows = self.tables[table].by, self._rows[table]
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
            walk.fired.append(Fired(row.id, table, row=True))
            walk.cite(row.rules, row.id)
            walk.result.update(row.set)
            if not row.use:
                return None
            walk.result.update(row.use)
        msg = f"table {table!r}: rows send on to each other in a circle"
        raise TreeError(msg)

    def _forget_earlier(self, table: str, walk: _Walk) -> None:
        """Drop the reasons of rows that a later lookup in the same table replaces. Redirecting rows keep theirs."""
        earlier = {one.rule for one in walk.fired if one.row and one.by == table}
        if earlier:
            stale = earlier - self._sending
            walk.fired[:] = [one for one in walk.fired if one.row or one.by not in stale]

    def unavailable(self, tree: str, facts: Facts, variable: str, values: Iterable[object]) -> Iterator[Unavailable]:
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


def _tree(data: Mapping[str, Any]) -> Tree:
    return Tree(data["root"], {name: _node(node) for name, node in data["nodes"].items()})


def _node(data: Mapping[str, Any]) -> Node:
    branches = tuple(_one_branch(one) for one in data.get("branches", ()))
    rules = tuple(data.get("rules", ()))
    return Node(data.get("test", ""), data.get("lookup", ""), data.get("set", {}), data.get("to"), rules, branches)


def _one_branch(data: Mapping[str, Any]) -> Branch:
    values = tuple(data["is"]) if isinstance(data["is"], list) else (data["is"],)
    return Branch(values, data.get("to"), tuple(data.get("rules", ())))


def _table(data: Mapping[str, Any]) -> Table:
    rows = (
        Row(one["id"], tuple(one["at"]), one.get("set", {}), one.get("use", {}), tuple(one.get("rules", ())))
        for one in data["rows"]
    )
    return Table(tuple(data["by"]), tuple(rows))
