"""The end of the interview: shows the plan, then writes, checks, changes or leaves it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from shutil import get_terminal_size

from agentcore_connect.app.answers_file import AnswersFile
from agentcore_connect.app.plan import Made, files, planned, write
from agentcore_connect.app.position import Position
from agentcore_connect.app.session import Session
from agentcore_connect.core.errors import ConnectError, ExitCode
from agentcore_connect.core.record import dataclass
from agentcore_connect.core.values import mappings
from agentcore_connect.interview import view
from agentcore_connect.wizard import heads, preview
from agentcore_connect.wizard.options import Options, command
from agentcore_connect.wizard.picture import picture
from agentcore_connect.wizard.screen import Block, Front, Head, Option, Reply, Screen
from agentcore_connect.wizard.terminal import Terminal, width_of

_SHOWN_VALUE = 40
#: What a person is likeliest to want to change comes first.
_ORDER = ("answered", "read", "assumed", "open")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A plan and the effect of writing its files."""

    made: Made
    changes: list[preview.Change]


class Finish:
    """The end of a session. ``run`` returns the exit status, or None if the interview continues."""

    def __init__(self, session: Session, file: AnswersFile, options: Options, front: Front, terminal: Terminal) -> None:
        """Store the parts."""
        self._file = file
        self._session, self._options, self._front, self._terminal = session, options, front, terminal
        self._last: list[Block] = []

    def run(self, position: Position) -> int | None:
        """Show the plan and carry out the person's choice."""
        try:
            drawn = self._make()
        except ConnectError as error:
            self._front.say([Block("text"), Block("problem", str(error), "! ")])
            return self._act(position, None)
        self._show(position, drawn)
        return self._act(position, drawn)

    def _make(self) -> Drawn:
        made, texts = files(planned(self._session.whole()), self._options.out)
        return Drawn(made, preview.changes(texts, self._options.out))

    def _show(self, position: Position, drawn: Drawn) -> None:
        """Print the plan unless it is unchanged since the last time."""
        pictures = [picture(v.facts, v.decision, v.rules) for v in position.state.verdicts]
        width = width_of(get_terminal_size().columns)
        blocks = preview.preview(
            drawn.made.plan, pictures, heads.known(drawn.made.gathered.case), self._terminal, width
        )
        blocks += preview.listed(drawn.changes, self._options.out)
        if blocks != self._last:
            self._front.say(blocks)
        self._last = blocks

    def _act(self, position: Position, drawn: Drawn | None) -> int | None:
        while True:
            screen = Screen(
                "choice",
                "What now?",
                "Nothing is written yet but your answers." if drawn is not None else "There is no plan yet.",
                self._head(position, drawn),
                tuple(self._menu(drawn)),
                initial="write" if drawn is not None else "change",
                can_go_back=bool(position.trail()),
            )
            choice = self._front.ask(screen)
            if not isinstance(choice, str):  # they want to go back
                self._session.back()
                return None
            done, status = self._do(choice, position, drawn)
            if done:
                return status

    def _head(self, position: Position, drawn: Drawn | None) -> Head:
        """Return a short head for the menu below a printed plan."""
        whole = heads.head(position)
        return Head(whole.place) if drawn is not None else whole

    def _menu(self, drawn: Drawn | None) -> list[Option]:
        found = []
        if drawn is not None:
            found += self._writing(drawn)
            found.append(Option("reasons", "Read the plan", "with its reasons and notes"))
            found.append(Option("files", "Read a file", "as it would be written, or its changes"))
        found.append(Option("change", "Change an answer", "also what was read or assumed"))
        found.append(Option("add", "Add another connection", "to the same gateway"))
        if len(mappings(self._session.data.get("connections"))) > 1:
            found.append(Option("remove", "Take a connection out"))
        found.append(Option("quit", "Quit", f"the answers stay in {self._options.file}"))
        return found

    def _writing(self, drawn: Drawn) -> list[Option]:
        changed = [change.path for change in drawn.changes if change.state == "changed"]
        about = (
            f"replaces {len(changed)} of your files in {self._options.out}/" if changed else f"to {self._options.out}/"
        )
        return [
            Option("write", "Write the plan", about),
            Option("check", "Write and check", "also runs every check that can be run here"),
        ]

    def _do(self, choice: str, position: Position, drawn: Drawn | None) -> tuple[bool, int | None]:
        """Carry out a choice. Returns whether to leave the menu, and the exit status."""
        actions: dict[str, Callable[[], tuple[bool, int | None]]] = {
            "change": lambda: (self._change(position), None),
            "add": self._add,
            "remove": lambda: (self._remove(), None),
            "quit": self._quit,
        }
        if drawn is not None:
            actions |= {
                "write": lambda: self._write(drawn, check=False),
                "check": lambda: self._write(drawn, check=True),
                "reasons": lambda: self._read("The plan", [*self._last[2:], *preview.reasons(drawn.made.plan)]),
                "files": lambda: self._read_file(drawn),
            }
        return actions[choice]()

    def _read(self, title: str, blocks: list[Block]) -> tuple[bool, int | None]:
        self._front.read(title, blocks)
        return False, None

    def _pick(self, text: str, about: str, options: list[Option]) -> Reply:
        return self._front.ask(Screen("choice", text, about, Head("the end of the interview"), tuple(options)))

    def _read_file(self, drawn: Drawn) -> tuple[bool, int | None]:
        options: list[Option] = []
        shown: dict[str, tuple[str, Block]] = {}
        for change in drawn.changes:
            options.append(Option(change.path, change.path, f"{change.lines} lines"))
            shown[change.path] = (change.path, Block("drawing", change.text.rstrip("\n")))
            if change.diff:
                name = f"{change.path}, its changes"
                options.append(Option(name, name, f"{len(change.diff)} lines"))
                shown[name] = (change.path, Block("diff", "\n".join(change.diff)))
        chosen = self._pick("Which file?", "", options)
        if isinstance(chosen, str):
            title, block = shown[chosen]
            self._front.read(title, [block])
        return False, None

    def _change(self, position: Position) -> bool:
        several = len(position.state.verdicts) > 1
        found = sorted(view.settled(position.case, position.state.verdicts), key=lambda one: _ORDER.index(one.how))
        options = [
            Option(
                one.key,
                f"{_number(one.key) if several else ''}{one.question.text}",
                f"{_cut(view.label(one.question, one.value))} ({one.how})",
            )
            for one in found
        ]
        key = self._pick("Which answer?", "What was answered, read, assumed, or left open.", options)
        if not isinstance(key, str):
            return False
        self._session.change(key)
        return True

    def _add(self) -> tuple[bool, int | None]:
        self._session.add_connection()
        return True, None

    def _remove(self) -> bool:
        options = [
            Option(number, str(connection.get("name") or connection.get("endpoint") or connection.get("service")))
            for number, connection in enumerate(mappings(self._session.data["connections"]))
        ]
        number = self._pick("Which connection is to go?", "Its answers go with it.", options)
        if not isinstance(number, int):
            return False
        self._session.remove_connection(number)
        self._file.save(self._session.data)
        return True

    def _quit(self) -> tuple[bool, int | None]:
        self._front.say(
            [
                Block("text", f"Nothing was written but the answers, in {self._options.file}. To come back:"),
                Block("command", self._options.resume(), "  "),
            ]
        )
        return True, ExitCode.DONE

    def _write(self, drawn: Drawn, *, check: bool) -> tuple[bool, int | None]:
        out = self._options.out
        try:
            written = write(drawn.made, out, force=True).written
        except ConnectError as error:
            self._front.say([Block("problem", str(error), "! ")])
            return False, None
        mark = self._terminal.symbols.mark
        self._front.say([Block("text"), Block("good", f"{len(written)} files written to {out}/", f"{mark} ")])
        status: int = ExitCode.DONE
        if check:
            from agentcore_connect.cli.check import check as check_written

            status = check_written(out)
        if status != ExitCode.DONE:
            told = "A check failed, as told above: look at it before the plan is carried out."
            self._front.say([Block("text"), Block("problem", told, "! ")])
        self._front.say(_next(out, written, checked=check))
        return True, status


def _next(out: Path, written: Sequence[str], *, checked: bool) -> list[Block]:
    """Return the next command to type."""
    blocks = [Block("text"), Block("title", "Next:")]
    if not checked:
        blocks += [Block("command", command(["agentcore-connect", "check", str(out)]), "  ")]
    if "commands.sh" in written:
        blocks += [Block("command", command(["bash", str(out / "commands.sh")]), "  ")]
    else:
        blocks += [Block("text", f"read {out / 'plan.md'}", "  ")]
    return blocks


def _number(key: str) -> str:
    """Return the number of the key's connection, counted from 1."""
    return f"{int(key.split('.')[1]) + 1}: " if key.startswith("connections.") else ""


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN_VALUE else text[: _SHOWN_VALUE - 3] + "..."
