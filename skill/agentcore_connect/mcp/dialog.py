"""The interview in the client's forms, one question per form, in the client's protocol version.

Since 2026-07-28 a server returns what it needs and the client calls again; before, it sends a request while the call is
open. A decline often means that nobody was asked, so it leads back to the plain question; a cancel ends the interview.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

from agentcore_connect.answers import load
from agentcore_connect.answers.store import Assignment
from agentcore_connect.app.session import Found, Session
from agentcore_connect.app.step import Told, refused, step, told
from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.record import dataclass
from agentcore_connect.core.values import JsonObject, mapping, text, texts
from agentcore_connect.interview.walk import Asked
from agentcore_connect.mcp import forms
from agentcore_connect.mcp.confine import Bounds
from agentcore_connect.text.document import Document
from mcp import types  # type: ignore[import-not-found, unused-ignore]

if TYPE_CHECKING:
    from mcp.server.context import ServerRequestContext  # type: ignore[import-not-found, unused-ignore]

#: The first protocol in which a call returns for input, and how often clients go along with that in one call (10).
_RETURNS_SINCE = "2026-07-28"
_MOST_RETURNS = 9
_MOST_FORMS = 40
_MOST_TRIES = 3
_REQUEST = "question"

#: What messages call the answers of a call.
NAME = "answers"

_NOTES = {
    "declined": "No answer came back from the client's form; often nobody was asked. Ask the person this question "
    "yourself, and call again with these answers and theirs (ask_person: false leaves the forms out).",
    "cancelled": "The person has stopped the interview. Do not go on unless they say so; the answers so far are here.",
    "not-asked": "This question, or the next one, cannot be put into a form. Ask the person yourself.",
    "refused": "The answers in the form were refused. Ask the person this question yourself, and call again.",
    "answered": "There are more questions: call again with these answers.",
}


@dataclass(slots=True)
class Turn:
    """The progress of the forms in one call: forms shown, last refusal, number of retries."""

    shown: int = 0
    said: str | None = None
    tries: int = 0


async def run(
    ctx: ServerRequestContext, params: types.CallToolRequestParams, bounds: Bounds, arguments: JsonObject
) -> JsonObject | types.InputRequiredResult:
    """Process one call of `next_question`. Errors: ConnectError for bad answers."""
    returns = ctx.protocol_version is not None and ctx.protocol_version >= _RETURNS_SINCE
    if returns and params.request_state:
        return _come_back(ctx, params, bounds, arguments)
    session = _session(bounds, mapping(arguments.get("answers")) or {"version": 1}, arguments)
    gives = any(arguments.get(name) for name in ("answer", "forget", "unknown", "look_up"))
    earlier = told(session) if gives and arguments.get("answers") else None
    session.begin(text(arguments.get("kind")), text(arguments.get("project")))
    cli = session.note_cli()
    problem = _record(session, arguments)
    if problem is not None:
        return problem
    found = [session.look_up(key, text(address)) for key, address in mapping(arguments.get("look_up")).items()]
    if found or not arguments.get("ask_person", True) or not _has_forms(ctx):
        return _position(session, found, earlier, cli)
    return _return_for(ctx, session, Turn()) if returns else await _ask(ctx, session)


def _session(bounds: Bounds, answers: JsonObject, arguments: JsonObject) -> Session:
    """Start the interview from the client's answers. Errors: ConnectError for unusable ones."""
    bounds.check_answers(answers)
    document = load.checked(Document(dict(answers), {}, NAME))
    return Session(document, cli_version=text(arguments.get("cli_version")), where=NAME, admit=bounds.check_answers)


def _position(
    session: Session, found: Iterable[Found] = (), earlier: Told | None = None, cli: str | None = None
) -> JsonObject:
    """Return the next question or done, lookup results, what the installed CLI means, and the answers so far."""
    return {**step(session, found=found, earlier=earlier, cli=cli), "answers": session.data}


