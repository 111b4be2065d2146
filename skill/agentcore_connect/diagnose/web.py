"""Answers over HTTP, OAuth and JSON-RPC: which status or code, from whom, on which hop."""

from __future__ import annotations

import re
from collections.abc import Mapping

from agentcore_connect.core.record import NamedTuple

_STATUS = re.compile(
    r"(?:\bHTTP(?:/[\d.]+)?[\"']?,? (?:error )?|\bstatus(?:[ _-]?code)?[\"']?\s?[:=]?\s?"
    r"|\b(?:Client|Server) error ['\"]?|\bhttpStatusCode: "
    r"|\bReceived error \(|\bresponse code:? |[-=]> ?|→ ?)([1-5]\d\d)\b",
    re.I,
)
#: A status in a person's sentence.
_SAID = re.compile(r"\b(?:return(?:s|ed)|answer(?:s|ed)?|got(?: an?)?) ([1-5]\d\d)\b", re.I)
_NAMED = re.compile(
    r"\b([45]\d\d):? (?:Client Error: )?(?:Bad Request|Unauthorized|Forbidden|Not Found|(?:Method )?Not Allowed"
    r"|Not Acceptable|Conflict|Misdirected Request|Failed Dependency|Too Many Requests|Internal Server Error"
    r"|Bad Gateway|Service Unavailable|Gateway Time-?out)",
    re.I,
)
#: Answers that are named without their number.
_WORDED = {406: re.compile(r"\bNot Acceptable: "), 421: re.compile(r"\bInvalid Host header\b")}
_METHOD = re.compile(r"\b(GET|POST|PUT|DELETE|OPTIONS)\b")
_URL = re.compile(r"(?:https?|wss)://[^\s'\"<>]+|(?<= )/(?:[\w.-]+/)*(?:mcp|invocations|token|register|authorize)\b\S*")
_OAUTH = re.compile(
    r"\b(invalid_request|invalid_client|invalid_grant|unauthorized_client|unsupported_grant_type|invalid_scope|access_denied"
    r"|invalid_token|insufficient_scope|invalid_target|consent_required|interaction_required|login_required"
    r"|redirect_uri_mismatch|redirect_mismatch|unsupported_response_type)\b"
)
_RPC = re.compile(r"[\"']?(?:code|MCP error)[\"']?\s?:?\s?(-32\d{3}|-3200\d)\b")


class Answer(NamedTuple):
    """A server's answer: HTTP status, whether only a sentence tells it, hop and method, OAuth error, JSON-RPC code."""

    status: int | None
    spoken: bool
    hop: str
    method: str
    oauth: str
    rpc: int | None


def answer(text: str, hops: Mapping[str, str]) -> Answer:
    """Read the answer of a server out of a text on one line.

    Args:
        text: the text.
        hops: names of hops and the expressions that know their URLs, the most special first.
    """
    written = _STATUS.search(text) or _NAMED.search(text)
    status = written or _SAID.search(text)
    urls = " ".join(_URL.findall(text))
    method = _METHOD.search(text)
    oauth, rpc = _OAUTH.search(text), _RPC.search(text)
    return Answer(
        status=int(status[1]) if status else next((one for one, form in _WORDED.items() if form.search(text)), None),
        spoken=written is None,
        hop=next((name for name, form in hops.items() if re.search(form, urls or text)), ""),
        method=method[1] if method else "",
        oauth=oauth[1] if oauth else "",
        rpc=int(rpc[1]) if rpc else None,
    )
