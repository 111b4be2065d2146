"""One step of the interview as data: what `next` prints and what the MCP server returns."""

from __future__ import annotations

from collections.abc import Iterable

from agentcore_connect.app.position import Position
from agentcore_connect.app.session import Found, Session
from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.values import JsonObject
from agentcore_connect.interview import view


def step(session: Session, *, finish: str | None = None, found: Iterable[Found] = ()) -> JsonObject:
    """Return the next question, or the decision when the interview is done.

    Args:
        session: the answers so far.
        finish: the command that makes the plan, where the reader can run one.
        found: what was looked up in this call.
    """
    here = session.position()
    shown = _question(here) or _done(here, finish)
    gaps = [gap.as_dict() for gap in here.state.gaps]
    looked_up = [one.as_dict() for one in found]
    return {
        **shown,
        "inferred": view.inferred(here.case),
        "unused": session.unused(),
        **({"gaps": gaps} if gaps else {}),
        **({"looked_up": looked_up} if looked_up else {}),
    }


def refused(session: Session, error: ConnectError, key: str) -> JsonObject:
    """Return the refusal of an answer, with the open question."""
    question = _question(session.position())
    return {
        "status": "invalid",
        "id": session.question_id(key),
        "message": str(error),
        "question": question,
    }


def _question(here: Position) -> JsonObject | None:
    return here.asked.as_dict(here.progress()) if here.asked is not None else None


def _done(here: Position, finish: str | None) -> JsonObject:
    if here.state.gaps:
        keys = ", ".join(gap.key for gap in here.state.gaps)
        said = f"A plan needs these answers first: {keys}. `gaps` says how to find each."
        return {"status": "done", "summary": said, "notes": []}
    from agentcore_connect.plan.build import build  # only the last call of an interview needs it

    plan = build(here.gathered)
    return {
        "status": "done",
        "summary": plan.summary,
        **({"agent": plan.agent} if plan.agent else {}),
        **({"plan": finish} if finish is not None else {}),
        "notes": [warning["text"] for one in plan.connections for warning in one["warnings"]],
    }