def _record(session: Session, arguments: JsonObject) -> JsonObject | None:
    """Apply withdrawals and answers of the call. Returns the refusal, if any."""
    for key in texts(arguments.get("forget")):
        session.forget(key)
    key = ""
    try:
        given = [Assignment(key, value, None) for key, value in mapping(arguments.get("answer")).items()]
        for key, value, _ in session.in_order(given):
            session.answer(key, value)
    except ConnectError as error:
        return {**refused(session, error, key), "answers": session.data}
    for key in texts(arguments.get("unknown")):
        session.pass_over(key)
    return None


async def _ask(ctx: ServerRequestContext, session: Session) -> JsonObject:
    """Ask in forms during this call, until the interview is done or the person stops."""
    turn = Turn()
    while turn.shown < _MOST_FORMS:
        asked = session.position().asked
        if asked is None:
            return _ended(session, "answered")
        form = forms.schema(asked, ctx.protocol_version)
        if form is None:
            return _ended(session, "not-asked")
        result = await ctx.session.elicit_form(
            forms.message(asked, turn.said), dict(form), related_request_id=ctx.request_id
        )
        ended = _take(session, asked, result, turn)
        if ended is not None:
            return ended
    return _ended(session, "answered")


def _return_for(ctx: ServerRequestContext, session: Session, turn: Turn) -> JsonObject | types.InputRequiredResult:
    """Return the next form, or the result if there is none to show."""
    asked = session.position().asked
    if asked is None or turn.shown >= _MOST_RETURNS:
        return _ended(session, "answered")
    form = forms.schema(asked, ctx.protocol_version)
    if form is None:
        return _ended(session, "not-asked")
    wanted = types.ElicitRequest(
        params=types.ElicitRequestFormParams(message=forms.message(asked, turn.said), requested_schema=dict(form))
    )
    state = {"answers": session.data, "key": asked.key, "shown": turn.shown, "said": turn.said, "tries": turn.tries}
    return types.InputRequiredResult(input_requests={_REQUEST: wanted}, request_state=json.dumps(state))


def _come_back(
    ctx: ServerRequestContext, params: types.CallToolRequestParams, bounds: Bounds, arguments: JsonObject
) -> JsonObject | types.InputRequiredResult:
    """Resume from the state that this server sealed into the previous call."""
    state = json.loads(params.request_state or "{}")
    session = _session(bounds, state["answers"], arguments)
    turn = Turn(state["shown"], state["said"], state["tries"])
    asked = session.position().asked
    result = (params.input_responses or {}).get(_REQUEST)
    if asked is not None and asked.key == state["key"] and result is not None:
        ended = _take(session, asked, result, turn)
        if ended is not None:
            return ended
    return _return_for(ctx, session, turn)


def _take(session: Session, asked: Asked, result: object, turn: Turn) -> JsonObject | None:
    """Record a form's answer. Returns the result if the call ends here."""
    turn.shown += 1
    action = getattr(result, "action", "decline")
    if action != "accept":
        return _ended(session, "cancelled" if action == "cancel" else "declined")
    try:
        value = forms.answer(getattr(result, "content", None))
        if value is None:
            raise ConnectError("no-answer", "the form came back without an answer", expected="an answer")
        found = session.take(asked.key, value)
        turn.said = " ".join(found.said) if found is not None else None
    except ConnectError as error:
        turn.said, turn.tries = str(error), turn.tries + 1
        return _ended(session, "refused", turn.said) if turn.tries >= _MOST_TRIES else None
    turn.tries = 0
    return None


def _ended(session: Session, person: str, said: str = "") -> JsonObject:
    found = _position(session)
    notes = texts(found.get("notes"))
    if found["status"] == "question":
        notes.insert(0, f"{_NOTES[person]} {said}".strip())
    return {**found, "notes": notes, "person": person}


def _has_forms(ctx: ServerRequestContext) -> bool:
    """Return whether the client can show forms. A bare `elicitation` means yes, one for URLs only means no."""
    capabilities = ctx.session.client_capabilities
    offered = capabilities.elicitation if capabilities is not None else None
    return offered is not None and (offered.form is not None or offered.url is None)
