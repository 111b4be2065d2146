"""A contract of the CLI as typed data, and a command line taken apart by it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from agentcore_connect.core.record import dataclass, field
from agentcore_connect.core.values import Json
from agentcore_connect.knowledge.resources import Entry

ROOT = "agentcore"


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a command line.

    `kind` is stable: unknown-command, missing-command, unknown-option, repeated, missing-value, unexpected-value,
    too-many-arguments, missing-argument, bad-value, needs, one-of, refused, no-effect, means-other, unobserved.
    `subject` is the command, option or value it is about; `expected` what it should be, where that can be said.
    """

    kind: str
    command: str
    subject: str
    message: str
    expected: str | None = None


@dataclass(frozen=True)
class Option:
    """One option of a command, as help or reference state it."""

    name: str
    short: str | None
    value: str | None
    value_optional: bool
    variadic: bool
    repeatable: bool
    is_list: bool
    required: bool
    default: Json
    choices: tuple[str, ...]
    takes: tuple[str, ...]
    inherited: bool


@dataclass(frozen=True)
class Command:
    """One command: its options by every spelling, its arguments, and whether it only groups subcommands."""

    path: str
    options: Mapping[str, Option]
    arguments: tuple[Entry, ...]
    subcommands: tuple[str, ...]


@dataclass(frozen=True)
class Contract:
    """The contract of one CLI version. `data` is the knowledge file; treat it as read-only."""

    data: Entry

    @property
    def version(self) -> str:
        """The version of the CLI."""
        return str(self.data["cli"]["version"])

    @property
    def known_by(self) -> str:
        """`run` or `reading`."""
        return str(self.data["cli"]["known_by"])

    @cached_property
    def commands(self) -> Mapping[str, Command]:
        """Every command by its words, the root as `agentcore`."""
        raw: Entry = self.data["help"]["commands"]
        shared = {
            name: _option(name, about, inherited=True)
            for name, about in raw.get(ROOT, {}).get("options", {}).items()
            if about.get("global")
        }
        return {path: _command(path, about, raw, shared) for path, about in raw.items()}

    @cached_property
    def aliases(self) -> Mapping[str, str]:
        """Second names of commands, such as `dp` for `deploy`."""
        raw: Entry = self.data["help"]["commands"]
        return {" ".join([*path.split()[:-1], about["alias"]]): path for path, about in raw.items() if "alias" in about}

    @property
    def observed(self) -> Entry:
        """The observations beyond the help, or for a contract known by reading, the reference's remarks."""
        found: Entry = self.data.get("observed") or self.data.get("stated") or {}
        return found


@dataclass
class Parsed:
    """A command line taken apart: the command, each option with its values in order, the arguments, the faults."""

    command: Command
    options: dict[str, list[str | None]] = field(default_factory=dict)
    arguments: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def value(self, option: str) -> str | None:
        """The last value given for an option; None when it was left out or takes none."""
        return self.options.get(option, [None])[-1]

    def note(self, kind: str, subject: str, message: str, expected: str | None = None) -> None:
        """Record a problem."""
        self.problems.append(Problem(kind, self.command.path, subject, message, expected))


def parse_argv(argv: Sequence[str], contract: Contract) -> Parsed:
    """Take a command line apart as commander does.

    In: the words, with or without `agentcore` in front. Out: the parts, with what is wrong in form under `problems`:
    unknown commands and options, values that are missing or not taken, too many or too few arguments.
    """
    words = list(argv[1:] if argv[:1] == [ROOT] else argv)
    path = ROOT
    while words and not words[0].startswith("-"):
        step = words[0] if path == ROOT else f"{path} {words[0]}"
        step = contract.aliases.get(step, step)
        if step not in contract.commands:
            break
        path = step
        words.pop(0)
    parsed = Parsed(contract.commands[path])
    if parsed.command.subcommands and words and not words[0].startswith("-") and not parsed.command.arguments:
        parsed.note(
            "unknown-command", words[0], f"there is no command {words[0]!r} here", " ".join(parsed.command.subcommands)
        )
        return parsed
    _take(words, parsed)
    if not parsed.options and parsed.command.subcommands and not parsed.command.arguments:
        parsed.note("missing-command", path, f"{path} needs one of its commands", " ".join(parsed.command.subcommands))
    _count_arguments(parsed)
    return parsed


