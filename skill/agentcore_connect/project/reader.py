"""Finds an AgentCore project from any folder inside it and reads its files. Nothing is executed, nothing is changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.places import Place
from agentcore_connect.core.values import Json, JsonObject
from agentcore_connect.knowledge.resources import load
from agentcore_connect.project import state
from agentcore_connect.project.model import (
    AwsTarget,
    Credential,
    Gateway,
    Harness,
    Notice,
    Policy,
    PolicyEngine,
    Project,
    Runtime,
    Target,
)
from agentcore_connect.project.source import kind, lines_of, parse_json, parse_object, read_text


def find_root(start: Path) -> Path | None:
    """The nearest folder at or above `start` that holds an AgentCore project, of today's shape or an older one."""
    names = load("project-format")["format"]
    here = start.absolute()
    for folder in (here, *here.parents):
        if any((folder / names[name]).is_file() for name in ("config", "older_config")):
            return folder
    return None


def read_project(start: Path) -> Project | None:
    """The project that `start` (a folder in it, or a file) belongs to; None where there is none.

    Out: the project; what is odd about its files is in `notices`. Errors: ConnectError `unreadable-file`,
    `malformed-json` or `malformed-project` for its main file, with file and line.
    """
    root = find_root(start)
    return None if root is None else _Reader(root).read()


def undeclared_project(start: Path) -> Project:
    """A folder without a project file (or that of a file), as a project that declares nothing."""
    root = (start if start.is_dir() else start.parent).absolute()
    names = load("project-format")["format"]
    return Project(
        root=root,
        config=root / names["config"],
        name=root.name,
        version=0,
        runtimes=(),
        harnesses=(),
        gateways=(),
        credentials=(),
        policy_engines=(),
        env_names=(),
        aws_targets=(),
        notices=(),
        raw={},
        text="",
        declared=False,
    )


