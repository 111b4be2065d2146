"""Looks an answer up at an MCP server or an identity provider. Call it only with the person's consent.

One series of requests to the address given. An MCP server may name an authorization server elsewhere, which is asked
for its metadata; no redirect to another host is followed, and nothing on this network is asked on behalf of a server
elsewhere. What comes back is untrusted: it counts only where the gate of the answers takes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from agentcore_connect.answers import gate
from agentcore_connect.core.errors import ConnectError, plain
from agentcore_connect.core.record import NamedTuple
from agentcore_connect.core.values import Json, JsonObject
from agentcore_connect.knowledge.questions import Question, questions
from agentcore_connect.probe.mcp_auth import issuer_metadata, secret_form
from agentcore_connect.probe.mcp_probe import answers_from_probe, probe

_HERE: Final = ("127.0.0.1", "localhost", "::1")
_SECONDS, _REQUEST_SECONDS = 30.0, 8.0
_SHOWN: Final = 200


class LookedUp(NamedTuple):
    """The result of a lookup. ``answers`` by question id; ``source`` is the address that gave them.

    ``said`` is what was found in words, also where no answer follows from it.
    """

    answers: dict[str, Json]
    source: str
    said: tuple[str, ...]


def look_up(question: Question, known: Mapping[str, object], address: str | None = None) -> LookedUp:
    """Ask whoever can tell.

    In: the question; the facts of its connection; the address that the person gives, else the connection's endpoint.
    Errors: ConnectError `no-look-up` for a question that nobody on the network can answer, `address-missing`,
    `bad-address`.
    """
    server = known.get("endpoint") if question.scope == "connection" and known.get("service") == "mcp-server" else None
    if not question.look_up:
        raise ConnectError(
            "no-look-up",
            f"{question.id} cannot be looked up over the network",
            hint=f"`agentcore-connect explain {question.id}` says how to find it",
        )
    at_server = question.look_up == "server" or (address is None and server is not None)
    place = _checked(address or server, question)
    return _server(place) if at_server else _issuer(place, question)


def _checked(address: object, question: Question) -> str:
    if not address:
        raise ConnectError(
            "address-missing",
            f"to look {question.id} up, an address is needed",
            expected="the issuer, or the address at which the identity provider signs users in"
            if question.look_up == "issuer"
            else "the address of the MCP server (endpoint)",
            hint="name it after the key: KEY=https://...",
        )
    try:
        parts = urlsplit(str(address))
        held = (parts.username, parts.password, parts.query, parts.fragment)
        local = parts.scheme == "http" and parts.hostname in _HERE
        good = bool(parts.hostname) and (parts.scheme == "https" or local) and not any(held) and parts.port != 0
    except ValueError:
        good = False
    if not good or any(ord(char) <= 32 or ord(char) > 126 for char in str(address)):
        raise ConnectError(
            "bad-address",
            "this address is not asked",
            expected="https://HOST/PATH without a password, a query or a fragment (http on this machine only)",
        )
    return str(address)


def _server(place: str) -> LookedUp:
    found = probe(place, timeout=_SECONDS, request_timeout=_REQUEST_SECONDS, max_redirects=0)
    said = []
    if found.problem:
        said.append(f"The server cannot be asked: {found.problem}.")
    if found.status == "listed":
        said.append(f"It lists {len(found.tools)} tools to anyone.")
    elif found.sign_in is not None:
        said.append(f"It demands authentication: {found.sign_in.reason}.")
        if found.sign_in.grants:
            said.append(f"Grants: {', '.join(found.sign_in.grants)}.")
        if found.sign_in.registration:
            said.append("Clients register themselves there (RFC 7591).")
    source = found.sign_in.discovery_url if found.sign_in and found.sign_in.discovery_url else place
    return _accepted(answers_from_probe(found), source, said)


def _issuer(place: str, question: Question) -> LookedUp:
    metadata, source = issuer_metadata(place, timeout=_REQUEST_SECONDS)
    if metadata is None:
        return LookedUp({}, place, (f"No discovery document of an identity provider was found at {place}.",))
    lead = question.id.rpartition(".")[0]
    answers: dict[str, Json] = {f"{lead}.discovery_url": source}
    said = [f"Found the discovery document {source}."]
    issuer = metadata.get("issuer")
    if isinstance(issuer, str) and issuer.rstrip("/") != source.partition("/.well-known/")[0]:
        said.append(f"It names another issuer: {issuer}. Tokens carry that one.")
    form = secret_form(metadata)
    if question.scope == "connection" and form:
        answers["oauth.client_auth_method"] = form
        said.append("Its token endpoint takes the client's secret in the body (client_secret_post).")
    return _accepted(answers, source, said)


def _accepted(answers: JsonObject, source: str, said: list[str]) -> LookedUp:
    """Only what the gate takes, and words fit to be shown."""
    kept = {key: value for key, value in answers.items() if gate.check_value(questions()[key], value) is None}
    words = [*said, *(f"The answer for {key} was left out: it does not fit." for key in answers if key not in kept)]
    return LookedUp(kept, plain(source)[:_SHOWN], tuple(plain(one)[:_SHOWN] for one in words))
