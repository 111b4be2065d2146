"""Values of templates: what stands there, and what only the deploy settles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from agentcore_connect.core.record import dataclass, field


@dataclass(frozen=True, slots=True)
class Open:
    """A value that the deploy settles. `text` is what is known of it, with `x` for each part that is not.

    `said` is the expression as it stands, from which the resource that it names is read.
    """

    text: str = ""
    said: str = ""


#: What stands in a template.
Value: TypeAlias = "str | int | float | bool | Open | Sequence[Value] | Mapping[str, Value] | None"


@dataclass(frozen=True)
class Resource:
    """One resource of a template: `kind` is `gateway` or `target`, `body` its properties in the API's words."""

    kind: str
    label: str
    shown: str
    line: int
    body: Mapping[str, Value] = field(repr=False)


def text_of(value: object) -> str | None:
    """A text that stands in the template as it is; None for anything else."""
    return value if isinstance(value, str) and value else None


def hint_of(value: object) -> str:
    """A text as far as it is known."""
    if isinstance(value, Open):
        return value.text
    return value if isinstance(value, str) else ""


def mapping_of(value: object) -> Mapping[str, Value]:
    """A mapping; an empty one for anything else."""
    return value if isinstance(value, Mapping) else {}
