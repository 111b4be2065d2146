"""Named tuples, data classes and typed dictionaries that cost little to define.

The standard library compiles code for every such class that a process defines: for each annotation, constructor and
method. That was a third of a short call. For the type checker the names here are the standard library's; the classes
that run behave the same and compile nothing. Take them in the place of `typing`'s and `dataclasses`'.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass, field, replace
    from typing import NamedTuple, TypedDict
else:
    from _collections import _tuplegetter

    _tuple = tuple.__new__
    _MISSING = object()

    def _complete(kind, fields, defaults, given, named):
        """The values of all fields. Errors: TypeError for one that is missing, unknown or given twice."""
        known = {**defaults, **named}
        for name in fields[: len(given)]:
            known.pop(name, None)
        if len(given) + len(known) == len(fields) and named.keys() <= known.keys():
            try:
                return (*given, *map(known.__getitem__, fields[len(given) :]))
            except KeyError as missing:
                raise TypeError(f"{kind.__name__} misses the argument {missing}") from None
        told = f"{len(given)} values and {', '.join(named) or 'no names'}"
        raise TypeError(f"{kind.__name__} takes {', '.join(fields)}; it was given {told}")

    def _shown(record, names):
        parts = ", ".join(f"{name}={getattr(record, name)!r}" for name in names)
        return f"{type(record).__qualname__}({parts})"

    def _refuse_gap(kind, fields, defaults):
        if any(name not in defaults for name in fields[len(fields) - len(defaults) :]):
            raise TypeError(f"{kind}: a field without a default follows one that has one")

    class _Kind(type):
        """Turns the annotations of a class into the fields of a tuple."""

        def __new__(cls, name, bases, members):
            """Create the class; `NamedTuple` itself has no fields."""
            if bases != (tuple,):
                fields = tuple(members.get("__annotations__", ()))
                defaults = {field: members[field] for field in fields if field in members}
                _refuse_gap(name, fields, defaults)
                for place, one in enumerate(fields):
                    members[one] = _tuplegetter(place, one)
                members["__slots__"] = ()
                members["_fields"] = members["__match_args__"] = fields
                members["_field_defaults"] = defaults
            return super().__new__(cls, name, bases, members)

    class NamedTuple(tuple, metaclass=_Kind):
        """As `typing.NamedTuple`."""

        __slots__ = ()
        _fields = ()
        _field_defaults = {}  # noqa: RUF012 - as typing's

        def __new__(cls, /, *given, **named):
            """Create the tuple from values by place and by name. Errors: TypeError where they do not fit."""
            if named or len(given) != len(cls._fields):
                given = _complete(cls, cls._fields, cls._field_defaults, given, named)
            return _tuple(cls, given)

        @classmethod
        def _make(cls, values):
            made = _tuple(cls, values)
            if len(made) != len(cls._fields):
                raise TypeError(f"{cls.__name__} has {len(cls._fields)} fields, not {len(made)}")
            return made

        def _replace(self, /, **named):
            made = self._make(map(named.pop, self._fields, self))
            if named:
                raise ValueError(f"{type(self).__name__} has no field {', '.join(named)}")
            return made

        def _asdict(self):
            return dict(zip(self._fields, self, strict=True))

        def __getnewargs__(self):
            """Return what copies and pickles are made from."""
            return tuple(self)

        def __repr__(self):
            """Return the name and the fields."""
            return _shown(self, self._fields)

    class TypedDict(dict):
        """As `typing.TypedDict`: what is made of it is a dictionary."""

        def __new__(cls, /, *given, **named):
            """Create a dictionary; from `TypedDict` itself, a kind of one by name and fields."""
            if cls is TypedDict:
                name, fields = given
                return type(name, (TypedDict,), {"__annotations__": fields})
            return dict(*given, **named)

        def __init_subclass__(cls, total=True):
            """Take what typing's takes."""

    class _Field:
        """One field by `field`: its default, the maker of a new one for each record, and whether it is shown."""

        __slots__ = ("factory", "shown", "value")

        def __init__(self, value, factory, shown):
            self.value, self.factory, self.shown = value, factory, shown

    def field(*, default=_MISSING, default_factory=None, repr=True):  # noqa: A002 - as dataclasses'
        """As `dataclasses.field`."""
        return _Field(default, default_factory, repr)

    def dataclass(kind=None, /, *, frozen=False, slots=False):
        """As `dataclasses.dataclass`. `slots` changes nothing: making them takes longer than they save."""

        def completed(kind):
            fields, defaults, shown = map(dict.copy, getattr(kind, "_record", ({}, {}, {})))
            for name in kind.__dict__.get("__annotations__", ()):  # noqa: RUF063 - that would load inspect
                fields[name] = shown[name] = None
                value = kind.__dict__.get(name, _MISSING)
                if type(value) is _Field:
                    delattr(kind, name)
                    if not value.shown:
                        del shown[name]
                    if value.factory is None:
                        value = value.value
                if value is not _MISSING:
                    defaults[name] = value
            names = tuple(fields)
            _refuse_gap(kind.__name__, names, defaults)
            kind._record, kind._names, kind.__match_args__ = (fields, defaults, shown), names, names
            kind._made = [name for name, value in defaults.items() if type(value) is _Field]
            for name, method in (_FROZEN if frozen else _OPEN).items():
                if name not in kind.__dict__:
                    setattr(kind, name, method)
            return kind

        return completed if kind is None else completed(kind)

    def _init(self, /, *given, **named):
        names = self._names
        if named or len(given) != len(names):
            given = _complete(type(self), names, self._record[1], given, named)
        held = self.__dict__
        held.update(zip(names, given, strict=True))
        for name in self._made:
            if type(held[name]) is _Field:
                held[name] = held[name].factory()

    def _values(record):
        return tuple(map(record.__dict__.get, record._names))

    def _equal(self, other):
        return _values(self) == _values(other) if type(other) is type(self) else NotImplemented

    def _hash(self):
        return hash(_values(self))

    def _repr(self):
        return _shown(self, self._record[2])

    def _refuse(self, name, *_):
        raise AttributeError(f"{type(self).__name__}.{name} cannot be changed")

    _OPEN = {"__init__": _init, "__eq__": _equal, "__repr__": _repr, "__hash__": None}
    _FROZEN = {**_OPEN, "__hash__": _hash, "__setattr__": _refuse, "__delattr__": _refuse}

    def replace(record, /, **changes):
        """As `dataclasses.replace`."""
        return type(record)(**dict(zip(record._names, _values(record), strict=True)) | changes)


__all__ = ["NamedTuple", "TypedDict", "dataclass", "field", "replace"]
