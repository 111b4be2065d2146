"""One step of the interview as data: what `next` prints and what the MCP server returns."""

from __future__ import annotations

from collections.abc import Iterable

from agentcore_connect.app.position import Position
from agentcore_connect.app.session import Found, Session
from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.record import NamedTuple
from agentcore_connect.core.values import Json, JsonObject
from agentcore_connect.interview import view


class Told(NamedTuple):
    """Notes, inferred answers and unused keys of earlier steps, which are not repeated."""

    notes: tuple[str, ...]
    inferred: JsonObject
    unused: tuple[str, ...]


_NOTHING = Told((), {}, ())


def told(session: Session) -> Told:
    """Return the notes, inferred answers and unused keys of a position; none if it cannot be read."""
    try:
        here = session.position()
    except ConnectError:
        return _NOTHING
    notes = here.asked.notes if here.asked is not None else ()
    return Told(tuple(notes), view.inferred(here.case), tuple(session.unused()))


def step(
    session: Session,
    *,
    finish: str | None = None,
    found: Iterable[Found] = (),
    earlier: Told | None = None,
    sources: bool = False,
    cli: str | None = None,
) -> JsonObject:
    """Return the next question, or the decision when the interview is done, without empty members.

    Args:
        session: the answers so far.
        finish: the command that makes the plan, where the reader can run one.
        found: what was looked up in this call.
        earlier: what was told before this call's answers and is left out.
        sources: whether a question names its sources.
        cli: what is to be said of the installed CLI, once.
    """
    here, earlier = session.position(), earlier or _NOTHING
    now = told(session)
    shown = _question(here, sources=sources) or _done(here, finish)
    said: dict[str, Json] = {
        **shown,
        "notes": shown.get("notes") or [one for one in now.notes if one not in earlier.notes],
        "inferred": {key: value for key, value in now.inferred.items() if earlier.inferred.get(key) != value},
        "unused": [key for key in now.unused if key not in earlier.unused],
        "gaps": [gap.as_dict() for gap in here.state.gaps],
        "looked_up": [one.as_dict() for one in found],
        **({"cli": cli} if cli is not None and earlier is _NOTHING else {}),
    }
    return {key: value for key, value in said.items() if value not in ([], {})}


def refused(session: Session, error: ConnectError, key: str) -> JsonObject:
    """Return the refusal of an answer, with the open question."""
    question = _question(session.position())
    return {
        "status": "invalid",
        "id": session.question_id(key),
        "message": str(error),
        "question": question,
    }


def _question(here: Position, *, sources: bool = False) -> JsonObject | None:
    """Return the open question, and under `also` those that can be answered in the same call; None when done."""
    if here.asked is None:
        return None
    also = [{key: value for key, value in one.as_dict().items() if key in _BRIEF} for one in here.ahead()]
    return {
        "status": "question",
        **here.asked.as_dict(sources=sources),
        "progress": here.progress()._asdict(),
        **({"also": also} if also else {}),
    }


#: The members of a question that comes later.
_BRIEF = ("key", "text", "help", "type", "choices", "default", "look_up")


def _done(here: Position, finish: str | None) -> JsonObject:
    if here.state.gaps:
        keys = ", ".join(gap.key for gap in here.state.gaps)
        said = f"A plan needs these answers first: {keys}. `gaps` says how to find each."
        return {"status": "done", "summary": said}
    from agentcore_connect.plan.build import build  # only the last call of an interview needs it

    plan = build(here.gathered)
    warnings = [*(warning for one in plan.connections for warning in one["warnings"]), *plan.warnings]
    return {
        "status": "done",
        "summary": plan.summary,
        **({"agent": plan.agent} if plan.agent else {}),
        **({"plan": finish} if finish is not None else {}),
        "notes": list(dict.fromkeys(warning["text"] for warning in warnings)),
    }
