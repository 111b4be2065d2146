"""Reads the project, tool definitions and API documents that the answers name."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from agentcore_connect.advise.facts import Case
from agentcore_connect.advise.records import Read
from agentcore_connect.advise.way import with_way
from agentcore_connect.answers import store
from agentcore_connect.clispec.choose import Surface, choose
from agentcore_connect.collect.service import service_told
from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.outside import named
from agentcore_connect.core.record import NamedTuple
from agentcore_connect.core.values import JsonObject, mapping, text, texts
from agentcore_connect.knowledge.endpoint_hints import answers_from_endpoint, answers_from_service, service_at
from agentcore_connect.knowledge.runtime_address import endpoint_arn
from agentcore_connect.text.document import Document

if TYPE_CHECKING:
    from agentcore_connect.project.model import Project
    from agentcore_connect.specs.openapi_model import Fault
    from agentcore_connect.specs.swagger2 import Conversion


class Gathered(NamedTuple):
    """A case and the files that it was read from.

    ``base`` is the folder that paths in the answers are relative to; ``files`` what each connection's own files tell;
    ``cli_version`` the version of the CLI that was given or recorded.
    """

    case: Case
    document: Document
    surface: Surface
    base: Path
    files: Mapping[int, Read] = {}
    cli_version: str | None = None

    @property
    def project(self) -> Project | None:
        """The project, if there is one."""
        return self.case.project


def base_of(document: Document) -> Path:
    """Return the base folder of relative paths: the answers file's folder, or the working folder for standard input."""
    path = Path(document.path)
    return path.resolve().parent if path.is_file() else Path.cwd()


def gather(
    document: Document,
    *,
    project: Path | None = None,
    cli_version: str | None = None,
    via: str = "cli",
    before: Gathered | None = None,
) -> Gathered:
    """Read every file that the answers name.

    Args:
        document: the checked answers.
        project: the folder given by --project, which comes before the file's own key.
        cli_version: the version given by --cli-version, which comes before the file's own key.
        via: one of `vias.VIAS`.
        before: what was gathered for other answers of the same file a moment ago; what still holds is not read again.

    Errors: ConnectError for a project or a file that cannot be read at all.
    """
    base = base_of(document)
    same = before is not None and before.document.data.get("project") == document.data.get("project")
    found = before.project if before is not None and same else _project(document, base, project)
    version = cli_version if cli_version is not None else text(document.data.get("cli_version"))
    surface = _surface(version, found, document if cli_version is None else None)
    case = with_way(Case(document.data, project=found, surface=surface.id, via=via))
    if found is not None:
        from agentcore_connect.project.answers import answers_from_project

        case = case._replace(inferred=answers_from_project(found, document.data))
    known = before if same else None
    files = {n: _known(known, n, c) or _read(c, n, document, base, found) for n, c in enumerate(case.connections)}
    read = dict(files)
    for key, value in case.inferred.items():
        if key.startswith("connections."):
            _, place, inner = key.split(".", 2)
            one = read[int(place)]
            read[int(place)] = one._replace(answers=store.put(one.answers, inner, value))
    return Gathered(case._replace(read=read), document, surface, base, files, version)


def _surface(version: str | None, project: Project | None, document: Document | None) -> Surface:
    """Choose the command surface; a refused version that the document holds is named with its place."""
    try:
        return choose(version, project.version if project else None)
    except ConnectError as error:
        if document is None:
            raise
        where = document.where("cli_version")
        raise ConnectError(error.code, error.message, where=where, expected=error.expected, hint=error.hint) from None


def _known(before: Gathered | None, number: int, connection: JsonObject) -> Read | None:
    """Return the earlier reading of an unchanged connection, else None."""
    if before is None or number not in before.files or before.case.connections[number] != connection:
        return None
    return before.files[number]


