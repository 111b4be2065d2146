"""Determines once whether this terminal can show Unicode, colour and a moving cursor."""

from __future__ import annotations

from collections.abc import Mapping

from agentcore_connect.core.record import dataclass

_DUMB = ("dumb", "unknown")
#: Terminals whose fonts lack arrows and corners, whatever their locale says.
_POOR_FONTS = ("linux", "vt52", "vt100", "vt102", "vt220", "cons25")
_ASCII_LOCALES = ("C", "POSIX")
_WIDENED = ("C.UTF-8", "C.utf8", "UTF-8")
_NARROWEST = 20


@dataclass(frozen=True, slots=True)
class Symbols:
    """The drawing characters, in Unicode or ASCII."""

    pointer: str
    then: str
    line: str
    head: str
    cross: str
    mark: str
    dot: str
    keys: str
    more: str
    corners: str
    sides: str


UNICODE = Symbols("❯", "›", "─", "▶", "✗", "✓", "·", "↑↓", "…", "╭╮╰╯", "─│")
ASCII = Symbols(">", ">", "-", ">", "x", "+", "-", "up/down", "...", "++++", "-|")

_PLAINER = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201a", "'"),
        **dict.fromkeys("\u201c\u201d\u201e", '"'),
        **dict.fromkeys("\u2010\u2011\u2013\u2212\u00b7", "-"),
        "\u2014": "--",
        "\u2026": "...",
        "\u2192": "->",
        "\u2190": "<-",
        "\u00d7": "x",
        "\u2265": ">=",
        "\u2264": "<=",
        "\u00a0": " ",
        "\u2022": "*",
    }
)


@dataclass(frozen=True, slots=True)
class Terminal:
    """The terminal's abilities. ``notice`` explains why the line-by-line version was chosen automatically."""

    plain: bool
    unicode: bool
    colour: bool
    notice: str | None = None

    @property
    def symbols(self) -> Symbols:
        """The drawing characters."""
        return UNICODE if self.unicode else ASCII

    def spell(self, text: str) -> str:
        """Return the text without control characters and characters that the terminal cannot show."""
        plain = "".join(
            char if char.isprintable() or char in "\n\u00a0" else char.encode("unicode_escape").decode("ascii")
            for char in text.expandtabs(4)
        )
        if self.unicode or plain.isascii():
            return plain
        return plain.translate(_PLAINER).encode("ascii", "backslashreplace").decode("ascii")


def look(environ: Mapping[str, str], encoding: str | None, *, plain: bool = False, windows: bool = False) -> Terminal:
    """Determine the terminal's abilities.

    Args:
        environ: the environment variables.
        encoding: the encoding of standard output.
        plain: linear output was asked for.
        windows: the system is Windows, where TERM is not set.
    """
    name = environ.get("TERM", "").lower()
    notice = None
    if not plain and (name in _DUMB or (not name and not windows)):
        what = f"TERM={name}" if name else "TERM is not set"
        notice = f"This terminal cannot move its cursor ({what}), so the questions come one line after the other."
    plain = plain or notice is not None
    colour = not plain and not environ.get("NO_COLOR")
    return Terminal(plain, _unicode(environ, encoding, name), colour, notice)


def _unicode(environ: Mapping[str, str], encoding: str | None, name: str) -> bool:
    try:
        "".join((UNICODE.pointer, UNICODE.head, UNICODE.corners, UNICODE.cross)).encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    if name in _POOR_FONTS:
        return False
    # Python widens a C locale by itself and sets LC_CTYPE to say so, which says nothing about the terminal
    own = environ.get("LC_CTYPE", "")
    widened = own if own not in _WIDENED else ""
    chosen = environ.get("LC_ALL") or widened or environ.get("LANG") or own
    return chosen not in _ASCII_LOCALES and (
        "." not in chosen or chosen.partition(".")[2].lower().replace("-", "").startswith("utf8")
    )


def width_of(columns: int) -> int:
    """Return the width to draw: one column less than the terminal has, because some wrap too early."""
    return max(_NARROWEST, columns - 1)
