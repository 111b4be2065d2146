"""Trees, tables, rules and patterns from the knowledge files, built once per process."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from agentcore_connect.core.record import NamedTuple
from agentcore_connect.engine.conditions import Predicate, compile_condition, compile_later
from agentcore_connect.engine.tree import Engine
from agentcore_connect.knowledge.resources import Entry, load


class Rule(NamedTuple):
    """A rule in words. ``applies`` is the condition of a rule that no tree fires; ``cites`` is a fact with sources."""

    id: str
    kind: str
    text: str
    sources: tuple[str, ...]
    applies: Predicate | None = None
    scope: str = "connection"
    closes: bool = False
    refuses: bool = False
    fails_check: bool = False
    older: str | None = None
    section: str = "use"
    cites: str = ""


@cache
def patterns() -> dict[str, str]:
    """Regular expressions by id: from the limits, the derivations, and for each feature the Regions that have it."""
    found = {name: entry["regex"] for name, entry in load("limits")["patterns"].items()}
    found.update({entry["id"]: entry["regex"] for entry in load("derivations")["patterns"]})
    regions = load("regions")
    for name, feature in regions["features"].items():
        names = [code for code, region in regions["regions"].items() if region[feature["flag"]]]
        found[name] = f"^(?:{'|'.join(names)})$"
    return found


@cache
def rules() -> dict[str, Rule]:
    """Return every rule by id, including those of the auth matrix."""
    found = {entry["id"]: _rule(entry) for entry in load("rules")["rules"]}
    matrix = load("auth-matrix")
    for entry in matrix["demands"]:
        found[entry["id"]] = _rule({**entry, "kind": "why", "section": "matrix"})
    for target, kinds in matrix["targets"].items():
        for kind, cell in kinds.items():
            found[cell_id(target, kind)] = _rule(
                {**cell, "id": cell_id(target, kind), "kind": "why" if cell["api"] else "warning", "section": "matrix"}
            )
    for surface, layer in matrix["cli"].items():
        found[surface_id(surface)] = _rule({**layer, "id": surface_id(surface), "kind": "note"})
    for entry in matrix["api_only"]:
        found[entry["id"]] = _rule({**{k: v for k, v in entry.items() if k != "when"}, "kind": "why"})
    return found


def _rule(entry: Entry) -> Rule:
    return Rule(  # by place: there are hundreds, and names take longer
        entry["id"],
        entry["kind"],
        entry["text"],
        tuple(entry["sources"]),
        compile_later(entry["when"], patterns()) if "when" in entry else None,
        entry.get("scope", "connection"),
        entry.get("closes", False),
        entry.get("refuses", False),
        entry.get("fails_check", False),
        entry.get("older"),
        entry.get("section", "use"),
        entry.get("cites", ""),
    )


def cell_id(target: str, kind: str) -> str:
    """The id of a cell of the auth matrix: what a target type allows at the API."""
    return f"auth.{target}.{kind}"


def surface_id(surface: str) -> str:
    """The id of a command surface's layer in the auth matrix."""
    return f"cli.{surface}"


@cache
def engine() -> Engine:
    """The engine over the decision tree and the auth matrix."""
    tree = load("decision-tree")
    matrix = load("auth-matrix")
    tables = {
        "demands": {"by": ["service_auth"], "rows": [_demand(row) for row in matrix["demands"]]},
        "targets": {"by": ["target_type", "service_auth"], "rows": list(_target_rows(matrix["targets"]))},
        "cli": {"by": ["surface", "target_type", "service_auth"], "rows": list(_cli_rows(matrix))},
    }
    closing = [rule.id for rule in rules().values() if rule.closes]
    return Engine({"trees": tree["trees"], "tables": tables, "closing": closing})


def _demand(row: Entry) -> Entry:
    return {"id": row["id"], "at": [row["service_auth"]], "set": {"grant": None, **row["set"]}, "rules": [row["id"]]}


def _target_rows(targets: Entry) -> Iterator[Entry]:
    for target, kinds in targets.items():
        for kind, cell in kinds.items():
            own = cell_id(target, kind)
            steered = {"use": cell["use"], "set": {"steered": True}} if "use" in cell else {}
            yield {"id": own, "at": [target, kind], "rules": [own], **steered}


def _cli_rows(matrix: Entry) -> Iterator[Entry]:
    for surface, layer in matrix["cli"].items():
        for target, kinds in matrix["targets"].items():
            can = layer["can"].get(target, [])
            for kind, cell in kinds.items():
                if cell["api"]:
                    yield {
                        "id": f"{surface_id(surface)}.{target}.{kind}",
                        "at": [surface, target, kind],
                        "set": {"cli_can": kind in can},
                    }


@cache
def advice(scope: str) -> tuple[Rule, ...]:
    """Return the rules of a scope that have conditions of their own."""
    return tuple(rule for rule in rules().values() if rule.applies is not None and rule.scope == scope)


@cache
def api_only() -> tuple[tuple[str, Predicate], ...]:
    """Return the settings that only the API can make: rule id and condition."""
    return tuple(
        (entry["id"], compile_condition(entry["when"], patterns())) for entry in load("auth-matrix")["api_only"]
    )


@cache
def domains() -> dict[str, list[object]]:
    """Return the possible values of each variable in the trees."""
    found: dict[str, list[object]] = {k: v["domain"] for k, v in load("decision-tree")["variables"].items()}
    for question in load("questions")["questions"]:
        if question["ask"] == "tree" or question["type"] in ("choice", "boolean"):
            values = [True, False] if question["type"] == "boolean" else [c["value"] for c in question["choices"]]
            found.setdefault(question.get("variable", question["id"]), values)
    return found