def _project(document: Document, base: Path, given: Path | None) -> Project | None:
    wanted = given if given is not None else document.data.get("project")
    if wanted is None:
        return None
    from agentcore_connect.project.reader import read_project

    place = "--project" if given is not None else document.where("project")
    folder = named((Path.cwd() if given is not None else base) / wanted, place)
    found = read_project(folder)
    if found is None:
        raise ConnectError(
            "no-project",
            "there is no AgentCore project here",
            where=place,
            expected="a folder with agentcore/agentcore.json in it or above it",
            received=str(wanted),
            hint="leave the key out when there is no project yet; `agentcore create` makes one",
        )
    return found


def _read(connection: JsonObject, number: int, document: Document, base: Path, project: Project | None) -> Read:
    """Read the files of one connection: tools, tool count, required auth and faults."""
    told = service_told(connection, _document(connection.get("schema"), base, project, document))
    if told is None:
        return _read_known(connection, number, document, base, project)
    read = _read_known({**connection, "service": told[0]}, number, document, base, project)
    return read._replace(answers={**read.answers, "service": told[0]}, told={**(read.told or {}), "service": told[1]})


def _document(schema: object, base: Path, project: Project | None, document: Document) -> object:
    """Parse the document that the answers name; None for one elsewhere, one that is missing or no mapping."""
    if not isinstance(schema, str) or "://" in schema:
        return None
    from agentcore_connect.text.document import parse_any

    try:
        path = _file(schema, base, project, "schema")
        return parse_any(path.read_text(encoding="utf-8"), str(path))
    except (ConnectError, OSError, UnicodeDecodeError):
        return None  # reading it for the plan says what is wrong


def _read_known(connection: JsonObject, number: int, document: Document, base: Path, project: Project | None) -> Read:
    """Read the files of a connection whose service is known, or cannot be told."""
    place = f"connections.{number}"
    tools, schema = connection.get("tools"), connection.get("schema")
    runtime = _runtime(connection)
    endpoint = runtime or text(connection.get("endpoint"))
    read = Read(answers=_told_by_address(endpoint, connection)) if endpoint is not None else Read()
    if isinstance(tools, list):
        read = _with_tools(read, tools, f"{place}.tools", document.where(f"{place}.tools"))
    elif isinstance(tools, str) and "://" not in tools:
        read = _with_tools_at(read, tools, document.where(f"{place}.tools"), base, project)
    if isinstance(schema, str) and "://" not in schema:
        where = document.where(f"{place}.schema")
        path = _file(schema, base, project, where)
        read = read._replace(
            schema_path=path, schema_text=_as_json(path, where), schema_in_project=_inside(project, path)
        )
        read = (
            _with_smithy(read, path) if connection.get("service") == "smithy" else _with_openapi(read, path, connection)
        )
    if runtime is not None:  # a document's own server does not count beside it
        read = read._replace(answers={**read.answers, "endpoint": runtime})
    return _with_host(read, connection)


def _told_by_address(endpoint: str, connection: JsonObject) -> JsonObject:
    """The answers that stand in an address; another service's has no API's id and stage."""
    whole = connection.get("service") == "api-gateway"
    return {key: value for key, value in answers_from_endpoint(endpoint).items() if whole or isinstance(value, dict)}


def _inside(project: Project | None, path: Path) -> str | None:
    """A JSON file's path within the project; None where it is not in one."""
    root = project.root.resolve() if project is not None else None
    inside = root is not None and path.suffix == ".json" and path.is_relative_to(root)
    return path.relative_to(root).as_posix() if root is not None and inside else None


