"""Reads a document by tables of shapes: what each object holds, what a value may be, which values go together.

The tables name every rule; nothing here knows what a document is about. Reading gives the document as its program
would keep it (with what it adds, and without unknown keys where a shape is not strict) and every fault with its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any, Final

from agentcore_connect.core.record import dataclass
from agentcore_connect.engine.conditions import compile_condition, lookup

Path = tuple[str | int, ...]
Spec = Mapping[str, Any]

_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "text": (str,),
    "number": (int, float),
    "integer": (int, float),
    "boolean": (bool,),
}
_WORDS: Final = {"text": "a text", "number": "a number", "integer": "a whole number", "boolean": "true or false"}
_PLACE: Final = re.compile(r"\{([\w.]+)\}")
_DEEPEST: Final = 60
_SHOWN: Final = 60


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that a document may not hold: where, what is wrong with it, and the shape whose rule says so."""

    at: Path
    text: str
    shape: str

    @property
    def place(self) -> str:
        """The place as text: `orders[0].lines[1].price`."""
        text = ""
        for step in self.at:
            text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
        return text


@dataclass(slots=True)
class Reading:
    """A document as it is kept, its faults, and the places of keys that are dropped."""

    value: object
    faults: list[Fault]
    dropped: list[Path]


class Shapes:
    """Tables of shapes by name."""

    def __init__(self, table: Mapping[str, Spec]) -> None:
        """In: the shapes; each is a specification of a value, an object being one with `fields`."""
        self._table = table

    def read(self, shape: str, value: object) -> Reading:
        """A value read as a shape of the table."""
        reading = Reading(None, [], [])
        reading.value = self._value({"shape": shape}, value, (), shape, reading)
        return reading

    def _value(self, spec: Spec, value: object, at: Path, owner: str, out: Reading) -> object:
        """A value by its specification; faults are noted, and the value is given back as far as it goes."""
        if len(at) > _DEEPEST:
            out.faults.append(Fault(at, "it is nested too deeply", owner))
            return value
        if "shape" in spec:
            owner = str(spec["shape"])
            return self._value(self._table[owner], value, at, owner, out)
        if "fields" in spec:
            return self._object(spec, value, at, owner, out)
        if "either" in spec:
            return self._either(spec, value, at, owner, out)
        if "list" in spec:
            return self._list(spec, value, at, owner, out)
        if "map" in spec:
            return self._map(spec, value, at, owner, out)
        text = _wrong(spec, value)
        if text:
            out.faults.append(Fault(at, text, owner))
        return value

    def _either(self, spec: Spec, value: object, at: Path, owner: str, out: Reading) -> object:
        tries = []
        for one in spec["either"]:
            reading = Reading(None, [], [])
            reading.value = self._value(one, value, at, owner, reading)
            if not reading.faults:
                out.dropped += reading.dropped
                return reading.value
            tries.append(reading)
        nearest = min(tries, key=lambda reading: len(reading.faults))
        out.faults += nearest.faults
        return value

    def _list(self, spec: Spec, value: object, at: Path, owner: str, out: Reading) -> object:
        if not isinstance(value, list):
            out.faults.append(Fault(at, f"must be a list, not {_kind(value)}", owner))
            return value
        out.faults += [Fault(at, text, owner) for text in _sized(spec, len(value), "entries")]
        read = [self._value(spec["list"], one, (*at, index), owner, out) for index, one in enumerate(value)]
        key = spec.get("unique")
        seen: set[object] = set()
        for index, one in enumerate(read) if key else ():
            name = one.get(key) if isinstance(one, Mapping) else None
            if isinstance(name, str) and name in seen:
                out.faults.append(Fault((*at, index, str(key)), f"{name} is in this list already", owner))
            seen.add(name if isinstance(name, str) else index)
        return read

    def _map(self, spec: Spec, value: object, at: Path, owner: str, out: Reading) -> object:
        if not isinstance(value, Mapping):
            out.faults.append(Fault(at, f"must be an object, not {_kind(value)}", owner))
            return value
        out.faults += [Fault(at, text, owner) for text in _sized(spec, len(value), "entries")]
        for key in value if "keys" in spec else ():
            named = Reading(None, [], [])
            self._value(spec["keys"], key, (*at, key), owner, named)
            out.faults += [Fault(one.at, f"as a name: {one.text}", one.shape) for one in named.faults]
        for place, key in _keys_inside(value, at):
            if key in spec.get("no_key_inside", ()):
                out.faults.append(Fault(place, f"{key} is not allowed here", owner))
        return {key: self._value(spec["map"], one, (*at, key), owner, out) for key, one in value.items()}

    def _object(self, spec: Spec, value: object, at: Path, owner: str, out: Reading) -> object:
        if not isinstance(value, Mapping):
            out.faults.append(Fault(at, f"must be an object, not {_kind(value)}", owner))
            return value
        fields: Mapping[str, Spec] = spec["fields"]
        before = len(out.faults)
        read: dict[str, object] = {}
        for key, own in fields.items():
            if key in value:
                read[key] = self._value(own, value[key], (*at, key), owner, out)
            elif "else" in own:
                read[key] = deepcopy(own["else"])
            elif own.get("required"):
                out.faults.append(Fault((*at, key), "is missing", owner))
        for key in value:
            if key in fields:
                continue
            if spec.get("strict"):
                out.faults.append(Fault((*at, key), f"is not known here; known are {', '.join(fields)}", owner))
            elif spec.get("open"):
                read[key] = value[key]
            else:
                out.dropped.append((*at, key))
        if "variants" in spec and len(out.faults) == before:
            read = _varied(spec["variants"], read, at, owner, out)
        if len(out.faults) == before:
            out.faults += _ruled(spec, read, at, owner)
        return read


