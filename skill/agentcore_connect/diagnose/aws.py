"""Errors of AWS services, however boto3, the CLI, CloudFormation or Terraform wrap them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agentcore_connect.core.record import NamedTuple
from agentcore_connect.diagnose.complaints import Complaint, complaints

_CALL = re.compile(r"An error occurred \((\w+)\)\s+when\s+calling the (\w+) operation(?: \([^)]*\))?: ?(.*)", re.S)
_GO = re.compile(
    r"operation error ([\w ]+): (\w+), .{0,300}?\b(\w+(?:Exception|Error|Denied|Exists))\b(?:: ?(.*))?", re.S
)
_JAVA = re.compile(r"\(Service: (\w+), Status Code: \d+(?:, Request ID: \S+?)?(?:, Error Code: (\w+))?")
_HANDLER = re.compile(
    r"Resource handler returned message: [\"']?(.{0,1200}?)[\"']? ?"
    r"\((?:Service: (\w+), Status Code: (\d{3}).{0,300}?|RequestToken: [^,)]{1,100}, )?HandlerErrorCode: (\w+)",
    re.S,
)
_BARE = re.compile(
    r"\b((?:[A-Z][a-z]+)*(?:Exception|AccessDenied|ThrottlingException|ValidationError|ExpiredToken\w*|InvalidClientTokenId"
    r"|UnrecognizedClientException|SignatureDoesNotMatch|NoCredentialsError|RuntimeClientError|EndpointConnectionError"
    r"|CredentialsProviderError))\b:? ?(.*)",
    re.S,
)
#: The event of a stack before the handler's message: what CloudFormation did with a resource of AgentCore.
_EVENT = re.compile(r"\b(CREATE|UPDATE|DELETE)_FAILED\b[\s|]{1,20}AWS::BedrockAgentCore::(\w{1,60})")
#: The frame of a JavaScript stack that called the API; frames of the SDK itself have names without a verb of an API.
_JS_OPERATION = re.compile(
    r"\bat (?:async )?(?:\w+\.)?(?:de_)?"
    r"((?:[Cc]reate|[Gg]et|[Uu]pdate|[Dd]elete|[Ll]ist|[Pp]ut|[Ss]tart|[Ss]top|[Ii]nvoke|[Cc]omplete|[Ss]ynchronize|[Ss]earch)[A-Z]\w*?)(?:Command(?:Error)?)?\b"
)
_DENIED = re.compile(
    r"(?:User: (?P<principal>\S+)\s+)?is not authorized to perform: (?P<action>[a-z0-9-]+:\w+)"
    r"(?:\s+on resource: (?P<resource>\S+))?(?P<why>(?:.|\n){0,300})"
    r"|not authorized to perform: (?P<bare>[a-z0-9-]+:\w+)"
)


class AwsError(NamedTuple):
    """An error of an AWS API; what a message does not tell is empty.

    ``service`` is what CloudFormation names, ``event`` the verb and the type of the resource that failed there,
    ``handled`` the status that its handler tells, empty for none;
    ``principal`` what is known of the caller by the form of its ARN; ``reason`` why IAM said no.
    """

    code: str = ""
    operation: str = ""
    service: str = ""
    event: tuple[str, str] | None = None
    handled: str | None = None
    says: str = ""
    action: str = ""
    principal: str = ""
    caller: str = ""
    resource: str = ""
    reason: str = ""
    field: str = ""
    rule: str = ""


def aws_error(
    text: str, frames: str = "", told: Sequence[Complaint] | None = None, operations: str = "."
) -> AwsError | None:
    """The first AWS error in a text on one line; None without one.

    In: the text, the stack frames beside it, what it says against members of a request, where that is known, and the
    form of the operations of which a frame tells.
    """
    told = complaints(text, text) if told is None else told
    found = _call(text, frames, operations)
    denied = _DENIED.search(text)
    refused = next((one for one in told if one.by == "service"), None)
    if found is None and denied is None and refused is None:
        return None
    error = found or AwsError(says=text)
    if denied:
        why = denied["why"] or ""
        error = error._replace(
            code=error.code or "AccessDenied",
            action=denied["action"] or denied["bare"],
            caller=denied["principal"] or "",
            principal=_principal(denied["principal"] or ""),
            resource=(denied["resource"] or "").strip("\"'."),
            reason=_reason(why),
        )
    if refused is None and error.code == "ParamValidationError":
        refused = next(iter(told), None)
    if refused:
        error = error._replace(field=refused.path or refused.name, rule=refused.rule)
    return error


def _call(text: str, frames: str, operations: str) -> AwsError | None:
    found = _CALL.search(text)
    if found:
        return AwsError(found[1], found[2], says=found[3][:600])
    found = _GO.search(text)
    if found:
        return AwsError(found[3], found[2], says=(found[4] or "")[:600])
    found = _HANDLER.search(text)
    if found:
        event = _EVENT.search(text[: found.start()])
        failed = (event[1], event[2]) if event else None
        return AwsError(found[4], service=found[2] or "", event=failed, handled=found[3] or "", says=found[1][:600])
    _, _, says = text.partition("Parameter validation failed:")
    if says:
        return AwsError("ParamValidationError", says=says[:600])
    found = _BARE.search(text)
    if found is None:
        return None
    called = (name[:1].upper() + name[1:] for name in _JS_OPERATION.findall(frames))
    java = _JAVA.search(text)
    code = (java[2] if java else None) or found[1]
    return AwsError(code, next((one for one in called if re.search(operations, one)), ""), says=found[2][:600])


def role_of(arn: str) -> str:
    """The name of the role in the ARN of its session, or in its own; empty for what names none."""
    name = arn.partition(":assumed-role/")[2].partition("/")[0] or arn.partition(":role/")[2].rpartition("/")[2]
    return name if re.fullmatch(r"[\w+=,.@-]{1,64}", name, re.ASCII) else ""


def _principal(arn: str) -> str:
    """gateway-role, runtime-role, user, root, role or the empty text, by the form of the caller's ARN."""
    if ":user/" in arn:
        return "user"
    if arn.endswith(":root"):
        return "root"
    role, _, session = arn.partition(":assumed-role/")[2].partition("/")
    if not role:
        return "role" if ":role/" in arn else ""
    both = f"{role} {session}".lower()
    if "gateway" in both or re.search(r"\bgw\b|gw-", both):
        return "gateway-role"
    if "agentcore" in both or "runtime" in both:
        return "runtime-role"
    return "role"


def _reason(text: str) -> str:
    for words, reason in (
        ("explicit deny", "explicit-deny"),
        ("permissions boundary", "boundary"),
        ("service control policy", "service-control-policy"),
        ("resource-based policy", "resource-policy"),
        ("session policy", "session-policy"),
        ("identity-based policy", "identity-policy"),
    ):
        if words in text:
            return reason
    return ""
