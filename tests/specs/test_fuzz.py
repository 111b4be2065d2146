"""Broken, odd and hostile inputs: each is read or refused in words, in time and in little memory.

20,000 inputs with a fixed seed, a third of them in a shortened run. CONNECT_FUZZ=200000 runs that many, CONNECT_FUZZ_SEED picks another seed. An input that
fails is written to .cache/fuzz/.
"""

from __future__ import annotations

import copy
import json
import os
import random
import resource
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from agentcore_connect.checks import tool_schema
from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.http_fetch import Answer
from agentcore_connect.findings import inspect_project
from agentcore_connect.knowledge.endpoint_hints import hints_from_endpoint
from agentcore_connect.probe import mcp_auth, mcp_probe, mcp_wire
from agentcore_connect.project.answers import answers_from_project
from agentcore_connect.project.reader import read_project
from agentcore_connect.specs import smithy
from agentcore_connect.specs.openapi import answers_from_openapi, summary
from agentcore_connect.specs.openapi_repair import repair
from agentcore_connect.specs.openapi_tools import openapi_tools
from agentcore_connect.specs.python_tools import read_functions
from agentcore_connect.specs.spec_file import parse_spec
from agentcore_connect.specs.tool_sources import tools_from_data
from tests.findings.planted import CLIENT, CONFIG, MAIN, PYPROJECT, clean
from tests.share import share_of
from tests.specs.openapi_cases import CLEAN
from tests.specs.smithy_cases import model
from tests.specs.swagger_cases import SHOP
from tests.specs.tool_cases import JSON_SCHEMA, MCP, MODELS, OPENAPI

TOTAL = int(os.environ.get("CONNECT_FUZZ", len(share_of(range(20000), one_in=3))))
SEED = int(os.environ.get("CONNECT_FUZZ_SEED", "20261121"))
SECONDS_EACH = 10
MEMORY = 400 * 1024  # KiB that may come on top, over all inputs of a kind
KEPT = Path(__file__).resolve().parents[2] / ".cache" / "fuzz"

ODD: list[Any] = [
    None, True, 0, -1, 1e308, 10**30, "", "x", "\x00", "\u202e", "a" * 5000, "\ud800", [], {}, [[]], [None], {"": {}},
    {"$ref": "#"}, {"$ref": "#/paths"}, {"$ref": "#/components/schemas/A"}, {"$ref": "http://x/"}, {"$ref": 7},
    {"allOf": [{"$ref": "#"}]}, {"type": "object"}, {"type": ["string", "null"]}, "https://[", "http://127.0.0.1", "//", "$",
    {"oneOf": [{"type": "null"}]}, {"anyOf": []}, {"allOf": [None]}, {"properties": []}, {"items": [1]}, "__proto__", "NONE",
]  # fmt: skip
TEXTS = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    '"',
    "\\",
    "\n",
    "\t",
    "\x00",
    "null",
    "1e999",
    "-",
    "&a ",
    "*a",
    "<<",
    "!!x ",
    "%",
    "é",
    "\ufeff",
    "#",
    "'",
]
DEEP = 3000


def broken_data(chance: random.Random, data: Any) -> Any:
    """A copy with some values replaced, removed, moved or wrapped."""
    root = {"": copy.deepcopy(data)}
    for _ in range(chance.randint(1, 4)):
        slots = list(_slots(root))
        holder, key = chance.choice(slots)
        act = chance.random()
        if act < 0.45:
            holder[key] = copy.deepcopy(chance.choice(ODD))
        elif act < 0.6:
            other, place = chance.choice(slots)
            holder[key] = copy.deepcopy(other[place]) if len(slots) < 400 else None
        elif act < 0.75 and isinstance(holder, dict) and key:
            del holder[key]
        elif act < 0.85 and isinstance(holder, dict) and key:
            holder[str(chance.choice(ODD))] = holder.pop(key)
        else:
            wrapped = holder[key]
            for _ in range(chance.choice([1, 1, 1, 1, 2, 2, 8, 8, 70, 400])):
                wrapped = {"allOf": [wrapped]} if act < 0.92 else [wrapped]
            holder[key] = wrapped
    return root[""]


def _slots(data: Any) -> Iterator[tuple[Any, Any]]:
    work = [data]
    while work:
        value = work.pop()
        keys = list(value) if isinstance(value, dict) else range(len(value))
        for key in keys:
            yield value, key
            if isinstance(value[key], dict | list):
                work.append(value[key])


