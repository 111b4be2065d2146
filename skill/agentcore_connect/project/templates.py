"""Gateways and targets that CloudFormation, CDK output and Terraform declare, in the words of the project's model."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.knowledge.resources import load
from agentcore_connect.project import hcl
from agentcore_connect.project.cloudformation import read_template
from agentcore_connect.project.model import Gateway, Notice, Target
from agentcore_connect.project.source import decode
from agentcore_connect.project.values import Open, Resource, Value, hint_of, mapping_of, text_of

_ENDINGS: Final = (".json", ".yaml", ".yml", ".template", ".tf")
_SKIPPED: Final = frozenset({"node_modules", "__pycache__", "site-packages", "venv", "env"})
_MOST_FILES: Final = 5000
_MOST_BYTES: Final = 2 * 1024 * 1024  # CloudFormation takes 1 MB; data files are often larger
_RESOURCES: Final = re.compile(r"""^[\s{]*["']?Resources["']?\s*:|[{,]\s*"Resources"\s*:""", re.MULTILINE)
_SNAKE: Final = re.compile(r"_([a-z0-9])")


def read_templates(root: Path, *, leave_out: frozenset[str] = frozenset()) -> tuple[list[Resource], list[Notice]]:
    """The gateways and targets that the templates below a folder declare; and the files that cannot be read.

    In: the folder, the names of folders directly in it to leave out. Hidden folders and dependencies are left out too.
    """
    found: list[Resource] = []
    notices: list[Notice] = []
    for path in _files(root, leave_out):
        shown = path.relative_to(root).as_posix()
        content = _content(path)
        if content is None:
            continue
        try:
            text = decode(content, shown=shown)
            if path.suffix == ".tf":
                found += _terraform(text, shown)
            elif _RESOURCES.search(text):
                found += _cloudformation(text, shown)
        except ConnectError as error:
            notices.append(Notice("template-unreadable", error.message, error.where or shown, "correct the template"))
        except hcl.TerraformError as error:
            notices.append(Notice("template-unreadable", f"is not read: {error}", shown, "check it with Terraform"))
    return found, notices


def _files(root: Path, leave_out: frozenset[str]) -> Iterator[Path]:
    seen = 0
    for base, folders, files in os.walk(root):
        left_out = _SKIPPED | leave_out if Path(base) == root else _SKIPPED
        folders[:] = sorted(name for name in folders if name not in left_out and not name.startswith("."))
        for name in sorted(files):
            if name.endswith(_ENDINGS):
                seen += 1
                if seen > _MOST_FILES:
                    return
                yield Path(base) / name


def _content(path: Path) -> bytes | None:
    """The bytes of a file that names a gateway's resource type; None for any other file."""
    signs = load("project-format")["templates"]
    sign = signs["terraform"]["sign"] if path.suffix == ".tf" else signs["cloudformation"]["sign"]
    try:
        if not path.is_file() or path.stat().st_size > _MOST_BYTES:
            return None
        content = path.read_bytes()
    except OSError:
        return None
    return content if sign.encode() in content else None


def _cloudformation(text: str, shown: str) -> Iterator[Resource]:
    kinds = load("project-format")["templates"]["cloudformation"]["types"]
    template = read_template(text, shown=shown)
    for label, one in template.resources.items() if template else ():
        kind = kinds.get(text_of(one.get("Type")))
        if kind and template:
            body = _renamed(mapping_of(one.get("Properties")), lambda key: key[:1].lower() + key[1:])
            yield Resource(kind, label, shown, template.lines.get(label, 1), body)


def _terraform(text: str, shown: str) -> Iterator[Resource]:
    kinds = load("project-format")["templates"]["terraform"]["types"]
    for block in hcl.read_blocks(text):
        kind = kinds.get(block.labels[0]) if block.kind == "resource" and len(block.labels) == 2 else None
        if kind:
            body = _renamed(_of_block(block), _camel)
            yield Resource(kind, block.labels[1], shown, block.line, _with_credential(body))


def _of_block(block: hcl.Block) -> dict[str, Value]:
    """A block as a mapping; a dynamic block stands for a value that is open."""
    found = dict(block.attributes)
    for one in block.blocks:
        if one.kind == "dynamic" and one.labels:
            found[one.labels[0]] = Open()
        else:
            found[one.kind] = _of_block(one)
    return found


def _with_credential(body: dict[str, Value]) -> dict[str, Value]:
    """Terraform names the kind of credential by a block; the API by a word in a list."""
    given = body.pop("credentialProviderConfiguration", None)
    words = {_camel(key): word for key, word in load("project-format")["templates"]["terraform"]["credentials"].items()}
    if isinstance(given, Mapping):
        kind = next((words[name] for name in given if name in words), Open())
        return {**body, "credentialProviderConfigurations": [{"credentialProviderType": kind}]}
    return body if given is None else {**body, "credentialProviderConfigurations": given}


def _camel(key: str) -> str:
    return _SNAKE.sub(lambda match: match[1].upper(), key)


def _renamed(value: Mapping[str, Value], rename: Callable[[str], str], depth: int = 0) -> dict[str, Value]:
    return {rename(str(key)): _renamed_value(one, rename, depth + 1) for key, one in value.items()}


def _renamed_value(value: Value, rename: Callable[[str], str], depth: int) -> Value:
    if depth > hcl.MAX_DEPTH * 2:
        return Open()
    if isinstance(value, Mapping):
        return _renamed(value, rename, depth)
    if isinstance(value, list):
        return [_renamed_value(one, rename, depth + 1) for one in value]
    return value


def gateways_of(resources: list[Resource]) -> tuple[list[Gateway], list[Target]]:
    """The gateways with the targets that name them; and the targets whose gateway is not in the templates."""
    targets: dict[str, list[Target]] = {}
    loose: list[Target] = []
    labels = {one.label for one in resources if one.kind == "gateway"}
    for one in resources:
        if one.kind == "target":
            gateway = _named(one.body.get("gatewayIdentifier"), labels)
            (targets.setdefault(gateway, []) if gateway else loose).append(_target(one))
    return [_gateway(one, targets.get(one.label, [])) for one in resources if one.kind == "gateway"], loose


def _named(value: object, labels: set[str]) -> str | None:
    """The gateway that a reference names."""
    words = re.findall(r"[A-Za-z0-9_-]+", value.said) if isinstance(value, Open) else []
    return next((word for word in words if word in labels), None)


def _gateway(one: Resource, targets: list[Target]) -> Gateway:
    authorizer = text_of(one.body.get("authorizerType"))
    jwt = mapping_of(mapping_of(one.body.get("authorizerConfiguration")).get("customJWTAuthorizer"))
    jwt = jwt or mapping_of(mapping_of(one.body.get("authorizerConfiguration")).get("customJwtAuthorizer"))
    search = mapping_of(mapping_of(one.body.get("protocolConfiguration")).get("mcp")).get("searchType")
    return Gateway(
        name=text_of(one.body.get("name")) or one.label,
        protocol_type=text_of(one.body.get("protocolType")),
        authorizer_type=authorizer or "",
        inbound_auth=load("project-format")["inbound_auth"].get(authorizer),
        discovery_url=text_of(jwt.get("discoveryUrl")),
        allowed_audience=_texts(jwt.get("allowedAudience")),
        allowed_clients=_texts(jwt.get("allowedClients")),
        allowed_scopes=_texts(jwt.get("allowedScopes")),
        custom_claims=bool(jwt.get("customClaims")),
        semantic_search=search is not None,
        policy_engine=None,
        policy_mode=None,
        targets=tuple(targets),
        at=(one.shown, one.line),
    )


def _target(one: Resource) -> Target:
    words = load("project-format")["templates"]
    outer = mapping_of(one.body.get("targetConfiguration"))
    raw_type, settings = _configured(outer)
    cli_type = words["target_types"].get(raw_type)
    endpoint = hint_of(settings.get("endpoint"))
    function = settings.get("lambdaArn")
    return Target(
        name=text_of(one.body.get("name")) or one.label,
        type=cli_type,
        raw_type=raw_type,
        endpoint=endpoint if endpoint.lower().startswith(("http://", "https://")) else None,
        outbound_auth=_outbound(one.body.get("credentialProviderConfigurations"), words["credentials"]),
        credential=None,
        scopes=(),
        lambda_arn=text_of(function) or (hint_of(function) or None),
        tools_file=None,
        schema=text_of(mapping_of(settings.get("s3")).get("uri")),
        rest_api_id=text_of(settings.get("restApiId")),
        stage=text_of(settings.get("stage")),
        runtime=None,
        raw=one.body,
        at=(one.shown, one.line),
    )


def _configured(outer: Mapping[str, Value]) -> tuple[str | None, Mapping[str, Value]]:
    """The kind of a target and its settings: the one member below `mcp`, `http` or `inference`."""
    for family in ("mcp", "http", "inference"):
        for kind, settings in mapping_of(outer.get(family)).items():
            return kind, mapping_of(settings)
    return None, {}


def _outbound(given: object, words: Mapping[str, str]) -> str | None:
    """The sign-in of a target in the answers' word; None where the template leaves it open."""
    if given is None or given == []:
        return "none"
    first = given[0] if isinstance(given, list) else given
    kind = text_of(mapping_of(first).get("credentialProviderType"))
    return words.get(kind) if kind else None


def _texts(value: object) -> tuple[str, ...]:
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()
