"""A message as facts that conditions can look at, and what its parts say in words."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from types import MappingProxyType

from agentcore_connect.core.record import NamedTuple
from agentcore_connect.core.values import Json
from agentcore_connect.diagnose.aws import AwsError, aws_error, role_of
from agentcore_connect.diagnose.complaints import complaints
from agentcore_connect.diagnose.limits import limits
from agentcore_connect.diagnose.log import Log, take_apart
from agentcore_connect.diagnose.web import answer
from agentcore_connect.knowledge.resources import Entry

_NOT_FOUND = re.compile(
    r"(?:command not found: ([\w.-]+)|\b([\w.-]+): (?:command )?not found\b(?!: )|Unknown command: '?([\w.-]+)"
    r"|'([\w.-]+)' is not recognized as an internal or external command"
    r"|The term '([\w.-]+)' is not recognized)"
)
_CRASHED = re.compile(
    r"can't open file|No module named|ModuleNotFoundError|ImportError|SyntaxError|Traceback \(most recent call last\)"
    r"|exec format error|no such file or directory|exited with code [1-9]|Cannot find module|Permission denied",
    re.I,
)
_NO_NAME = re.compile(r"cannot import name '(?P<name>\w+)' from '(?P<module>[\w.]+)'(?P<place> \([^)]{0,400}\))?")
_NO_ATTRIBUTE = re.compile(r"module '(?P<module>[\w.]+)' has no attribute '(?P<name>\w+)'")
_NO_MODULE = re.compile(r"No module named '(?P<module>[\w.]+)'")
_TOO_LATE = re.compile(r"initialization time exceeded|initialization completes in 30s", re.I)
_CANCELLED = re.compile(r"\bCancelledError\b|Cancelled via cancel scope|cancel scope in a different task", re.I)
_SESSION = re.compile(r"mcp-session-id|session id|session (?:not found|has been terminated|is gone|terminated)", re.I)
#: Parts of an AWS error that conditions do not look at: what they tell is in the others.
_INSIDE = frozenset({"event", "handled"})


class Around(NamedTuple):
    """Facts from beside a message: names of roles with the principal that each is, and forms of hops that are known."""

    roles: Mapping[str, str] = MappingProxyType({})
    hops: Mapping[str, str] = MappingProxyType({})


_NOTHING = Around()

#: What is shown again of a message beside a role's name: an ARN of one resource, never what only looks like one.
_ARN = r"arn:aws[a-z-]{0,12}:[a-z0-9-]{1,40}:[a-z0-9-]{0,30}:[0-9]{0,12}:[\w+=,.@:/-]{1,300}"


def message_facts(text: str, known: Entry, around: Around = _NOTHING) -> tuple[Log, dict[str, Json]]:
    """Take a message apart.

    Args:
        text: any text, whole.
        known: the data of `knowledge/errors.yaml`: hops, operations, signs, parts, kinds and wordings.
        around: what is known from beside the message.

    Returns:
        The log, and the facts: command, missing_command, aws, http, oauth, rpc, exception, crashed, too_late,
        cancelled, wrapped, session, subject, gone, part and text.
    """
    log = take_apart(text)
    said = log.text
    output = " ".join(log.output.split())
    parts = {name: _first(output, forms) for name, forms in known["parts"].items()}
    aws = _aws(aws_error(said, " ".join(text.split()), operations=known["operations"]), output, known, around.roles)
    web = answer(said, {**around.hops, **known["hops"]})
    missing = _NOT_FOUND.search(said)
    late = _TOO_LATE.search(said)
    facts = {
        "command": _subcommand(log.commands),
        "missing_command": next(filter(None, missing.groups()), None) if missing else None,
        "aws": aws,
        "http": {"status": web.status, "spoken": web.spoken, "hop": web.hop, "method": web.method},
        "oauth": _first(output, known["oauth_words"]) or web.oauth or None,
        "rpc": web.rpc,
        "exception": {"type": log.raised[0].type, "says": log.raised[0].says} if log.raised else None,
        "crashed": bool(_CRASHED.search(said[: late.start()] if late else said)),
        "too_late": late is not None,
        "cancelled": bool(_CANCELLED.search(said)),
        "wrapped": log.wrapped,
        "session": bool(_SESSION.search(said)),
        "subject": re.search(known["signs"]["all"], log.output, re.IGNORECASE) is not None,
        "gone": _gone(said),
        "part": parts,
        "text": said,
    }
    return log, facts


def _first(text: str, forms: Mapping[str, str]) -> str | None:
    """The first of some named forms that a text holds."""
    return next((name for name, form in forms.items() if re.search(form, text, re.IGNORECASE)), None)


def _aws(error: AwsError | None, output: str, known: Entry, roles: Mapping[str, str]) -> dict[str, Json] | None:
    """An AWS error as facts: its parts, its kind by its code or its words, and whether it is one of AgentCore."""
    worded = _first(output, known["wordings"])
    if error is None and worded is None:
        return None
    told = error or AwsError()
    if told.event and not told.operation:
        verb, resource = told.event
        told = told._replace(operation=verb.capitalize() + known["resource_nouns"].get(resource, resource))
    found: dict[str, Json] = {name: value for name, value in told._asdict().items() if value and name not in _INSIDE}
    if principal := roles.get(role_of(told.caller)):
        found["principal"] = principal
    found["kind"] = _kind(told, worded, known)
    found["ours"] = (
        re.search(known["operations"], told.operation or "") is not None
        or "bedrock-agentcore" in (told.action or "")
        or re.search(known["ours"], output) is not None
    )
    if told.action:
        found["action_service"], _, found["action_name"] = told.action.partition(":")
    return found


def _kind(error: AwsError, worded: str | None, known: Entry) -> str | None:
    """Return the kind of an error: by its code, else by its words.

    A handler of CloudFormation gives an error a code of its own, so that the service's words count before it, and the
    service's status where neither means anything.
    """
    code = error.code.rpartition(".")[2].lower()
    kind = next((name for name, codes in known["kinds"].items() if code in (one.lower() for one in codes)), None)
    if error.handled is not None:
        return worded or kind or known["statuses"].get(error.handled)
    return kind or worded or ("validation" if error.field else None)


def _gone(said: str) -> bool:
    """Whether an import failed for a name that another line of a package has.

    Those are the names that `inspect` knows, and any name that an installed package of a framework lacks.
    """
    from agentcore_connect.knowledge.resources import load

    missing = _NO_NAME.search(said) or _NO_ATTRIBUTE.search(said) or _NO_MODULE.search(said)
    if missing is None:
        return False
    parts = missing.groupdict()
    module, name = parts["module"], parts.get("name")
    if name and "site-packages" in (parts.get("place") or ""):
        table = load("project-format")
        clients = {one.partition(".")[0] for one in table["mcp_clients"]}
        roots = clients.union(*(signs["imports"] for signs in table["frameworks"].values()))
        if any(module == one or module.startswith(f"{one}.") for one in roots):
            return True
    rules = load("findings")["signs"]["gone_imports"]
    wanted = ("*", name) if name else ("*",)
    return any(one["module"] == module and one["name"] in wanted for one in rules)


def _subcommand(commands: tuple[str, ...]) -> str | None:
    """The subcommand of the last `agentcore` command line that was echoed."""
    found = [re.match(r"(?:npx (?:@aws/)?)?agentcore(?:@\S+)?\s+([a-z-]+)", one) for one in commands]
    return next((one[1] for one in reversed(found) if one), None)


def in_words(facts: Entry, known: Entry, raw: str = "") -> list[str]:
    """Describe an AWS error in sentences: refused principal and action with reason, or wrong member with its limits.

    In: the facts of the message, the data of `knowledge/errors.yaml` (principals, refusals), the message as pasted.
    """
    aws = facts.get("aws") or {}
    found = _denied(aws, known) if aws.get("action") else []
    told = complaints(facts["text"], raw)
    ours = aws.get("ours") or facts.get("subject")
    said = limits(told, aws.get("operation", ""), raw) if ours else []
    if not said and aws.get("field") and told[0].by == "service":
        rule = "".join(char if char.isprintable() else " " for char in aws["rule"])
        said = [f"The service refuses the value of `{aws['field']}`: {rule}."]
    return found + said


def _denied(aws: Mapping[str, str], known: Entry) -> list[str]:
    role = role_of(aws.get("caller", "")) if ":assumed-role/" in aws.get("caller", "") else ""
    who = known["principals"].get(aws.get("principal"), known["principals"]["other"]) + (f" ({role})" if role else "")
    resource = aws.get("resource", "")
    resource = resource if re.fullmatch(_ARN, resource) else ""
    first = f"{who} is not allowed to call {aws['action']}{f' on {resource}' if resource else ''}."
    statement = json.dumps({"Effect": "Allow", "Action": aws["action"], "Resource": resource or "ARN"})
    refusal = known["refusals"].get(aws.get("reason"))
    return [first, refusal or f"Add this statement to its policy: {statement}."]
