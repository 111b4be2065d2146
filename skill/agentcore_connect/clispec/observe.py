"""Observes the CLI beyond its help: requirements, ignored options, accepted values, combinations, hand edits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from agentcore_connect.clispec import model
from agentcore_connect.clispec.bench import Bench, Outcome, get
from agentcore_connect.core.values import Json
from agentcore_connect.knowledge.resources import Entry

Options = Mapping[str, str | None]
_In = TypeVar("_In")
_Out = TypeVar("_Out")


class Observer:
    """Makes the `observed` part of a contract.

    In: the bench, the probes, the contract's help (to take command lines apart), and how many to run at once.
    """

    def __init__(self, bench: Bench, probes: Entry, contract: model.Contract, jobs: int = 1) -> None:
        """Store the parts and read the forms."""
        self._bench = bench
        self._probes = probes
        self._contract = contract
        self._jobs = jobs
        self._forms = {form["id"]: form for form in probes["forms"]}

    def observe(self) -> dict[str, Json]:
        """Everything the probes ask for, in their order."""
        return {
            "forms": self._each(self.form, self._probes["forms"]),
            "values": self._each(self.values, self._probes["values"]),
            "combinations": [self.combination(one) for one in self._probes["combinations"]],
            "edits": self.edits(self._probes["edits"]),
        }

    def form(self, form: Entry) -> dict[str, Json]:
        """One right command: what it needs, and what each further option does on top of it."""
        command, options = form["command"], self._options(form)
        alone: dict[str, str | None] = dict(next(iter(form.get("one_of", [])), {}))
        right = self._run(form, options | alone)
        found: dict[str, Json] = {"id": form["id"], "command": command, "when": form["when"]}
        if not right.accepted:
            return found | {"fails": right.message}
        left_out = {name: self._run(form, _without(options | alone, [name])) for name in options}
        found["needs"] = {name: one.message for name, one in left_out.items() if not one.accepted}
        found["optional"] = [name for name, one in left_out.items() if one.accepted]
        if "one_of" in form:
            found["one_of"] = {
                "options": [
                    *(name for trial in form["one_of"] if self._run(form, options | trial).accepted for name in trial)
                ],
                "message": self._run(form, options).message,
            }
        written: list[str] = []
        ignored: list[str] = []
        refused: dict[str, str] = {}
        for trial in self._trials(form):
            if set(trial) & set(options | alone):
                continue
            outcome = self._run(form, options | alone | dict(trial))
            name = " ".join(trial)
            if not outcome.accepted:
                refused[name] = outcome.message
            else:
                (ignored if outcome.state == right.state else written).append(name)
        found |= {key: made for key, made in (("written", written), ("ignored", ignored), ("refused", refused)) if made}
        return found

    def values(self, probe: Entry) -> dict[str, Json]:
        """The values of one option: accepted, refused, or taken as if the option had been left out."""
        form, name = self._forms[probe["form"]], probe["option"]
        option = self._contract.commands[form["command"]].options[name]
        options = self._options(form) | probe.get("with", {})
        without = self._run(form, _without(options, [name]))
        accepted: list[str] = []
        found: dict[str, Json] = {"command": form["command"], "form": form["id"], "option": name, "accepted": accepted}
        as_left_out: list[str] = []
        refused: dict[str, str] = {}
        changes = without.accepted and without.state != self._bench.run(["validate"]).state
        listed = option.choices if probe.get("listed", True) else ()
        for value in dict.fromkeys([*listed, *probe["try"]]):
            outcome = self._run(form, options | {name: value})
            if not outcome.accepted:
                refused[value] = outcome.message
                continue
            accepted.append(value)
            if changes and outcome.state == without.state:
                as_left_out.append(value)
        if as_left_out:
            found["as_left_out"] = as_left_out
        return found | ({"refused": refused} if refused else {})

    def combination(self, probe: Entry) -> dict[str, Json]:
        """Every kind with every way to write the options: as asked, refused, or something else written."""
        cells = [(self._forms[name], way) for name in probe["forms"] for way in probe["ways"]]
        results: dict[str, dict[str, Json]] = {}
        for (form, way), result in zip(cells, self._each(lambda cell: self._cell(probe, *cell), cells), strict=True):
            results.setdefault(str(self._options(form)[probe["by"]]), {})[way] = result
        ways = {way: about["options"] for way, about in probe["ways"].items()}
        return {key: probe[key] for key in ("id", "command", "by", "over")} | {"ways": ways, "results": results}

    def edits(self, probe: Entry) -> dict[str, Json]:
        """Observe which hand edits of the project file `validate` accepts."""
        extra = [
            self._argv(self._forms[name], self._options(self._forms[name]) | {"--name": name})
            for name in probe["targets"]
        ]
        made = self._bench.validate(extra, ["name"], self._probes["project"])
        gateway = [probe["others"][0]["at"][0], probe["others"][0]["at"][1]]
        cells = [(name, auth) for name in probe["targets"] for auth in probe["outbound_auth"]]

        def one(cell: tuple[str, Entry]) -> str:
            return _verdict(
                self._bench.validate(extra, [*gateway, "targets", {"name": cell[0]}, "outboundAuth"], cell[1])
            )

        matrix: dict[str, list[Json]] = {}
        for (name, auth), verdict in zip(cells, self._each(one, cells), strict=True):
            kind = get(made.state["project"], [*gateway, "targets", {"name": name}, "targetType"])
            matrix.setdefault(str(kind), []).append({"set": auth, "result": verdict})
        others = self._each(
            lambda edit: _verdict(self._bench.validate(extra, edit["at"], edit["set"])), probe["others"]
        )
        named = [
            {"id": edit["id"], "at": edit["at"], "set": edit["set"], "result": verdict}
            for edit, verdict in zip(probe["others"], others, strict=True)
        ]
        return {"unchanged": _verdict(made), "outbound_auth": matrix, "others": named}

    def _cell(self, probe: Entry, form: Entry, way: str) -> Json:
        about = probe["ways"][way]
        options = _without(self._options(form), probe["over"]) | about["options"]
        outcome = self._run(form, options)
        if not outcome.accepted:
            return {"refused": outcome.message}
        wrote = get(outcome.state["project"], probe["reads"])
        return "as-asked" if wrote == about["wants"] else {"wrote": wrote}

    def _trials(self, form: Entry) -> Sequence[Options]:
        also = form.get("also", [])
        trials: Sequence[Options] = self._probes["samples"][form["command"]] if also == "all" else also
        known = self._contract.commands[form["command"]].options
        return [trial for trial in trials if set(trial) <= set(known)]

    def _options(self, form: Entry) -> dict[str, str | None]:
        parsed = model.parse_argv([*form["command"].split(), *form["argv"]], self._contract)
        return {name: values[-1] for name, values in parsed.options.items()}

    def _argv(self, form: Entry, options: Options) -> list[str]:
        words = [word for name, value in options.items() for word in ([name] if value is None else [name, value])]
        return [*form["command"].split(), *words]

    def _run(self, form: Entry, options: Options) -> Outcome:
        extra = [self._probes["extra"][name] for name in form.get("extra", [])]
        return self._bench.run(self._argv(form, options), extra)

    def _each(self, work: Callable[[_In], _Out], items: Iterable[_In]) -> list[_Out]:
        with ThreadPoolExecutor(max_workers=self._jobs) as pool:
            return list(pool.map(work, items))


def _without(options: Options, names: Iterable[str]) -> dict[str, str | None]:
    left = set(names)
    return {name: value for name, value in options.items() if name not in left}


def _verdict(outcome: Outcome) -> str:
    return "accepted" if outcome.accepted else outcome.message
