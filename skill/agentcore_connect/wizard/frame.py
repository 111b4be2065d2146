"""Fits a question and its frame to the terminal's height; the least important lines are dropped first."""

from __future__ import annotations

from collections.abc import Iterable

from rich.text import Text

from agentcore_connect.core.record import dataclass
from agentcore_connect.wizard.pen import Pen
from agentcore_connect.wizard.picture import in_line
from agentcore_connect.wizard.screen import Head, Option, Pairs, Screen

_PROGRAM = "agentcore-connect"
_MOST_CRUMBS = 3
_INDENT = "      "
#: How much is said of each option: all, reasons and explanations in a line, everything in a line.
_WHOLE, _SHORT, _LINE = range(3)


@dataclass(frozen=True, slots=True)
class Frame:
    """The parts of a question's screen as lines: above the answer, the options, below the answer."""

    above: list[Text]
    options: list[list[Text]]
    below: list[Text]


def frame(pen: Pen, screen: Screen, rows: int, pointed: int, problem: str, keys: Pairs, answer_rows: int = 0) -> Frame:
    """Draw a question.

    Args:
        pen: for the terminal and its width.
        screen: the question.
        rows: the height of the terminal.
        pointed: the index of the option that is pointed at.
        problem: the message about the last answer, or "".
        keys: keys and what they do.
        answer_rows: the lines that the answer itself takes, where it is typed.
    """
    question = _question(pen, screen)
    below = _below(pen, problem, keys)
    taken = len(question) + len(below) + answer_rows + 1
    least = len(_least(pen, screen.head))
    for detail in (_WHOLE, _SHORT, _LINE):
        options = [_option(pen, option, n, n == pointed, detail) for n, option in enumerate(screen.options)]
        if taken + least + sum(map(len, options)) <= rows:
            break
    left = rows - taken - sum(map(len, options))
    if left < 0 and options:
        question += pen.fold(pen.text(f"{len(options)} choices, more than fit here: the list scrolls.", "dim"), "  ")
    return Frame([*head(pen, screen.head, left), Text(), *question], options, below)


def _least(pen: Pen, shown: Head) -> list[Text]:
    return [*_title(pen, shown), *_verdict(pen, shown)]


def head(pen: Pen, shown: Head, rows: int) -> list[Text]:
    """Return the lines above a question, limited to the rows available, but at least the first."""
    parts: list[tuple[int, list[Text]]] = [  # how dear each part is, dearest first to stay
        (0, _title(pen, shown)),
        (1, [line for text in shown.notices for line in pen.fold(pen.text(text), "i ", "cyan")]),
        (3, _crumbs(pen, shown.crumbs)),
        (1, _verdict(pen, shown)),
        (4, _picture(pen, shown)),
        (5, _known(pen, shown.known)),
        (2, _warnings(pen, shown.warnings)),
    ]
    while sum(len(lines) for _, lines in parts) > rows:
        dear = max((cost for cost, lines in parts if lines), default=0)
        if dear == 0:
            break
        parts = [_shortened(cost, lines) if cost == dear else (cost, lines) for cost, lines in parts]
    return [line for _, lines in parts for line in lines]


def _shortened(cost: int, lines: list[Text]) -> tuple[int, list[Text]]:
    """Drop the last line of a part, or the oldest crumb."""
    return (cost, lines[1:]) if cost == 3 else (cost, lines[:-1])


def _title(pen: Pen, shown: Head) -> list[Text]:
    left, right = pen.text(_PROGRAM, "bold"), pen.text(shown.place, "dim")
    gap = pen.width - left.cell_len - right.cell_len
    return [Text.assemble(left, " " * gap, right)] if gap > 1 else [left, *pen.fold(right)]


def _joined(pen: Pen, items: Iterable[Text], between: str) -> Text:
    comma = Text.assemble(pen.text(f" {between} ", "dim"))  # a style of its own would be that of the whole
    return comma.join(items)


def _crumbs(pen: Pen, pairs: Pairs) -> list[Text]:
    if not pairs:
        return []
    items = [Text.assemble(pen.text(key, "dim"), " ", pen.text(value)) for key, value in pairs]
    return pen.fold(_joined(pen, items, pen.terminal.symbols.then))[-_MOST_CRUMBS:]


