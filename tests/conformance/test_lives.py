"""The whole life of every boto3 program of the space, against a stand-in for AWS that checks each request by the model.

A fresh account; everything there; an interrupt or a refusal at each request and a second run; a target that fails; a
consent that comes and one that never does; half an `up` and an interrupted `down` taken down.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from agentcore_connect.plan.build import build
from agentcore_connect.render.plan_files import _with_places
from agentcore_connect.verify.scripts import program_run
from tests.configure.control_plane import ServiceError
from tests.configure.lifecycle import WHEN, Interrupts, Sky
from tests.conformance.emitted import Emitted, File, gathered
from tests.share import share_of

Count = Callable[..., None]
SESSION = "urn:ietf:params:oauth:request_uri:abc-123"
SLOW = ServiceError("ThrottlingException", "Rate exceeded", 429)


class Life:
    """A program of the space, started as often as a test wants in accounts that have what its plan takes for granted."""

    def __init__(self, one: File, everything: Emitted, folder: Path) -> None:
        case = gathered(one.situation, everything.folder)
        ctx = _with_places(build(case), case, everything.folder)
        self.run = program_run(ctx)
        self.steps: list[dict[str, Any]] = json.loads(one.text)["steps"]
        self._files = {"configure.json": one.text, **{p["file"]: p["statement"] for p in ctx["policies"]}}
        self.why = one.situation.why
        self._folder, self._made = folder, iter(range(1_000_000))

    def sky(self) -> Sky:
        """An account with what someone else created."""
        folder = self._folder / str(next(self._made))
        folder.mkdir()
        found = Sky(folder, self._files, self.run.env)
        situation: dict[str, Any] = dict(self.run.situation)
        gateway = {key: value for key, value in situation["gateway"].items() if key != "gatewayArn"}
        if situation["exists"]:
            found.plane.add_gateway(gateway.pop("name"), gateway.pop("gatewayId"), **{"protocolType": None, **gateway})
        for name in situation["providers"]:
            kind = next(
                step["kind"] for step in self.steps if step["name"] == name and step["kind"].endswith("-provider")
            )
            found.plane.add_provider("apikey" if kind.startswith("api-key") else "oauth2", name)
        return found

    def shape(self) -> str:
        """What decides over the order of requests: the kinds of steps, what each sends, and what there is before."""
        parts = [
            (one["kind"], one["operation"], one.get("provider"), bool(one.get("return_url"))) for one in self.steps
        ]
        return str([*parts, self.run.situation["exists"], sorted(self.run.situation["providers"])])

    def left(self, sky: Sky, before: Any) -> bool:
        """Whether all is as it was, but for the settings of a gateway that someone else created."""
        after = sky.state()
        return bool(
            {**after, "gateways": sorted(after["gateways"])} == {**before, "gateways": sorted(before["gateways"])}
        )


def quiet(life: Life, count: Count) -> Iterator[str]:
    """Whatever goes wrong where nothing disturbs a run: created, found, shown, deleted; a target fails, one waits."""
    whole = life.sky()
    before = whole.state()
    if whole.run("up"):
        yield f"fresh account: {whole.said}"
        return
    wanted = whole.state()
    whole.plane.calls.clear()
    if whole.run("up") or whole.plane.writes or whole.state() != wanted:
        yield f"all exists: {whole.plane.writes} {whole.said}"
    if whole.run("status"):
        yield f"status: {whole.said}"
    if whole.run("down", "--yes") or not life.left(whole, before):
        yield f"down: {whole.said}"
    count("lives, fresh and again", "run")
    yield from with_a_failed_target(life, wanted, count)
    if any(step.get("return_url") for step in life.steps):
        yield from with_a_consent(life, before, count)


def disturbed(life: Life, count: Count) -> Iterator[str]:
    """Whatever goes wrong after an interrupt or a refusal at any request."""
    whole, counted, downs = life.sky(), Interrupts(), Interrupts()
    before = whole.state()
    whole.run("up", interrupts=counted)
    wanted = whole.state()
    whole.run("down", "--yes", interrupts=downs)
    for at in range(1, counted.count + 1):
        for when in WHEN:
            yield from interrupted(life, at, when, wanted, before)
            count("lives, interrupted", "run")
        one = life.sky()
        if (
            one.run("up", interrupts=Interrupts(at, "before", lambda: SLOW)) != 1
            or one.run("up")
            or one.state() != wanted
        ):
            yield f"throttled at {at}: {one.said}"
        count("lives, throttled", "run")
    for at in range(1, downs.count + 1):
        one = life.sky()
        one.run("up")
        one.run("down", "--yes", interrupts=Interrupts(at, "after"))
        if one.run("down", "--yes") or not life.left(one, before):
            yield f"down, interrupted at {at}: {one.said}"
        count("lives, down interrupted", "run")


def interrupted(life: Life, at: int, when: str, wanted: Any, before: Any) -> Iterator[str]:
    """An interrupt, and a second run or the way down."""
    one = life.sky()
    if one.run("up", interrupts=Interrupts(at, when)) != 130:
        yield f"interrupted {when} {at}: no interrupt"
    if one.run("up") or one.state() != wanted:
        yield f"interrupted {when} {at}: {one.said}"
    half = life.sky()
    half.run("up", interrupts=Interrupts(at, when))
    if half.run("down", "--yes") or not life.left(half, before):
        yield f"half an up, {when} {at}, taken down: {half.said}"


def with_a_failed_target(life: Life, wanted: Any, count: Count) -> Iterator[str]:
    """One target fails; the others are created, the policies wait, and the next run repairs it."""
    targets = [step["name"] for step in life.steps if step["kind"] == "target"]
    if not targets:
        return
    one = life.sky()
    one.plane.plans = [["CREATING", "FAILED"]]
    one.plane.reasons = ["tools/list answered 401"]
    if one.run("up") != 1 or f"The target {targets[0]} is FAILED: tools/list answered 401" not in one.said:
        yield f"a failed target: {one.said}"
    if {each["name"] for each in one.plane.targets.values()} != set(targets) or one.plane.policies:
        yield "a failed target holds the others up, or policies do not wait"
    one.plane.reasons = []
    if one.run("up") or {**one.state(), "targets": 0} != {**wanted, "targets": 0}:
        yield f"a failed target, repaired: {one.said}"
    count("lives, a target fails", "run")


def with_a_consent(life: Life, before: Any, count: Count) -> Iterator[str]:
    """A consent that is pending, then granted; and one that never comes."""
    waiting = [step["name"] for step in life.steps if step.get("return_url")]
    one = life.sky()
    one.plane.pending = set(waiting)
    if one.run("up", "--wait", "1") != 3:
        yield f"a consent is pending: {one.said}"
    for name in waiting:
        one.run("up", "--complete", SESSION, "--target", name, "--wait", "1")
    one.plane.pending = set()
    if one.run("up", "--wait", "1"):
        yield f"a consent is granted: {one.said}"
    never = life.sky()
    never.plane.pending = set(waiting)
    never.run("up", "--wait", "1")
    if never.run("down", "--yes") != 1 or {each["name"] for each in never.plane.targets.values()} != set(waiting):
        yield f"a consent never comes, down: {never.said}"
    for target in never.plane.targets.values():
        target["states"] = ["FAILED"]
    if never.run("down", "--yes") or not life.left(never, before):
        yield f"a consent never came, down: {never.said}"
    count("lives, consent granted and never", "run")


def test_every_program_lives_and_leaves_nothing_behind(everything: Emitted, tmp_path: Path, count: Count) -> None:
    """All of them undisturbed; of those whose requests come in the same order, one disturbed at each request."""
    programs = everything.of_kind("configure-json")
    wrong: list[str] = []
    shapes: dict[str, Life] = {}
    for number, one in enumerate(share_of(programs, one_in=40)):
        folder = tmp_path / str(number)
        folder.mkdir()
        life = Life(one, everything, folder)
        shapes.setdefault(life.shape(), life)
        wrong += [f"{one.situation.why}: {problem}" for problem in quiet(life, count)]
        count("lives, programs", "run")
    for life in share_of(list(shapes.values()), one_in=10):
        wrong += [f"{life.why}: {problem}" for problem in disturbed(life, count)]
        count("lives, orders of requests", "run")
    assert not wrong, "\n".join(wrong)[:6000]
    assert len(programs) > 100