def _with_host(read: Read, connection: JsonObject) -> Read:
    """Add the facts known about the service at an address; its document takes precedence."""
    address = text(connection.get("endpoint") or read.answers.get("endpoint"))
    known = service_at(address) if address is not None else None
    if known is None or connection.get("direction") not in (None, "agent-calls-service"):
        return read
    if connection.get("service") not in (None, *known["service"]):
        return read
    before = dict(read.answers)
    for key, value in connection.items():
        if value is not None:
            before[key] = {**mapping(before.get(key)), **value} if isinstance(value, Mapping) else value
    answers, told = read.answers, dict(read.told or {})
    why: JsonObject = {"why": f"the address is that of {known['title']}", "sources": known["sources"]}
    for key, value in answers_from_service(known, before).items():
        if store.get(before, key) is None:
            answers, told[key] = store.put(answers, key, value), why
    at_host = {key: known.get(key) for key in ("id", "title", "text", "registration", "asks", "sources")}
    return read._replace(answers=answers, told=told or None, at_host=at_host)


def _runtime(connection: JsonObject) -> str | None:
    """Return the ARN in `runtime` if there is no endpoint."""
    arn = text(store.get(connection, "runtime.arn"))
    if not arn or connection.get("endpoint") is not None:
        return None
    return endpoint_arn(arn, text(store.get(connection, "runtime.qualifier")))


def _as_json(path: Path, where: str) -> str:
    """Return a JSON or YAML document as JSON text, compact when size matters."""
    from agentcore_connect.specs.limits import limit
    from agentcore_connect.specs.spec_file import document_text

    if path.suffix.lower() == ".json":
        data, text = _json(path, where), path.read_text(encoding="utf-8").rstrip("\n")
        return text if len(text.encode()) < limit("inline-schema-size") else document_text(data)
    from agentcore_connect.text.document import parse_any

    return document_text(parse_any(path.read_text(encoding="utf-8"), str(path)))


def _file(name: str, base: Path, project: Project | None, where: str) -> Path:
    """Find a file named in the answers, relative to the answers file or to the project's root."""
    places = [base / name, *([project.root / name] if project is not None else [])]
    for path in places:
        if named(path, where).is_file():
            return path.resolve()
    raise ConnectError(
        "missing-file",
        "this file does not exist",
        where=where,
        expected="a path relative to the answers file, or to the project's root",
        received=name,
        hint="check the path; looked in " + " and ".join(dict.fromkeys(str(p.parent) for p in places)),
    )