def _wrong(spec: Spec, value: object) -> str:
    """Return the fault of a single value, or an empty text."""
    if "absent" in spec:
        return str(spec["absent"])
    if "const" in spec:
        same = type(value) is type(spec["const"]) and value == spec["const"]
        return "" if same else f"must be {spec['const']}; it is {_shown(value)}"
    if "one_of" in spec:
        return "" if value in spec["one_of"] else f"must be one of {', '.join(spec['one_of'])}; it is {_shown(value)}"
    kind = spec["type"]
    if kind == "any":
        return ""
    whole = kind != "integer" or not isinstance(value, float) or value.is_integer()
    if not isinstance(value, _TYPES[kind]) or (kind != "boolean" and isinstance(value, bool)) or not whole:
        return f"must be {_WORDS[kind]}, not {_kind(value)}"
    if isinstance(value, str):
        return _text(spec, value)
    return next(_sized(spec, value, ""), "") if isinstance(value, int | float) else ""


def _text(spec: Spec, value: str) -> str:
    for text in _sized(spec, len(value), "characters"):
        return text
    pattern = spec.get("pattern")
    if pattern is not None:
        found = re.fullmatch(pattern, value) if pattern.endswith("$") else re.search(pattern, value)
        if found is None:
            return f"must be {spec['says']}; it is {_shown(value)}"
    if value.lower() in spec.get("not_one_of", ()):
        return f"{_shown(value)} is reserved; take another word"
    return ""


def _sized(spec: Spec, size: float, what: str) -> Iterator[str]:
    least, most = spec.get("least"), spec.get("most")
    if least is not None and size < least:
        yield f"must have at least {least} {what}; it has {size}" if what else f"must be at least {least}; it is {size}"
    if most is not None and size > most:
        yield f"may have at most {most} {what}; it has {size}" if what else f"may be at most {most}; it is {size}"


def _varied(spec: Spec, read: dict[str, object], at: Path, owner: str, out: Reading) -> dict[str, object]:
    """The keys that a value of one key requires, allows or forbids."""
    word = str(read.get(spec["by"]))
    own = spec["of"].get(word, {})
    for key in spec.get("ruled", ()):
        if key in read and key not in own["allowed"]:
            out.faults.append(Fault((*at, key), f"is not allowed beside {spec['by']} {word}", owner))
    for key in own.get("required", ()):
        if read.get(key) in (None, [], {}):
            out.faults.append(Fault((*at, key), f"is needed for {spec['by']} {word}", owner))
    either = own.get("one_required", ())
    if either and not any(read.get(key) for key in either):
        out.faults.append(Fault(at, f"{spec['by']} {word} needs {' or '.join(either)}", owner))
    for path, values in own.get("values", {}).items():
        found = lookup(read, path)
        if found is not None and found not in values:
            text = f"{spec['by']} {word} takes {', '.join(values)}; it is {_shown(found)}"
            out.faults.append(Fault((*at, *path.split(".")), text, owner))
    out.dropped += [(*at, key) for key in own.get("drops", ()) if key in read]
    kept = {key: value for key, value in read.items() if key not in own.get("drops", ())}
    return {**deepcopy(dict(own.get("adds", {}))), **kept}


def _ruled(spec: Spec, read: Mapping[str, object], at: Path, owner: str) -> Iterator[Fault]:
    """The rules that tie the values of an object together, and those about its entries."""
    for rule in spec.get("rules", ()):
        if compile_condition(rule["when"])(read):
            place = str(rule["at"]).split(".") if "at" in rule else ()
            yield Fault((*at, *place), _filled(rule["says"], read), owner)
    for rule in spec.get("inside", ()):
        if compile_condition(rule["unless"])(read):
            continue
        entries = read.get(rule["list"])
        for index, one in enumerate(entries if isinstance(entries, list) else ()):
            if compile_condition(rule["when"])(one):
                yield Fault((*at, rule["list"], index), _filled(rule["says"], one), owner)


def _filled(text: str, read: Mapping[str, object]) -> str:
    return _PLACE.sub(lambda found: str(lookup(read, found[1])), text)


def _keys_inside(value: object, at: Path) -> Iterator[tuple[Path, str]]:
    entries = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in entries:
        if isinstance(key, str):
            yield (*at, key), key
        if len(at) < _DEEPEST:
            yield from _keys_inside(inner, (*at, key))


def _kind(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")


def _shown(value: object) -> str:
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        return _kind(value) if not isinstance(value, bool) else str(value).lower()
    text = str(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
