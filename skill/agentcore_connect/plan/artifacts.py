"""Lists the files of a plan from the renderers' manifests; a new kind of file is a new folder."""

from __future__ import annotations

from collections.abc import Iterator

from agentcore_connect.core.record import dataclass
from agentcore_connect.core.values import JsonObject, mapping, texts
from agentcore_connect.engine.conditions import compile_condition
from agentcore_connect.knowledge.base import patterns
from agentcore_connect.knowledge.resources import load_manifest, manifests
from agentcore_connect.plan.entries import ArtifactEntry, CheckResult
from agentcore_connect.plan.records import ConnectionContext, PolicyContext, RenderContext


@dataclass(frozen=True, slots=True)
class Artifact:
    """One file of a plan: its path in the output folder, and what it is rendered from.

    ``connection`` is its connection's context, ``policy`` its policy's; None for a file of the whole plan.
    """

    path: str
    kind: str
    manifest: JsonObject
    connection: ConnectionContext | None = None
    policy: PolicyContext | None = None

    @property
    def checks(self) -> list[str]:
        """The names of the checks that its manifest asks for."""
        return texts(self.manifest.get("checks"))


def artifacts(ctx: RenderContext) -> list[Artifact]:
    """Every file of a plan, in the order of the manifests; paths are unique.

    Two connections that want the same file get one each, the later with its connection's name in it.
    """
    found: list[Artifact] = []
    taken: set[str] = set()
    for kind in manifests():
        manifest = load_manifest(kind)
        if "artifact" not in manifest or manifest.get("of") == "whole-plan":
            continue
        for one in _of_kind(kind, manifest, ctx):
            path = one.path
            if path in taken and one.connection is not None:
                stem, dot, ending = path.rpartition(".")
                path = f"{stem}_{one.connection['ident']}{dot}{ending}"
            taken.add(path)
            found.append(Artifact(path, one.kind, one.manifest, one.connection, one.policy))
    return found


def _of_kind(kind: str, manifest: JsonObject, ctx: RenderContext) -> Iterator[Artifact]:
    applies, path = compile_condition(mapping(manifest.get("when")), patterns()), str(manifest["artifact"])
    match manifest.get("scope", "plan"):
        case "connection":
            for c in ctx["connections"]:
                if applies({**ctx, **c, "c": c}):
                    yield Artifact(path.format(name=c["name"], ident=c["ident"]), kind, manifest, c)
        case "policy":
            for policy in ctx["policies"]:
                if applies({**ctx, "policy": policy}):
                    yield Artifact(path.format(name=policy["name"], file=policy["file"]), kind, manifest, None, policy)
        case _:
            if applies(ctx):
                yield Artifact(path, kind, manifest)


def artifacts_of(kind: str, ctx: RenderContext) -> list[Artifact]:
    """The files of one kind, which no file of another kind shares its name with."""
    return list(_of_kind(kind, load_manifest(kind), ctx))


def manifest_of(path: str, ctx: RenderContext) -> JsonObject | None:
    """Return the manifest of a plan file, or None if the plan does not have it."""
    for kind in manifests():
        manifest = load_manifest(kind)
        if manifest.get("artifact") == path and compile_condition(manifest.get("when"), patterns())(ctx):
            return manifest
    return None


def planned(ctx: RenderContext) -> list[ArtifactEntry]:
    """The files of a plan that was not written, as plan.json has them: nothing was checked yet."""
    fixed = [
        ArtifactEntry(path="plan.md", kind="document", checks=[]),
        ArtifactEntry(path="plan.json", kind="plan", checks=_unchecked(["json-schema"])),
        ArtifactEntry(path="answers.yaml", kind="answers", checks=_unchecked(["json-schema"])),
    ]
    return [*fixed, *(ArtifactEntry(path=a.path, kind=a.kind, checks=_unchecked(a.checks)) for a in artifacts(ctx))]


def _unchecked(names: list[str]) -> list[CheckResult]:
    return [CheckResult(check=name, status="not-run", by="not written; use --out") for name in names]
