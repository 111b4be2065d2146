"""Changing answers by dotted key ("connections.0.endpoint"), reading KEY=VALUE, saving without ever losing a file."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.record import NamedTuple
from agentcore_connect.core.values import Json, JsonObject, mapping
from agentcore_connect.text import document
from agentcore_connect.text.emit import dump

__all__ = [
    "Assignment",
    "dump",
    "forget",
    "get",
    "parse_assignment",
    "put",
    "revised",
    "save_atomic",
    "split_key",
]


_SEGMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*\Z|(0|[1-9][0-9]{0,3})\Z")


class Assignment(NamedTuple):
    """One KEY=VALUE: the dotted key, the value it means, and the text of an unquoted value as typed."""

    key: str
    value: Json
    raw: str | None


def split_key(key: str) -> list[str]:
    """Split a dotted key. Errors: ConnectError `bad-key` for an empty or malformed one."""
    parts = key.split(".")
    if not all(_SEGMENT.match(part) for part in parts) or parts[0].isdigit():
        raise ConnectError(
            "bad-key",
            f"{key[:80]!r} is not a key of the answers file",
            expected="names and list indexes joined by dots",
            hint="for example connections.0.endpoint",
        )
    return parts


def get(data: JsonObject, key: str) -> Json:
    """The value at a dotted key; None where there is none."""
    here: Json = data
    for part in split_key(key):
        if isinstance(here, list) and part.isdigit() and int(part) < len(here):
            here = here[int(part)]
        elif isinstance(here, Mapping):
            here = here.get(part)
        else:
            return None
    return here


def put(data: JsonObject, key: str, value: Json) -> dict[str, Json]:
    """The data with the value at the dotted key; missing mappings and the next list item are made.

    Errors: ConnectError `bad-key` for an index beyond the end of a list, or a path through a plain value.
    """
    return dict(mapping(_put(data, split_key(key), [], value)))


def _put(here: Json, parts: list[str], before: list[str], value: Json) -> Json:
    if not parts:
        return value
    part, rest = parts[0], parts[1:]
    if here is None:
        here = [] if part.isdigit() else {}
    if isinstance(here, list):
        if not part.isdigit() or int(part) > len(here):
            raise _no_place(before, part, f"a list that takes an index from 0 to {len(here)}")
        at = int(part)
        below = here[at] if at < len(here) else None
        return [*here[:at], _put(below, rest, [*before, part], value), *here[at + 1 :]]
    if isinstance(here, Mapping) and not part.isdigit():
        return {**here, part: _put(here.get(part), rest, [*before, part], value)}
    what = "a mapping" if isinstance(here, Mapping) else "a plain value"
    raise _no_place(before, part, f"{what}, without list indexes" if part.isdigit() else what)


def forget(data: JsonObject, key: str) -> dict[str, Json]:
    """The data without the dotted key, and without the mappings that are empty for lack of it.

    A list item goes with its place: those after it move up. A key that is not there changes nothing.
    """
    return dict(mapping(_without(data, split_key(key))))


def _without(here: Json, parts: list[str]) -> Json:
    part, rest = parts[0], parts[1:]
    if isinstance(here, list) and part.isdigit() and int(part) < len(here):
        at = int(part)
        return [*here[:at], *([_without(here[at], rest)] if rest else []), *here[at + 1 :]]
    if isinstance(here, Mapping) and part in here:
        left = _without(here[part], rest) if rest else None
        emptied = isinstance(left, Mapping) and not left and left != here[part]
        kept = {part: left} if rest and not emptied else {}
        return {name: kept.get(name, value) for name, value in here.items() if name != part or kept}
    return here


def parse_assignment(text: str) -> Assignment:
    """Parse KEY=VALUE. The value is a YAML scalar, or a list or mapping in brackets.

    Unlike in a file, a colon, a hash or a blank at either end of an unquoted value belongs to the value.
    Errors: ConnectError `bad-assignment` or `bad-key`; the value, which may be a secret, is in no message.
    """
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise ConnectError("bad-assignment", "an answer is missing its key or its value", expected="KEY=VALUE")
    key = key.strip()
    split_key(key)
    opening = value.lstrip()[:1]
    if opening in ("[", "{"):
        try:
            return Assignment(key, document.parse_any(value, "value"), None)
        except ConnectError as error:
            raise ConnectError(
                "bad-assignment",
                f"the value opens with {opening} and is not a list or mapping: {error.message}",
                where=key,
                hint="close the bracket, or put the whole text in quotes within the value",
            ) from None
    if opening in ('"', "'") and len(value.strip()) > 1 and value.rstrip()[-1:] == opening:
        with suppress(ConnectError):
            quoted = document.parse_any(value, "value", format_="yaml")
            if isinstance(quoted, str):
                return Assignment(key, quoted, None)
    return Assignment(key, value if value == "" else document.scalar(value), value)


def revised(path: Path, text: str | None, data: JsonObject) -> str:
    """Return the new text of an answers file: JSON by its name, else YAML that keeps unchanged lines.

    In: the file's path, its present text, None where there is none, and the answers.
    """
    if path.suffix.lower() == ".json":
        import json

        return json.dumps(data, ensure_ascii=False, indent=2) + "\n"
    if not text or not text.strip():
        return dump(data)
    from agentcore_connect.text.edit import edited  # most calls change nothing

    return edited(text, data)


def save_atomic(path: str | Path, text: str) -> None:
    """Replace the file atomically: write a temporary file beside it, flush, rename.

    The mode of an existing file is kept, and a symbolic link stays one (its target is replaced). Whatever goes wrong,
    an interrupt included, what was there before is still there and nothing is left beside it.
    Errors: ConnectError `unwritable-file`.
    """
    import tempfile  # costs more than all the rest here, and most calls only read

    name = str(path)
    temporary: str | None = None
    try:
        target = Path(os.path.realpath(path))
        if target.exists() and not target.is_file():
            raise IsADirectoryError(0, "it is not a file")
        if target.exists() and not os.access(target, os.W_OK):
            raise PermissionError(0, "Permission denied")
        before = target.stat() if target.exists() else None
        descriptor, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".tmp")
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as stream:
            stream.write(text)
            stream.flush()
            if before is not None:
                with suppress(OSError):
                    os.fchown(stream.fileno(), before.st_uid, before.st_gid)
            os.fchmod(stream.fileno(), stat.S_IMODE(before.st_mode) if before else 0o666 & ~_umask())
            os.fsync(stream.fileno())
        os.replace(temporary, target)  # noqa: PTH105 - one place to make fail in tests
        temporary = None
    except (OSError, ValueError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ConnectError(
            "unwritable-file",
            f"cannot be written: {reason}",
            where=name,
            hint="nothing was changed; give a path in a folder that exists and may be written to",
        ) from None
    finally:
        if temporary is not None:
            with suppress(OSError):
                Path(temporary).unlink()


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _no_place(parents: list[str], part: str, found: str) -> ConnectError:
    return ConnectError(
        "bad-key",
        f"{part!r} cannot be set here",
        where=".".join(parents) or None,
        received=found,
    )