def _verdict(pen: Pen, shown: Head) -> list[Text]:
    if not shown.verdict:
        return []
    items = [
        Text.assemble(pen.text(name, "dim"), " ", pen.text(value, "dim" if value == "?" else "bold green"))
        for name, value in shown.verdict
    ]
    return pen.fold(_joined(pen, items, pen.terminal.symbols.dot), "so far: ", "dim")


def _picture(pen: Pen, shown: Head) -> list[Text]:
    if shown.picture is None:
        return []
    return pen.fold(pen.text(in_line(shown.picture, pen.terminal.symbols), "cyan"))


def _known(pen: Pen, pairs: Pairs) -> list[Text]:
    if not pairs:
        return []
    items = [Text.assemble(pen.text(key, "dim"), " ", pen.text(value)) for key, value in pairs]
    return pen.fold(_joined(pen, items, pen.terminal.symbols.dot), "read, not asked: ", "dim")


def _warnings(pen: Pen, warnings: tuple[str, ...]) -> list[Text]:
    return [line for text in warnings for line in pen.fold(pen.text(text, "yellow"), "! ", "bold yellow")]


def _question(pen: Pen, screen: Screen) -> list[Text]:
    lines = pen.fold(pen.text(screen.text, "bold"), "? ", "bold cyan")
    if screen.about:
        lines += pen.fold(pen.text(screen.about, "dim"), "  ")
    if screen.earlier:
        lines += pen.fold(pen.text("You answered this before; Enter keeps it.", "dim"), "  ")
    return lines


def _option(pen: Pen, option: Option, number: int, pointed: bool, detail: int) -> list[Text]:
    symbols = pen.terminal.symbols
    if option.unavailable is not None:
        return _closed(pen, option, detail)
    digit = f"{(number + 1) % 10} " if number < 10 else "  "
    lead = f"{symbols.pointer if pointed else ' '} {digit}"
    style = "bold cyan" if pointed else ""
    label = pen.text(option.label, style)
    about = pen.text(f"  {option.help}", "dim") if option.help else Text()
    if len(lead) + label.cell_len + about.cell_len <= pen.width:
        return pen.fold(Text.assemble(label, about), lead, style)
    lines = pen.fold(label, lead, style)
    if pointed or detail == _WHOLE:
        lines += pen.fold(pen.text(option.help, "dim"), _INDENT)
    return lines


def _closed(pen: Pen, option: Option, detail: int) -> list[Text]:
    """Draw an unavailable option with as much of its reason as fits; `?` shows all of it."""
    lead, reason = f"  {pen.terminal.symbols.cross} ", f"not here: {option.unavailable}"
    if detail == _LINE:
        return [_cut(pen, pen.text(f"{lead}{option.label}  {reason}", "dim"))]
    lines = pen.fold(pen.text(reason, "dim"), _INDENT)
    if detail == _SHORT and len(lines) > 1:
        lines = [_cut(pen, pen.text(f"{_INDENT}{reason}", "dim"))]
    return [*pen.fold(pen.text(option.label, "dim"), lead, "dim"), *lines]


def _cut(pen: Pen, line: Text) -> Text:
    if line.cell_len <= pen.width:
        return line
    more = pen.terminal.symbols.more
    line.truncate(pen.width - len(more))
    return Text.assemble(line, pen.text(more, "dim"))


def _below(pen: Pen, problem: str, keys: Pairs) -> list[Text]:
    lines: list[Text] = []
    for number, text in enumerate(problem.split("\n") if problem else ()):
        indent = len(text) - len(text.lstrip())
        lead = "! " if number == 0 else "  " + " " * indent
        lines += pen.fold(pen.text(text.strip(), "red"), lead, "bold red")
    lines += [Text()] if lines else []
    items = [Text.assemble(pen.text(key, "bold"), " ", pen.text(does, "dim")) for key, does in keys]
    return [Text(), *lines, *pen.fold(_joined(pen, items, pen.terminal.symbols.dot))]