def broken_text(chance: random.Random, text: str) -> str:
    """The text with pieces put in, taken out, doubled or cut off."""
    for _ in range(chance.randint(1, 5)):
        at, to = sorted((chance.randrange(len(text) + 1), chance.randrange(len(text) + 1)))
        act = chance.random()
        if act < 0.4:
            text = text[:at] + chance.choice(TEXTS) + text[at:]
        elif act < 0.6:
            text = text[:at] + text[at + chance.randint(1, 9) :]
        elif act < 0.75:
            text = text[:at] + text[at : at + 200] * 2 + text[at + 200 :]
        elif act < 0.85:
            text = text[:to]
        elif act < 0.97:
            text = text[:at] + chr(chance.randrange(0xD7FF)) + text[at + 1 :]
        else:
            text = text[:at] + chance.choice("[{(-") * DEEP + text[at:]
    return text


def broken(chance: random.Random, data: Any) -> str:
    """A broken JSON text: the data changed, the text changed, or both."""
    if chance.random() < 0.7:
        try:
            text = json.dumps(broken_data(chance, data), indent=chance.choice([None, 1]))
        except (RecursionError, ValueError):
            text = "[" * DEEP
        return text if chance.random() < 0.85 else broken_text(chance, text)
    return broken_text(chance, json.dumps(data, indent=1))


class TooSlowError(Exception):
    """An input took longer than it may."""


@contextmanager
def in_time() -> Iterator[None]:
    def ring(*_: Any) -> None:
        raise TooSlowError

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, SECONDS_EACH)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def run(kind: str, share: float, make: Callable[[random.Random], str], read: Callable[[str], object]) -> None:
    """Make inputs and read them; anything but a value or a ConnectError that can be shown fails."""
    chance = random.Random(f"{SEED}-{kind}")
    start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    refused = 0
    for number in range(int(TOTAL * share)):
        text = make(chance)
        try:
            with in_time():
                read(text)
        except ConnectError as error:
            assert str(error).isprintable() or "\n" in str(error)
            str(error).encode("utf-8")
            refused += 1
        except BaseException as error:
            KEPT.mkdir(parents=True, exist_ok=True)
            (KEPT / f"{kind}-{number}").write_bytes(text.encode("utf-8", "surrogatepass"))
            pytest.fail(f"{kind} input {number} (kept in .cache/fuzz): {type(error).__name__}: {str(error)[:300]}")
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - start
    assert grown < MEMORY, f"{grown} KiB more"
    assert refused < int(TOTAL * share), "every input was refused: the mutator is too rough to test anything"


def shown(data: Any) -> None:
    """What is reported must be possible to print."""
    json.dumps(data, ensure_ascii=False).encode("utf-8")


def test_project_files(tmp_path: Path) -> None:
    files = clean()
    root = files.write(tmp_path)

    def read(text: str) -> None:
        (root / CONFIG).write_bytes(text.encode("utf-8", "surrogatepass"))
        project = read_project(root)
        assert project is not None
        shown(answers_from_project(project, {}))
        shown([one.as_dict() for one in inspect_project(project)])

    run("project", 0.15, lambda chance: broken(chance, files.config), read)


def test_side_files(tmp_path: Path) -> None:
    files = clean()
    root = files.write(tmp_path)
    sides = {
        "agentcore/aws-targets.json": json.dumps(
            [{"name": "default", "account": "123456789012", "region": "us-east-1"}]
        ),
        "agentcore/.env.local": "A=b\nexport C='d'\n",
        "agentcore/.cli/deployed-state.json": json.dumps(
            {"targets": {"default": {"resources": {"gateways": {"tools": {"gatewayId": "x"}}}}}}
        ),
        **{name: files.others[name] for name in (MAIN, CLIENT, PYPROJECT, "tools.json", "specs/pets.json")},
    }
    names = sorted(sides)

    def make(chance: random.Random) -> str:
        name = chance.choice(names)
        return f"{name}\n{broken_text(chance, sides[name])}"

    def read(text: str) -> None:
        name, _, content = text.partition("\n")
        path = root / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content.encode("utf-8", "surrogatepass"))
        try:
            project = read_project(root)
            assert project is not None
            shown([one.as_dict() for one in inspect_project(project)])
        finally:
            path.write_text(sides[name])

    run("side", 0.05, make, read)


def _spec(text: str) -> None:
    spec = parse_spec(text, shown="a.json" if text[:1] == "{" else "a.yaml")
    found = summary(spec, target_name="T")
    shown(found.as_dict())
    shown(answers_from_openapi(found))
    fixed = repair(spec, server="https://a.example.com", target_name="T")
    left = summary(parse_spec(fixed.text, shown="b.json"))
    assert left.tool_count == len(set(left.tool_names))
    shown([draft.as_definition() for draft in openapi_tools(spec)])