def _take(words: list[str], parsed: Parsed) -> None:
    while words:
        word = words.pop(0)
        if word == "--":
            parsed.arguments += words
            return
        if not word.startswith("-") or word == "-":
            parsed.arguments.append(word)
            continue
        name, glued, value = word.partition("=")
        option = parsed.command.options.get(name)
        if option is None and not word.startswith("--") and len(word) > 2:
            option = parsed.command.options.get(word[:2])
            if option is not None and option.value is None:
                words.insert(0, f"-{word[2:]}")
            else:
                glued, value = "=", word[2:]
        if option is None:
            parsed.note("unknown-option", name, f"there is no option {name}", _near(name, parsed.command))
            if not glued and words and not words[0].startswith("-"):
                words.pop(0)
            continue
        if option.name in parsed.options and not (option.repeatable or option.variadic):
            parsed.note("repeated", option.name, f"{option.name} is given twice; only the last one counts")
        parsed.options.setdefault(option.name, []).extend(_values(option, glued, value, words, parsed))


def _values(option: Option, glued: str, value: str, words: list[str], parsed: Parsed) -> list[str | None]:
    if option.value is None:
        if glued == "=" and value:
            parsed.note("unexpected-value", option.name, f"{option.name} takes no value")
        return [None]
    if glued:
        return [value]
    if not words or words[0].split("=")[0] in parsed.command.options:
        if not option.value_optional:
            parsed.note("missing-value", option.name, f"{option.name} needs a value", f"<{option.value}>")
        return [None]
    if option.value_optional and words[0].startswith("-"):
        return [None]
    taken: list[str | None] = [words.pop(0)]
    while option.variadic and words and not words[0].startswith("-"):
        taken.append(words.pop(0))
    return taken


def _count_arguments(parsed: Parsed) -> None:
    arguments = parsed.command.arguments
    if any(one.get("variadic") for one in arguments):
        return
    if len(parsed.arguments) > len(arguments):
        stray = parsed.arguments[len(arguments)]
        parsed.note("too-many-arguments", stray, f"{stray!r} is one word too many", f"{len(arguments)} arguments")
    for missing in arguments[len(parsed.arguments) :]:
        if missing.get("required"):
            parsed.note("missing-argument", missing["name"], f"the argument <{missing['name']}> is missing")


def _near(name: str, command: Command) -> str | None:
    from difflib import get_close_matches

    return ", ".join(get_close_matches(name, [one for one in command.options if one.startswith("--")], 3)) or None


def _command(path: str, about: Entry, raw: Entry, shared: Mapping[str, Option]) -> Command:
    options = dict(shared)
    for name, told in about.get("options", {}).items():
        option = options[name] = _option(name, told, inherited=False)
        if option.short:
            options[option.short] = option
    help_option = Option("--help", "-h", None, False, False, False, False, False, None, (), (), True)
    options |= {"--help": help_option, "-h": help_option}
    start = "" if path == ROOT else f"{path} "
    depth = len(start.split()) + 1
    below = tuple(other for other in raw if other != ROOT and other.startswith(start) and len(other.split()) == depth)
    return Command(path, options, tuple(about.get("arguments", ())), tuple(one.split()[-1] for one in below))


def _option(name: str, about: Entry, *, inherited: bool) -> Option:
    return Option(
        name=name,
        short=about.get("short"),
        value=about.get("value"),
        value_optional=bool(about.get("value_optional")),
        variadic=bool(about.get("variadic")),
        repeatable=bool(about.get("repeatable")),
        is_list=bool(about.get("list")),
        required=bool(about.get("required")),
        default=about.get("default"),
        choices=tuple(about.get("choices", ())),
        takes=tuple(about.get("takes", ())),
        inherited=inherited,
    )
