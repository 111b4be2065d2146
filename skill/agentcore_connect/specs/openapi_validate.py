"""The full check of an OpenAPI document against the specification, by openapi-spec-validator when it is installed."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Final

from agentcore_connect.core.places import Place, pointer
from agentcore_connect.core.record import dataclass
from agentcore_connect.specs.openapi_model import Document
from agentcore_connect.specs.spec_file import SpecFile

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

LIBRARY: Final = "openapi-spec-validator"
MAX_ERRORS: Final = 50
MAX_BYTES: Final = 3 * 1024 * 1024  # beyond this the validation takes minutes


@dataclass(frozen=True, slots=True)
class Violation:
    """One place where the document breaks the specification."""

    pointer: str
    where: str
    message: str


@dataclass(frozen=True, slots=True)
class Validation:
    """The outcome: `by` names library and version; `not_run` says why there is no outcome."""

    violations: tuple[Violation, ...] = ()
    by: str | None = None
    not_run: str | None = None


def validate(spec: SpecFile) -> Validation:
    """Check a loaded document. In: a document that was loaded; nothing is fetched. Out: always an outcome."""
    document = Document(spec)
    if not document.supported:
        return Validation(not_run="only OpenAPI 3.0 and 3.1 can be validated")
    if spec.size > MAX_BYTES:
        return Validation(not_run=f"the document is larger than {MAX_BYTES // (1024 * 1024)} MB")
    if _external(document.root):
        return Validation(not_run="it refers to other files or addresses, and nothing is fetched")
    try:
        from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator

        by = f"{LIBRARY} {version(LIBRARY)}"
    except (ImportError, PackageNotFoundError):
        return Validation(not_run=f'{LIBRARY} is not installed (pip install "agentcore-connect[specs]")')
    checker = OpenAPIV30SpecValidator if str(document.version).startswith("3.0") else OpenAPIV31SpecValidator
    try:
        found = list(_violations(spec, checker(document.root).iter_errors()))
    except Exception as error:  # a library that stumbles over a hostile document is "not run", never a traceback
        return Validation(by=by, not_run=f"the validator could not read the document ({type(error).__name__})")
    return Validation(tuple(found), by)


def _violations(spec: SpecFile, errors: Iterator[ValidationError]) -> Iterator[Violation]:
    taken: list[tuple[Place, str]] = []
    for error in errors:
        best = _best(error)
        taken.append((_path(best), _message(best)))
        if len(taken) >= MAX_ERRORS:
            break
    lines = spec.lines([at for at, _ in taken])
    for at, message in dict.fromkeys(taken):
        yield Violation(pointer(at), f"{spec.shown}:{lines[at]}", message)


def _best(error: ValidationError) -> ValidationError:
    """The error inside a "not valid under any of the given schemas" that says what is wrong."""
    from jsonschema.exceptions import best_match, relevance

    if not getattr(error, "context", None):
        return error
    no_reference = [one for one in error.context if "'$ref' is a required property" not in one.message]
    inner = best_match(no_reference or error.context, key=relevance)
    return _best(inner) if inner is not None and inner is not error else error


def _path(error: ValidationError) -> Place:
    return tuple(part for part in getattr(error, "absolute_path", ()) if isinstance(part, str | int))


def _message(error: ValidationError) -> str:
    text = " ".join(str(getattr(error, "message", error)).split())
    return text if len(text) <= 200 else f"{text[:120]} ... {text[-60:]}"


def _external(root: object) -> bool:
    work = [root]
    while work:
        value = work.pop()
        if isinstance(value, dict):
            ref = value.get("$ref")
            if isinstance(ref, str) and not ref.startswith("#"):
                return True
            work.extend(value.values())
        elif isinstance(value, list):
            work.extend(value)
    return False
