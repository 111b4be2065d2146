"""The whole decision space, walked along the tree, and the faults that such a walk can find.

Walking along the tree means: a variable takes all its values only where the tree looks at it, so the space stays
small enough to be proved instead of sampled.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import permutations

from agentcore_connect.core.record import dataclass
from agentcore_connect.engine.tree import End, Engine, Node, TreeError

Domains = Mapping[str, list[object]]


@dataclass(frozen=True, slots=True)
class Leaf:
    """One point of the space: the values on the way, and where they lead."""

    facts: Mapping[str, object]
    decision: End


def leaves(engine: Engine, tree: str, domains: Domains, facts: Mapping[str, object] | None = None) -> Iterator[Leaf]:
    """Yield every distinct way through a tree.

    Args:
        engine: the engine.
        tree: the tree's name.
        domains: the values that each variable can take.
        facts: variables that are held fixed.

    Raises:
        TreeError: a combination is not covered.
        KeyError: a variable has no domain.
    """
    known = dict(facts or {})
    decision = engine.decide(tree, known)
    if decision.pending is None:
        yield Leaf(known, decision)
        return
    for value in domains[decision.pending]:
        yield from leaves(engine, tree, domains, {**known, decision.pending: value})


def outcome(decision: End) -> tuple[object, ...]:
    """Return the results and rules of a decision, comparable."""
    return (tuple(sorted((k, repr(v)) for k, v in decision.result.items())), decision.rules())


def _subtrees(engine: Engine, tree: str, domains: Domains, facts: dict[str, object], found: list[str]) -> object:
    """Reduce a subtree to a comparable value; note questions all of whose answers lead to the same."""
    decision = engine.decide(tree, facts)
    if decision.pending is None:
        return outcome(decision)
    variable = decision.pending
    below = [_subtrees(engine, tree, domains, {**facts, variable: v}, found) for v in domains[variable]]
    if len(below) > 1 and len(set(below)) < 2:
        found.append(f"{tree}: {variable} is asked at {decision.nodes[-1]} though every answer leads to the same")
    return (variable, tuple(below))


def idle_questions(engine: Engine, tree: str, domains: Domains) -> list[str]:
    """Name each place where a variable is asked for although no answer could change the result."""
    found: list[str] = []
    _subtrees(engine, tree, domains, {}, found)
    return sorted(set(found))


def unreached(engine: Engine, tree: str, seen: list[Leaf]) -> list[str]:
    """Name the nodes and branches of a tree that no leaf passes."""
    passed = {name for leaf in seen for name in leaf.decision.nodes}
    nodes = engine.trees[tree].nodes
    found = [f"{tree}: node {name} is never reached" for name in nodes if name not in passed]
    taken = {
        (name, _value(leaf, nodes[name].test)) for leaf in seen for name in leaf.decision.nodes if nodes[name].test
    }
    for (owner, name), branches in engine.branches.items():
        if owner == tree and name in passed:
            found += [f"{tree}: branch {name} = {v!r} is never taken" for v in branches if (name, v) not in taken]
    return found


def _value(leaf: Leaf, variable: str) -> object:
    tested = leaf.decision.tested
    return tested[variable] if variable in tested else leaf.decision.result.get(variable)


def unused_rows(engine: Engine, table: str, seen: list[Leaf]) -> list[str]:
    """Name the rows of a table that no leaf stands on."""
    used = {f.rule for leaf in seen for f in leaf.decision.fired if f.row and f.by == table}
    return [f"{table}: row {row.id} is never used" for row in engine.tables[table].rows if row.id not in used]


def conflicts(engine: Engine, tree: str) -> list[str]:
    """Name values that two branches of one node claim."""
    found = []
    for name, node in engine.trees[tree].nodes.items():
        claimed: set[object] = set()
        for value in (value for branch in node.branches for value in branch.values):
            if value in claimed:
                found.append(f"{tree}: {name} has two branches for {value!r}")
            claimed.add(value)
    return found


def cycles(engine: Engine, tree: str) -> list[str]:
    """Name the nodes from which the tree comes back to itself."""
    nodes = engine.trees[tree].nodes
    found: list[str] = []
    done: set[str] = set()

    def visit(name: str, above: tuple[str, ...]) -> None:
        if name in above:
            found.append(f"{tree}: {' -> '.join((*above[above.index(name) :], name))}")
            return
        if name in done or name not in nodes:
            return
        for to in _next(nodes[name]):
            visit(to, (*above, name))
        done.add(name)

    visit(engine.trees[tree].root, ())
    return found


def _next(node: Node) -> list[str]:
    return [way for way in (*(branch.to for branch in node.branches), node.to) if way is not None]


def unknown_nodes(engine: Engine, tree: str) -> list[str]:
    """Name targets that no node answers to."""
    root, nodes = engine.trees[tree]
    found = [f"{tree}: root {root} is not a node"] if root not in nodes else []
    for name, node in nodes.items():
        found += [f"{tree}: {name} leads to {to}, which is not a node" for to in _next(node) if to not in nodes]
    return found


def order_matters(engine: Engine, tree: str, leaf: Leaf) -> bool:
    """Say whether giving the same facts in another order would lead elsewhere."""
    first = outcome(leaf.decision)
    for order in list(permutations(leaf.facts))[:24]:
        if outcome(engine.decide(tree, {k: leaf.facts[k] for k in order})) != first:
            return True
    return False


def faults(engine: Engine, tree: str, domains: Domains, tables: tuple[str, ...] = ()) -> list[str]:
    """Return everything that is wrong with a tree, in words; empty when it is sound."""
    found = unknown_nodes(engine, tree) + cycles(engine, tree) + conflicts(engine, tree)
    if found:
        return found
    try:
        seen = list(leaves(engine, tree, domains))
    except TreeError as fault:
        return [str(fault)]
    found += unreached(engine, tree, seen) + idle_questions(engine, tree, domains)
    for table in tables:
        found += unused_rows(engine, table, seen)
    found += [
        f"{tree}: the order of answers matters at {dict(s.facts)}" for s in seen if order_matters(engine, tree, s)
    ]
    return found
