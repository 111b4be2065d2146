"""One interview session: the answers, the next question, and the same gate for every answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from agentcore_connect import interview
from agentcore_connect.answers import gate, load, store
from agentcore_connect.app.position import Position
from agentcore_connect.collect.inputs import Gathered, gather
from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.record import NamedTuple
from agentcore_connect.core.values import Json, JsonObject, mappings, text, texts
from agentcore_connect.core.vias import VIAS
from agentcore_connect.interview import view
from agentcore_connect.interview.walk import Asked
from agentcore_connect.knowledge.questions import Question, kinds, questions
from agentcore_connect.text import document
from agentcore_connect.text.document import Document


class Found(NamedTuple):
    """The result of a lookup: the accepted answers by dotted key, their source address, and a message."""

    answers: JsonObject
    source: str
    said: tuple[str, ...]

    def as_dict(self) -> JsonObject:
        """Return the result as front ends print it."""
        return {"answers": self.answers, "source": self.source, "said": list(self.said)}


#: What a person answers who does not know, and who wants it looked up (an address may follow).
UNKNOWN, LOOK_UP = "unknown", "look up"


class Session:
    """The answers of one interview. The session writes nothing; the caller saves ``data``.

    ``held`` are answers that are asked for again: they stay in the data, and do not count until they are given again.
    ``wanted`` is a key that is to be asked for although the interview would not.
    """

    def __init__(
        self,
        answers: Document,
        *,
        project: Path | None = None,
        cli_version: str | None = None,
        via: str = VIAS[0],
        where: str = "",
        admit: Callable[[JsonObject], None] | None = None,
    ) -> None:
        """Start from checked answers.

        Args:
            answers: the document that `answers.load` has checked.
            project: the folder given by --project, which comes before the answers' own key.
            cli_version: the version of the agentcore CLI to plan for.
            via: by what the plan is carried out.
            where: where new answers come from, for messages.
            admit: raises ConnectError for answers that this front end must not take.
        """
        self.data: dict[str, Json] = dict(answers.data)
        self.held: dict[str, Json] = {}
        self.wanted: str | None = None
        self._document = answers
        self._project, self._cli_version, self._via = project, cli_version, via
        self._where, self._admit = where, admit
        self._earlier: dict[str, Json] = {}
        self._gathered: Gathered | None = None
        self._position: Position | None = None

    # ---- where it stands -------------------------------------------------------------------------------------------

    def position(self) -> Position:
        """Return the position of the interview. Errors: ConnectError for an unreadable project or file."""
        if self._position is None:
            gathered = self._gather(view.without(self.data, self.held))
            self._gathered = gathered
            state = interview.state(gathered.case)
            asked, wanted = state.asked, self.wanted
            if wanted is not None and (asked is None or asked.key != wanted):
                asked = view.asked_about(gathered.case, wanted, state.verdicts)
            self._position = Position(gathered, state, asked, wanted is not None)
        return self._position

    def read_again(self) -> None:
        """Discard file contents so that changed files are read again."""
        self._gathered = self._position = None

    def whole(self) -> Gathered:
        """Return all answers with the files that they name, including answers that are asked for again."""
        return self._gather(self.data)

    def unused(self) -> list[str]:
        """Return the keys of the answers that do not affect the decision."""
        here = self.position()
        return interview.unused(here.case, here.state.verdicts)

    def earlier(self, key: str) -> Json:
        """Return the earlier answer to a repeated question, or None."""
        return store.get(self.data, key) if key in self.held else self._earlier.get(key)

    def _gather(self, data: JsonObject) -> Gathered:
        answers = self._document._replace(data=dict(data))
        return gather(
            answers, project=self._project, cli_version=self._cli_version, via=self._via, before=self._gathered
        )

    # ---- answers ---------------------------------------------------------------------------------------------------

    def begin(self, kind: str | None = None, project: str | None = None, *, replace: bool = False) -> None:
        """Apply the arguments of the call where the answers leave them open. Errors: ConnectError.

        Args:
            kind: what is connected, one of `questions.kinds`; it is about the last connection.
            project: the AgentCore project, as the answers are to name it.
            replace: whether that project comes before one that the answers name.
        """
        data = dict(self.data)
        if kind is not None:
            listed = [dict(one) for one in mappings(data.get("connections")) or [{}]]
            listed[-1] |= {key: value for key, value in kinds()[kind].items() if listed[-1].get(key) is None}
            data["connections"] = listed
        if project is not None and (replace or data.get("project") is None):
            data["project"] = project
        if data != self.data:
            self._take(self._checked(data))

    def note_cli(self) -> str | None:
        """Look for the CLI on the PATH and record its version, or the one given, where the answers have none.

        Out: a sentence where the answers are for a CLI with other commands, or where no plan can be made for it.
        """
        from agentcore_connect.clispec.installed import differs, in_use

        here, recorded = in_use(), text(self.data.get("cli_version"))
        if self._cli_version is not None:
            self._take(self._checked({**self.data, "cli_version": self._cli_version}))
            return None
        said = differs(here, recorded) if here is not None else None
        if here is not None and recorded is None and said is None:
            self._take(self._checked({**self.data, "cli_version": here}))
        return said

    def differs(self, kind: str) -> bool:
        """Return whether the last connection is of another kind."""
        last = (mappings(self.data.get("connections")) or [{}])[-1]
        return any(last.get(key) not in (None, value) for key, value in kinds()[kind].items())

    def problem(self, key: str, value: Json) -> ConnectError | None:
        """Return the error for a refused answer: the gate, unavailable choices, unreadable files."""
        try:
            self._judged(key, value)
        except ConnectError as error:
            return error
        return None

    def answer(self, key: str, value: Json, raw: str | None = None) -> None:
        """Accept an answer, or raise an error and change nothing.

        Args:
            key: the dotted key; one of the connection that is asked about may lack its lead.
            value: the answer; text is read as the question's own type.
            raw: the characters that were typed, where the value was read from them already.

        Errors: ConnectError.
        """
        key, question = self._question(key)
        if raw is None and isinstance(value, str):
            value, raw = document.scalar(value) if value else value, value
        gathered, data = self._judged(key, gate.cast(question, value, raw))
        self.held.pop(key, None)
        self._earlier.pop(key, None)
        self.wanted = None
        self._take(data)
        self._gathered = gathered
        self._drop_overtaken()

    def in_order(self, given: Sequence[store.Assignment]) -> Iterator[store.Assignment]:
        """Yield several answers in the order in which the interview asks for them, others in theirs.

        The caller passes each to `answer` before the next, so a choice is judged as if it had been asked for alone.
        """
        left = list(given)
        while left:
            asked = self._asked()
            yield left.pop(next((n for n, one in enumerate(left) if asked and self._full(one.key) == asked.key), 0))

    def forget(self, key: str) -> None:
        """Withdraw an answer. Errors: ConnectError for an unknown key."""
        full = self._full(key)
        self._take(self._checked(_closed(store.forget(self.data, full), full)))

    def pass_over(self, key: str) -> None:
        """Mark an answer as unknown: use the default, or record a named gap.

        Errors: ConnectError.
        """
        key, question = self._question(key)
        asked = self._asked()
        default = asked.default if asked is not None and asked.key == key else question.default
        if default is not None:
            self.answer(key, default)
            return
        data = store.forget(self.data, key)
        self.held.pop(key, None)
        self.wanted = None
        self._take(self._checked({**data, "unknown": [*_unknown(data, key), key]}))

    def look_up(self, key: str, address: str | None = None) -> Found:
        """Look an answer up over the network and accept the result. Call it only with the person's consent.

        Args:
            key: the key of the question.
            address: whom to ask; absent, the connection's own endpoint.

        Errors: ConnectError for a question that cannot be looked up, and for an address that is not asked.
        """
        from agentcore_connect.probe.look_up import look_up

        key, question = self._question(key)
        here = self.position()
        number = int(key.split(".")[1]) if question.scope == "connection" else here.connection
        found = look_up(question, here.state.verdicts[min(number, len(here.state.verdicts) - 1)].known, address)
        taken: dict[str, Json] = {}
        for own, value in found.answers.items():
            full = f"connections.{number}.{own}" if questions()[own].scope == "connection" else own
            if full != key and store.get(self.data, full) is not None:
                continue
            if self.problem(full, value) is None:
                self.answer(full, value)
                taken[full] = value
        return Found(taken, found.source, found.said)

    def take(self, key: str, value: Json) -> Found | None:
        """Process a reply: an answer, unknown, or look it up.

        Errors: ConnectError.
        """
        if is_word(self._asked(), value):
            word, _, address = str(value).partition(LOOK_UP)
            if word != UNKNOWN:
                return self.look_up(key, address.strip() or None)
            self.pass_over(key)
            return None
        self.answer(key, value)
        return None

    def question_id(self, key: str) -> str | None:
        """Return the id of the question for a key, or None."""
        try:
            return self._question(key)[1].id
        except ConnectError:
            return None

    def _full(self, key: str) -> str:
        """Return the full key, completed with the connection in question."""
        full = load.full_key(key, self.data)
        return full if full == key else load.full_key(key, self.data, self.position().connection)

    def _question(self, key: str) -> tuple[str, Question]:
        full = self._full(key)
        question = load.question_of(full)
        if question is None:
            raise gate.unknown_key(full, key, list(questions()))
        return full, question

    def _judged(self, key: str, value: Json) -> tuple[Gathered, JsonObject]:
        """Return the data with this answer and the files that it names. Errors: ConnectError."""
        key, question = self._question(key)
        answered = _closed(store.put(self.data, key, value), key)
        self._refuse_secrets(answered)  # first, since the other messages show what was received
        asked = self._asked()
        if asked is not None and asked.key == key:
            problem = interview.refusal(asked, value)
        else:
            problem = gate.check_value(question, value)
        if problem is not None:
            raise problem
        data = self._checked(answered)
        return self._gather(view.without(data, set(self.held) - {key})), data

    def _asked(self) -> Asked | None:
        """Return the open question; None if an earlier answer names an unreadable file, which this one may replace."""
        try:
            return self.position().asked
        except ConnectError:
            return None

    def _refuse_secrets(self, data: JsonObject) -> None:
        load.refuse_secrets(Document(dict(data), {}, self._where))

    def _checked(self, data: JsonObject) -> JsonObject:
        if self._admit is not None:
            self._admit(data)
        return dict(load.checked(Document(dict(data), {}, self._where)).data)

    def _take(self, data: JsonObject) -> None:
        self.data, self._position = dict(data), None

    # ---- back ------------------------------------------------------------------------------------------------------

    def back(self) -> bool:
        """Go back one question. Returns False at the first question."""
        here = self.position()
        if self.wanted is not None:  # a single answer was to be changed, and now is not
            self.held.pop(self.wanted, None)
            self.wanted = self._position = None
            return True
        if self._is_new_connection(here):
            self._take({**self.data, "connections": mappings(self.data["connections"])[:-1]})
            return True
        trail = here.trail()
        if not trail:
            return False
        self._hold(trail[-1])
        return True

    def can_go_back(self) -> bool:
        """Return whether there is an earlier question."""
        here = self.position()
        return self.wanted is not None or self._is_new_connection(here) or bool(here.trail())

    def change(self, key: str) -> None:
        """Ask for one key again, regardless of the interview's order."""
        if store.get(self.data, key) is not None:
            self._hold(key)
        self.wanted, self._position = key, None

    def keep(self, key: str) -> None:
        """Keep the present answer, after `change`."""
        self.held.pop(key, None)
        self.wanted = self._position = None

    def settle(self) -> None:
        """Finish the interview. Withdrawn answers that were not asked for again stay in the data, unused."""
        self.held.clear()
        self._position = None

    def _hold(self, key: str) -> None:
        self.held[key] = store.get(self.data, key)
        self._position = None

    def _is_new_connection(self, here: Position) -> bool:
        connections = mappings(self.data.get("connections"))
        scope = here.asked.scope if here.asked is not None else ""
        return len(connections) > 1 and not connections[-1] and scope == f"connections.{len(connections) - 1}"

    def _drop_overtaken(self) -> None:
        """Remove withdrawn answers that no question asks for now but that still affect the plan."""
        if not self.held:
            return
        whole = self.whole()
        for key in view.overtaken(whole.case, self.held, interview.state(whole.case).verdicts):
            self._earlier[key] = self.held.pop(key)
            self._take(store.forget(self.data, key))

    # ---- connections -----------------------------------------------------------------------------------------------

    def add_connection(self) -> None:
        """Start another connection."""
        self._take({**self.data, "connections": [*mappings(self.data.get("connections")), {}]})

    def remove_connection(self, number: int) -> None:
        """Remove a connection."""
        self._take(store.forget(self.data, f"connections.{number}"))


def is_word(asked: Asked | None, value: Json) -> bool:
    """Return whether a reply is one of the two commands instead of an answer.

    They do not apply to a question with a default.
    """
    if asked is None or asked.default is not None or not isinstance(value, str):
        return False
    return value == UNKNOWN or (bool(asked.question.look_up) and value.partition(" http")[0] == LOOK_UP)


def _unknown(data: JsonObject, key: str) -> list[str]:
    """Return the gaps without this one."""
    return [one for one in texts(data.get("unknown")) if one != key]


def _closed(data: JsonObject, key: str) -> JsonObject:
    """Return the answers without gaps that are closed."""
    left = _unknown(data, key)
    return {**{k: v for k, v in data.items() if k != "unknown"}, **({"unknown": left} if left else {})}
