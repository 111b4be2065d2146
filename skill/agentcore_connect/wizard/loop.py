"""Runs the wizard from the first question to the end; asks only the engine's questions."""

from __future__ import annotations

from pathlib import Path

from agentcore_connect.app.answers_file import AnswersFile
from agentcore_connect.app.position import Position
from agentcore_connect.app.project import project_around, project_named
from agentcore_connect.app.session import LOOK_UP, UNKNOWN, Found, Session, is_word
from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.values import Json
from agentcore_connect.interview import view
from agentcore_connect.knowledge.questions import Question
from agentcore_connect.text.document import Document, read_text
from agentcore_connect.wizard import heads
from agentcore_connect.wizard.finish import Finish
from agentcore_connect.wizard.options import Options
from agentcore_connect.wizard.screen import Back, Block, Front, Head, Option, Screen
from agentcore_connect.wizard.terminal import Terminal

_KINDS_OF_SCREEN = {"choice": "choice", "boolean": "choice", "path": "path", "list": "list"}
_YES_NO = (Option(True, "Yes"), Option(False, "No"))


class Sitting:
    """One run of the wizard."""

    def __init__(self, options: Options, front: Front, terminal: Terminal) -> None:
        """Store the options without reading anything."""
        self._options, self._front, self._terminal = options, front, terminal
        self._file = AnswersFile(options.file)
        self._notices: list[str] = [terminal.notice] if terminal.notice else []

    def run(self) -> int:
        """Ask until there is a plan, then finish. Errors: ConnectError for an unusable file."""
        session = self._open()
        finish = Finish(session, self._file, self._options, self._front, self._terminal)
        while True:
            position = self._position(session)
            if position.asked is None:
                if session.held:
                    session.settle()
                    continue
                self._front.say([Block("text", notice) for notice in self._notices])
                self._notices.clear()
                status = finish.run(position)
                if status is not None:
                    return status
            else:
                self._put(session, position)

    # ---- opening -------------------------------------------------------------------------------------------------

    def _open(self) -> Session:
        """Read the answers file, or create one."""
        there = self._file.path.exists()
        session = Session(self._read(there=there), cli_version=self._options.cli_version, via=self._options.via)
        self._take_project(session, there=there)
        self._take_kind(session)
        self._take_cli(session, there=there)
        if not there:  # so that there is always one to come back to
            self._file.save(session.data)
            shown = self._options.file
            self._notices.append(f"Each answer is saved in {shown} at once. ? or F1 says why a question is asked.")
        return session

    def _read(self, *, there: bool) -> Document:
        """Resume from an existing answers file, which is never replaced. Errors: ConnectError."""
        file = self._options.file
        try:
            document = self._file.read()
        except ConnectError as error:
            hint = "put that right, or begin another answers file: agentcore-connect -a OTHER.yaml"
            raise ConnectError(
                error.code,
                f"Cannot resume from {file}; the file was left unchanged.\n{error}",
                hint=hint,
            ) from None
        if not there:
            return document
        count = len(view.keys_of(document.data))
        self._notices.append(f"Going on with {file}: {count} answer{'' if count == 1 else 's'} in it so far.")
        if any(line.lstrip().startswith("#") for line in read_text(file).splitlines()):
            self._notices.append("The comments in it go when an answer is saved.")
        return document

    def _take_project(self, session: Session, *, there: bool) -> None:
        """Return the project of --project, or for a new file the one around this folder. The person can change it.

        Errors: ConnectError for a --project that is none.
        """
        folder = self._options.project
        if folder is None and not there:
            folder = self._project_here()
        elif folder is not None:
            project_named(folder)
        if folder is not None:
            session.begin(project=self._file.relative(folder), replace=True)

    def _project_here(self) -> Path | None:
        """Return the root of the project around the working folder; ignore an unreadable one."""
        try:
            found = project_around(Path.cwd())
        except ConnectError as error:
            self._notices.append(f"There is a project here that cannot be read, and is left aside: {error.message}.")
            return None
        if found is None:
            return None
        here = f"Found the AgentCore project {found.name}; questions that it already answers are skipped."
        self._notices.append(here)
        return found.root

    def _take_kind(self, session: Session) -> None:
        """Apply KIND unless the last connection is of another kind."""
        kind = self._options.kind
        if kind is None:
            return
        if session.differs(kind):
            if not self._add_to(session):
                return
            session.add_connection()
        session.begin(kind)

    def _take_cli(self, session: Session, *, there: bool) -> None:
        """Record the installed CLI, and say so where its commands differ from those of the answers."""
        before = session.data.get("cli_version")
        said = session.note_cli()
        if said is not None:
            self._notices.append(said)
        if there and session.data.get("cli_version") != before:
            self._file.save(session.data)

    def _add_to(self, session: Session) -> bool:
        """Return whether KIND requires a further connection."""
        kind = self._options.kind
        screen = Screen(
            "choice",
            f"{self._options.file} connects something else already. What is {kind} about?",
            f"For a file of its own: agentcore-connect {kind} -a OTHER.yaml",
            Head("an answers file is here", notices=tuple(self._notices)),
            (
                Option(True, "Another connection of the same gateway"),
                Option(False, "Nothing: go on with what is there"),
            ),
            initial=True,
            can_go_back=False,
        )
        return bool(self._front.ask(screen))

    # ---- asking --------------------------------------------------------------------------------------------------

    def _position(self, session: Session) -> Position:
        """Return the position; ask again for a file or folder that has become unreadable."""
        session.read_again()  # while a person thinks, files change
        try:
            return session.position()
        except ConnectError as error:
            for key, question in view.keys_of(view.without(session.data, session.held)).items():
                if question.type != "path":
                    continue
                session.change(key)
                try:
                    position = session.position()
                except ConnectError:
                    session.keep(key)
                    continue
                self._notices.append(str(error).replace("\n", " "))
                return position
            raise

    def _put(self, session: Session, position: Position) -> None:
        asked = position.asked
        assert asked is not None  # noqa: S101 - the caller asks only where something is asked
        reply = self._front.ask(self._screen(session, position))
        self._notices.clear()
        if isinstance(reply, Back):
            session.back()
        else:
            try:
                found = session.take(asked.key, reply)
            except ConnectError as error:  # nothing was asked, so the question stays open
                self._notices.append(str(_here(error)).replace("\n", " "))
                return
            if found is not None:
                self._notices += [*found.said, *_taken(found)]
            self._file.save(session.data)

    def _screen(self, session: Session, position: Position) -> Screen:
        asked = position.asked
        assert asked is not None  # noqa: S101 - as above
        question = asked.question
        earlier = session.earlier(asked.key)
        options = tuple(Option(c.value, c.label, c.help, c.unavailable) for c in asked.choices)
        if question.type == "boolean":
            options = _YES_NO
        about = question.help
        if asked.default is None and question.type == "choice":
            options += _ways(question)
        elif asked.default is None and question.type in _KINDS_OF_SCREEN | {"text": ""}:
            about = f"{about} {_words(question)}".strip()
        kind = _KINDS_OF_SCREEN.get(question.type, "text")
        initial = asked.default if earlier is None else earlier
        head = heads.head(position, tuple(self._notices))
        return Screen(
            kind,
            question.text,
            about,
            head,
            options,
            initial=initial if kind == "choice" else _as_typed(initial),
            earlier=earlier is not None,
            read=lambda text: text.strip() if is_word(asked, text.strip()) else view.typed(question, text),
            judge=lambda value: None if is_word(asked, value) else _here(session.problem(asked.key, value)),
            help=lambda: heads.explain(position.case, asked),
            can_go_back=session.can_go_back(),
            folders=_folders(self._options.file, position),
            key=asked.key,
        )