def _json(path: Path, where: str) -> object:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise ConnectError(
            "malformed-json",
            f"{path.name} is not JSON: {error.msg}",
            where=f"{path}:{error.lineno}",
            hint=f"it is named at {where}",
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConnectError(
            "unreadable-file", f"{path.name} cannot be read: {type(error).__name__}", where=where
        ) from None


def _with_tools_at(read: Read, name: str, where: str, base: Path, project: Project | None) -> Read:
    """Tools of a file: their definitions, or the functions of Python that they are made from."""
    from agentcore_connect.specs.tool_sources import python_source

    python = python_source(name)
    path = _file(python.file if python else name, base, project, where)
    read = read._replace(tools_path=path)
    if python is None:
        return _with_tools(read, _json(path, where), path.name, where)
    from agentcore_connect.specs.python_tools import read_functions

    drafts = read_functions(path, shown=path.name, only=python.names)
    functions = {one.name: dict(one.origin._asdict()) for one in drafts if one.origin is not None}
    said = [f"{one.where}: {one.name}: {note}" for one in drafts for note in one.notes]
    read = _with_tools(read, [one.as_definition() for one in drafts], path.name, where)
    return read._replace(functions=functions, faults=[*read.faults, *said])


def _with_tools(read: Read, raw: object, shown: str, where: str) -> Read:
    """Return what was read, with its tools. Faults name their file by `shown`, the same for every folder of answers."""
    from agentcore_connect.checks.schema_reduction import reduce_tools
    from agentcore_connect.checks.tool_schema import check_tools, unwrap

    tools, notices = unwrap(raw)
    reduced, losses = reduce_tools(tools)
    if not reduced:
        problem = next((p for p in (*notices, *losses) if p.severity == "error"), None)
        raise ConnectError(
            "unusable-tools",
            f"there is no tool in it: {problem}" if problem else "there is no tool in it",
            where=where,
            expected="a JSON array of tools, each with name, description and inputSchema",
            hint="`agentcore-connect tools` makes one from Python code, an OpenAPI document or a tools/list answer",
        )
    # names that are too long once the target's is in front have a rule of their own
    problems = check_tools(reduced, target_name=None)
    told = sorted((*notices, *losses, *problems), key=lambda one: one.severity != "error")  # left-out tools first
    return read._replace(
        tools=reduced,
        tool_names=texts([one.get("name") for one in reduced]),
        answers={**read.answers, "tool_count": len(reduced)},
        faults=[*read.faults, *(f"{shown}: {one}" for one in dict.fromkeys(map(str, told)))],
    )


def _with_openapi(read: Read, path: Path, connection: JsonObject) -> Read:
    from agentcore_connect.specs.openapi import answers_from_openapi
    from agentcore_connect.specs.openapi import summary as summarise
    from agentcore_connect.specs.spec_file import document_text, load_spec

    size = None if read.schema_in_project else len((read.schema_text or "").encode("utf-8", "replace"))
    summary = summarise(load_spec(path), target_name=text(connection.get("name")), size=size)
    answers: JsonObject = {}
    for key, value in answers_from_openapi(summary).items():
        answers = store.put(answers, key, value)
    if "service_auth" in connection:  # what was answered counts, and the document's details go with its own demand
        same = connection["service_auth"] == answers.get("service_auth")
        left_out = ("service_auth",) if same else ("service_auth", "oauth", "api_key")
        answers = {key: value for key, value in answers.items() if key not in left_out}
    read = read._replace(
        answers={**read.answers, **answers},
        tool_names=list(summary.tool_names),
        together=[f"{one.name} ({one.kind})" for one in summary.demand.together],
    )
    faults, said = summary.faults, list(read.faults)
    if summary.converted is not None:  # what is said of the original is not so of the copy that is sent
        faults = tuple(one for one in faults if one.id != "openapi-swagger-2")
        converted = document_text(summary.converted.spec.data)
        read = read._replace(schema_text=converted, schema_converted=True, schema_in_project=None)
        said += _conversion(path, summary.converted)
    return read._replace(faults=[*said, *_faults(path, faults)])


def _conversion(path: Path, converted: Conversion) -> list[str]:
    """Describe the changes of a Swagger 2.0 conversion."""
    from agentcore_connect.knowledge.resources import load

    words = load("openapi-limits")["faults"]
    done, lost = words["openapi-swagger-2-converted"], words["openapi-swagger-2-lost"]
    said = [f"{path.name}: {done['text']} Changed: {'; '.join(converted.differences)}. {done['remedy']}"]
    return [*said, *(f"{path.name}: {one.what}. {lost['text']} {lost['remedy']}" for one in converted.lost)]


def _with_smithy(read: Read, path: Path) -> Read:
    from agentcore_connect.specs.smithy import read_smithy

    model = read_smithy(path)
    return read._replace(
        answers={**read.answers, "tool_count": model.tool_count},
        tool_names=list(model.operations),
        faults=[*read.faults, *_faults(path, model.faults)],
    )


#: The faults that mean little without what is there: the size, the contradiction, why a document cannot be converted.
_NOTED = ("openapi-size", "openapi-size-inline", "openapi-all-of-conflict", "openapi-swagger-2-refused")


def _faults(path: Path, faults: Iterable[Fault]) -> list[str]:
    """Describe the faults of a document: place, problem, count and remedy."""
    said = []
    for fault in faults:
        place = f" ({path.name}:{fault.places[0].where.rpartition(':')[2]})" if fault.places else ""
        times = f", {fault.count} times" if fault.count > 1 else ""
        note = f" [{fault.places[0].note}]" if fault.id in _NOTED and fault.places[0].note else ""
        said.append(f"{path.name}{place}: {fault.text.removesuffix('.')}{times}.{note} {fault.remedy}")
    return said
