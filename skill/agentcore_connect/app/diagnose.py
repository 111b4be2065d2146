"""Diagnoses an error message. The result repeats only names from the text, which may hold a secret."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NotRequired

from agentcore_connect.core.record import NamedTuple, TypedDict
from agentcore_connect.core.values import mapping
from agentcore_connect.knowledge import resources
from agentcore_connect.knowledge.resources import Entry

if TYPE_CHECKING:
    from agentcore_connect.diagnose.beside import Beside


class Source(TypedDict):
    """The source of a fact."""

    id: str
    title: NotRequired[str]
    url: NotRequired[str]


class Titled(TypedDict):
    """An error by its id."""

    id: str
    title: str


class Match(NamedTuple):
    """A known error: its causes in order, how to make sure, what to do. ``known_by`` is what showed it."""

    id: str
    known_by: str
    title: str
    causes: list[str]
    confirm: str | None
    fix: str | None
    versions: str | None
    sources: list[Source]
    related: list[str]

    def as_dict(self, *, sources: bool = False) -> dict[str, object]:
        """The match as front ends print it; its sources on request."""
        shown = {key: value for key, value in self._asdict().items() if sources or key != "sources"}
        return {key: value for key, value in shown.items() if value not in (None, [])}


class Diagnosis(NamedTuple):
    """The diagnosis of a text; ``nearest`` are errors with similar words."""

    known: bool
    details: list[str]
    matches: list[Match]
    nearest: list[Titled]
    first_steps: list[dict[str, str]]
    notes: list[str]

    def as_dict(self, *, sources: bool = False) -> dict[str, object]:
        """The diagnosis as front ends print it: `known` and `matches` always, the others where they hold something."""
        matches: dict[str, object] = {
            "known": self.known,
            "matches": [one.as_dict(sources=sources) for one in self.matches],
        }
        return matches | {key: value for key, value in self._asdict().items() if key not in matches and value}


def known_errors() -> dict[str, str]:
    """Return the known errors: ids and titles."""
    return {name: row["title"] for name, row in resources.load("errors")["errors"].items()}


def diagnose(text: str, project: Path | None = None, plan: Path | None = None) -> Diagnosis:
    """Return likely causes in order, with confirmation and fix, or the nearest known errors.

    Args:
        text: the message.
        project: a folder in the project that it is about.
        plan: the folder of a written plan that it is about; its project counts too.

    Errors: ConnectError `no-project`, `no-plan`, and what reading them raises.
    """
    from agentcore_connect import secrets
    from agentcore_connect.diagnose.match import LOOK_AT
    from agentcore_connect.diagnose.match import diagnose as find

    known = resources.load("errors")
    rows = known["errors"]
    found = find(text, known, beside=_beside(project, plan) if project or plan else None)
    notes = []
    looked_at = text[-LOOK_AT:]
    if secrets.redact(looked_at) != looked_at:
        notes.append(
            "The text seems to hold a secret. It is not shown here; if it was shown elsewhere, replace the secret."
        )
    return Diagnosis(
        known=bool(found.matches),
        details=[secrets.redact(one) for one in found.details],
        matches=[_match(one.id, one.by, rows[one.id]) for one in found.matches],
        nearest=[{"id": one.id, "title": rows[one.id]["title"]} for one in found.nearest],
        first_steps=[{"title": step["title"], "command": step["command"]} for step in known["first_steps"].values()],
        notes=notes,
    )


def _beside(project: Path | None, plan: Path | None) -> Beside:
    from agentcore_connect.app.project import project_named
    from agentcore_connect.diagnose.beside import Beside, Rights

    own = project_named(project) if project else None
    if plan is None:
        return Beside(own)
    from agentcore_connect.plan.brief import brief
    from agentcore_connect.verify.written import read_written

    written = read_written(plan)
    short = brief(written.fresh)
    places = [one["at"] for one in written.fresh.promises["entries"]]
    declared = [mapping(at[1]) for at in places if len(at) == 2 and at[0] == "credentials"]
    rights = Rights(short.rights, f"{plan.name}/plan.md", short.granted_by)
    return Beside(own or written.gathered.project, rights, frozenset(str(one["name"]) for one in declared))


def _match(name: str, by: str, row: Entry) -> Match:
    sources = resources.load("sources")["sources"]
    return Match(
        id=name,
        known_by=by,
        title=row["title"],
        causes=row["causes"],
        confirm=row.get("confirm"),
        fix=row.get("fix"),
        versions=row.get("versions"),
        sources=[_source(one, sources[one]) for one in row["sources"]],
        related=list(row.get("related", ())),
    )


def _source(name: str, fields: Entry) -> Source:
    found: Source = {"id": name}
    if "title" in fields:
        found["title"] = fields["title"]
    if "url" in fields:
        found["url"] = fields["url"]
    return found