def _ways(question: Question) -> tuple[Option, ...]:
    """Return the extra choices of a question without a default: look it up, or leave it open."""
    asks = Option(LOOK_UP, "Look it up", "Asks the address over the network, without credentials.")
    return (*((asks,) if question.look_up else ()), Option(UNKNOWN, "I do not know", "The plan says how to find it."))


def _words(question: Question) -> str:
    """Return the extra choices of a typed question."""
    more = f" {LOOK_UP} or {LOOK_UP} URL: it is asked over the network." if question.look_up else ""
    return f"({UNKNOWN}: the plan says how to find it.{more})"


def _taken(found: Found) -> list[str]:
    """Describe the values found by a lookup, with their source."""
    told = ", ".join(f"{key.rsplit('.', 1)[-1]} {value}" for key, value in found.answers.items())
    return [f"Taken over from {found.source}: {told}."] if told else ["Nothing was taken over."]


def _here(error: ConnectError | None) -> ConnectError | None:
    """Return the error without its place in the file, which the person does not see."""
    if error is None:
        return None
    single = error.problems[0]
    return ConnectError(
        single.code, single.message, expected=single.expected, received=single.received, hint=single.hint
    )


def _as_typed(value: Json) -> str:
    """Return a value as typed text, ready to accept or edit."""
    import json

    if value in (None, ""):
        return ""
    if isinstance(value, list):
        return ", ".join(value) if all(isinstance(item, str) for item in value) else json.dumps(value)
    return str(value)


def _folders(file: Path, position: Position) -> tuple[Path, ...]:
    """Return the base folders of paths: the file's folder and the project's root."""
    project = position.gathered.project
    return (file.resolve().parent, *((project.root,) if project is not None else ()))
