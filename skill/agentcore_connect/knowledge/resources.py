"""Locates the data folders and loads their YAML from compiled JSON.

A checkout reads `knowledge/` and `renderers/` where they are and keeps what it parsed as JSON in `.cache/`; a wheel
carries both folders with a JSON file beside each YAML file, made when the wheel was built.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from agentcore_connect.core.errors import ConnectError

#: A part of a knowledge file; its schema says what is in it.
Entry: TypeAlias = Mapping[str, Any]

_PACKAGE = Path(__file__).resolve().parents[1]
_PACKAGED = _PACKAGE / "_data"
_CHECKOUT = _PACKAGE.parents[1]
_CACHE_FORMAT = 1  # raise when the reader gives other data for the same text


def knowledge_dir() -> Path:
    """The folder of the knowledge files: inside the package when installed, of the checkout otherwise."""
    return _folder("knowledge")


def renderers_dir() -> Path:
    """The folder of the renderers, one subfolder a kind of artifact."""
    return _folder("renderers")


@cache
def load(name: str) -> dict[str, Any]:
    """The parsed `knowledge/<name>.yaml`. The result is shared: treat it as read-only.

    Errors: ConnectError `knowledge-missing`, `knowledge-broken`, or the reader's, with file and line.
    """
    return _load(f"{knowledge_dir()}/{_checked(name)}.yaml", f"knowledge/{name}.json")


@cache
def load_manifest(kind: str) -> dict[str, Any]:
    """The parsed `renderers/<kind>/manifest.yaml`. The result is shared: treat it as read-only.

    Errors: as `load`.
    """
    return _load(f"{renderers_dir()}/{_checked(kind)}/manifest.yaml", f"renderers/{kind}.json")


@cache
def load_schema(name: str) -> dict[str, Any]:
    """The JSON Schema `knowledge/schemas/<name>.schema.json`. The result is shared: treat it as read-only.

    Errors: as `load`.
    """
    path = knowledge_dir() / "schemas" / f"{_checked(name)}.schema.json"
    try:
        return _mapping(json.loads(_read(path)), path)
    except ValueError as error:
        raise _broken(path, str(error)) from None


@cache
def static_text(kind: str, name: str) -> str:
    """The text of the file `renderers/<kind>/<name>`, which is the same for every plan. Errors: as `load`."""
    return _read(renderers_dir() / _checked(kind) / _checked(name))


@cache
def manifests() -> tuple[str, ...]:
    """The kinds of artifact there are (folders of `renderers/` with a manifest), in alphabetical order."""
    try:
        return tuple(sorted(found.parent.name for found in renderers_dir().glob("*/manifest.yaml")))
    except OSError as error:
        raise _broken(renderers_dir(), _reason(error)) from None


def clear() -> None:
    """Forget what was loaded in this process (for tests, which change the files)."""
    for cached in (load, load_manifest, load_schema, static_text, manifests, _folder):
        cached.cache_clear()


def compile_yaml(source: Path) -> str:
    """The JSON text for a data file in strict YAML, as the wheel ships it beside the file.

    Errors: ConnectError from the reader, with file and line.
    """
    from agentcore_connect.text import document

    data = document.parse(_read(source), path=str(source)).data
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


@cache
def _folder(name: str) -> Path:
    packaged = _PACKAGED / name
    return packaged if packaged.is_dir() else _CHECKOUT / name


def _load(source: str, cached_as: str) -> dict[str, Any]:
    """The data of a file. Its names are texts: a call loads fifty, and a `Path` for each costs as much as the data."""
    if source.startswith(f"{_PACKAGED}/"):
        compiled = Path(source.removesuffix(".yaml") + ".json")
        try:
            return _mapping(json.loads(_read(compiled)), compiled)
        except ValueError as error:
            raise _broken(compiled, str(error)) from None
    kept = f"{_CHECKOUT}/.cache/{cached_as}"
    try:
        status = os.stat(source)  # noqa: PTH116
    except OSError as error:
        raise _unreadable(source, error) from None
    stamp = [_CACHE_FORMAT, source, status.st_mtime_ns, status.st_size]
    with suppress(OSError, ValueError, KeyError, TypeError):
        with open(kept, "rb") as stream:  # noqa: PTH123
            entry = json.loads(stream.read())
        if entry["stamp"] == stamp:
            return _mapping(entry["data"], source)
    text = compile_yaml(Path(source))
    _keep(Path(kept), f'{{"stamp":{json.dumps(stamp)},"data":{text}}}')
    return _mapping(json.loads(text), source)


def _keep(kept: Path, text: str) -> None:
    """Write a cache entry, whole or not at all; a place that cannot be written is no reason to fail."""
    import tempfile  # only when a cache is written

    with suppress(OSError):
        kept.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=kept.parent, prefix=f"{kept.name}.")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
                stream.write(text)
            Path(temporary).replace(kept)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(path, error) from None


def _checked(name: str) -> str:
    if not name or name.startswith(".") or not name.replace(".", "").replace("-", "").replace("_", "").isalnum():
        raise ConnectError("knowledge-missing", f"there is no knowledge called {name!r}")
    return name


def _mapping(data: object, path: str | Path) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise _broken(path, "it holds no mapping")
    return data


def _unreadable(path: str | Path, error: Exception) -> ConnectError:
    return ConnectError(
        "knowledge-missing",
        f"a file of this program cannot be read: {_reason(error)}",
        where=str(path),
        hint="install agentcore-connect again, or restore the file in the checkout",
    )


def _broken(path: str | Path, problem: str) -> ConnectError:
    return ConnectError(
        "knowledge-broken",
        f"a file of this program is damaged: {problem}",
        where=str(path),
        hint="install agentcore-connect again, or restore the file in the checkout",
    )


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