class _Reader:
    """Reads one project; holds what every part needs: the words of the format, the text, the notices."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.words = load("project-format")
        self.notices: list[Notice] = []
        names = self.words["format"]
        self.config = root / names["config"]
        if not self.config.is_file():
            self.config = root / names["older_config"]
        self.shown = self.config.relative_to(root).as_posix()
        self.text = read_text(self.config, shown=self.shown)
        self.raw = parse_object(self.text, shown=self.shown)
        self.deployed = state.read_deployed(root, names["deployed_state"], self.notices)

    def read(self) -> Project:
        raw = self.raw
        self._notice_shape()
        name = raw.get("name")
        version = raw.get("version")
        runtimes = tuple(self._runtimes())
        return Project(
            root=self.root,
            config=self.config,
            name=name if isinstance(name, str) else self.root.name,
            version=version if isinstance(version, int) else 1,
            runtimes=runtimes,
            harnesses=tuple(
                Harness(_name(one), _text(one.get("path")) or "", at) for at, one in self._items("harnesses")
            ),
            gateways=tuple(self._gateways()),
            credentials=tuple(self._credentials()),
            policy_engines=tuple(self._engines()),
            env_names=state.read_env_names(self.root, self.words["format"]["env"], self.notices),
            aws_targets=self._aws_targets(),
            notices=tuple(self.notices),
            raw=raw,
            text=self.text,
            deployed_policies=frozenset(self.deployed.policies),
            unassigned=tuple(self._target(at, one) for at, one in self._items("unassignedTargets")),
        )

    def _notice_shape(self) -> None:
        if self.raw.get("version") == self.words["versions"]["next"]:
            self._note(
                "project-version-2", "a project of the CLI 1.x (version 2)", ("version",), "plan with --cli-version 1"
            )
        elif self.raw.get("version") not in (None, *self.words["versions"]["supported"]):
            self._note("project-version", "an unknown project version", ("version",), "check it with the installed CLI")
        if self.shown == self.words["format"]["older_config"] or "agents" in self.raw:
            where: Place = ("agents",) if "agents" in self.raw else ()
            self._note(
                "project-older-shape",
                "a project of the CLI before 0.4.0, which today's CLI refuses",
                where,
                "create a new project with `agentcore create` and move the code over",
            )
        elif (self.root / self.words["format"]["older_config"]).is_file():
            message = "a file of the CLI before 0.4.0, which today's CLI does not read"
            self.notices.append(
                Notice(
                    "project-older-file",
                    message,
                    self.words["format"]["older_config"],
                    f"move what it holds to {self.words['format']['config']}",
                )
            )

    def _note(self, code: str, message: str, at: Place, hint: str) -> None:
        self.notices.append(Notice(code, message, f"{self.shown}:{lines_of(self.text, [at])[at]}", hint))

    def _items(
        self, key: str, base: Place = (), source: JsonObject | None = None
    ) -> Iterator[tuple[Place, dict[str, Json]]]:
        """The objects of a list in the file, each with its path; anything else there is an error with its line."""
        found = (self.raw if source is None else source).get(key)
        if found is None:
            return
        if not isinstance(found, list):
            raise self._malformed((*base, key), "a list", found)
        for index, one in enumerate(found):
            at = (*base, key, index)
            if not isinstance(one, dict):
                raise self._malformed(at, "an object", one)
            yield at, one

    def _malformed(self, at: Place, expected: str, received: object) -> ConnectError:
        return ConnectError(
            "malformed-project",
            "does not have the shape of a project file",
            where=f"{self.shown}:{lines_of(self.text, [at])[at]}:{'.'.join(map(str, at))}",
            expected=expected,
            received=kind(received),
            hint="correct the file, or check it with `agentcore validate`",
        )

    def _runtimes(self) -> Iterator[Runtime]:
        for key in ("runtimes", "agents"):
            for at, one in self._items(key):
                names = [_name(pair) for _, pair in self._items("envVars", at, one)]
                yield Runtime(
                    name=_name(one),
                    protocol=_text(one.get("protocol")) or "HTTP",
                    code_location=_text(one.get("codeLocation")) or "",
                    entrypoint=_text(one.get("entrypoint")) or "",
                    authorizer_type=_text(one.get("authorizerType")),
                    env_names=tuple(name for name in names if name),
                    at=at,
                    deployed=self.deployed.runtimes.get(_name(one)),
                    role=_text(one.get("executionRoleArn")),
                )

    def _gateways(self) -> Iterator[Gateway]:
        for at, one in self._items("agentCoreGateways"):
            authorizer = _text(one.get("authorizerType")) or "NONE"
            jwt = _object(_object(one.get("authorizerConfiguration")).get("customJwtAuthorizer"))
            policy = _object(one.get("policyEngineConfiguration"))
            yield Gateway(
                name=_name(one),
                protocol_type=_text(one.get("protocolType")),
                authorizer_type=authorizer,
                inbound_auth=self.words["inbound_auth"].get(authorizer),
                discovery_url=_text(jwt.get("discoveryUrl")),
                allowed_audience=_texts(jwt.get("allowedAudience")),
                allowed_clients=_texts(jwt.get("allowedClients")),
                allowed_scopes=_texts(jwt.get("allowedScopes")),
                custom_claims=bool(jwt.get("customClaims")),
                semantic_search=one.get("enableSemanticSearch") is not False,
                policy_engine=_text(policy.get("policyEngineName")),
                policy_mode=_text(policy.get("mode")),
                targets=tuple(self._target(path, target) for path, target in self._items("targets", at, one)),
                at=at,
                deployed=self.deployed.gateways.get(_name(one)),
                role=_text(one.get("executionRoleArn")),
            )

    def _target(self, at: Place, one: JsonObject) -> Target:
        raw_type = _text(one.get("targetType"))
        cli_type = self.words["target_types"].get(raw_type)
        auth = _object(one.get("outboundAuth"))
        auth_type = _text(auth.get("type"))
        function = _object(one.get("lambdaFunctionArn"))
        api = _object(one.get("apiGateway"))
        source = _object(one.get("schemaSource"))
        return Target(
            name=_name(one),
            type=cli_type,
            raw_type=raw_type,
            endpoint=_text(one.get("endpoint")) or _text(_object(one.get("passthrough")).get("endpoint")),
            outbound_auth=self.words["outbound_auth" if auth_type else "outbound_auth_absent"].get(
                auth_type or cli_type
            ),
            credential=_text(auth.get("credentialName")),
            scopes=_texts(auth.get("scopes")),
            lambda_arn=_text(function.get("lambdaArn")),
            tools_file=_text(function.get("toolSchemaFile")),
            schema=_text(_object(source.get("inline")).get("path")) or _text(_object(source.get("s3")).get("uri")),
            rest_api_id=_text(api.get("restApiId")),
            stage=_text(api.get("stage")),
            runtime=_text(_object(one.get("httpRuntime")).get("runtime")),
            raw=one,
            at=at,
        )

    def _credentials(self) -> Iterator[Credential]:
        for at, one in self._items("credentials"):
            word = _text(one.get("authorizerType")) or _text(one.get("type"))
            yield Credential(
                name=_name(one),
                kind=self.words["credential_kinds"].get(word),
                discovery_url=_text(one.get("discoveryUrl")),
                vendor=_text(one.get("vendor")),
                scopes=_texts(one.get("scopes")),
                managed=one.get("managed") is True,
                usage=_text(one.get("usage")),
                at=at,
            )

    def _engines(self) -> Iterator[PolicyEngine]:
        for at, one in self._items("policyEngines"):
            policies = tuple(
                Policy(_name(policy), _text(policy.get("statement")) or "", _text(policy.get("sourceFile")), path)
                for path, policy in self._items("policies", at, one)
            )
            yield PolicyEngine(_name(one), policies, at)

    def _aws_targets(self) -> tuple[AwsTarget, ...]:
        name = self.words["format"]["aws_targets"]
        path = self.root / name
        if not path.is_file():
            return ()
        try:
            found = parse_json(read_text(path, shown=name), shown=name)
        except ConnectError as error:
            self.notices.append(state.unreadable(error, name))
            return ()
        entries = found if isinstance(found, list) else []
        return tuple(
            AwsTarget(_name(one), _text(one.get("account")), _text(one.get("region")))
            for one in entries
            if isinstance(one, dict)
        )


def _name(one: JsonObject) -> str:
    return _text(one.get("name")) or ""


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _texts(value: object) -> tuple[str, ...]:
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()


def _object(value: object) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}
