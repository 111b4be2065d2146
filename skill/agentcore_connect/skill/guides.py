"""The guide of each path in Markdown: the decision for each kind of auth, reasons and steps.

Nothing is said here about AWS: each row, reason and command is what the engine says to example answers.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from agentcore_connect.core.record import dataclass
from agentcore_connect.core.values import Json, JsonObject
from agentcore_connect.knowledge.questions import questions
from agentcore_connect.plan.model import Plan
from agentcore_connect.skill.samples import plan_for, values


@dataclass(frozen=True, slots=True)
class Subject:
    """One section of a guide: the connection, and the question that it varies."""

    title: str
    fixed: JsonObject
    varied: str
    gateway: JsonObject | None = None


_USERS = {"inbound_auth": "custom-jwt"}
_STAGE = "An Amazon API Gateway REST API"


def _service(title: str, service: str, varied: str = "service_auth") -> list[Subject]:
    """Yield a service behind an aws-iam gateway and, if auth varies, behind a custom-jwt gateway."""
    found = [Subject(title, {"service": service}, varied)]
    if varied == "service_auth":
        found.append(Subject(f"{title}, on a gateway with JWT inbound", {"service": service}, varied, _USERS))
    return found


#: The guides: file name -> title and sections.
GUIDES: dict[str, tuple[str, list[Subject]]] = {
    "path-a-mcp-servers": ("Path A: MCP servers", _service("An MCP server", "mcp-server")),
    "path-b-lambda": (
        "Path B: Lambda functions",
        [
            *_service("A Lambda function", "lambda", "agent.state"),
            Subject("Something that has neither MCP nor an OpenAPI document", {"service": "other"}, "can_front"),
        ],
    ),
    "path-c-openapi": (
        "Path C: HTTP APIs with an OpenAPI document",
        _service("An HTTP API with an OpenAPI document", "openapi"),
    ),
    "path-c-api-gateway": (
        "Path C: Amazon API Gateway, on a gateway for AWS callers",
        _service(_STAGE, "api-gateway")[:1],
    ),
    "path-c-api-gateway-jwt": (
        "Path C: Amazon API Gateway, on a gateway that knows its users",
        _service(_STAGE, "api-gateway")[1:],
    ),
    "path-c-aws-models": (
        "Path C: AWS services by Smithy model, and managed connectors",
        [
            *_service("An AWS service by its Smithy model", "smithy", "agent.state"),
            *_service("A Bedrock knowledge base", "knowledge-base", "agent.state"),
            *_service("Web search", "web-search", "agent.state"),
        ],
    ),
    "path-d-direct-calls": (
        "Path D: direct calls from agent code",
        [
            Subject("A service of another kind", {"service": "other", "blocker": "said in words"}, "direct_reason"),
            Subject("An MCP server", {"service": "mcp-server", "blocker": "said in words"}, "direct_reason"),
            *_service("An AWS service", "aws-service", "agent.state"),
        ],
    ),
    "redirects": (
        "Not this skill's job: who calls the agent, agents among themselves, MCP clients",
        [
            Subject("Who calls whom", {"service": "mcp-server"}, "direction"),
            Subject("An app calls the agent", {"direction": "app-calls-agent"}, "front"),
            Subject("An agent calls an agent", {"direction": "agent-calls-agent"}, "front"),
        ],
    ),
}


def guide(name: str) -> str:
    """Return one guide as Markdown. Errors: ConnectError from the engine."""
    title, subjects = GUIDES[name]
    return "\n".join([f"# {title}", "", *(line for one in subjects for line in _section(one))])


def _section(subject: Subject) -> Iterator[str]:
    plans = list(_plans(subject))
    yield f"## {subject.title}"
    yield ""
    single = len({_row(plan) for _, plan in plans}) == 1
    yield from _table(subject, plans[:1] if single else plans, single=single)
    yield ""
    yield from _reasons(plans, single=single)
    yield from _steps(plans)


def _plans(subject: Subject) -> Iterator[tuple[Json, Plan]]:
    for value in values(subject.varied):
        connection, others = dict(subject.fixed), {}
        if subject.gateway is not None:
            others["gateway"] = subject.gateway
        scope, _, key = subject.varied.rpartition(".")
        if scope:
            others[scope] = {**others.get(scope, {}), key: value}
        else:
            connection[subject.varied] = value
        yield value, plan_for(connection, **others)[0]


_Column = Literal["path", "target_type", "outbound_auth", "grant", "mechanism", "redirect"]
_COLUMNS: tuple[_Column, ...] = ("path", "target_type", "outbound_auth", "grant", "mechanism", "redirect")
_SAID: tuple[tuple[Literal["why", "warnings", "notes"], str], ...] = (
    *(("why", "Why"), ("warnings", "Mind"), ("notes", "Good to know")),
)


def _row(plan: Plan) -> tuple[str, ...]:
    found = plan.connections[0]
    return tuple(str(found[key]) if found[key] is not None else "–" for key in _COLUMNS)


def _table(subject: Subject, plans: list[tuple[Json, Plan]], *, single: bool) -> Iterator[str]:
    question = questions()[subject.varied]
    if not single:
        yield f"{question.text}"
        yield ""
    head = [*([] if single else [f"`{subject.varied}`"]), *(key.replace("_", " ") for key in _COLUMNS)]
    yield from (f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head)))
    for value, plan in plans:
        steered = " (steered: not what was asked for)" if plan.connections[0]["steered"] else ""
        first = [] if single else [f"`{value}`{steered}"]
        yield f"| {' | '.join([*first, *_row(plan)])} |"


def _reasons(plans: list[tuple[Json, Plan]], *, single: bool) -> Iterator[str]:
    """Return each reason, warning and note once, with the answers that it applies to."""
    for key, label in _SAID:
        said: dict[tuple[str, str], list[str]] = {}
        for value, plan in plans:
            for item in plan.connections[0][key]:
                said.setdefault((item["rule"], item["text"]), []).append(f"`{value}`")
        if not said:
            continue
        yield f"{label}:"
        yield ""
        for (rule, text), of in said.items():
            only = "" if single or len(of) == len(plans) else f" ({', '.join(of)})"
            yield f"- {text} [{rule}]{only}"
        yield ""


def _steps(plans: list[tuple[Json, Plan]]) -> Iterator[str]:
    """Return the steps of each kind of setup once, with example values."""
    told: set[tuple[str, ...]] = set()
    for value, plan in plans:
        found = plan.connections[0]
        kind = tuple(str(found[key]) for key in ("target_type", "mechanism"))
        if kind in told or not plan.steps:
            continue
        told.add(kind)
        yield f"Steps for `{value}`, set up by {found['mechanism']} (the values are examples):"
        yield ""
        for number, step in enumerate(plan.steps, 1):
            yield f"{number}. {step['title']}" + (f": `{step['line']}`" if step["line"] else "")
        yield ""
