"""Reads docstrings in Google, NumPy and Sphinx style with griffe: what it is for, what each parameter means."""

from __future__ import annotations

import re
from typing import Final

from agentcore_connect.core.record import dataclass, field

_SPHINX = re.compile(r"^\s*:(?:param|parameter|arg|argument|type|returns?|rtype|raises?)\b[^:\n]*:", re.MULTILINE)
_NUMPY = re.compile(
    r"^[ \t]*(?:Parameters|Returns|Raises|Other Parameters|Attributes)[ \t]*\n[ \t]*-{3,}", re.MULTILINE
)
_LONGEST: Final = 100_000


@dataclass(frozen=True, slots=True)
class DocText:
    """A docstring's parts: the text about the whole, the description of each parameter or attribute, of the result."""

    text: str = ""
    parameters: dict[str, str] = field(default_factory=dict)
    returns: str = ""


def read_docstring(docstring: str | None) -> DocText:
    """The parts of a docstring; its style is told from its form. Text that is too long is taken as it stands."""
    if not docstring or not docstring.strip():
        return DocText()
    if len(docstring) > _LONGEST:
        return DocText(text=_one_line(docstring[:_LONGEST]))
    import griffe

    text = griffe.Docstring(docstring)
    try:
        if _SPHINX.search(docstring):
            sections = text.parse("sphinx", warnings=False)
        else:
            sections = text.parse("numpy" if _NUMPY.search(docstring) else "google", warnings=False)
    except Exception:  # a docstring that a parser stumbles over is still text
        return DocText(text=_one_line(docstring))
    texts: list[str] = []
    parameters: dict[str, str] = {}
    returns = ""
    for section in sections:
        kind = section.kind.value
        if kind == "text":
            texts.append(section.value)
        elif kind in ("parameters", "other parameters", "attributes"):
            for one in section.value:
                parameters.setdefault(one.name.lstrip("*"), _one_line(one.description or ""))
        elif kind == "returns":
            returns = " ".join(_one_line(one.description or "") for one in section.value).strip()
    return DocText(_one_line("\n\n".join(texts)), parameters, returns)


def _one_line(text: str) -> str:
    """Wrapped lines joined, paragraphs kept apart by a blank."""
    return " ".join(text.split())
