"""The consent of a person that a target waits for: its address shown, the browser's return received, the session bound.

Where the plan's return URL is on this machine (http://127.0.0.1:PORT/... or http://localhost:PORT/...), a small server
takes the browser's answer; else the person gives it with --complete.
The same file for every plan.
"""

from __future__ import annotations

import os
import re
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

from configure_aws import BUSY, World
from configure_values import Body, say, stop

SESSION = r"urn:ietf:params:oauth:request_uri:[a-zA-Z0-9._~-]+"
MINUTES = 10  # a consent address is good for so long


def asked_for(world: World, step: Body, target: Body) -> Body:
    """Show what a target waits for, and wait for the browser where it comes back to this machine. Out: the target."""
    pending = (target.get("authorizationData") or {}).get("oauth2") or {}
    world.row("consent", url=pending.get("authorizationUrl", ""))
    world.row("user", id=pending.get("userId", ""))
    here = own_place(step["return_url"])
    if here and not world.args.complete:
        say(
            f"{step['name']} waits for a consent. Register the callback at the identity provider; then someone who "
            f"may use the service opens this address within {MINUTES} minutes, on this machine:\n"
            f"    {pending.get('authorizationUrl', '')}"
        )
        session = browser_back(here, min(world.args.wait, 60 * MINUTES))
        if session:
            return bound(world, step, target, session)
    say(
        f"{step['name']} waits for a consent. Register the callback at the identity provider; then someone who may use "
        f"the service opens the consent address within {MINUTES} minutes. The browser lands on "
        f"{step['return_url']}?session_id=...\nFinish with\n"
        f"    python {os.path.basename(sys.argv[0])} --complete 'SESSION_ID or that whole address'\n"
        "which calls complete_resource_token_auth with that session and the user above. "
        "Later updates of the target need a new consent."
    )
    return target


def complete(world: World, step: Body) -> Body | None:
    """Finish the consent whose session was given. Out: the target; None where the session is another target's."""
    session = re.search(SESSION, unquote(world.args.complete))
    if session is None:
        stop("--complete takes the session_id of the address on which the browser landed, or that whole address.", 2)
    if not step["return_url"] or world.args.target not in ("", step["name"]):
        return None
    target = world.find(step)
    if target is None:
        stop(f"There is no target {step['name']} at {world.gateway['gatewayId']}. Run this without --complete first.")
    if target["status"].endswith("_PENDING_AUTH"):
        return bound(world, step, target, session[0])
    say(f"{step['name']} waits for nobody's consent.")
    return target


def bound(world: World, step: Body, target: Body, session: str) -> Body:
    """The target, after the consent's session is bound to the user who started it."""
    user = target["authorizationData"]["oauth2"]["userId"]
    data = world.client("bedrock-agentcore")
    data.complete_resource_token_auth(sessionUri=session, userIdentifier={"userId": user})
    return world.find(step, BUSY | {target["status"]}) or target


def own_place(url: str) -> tuple[int, str] | None:
    """The port and path of a return URL that leads to this machine."""
    try:
        parts = urlsplit(url)
        is_here = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost") and parts.port
    except ValueError:
        return None
    return (int(parts.port or 0), parts.path or "/") if is_here else None


def browser_back(place: tuple[int, str], seconds: float) -> str:
    """The session with which a browser lands on a port and path of 127.0.0.1; empty where none comes in time."""
    found: list[str] = []

    class Landing(BaseHTTPRequestHandler):
        timeout = 5

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            session = parse_qs(parts.query).get("session_id", [""])[0]
            right = parts.path == place[1] and re.fullmatch(SESSION, session)
            found.extend([session] if right else [])
            text = b"Consent received. You can close this page.\n" if right else b"This page waits for a consent.\n"
            self.send_response(200 if right else 404)
            self.send_header("Content-Type", "text/plain")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: object) -> None:
            """Say nothing: the address holds the session."""

    try:
        server = HTTPServer(("127.0.0.1", place[0]), Landing)
    except OSError as error:
        say(f"Port {place[0]} of this machine cannot be used: {error.strerror}.")
        return ""
    with server:
        deadline = time.monotonic() + seconds
        while not found and time.monotonic() < deadline:
            server.timeout = max(0.0, deadline - time.monotonic())
            server.handle_request()
    return found[0] if found else ""