def test_openapi_documents() -> None:
    from agentcore_connect.text import emit  # noqa: F401 - loaded before the clock runs

    documents = [
        OPENAPI,
        CLEAN,
        {
            **OPENAPI,
            "security": [{"k": []}],
            "components": {
                **OPENAPI["components"],
                "securitySchemes": {"k": {"type": "apiKey", "in": "header", "name": "k"}},
            },
        },
    ]  # type: ignore[dict-item]
    run("openapi", 0.3, lambda chance: broken(chance, chance.choice(documents)), _spec)


def test_swagger_documents() -> None:
    data = parse_spec(SHOP, shown="shop.yaml").data
    run("swagger", 0.1, lambda chance: broken(chance, data), _spec)


def test_yaml_documents() -> None:
    yaml = pytest.importorskip("yaml")
    texts = [yaml.safe_dump(one) for one in (OPENAPI, CLEAN)]
    run("yaml", 0.05, lambda chance: broken_text(chance, chance.choice(texts)), _spec)


def test_tool_files() -> None:
    documents = [MCP, JSON_SCHEMA, [MCP["result"]["tools"][0]], {"inlinePayload": MCP["result"]["tools"]}]  # type: ignore[index]

    def read(text: str) -> None:
        drafts = tools_from_data(parse_spec(text, shown="a.json"))
        tools, _ = tool_schema.reduce_tools([draft.as_definition() for draft in drafts])
        shown(tools)

    run("tools", 0.1, lambda chance: broken(chance, chance.choice(documents)), read)


def test_smithy_models() -> None:
    base = model()
    run(
        "smithy",
        0.05,
        lambda chance: broken(chance, base),
        lambda text: shown(smithy.summary(parse_spec(text, shown="m.json")).as_dict()),
    )


def test_python_files(tmp_path: Path) -> None:
    path = tmp_path / "a.py"

    def read(text: str) -> None:
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        shown([draft.as_definition() for draft in read_functions(path, shown="a.py")])

    run("python", 0.05, lambda chance: broken_text(chance, MODELS), read)


def test_mcp_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """What servers and their metadata may answer, without a network between."""
    listing = MCP["result"]
    answers: list[Any] = [
        {"jsonrpc": "2.0", "id": 1, "result": {"protocolVersion": "2025-11-25", "serverInfo": {"name": "x"}}},
        {"jsonrpc": "2.0", "id": 2, "result": {**listing, "nextCursor": "b"}},  # type: ignore[dict-item]
        {"jsonrpc": "2.0", "id": 3, "error": {"code": 1, "message": "no"}},
        {"authorization_servers": ["https://idp.example.com/a"], "scopes_supported": ["a"]},
        {"token_endpoint": "https://t", "grant_types_supported": ["client_credentials"]},
    ]
    challenges = [
        "",
        'Bearer resource_metadata="https://x.example.com/m", scope="a b"',
        "Basic realm=x",
        'Bearer scope="',
        "=,=,",
        "é",
    ]
    script: list[tuple[int, dict[str, str], bytes]] = []

    def fetch(url: str, **options: Any) -> Answer:
        hints_from_endpoint(url)
        if not script:
            return Answer(url, problem="it took too long")
        status, headers, body = script.pop(0)
        stop = options.get("stop")
        complete = not (stop is not None and stop(body))
        return Answer(url, status, headers, body, complete=complete)

    for module in (mcp_wire, mcp_auth):
        monkeypatch.setattr(module, "fetch", fetch)

    def make(chance: random.Random) -> str:
        steps = []
        for _ in range(chance.randint(1, 7)):
            body = (
                broken(chance, chance.choice(answers)) if chance.random() < 0.7 else json.dumps(chance.choice(answers))
            )
            stream = chance.random() < 0.4
            steps.append(
                [
                    chance.choice([200, 200, 200, 202, 400, 401, 403, 404, 500]),
                    {
                        "content-type": "text/event-stream" if stream else "application/json",
                        "www-authenticate": chance.choice(challenges),
                        "mcp-session-id": chance.choice(["s", "", "é\n"]),
                    },
                    f"event: message\ndata: {body}\n\n" if stream else body,
                ]
            )
        return json.dumps(steps)

    def read(text: str) -> None:
        script[:] = [
            (status, headers, body.encode("utf-8", "surrogatepass")) for status, headers, body in json.loads(text)
        ]
        found = mcp_probe.probe("https://mcp.example.com/mcp", target_name="T", timeout=60)
        found.as_dict()
        mcp_probe.answers_from_probe(found)

    run("mcp", 0.25, make, read)


def test_the_shares_make_the_whole() -> None:
    assert pytest.approx(1.0) == 0.15 + 0.05 + 0.3 + 0.05 + 0.1 + 0.05 + 0.05 + 0.25
