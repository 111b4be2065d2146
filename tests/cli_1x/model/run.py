"""One command line of the CLI run by the model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from agentcore_connect.knowledge.resources import load
from tests.cli_1x.model import gateways, others
from tests.cli_1x.model.gateways import named
from tests.cli_1x.model.options import Options
from tests.cli_1x.model.state import Read, RefusedError, State, read_shape

_ALL = (
    "runtimes",
    "memories",
    "knowledgeBases",
    "credentials",
    "evaluators",
    "onlineEvalConfigs",
    "agentCoreGateways",
    "policyEngines",
    "configBundles",
    "harnesses",
)
_LISTS = {
    "harness": "harnesses",
    "runtime": "runtimes",
    "credential": "credentials",
    "gateway": "agentCoreGateways",
    "policy-engine": "policyEngines",
    "memory": "memories",
}


def create(options: Options, state: State) -> None:
    if state.config is not None:
        raise RefusedError("there is a project here already")
    name = read_shape("ProjectName", options.need("--name"), "--name")
    template = options.get("--template")
    if template not in (None, "empty", *others.TEMPLATES):
        raise RefusedError(f"--template takes empty or {', '.join(others.TEMPLATES)}, not {template}")
    for one in ("--model-provider", "--api-key", "--model-id"):
        if one in options and (template in (None, "empty") or not others.TEMPLATES[str(template)][4]):
            raise RefusedError(f"{one} is not for this template")
    key = options.secret("--api-key")
    state.config = {"name": name, "version": 2, "managedBy": "CDK"}
    if template is None:  # a later commit makes an empty project of it
        others.put_harness(state, {"name": name, "model": dict(others.HARNESS_MODEL), "tools": [], "skills": []})
    elif template != "empty":
        others.put_runtime(state, "agent", template, {}, options.get("--model-provider"), key)
    state.commit(state.spec)


def remove(options: Options, state: State) -> None:
    kind = options.argument()
    if not kind:
        raise RefusedError("what to remove is missing")
    if kind not in (*_LISTS, "gateway-target", "gateway-connector", "policy", "all"):
        raise RefusedError(f"{kind} cannot be removed here")
    _own_options(options, kind)
    spec = state.spec
    if kind == "all":
        if "--name" in options:
            raise RefusedError("--name is not for remove all")
        if "--yes" not in options:
            raise RefusedError("remove all needs --yes where nobody can be asked")
        gone = spec["credentials"]
        spec |= {key: [] for key in _ALL}
        spec.pop("payments", None)
    else:
        name = options.need("--name")
        gone = _remove_one(options, kind, name, spec)
    rule = load("project-v2")["variables"]
    for one in gone:
        state.env.pop(others.variable_of(one, rule) or "", None)
    state.commit(spec)


def _own_options(options: Options, kind: str) -> None:
    for option, kinds in {"--gateway": ("gateway-target", "gateway-connector"), "--engine": ("policy",)}.items():
        if option in options and kind not in kinds:
            raise RefusedError(f"{option} is not for {kind}")


def _remove_one(options: Options, kind: str, name: str, spec: dict[str, Any]) -> list[dict[str, Any]]:
    """Take one thing away. Out: the credentials that are gone with it."""
    if kind in ("gateway-target", "gateway-connector"):
        gateway = named(spec["agentCoreGateways"], options.need("--gateway"), "gateway")
        gateway["targets"].remove(named(gateway["targets"], name, kind))
        return []
    if kind == "policy":
        engines = [one for one in spec["policyEngines"] if any(policy["name"] == name for policy in one["policies"])]
        chosen = options.get("--engine")
        if not chosen and len(engines) > 1:
            raise RefusedError(f"several engines hold a policy {name}; --engine says which")
        engine = named(engines, chosen, kind) if chosen else next(iter(engines), None)
        if engine is None:
            raise RefusedError(f"there is no {kind} named {name} in this project")
        engine["policies"].remove(named(engine["policies"], name, kind))
        return []
    entries = spec[_LISTS[kind]]
    found = named(entries, name, kind)
    entries.remove(found)
    if kind == "policy-engine":
        for gateway in spec["agentCoreGateways"]:
            if gateway.get("policyEngineConfiguration", {}).get("policyEngineName") == name:
                del gateway["policyEngineConfiguration"]
    return [found] if kind == "credential" else []


def read_only(options: Options, state: State) -> None:
    """`build`, `deploy`, `status`: they read the project file; what they do beyond it is not modelled."""
    assert state.spec is not None


#: What each command does, and where it was read.
COMMANDS: dict[str, Callable[[Options, State], None]] = {
    "create": create,
    "add gateway": gateways.add_gateway,
    "add gateway-target": gateways.add_target,
    "add gateway-connector": gateways.add_connector,
    "add credentials api-key": others.add_api_key,
    "add credentials oauth": others.add_oauth,
    "add policy-engine": others.add_engine,
    "add policy": others.add_policy,
    "add harness": others.add_harness,
    "add runtime": others.add_runtime,
    "remove": remove,
    "build": read_only,
    "deploy": read_only,
    "status": read_only,
}


@dataclass(frozen=True)
class Outcome:
    """The project afterwards; with a refusal the one from before."""

    state: State
    refused: str = ""
    code: int = 0


def run(argv: Sequence[str], state: State, *, stdin: str | None = None, files: dict[str, str] | None = None) -> Outcome:
    """Run one command line. In: the words, the project, what is piped in, texts by the path that options name."""

    def read(path: str) -> str:
        known = {**state.texts, **(files or {})}
        if path not in known:
            raise RefusedError(f"there is no file {path}")
        return known[path]

    after = state.copy()
    try:
        options = Options(argv, read, stdin)
        if options.command not in COMMANDS:
            raise RefusedError(f"the model does not know {options.command}")
        COMMANDS[options.command](options, after)
    except RefusedError as refused:
        return Outcome(state, str(refused), refused.code)
    return Outcome(after)


__all__ = ["COMMANDS", "Outcome", "Read", "run"]
