"""The log of a Swagger 2.0 conversion: changes, origins, and unsupported parts."""

from __future__ import annotations

from typing import Final, NoReturn

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.places import Place, pointer
from agentcore_connect.specs.openapi_model import Change
from agentcore_connect.specs.spec_file import SpecFile

FAULT: Final = "openapi-swagger-2"
_KINDS: Final = {
    "moved": "definitions, parameters, responses and securityDefinitions moved to components",
    "body": "body and formData parameters written as requestBody",
    "array": "collectionFormat written as style and explode",
    "media": "*/* in consumes and produces written as application/json",
    "empty": "responses given an empty description",
}


class NotConvertibleError(ConnectError):
    """A document that cannot be converted: what is wrong, `at` which path, what to do about it."""

    def __init__(self, spec: SpecFile, at: Place, what: str, remedy: str) -> None:
        """In: the document, the path, what is wrong with it as `has ...`, and the remedy."""
        super().__init__("spec-not-convertible", what, where=spec.where(*at), hint=remedy)
        self.at = at


class Log:
    """The changes of one conversion. `origins`: the place in the original of what stands elsewhere in the copy.

    `lost` are the changes that may send something else than the original says.
    """

    def __init__(self, spec: SpecFile) -> None:
        """In: the original, whose lines the messages name."""
        self.changes: list[Change] = []
        self.lost: list[Change] = []
        self.origins: dict[Place, Place] = {}
        self._counts: dict[str, int] = {}
        self._said: list[str] = []
        self._renamed: list[str] = []
        self._spec = spec

    def refuse(self, at: Place, what: str, remedy: str) -> NoReturn:
        """Stop the conversion. Errors: NotConvertibleError, always."""
        raise NotConvertibleError(self._spec, at, what, remedy)

    def note(self, at: Place, what: str, kind: str = "") -> None:
        """A change; one with a kind is counted in `differences`, any other is said there."""
        self.changes.append(Change(FAULT, pointer(at), what))
        if kind:
            self._counts[kind] = self._counts.get(kind, 0) + 1
        else:
            self._said.append(what)

    def lose(self, at: Place, what: str) -> None:
        """A change after which something else may be sent."""
        change = Change(FAULT, pointer(at), what)
        self.changes.append(change)
        self.lost.append(change)

    def differences(self) -> list[str]:
        """The changes in a few words, the many of a kind counted."""
        counted = [f"{words}: {self._counts[kind]}" for kind, words in _KINDS.items() if kind in self._counts]
        more = f" and {len(self._renamed) - 3} more" if len(self._renamed) > 3 else ""
        renamed = [f"renamed: {', '.join(self._renamed[:3])}{more}"] if self._renamed else []
        return [*self._said, *renamed, *counted]

    def moved(self, new: Place, old: Place) -> None:
        """A part that stands elsewhere now, and may have another name there."""
        self.origins[new] = old
        if new[-1] == old[-1]:
            self.note(old, f"now under {'.'.join(map(str, new[:-1]))}", "moved")
        else:
            name = "/".join(map(str, old[1:]))[-60:]
            self._renamed.append(f"{name} to {new[-1]}")
            self.note(old, f"{name} is now {new[-1]} under {new[1]}", "renamed")
