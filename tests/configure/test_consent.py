"""A consent that comes back to this machine: the program takes the browser's answer and binds the session itself."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.configure.cases import connection, context, files
from tests.configure.conftest import INPUTS
from tests.configure.lifecycle import Sky, loaded
from tests.configure.runs import consent

SESSION = "urn:ietf:params:oauth:request_uri:abc-123"


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def waiting(folder: Path, url: str) -> Sky:
    """A plan whose target waits for a consent."""
    one = Sky(folder, files(context("boto3"), consent(oauth={**consent()["oauth"], "return_url": url})), INPUTS)
    one.plane.plan = ["CREATING", "CREATE_PENDING_AUTH"]
    return one


def browse(port: int, *paths: str) -> Callable[[], list[int]]:
    """Open the paths as a browser would, one after the other, once someone listens. Out: what gives the statuses."""
    statuses: list[int] = []

    def go() -> None:
        for path in paths:
            for _ in range(200):
                try:
                    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
                    asked.request("GET", path)
                    answer = asked.getresponse()
                    statuses.append(answer.status)
                    assert SESSION not in answer.read().decode()
                    break
                except ConnectionRefusedError:
                    time.sleep(0.02)

    thread = threading.Thread(target=go)
    thread.start()

    def done() -> list[int]:
        thread.join(timeout=30)
        return statuses

    return done


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_the_browsers_return_finishes_the_consent(tmp_path: Path, port: int, host: str) -> None:
    one = waiting(tmp_path, f"http://{host}:{port}/back")
    done = browse(port, f"/back?session_id={quote(SESSION)}")
    assert one.run("up", "--wait", "30") == 0, one.said
    assert done() == [200]
    [body] = [body for name, body in one.plane.calls if name == "CompleteResourceTokenAuth"]
    assert body == {"sessionUri": SESSION, "userIdentifier": {"userId": "gw-user-1"}}
    assert "https://idp.example.com/consent?x=1" in one.said
    assert SESSION not in one.said
    assert one.run("status") == 0


def test_what_is_not_the_return_is_answered_and_waited_past(tmp_path: Path, port: int) -> None:
    one = waiting(tmp_path, f"http://127.0.0.1:{port}/back")
    right = f"/back?session_id={quote(SESSION)}"
    done = browse(port, "/favicon.ico", "/back", "/back?session_id=javascript:1", right.replace("back", "other"), right)
    assert one.run("up", "--wait", "30") == 0, one.said
    assert done() == [404, 404, 404, 404, 200]


def test_a_consent_that_never_comes_leaves_the_target_waiting(tmp_path: Path, port: int) -> None:
    one = waiting(tmp_path, f"http://127.0.0.1:{port}/back")
    assert one.run("up", "--wait", "0.1") == 3
    assert "--complete 'SESSION_ID or that whole address'" in one.said
    assert "CompleteResourceTokenAuth" not in [name for name, _ in one.plane.calls]


def test_the_next_run_waits_for_it_again(tmp_path: Path, port: int) -> None:
    one = waiting(tmp_path, f"http://127.0.0.1:{port}/back")
    one.run("up", "--wait", "0.1")
    done = browse(port, f"/back?session_id={quote(SESSION)}")
    assert one.run("up", "--wait", "30") == 0, one.said
    assert done() == [200]
    assert len(one.plane.targets) == 1


def test_a_port_that_is_taken_is_said_and_the_session_can_be_given(tmp_path: Path, port: int) -> None:
    one = waiting(tmp_path, f"http://127.0.0.1:{port}/back")
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        assert one.run("up") == 3
        assert f"Port {port} of this machine cannot be used" in one.said
        assert one.run("up", "--complete", f"http://127.0.0.1:{port}/back?session_id={quote(SESSION)}") == 0, one.said


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("http://127.0.0.1:8765/a/b", (8765, "/a/b")),
        ("http://localhost:80", (80, "/")),
        ("https://localhost:8765/a", None),
        ("http://localhost/a", None),
        ("http://127.0.0.1.example.com:80/a", None),
        ("http://app.example.com:80/a", None),
        ("http://[::1]:80/a", None),
        ("http://localhost:99999/a", None),
        ("myapp:/cb", None),
        ("http://[", None),
    ],
)
def test_only_an_address_of_this_machine_is_listened_at(url: str, place: tuple[int, str] | None) -> None:
    with loaded() as modules:
        assert modules["configure_consent"].own_place(url) == place  # type: ignore[attr-defined]


def test_at_the_end_it_names_the_command_that_tries_the_gateway(tmp_path: Path) -> None:
    one = Sky(tmp_path, files(context("boto3"), connection()), INPUTS)
    assert one.run("up") == 0
    [gateway] = one.plane.gateways.values()
    assert f"agentcore-connect test --gateway-url {gateway['gatewayUrl']} --bearer-env VARIABLE\n" in one.said
    one.plane.update_plan = ["FAILED"]
    next(iter(one.plane.targets.values()))["states"] = ["FAILED"]
    assert one.run("up") == 1
    assert "agentcore-connect test" not in one.said
