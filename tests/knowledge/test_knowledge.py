"""The knowledge is sound, and each check that says so has been seen to fail: on one fault, and on no other check's."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from agentcore_connect.knowledge import resources

TOOL = resources.knowledge_dir().parent / "tools" / "check_knowledge.py"
if not TOOL.is_file():
    pytest.skip("the checks of the knowledge are part of the checkout only", allow_module_level=True)


def _load_tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("check_knowledge", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["check_knowledge"] = module
    spec.loader.exec_module(module)
    return module


tool = _load_tool()
CHECKS = {check.__name__: check for check in tool.CHECKS}

SOUND: dict[str, Any] = {
    "explain": {
        "ids": ["limits.limits", "limits.patterns", "errors.errors", "corrections.examples", "sources.sources"],
        "own_ids": ["steps.steps"],
        "unsourced": ["names.names"],
        "grids": [{"file": "matrix", "section": "rows"}],
    },
    "sources": {
        "sources": {"page": {"title": "A page", "date": "2026-10"}, "model": {"title": "It", "date": "2026-11-21"}}
    },
    "limits": {
        "limits": {"few": {"value": 3, "text": "Three.", "sources": ["page"], "checked_on": "2026-10"}},
        "patterns": {
            "word": {
                "regex": r"^[a-z]+\Z",
                "example": "abc",
                "counterexample": "a b",
                "sources": ["model"],
                "checked_on": "2026-11-21",
            }
        },
    },
    "errors": {
        "errors": {
            "A1": {
                "title": "It fails",
                "phrases": ["it fails"],
                "regexes": ["fai?ls"],
                "sources": ["page"],
                "related": ["few"],
            },
            "A2": {"phrases": ["it breaks"], "sources": ["page"]},
        }
    },
    "corrections": {"examples": {"example-one": {"page": "page", "problem": "wrong", "sources": ["model"]}}},
    "matrix": {"rows": [{"id": "row", "text": "A row.", "sources": ["page"]}]},
    "names": {"names": [{"id": "a-name", "text": "A name."}]},
    "steps": {"steps": [{"id": "row"}]},
    "rules": {
        "rules": [
            {"id": "rule", "text": "At {host}.", "when": {"oauth.vendor": "x", "at_host.asks": 1}, "sources": ["page"]}
        ]
    },
    "derivations": {"derivations": [{"name": "is_open", "is": {"any": [{"given.network": "public"}, {"grant": "a"}]}}]},
    "questions": {
        "questions": [
            {
                "id": "network",
                "scope": "connection",
                "type": "choice",
                "choices": [{"value": "public"}, {"value": "vpc"}],
            },
            {"id": "oauth.scopes", "scope": "connection", "type": "list", "when": {"is_open": True}},
            {"id": "gateway.exists", "scope": "gateway", "type": "boolean"},
        ]
    },
    "decision-tree": {
        "variables": {"at_night": {}},
        "results": {"leads_to": ["gateway", "agent", "none"], "steered": [True]},
        "trees": {"route": {"nodes": {"a": {"test": "network"}, "b": {"test": "at_night"}, "c": {"test": "leads_to"}}}},
    },
}


def strict(data: dict[str, Any]) -> dict[str, Any]:
    return {
        "$schema": tool.DRAFT,
        "type": "object",
        "additionalProperties": False,
        "properties": {key: {"type": ["object", "array"]} for key in data},
    }


SCHEMAS = {name: strict(data) for name, data in SOUND.items()}
Fault = Callable[[dict[str, Any], dict[str, Any]], None]


def put(path: str, value: Any) -> Fault:
    """A fault in the data: the value at a path; None takes it away."""

    def make(data: dict[str, Any], _: dict[str, Any]) -> None:
        *way, last = path.split("/")
        for part in way:
            data = data[part]
        if value is None:
            del data[last]
        else:
            data[last] = value

    return make


def schema_fault(change: Callable[[dict[str, Any]], Any]) -> Fault:
    return lambda _, schemas: change(schemas)


def replace_in(path: str, these: dict[str, Any], others: dict[str, Any]) -> Fault:
    """A fault in the data: wherever below the path all of these members stand, the others stand in their place."""

    def changed(node: Any) -> Any:
        if isinstance(node, list):
            return [changed(one) for one in node]
        if not isinstance(node, dict):
            return node
        rest = {key: changed(value) for key, value in node.items()}
        if any(key not in node or node[key] != value for key, value in these.items()):
            return rest
        return {**{key: value for key, value in rest.items() if key not in these}, **others}

    def make(data: dict[str, Any], _: dict[str, Any]) -> None:
        file, section = path.split("/")
        data[file][section] = changed(data[file][section])

    return make


FAULTS: list[tuple[str, Fault]] = [
    ("schemas_fit", put("limits/surplus", {})),
    ("schemas_fit", schema_fault(lambda schemas: schemas.pop("limits"))),
    (
        "schemas_fit",
        schema_fault(lambda schemas: schemas["limits"].update({"$schema": "http://json-schema.org/draft-07/schema#"})),
    ),
    ("schemas_strict", schema_fault(lambda schemas: schemas["limits"].pop("additionalProperties"))),
    ("sources_exist", put("limits/limits/few/sources", ["page", "nowhere"])),
    ("sources_exist", put("corrections/examples/example-one/page", "nowhere")),
    ("sources_used", put("sources/sources/spare", {"title": "Spare", "date": "2026-10"})),
    ("facts_sourced", put("limits/limits/few/sources", None)),
    ("facts_sourced", put("matrix/rows", [{"id": "row", "text": "A row.", "sources": []}])),
    ("ids_unique", put("matrix/rows", [{"id": "few", "text": "A row.", "sources": ["page"]}])),
    ("ids_unique", put("matrix/rows", [{"id": "row", "sources": ["page"]}] * 2)),
    ("references_lead_somewhere", put("errors/errors/A1/related", ["nothing"])),
    ("references_lead_somewhere", put("explain/ids", [*SOUND["explain"]["ids"], "limits.gone"])),
    ("references_lead_somewhere", put("explain/grids", [{"file": "matrix", "section": "gone"}])),
    ("patterns_hold", put("limits/patterns/word/example", "A")),
    ("patterns_hold", put("limits/patterns/word/counterexample", "abc")),
    ("patterns_hold", put("limits/patterns/word/regex", "^[a-z]+$")),
    ("patterns_hold", put("limits/patterns/word/regex", "(")),
    ("patterns_hold", put("errors/errors/A1/regexes", ["("])),
    ("phrases_unique", put("errors/errors/A2/phrases", ["It Fails"])),
    ("dates_agree", put("limits/limits/few/checked_on", "2026-11-21")),
    ("variables_exist", replace_in("rules/rules", {"oauth.vendor": "x"}, {"oauth.seller": "x"})),
    ("variables_exist", replace_in("rules/rules", {"oauth.vendor": "x"}, {"not": {"endpoint.host": "x"}})),
    ("variables_exist", replace_in("derivations/derivations", {"given.network": "public"}, {"given.net": "public"})),
    ("variables_exist", replace_in("questions/questions", {"is_open": True}, {"is_closed": True})),
    ("variables_exist", put("derivations/derivations", [])),
    ("variables_exist", put("rules/rules", [{"id": "rule", "text": "At {hots}.", "sources": ["page"]}])),
    ("variables_exist", put("decision-tree/variables", {})),
    ("variables_exist", put("decision-tree/trees/route/nodes/a/test", "networks")),
    ("answers_are_kept", replace_in("questions/questions", {"id": "oauth.scopes"}, {"id": "oauth.scope"})),
    ("answers_are_kept", replace_in("questions/questions", {"value": "vpc"}, {"value": "private"})),
    ("answers_are_kept", replace_in("questions/questions", {"type": "list"}, {"type": "boolean"})),
    ("answers_are_kept", replace_in("questions/questions", {"type": "boolean"}, {"type": "integer"})),
    ("answers_are_kept", put("decision-tree/results/leads_to", ["gateway", "agent"])),
    ("answers_are_kept", put("decision-tree/results/goes_to", ["gateway"])),
]


def knowledge(data: dict[str, Any], schemas: dict[str, Any]) -> Any:
    return tool.Knowledge(data, {name: name for name in data}, schemas, {})


@pytest.mark.parametrize("check", CHECKS)
def test_the_knowledge_has_no_fault(check: str) -> None:
    known = tool.read(resources.knowledge_dir().parent)
    assert list(CHECKS[check](known)) == []


def test_the_sound_knowledge_passes_every_check() -> None:
    known = knowledge(SOUND, SCHEMAS)
    assert [problem for check in tool.CHECKS for problem in check(known)] == []


@pytest.mark.parametrize(
    ("check", "fault"), FAULTS, ids=[f"{name}-{number}" for number, (name, _) in enumerate(FAULTS)]
)
def test_a_fault_fails_its_check_and_no_other(check: str, fault: Fault) -> None:
    data, schemas = deepcopy(SOUND), deepcopy(SCHEMAS)
    fault(data, schemas)
    known = knowledge(data, schemas)
    assert [name for name, one in CHECKS.items() if list(one(known))] == [check]


def test_every_check_has_been_seen_to_fail() -> None:
    assert {check for check, _ in FAULTS} == set(CHECKS)


def write(top: Path, data: dict[str, Any]) -> Path:
    (top / "knowledge" / "schemas").mkdir(parents=True)
    (top / "renderers").mkdir()
    for name, content in data.items():
        (top / "knowledge" / f"{name}.yaml").write_text(yaml.safe_dump(content), "utf-8")
        (top / "knowledge" / "schemas" / f"{name}.schema.json").write_text(json.dumps(SCHEMAS[name]), "utf-8")
    return top


def test_the_program_says_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert tool.main([str(write(tmp_path / "sound", SOUND))]) == 0
    assert capsys.readouterr().out == ""
    broken = deepcopy(SOUND)
    broken["errors"]["errors"]["A1"]["related"] = ["nothing"]
    assert tool.main([str(write(tmp_path / "broken", broken))]) == 1
    said = "references_lead_somewhere: errors: A1: related to 'nothing', which is no id\n"
    assert capsys.readouterr().out == said


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    top = write(tmp_path, SOUND)
    (top / "knowledge" / "limits.yaml").write_text("limits: {a: 1, a: 2}\n", "utf-8")
    assert tool.main([str(top)]) == 2
    assert "knowledge/limits.yaml:1" in capsys.readouterr().err


def test_the_schema_named_in_the_first_line_is_taken(tmp_path: Path) -> None:
    top = write(tmp_path, SOUND)
    steps = top / "knowledge" / "steps.yaml"
    steps.write_text("# yaml-language-server: $schema=schemas/names.schema.json\nsteps: []\n", "utf-8")
    problems = list(CHECKS["schemas_fit"](tool.read(top)))
    assert len(problems) == 1
    assert problems[0].startswith("steps: $: Additional properties are not allowed")


def test_every_finding_about_the_older_guide_is_there_once() -> None:
    rows = [one["row"] for one in resources.load("corrections")["corrections"].values()]
    assert rows == list(range(1, 30))


def test_the_inbound_kinds_are_those_of_the_question() -> None:
    question = next(one for one in resources.load("questions")["questions"] if one["id"] == "gateway.inbound_auth")
    kinds = resources.load("inbound-auth")["types"].values()
    assert {kind["answer"] for kind in kinds if "answer" in kind} == {one["value"] for one in question["choices"]}


def test_the_reasons_for_a_direct_call_are_those_of_the_question() -> None:
    question = next(one for one in resources.load("questions")["questions"] if one["id"] == "direct_reason")
    assert [one["answer"] for one in resources.load("direct-calls")["reasons"].values()] == sorted(
        (choice["value"] for choice in question["choices"]),
        key=[one["answer"] for one in resources.load("direct-calls")["reasons"].values()].index,
    )


def test_every_condition_of_a_rule_and_a_question_can_be_compiled() -> None:
    from agentcore_connect.knowledge import base, questions

    held = [rule.applies for rule in base.rules().values() if rule.applies is not None]
    for one in questions.questions().values():
        held += [one.when, one.optional, one.asked_for, one.starter, *(found for found, _ in one.find)]
        held += [found.when for found in (*one.derived, *([one.run_time] if one.run_time else []))]
    assert len(held) > 300
    for condition in held:
        condition({})  # the first use compiles it
