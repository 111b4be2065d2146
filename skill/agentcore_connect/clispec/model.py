"""Checks a command line against a contract: acceptance and effect."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from agentcore_connect.clispec.words import ROOT, Command, Contract, Option, Parsed, Problem, parse_argv
from agentcore_connect.core.values import Json
from agentcore_connect.knowledge import resources
from agentcore_connect.knowledge.resources import Entry

__all__ = ["ROOT", "Command", "Contract", "Option", "Parsed", "Problem", "check_argv", "load", "parse_argv"]


@cache
def load(name: str) -> Contract:
    """The contract of a knowledge file, as `choose` names it ("cli-contract-0.30.0").

    Errors: ConnectError of `resources.load`.
    """
    return Contract(resources.load(name))


def check_argv(argv: Sequence[str], contract: Contract) -> list[Problem]:
    """Return the problems of a command line by a contract.

    In: the words, with or without `agentcore` in front (no shell syntax: values as the program gets them).
    Out: unknown commands and options, missing values and arguments, values that are not accepted, and, where the CLI
    was run, options it needs, options and combinations that it refuses, ignores or takes for something else.
    """
    parsed = parse_argv(argv, contract)
    if {"--help", "--version"} & parsed.options.keys() or any(one.kind == "unknown-command" for one in parsed.problems):
        return parsed.problems
    _check_values(parsed, contract)
    _check_stated(parsed)
    _check_forms(parsed, contract)
    for probe in contract.observed.get("combinations", ()):
        if probe["command"] == parsed.command.path:
            _check_combination(parsed, probe)
    return parsed.problems


def _check_values(parsed: Parsed, contract: Contract) -> None:
    observed = [one for one in contract.observed.get("values", ()) if one["command"] == parsed.command.path]
    for name, values in parsed.options.items():
        option = parsed.command.options[name]
        probes = [one for one in observed if one["option"] == name]
        for given in values:
            if given is None:
                continue
            for value in [part.strip() for part in given.split(",")] if option.is_list else [given]:
                _check_value(parsed, option, value, probes)
            _check_takes(parsed, option, given)


def _check_value(parsed: Parsed, option: Option, value: str, probes: Sequence[Entry]) -> None:
    for probe in probes:
        if value in probe.get("refused", {}):
            parsed.note("bad-value", option.name, probe["refused"][value], _listed(probe["accepted"]))
            return
        same = set(probe.get("as_left_out", ()))
        if value in same and same >= set(probe["accepted"]) and value not in option.choices:
            parsed.note(
                "no-effect",
                option.name,
                f"{value!r} is taken as if {option.name} had been left out",
                _listed(option.choices),
            )
            return
    known = {*option.choices, *(value for probe in probes for value in probe["accepted"])}
    if known and value not in known:
        shown = option.choices or sorted(known)
        parsed.note("bad-value", option.name, f"{option.name} does not take {value!r}", _listed(shown))


def _check_takes(parsed: Parsed, option: Option, value: str) -> None:
    """A reference may say that a value is only taken in a certain form: `-`, `file://PATH`, JSON, an https URL."""
    if option.takes and not any(_has_form(value, form) for form in option.takes):
        parsed.note(
            "bad-value", option.name, f"{option.name} does not take a value in this form", _listed(option.takes)
        )


def _has_form(value: str, form: str) -> bool:
    if form == "json":
        try:
            return isinstance(json.loads(value), dict | list)
        except ValueError:
            return False
    return value.startswith(form) and len(value) > len(form) if form.endswith("://") else value == form


def _check_stated(parsed: Parsed) -> None:
    for name, option in parsed.command.options.items():
        if option.required and name == option.name and name not in parsed.options:
            parsed.note("needs", name, f"{name} is required")


def _check_forms(parsed: Parsed, contract: Contract) -> None:
    """Check against the observed runs of each valid form, the most specific form first."""
    forms = [
        one
        for one in contract.observed.get("forms", ())
        if one["command"] == parsed.command.path and "fails" not in one and _applies(one["when"], parsed)
    ]
    forms.sort(key=lambda one: len(one["when"]), reverse=True)
    needs = {name: text for one in reversed(forms) for name, text in one.get("needs", {}).items()}
    for name, message in needs.items():
        if name not in parsed.options and not any(one.subject == name for one in parsed.problems):
            parsed.note("needs", name, message)
    for form in forms:
        choice = form.get("one_of")
        if choice and not set(choice["options"]) & parsed.options.keys():
            parsed.note("one-of", choice["options"][0], choice["message"], _listed(choice["options"]))
    told: set[str] = set()
    for form in forms:
        own = {*form.get("needs", ()), *form.get("optional", ())}
        for verdict, trial, message in _trials(form, parsed):
            fresh = trial - told - own
            told |= trial
            if fresh and verdict != "written":
                names = " ".join(sorted(fresh))
                parsed.note("refused" if verdict == "refused" else "no-effect", names, message)
        told |= own


def _trials(form: Entry, parsed: Parsed) -> Iterator[tuple[str, frozenset[str], str]]:
    """The trials whose options are all given, those of more options first."""
    found: list[tuple[str, frozenset[str], str]] = []
    for verdict in ("written", "ignored", "refused"):
        for names in form.get(verdict, ()):
            trial = frozenset(names.split())
            if trial <= parsed.options.keys():
                message = form[verdict][names] if verdict == "refused" else f"{names} is accepted and ignored here"
                found.append((verdict, trial, message))
    yield from sorted(found, key=lambda one: -len(one[1]))


def _check_combination(parsed: Parsed, probe: Entry) -> None:
    kind = parsed.value(probe["by"])
    results = probe["results"].get(kind)
    if results is None:
        return
    given = _shape({name: parsed.value(name) for name in probe["over"] if name in parsed.options}, probe["over"])
    way = next((way for way, options in probe["ways"].items() if _shape(options, probe["over"]) == given), None)
    said = " ".join(name if value is True else f"{name} {value}" for name, value in given.items()) or "nothing"
    accepted = _listed([name for name, result in results.items() if result == "as-asked"])
    if way is None:
        parsed.note("unobserved", said, f"{probe['by']} {kind} with {said} was never tried", accepted)
    elif results[way] != "as-asked":
        result = results[way]
        if "refused" in result:
            parsed.note("refused", said, result["refused"], accepted)
        else:
            wrote = json.dumps(result["wrote"])
            parsed.note(
                "means-other", said, f"{probe['by']} {kind} with {said} is accepted and writes {wrote}", accepted
            )


def _shape(options: Entry, over: Mapping[str, str]) -> dict[str, Json]:
    """Return the key of a form: the values of some options, the presence of others."""
    return {name: options[name] if how == "value" else True for name, how in over.items() if name in options}


def _applies(when: Entry, parsed: Parsed) -> bool:
    return all(_holds(test, name, parsed) for name, test in when.items())


def _holds(test: object, name: str, parsed: Parsed) -> bool:
    if test is True:
        return name in parsed.options
    value = parsed.value(name)
    if isinstance(test, Mapping):
        return value is not None and value.startswith(test["starts"])
    return value in (test if isinstance(test, list) else [test])


def _listed(values: Sequence[str]) -> str:
    return ", ".join(values)
